"""The head statement: which of a person's events was the newest when the log had a given size, signed.

Inclusion proves that a consent was given, not that no stop came after. This says so over the issuer's name: whoever finds
a later event under the same checkpoint holds two signatures that contradict each other.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Checkpoint, MalformedCheckpointError, Signer, VerifierKey, from_b64
from yesword.ledger.entry import JsonObject, JsonValue
from yesword.ledger.jws import Statement, is_count, read_statement, sign_statement, verify_statement
from yesword.ledger.leaf import HASH_BYTES

TYPE: Final = "yesword-head+jwt"
VERSION: Final = 1
MAX_HEAD_CHARS: Final = 1 << 16

_CLAIMS: Final = frozenset(("v", "sub", "seq", "leaf", "led"))
_TREE: Final = frozenset(("origin", "size", "root"))


class MalformedHeadError(YeswordError):
    """The head statement cannot be read: {reason}. It should name a checkpoint, a subject, and the number and leaf hash of the subject's newest event."""

    code = "ledger_head_malformed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    checkpoint: Checkpoint
    subject: str  # the random id that the record shows, never a number or its hash
    seq: int  # of the newest event, counted from 1
    leaf_hash: bytes  # of that event's entry
    issued_at: datetime  # to the second

    def __post_init__(self) -> None:
        if self.checkpoint.size == 0:
            raise MalformedHeadError(reason="its log is empty")
        if not self.subject:
            raise MalformedHeadError(reason="it names no subject")
        if self.seq < 1:
            raise MalformedHeadError(reason=f"{self.seq} is no number of an event")
        if len(self.leaf_hash) != HASH_BYTES:
            raise MalformedHeadError(reason=f"its leaf hash is not {HASH_BYTES} bytes long")


def sign_head(head: Head, signer: Signer) -> str:
    """A compact JWS. That the head is true is for the caller to see to: under the lock that its events are numbered by."""
    claims: JsonObject = {
        "v": VERSION,
        "sub": head.subject,
        "seq": head.seq,
        "leaf": head.leaf_hash.hex(),
        "led": {
            "origin": head.checkpoint.origin,
            "size": head.checkpoint.size,
            "root": b64encode(head.checkpoint.root).decode(),  # as the checkpoint itself writes it
        },
    }
    return sign_statement(claims, typ=TYPE, issued_at=head.issued_at, signer=signer)


def read_head(text: str) -> Head:
    """What is stated, with no signature checked. Raises MalformedHeadError, MalformedJwsError."""
    _refuse_long(text)
    return _head(read_statement(text, typ=TYPE))


def verify_head(text: str, key: VerifierKey) -> Head:
    """What is stated, once it is proven to be the issuer's.

    Raises MalformedHeadError, MalformedJwsError, OtherJwsKeyError, ForgedJwsError, OtherIssuerError.
    """
    _refuse_long(text)
    return _head(verify_statement(text, typ=TYPE, key=key))


def _refuse_long(text: str) -> None:
    if len(text) > MAX_HEAD_CHARS:
        raise MalformedHeadError(reason=f"it is longer than {MAX_HEAD_CHARS} characters")


def _head(statement: Statement) -> Head:
    claims = statement.claims
    if claims.keys() != _CLAIMS:
        named = ", ".join(sorted(claims.keys() ^ _CLAIMS))[:200]
        raise MalformedHeadError(reason=f"these claims are missing or unknown: {named}")
    version, subject, seq = claims["v"], claims["sub"], claims["seq"]
    if not is_count(version) or version != VERSION:
        raise MalformedHeadError(reason=f"it is not of version {VERSION}")
    if not isinstance(subject, str) or not is_count(seq):
        raise MalformedHeadError(reason="its subject is not text, or its seq no number of an event")
    return Head(
        checkpoint=_checkpoint(claims["led"]),
        subject=subject,
        seq=seq,
        leaf_hash=_leaf_hash(claims["leaf"]),
        issued_at=statement.issued_at,
    )


def _checkpoint(value: JsonValue) -> Checkpoint:
    if isinstance(value, Mapping) and value.keys() == _TREE:
        origin, size, root = value["origin"], value["size"], value["root"]
        if isinstance(origin, str) and is_count(size) and isinstance(root, str):
            try:
                return Checkpoint(origin=origin, size=size, root=from_b64(root))
            except (MalformedCheckpointError, ValueError) as error:
                raise MalformedHeadError(reason="its checkpoint is not in the right form") from error
    raise MalformedHeadError(reason="it does not say of which log, at which size")


def _leaf_hash(text: JsonValue) -> bytes:
    try:
        value = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        value = b""
    if value.hex() != text:  # capitals and spaces are read, but not written
        raise MalformedHeadError(reason="its leaf hash is not in lower-case hexadecimal")
    return value
