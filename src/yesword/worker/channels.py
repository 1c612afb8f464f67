"""From an account's row to what speaks with its carrier."""

from typing import Final

from yesword.channels.ports import Channel, Receiver
from yesword.channels.simulator import Endpoint, SimulatorChannel, SimulatorControl, SimulatorReceiver
from yesword.domain.errors import YeswordError
from yesword.store import models
from yesword.store.keyfiles import shared_token
from yesword.store.opening import Store

SIMULATOR: Final = "simulator"
TOKEN: Final = "simulator-token"  # noqa: S105 - the name of a key file, not a secret
CARRIER_PORT: Final = "carrier-port"  # in the run folder; written by the carrier when it listens


class UnknownChannelError(YeswordError):
    """Account {account} names the channel {channel}, which this version does not have. It has: simulator."""

    code = "unknown_channel"


def accounts() -> list[models.Account]:
    return list(models.Account.objects.order_by("pk"))


def channels(store: Store) -> dict[int, Channel]:
    """One channel an account."""
    return {
        account.pk: SimulatorChannel(_endpoint(store, account), account=account.key) for account in accounts()
    }


def receivers(store: Store) -> dict[int, Receiver]:
    """One receiver an account."""
    return {
        account.pk: SimulatorReceiver(_endpoint(store, account), account=account.key) for account in accounts()
    }


def simulator_control(store: Store) -> SimulatorControl | None:
    """The phone side of the simulated carrier, where an account uses it."""
    account = models.Account.objects.filter(channel=SIMULATOR).order_by("pk").first()
    return None if account is None else SimulatorControl(_endpoint(store, account))


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
