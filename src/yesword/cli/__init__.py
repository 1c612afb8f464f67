"""The one command line. Each command lives in a file of its own and is loaded only when it is named."""

import importlib
import sys
from typing import Any, Final

import click

from yesword import __version__
from yesword.domain.errors import YeswordError

# Command → (module, attribute).
_COMMANDS: Final = {
    "account": ("setting_up", "account"),
    "attest": ("attest", "command"),
    "auditor": ("auditor", "command"),
    "audit-answer": ("audit_answer", "command"),
    "bench": ("bench", "command"),
    "brand": ("setting_up", "brand"),
    "campaign": ("campaign", "command"),
    "carrier": ("processes", "carrier"),
    "check": ("check", "command"),
    "demo": ("demo", "command"),
    "dispatch": ("processes", "dispatch"),
    "evidence": ("evidence", "command"),
    "import": ("imports", "command"),
    "keys": ("keys", "command"),
    "ledger": ("ledger", "command"),
    "lint": ("lint", "command"),
    "pack": ("pack", "command"),
    "privacy": ("privacy", "command"),
    "proclaim": ("proclaim", "command"),
    "program": ("setting_up", "program"),
    "receipt": ("receipt", "command"),
    "receive": ("processes", "receive"),
    "registration": ("registration", "command"),
    "registry": ("registry", "command"),
    "renewals": ("renewals", "command"),
    "rules": ("rules", "command"),
    "sender": ("setting_up", "sender"),
    "sequence": ("processes", "sequence"),
    "serve": ("serve", "command"),
    "silence": ("silence", "command"),
    "store": ("store", "command"),
    "text": ("text", "command"),
    "torture": ("torture", "command"),
    "triage": ("triage", "command"),
    "understand": ("understand", "command"),
    "verify": ("verify", "command"),
    "web": ("processes", "web"),
    "why": ("why", "command"),
    "witness": ("witness", "command"),
}
FAILED: Final = 1


class LateGroup(click.Group):
    """A group that imports a command when it is asked for: `yesword text` must not pay for Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [name for name in _COMMANDS if _find(name) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        return _find(cmd_name)


def _find(name: str) -> click.Command | None:
    if name not in _COMMANDS:
        return None
    module, attribute = _COMMANDS[name]
    found: click.Command = getattr(importlib.import_module(f"yesword.cli.{module}"), attribute)
    return found


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="yesword")
def group() -> None:
    """Self-hosted SMS permission: collect consent, prove it, enforce it on every text, end it at once.

    Exit codes: 0 done, 1 it failed, 2 the command was not understood. `check` answers with 0 send, 3 wait, 4 refuse.
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; an error of ours is a sentence and an exit code, never a traceback."""
    try:
        return group.main(arguments, prog_name="yesword")
    except YeswordError as error:
        click.echo(f"yesword: {error}", err=True)
        sys.exit(FAILED)
    except OSError as error:
        # A path that is not there, a full disk, no right to write: the system's own words say it best.
        named = f": {error.filename}" if error.filename else ""
        click.echo(f"yesword: {error.strerror or error}{named}", err=True)
        sys.exit(FAILED)
