"""Files of evidence, changed: lost, exchanged, described otherwise. What is handed out says so, too."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from factories.packed import own_policy, packed, sequence, story
from factories.tampering import BEN, last_recorded
from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.domain.evidence import EvidenceKind
from yesword.domain.ids import to_text
from yesword.domain.times import from_micros
from yesword.ledger.packs import Purpose
from yesword.ledger.policy import write_policy
from yesword.proof.evidence.attaching import Attachment, attach
from yesword.proof.evidence.files import FileGoneError, FileLostError, NoSuchFileError, read
from yesword.store import contacts, models, programs
from yesword.store.misfits import Fault

SCAN = b"%PDF-1.7\n% signed\n%%EOF\n"


def a_scan(at, more=b""):
    return Attachment(
        kind=EvidenceKind.SCAN, data=SCAN + more, happened_at=at - timedelta(hours=1), language="en"
    )


@pytest.fixture
def hands(hands):
    """With a scan for Anna and another for Ben."""
    at = from_micros(last_recorded(hands)) + timedelta(hours=3)
    program = programs.current(models.Program.objects.get(key="club").pk)
    with hands.store.database.read() as session:
        people = {
            number: contacts.read(hands.store, session, contacts.find(hands.store, session, program.brand, number))
            for number in (ANNA, BEN)
        }  # fmt: skip
    for number, person in people.items():
        attach(hands.store, person, program, a_scan(at, number.encode()), at)
    return hands


def file_of(hands, place=0):
    return hands.sql("SELECT id FROM evidence_blob ORDER BY id")[place][0]


def dropped(hands):
    file = file_of(hands)
    hands.sql("DELETE FROM evidence_blob WHERE id = %s", file)
    return f"{to_text('evi', file)} that it names is missing from the store"


def single_byte(hands):
    file = file_of(hands)
    hands.sql("UPDATE evidence_blob SET sealed = %s WHERE id = %s", b"\0", file)
    return f"{to_text('evi', file)} that it names does not open"


def emptied(hands):
    file = file_of(hands)
    hands.sql("UPDATE evidence_blob SET sealed = NULL WHERE id = %s", file)
    return f"{to_text('evi', file)} that it names is missing from the store, though its time is not over"


def zeroed(hands):
    file = file_of(hands)
    hands.sql("UPDATE evidence_blob SET sealed = %s WHERE id = %s", bytes(243), file)
    return f"{to_text('evi', file)} that it names does not open"


def exchanged(hands):
    one, two = file_of(hands), file_of(hands, 1)
    hands.sql(
        "UPDATE evidence_blob SET sealed = (SELECT sealed FROM evidence_blob WHERE id = %s) WHERE id = %s",
        two,
        one,
    )
    return f"{to_text('evi', one)} that it names does not open"


def column(name, value):
    def act(hands):
        file = file_of(hands)
        hands.sql(f"UPDATE evidence_blob SET {name} = %s WHERE id = %s", value, file)
        return f"{to_text('evi', file)} that it names has the"

    return act


def of_nothing(hands):
    file = file_of(hands)
    hands.sql(
        "INSERT INTO evidence_blob (bucket, id, brand_id, contact_id, kind, media_type, size, sealed, kept_at, purge_at)"
        " SELECT bucket, id + 1, brand_id, contact_id, kind, media_type, size, sealed, kept_at, purge_at"
        " FROM evidence_blob WHERE id = %s",
        file,
    )
    return to_text("evi", file + 1)


def page_overwritten(hands):
    """A page that no query of an audit reads."""
    hands.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    size, page = (
        hands.one("PRAGMA page_size"),
        hands.one("SELECT rootpage FROM sqlite_master WHERE name = 'point_tally'"),
    )
    with (hands.store.folder / "yesword.sqlite3").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    return "yesword.sqlite3"


CASES = {
    "a page of the database, overwritten": (page_overwritten, Fault.FILE_DAMAGED),
    "a file, dropped": (dropped, Fault.EVIDENCE_LOST),
    "a file, emptied before its time": (emptied, Fault.EVIDENCE_LOST),
    "a file, a single byte": (single_byte, Fault.EVIDENCE_LOST),
    "a file, overwritten": (zeroed, Fault.EVIDENCE_LOST),
    "a file, in place of another": (exchanged, Fault.EVIDENCE_LOST),
    "a file, of another person": (column("contact_id", 7), Fault.EVIDENCE_LOST),
    "a file, of another brand": (column("brand_id", 7), Fault.EVIDENCE_LOST),
    "a file, of another kind": (column("kind", "recording"), Fault.EVIDENCE_LOST),
    "a file, of another size": (column("size", 7), Fault.EVIDENCE_LOST),
    "a file, of another media type": (column("media_type", "text/html"), Fault.EVIDENCE_LOST),
    "a file, that no event names": (of_nothing, Fault.EVIDENCE_OF_NOTHING),
}


def test_what_nobody_changed_fits(hands, look_again):
    assert look_again().misfits.told == []


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both):
    def prepare(hands):
        program = programs.current(models.Program.objects.get(key="club").pk)
        at = from_micros(last_recorded(hands)) + timedelta(hours=3)
        with hands.store.database.read() as session:
            found = contacts.find(hands.store, session, program.brand, ANNA)
            person = contacts.read(hands.store, session, found)
        attach(hands.store, person, program, a_scan(at), at)

    check_on_both(dropped, Fault.EVIDENCE_LOST, prepare)


# --- what is handed out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "error"),
    [(dropped, NoSuchFileError), (emptied, FileLostError), (zeroed, FileLostError)],
    ids=["dropped", "emptied", "overwritten"],
)
def test_a_lost_file_is_not_said_to_have_had_its_time(hands, act, error):
    file = file_of(hands)
    assert read(hands.store, file).data.startswith(SCAN)
    hands.drop_guards()
    act(hands)
    with pytest.raises(error, match="missing from the store: it was tampered with, or lost"):
        read(hands.store, file)


def test_a_file_whose_time_is_over_is_not_lost(hands, look_again):
    file = file_of(hands)
    hands.sql("UPDATE evidence_blob SET sealed = NULL, purge_at = 1 WHERE id = %s", file)
    with pytest.raises(FileGoneError, match="its time was over"):
        read(hands.store, file)
    assert look_again().misfits.told == []


@pytest.mark.parametrize("act", [dropped, emptied, zeroed], ids=["dropped", "emptied", "overwritten"])
def test_a_pack_says_which_files_are_lost_and_so_does_whoever_checks_it(sqlite_store, tmp_path, act):
    with world(sqlite_store) as here:
        story(here)
        attach(here.store, here.contact(), here.club, a_scan(here.at), here.at)
        sequence(here)
        whole = packed(here, purpose=Purpose.LITIGATION)
        assert not [name for name in whole.manifest.left_out if name.startswith("evidence/")]
        from factories.tampering import Hands

        hands = Hands(store=here.store)
        hands.drop_guards()
        act(hands)
        pack = packed(here, purpose=Purpose.LITIGATION)
        ((name, why),) = [each for each in pack.manifest.left_out.items() if each[0].startswith("evidence/")]
        assert "it was tampered with, or lost" in why
        (tmp_path / "pack.zip").write_bytes(pack.data)
        (tmp_path / "policy.txt").write_text(write_policy(own_policy(here)))
        command = ["verify", str(tmp_path / "pack.zip"), "--policy", str(tmp_path / "policy.txt")]
        told = CliRunner().invoke(group, command).output
        assert f"Without {name}, so that nothing is shown of what it holds" in told
        command = ["evidence", "show", ANNA, "--program", "club", "--data", str(here.store.folder)]
        assert "It was tampered with, or lost." in CliRunner().invoke(group, command).output
