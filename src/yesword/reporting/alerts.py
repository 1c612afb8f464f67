"""What those who run an installation are told of: found by looking, or noted by whoever finds it; when to tell, and when over.

Of each kind somebody is told at most once an hour, and once more when it is over. Nothing here names a person or a number:
a subject is the key of an account, a brand or a log. Telling is `worker.alerting`; the words are `worker.alert_words`.
"""

import enum
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import from_micros
from yesword.proof import standing
from yesword.reporting import watching
from yesword.sending import gaps
from yesword.store import holds, strays
from yesword.store.holds import GAP, HALTED
from yesword.store.models import Account, Alert, Brand
from yesword.store.opening import Store

EVERY: Final = timedelta(hours=1)
_BEHIND: Final = timedelta(minutes=1)  # the sequencer enters everything within a second while it runs
_AWAY: Final = timedelta(minutes=5)
_ROOM: Final = 256 * 1024 * 1024  # bytes: below that, stores begin to fail
Found = tuple["AlertKind", str]


class AlertKind(enum.StrEnum):
    HALTED = "halted"
    HELD = "held"  # a key is missing, or the store was put back
    GAP = "gap"
    PAUSED = "paused"
    DISK_FULL = "disk_full"
    WITNESS_REFUSES = "witness_refuses"
    LEDGER_TROUBLE = "ledger_trouble"
    SEQUENCER_BEHIND = "sequencer_behind"
    CARRIER_AWAY = "carrier_away"
    STRAY_TEXTS = "stray_texts"  # could be given to nobody, and there may be a stop in them
    DRIFT = "drift"  # the provider's list of opt-outs is not ours; noted by whoever compares them


class BadAwaySettingError(YeswordError):
    """YESWORD_CARRIER_AWAY_AFTER cannot be {value}. Give minutes, at least 1."""

    code = "bad_away_setting"


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """One thing to tell: a kind, and what it is of."""

    kind: AlertKind
    subjects: tuple[str, ...]
    is_over: bool
    since: datetime
    rows: tuple[int, ...]


def look(store: Store, at: datetime) -> set[Found]:
    """Everything that is wrong now."""
    return {
        *_held(store),
        *_carriers(store, at),
        *_strays(store),
        *_logs(store),
        *_outbox(store, at),
        *_pauses(),
        *_room(store),
    }


def update(store: Store, at: datetime) -> None:
    """Open what is new, close what is over."""
    found = look(store, at)
    for row in Alert.objects.filter(ended_at=None, is_noted=False):
        known = (AlertKind(row.kind), row.subject)
        if known in found:
            found.discard(known)
        else:
            Alert.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at)
    for kind, subject in sorted(found):
        Alert.objects.get_or_create(
            kind=kind.value, subject=subject, ended_at=None, defaults={"began_at": at}
        )


def note(kind: AlertKind, subject: str, at: datetime, *, is_on: bool) -> None:
    """Said by whoever finds it and is not asked again: it stands until they say that it is over."""
    if is_on:
        Alert.objects.get_or_create(
            kind=kind.value, subject=subject, ended_at=None, defaults={"began_at": at, "is_noted": True}
        )
    else:
        Alert.objects.filter(kind=kind.value, subject=subject, ended_at=None).update(ended_at=at)


def due(at: datetime, unwanted: Iterable[str] = ()) -> Sequence[News]:
    """What is to be told now."""
    skipped = set(unwanted)
    recent = set(Alert.objects.filter(told_at__gt=at - EVERY).values_list("kind", flat=True))
    fresh = Alert.objects.filter(told_at=None, ended_at=None)
    over = Alert.objects.filter(told_at__isnull=False, ended_at__isnull=False, resolved_told_at=None)
    still = set(Alert.objects.filter(ended_at=None, told_at__isnull=False).values_list("kind", flat=True))
    return [
        *_news([each for each in fresh if each.kind not in recent | skipped], is_over=False),
        *_news([each for each in over if each.kind not in still | skipped], is_over=True),
    ]


def claim(news: News, at: datetime) -> bool:
    """Whoever gets it tells it; nobody else does."""
    rows = Alert.objects.filter(pk__in=news.rows)
    if news.is_over:
        return bool(rows.filter(resolved_told_at=None).update(resolved_told_at=at))
    return bool(rows.filter(told_at=None).update(told_at=at))


def give_back(news: News) -> None:
    """It could not be told: the next round tries again."""
    rows = Alert.objects.filter(pk__in=news.rows)
    if news.is_over:
        rows.update(resolved_told_at=None)
    else:
        rows.update(told_at=None)


def open_alerts() -> Sequence[Alert]:
    """What is wrong, the newest first."""
    return list(Alert.objects.filter(ended_at=None).order_by("-pk"))


def away_after(environ: Mapping[str, str] = os.environ) -> timedelta:
    """How long a carrier may be away before somebody is told. Raises BadAwaySettingError."""
    written = environ.get("YESWORD_CARRIER_AWAY_AFTER")
    if not written:
        return _AWAY
    if not written.isdecimal() or int(written) < 1:
        raise BadAwaySettingError(value=written)
    return timedelta(minutes=int(written))


def _news(rows: Iterable[Alert], *, is_over: bool) -> Iterator[News]:
    kinds: dict[str, list[Alert]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    for kind, found in sorted(kinds.items()):
        yield News(
            kind=AlertKind(kind),
            subjects=tuple(sorted({each.subject for each in found} - {""})),
            is_over=is_over,
            since=min(each.began_at for each in found),
            rows=tuple(each.pk for each in found),
        )


# --- looking -------------------------------------------------------------------------------------------------


def _held(store: Store) -> Iterator[Found]:
    with store.database.read() as session:
        found = holds.held(session)
    for reason in found.reasons:
        yield (AlertKind.HALTED, "") if reason == HALTED else (AlertKind.HELD, reason)
    for reason, scope in found.scopes:
        kind = AlertKind.GAP if reason == GAP else AlertKind.HALTED
        if scope.account is not None:
            yield kind, _account(scope.account)
        elif scope.brand is not None:
            yield kind, f"brand {Brand.objects.values_list('key', flat=True).get(pk=scope.brand)}"


def _account(key: int) -> str:
    found = Account.objects.filter(pk=key).values_list("key", flat=True).first()
    return f"account {found or key}"


def _carriers(store: Store, at: datetime) -> Iterator[Found]:
    limit = away_after()
    with store.database.read() as session:
        known = gaps.listening(session)
    for each in known.values():
        is_deaf = at - each.heard_at > limit
        if is_deaf or (each.away_since is not None and at - each.away_since > limit):
            yield AlertKind.CARRIER_AWAY, _account(each.account)


def _strays(store: Store) -> Iterator[Found]:
    with store.database.read() as session:
        found = strays.counts(session)
    for account in found:
        yield AlertKind.STRAY_TEXTS, _account(account)


def _logs(store: Store) -> Iterator[Found]:
    for status in standing.statuses(store):
        if not status.is_newest:
            continue
        if status.trouble or status.key_trouble:
            yield AlertKind.LEDGER_TROUBLE, status.origin
        for silent in status.silent:
            yield AlertKind.WITNESS_REFUSES, silent.name


def _outbox(store: Store, at: datetime) -> Iterator[Found]:
    """Also where no log was ever begun, since nobody runs the sequencer."""
    for brand, key in Brand.objects.values_list("pk", "key"):
        with store.database.read() as session:
            row = session.first("outbox_waiting", brand_id=brand)
        if row is not None and row[1] is not None and at - from_micros(row[1]) > _BEHIND:
            yield AlertKind.SEQUENCER_BEHIND, f"brand {key}"


def _pauses() -> Iterator[Found]:
    for row in watching.standing():
        yield AlertKind.PAUSED, f"{row.watched} {row.key}"


def _room(store: Store) -> Iterator[Found]:
    if shutil.disk_usage(store.folder).free < _ROOM:
        yield AlertKind.DISK_FULL, ""
