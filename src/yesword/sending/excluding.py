"""Excluding numbers by hand: one press ends what a number gets, of a program, a brand or all brands, and says what that was.

It goes the way of every withdrawal: an event, and the wait until nothing that it covers is on its way. Of a number that
nobody here has, a keyed trace is kept and no record; only to keep it from one single program takes a record. Nobody here
takes an exclusion back: the person's own handset does, by START. To exclude twice ends nothing twice.
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.consent import Act, Withdrawn, invalidate, meet, withdraw
from yesword.domain.errors import YeswordError
from yesword.domain.events import EXCLUSION, Actor, EventKind
from yesword.domain.ids import ContactId, EventId, ProgramId, bucket_of, to_text
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.ledger.entry import JsonObject
from yesword.sending.draining import drain_all
from yesword.store import contacts, suppressions
from yesword.store.contacts import PHONE, Contact, NewContact
from yesword.store.database import Session
from yesword.store.models import AuditEntry
from yesword.store.opening import Store
from yesword.store.programs import BrandRow
from yesword.store.sealing import Seal

SOURCE: Final = "exclusion"  # of a record that was only made to keep a number out of a program
MOST_WORDS: Final = 500
_SLICE: Final = 25  # numbers of one transaction: a STOP never waits for a list


class Reason(enum.StrEnum):
    """Why, as whoever excludes says it. Also the cause of the trace of a number that nobody here has."""

    BY_PHONE = "asked_by_phone"
    BY_MAIL = "asked_by_mail"
    IN_PERSON = "asked_in_person"
    COMPLAINT = "complaint"
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"


class Door(enum.StrEnum):
    """Where it was done."""

    NUMBER = "number"
    LIST = "list"
    PERSON = "person"  # on their page
    COMMAND = "command"


class NoWordsError(YeswordError):
    """Say in your own words why: "other" alone tells nobody anything later."""

    code = "exclusion_without_words"


class WrongScopeError(YeswordError):
    """A wrong number is wrong for every program. Exclude it from everything of the brand."""

    code = "exclusion_scope"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Wish:
    """What is to end, and why. `program`: only this one, of the one brand."""

    brands: tuple[BrandRow, ...]
    reason: Reason
    user: int
    door: Door
    program: Program | None = None
    words: str = ""

    def __post_init__(self) -> None:
        if self.reason is Reason.OTHER and not self.words.strip():
            raise NoWordsError
        if self.reason is Reason.WRONG_NUMBER and self.program is not None:
            raise WrongScopeError
        assert self.program is None or [each.id for each in self.brands] == [self.program.brand]


class Outcome(enum.StrEnum):
    ENDED = "ended"  # they got texts, or had been asked: that is over
    KEPT_OUT = "kept_out"  # known, and got nothing: from now on nobody but they can change that
    TRACE = "trace"  # nobody here has the number; no list or form brings it in
    ALREADY = "already"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Excluded:
    """What became of one number at one brand."""

    number: PhoneNumber
    brand: BrandRow
    outcome: Outcome
    ended: tuple[ProgramId, ...] = ()
    contact: ContactId | None = None
    event: EventId | None = None
    is_drained: bool = True  # False: a text that was with the carrier already is still being handed over


def exclude(
    store: Store,
    numbers: Iterable[PhoneNumber],
    wish: Wish,
    at: datetime,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Excluded]:
    """For each number one line a brand, in their order. `progress` is told how many numbers are done."""
    asked = list({each.e164: each for each in numbers}.values())
    found: dict[str, list[Excluded]] = {each.e164: [] for each in asked}
    for start in range(0, len(asked), _SLICE):
        some = asked[start : start + _SLICE]
        for brand in wish.brands:
            for line in _exclude(store, brand, some, wish, at):
                found[line.number.e164].append(line)
        progress(start + len(some))
    return [line for lines in found.values() for line in lines]


def _exclude(
    store: Store, brand: BrandRow, numbers: Sequence[PhoneNumber], wish: Wish, at: datetime
) -> list[Excluded]:
    lines = _written(store, brand, numbers, wish, at)
    traces = [each.number for each in lines.values() if each.contact is None]
    with store.database.read() as session:
        late = contacts.find_many(store, session, brand.id, [each.e164 for each in traces])
    # Somebody's own text may have made a contact while we wrote that nobody has the number.
    lines |= _written(store, brand, [each for each in traces if each.e164 in late], wish, at)
    return [lines[each.e164] for each in numbers]


def _written(
    store: Store, brand: BrandRow, numbers: Sequence[PhoneNumber], wish: Wish, at: datetime
) -> dict[str, Excluded]:
    if not numbers:
        return {}
    keys = _keys(store, brand, numbers) if wish.program is not None else {}
    lines: dict[str, Excluded] = {}
    stops: list[tuple[ContactId, Withdrawn]] = []
    with store.database.write() as session:
        known = contacts.find_many(store, session, brand.id, [each.e164 for each in numbers])
        known |= _met(store, session, brand, [each for each in numbers if each.e164 not in known], keys, at)
        states = _locked(session, known.values())
        people = contacts.read_many(store, session, known.values())
        by_id = {contact: number for number, contact in known.items()}
        parsed = {each.e164: each for each in numbers}
        for contact in sorted(by_id):
            number = parsed[by_id[contact]]
            line, stop = _end(store, session, brand, people[contact], states[contact], number, wish, at)
            lines[number.e164] = line
            stops.append((contact, stop))
        strangers = [each for each in numbers if each.e164 not in known]
        lines |= _keep_traces(store, session, brand, strangers, wish, at)
        _leave_trace(brand, lines.values(), wish)
    if drain_all(store, stops):
        return lines
    return {
        number: replace(line, is_drained=line.contact is None or drain_all(store, _of(stops, line), 0.0))
        for number, line in lines.items()
    }


def _of(stops: Iterable[tuple[ContactId, Withdrawn]], line: Excluded) -> list[tuple[ContactId, Withdrawn]]:
    return [each for each in stops if each[0] == line.contact]


def _keys(
    store: Store, brand: BrandRow, numbers: Sequence[PhoneNumber]
) -> Mapping[str, tuple[ContactId, Seal]]:
    """Of those whom nobody knows: durable before any row is."""
    with store.database.read() as session:
        known = contacts.find_many(store, session, brand.id, [each.e164 for each in numbers])
        stopped = suppressions.find(store, session, brand.id, [each.e164 for each in numbers])
    strange = [each.e164 for each in numbers if each.e164 not in known and each.e164 not in stopped]
    return dict(zip(strange, contacts.prepare(store, brand.id, strange), strict=True)) if strange else {}


def _met(
    store: Store,
    session: Session,
    brand: BrandRow,
    numbers: Sequence[PhoneNumber],
    keys: Mapping[str, tuple[ContactId, Seal]],
    at: datetime,
) -> dict[str, ContactId]:
    new = [
        NewContact(id=keys[each.e164][0], seal=keys[each.e164][1], number=each, brand=brand.id, source=SOURCE)
        for each in numbers
        if each.e164 in keys
    ]
    if new:
        meet(store, session, brand, sorted(new, key=lambda each: each.id), at)
    return {each.number.e164: each.id for each in new}


def _locked(session: Session, people: Iterable[ContactId]) -> dict[ContactId, ConsentState]:
    """Locked in the order of their ids before they are read: of two who exclude at once, one finds it done."""
    found = {}
    for contact in sorted(people):
        row = session.first("raise_standing", events=0, bucket=bucket_of(contact), contact_id=contact)
        assert row is not None, "a contact always has a standing"
        found[contact] = ConsentState.from_bytes(bytes(row[1]))
    return found


def _end(
    store: Store,
    session: Session,
    brand: BrandRow,
    person: Contact,
    state: ConsentState,
    number: PhoneNumber,
    wish: Wish,
    at: datetime,
) -> tuple[Excluded, Withdrawn]:
    program = wish.program
    before = _before(state, wish)
    if before is not None:
        line = Excluded(
            number=number, brand=brand, outcome=Outcome.ALREADY, contact=person.id, event=before.event
        )
        return line, before
    ended = _ending(state, program)
    act = Act(
        actor=Actor.AGENT,
        route=EXCLUSION,
        occurred_at=at,
        received_at=at,
        language=person.language,
        context=_context(wish),
    )
    if wish.reason is Reason.WRONG_NUMBER:
        stop = invalidate(store, session, brand, person, act, at, reason=wish.reason.value)
    else:
        stop = withdraw(store, session, brand, person, act, at, program=program, reason=wish.reason.value)
    outcome = Outcome.ENDED if ended or _is_asked(state, program) else Outcome.KEPT_OUT
    line = Excluded(
        number=number, brand=brand, outcome=outcome, ended=ended, contact=person.id, event=stop.event
    )
    return line, stop


def _before(state: ConsentState, wish: Wish) -> Withdrawn | None:
    """The exclusion of this reason's kind that stands, of as much as another one would end."""
    program = None if wish.program is None else wish.program.id
    found = [
        each
        for each in state.withdrawals
        if each.covers(program)
        and (program is not None or not each.lifted)
        and (
            each.route == EXCLUSION
            if wish.reason is not Reason.WRONG_NUMBER
            else each.kind is EventKind.INVALIDATED
        )
    ]
    newest = max(found, key=lambda each: each.seq, default=None)
    if newest is None:
        return None
    return Withdrawn(event=newest.event, seq=newest.seq, program=newest.scope.program)


def _ending(state: ConsentState, program: Program | None) -> tuple[ProgramId, ...]:
    """Which programs they get texts of by now, and will not any more."""
    wanted = None if program is None else program.id
    found = {
        each.scope.program or wanted
        for each in state.grants
        if wanted is None or each.scope.program in (None, wanted)
    }
    return tuple(sorted(each for each in found if each is not None))


def _is_asked(state: ConsentState, program: Program | None) -> bool:
    """Whether a question to them is open, or a consent to all programs: it ends, too."""
    if program is not None:
        return state.request_for(program.id) is not None
    return bool(state.requests or state.grants)


def _keep_traces(
    store: Store, session: Session, brand: BrandRow, numbers: Sequence[PhoneNumber], wish: Wish, at: datetime
) -> dict[str, Excluded]:
    """Of numbers that nobody here has. Of one that left a trace before, that trace holds, for everything of the brand."""
    new: dict[str, bytes] = {}
    for each in numbers:
        digest = store.look_up.digest(brand.id, PHONE, each.e164)
        known = suppressions.find(store, session, brand.id, [each.e164])
        pepper = store.look_up.newest
        if not known and suppressions.enter(session, brand.id, digest, pepper, wish.reason.value, at):
            new[each.e164] = digest
    suppressions.journal(store, session, brand.id, new.values(), at)
    return {
        each.e164: Excluded(
            number=each, brand=brand, outcome=Outcome.TRACE if each.e164 in new else Outcome.ALREADY
        )
        for each in numbers
    }


def _context(wish: Wish) -> JsonObject:
    said: JsonObject = {"user": wish.user, "door": wish.door.value}
    return {**said, "words": wish.words.strip()[:MOST_WORDS]} if wish.words.strip() else said


def _leave_trace(brand: BrandRow, lines: Iterable[Excluded], wish: Wish) -> None:
    """Who did it, of whom the record says it; of the others only to how many."""
    detail = {
        "reason": wish.reason.value,
        "program": "" if wish.program is None else wish.program.key,
        "door": wish.door.value,
    }
    rows = [
        AuditEntry(
            user_id=wish.user, action="number.excluded", subject=to_text("con", each.contact), detail=detail
        )
        for each in lines
        if each.contact is not None and each.outcome is not Outcome.ALREADY
    ]
    traces = sum(each.outcome is Outcome.TRACE for each in lines)
    if traces:
        rows.append(
            AuditEntry(
                user_id=wish.user,
                action="number.excluded",
                subject=f"brand {brand.id}",
                detail={**detail, "unknown": traces},
            )
        )
    AuditEntry.objects.bulk_create(rows)
