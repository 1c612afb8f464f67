"""The one command line. Each command lives in a file of its own and is loaded only when it is named."""

import importlib
import sys
from typing import Any, Final

import click

from yesword import __version__
from yesword.cli.misuse import FAILED, exit_code
from yesword.domain.errors import YeswordError

# Command → (module, attribute).
_COMMANDS: Final = {
    "account": ("account", "command"),
    "alerts": ("alerts", "command"),
    "attest": ("attest", "command"),
    "auditor": ("auditor", "command"),
    "audit-answer": ("audit_answer", "command"),
    "bench": ("bench", "command"),
    "brand": ("setting_up", "brand"),
    "campaign": ("campaign", "command"),
    "carrier": ("processes", "carrier"),
    "check": ("check", "command"),
    "contest": ("contest", "command"),
    "demo": ("demo", "command"),
    "dispatch": ("processes", "dispatch"),
    "evidence": ("evidence", "command"),
    "exclude": ("exclude", "command"),
    "exclusions": ("exclude", "list_command"),
    "faults": ("faults", "command"),
    "figures": ("figures", "command"),
    "halt": ("halt", "halt"),
    "handset": ("handset", "command"),
    "hook": ("hook", "command"),
    "import": ("imports", "command"),
    "import-list": ("import_followups", "list_command"),
    "import-undo": ("import_followups", "undo_command"),
    "invitations": ("invite", "group"),
    "invite": ("invite", "command"),
    "keys": ("keys", "command"),
    "leave": ("leave", "command"),
    "ledger": ("ledger", "command"),
    "lint": ("lint", "command"),
    "metrics": ("top", "metrics_command"),
    "numbers": ("numbers", "command"),
    "pace": ("pace", "command"),
    "pack": ("pack", "command"),
    "paper": ("paper", "command"),
    "pause": ("pause", "command"),
    "point": ("point", "command"),
    "pool": ("pool", "command"),
    "privacy": ("privacy", "command"),
    "proclaim": ("proclaim", "command"),
    "program": ("setting_up", "program"),
    "receipt": ("receipt", "command"),
    "receive": ("processes", "receive"),
    "registration": ("registration", "command"),
    "registry": ("registry", "command"),
    "renewals": ("renewals", "command"),
    "resume": ("halt", "resume"),
    "rules": ("rules", "command"),
    "sender": ("setting_up", "sender"),
    "sequence": ("processes", "sequence"),
    "serve": ("serve", "command"),
    "silence": ("silence", "command"),
    "spoken": ("spoken", "command"),
    "status": ("halt", "status"),
    "store": ("store", "command"),
    "text": ("text", "command"),
    "top": ("top", "command"),
    "torture": ("torture", "command"),
    "triage": ("triage", "command"),
    "understand": ("understand", "command"),
    "verify": ("verify", "command"),
    "web": ("processes", "web"),
    "webhook": ("webhook", "command"),
    "why": ("why", "command"),
    "witness": ("witness", "command"),
}


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
        sys.exit(exit_code(error))
    except Exception as error:
        # Only now, since most commands never open a store: what a database raises is known there.
        from yesword.store.fullness import DiskFullError, is_full
        from yesword.store.outages import outage

        found = outage(error)
        if is_full(error):
            said = DiskFullError().message
        elif found is not None:
            said = found.message
        elif isinstance(error, OSError):
            # A path that is not there, no right to write: the system's own words say it best.
            said = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        else:
            raise
        click.echo(f"yesword: {said}", err=True)
        sys.exit(FAILED)
