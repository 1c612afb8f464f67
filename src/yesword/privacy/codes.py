"""Codes by text to the handset: whoever types one in has the number now. What that opens is for whoever asks.

Of a code only a keyed digest is kept. The text that carries it goes the way of all texts, so the gate decides on it too:
a stop never blocks it, a restriction or a number that changed hands does.
"""

import enum
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import composing
from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Program
from yesword.domain.shipped_texts import shipped_or_english
from yesword.domain.times import from_micros, to_micros
from yesword.privacy.access import Proof
from yesword.store import contacts, outgoing, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

DIGITS: Final = 6
LASTS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5  # of one code
HOUR_CAP: Final = 3
DAY_CAP: Final = 6
# A text that leaves later than this would have too little of its ten minutes left.
_USEFUL: Final = timedelta(minutes=5)
_AN_HOUR: Final = timedelta(hours=1)
_A_DAY: Final = timedelta(days=1)


class Purpose(enum.StrEnum):
    """What a code opens, and nothing else."""

    OWN_DATA = "own_data"  # what is held of the person: to see it, or to have it erased


_WORDING: Final = {Purpose.OWN_DATA: "data_code"}


class Asked(enum.Enum):
    """What became of the wish for a code. Whoever wished is answered alike: it tells what nobody else need know."""

    QUEUED = "queued"
    TOO_OFTEN = "too often"
    NO_NUMBER = "no number"  # erased, or its key is not here


def ask_for_code(store: Store, contact: Contact, program: Program, purpose: Purpose, at: datetime) -> Asked:
    """Queue one code to the handset, from the program's sender. It voids the one before it."""
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with store.database.write() as session:
        # Under the standing's lock, so that two wishes at once are two; and planned at this place of the record, so
        # that a stop of before does not bar what was asked for after it.
        standing = session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
        known = contacts.read(store, session, contact.id)
        if standing is None or known is None or known.number is None or known.erased_at is not None:
            return Asked.NO_NUMBER
        if not _may_ask(session, known.id, at):
            return Asked.TOO_OFTEN
        _keep(store, session, known, purpose, digits, at)
        plan = _plan(known, program, purpose, digits, standing[0], at)
        outgoing.insert(store, session, [plan], dict(store.vault.seals([known.id])), at)
    return Asked.QUEUED


def prove(store: Store, contact: Contact, purpose: Purpose, code: str, at: datetime) -> Proof | None:
    """Who has the number, if this is the newest code for this purpose, not used, not too old, not tried too often.

    Each call is a try. The number is proven to be theirs from the moment when the code was asked for.
    """
    with store.database.write() as session:
        # Counted before it is compared: of many tries at once, no more than the cap are made.
        row = session.first(
            "try_code",
            bucket=contact.bucket,
            contact_id=contact.id,
            purpose=purpose.value,
            most=MOST_TRIES,
            now=to_micros(at),
        )
        if row is None:
            return None
        row_id, digest, asked_at = row
        # Under every pepper: they may have been changed since.
        expected = store.look_up.digests(contact.brand, _KIND, _bound(row_id, purpose, code))
        is_it = [hmac.compare_digest(bytes(digest), each) for each in expected]
        if not any(is_it):
            return None
        session.run("use_code", bucket=contact.bucket, id=row_id, used_at=to_micros(at))
        return Proof(since=from_micros(asked_at))


def read_code(typed: str) -> str | None:
    """The digits as people type them, with spaces or a hyphen; None where it is no code at all, so no try either."""
    digits = "".join(each for each in typed if not each.isspace() and each != "-")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


_KIND: Final = "handset_code"
# Where the digits go, once the rest is said: templates are remembered, and codes are not to be.
_SLOT: Final = "\ue000"


def _bound(row_id: int, purpose: Purpose, digits: str) -> str:
    return f"{row_id}:{purpose.value}:{digits}"


def _may_ask(session: Session, contact: ContactId, at: datetime) -> bool:
    row = session.first(
        "codes_since",
        bucket=bucket_of(contact),
        contact_id=contact,
        since=to_micros(at - _A_DAY),
        lately=to_micros(at - _AN_HOUR),
    )
    assert row is not None
    today, lately = row
    return bool(today < DAY_CAP and lately < HOUR_CAP)


def _keep(
    store: Store, session: Session, contact: Contact, purpose: Purpose, digits: str, at: datetime
) -> None:
    # Whoever asks clears away what others of the bucket left: no row of a code is kept for longer than it is counted.
    session.run("forget_codes", bucket=contact.bucket, before=to_micros(at - _A_DAY))
    row_id = store.ids.make(contact.bucket)
    session.run(
        "insert_code",
        bucket=contact.bucket,
        id=row_id,
        contact_id=contact.id,
        purpose=purpose.value,
        digest=store.look_up.digest(contact.brand, _KIND, _bound(row_id, purpose, digits)),
        asked_at=to_micros(at),
        expires_at=to_micros(at + LASTS),
    )


def _plan(
    contact: Contact, program: Program, purpose: Purpose, digits: str, seq: int, at: datetime
) -> outgoing.Plan:
    language, texts = program.texts_in(contact.language)
    source: str = getattr(shipped_or_english(language), _WORDING[purpose])
    said = composing.compose(source.replace("[Digits]", _SLOT), program, texts)
    return outgoing.Plan(
        brand=contact.brand,
        contact=contact.id,
        program=program.id,
        program_version=program.version,
        sender=programs.sender_of(program).id,
        message_class=MessageClass.TRANSACTIONAL,
        kind=MessageKind.CODE,
        planned_seq=seq,
        due_at=at,
        send_by=at + _USEFUL,
        language=language,
        country=contact.country,
        body=said.replace(_SLOT, digits),
        trigger=f"{_KIND}:{purpose.value}",
        occasion="code",
    )
