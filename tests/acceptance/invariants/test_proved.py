"""explained, proved, and no number in the clear: what is kept says why, can be checked, and names nobody."""

from collections import Counter

import pytest

from factories.busy import PEOPLE, SECRET, busy, cut
from factories.dumps import dump
from factories.worlds import ANNA, CLUB, world
from yesword.channels.ports import InboundText
from yesword.domain.decisions import Verdict
from yesword.domain.rules import RuleBook
from yesword.ledger.checkpoint import verify_checkpoint
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import verify_inclusion
from yesword.ledger.tile_proofs import inclusion_path_from
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer
from yesword.sending import explaining, inbound, taking
from yesword.sending.weighing import Scales
from yesword.store import ledgers
from yesword.store.opening import Store, open_store

# --- explained ------------------------------------------------------------------------------------------------


def test_explained(store: Store) -> None:
    with world(store) as here:
        busy(here)
    before = here.sql("SELECT id, body, facts, versions FROM decision ORDER BY id")
    store.close()
    again = open_store(store.folder, store.url)
    scales = Scales(RuleBook.load())
    rows = here.sql("SELECT id, body, facts, versions FROM decision ORDER BY id")
    again.close()
    assert [row[0] for row in rows] == [row[0] for row in before]
    verdicts = Counter()
    for _, body, facts, versions in rows:
        found = explaining.recompute(scales, bytes(body), bytes(facts), versions)
        assert found.again.to_bytes() == bytes(body)
        assert found.is_same
        assert found.differing == ()
        verdicts[found.stored.verdict] += 1
    assert min(verdicts[each] for each in Verdict) > 0
    # Every text that was ever given to a carrier has a decision to send.
    attempts = here.sql("SELECT count(*) FROM attempt")[0][0]
    assert verdicts[Verdict.SEND] == attempts


# --- proved ---------------------------------------------------------------------------------------------------


def test_proved(store: Store) -> None:
    with world(store) as here:
        busy(here)
        entries = "SELECT id, entry, leaf_hash FROM {}"
        events = here.sql(
            f"{entries.format('consent_event')} UNION ALL {entries.format('ledger_statement')} ORDER BY id"
        )
        waiting = here.sql("SELECT event_id, leaf_hash FROM ledger_outbox ORDER BY event_id")
        assert len(events) > 30
        assert [(each, bytes(leaf)) for each, _, leaf in events] == [
            (each, bytes(leaf)) for each, leaf in waiting
        ]
        assert all(leaf_hash(bytes(entry)) == bytes(leaf) for _, entry, leaf in events)

        Sequencer(store=store, clock=lambda: here.at).round()
        assert here.sql("SELECT count(*) FROM ledger_outbox") == [(0,)]
        places = here.sql("SELECT idx, event_id FROM ledger_entry ORDER BY idx")
        (tree,) = here.sql("SELECT id, size FROM ledger_log")
        assert {event for _, event in places} == {event for event, _, _ in events}
        assert [index for index, _ in places] == list(range(tree[1]))
        with store.database.read() as session:
            read = ledgers.tile_reader(session, tree[0])
            (log,) = ledgers.logs(session)
        head = verify_checkpoint(store.journal.head(log.id), logs.verifier_keys(store, log)[1])
        leaves = {event: bytes(leaf) for event, _, leaf in events}
        for index, event in places:
            path = inclusion_path_from(read, index, head.size)
            verify_inclusion(leaf=leaves[event], index=index, size=head.size, path=path, root=head.root)


# --- no number in the clear -----------------------------------------------------------------------------------


def test_no_number_in_the_clear(
    store: Store,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("DEBUG")
    with world(store) as here:
        busy(here)
        claimed = here.plan(here.contact(PEOPLE[6]).id, program=here.events)
        (taken,) = here.claim_all()
        spoken = repr((here.contact(PEOPLE[6]), taken, claimed))
        here.hand_over(taken)
        with monkeypatch.context() as patched:
            patched.setattr(inbound, "_settle", cut)
            bad = InboundText(
                account="simulator",
                provider_id="x",
                sender_number=ANNA,
                to_address=CLUB,
                text=SECRET,
                received_at=here.at,
            )
            assert taking.take(store, here.account.pk, [bad], lambda: here.at) == [False]
    out, err = capfd.readouterr()
    said = out + err + caplog.text + spoken + repr(bad)
    assert "inbound_text_not_stored" in said
    kept = dump(store)
    for secret in (*PEOPLE, ANNA, "+13052345678", SECRET, "hi there, 20% off"):
        for form in (secret, secret.lstrip("+"), secret.encode().hex()):
            assert form not in said
            if "20%" not in secret or form.startswith("+"):
                assert form not in kept
