"""Whether a run kept the invariants, from what the wire, the peer and the store tell. Pure.

What breaks one is told with the shortest history that shows it: the moments of that one text or person, and no others.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from yesword.domain.messages import MessageKind, MessageState
from yesword.faults.evidence import Evidence, Passing, Start, Stop, StoredMessage


class Invariant(enum.StrEnum):
    """By their names in the design."""

    ONE_GATE = "one-gate"
    STOP_IS_FINAL = "stop-is-final"
    APPEND_ONLY = "append-only"
    NO_DOUBLE_TEXT = "no-double-text"
    NOTHING_LOST = "nothing-lost"
    SCOPED = "scoped"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Moment:
    at: float
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    invariant: Invariant
    what: str
    history: tuple[Moment, ...] = ()


_SAID_SENT: Final = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED})
_SHOWN: Final = _SAID_SENT | {MessageState.UNCERTAIN}
_OPEN: Final = frozenset({MessageState.QUEUED, MessageState.HELD, MessageState.SENDING})
_ENDS: Final = frozenset({"withdrawn", "invalidated"})
_GIVES: Final = frozenset({"granted", "confirmed", "renewed"})
_A_WHILE_S: Final = 30.0
_SLACK_S: Final = 0.002  # a time is kept in milliseconds here and there
_CLOCK_S: Final = 0.25  # how far the time of a record may be from that of the wire: see `store.shared_clock`


def check(evidence: Evidence) -> list[Violation]:
    """Everything that does not hold, the shortest histories first."""
    case = _Case(evidence)
    rules = (
        *(_one_gate, _stop_is_final, _append_only),
        *(_no_double_text, _nothing_lost, _stops_kept, _scoped),
    )
    found = [violation for rule in rules for violation in rule(case)]
    return sorted(found, key=lambda each: len(each.history))


def shortest(violations: Iterable[Violation]) -> dict[Invariant, tuple[Violation, int]]:
    """Of each invariant that is broken: the shortest history, and how often it was broken."""
    found: dict[Invariant, tuple[Violation, int]] = {}
    for each in violations:
        best, count = found.get(each.invariant, (each, 0))
        found[each.invariant] = min(best, each, key=lambda one: len(one.history)), count + 1
    return found


class _Case:
    """The evidence, and what is looked up in it again and again."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.written: dict[int, list[Passing]] = defaultdict(list)
        self.taken: dict[int, list[Passing]] = defaultdict(list)
        self.stops: dict[int, list[Stop]] = defaultdict(list)
        self.starts: dict[int, list[Start]] = defaultdict(list)
        for known, passings in ((self.written, evidence.written), (self.taken, evidence.taken)):
            for passing in passings:
                known[passing.message].append(passing)
        for stop in evidence.stops:
            self.stops[stop.person].append(stop)
        for start in evidence.starts:
            self.starts[start.person].append(start)

    def passed(self) -> Iterator[tuple[int, StoredMessage | None, Passing]]:
        """Each text of which the wire or the peer knows, as it was first seen."""
        for message in self.written.keys() | self.taken.keys():
            seen = [*self.written.get(message, ()), *self.taken.get(message, ())]
            yield message, self.evidence.messages.get(message), min(seen, key=lambda each: each.at)

    def since(self, stop: Stop, until: float) -> Iterator[Moment]:
        """What the person's record got since a stop, and what they texted to come back, some while before it, too."""
        for start in self.starts.get(stop.person, ()):
            if stop.asked_at - _A_WHILE_S <= start.at <= until:
                yield Moment(at=start.at, what="a START of theirs is read")
        for event in self.evidence.events.get(stop.person, ()):
            if stop.asked_at <= event.at <= until:
                yield Moment(at=event.at, what=f"their record gets: {event.kind}")

    def around(self, stop: Stop) -> Iterator[Moment]:
        """What the person's record got from some while before a stop until some while after it, and their STARTs."""
        assert stop.acknowledged_at is not None
        first, last = stop.asked_at - _A_WHILE_S, stop.acknowledged_at + _A_WHILE_S
        for start in self.starts.get(stop.person, ()):
            if first <= start.at <= last:
                yield Moment(at=start.at, what="a START of theirs is read")
        for event in self.evidence.events.get(stop.person, ()):
            if first <= event.at <= last:
                yield Moment(at=event.at, what=f"their record gets: {event.kind}")

    def history(
        self, message: int | None, more: Iterable[Moment] = (), *, is_seen: bool = True
    ) -> tuple[Moment, ...]:
        """The moments of a message, and those that matter beside them."""
        found = list(more)
        stored = self.evidence.messages.get(message) if message is not None else None
        for attempt in stored.attempts if stored else ():
            gate = "" if attempt.is_approved else ", and no decision says so"
            found.append(Moment(at=attempt.claimed_at, what=f"the text is claimed{gate}"))
            if attempt.ended_at is not None:
                found.append(Moment(at=attempt.ended_at, what=f"it is recorded as {attempt.outcome}"))
        if message is not None and is_seen:
            found += [Moment(at=each.at, what="it is written") for each in self.written.get(message, ())]
            found += [Moment(at=each.at, what="the peer takes it") for each in self.taken.get(message, ())]
        return tuple(sorted(found))


def _named(message: int, stored: StoredMessage | None) -> str:
    if stored is None:
        return f"text {message}"
    whose = "nobody known" if stored.person is None else f"person {stored.person}"
    return f"{stored.kind.value} {message} to {whose}"


def _one_gate(case: _Case) -> Iterator[Violation]:
    for message, stored, first in case.passed():
        if stored is None:
            why = "went to a phone, and the store knows no such message"
        elif first.person != stored.person:
            why = f"went to person {first.person}"
        elif not any(each.is_approved and each.claimed_at <= first.at + _SLACK_S for each in stored.attempts):
            why = "went to a phone without a decision to send it"
        elif not all(each.is_approved for each in stored.attempts):
            why = "was claimed without a decision to send it"
        else:
            continue
        yield Violation(
            invariant=Invariant.ONE_GATE,
            what=f"{_named(message, stored)} {why}",
            history=case.history(message),
        )


def _stop_is_final(case: _Case) -> Iterator[Violation]:
    """Nothing but the confirmation is written after the acknowledgement, until the handset says START."""
    for passing in case.evidence.written:
        stored = case.evidence.messages.get(passing.message)
        if passing.person is None or (stored and stored.kind is MessageKind.STOP_REPLY):
            continue
        stop = _standing_stop(
            case.stops.get(passing.person, ()), case.starts.get(passing.person, ()), passing.at
        )
        if stop is None or stop.acknowledged_at is None:
            continue
        yield Violation(
            invariant=Invariant.STOP_IS_FINAL,
            what=f"{_named(passing.message, stored)} was written after a stop by {stop.how} was acknowledged",
            history=case.history(passing.message, [*_moments_of(stop), *case.since(stop, passing.at)]),
        )


def _standing_stop(stops: Sequence[Stop], starts: Sequence[Start], at: float) -> Stop | None:
    """A stop that was acknowledged before, with no START read between it and then."""
    for stop in stops:
        if stop.acknowledged_at is None or stop.acknowledged_at >= at:
            continue
        since = stop.asked_at if stop.heard_at is None else stop.heard_at
        if not any(since <= start.at <= at for start in starts):
            return stop
    return None


def _moments_of(stop: Stop) -> Iterator[Moment]:
    yield Moment(at=stop.asked_at, what=f"person {stop.person} leaves by {stop.how}")
    if stop.acknowledged_at is not None:
        yield Moment(at=stop.acknowledged_at, what="that is acknowledged")


def _append_only(case: _Case) -> Iterator[Violation]:
    for each in (*case.evidence.changed, *case.evidence.misfits):
        yield Violation(invariant=Invariant.APPEND_ONLY, what=each)


def _no_double_text(case: _Case) -> Iterator[Violation]:
    for message, stored, _ in case.passed():
        if stored is None or stored.may_repeat:
            continue
        taken, written = len(case.taken.get(message, ())), len(case.written.get(message, ()))
        if taken <= 1 and written <= max(1, stored.segments):
            continue
        yield Violation(
            invariant=Invariant.NO_DOUBLE_TEXT,
            what=f"{_named(message, stored)} was written {written} times, and taken {taken} times",
            history=case.history(message),
        )
    planned: Counter[tuple[int, int]] = Counter()
    for stored in case.evidence.messages.values():
        if stored.campaign is not None and stored.person is not None:
            planned[stored.campaign, stored.person] += 1
    for (campaign, person), count in planned.items():
        if count > 1:
            yield Violation(
                invariant=Invariant.NO_DOUBLE_TEXT,
                what=f"campaign {campaign} has {count} texts for person {person}",
            )


def _on_the_clock(at: float) -> str:
    """Some wait in a place that is no time: thousands of years from now."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return f"{at:.0f}"


def _nothing_lost(case: _Case) -> Iterator[Violation]:
    for each in case.evidence.held:  # first, since it would be why texts wait
        yield Violation(invariant=Invariant.NOTHING_LOST, what=f"sending is held for ever, for {each}")
    for stored in case.evidence.messages.values():
        state = stored.state.name.lower()
        is_seen = stored.id in case.written or stored.id in case.taken
        if stored.state in _OPEN:
            why = f"is {state} for ever, due at {_on_the_clock(stored.due_at)}, {stored.reason or 'for no reason'}"
        elif stored.state in _SAID_SENT and stored.segments == 1 and stored.id not in case.taken:
            why = f"is shown as {state}, and the peer never took it"
        elif is_seen and stored.state not in _SHOWN and not stored.may_repeat:
            why = f"went to the carrier, and is shown as {state}"
        else:
            continue
        yield Violation(
            invariant=Invariant.NOTHING_LOST,
            what=f"{_named(stored.id, stored)} {why}",
            history=case.history(stored.id),
        )
    for text, at in case.evidence.answered.items():
        if text not in case.evidence.handled:
            yield Violation(
                invariant=Invariant.NOTHING_LOST,
                what=f"the text {text} of a person was acknowledged, and the store does not know it",
                history=(Moment(at=at, what="it is acknowledged"),),
            )
    for each in case.evidence.unfinished:
        yield Violation(invariant=Invariant.NOTHING_LOST, what=f"campaign {each} never came to its end")


def _stops_kept(case: _Case) -> Iterator[Violation]:
    """A stop that was acknowledged stands in the record: it was made then, or the person had left before."""
    for stop in case.evidence.stops:
        if stop.acknowledged_at is None:
            continue
        events = case.evidence.events.get(stop.person, ())
        made = (each for each in events if each.kind in _ENDS)
        if any(stop.asked_at - _CLOCK_S <= each.at <= stop.acknowledged_at + _CLOCK_S for each in made):
            continue
        before = [each for each in events if each.at < stop.asked_at and each.kind in _ENDS | _GIVES]
        if before and before[-1].kind in _ENDS:
            continue
        yield Violation(
            invariant=Invariant.NOTHING_LOST,
            what=f"a stop by {stop.how} of person {stop.person} was acknowledged, and is not in their record",
            history=tuple(sorted([*_moments_of(stop), *case.around(stop)])),
        )


def _scoped(case: _Case) -> Iterator[Violation]:
    for message, stored, first in case.passed():
        if stored is None or stored.kind is not MessageKind.CAMPAIGN or stored.program is None:
            continue
        events = case.evidence.events.get(stored.person, ()) if stored.person is not None else ()
        given = [each for each in events if each.kind in _GIVES and each.program == stored.program]
        senders: Mapping[int, str] = case.evidence.senders
        if not any(each.at <= first.at + _SLACK_S for each in given):
            why = f"is of program {stored.program}, for which they never gave consent"
        elif any(each.sender not in ("", senders[stored.program]) for each in case.taken.get(message, ())):
            why = f"is of program {stored.program}, and came from another one's number"
        else:
            continue
        yield Violation(
            invariant=Invariant.SCOPED,
            what=f"{_named(message, stored)} {why}",
            history=case.history(message),
        )
