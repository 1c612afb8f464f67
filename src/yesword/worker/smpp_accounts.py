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
from yesword.channels.smpp.account import BadSettingError
from yesword.channels.smpp.meanings import MEANINGS
from yesword.channels.smpp.session import open_session
from yesword.sending.carriers import SecretNeededError
from yesword.sending.inbound_parts import StoredParts
from yesword.store import account_secrets, models
from yesword.store.opening import Store

SMPP: Final = "smpp"
PASSWORD: Final = "password"  # noqa: S105 - the name of a secret
SECRETS: Final[Mapping[str, str]] = {PASSWORD: "the password of the bind"}
_NO_PASSWORD: Final = "no"  # noqa: S105 - to look at settings, never to sign in
_GOODBYE_S: Final = 0.5


def settings_of(key: str, values: Mapping[str, object], password: str = _NO_PASSWORD) -> SmppAccount:
    """Raises an error of `declared`, or BadSettingError, where a setting is missing or wrong."""
    usual = {"binding": Binding.PAIRS.value}
    found = declared.read(key, SmppAccount, {**usual, **values}, given={"name": key, PASSWORD: password})
    words = {f"own_codes.{number:#x}": word for number, word in found.own_codes.items()}
    words |= {f"dialect.errors.{code}": word for code, word in found.dialect.errors.items()}
    for name, word in words.items():
        if word not in MEANINGS:  # such as opted-out: then no stop would come of it, and nobody would know
            raise BadSettingError(
                name=name, value=word, expected=f"It is one of {', '.join(sorted(MEANINGS))}."
            )
    return found


def account(store: Store, row: models.Account) -> SmppAccount:
    """Raises the same, and SecretNeededError."""
    password = account_secrets.read(store, row.key).get(PASSWORD)
    if password is None:
        raise SecretNeededError(account=row.key, name=PASSWORD, called=SECRETS[PASSWORD])
    return settings_of(row.key, row.settings, password)


def check(store: Store, row: models.Account) -> None:
    """Raises what `account` raises, and BadSettingError where a file of its certificates is missing or wrong."""
    found = account(store, row)
    if found.tls is not None:
        found.tls.context()


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
