"""Silence under a policy that asks for witnesses: under which checkpoint it is shown, and whether that is enough."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from factories.packed import own_policy, sequence, with_witness, witnessed
from factories.worlds import ANNA, World, world
from yesword.cli import group
from yesword.ledger.checkpoint import read_checkpoint
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.policy import Policy, write_policy
from yesword.ledger.silence import Look, Silence, check, write_silence
from yesword.proof.silence import sent_to
from yesword.store.opening import Store

BEN, CLEO = "+31611110001", "+31611110002"


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def told_under(policy: Policy, silence: Silence, tmp_path: Path) -> tuple[int, str]:
    """What `yesword verify` says of the file under this policy, and its exit code."""
    file, policy_file = tmp_path / "silence.json", tmp_path / "policy.txt"
    file.write_bytes(write_silence(silence))
    policy_file.write_text(write_policy(policy))
    done = CliRunner().invoke(group, ["verify", str(file), "--policy", str(policy_file)])
    return done.exit_code, done.output


def span_of_one_campaign(here: World) -> tuple[datetime, datetime]:
    """With hand-overs of the same process after it."""
    here.join()
    here.wait(minutes=1)
    since = here.at
    here.plan(here.contact().id)
    here.settle()
    until = here.at
    here.wait(minutes=1)
    here.join(BEN)
    sequence(here)
    return since, until


def test_a_file_under_a_checkpoint_that_a_witness_has_seen_is_proven_under_a_policy_that_asks_for_it(
    on_both: World, tmp_path: Path
) -> None:
    here = on_both
    since, until = span_of_one_campaign(here)
    wanting = with_witness(own_policy(here))
    exit_code, told = told_under(wanting, sent_to(here.store, here.contact(), since, until), tmp_path)
    assert (exit_code, "Seen by: nobody" in told) == (1, True)
    witnessed(here)
    exit_code, told = told_under(wanting, sent_to(here.store, here.contact(), since, until), tmp_path)
    assert exit_code == 0, told
    assert "the checkpoint in this file: partner." in told


def test_an_older_checkpoint_that_shows_no_less_is_taken_where_the_newest_has_no_witness(
    here: World, tmp_path: Path
) -> None:
    since, until = span_of_one_campaign(here)
    seen_size = witnessed(here)
    here.wait(minutes=1)
    here.join(CLEO)
    sequence(here)
    silence = sent_to(here.store, here.contact(), since, until)
    assert read_checkpoint(silence.checkpoint).size == seen_size
    exit_code, told = told_under(with_witness(own_policy(here)), silence, tmp_path)
    assert exit_code == 0, told


def test_an_older_checkpoint_that_lacks_what_follows_on_the_span_is_not_taken(here: World) -> None:
    here.join()
    here.wait(minutes=1)
    since = here.at
    here.plan(here.contact().id)
    here.settle()
    until = here.at
    sequence(here)
    seen_size = witnessed(here)
    here.wait(minutes=1)
    here.join(BEN)
    sequence(here)
    silence = sent_to(here.store, here.contact(), since, until)
    assert read_checkpoint(silence.checkpoint).size > seen_size
    (log,) = own_policy(here).logs
    assert check(silence, log.key).verdict is Verdict.PROVEN


def test_a_person_whose_record_no_witness_has_seen_is_shown_all_the_same(here: World) -> None:
    start = here.at
    here.join(BEN)
    sequence(here)
    witnessed(here)
    here.wait(minutes=1)
    here.strangers([ANNA])
    here.grant([here.contact().id], here.club)
    sequence(here)
    silence = sent_to(here.store, here.contact(), start - timedelta(hours=1), here.at)
    (person,) = [each for each in check(silence).findings if each.look is Look.PERSON]
    assert person.outcome is Outcome.HELD
