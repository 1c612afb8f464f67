"""A wrong value in any column that an audit reads: the audit comes to its end, and names it."""

import json
import shutil
import sqlite3
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from factories import tampering
from factories.tampering import ANNA, CEES, FAR, Hands, fill, last_recorded
from factories.worlds import world
from yesword.cli.ledger import _told
from yesword.consent import restoring
from yesword.domain.evidence import EvidenceKind
from yesword.domain.ids import random_bucket
from yesword.domain.retention import Override
from yesword.domain.times import from_micros
from yesword.privacy import erasing
from yesword.privacy.erasing import OPERATOR, Wish
from yesword.proof.auditing import audit, patience
from yesword.proof.evidence.attaching import Attachment, attach
from yesword.store import attesters, contacts, forms, models, programs
from yesword.store.attesters import AuthorityRow
from yesword.store.checking import check_store
from yesword.store.contacts import PHONE
from yesword.store.journal import Stop
from yesword.store.misfits import Fault
from yesword.store.opening import open_store

OF_NUMBERS, OF_TIMES = (b"\0", "no", FAR, -1, None), (b"\0", "no", FAR, -FAR, None)
OF_TEXTS, OF_BYTES = (b"\0", "", "no", None), (b"\0", b"", "no", FAR, None)

# What no signature covers, as docs/how-to/check-the-ledger.md says, and what only describes the store to its operator.
UNCOVERED = {
    **dict.fromkeys(("store_program", "store_brand", "store_witness", "store_stampauthority"), "*"),
    "store_collectionpoint": "*",
    "ledger_attestation": ("log_id", "name"),
    "handed_batch": ("secret",),
    "shown_page": ("brand_id", "kind", "media_type", "of_digest", "width"),
    "suppression": ("cause",),
    "erasure": ("citation",),
    "store_disclosure": ("program_id", "version", "language", "created_at"),
    "store_programversion": ("id", "created_at"),
    "store_pointversion": ("id", "published_at"),
    "store_contest": ("sender_id", "others_deleted_at", "winners_deleted_at", "created_at"),
    "contest_entry": ("inbound_id", "said_yes", "asked_message_id"),
    "subject_key": ("prepared_at", "destroyed_at"),
}

OF_PEOPLE = ("standing", "look_up", "subject_key")  # `store check` reads them by itself


@pytest.fixture(scope="module")
def hands(sqlite_template, tmp_path_factory):
    """A small store with a row in every table that is looked at, its guards gone."""
    folder = tmp_path_factory.mktemp("forms") / "data"
    shutil.copytree(sqlite_template, folder)
    store = open_store(folder)
    with pytest.MonkeyPatch.context() as patch, world(store) as here:
        patch.setattr(tampering, "MEMBERS", 4)
        # Nobody else is at work here, for whose next line it would have to wait.
        patch.setattr(patience, "WAITS_S", (0.0,))
        fill(here)
        hands = Hands(store=store)
        add_the_rest(hands)
        assert audit(store).misfits.told == []
        hands.drop_guards()
        yield hands
    store.close()


def add_the_rest(hands):
    """Cees is erased, a scan is kept of Anna, and a stop comes from the journal of a number that nobody knows."""
    store, at = hands.store, from_micros(last_recorded(hands)) + timedelta(hours=1)
    program = programs.current(models.Program.objects.get(key="club").pk)
    with store.database.read() as session:
        anna, cees = (contacts.find(store, session, program.brand, each) for each in (ANNA, CEES))
        person = contacts.read(store, session, anna)
    erasing.erase(store, cees, Wish(ground=OPERATOR, overrides=(Override(days=0, reason="tests"),)), at)
    scan = Attachment(
        kind=EvidenceKind.SCAN,
        data=b"%PDF-1.7\n% signed\n%%EOF\n",
        happened_at=at - timedelta(hours=2),
        language="en",
    )
    attach(store, person, program, scan, at)
    attesters.enter_authority(AuthorityRow(name="clock", url="http://localhost/", roots=b"roots", every_s=60))
    digest = store.look_up.digest(program.brand, PHONE, "+31612345671")
    unknown = Stop(
        event=store.ids.make(random_bucket()),
        brand=program.brand,
        digest=digest,
        pepper=store.look_up.newest,
        program=None,
        kind="withdrawn",
        at=at,
    )
    store.journal.write([unknown])
    restoring.replay(store, at)


@contextmanager
def undone(hands, table):
    """Whatever is done to the table, it was not done afterwards; gives how to ask it."""
    if table in forms.VAULT:
        connection = hands.store.vault.rows._connection
        connection.execute("BEGIN")
        try:
            yield lambda sql, *values: connection.execute(sql, values).fetchall()
        finally:
            connection.execute("ROLLBACK")
            hands.store.vault.forget_opened()
        return
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
    with transaction.atomic():
        yield lambda sql, *values: hands.sql(sql.replace("?", "%s"), *values)
        transaction.set_rollback(True)


def columns_of(hands, table):
    with undone(hands, table) as ask:
        return [(row[1], row[2].upper(), bool(row[5])) for row in ask(f"PRAGMA table_info({table})")]


def of_somebody_there(table, columns):
    """Of whoever was erased less is left that could be wrong."""
    if table == "erasure" or table in forms.VAULT:
        return "destroyed_at IS NULL AND contact_id > 0" if "destroyed_at" in columns else "1 = 1"
    if table == "contact":
        return "erased_at IS NULL"
    erased = "SELECT id FROM contact WHERE erased_at IS NOT NULL"
    return f"contact_id NOT IN ({erased})" if "contact_id" in columns else "1 = 1"


def wrong(name, declared):
    if "INT" in declared or "BOOL" in declared:
        return OF_TIMES if name == "since" or name.endswith(("_at", "_since", "_until")) else OF_NUMBERS
    return OF_BYTES if "BLOB" in declared else OF_TEXTS


def is_well_formed(declared, name, value, kind):
    """Whether the column may hold it, for all that its type says. By other means than the program has."""
    if value is None:
        return True
    if name == "id" or name.endswith("_id") or name == "bucket" or "INT" in declared or "BOOL" in declared:
        is_time = name == "since" or name.endswith(("_at", "_since", "_until"))
        is_id = name in ("id", "bucket") or name.endswith("_id")
        return kind == "integer" and not (is_time and abs(value) == FAR) and not (is_id and value < 0)
    return kind == ("blob" if "BLOB" in declared else "text")


def look(store, check):
    """What is told first of all that does not fit, once everything could be said."""
    report = check(store)
    told = [each for each in report.misfits.told if each.fault is not Fault.GUARD_MISSING]
    json.dumps(report.as_json())
    if check is audit:
        assert list(_told(report))
    return told


@pytest.mark.parametrize("table", [*forms.TABLES, *forms.VAULT])
def test_a_wrong_value_in_any_column_is_named_and_the_audit_ends(hands, table):
    troubles = []
    columns = columns_of(hands, table)
    keys = [name for name, _, is_key in columns if is_key]
    whose = of_somebody_there(table, {name for name, _, _ in columns})
    tried = Counter()
    for name, declared, is_key in columns:
        for value in wrong(name, declared):
            with undone(hands, table) as ask:
                row = ask(
                    f"SELECT {', '.join([*keys, name])} FROM {table} WHERE {whose} ORDER BY {', '.join(keys)} LIMIT 1"
                )[0]
                where = " AND ".join(f"{each} = ?" for each in keys)
                try:
                    ask(f"UPDATE {table} SET {name} = ? WHERE {where}", value, *row[: len(keys)])
                except (sqlite3.IntegrityError, IntegrityError):
                    continue  # the schema does not let it
                if is_key:
                    where, row = f"{name} IS ?", (value, None)
                found = ask(f"SELECT {name}, typeof({name}) FROM {table} WHERE {where} LIMIT 1", *row[:-1])
                if not found or found[0][0] == row[-1]:
                    continue
                kind = found[0][1]
                tried[name] += 1
                case = f"{table}.{name} = {value!r}"
                told = look(hands.store, audit)
                if table in OF_PEOPLE:
                    look(hands.store, check_store)
            is_second_key = table == "subject_key" and name == "contact_id" and value == -1
            if not is_well_formed(declared, name, found[0][0], kind) and not is_second_key:
                first = next((each for each in told if each.fault is Fault.VALUE_MALFORMED), None)
                if (
                    first is None
                    or first is not told[0]
                    or (first.where, first.fields["column"]) != (table, name)
                ):
                    troubles.append((case, "is not named", [each.sentence for each in told[:2]]))
            else:
                unread = [each.sentence for each in told if each.fault is Fault.NOT_LOOKED_AT]
                if unread:
                    troubles.append((case, "breaks off", unread))
                if not told and UNCOVERED.get(table) != "*" and name not in UNCOVERED.get(table, ()):
                    troubles.append((case, "is not noticed", []))
    assert tried, "no column of it could be changed at all"
    assert not troubles, "\n".join(map(str, troubles))
