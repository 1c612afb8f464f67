"""Who acts from the command line: the account that is named, or else the user whom the machine knows.

Whoever may run commands on the machine may do what takes no right of its own, also where nobody has an account yet.
"""

import getpass
import os
from dataclasses import dataclass

import click

USER = click.option(
    "--user",
    "name",
    metavar="NAME",
    help="The account of whoever does it; without it the machine's own user is noted.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    user: int | None = None  # an account
    on_machine: str = ""  # the user of the machine, where no account is named


def acting(name: str | None) -> Actor:
    """Raises an error that says what is missing where the account may not act."""
    from yesword.accounts import rights

    return Actor(on_machine=machine_user()) if name is None else Actor(user=rights.acting(name).pk)


def machine_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container the number may have no name
        return f"uid {os.getuid()}"
