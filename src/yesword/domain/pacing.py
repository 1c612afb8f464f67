"""How many texts of each lane may go now: limits a second and a day, and fair shares between programs. Pure: the moment
and what a day has had so far are passed in. What is queued where, and who else sends, is not known here.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import floor, inf
from typing import Final
from zoneinfo import ZoneInfo

from yesword.domain.lanes import Lane

_NEARLY: Final = 1e-9  # ten tenths of a token are one token
_SLOWEST: Final = 1 / 64
_RECOVERS_S: Final = 10.0  # after a carrier throttled, the rate doubles in this time until it is what it was
_RESERVED: Final = 20  # one in so many is kept for urgent texts
_REMINDERS: Final = 2  # the priority of texts about something that is soon
_REMINDER_SHARE: Final = 8  # against one for a campaign


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """What somebody allows. It is of all texts that have whatever it names: an account, a sender, a country, or several."""

    account: int | None = None
    sender: int | None = None
    country: str | None = None
    per_second: float | None = None  # None: as fast as it goes
    burst: int = 1  # how many may go at once after a rest
    day_cap: int | None = None
    day_zone: str = "UTC"  # where a day begins at midnight

    @property
    def key(self) -> str:
        """What it is of. What a day has had is counted under this, so that a changed limit begins no new day."""
        return f"{self.account or ''}/{self.sender or ''}/{self.country or ''}"

    def covers(self, lane: Lane, account: int) -> bool:
        return (
            self.account in (None, account)
            and self.sender in (None, lane.sender)
            and self.country in (None, lane.country)
        )

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.day_zone)).date()

    def left_today(self, used: int, *, is_urgent: bool) -> float:
        """A campaign leaves one in twenty of a day to codes and answers."""
        if self.day_cap is None:
            return inf
        return max(0, self.day_cap - (0 if is_urgent else self.day_cap // _RESERVED) - used)


class Bucket:
    """Tokens that grow with time. Over any span at most `burst` and `per_second` times the span are taken.

    It begins empty: whoever starts a worker again and again gains nothing.
    """

    def __init__(self, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second
        self._burst = max(1.0, burst)
        self._tokens = 0.0
        self._at = now
        self._slowed = 1.0

    def set_to(self, per_second: float, burst: float, now: float) -> None:
        """From now on another rate. What was saved up under the old one is kept, as far as it fits."""
        self._refill(now)
        self._per_second, self._burst = per_second, max(1.0, burst)
        self._tokens = min(self._tokens, self._burst)

    def has(self, now: float, *, is_urgent: bool) -> int:
        """How many may go. The last one of a burst waits for a code or an answer; the rate as such is everybody's."""
        self._refill(now)
        kept = 0 if is_urgent else min(max(1, floor(self._burst / _RESERVED)), floor(self._burst) - 1)
        return max(0, floor(self._tokens - kept + _NEARLY))

    def take(self, count: int, now: float) -> None:
        self._refill(now)
        self._tokens -= count

    def slow_down(self, now: float) -> None:
        """The carrier said that it was too much: half, and then slowly more again."""
        self._refill(now)
        self._slowed = max(_SLOWEST, self._slowed / 2)

    def _refill(self, now: float) -> None:
        """A clock that is put back gives nothing, and takes nothing."""
        span = now - self._at
        self._at = now
        if span <= 0:
            return
        self._tokens = min(self._burst, self._tokens + span * self._per_second * self._slowed)
        self._slowed = min(1.0, self._slowed * 2 ** min(span / _RECOVERS_S, 64))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What holds for all claims until it is read again."""

    limits: tuple[Limit, ...] = ()
    accounts: Mapping[int, int]  # of senders
    weights: Mapping[int, int]  # of programs; 1 where nothing is said
    workers: int = 1  # who live: each has its part of a rate

    def of(self, lane: Lane) -> tuple[Limit, ...]:
        account = self.accounts.get(lane.sender, 0)
        return tuple(each for each in self.limits if each.covers(lane, account))


class Pacing:
    """What one worker remembers from claim to claim: its tokens, and whose turn it is."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._turns = Turns()
        self.rules = Rules(accounts={}, weights={})

    def follow(self, rules: Rules, now: float) -> None:
        """Hold to these from now on. A rate is split evenly among the workers, so that no two need to ask each other."""
        self.rules = rules
        kept = {}
        for each in rules.limits:
            if each.per_second is None:
                continue
            rate, burst = each.per_second / rules.workers, each.burst / rules.workers
            bucket = self._buckets.get(each.key)
            if bucket is None:
                bucket = Bucket(rate, burst, now)
            else:
                bucket.set_to(rate, burst, now)
            kept[each.key] = bucket
        self._buckets = kept

    def round(self, now: float, used_today: Mapping[str, int], rooms: Mapping[int, int]) -> "Round":
        """What may go at this moment. `rooms`: how many texts each account takes now; what is not named takes any."""
        return Round(self, now, used_today, rooms)

    def spend(self, went: Mapping[Lane, int], now: float) -> None:
        """So many texts of these lanes go out, of those that a round allowed."""
        for lane, count in went.items():
            for each in self.rules.of(lane):
                if each.key in self._buckets:
                    self._buckets[each.key].take(count, now)

    def throttled(self, lane: Lane, now: float) -> None:
        """A carrier said that this was too much: slower by what is narrowest of the limits that cover it."""
        covering = [each for each in self.rules.of(lane) if each.key in self._buckets]
        if covering:
            narrowest = max(covering, key=lambda each: (each.sender is not None, each.country is not None))
            self._buckets[narrowest.key].slow_down(now)

    def bucket(self, limit: Limit) -> Bucket | None:
        return self._buckets.get(limit.key)

    @property
    def turns(self) -> "Turns":
        return self._turns


class Turns:
    """Whose turn it is, by start-time fair queueing: what each course was served, divided by its weight.

    Who waits with nothing to send, or may not send, saves nothing up.
    """

    def __init__(self) -> None:
        self._served: dict[Lane, float] = {}
        self._now = 0.0

    def meet(self, courses: Iterable[Lane]) -> None:
        """Whoever is new, or comes back, begins where the others are."""
        ahead = {each: served for each, served in self._served.items() if served > self._now}
        self._served = dict.fromkeys(courses, self._now) | ahead

    def of(self, course: Lane) -> float:
        return self._served[course]

    def serve(self, course: Lane, parts: float) -> None:
        self._now = max(self._now, self._served[course])
        self._served[course] += parts


class Round:
    """The sharing out of one claim. Nothing of it is spent until somebody says what went."""

    def __init__(
        self, pacing: Pacing, now: float, used_today: Mapping[str, int], rooms: Mapping[int, int]
    ) -> None:
        self._pacing = pacing
        self._now = now
        self._used_today = used_today
        self._rooms = dict(rooms)
        self._given: dict[str, int] = {}
        self._limits: dict[Lane, tuple[Limit, ...]] = {}

    def room(self, lane: Lane) -> float:
        """How many more of this lane may go, given what was shared out already."""
        account = self._pacing.rules.accounts.get(lane.sender, 0)
        room: float = self._rooms.get(account, inf)
        for each in self._of(lane):
            given = self._given.get(each.key, 0)
            bucket = self._pacing.bucket(each)
            if bucket is not None:
                room = min(room, bucket.has(self._now, is_urgent=lane.is_urgent) - given)
            if each.day_cap is not None:
                used = self._used_today.get(each.key, 0) + given
                room = min(room, each.left_today(used, is_urgent=lane.is_urgent))
        return max(0, room)

    def share(self, lanes: Sequence[Lane], count: int) -> dict[Lane, int]:
        """Share `count` places among lanes that all have enough to send: what is urgent first, then fair by program."""
        shares: dict[Lane, int] = {}
        tiers: dict[int, list[Lane]] = {}
        for lane in lanes:
            if self.room(lane) >= 1:
                tiers.setdefault(min(lane.priority, _REMINDERS), []).append(lane)
        self._pacing.turns.meet(lane.course for tier in tiers.values() for lane in tier)
        for _, tier in sorted(tiers.items()):
            count -= self._share(tier, count, shares)
        return shares

    def give_back(self, lane: Lane, count: int) -> None:
        """So many fewer of this lane were there."""
        self._give(lane, -count)

    def _share(self, tier: Sequence[Lane], count: int, shares: dict[Lane, int]) -> int:
        turns, left = self._pacing.turns, count
        siblings: dict[int, int] = {}
        for lane in tier:
            siblings[lane.program] = siblings.get(lane.program, 0) + 1
        waiting = [(turns.of(lane.course), lane) for lane in tier]
        heapq.heapify(waiting)
        # In small portions, so that one claim is as fair as many.
        portion = max(1, count // (8 * len(waiting))) if len(waiting) > 1 else count
        while waiting and left:
            _, lane = heapq.heappop(waiting)
            part = int(min(portion, left, self.room(lane)))
            if not part:
                siblings[lane.program] -= 1
                continue
            self._give(lane, part)
            shares[lane] = shares.get(lane, 0) + part
            left -= part
            turns.serve(lane.course, part * siblings[lane.program] / self._weight(lane))
            heapq.heappush(waiting, (turns.of(lane.course), lane))
        return count - left

    def _weight(self, lane: Lane) -> int:
        weight = self._pacing.rules.weights.get(lane.program, 1)
        return weight * (_REMINDER_SHARE if lane.priority == _REMINDERS else 1)

    def _give(self, lane: Lane, count: int) -> None:
        account = self._pacing.rules.accounts.get(lane.sender, 0)
        if account in self._rooms:
            self._rooms[account] -= count
        for each in self._of(lane):
            self._given[each.key] = self._given.get(each.key, 0) + count

    def _of(self, lane: Lane) -> tuple[Limit, ...]:
        if lane not in self._limits:
            self._limits[lane] = self._pacing.rules.of(lane)
        return self._limits[lane]
