"""Whose stop outlived them: a file brings nothing of them back, and says so."""

import pytest

from factories.imports import ANNA, BACKED, CLAIMED, NOW, OUT, contact_id_of, dump, events, outcomes, state
from yesword.collect.imports import writing as import_writing
from yesword.domain.events import EventKind
from yesword.store import suppressions

BEN = BACKED.replace("0612345678", "0612345679").replace("Anna", "Ben")


def suppress(store, program, number=ANNA):
    digest = store.look_up.digest(program.brand, "phone", number)
    with store.database.write() as session:
        suppressions.enter(session, program.brand, digest, store.look_up.newest, suppressions.ERASED, NOW)


@pytest.mark.parametrize("is_dry_run", [False, True], ids=["for good", "dry run"])
@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        pytest.param(BACKED, "kept_stopped", id="with proof"),
        pytest.param(CLAIMED, "kept_stopped", id="claimed"),
        pytest.param(OUT, "already_stopped", id="an opt-out"),
    ],
)
def test_who_is_suppressed_is_not_new_and_nothing_of_them_is_kept(
    store, club, people, imported, row, outcome, is_dry_run
):
    suppress(store, club)
    assert contact_id_of(store, club) is None  # which opens the vault, so that its tables are there
    before = dump(store)
    report = imported(people(row), is_dry_run=is_dry_run)
    assert outcomes(report) == {outcome: 1}
    assert report.kept_stopped_lines == ((2,) if outcome == "kept_stopped" else ())
    assert contact_id_of(store, club) is None
    assert dump(store) == before


def test_the_others_of_the_file_come_in(store, club, people, imported):
    suppress(store, club)
    assert outcomes(imported(people(BACKED, BEN))) == {"created": 1, "kept_stopped": 1}
    assert state(store, club, "+31612345679").grant_for(club.id) is not None


def test_who_is_erased_while_the_batch_is_made_is_not_revived(store, club, people, imported, monkeypatch):
    """Between looking who is suppressed and writing, an erasure comes to its end."""
    real = import_writing.contacts.prepare

    def meanwhile(opened, brand, numbers):
        suppress(store, club)
        return real(opened, brand, numbers)

    monkeypatch.setattr(import_writing.contacts, "prepare", meanwhile)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}
    assert state(store, club).grant_for(club.id) is None
    assert [each.kind for each in events(store, club)[0]] == [EventKind.WITHDRAWN]
