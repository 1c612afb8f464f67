"""What the store promises on either database."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connections

from factories.dumps import dump
from factories.statements import lost_events
from yesword.consent import Act, Confirmation, ask, confirm, withdraw
from yesword.consent.record import open_sections
from yesword.domain import codec, phone
from yesword.domain.events import Actor, ConsentEvent
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Frequency, OptIn, Program, Texts
from yesword.domain.state import ConsentState, fold
from yesword.ledger.entry import matches
from yesword.ledger.leaf import leaf_hash
from yesword.store import contacts, models, opening, programs
from yesword.store.contacts import Contact, NewContact
from yesword.store.keyfiles import KeyMissingError
from yesword.store.opening import Store, open_store
from yesword.store.sealing import UnreadableError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBER = "+31612345678"
TEXTS = Texts(
    disclosure="[Brand] texts you offers, up to 4 a month. Rates may apply. STOP to stop, HELP for help.",
    consent_request="[Brand]: reply YES to get offers.",
    welcome="[Brand]: welcome.",
    help="[Brand]: help.",
    stop="[Brand]: no more messages.",
    stop_program="[Brand]: no more of these.",
    already_in="[Brand]: you are in.",
    lapsed="[Brand]: too late.",
    declined="[Brand]: fine.",
    unknown_keyword="[Brand]: unknown.",
    confirm_words=("YES",),
    frequency="up to 4 a month",
    way_out="Reply STOP to stop.",
)


@pytest.fixture
def program(store: Store) -> Program:
    brand = models.Brand.objects.create(
        key="demo", name="Linde & Loom", country="NL", origin="example.org/ledger/demo"
    )
    account = models.Account.objects.create(key="simulator", channel="simulator")
    sender = models.Sender.objects.create(account=account, address="800123", kind="short_code")
    return programs.publish(
        Program(
            id=0,
            version=0,
            brand=BrandId(brand.pk),
            brand_name=brand.name,
            brand_country="NL",
            key="club",
            name="Club",
            purpose="offers",
            categories=("shoes",),
            message_class=MessageClass.PROMOTIONAL,
            frequency=Frequency(count=4, days=30),
            opt_in=OptIn.DOUBLE,
            keywords=("SAVEMORE",),
            sender="800123",
            default_language="en",
            texts=(("en", TEXTS),),
            support="help@example.org",
            terms_url="https://example.org/terms",
            privacy_url="https://example.org/privacy",
        ),
        sender,
    )


def person(store: Store, brand: BrandId, number: str = NUMBER) -> Contact:
    ((contact_id, seal),) = contacts.prepare(store, brand, [number])
    new = NewContact(
        id=contact_id, seal=seal, number=phone.parse(number, country=None), brand=brand, name="Anna"
    )
    with store.database.write() as session:
        contacts.insert(session, [new], NOON)
        found = contacts.read(store, session, contact_id)
    assert found is not None
    return found


def act(at: datetime, actor: Actor = Actor.HANDSET) -> Act:
    return Act(actor=actor, route="reply", occurred_at=at, received_at=at, language="en")


def a_record(store: Store, program: Program) -> Contact:
    """Asked, confirmed, stopped."""
    anna = person(store, program.brand)
    brand = programs.brand(program.brand)
    sender = programs.sender_of(program).id
    with store.database.write() as session:
        asked = ask(store, session, brand, anna, program, act(NOON), sender, NOON)
        assert asked is not None
        request = asked.events[-1].id
        later = NOON + timedelta(minutes=1)
        confirm(store, session, brand, anna, program, request, act(later), sender, later)
        last = NOON + timedelta(minutes=2)
        said = Confirmation(program=program, sender=sender)
        withdraw(store, session, brand, anna, act(last), last, confirmation=said)
    return anna


def test_a_contact_is_found_by_number_within_its_brand_only(store: Store, program: Program) -> None:
    anna = person(store, program.brand)
    with store.database.read() as session:
        assert contacts.find(store, session, program.brand, NUMBER) == anna.id
        assert contacts.find(store, session, BrandId(program.brand + 1), NUMBER) is None


def test_one_number_is_one_contact_of_a_brand(store: Store, program: Program) -> None:
    anna = person(store, program.brand)
    ((other, seal),) = contacts.prepare(store, program.brand, [NUMBER])
    assert other == anna.id
    twin = NewContact(id=other, seal=seal, number=phone.parse(NUMBER, country=None), brand=program.brand)
    with store.database.write() as session:
        assert contacts.insert(session, [twin], NOON) == []
        assert contacts.find(store, session, program.brand, NUMBER) == anna.id


def test_people_who_are_prepared_at_once_lie_side_by_side_each_under_a_key_of_their_own(
    store: Store, program: Program
) -> None:
    numbers = [f"+316{20_000_000 + each}" for each in range(40)]
    made = contacts.prepare(store, program.brand, [*numbers, numbers[0]])
    again = contacts.prepare(store, program.brand, [*numbers, numbers[0]])
    assert [each for each, _ in made] == [each for each, _ in again]
    assert made[-1][0] == made[0][0]
    assert len({each for each, _ in made}) == 40
    assert len({bucket_of(each) for each, _ in made}) <= 2
    for (_, at_first), (_, from_the_vault) in zip(made, again, strict=True):
        assert from_the_vault.open(at_first.close(b"said", b"place"), b"place") == b"said"
    with pytest.raises(UnreadableError):
        made[1][1].open(made[0][1].close(b"said", b"place"), b"place")


def test_stored_state_is_the_fold_of_the_events(store: Store, program: Program) -> None:
    anna = a_record(store, program)
    with store.database.read() as session:
        events = [
            codec.loads(ConsentEvent, bytes(row[1]))
            for row in session.rows("events_of_contact", bucket=anna.bucket, contact_id=anna.id)
        ]
        standing = contacts.standings(session, [anna.id])[anna.id]
    assert [event.seq for event in events] == [1, 2, 3]
    assert fold(events) == standing.state
    assert standing.seq == 3


def test_every_event_has_its_entry_leaf_and_outbox_row_chained_to_the_one_before(
    store: Store, program: Program
) -> None:
    anna = a_record(store, program)
    origin = programs.brand(program.brand).origin
    seal = store.vault.seals([anna.id])[anna.id]
    previous = None
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=anna.bucket, contact_id=anna.id)
    assert len(rows) == 3
    assert lost_events() == 0
    for row_id, _, sealed, leaf, entry, _ in rows:
        sections = matches(bytes(entry), open_sections(seal, bytes(sealed), origin, row_id))
        assert leaf_hash(bytes(entry)) == bytes(leaf)
        assert set(sections) >= {"event", "subject", "context", "evidence", "terms"}
        assert sections["event"]["prev"] == previous
        assert sections["subject"]["phone"] == NUMBER
        previous = bytes(leaf).hex()
    first = matches(bytes(rows[0][4]), open_sections(seal, bytes(rows[0][2]), origin, rows[0][0]))
    assert first["notice"]["text"] == TEXTS.disclosure.replace("[Brand]", "Linde & Loom")


def refuses(store: Store, sql: str) -> bool:
    with contextlib.suppress(DatabaseError):
        with store.database.write(), connections["default"].cursor() as cursor:
            cursor.execute(sql)
        return False
    return True


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("UPDATE consent_event SET kind = 'granted'", id="an event is not changed"),
        pytest.param("UPDATE consent_event SET leaf_hash = entry", id="a leaf hash is not changed"),
        pytest.param("DELETE FROM consent_event", id="an event is not deleted"),
        pytest.param("UPDATE ledger_outbox SET created_at = 0", id="an outbox row is not changed"),
        pytest.param("DELETE FROM ledger_outbox", id="what is not in the ledger stays in the outbox"),
        pytest.param("UPDATE standing SET seq = seq - 1", id="a standing does not go back"),
        pytest.param("UPDATE store_disclosure SET text = 'other'", id="a disclosure is not changed"),
        pytest.param("DELETE FROM store_disclosure", id="a disclosure is not deleted"),
        pytest.param("UPDATE store_programversion SET digest = ''", id="a program version is not changed"),
    ],
)
def test_append_only(store: Store, program: Program, sql: str) -> None:
    a_record(store, program)
    assert refuses(store, sql)


def test_append_only_holds_against_replace_and_truncate(store: Store, program: Program) -> None:
    a_record(store, program)
    if store.database.vendor == "sqlite":
        assert refuses(store, "INSERT OR REPLACE INTO consent_event SELECT * FROM consent_event")
    else:
        assert refuses(store, "TRUNCATE consent_event")
        assert refuses(store, "TRUNCATE standing")


def test_ciphertext_alone_may_be_wrapped_anew_or_become_null(store: Store, program: Program) -> None:
    a_record(store, program)
    assert not refuses(store, "UPDATE consent_event SET sealed = NULL")


def test_a_lost_guard_is_noticed_and_put_back(store: Store) -> None:
    drop = "DROP TRIGGER consent_event_is_kept" + (
        "" if store.database.vendor == "sqlite" else " ON consent_event"
    )
    with connections["default"].cursor() as cursor:
        cursor.execute(drop)
    assert opening.missing_guards() == {"consent_event_is_kept"}
    opening.migrate()
    assert opening.missing_guards() == frozenset()


def test_no_number_in_the_clear(store: Store, program: Program) -> None:
    a_record(store, program)
    for needle in (NUMBER, NUMBER[1:], NUMBER[3:]):
        assert needle not in dump(store)


def test_a_store_without_its_keys_does_not_open(store: Store) -> None:
    (store.folder / "keys" / "wrapping-1.key").unlink()
    with pytest.raises(KeyMissingError, match=r"wrapping-1\.key"):
        open_store(store.folder, store.url)


def test_key_files_are_for_their_owner_only(store: Store) -> None:
    for path in (store.folder / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_destroyed_key_leaves_nothing_readable(store: Store, program: Program) -> None:
    anna = a_record(store, program)
    if store.database.vendor == "sqlite":
        import sqlite3

        with sqlite3.connect(store.folder / "keys.sqlite3") as connection:
            connection.execute("UPDATE subject_key SET wrapped = NULL")
    else:
        with psycopg.connect(store.url) as connection:
            connection.execute("UPDATE keys.subject_key SET wrapped = NULL")
    with store.database.read() as session:
        found = contacts.read(store, session, ContactId(anna.id))
    assert found is not None
    assert found.number is None


def test_an_unknown_state_is_told_and_not_guessed() -> None:
    with pytest.raises(codec.CodecError):
        codec.loads(ConsentState, b'{"a": 1}')


def test_a_folder_is_opened_with_the_database_that_it_was_made_with(store: Store) -> None:
    is_sqlite = store.url is None
    with pytest.raises(opening.OtherDatabaseError, match="SQLite" if is_sqlite else "PostgreSQL"):
        open_store(store.folder, "postgresql://nobody@localhost/other" if is_sqlite else None)
    assert (store.folder / "yesword.sqlite3").exists() == is_sqlite, "nothing is made beside it"
    open_store(store.folder, store.url).close()


def test_opening_what_is_no_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(opening.NoStoreError, match="yesword serve"):
        open_store(tmp_path / "nothing")
