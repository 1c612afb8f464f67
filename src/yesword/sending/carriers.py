"""Accounts with HTTP providers: from a row, its settings and its secrets to the provider, its address and its calls."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from yesword.channels import declared
from yesword.channels.http import Provider, Setup, kinds
from yesword.channels.http.provider import HttpSettings, Kind, check_settings
from yesword.domain.errors import YeswordError
from yesword.store import account_secrets, models
from yesword.store.account_secrets import CALLBACK_WORD
from yesword.store.opening import Store

PATH: Final = "/carriers"


class NoSuchCarrierAddressError(YeswordError):
    """Nothing is called at this address. Look with `yesword account list` at what it should be."""

    code = "carrier_address"


class SecretNeededError(YeswordError):
    """The account {account} needs the secret {name}: {called}. `yesword account secret {account} {name}` sets it."""

    code = "account_secret_needed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """One account with an HTTP provider, ready to send and to be called."""

    account: int
    settings: HttpSettings
    setup: Setup
    provider: Provider


def is_http(row: models.Account) -> bool:
    return row.channel in kinds.NAMES


def carrier(store: Store, row: models.Account) -> Carrier:
    """Raises an error of `declared`, of `account_secrets` or of the provider where something is missing or wrong."""
    kind = kinds.kind_of(row.channel)
    settings = declared.read(row.key, kind.settings, row.settings)
    check_settings(row.key, settings)
    secrets = dict(account_secrets.read(store, row.key))
    check_secrets(row.key, kind, list(secrets))
    setup = Setup(
        account=row.key,
        settings=settings,
        secrets={name: value for name, value in secrets.items() if name != CALLBACK_WORD},
        callback_url=callback_url(store, row.key, settings.public_url),
    )
    return Carrier(account=row.pk, settings=settings, setup=setup, provider=kind.make(setup))


def check_secrets(account: str, kind: Kind, names: Sequence[str]) -> None:
    """Raises SecretNeededError."""
    for each in kind.secrets:
        if each.is_needed and each.name not in names:
            raise SecretNeededError(account=account, name=each.name, called=each.called)


def callback_url(store: Store, account: str, public_url: str) -> str:
    """The address to enter at the provider. Its last part is random, so that strangers cannot even knock."""
    if not public_url:
        return ""
    return f"{public_url.rstrip('/')}{PATH}/{account}/{account_secrets.callback_word(store, account)}"


def called(store: Store, account: str, word: str) -> Carrier:
    """The account that is called at an address. Raises NoSuchCarrierAddressError, alike for all that is wrong."""
    with store.database.read() as session:
        found = session.first("account_as_set", key=account)
    if found is None or found[0] not in kinds.NAMES:
        raise NoSuchCarrierAddressError
    as_set = (str(store.folder), account, *found, account_secrets.changed(store, account))
    kept = _CALLED.get(as_set)
    known = kept.word if kept else account_secrets.read(store, account).get(CALLBACK_WORD, "")
    if not hmac.compare_digest(word.encode(), known.encode()) or not known:
        raise NoSuchCarrierAddressError
    if kept is None:
        kept = _Called(carrier=carrier(store, models.Account.objects.get(key=account)), word=known)
        if len(_CALLED) >= _MOST_KEPT:
            _CALLED.clear()
        _CALLED[as_set] = kept
    return kept.carrier


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    carrier: Carrier
    word: str = field(repr=False)  # the last part of its address


# By all that they are made of, so that one that was changed is made anew: a busy provider calls thousands of times a second.
_CALLED: Final[dict[tuple[object, ...], _Called]] = {}
_MOST_KEPT: Final = 100
