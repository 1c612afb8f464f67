"""How long what is no proof is kept. How long proof is kept is law, and stands in the domain."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from yesword.domain.errors import YeswordError

_LEAST: Final = timedelta(days=30)  # a carrier's questions about texts come later than that


class ShortPeriodError(YeswordError):
    """Texts cannot be kept for {days} days only: complaints and carriers' questions come later. Keep them for {least} days or more."""

    code = "short_period"


@dataclass(frozen=True, kw_only=True, slots=True)
class Periods:
    """Texts to and from people that back no event, people of whom nothing was heard and to whom nothing went, and what is left of files that were uploaded to be imported."""

    texts: timedelta
    silence: timedelta
    uploads: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        for each in (self.texts, self.silence):
            if each < _LEAST:
                raise ShortPeriodError(days=each.days, least=_LEAST.days)


HOUSE: Final = Periods(texts=timedelta(days=730), silence=timedelta(days=730))
