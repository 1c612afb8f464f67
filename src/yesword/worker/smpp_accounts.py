"""Accounts with carriers that speak SMPP: from a row and its secret to what sends and what listens.

Sending and listening are two processes, so an account has a bind for each way, unless its settings say otherwise. Where
the carrier gives one bind for both, whoever sends listens, too: see `one_bind`.
"""

import time
from collections.abc import Mapping
from typing import Final

from yesword.channels import declared
from yesword.channels.ports import Channel, Receiver
from yesword.channels.smpp import Binding, BindKind, SmppAccount, SmppChannel, SmppReceiver
from yesword.channels.smpp.session import open_session
from yesword.sending.carriers import SecretNeededError
from yesword.sending.inbound_parts import StoredParts
from yesword.store import account_secrets, models
from yesword.store.opening import Store

SMPP: Final = "smpp"
PASSWORD: Final = "password"  # noqa: S105 - the name of a secret
SECRETS: Final[Mapping[str, str]] = {PASSWORD: "the password of the bind"}
GIVEN: Final = frozenset({"name", PASSWORD})  # what the settings do not say
_NO_PASSWORD: Final = "no"  # noqa: S105 - to look at settings, never to sign in
_GOODBYE_S: Final = 0.5


def settings_of(key: str, values: Mapping[str, object], password: str = _NO_PASSWORD) -> SmppAccount:
    """Raises an error of `declared` or of the account's own where a setting is missing or wrong."""
    usual = {"binding": Binding.PAIRS.value}
    return declared.read(key, SmppAccount, {**usual, **values}, given={"name": key, PASSWORD: password})


def account(store: Store, row: models.Account) -> SmppAccount:
    """Raises the same, and SecretNeededError."""
    password = account_secrets.read(store, row.key).get(PASSWORD)
    if password is None:
        raise SecretNeededError(account=row.key, name=PASSWORD, called=SECRETS[PASSWORD])
    return settings_of(row.key, row.settings, password)


def channel(store: Store, row: models.Account) -> Channel:
    return SmppChannel(account(store, row))


def receiver(store: Store, row: models.Account) -> Receiver | None:
    """None where whoever sends listens. Nobody sends while the keys are missing, and texts are taken in all the same."""
    found = account(store, row)
    if found.binding is Binding.TRANSCEIVER and store.keys_trouble is None:
        return None
    return SmppReceiver(found, keeping=StoredParts(store))


def sign_in(store: Store, row: models.Account) -> str:
    """Bind and say goodbye; where it was let in. Raises ChannelError: what the carrier said."""
    found = account(store, row)
    both = found.binding is Binding.TRANSCEIVER
    kinds = [BindKind.TRANSCEIVER] if both else [BindKind.TRANSMITTER, BindKind.RECEIVER]
    for kind in kinds:
        session = open_session(found, kind)
        session.start_goodbye()
        session.end_goodbye(time.monotonic() + _GOODBYE_S)
    return found.endpoint
