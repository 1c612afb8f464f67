"""The receiver: listens to the carriers that we are connected to, a thread for each account."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import structlog

from yesword.channels.ports import Receiver
from yesword.sending.taking import act_on_spool, take
from yesword.store.opening import Store
from yesword.store.shared_clock import SharedClock
from yesword.worker import alerting, listening

log = structlog.get_logger("yesword.receiver")

_NEW_ACCOUNTS_EVERY_S: Final = 2.0


def run(store: Store, receivers: Callable[[Store], Mapping[int, Receiver]], stop: threading.Event) -> None:
    """Listen, act on what came in while the keys were missing, and look out for alerts, until `stop`."""
    if store.keys_trouble is not None:
        log.error("keys_missing_so_texts_are_only_kept", code=store.keys_trouble.code)
    elif taken := act_on_spool(store):
        log.warning("spool_acted_on", items=taken)
    alerts = threading.Thread(target=alerting.run, args=(store, stop, SharedClock(store)), name="alerting")
    alerts.start()
    try:
        listen(store, receivers, stop)
    finally:
        stop.set()
        alerts.join()


def listen(store: Store, receivers: Callable[[Store], Mapping[int, Receiver]], stop: threading.Event) -> None:
    """One thread an account, until `stop`. Accounts that are added meanwhile get theirs within seconds."""
    threads: dict[int, threading.Thread] = {}
    ears: list[listening.Ear] = []
    clock = SharedClock(store)
    noting = threading.Thread(
        target=listening.run, args=(store, lambda: tuple(ears), stop, clock), name="listening"
    )
    noting.start()
    try:
        while not stop.is_set():
            for account, receiver in receivers(store).items():
                if account not in threads:
                    ear = listening.Ear(
                        account=account, listens=receiver, take=partial(take, store, account, clock=clock)
                    )
                    serve = threading.Thread(
                        target=_serve, args=(store, ear, receiver, stop), name=f"account-{account}"
                    )
                    threads[account] = serve
                    serve.start()
                    ears.append(ear)
            stop.wait(_NEW_ACCOUNTS_EVERY_S)
    finally:
        stop.set()
        for thread in (*threads.values(), noting):
            thread.join()


def _serve(store: Store, ear: listening.Ear, receiver: Receiver, stop: threading.Event) -> None:
    try:
        receiver.run(ear.handle, stop)
    finally:
        ear.has_ended = True
        store.database.close()
        store.vault.close()
