"""`yesword handset`: a telephone on the simulated carrier, to text as a person would and to see what comes back."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.misuse import FAILED, MisuseError
from yesword.cli.options import using, with_store
from yesword.domain import phone
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yesword.channels.simulator import SimulatorControl
    from yesword.channels.simulator.network import Text

_ANSWER_WITHIN_S: Final = 10.0
_LOOK_EVERY_S: Final = 0.05


class NoHandsetsError(YeswordError):
    """No account here is on the simulated carrier, so there are no handsets. Take your own telephone, or add one for trying: `yesword account add`."""

    code = "no_handsets"


class WhichSenderError(MisuseError):
    """Say with --to whom to text. Senders on the simulated carrier: {known}."""

    code = "which_sender"


@click.command("handset")
@click.argument("number")
@click.argument("text", required=False)
@click.option("--to", "address", metavar="SENDER", help="Whom to text; the only one there is may go unnamed.")
@with_store
def command(number: str, text: str | None, address: str | None, data: Path, database_url: str | None) -> None:
    """Show what the telephone with NUMBER got and sent on the simulated carrier. With TEXT, text that first, and wait for the answer.

    Only for trying: a real carrier has telephones of its own. `yesword serve` has to run.

    Exits 1 when nothing has come back after ten seconds.
    """
    e164 = phone.parse(number, country=None).e164
    with using(data, database_url, needs_keys=False) as store:
        from yesword.worker.channels import simulator_control

        control = simulator_control(store)
        if control is None:
            raise NoHandsetsError
        try:
            if text is None:
                _show(control.handset(e164))
                return
            to = address or _only_sender()
            before = len(control.handset(e164))
            control.from_handset(e164, to, text)
            is_answered = _wait(control, e164, before)
            _show(control.handset(e164)[before:])
        finally:
            control.close()
    if not is_answered:
        click.echo("Nothing has come back yet. Does `yesword serve` run?", err=True)
        sys.exit(FAILED)


def _only_sender() -> str:
    from yesword.store.models import Sender
    from yesword.worker.channels import SIMULATOR

    known = sorted(
        Sender.objects.filter(account__channel=SIMULATOR).values_list("address", flat=True).distinct()
    )
    if len(known) != 1:
        raise WhichSenderError(known=", ".join(known) or "none yet")
    return known[0]


def _wait(control: "SimulatorControl", number: str, before: int) -> bool:
    ends_at = time.monotonic() + _ANSWER_WITHIN_S
    while time.monotonic() < ends_at:
        if any(each.by != "person" for each in control.handset(number)[before:]):
            return True
        time.sleep(_LOOK_EVERY_S)
    return False


def _show(texts: "Sequence[Text]") -> None:
    for each in texts:
        who = f"to {each.address}" if each.by == "person" else f"from {each.address}"
        click.echo(f"{who}: {each.text}")
