"""What the pages about messages show: the list by time, and one message with its text, attempts and delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.ids import ContactId, MessageId, bucket_of
from yesword.domain.messages import MessageClass, MessageKind, MessageState, for_colleagues
from yesword.domain.programs import Program
from yesword.domain.times import from_micros
from yesword.sending.invitations import invited_by, with_question
from yesword.sending.writing import personal_text
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.database import Row
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place

PAGE: Final = 50
_KEY: Final = (1 << 53) - 1  # of an id: what follows the bucket, which orders all messages by time


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    state: MessageState | None = None
    kind: MessageKind | None = None
    program: int | None = None
    campaign: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MessageLine:
    """`text` is empty for one that has none yet; `person` is None once erased."""

    id: MessageId
    person: Contact | None
    program: str
    campaign: str
    kind: MessageKind
    state: MessageState
    text: str
    created_at: datetime

    @property
    def key(self) -> int:
        return self.id & _KEY


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One hand-over, with what the carrier reported of it."""

    claimed_at: datetime
    outcome: str
    error: str
    ended_at: datetime | None
    reported: str
    report_error: str
    reported_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class MessageView:
    id: MessageId
    person: Contact | None
    contact: ContactId
    program: str
    published: Program | None  # as it was when the text was planned
    campaign: models.Campaign | None
    sender: str
    message_class: MessageClass
    kind: MessageKind
    language: str
    state: MessageState
    reason: str
    text: str
    is_text_fixed: bool  # else it is how the text would read now
    segments: int | None
    due_at: datetime
    send_by: datetime | None
    created_at: datetime
    handed_at: datetime | None
    ended_at: datetime | None
    attempts: tuple[Attempt, ...]


def message_page(store: Store, chosen: Filter, before: int | None = None) -> list[MessageLine]:
    """The newest messages, or those older than the key `before`; one more than a page if there are more."""
    with store.database.read() as session:
        ids = [
            MessageId(row[0])
            for row in session.rows(
                "newest_messages",
                before=_KEY if before is None else before & _KEY,
                state=None if chosen.state is None else chosen.state.value,
                kind=None if chosen.kind is None else chosen.kind.value,
                program_id=chosen.program,
                campaign_id=chosen.campaign,
                count=PAGE + 1,
            )
        ]
        buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
        rows = session.rows("messages_by_ids", ids=session.ids(ids), buckets=buckets) if ids else []
        people = contacts.read_many(store, session, [ContactId(row[1]) for row in rows])
    seals = store.vault.seals([ContactId(row[1]) for row in rows])
    names = program_names()
    titles = _campaign_names([row[3] for row in rows])
    lines = [_line(row, people, seals, names, titles) for row in rows]
    return sorted(lines, key=lambda line: -line.key)


def _line(
    row: Row,
    people: Mapping[ContactId, Contact],
    seals: Mapping[ContactId, Seal],
    names: Mapping[int, str],
    titles: Mapping[int, str],
) -> MessageLine:
    message_id, contact_id, program, campaign, _, kind, _, state, _, body, _, created_at, _ = row
    seal = seals.get(ContactId(contact_id))
    return MessageLine(
        id=MessageId(message_id),
        person=people.get(ContactId(contact_id)),
        program=names.get(program, ""),
        campaign=titles.get(campaign, ""),
        kind=MessageKind(kind),
        state=MessageState(state),
        text="" if body is None or seal is None else _open(seal, body, message_id, kind),
        created_at=from_micros(created_at),
    )


def program_names() -> dict[int, str]:
    """Every program's name, by its id."""
    rows = models.Program.objects.order_by("pk").values_list("pk", "version")
    return {pk: programs.version(pk, version).name for pk, version in rows}


def _campaign_names(ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {each for each in ids if each is not None}
    return dict(models.Campaign.objects.filter(pk__in=wanted).values_list("pk", "name"))


def read_message(store: Store, message_id: MessageId) -> MessageView | None:
    with store.database.read() as session:
        row = session.first("message_by_id", bucket=bucket_of(message_id), id=message_id)
        if row is None:
            return None
        contact_id = ContactId(row[2])
        person = contacts.read(store, session, contact_id)
        attempts = session.rows("attempts_with_reports", bucket=bucket_of(message_id), message_id=message_id)
    campaign = models.Campaign.objects.filter(pk=row[5]).first() if row[5] is not None else None
    program = programs.version(row[3], row[4]) if row[3] is not None else None
    body, seal = row[20], store.vault.seal(contact_id)
    text = ""
    if body is not None and seal is not None:
        text = _open(seal, body, message_id, row[8])
    elif body is None and campaign is not None and program is not None and person is not None:
        template = with_question(campaign.template, invited_by(campaign), person.language)
        text = personal_text(template, program, person)
    return MessageView(
        id=message_id,
        person=person,
        contact=contact_id,
        program=program.name if program else "",
        published=program,
        campaign=campaign,
        sender=programs.sender_by_id(row[6]).facts.address,
        message_class=MessageClass(row[7]),
        kind=MessageKind(row[8]),
        language=row[11],
        state=MessageState(row[12]),
        due_at=from_micros(row[14]),
        send_by=_moment(row[15]),
        text=text,
        is_text_fixed=body is not None,
        segments=row[21],
        reason=row[24],
        created_at=from_micros(row[25]),
        handed_at=_moment(row[26]),
        ended_at=_moment(row[27]),
        attempts=tuple(_attempt(each) for each in attempts),
    )


def _attempt(row: Row) -> Attempt:
    claimed_at, outcome, error, ended_at, reported, report_error, reported_at = row
    return Attempt(
        claimed_at=from_micros(claimed_at),
        outcome=outcome or "",
        error=error or "",
        ended_at=_moment(ended_at),
        reported=reported or "",
        report_error=report_error or "",
        reported_at=_moment(reported_at),
    )


def _open(seal: Seal, body: bytes, message_id: int, kind: str) -> str:
    return for_colleagues(kind, seal.open(bytes(body), place("body", message_id)).decode())


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
