"""What an imported row is worth: grades, sealed evidence, facts of people who are known."""

from datetime import UTC, datetime

from factories.imports import BACKED, CLAIMED, WORDING, events, join, outcomes, person, published, state
from yesword.consent.record import open_sections
from yesword.domain.events import Basis, EventKind, Grade, Scope
from yesword.ledger.entry import open_disclosure
from yesword.store import models, programs


def test_source_date_and_wording_make_a_grant_of_grade_d(store, club, people, imported):
    assert outcomes(imported(people(BACKED))) == {"created": 1}
    grant = state(store, club).grant_for(club.id)
    assert (grant.grade, grant.basis, grant.since) == (
        Grade.D,
        Basis.EXPRESS,
        datetime(2024, 3, 1, tzinfo=UTC),
    )
    assert grant.scope == Scope(program=club.id, purposes=("offers",), categories=("shoes", "bags"))
    assert not grant.is_confirmed


def test_a_claim_without_proof_stands_in_the_record_and_permits_nothing(store, club, people, imported):
    report = imported(people(CLAIMED))
    assert outcomes(report) == {"created": 1}
    assert report.grades == {Grade.E: 1}
    assert report.lacks == {"source": 1, "date": 1, "wording": 1}
    assert state(store, club).grant_for(club.id) is None
    [event], _ = events(store, club)
    assert (event.kind, event.grade, event.basis, event.disclosure) == (
        EventKind.GRANTED,
        Grade.E,
        None,
        None,
    )


def test_the_row_and_its_wording_are_sealed_into_the_evidence(store, club, people, imported):
    imported(people(BACKED))
    [event], [row] = events(store, club)
    contact = person(store, club)
    origin = programs.brand(club.brand).origin
    opened = dict(
        open_disclosure(each)
        for each in open_sections(store.vault.seal(contact.id), bytes(row[2]), origin, event.id)
    )
    assert opened["notice"]["text"] == WORDING
    assert opened["evidence"][0]["row"]["mobile"] == "0612345678"
    assert opened["evidence"][0]["row"]["consent source"] == "checkout"
    assert opened["context"]["line"] == 2


def test_better_proof_lifts_a_claim_to_a_grant(store, club, people, imported):
    imported(people(CLAIMED))
    assert outcomes(imported(people(BACKED))) == {"updated": 1}
    assert state(store, club).grant_for(club.id).grade is Grade.D
    assert outcomes(imported(people(CLAIMED))) == {"unchanged": 1}


def test_what_a_person_granted_from_the_handset_is_not_granted_again(store, club, people, imported):
    imported(people(CLAIMED))
    join(store, club)
    assert outcomes(imported(people(BACKED))) == {"unchanged": 1}
    assert state(store, club).grant_for(club.id).grade is Grade.A


def test_consent_for_one_program_is_none_for_another(store, club, people, imported):
    imported(people(BACKED))
    events_program = published(models.Brand.objects.get(), "events")
    assert state(store, club).grant_for(events_program.id) is None
    assert outcomes(imported(people(BACKED), events_program)) == {"updated": 1}


def test_facts_of_known_people_are_brought_up_to_date_and_nothing_is_emptied(store, club, people, imported):
    imported(people(BACKED))
    assert outcomes(imported(people(BACKED.replace("Anna", "Anna de Vries").replace("Utrecht", "")))) == {
        "updated": 1
    }
    found = person(store, club)
    assert (found.name, found.attributes["location"], found.language) == ("Anna de Vries", "Utrecht", "nl")
