"""`yesword ledger`: checking the ledgers, and deciding about one that may not be signed any more."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from factories.tampering import Hands
from factories.worlds import world
from yesword.cli.ledger import command
from yesword.domain.errors import YeswordError
from yesword.ledger.policy import check, read_policy
from yesword.proof.sequencer import Sequencer
from yesword.store import ledgers, log_troubles


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        sequence(made)
        yield made


def sequence(here, clock=None):
    sequencer = Sequencer(store=here.store, clock=clock or (lambda: here.at))
    sequencer.recover()
    while sequencer.round():
        pass


@pytest.fixture
def run(here):
    def run(*arguments, typed=None):
        return CliRunner().invoke(
            command, [*arguments, "--data", str(here.store.folder)], input=typed, standalone_mode=True
        )

    return run


def log_of(here):
    with here.store.database.read() as session:
        return ledgers.logs(session)[-1]


def head_of(here):
    return here.store.folder / "journal" / f"log-{log_of(here).id}.checkpoint"


def test_an_audit_says_what_it_saw_and_that_everything_fits(run, here):
    answer = run("audit")
    assert answer.exit_code == 0, answer.output
    log = log_of(here)
    assert f"{log.origin}: {log.size} records under {log.frontier.root().hex()}" in answer.output
    assert "1 people with 2 events, 0 of them erased" in answer.output
    assert answer.output.endswith("Everything fits.\n")


def test_an_audit_for_programs_is_one_object(run):
    answer = json.loads(run("audit", "--json", "--brand", "demo").stdout)
    assert answer["ok"] is True
    assert (answer["events"], answer["misfits"], answer["told"]) == (2, 0, [])
    assert answer["logs"][0]["origin"] == "example.org/ledger/demo"


def test_an_audit_names_the_first_thing_that_does_not_fit_and_fails(run, here):
    hands = Hands(store=here.store)
    hands.drop_guards()
    hands.flip("consent_event", "entry", "seq = 2")
    event = hands.name(hands.one("SELECT id FROM consent_event WHERE seq = 2"))
    answer = run("audit")
    assert answer.exit_code == 1
    assert "The first thing that does not fit (consent_event, leaf_not_of_entry):" in answer.output
    assert f"  Event {event}: its leaf hash is not that of its entry." in answer.output
    told = json.loads(run("audit", "--json").stdout)
    assert told["ok"] is False
    assert told["told"][0] == {
        **told["told"][0],
        "code": "leaf_not_of_entry",
        "where": "consent_event",
        "event": event,
    }


def test_an_audit_does_without_keys_and_says_so(run, here):
    (here.store.folder / "keys" / "pepper-1.key").unlink()
    answer = run("audit")
    assert answer.exit_code == 1
    assert "(keys, keys_unfit)" in answer.output


def test_a_brand_that_is_not_there_is_named(run):
    answer = run("audit", "--brand", "nobody")
    assert isinstance(answer.exception, YeswordError)
    assert "nobody" in answer.exception.message


def test_the_status_tells_sizes_what_waits_and_who_vouched(run, here):
    here.members(2)
    log = log_of(here)
    answer = run("status")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert lines[0] == log.origin
    assert lines[1] == f"  {log.size} records, signed 2026-03-02 12:00:40 UTC"
    assert lines[2].startswith("  2 wait for their place, the first since 2026-03-02 12:00:40 UTC")
    assert lines[3] == "  nobody outside has vouched for it"
    (told,) = json.loads(run("status", "--json").stdout)["logs"]
    assert (told["size"], told["published"], told["waiting"]) == (log.size, log.size, 2)


def test_the_status_of_a_log_in_trouble_says_what_to_do_and_fails(run, here):
    head_of(here).unlink()
    sequence(here)
    here.members(1)
    sequence(here)
    answer = run("status")
    assert answer.exit_code == 1
    assert f"NOT SIGNED ANY MORE: {log_troubles.NO_HEAD}" in answer.output
    assert "yesword ledger accept" in answer.output


def test_without_any_log_the_status_says_so(sqlite_store):
    answer = CliRunner().invoke(command, ["status", "--data", str(sqlite_store.folder)])
    assert answer.exit_code == 0
    assert "There is no log yet" in answer.output


def test_the_policy_is_one_that_the_head_satisfies(run, here):
    policy = read_policy(run("policy", "--brand", "demo").stdout)
    assert check(policy, head_of(here).read_text()).holds


def test_accepting_wants_the_name_of_the_log(run, here):
    answer = run("accept")
    assert isinstance(answer.exception, YeswordError)
    assert answer.exception.code == "ledger_head_known"
    head_of(here).unlink()
    refused = run("accept", typed="yes\n")
    assert refused.exit_code == 1
    assert not head_of(here).exists()
    log = log_of(here)
    done = run("accept", typed=f"{log.origin}\n")
    assert done.exit_code == 0
    assert f"root {log.frontier.root().hex()}" in done.output
    assert head_of(here).exists()


def test_accepting_is_done_unasked_with_yes(run, here):
    head_of(here).unlink()
    assert run("accept", "--yes").exit_code == 0
    assert head_of(here).exists()


def test_continuing_tells_what_it_would_do_and_does_it_when_told_to(run, here):
    refused = run("continue")
    assert isinstance(refused.exception, YeswordError)
    assert refused.exception.code == "ledger_nothing_to_continue"

    log = log_of(here)
    dry = run("continue", "--reason", "moved to another house")
    assert dry.exit_code == 0
    assert f"Given up: {log.origin}, {log.size} records" in dry.output
    assert dry.output.endswith("Nothing was changed. Add --yes to do it.\n")
    assert log_of(here) == log

    done = run("continue", "--reason", "moved to another house", "--yes")
    assert f"Begun: {log.origin}/2" in done.output
    sequence(here, lambda: datetime.now(UTC))  # when the command says that it was
    told = run("audit")
    assert told.exit_code == 0, told.output
    assert "It was given up: moved to another house" in told.output
    assert "given up; another log follows it" in run("status").output
