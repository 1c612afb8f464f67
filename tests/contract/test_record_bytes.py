"""What appending writes, to the byte: computed a second time here, slowly, and by another implementation of RFC 8785.

Receipts that are out in the world, and every later version of the program, count on these bytes.
"""

import base64
import dataclasses
import enum
import hashlib
import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785

from factories.worlds import TEXTS, World, world
from yesword.consent import Draft, append_many
from yesword.domain import codec, ids
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Limits, Preferences, Scope
from yesword.domain.ids import EventId
from yesword.domain.parties import Origin, Provenance, Relation
from yesword.domain.state import fold
from yesword.ledger.entry import from_b64url
from yesword.store import contacts, programs

AT = datetime(2026, 3, 2, 12, 0, 0, 987654, tzinfo=UTC)
ACTED = datetime(2026, 3, 1, 23, 59, 59, 1999, tzinfo=UTC)
ODD = 'Zoë \u2028 "\\" 😀 \x07'


@pytest.fixture
def brand_world(store):
    with world(store) as made:
        yield made


def stories(here: World) -> list[list[Draft]]:
    """One for each of three people, with whatever an event can hold."""
    usual = {"actor": Actor.PERSON, "occurred_at": ACTED, "received_at": AT, "language": "en"}
    scope = Scope(program=here.club.id, purposes=(here.club.purpose,), categories=here.club.categories)
    granted = Draft(
        kind=EventKind.GRANTED,
        scope=scope,
        route="form",
        program=here.club,
        basis=Basis.EXPRESS_WRITTEN,
        grade=Grade.B,
        limits=Limits(conversation=2**53 - 1, ends_at=AT + timedelta(days=9)),
        context={"page": "https://shop.example/ü?a=b&c", "line": 2, "ok": True, "none": None},
        evidence=[{"kind": "note", "size": 0, "row": {"ö": "1", "\ufb33": ODD, "😀": "3"}}],
        **usual,
    )
    customer = dataclasses.replace(
        granted,
        basis=Basis.CUSTOMER,
        wording=ODD,
        reason=ODD,
        lapses_at=AT,
        answers=EventId(7),
        relation=Relation(origin=Origin.SALE, at=ACTED, was_told=True, categories=("shoes", "hats")),
        provenance=Provenance.MERGED,
        says={"note": ODD, "count": -1},
    )
    chosen = Draft(
        kind=EventKind.PREFERRED,
        scope=Scope(),
        route="reply",
        preferences=Preferences(count=2, window_days=7, paused_until=AT, without_categories=("b", "a")),
        **{**usual, "actor": Actor.HANDSET, "language": None},
    )
    stopped = dataclasses.replace(chosen, kind=EventKind.WITHDRAWN, preferences=None)
    erased = dataclasses.replace(chosen, kind=EventKind.ERASED, preferences=None, actor=Actor.SYSTEM)
    return [[granted, chosen], [customer], [granted, stopped, erased]]


def plain(value):
    """The fields of records in order, as JSON has them."""
    if dataclasses.is_dataclass(value):
        return [plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, datetime):
        whole = value - datetime(1970, 1, 1, tzinfo=UTC)
        return (whole.days * 86400 + whole.seconds) * 10**6 + whole.microseconds
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def compact(value) -> bytes:
    return json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False).encode()


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def expected_sections(draft: Draft, event: ConsentEvent, contact, brand, previous, body: bytes) -> dict:
    program = draft.program
    wording = draft.wording
    if wording is None and draft.kind is EventKind.GRANTED:
        wording = TEXTS.disclosure.replace("[Brand]", brand.name)
    told = {
        "id": ids.to_text("evt", event.id),
        "type": draft.kind.value,
        "occurred_at": iso(draft.occurred_at),
        "received_at": iso(draft.received_at),
        "recorded_at": iso(AT),
        "program": program.key if program else None,
        "method": draft.route,
        "seq": event.seq,
        "prev": previous,
        "actor": draft.actor.value,
        "basis": draft.basis.value if draft.basis else None,
        "grade": draft.grade.value if draft.grade else None,
        "answers": ids.to_text("evt", draft.answers) if draft.answers else None,
        "reason": draft.reason,
        "row_sha256": hashlib.sha256(body).hexdigest(),
        **draft.says,
    }
    if draft.relation is not None:
        told["relation"] = {
            "origin": "sale",
            "at": iso(ACTED),
            "was_told": True,
            "is_same_entity": True,
            "categories": ["shoes", "hats"],
        }
        told["provenance"] = "merged"
    sections = {"event": told}
    if draft.kind is not EventKind.ERASED:
        sections["subject"] = {
            "phone": contact.number,
            "name": contact.name or None,
            "subject_id": contact.subject,
            "verified_by": "inbound_text" if draft.actor is Actor.HANDSET else None,
        }
        sections["context"] = dict(draft.context)
        sections["evidence"] = list(draft.evidence)
    if wording is not None:
        sections["notice"] = {
            "id": program.key,
            "version": program.version,
            "lang": draft.language,
            "sha256": hashlib.sha256(wording.encode()).hexdigest(),
            "text": wording,
        }
    sections["terms"] = {
        "controller": brand.name,
        "purposes": [program.purpose] if program else [],
        "categories": list(program.categories) if program else [],
        "legal_basis": draft.basis.value if draft.basis else None,
        "jurisdiction": brand.country,
        "retention_policy_id": "eu",
    }
    return {name: sections[name] for name in ORDER if name in sections}


ORDER = ("event", "subject", "context", "notice", "evidence", "terms")


def test_rows_entries_and_standings_are_what_a_second_implementation_makes_of_the_drafts(store, brand_world):
    brand = programs.brand(brand_world.club.brand)
    people = brand_world.strangers([f"+3161234567{last}" for last in range(3)], name=ODD)
    drafted = dict(zip(people, stories(brand_world), strict=True))
    with store.database.write() as session:
        known = contacts.read_many(store, session, people)
        # Handed in out of order, as a caller may.
        changes = [(known[each], drafted[each]) for each in sorted(people, reverse=True)]
        recorded = append_many(store, session, brand, changes, AT)
    for each in people:
        contact, drafts = known[each], drafted[each]
        rows = brand_world.sql(
            "SELECT id, seq, kind, program_id, received_at, recorded_at, body, entry, leaf_hash, sealed, brand_id"
            " FROM consent_event WHERE contact_id = %s ORDER BY seq",
            each,
        )
        events = recorded[each].events
        assert [row[1] for row in rows] == list(range(1, len(drafts) + 1))
        previous = None
        for draft, event, row in zip(drafts, events, rows, strict=True):
            body, entry, leaf = bytes(row[6]), bytes(row[7]), bytes(row[8])
            assert (row[0], row[1], row[10]) == (event.id, event.seq, brand.id)
            assert row[2:6] == (draft.kind.value, draft.scope.program, plain(AT), plain(AT))
            assert body == compact(event)
            assert codec.loads(ConsentEvent, body) == event
            sealed = store.vault.seal(each).open(
                bytes(row[9]), f"disclosures:{brand.origin}:{event.id}".encode()
            )
            disclosures = json.loads(sealed)
            assert sealed == compact(disclosures)
            salts = [json.loads(from_b64url(text))[0] for text in disclosures]
            wanted = expected_sections(draft, event, contact, brand, previous, body)
            assert disclosures == [
                url64(rfc8785.dumps([salt, name, value]))
                for salt, (name, value) in zip(salts, wanted.items(), strict=True)
            ]
            digests = json.loads(entry)["_sd"]
            own = {url64(hashlib.sha256(text.encode()).digest()) for text in disclosures}
            assert own <= set(digests)
            assert len(set(digests)) == len(ORDER)
            assert entry == rfc8785.dumps({"_sd": sorted(digests), "_sd_alg": "sha-256", "v": 1})
            assert leaf == hashlib.sha256(b"\0" + entry).digest()
            assert brand_world.sql(
                "SELECT brand_id, leaf_hash, created_at FROM ledger_outbox WHERE event_id = %s", event.id
            ) == [(brand.id, row[8], plain(AT))]
            previous = leaf.hex()
        [standing] = brand_world.sql(
            "SELECT seq, stop_seq, state, last_leaf FROM standing WHERE contact_id = %s", each
        )
        state = fold(events)
        assert recorded[each].state == state
        assert standing[:2] == (len(drafts), state.stop_seq_for(None))
        assert bytes(standing[2]) == compact(state)
        assert bytes(standing[3]).hex() == previous


def test_a_second_batch_goes_on_where_the_first_ended(store, brand_world):
    brand = programs.brand(brand_world.club.brand)
    [person] = brand_world.strangers(["+31612345670"])
    [drafts, *_] = stories(brand_world)
    for _ in range(2):
        with store.database.write() as session:
            contact = contacts.read_many(store, session, [person])[person]
            recorded = append_many(store, session, brand, [(contact, drafts)], AT)[person]
    rows = brand_world.sql(
        "SELECT seq, body, leaf_hash, entry FROM consent_event WHERE contact_id = %s ORDER BY seq", person
    )
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert [event.seq for event in recorded.events] == [3, 4]
    told = [codec.loads(ConsentEvent, bytes(row[1])) for row in rows]
    assert recorded.state == fold(told)
    assert brand_world.sql("SELECT seq, state, last_leaf FROM standing WHERE contact_id = %s", person) == [
        (4, recorded.state.to_bytes(), rows[-1][2])
    ]


def test_no_salt_is_used_twice(store, brand_world):
    brand = programs.brand(brand_world.club.brand)
    people = brand_world.strangers([f"+316123456{last}" for last in range(10, 40)])
    [drafts, *_] = stories(brand_world)
    with store.database.write() as session:
        known = contacts.read_many(store, session, people)
        append_many(store, session, brand, [(each, drafts) for each in known.values()], AT)
    rows = brand_world.sql("SELECT entry FROM consent_event")
    digests = list(itertools.chain.from_iterable(json.loads(bytes(row[0]))["_sd"] for row in rows))
    assert len(set(digests)) == len(digests) == 30 * 2 * len(ORDER)
