"""A proof that an entry is in a log, as one text that needs no server: c2sp.org/tlog-proof@v1.

Reading one, writing one and checking one; who looks the hashes up in a log is not here.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import (
    MAX_NOTE_CHARS,
    Checkpoint,
    VerifierKey,
    from_b64,
    read_checkpoint,
    read_decimal,
    verify_checkpoint,
)
from yesword.ledger.leaf import HASH_BYTES, leaf_hash
from yesword.ledger.merkle import verify_inclusion

MAX_PROOF_CHARS: Final = MAX_NOTE_CHARS + (1 << 16)

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_MAX_PATH: Final = 63  # the depth of the largest tree


class MalformedProofError(YeswordError):
    """The proof cannot be read: {reason}. It should be the text of a file that ends in .tlog-proof: its version, an index, hashes, an empty line and a checkpoint."""

    code = "ledger_proof_malformed"


@dataclass(frozen=True, kw_only=True, slots=True)
class TlogProof:
    index: int  # from zero
    path: tuple[bytes, ...]  # from the leaf's sibling upwards
    checkpoint: str  # the signed note, verbatim, with what cosignatures it has
    extra: bytes | None = None  # nobody vouches for it


def format_proof(proof: TlogProof) -> str:
    lines = [FIRST_LINE]
    if proof.extra is not None:
        lines.append(f"extra {b64encode(proof.extra).decode()}")
    lines.append(f"index {proof.index}")
    lines += [b64encode(item).decode() for item in proof.path]
    return "\n".join(lines) + "\n\n" + proof.checkpoint


def read_proof(text: str) -> TlogProof:
    """Raises MalformedProofError, and MalformedCheckpointError for its last part. Nothing is verified."""
    if len(text) > MAX_PROOF_CHARS:
        raise MalformedProofError(reason=f"it is longer than {MAX_PROOF_CHARS} characters")
    head, gap, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != FIRST_LINE or not gap or not lines:
        raise MalformedProofError(reason=f'it does not begin with "{FIRST_LINE}" and an index')
    try:
        extra = from_b64(lines.pop(0).removeprefix("extra ")) if lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise MalformedProofError(reason="it has no index")
        index = read_decimal(lines.pop(0).removeprefix("index "))
        path = tuple(from_b64(line) for line in lines)
    except ValueError as error:
        raise MalformedProofError(reason="a number or base64 text in it is not in the right form") from error
    if len(path) > _MAX_PATH or any(len(item) != HASH_BYTES for item in path):
        raise MalformedProofError(reason="its hashes are not at most 63 of 32 bytes")
    read_checkpoint(checkpoint)
    return TlogProof(index=index, path=path, checkpoint=checkpoint, extra=extra)


def verify_proof(key: VerifierKey, proof: TlogProof, entry: bytes) -> Checkpoint:
    """That the log which holds this key has published this entry; gives the checkpoint that covers it.

    Raises the errors of `verify_checkpoint`, and InclusionError.
    """
    checkpoint = verify_checkpoint(proof.checkpoint, key)
    verify_path(proof, checkpoint, entry)
    return checkpoint


def verify_path(proof: TlogProof, checkpoint: Checkpoint, entry: bytes) -> None:
    """That the tree of this checkpoint holds this entry. Raises InclusionError."""
    verify_inclusion(
        leaf=leaf_hash(entry),
        index=proof.index,
        size=checkpoint.size,
        path=proof.path,
        root=checkpoint.root,
    )
