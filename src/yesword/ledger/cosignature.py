"""What a witness says of a checkpoint: c2sp.org/tlog-cosignature, the Ed25519 kind (cosignature/v1).

"As of this time, this is the largest log that I have seen, and it continues all that I saw before."
Signing and checking only; who may say so is for `policy`, and how a witness makes sure for `add_checkpoint`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yesword.domain.errors import YeswordError
from yesword.domain.times import to_micros
from yesword.ledger.checkpoint import (
    BadKeyError,
    Checkpoint,
    NoteKey,
    Signature,
    read_key,
    read_note,
    read_signatures,
    write_note,
)

_TIME_BYTES: Final = 8


class BadWitnessKeyError(BadKeyError):
    """The witness's public key cannot be read: {reason}. It should look like "example.com/witness+1a2b3c4d+BCd…": a name, eight hexadecimal digits and an Ed25519 key for cosignatures in base64."""

    code = "ledger_witness_key_malformed"


class FalseCosignatureError(YeswordError):
    """The cosignature of {name} on the checkpoint is false: {reason}. The checkpoint was changed after it was cosigned, or the cosignature was forged."""

    code = "ledger_cosignature_false"


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessKey(NoteKey):
    """A witness's name and public key. A log's key is of another type, even where the 32 bytes are the same."""

    algorithm = b"\x04"
    holder = "witnesses"
    malformed = BadWitnessKeyError


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessSigner:
    """A witness's name and its private key, which nothing else may sign with: the signed text does not tell the name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def witness_key(self) -> WitnessKey:
        return WitnessKey(name=self.name, public=self.private.public_key().public_bytes_raw())


@dataclass(frozen=True, kw_only=True, slots=True)
class Cosignature:
    """One that was verified."""

    witness: WitnessKey
    at: datetime  # UTC, whole seconds, by the witness's clock
    line: str  # as it stands under the checkpoint


def read_witness_vkey(text: str) -> WitnessKey:
    """Raises BadWitnessKeyError, also for the key of a log."""
    return read_key(text, WitnessKey)


def cosign(checkpoint: Checkpoint, signer: WitnessSigner, at: datetime) -> str:
    """The line to put under the checkpoint. Never cosign what does not continue all that was cosigned before: this function cannot tell."""
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    seconds = to_micros(at) // 1_000_000  # a float is a second off in far years
    if seconds < 1:
        raise ValueError("zero says that there is no time")
    key = signer.witness_key
    signature = seconds.to_bytes(_TIME_BYTES) + signer.private.sign(_message(seconds, checkpoint.text))
    return Signature(name=key.name, key_id=key.key_id, signature=signature).line


def cosignatures(note: str, witnesses: Iterable[WitnessKey]) -> tuple[Cosignature, ...]:
    """What these witnesses say of the note, in the order of its lines; a witness may have said it more than once.

    Signatures by others are ignored. The log's own is not looked at.
    Raises MalformedCheckpointError, FalseCosignatureError.
    """
    read = read_note(note)
    return verified(read.text, read.signatures, witnesses)


def verified(
    text: str, signatures: Iterable[Signature], witnesses: Iterable[WitnessKey]
) -> tuple[Cosignature, ...]:
    """The same, of signatures that came apart from the text of their note. Raises FalseCosignatureError."""
    known = {(key.name, key.key_id): key for key in witnesses}
    return tuple(
        Cosignature(witness=key, at=_signed_at(text, item, key), line=item.line)
        for item in signatures
        if (key := known.get((item.name, item.key_id))) is not None
    )


def add_cosignatures(note: str, lines: str) -> str:
    """The note with more lines of signatures under it, none of them twice and none verified. Raises MalformedCheckpointError."""
    read = read_note(note)
    merged = dict.fromkeys((*read.signatures, *read_signatures(lines)))
    longer = write_note(read.text, merged)
    read_note(longer)  # a note must not grow beyond what anyone reads
    return longer


def _message(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _signed_at(text: str, item: Signature, key: WitnessKey) -> datetime:
    seconds = int.from_bytes(item.signature[:_TIME_BYTES])
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(
            item.signature[_TIME_BYTES:], _message(seconds, text)
        )
    except (InvalidSignature, ValueError) as error:
        raise FalseCosignatureError(
            name=key.name, reason="the signature does not fit the checkpoint"
        ) from error
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise FalseCosignatureError(name=key.name, reason="its time is in no calendar") from error
    if not seconds:
        raise FalseCosignatureError(name=key.name, reason="it tells no time")
    return at
