"""What a brand holds about one person, collected for that person (GDPR art. 15 and 20).

A code proves who holds the number today. It does not prove that it is about them what was written last year: that is
withheld until there is a second proof; and what is older than a sign that the number changed hands, from whoever has it
now, whatever they prove. How it is written down is in `access_json` and `access_page`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from yesword.collect import contests
from yesword.consent.reassigned import reassigned_at
from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.decisions import Decision, Sentence, Verdict
from yesword.domain.events import ConsentEvent
from yesword.domain.facts import Listed, MessageFacts
from yesword.domain.ids import InboundId, ProgramId, to_text
from yesword.domain.messages import MessageKind, MessageState, without_code
from yesword.domain.permission import Lack, permission
from yesword.domain.places import EvidenceFamily
from yesword.domain.programs import Program
from yesword.domain.state import EMPTY, ConsentState
from yesword.domain.times import from_micros
from yesword.ledger.entry import open_disclosure
from yesword.privacy.duties import controller, kept, recipients, rights, senders_of
from yesword.privacy.erasing import plan
from yesword.privacy.holding import (
    Asked,
    ContestEntry,
    File,
    Holding,
    Identity,
    Listing,
    Occurrence,
    Permitted,
    ReceivedText,
    SentText,
    Whereabout,
    Withheld,
)
from yesword.privacy.masking import Masker, for_person
from yesword.privacy.periods import HOUSE, Periods
from yesword.sending import privacy_requests
from yesword.store import (
    contacts,
    invitations,
    invitees,
    leave_answers,
    models,
    programs,
    registries,
    suppressions,
)
from yesword.store import contests as contest_rows
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session
from yesword.store.leave_answers import LeaveAnswer
from yesword.store.opening import Store
from yesword.store.sealing import Seal, UnreadableError, place


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """How whoever asks has shown that they are the person."""

    since: datetime  # the moment from which the number is known to be theirs, such as that of the code
    is_second: bool = False  # by something that a new holder of the number would not know or have, too
    reassigned_at: datetime | None = None  # the newest sign that the number changed hands

    def is_owner_of(self, moment: datetime) -> bool:
        """Whether what was written then is proven to be about whoever asks."""
        return not self.is_former_owners(moment) and (self.is_second or moment >= self.since)

    def is_former_owners(self, moment: datetime) -> bool:
        return self.reassigned_at is not None and moment <= self.reassigned_at


def collect(
    store: Store,
    contact: Contact,
    at: datetime,
    *,
    since: datetime | None = None,
    second_proof: bool = False,
    periods: Periods = HOUSE,
) -> Holding:
    """Everything that is held, but for what is not proven to be about whoever asks.

    `since`: the moment from which the number is proven to be theirs; by default only now. `second_proof`: they have
    shown in another way, too, who they are. What changes while it is collected may be in it or not.
    """
    masker = for_person(contact)
    seal = store.vault.seal(contact.id)
    with store.database.read() as session:
        standing = contacts.standings(session, [contact.id]).get(contact.id)
        rows = session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
        events = [codec.loads(ConsentEvent, bytes(row[1])) for row in rows]
        proof = Proof(
            since=at if since is None else since,
            is_second=second_proof,
            reassigned_at=reassigned_at(contact, events),
        )
        names = {program.id: program for program in programs.of_brand(contact.brand)}
        senders = {row.pk: row for row in models.Sender.objects.select_related("account")}
        record = _with_why_left(
            _record(contact, rows, events, seal, masker, names),
            leave_answers.of_contact(store, session, contact.id),
        )
        sent = _sent(session, contact, seal, names, senders)
        received = _received(session, contact, seal, senders)
        requests = privacy_requests.of_contact(store, session, contact.id)
        answers = registries.answers(session, [contact.id]).get(contact.id, ())
        entered = _entered(session, contact, seal)
        files = session.rows("files_of_person", bucket=contact.bucket, contact_id=contact.id)
        texted_from = session.rows("senders_to_person", bucket=contact.bucket, contact_id=contact.id)
        suppressed = _suppressed(store, session, contact)
        # As a name, an address is not shown before it is proven whose it is.
        is_named = second_proof and contact.hidden_since is None
        mail = invitees.mails(store, session, [contact.id]).get(contact.id) if is_named else None
        letters = invitations.of_contact(session, contact.id) if is_named else ()
    state = standing.state if standing else EMPTY
    brand = models.Brand.objects.get(pk=contact.brand)
    shown_record, shown_sent, shown_received, shown_requests, withheld = _shown(
        contact, proof, record, sent, received, requests
    )
    used = [senders[row[0]] for row in texted_from if row[0] in senders]
    return Holding(
        made_at=at,
        controller=controller(brand, names.values()),
        identity=_identity(
            contact, withheld, mail, [from_micros(row[4]) for row in letters if row[4] is not None]
        ),
        permitted=tuple(_permitted(contact, state, program, at) for program in names.values()),
        record=shown_record,
        sent=shown_sent,
        received=shown_received,
        requests=tuple(
            Asked(
                asks_for=each.right.value,
                asked_at=each.asked_at,
                due_at=each.due_at,
                done_at=each.done_at,
                note=masker.words(each.note),
            )
            for each in shown_requests
        ),
        registries=tuple(
            Listing(
                registry=each.registry,
                is_listed=each.listed is Listed.YES,
                checked_at=each.checked_at,
                since=each.since,
            )
            for each in answers
            if not proof.is_former_owners(each.checked_at)
        ),
        contests=tuple(each for each in entered if proof.is_owner_of(each.entered_at)),
        files=tuple(_file(row) for row in files if proof.is_owner_of(from_micros(row[4]))),
        suppressed_since=suppressed.since if suppressed else None,
        suppressed_because=suppressed.cause if suppressed else "",
        recipients=recipients([*used, *senders_of(contact.brand, senders)], [a.registry for a in answers]),
        kept=tuple(kept(plan(store, contact.id, at).retention, periods)),
        rights=rights(brand, names.values()),
        withheld=withheld,
    )


def _entered(session: Session, contact: Contact, seal: Seal | None) -> Sequence[ContestEntry]:
    if seal is None:
        return ()
    found = []
    for contest, row in contests.entries_of(session, contact.id):
        said = contest_rows.opened(seal, row)
        found.append(
            ContestEntry(
                contest=contest.name,
                answer=said.answer,
                entered_at=row.entered_at,
                said_yes=row.said_yes,
                digest=row.digest,
                salt=said.salt,
            )
        )
    return found


# --- what is shown, and what is only counted -------------------------------------------------------------------


def _shown(
    contact: Contact,
    proof: Proof,
    record: Sequence[Occurrence],
    sent: Sequence[SentText],
    received: Sequence[ReceivedText],
    requests: Sequence[privacy_requests.PrivacyRequest],
) -> tuple[
    tuple[Occurrence, ...],
    tuple[SentText, ...],
    tuple[ReceivedText, ...],
    tuple[privacy_requests.PrivacyRequest, ...],
    Withheld,
]:
    told = [each for each in record if not proof.is_former_owners(each.received_at)]
    whole = [each if proof.is_owner_of(each.received_at) else _bare(each) for each in told]
    shown_sent = tuple(each for each in sent if proof.is_owner_of(each.handed_at or each.created_at))
    shown_received = tuple(each for each in received if proof.is_owner_of(each.received_at))
    # A request is the person's own, and new enough, as long as nobody else has the number since.
    shown_requests = tuple(each for each in requests if not proof.is_former_owners(each.asked_at))
    is_named = contact.hidden_since is None and proof.is_second
    withheld = Withheld(
        name=not is_named and (bool(contact.name) or contact.hidden_since is not None),
        attributes=not is_named and (bool(contact.attributes) or contact.hidden_since is not None),
        events=len(record) - len(told),
        details=sum(not proof.is_owner_of(each.received_at) for each in told),
        sent_texts=len(sent) - len(shown_sent),
        received_texts=len(received) - len(shown_received),
        requests=len(requests) - len(shown_requests),
        reassigned_at=proof.reassigned_at,
    )
    return tuple(whole), shown_sent, shown_received, shown_requests, withheld


def _bare(occurrence: Occurrence) -> Occurrence:
    """That it happened, and under which wording; not what was said, by whom or from where."""
    return replace(occurrence, context={}, evidence=(), reason=None, is_shown_whole=False)


def _identity(
    contact: Contact, withheld: Withheld, mail: str | None, letters: Sequence[datetime]
) -> Identity:
    """Of a number that went to somebody else, only what the number itself says."""
    is_former_owners = contact.hidden_since is not None
    return Identity(
        subject=contact.subject,
        number=contact.number,
        number_country=contact.country,
        number_kind=contact.number_kind,
        mail=mail,
        invited_at=tuple(letters),
        name="" if withheld.name else contact.name,
        language="" if is_former_owners else contact.language,
        attributes={} if withheld.attributes else dict(contact.attributes),
        places=tuple(
            Whereabout(
                country=each.country,
                region=each.region,
                zone=each.zone,
                concluded_from=tuple(ground.value for ground in (each.grounds or (each.evidence,))),
            )
            for each in contact.places
            if not is_former_owners or each.families == {EvidenceFamily.NUMBER}
        ),
        recipient=contact.recipient.value,
        adult_since=None if is_former_owners else contact.adult_since,
        said_age=None if is_former_owners else contact.said_age,
        source="" if is_former_owners else contact.source,
        since=contact.hidden_since or contact.created_at,
        restricted_since=contact.restricted_since,
    )


# --- permission and its record ---------------------------------------------------------------------------------

_NOW = {
    Lack.WITHDRAWN: "now.stopped",
    Lack.REFUSED: "now.stopped",
    Lack.ERASED: "now.stopped",
    Lack.NUMBER_INVALID: "now.reassigned",
    Lack.REQUEST_PENDING: "now.pending",
    Lack.PAUSED: "now.paused",
}


def _permitted(contact: Contact, state: ConsentState, program: Program, at: datetime) -> Permitted:
    asked = MessageFacts(message_class=program.message_class, kind=MessageKind.CAMPAIGN)
    found = permission(
        state,
        asked,
        at,
        program=program.id,
        purpose=program.purpose,
        categories=program.categories,
    )
    may_text = found.is_granted and contact.restricted_since is None
    if contact.restricted_since is not None:
        sentence = Sentence.of("now.restricted")
    elif found.is_granted and found.grant is not None:
        sentence = Sentence.of("now.granted", since_on=_on(found.grant.since))
    elif found.lack is Lack.PAUSED and found.until is not None:
        sentence = Sentence.of("now.paused", until_on=_on(found.until))
    else:
        sentence = Sentence.of(_NOW.get(found.lack or Lack.NEVER_ASKED, "now.none"))
    return Permitted(
        program=program.key,
        name=program.name,
        purpose=program.purpose,
        categories=program.categories,
        may_text=may_text,
        sentence=sentence,
    )


def _record(
    contact: Contact,
    rows: Sequence[Row],
    events: Sequence[ConsentEvent],
    seal: Seal | None,
    masker: Masker,
    names: Mapping[ProgramId, Program],
) -> list[Occurrence]:
    origin = programs.brand(contact.brand).origin
    return [
        _occurrence(event, row, _sections(seal, row, origin), masker, names)
        for event, row in zip(events, rows, strict=True)
    ]


def _with_why_left(record: Sequence[Occurrence], answers: Sequence[LeaveAnswer]) -> list[Occurrence]:
    """Each withdrawal with what they said of it afterwards, on the page by which they left."""
    said = {to_text("evt", each.event): _why_left(each) for each in answers}
    return [replace(each, context={**each.context, **said.get(each.id, {})}) for each in record]


def _why_left(answer: LeaveAnswer) -> dict[str, Any]:
    found = {
        "why_left": answer.reason.value if answer.reason else None,
        "own_words": answer.words,
        "wants_mail": answer.wants_mail,
    }
    return {name: each for name, each in found.items() if each}


def _sections(seal: Seal | None, row: Row, origin: str) -> dict[str, Any]:
    if seal is None or row[2] is None:
        return {}
    return dict(open_disclosure(each) for each in open_sections(seal, bytes(row[2]), origin, row[0]))


def _occurrence(
    event: ConsentEvent,
    row: Row,
    sections: Mapping[str, Any],
    masker: Masker,
    names: Mapping[ProgramId, Program],
) -> Occurrence:
    notice = sections.get("notice") or {}
    program = names.get(event.scope.program) if event.scope.program is not None else None
    return Occurrence(
        id=to_text("evt", event.id),
        kind=event.kind.value,
        program=program.key if program else "",
        method=event.route,
        actor=event.actor.value,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        recorded_at=from_micros(row[5]),
        basis=event.basis.value if event.basis else None,
        grade=event.grade.value if event.grade else None,
        language=event.language,
        reason=masker.words(event.reason) if event.reason else None,
        wording=str(notice.get("text", "")),
        wording_sha256=event.disclosure,
        context=masker.members(sections.get("context") or {}),
        evidence=tuple(masker.members(each) for each in sections.get("evidence") or ()),
        is_shown_whole=bool(sections),
    )


# --- texts -----------------------------------------------------------------------------------------------------


def _sent(
    session: Session,
    contact: Contact,
    seal: Seal | None,
    names: Mapping[ProgramId, Program],
    senders: Mapping[int, models.Sender],
) -> list[SentText]:
    rows = session.rows("sent_to_person", bucket=contact.bucket, contact_id=contact.id)
    return [
        SentText(
            id=to_text("msg", row[0]),
            created_at=from_micros(row[3]),
            handed_at=None if row[4] is None else from_micros(row[4]),
            sender=senders[row[7]].address if row[7] in senders else "",
            program=names[row[6]].key if row[6] in names else "",
            kind=row[1],
            state=MessageState(row[2]).name.lower(),
            text=_text(row[1], _opened(seal, row[5], "body", row[0])),
            why=_why(row[9]),
        )
        for row in rows
    ]


def _text(kind: str, text: str | None) -> str | None:
    return None if text is None else without_code(kind, text)


def _why(body: bytes | None) -> tuple[Sentence, ...]:
    if body is None:
        return (Sentence.of("sent.undecided"),)
    decision = Decision.from_bytes(bytes(body))
    if decision.verdict is Verdict.SEND:
        return (Sentence.of("sent.grant" if decision.grant is not None else "sent.act"),)
    return tuple(reason.sentence for reason in decision.reasons)


def _received(
    session: Session, contact: Contact, seal: Seal | None, senders: Mapping[int, models.Sender]
) -> list[ReceivedText]:
    rows = session.rows("received_from_person", bucket=contact.bucket, contact_id=contact.id)
    return [
        ReceivedText(
            id=to_text("inb", InboundId(row[0])),
            received_at=from_micros(row[3]),
            sent_to=senders[row[1]].address if row[1] in senders else "",
            text=_opened(seal, row[2], "inbound", row[0]),
            read_as=tuple(row[4].split()),
            rule=row[5],
            confidence=row[6],
            was_misread=bool(row[7]),
        )
        for row in rows
    ]


def _opened(seal: Seal | None, sealed: bytes | None, kind: str, row_id: int) -> str | None:
    if seal is None or sealed is None:
        return None
    try:
        return seal.open(bytes(sealed), place(kind, row_id)).decode(errors="replace")
    except UnreadableError:
        return None


# --- what else ------------------------------------------------------------------------------------------------


def _file(row: Row) -> File:
    return File(
        id=to_text("evi", row[0]),
        kind=row[1],
        media_type=row[2],
        size=row[3],
        kept_at=from_micros(row[4]),
        purge_at=None if row[5] is None else from_micros(row[5]),
    )


def _suppressed(store: Store, session: Session, contact: Contact) -> suppressions.Suppression | None:
    if contact.number is None:
        return None
    return suppressions.find(store, session, contact.brand, [contact.number]).get(contact.number)


def _on(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
