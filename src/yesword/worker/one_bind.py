"""Accounts whose carrier gives one bind for both ways: the process that sends listens to them, too, and shares the bind.

What comes in is taken in a thread of its own, as in the process that listens to all others.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from yesword.channels.ports import Channel, ChannelError, Receiver
from yesword.channels.smpp import Binding, BindKind, Binds, SmppAccount, SmppChannel, SmppReceiver
from yesword.sending.carriers import SecretNeededError
from yesword.sending.inbound_parts import StoredParts
from yesword.store import models
from yesword.store.opening import Store
from yesword.worker import receiver
from yesword.worker.smpp_accounts import SMPP, account

Channels = Callable[[Store], Mapping[int, Channel]]
_LOOK_EVERY_S: Final = 2.0


@contextlib.contextmanager
def listening_besides(store: Store, channels: Channels, stop: threading.Event) -> Iterator[Channels]:
    """Listen to these accounts while the block runs. What it gets: the same channels, theirs on the shared binds."""
    shared = Transceivers()
    over = threading.Event()
    ears = threading.Thread(target=_listen, args=(store, shared, stop, over), name="one-bind")
    ears.start()
    try:
        yield lambda store: shared.channels(store, channels(store))
    finally:
        over.set()
        ears.join()


def _listen(store: Store, shared: "Transceivers", stop: threading.Event, over: threading.Event) -> None:
    """Nothing but a look now and then, until there is such an account."""
    try:
        while not (stop.is_set() or over.is_set()):
            if shared.receivers(store):
                receiver.listen(store, shared.receivers, over)
            over.wait(_LOOK_EVERY_S)
    finally:
        store.database.close()
        store.vault.close()


class Transceivers:
    """The accounts with one bind for both ways, for a process that sends on them and listens to them."""

    def __init__(self) -> None:
        self._binds: dict[int, tuple[SmppAccount, Binds]] = {}

    def channels(self, store: Store, made: Mapping[int, Channel]) -> Mapping[int, Channel]:
        """The same, and in the place of those of these accounts such as share their binds with the receivers."""
        return {
            **made,
            **{key: SmppChannel(own, binds=binds) for key, (own, binds) in self._of(store).items()},
        }

    def receivers(self, store: Store) -> dict[int, Receiver]:
        keeping = StoredParts(store)
        return {
            key: SmppReceiver(own, keeping=keeping, binds=binds)
            for key, (own, binds) in self._of(store).items()
        }

    def _of(self, store: Store) -> dict[int, tuple[SmppAccount, Binds]]:
        for row in models.Account.objects.filter(channel=SMPP):
            if row.pk in self._binds:
                continue
            try:
                found = account(store, row)
            except (ChannelError, SecretNeededError, OSError):
                continue  # told already, where its channel was to be made
            if found.binding is Binding.TRANSCEIVER:
                self._binds[row.pk] = found, Binds(found, BindKind.TRANSCEIVER)
        return self._binds
