"""How people take a brand's texts: stops and complaints for each sender, program and campaign, beside what was sent.

A stop counts against the text that the person had got last, whatever it says; one that had been misread does not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import EPOCH_MS, BrandId, IdMaker, ProgramId
from yesword.domain.times import to_micros
from yesword.store.database import Session

MINIMUM: Final = 100  # texts: a share of fewer says more about chance than about the texts
_WRITTEN_BEFORE: Final = timedelta(days=31)  # a text may be queued so long before it goes


@dataclass(frozen=True, kw_only=True, slots=True)
class Reputation:
    texts: int = 0
    opt_outs: int = 0
    complaints: int = 0

    @property
    def opt_out_rate(self) -> float | None:
        """Stops a text; None where there are too few texts to tell."""
        return self._share(self.opt_outs)

    @property
    def complaint_rate(self) -> float | None:
        return self._share(self.complaints)

    def _share(self, count: int) -> float | None:
        return count / self.texts if self.texts >= MINIMUM else None

    def __add__(self, other: "Reputation") -> "Reputation":
        return Reputation(
            texts=self.texts + other.texts,
            opt_outs=self.opt_outs + other.opt_outs,
            complaints=self.complaints + other.complaints,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    sender: int
    program: ProgramId | None
    campaign: int | None
    figures: Reputation


def by_sender(session: Session, brand: BrandId, since: datetime, until: datetime) -> dict[int, Reputation]:
    found: dict[int, Reputation] = {}
    for line in _lines(session, brand, since, until):
        found[line.sender] = found.get(line.sender, Reputation()) + line.figures
    return found


def by_program(
    session: Session, brand: BrandId, since: datetime, until: datetime
) -> dict[ProgramId, Reputation]:
    found: dict[ProgramId, Reputation] = {}
    for line in _lines(session, brand, since, until):
        if line.program is not None:
            found[line.program] = found.get(line.program, Reputation()) + line.figures
    return found


def by_campaign(session: Session, brand: BrandId, since: datetime, until: datetime) -> dict[int, Reputation]:
    found: dict[int, Reputation] = {}
    for line in _lines(session, brand, since, until):
        if line.campaign is not None:
            found[line.campaign] = found.get(line.campaign, Reputation()) + line.figures
    return found


def _lines(session: Session, brand: BrandId, since: datetime, until: datetime) -> Iterator[_Line]:
    asked = {
        "brand_id": brand,
        "since": to_micros(since),
        "until": to_micros(until),
        "stamp": _stamp(since - _WRITTEN_BEFORE),
    }
    for sender, program, campaign, texts in session.rows("reputation_of_texts", **asked):
        yield _line(sender, program, campaign, Reputation(texts=int(texts)))
    for sender, program, campaign, opt_outs, complaints in session.rows("reputation_of_answers", **asked):
        figures = Reputation(opt_outs=int(opt_outs), complaints=int(complaints))
        yield _line(sender, program, campaign, figures)


def _line(sender: int, program: int | None, campaign: int | None, figures: Reputation) -> _Line:
    return _Line(
        sender=sender,
        program=None if program is None else ProgramId(program),
        campaign=campaign,
        figures=figures,
    )


def _stamp(since: datetime) -> int:
    """The part of an id below its bucket, as of a moment."""
    millis = max(EPOCH_MS, to_micros(since) // 1000)
    return IdMaker(0, lambda: millis).make(0)
