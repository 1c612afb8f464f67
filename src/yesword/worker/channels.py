"""From an account's row to what speaks with its carrier."""

from typing import Final

from yesword.channels.ports import Channel, Receiver
from yesword.channels.simulator import (
    CarrierBehaviour,
    Endpoint,
    SimulatorChannel,
    SimulatorControl,
    SimulatorReceiver,
)
from yesword.domain.errors import YeswordError
from yesword.store import models
from yesword.store.keyfiles import shared_token
from yesword.store.opening import Store

SIMULATOR: Final = "simulator"
TOKEN: Final = "simulator-token"  # noqa: S105 - the name of a key file, not a secret
CARRIER_PORT: Final = "carrier-port"  # in the run folder; written by the carrier when it listens


_ANSWER_S: Final = 8.0  # a carrier that answers nothing for so long is given up, well before the lifeline


class UnknownChannelError(YeswordError):
    """Account {account} names the channel {channel}, which this version does not have. It has: simulator."""

    code = "unknown_channel"


def accounts() -> list[models.Account]:
    return list(models.Account.objects.order_by("pk"))


def channels(store: Store) -> dict[int, Channel]:
    """One channel an account."""
    return {
        account.pk: SimulatorChannel(
            _endpoint(store, account), account=account.key, answer_timeout_s=_ANSWER_S
        )
        for account in accounts()
    }


def receivers(store: Store) -> dict[int, Receiver]:
    """One receiver an account."""
    return {
        account.pk: SimulatorReceiver(_endpoint(store, account), account=account.key)
        for account in accounts()
    }


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
    if account.channel != SIMULATOR:
        raise UnknownChannelError(account=account.key, channel=account.channel)
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
