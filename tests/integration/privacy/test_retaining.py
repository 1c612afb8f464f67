"""What is due goes, and nothing else does; stopped anywhere, the next run goes on; to run it twice takes nothing twice."""

from datetime import timedelta

import pytest

from factories.queued import BERT, QUESTION, do, only
from factories.readings import reading
from factories.worlds import ANNA
from yesword.consent import Draft, append
from yesword.consent.record import open_sections
from yesword.domain.events import Actor, Basis, EventKind, Grade, Scope
from yesword.domain.retention import Override
from yesword.domain.times import to_micros
from yesword.ledger.entry import matches, open_disclosure
from yesword.privacy import retaining
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.privacy.periods import Periods, ShortPeriodError
from yesword.privacy.restricting import restrict, unrestrict
from yesword.proof.auditing import audit
from yesword.proof.sequencer import Sequencer
from yesword.store import contacts, erasures, models, programs
from yesword.store.sealing import place

CARL = "+31612345670"
YEAR = timedelta(days=365)


def run(here, **more):
    return retaining.run(here.store, here.at, **more)


@pytest.fixture(autouse=True)
def clock_of_ids(request, monkeypatch):
    """Rows are as old as their ids: let those be made by the clock of the test."""
    for name in ("on_both", "here"):
        if name in request.fixturenames:
            made = request.getfixturevalue(name)
            monkeypatch.setattr(made.store.ids, "_clock_ms", lambda made=made: to_micros(made.at) // 1000)
            monkeypatch.setattr(made.store.ids, "_last", 0)


def gone(done):
    return {name: count for name, count in done.counts.items() if count}


def wait(here, span):
    here.now[0] += span


def bodies(here, table="message"):
    rows = here.sql(f"SELECT id FROM {table} WHERE sealed_body IS NOT NULL")
    return {row[0] for row in rows}


# --- addresses -------------------------------------------------------------------------------------------------


def signed_up(here, number=ANNA, **context):
    """A form with an address in its circumstances; it asks, and the handset has not confirmed."""
    person = here.contact(number)
    draft = Draft(
        kind=EventKind.REQUESTED,
        scope=Scope(program=here.club.id),
        actor=Actor.PERSON,
        route="form",
        occurred_at=here.at,
        received_at=here.at,
        lapses_at=here.at + timedelta(days=2),
        program=here.club,
        language="en",
        context={"ip": "192.0.2.0/24", "page_url": "https://example.org/join", **context},
        evidence=[{"kind": "form_version", "sha256": "00"}],
    )
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        return append(here.store, session, brand, person, [draft], here.at).events[0]


def answered(here, request, number=ANNA):
    draft = Draft(
        kind=EventKind.CONFIRMED,
        scope=Scope(program=here.club.id),
        actor=Actor.HANDSET,
        route="reply",
        occurred_at=here.at,
        received_at=here.at,
        program=here.club,
        basis=Basis.EXPRESS_WRITTEN,
        grade=Grade.A,
        answers=request.id,
        language="en",
    )
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        append(here.store, session, brand, here.contact(number), [draft], here.at)


def sections(here, event):
    """What of an event still opens, and that it still belongs to its entry."""
    with here.store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=event.contact >> 53, contact_id=event.contact)
    row = next(row for row in rows if row[0] == event.id)
    origin = programs.brand(here.club.brand).origin
    disclosures = open_sections(here.store.vault.seal(event.contact), bytes(row[2]), origin, event.id)
    matches(bytes(row[4]), disclosures)
    return dict(open_disclosure(each) for each in disclosures)


def test_an_address_goes_thirty_days_after_it_came(on_both):
    here = on_both
    here.strangers([ANNA])
    event = signed_up(here)
    wait(here, timedelta(days=30, minutes=-1))
    assert gone(run(here)) == {}
    assert sections(here, event)["context"]["ip"] == "192.0.2.0/24"
    wait(here, timedelta(minutes=1))
    assert gone(run(here)) == {"addresses": 1}
    left = sections(here, event)
    assert "context" not in left
    assert set(left) == {"event", "subject", "notice", "evidence", "terms"}
    assert gone(run(here)) == {}
    Sequencer(store=here.store, clock=lambda: here.at).round()
    assert audit(here.store).misfits.told == []


def test_an_address_goes_once_the_handset_has_confirmed(on_both):
    here = on_both
    here.strangers([ANNA])
    event = signed_up(here)
    wait(here, timedelta(hours=1))
    assert gone(run(here)) == {}
    answered(here, event)
    assert gone(run(here)) == {"addresses": 1}
    assert "context" not in sections(here, event)


def test_circumstances_without_an_address_stay(here):
    here.join()
    wait(here, timedelta(days=31))
    assert gone(run(here)) == {}


def test_one_that_was_too_young_for_the_last_run_is_found_by_the_next(here):
    here.strangers([ANNA, BERT])
    signed_up(here)
    wait(here, timedelta(days=29))
    signed_up(here, BERT)
    wait(here, timedelta(days=2))
    assert gone(run(here)) == {"addresses": 1}
    wait(here, timedelta(days=29))
    assert gone(run(here)) == {"addresses": 1}


def test_what_was_sealed_anew_meanwhile_is_not_overwritten(here):
    here.strangers([ANNA])
    event = signed_up(here)
    with here.store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=event.contact >> 53, contact_id=event.contact)
    with here.store.database.write() as session:
        changed = session.run(
            "reseal_unchanged", bucket=event.contact >> 53, id=event.id, sealed=b"old", was=b"other"
        )
    assert changed == 0
    with here.store.database.read() as session:
        assert session.rows("events_of_contact", bucket=event.contact >> 53, contact_id=event.contact) == rows


# --- files -----------------------------------------------------------------------------------------------------


def keep_file(here, purge_at, kind="replay"):
    person = here.contact()
    row = here.store.ids.make(person.bucket)
    sealed = here.store.vault.seal(person.id).close(b"what was done", place("blob", row))
    here.sql(
        "INSERT INTO evidence_blob (bucket, id, brand_id, contact_id, kind, media_type, size, sealed, kept_at, purge_at) "
        "VALUES (%s, %s, %s, %s, %s, 'application/json', 13, %s, %s, %s)",
        person.bucket,
        row,
        here.club.brand,
        person.id,
        kind,
        sealed,
        to_micros(here.at),
        None if purge_at is None else to_micros(purge_at),
    )
    return row


def test_files_go_when_their_day_has_come(on_both):
    here = on_both
    here.strangers([ANNA])
    due, later, never = (
        keep_file(here, here.at + timedelta(days=1)),
        keep_file(here, here.at + timedelta(days=3)),
        keep_file(here, None, "scan"),
    )
    wait(here, timedelta(days=2))
    assert gone(run(here, is_dry_run=True)) == {"files": 1}
    assert gone(run(here)) == {"files": 1}
    kept = {row[0] for row in here.sql("SELECT id FROM evidence_blob WHERE sealed IS NOT NULL")}
    assert kept == {later, never}
    assert due not in kept


# --- texts -----------------------------------------------------------------------------------------------------


def test_old_texts_go_and_those_that_prove_a_consent_stay(on_both, monkeypatch):
    reading(monkeypatch)
    here, user = on_both, models.User.objects.create_user("kim", "x").pk
    here.join()
    here.text(ANNA, QUESTION)
    do(here, "done", only(here), user, "she wants shoes")
    here.campaign()
    here.settle()
    proofs = bodies(here, "inbound_text")
    wait(here, 2 * YEAR + timedelta(days=1))
    here.campaign("[Brand]: new things.")
    here.settle()
    done = run(here)
    assert done.counts["inbound_texts"] == 1
    assert done.counts["sent_texts"] > 0
    kept = bodies(here, "inbound_text")
    assert len(kept) == 2
    assert kept < proofs
    assert here.sql("SELECT count(*) FROM triage WHERE sealed_note IS NOT NULL") == [(0,)]
    assert here.kinds() == ["requested", "confirmed"]
    assert gone(run(here)) == {}


def test_a_text_that_still_waits_keeps_its_words(here):
    here.join()
    message = here.plan(here.contact().id, due_at=here.at + 5 * YEAR)
    wait(here, 2 * YEAR + timedelta(days=1))
    assert run(here).counts["sent_texts"] > 0
    assert message in bodies(here)


def test_texts_cannot_be_kept_for_a_moment_only():
    with pytest.raises(ShortPeriodError, match="1 days"):
        Periods(texts=timedelta(days=1), silence=YEAR)


# --- people ----------------------------------------------------------------------------------------------------


def test_who_left_goes_when_nobody_needs_the_proof_and_their_stop_holds(on_both):
    here = on_both
    here.join()
    here.campaign()
    here.settle()
    here.text(ANNA, "STOP")
    anna = here.contact().id
    wait(here, 2 * YEAR + timedelta(days=1))
    done = run(here)
    assert (done.counts["erased"], done.counts["kept"]) == (0, 1)
    wait(here, YEAR + timedelta(days=2))
    assert run(here, is_dry_run=True).counts["erased"] == 1
    assert here.contact().id == anna
    assert run(here).counts["erased"] == 1
    with here.store.database.read() as session:
        row = erasures.read(session, anna)
        assert contacts.find(here.store, session, here.club.brand, ANNA) is None
    assert (row.stage, row.ground) == (erasures.DONE, "retention")
    assert here.strangers([ANNA])
    assert here.state().withdrawal_for(here.club.id) is not None


def test_who_may_still_be_texted_stays_and_so_does_whoever_was_asked_lately(here):
    here.join()
    here.strangers([BERT])
    wait(here, 6 * YEAR)
    here.strangers([CARL])
    done = run(here)
    assert done.counts["erased"] == 1
    with here.store.database.read() as session:
        found = contacts.find_many(here.store, session, here.club.brand, [ANNA, BERT, CARL])
    assert set(found) == {ANNA, CARL}


def test_who_wrote_lately_stays_though_they_never_agreed(here, monkeypatch):
    reading(monkeypatch)
    here.strangers([ANNA, BERT])
    wait(here, 6 * YEAR)
    here.text(ANNA, QUESTION)
    wait(here, timedelta(days=100))
    assert run(here).counts["erased"] == 1
    assert here.contact().number == ANNA


def test_kept_proof_goes_on_its_day(on_both):
    here = on_both
    here.join()
    here.campaign()
    here.settle()
    anna = here.contact().id
    row = erase(here.store, anna, Wish(ground=REQUESTED), here.at)
    assert row.stage == erasures.HELD
    wait(here, row.retain_until - here.at - timedelta(minutes=1))
    assert run(here).counts["holds_ended"] == 0
    wait(here, timedelta(minutes=2))
    assert run(here, is_dry_run=True).counts["holds_ended"] == 1
    assert run(here).counts["holds_ended"] == 1
    with here.store.database.read() as session:
        assert erasures.read(session, anna).stage == erasures.DONE


def test_a_brand_may_set_another_period(here):
    here.join()
    here.campaign()
    here.settle()
    here.text(ANNA, "STOP")
    wait(here, 2 * YEAR + timedelta(days=2))
    assert run(here, overrides=[Override(days=100, reason="by our counsel")]).counts["erased"] == 1


def test_who_is_restricted_is_left_alone(here):
    here.strangers([ANNA])
    event = signed_up(here)
    restrict(here.store, here.contact(), "a claim is open", None, here.at)
    wait(here, 9 * YEAR)
    keep_file(here, here.at - YEAR)
    assert gone(run(here)) == {}
    assert "context" in sections(here, event)


def test_who_was_restricted_and_is_not_any_more_is_made_up_for(here):
    here.strangers([ANNA])
    event = signed_up(here)
    restrict(here.store, here.contact(), "a claim is open", None, here.at)
    wait(here, timedelta(days=100))
    assert gone(run(here)) == {}
    unrestrict(here.store, here.contact(), "it is settled", None, was_told=True)
    assert gone(run(here)) == {"addresses": 1}
    assert "context" not in sections(here, event)


# --- stopping, and going on ------------------------------------------------------------------------------------


@pytest.fixture
def much(here, monkeypatch):
    """Something for every step."""
    monkeypatch.setattr(retaining, "PAGE", 1)
    here.strangers([ANNA, BERT, CARL])
    signed_up(here)
    signed_up(here, BERT)
    for _ in range(3):
        keep_file(here, here.at + timedelta(days=1))
    here.grant([here.contact(CARL).id], here.club)
    wait(here, 4 * YEAR)
    return here


def test_stopped_before_any_page_it_goes_on_where_it_was(much):
    """Stopped again and again, a few pages later each time, it has done in the end what one run does."""
    here = much
    expected = gone(run(here, is_dry_run=True))
    assert expected["files"] == 3
    assert expected["addresses"] == 2
    assert expected["erased"] == 2
    ends = []
    while not ends or not ends[-1].is_done:
        assert len(ends) < 100
        pages = iter(range(200))
        ends.append(run(here, is_stopped=lambda pages=pages: next(pages) == 9))
    assert len(ends) > 3
    assert gone(ends[-1]) == expected
    assert models.RetentionRun.objects.count() == 1
    assert models.AuditEntry.objects.filter(action="retention.done").count() == 1


def test_it_tells_how_far_it_is(much):
    told = []
    run(much, progress=lambda step, counts: told.append((step, sum(counts.values()))))
    assert list(dict.fromkeys(step for step, _ in told)) == list(retaining.STEPS)
    assert [count for _, count in told] == sorted(count for _, count in told)


def test_a_dry_run_leaves_no_place_and_no_trace(much):
    run(much, is_dry_run=True)
    assert not models.RetentionRun.objects.exists()
    assert not models.AuditEntry.objects.exists()
