"""One text that was written to a carrier: its person's tag in this hand-over, and its facts behind a salted digest.

A digest is that of an SD-JWT disclosure (RFC 9901), like those of an entry: `["salt","handed_over",{…}]`. Neither number
nor wording is in it; the decision is named by its own digest.
"""

import functools
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis
from yesword.ledger.entry import SALT_BYTES, JsonValue, NotCanonicalError, b64url, from_b64url, read_json
from yesword.ledger.handed.moments import read_moment
from yesword.ledger.leaf import HASH_BYTES

NAME: Final = "handed_over"
MAX_TEXT_CHARS: Final = 4096

_FOR_TAGS: Final = b"yesword:handed:"
_MEMBERS: Final = frozenset(("at", "class", "decision", "id", "kind", "outcome", "program", "verdict"))
_DIGEST: Final = re.compile(rf"[0-9a-f]{{{2 * HASH_BYTES}}}")


_moment: Final = functools.lru_cache(maxsize=16)(iso_millis)  # the texts of one claim have one time


class MalformedTextError(YeswordError):
    """A text of the hand-over cannot be read: {reason}. It should be base64url of a list of three: a salt of 32 bytes, "handed_over", and the facts of the text."""

    code = "ledger_handed_text_malformed"


class ForeignTextError(YeswordError):
    """A text that is shown does not belong to the hand-over {hand_over}: its digest is not among those of the person. It was changed, is shown twice, or belongs elsewhere."""

    code = "ledger_handed_text_foreign"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedText:
    id: str  # of the message
    at: datetime  # of the decision, after which it was written; to the millisecond where it was read
    kind: str
    message_class: str
    program: str | None  # its key
    outcome: str  # accepted, refused, or unknown: what the carrier said, as far as it was heard
    decision: str  # SHA-256 of the decision as it is stored, in hexadecimal
    verdict: str


def tag_of(subject: str, nonce: bytes) -> bytes:
    """Who a text of this hand-over went to: `subject` is the random id of the person, in hexadecimal."""
    return hmac.digest(bytes.fromhex(subject), _FOR_TAGS + nonce, "sha256")


def salt_of(secret: bytes, attempt: int) -> bytes:
    """The salt of one text, from the secret that is kept with its hand-over: so it need not be kept itself."""
    return hmac.digest(secret, b"%d" % attempt, "sha256")


def disclose(text: HandedText, salt: bytes) -> str:
    """The facts with their salt, in base64url."""
    # RFC 8785 by hand, the keys in their order: a thousand of these are made while a carrier waits for the next batch.
    quoted = encode_basestring
    program = "null" if text.program is None else quoted(text.program)
    facts = (
        f'{{"at":"{_moment(text.at)}","class":{quoted(text.message_class)},"decision":"{text.decision}",'
        f'"id":"{text.id}","kind":{quoted(text.kind)},"outcome":{quoted(text.outcome)},'
        f'"program":{program},"verdict":{quoted(text.verdict)}}}'
    )
    return b64url(f'["{b64url(salt)}","{NAME}",{facts}]'.encode())


def digest_of(disclosure: str) -> bytes:
    return sha256(disclosure.encode()).digest()


def open_text(disclosure: str) -> HandedText:
    """The facts as they are stated; whether the hand-over holds them, `digest_of` says. Raises MalformedTextError."""
    if len(disclosure) > MAX_TEXT_CHARS:
        raise MalformedTextError(reason=f"it is longer than {MAX_TEXT_CHARS} characters")
    try:
        parts = read_json(from_b64url(disclosure).decode())
    except (NotCanonicalError, ValueError) as error:
        raise MalformedTextError(reason="it is not base64url of JSON") from error
    match parts:
        case [str(salt), str(name), dict() as facts] if name == NAME and _is_salt(salt):
            return _text(facts)
    raise MalformedTextError(reason=f"it is not a salt, {NAME} and its facts")


def _text(facts: Mapping[str, JsonValue]) -> HandedText:
    if facts.keys() != _MEMBERS:
        named = ", ".join(sorted(facts.keys() ^ _MEMBERS))[:200]
        raise MalformedTextError(reason=f"these facts are missing or unknown: {named}")
    words = {name: value for name, value in facts.items() if isinstance(value, str) and 0 < len(value) <= 200}
    program = facts["program"]
    if len(words) + (program is None) != len(_MEMBERS):
        raise MalformedTextError(reason="a fact in it is not text")
    if not _DIGEST.fullmatch(words["decision"]):
        raise MalformedTextError(reason="its decision is no SHA-256 in hexadecimal")
    try:
        at = read_moment(words["at"])
    except ValueError as error:
        raise MalformedTextError(reason="its time is not one") from error
    return HandedText(
        id=words["id"],
        at=at,
        kind=words["kind"],
        message_class=words["class"],
        program=words.get("program"),
        outcome=words["outcome"],
        decision=words["decision"],
        verdict=words["verdict"],
    )


def _is_salt(text: str) -> bool:
    try:
        return len(from_b64url(text)) == SALT_BYTES
    except ValueError:
        return False
