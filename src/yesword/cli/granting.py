"""`allow` and `disallow`, for each group of commands that has a right of its own to give."""

from pathlib import Path

import click

from yesword.cli.options import using, with_store


def add_granting(group: click.Group, right: str, what: str) -> None:
    """Add both to the group. `right` is the name of an `accounts.rights.Right`, `what` says what it allows."""

    @group.command("allow", help=f"Let the account NAME {what}. Owners always may.")
    @click.argument("name")
    @with_store
    def allow(name: str, data: Path, database_url: str | None) -> None:
        with using(data, database_url):
            from yesword.accounts import rights

            rights.give(name, rights.Right[right])
            click.echo(f"{name} may {what}.")

    @group.command("disallow", help="Take that right from the account NAME. An owner keeps it.")
    @click.argument("name")
    @with_store
    def disallow(name: str, data: Path, database_url: str | None) -> None:
        with using(data, database_url):
            from yesword.accounts import rights

            user = rights.take_back(name, rights.Right[right])
            keeps = " As an owner they still may." if rights.has(user, rights.Right[right]) else ""
            click.echo(f"{name} no longer has the right to {what}.{keeps}")
