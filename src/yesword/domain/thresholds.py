"""When too many leave, complain or cannot be reached: the thresholds, what is held against them, and the answer.

Shares are held in whole hundredths of a percent, so that a share that is just reached is reached on every machine.
Counting is `reporting.watching`; nothing here fetches.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from yesword.domain.errors import YeswordError

WHOLE: Final = 10_000  # hundredths of a percent in all of it


class BadThresholdError(YeswordError):
    """These thresholds cannot be: {what}."""

    code = "bad_threshold"


class Measure(enum.StrEnum):
    """What is held against a threshold, the gravest first."""

    COMPLAINTS = "complaints"
    OPT_OUTS = "opt_outs"
    ERRORS = "errors"  # texts that the carrier refused or could not deliver


class Level(enum.StrEnum):
    WARN = "warn"
    PAUSE = "pause"


class Watched(enum.StrEnum):
    """What is paused by itself: one campaign, one program, or a number with every program on it."""

    CAMPAIGN = "campaign"
    PROGRAM = "program"
    SENDER = "sender"


# How far back is looked. A number carries its reputation longer than one sending does.
WINDOWS: Final[Mapping[Watched, timedelta]] = {
    Watched.CAMPAIGN: timedelta(hours=24),
    Watched.PROGRAM: timedelta(hours=24),
    Watched.SENDER: timedelta(days=7),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """In hundredths of a percent of the texts; reached is enough."""

    warn: int
    pause: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Of one brand. The shares are those at which carriers begin to filter; a complaint is rarer and graver than a stop."""

    opt_outs: Threshold = Threshold(warn=200, pause=300)
    errors: Threshold = Threshold(warn=800, pause=1250)
    complaints: Threshold = Threshold(warn=10, pause=30)
    minimum: int = 200  # texts, below which a share says more about chance than about the texts
    complaint_minimum: int = 1_000  # the same for complaints, or one of them would stop a small list

    def __post_init__(self) -> None:
        for measure in Measure:
            found = self.of(measure)
            if not 0 < found.warn <= found.pause <= WHOLE:
                raise BadThresholdError(
                    what=f"of {measure.value} the first must lie above 0 % and not above the second, the second at most at 100 %"
                )
        if min(self.minimum, self.complaint_minimum) < 1:
            raise BadThresholdError(what="the smallest number of texts is 1")

    def of(self, measure: Measure) -> Threshold:
        return {
            Measure.OPT_OUTS: self.opt_outs,
            Measure.ERRORS: self.errors,
            Measure.COMPLAINTS: self.complaints,
        }[measure]

    def least(self, measure: Measure) -> int:
        """How many texts there have to be before a share of them counts."""
        return max(self.minimum, self.complaint_minimum) if measure is Measure.COMPLAINTS else self.minimum


USUAL: Final = Thresholds()
# For crowds that are made up: nothing of them is ever enough to judge by.
UNWATCHED: Final = Thresholds(minimum=1_000_000_000, complaint_minimum=1_000_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Texts of one campaign, program or number in its window, and how many people answered them how."""

    texts: int = 0
    opt_outs: int = 0
    errors: int = 0
    complaints: int = 0

    def of(self, measure: Measure) -> int:
        return {
            Measure.OPT_OUTS: self.opt_outs,
            Measure.ERRORS: self.errors,
            Measure.COMPLAINTS: self.complaints,
        }[measure]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    measure: Measure
    level: Level
    threshold: int  # the one that was reached, in hundredths of a percent


def judge(counts: Counts, thresholds: Thresholds) -> Finding | None:
    """The worst of what these figures say. None: nothing, or too few texts to tell."""
    found = [each for measure in Measure if (each := _judge(measure, counts, thresholds)) is not None]
    return min(found, key=lambda each: each.level is not Level.PAUSE, default=None)


def _judge(measure: Measure, counts: Counts, thresholds: Thresholds) -> Finding | None:
    if counts.texts < thresholds.least(measure):
        return None
    share, limit = counts.of(measure) * WHOLE, thresholds.of(measure)
    for level, threshold in ((Level.PAUSE, limit.pause), (Level.WARN, limit.warn)):
        if share >= threshold * counts.texts:
            return Finding(measure=measure, level=level, threshold=threshold)
    return None


def strictest(one: Thresholds, other: Thresholds) -> Thresholds:
    """Of a number that brands share: whoever wants to stop first is heard."""
    return replace(
        one,
        opt_outs=_lower(one.opt_outs, other.opt_outs),
        errors=_lower(one.errors, other.errors),
        complaints=_lower(one.complaints, other.complaints),
        minimum=min(one.minimum, other.minimum),
        complaint_minimum=min(one.complaint_minimum, other.complaint_minimum),
    )


def _lower(one: Threshold, other: Threshold) -> Threshold:
    return Threshold(warn=min(one.warn, other.warn), pause=min(one.pause, other.pause))
