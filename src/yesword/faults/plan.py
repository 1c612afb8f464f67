"""What is to go wrong and what people are to do meanwhile, and when: all of it follows from a seed. Nothing happens here."""

import enum
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final


class FaultKind(enum.StrEnum):
    KILL = "kill"  # SIGKILL; started anew after the fault
    PAUSE = "pause"  # SIGSTOP, and SIGCONT after the fault
    CUT = "cut"  # connections are reset, and new ones too until it is over
    HALF_OPEN = "half_open"  # connections stay open and bring nothing any more
    SLOW = "slow"  # each way takes its time


class ActKind(enum.StrEnum):
    STOP = "stop"  # by text
    AMBUSH = (
        "ambush"  # a stop by text of whoever has a text on its way just then, and a START when that is over
    )
    START = "start"  # by text
    LEAVE = "leave"  # by the link, over HTTP
    IMPORT = "import"  # a file of people who left
    CAMPAIGN = "campaign"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    at_s: float
    kind: FaultKind
    target: str  # a process, or a wire
    for_s: float
    delay_s: float = 0.0  # of each way, where it is slow


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    at_s: float
    kind: ActKind
    people: tuple[int, ...] = ()  # their places in the crowd
    number: int = 0  # of the file or the campaign; of a text, to which of the programs


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    faults: tuple[Fault, ...]
    acts: tuple[Act, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """How much of everything, for a run of this length."""

    seconds: float
    people: int
    processes: Sequence[str]
    wires: Sequence[str]
    every_s: float  # a fault, on average
    stops_per_s: float = 2.0
    starts_per_s: float = 1.5
    leaves_per_s: float = 0.5
    import_every_s: float = 20.0
    ambush_every_s: float = 0.25
    campaign_every_s: float = 10.0
    programs: int = 2

    @property
    def may_outlast_leases(self) -> bool:
        return self.seconds >= 4 * _LONG_S[1]


_LONG_S: Final = (32.0, 38.0)  # longer than a lease of thirty seconds, let alone the timer of twenty
_SHORT_S: Final = (0.1, 3.0)
_DOWN_S: Final = (0.1, 1.0)
_CUT_S: Final = (0.2, 2.0)
_STALL_S: Final = (1.0, 6.0)
_DELAY_S: Final = (0.02, 0.6)
_LONG_SHARE: Final = 0.05
_CALM: Final = 0.1  # of the time, at the end: without new faults
LEAVERS: Final = 8  # in a file
_OF_THOSE: Final = 0.8  # of those who text START


def plan(seed: int, measures: Measures) -> Plan:
    """The same seed and measures give the same plan."""
    chance = random.Random(seed)  # noqa: S311 - moments and choices, no secret
    faults = tuple(_faults(random.Random(chance.random()), measures))  # noqa: S311
    acts = sorted(_acts(random.Random(chance.random()), measures), key=lambda act: act.at_s)  # noqa: S311
    return Plan(faults=faults, acts=tuple(acts))


def _faults(chance: random.Random, measures: Measures) -> Iterator[Fault]:
    """Dealt from a shuffled deck of all that can go wrong, so that a short run sees most of it, too."""
    free_at: dict[str, float] = {}
    deck: list[tuple[FaultKind, str]] = []
    at_s = chance.uniform(0.5, 1.5) * min(measures.every_s, 2.0)
    while at_s < measures.seconds * (1 - _CALM):
        if not deck:
            deck = _deck(measures)
            chance.shuffle(deck)
        place = next((n for n, (_, target) in enumerate(deck) if free_at.get(target, 0.0) <= at_s), None)
        if place is not None:
            kind, target = deck.pop(place)
            fault = _fault(chance, measures, at_s, kind, target)
            free_at[target] = at_s + fault.for_s + 0.5
            yield fault
        at_s += chance.expovariate(1 / measures.every_s)


def _deck(measures: Measures) -> list[tuple[FaultKind, str]]:
    on_processes = [(kind, each) for each in measures.processes for kind in (FaultKind.KILL, FaultKind.PAUSE)]
    on_wires = [
        (kind, each)
        for each in measures.wires
        for kind in (FaultKind.CUT, FaultKind.HALF_OPEN, FaultKind.SLOW)
    ]
    return on_processes + on_wires


def _fault(chance: random.Random, measures: Measures, at_s: float, kind: FaultKind, target: str) -> Fault:
    lengths = {
        FaultKind.KILL: _DOWN_S,
        FaultKind.PAUSE: _SHORT_S,
        FaultKind.CUT: _CUT_S,
        FaultKind.HALF_OPEN: _STALL_S,
        FaultKind.SLOW: _STALL_S,
    }
    span = lengths[kind]
    if kind is FaultKind.PAUSE and measures.may_outlast_leases and chance.random() < _LONG_SHARE * 3:
        span = _LONG_S
    delay_s = chance.uniform(*_DELAY_S) if kind is FaultKind.SLOW else 0.0
    return Fault(at_s=at_s, kind=kind, target=target, for_s=chance.uniform(*span), delay_s=delay_s)


def _acts(chance: random.Random, measures: Measures) -> Iterator[Act]:
    """Nobody is imported twice: a row without a date that a list has told before is the same stop, however often told."""
    yield from _leaving_and_coming_back(chance, measures)
    for number, at_s in _rounds(1.0, measures.ambush_every_s, measures.seconds):
        yield Act(at_s=at_s, kind=ActKind.AMBUSH, number=number % measures.programs)
    for number, at_s in _rounds(0.0, measures.campaign_every_s, measures.seconds):
        yield Act(at_s=at_s, kind=ActKind.CAMPAIGN, number=number)
    crowd = list(range(measures.people))
    chance.shuffle(crowd)
    for number, at_s in _rounds(measures.import_every_s / 2, measures.import_every_s, measures.seconds):
        people = crowd[number * LEAVERS : (number + 1) * LEAVERS]
        if people:
            yield Act(at_s=at_s, kind=ActKind.IMPORT, people=tuple(people), number=number)


def _rounds(first_s: float, every_s: float, until_s: float) -> Iterator[tuple[int, float]]:
    number = 0
    while (at_s := first_s + number * every_s) < until_s:
        yield number, at_s
        number += 1


def _leaving_and_coming_back(chance: random.Random, measures: Measures) -> Iterator[Act]:
    """Mostly those come back who have left, so that there is somebody to text to the end."""
    rates = {
        ActKind.STOP: measures.stops_per_s,
        ActKind.START: measures.starts_per_s,
        ActKind.LEAVE: measures.leaves_per_s,
    }
    left: list[int] = []
    at_s = 0.0
    while (at_s := at_s + chance.expovariate(sum(rates.values()))) < measures.seconds:
        (kind,) = chance.choices(list(rates), list(rates.values()))
        person = chance.randrange(measures.people)
        if kind is not ActKind.START:
            left.append(person)
        elif left and chance.random() < _OF_THOSE:
            person = left.pop(chance.randrange(len(left)))
        yield Act(at_s=at_s, kind=kind, people=(person,), number=chance.randrange(measures.programs))
