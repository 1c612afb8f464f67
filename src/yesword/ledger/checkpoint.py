"""The head of a log, signed: c2sp.org/tlog-checkpoint as a c2sp.org/signed-note by Ed25519.

Keys come in and go out here as `vkey` text and key objects; where they are kept is not known here.
Cosignatures of witnesses ride along unread (see `cosignature`): signatures by keys that one does not hold are ignored.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yesword.domain.errors import YeswordError
from yesword.ledger.leaf import HASH_BYTES
from yesword.ledger.merkle import MAX_TREE_SIZE

MAX_NOTE_CHARS: Final = 1 << 18  # room for dozens of post-quantum signatures of 5 kB each

_KEY_ID_BYTES: Final = 4
_PUBLIC_BYTES: Final = 32
_DASH: Final = "— "
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


class BadKeyError(YeswordError):
    """The log's public key cannot be read: {reason}. It should look like "example.com/log+1a2b3c4d+AbCd…": a name, eight hexadecimal digits and an Ed25519 key in base64."""

    code = "ledger_key_malformed"


class MalformedCheckpointError(YeswordError):
    """The checkpoint cannot be read: {reason}. It should be three lines (the log's name, its size, its root hash), an empty line, and signatures."""

    code = "ledger_checkpoint_malformed"


class UnsignedCheckpointError(YeswordError):
    """The checkpoint is not signed by the key of {name}. It may come from another log, or the log may have a newer key."""

    code = "ledger_checkpoint_unsigned"


class ForgedCheckpointError(YeswordError):
    """The signature of {name} on the checkpoint is false. The checkpoint was changed after it was signed, or forged."""

    code = "ledger_checkpoint_forged"


class OtherLogError(YeswordError):
    """The checkpoint is of the log {origin}, and the key belongs to {name}. Use the key of the log that issued it."""

    code = "ledger_checkpoint_of_other_log"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteKey:
    """A name and an Ed25519 key whose signatures stand under notes. What they are signatures of, each kind says."""

    algorithm: ClassVar[
        bytes
    ]  # signed-note's number for the type: the same key means another thing as another type
    holder: ClassVar[str]
    malformed: ClassVar[type[BadKeyError]]

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise self.malformed(reason="its name is empty, or has a space, a plus or a control character")
        if len(self.public) != _PUBLIC_BYTES:
            raise self.malformed(reason="its key is not 32 bytes long")

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.algorithm + self.public).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.algorithm + self.public).decode()}"


AnyKey = TypeVar("AnyKey", bound=NoteKey)


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifierKey(NoteKey):
    """A log's name and public key: all that a verifier has to hold, and has to get from a source they trust."""

    algorithm = b"\x01"
    holder = "logs"
    malformed = BadKeyError


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """A log's name and its private key. The name is the origin of the log."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier_key(self) -> VerifierKey:
        return VerifierKey(name=self.name, public=self.private.public_key().public_bytes_raw())


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"

    def is_by(self, key: NoteKey) -> bool:
        """Whether it says so; nothing is verified."""
        return (self.name, self.key_id) == (key.name, key.key_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A signed note, read but not verified: its text is only what someone wrote."""

    text: str  # ends in a newline; this is what is signed
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.origin):
            raise MalformedCheckpointError(reason=f"{self.origin!r} is no name of a log")
        if not 0 <= self.size <= MAX_TREE_SIZE:
            raise MalformedCheckpointError(reason=f"{self.size} is no size of a log")
        if len(self.root) != HASH_BYTES:
            raise MalformedCheckpointError(reason="its root is not 32 bytes long")

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def is_key_name(name: str) -> bool:
    """What signed-note allows as a name; it ends up in a line of its own, between spaces."""
    return (
        bool(name)
        and _is_utf8(name)
        and not any(char.isspace() or char == "+" or char < " " for char in name)
    )


def from_b64(text: str) -> bytes:
    """Standard base64, one text for one value. Raises ValueError."""
    data = b64decode(text, validate=True)
    if b64encode(data).decode() != text:
        raise ValueError("not base64")
    return data


def read_decimal(text: str) -> int:
    """A count as the tlog formats write it: no sign, no leading zero, at most 2^63 - 1. Raises ValueError."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_TREE_SIZE:
        raise ValueError("not a count")
    return int(text)


def read_vkey(text: str) -> VerifierKey:
    """Raises BadKeyError. The key id is checked, so that a slip in copying the name or the key shows."""
    return read_key(text, VerifierKey)


def read_key(text: str, kind: type[AnyKey]) -> AnyKey:
    """A key of the kind that is wanted, and of no other. Raises BadKeyError, or what the kind has in its place."""
    parts = text.split("+", 2)  # base64 may hold a plus too
    if len(parts) != 3:
        raise kind.malformed(reason="it is not three parts joined by a plus")
    name, key_id, encoded = parts
    try:
        key = from_b64(encoded)
    except ValueError as error:
        raise kind.malformed(reason="its last part is not base64") from error
    if key[:1] != kind.algorithm:
        wanted = f"Ed25519 for {kind.holder} ({kind.algorithm[0]})"
        raise kind.malformed(reason=f"it is of a type other than {wanted}")
    found = kind(name=name, public=key[1:])
    if key_id != found.key_id.hex():
        raise kind.malformed(reason="its middle part does not fit the name and the key")
    return found


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note. Never sign a checkpoint that is inconsistent with an earlier one: this function cannot tell."""
    key = signer.verifier_key
    if checkpoint.origin != key.name:
        raise OtherLogError(origin=checkpoint.origin, name=key.name)
    signature = signer.private.sign(checkpoint.text.encode())
    return write_note(checkpoint.text, [Signature(name=key.name, key_id=key.key_id, signature=signature)])


def write_note(text: str, signatures: Iterable[Signature]) -> str:
    return text + "\n" + "".join(item.line for item in signatures)


def read_note(note: str) -> Note:
    """Raises MalformedCheckpointError."""
    if len(note) > MAX_NOTE_CHARS:
        raise MalformedCheckpointError(reason=f"it is longer than {MAX_NOTE_CHARS} characters")
    if any(char < " " and char != "\n" for char in note) or not _is_utf8(note):
        raise MalformedCheckpointError(reason="it holds characters that no checkpoint has")
    text, gap, block = note.rpartition("\n\n")
    if not gap or not block.endswith("\n"):
        raise MalformedCheckpointError(reason="it has no signatures after an empty line")
    return Note(text=text + "\n", signatures=read_signatures(block))


def read_signatures(lines: str) -> tuple[Signature, ...]:
    """Lines of signatures, each with its line end, and nothing beside them. Raises MalformedCheckpointError."""
    if not lines.endswith("\n"):
        raise MalformedCheckpointError(reason="a line of its signatures has no end")
    return tuple(_signature(line) for line in lines[:-1].split("\n"))


def read_checkpoint(note: str) -> Checkpoint:
    """What the checkpoint says, with no signature checked. Raises MalformedCheckpointError."""
    return _checkpoint(read_note(note))


def verify_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """What the log says, once its signature is verified.

    Raises MalformedCheckpointError, UnsignedCheckpointError, ForgedCheckpointError, OtherLogError.
    """
    read = read_note(note)
    ours = [item for item in read.signatures if item.is_by(key)]
    if not ours:
        raise UnsignedCheckpointError(name=key.name)
    try:
        public = Ed25519PublicKey.from_public_bytes(key.public)
        for item in ours:
            public.verify(item.signature, read.text.encode())
    except (InvalidSignature, ValueError) as error:
        raise ForgedCheckpointError(name=key.name) from error
    checkpoint = _checkpoint(read)
    if checkpoint.origin != key.name:
        raise OtherLogError(origin=checkpoint.origin, name=key.name)
    return checkpoint


def _checkpoint(note: Note) -> Checkpoint:
    # Extension lines are allowed by the format, but nobody can audit them; our logs have none.
    lines = note.text[:-1].split("\n")
    if len(lines) != 3:
        raise MalformedCheckpointError(reason=f"it has {len(lines)} lines before its signatures")
    origin, size, root = lines
    try:
        return Checkpoint(origin=origin, size=read_decimal(size), root=from_b64(root))
    except ValueError as error:
        raise MalformedCheckpointError(reason="its size or its root hash is not in the right form") from error


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        data = from_b64(encoded)
    except ValueError:
        data = b""
    if not line.startswith(_DASH) or not space or not is_key_name(name) or len(data) <= _KEY_ID_BYTES:
        raise MalformedCheckpointError(reason="a line of its signatures is not in the right form")
    return Signature(name=name, key_id=data[:_KEY_ID_BYTES], signature=data[_KEY_ID_BYTES:])


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
