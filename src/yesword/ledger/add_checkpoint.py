"""What a log asks of a witness, and what the witness decides: c2sp.org/tlog-witness, the call add-checkpoint.

Pure: who carries the request, and where a witness keeps what it knows, is not known here.
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import (
    Checkpoint,
    ForgedCheckpointError,
    MalformedCheckpointError,
    UnsignedCheckpointError,
    VerifierKey,
    from_b64,
    read_checkpoint,
    read_decimal,
    read_note,
    verify_checkpoint,
    write_note,
)
from yesword.ledger.leaf import HASH_BYTES
from yesword.ledger.merkle import EMPTY_ROOT, ConsistencyError, verify_consistency

PATH: Final = "/add-checkpoint"
SIZE_TYPE: Final = "text/x.tlog.size"
MAX_REQUEST_BYTES: Final = 1 << 16

_MAX_HASHES: Final = 63
_OLD: Final = "old "


class MalformedRequestError(YeswordError):
    """The request cannot be read: {reason}. It should be "old" and a size, hashes, an empty line and a checkpoint."""

    code = "ledger_request_malformed"


@dataclass(frozen=True, kw_only=True, slots=True)
class AddCheckpoint:
    old_size: int  # what the log believes that the witness cosigned last
    proof: tuple[bytes, ...]  # that the checkpoint continues it
    checkpoint: str  # the signed note, verbatim

    @property
    def origin(self) -> str:
        return self.checkpoint.partition("\n")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """To be kept before it is cosigned."""

    checkpoint: Checkpoint
    note: str  # with those signatures alone that were verified


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    status: HTTPStatus
    reason: str
    size: int | None = None  # what the witness cosigned last, when that is what it has to tell


def write_request(request: AddCheckpoint) -> bytes:
    lines = [f"{_OLD}{request.old_size}", *(b64encode(item).decode() for item in request.proof)]
    return ("\n".join(lines) + "\n\n" + request.checkpoint).encode()


def read_request(body: bytes) -> AddCheckpoint:
    """Raises MalformedRequestError, MalformedCheckpointError. Nothing is verified."""
    if len(body) > MAX_REQUEST_BYTES:
        raise MalformedRequestError(reason=f"it is longer than {MAX_REQUEST_BYTES} bytes")
    try:
        head, gap, checkpoint = body.decode().partition("\n\n")
        first, *hashes = head.split("\n")
        if not gap or not first.startswith(_OLD):
            raise MalformedRequestError(reason="its first line or its empty line is missing")
        request = AddCheckpoint(
            old_size=read_decimal(first.removeprefix(_OLD)),
            proof=tuple(from_b64(line) for line in hashes),
            checkpoint=checkpoint,
        )
    except ValueError as error:
        raise MalformedRequestError(
            reason="a number or base64 text in it is not in the right form"
        ) from error
    if len(request.proof) > _MAX_HASHES or any(len(item) != HASH_BYTES for item in request.proof):
        raise MalformedRequestError(reason=f"its hashes are not at most {_MAX_HASHES} of 32 bytes")
    read_checkpoint(checkpoint)
    return request


def consider(
    known: Checkpoint | None, request: AddCheckpoint, keys: Iterable[VerifierKey]
) -> Accepted | Refused:
    """Whether a witness may cosign this, in the order that the protocol checks and with its status codes.

    `known` is what the witness cosigned last for this origin, `keys` those of all logs that it watches; a log
    that changes its key has two for a while. What is asked again, unchanged, is accepted again.
    """
    trusted = [key for key in keys if key.name == request.origin]
    if not trusted:
        return Refused(status=HTTPStatus.NOT_FOUND, reason="This log is not watched here.")
    try:
        checkpoint = read_checkpoint(request.checkpoint)
        note = _vouched_for(request.checkpoint, trusted)
    except MalformedCheckpointError as error:
        return Refused(status=HTTPStatus.BAD_REQUEST, reason=error.message)
    except (UnsignedCheckpointError, ForgedCheckpointError) as error:
        return Refused(status=HTTPStatus.FORBIDDEN, reason=error.message)
    if request.old_size > checkpoint.size:
        return Refused(status=HTTPStatus.BAD_REQUEST, reason="The old size is larger than the checkpoint's.")
    size = known.size if known else 0
    if request.old_size != size:
        return Refused(status=HTTPStatus.CONFLICT, reason="Another size was cosigned here last.", size=size)
    try:
        verify_consistency(
            old_size=size,
            new_size=checkpoint.size,
            path=request.proof,
            old_root=known.root if known else EMPTY_ROOT,
            new_root=checkpoint.root,
        )
    except ConsistencyError as error:
        return Refused(status=HTTPStatus.UNPROCESSABLE_ENTITY, reason=error.message)
    return Accepted(checkpoint=checkpoint, note=note)


def _vouched_for(note: str, keys: Iterable[VerifierKey]) -> str:
    vouching: list[VerifierKey] = []
    missing: UnsignedCheckpointError | None = None
    for key in keys:
        try:
            verify_checkpoint(note, key)
        except UnsignedCheckpointError as error:
            missing = error
        else:
            vouching.append(key)
    if missing is not None and not vouching:
        raise missing
    read = read_note(note)
    return write_note(read.text, (item for item in read.signatures if any(map(item.is_by, vouching))))
