"""What one worker asks before it claims: which lanes may go, and how many texts of each. It reads the limits from the store
every second; the arithmetic is `domain.pacing`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.lanes import Lane
from yesword.domain.pacing import Limit, Pacing, Round
from yesword.store import limits
from yesword.store.database import Session
from yesword.store.limits import CappedDay

_READ_EVERY: Final = timedelta(seconds=1)


class Pacer:
    """One for each worker, for as long as it lives.

    Where several share a rate, each takes its part of it. Whoever joins is known to the others a second later at most, so
    that until then `per_second` may be passed by one worker's part; whoever died without leaving is counted until its
    lease is over, and its part is not used. A day's cap is exact: it is counted in the store, in the claim itself.
    """

    def __init__(self) -> None:
        self._pacing = Pacing()
        self._read_at: datetime | None = None
        self._forgot_at: datetime | None = None

    def reread(self) -> None:
        """Look at the limits anew before the next claim."""
        self._read_at = None

    def round(
        self,
        session: Session,
        lanes: Sequence[Lane],
        rooms: Mapping[int, int],
        at: datetime,
        *,
        lock: bool = False,
    ) -> Round:
        """What may go now. With `lock`, the days of whatever is capped are held until the claim is written."""
        self._follow(session, at)
        days = {CappedDay.of(each, at) for lane in lanes for each in self.capped(lane)}
        used = limits.used(session, days, lock=lock) if days else {}
        return self._pacing.round(at.timestamp(), used, rooms)

    def capped(self, lane: Lane) -> list[Limit]:
        """The limits that count the days of this lane."""
        if not self._has_caps:
            return []
        return [each for each in self._pacing.rules.of(lane) if each.day_cap is not None]

    def days(self, lane: Lane, at: datetime) -> tuple[CappedDay, ...]:
        """Where a text of this lane is counted, if anywhere."""
        return tuple(CappedDay.of(each, at) for each in self.capped(lane))

    def spend(self, session: Session, went: Iterable[Lane], at: datetime) -> None:
        """These texts go out: one for each time that a lane is named. Of the same transaction as their claim."""
        counted = Counter(went)
        texts: Counter[CappedDay] = Counter()
        for lane, count in counted.items():
            for day in self.days(lane, at):
                texts[day] += count
        if texts:
            limits.count(session, texts)
            self._forget(session, at)
        self._pacing.spend(counted, at.timestamp())

    def throttled(self, lane: Lane, at: datetime) -> None:
        """The carrier would not take a text of this lane so soon."""
        self._pacing.throttled(lane, at.timestamp())

    @property
    def _has_caps(self) -> bool:
        return any(each.day_cap is not None for each in self._pacing.rules.limits)

    def _follow(self, session: Session, at: datetime) -> None:
        if self._read_at is None or abs(at - self._read_at) >= _READ_EVERY:
            self._pacing.follow(limits.rules(session, at), at.timestamp())
            self._read_at = at

    def _forget(self, session: Session, at: datetime) -> None:
        if self._forgot_at is None or at - self._forgot_at >= timedelta(days=1):
            limits.forget(session, at.astimezone(UTC).date())
            self._forgot_at = at
