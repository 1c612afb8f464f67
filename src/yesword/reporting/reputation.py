"""How people take a brand's texts: stops and complaints for each sender, program and campaign, beside what was sent.

A stop counts against the text that the person had got last, whatever it says; one that had been misread does not count.
Who stops or complains twice counts once: with each sender, program and campaign that it was about.
"""

import enum
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
        """People who stopped, a text; None where there are too few texts to tell."""
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


class _Of(enum.Enum):
    """What is looked at, with its place in a row of texts."""

    SENDER = 0
    PROGRAM = 1
    CAMPAIGN = 2


def by_sender(session: Session, brand: BrandId, since: datetime, until: datetime) -> dict[int, Reputation]:
    return _by(_Of.SENDER, session, brand, since, until)


def by_program(
    session: Session, brand: BrandId, since: datetime, until: datetime
) -> dict[ProgramId, Reputation]:
    found = _by(_Of.PROGRAM, session, brand, since, until)
    return {ProgramId(program): figures for program, figures in found.items()}


def by_campaign(session: Session, brand: BrandId, since: datetime, until: datetime) -> dict[int, Reputation]:
    return _by(_Of.CAMPAIGN, session, brand, since, until)


def _by(of: _Of, session: Session, brand: BrandId, since: datetime, until: datetime) -> dict[int, Reputation]:
    asked = {
        "brand_id": brand,
        "since": to_micros(since),
        "until": to_micros(until),
        "stamp": _stamp(since - _WRITTEN_BEFORE),
    }
    found: dict[int, Reputation] = {}
    for row in session.rows("reputation_of_texts", **asked):
        key, texts = row[of.value], int(row[3])
        if key is not None:
            found[key] = found.get(key, Reputation()) + Reputation(texts=texts)
    for key, opt_outs, complaints in session.rows("reputation_of_answers", **asked, kind=of.name.lower()):
        if key is not None:
            answers = Reputation(opt_outs=int(opt_outs), complaints=int(complaints))
            found[key] = found.get(key, Reputation()) + answers
    return found


def _stamp(since: datetime) -> int:
    """The part of an id below its bucket, as of a moment."""
    millis = max(EPOCH_MS, to_micros(since) // 1000)
    return IdMaker(0, lambda: millis).make(0)
