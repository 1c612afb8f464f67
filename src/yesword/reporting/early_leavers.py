"""Who came by an advertisement or a shop and left again soon, by source and form: whether a way in is worth its price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.times import to_micros
from yesword.store.database import Session

SOON: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyLeavers:
    """Of those who came by one form; "" where the source has none."""

    form: str
    joined: int
    left: int  # soon after it

    @property
    def share(self) -> float:
        return self.left / self.joined if self.joined else 0.0


def of_source(
    session: Session, source: int, *, since: datetime, until: datetime, within: timedelta = SOON
) -> Sequence[EarlyLeavers]:
    """Of people who came from `since` to `until`: how many withdrew within so long. The last ones may still do so."""
    rows = session.rows(
        "early_leavers",
        source_id=source,
        since=to_micros(since),
        until=to_micros(until),
        within=int(within / timedelta(microseconds=1)),
    )
    return [EarlyLeavers(form=form, joined=int(joined), left=int(left)) for form, joined, left in rows]
