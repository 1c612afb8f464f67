"""`yesword keys`: which keys the store has, changing them, and taking away those that nothing needs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from yesword.cli.attest import witnesses_to_tell
from yesword.cli.finding import find_brand
from yesword.cli.options import opened, using, with_store

_KINDS = ("wrapping", "pepper")

# Keys that may be lost: each is made anew when it is needed.
_OTHERS: Final = {
    "django-secret": "signs sessions and forms of the console; without it everybody has to sign in again",
    "simulator-token": "lets the simulated carrier and this installation know each other; made anew if it is lost",
    "spool.key": "seals what came in while another key was missing; needed until that was acted on",
}


@click.group("keys")
def command() -> None:
    """Look after the key files. Back them up apart from the store: see the guide on keys."""


@command.command("list")
@with_store
def listed(data: Path, database_url: str | None) -> None:
    """Name every file of the keys folder and every key that should be there, and say whether anything needs it."""
    with using(data, database_url) as store:
        from yesword.proof import logs
        from yesword.store import keyfiles, ledgers, rotating

        told: dict[str, str] = {}
        for each in rotating.uses(store):
            state = (
                "in use" if each.is_newest else "still needed" if each.is_needed else "not needed any more"
            )
            told[f"{each.kind}-{each.number}.key"] = state
        wrapping, _ = store.vault.rows.in_use()
        held = {-number for number in wrapping if number < 0}  # as the vault numbers them
        there = {path.name for path in keyfiles.keys_folder(store.folder).iterdir()}
        for number in sorted({*held, *keyfiles.numbers(store.folder, keyfiles.HOLD)}):
            name = f"{keyfiles.HOLD}-{number}.key"
            need = "proof that is kept for legal claims" + (
                "" if number in held else ", of which there is none yet"
            )
            told[name] = f"{'opens' if name in there else 'NOT HERE; it opens'} {need}"
        with store.database.read() as session:
            known = ledgers.logs(session)
        for log in known:
            for number, key in logs.verifier_keys(store, log).items():
                state = "signs" if number == log.key_number else "signed before"
                name = logs.key_name(log.brand, log.generation, number)
                told[name] = f"{state if name in there else f'NOT HERE; {state}'} {key}"
        for name in sorted(there - set(told)):
            if not name.startswith("."):
                told[name] = _OTHERS.get(name, "not a key that anything here asks for")
        for name, state in told.items():
            click.echo(f"{name}: {state}")


@command.command("rotate")
@with_store
@click.argument("kind", type=click.Choice([*_KINDS, "ledger"]))
@click.option(
    "--brand",
    help="Of `ledger`: the brand whose log gets a new key; may be left out where there is one only.",
)
def rotate(data: Path, database_url: str | None, kind: str, brand: str | None) -> None:
    """Make the next key of a KIND and move everything to it.

    `wrapping` and `pepper` need everything else stopped, and go on where they were stopped themselves. `ledger` may be
    changed while all runs: the next head of the log is signed by both keys.
    """
    store = opened(data, database_url)

    from yesword.domain.ids import BrandId
    from yesword.proof import logs
    from yesword.store import programs, rotating

    if kind == "ledger":
        row = find_brand(brand)
        log = logs.open_log(store, programs.brand(row.pk), datetime.now(UTC))
        key = logs.change_key(store, log, datetime.now(UTC))
        click.echo(f"The log {log.origin} is signed by a new key from its next head on: {key}")
        click.echo("Publish it beside the old one; give it to whoever checks receipts.")
        for line in witnesses_to_tell(BrandId(row.pk)):
            click.echo(line)
    else:
        store = rotating.rotate(
            store, kind, lambda moved: click.echo(f"\r{moved:,} moved", nl=False, err=True)
        )
        click.echo("", err=True)
        click.echo(f"Everything is under the newest {kind} key. Back up the keys folder now.")
        click.echo("`yesword keys list` says whether the older one is still needed.")
    store.close()


@command.command("retire")
@with_store
@click.argument("name", metavar="KIND-NUMBER")
@click.option("--yes", is_flag=True, help="Do it. Without this, only what would be done is told.")
def retire(data: Path, database_url: str | None, name: str, *, yes: bool) -> None:
    """Take away a key that nothing needs, such as `wrapping-1`. Older backups of the vault need it to be read."""
    store = opened(data, database_url)

    from yesword.store import rotating

    kind, _, number = name.partition("-")
    if kind not in _KINDS or not number.isdecimal():
        raise click.BadParameter("write it as wrapping-1 or pepper-1", param_hint="KIND-NUMBER")
    if yes:
        rotating.retire(store, kind, int(number))
        click.echo(f"{name}.key is gone.")
    else:
        needed = [each for each in rotating.uses(store) if (each.kind, each.number) == (kind, int(number))]
        is_free = bool(needed) and not needed[0].is_needed and not needed[0].is_newest
        click.echo(f"{name}.key {'would be taken away' if is_free else 'stays: it is needed, or not there'}.")
        click.echo("Nothing was changed. Add --yes to do it.")
    store.close()
