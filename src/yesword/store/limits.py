"""What limits sending, as rows: the limits themselves, the weights of programs, and what a day has had so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import available_timezones

from yesword.domain.errors import YeswordError
from yesword.domain.pacing import Limit, Rules
from yesword.domain.times import to_micros
from yesword.store import models
from yesword.store.database import Session

_KEPT: Final = timedelta(days=3)


class BadLimitError(YeswordError):
    """The limit cannot be kept: {why}."""

    code = "bad_limit"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class CappedDay:
    """A limit's day, which has had some texts."""

    limit: str
    day: str

    @classmethod
    def of(cls, limit: Limit, at: datetime) -> "CappedDay":
        return cls(limit=limit.key, day=limit.day(at).isoformat())


def rules(session: Session, at: datetime) -> Rules:
    """All that holds now."""
    found = tuple(_limit(row) for row in models.SendingLimit.objects.order_by("key"))
    weights = models.Program.objects.exclude(weight=1).values_list("pk", "weight")
    return Rules(
        limits=found,
        accounts=dict(models.Sender.objects.values_list("pk", "account_id")),
        weights=dict(weights),
        workers=_living(session, at),
    )


def all_limits() -> list[Limit]:
    return [_limit(row) for row in models.SendingLimit.objects.order_by("key")]


def keep(limit: Limit) -> None:
    """Set a limit, or change it. Raises BadLimitError where it says nothing, or something that cannot be held."""
    if limit.per_second is None and limit.day_cap is None:
        raise BadLimitError(why="it names neither a rate nor a day's cap")
    if limit.per_second is not None and limit.per_second <= 0:
        raise BadLimitError(why="a rate is more than 0; to stop sending, use `yesword halt`")
    if limit.burst < 1:
        raise BadLimitError(why="at least one text goes at once")
    if limit.day_zone not in available_timezones():
        raise BadLimitError(why=f"{limit.day_zone} is no time zone; write one such as Europe/Amsterdam")
    models.SendingLimit.objects.update_or_create(
        key=limit.key,
        defaults={
            "account_id": limit.account,
            "sender_id": limit.sender,
            "country": limit.country or "",
            "per_second": limit.per_second,
            "burst": limit.burst,
            "day_cap": limit.day_cap,
            "day_zone": limit.day_zone,
        },
    )


def drop(limit: Limit) -> bool:
    """False: there was none. What its day has had stays counted, should it come back."""
    return bool(models.SendingLimit.objects.filter(key=limit.key).delete()[0])


def _limit(row: models.SendingLimit) -> Limit:
    return Limit(
        account=row.account_id,
        sender=row.sender_id,
        country=row.country or None,
        per_second=row.per_second,
        burst=row.burst,
        day_cap=row.day_cap,
        day_zone=row.day_zone,
    )


def _living(session: Session, at: datetime) -> int:
    """How many workers share a rate: those whose lease runs. On SQLite one sends."""
    if session.vendor == "sqlite":
        return 1
    row = session.first("server_clock")
    now: int = row[0] if row else to_micros(at)
    living = [owner for owner, _, _, lease_until in session.rows("workers") if lease_until > now]
    return max(1, len(living))


# --- days ----------------------------------------------------------------------------------------------------


def used(session: Session, days: Iterable[CappedDay], *, lock: bool) -> dict[str, int]:
    """What each day has had. With `lock`, nobody else counts on until this transaction is over."""
    query = "hold_day" if lock and session.vendor == "postgresql" else "read_day"
    found = {}
    for each in sorted(set(days)):
        row = session.first(query, limit_key=each.limit, day=each.day)
        found[each.limit] = int(row[0]) if row else 0
    return found


def count(session: Session, texts: Mapping[CappedDay, int]) -> None:
    """So many more; negative where a text came back that nobody got. In one order, as they are locked."""
    session.many(
        "count_day",
        [{"limit_key": each.limit, "day": each.day, "texts": texts[each]} for each in sorted(texts)],
    )


def forget(session: Session, today: date) -> None:
    """Days that no zone is in any more."""
    session.run("forget_days", day=(today - _KEPT).isoformat())
