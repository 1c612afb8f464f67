"""Whoever has the files can change them. Every kind of row and file, changed in every way: the audit finds it, and names it."""

import json
import os
import shutil
import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.stamping import authority, stamper
from factories.tampering import BACK_US, PAGE_DIGEST, Hands, fill, flipped
from factories.worlds import world
from yesword.domain.ids import to_text
from yesword.ledger.checkpoint import Checkpoint, Signer, read_checkpoint, sign_checkpoint
from yesword.ledger.entry import make_entry
from yesword.proof.auditing import Trust, audit
from yesword.proof.auditing.vouching import trusted
from yesword.proof.timestamps import request_token
from yesword.store.misfits import Fault
from yesword.store.opening import open_store

# --- the record -------------------------------------------------------------------------------------------------


def column_flipped(column):
    def act(hands):
        event = hands.event(2)
        hands.flip("consent_event", column, "id = %s", event)
        return hands.name(event)

    return act


def event_dropped(hands):
    event = hands.event(2)
    index = hands.place(event)
    hands.sql("DELETE FROM consent_event WHERE id = %s", event)
    return f"place {index}: it is that of {hands.name(event)}"


def event_dropped_with_its_place(hands):
    event = hands.event(2)
    index = hands.place(event)
    hands.sql("DELETE FROM consent_event WHERE id = %s", event)
    hands.sql("DELETE FROM ledger_entry WHERE event_id = %s", event)
    return f"place {index}: there is no row"


def events_reordered(hands):
    one, two = hands.sql(
        "SELECT id, seq FROM consent_event WHERE contact_id = (SELECT contact_id FROM consent_event WHERE id = %s)"
        " ORDER BY seq LIMIT 2",
        hands.event(),
    )
    hands.sql("UPDATE consent_event SET seq = 99 WHERE id = %s", one[0])
    hands.sql("UPDATE consent_event SET seq = %s WHERE id = %s", one[1], two[0])
    hands.sql("UPDATE consent_event SET seq = %s WHERE id = %s", two[1], one[0])
    return "its column seq says"


def event_back_dated(hands):
    event = hands.event(2)
    (received_at,) = hands.sql("SELECT received_at FROM consent_event WHERE id = %s", event)[0]
    from yesword.domain.times import from_micros

    at = from_micros(received_at - BACK_US)
    hands.rewrite(event, received_at=at, occurred_at=at)
    hands.sql("UPDATE consent_event SET received_at = %s WHERE id = %s", received_at - BACK_US, event)
    return hands.name(event)


def recorded_at_back_dated(hands):
    event = hands.event(2)
    hands.sql("UPDATE consent_event SET recorded_at = recorded_at - %s WHERE id = %s", BACK_US, event)
    return f"{hands.name(event)}: the row says"


def scope_widened(hands):
    """No section tells the scope; the digest of the row does."""
    event = hands.event(3)
    from yesword.domain.events import Scope

    program = hands.one("SELECT program_id FROM consent_event WHERE id = %s", event)
    hands.rewrite(event, scope=Scope(program=program, purposes=("offers",), at_any_hour=True))
    return hands.name(event)


def entry_replaced(hands):
    """An entry that is right in itself, with a leaf hash that fits it."""
    event = hands.event(2)
    forged = make_entry({"event": {"type": "granted"}})
    hands.sql(
        "UPDATE consent_event SET entry = %s, leaf_hash = %s WHERE id = %s",
        forged.entry,
        forged.leaf_hash,
        event,
    )
    return f"place {hands.place(event)}: {hands.name(event)} has the leaf hash {forged.leaf_hash.hex()}"


def disclosures_exchanged(hands):
    one, two = hands.event(2), hands.event(3)
    hands.sql(
        "UPDATE consent_event SET sealed = (SELECT sealed FROM consent_event WHERE id = %s) WHERE id = %s",
        two,
        one,
    )
    return hands.name(one)


def disclosures_thrown_away(hands):
    event = hands.event(2)
    hands.sql("UPDATE consent_event SET sealed = NULL WHERE id = %s", event)
    return hands.name(event)


def event_given_to_somebody_else(hands):
    event = hands.event(2)
    bucket, contact = hands.sql("SELECT bucket, contact_id FROM consent_event WHERE id = %s", event)[0]
    hands.sql("UPDATE consent_event SET contact_id = %s WHERE id = %s", contact ^ 1, event)
    del bucket
    return to_text("con", contact)


def standing(column):
    def act(hands):
        contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
        hands.flip("standing", column, "contact_id = %s", contact)
        return to_text("con", contact)

    return act


def standing_dropped(hands):
    contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
    hands.sql("DELETE FROM standing WHERE contact_id = %s", contact)
    return to_text("con", contact)


def stop_forgotten(hands):
    """The state as it was before the stop, as somebody would like it who wants to go on texting."""
    event, contact, seq = hands.sql(
        "SELECT id, contact_id, seq FROM consent_event WHERE kind = 'withdrawn' ORDER BY recorded_at"
    )[0]
    del event
    older = hands.one(
        "SELECT leaf_hash FROM consent_event WHERE contact_id = %s AND seq = %s", contact, seq - 1
    )
    state = hands.one("SELECT state FROM standing WHERE seq = 2 AND stop_seq = 0 LIMIT 1")
    hands.sql(
        "UPDATE standing SET seq = seq - 1, stop_seq = 0, state = %s, last_leaf = %s WHERE contact_id = %s",
        state,
        older,
        contact,
    )
    return to_text("con", contact)


def subject_flipped(hands):
    event = hands.event()
    contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", event)
    hands.flip("contact", "subject", "id = %s", contact)
    return "for subject_id"


def contact_dropped(hands):
    contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
    hands.sql("DELETE FROM contact WHERE id = %s", contact)
    return to_text("con", contact)


# --- places and tiles -------------------------------------------------------------------------------------------


def place_dropped(hands):
    hands.sql("DELETE FROM ledger_entry WHERE idx = 7")
    return "place 7: there is no row"


def last_place_dropped(hands):
    size = hands.one("SELECT size FROM ledger_log")
    hands.sql("DELETE FROM ledger_entry WHERE idx = %s", size - 1)
    return f"place {size - 1}: there is no row"


def places_exchanged(hands):
    hands.sql("UPDATE ledger_entry SET idx = -7 WHERE idx = 7")
    hands.sql("UPDATE ledger_entry SET idx = 7 WHERE idx = 270")
    hands.sql("UPDATE ledger_entry SET idx = 270 WHERE idx = -7")
    return "place 7:"


def place_given_to_another(hands):
    event, bucket = hands.sql("SELECT id, bucket FROM consent_event WHERE kind = 'withdrawn' ORDER BY id")[0]
    hands.sql("DELETE FROM ledger_entry WHERE event_id = %s", event)
    hands.sql("UPDATE ledger_entry SET event_id = %s, bucket = %s WHERE idx = 7", event, bucket)
    return "place 7:"


def place_of_an_invented_event(hands):
    hands.flip("ledger_entry", "event_id", "idx = 7")
    return "place 7: it is that of"


def place_added(hands):
    size = hands.one("SELECT size FROM ledger_log")
    event, bucket = hands.sql(
        "SELECT event_id, bucket FROM ledger_outbox WHERE event_id IN (SELECT id FROM consent_event)"
    )[0]
    hands.sql("INSERT INTO ledger_entry VALUES (%s, %s, %s, %s, 0)", hands.log, size, bucket, event)
    return f"place {size}: it is beyond the end"


def tile(level, index, change):
    def act(hands):
        data = hands.one("SELECT hashes FROM ledger_tile WHERE level = %s AND idx = %s", level, index)
        hands.sql(
            "UPDATE ledger_tile SET hashes = %s WHERE level = %s AND idx = %s",
            change(bytes(data)),
            level,
            index,
        )
        return f"tile/{level}/{index:03}" if change is not widened else f"level {level}, index {index}"

    return act


def widened(data):
    return data + bytes(32)


def cut(data):
    return data[:-32]


def hashes_exchanged(data):
    return data[32:64] + data[:32] + data[64:]


def replaced(data):
    return os.urandom(len(data))


def tile_dropped(level, index):
    def act(hands):
        hands.sql("DELETE FROM ledger_tile WHERE level = %s AND idx = %s", level, index)
        return f"tile/{level}/{index:03}"

    return act


def tile_added(hands):
    hands.sql("INSERT INTO ledger_tile VALUES (%s, 0, 9, %s)", hands.log, bytes(32))
    return "level 0, index 9"


# --- logs, keys, heads ------------------------------------------------------------------------------------------


def log_set(column, value):
    def act(hands):
        hands.sql(f"UPDATE ledger_log SET {column} = %s", value)
        return column

    return act


def log_flipped(hands):
    hands.flip("ledger_log", "frontier", "1 = 1")
    return "for frontier"


def log_cut(hands):
    """As an older head had it: everything in the row fits everything else in it."""
    from yesword.ledger.merkle import Frontier

    first = bytes(hands.one("SELECT hashes FROM ledger_tile WHERE level = 0 AND idx = 0"))
    small = Frontier().extend(first[at : at + 32] for at in range(0, 4 * 32, 32))
    hands.sql(
        "UPDATE ledger_log SET size = %s, published_size = %s, frontier = %s",
        small.size,
        small.size,
        b"".join(small.hashes),
    )
    return "for size"


def log_dropped(hands):
    hands.sql("DELETE FROM ledger_log")
    return "generation 1 of brand"


def log_rolled_back(hands):
    """Everything behind an older head is gone, as if nothing had ever been beyond it."""
    log_cut(hands)
    hands.sql("DELETE FROM ledger_checkpoint WHERE size > 4")
    hands.sql("DELETE FROM ledger_entry WHERE idx >= 4")
    hands.sql("DELETE FROM ledger_tile WHERE level > 0 OR idx > 0")
    hands.sql("UPDATE ledger_tile SET hashes = substr(hashes, 1, 128)")
    note = sign_checkpoint(
        Checkpoint(origin=hands.signer().name, size=4, root=_root_of_log(hands)), hands.signer()
    )
    hands.sql("INSERT INTO ledger_checkpoint VALUES (%s, 4, %s, %s)", hands.log, note, _now(hands))
    return "it was signed at"


def _root_of_log(hands):
    from yesword.ledger.merkle import Frontier

    data = bytes(hands.one("SELECT frontier FROM ledger_log"))
    size = hands.one("SELECT size FROM ledger_log")
    return Frontier(size=size, hashes=tuple(data[at : at + 32] for at in range(0, len(data), 32))).root()


def _now(hands):
    return hands.one("SELECT max(recorded_at) FROM consent_event")


def key_replaced(hands):
    stranger = Signer(name=hands.signer().name, private=Ed25519PrivateKey.generate())
    hands.sql("UPDATE ledger_key SET vkey = %s", str(stranger.verifier_key))
    return "key 1"


def key_flipped(hands):
    hands.flip("ledger_key", "vkey", "1 = 1")
    return "key 1"


def key_begun_later(hands):
    hands.sql("UPDATE ledger_key SET since_size = 5")
    return "key 1"


def key_dropped(hands):
    hands.sql("DELETE FROM ledger_key")
    return "for key_number"


def newest(hands):
    return hands.one("SELECT max(size) FROM ledger_checkpoint")


def oldest(hands):
    return hands.one("SELECT min(size) FROM ledger_checkpoint")


def checkpoint_dropped(hands):
    size = newest(hands)
    hands.sql("DELETE FROM ledger_checkpoint WHERE size = %s", size)
    return f"checkpoint of {size} records: it is missing"


def vouched_checkpoint_dropped(hands):
    size = oldest(hands)
    hands.sql("DELETE FROM ledger_checkpoint WHERE size = %s", size)
    return f"checkpoint of {size} records, "


def checkpoint_changed(change):
    def act(hands):
        size = oldest(hands)
        note = hands.one("SELECT note FROM ledger_checkpoint WHERE size = %s", size)
        hands.sql("UPDATE ledger_checkpoint SET note = %s WHERE size = %s", change(hands, note), size)
        return f"checkpoint of {size} records:"

    return act


def with_another_root(hands, note):
    del hands
    head = read_checkpoint(note)
    text = Checkpoint(origin=head.origin, size=head.size, root=bytes(32)).text
    return text + note[len(head.text) :]


def signed_by_a_stranger(hands, note):
    return sign_checkpoint(
        read_checkpoint(note), Signer(name=hands.signer().name, private=Ed25519PrivateKey.generate())
    )


def signed_anew_over_another_root(hands, note):
    head = read_checkpoint(note)
    return sign_checkpoint(Checkpoint(origin=head.origin, size=head.size, root=bytes(32)), hands.signer())


def of_another_size(hands, note):
    del note
    return hands.one("SELECT note FROM ledger_checkpoint WHERE size = %s", newest(hands))


def cosigned_in_place(hands, note):
    stranger = Signer(name=hands.signer().name, private=Ed25519PrivateKey.generate())
    return note + sign_checkpoint(read_checkpoint(note), stranger).rpartition("\n\n")[2]


def checkpoint_back_dated(hands):
    size = newest(hands)
    hands.sql("UPDATE ledger_checkpoint SET signed_at = signed_at - %s WHERE size = %s", BACK_US, size)
    return f"checkpoint of {size} records: its time"


def oldest_checkpoint_back_dated(hands):
    size = oldest(hands)
    hands.sql("UPDATE ledger_checkpoint SET signed_at = signed_at - %s WHERE size = %s", BACK_US, size)
    return f"checkpoint of {size} records: its time"


def checkpoint_post_dated(hands):
    size = oldest(hands)
    hands.sql("UPDATE ledger_checkpoint SET signed_at = signed_at + %s WHERE size = %s", BACK_US, size)
    return "its time is"


def checkpoint_beyond(hands):
    size = newest(hands) + 5
    note = sign_checkpoint(Checkpoint(origin=hands.signer().name, size=size, root=bytes(32)), hands.signer())
    hands.sql(
        "INSERT INTO ledger_checkpoint VALUES (%s, %s, %s, %s)", hands.log, size, note, _now(hands) + BACK_US
    )
    return f"{size}"


def attestation(kind, change):
    def act(hands):
        where = f"kind = '{kind}'"
        size = hands.one(f"SELECT size FROM ledger_attestation WHERE {where}")
        change(hands, where)
        found = hands.one(f"SELECT size FROM ledger_attestation WHERE {where}")
        del size
        return f"checkpoint of {found} records, {kind}"

    return act


def body_flipped(hands, where):
    hands.flip("ledger_attestation", "body", where)


def back_dated(hands, where):
    hands.sql(f"UPDATE ledger_attestation SET attested_at = attested_at - {BACK_US} WHERE {where}")


def moved(hands, where):
    hands.sql(f"UPDATE ledger_attestation SET size = {newest(hands)} WHERE {where}")


def of_no_kind(hands, where):
    hands.sql(f"UPDATE ledger_attestation SET body = %s WHERE {where}", b"nothing")


# --- statements, hand-overs, what waits -------------------------------------------------------------------------


def statement(column):
    def act(hands):
        found = hands.statement()
        hands.flip("ledger_statement", column, "id = %s", found)
        return to_text("sta", found)

    return act


def statement_back_dated(hands):
    found = hands.statement()
    hands.sql("UPDATE ledger_statement SET made_at = made_at - %s WHERE id = %s", BACK_US, found)
    return to_text("sta", found)


def statement_dropped(hands):
    found = hands.statement()
    index = hands.place(found)
    hands.sql("DELETE FROM ledger_statement WHERE id = %s", found)
    return f"place {index}: it is that of"


def statement_replaced(hands):
    found = hands.statement()
    from yesword.domain import codec

    forged = make_entry({"event": {"type": "handed_over"}})
    hands.sql(
        "UPDATE ledger_statement SET entry = %s, leaf_hash = %s, disclosures = %s WHERE id = %s",
        forged.entry,
        forged.leaf_hash,
        codec.dumps(list(forged.disclosures)),
        found,
    )
    return f"place {hands.place(found)}: {to_text('sta', found)}"


def batch(column):
    def act(hands):
        found = hands.statement()
        hands.flip("handed_batch", column, "id = %s", found)
        return to_text("sta", found)

    return act


def batch_back_dated(hands):
    found = hands.statement()
    hands.sql(
        "UPDATE handed_batch SET first_at = first_at - %s, last_at = last_at - %s WHERE id = %s",
        BACK_US,
        BACK_US,
        found,
    )
    return to_text("sta", found)


def text_taken_out(hands):
    """One text of several, from leaves that are sorted as ever."""
    found = hands.one("SELECT id FROM handed_batch ORDER BY length(leaves) DESC LIMIT 1")
    leaves = bytes(hands.one("SELECT leaves FROM handed_batch WHERE id = %s", found))
    hands.sql("UPDATE handed_batch SET leaves = %s WHERE id = %s", leaves[64:], found)
    return to_text("sta", found)


def batch_dropped(hands):
    found = hands.statement()
    hands.sql("DELETE FROM handed_batch WHERE id = %s", found)
    return to_text("sta", found)


def waiting(hands):
    return hands.sql(
        "SELECT o.event_id FROM ledger_outbox o JOIN consent_event e ON e.id = o.event_id ORDER BY o.event_id"
    )[0][0]


def outbox(column):
    def act(hands):
        event = waiting(hands)
        hands.flip("ledger_outbox", column, "event_id = %s", event)
        return hands.name(event)

    return act


def outbox_row_back_dated(hands):
    event = waiting(hands)
    hands.sql("UPDATE ledger_outbox SET created_at = created_at - %s WHERE event_id = %s", BACK_US, event)
    return hands.name(event)


def outbox_row_dropped(hands):
    event = waiting(hands)
    hands.sql("DELETE FROM ledger_outbox WHERE event_id = %s", event)
    return hands.name(event)


def outbox_row_invented(hands):
    event = waiting(hands)
    hands.sql("UPDATE ledger_outbox SET event_id = event_id + 1 WHERE event_id = %s", event)
    return hands.name(event + 1)


def outbox_row_for_a_logged_event(hands):
    event = hands.event(2)
    hands.sql(
        "INSERT INTO ledger_outbox SELECT bucket, id, brand_id, leaf_hash, recorded_at FROM consent_event WHERE id = %s",
        event,
    )
    return hands.name(event)


# --- wordings ---------------------------------------------------------------------------------------------------


def wording_changed(hands):
    digest = hands.one("SELECT digest FROM store_disclosure ORDER BY digest LIMIT 1")
    hands.sql("UPDATE store_disclosure SET text = %s WHERE digest = %s", "You agree to everything.", digest)
    return digest


def wording_dropped(hands):
    digest, program, version = hands.sql(
        "SELECT d.digest, p.key, d.version FROM store_disclosure d JOIN store_program p ON p.id = d.program_id"
    )[0]
    hands.sql("DELETE FROM store_disclosure WHERE digest = %s", digest)
    return f"Program {program}, version {version}: its wording"


def version(change):
    def act(hands):
        row = hands.one(
            "SELECT v.id FROM store_programversion v JOIN store_program p ON p.id = v.program_id"
            " WHERE p.key = 'club' AND v.version = 1"
        )
        change(hands, row)
        return "Program club, version 1"

    return act


def definition_rewritten(hands, row):
    data = bytes(hands.one("SELECT definition FROM store_programversion WHERE id = %s", row))
    hands.sql(
        "UPDATE store_programversion SET definition = %s WHERE id = %s",
        data.replace(b"up to 4 a month", b"up to 9 a month"),
        row,
    )


def digest_flipped(hands, row):
    hands.flip("store_programversion", "digest", "id = %s", row)


def version_renumbered(hands, row):
    hands.sql("UPDATE store_programversion SET version = 7 WHERE id = %s", row)


def newest_version_dropped(hands):
    hands.sql(
        "DELETE FROM store_programversion WHERE version = 2 AND program_id = (SELECT id FROM store_program WHERE key = 'club')"
    )
    return "Program club, version 2"


def page_changed(hands):
    hands.sql("UPDATE shown_page SET body = %s", b"<p>You said yes.</p>")
    return PAGE_DIGEST


# --- files ------------------------------------------------------------------------------------------------------


def head_dropped(hands):
    name = hands.signer().name
    hands.head.unlink()
    return f"{name}: the journal does not know"


def head_lowered(hands):
    size = oldest(hands)
    hands.head.write_text(hands.one("SELECT note FROM ledger_checkpoint WHERE size = %s", size))
    return f"it is of {size} records"


def head_flipped(hands):
    note = hands.head.read_text()
    hands.head.write_text(with_another_root(hands, note))
    return "head in the journal"


def head_of_other_bytes(hands):
    hands.head.write_bytes(b"\xff\xfe")
    return "head in the journal"


def head_of_another_log(hands):
    stranger = Signer(name="example.org/other", private=Ed25519PrivateKey.generate())
    hands.head.write_text(sign_checkpoint(Checkpoint(origin=stranger.name, size=1, root=bytes(32)), stranger))
    return "head in the journal"


def head_raised(hands):
    note = sign_checkpoint(Checkpoint(origin=hands.signer().name, size=9999, root=bytes(32)), hands.signer())
    hands.head.write_text(note)
    return "it was signed at 9999 records"


def head_signed_over_another_root(hands):
    note = sign_checkpoint(
        Checkpoint(origin=hands.signer().name, size=newest(hands), root=bytes(32)), hands.signer()
    )
    hands.head.write_text(note)
    return f"head of {newest(hands)} records in the journal"


def head_of_no_log(hands):
    shutil.copy(hands.head, hands.head.with_name("log-7.checkpoint"))
    return "no such log: generation 7 of brand 0"


def stop_lines(change):
    def act(hands):
        lines = hands.stops.read_text().splitlines()
        fields = json.loads(lines[0])
        hands.stops.write_text("\n".join(change(lines, fields)) + "\n")
        return to_text("evt", fields[1])

    return act


def line_dropped(lines, fields):
    del fields
    return lines[1:]


def line_of(**changes):
    def change(lines, fields):
        for index, value in changes.items():
            place = int(index[1:])
            fields[place] = value(fields[place])
        return [json.dumps(fields), *lines[1:]]

    return change


def stop_invented(hands):
    fields = json.loads(hands.stops.read_text().splitlines()[0])
    fields[1] += 1
    with hands.stops.open("a") as file:
        file.write(json.dumps(fields) + "\n")
    return to_text("evt", fields[1])


def stops_garbled(hands):
    hands.stops.write_text("nothing\n" + hands.stops.read_text())
    return f"Line 1 of {hands.stops.name}"


def stops_dropped(hands):
    event = json.loads(hands.stops.read_text().splitlines()[0])[1]
    del event
    hands.stops.unlink()
    return "is a stop, and the journal does not have it"


def vault(change):
    def act(hands):
        contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
        hands.store.vault.close()
        with sqlite3.connect(hands.file("keys.sqlite3")) as rows:
            change(rows, contact)
        rows.close()
        return to_text("con", contact)

    return act


def wrapped_flipped(rows, contact):
    ((wrapped,),) = rows.execute("SELECT wrapped FROM subject_key WHERE contact_id = ?", (contact,))
    rows.execute("UPDATE subject_key SET wrapped = ? WHERE contact_id = ?", (flipped(wrapped), contact))


def key_number_changed(rows, contact):
    rows.execute("UPDATE subject_key SET wrapping = 9 WHERE contact_id = ?", (contact,))


def person_key_dropped(rows, contact):
    rows.execute("DELETE FROM subject_key WHERE contact_id = ?", (contact,))


def key_of_somebody_else(rows, contact):
    ((wrapped,),) = rows.execute(
        "SELECT wrapped FROM subject_key WHERE contact_id <> ? LIMIT 1", (contact,)
    ).fetchall()
    rows.execute("UPDATE subject_key SET wrapped = ? WHERE contact_id = ?", (wrapped, contact))


def key_file(pattern, change):
    def act(hands):
        (path,) = hands.file("keys").glob(pattern)
        change(path)
        return path.name if pattern.startswith(("wrapping", "pepper")) else "key 1"

    return act


def rewritten(path):
    path.write_bytes(flipped(path.read_bytes()))


def gone(path):
    path.unlink()


F = Fault
CASES = {
    # the record
    "an event's column kind": (column_flipped("kind"), F.COLUMN_DIFFERS),
    "an event's column program": (column_flipped("program_id"), F.COLUMN_DIFFERS),
    "an event's column received_at": (column_flipped("received_at"), F.COLUMN_DIFFERS),
    "an event's column brand": (column_flipped("brand_id"), F.PLACE_OF_OTHER_BRAND),
    "an event's column seq": (column_flipped("seq"), F.COLUMN_DIFFERS),
    "an event's body, flipped": (column_flipped("body"), None),
    "an event's entry, flipped": (column_flipped("entry"), F.LEAF_NOT_OF_ENTRY),
    "an event's leaf hash, flipped": (column_flipped("leaf_hash"), F.LEAF_DIFFERS),
    "an event's disclosures, flipped": (column_flipped("sealed"), F.DISCLOSURES_UNREADABLE),
    "an event's disclosures, those of another": (disclosures_exchanged, F.DISCLOSURES_UNREADABLE),
    "an event's disclosures, thrown away": (disclosures_thrown_away, F.DISCLOSURES_GONE),
    "an event, dropped": (event_dropped, F.PLACE_OF_NOTHING),
    "an event, dropped with its place": (event_dropped_with_its_place, F.PLACE_MISSING),
    "an event, given to somebody else": (event_given_to_somebody_else, F.EVENT_LOST),
    "two events of a person, reordered": (events_reordered, F.COLUMN_DIFFERS),
    "an event, back-dated in body and column": (event_back_dated, F.SECTION_DIFFERS),
    "an event, back-dated in the moment it was recorded": (recorded_at_back_dated, F.SECTION_DIFFERS),
    "an event, with a wider scope": (scope_widened, None),
    "an event's entry, replaced with a leaf hash that fits": (entry_replaced, F.LEAF_DIFFERS),
    "a standing's state, flipped": (standing("state"), F.STATE_NOT_FOLDED),
    "a standing's number, flipped": (standing("seq"), None),
    "a standing's stop, flipped": (standing("stop_seq"), F.STOP_NOT_NEWEST),
    "a standing's last leaf, flipped": (standing("last_leaf"), F.LAST_LEAF_DIFFERS),
    "a standing, dropped": (standing_dropped, F.STANDING_MISSING),
    "a standing, back before the stop": (stop_forgotten, None),
    "a contact's subject, flipped": (subject_flipped, F.SECTION_DIFFERS),
    "a contact, dropped": (contact_dropped, F.CONTACT_MISSING),
    # places
    "a place, dropped": (place_dropped, F.PLACE_MISSING),
    "the last place, dropped": (last_place_dropped, F.PLACE_MISSING),
    "two places, exchanged": (places_exchanged, F.LEAF_DIFFERS),
    "a place, given to another event": (place_given_to_another, F.LEAF_DIFFERS),
    "a place, of an event that is not there": (place_of_an_invented_event, F.PLACE_OF_NOTHING),
    "a place, added": (place_added, F.PLACE_BEYOND),
    # tiles
    "a full tile, flipped": (tile(0, 0, flipped), F.TILE_DIFFERS),
    "a full tile, replaced": (tile(0, 0, replaced), F.TILE_DIFFERS),
    "a full tile, reordered": (tile(0, 0, hashes_exchanged), F.TILE_DIFFERS),
    "a full tile, cut": (tile(0, 0, cut), F.TILE_CUT),
    "a full tile, dropped": (tile_dropped(0, 0), F.TILE_MISSING),
    "a full tile, widened": (tile(0, 0, widened), F.TILE_BEYOND),
    "a partial tile, flipped": (tile(0, 1, flipped), F.TILE_DIFFERS),
    "a partial tile, cut": (tile(0, 1, cut), F.TILE_CUT),
    "a partial tile, dropped": (tile_dropped(0, 1), F.TILE_MISSING),
    "a partial tile, widened": (tile(0, 1, widened), F.TILE_BEYOND),
    "a tile of the next level, flipped": (tile(1, 0, flipped), F.TILE_DIFFERS),
    "a tile of the next level, dropped": (tile_dropped(1, 0), F.TILE_MISSING),
    "a tile of the next level, widened": (tile(1, 0, widened), F.TILE_BEYOND),
    "a tile, added": (tile_added, F.TILE_BEYOND),
    # logs
    "a log's frontier, flipped": (log_flipped, F.LOG_DIFFERS),
    "a log's frontier, thrown away": (log_set("frontier", b""), F.LOG_DIFFERS),
    "a log's size, raised": (log_set("size", 500), F.LOG_DIFFERS),
    "a log's size, lowered with its frontier": (log_cut, F.LOG_DIFFERS),
    "a log's published size, raised": (log_set("published_size", 999), F.LOG_DIFFERS),
    "a log's origin": (log_set("origin", "example.org/ledger/another"), None),
    "a log's generation": (log_set("generation", 2), F.LOG_DIFFERS),
    "a log's brand": (log_set("brand_id", 2), F.LOG_DIFFERS),
    "a log's key number": (log_set("key_number", 2), F.LOG_DIFFERS),
    "a log, dropped": (log_dropped, F.LOG_MISSING),
    "a log, rolled back with all that is in it": (log_rolled_back, F.HEAD_BEYOND),
    "a log's key, replaced": (key_replaced, F.LOG_KEY_UNFIT),
    "a log's key, flipped": (key_flipped, F.LOG_KEY_UNFIT),
    "a log's key, in use from later on": (key_begun_later, F.LOG_KEY_UNFIT),
    "a log's key, dropped": (key_dropped, F.LOG_DIFFERS),
    # heads
    "a checkpoint's root": (checkpoint_changed(with_another_root), F.CHECKPOINT_UNFIT),
    "a checkpoint, signed by a stranger": (checkpoint_changed(signed_by_a_stranger), F.CHECKPOINT_UNFIT),
    "a checkpoint, with a stranger's signature added": (
        checkpoint_changed(cosigned_in_place),
        F.CHECKPOINT_UNFIT,
    ),
    "a checkpoint, signed anew over another root": (
        checkpoint_changed(signed_anew_over_another_root),
        F.CHECKPOINT_OF_OTHER_TREE,
    ),
    "a checkpoint, that of another size": (checkpoint_changed(of_another_size), F.CHECKPOINT_UNFIT),
    "the newest checkpoint, dropped": (checkpoint_dropped, F.CHECKPOINT_MISSING),
    "a checkpoint that somebody vouches for, dropped": (vouched_checkpoint_dropped, F.ATTESTATION_UNFIT),
    "the newest checkpoint, back-dated": (checkpoint_back_dated, F.CHECKPOINT_OUT_OF_TIME),
    "the oldest checkpoint, back-dated": (oldest_checkpoint_back_dated, F.CHECKPOINT_OUT_OF_TIME),
    "a checkpoint, dated later than the next": (checkpoint_post_dated, F.CHECKPOINT_OUT_OF_TIME),
    "a checkpoint, added beyond the end": (checkpoint_beyond, None),
    "a cosignature, flipped": (attestation("witness", body_flipped), F.ATTESTATION_UNFIT),
    "a cosignature, back-dated": (attestation("witness", back_dated), F.ATTESTATION_UNFIT),
    "a cosignature, moved to another checkpoint": (attestation("witness", moved), F.ATTESTATION_UNFIT),
    "a cosignature, replaced": (attestation("witness", of_no_kind), F.ATTESTATION_UNFIT),
    "a timestamp, flipped": (attestation("stamp", body_flipped), F.ATTESTATION_UNFIT),
    "a timestamp, back-dated": (attestation("stamp", back_dated), F.ATTESTATION_UNFIT),
    "a timestamp, moved to another checkpoint": (attestation("stamp", moved), F.ATTESTATION_UNFIT),
    "a timestamp, replaced": (attestation("stamp", of_no_kind), F.ATTESTATION_UNFIT),
    # statements and hand-overs
    "a statement's entry, flipped": (statement("entry"), F.LEAF_NOT_OF_ENTRY),
    "a statement's leaf hash, flipped": (statement("leaf_hash"), F.LEAF_DIFFERS),
    "a statement's disclosures, flipped": (statement("disclosures"), F.STATEMENT_DIFFERS),
    "a statement's kind": (statement("kind"), F.STATEMENT_DIFFERS),
    "a statement, back-dated": (statement_back_dated, F.STATEMENT_DIFFERS),
    "a statement, dropped": (statement_dropped, F.PLACE_OF_NOTHING),
    "a statement, replaced by one that fits itself": (statement_replaced, F.LEAF_DIFFERS),
    "a hand-over's leaves, flipped": (batch("leaves"), F.HANDED_DIFFERS),
    "a hand-over's nonce, flipped": (batch("nonce"), F.HANDED_DIFFERS),
    "a hand-over's process": (batch("chain"), F.HANDED_DIFFERS),
    "a hand-over's number": (batch("n"), F.HANDED_DIFFERS),
    "a hand-over, back-dated": (batch_back_dated, F.HANDED_DIFFERS),
    "a hand-over, without one of its texts": (text_taken_out, F.HANDED_DIFFERS),
    "a hand-over, dropped": (batch_dropped, F.HANDED_DIFFERS),
    # the outbox
    "an outbox row's leaf hash": (outbox("leaf_hash"), F.WAITS_OTHERWISE),
    "an outbox row's brand": (outbox("brand_id"), F.WAITS_OTHERWISE),
    "an outbox row, back-dated": (outbox_row_back_dated, F.WAITS_OTHERWISE),
    "an outbox row, dropped": (outbox_row_dropped, F.EVENT_NOWHERE),
    "an outbox row, of an event that is not there": (outbox_row_invented, F.WAITS_FOR_NOTHING),
    "an outbox row, for an event that has its place": (outbox_row_for_a_logged_event, F.WAITS_AGAIN),
    # wordings
    "a wording, replaced": (wording_changed, F.WORDING_DIFFERS),
    "a wording, dropped": (wording_dropped, F.WORDING_MISSING),
    "a program's version, rewritten": (version(definition_rewritten), F.PROGRAM_DIFFERS),
    "a program's version, its digest flipped": (version(digest_flipped), F.PROGRAM_DIFFERS),
    "a program's version, renumbered": (version(version_renumbered), None),
    "a program's newest version, dropped": (newest_version_dropped, F.PROGRAM_VERSION_MISSING),
    "a page, replaced": (page_changed, F.PAGE_DIFFERS),
    # the journal
    "the journal's head, dropped": (head_dropped, F.HEAD_MISSING),
    "the journal's head, an older one": (head_lowered, F.HEAD_BEHIND),
    "the journal's head, changed": (head_flipped, F.HEAD_UNFIT),
    "the journal's head, no text at all": (head_of_other_bytes, F.HEAD_UNFIT),
    "the journal's head, that of another log": (head_of_another_log, F.HEAD_UNFIT),
    "the journal's head, signed beyond the end": (head_raised, F.HEAD_BEYOND),
    "the journal's head, signed over another root": (head_signed_over_another_root, F.HEAD_OF_OTHER_TREE),
    "a head in the journal for a log that is not there": (head_of_no_log, F.HEAD_OF_NO_LOG),
    "a stop in the journal, dropped": (stop_lines(line_dropped), F.STOP_NOT_IN_JOURNAL),
    "a stop in the journal, of another number": (
        stop_lines(line_of(_3=lambda digest: flipped(bytes.fromhex(digest)).hex())),
        F.STOP_DIFFERS,
    ),
    "a stop in the journal, back-dated": (stop_lines(line_of(_7=lambda at: at - BACK_US)), F.STOP_DIFFERS),
    "a stop in the journal, of one program only": (stop_lines(line_of(_5=lambda _: 4711)), F.STOP_DIFFERS),
    "a stop in the journal, of another kind": (stop_lines(line_of(_6=lambda _: "erased")), F.STOP_DIFFERS),
    "a stop in the journal, invented": (stop_invented, F.STOP_UNKNOWN),
    "the journal's stops, garbled": (stops_garbled, F.JOURNAL_UNREADABLE),
    "the journal's stops, dropped": (stops_dropped, F.STOP_NOT_IN_JOURNAL),
    # keys
    "a person's key, flipped": (vault(wrapped_flipped), F.PERSON_KEY_UNFIT),
    "a person's key, wrapped by a key that nobody has": (vault(key_number_changed), F.PERSON_KEY_MISSING),
    "a person's key, dropped": (vault(person_key_dropped), F.PERSON_KEY_MISSING),
    "a person's key, that of somebody else": (vault(key_of_somebody_else), F.PERSON_KEY_UNFIT),
    "the wrapping key's file": (key_file("wrapping-1.key", rewritten), F.KEYS_UNFIT),
    "the wrapping key's file, gone": (key_file("wrapping-1.key", gone), F.KEYS_UNFIT),
    "the pepper's file": (key_file("pepper-1.key", rewritten), F.KEYS_UNFIT),
    "the file of the key that signs": (key_file("ledger-*.key", rewritten), F.LOG_KEY_UNFIT),
    "the file of the key that signs, gone": (key_file("ledger-*.key", gone), F.LOG_KEY_UNFIT),
}

# What PostgreSQL might tell otherwise: its queries have their own forms, and its guards are put aside in another way.
ON_BOTH = (
    "an event's entry, flipped",
    "an event's disclosures, thrown away",
    "an event, dropped",
    "an event, back-dated in body and column",
    "a standing's state, flipped",
    "a standing, dropped",
    "a place, dropped",
    "two places, exchanged",
    "a partial tile, flipped",
    "a log's size, lowered with its frontier",
    "a checkpoint, signed anew over another root",
    "a cosignature, flipped",
    "a statement, dropped",
    "a hand-over, without one of its texts",
    "an outbox row, dropped",
    "an outbox row, of an event that is not there",
    "a wording, replaced",
    "a stop in the journal, back-dated",
)


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    if shutil.which("openssl") is None:
        return None
    return stamper(tmp_path_factory.mktemp("stamping") / "clock")


def stamping(clock):
    if clock is None:
        return None
    return lambda data: request_token(authority(clock), data, lambda url, body, kind: clock.reply(body))


@pytest.fixture(scope="module")
def filled(sqlite_template, tmp_path_factory, clock):
    folder = tmp_path_factory.mktemp("filled") / "data"
    shutil.copytree(sqlite_template, folder)
    opened = open_store(folder)
    with world(opened) as here:
        fill(here, stamping(clock))
    opened.close()
    return folder


@pytest.fixture
def hands(filled, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(filled, folder)
    opened = open_store(folder)
    yield Hands(store=opened)
    opened.close()


def trust(clock):
    found = trusted()
    return Trust(witnesses=found.witnesses, roots={"clock": clock.roots} if clock else {})


def looked_at_again(hands, clock):
    """As the next start would find it."""
    hands.store.close()
    opened = open_store(hands.store.folder, needs_keys=False)
    try:
        return audit(opened, trust=trust(clock))
    finally:
        opened.close()


def test_what_nobody_changed_fits(hands, clock):
    report = looked_at_again(hands, clock)
    assert report.misfits.told == []
    assert (report.logs[0].unverified, report.unreadable) == (0, 0)
    assert report.logs[0].size > 256
    assert report.waiting
    assert report.statements
    assert report.stops == 2
    assert report.logs[0].attestations == (2 if clock else 1)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(hands, clock, case):
    if clock is None and case.startswith("a timestamp"):
        pytest.skip("openssl is not on this machine: timestamps are not tested")
    act, fault = CASES[case]
    hands.drop_guards()
    named = act(hands)
    report = looked_at_again(hands, clock)
    assert report.first is not None, "nobody noticed"
    assert named in report.first.sentence
    if fault is not None:
        assert report.first.fault is fault
    assert not report.is_sound


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(store, case):
    act, fault = CASES[case]
    with world(store) as here:
        fill(here)
        hands = Hands(store=store)
        hands.drop_guards()
        named = act(hands)
        report = audit(store, here.club.brand)
    told = [each for each in report.misfits.told if each.fault is not Fault.GUARD_MISSING]
    assert any(each.fault is Fault.GUARD_MISSING for each in report.misfits.told)
    assert named in told[0].sentence
    assert told[0].fault is fault
