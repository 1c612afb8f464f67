"""What a change of law would mean for what is on record: which queued messages and which grants it would answer otherwise.

Only the law differs between the two questions. Both are put to the gate with the same facts, about the same moment: the
law of the one day and that of the other hold for it in turn. Were the moment moved instead, weekdays, holidays, the age
of a consent and the texts before it would differ too, and nobody could tell what the law has changed.

A queued message is asked about at the moment when it is due, or now if it is late. A grant is asked about with a plain
campaign text of its program, at noon of the next weekday where the person is; and where the two laws keep other hours,
at the next moment at which those differ, too. Nothing is stored.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from yesword.domain.decisions import Decision, Reason, Verdict
from yesword.domain.facts import GateFacts, MessageFacts
from yesword.domain.gate import decide
from yesword.domain.gate.plan import plan_for
from yesword.domain.hours import Clock, is_open, zone
from yesword.domain.ids import BrandId, ContactId, ProgramId, bucket_of
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.domain.rules import RuleBook
from yesword.domain.state import ConsentState, Grant
from yesword.domain.times import from_micros
from yesword.sending.campaigns import PARKED
from yesword.sending.judging import judge
from yesword.sending.weighing import Background, Offer, Scales, backgrounds
from yesword.store import contacts, programs
from yesword.store.checking import EVERY_BRAND
from yesword.store.contacts import StandingRow
from yesword.store.database import Session
from yesword.store.opening import Store

_PAGE: Final = 500
_DUE_AT: Final = -1  # the column, after those that a claim reads
_NOON: Final = time(12)
_SATURDAY: Final = 5
_STEP: Final = timedelta(minutes=15)
_SEARCHED: Final = timedelta(days=366)  # a whole year of holidays

Watch = Callable[[int, int], None]  # how many were asked about, of how many


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """An answer that comes out otherwise, and the rule because of which."""

    was: Verdict
    becomes: Verdict
    rule: str
    code: str
    citation: str


@dataclass(kw_only=True, slots=True)
class Tally:
    asked: int = 0
    is_all: bool = True  # False: a sample
    turns: Counter[Turn] = field(default_factory=Counter)

    @property
    def changed(self) -> int:
        return self.turns.total()

    def count(self, turn: Turn | None) -> None:
        self.asked += 1
        if turn is not None:
            self.turns[turn] += 1


class Comparison:
    """Two laws, asked about the same text. With `packs`, only what those change counts."""

    def __init__(self, before: RuleBook, after: RuleBook, packs: Collection[str] = ()) -> None:
        self.before = before
        self.after = after
        self._packs = frozenset(packs)
        self._apart: dict[tuple[frozenset[Clock], frozenset[Clock]], datetime | None] = {}

    def turn(self, facts: GateFacts, at: datetime) -> Turn | None:
        was, becomes = decide(facts, self.before, at), decide(facts, self.after, at)
        if (was.verdict, was.not_before) == (becomes.verdict, becomes.not_before):
            return None
        cause = _cause(was, becomes)
        if self._packs and cause.pack not in self._packs:
            return None
        return Turn(
            was=was.verdict,
            becomes=becomes.verdict,
            rule=cause.rule,
            code=cause.code,
            citation=cause.citation,
        )

    def hours_apart(self, facts: GateFacts, since: datetime) -> datetime | None:
        """The next moment that is lawful by the hours of one law and not by the other's; None: in a year, none."""
        clocks = _clocks(facts, self.before, since), _clocks(facts, self.after, since)
        if clocks[0] == clocks[1]:
            return None
        if clocks not in self._apart:
            self._apart[clocks] = _first_apart(*clocks, since)
        return self._apart[clocks]


def _cause(was: Decision, becomes: Decision) -> Reason:
    """What is new in the second answer; or, where nothing is, what is no longer said."""
    known = {reason.rule for reason in was.reasons}
    new = [reason for reason in becomes.reasons if reason.rule not in known]
    left = {reason.rule for reason in becomes.reasons}
    gone = [reason for reason in was.reasons if reason.rule not in left]
    return (new or gone or list(becomes.reasons or was.reasons))[0]


def _clocks(facts: GateFacts, law: RuleBook, at: datetime) -> frozenset[Clock]:
    return frozenset(each.clock for each in plan_for(facts, law, at).openings if each.rule.is_enforced)


def _first_apart(before: frozenset[Clock], after: frozenset[Clock], since: datetime) -> datetime | None:
    at = since.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while at < since + _SEARCHED:
        if all(is_open(*each, at) for each in before) != all(is_open(*each, at) for each in after):
            return at
        at += _STEP
    return None


# --- queued messages -----------------------------------------------------------------------------------------


def on_queue(
    store: Store,
    comparison: Comparison,
    at: datetime,
    *,
    sample: int | None = None,
    watch: Watch = lambda _done, _total: None,
) -> Tally:
    """Every queued message; with `sample`, so many that are due first."""
    scales, tally = Scales(comparison.after), Tally()
    with store.database.read() as session:
        (queued,) = session.first("count_queued") or (0,)
        total = queued if sample is None else min(queued, sample)
        tally.is_all = total == queued
        for rows in _queue(session):
            for facts, moment in _due(store, session, scales, rows, at):
                if tally.asked == total:
                    return tally
                tally.count(comparison.turn(facts, moment))
            watch(tally.asked, total)
    return tally


def _queue(session: Session) -> Iterator[list[tuple[object, ...]]]:
    """Lane by lane: the most urgent first, where buckets are one group."""
    for (lane,) in session.rows("queued_lanes"):
        due_at, cursor = -(1 << 62), 0
        while rows := session.rows("queued_after", lane=lane, due_at=due_at, cursor=cursor, count=_PAGE):
            yield rows
            due_at, cursor = rows[-1][_DUE_AT], rows[-1][0]


def _due(
    store: Store, session: Session, scales: Scales, rows: list[tuple[object, ...]], at: datetime
) -> Iterator[tuple[GateFacts, datetime]]:
    """The facts that a claim would gather, and the moment at which it would."""
    due = {row[0]: row[_DUE_AT] for row in rows}
    for judged in judge(store, session, scales, rows, at, lock=False):
        micros = due[judged.queued.id]
        assert isinstance(micros, int)
        planned = from_micros(micros)
        yield judged.weighed.facts, at if planned >= PARKED else max(planned, at)


# --- grants --------------------------------------------------------------------------------------------------


def on_grants(
    store: Store,
    comparison: Comparison,
    at: datetime,
    *,
    sample: int | None = None,
    watch: Watch = lambda _done, _total: None,
) -> Tally:
    """Every grant that holds; with `sample`, the first so many. Which person comes first was drawn by lot.

    Progress counts the people, for nobody knows how many grants there are before they have been read.
    """
    gathered, tally = _Gathering(store, comparison), Tally()
    with store.database.read() as session:
        (total,) = session.first("count_standings", brand_id=EVERY_BRAND) or (0,)
        cursor, seen = 0, 0
        while rows := session.rows(
            "standings_after", cursor=cursor, cursor_bucket=bucket_of(cursor), count=_PAGE
        ):
            standings = [
                StandingRow(
                    contact=ContactId(row[0]), seq=row[1], state=ConsentState.from_bytes(bytes(row[3]))
                )
                for row in rows
            ]
            for turn in gathered.turns(session, standings, at):
                if tally.asked == sample:
                    tally.is_all = False
                    return tally
                tally.count(turn)
            cursor, seen = rows[-1][0], seen + len(rows)
            watch(seen, total)
    return tally


class _Gathering:
    """Campaign texts to people who have not been planned one, and what both laws say to them."""

    def __init__(self, store: Store, comparison: Comparison) -> None:
        self.store = store
        self.comparison = comparison
        self.scales = Scales(comparison.after)
        self._programs: dict[ProgramId, Program] = {}
        self._senders: dict[ProgramId, programs.SenderRow] = {}
        self._of_brand: dict[BrandId, list[Program]] = {}

    def turns(self, session: Session, standings: list[StandingRow], at: datetime) -> Iterator[Turn | None]:
        """One answer for each grant that holds: how it turns, or None where it stays."""
        granted = {each.contact: each for each in standings if any(_active(each.state, at))}
        people = contacts.read_many(self.store, session, granted)
        before = backgrounds(session, granted, at)
        for contact, person in people.items():
            state = granted[contact].state
            for grant in _active(state, at):
                found = None
                for program in self._programs_of(grant, person.brand):
                    if found is None and state.withdrawal_for(program.id) is None:
                        weighed = self.scales.weigh(
                            self._offer(program),
                            person,
                            state,
                            before.get(contact, Background()),
                            None,
                            at,
                        )
                        found = self._turn(weighed.facts, at)
                yield found

    def _turn(self, facts: GateFacts, at: datetime) -> Turn | None:
        found = self.comparison.turn(facts, _next_noon(facts, at))
        if found is None and (apart := self.comparison.hours_apart(facts, at)) is not None:
            found = self.comparison.turn(facts, apart)
        return found

    def _programs_of(self, grant: Grant, brand: BrandId) -> list[Program]:
        """The grant's own program; a grant to the whole brand is asked about with each."""
        program = grant.scope.program
        if program is None:
            if brand not in self._of_brand:
                self._of_brand[brand] = programs.of_brand(brand)
            return self._of_brand[brand]
        if program not in self._programs:
            self._programs[program] = programs.current(program)
        return [self._programs[program]]

    def _offer(self, program: Program) -> Offer:
        if program.id not in self._senders:
            self._senders[program.id] = programs.sender_of(program)
        return Offer(
            brand=self.scales.brand(program.brand),
            program=program,
            program_facts=self.scales.program_facts(program),
            sender=self._senders[program.id],
            message=MessageFacts(
                message_class=program.message_class,
                kind=MessageKind.CAMPAIGN,
                categories=program.categories,
            ),
        )


def _active(state: ConsentState, at: datetime) -> Iterator[Grant]:
    """The grants that hold: not ended, and not stopped."""
    if state.is_erased or state.invalid_since is not None:
        return
    for grant in state.grants:
        is_over = grant.limits.ends_at is not None and grant.limits.ends_at <= at
        if not is_over and state.withdrawal_for(grant.scope.program) is None:
            yield grant


def _next_noon(facts: GateFacts, at: datetime) -> datetime:
    """Noon of the next weekday, on the clocks of the first place where the person may be."""
    places = facts.contact.places
    tz = zone(places[0].zone) if places else zone("Etc/UTC")
    day = at.astimezone(tz).date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, _NOON, tz).astimezone(at.tzinfo)
