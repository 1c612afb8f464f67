"""An import revives nobody, and ends what an opt-out in the file says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.imports import (
    ANNA,
    BACKED,
    CLAIMED,
    HEADER,
    NOW,
    OUT,
    WORDING,
    contact_id_of,
    dump,
    events,
    join,
    outcomes,
    person,
    state,
    write_event,
)
from yesword.collect.imports import Options, Outcome, run_import
from yesword.collect.imports.weighing import Change, Facts, update_facts
from yesword.consent import Act, invalidate, meet, restart, withdraw
from yesword.consent.restoring import forgotten, replay
from yesword.domain.events import Actor, EventKind
from yesword.domain.phone import parse
from yesword.sending import excluding
from yesword.sending.excluding import Door, Reason, Wish, exclude
from yesword.store import contacts, programs
from yesword.store.models import User


def act(at=NOW, actor=Actor.HANDSET):
    return Act(actor=actor, route="reply", occurred_at=at, received_at=at, language="nl")


def met(store, program):
    """Somebody texts in for the first time."""
    [(contact_id, seal)] = contacts.prepare(store, program.brand, [ANNA])
    new = contacts.NewContact(id=contact_id, seal=seal, number=parse(ANNA, country=None), brand=program.brand)
    with store.database.write() as session:
        meet(store, session, programs.brand(program.brand), [new], NOW)


def stop(store, program, number=ANNA, scope=None, at=NOW):
    brand = programs.brand(program.brand)
    with store.database.write() as session:
        found = contacts.read(store, session, contacts.find(store, session, program.brand, number))
        withdraw(store, session, brand, found, act(at), at, program=scope)


# --- stops ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [BACKED, CLAIMED], ids=["with proof", "claimed"])
@pytest.mark.parametrize("is_whole_brand", [True, False], ids=["all of the brand", "this program"])
def test_who_has_stopped_is_not_revived(store, club, people, imported, row, is_whole_brand):
    imported(people(BACKED))
    stop(store, club, scope=None if is_whole_brand else club)
    before = dump(store)
    report = imported(people(row.replace("Anna", "Somebody else")))
    assert outcomes(report) == {"kept_stopped": 1}
    assert report.kept_stopped_lines == (2,)
    assert dump(store) == before
    assert state(store, club).grant_for(club.id) is None


def test_who_said_no_is_not_revived(store, club, people, imported):
    imported(people(CLAIMED))
    write_event(store, club, EventKind.REFUSED)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


def test_whose_number_changed_hands_is_not_revived(store, club, people, imported):
    imported(people(CLAIMED))
    write_event(store, club, EventKind.INVALIDATED)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


def test_who_was_excluded_is_left_alone(store, club, people, imported):
    imported(people(CLAIMED))
    user = User.objects.create(name="olga", role=User.Role.MANAGER).pk
    by_hand = Wish(brands=(programs.brand(club.brand),), reason=Reason.BY_PHONE, user=user, door=Door.NUMBER)
    [line] = exclude(store, [parse(ANNA, country=None)], by_hand, NOW)
    assert line.outcome is excluding.Outcome.KEPT_OUT
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


def test_consent_that_ended_since_does_not_come_back_with_the_same_file(store, club, people, imported):
    imported(people(BACKED))
    [event], _ = events(store, club)
    write_event(store, club, EventKind.EXPIRED, answers=event.id)
    assert outcomes(imported(people(BACKED))) == {"unchanged": 1}
    assert state(store, club).grant_for(club.id) is None


@pytest.mark.parametrize("rows", [(BACKED, OUT), (OUT, BACKED)], ids=["opt-out last", "opt-out first"])
def test_an_opt_out_in_the_file_counts_before_any_grant(store, club, people, imported, rows):
    imported(people(CLAIMED))
    assert outcomes(imported(people(*rows))) == {"stopped": 1, "duplicate": 1}
    [_, event], _ = events(store, club)
    assert (event.kind, event.scope.program) == (EventKind.WITHDRAWN, None)
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}


@pytest.mark.parametrize("rows", [(BACKED, OUT), (OUT, BACKED)], ids=["opt-out last", "opt-out first"])
def test_of_somebody_unknown_an_opt_out_makes_no_contact_and_holds(store, club, people, imported, rows):
    assert outcomes(imported(people(*rows))) == {"stopped": 1, "duplicate": 1}
    assert contact_id_of(store, club) is None
    assert outcomes(imported(people(OUT))) == {"already_stopped": 1}
    assert outcomes(imported(people(BACKED))) == {"kept_stopped": 1}
    [line] = store.journal.newest(10)
    assert line.digest == store.look_up.digest(club.brand, "phone", ANNA)
    assert not forgotten(store), "a stop of a suppressed number is none that the store has forgotten"


def test_a_store_put_back_hears_from_the_journal_of_the_opt_outs_of_an_import(store, club, people, imported):
    imported(people(OUT))
    [line] = store.journal.newest(10)
    assert replay(store, NOW).known == 1, "nothing is replayed that the store has"
    # As a store from before the import has it: neither this event nor this number.
    other = store.look_up.digest(club.brand, "phone", "+31612345679")
    store.journal.write([replace(line, event=line.event + 1, digest=other)])
    assert forgotten(store)
    assert replay(store, NOW).suppressed == 1
    assert outcomes(imported(people(BACKED.replace("0612345678", "0612345679")))) == {"kept_stopped": 1}


def test_a_list_of_opt_outs_ends_what_was_granted_and_waits_for_what_is_on_its_way(
    store, club, people, imported
):
    imported(people(BACKED))
    drained = []
    file = people("0612345678", header="phone")
    report = run_import(
        store,
        club,
        file,
        Options(is_opt_outs=True),
        drain=lambda contact, stopped: bool(drained.append(contact)) or True,
    )
    assert outcomes(report) == {"stopped": 1}
    assert drained == [contact_id_of(store, club)]
    assert state(store, club).grants == ()
    assert outcomes(imported(file, is_opt_outs=True)) == {"already_stopped": 1}


def started_again(store, program, at):
    brand = programs.brand(program.brand)
    with store.database.write() as session:
        found = contacts.read(store, session, contacts.find(store, session, program.brand, ANNA))
        return restart(store, session, brand, found, act(at), at, [program])


@pytest.mark.parametrize("is_dated", [False, True], ids=["undated", "dated"])
def test_a_start_that_was_texted_before_an_opt_out_and_is_read_after_it_brings_nothing_back(
    store, club, people, imported, is_dated
):
    imported(people(CLAIMED), at=NOW - timedelta(days=1))
    join(store, club, at=NOW - timedelta(hours=3))
    stop(store, club, at=NOW - timedelta(hours=2))
    row, header = ("0612345678,2026-03-02T11:00Z", "phone,unsubscribed at") if is_dated else (OUT, HEADER)
    for _ in range(2):
        assert outcomes(imported(people(row, header=header))) == {"already_stopped": 1}
    kinds = [event.kind for event in events(store, club)[0]]
    assert kinds.count(EventKind.WITHDRAWN) == 2, "their own, and that of the list, which is told once"
    assert started_again(store, club, NOW - timedelta(hours=1.5 if is_dated else 0.1)) == []
    assert [each.id for each in started_again(store, club, NOW + timedelta(hours=1))] == [club.id]


def test_an_opt_out_that_was_imported_once_does_not_end_a_later_return(store, club, people, imported):
    imported(people(OUT))
    met(store, club)
    join(store, club, at=NOW + timedelta(minutes=1))
    assert outcomes(imported(people(OUT))) == {"came_back": 1}
    assert state(store, club).grant_for(club.id) is not None


def test_an_opt_out_that_was_corrected_does_not_come_back_with_the_same_file(store, club, people, imported):
    imported(people(CLAIMED))
    imported(people(OUT))
    [_, event], _ = events(store, club)
    write_event(store, club, EventKind.CORRECTED, answers=event.id)
    assert outcomes(imported(people(OUT))) == {"came_back": 1}
    assert state(store, club).withdrawal_for(club.id) is None


def test_an_opt_out_older_than_the_persons_return_ends_nothing(store, club, people, imported):
    imported(people(CLAIMED))
    join(store, club, at=NOW)
    header = "phone,unsubscribed at"
    assert outcomes(imported(people("0612345678,2025-06-01", header=header))) == {"came_back": 1}
    assert outcomes(imported(people("0612345678,2026-03-03", header=header))) == {"stopped": 1}
    assert state(store, club).grant_for(club.id) is None


# --- a number that changed hands -------------------------------------------------------------------------------


@pytest.fixture
def second_owner(store, club, imported, people):
    """Anna was imported; somebody else has her number since, and has joined."""
    imported(people(BACKED))
    brand = programs.brand(club.brand)
    with store.database.write() as session:
        found = contacts.read(store, session, contacts.find(store, session, club.brand, ANNA))
        invalidate(store, session, brand, found, act(), NOW, reason="wrong_number")
    join(store, club, at=NOW + timedelta(hours=1))
    assert person(store, club).name == ""


@pytest.mark.parametrize("said_on", ["2024-03-01", "2026-03-01", ""], ids=["again", "before it", "undated"])
def test_what_was_said_before_it_changed_hands_is_not_of_the_new_owner(
    store, club, imported, people, second_owner, said_on
):
    row = f'0612345678,Anna,Utrecht,{said_on},checkout,"{WORDING}",'
    imported(people(row), at=NOW + timedelta(days=60))
    found = person(store, club)
    assert (found.name, found.attributes, found.hidden_since) == ("", {}, NOW)


def test_what_was_said_since_is_of_the_new_owner_and_all_that_is_known(
    store, club, imported, people, second_owner
):
    row = f'0612345678,Bram,,2026-04-01,checkout,"{WORDING}",'
    imported(people(row), at=NOW + timedelta(days=60))
    found = person(store, club)
    assert (found.name, found.hidden_since) == ("Bram", None)
    assert "Utrecht" not in found.attributes.values()
    before = dump(store)
    imported(people(row), at=NOW + timedelta(days=61))
    assert dump(store) == before


def test_who_hides_it_while_an_import_runs_is_not_overwritten(store, club, imported, people):
    imported(people(BACKED))
    read_before = person(store, club)
    with store.database.write() as session:
        contacts.hide_owner(store, session, read_before.id, NOW)
        facts = Facts(
            name="Anna", language="nl", attributes={}, places=read_before.places,
            recipient=read_before.recipient,
        )  # fmt: skip
        update_facts(
            store, session, [Change(claim=None, contact=read_before, outcome=Outcome.UPDATED, facts=facts)]
        )
    assert person(store, club).hidden_since == NOW
