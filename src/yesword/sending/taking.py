"""Taking in what people and carriers send: a thing may be acknowledged only once it is stored and acted on.

Whoever listens to a carrier, over a connection of ours or a call of theirs, hands it to `take` and does what that says.
"""

import functools
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog

from yesword.channels.ports import DeliveryReport, InboundText
from yesword.domain.errors import YeswordError
from yesword.sending import deliveries, inbound, spool
from yesword.sending.arrivals import counted
from yesword.sending.gathering import Gatherer
from yesword.store import holds
from yesword.store.fullness import DiskFullError, is_full
from yesword.store.opening import Store

log = structlog.get_logger("yesword.receiver")

_BREATH_S: Final = 0.2

Item = InboundText | DeliveryReport


def _now() -> datetime:
    return datetime.now(UTC)


@counted
def take(
    store: Store, account: int, items: Sequence[Item], clock: Callable[[], datetime] = _now
) -> list[bool]:
    """Store and act on a batch; True for each item that may be acknowledged to the carrier.

    Every stop of the batch is committed before the first is drained, so that one slow drain holds up no other stop.
    """
    return _take(store, account, items, clock, _keep, functools.partial(_receive, clock=clock))


@counted
def take_called(store: Store, account: int, items: Sequence[Item]) -> list[bool]:
    """The same of calls, many of which come at once and each of which brings little: they are stored together.

    Each waits for the drain of its own stops only.
    """
    return _take(store, account, items, _now, _KEEP_CALLED, _RECEIVE_CALLED)


def _take(
    store: Store,
    account: int,
    items: Sequence[Item],
    clock: Callable[[], datetime],
    keep: Callable[[Store, int, Sequence[DeliveryReport]], Sequence[bool]],
    receive: Callable[[Store, int, Sequence[InboundText]], Sequence[inbound.Handled | None]],
) -> list[bool]:
    if store.keys_trouble is not None:
        return [_spool(store, account, items, clock)] * len(items)
    reports = [item for item in items if isinstance(item, DeliveryReport)]
    texts = [item for item in items if isinstance(item, InboundText)]
    are_kept = iter(keep(store, account, reports) if reports else ())
    verdicts = iter(_drain(store, receive(store, account, texts) if texts else ()))
    return [next(verdicts if isinstance(item, InboundText) else are_kept) for item in items]


def _spool(store: Store, account: int, items: Sequence[Item], clock: Callable[[], datetime]) -> bool:
    try:
        return spool.spool(store, account, items, clock())
    except Exception as error:
        log.exception("not_spooled", code=_code(error))
        return False


def _keep(store: Store, account: int, reports: Sequence[DeliveryReport]) -> list[bool]:
    are_kept = False
    try:
        deliveries.keep(store, account, reports)
        are_kept = True
    except Exception as error:
        if store.database.is_lost:
            _lost(len(reports))
        else:
            # As of a text: the carrier brings them again, and the thread that listens to it lives on.
            log.exception("delivery_reports_not_stored", code=_code(error))
    return [are_kept] * len(reports)


def _receive(
    store: Store, account: int, texts: Sequence[InboundText], clock: Callable[[], datetime]
) -> list[inbound.Handled | None]:
    """Many in one transaction; where that fails, each by itself. None: it is not stored."""
    handled: list[inbound.Handled | None] = [None] * len(texts)
    for group in inbound.apart(texts):
        together = [texts[index] for index in group]
        try:
            found: Sequence[inbound.Handled | None] = inbound.receive_together(
                store, account, together, clock()
            )
        except Exception as error:  # noqa: BLE001 - each of them is tried alone, and then told
            if store.database.is_lost:
                _lost(len(texts))
                break
            if len(group) > 1:
                log.warning("inbound_texts_taken_one_by_one", texts=len(group), code=_code(error))
            found = [_receive_one(store, account, each, clock) for each in together]
        for index, each in zip(group, found, strict=True):
            handled[index] = each
    return handled


def _lost(items: int) -> None:
    """Told in a line, after a breath: a carrier may bring them again at once, and for as long as the database is away."""
    time.sleep(_BREATH_S)
    log.error("database_away_so_nothing_is_taken", items=items)


def _receive_one(
    store: Store, account: int, text: InboundText, clock: Callable[[], datetime]
) -> inbound.Handled | None:
    try:
        return inbound.receive(store, account, text, clock())
    except Exception as error:
        # The carrier brings it again; the error must not take the batch's other texts with it.
        log.exception("inbound_text_not_stored", code=_code(error))
        return None


def _drain(store: Store, handled: Sequence[inbound.Handled | None]) -> list[bool]:
    """Of all stops together; what is not stored is not drained either."""
    stored = [each for each in handled if each is not None]
    try:
        verdicts = iter(inbound.may_acknowledge_each(store, stored))
    except Exception as error:
        log.exception("stop_not_drained", code=_code(error))
        return [each is not None and not each.withdrawn for each in handled]
    return [each is not None and next(verdicts) for each in handled]


def _code(error: Exception) -> str:
    if is_full(error):
        return DiskFullError.code
    return error.code if isinstance(error, YeswordError) else type(error).__name__


def _receive_called(
    store: Store, account: int, texts: Sequence[InboundText]
) -> Sequence[inbound.Handled | None]:
    return _receive(store, account, texts, _now)


_KEEP_CALLED: Final = Gatherer(_keep)
_RECEIVE_CALLED: Final = Gatherer(_receive_called)


def act_on_spool(store: Store, clock: Callable[[], datetime] = _now) -> int:
    """Act on what came in while the keys were missing. The number of items; sending stays closed until all are done."""
    items = list(spool.spooled(store))
    for account, item in items:
        if not all(take(store, account, [item], clock)):
            log.error("spooled_item_not_taken", account=account)
            return 0
    with store.database.read() as session:
        is_held = holds.KEYS in holds.held_for(session)
    if items or is_held:
        spool.forget(store, clock())
    return len(items)
