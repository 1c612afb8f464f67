"""Accounts by commands: settings that are checked, secrets that stay in the folder of keys, a trial that sends nothing."""

import json
import stat
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from yesword.channels.declared import (
    AccountFileMissingError,
    AccountSettingNeededError,
    BadAccountSettingError,
    UnknownAccountSettingError,
)
from yesword.channels.http.provider import BadHttpSettingError
from yesword.channels.smpp.account import BadSettingError
from yesword.cli import group
from yesword.cli.account import (
    AccountInUseError,
    EmptySecretError,
    NotASettingError,
    TrialFailedError,
    UnknownSecretError,
)
from yesword.cli.setting_up import UnknownAccountError
from yesword.domain.errors import YeswordError
from yesword.sending import carriers
from yesword.store import account_secrets
from yesword.store.account_secrets import BadAccountKeyError
from yesword.store.models import Account, Sender
from yesword.worker import channels
from yesword.worker.channels import UnknownChannelError

SID = "AC0123456789abcdef0123456789abcdef"
CARDS = Path(__file__).parents[3] / "docs" / "examples"
TWILIO = [
    "--channel",
    "twilio",
    "--set",
    f"account_sid={SID}",
    "--set",
    "public_url=https://texts.example.com",
]


@pytest.fixture
def run(sqlite_store):
    def run(*arguments, input=None):  # noqa: A002 - as click calls it
        where = [] if arguments[:2] == ("account", "card") else ["--data", str(sqlite_store.folder)]
        found = CliRunner().invoke(group, [*arguments, *where], input=input)
        if isinstance(found.exception, YeswordError):
            raise found.exception
        assert found.exit_code == 0, (found.output, found.exception)
        return found.output

    return run


def test_an_account_is_added_set_listed_and_removed(run, sqlite_store):
    made = run("account", "add", "us", *TWILIO)
    address = f"https://texts.example.com/carriers/us/{account_secrets.callback_word(sqlite_store, 'us')}"
    assert address in made
    assert "yesword account secret us auth_token" in made
    assert "api_key_secret" not in made, "it is not needed"
    assert run("account", "add", "us", *TWILIO) == "The account us is there already.\n"

    run("account", "secret", "us", "auth_token", input="hush-hush\n")
    run("account", "set", "us", "per_second=2.5", "parallel=3")
    carrier = carriers.carrier(sqlite_store, Account.objects.get(key="us"))
    assert (carrier.settings.per_second, carrier.settings.parallel) == (2.5, 3)
    assert carrier.setup.secrets == {"auth_token": "hush-hush"}

    listed = run("account", "list")
    assert "us  twilio  no senders" in listed
    assert "per_second = 2.5" in listed
    assert address in listed
    assert "hush" not in listed

    run("account", "set", "us", "per_second=")
    assert "per_second" not in Account.objects.get(key="us").settings
    run("account", "remove", "us")
    assert account_secrets.read(sqlite_store, "us") == {}
    assert "No accounts yet" in run("account", "list")


def test_settings_in_tables_are_set_and_taken_away_one_by_one(run, sqlite_store):
    run("account", "add", "us", "--channel", "smpp", "--set", "host=a.example", "--set", "system_id=me")
    run("account", "set", "us", "dialect.errors.027=absent_subscriber", "dialect.errors.028=opted_out")
    run("account", "set", "us", "dialect.zone=Europe/Amsterdam", "own_codes.0x401=opted_out")
    run("account", "set", "us", "dialect.errors.027=")
    kept = Account.objects.get(key="us").settings
    assert kept["dialect"] == {"errors": {"028": "opted_out"}, "zone": "Europe/Amsterdam"}
    with pytest.raises(BadSettingError, match=r"own_codes\.0x402 .* cannot be opted-out"):
        run("account", "set", "us", "own_codes.0x402=opted-out")
    with pytest.raises(BadSettingError, match=r"codings\.gsm7 .* 999. Give a number from 0 to 255"):
        run("account", "set", "us", "codings.gsm7=999")
    run("account", "set", "us", "dialect.errors.028=", "dialect.zone=", "own_codes.0x401=")
    assert Account.objects.get(key="us").settings == {"host": "a.example", "system_id": "me"}


def test_secrets_stand_in_a_file_of_their_own_and_not_in_the_database(run, sqlite_store, tmp_path):
    run("account", "add", "us", *TWILIO)
    file = tmp_path / "token"
    file.write_text("from a file\n")
    run("account", "secret", "us", "auth_token", "--file", str(file))
    kept = sqlite_store.folder / "keys" / "account-us.json"
    assert json.loads(kept.read_text())["auth_token"] == "from a file"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "from a file" not in str(Account.objects.values())
    assert "from a file" not in repr(carriers.carrier(sqlite_store, Account.objects.get()))


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        pytest.param(
            ["account_sid=AC1", "colour=red"], UnknownAccountSettingError, id="a setting that it has not"
        ),
        pytest.param(["account_sid=AC1", "parallel=many"], BadAccountSettingError, id="no number"),
        pytest.param(["account_sid=AC1", "parallel=0"], BadHttpSettingError, id="a number too small"),
        pytest.param(
            ["account_sid=AC1", "public_url=http://example.com"], BadHttpSettingError, id="an open address"
        ),
        pytest.param(
            ["account_sid=AC1", "public_url=https://u:p@example.com"],
            BadHttpSettingError,
            id="a password in it",
        ),
        pytest.param(["account_sid=PN1"], BadHttpSettingError, id="not what the provider calls it"),
        pytest.param([], AccountSettingNeededError, id="what is needed is missing"),
        pytest.param(["account_sid"], NotASettingError, id="no value"),
    ],
)
def test_settings_that_cannot_be_make_no_account(run, settings, error):
    with pytest.raises(error):
        run(
            "account",
            "add",
            "us",
            "--channel",
            "twilio",
            *(part for each in settings for part in ("--set", each)),
        )
    assert not Account.objects.exists()


@pytest.mark.parametrize("key", ["../x", "a b", "x" * 41, ""])
def test_a_key_that_names_another_file_is_none(run, key):
    with pytest.raises(BadAccountKeyError):
        run("account", "add", key)


def test_what_is_not_there_is_told(run):
    run("account", "add", "us", *TWILIO)
    with pytest.raises(UnknownChannelError):
        run("account", "add", "x", "--channel", "carrier-pigeon")
    with pytest.raises(UnknownAccountError):
        run("account", "set", "x", "a=b")
    with pytest.raises(UnknownSecretError):
        run("account", "secret", "us", "pin", input="1")
    with pytest.raises(EmptySecretError):
        run("account", "secret", "us", "auth_token", input="\n")


def test_an_account_with_senders_stays(run):
    run("account", "add", "sim")
    Sender.objects.create(account=Account.objects.get(), address="800123", kind="short_code")
    with pytest.raises(AccountInUseError):
        run("account", "remove", "sim")
    assert Account.objects.exists()


def test_an_account_that_is_set_up_wrongly_holds_up_no_other(run, sqlite_store):
    run("account", "add", "sim")
    run("account", "add", "us", *TWILIO)  # without its secret
    Account.objects.create(key="old", channel="fax")
    assert [Account.objects.get(pk=pk).key for pk in channels.channels(sqlite_store)] == ["sim"]
    assert [Account.objects.get(pk=pk).key for pk in channels.receivers(sqlite_store)] == ["sim"]
    run("account", "secret", "us", "auth_token", input="hush")
    assert len(channels.channels(sqlite_store)) == 2
    assert len(channels.receivers(sqlite_store)) == 1, "its carrier calls in"


@contextmanager
def answering(status, body):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Authorization"]))
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_trial_signs_in_and_says_what_the_carrier_answers(run):
    run("account", "add", "us", *TWILIO)
    run("account", "secret", "us", "auth_token", input="hush")
    with answering(200, "{}") as (origin, asked):
        run("account", "set", "us", f"base_url={origin}")
        assert "answers 200: it signs in" in run("account", "test", "us")
    ((path, header),) = asked
    assert path == f"/2010-04-01/Accounts/{SID}.json"
    assert header.startswith("Basic ")
    with answering(401, "no hush\nhere \x1b[31m") as (origin, _):
        run("account", "set", "us", f"base_url={origin}")
        with pytest.raises(TrialFailedError, match="answers 401: no … here") as failed:
            run("account", "test", "us")
        assert "\x1b" not in str(failed.value)


@pytest.mark.parametrize("card", ["card-json.toml", "card-form.toml"])
def test_a_card_is_checked_and_says_what_an_account_with_it_needs(run, card):
    said = run("account", "card", "check", str(CARDS / card))
    assert "is a card: Example" in said
    assert "Wants the secret" in said


def test_a_file_is_kept_by_its_whole_path_for_processes_that_start_elsewhere(
    run, sqlite_store, tmp_path, monkeypatch
):
    (tmp_path / "own.toml").write_text((CARDS / "card-json.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "ca.pem").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    run("account", "add", "nl", "--channel", "generic", "--set", "card=own.toml", "--set", "values.project=x")
    smpp = ("--channel", "smpp", "--set", "host=smpp.example", "--set", "system_id=shop")
    run("account", "add", "dk", *smpp, "--set", "tls.authorities=ca.pem")
    run("account", "set", "nl", "card=./own.toml")
    kept = {row.key: row.settings for row in Account.objects.all()}
    assert kept["nl"]["card"] == str(tmp_path / "own.toml")
    assert kept["dk"]["tls"] == {"authorities": str(tmp_path / "ca.pem")}
    monkeypatch.chdir("/")
    run("account", "secret", "nl", "token", input="hush")


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        ("generic", "card"),
        ("smpp", "tls.authorities"),
        ("smpp", "tls.certificate"),
        ("smpp", "tls.key"),
    ],
)
def test_a_file_that_is_not_there_is_named(run, tmp_path, monkeypatch, kind, setting):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AccountFileMissingError) as raised:
        run("account", "add", "nl", "--channel", kind, "--set", f"{setting}=gone.txt")
    assert str(tmp_path / "gone.txt") in raised.value.message
    assert f"setting {setting}" in raised.value.message
    assert not Account.objects.exists()


def test_a_card_that_went_is_named_by_what_needs_it(run, sqlite_store, tmp_path):
    card = tmp_path / "own.toml"
    card.write_text((CARDS / "card-json.toml").read_text("utf-8"), "utf-8")
    run("account", "add", "nl", "--channel", "generic", "--set", f"card={card}", "--set", "values.project=x")
    card.unlink()
    with pytest.raises(AccountFileMissingError, match=r"own\.toml"):
        run("account", "test", "nl")
    with pytest.raises(AccountFileMissingError, match=r"own\.toml"):
        run("account", "secret", "nl", "token", input="hush")


def test_an_account_with_a_card_has_the_values_and_secrets_that_the_card_wants(run, sqlite_store):
    run(
        "account", "add", "nl", "--channel", "generic", "--set", f"card={CARDS / 'card-json.toml'}",
        "--set", "values.project=shop", "--set", "public_url=https://texts.example.com",
    )  # fmt: skip
    run("account", "secret", "nl", "token", input="hush")
    with pytest.raises(YeswordError, match="the secret signing_key"):
        carriers.carrier(sqlite_store, Account.objects.get())
    run("account", "secret", "nl", "signing_key", input="sign")
    trial = carriers.carrier(sqlite_store, Account.objects.get()).provider.trial()
    assert trial.url == "https://api.gateway.example/v2/shop/balance"
    assert trial.headers["Authorization"] == "Bearer hush"
