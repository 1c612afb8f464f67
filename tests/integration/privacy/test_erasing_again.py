"""A store that was put back brings nobody back: whoever was erased since its backup is erased again, before sending goes on."""

import json
import shutil
import sqlite3
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connections

from factories.dumps import dump
from factories.worlds import ANNA, world
from yesword.cli.store import command
from yesword.consent import journaling, restoring
from yesword.domain.events import Actor, Grade
from yesword.domain.ids import to_text
from yesword.domain.retention import Override
from yesword.domain.times import month_of
from yesword.privacy import erasing, erasing_again, kept_proof
from yesword.privacy.erasing import OPERATOR, REQUESTED, RETENTION, Wish
from yesword.proof.auditing import audit
from yesword.store import contacts, durable, erasures, holds, suppressions
from yesword.store.checking import check_store
from yesword.store.contacts import PHONE
from yesword.store.journal import Erased, Gone
from yesword.store.keyfiles import KeyMissingError
from yesword.store.models import AuditEntry
from yesword.worker.dispatcher import hold_if_restored

BEN = "+31612345679"
NAME = "Annabella Unmistakable"
WORDS = "my grandmother wears size 37"
NOW = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="tests"),))
KEPT = Wish(ground=REQUESTED)


@pytest.fixture
def here(sqlite_store):
    """Anna has joined, and has written something."""
    with world(sqlite_store) as made:
        made.strangers([ANNA], name=NAME)
        made.join()
        made.text(ANNA, WORDS)
        yield made


@pytest.fixture
def backup(here, tmp_path):
    """Copies of the store and of the vault as they are when it is called; puts either back."""

    class Backup:
        def make(self, *, of_vault=True):
            with connections["default"].cursor() as cursor:
                cursor.execute(f"VACUUM INTO '{tmp_path / 'store.sqlite3'}'")
            if of_vault:
                self.make_of_vault()

        def make_of_vault(self):
            with sqlite3.connect(here.store.folder / "keys.sqlite3") as rows:
                rows.execute(f"VACUUM INTO '{tmp_path / 'keys.sqlite3'}'")
            rows.close()

        def put_back(self, *, with_vault=False):
            here.store.database.close()
            replace(tmp_path / "store.sqlite3", here.store.folder / "yesword.sqlite3")
            if with_vault:
                here.store.vault.close()
                replace(tmp_path / "keys.sqlite3", here.store.folder / "keys.sqlite3")
            here.store.vault._opened.cache_clear()

    return Backup()


def replace(copy, path):
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, path)


def resume(here, *, is_dry_run=False):
    restoring.replay(here.store, here.at, is_dry_run=is_dry_run)
    return erasing_again.erase_again(here.store, here.at, is_dry_run=is_dry_run)


def row_of(here, contact):
    with here.store.database.read() as session:
        return erasures.read(session, contact)


def all_rows(here):
    with here.store.database.read() as session:
        return erasures.of_brand(session, here.club.brand)


def causes(here, number=ANNA):
    with here.store.database.read() as session:
        found = suppressions.find(here.store, session, here.club.brand, [number])
    return [each.cause for each in found.values()]


def kinds(here, contact):
    rows = here.sql("SELECT kind FROM consent_event WHERE contact_id = %s ORDER BY seq", contact)
    return [row[0] for row in rows]


def held_look_up(here, number=ANNA):
    return kept_proof.find(here.store, here.club.brand, number)


def fits(here):
    return [*check_store(here.store).findings, *(each.sentence for each in audit(here.store).misfits.told)]


# --- people who are in the backup -------------------------------------------------------------------------------

VAULTS = pytest.mark.parametrize(
    "with_vault",
    [
        pytest.param(False, id="the vault knows that the key is gone"),
        pytest.param(True, id="the vault was put back, too"),
    ],
)


@VAULTS
def test_whoever_was_erased_since_the_backup_is_erased_again(here, backup, with_vault):
    anna = here.contact().id
    backup.make()
    here.wait(hours=1)
    row = erasing.erase(here.store, anna, NOW, here.at)
    backup.put_back(with_vault=with_vault)
    assert NAME in dump(here.store)

    here.wait(hours=1)
    assert restoring.forgotten(here.store).erasures == 1
    assert resume(here).people == 1
    left = dump(here.store)
    assert [secret for secret in (ANNA[1:], NAME, WORDS) if secret in left] == []
    again = row_of(here, anna)
    assert (again.stage, again.ground, again.asked_at, again.retain_until) == (
        erasures.DONE,
        REQUESTED,
        row.asked_at,
        None,
    )
    assert kinds(here, anna)[-1] == "erased"
    assert here.state(anna).grant_for(here.club.id) is None
    assert here.sql("SELECT sealed_number FROM contact WHERE id = %s", anna) == [(None,)]
    assert here.sql("SELECT count(*) FROM inbound_text WHERE sealed_body IS NOT NULL") == [(0,)]
    assert causes(here) == ["erased"]
    assert fits(here) == []


@VAULTS
def test_doing_it_twice_changes_nothing(here, backup, with_vault):
    anna = here.contact().id
    backup.make()
    erasing.erase(here.store, anna, NOW, here.at)
    backup.put_back(with_vault=with_vault)
    resume(here)
    before = kinds(here, anna)
    assert not restoring.forgotten(here.store)
    assert resume(here).people == 0
    assert kinds(here, anna) == before


@VAULTS
def test_a_dry_run_tells_how_many_and_changes_nothing(here, backup, with_vault):
    backup.make()
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    backup.put_back(with_vault=with_vault)
    before = [here.sql(f"SELECT * FROM {table}") for table in ("contact", "consent_event", "erasure")]
    assert resume(here, is_dry_run=True).people == 1
    assert causes(here) == []
    assert before == [here.sql(f"SELECT * FROM {table}") for table in ("contact", "consent_event", "erasure")]


@VAULTS
def test_it_leaves_a_trace_of_its_own(here, backup, with_vault):
    anna = here.contact().id
    backup.make()
    erasing.erase(here.store, anna, NOW, here.at)
    backup.put_back(with_vault=with_vault)
    resume(here)
    traces = AuditEntry.objects.filter(action="erase_again")
    assert [(each.subject, each.detail["ground"]) for each in traces] == [(to_text("con", anna), REQUESTED)]


@VAULTS
def test_a_crash_in_the_middle_is_made_good(here, backup, monkeypatch, with_vault):
    anna = here.contact().id
    backup.make()
    erasing.erase(here.store, anna, NOW, here.at)
    backup.put_back(with_vault=with_vault)
    with monkeypatch.context() as patch:
        patch.setattr(erasing.erasures, "wipe", crash)
        with pytest.raises(CrashError):
            resume(here)
    assert erasing.finish(here.store, here.at) == 1
    assert row_of(here, anna).stage == erasures.DONE
    assert kinds(here, anna).count("erased") == 1
    assert NAME not in dump(here.store)
    assert fits(here) == []


def test_their_stop_holds_when_they_are_imported_again(here, backup):
    backup.make()
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    backup.put_back()
    resume(here)
    here.grant(here.strangers([ANNA]), here.club, Actor.IMPORT, Grade.D)
    assert here.state().grant_for(here.club.id) is None


def test_the_others_are_untouched(here, backup):
    here.join(BEN)
    backup.make()
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    ben = here.contact(BEN)
    backup.put_back()
    resume(here)
    assert here.contact(BEN) == ben
    assert here.state(BEN).grant_for(here.club.id) is not None


def test_a_stop_of_the_last_day_by_somebody_whose_key_is_gone_keeps_no_dispatcher_from_starting(here, backup):
    here.text(ANNA, "STOP")
    backup.make()
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    for file in here.store.journal.folder.glob("stops-*.jsonl"):
        file.unlink()
    backup.put_back()
    assert journaling.catch_up(here.store, here.at) == 0


def test_it_is_the_same_on_both_databases(store):
    """As after a restore: rows as they were, a key that is destroyed, and lines about these and about somebody unknown."""
    with world(store) as here:
        here.join()
        anna, absent = here.contact().id, store.ids.make(7)
        for contact, number in ((anna, ANNA), (absent, BEN)):
            gone = Gone(
                brand=here.club.brand,
                kind=PHONE,
                digest=store.look_up.digest(here.club.brand, PHONE, number),
                pepper=store.look_up.newest,
                month=month_of(here.at),
            )
            line = Erased(
                contact=contact,
                brand=here.club.brand,
                at=here.at,
                ground=REQUESTED,
                policy="",
                by=None,
                retain_until=None,
            )
            store.journal.write_erased(line, [gone])
        store.vault.forget(anna)
        store.vault.destroy(anna, 0)
        assert restoring.forgotten(store).erasures == 2
        done = resume(here)
        assert (done.people, done.absent, done.unfinished) == (2, 1, 0)
        assert not restoring.forgotten(store)
        assert [causes(here, number) for number in (ANNA, BEN)] == [["erased"], ["erased"]]
        assert kinds(here, anna)[-2:] == ["withdrawn", "erased"]
        assert fits(here) == []


# --- people whom the backup never knew --------------------------------------------------------------------------


@pytest.mark.parametrize("wish", [NOW, KEPT], ids=["erased", "kept"])
def test_of_somebody_whom_the_store_never_knew_the_number_is_suppressed(here, backup, wish):
    backup.make()
    here.join(BEN)
    ben = here.contact(BEN).id
    kept = erasing.erase(here.store, ben, wish, here.at)
    backup.put_back()
    done = resume(here)
    assert (done.people, done.absent) == (1, 1)
    assert causes(here, BEN) == ["erased"]
    assert row_of(here, ben).retain_until == kept.retain_until
    assert not restoring.forgotten(here.store)
    assert resume(here).people == 0
    assert fits(here) == []


def test_what_a_younger_backup_of_the_vault_knows_of_them_goes(here, backup):
    backup.make(of_vault=False)
    here.join(BEN)
    ben = here.contact(BEN).id
    backup.make_of_vault()
    erasing.erase(here.store, ben, NOW, here.at)
    backup.put_back(with_vault=True)
    digest = here.store.look_up.digest(here.club.brand, PHONE, BEN)
    assert here.store.vault.find(here.club.brand, PHONE, [digest]) == {digest: ben}
    resume(here)
    assert here.store.vault.find(here.club.brand, PHONE, [digest]) == {}
    here.join(BEN)
    assert here.contact(BEN).id != ben


def test_what_the_vault_keeps_of_them_goes_on_its_day(here, backup):
    backup.make()
    here.join(BEN)
    ben = here.contact(BEN).id
    until = erasing.erase(here.store, ben, KEPT, here.at).retain_until
    backup.put_back()
    resume(here)
    assert held_look_up(here, BEN) == [ben]
    here.now[0] = until + timedelta(seconds=1)
    assert erasing.erase(here.store, ben, Wish(ground=RETENTION), here.at).stage == erasures.DONE
    assert held_look_up(here, BEN) == []


# --- proof that must be kept ------------------------------------------------------------------------------------


@VAULTS
def test_proof_that_was_kept_is_kept_until_the_same_day_and_then_goes(here, backup, with_vault):
    anna = here.contact().id
    backup.make()
    until = erasing.erase(here.store, anna, KEPT, here.at).retain_until
    backup.put_back(with_vault=with_vault)
    here.wait(days=30)
    resume(here)
    row = row_of(here, anna)
    assert (row.stage, row.retain_until) == (erasures.HELD, until)
    assert row.citation
    assert held_look_up(here) == [anna]
    with here.store.database.read() as session:
        person = contacts.read(here.store, session, anna)
    # What was sealed under a key that is gone stays closed: only where the vault was put back is there any proof left.
    assert person.number == (ANNA if with_vault else None)
    assert fits(here) == []
    here.now[0] = until + timedelta(seconds=1)
    assert erasing.erase(here.store, anna, Wish(ground=RETENTION), here.at).stage == erasures.DONE
    assert held_look_up(here) == []
    assert fits(here) == []


def test_what_the_brand_had_decided_is_not_weighed_anew(here, backup):
    """The law would keep the proof for years; the brand had set its own period, and all of it was erased."""
    anna = here.contact().id
    backup.make()
    erasing.erase(here.store, anna, Wish(ground=OPERATOR, overrides=NOW.overrides), here.at)
    backup.put_back(with_vault=True)
    resume(here)
    row = row_of(here, anna)
    assert (row.stage, row.ground, row.retain_until) == (erasures.DONE, OPERATOR, None)


def test_proof_whose_day_came_since_the_backup_goes_again(here, backup):
    anna = here.contact().id
    until = erasing.erase(here.store, anna, KEPT, here.at).retain_until
    backup.make()
    here.now[0] = until + timedelta(seconds=1)
    erasing.erase(here.store, anna, Wish(ground=RETENTION), here.at)
    backup.put_back(with_vault=True)
    assert held_look_up(here) == [anna]
    assert restoring.forgotten(here.store).erasures == 1
    assert resume(here).people == 1
    assert row_of(here, anna).stage == erasures.DONE
    assert held_look_up(here) == []
    assert not restoring.forgotten(here.store)
    assert fits(here) == []


def test_of_two_lines_about_one_person_the_later_counts_and_one_is_counted(here, backup):
    anna = here.contact().id
    backup.make()
    until = erasing.erase(here.store, anna, KEPT, here.at).retain_until
    here.now[0] = until + timedelta(seconds=1)
    erasing.erase(here.store, anna, Wish(ground=RETENTION), here.at)
    backup.put_back(with_vault=True)
    assert resume(here, is_dry_run=True).people == 1
    assert resume(here).people == 1
    assert row_of(here, anna).stage == erasures.DONE
    assert fits(here) == []


# --- what the journal is told -----------------------------------------------------------------------------------


class CrashError(Exception):
    pass


def crash(*args, **kwargs):
    raise CrashError


def test_the_journal_knows_before_anything_is_lost_and_has_no_number(here, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "drain", crash)
        with pytest.raises(CrashError):
            erasing.erase(here.store, here.contact().id, NOW, here.at)
    assert len(list(here.store.journal.erased())) == 1
    (line,) = here.store.journal.gone()
    assert line.digest == here.store.look_up.digest(here.club.brand, PHONE, ANNA)
    for file in here.store.journal.folder.iterdir():
        assert ANNA.encode()[1:] not in file.read_bytes()


def test_what_a_crash_kept_from_the_journal_is_written_before_the_erasure_goes_on(here, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(here.store.journal, "write_erased", crash)
        with pytest.raises(CrashError):
            erasing.erase(here.store, here.contact().id, NOW, here.at)
    assert list(here.store.journal.erased()) == []
    assert erasing.finish(here.store, here.at) == 1
    assert len(list(here.store.journal.erased())) == 1
    (line,) = here.store.journal.gone()
    assert line.digest == here.store.look_up.digest(here.club.brand, PHONE, ANNA)


def test_between_its_two_lines_a_crash_leaves_what_suppresses_and_the_other_is_written_later(
    here, monkeypatch
):
    append = durable.append

    def cut(path, lines):
        if path.name.startswith("erasures"):
            raise CrashError
        append(path, lines)

    with monkeypatch.context() as patch:
        patch.setattr(durable, "append", cut)
        with pytest.raises(CrashError):
            erasing.erase(here.store, here.contact().id, NOW, here.at)
    assert [len(list(each)) for each in (here.store.journal.gone(), here.store.journal.erased())] == [1, 0]
    assert erasing.finish(here.store, here.at) == 1
    assert [len(list(each)) for each in (here.store.journal.gone(), here.store.journal.erased())] == [1, 1]
    assert fits(here) == []


def test_a_stop_before_the_erasure_leaves_no_line_with_its_event_not_at_the_next_start_either(here):
    here.text(ANNA, "STOP")
    here.text(BEN, "JOIN")
    here.text(BEN, "STOP")
    erasing.erase(here.store, here.contact().id, KEPT, here.at)
    assert journaling.catch_up(here.store, here.at) == 0
    digest = here.store.look_up.digest(here.club.brand, PHONE, ANNA)
    stops = list(here.store.journal.stops())
    assert stops
    assert digest not in {stop.digest for stop in stops}
    assert not restoring.forgotten(here.store)
    assert fits(here) == []


def test_a_stop_that_was_told_while_the_erasure_went_on_leaves_none_either(here, monkeypatch):
    """Another process had committed it, and slept before it told the journal."""
    wipe_rows = erasing._wipe_rows
    here.text(ANNA, "STOP")
    (stop,) = here.store.journal.stops()

    def late(*args):
        here.store.journal.write([stop])
        wipe_rows(*args)

    monkeypatch.setattr(erasing, "_wipe_rows", late)
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    assert list(here.store.journal.stops()) == []
    assert fits(here) == []


def test_a_consent_of_the_same_month_before_the_erasure_does_not_bring_them_back(here):
    """The suppression says the month, so whatever is said to have been agreed to in it must be none the better."""
    here.wait(days=10)
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    with here.store.database.read() as session:
        (left,) = suppressions.find(here.store, session, here.club.brand, [ANNA]).values()
    assert (left.since, left.said) == (month_of(here.at), "2026-03")
    here.grant(here.strangers([ANNA]), here.club, Actor.IMPORT, Grade.D)
    assert here.state().grant_for(here.club.id) is None
    here.join()
    assert here.state().grant_for(here.club.id) is not None


@VAULTS
def test_an_erasure_that_an_earlier_version_kept_on_one_line_is_done_again(here, backup, with_vault):
    anna = here.contact().id
    backup.make()
    erasing.erase(here.store, anna, NOW, here.at)
    digest = here.store.look_up.digest(here.club.brand, PHONE, ANNA).hex()
    for file in here.store.journal.folder.glob("gone-*.jsonl"):
        file.unlink()
    (file,) = here.store.journal.folder.glob("erasures-*.jsonl")
    _, _, contact, brand, *rest = json.loads(file.read_text())
    file.write_text(json.dumps([1, "erased", contact, brand, digest, 1, *rest], separators=(",", ":")) + "\n")
    backup.put_back(with_vault=with_vault)
    assert restoring.forgotten(here.store).erasures == 1
    assert resume(here).people == 1
    assert causes(here) == ["erased"]
    assert fits(here) == []

    journaling.catch_up(here.store, here.at)
    assert digest not in file.read_text()
    assert [line.contact for line in here.store.journal.erased()] == [anna]
    assert [line.digest.hex() for line in here.store.journal.gone()] == [digest]
    assert fits(here) == []


def test_an_erasure_that_goes_on_is_told_once(here, monkeypatch):
    anna = here.contact().id
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "drain", lambda *args: False)
        with pytest.raises(erasing.StillSendingError):
            erasing.erase(here.store, anna, NOW, here.at)
        assert erasing.finish(here.store, here.at) == 0
    erasing.erase(here.store, anna, NOW, here.at)
    assert len(list(here.store.journal.erased())) == 1


def test_an_erasure_under_a_pepper_that_is_not_here_is_not_done_again_and_nothing_is(here, backup):
    backup.make()
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    (file,) = here.store.journal.folder.glob("gone-*.jsonl")
    file.write_text(file.read_text().replace('",1]', '",2]'))
    backup.put_back()
    with pytest.raises(KeyMissingError, match="pepper-2"):
        restoring.replay(here.store, here.at)
    assert causes(here) == []


@pytest.mark.parametrize("wish", [NOW, KEPT], ids=["erased", "kept"])
def test_who_goes_on_with_an_erasure_that_somebody_else_has_ended_changes_nothing(here, monkeypatch, wish):
    """As the dispatcher would, had it read how far the erasure was and then slept through the end of it."""
    anna = here.contact().id
    drain = erasing.drain

    def slept(*args):
        monkeypatch.setattr(erasing, "drain", drain)
        assert erasing.finish(here.store, here.at) == 1
        return True

    monkeypatch.setattr(erasing, "drain", slept)
    row = erasing.erase(here.store, anna, wish, here.at)
    assert row.stage == (erasures.DONE if wish is NOW else erasures.HELD)
    assert kinds(here, anna).count("erased") == 1
    with here.store.database.read() as session:
        person = contacts.read(here.store, session, anna)
    assert person.number == (None if wish is NOW else ANNA)
    assert fits(here) == []


# --- the command ------------------------------------------------------------------------------------------------


def run(here, *arguments):
    answer = CliRunner().invoke(command, ["resume", "--data", str(here.store.folder), *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_the_command_erases_again_before_sending_is_let_go(here, backup):
    here.join(BEN)
    anna, ben = here.contact().id, here.contact(BEN).id
    backup.make()
    for contact in (anna, ben):
        erasing.erase(here.store, contact, NOW, here.at)
    here.join("+31612345670")
    erasing.erase(here.store, here.contact("+31612345670").id, NOW, here.at)
    backup.put_back()
    hold_if_restored(here.store, here.at)
    told = run(here)
    assert (
        "3 people who were erased since the backup would be erased again; "
        "of 1 of them the store has nothing, and their numbers would be suppressed." in told
    )
    assert row_of(here, anna) is None
    told = run(here, "--yes")
    assert "3 people who were erased since the backup were erased again; of 1 of them" in told
    assert told.endswith("Sending goes on.\n")
    assert {row_of(here, each).stage for each in (anna, ben)} == {erasures.DONE}
    with here.store.database.read() as session:
        assert not holds.held_for(session)
    assert "0 people who were erased since the backup were erased again." in run(here, "--yes")


def test_one_person_is_told_of_as_one(here, backup):
    backup.make()
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    backup.put_back()
    assert "1 person who was erased since the backup would be erased again." in run(here)


def test_while_a_text_is_being_handed_over_sending_stays_closed(here, backup, monkeypatch):
    backup.make()
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    backup.put_back()
    hold_if_restored(here.store, here.at)
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "drain", lambda *args: False)
        told = run(here, "--yes")
    assert "Texts to 1 of those being erased are still on their way." in told
    assert "Sending stays closed" in told
    with here.store.database.read() as session:
        assert holds.held_for(session) == {holds.RESTORED}
    assert run(here, "--yes").endswith("Sending goes on.\n")
    assert [row.stage for row in all_rows(here)] == [erasures.DONE]
