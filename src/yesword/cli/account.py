"""`yesword account`: accounts with carriers, what they are set to, and their secrets."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yesword.cli.given import read_text
from yesword.cli.misuse import MisuseError
from yesword.cli.opt_outs import opt_outs
from yesword.cli.options import using, with_store
from yesword.cli.setting_up import UnknownAccountError
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.store.models import Account
    from yesword.store.opening import Store

_SIMULATOR: Final = "simulator"
_SMPP: Final = "smpp"
_LONGEST_SECRET: Final = 16_384
_WITHIN_S: Final = 10.0


class NotASettingError(MisuseError):
    """{text} is no setting. Write NAME=VALUE; NAME= takes it away."""

    code = "account_not_a_setting"


class UnknownSecretError(MisuseError):
    """Accounts of {channel} have no secret {name}. They have: {known}."""

    code = "unknown_account_secret"


class EmptySecretError(MisuseError):
    """The secret is empty. Give it on standard input, or name a file with --file."""

    code = "account_secret_empty"


class AccountInUseError(YeswordError):
    """The account {account} has senders: {senders}. An account that ever sent stays."""

    code = "account_in_use"


class TrialFailedError(YeswordError):
    """The carrier of {account} answers {status}: {said}"""

    code = "account_trial_failed"


@click.group("account")
def command() -> None:
    """Accounts with carriers."""


@command.command("list")
@with_store
def list_accounts(data: Path, database_url: str | None) -> None:
    """The accounts, their senders and settings, and where their carriers call. No secrets."""
    with using(data, database_url, needs_keys=False) as store:
        from yesword.store.models import Account

        rows = list(Account.objects.order_by("key").prefetch_related("sender_set"))
        for row in rows:
            senders = ", ".join(sorted(each.address for each in row.sender_set.all())) or "no senders"
            click.echo(f"{row.key}  {row.channel}  {senders}")
            for name, value in sorted(row.settings.items()):
                click.echo(f"    {name} = {value}")
            if address := _callback(store, row):
                click.echo(f"    called at {address}")
        if not rows:
            click.echo("No accounts yet. `yesword account add` makes one.")


_SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting; may be repeated."
)


@command.command("add")
@click.argument("key")
@click.option("--channel", default=_SIMULATOR, show_default=True, help="What speaks with it, such as twilio.")
@_SETTINGS
@click.option(
    "--answers-stop", is_flag=True, help="The carrier itself answers STOP: then Yesword confirms nothing."
)
@with_store
def add_account(
    key: str,
    channel: str,
    settings: tuple[str, ...],
    data: Path,
    database_url: str | None,
    *,
    answers_stop: bool,
) -> None:
    """Add the account KEY. Prints the address to enter at a provider that calls in."""
    with using(data, database_url, may_create=True) as store:
        from yesword.store import account_secrets
        from yesword.store.models import Account
        from yesword.worker.channels import MAKERS, UnknownChannelError

        if channel not in MAKERS:
            raise UnknownChannelError(account=key, channel=channel, known=", ".join(MAKERS))
        account_secrets.check_key(key)
        found = Account.objects.filter(key=key).first()
        if found is not None:
            click.echo(f"The account {key} is there already.")
            return
        row = Account(key=key, channel=channel, answers_stop=answers_stop)
        row.settings = _changed(row, settings)
        if _is_called(row) and "public_url" not in row.settings:
            row.settings["public_url"] = _origin(store)
        _check(row)
        row.save()
        click.echo(f"Added the account {key}.")
        if address := _callback(store, row):
            click.echo(f"Enter at the provider, for texts that come in and for reports: {address}")
        for name, called in _missing(store, row):
            click.echo(f"Next: yesword account secret {key} {name}   ({called})")


@command.command("set")
@click.argument("key")
@click.argument("settings", nargs=-1, required=True, metavar="NAME=VALUE...")
@with_store
def set_settings(key: str, settings: tuple[str, ...], data: Path, database_url: str | None) -> None:
    """Change settings of the account KEY. NAME= takes one away. Processes take it up when they start the next time."""
    with using(data, database_url) as store:
        row = find(key)
        row.settings = _changed(row, settings)
        _check(row)
        row.save(update_fields=["settings"])
        for name, value in sorted(row.settings.items()):
            click.echo(f"{name} = {value}")
        if address := _callback(store, row):
            click.echo(f"called at {address}")


@command.command("secret")
@click.argument("key")
@click.argument("name")
@click.option(
    "--file",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Where it stands; else it is read from standard input.",
)
@with_store
def set_secret(key: str, name: str, source: Path | None, data: Path, database_url: str | None) -> None:
    """Set the secret NAME of the account KEY. It is kept in the folder of keys, and nowhere else."""
    with using(data, database_url) as store:
        from yesword.store import account_secrets

        row = find(key)
        known = _secrets_of(row)
        if name not in known:
            raise UnknownSecretError(channel=row.channel, name=name, known=", ".join(known) or "none")
        if source is not None:
            value = read_text(source)
        elif sys.stdin.isatty():
            value = click.prompt(name, hide_input=True)
        else:
            value = sys.stdin.read(_LONGEST_SECRET)
        if not (value := value.strip()):
            raise EmptySecretError
        account_secrets.set_one(store, row.key, name, value)
        click.echo(f"The secret {name} of {key} is set.")


@command.command("test")
@click.argument("key")
@with_store
def test_account(key: str, data: Path, database_url: str | None) -> None:
    """Sign in to the carrier of KEY, without sending anything, and say what it answers."""
    with using(data, database_url) as store:
        from yesword.channels.http import trying
        from yesword.sending import carriers
        from yesword.worker import smpp_accounts
        from yesword.worker.channels import channel

        row = find(key)
        if row.channel == _SMPP:
            click.echo(f"The carrier of {key} at {smpp_accounts.sign_in(store, row)} lets it in.")
            return
        if not carriers.is_http(row):
            channel(store, row).close()
            click.echo(f"{key} is set up.")
            return
        carrier = carriers.carrier(store, row)
        request = carrier.provider.trial()
        if request is None:
            click.echo(f"{key} is set up. Its provider has no request that only signs in.")
            return
        reply = trying.ask(request, _WITHIN_S)
        if not 200 <= reply.status < 300:
            said = trying.told(reply, tuple(carrier.setup.secrets.values()))
            raise TrialFailedError(account=key, status=reply.status, said=said or "nothing")
        click.echo(f"The carrier of {key} answers {reply.status}: it signs in.")
        if not carrier.setup.callback_url:
            click.echo(
                "It cannot call in: set public_url to where this installation is reached from outside."
            )


@command.command("remove")
@click.argument("key")
@with_store
def remove_account(key: str, data: Path, database_url: str | None) -> None:
    """Remove the account KEY and its secrets. One that has senders stays."""
    with using(data, database_url) as store:
        from yesword.store import account_secrets

        row = find(key)
        if senders := sorted(row.sender_set.values_list("address", flat=True)):
            raise AccountInUseError(account=key, senders=", ".join(senders))
        row.delete()
        account_secrets.forget(store, key)
        click.echo(f"Removed the account {key}.")


command.add_command(opt_outs)


@command.group("card")
def card() -> None:
    """Cards: providers that are described in a small file."""


@card.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_card(file: Path) -> None:
    """Say whether FILE is a card, and what an account with it needs. Sends nothing and needs no store."""
    from yesword.channels.http.card import load

    found = load(file)
    click.echo(f"{file.name} is a card: {found.name}.")
    click.echo(f"It sends by {found.sending.method} to {found.sending.url.source}")
    if found.calls is None:
        click.echo("It takes no calls, so nothing comes in and no report does.")
    else:
        brought = [
            name for name, part in (("texts", found.calls.inbound), ("reports", found.calls.report)) if part
        ]
        click.echo(
            f"Calls bring {' and '.join(brought)}, and are proven by {found.calls.proof.scheme.value}."
        )
    for name in sorted(found.values):
        click.echo(f"Wants the setting values.{name}")
    for name in sorted(found.secrets):
        click.echo(f"Wants the secret {name}")


def find(key: str) -> "Account":
    from yesword.store.models import Account

    row = Account.objects.filter(key=key).first()
    if row is None:
        known = ", ".join(Account.objects.order_by("key").values_list("key", flat=True)) or "none"
        raise UnknownAccountError(key=key, known=known)
    return row


def _changed(row: "Account", settings: Iterable[str]) -> dict[str, Any]:
    """The row's settings with these changes, each checked against what its kind declares."""
    from yesword.channels import declared

    found = dict(row.settings)
    for text in settings:
        name, is_setting, value = text.partition("=")
        if not is_setting or not name:
            raise NotASettingError(text=text.partition("=")[0])
        if not value:
            found = _without(found, name)
            continue
        kept = declared.parse(row.key, _settings_class(row), name, value)
        declared.check_file(row.key, _settings_class(row), name, value)
        found = _joined(found, {name.partition(".")[0]: kept})
    return found


def _joined(found: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Tables in both are joined, too."""
    both = {
        name: _joined(found[name], value)
        for name, value in more.items()
        if isinstance(value, dict) and isinstance(found.get(name), dict)
    }
    return found | more | both


def _without(found: dict[str, Any], name: str) -> dict[str, Any]:
    """A table of which nothing is left goes with its last setting."""
    first, _, rest = name.partition(".")
    table = found.get(first)
    left = _without(table, rest) if rest and isinstance(table, dict) else {}
    others = {each: value for each, value in found.items() if each != first}
    return {**others, first: left} if left else others


def _settings_class(row: "Account") -> type[Any]:
    from yesword.channels.http import kinds
    from yesword.channels.smpp import SmppAccount
    from yesword.worker.channels import SimulatorSettings

    if row.channel == _SMPP:
        return SmppAccount
    return SimulatorSettings if row.channel == _SIMULATOR else kinds.kind_of(row.channel).settings


def _check(row: "Account") -> None:
    """Raises what `declared` and the kind raise where a setting is missing or wrong."""
    from yesword.channels import declared
    from yesword.channels.http.provider import HttpSettings, check_settings
    from yesword.worker import smpp_accounts

    if row.channel == _SMPP:
        smpp_accounts.settings_of(row.key, row.settings)
        return
    settings = declared.read(row.key, _settings_class(row), row.settings)
    if isinstance(settings, HttpSettings):
        check_settings(row.key, settings)


def _is_called(row: "Account") -> bool:
    from yesword.sending import carriers

    return carriers.is_http(row)


def _callback(store: "Store", row: "Account") -> str:
    from yesword.sending import carriers

    if not carriers.is_http(row):
        return ""
    return carriers.callback_url(store, row.key, row.settings.get("public_url", ""))


def _origin(store: "Store") -> str:
    from yesword.web.public.addresses import origin

    return origin(run=store.run)


def _secrets_of(row: "Account") -> dict[str, str]:
    """The secrets that its kind or its card wants, and what each is called."""
    from yesword.channels.http import generic, kinds
    from yesword.worker import smpp_accounts

    if row.channel == _SMPP:
        return dict(smpp_accounts.SECRETS)
    if not _is_called(row):
        return {}
    named = {each.name: each.called for each in kinds.kind_of(row.channel).secrets}
    if row.channel == generic.NAME:
        card = generic.card_of(row.key, Path(row.settings["card"]))
        named |= dict.fromkeys(sorted(card.secrets), "as the card wants it")
    return named


def _missing(store: "Store", row: "Account") -> list[tuple[str, str]]:
    from yesword.channels.http import kinds
    from yesword.store import account_secrets

    known = account_secrets.read(store, row.key)
    of_kind = kinds.kind_of(row.channel).secrets if _is_called(row) else ()
    optional = {each.name for each in of_kind if not each.is_needed}
    return [
        (name, called)
        for name, called in _secrets_of(row).items()
        if name not in known and name not in optional
    ]
