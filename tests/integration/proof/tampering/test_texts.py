"""Texts of people that are the evidence of a grant or a stop, changed: lost, exchanged, of somebody else."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from factories.packed import own_policy, packed, story
from factories.tampering import BEN, Hands, last_recorded
from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.domain.ids import bucket_of, to_text
from yesword.domain.times import from_micros
from yesword.ledger.packs import Purpose
from yesword.ledger.policy import write_policy
from yesword.privacy import retaining
from yesword.privacy.periods import Periods
from yesword.proof.auditing import audit
from yesword.store import contacts, models
from yesword.store.misfits import Fault
from yesword.store.sealing import place


def owner_of(hands, number):
    with hands.store.database.read() as session:
        return contacts.find(hands.store, session, models.Brand.objects.get().pk, number)


def text_of(hands, number=ANNA, place=0):
    owner = owner_of(hands, number)
    return hands.sql("SELECT id FROM inbound_text WHERE contact_id = %s ORDER BY id", owner)[place][0]


def named(text, reason):
    return f"the text {to_text('inb', text)} that it names {reason}"


def deleted(hands):
    text = text_of(hands)
    hands.sql("DELETE FROM inbound_text WHERE contact_id = %s", owner_of(hands, ANNA))
    return named(text, "is missing from the store")


def emptied(hands):
    text = text_of(hands)
    hands.sql("UPDATE inbound_text SET sealed_body = NULL WHERE id = %s", text)
    return named(text, "is missing from the store, though its event is there")


def turned(hands):
    text = text_of(hands)
    hands.flip("inbound_text", "sealed_body", "id = %s", text)
    return named(text, "does not open")


def exchanged(hands):
    one, two = text_of(hands), text_of(hands, place=1)
    hands.sql(
        "UPDATE inbound_text SET sealed_body = (SELECT sealed_body FROM inbound_text WHERE id = %s) WHERE id = %s",
        two,
        one,
    )
    return named(one, "does not open")


def with_the_key(hands):
    """Whoever has the person's key can seal other words; not with the digest that the event names."""
    text = text_of(hands)
    seal = hands.store.vault.seal(owner_of(hands, ANNA))
    hands.sql(
        "UPDATE inbound_text SET sealed_body = %s WHERE id = %s",
        seal.close(b"No, thanks.", place("inbound", text)),
        text,
    )
    return named(text, "has the digest")


def of_somebody_else(hands):
    text = text_of(hands)
    hands.sql("UPDATE inbound_text SET contact_id = %s WHERE id = %s", owner_of(hands, BEN), text)
    return named(text, "has the contact")


def of_another_brand(hands):
    text = text_of(hands)
    hands.sql("UPDATE inbound_text SET brand_id = 7 WHERE id = %s", text)
    return named(text, "has the brand 7")


CASES = {
    "the texts of a person, deleted": deleted,
    "a text, emptied": emptied,
    "a text, one bit": turned,
    "a text, in place of another": exchanged,
    "a text, in other words": with_the_key,
    "a text, of another person": of_somebody_else,
    "a text, of another brand": of_another_brand,
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(CASES[case], Fault.TEXT_LOST)


@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both):
    check_on_both(deleted, Fault.TEXT_LOST)


def test_what_nothing_rests_on_is_not_looked_at(hands, look_again):
    """It stands in the list of what the audit cannot find."""
    text = text_of(hands)
    hands.sql("UPDATE inbound_text SET intent = 'thanks', rule = 'other', confidence = 0 WHERE id = %s", text)
    assert look_again().misfits.told == []


def test_a_text_that_proves_nothing_is_not_missed_once_the_retention_job_took_it(sqlite_store):
    with world(sqlite_store) as here:
        story(here)
        here.text(ANNA, "what a lovely day it is")
        (words,) = here.sql("SELECT id FROM inbound_text WHERE event_id IS NULL ORDER BY id DESC LIMIT 1")
        periods = Periods(texts=timedelta(days=30), silence=timedelta(days=730))
        at = from_micros(last_recorded(Hands(store=here.store))) + timedelta(days=3650)
        retaining.run(here.store, at, periods=periods, with_people=False)
        left = here.sql(
            "SELECT sealed_body FROM inbound_text WHERE bucket = %s AND id = %s",
            bucket_of(words[0]),
            words[0],
        )
        assert left == [(None,)]
        assert audit(here.store).is_sound


# --- what is handed out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [deleted, turned], ids=["deleted", "one bit"])
def test_a_pack_and_a_receipt_say_that_a_text_is_lost_and_so_does_whoever_checks_it(
    sqlite_store, tmp_path, act
):
    with world(sqlite_store) as here:
        story(here)
        hands = Hands(store=here.store)
        hands.drop_guards()
        whole = told_of(here, tmp_path)
        assert "not whole" not in whole
        assert "tampered" not in whole
        act(hands)
        pack = packed(here, purpose=Purpose.LITIGATION)
        lost = [name for name in pack.manifest.left_out if name.startswith("evidence/")]
        assert lost
        (tmp_path / "checked.zip").write_bytes(pack.data)
        (tmp_path / "policy.txt").write_text(write_policy(own_policy(here)))
        command = ["verify", str(tmp_path / "checked.zip"), "--policy", str(tmp_path / "policy.txt")]
        checked = CliRunner().invoke(group, command).output
        for name in lost:
            assert f"Without {name}, so that nothing is shown of what it holds" in checked
        assert "This pack is not whole" in checked
        told = told_of(here, tmp_path)
        assert "This pack is not whole" in told
        assert "It was tampered with, or lost" in told


def told_of(here, folder):
    """What the commands say that hand a pack and the receipt of the first event out."""
    asked = [ANNA, "--program", "club", "--data", str(here.store.folder)]
    (folder / "told.zip").unlink(missing_ok=True)
    pack = CliRunner().invoke(group, ["pack", *asked, "--output", str(folder / "told.zip")])
    assert pack.exit_code == 0, pack.output
    (event,) = here.sql("SELECT id FROM consent_event WHERE kind = 'requested'")
    out = ["--event", to_text("evt", event[0]), "--output", str(folder / "receipt"), "--force"]
    receipt = CliRunner().invoke(group, ["receipt", *asked, *out])
    assert receipt.exit_code == 0, receipt.output
    return pack.output + receipt.output
