"""Nobody is written to again who has ended e-mail since the backup from which a store was put back."""

import json
import shutil

import pytest
from click.testing import CliRunner
from django.db import connections

from factories.mail import invitation, send, smtp_server
from factories.points import published
from factories.worlds import world
from yesword.cli.store import command
from yesword.collect import invitations, inviting
from yesword.collect.invitee_lists import reader
from yesword.consent import journaling, restoring
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.proof.auditing import audit
from yesword.store import holds, invitees
from yesword.store.models import InvitationCampaign
from yesword.worker.dispatcher import hold_if_restored

MAIL, OTHER = "anna@example.net", "ben@example.net"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        published(made)
        yield made


@pytest.fixture
def inbox():
    with smtp_server() as made:
        yield made


@pytest.fixture
def backup(here, tmp_path):
    """A copy of the store, made when called; calling what it gives puts the copy back."""
    copy = tmp_path / "backup.sqlite3"

    def make():
        with connections["default"].cursor() as cursor:
            cursor.execute(f"VACUUM INTO '{copy}'")
        return put_back

    def put_back():
        folder = here.store.folder
        here.store.database.close()
        for name in ("yesword.sqlite3-wal", "yesword.sqlite3-shm"):
            (folder / name).unlink(missing_ok=True)
        shutil.copy(copy, folder / "yesword.sqlite3")

    return make


def suppressed(here, mail=MAIL):
    with here.store.database.read() as session:
        return invitees.suppressed(here.store, session, here.club.brand, [mail]).get(mail)


def the_invitation(here):
    ((number,),) = here.sql("SELECT id FROM invitation")
    return number


def resumed(here):
    told = CliRunner().invoke(command, ["resume", "--yes", "--data", str(here.store.folder)])
    assert told.exit_code == 0, told.output
    return told.output


@pytest.mark.parametrize(
    "cause", [invitees.LEFT, invitees.COMPLAINED, invitees.BOUNCED], ids=["left", "complained", "bounced"]
)
def test_whoever_ended_e_mail_since_the_backup_is_not_written_to_again(here, inbox, backup, cause):
    row = invitation(here, f"{MAIL},Anna,en,\n")
    put_back = backup()
    invitations.end_letters(here.store, the_invitation(here), cause, here.at)
    put_back()
    assert suppressed(here) is None
    assert restoring.forgotten(here.store).stops == 1

    send(here, inbox)  # before any dispatcher has closed the valve
    hold_if_restored(here.store, here.at)
    send(here, inbox)
    assert inbox.letters == []

    dry = restoring.replay(here.store, here.at, is_dry_run=True)
    assert (dry.mails, suppressed(here)) == (1, None)
    done = restoring.replay(here.store, here.at)
    assert (done.mails, done.ended, done.suppressed) == (1, 0, 0)
    assert suppressed(here) == cause
    assert not restoring.forgotten(here.store)
    with here.store.database.write() as session:
        holds.release(session, holds.RESTORED, here.at)
    row.refresh_from_db()
    assert (row.state, row.pause_reason) == (InvitationCampaign.State.PAUSED, restoring.PAUSED)
    inviting.resume(row)
    send(here, inbox)
    assert inbox.letters == []
    assert restoring.replay(here.store, here.at).mails == 0, "once is enough"
    assert audit(here.store).misfits.told == []


def test_an_address_that_the_old_store_never_had_is_kept_out_of_later_lists(here, inbox, backup):
    put_back = backup()
    invitation(here, f"{MAIL},Anna,en,\n")
    invitations.end_letters(here.store, the_invitation(here), invitees.LEFT, here.at)
    put_back()
    assert "1 e-mail address is written to no more.\n" in resumed(here)
    assert suppressed(here) == invitees.LEFT
    invitation(here, f"{MAIL},Anna,en,\n{OTHER},Ben,en,\n")
    send(here, inbox)
    assert [to for _from, to in inbox.envelopes] == [OTHER]


def test_who_was_erased_since_is_not_written_to_either(here, inbox, backup):
    put_back = backup()
    invitation(here, f"{MAIL},Anna,en,\n")
    with here.store.database.read() as session:
        person = invitees.find_many(here.store, session, here.club.brand, [MAIL])[MAIL]
    erasing.erase(here.store, person, Wish(ground=REQUESTED), here.at)
    put_back()
    resumed(here)
    assert suppressed(here) == invitees.ERASED
    invitation(here, f"{MAIL},Anna,en,\n")
    send(here, inbox)
    assert inbox.letters == []


def test_the_list_itself_may_say_who_has_left(here, backup):
    put_back = backup()
    row = invitation(here, f"{OTHER},Ben,en,\n")
    inviting.add_people(here.store, row, reader(f"email,unsubscribed\n{MAIL},yes\n".encode()), here.at)
    put_back()
    assert restoring.replay(here.store, here.at).mails == 1


def test_an_end_of_e_mail_that_a_crash_kept_out_of_the_journal_is_written_at_the_next_start(
    here, monkeypatch
):
    invitation(here, f"{MAIL},Anna,en,\n")
    with monkeypatch.context() as patch:
        patch.setattr(here.store.journal, "write", lambda stops: None)
        invitations.end_letters(here.store, the_invitation(here), invitees.LEFT, here.at)
    assert list(here.store.journal.stops()) == []
    assert journaling.catch_up(here.store, here.at) == 1
    (stop,) = here.store.journal.stops()
    assert stop.mail_cause == invitees.LEFT
    assert journaling.catch_up(here.store, here.at) == 0
    assert not restoring.forgotten(here.store)


def test_the_journal_holds_no_address(here):
    invitation(here, f"{MAIL},Anna,en,\n")
    invitations.end_letters(here.store, the_invitation(here), invitees.LEFT, here.at)
    (file,) = here.store.journal.folder.glob("stops-*.jsonl")
    assert b"anna" not in file.read_bytes()
    assert json.loads(file.read_bytes().splitlines()[0])[6] == "mail:mail_left"
