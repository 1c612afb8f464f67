"""The rows of contests: entries, sealed under their person's key, and what was published of them, which never changes."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from yesword.domain.collecting.draw_files import Commitment, Drawn
from yesword.domain.collecting.drawing import SALT_BYTES, leaf
from yesword.domain.ids import ContactId, InboundId, MessageId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store import programs
from yesword.store.database import Row, Session
from yesword.store.forms import as_bytes
from yesword.store.sealing import Seal, place

if TYPE_CHECKING:
    from yesword.store.opening import Store

IN: Final = "in"
AGE: Final = "age"  # waits until the person has said how old they are
BY_ENTRY: Final = "entry"  # the yes came in the text that entered, behind the answer
BY_REPLY: Final = "reply"  # and this one to the question
_PAGE: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EntryRow:
    id: int
    contest: int
    contact: ContactId
    inbound: InboundId
    state: str
    choice: str
    is_right: bool
    sealed: bytes
    digest: str
    said_yes: str
    asked_by: MessageId | None
    entered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Opened:
    """What somebody entered, with the salt by which they can show that a digest is theirs."""

    answer: str
    salt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """What was published when a contest closed."""

    commitment: Commitment
    counts: Mapping[str, int]  # option → how many; "" for answers in own words
    entered: int  # all of them, also those that were not right


def heard(session: Session, sender: int, word: str) -> list[int]:
    """The announced contests on a sender that a text with this first word may enter, newest first."""
    if not word:
        return []
    return [each for each, keywords in _on_sender(session, sender) if f" {word} " in keywords]


@programs.read_once
def _on_sender(session: Session, sender: int) -> list[Row]:
    return session.rows("contests_on_sender", sender_id=sender)


def hold(session: Session, contest: int) -> None:
    """While this transaction runs, nobody fixes the list."""
    session.first("hold_contest", id=contest)


def lock(session: Session, contest: int) -> None:
    """Whoever enters waits until this transaction has ended."""
    session.first("lock_contest", id=contest)


def enter(
    store: "Store",
    session: Session,
    contest: int,
    key: str,
    contact: ContactId,
    inbound: InboundId,
    answer: str,
    at: datetime,
    *,
    is_choice: bool,
    is_right: bool,
    state: str = IN,
    said_yes: str = "",
) -> EntryRow:
    """`key` of the contest: it is part of the digest."""
    row_id = store.ids.make(bucket_of(contact))
    salt = secrets.token_bytes(SALT_BYTES)
    seal = store.vault.seals([contact])[contact]
    said = json.dumps({"answer": answer, "salt": salt.hex()}, ensure_ascii=False)
    row = EntryRow(
        id=row_id,
        contest=contest,
        contact=contact,
        inbound=inbound,
        state=state,
        choice=answer if is_choice else "",
        is_right=is_right,
        sealed=seal.close(said.encode(), _place(row_id)),
        digest=leaf(salt, key, answer, at),
        said_yes=said_yes,
        asked_by=None,
        entered_at=at,
    )
    session.run(
        "insert_contest_entry",
        bucket=bucket_of(contact),
        id=row_id,
        contest_id=contest,
        contact_id=contact,
        inbound_id=inbound,
        state=state,
        choice=row.choice,
        is_right=int(is_right),
        sealed=row.sealed,
        digest=row.digest,
        said_yes=said_yes,
        asked_message_id=None,
        entered_at=to_micros(at),
    )
    return row


def of_contact(session: Session, contact: ContactId, contest: int | None = None) -> list[EntryRow]:
    """Oldest first."""
    rows = session.rows("contest_entries_of_contact", bucket=bucket_of(contact), contact_id=contact)
    found = [entry_of(each) for each in rows]
    return found if contest is None else [each for each in found if each.contest == contest]


def that_asked(session: Session, contact: ContactId, message: int) -> EntryRow | None:
    """The entry that was answered with this text, if the text asked for consent."""
    row = session.first(
        "contest_entry_that_asked", bucket=bucket_of(contact), contact_id=contact, message_id=message
    )
    return None if row is None else entry_of(row)


def of_digest(session: Session, contest: int, digest: str) -> EntryRow | None:
    """None where it was deleted, with its person or after its time."""
    row = session.first("contest_entry_of_digest", contest_id=contest, digest=digest)
    return None if row is None else entry_of(row)


def opened(seal: Seal, row: EntryRow) -> Opened:
    said = json.loads(seal.open(row.sealed, _place(row.id)))
    return Opened(answer=said["answer"], salt=said["salt"])


def note_question(session: Session, row: EntryRow, message: MessageId) -> None:
    session.run("note_contest_question", bucket=bucket_of(row.id), id=row.id, message_id=message)


def note_yes(session: Session, row_id: int, how: str) -> None:
    session.run("note_contest_yes", bucket=bucket_of(row_id), id=row_id, said_yes=how)


def let_in(session: Session, row: EntryRow) -> None:
    session.run("let_contest_entry_in", bucket=bucket_of(row.id), id=row.id)


def drop(session: Session, row_id: int) -> None:
    session.run("drop_contest_entry", bucket=bucket_of(row_id), id=row_id)


def counts(session: Session, contest: int) -> Mapping[str, int]:
    return {choice: int(count) for choice, count in session.rows("contest_counts", contest_id=contest)}


def yeses(session: Session, contest: int) -> Mapping[str, int]:
    """How many said yes which way; "" for those who did not."""
    return {how: int(count) for how, count in session.rows("contest_yeses", contest_id=contest)}


# --- what is published ---------------------------------------------------------------------------------------


def fill_leaves(session: Session, contest: int) -> Sequence[str]:
    """Fix who takes part. Whoever never said how old they are is let go."""
    session.run("drop_contest_entries_without_age", contest_id=contest)
    session.run("fill_contest_leaves", contest_id=contest)
    return leaves(session, contest)


def leaves(session: Session, contest: int) -> Sequence[str]:
    return [row[0] for row in session.rows("contest_leaves", contest_id=contest)]


def commit(session: Session, contest: int, what: Commitment, found: Mapping[str, int]) -> None:
    session.run(
        "insert_contest_commitment",
        contest_id=contest,
        list_digest=what.list_digest,
        entries=what.entries,
        counts=json.dumps(dict(found), ensure_ascii=False, sort_keys=True),
        source=what.source,
        seed_due_at=None if what.seed_due_at is None else to_micros(what.seed_due_at),
        committed_at=to_micros(what.committed_at),
    )


def commitment(session: Session, contest: int) -> Fixed | None:
    row = session.first("contest_commitment", contest_id=contest)
    if row is None:
        return None
    found: dict[str, int] = json.loads(row[2])
    return Fixed(
        commitment=Commitment(
            list_digest=row[0],
            entries=row[1],
            source=row[3],
            seed_due_at=None if row[4] is None else from_micros(row[4]),
            committed_at=from_micros(row[5]),
        ),
        counts=found,
        entered=sum(found.values()),
    )


def keep_draw(session: Session, contest: int, what: Drawn) -> None:
    session.run(
        "insert_contest_draw",
        contest_id=contest,
        seed=what.seed,
        source=what.source,
        seed_at=to_micros(what.seed_at),
        winners=json.dumps(list(what.winners)),
        drawn_at=to_micros(what.drawn_at),
    )


def drawn(session: Session, contest: int) -> Drawn | None:
    row = session.first("contest_draw", contest_id=contest)
    if row is None:
        return None
    return Drawn(
        seed=row[0],
        source=row[1],
        seed_at=from_micros(row[2]),
        winners=tuple(json.loads(row[3])),
        drawn_at=from_micros(row[4]),
    )


def terms_digest(session: Session, contest: int) -> str:
    """SHA-256 of the contest as it was announced, in hexadecimal."""
    row = session.first("contest_definition", id=contest)
    assert row is not None, "contests are not deleted"
    return sha256(bytes(row[0])).hexdigest()


# --- deleting ------------------------------------------------------------------------------------------------


def delete_entries(session: Session, contest: int, *, but: frozenset[str]) -> int:
    """Delete the entries of a contest, but for these digests, and the texts that they came in.

    A text that is evidence of a yes stays: it belongs to the record, and no longer to the contest.
    """
    after, gone = -1, 0
    while rows := session.rows("contest_entries_to_delete", contest_id=contest, after=after, count=_PAGE):
        for row_id, inbound, digest, said_yes in rows:
            if digest in but:
                continue
            if said_yes != BY_ENTRY:
                session.run("empty_inbound", bucket=bucket_of(inbound), id=inbound)
            drop(session, row_id)
            gone += 1
        after = rows[-1][0]
    return gone


def _place(row_id: int) -> bytes:
    return place("contest_entry", row_id)


def entry_of(row: Row) -> EntryRow:
    """From the columns in the order of its members, whatever stands in that of bytes."""
    return EntryRow(
        id=row[0],
        contest=row[1],
        contact=ContactId(row[2]),
        inbound=InboundId(row[3]),
        state=row[4],
        choice=row[5],
        is_right=bool(row[6]),
        sealed=as_bytes(row[7]),
        digest=row[8],
        said_yes=row[9],
        asked_by=None if row[10] is None else MessageId(row[10]),
        entered_at=from_micros(row[11]),
    )
