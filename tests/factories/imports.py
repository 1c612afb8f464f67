"""Files of people for the import, and what is in the store after it."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from factories.programs import a_program
from yesword.consent import Draft, append
from yesword.domain import codec
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.ids import BrandId
from yesword.store import contacts, models, programs

GOLDEN = Path(__file__).parents[1] / "fixtures" / "imports" / "odd-rows.csv"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDING = "Ja, stuur mij aanbiedingen van Acme per sms"
HEADER = "mobile,name,city,consent date,consent source,consent wording,status"
ANNA = "+31612345678"
BACKED = f'0612345678,Anna,Utrecht,2024-03-01,checkout,"{WORDING}",'
CLAIMED = "0612345678,Anna,Utrecht,,,,"
OUT = "0612345678,,,,,,unsubscribed"


def brand_of(key="acme", country="NL"):
    return models.Brand.objects.create(key=key, name="Acme", country=country, origin=f"{key}.example/ledger")


def published(brand, key="club"):
    account, _ = models.Account.objects.get_or_create(key="sim", defaults={"channel": "simulator"})
    sender, _ = models.Sender.objects.get_or_create(account=account, address="800123", kind="short_code")
    return programs.publish(a_program(brand=BrandId(brand.pk), brand_country=brand.country, key=key), sender)


def outcomes(report):
    assert report.is_whole
    return {outcome.value: count for outcome, count in report.outcomes.items() if count}


def contact_id_of(store, program, number=ANNA):
    with store.database.read() as session:
        return contacts.find(store, session, program.brand, number)


def person(store, program, number=ANNA):
    with store.database.read() as session:
        return contacts.read(store, session, contact_id_of(store, program, number))


def state(store, program, number=ANNA):
    contact = contact_id_of(store, program, number)
    with store.database.read() as session:
        return contacts.standings(session, [contact])[contact].state


def events(store, program, number=ANNA):
    contact = person(store, program, number)
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
    return [codec.loads(ConsentEvent, bytes(row[1])) for row in rows], rows


def write_event(store, program, kind, *, at=NOW, number=ANNA, **more):
    brand = programs.brand(program.brand)
    draft = Draft(
        kind=kind, scope=Scope(program=program.id), actor=Actor.HANDSET, route="keyword", occurred_at=at,
        received_at=at, program=program, **more,
    )  # fmt: skip
    with store.database.write() as session:
        found = contacts.read(store, session, contacts.find(store, session, program.brand, number))
        return append(store, session, brand, found, [draft], at)


def join(store, program, at=NOW):
    write_event(
        store, program, EventKind.GRANTED, at=at, basis=Basis.EXPRESS_WRITTEN, grade=Grade.A, language="nl"
    )


def dump(store):
    """Every row of the store and the vault, but for the list of imports."""
    if store.url is None:
        files = [store.folder / "yesword.sqlite3", store.folder / "keys.sqlite3"]
        found = {}
        for file in files:
            connection = sqlite3.connect(file)
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            found |= {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for (name,) in tables
            }
            connection.close()
    else:
        import psycopg

        with psycopg.connect(store.url) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'keys')"
            ).fetchall()
            found = {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{schema}"."{name}"')))
                for schema, name in tables
            }
    return {
        name: rows for name, rows in found.items() if "importrun" not in name and name != "sqlite_sequence"
    }
