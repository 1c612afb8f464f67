"""A store with a ledger that has something of everything, and hands that change it behind its back, guards and all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from factories.collected import collect
from factories.statements import sql
from factories.worlds import ANNA, World, publish
from yesword.domain import codec
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import to_text
from yesword.ledger.checkpoint import Checkpoint, Signer, read_checkpoint
from yesword.ledger.cosignature import WitnessSigner, cosign
from yesword.proof import trail
from yesword.proof.sequencer import Sequencer
from yesword.proof.timestamps import told_time
from yesword.store import attesters, ledgers, models, schema
from yesword.store.attesters import WitnessRow
from yesword.store.ledgers import STAMP, WITNESS, Attestation
from yesword.store.opening import Store
from yesword.store.point_versions import PUBLISHED, says_published

BEN, CEES = "+31612345679", "+31612345670"
MEMBERS = 290  # more than one tile of leaves
BACK_US = 86_400_000_000  # a day
FAR = 9_000_000_000_000_000_000  # microseconds: a time that no calendar has

Stamp = Callable[[bytes], bytes]
"""Gives a timestamp token for the bytes."""


def fill(here: World, stamp: Stamp | None = None) -> None:
    """People who join and stop, texts handed over, several heads, a witness, and something that still waits."""
    store = here.store
    sequencer = Sequencer(store=store, clock=lambda: here.at)

    def sequence() -> None:
        while sequencer.round():
            pass

    for number in (ANNA, BEN):
        here.join(number)
    sequence()
    attest(store, here.at, stamp)
    here.wait(hours=2)
    here.members(MEMBERS)
    sequence()
    here.wait(hours=2)
    here.join(CEES)
    here.text(ANNA, "STOP")
    here.campaign()
    here.settle()
    for subject in ("campaign 1", "campaign 2", "account main"):
        did("campaign.start", here.at, subject=subject, detail={"people": 3})
    trail.state(store, here.at)
    sequence()
    here.wait(hours=2)
    did("sign in", here.at)
    here.text(BEN, "STOP")
    brand = models.Brand.objects.get()
    publish(brand, models.Sender.objects.get(address=here.club.sender), support="new@example.org")
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO shown_page (digest, brand_id, kind, media_type, body, kept_at) VALUES (%s, %s, %s, %s, %s, 0)",
            [PAGE_DIGEST, brand.pk, "page", "text/html", PAGE],
        )
    collect(here, PAGE_DIGEST)


def did(action: str, at: datetime, **fields: Any) -> models.AuditEntry:
    """A row of the trail, as of a moment."""
    with patch("django.utils.timezone.now", return_value=at):
        return models.AuditEntry.objects.create(action=action, **fields)


PAGE = b"<p>May we text you?</p>"
PAGE_DIGEST = "b0327c646bebafe5e66c293c190cc981bba687dd0ce38affbf98eb1c47659457"


def attest(store: Store, at: datetime, stamp: Stamp | None) -> None:
    """A witness and perhaps an authority vouch for the newest head."""
    witness = WitnessSigner(name="example.net/witness", private=Ed25519PrivateKey.generate())
    attesters.enter_witness(
        WitnessRow(name="neighbour", brand=None, url="http://localhost/", vkey=str(witness.witness_key))
    )
    with store.database.write() as session:
        (log,) = ledgers.logs(session)
        head = ledgers.checkpoint(session, log.id, log.size)
        assert head is not None
        line = cosign(read_checkpoint(head.note), witness, at)
        ledgers.attest(
            session,
            log.id,
            Attestation(size=log.size, kind=WITNESS, name="neighbour", body=line.encode(), at=at),
        )
        if stamp is not None:
            token = stamp(head.note.encode())
            ledgers.attest(
                session,
                log.id,
                Attestation(
                    size=log.size,
                    kind=STAMP,
                    name="clock",
                    body=token,
                    at=told_time(token, head.note.encode()),
                ),
            )


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Whoever has the files of a store in their hands."""

    store: Store

    def drop_guards(self) -> None:
        vendor = self.store.database.vendor
        with connections["default"].cursor() as cursor:
            if vendor == "sqlite":
                for name in schema.guard_names(vendor):
                    cursor.execute(f"DROP TRIGGER {name}")
                return
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return sql(statement, *values)

    def one(self, statement: str, *values: Any) -> Any:
        """The one value that is asked for."""
        ((value,),) = self.sql(statement, *values)
        return bytes(value) if isinstance(value, memoryview) else value

    # --- choosing -----------------------------------------------------------------------------------------------

    def event(self, nth: int = 0) -> int:
        """One that has its place in the log, of somebody with several events."""
        return self.sql(
            "SELECT e.id FROM consent_event e JOIN ledger_entry l ON l.event_id = e.id"
            " JOIN standing s ON s.contact_id = e.contact_id WHERE s.seq > 1 ORDER BY l.idx"
        )[nth][0]

    def name(self, event: int) -> str:
        return to_text("evt", event)

    def place(self, event: int) -> int:
        found: int = self.one("SELECT idx FROM ledger_entry WHERE event_id = %s", event)
        return found

    def statement(self, nth: int = 0) -> int:
        return self.sql("SELECT id FROM ledger_statement ORDER BY made_at, id")[nth][0]

    # --- changing -----------------------------------------------------------------------------------------------

    def flip(self, table: str, column: str, where: str, *values: Any) -> None:
        """One bit of a value."""
        found = self.one(f"SELECT {column} FROM {table} WHERE {where}", *values)
        self.sql(f"UPDATE {table} SET {column} = %s WHERE {where}", flipped(found), *values)

    def rewrite(self, event: int, **changes: Any) -> None:
        """Another body, and columns that fit it."""
        body = self.one("SELECT body FROM consent_event WHERE id = %s", event)
        told = replace(codec.loads(ConsentEvent, bytes(body)), **changes)
        self.sql("UPDATE consent_event SET body = %s WHERE id = %s", codec.dumps(told), event)

    def file(self, *parts: str) -> Path:
        return self.store.folder.joinpath(*parts)

    @property
    def log(self) -> int:
        found: int = self.one("SELECT id FROM ledger_log")
        return found

    @property
    def head(self) -> Path:
        return self.file("journal", f"log-{self.log}.checkpoint")

    @property
    def stops(self) -> Path:
        (found,) = self.file("journal").glob("stops-*.jsonl")
        return found

    def signer(self) -> Signer:
        """Whoever runs the brand has its key, too."""
        brand, generation, number, origin = self.sql(
            "SELECT brand_id, generation, key_number, origin FROM ledger_log"
        )[0]
        key = self.file("keys", f"ledger-{brand}-{generation}-{number}.key").read_bytes()
        return Signer(name=origin, private=Ed25519PrivateKey.from_private_bytes(key))


def flipped(value: Any) -> Any:
    """As short a step aside as there is."""
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    data = bytes(value)
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def newest(hands: Hands) -> Any:
    """The size of the newest head."""
    return hands.one("SELECT max(size) FROM ledger_checkpoint")


def oldest(hands: Hands) -> Any:
    return hands.one("SELECT min(size) FROM ledger_checkpoint")


def last_recorded(hands: Hands) -> Any:
    return hands.one("SELECT max(recorded_at) FROM consent_event")


def with_another_root(hands: Hands, note: str) -> str:
    """A head that says something else than was signed."""
    del hands
    head = read_checkpoint(note)
    text = Checkpoint(origin=head.origin, size=head.size, root=bytes(32)).text
    return text + note[len(head.text) :]


def traced(act: Callable[[Hands], str]) -> Callable[[Hands], str]:
    """The same, done to what the trail says of versions of collection points, too, before the log named its rows."""

    def both(hands: Hands) -> str:
        told = act(hands)
        hands.sql("DELETE FROM store_auditentry WHERE action = %s", PUBLISHED)
        for each in models.PointVersion.objects.select_related("point"):
            said = says_published(each.point.key, each.version, each.digest, each.pages, each.published_at)
            models.AuditEntry.objects.create(action=PUBLISHED, detail=said)
        return told

    return both
