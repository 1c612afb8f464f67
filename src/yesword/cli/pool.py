"""`yesword pool`: the senders that a program may text from besides its own."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.finding import find_program
from yesword.cli.misuse import MisuseError
from yesword.cli.options import using, with_store
from yesword.cli.setting_up import find_sender

if TYPE_CHECKING:
    from yesword.store.models import Program

_ACCOUNT = click.option(
    "--account", "account_key", metavar="KEY", help="Of which account, where several have such a sender."
)


class NotInPoolError(MisuseError):
    """{address} is none of the further senders of {program}. `yesword pool show {program}` lists them."""

    code = "not_in_pool"


@click.group("pool")
def command() -> None:
    """The senders of a program: its own, and further ones for other countries and classes, or for when its own fails.

    Whoever was texted from one of them keeps it. Answers go out from whatever was texted, and a STOP to any of them ends
    the program. What a sender is for is said with `yesword sender`.
    """


@command.command("show")
@click.argument("program")
@with_store
def show(program: str, data: Path, database_url: str | None) -> None:
    """Show the senders of PROGRAM in their order."""
    with using(data, database_url):
        _show(_row(program))


@command.command("add")
@click.argument("program")
@click.argument("address")
@_ACCOUNT
@click.option(
    "--place",
    type=click.IntRange(0, 100),
    default=1,
    show_default=True,
    help="0: shares people with the program's own sender. 1 and on: only for what those before it do not carry.",
)
@with_store
def add(
    program: str, address: str, account_key: str | None, place: int, data: Path, database_url: str | None
) -> None:
    """Let PROGRAM text from the sender ADDRESS too, or give that another place."""
    with using(data, database_url) as store:
        from yesword.store import pools

        row = _row(program)
        with store.database.write():
            pools.add(row, find_sender(address, account_key), place)
        _show(row)


@command.command("remove")
@click.argument("program")
@click.argument("address")
@_ACCOUNT
@with_store
def remove(program: str, address: str, account_key: str | None, data: Path, database_url: str | None) -> None:
    """Text nobody of PROGRAM from ADDRESS any more. Whoever was gets another sender with the next text."""
    with using(data, database_url) as store:
        from yesword.store import pools

        row = _row(program)
        with store.database.write():
            is_gone = pools.remove(row, find_sender(address, account_key))
        if not is_gone:
            raise NotInPoolError(address=address, program=program)
        _show(row)


def _row(key: str) -> "Program":
    from yesword.store.models import Program

    return Program.objects.get(pk=find_program(key).id)


def _show(row: "Program") -> None:
    from yesword.store import pools
    from yesword.store.models import Account

    accounts = dict(Account.objects.values_list("pk", "key"))
    pool = pools.of_program(row.pk)
    for each in pool.senders:
        where = ", ".join(sorted(each.countries)) or "anywhere"
        what = ", ".join(sorted(each.classes)) or "everything"
        own = " (its own)" if each.id == pool.own else ""
        click.echo(
            f"{each.position}  {each.facts.address} of {accounts[each.account]}{own}: to {where}; {what}."
        )
