"""Invitation campaigns: made, filled from a list, started, paused, gone on with and cancelled. Sending is in `posting`.

Whoever is on the list is a person known by e-mail, and by that nothing more: being written to is one permission, being
texted another. Who wants no e-mail is recorded first, and is invited by no list again.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from yesword.collect import points
from yesword.collect.invitation_errors import (
    ForeignFormError,
    InvitationStateError,
    NoPageError,
    NotCancellableError,
    NotChangeableError,
    NotPausableError,
    NotResumableError,
    NotStartableError,
    SilentInvitationError,
    TakesNobodyError,
    UnpermittedError,
)
from yesword.collect.invitee_lists import ListRow
from yesword.collect.letters import Wording, check
from yesword.collect.points import NoSuchPointError, Point
from yesword.consent import meet
from yesword.domain import phone
from yesword.domain.collecting.points import PointKind
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.phone import PhoneNumber
from yesword.mail import addresses
from yesword.store import contacts, invitations, invitees, programs, suppressions
from yesword.store.contacts import NewContact
from yesword.store.database import Session
from yesword.store.invitations import NewInvitation
from yesword.store.invitees import NewInvitee
from yesword.store.models import InvitationCampaign
from yesword.store.opening import Store
from yesword.store.sealing import Seal

SOURCE: Final = "invitation"
_CHUNK: Final = 250  # rows of one transaction
PAGES: Final = frozenset({PointKind.FORM, PointKind.EMAIL})


class NoSuchInvitationError(YeswordError):
    """There is no invitation campaign {number}. `yesword invitations list` shows those that there are."""

    code = "no_such_invitation"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCampaign:
    point: str  # key of the page that the letter leads to
    name: str
    wordings: Mapping[str, Wording]  # language → what it says
    permitted_by: str  # why these people may be written to
    measures_opens: bool = False
    created_by: int | None = None


@dataclass(kw_only=True, slots=True)
class Added:
    """What became of each row of a list."""

    invited: int = 0
    again: int = 0  # in this campaign already
    left: int = 0  # the list says that they want no e-mail
    rejected: Counter[str] = field(default_factory=Counter)  # by the code of what is wrong
    numbers_unread: int = 0


def create(new: NewCampaign) -> InvitationCampaign:
    """A draft. Raises NoSuchPointError, BadInvitationError."""
    return InvitationCampaign.objects.create(**_checked(new), created_by_id=new.created_by)


def rewrite(row: InvitationCampaign, new: NewCampaign) -> None:
    """Say something else in a draft. Raises as `create`, and InvitationStateError once it was started."""
    changes = _checked(new)
    if changes["brand_id"] != row.brand_id:
        raise ForeignFormError
    _move(row, (row.State.DRAFT,), row.State.DRAFT, NotChangeableError, **changes)


def _checked(new: NewCampaign) -> dict[str, object]:
    point = points.find(new.point)
    if point.definition.kind not in PAGES:
        raise NoPageError(point=new.point)
    if not new.permitted_by.strip():
        raise UnpermittedError
    if not new.wordings:
        raise SilentInvitationError
    for language, wording in new.wordings.items():
        check(wording, point.program, language)
    return {
        "brand_id": point.brand,
        "point_id": point.id,
        "name": new.name[:120],
        "wordings": {
            language: {"subject": each.subject, "body": each.body} for language, each in new.wordings.items()
        },
        "permitted_by": new.permitted_by[:200],
        "measures_opens": new.measures_opens,
    }


def find(number: int) -> InvitationCampaign:
    """Raises NoSuchInvitationError."""
    row = InvitationCampaign.objects.select_related("point", "brand").filter(pk=number).first()
    if row is None:
        raise NoSuchInvitationError(number=number)
    return row


def wordings_of(row: InvitationCampaign) -> Mapping[str, Wording]:
    return {language: Wording(**each) for language, each in row.wordings.items()}


def point_of(row: InvitationCampaign) -> Point:
    """Where it leads, as it is published now. Raises NoSuchPointError where it was closed."""
    point = points.newest(row.point_id)
    if point is None or not point.is_open:
        raise NoSuchPointError(key=row.point.key)
    return point


# --- people --------------------------------------------------------------------------------------------------


def add_people(
    store: Store,
    row: InvitationCampaign,
    read: Callable[[], Iterable[ListRow]],
    at: datetime,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Added:
    """Put everybody of a list in line. Cut off, it is simply done again: who is in line already stays where they are.

    Raises BadListError, and InvitationStateError where the campaign is over.
    """
    if row.state in (row.State.CANCELLED, row.State.DONE):
        raise TakesNobodyError(state=row.State(row.state))
    added, done = Added(), 0
    brand = BrandId(row.brand_id)
    for leavers in _chunks(each for each in read() if each.has_left):
        added.left += _leave(store, brand, leavers, at)
    for rows in _chunks(each for each in read() if not each.has_left):
        _add(store, row, rows, added, at)
        done += len(rows)
        progress(done)
    return added


def _chunks(rows: Iterable[ListRow]) -> Iterable[Sequence[ListRow]]:
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, _CHUNK)):
        yield chunk


def _leave(store: Store, brand: BrandId, rows: Sequence[ListRow], at: datetime) -> int:
    mails = [mail for mail in (_mail(each, Counter()) for each in rows) if mail]
    with store.database.write() as session:
        return sum(
            invitees.suppress(store, session, brand, each, invitees.LEFT, at) for each in dict.fromkeys(mails)
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Person:
    """A row that can be written to."""

    mail: str
    row: ListRow
    number: PhoneNumber | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Known:
    """Who has these addresses and numbers: in the store, or about to be in it under a key that is in the vault."""

    by_mail: Mapping[str, ContactId]
    by_number: Mapping[str, ContactId]
    new_numbers: Mapping[str, tuple[ContactId, Seal]]
    new_mails: Mapping[str, tuple[ContactId, Seal]]


def _add(store: Store, row: InvitationCampaign, rows: Sequence[ListRow], added: Added, at: datetime) -> None:
    brand = programs.brand(BrandId(row.brand_id))
    people: dict[str, _Person] = {}
    for each in rows:
        mail = _mail(each, added.rejected)
        if mail is None:
            continue
        if mail in people:
            added.again += 1
            continue
        number = _number(each, brand.country)
        added.numbers_unread += bool(each.number) and number is None
        people[mail] = _Person(mail=mail, row=each, number=number)
    known = _prepare(store, brand.id, list(people.values()))
    with store.database.write() as session:
        _meet(store, session, row, people.values(), known, at)
        for person in people.values():
            is_new = invitations.insert(session, _invitation(store, row, person, known), at)
            added.invited += is_new
            added.again += not is_new


def _mail(row: ListRow, rejected: Counter[str]) -> str | None:
    try:
        return addresses.parse(row.mail)
    except (addresses.BadAddressError, addresses.GatewayAddressError) as error:
        rejected[error.code] += 1
        return None


def _number(row: ListRow, country: str) -> PhoneNumber | None:
    try:
        return phone.parse(row.number, country=country) if row.number else None
    except phone.PhoneError:
        return None


def _prepare(store: Store, brand: BrandId, people: Sequence[_Person]) -> _Known:
    """Keys and look-ups before rows, as everywhere: a crash leaves a key without a row, never the other way round."""
    numbers = list(dict.fromkeys(each.number.e164 for each in people if each.number is not None))
    with store.database.read() as session:
        by_mail = invitees.find_many(store, session, brand, [each.mail for each in people])
        by_number = contacts.find_many(store, session, brand, numbers)
    strange = [each for each in numbers if each not in by_number]
    new_numbers = dict(zip(strange, contacts.prepare(store, brand, strange), strict=True)) if strange else {}
    for each in people:
        if each.mail not in by_mail and each.number is not None:
            owner = by_number.get(each.number.e164) or new_numbers[each.number.e164][0]
            invitees.announce(store, brand, owner, each.mail)
    by_mail = {**by_mail, **_announced(store, brand, people, by_mail)}
    unknown = [each.mail for each in people if each.mail not in by_mail]
    new_mails = dict(zip(unknown, invitees.prepare(store, brand, unknown), strict=True)) if unknown else {}
    return _Known(by_mail=by_mail, by_number=by_number, new_numbers=new_numbers, new_mails=new_mails)


def _announced(
    store: Store, brand: BrandId, people: Sequence[_Person], known: Mapping[str, ContactId]
) -> dict[str, ContactId]:
    """Who is found by address now that it was said of their number; of two rows with one number, the first."""
    asked = {
        digest: each.mail
        for each in people
        if each.number is not None and each.mail not in known
        for digest in store.look_up.digests(brand, suppressions.MAIL, each.mail)
    }
    return {
        asked[digest]: contact
        for digest, contact in store.vault.find(brand, suppressions.MAIL, list(asked)).items()
    }


def _meet(
    store: Store,
    session: Session,
    row: InvitationCampaign,
    people: Iterable[_Person],
    known: _Known,
    at: datetime,
) -> None:
    """Make those whom nobody knew. A stop of theirs that outlived an earlier contact holds from the first moment."""
    brand = programs.brand(BrandId(row.brand_id))
    met: set[ContactId] = set()
    for person in people:
        new = known.new_numbers.get(person.number.e164) if person.number is not None else None
        if new is not None and person.number is not None and new[0] not in met:
            met.add(new[0])
            meet(store, session, brand, [_new_contact(brand.id, person, person.number, new)], at)
        if person.mail in known.new_mails:
            contact, seal = known.new_mails[person.mail]
            invitees.insert(
                session,
                [
                    NewInvitee(
                        id=contact,
                        seal=seal,
                        mail=person.mail,
                        brand=brand.id,
                        name=person.row.name,
                        language=person.row.language,
                        source=SOURCE,
                    )
                ],
                at,
            )
    owners = {known.by_mail[each.mail]: each.mail for each in people if each.mail in known.by_mail}
    have = invitees.mails(store, session, owners)
    for contact, mail in owners.items():
        seal_of = store.vault.seal(contact)
        if contact not in have and seal_of is not None:
            invitees.attach(store, session, contact, mail, seal_of)


def _new_contact(
    brand: BrandId, person: _Person, number: PhoneNumber, new: tuple[ContactId, Seal]
) -> NewContact:
    return NewContact(
        id=new[0],
        seal=new[1],
        number=number,
        brand=brand,
        name=person.row.name,
        language=person.row.language,
        source=SOURCE,
    )


def _invitation(store: Store, row: InvitationCampaign, person: _Person, known: _Known) -> NewInvitation:
    contact = known.by_mail.get(person.mail) or known.new_mails[person.mail][0]
    owner = None
    if person.number is not None:
        e164 = person.number.e164
        owner = known.by_number.get(e164) or known.new_numbers[e164][0]
    return NewInvitation(
        id=store.ids.make(bucket_of(contact)),
        campaign=row.pk,
        brand=BrandId(row.brand_id),
        contact=contact,
        known=owner if owner != contact else None,
    )


# --- states --------------------------------------------------------------------------------------------------


def start(row: InvitationCampaign, at: datetime) -> None:
    """Raises InvitationStateError, NoSuchPointError."""
    point_of(row)
    _move(row, (row.State.DRAFT,), row.State.RUNNING, NotStartableError, started_at=at)


def pause(row: InvitationCampaign, reason: str = "") -> None:
    _move(row, (row.State.RUNNING,), row.State.PAUSED, NotPausableError, pause_reason=reason)


def resume(row: InvitationCampaign) -> None:
    point_of(row)
    _move(row, (row.State.PAUSED,), row.State.RUNNING, NotResumableError, pause_reason="")


def cancel(store: Store, row: InvitationCampaign, at: datetime) -> int:
    """For good: what waits never goes. How many that are."""
    states = (row.State.DRAFT, row.State.RUNNING, row.State.PAUSED)
    with store.database.write() as session:
        _move(row, states, row.State.CANCELLED, NotCancellableError, ended_at=at)
        return invitations.cancel_waiting(session, row.pk)


def _move(
    row: InvitationCampaign,
    sources: Sequence[str],
    target: str,
    refused: type[InvitationStateError],
    **changes: object,
) -> None:
    moved = InvitationCampaign.objects.filter(pk=row.pk, state__in=sources).update(state=target, **changes)
    row.refresh_from_db()
    if not moved:
        raise refused(state=row.State(row.state))
