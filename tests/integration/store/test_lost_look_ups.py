"""Look-ups lost from the vault: nothing is sent to anybody until everybody is found by their number again."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connections

from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.collect.imports import run_import
from yesword.consent.obstacles import obstacles
from yesword.consent.refinding import find_again, hold_if_lost
from yesword.consent.restoring import replay
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.proof.auditing import audit
from yesword.proof.sequencer import Sequencer
from yesword.store import contacts, holds, look_ups

BEN, CEES = "+31612345679", "+31612345670"


@pytest.fixture
def here(store):
    with world(store) as made:
        for number in (ANNA, BEN):
            made.join(number)
        made.text(ANNA, "STOP")
        yield made


def lose(here, number):
    """As a vault does that is put back from a copy, or that somebody changed."""
    contact = here.contact(number).id
    if here.store.database.vendor == "sqlite":
        rows = here.store.vault.rows._connection
        rows.execute("DELETE FROM look_up WHERE contact_id = ?", (contact,))
    else:
        with connections["default"].cursor() as cursor:
            cursor.execute("DELETE FROM keys.look_up WHERE contact_id = %s", [contact])
    return contact


def held(here):
    with here.store.database.read() as session:
        return holds.held_for(session)


def imported(here, tmp_path, number):
    file = tmp_path / "people.csv"
    day = (here.at - timedelta(days=40)).date().isoformat()
    file.write_text(
        "phone,consent date,consent source,consent wording\n"
        f"{number},{day},checkout,Yes text me offers about shoes\n"
    )
    run_import(here.store, here.club, file, clock=lambda: here.at)


def met_anew(here, tmp_path, number):
    imported(here, tmp_path, number)
    return here.contact(number).id


def found(here, number):
    with here.store.database.read() as session:
        return contacts.find(here.store, session, here.club.brand, number)


@pytest.mark.postgres
def test_while_everybody_is_found_nothing_is_held(here):
    with here.store.database.write() as session:
        contacts.hide_owner(here.store, session, here.contact(BEN).id, here.at)
    contacts.prepare(here.store, here.club.brand, ["+31612345670"])  # somebody who is about to be made
    assert not look_ups.seem_lost(here.store)
    assert not hold_if_lost(here.store, here.at)
    assert held(here) == frozenset()


@pytest.mark.postgres
def test_whoever_is_not_found_any_more_stops_all_sending(here):
    anna = lose(here, ANNA)
    contacts.prepare(here.store, here.club.brand, ["+31612345670"])
    assert [each.contact for each in look_ups.unfound(here.store)] == [anna]
    assert hold_if_lost(here.store, here.at)
    assert held(here) == {holds.LOOK_UPS}
    assert not hold_if_lost(here.store, here.at)
    (told,) = obstacles(here.store)
    assert told.code == holds.LOOK_UPS
    shown = here.shown()
    here.campaign("[Brand]: hello.")
    here.settle()
    assert here.shown() == shown


class Vault:
    """The vault's rows of some people, taken out or put back as an older copy has them."""

    TABLES = ("subject_key", "look_up")

    def __init__(self, here):
        self._is_sqlite = here.store.database.vendor == "sqlite"
        self._rows = here.store.vault.rows
        self._vault = here.store.vault

    def of(self, contact):
        return {
            each: self._run(f"SELECT * FROM {{}} WHERE contact_id IN ({contact}, {-contact})", each)
            for each in self.TABLES
        }

    def drop(self, contact):
        for each in self.TABLES:
            self._run(f"DELETE FROM {{}} WHERE contact_id IN ({contact}, {-contact})", each)
        self._vault.forget_opened()

    def put_back(self, contact, copy):
        self.drop(contact)
        for table, rows in copy.items():
            for row in rows:
                marks = ", ".join("?" if self._is_sqlite else "%s" for _ in row)
                self._run(f"INSERT INTO {{}} VALUES ({marks})", table, *row)

    def _run(self, sql, table, *values):
        if self._is_sqlite:
            return self._rows._connection.execute(sql.format(table), values).fetchall()
        with connections["default"].cursor() as cursor:
            cursor.execute(sql.format(f"keys.{table}"), values)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def older_vault(here):
    """As it was before Ben was erased, and before Cees came and stopped: as many look-ups as people."""
    vault, ben = Vault(here), here.contact(BEN).id
    copy = vault.of(ben)
    erase(here.store, ben, Wish(ground=REQUESTED), here.at)
    here.join(CEES)
    here.text(CEES, "STOP")
    cees = here.contact(CEES).id
    vault.put_back(ben, copy)
    vault.drop(cees)
    return ben, cees


@pytest.mark.postgres
def test_an_older_vault_stops_all_sending_though_it_has_as_many_look_ups(here, older_vault):
    ben, cees = older_vault
    assert list(look_ups.come_back(here.store)) == [ben]
    assert [(each.contact, each.number) for each in look_ups.unfound(here.store)] == [(cees, None)]
    assert hold_if_lost(here.store, here.at)
    assert held(here) == {holds.LOOK_UPS}


@pytest.mark.postgres
@pytest.mark.usefixtures("older_vault")
@pytest.mark.parametrize("is_met", [False, True], ids=["not met", "met anew"])
def test_who_stopped_after_the_copy_of_an_older_vault_stays_stopped(here, tmp_path, is_met):
    if is_met:
        imported(here, tmp_path, CEES)
    seen = find_again(here.store, here.at, is_dry_run=True)
    assert (seen.lost, seen.gone) == (1, 1)
    find_again(here.store, here.at)
    done = replay(here.store, here.at)
    assert (done.ended, done.suppressed) == ((1, 0) if is_met else (0, 1))
    imported(here, tmp_path, CEES)
    assert found(here, BEN) is None
    younger = found(here, CEES)
    assert (younger is not None) is is_met
    if younger is not None:
        with here.store.database.read() as session:
            assert contacts.standings(session, [younger])[younger].state.grant_for(here.club.id) is None
    assert not look_ups.seem_lost(here.store)
    assert not any(True for _ in look_ups.unfound(here.store))
    assert replay(here.store, here.at).ended == replay(here.store, here.at).suppressed == 0
    told = {each.fault.value for each in audit(here.store).misfits.told}
    assert "person_key_missing" in told, "what is lost is named"
    assert not [each for each in told if each.startswith(("stop_", "suppression_", "erasure_"))]


@pytest.mark.postgres
def test_they_are_found_again_as_who_they_were(here):
    anna = lose(here, ANNA)
    assert find_again(here.store, here.at, is_dry_run=True).entered == 1
    assert found(here, ANNA) is None
    done = find_again(here.store, here.at)
    assert (done.entered, done.joined) == (1, 0)
    assert found(here, ANNA) == anna
    assert find_again(here.store, here.at).entered == 0
    assert audit(here.store).misfits.told == []


@pytest.mark.postgres
def test_an_import_of_somebody_who_stopped_and_is_not_found_sends_nothing(here, tmp_path):
    anna = lose(here, ANNA)
    younger = met_anew(here, tmp_path, ANNA)
    assert younger != anna
    assert held(here) == {holds.LOOK_UPS}

    done = find_again(here.store, here.at)
    assert (done.entered, done.joined) == (1, 1)
    assert found(here, ANNA) == anna
    with here.store.database.read() as session:
        states = contacts.standings(session, [anna, younger])
    assert all(each.state.grant_for(here.club.id) is None for each in states.values())
    assert not look_ups.seem_lost(here.store)
    sequencer = Sequencer(store=here.store, clock=lambda: here.at)
    while sequencer.round():
        pass
    assert audit(here.store).misfits.told == []


def test_resume_says_what_it_would_do_and_does_it(sqlite_store):
    with world(sqlite_store) as here:
        here.join(BEN)
        lose(here, BEN)
        hold_if_lost(here.store, here.at)
        command = ("store", "resume", "--data", str(here.store.folder))
        told = CliRunner().invoke(group, command)
        assert "1 person would be found by their number again." in told.output
        assert held(here) == {holds.LOOK_UPS}
        told = CliRunner().invoke(group, (*command, "--yes"))
        assert "1 person is found by their number again." in told.output
        assert held(here) == frozenset()
