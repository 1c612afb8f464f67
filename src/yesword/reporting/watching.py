"""Watching how people take what is sent: warns, and pauses a campaign, a program or a number, before carriers do.

A look is taken every minute by whoever dispatches. A pause stands until somebody resumes it with a reason; from then on
its figures begin anew. What a pause means for a text, `domain.gate.pausing` says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

import structlog

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, stamp_at
from yesword.domain.thresholds import (
    WINDOWS,
    Counts,
    Finding,
    Level,
    Measure,
    Thresholds,
    Watched,
    judge,
    strictest,
)
from yesword.domain.times import to_micros
from yesword.reporting import thresholds as own_thresholds
from yesword.store import models, pauses, sent_tallies, webhooks
from yesword.store.database import Session
from yesword.store.models import AuditEntry, Campaign, SendingAlarm
from yesword.store.opening import Store

log = structlog.get_logger("yesword.watching")

EVERY: Final = timedelta(minutes=1)
_SETTLED: Final = timedelta(minutes=1)  # a claim that had begun before a resume has ended by then
_LOCK: Final = 730_581_200
_ALL: Final = 0


class NoSuchPauseError(YeswordError):
    """There is no pause {pause} that stands. `yesword pause list` shows those that do."""

    code = "no_such_pause"


class ReasonNeededError(YeswordError):
    """Say why sending may go on: what was wrong, and what is different now."""

    code = "reason_needed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """One campaign, program or number as a look found it."""

    watched: Watched
    key: int
    brand: BrandId | None  # None: a number, which brands may share
    counts: Counts
    since: datetime
    thresholds: Thresholds

    @property
    def finding(self) -> Finding | None:
        return judge(self.counts, self.thresholds)


def watch(store: Store, at: datetime) -> int:
    """One look. How many alarms began or ended by it."""
    with store.database.read() as session:
        found = {(each.watched, each.key): each for each in look(session, at)}
    open_rows = {(Watched(each.watched), each.key): each for each in _open(Level.WARN)}
    crossed = [each for each in found.values() if each.finding is not None]
    over = _over()
    if not (crossed or open_rows or over):
        return 0
    with store.database.write() as session:
        lock = session.first("try_group_lock", key=_LOCK) if session.vendor == "postgresql" else (True,)
        if not lock or not lock[0]:
            return 0  # another worker looks just now
        moved = sum(_end(each, at) for each in over)
        moved += sum(_raise(store, session, each, open_rows, at) for each in crossed)
        passed = [row for key, row in open_rows.items() if key not in found or found[key].finding is None]
        return moved + sum(_end(each, at) for each in passed)


def release(store: Store, at: datetime) -> int:
    """Make what ended pauses had held back due again, a chunk of each. How many texts."""
    moved = 0
    for row in SendingAlarm.objects.filter(
        level=Level.PAUSE.value, ended_at__isnull=False, is_released=False
    ):
        pause = pauses.Pause(id=row.pk, watched=Watched(row.watched), key=row.key, began_at=row.began_at)
        with store.database.write() as session:
            back = session.run("release_paused", now=to_micros(at), held=to_micros(pause.held_until))
        if not back and row.ended_at is not None and row.ended_at <= at - _SETTLED:
            SendingAlarm.objects.filter(pk=row.pk).update(is_released=True)
        moved += back
    return moved


def resume(
    store: Store, pause: int, reason: str, user: int | None, at: datetime, *, on_machine: str = ""
) -> SendingAlarm:
    """Let it go on. Raises NoSuchPauseError, ReasonNeededError.

    `on_machine`: who did it at the command line without an account.
    """
    if not reason.strip():
        raise ReasonNeededError
    with store.database.write():
        ended = SendingAlarm.objects.filter(pk=pause, level=Level.PAUSE.value, ended_at=None).update(
            ended_at=at, ended_by_id=user, reason=reason.strip()[:500]
        )
        if not ended:
            raise NoSuchPauseError(pause=pause)
        row = SendingAlarm.objects.get(pk=pause)
        if row.watched == Watched.CAMPAIGN.value:
            Campaign.objects.filter(pk=row.key, state=Campaign.State.PAUSED).update(
                state=Campaign.State.RUNNING
            )
        detail = {"reason": row.reason} | ({"on_machine": on_machine} if on_machine else {})
        AuditEntry.objects.create(
            user_id=user, action="sending.resumed", subject=_subject(row), detail=detail
        )
    return row


def standing(level: Level = Level.PAUSE) -> Sequence[SendingAlarm]:
    """What stands now, the newest first."""
    return _open(level)


def history(most: int) -> Sequence[SendingAlarm]:
    """The last pauses that are over."""
    rows = SendingAlarm.objects.filter(level=Level.PAUSE.value, ended_at__isnull=False)
    return list(rows.select_related("ended_by").order_by("-ended_at")[:most])


def announce_pause(store: Store, session: Session, pause: SendingAlarm) -> None:
    """Tell those who listen what does not send any more, in the transaction that pauses it."""
    if pause.watched == Watched.CAMPAIGN.value:  # its program goes on
        campaigns = Campaign.objects.filter(pk=pause.key).values_list("brand_id", "program__key")
        for brand, key in campaigns:
            webhooks.tell_paused(
                store, session, BrandId(brand), key, "reputation", pause.began_at, campaign=pause.key
            )
        return
    rows = models.Program.objects.order_by("pk")
    rows = (
        rows.filter(pk=pause.key)
        if pause.watched == Watched.PROGRAM.value
        else rows.filter(sender_id=pause.key)
    )
    for brand, key in rows.values_list("brand_id", "key"):
        webhooks.tell_paused(store, session, BrandId(brand), key, "reputation", pause.began_at)


# --- looking -------------------------------------------------------------------------------------------------


def look(session: Session, at: datetime) -> list[Looked]:
    """The figures of everything that sends and is not paused, each over its own window."""
    found = []
    paused = pauses.standing()
    for watched, window in WINDOWS.items():
        resumed = _resumed(watched, at - window)
        counts = {key: (at - window, each) for key, each in _counts(session, watched, at - window).items()}
        for key in resumed.keys() & counts.keys():
            anew = _counts(session, watched, resumed[key], only=key)
            counts[key] = (resumed[key], anew.get(key, Counts()))
        wanted = [key for key in counts if (watched, key) not in paused]
        for key, (brand, limits) in _whose(watched, wanted).items():
            since, figures = counts[key]
            found.append(
                Looked(watched=watched, key=key, brand=brand, counts=figures, since=since, thresholds=limits)
            )
    return found


def _counts(session: Session, watched: Watched, since: datetime, only: int = _ALL) -> dict[int, Counts]:
    """Of the texts that were handed over since the first whole minute."""
    minute = sent_tallies.minute_from(since)
    asked = {"watched": watched.value, "only": only}
    handed = asked | {"since": minute * 60_000_000}
    texts = _read(session.rows("texts_watched", minute=minute, **asked))
    if not texts:
        return {}
    errors = _read(session.rows("astray_watched", **handed))
    opt_outs = _read(session.rows("departed_watched", **handed))
    complaints = _read(session.rows("complained_watched", stamp=stamp_at(since), **handed))
    return {
        key: Counts(
            texts=count,
            opt_outs=opt_outs.get(key, 0),
            errors=errors.get(key, 0),
            complaints=complaints.get(key, 0),
        )
        for key, count in texts.items()
    }


def _read(rows: Iterable[Sequence[int]]) -> dict[int, int]:
    return {int(key): int(count) for key, count in rows}


def _resumed(watched: Watched, since: datetime) -> Mapping[int, datetime]:
    """When a pause was ended last, of those that ended within the window: before that nothing counts."""
    rows = SendingAlarm.objects.filter(level=Level.PAUSE.value, watched=watched.value, ended_at__gt=since)
    found: dict[int, datetime] = {}
    for key, ended_at in rows.order_by("ended_at").values_list("key", "ended_at"):
        assert ended_at is not None, "asked for by it"
        found[key] = ended_at
    return found


def _whose(watched: Watched, keys: Sequence[int]) -> Mapping[int, tuple[BrandId | None, Thresholds]]:
    """Whose thresholds hold: the brand's own, or of a number that several share the strictest. A campaign has to run."""
    if watched is Watched.CAMPAIGN:
        rows = Campaign.objects.filter(pk__in=keys, state=Campaign.State.RUNNING)
        return {pk: _of_brand(brand) for pk, brand in rows.values_list("pk", "brand_id")}
    if watched is Watched.PROGRAM:
        found = models.Program.objects.filter(pk__in=keys)
        return {pk: _of_brand(brand) for pk, brand in found.values_list("pk", "brand_id")}
    sharing: dict[int, list[Thresholds]] = {}
    pairs = models.Program.objects.filter(sender_id__in=keys).values_list("sender_id", "brand_id").distinct()
    for sender, brand in pairs:
        sharing.setdefault(sender, []).append(own_thresholds.of_brand(BrandId(brand)))
    return {key: (None, reduce(strictest, each)) for key, each in sharing.items()}


def _of_brand(brand: int) -> tuple[BrandId, Thresholds]:
    return BrandId(brand), own_thresholds.of_brand(BrandId(brand))


# --- what becomes of it --------------------------------------------------------------------------------------


def _raise(
    store: Store,
    session: Session,
    looked: Looked,
    warned: Mapping[tuple[Watched, int], SendingAlarm],
    at: datetime,
) -> int:
    finding, before = looked.finding, warned.get((looked.watched, looked.key))
    assert finding is not None, "only what crossed a threshold is raised"
    if finding.level is Level.WARN:
        if before is not None:
            SendingAlarm.objects.filter(pk=before.pk).update(**_figures(looked, finding))
            return 0
        _create(looked, finding, at)
        return 1
    if looked.watched is Watched.CAMPAIGN:
        is_ours = Campaign.objects.filter(pk=looked.key, state=Campaign.State.RUNNING).update(
            state=Campaign.State.PAUSED
        )
        if not is_ours:
            return 0  # somebody paused or cancelled it meanwhile
    if before is not None:
        _end(before, at)
    row = _create(looked, finding, at)
    AuditEntry.objects.create(
        action="sending.paused",
        subject=_subject(row),
        detail={
            "measure": finding.measure.value,
            "threshold": finding.threshold,
            "minimum": row.minimum,
            "since": looked.since.isoformat(timespec="seconds"),
            **{name: getattr(looked.counts, name) for name in ("texts", "opt_outs", "complaints", "errors")},
        },
    )
    announce_pause(store, session, row)
    log.warning("sending_paused", watched=row.watched, key=row.key, measure=row.measure, texts=row.texts)
    return 1


def _create(looked: Looked, finding: Finding, at: datetime) -> SendingAlarm:
    return SendingAlarm.objects.create(
        level=finding.level.value,
        watched=looked.watched.value,
        key=looked.key,
        brand_id=looked.brand,
        began_at=at,
        **_figures(looked, finding),
    )


def _figures(looked: Looked, finding: Finding) -> dict[str, object]:
    return {
        "measure": finding.measure.value,
        "threshold": finding.threshold,
        "minimum": looked.thresholds.least(finding.measure),
        "texts": looked.counts.texts,
        "opt_outs": looked.counts.opt_outs,
        "complaints": looked.counts.complaints,
        "errors": looked.counts.errors,
        "counted_since": looked.since,
    }


def _end(row: SendingAlarm, at: datetime) -> int:
    """A warning that passed, or a pause of what is over."""
    return SendingAlarm.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at)


def _over() -> list[SendingAlarm]:
    """Pauses of campaigns that somebody has cancelled since."""
    rows = [each for each in _open(Level.PAUSE) if each.watched == Watched.CAMPAIGN.value]
    stands = set(
        Campaign.objects.filter(pk__in=[each.key for each in rows], state=Campaign.State.PAUSED).values_list(
            "pk", flat=True
        )
    )
    return [each for each in rows if each.key not in stands]


def _open(level: Level) -> list[SendingAlarm]:
    return list(SendingAlarm.objects.filter(level=level.value, ended_at=None).order_by("-pk"))


def _subject(row: SendingAlarm) -> str:
    return f"{row.watched} {row.key}"


def share_of(row: SendingAlarm) -> float:
    """The share that reached its threshold, in percent."""
    count = Counts(texts=row.texts, opt_outs=row.opt_outs, errors=row.errors, complaints=row.complaints)
    return count.of(Measure(row.measure)) * 100 / row.texts
