"""Witnesses and timestamp authorities, entered, asked, listed and taken out by command."""

import pytest
from click.testing import CliRunner

from factories.stamping import need_openssl, send, serving, stamper
from factories.witnesses import witness_at
from factories.worlds import world
from yesword.cli.attest import command
from yesword.domain.errors import YeswordError
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer
from yesword.store import attesters, ledgers, log_troubles, models


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def run(sqlite_store):
    def run(*arguments):
        return CliRunner().invoke(command, [*map(str, arguments), "--data", str(sqlite_store.folder)])

    return run


@pytest.fixture
def log(sqlite_store):
    """Of a brand that has recorded two consents."""
    with world(sqlite_store) as here:
        here.members(2)
        Sequencer(store=sqlite_store, clock=lambda: here.at).round()
        with sqlite_store.database.read() as session:
            (found,) = ledgers.logs(session, here.club.brand)
        yield found


@pytest.fixture
def witness(sqlite_store, log, tmp_path):
    keys = list(logs.verifier_keys(sqlite_store, log).values())
    with witness_at(tmp_path / "witness", keys) as found:
        yield found


def test_a_witness_is_added_asked_listed_and_taken_out(run, witness):
    url, vkey = witness
    assert run("list").output == "Nobody vouches for the ledgers yet: see `yesword attest witness add`.\n"
    assert run("witness", "add", "W", url, vkey, "--brand", "demo").exit_code == 0
    asked = run("now")
    assert asked.output.startswith("example.org/ledger/demo, 2 records: cosigned by W on 2026-03-02 12:00:00")
    assert asked.exit_code == 0
    head, line = run("list").output.splitlines()
    assert head == f"witness W at {url}, for the brand demo"
    assert line.startswith("  example.org/ledger/demo: 2 records on 2")
    assert run("remove", "W").output == "W is asked no more. What it vouched for is kept.\n"
    assert run("list").output.splitlines()[0].endswith(", off")
    assert run("now").output == "There was nothing to ask: no head is new, or nobody is on.\n"


def test_an_authority_is_added_asked_and_listed_without_the_key_in_its_address(run, log, tmp_path):
    need_openssl()
    made = stamper(tmp_path / "clock")
    with serving(lambda to, query: send(to, made.reply(query))) as url:
        secret = f"{url}?customer=secret"
        added = run("stamp", "add", "clock", secret, "--roots", made.folder / "root.pem", "--every", 600)
        assert added.exit_code == 0, added.exception
        asked = run("now")
    assert ", 2 records: stamped by clock on 2" in asked.output
    listed = run("list").output
    assert listed.splitlines()[0] == "authority clock at 127.0.0.1, every 600 seconds"
    assert "secret" not in listed + asked.output


def test_who_does_not_answer_is_told_and_is_a_failure(run, log, tmp_path):
    with witness_at(tmp_path / "witness", []) as (url, vkey):
        pass
    run("witness", "add", "W", url, vkey, "--all")
    asked = run("now")
    assert asked.exit_code == 1
    assert "2 records: The witness" in asked.output
    assert "for all brands\n  example.org/ledger/demo: nothing yet\n    2" in run("list").output


def test_the_same_witness_again_is_changed_and_asked_again(run, witness):
    url, vkey = witness
    run("witness", "add", "W", url, vkey, "--brand", "demo")
    run("remove", "W")
    assert run("witness", "add", "W", f"{url}/", vkey, "--all").exit_code == 0
    (row,) = attesters.witnesses()
    assert (row.url, row.brand, row.is_on) == (f"{url}/", None, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"name": "two words"}, "cannot be the name", id="a name of two words"),
        pytest.param({"name": "none"}, "cannot be the name", id="the word that policies keep"),
        pytest.param({"url": "ftp://w.example"}, "https://", id="an address that is not of the web"),
        pytest.param({"vkey": "w.example+00000000+AAAA"}, "cannot be read", id="a key that is none"),
        pytest.param({"brand": "demi"}, "no brand demi", id="no such brand"),
    ],
)
def test_what_cannot_be_asked_is_not_added(run, witness, changed, said):
    asked = {"name": "W", "url": witness[0], "vkey": witness[1], "brand": "demo", **changed}
    answer = run("witness", "add", asked["name"], asked["url"], asked["vkey"], "--brand", asked["brand"])
    assert isinstance(answer.exception, YeswordError)
    assert said in str(answer.exception)
    assert not models.Witness.objects.exists()


def test_the_key_of_a_log_is_not_that_of_a_witness(run, witness, sqlite_store, log):
    (key,) = logs.verifier_keys(sqlite_store, log).values()
    answer = run("witness", "add", "W", witness[0], str(key), "--all")
    assert "for witnesses" in str(answer.exception)


@pytest.mark.parametrize("which", [[], ["--all", "--brand", "demo"]], ids=["neither", "both"])
def test_a_witness_is_of_one_brand_or_of_all(run, witness, which):
    assert run("witness", "add", "W", *witness, *which).exit_code == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(["--brand", "demo"], ["--brand", "demo"], id="for one brand"),
        pytest.param(["--all"], ["--brand", "demo"], id="for a brand, after all"),
        pytest.param(["--brand", "demo"], ["--all"], id="for all, after a brand"),
    ],
)
@pytest.mark.parametrize("is_removed", [False, True], ids=["asked", "asked no more"])
def test_one_witness_is_not_two_by_another_name(run, witness, first, second, is_removed):
    url, vkey = witness
    run("witness", "add", "W1", url, vkey, *first)
    if is_removed:
        run("remove", "W1")
    answer = run("witness", "add", "W2", url, vkey, *second)
    assert str(answer.exception).startswith("The key is that of the witness W1, which is here already")
    assert [each.name for each in attesters.witnesses()] == ["W1"]


def test_another_brand_may_know_a_witness_by_another_name(run, witness):
    models.Brand.objects.create(key="other", name="Other", country="NL", origin="other.example/ledger")
    run("witness", "add", "W1", *witness, "--brand", "demo")
    assert run("witness", "add", "W2", *witness, "--brand", "other").exit_code == 0


def test_a_name_stays_with_the_key_that_it_began_with(run, witness, tmp_path):
    run("witness", "add", "W", *witness, "--all")
    with witness_at(tmp_path / "other", []) as other:
        answer = run("witness", "add", "W", *other, "--all")
    assert "belongs to another" in str(answer.exception)
    need_openssl()
    roots = stamper(tmp_path / "clock").folder / "root.pem"
    answer = run("stamp", "add", "W", "http://clock.example", "--roots", roots)
    assert "belongs to another" in str(answer.exception)


def test_roots_that_are_no_certificates_are_refused(run, log, tmp_path):
    (tmp_path / "roots.pem").write_text("nonsense")
    answer = run("stamp", "add", "clock", "http://clock.example", "--roots", tmp_path / "roots.pem")
    assert "cannot be read" in str(answer.exception)
    assert not models.StampAuthority.objects.exists()


def test_nobody_can_be_removed_who_is_not_there(run, witness):
    run("witness", "add", "W", *witness, "--all")
    assert "There are: W." in str(run("remove", "V").exception)


def test_a_log_that_a_witness_wrongly_put_in_doubt_is_signed_again(run, witness, sqlite_store, log):
    run("witness", "add", "W", *witness, "--all")
    with sqlite_store.database.write() as session:
        session.run("trouble_log", id=log.id, trouble=log_troubles.WITNESS_AHEAD)
    models.Asking.objects.create(
        kind=ledgers.WITNESS,
        name="W",
        log=log.id,
        last_asked_at="2026-03-02T12:00Z",
        last_error_code="witness_ahead",
        last_error="It is ahead.",
    )
    assert "is signed again" not in run("remove", "W").output
    assert f"The ledger {log.origin} is signed again." in run("remove", "W", "--was-wrong").output
