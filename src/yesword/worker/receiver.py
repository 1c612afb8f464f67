"""The receiver: takes in what people and carriers send, and acknowledges a thing only when it is stored and acted on."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog

from yesword.channels.ports import DeliveryReport, InboundText, Receiver
from yesword.domain.errors import YeswordError
from yesword.sending import deliveries, inbound
from yesword.store import holds
from yesword.store.fullness import DiskFullError, is_full
from yesword.store.opening import Store
from yesword.worker import spool
from yesword.worker.dispatcher import utc_now

log = structlog.get_logger("yesword.receiver")

Item = InboundText | DeliveryReport
_NEW_ACCOUNTS_EVERY_S: Final = 2.0


def take(
    store: Store, account: int, items: Sequence[Item], clock: Callable[[], datetime] = utc_now
) -> list[bool]:
    """Store and act on a batch; True for each item that may be acknowledged to the carrier.

    Every stop of the batch is committed before the first is drained, so that one slow drain holds up no other stop.
    """
    if store.keys_trouble is not None:
        return [_spool(store, account, items, clock)] * len(items)
    are_kept = _keep(store, account, [item for item in items if isinstance(item, DeliveryReport)])
    handled = [
        _receive(store, account, item, clock) if isinstance(item, InboundText) else None for item in items
    ]
    return [
        _drain(store, each, clock) if isinstance(item, InboundText) else are_kept
        for item, each in zip(items, handled, strict=True)
    ]


def _spool(store: Store, account: int, items: Sequence[Item], clock: Callable[[], datetime]) -> bool:
    try:
        return spool.spool(store, account, items, clock())
    except Exception as error:
        log.exception("not_spooled", code=_code(error))
        return False


def _keep(store: Store, account: int, reports: Sequence[DeliveryReport]) -> bool:
    try:
        deliveries.keep(store, account, reports)
    except Exception as error:
        # As of a text: the carrier brings them again, and the thread that listens to it lives on.
        log.exception("delivery_reports_not_stored", code=_code(error))
        return False
    return True


def _receive(
    store: Store, account: int, text: InboundText, clock: Callable[[], datetime]
) -> inbound.Handled | None:
    try:
        return inbound.receive(store, account, text, clock())
    except Exception as error:
        # The carrier brings it again; the error must not take the batch's other texts with it.
        log.exception("inbound_text_not_stored", code=_code(error))
        return None


def _drain(store: Store, handled: inbound.Handled | None, clock: Callable[[], datetime]) -> bool:
    try:
        return handled is not None and inbound.may_acknowledge(store, handled, clock())
    except Exception as error:
        log.exception("stop_not_drained", code=_code(error))
        return False


def _code(error: Exception) -> str:
    if is_full(error):
        return DiskFullError.code
    return error.code if isinstance(error, YeswordError) else type(error).__name__


def act_on_spool(store: Store, clock: Callable[[], datetime] = utc_now) -> int:
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


def run(store: Store, receivers: Callable[[Store], Mapping[int, Receiver]], stop: threading.Event) -> None:
    """One thread an account, until `stop`. Accounts that are added meanwhile get theirs within seconds."""
    threads: dict[int, threading.Thread] = {}
    if store.keys_trouble is not None:
        log.error("keys_missing_so_texts_are_only_kept", code=store.keys_trouble.code)
    elif taken := act_on_spool(store):
        log.warning("spool_acted_on", items=taken)
    while not stop.is_set():
        for account, receiver in receivers(store).items():
            if account not in threads:
                serve = threading.Thread(
                    target=_serve, args=(store, account, receiver, stop), name=f"account-{account}"
                )
                threads[account] = serve
                serve.start()
        stop.wait(_NEW_ACCOUNTS_EVERY_S)
    for thread in threads.values():
        thread.join()


def _serve(store: Store, account: int, receiver: Receiver, stop: threading.Event) -> None:
    try:
        receiver.run(lambda items: take(store, account, items), stop)
    finally:
        store.database.close()
        store.vault.close()
