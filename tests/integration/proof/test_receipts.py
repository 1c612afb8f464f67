"""Receipts from a real store: a promise at first, and proven as soon as the event is in the published log."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.worlds import ANNA, world
from yesword.domain.events import EventKind
from yesword.domain.evidence import EvidenceKind
from yesword.domain.ids import EventId, from_text, to_text
from yesword.domain.retention import Override
from yesword.ledger.checkpoint import read_checkpoint
from yesword.ledger.cosignature import WitnessSigner, cosign, cosignatures
from yesword.ledger.entry import open_disclosure
from yesword.ledger.findings import Verdict
from yesword.ledger.proof import read_proof
from yesword.ledger.receipt import read_receipt, write_tlog_receipt
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.proof import logs
from yesword.proof.evidence.attaching import Attachment, attach
from yesword.proof.proofs import UnfitTreeError, UnpublishedError, inclusion, published, vouched
from yesword.proof.receipts import NoReceiptError, await_proof, events_about, keys_of, receipt_for, receipt_of
from yesword.proof.sequencer import Sequencer, Step
from yesword.store import ledgers
from yesword.store.ledgers import WITNESS, Attestation

BEA = "+31612345679"


@pytest.fixture
def here(store):
    with world(store) as opened:
        yield opened


def sequence(here, **more):
    return Sequencer(store=here.store, clock=lambda: here.at, **more).round()


def log_of(here):
    with here.store.database.read() as session:
        return ledgers.logs(session, here.club.brand)[-1]


def key(here):
    log = log_of(here)
    return logs.verifier_keys(here.store, log)[log.key_number]


def receipt(here, number=ANNA):
    return receipt_for(here.store, here.contact(number), here.club)


def size_of(receipt):
    return int(read_proof(receipt.proof).checkpoint.split("\n")[1])


# --- of which event ------------------------------------------------------------------------------------------


def paper(here, days):
    """A consent on paper of so many days ago, which is written down only now."""
    scan = Attachment(
        kind=EvidenceKind.SCAN,
        data=b"%PDF-1.7\n% signed\n%%EOF\n",
        happened_at=here.at - timedelta(days=days),
        language="en",
        wording="I agree to offers of Linde & Loom.",
    )
    return attach(here.store, here.contact(), here.club, scan, here.at).event


def test_a_consent_on_paper_that_is_recorded_late_does_not_take_the_place_of_the_one_in_force(here):
    here.join()
    (in_force,) = [
        each.event for each in events_about(here.store, here.contact(), here.club) if each.is_in_force
    ]
    late = paper(here, days=2)
    assert receipt(here).event_id == to_text("evt", in_force.id)
    assert receipt_of(here.store, here.contact(), late.id).event_id == to_text("evt", late.id)


def test_where_none_is_in_force_it_is_of_the_newest_event(here):
    here.join()
    here.text(ANNA, "STOP")
    newest = events_about(here.store, here.contact(), here.club)[-1]
    assert (newest.event.kind, newest.is_in_force) == (EventKind.WITHDRAWN, False)
    assert receipt(here).event_id == to_text("evt", newest.event.id)


# --- a promise, and a proof ----------------------------------------------------------------------------------


def test_before_the_log_has_taken_it_up_a_receipt_is_a_promise(here):
    here.join()
    made = receipt(here)
    assert made.proof is None
    assert made.check().verdict is Verdict.CONSISTENT
    assert keys_of(here.store, here.contact(), made) == ()


def test_from_then_on_it_is_proven_with_the_same_leaf(here):
    here.join()
    promise = receipt(here)
    sequence(here)
    made = receipt(here)
    assert (made.leaf_hash, made.entry, made.disclosures) == (
        promise.leaf_hash,
        promise.entry,
        promise.disclosures,
    )
    assert made.check(key(here)).verdict is Verdict.PROVEN
    assert keys_of(here.store, here.contact(), made) == (key(here),)
    again = read_receipt(write_tlog_receipt(made))
    assert again.check(key(here)).verdict is Verdict.PROVEN


def test_every_event_of_everybody_is_proven(here):
    for number in (ANNA, BEA):
        here.join(number)
        here.text(number, "STOP")
        sequence(here)
    for number in (ANNA, BEA):
        person = here.contact(number)
        for (event,) in here.sql("SELECT id FROM consent_event WHERE contact_id = %s", person.id):
            made = receipt_of(here.store, person, EventId(event))
            assert from_text("evt", made.event_id) == event
            assert made.check(key(here)).verdict is Verdict.PROVEN


def test_an_event_of_somebody_else_has_no_receipt_here(here):
    here.join(ANNA)
    here.join(BEA)
    theirs = EventId(from_text("evt", receipt(here, BEA).event_id))
    with pytest.raises(NoReceiptError):
        receipt_of(here.store, here.contact(ANNA), theirs)


def test_a_receipt_is_of_the_newest_event_of_the_program_or_of_all_of_them(here):
    here.join()
    assert receipt(here).check().sections["event"]["type"] == "confirmed"
    here.text(ANNA, "EVENTS", to="555888")
    assert receipt(here).check().sections["event"]["type"] == "confirmed"
    here.text(ANNA, "STOP")
    assert receipt(here).check().sections["event"]["type"] == "withdrawn"


def test_nobody_without_an_event_has_one(here):
    here.strangers([ANNA])
    with pytest.raises(NoReceiptError):
        receipt(here)


# --- what is not published proves nothing --------------------------------------------------------------------


class _KilledError(Exception):
    pass


def die_after(step):
    def watch(reached):
        if reached is step:
            raise _KilledError

    return watch


@pytest.mark.parametrize("step", [Step.COMMITTED, Step.REMEMBERED], ids=lambda step: step.name.lower())
def test_an_event_that_is_committed_and_not_yet_published_is_still_a_promise(here, step):
    here.join()
    sequence(here)
    here.text(ANNA, "STOP")
    with pytest.raises(_KilledError):
        sequence(here, watch=die_after(step))
    assert receipt(here).proof is None
    Sequencer(store=here.store, clock=lambda: here.at).recover()
    assert receipt(here).check(key(here)).verdict is Verdict.PROVEN


def test_while_the_next_head_is_under_way_what_was_published_stays_provable(here):
    here.join()
    sequence(here)
    here.join(BEA)
    with pytest.raises(_KilledError):
        sequence(here, watch=die_after(Step.COMMITTED))
    assert receipt(here).check(key(here)).verdict is Verdict.PROVEN


def test_no_inclusion_is_given_beyond_what_is_published(here):
    here.join()
    sequence(here)
    log = log_of(here)
    with here.store.database.read() as session:
        assert inclusion(session, log, 0, log.published_size).index == 0
        for index, size in ((0, log.published_size + 1), (log.published_size, log.published_size)):
            with pytest.raises(UnpublishedError):
                inclusion(session, log, index, size)


# --- the proof that says most --------------------------------------------------------------------------------


WATCHER = WitnessSigner(name="watcher.example", private=Ed25519PrivateKey.generate())


def vouch(here):
    """A witness cosigns the newest head, as `proof.attesting` would keep it."""
    log = log_of(here)
    with here.store.database.write() as session:
        head = read_checkpoint(ledgers.checkpoint(session, log.id, log.size).note)
        line = cosign(head, WATCHER, here.at).encode()
        said = Attestation(size=log.size, kind=WITNESS, name="watcher", body=line, at=here.at)
        ledgers.attest(session, log.id, said)


def test_a_proof_is_under_the_newest_head_that_a_witness_saw(here):
    here.join()
    sequence(here)
    vouch(here)
    seen = log_of(here).size
    here.join(BEA)
    sequence(here)
    hers, newer = receipt(here, ANNA), receipt(here, BEA)
    assert size_of(hers) == seen
    assert size_of(newer) == log_of(here).size > seen
    note = read_proof(hers.proof).checkpoint
    assert len(cosignatures(note, [WATCHER.witness_key])) == 1
    for each in (hers, newer):
        assert each.check(key(here)).verdict is Verdict.PROVEN


def test_it_is_told_since_when_others_vouch_for_it(here):
    here.join()
    sequence(here)
    since = here.at
    person = here.contact()
    (event,) = [from_text("evt", receipt(here).event_id)]
    with here.store.database.read() as session:
        place = published(session, person.brand, [event])[event]
        assert vouched(session, place).witnesses == ()
        assert vouched(session, place).since == since
    here.wait(hours=2)
    vouch(here)
    first = here.at
    here.join(BEA)
    sequence(here)
    here.wait(hours=2)
    vouch(here)
    with here.store.database.read() as session:
        told = vouched(session, place)
    assert [(each.name, each.at) for each in told.witnesses] == [("watcher", first)]
    assert told.stamps == ()


# --- a tree that was tampered with ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE ledger_tile SET hashes = %s WHERE level = 0", b"\0" * 32 * 4),
        ("UPDATE ledger_checkpoint SET note = %s", None),
    ],
    ids=["its hashes", "its signed head"],
)
def test_no_receipt_comes_from_a_tree_that_was_changed(sqlite_store, statement, value):
    with world(sqlite_store) as here:
        here.join()
        sequence(here)
        here.wait(hours=2)
        (note,) = here.sql("SELECT note FROM ledger_checkpoint")[0]
        for (name,) in here.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            here.sql(f"DROP TRIGGER {name}")
        here.sql(statement, value or note.replace("\n4\n", "\n5\n"))
        with pytest.raises(UnfitTreeError):
            receipt(here)
        log = log_of(here)
        with here.store.database.read() as session, pytest.raises(UnfitTreeError):
            inclusion(session, log, 0, log.size)


def test_no_receipt_comes_of_an_entry_that_was_changed(sqlite_store):
    with world(sqlite_store) as here:
        here.join()
        sequence(here)
        for (name,) in here.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            here.sql(f"DROP TRIGGER {name}")
        here.sql("UPDATE consent_event SET entry = %s", b"{}")
        with pytest.raises(UnfitTreeError):
            receipt(here)


# --- waiting, and erasing ------------------------------------------------------------------------------------


def test_one_may_wait_for_the_proof(here):
    here.join()
    calls = iter([lambda: None, lambda: None, lambda: sequence(here)])

    def make():
        next(calls)()
        return receipt(here)

    assert await_proof(make, 30).proof is not None
    here.text(ANNA, "STOP")
    assert await_proof(lambda: receipt(here), 0).proof is None


def erased(here, *overrides):
    here.join()
    sequence(here)
    kept, person = receipt(here), here.contact()
    erase(here.store, person.id, Wish(ground=REQUESTED, overrides=overrides), here.at)
    sequence(here)
    return kept, person


def test_a_receipt_from_before_an_erasure_still_verifies_and_none_is_given_after(here):
    kept, person = erased(here, Override(days=0, reason="tests"))
    assert kept.check(key(here)).verdict is Verdict.PROVEN
    with pytest.raises(NoReceiptError):
        receipt_of(here.store, person, EventId(from_text("evt", kept.event_id)))


def test_where_the_proof_is_kept_a_receipt_leaves_out_what_was_erased(here):
    kept, person = erased(here)
    made = receipt_of(here.store, person, EventId(from_text("evt", kept.event_id)))
    names = [open_disclosure(each)[0] for each in made.disclosures]
    assert "notice" in names
    assert "context" not in names
    assert made.check(key(here)).verdict is Verdict.PROVEN
