"""The demo, with all its people and all that was said, searched for what must be sealed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from factories.dumps import dump
from yesword.demo.house import furnish
from yesword.demo.seed import read_people
from yesword.domain.ids import ContactId, MessageId
from yesword.store import contacts
from yesword.store.opening import Store
from yesword.store.sealing import place

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_dump_of_the_demo_holds_no_number_no_address_and_no_body(store: Store) -> None:
    furnish(store, NOW)
    numbers = {person.number.e164 for person in read_people()}
    bodies = all_bodies(store)
    assert len(numbers) == 60
    assert len(bodies) > 40
    kept = dump(store)
    assert "Anna de Wit" in kept, "names are plain, so that they can be searched: the dump is a real one"
    for number in numbers:
        assert not stands(number[3:], kept), "a number stands in the clear"
        assert number[3:].encode().hex() not in kept, "a number stands in the clear"
    assert not list(addresses(kept)), "an e-mail address stands in the clear"
    for body in bodies:
        assert body not in kept, f"a body stands in the clear: {body[:20]}…"


def stands(digits: str, text: str) -> bool:
    """Whether they are there as more than by chance: in a digest, in bytes as hex, or in an id or a time, some always are."""
    for found in re.finditer(digits, text):
        before = re.search(r"(?:\\x)?[0-9a-f]*\Z", text[max(0, found.start() - 100) : found.start()])
        after = re.match(r"[0-9a-f]*", text[found.end() : found.end() + 100])
        assert before is not None
        assert after is not None
        word = before[0] + digits + after[0]
        is_id_or_time = word.isdigit() and 16 <= len(word) <= 19
        if not (is_id_or_time or word.startswith("\\x") or len(word) in (32, 64) or len(word) > 100):
            return True
    return False


def addresses(text: str) -> Iterator[str]:
    """What looks like an e-mail address. Around each @ only: the hex of a whole store is one long word."""
    for found in re.finditer("@", text):
        around = text[max(0, found.start() - 40) : found.end() + 40]
        if address := re.search(r"[a-z0-9.]{3,}@[a-z0-9-]{3,}\.[a-z]{2,}", around):
            yield address[0]


def all_bodies(store: Store) -> set[str]:
    """What was texted in both directions, unsealed; a bare keyword is a word of the program and not a body."""
    found = set()
    with store.database.read() as session:
        ids = [
            ContactId(row[0])
            for row in session.rows("standings_after", cursor=-1, cursor_bucket=0, count=1000)
        ]
        for contact_id, person in contacts.read_many(store, session, ids).items():
            seal = store.vault.seals([contact_id])[contact_id]
            here = {"bucket": person.bucket, "contact_id": contact_id, "count": 1000}
            for row in session.rows("messages_of_contact", **here):
                if row[6] is not None:
                    found.add(seal.open(bytes(row[6]), place("body", MessageId(row[0]))).decode())
            for row in session.rows("inbound_of_contact", **here):
                found.add(seal.open(bytes(row[2]), place("inbound", row[0])).decode())
    return {body for body in found if len(body) > 12}
