"""From an account's row to what speaks with its carrier: one table of makers, by the name of the channel.

An account that is set up wrongly has no channel, is told in the log, and holds up no other account.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from yesword.channels.http import HttpChannel, kinds
from yesword.channels.http.missed import Lists, MissedAt
from yesword.channels.ports import Channel, Missed, Receiver
from yesword.channels.simulator import (
    CarrierBehaviour,
    Endpoint,
    SimulatorChannel,
    SimulatorControl,
    SimulatorReceiver,
)
from yesword.domain.errors import YeswordError
from yesword.sending import carriers
from yesword.store import models
from yesword.store.keyfiles import shared_token
from yesword.store.opening import Store
from yesword.worker import smpp_accounts

SIMULATOR: Final = "simulator"
TOKEN: Final = "simulator-token"  # noqa: S105 - the name of a key file, not a secret
CARRIER_PORT: Final = "carrier-port"  # in the run folder; written by the carrier when it listens

log = structlog.get_logger("yesword.channels")

_LIST_S: Final = 30.0  # a list of all that came in takes its time
_ANSWER_S: Final = 8.0  # a carrier that answers nothing for so long is given up, well before the lifeline


class UnknownChannelError(YeswordError):
    """Account {account} names the channel {channel}, which this version does not have. It has: {known}."""

    code = "unknown_channel"


def accounts() -> list[models.Account]:
    return list(models.Account.objects.order_by("pk"))


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatorSettings:
    """Where another simulated carrier runs; else it is the one beside this store."""

    host: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Maker:
    """How the accounts of one channel are spoken with."""

    channel: Callable[[Store, models.Account], Channel]
    # None: its carrier calls in. One that gives None for an account is listened to by whoever sends on it.
    receiver: Callable[[Store, models.Account], Receiver | None] | None = None
    # Asks the carrier what came in while nobody listened; None: it keeps no list, or the receiver asks for itself.
    missed: Callable[[Store, models.Account], Missed | None] | None = None


def _simulated_channel(store: Store, account: models.Account) -> Channel:
    return SimulatorChannel(_endpoint(store, account), account=account.key, answer_timeout_s=_ANSWER_S)


def _simulated_receiver(store: Store, account: models.Account) -> Receiver:
    return SimulatorReceiver(_endpoint(store, account), account=account.key)


def _http_channel(store: Store, account: models.Account) -> Channel:
    carrier = carriers.carrier(store, account)
    return HttpChannel(carrier.provider, carrier.settings, account=account.key)


def _http_missed(store: Store, account: models.Account) -> Missed | None:
    """For providers that keep a list of what came in."""
    carrier = carriers.carrier(store, account)
    if not isinstance(carrier.provider, Lists):
        return None
    return MissedAt(account=account.key, provider=carrier.provider, timeout_s=_LIST_S)


MAKERS: Final[Mapping[str, Maker]] = {
    SIMULATOR: Maker(channel=_simulated_channel, receiver=_simulated_receiver),
    smpp_accounts.SMPP: Maker(channel=smpp_accounts.channel, receiver=smpp_accounts.receiver),
    **{name: Maker(channel=_http_channel, missed=_http_missed) for name in kinds.NAMES},
}


_told: dict[str, str] = {}  # they are looked at again and again: the same trouble is told once a process


def channel(store: Store, account: models.Account) -> Channel:
    """Raises an error that says what is wrong with the account."""
    return _maker(account).channel(store, account)


def troubles(store: Store) -> dict[str, str]:
    """What is wrong with each account that is set up wrongly, by its key. Nothing is sent over it, and no call is taken."""
    found: dict[str, str] = {}
    for account in accounts():
        try:
            _maker(account)
            if account.channel == smpp_accounts.SMPP:
                smpp_accounts.check(store, account)
            elif carriers.is_http(account):
                carriers.carrier(store, account)
        except YeswordError as error:
            found[account.key] = error.message
        except OSError as error:
            found[account.key] = f"A file of the account {account.key} cannot be read: {error.strerror}."
    return found


def channels(store: Store) -> dict[int, Channel]:
    """One channel an account."""
    made: dict[int, Channel] = {}
    for account in accounts():
        try:
            made[account.pk] = channel(store, account)
        except (YeswordError, OSError) as error:
            _tell(account, error)
    return made


def receivers(store: Store) -> dict[int, Receiver]:
    """One receiver an account that we listen to; the carriers of the others call in."""
    made: dict[int, Receiver] = {}
    for account in accounts():
        try:
            make = _maker(account).receiver
            if make is not None and (found := make(store, account)) is not None:
                made[account.pk] = found
        except (YeswordError, OSError) as error:
            _tell(account, error)
    return made


def called_in(store: Store) -> dict[int, Missed | None]:
    """The accounts whose carriers call in, each with what asks its carrier for what was missed, if anything does."""
    made: dict[int, Missed | None] = {}
    for account in accounts():
        maker = MAKERS.get(account.channel)
        if maker is None or maker.receiver is not None:
            continue
        try:
            made[account.pk] = maker.missed(store, account) if maker.missed is not None else None
        except (YeswordError, OSError) as error:
            _tell(account, error)
    return made


def _maker(account: models.Account) -> Maker:
    if account.channel not in MAKERS:
        raise UnknownChannelError(account=account.key, channel=account.channel, known=", ".join(MAKERS))
    return MAKERS[account.channel]


def _tell(account: models.Account, error: Exception) -> None:
    code = error.code if isinstance(error, YeswordError) else type(error).__name__
    if _told.get(account.key) == code:
        return
    _told[account.key] = code
    log.error("account_is_set_up_wrongly", account=account.key, code=code)


def simulator_control(store: Store) -> SimulatorControl | None:
    """The phone side of the simulated carrier, where an account uses it."""
    account = models.Account.objects.filter(channel=SIMULATOR).order_by("pk").first()
    return None if account is None else SimulatorControl(_endpoint(store, account))


def simulated_behaviour() -> CarrierBehaviour:
    """How the simulated carrier serves the store's accounts: quick, with reports, answering STOP where an account says so."""
    senders = models.Sender.objects.filter(account__channel=SIMULATOR).select_related("account")
    return CarrierBehaviour(
        delay_ms=5,
        reports=0.97,
        report_failures=0.02,
        report_delay_ms=400,
        answers_stop=frozenset(
            each.address for each in senders if each.answers_stop or each.account.answers_stop
        ),
        owners={each.address: each.account.key for each in senders},
    )


def _endpoint(store: Store, account: models.Account) -> Endpoint:
    return Endpoint(
        host=account.settings.get("host", "127.0.0.1"),
        port=_port(store, account),
        token=shared_token(store.folder, TOKEN),
    )


def _port(store: Store, account: models.Account) -> int:
    """The account's own port, or that of the carrier which runs beside this store; 1 while none does."""
    if "port" in account.settings:
        return int(account.settings["port"])
    try:
        return int((store.run / CARRIER_PORT).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 1  # nobody listens there: the channel says so and tries again
