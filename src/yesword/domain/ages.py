"""How old somebody said to be: "16+ on that day". No date of birth is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

ADULT: Final = 18
YEAR: Final = timedelta(days=366)  # never shorter than a year


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidAge:
    years: int  # that old or older
    on: datetime

    @property
    def adult_since(self) -> datetime | None:
        """Since when they surely are of age, by what they said; None where they did not say so."""
        if self.years < ADULT:
            return None
        return self.on - (self.years - ADULT) * YEAR

    def is_at_least(self, minimum: int, at: datetime) -> bool:
        """Whether they surely are that old at `at`. Who only said to be younger than 18 is never taken for an adult."""
        if minimum >= ADULT and self.years < ADULT:
            return False
        return self.on + (minimum - self.years) * YEAR <= at
