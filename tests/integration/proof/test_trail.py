"""What was done in the console has its place in the log within ten minutes, and no row of it can be changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from factories.tampering import did
from factories.worlds import world
from yesword.ledger.entry import matches
from yesword.proof import trail
from yesword.proof.auditing import audit
from yesword.store import ledgers, models, trails


@pytest.fixture
def here(store):
    with world(store) as found:
        yield found


def test_a_row_is_named_by_the_log_when_it_has_waited_for_ten_minutes(here):
    row = did("campaign.start", here.at, subject="campaign 1", detail={"people": 3})
    assert not trail.is_due(row.at + trail.EVERY - timedelta(seconds=1))
    assert trail.is_due(row.at + trail.EVERY)
    assert trail.state(here.store, here.at) == 1
    assert not trail.is_due(row.at + trail.EVERY)
    row.refresh_from_db()
    with here.store.database.read() as session:
        (stated,) = ledgers.statements(session, [row.stated_in])
        (found,) = trails.of_statement(session, row.stated_in).values()
    said = matches(stated.entry, stated.disclosures)["event"]
    assert said["rows"] == [[row.pk, found.digest(bytes.fromhex(said["nonce"]))]]
    report = audit(here.store)
    assert (report.trail, report.trail_waiting, report.is_sound) == (1, 0, True)


def test_many_rows_wait_for_nothing_and_take_several_statements(here, monkeypatch):
    monkeypatch.setattr(trail, "_MOST", 3)
    rows = [did("campaign.start", here.at) for _ in range(7)]
    assert trail.is_due(rows[0].at)
    assert trail.state(here.store, here.at) == 7
    assert models.AuditEntry.objects.values("stated_in").distinct().count() == 3
    assert audit(here.store).is_sound


def test_before_there_is_a_brand_rows_wait(store):
    row = did("campaign.start", datetime(2026, 3, 2, tzinfo=UTC))
    assert trail.state(store, row.at) == 0
    assert audit(store).trail_waiting == 1


def test_a_row_is_never_changed_or_deleted(here):
    row = did("campaign.start", here.at)
    with pytest.raises(DatabaseError, match="append-only"), here.store.database.write():
        models.AuditEntry.objects.update(action="sign in")
    with pytest.raises(DatabaseError, match="append-only"), here.store.database.write():
        models.AuditEntry.objects.all().delete()
    trail.state(here.store, here.at)
    with pytest.raises(DatabaseError, match="append-only"), here.store.database.write():
        models.AuditEntry.objects.update(stated_in=None)
    row.refresh_from_db()
    assert (row.action, row.stated_in is None) == ("campaign.start", False)
