"""The receipt: one file that lets a person or an auditor check a consent event by themselves.

It travels in two forms that hold the same. As JSON it is complete before the log has taken the event
up (`proof` is null until then). As c2sp.org/tlog-proof@v1, any tool for that format checks the
inclusion, and the rest rides in the line that the format leaves to us. Reading either trusts nothing in
it; `Receipt.check` says of each thing whether it holds, fails, or stays open (`findings` has the words).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import (
    OtherLogError,
    VerifierKey,
    from_b64,
    read_checkpoint,
    read_note,
    verify_checkpoint,
)
from yesword.ledger.entry import (
    MAX_DISCLOSURE_CHARS,
    MAX_ENTRY_BYTES,
    SECTIONS,
    JsonObject,
    JsonValue,
    NotCanonicalError,
    SectionValue,
    b64url,
    canonical,
    entry_digests,
    from_b64url,
    matches,
    read_json,
)
from yesword.ledger.findings import (
    Check,
    Finding,
    Outcome,
    ReceiptCheck,
    Verdict,
    failed,
    found,
    signed_by_other_key,
)
from yesword.ledger.leaf import HASH_BYTES, leaf_hash
from yesword.ledger.proof import FIRST_LINE, MAX_PROOF_CHARS, TlogProof, format_proof, read_proof, verify_path

__all__ = [
    "MAX_RECEIPT_BYTES",
    "Check",
    "Finding",
    "OtherEventError",
    "OtherLeafError",
    "Outcome",
    "Receipt",
    "ReceiptCheck",
    "UnprovenReceiptError",
    "UnreadableReceiptError",
    "Verdict",
    "read_receipt",
    "write_receipt",
    "write_tlog_receipt",
]

VERSION: Final = 1
MAX_RECEIPT_BYTES: Final = 1 << 21  # a receipt is a few kB; one with long wordings stays far below 2 MiB

_MAX_NAME_CHARS: Final = 512
_MEMBERS: Final = frozenset(
    ("yesword_receipt", "origin", "event_id", "entry", "leaf_hash", "disclosures", "proof")
)
_TLOG: Final = FIRST_LINE + "\n"
_EXTRA: Final = "extra "


class UnreadableReceiptError(YeswordError):
    """The file is not a Yesword receipt: {reason}. Expected a JSON file of at most 2 MiB with yesword_receipt (1), origin, event_id, entry, leaf_hash, disclosures and proof, and nothing else; or a .tlog-proof file whose extra line holds the same, without the proof."""

    code = "receipt_unreadable"


class UnprovenReceiptError(YeswordError):
    """The receipt cannot be written as a .tlog-proof file: it has no proof yet, since the log has not taken its event up. Ask for it again in a moment, or write it as JSON."""

    code = "receipt_unproven"


class OtherLeafError(YeswordError):
    """The leaf hash that the receipt states is not the hash of its record. One of them was changed."""

    code = "receipt_other_leaf"


class OtherEventError(YeswordError):
    """The receipt says that it is for another event than the one it discloses. Ask whoever made the file for it anew."""

    code = "receipt_other_event"


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    origin: str  # the name of the log
    event_id: str
    entry: bytes
    leaf_hash: bytes
    disclosures: tuple[str, ...]
    proof: str | None = None  # a tlog-proof, as text

    def check(self, *keys: VerifierKey) -> ReceiptCheck:
        """Look at everything, whatever fails; `keys` are those that the log has had, from elsewhere than the receipt."""
        disclosed, sections = self._check_disclosures()
        return ReceiptCheck(
            findings=(
                disclosed,
                self._check_leaf_hash(),
                self._check_event_id(sections),
                *self._check_proof(keys),
            ),
            sections=sections,
        )

    def _check_disclosures(self) -> tuple[Finding, Mapping[str, SectionValue]]:
        try:
            sections = matches(self.entry, self.disclosures)
            closed = len(entry_digests(self.entry)) - len(sections)
        except YeswordError as error:
            return failed(Check.DISCLOSURES, error), {}
        shown = ", ".join(name for name in SECTIONS if name in sections) or "none"
        return found(Check.DISCLOSURES, Outcome.HELD, shown=shown, closed=closed), sections

    def _check_leaf_hash(self) -> Finding:
        if leaf_hash(self.entry) != self.leaf_hash:
            return failed(Check.LEAF_HASH, OtherLeafError())
        return found(Check.LEAF_HASH, Outcome.HELD)

    def _check_event_id(self, sections: Mapping[str, SectionValue]) -> Finding:
        event = sections.get("event")
        if event is None:
            return found(Check.EVENT_ID, Outcome.OPEN)
        if not isinstance(event, Mapping) or event.get("id") != self.event_id:
            return failed(Check.EVENT_ID, OtherEventError())
        return found(Check.EVENT_ID, Outcome.HELD)

    def _check_proof(self, keys: Sequence[VerifierKey]) -> tuple[Finding, Finding]:
        signature = found(Check.SIGNATURE, Outcome.OPEN)
        ours = [key for key in keys if key.name == self.origin]
        if keys and not ours:
            signature = failed(Check.SIGNATURE, OtherLogError(origin=self.origin, name=keys[0].name))
        if self.proof is None:
            return found(Check.INCLUSION, Outcome.OPEN), signature
        try:
            proof = read_proof(self.proof)
        except YeswordError as error:
            return failed(Check.INCLUSION, error), signature
        if ours:
            signature = _check_signature(proof, ours)
        return self._check_inclusion(proof), signature

    def _check_inclusion(self, proof: TlogProof) -> Finding:
        try:
            checkpoint = read_checkpoint(proof.checkpoint)
            if checkpoint.origin != self.origin:
                raise OtherLogError(origin=checkpoint.origin, name=self.origin)
            verify_path(proof, checkpoint, self.entry)
        except YeswordError as error:
            return failed(Check.INCLUSION, error)
        return found(
            Check.INCLUSION,
            Outcome.HELD,
            number=proof.index + 1,
            size=checkpoint.size,
            origin=checkpoint.origin,
        )


def write_receipt(receipt: Receipt) -> bytes:
    """UTF-8 JSON, one member a line; `read_receipt` gives the same receipt again."""
    members = {**_members(receipt), "proof": receipt.proof}
    return (json.dumps(members, ensure_ascii=False, indent=1) + "\n").encode()


def write_tlog_receipt(receipt: Receipt) -> bytes:
    """The text of a .tlog-proof file; `read_receipt` gives the same receipt again, but for an extra
    line that its proof may have had.

    Raises UnprovenReceiptError, MalformedProofError, MalformedCheckpointError.
    """
    if receipt.proof is None:
        raise UnprovenReceiptError
    proof = replace(read_proof(receipt.proof), extra=canonical(_members(receipt)))
    return format_proof(proof).encode()


def read_receipt(data: bytes) -> Receipt:
    """Either form, told apart by the first line. What is read is in the right form, and no more than that.

    Raises UnreadableReceiptError.
    """
    if len(data) > MAX_RECEIPT_BYTES:
        raise UnreadableReceiptError(reason=f"it is larger than {MAX_RECEIPT_BYTES} bytes")
    try:
        text = data.decode()
        members = _tlog_members(text) if text.startswith(_TLOG) else read_json(text)
    except NotCanonicalError as error:
        raise UnreadableReceiptError(reason=str(error.fields["reason"])) from error
    except ValueError as error:
        raise UnreadableReceiptError(reason="it is not JSON in UTF-8") from error
    return _receipt(members)


def _members(receipt: Receipt) -> JsonObject:
    """All but the proof."""
    return {
        "yesword_receipt": VERSION,
        "origin": receipt.origin,
        "event_id": receipt.event_id,
        "entry": b64url(receipt.entry),
        "leaf_hash": receipt.leaf_hash.hex(),
        "disclosures": list(receipt.disclosures),
    }


def _tlog_members(text: str) -> JsonValue:
    """The members that the extra line holds, and as their proof the file without that line.

    Raises UnreadableReceiptError, NotCanonicalError.
    """
    extra, _, rest = text.removeprefix(_TLOG).partition("\n")
    if not extra.startswith(_EXTRA) or rest.startswith(_EXTRA):
        raise UnreadableReceiptError(reason="it is a proof without one extra line that holds a receipt")
    try:
        members = read_json(from_b64(extra.removeprefix(_EXTRA)).decode())
    except ValueError as error:
        raise UnreadableReceiptError(reason="its extra line is not base64 of JSON in UTF-8") from error
    if not isinstance(members, Mapping) or "proof" in members:
        raise UnreadableReceiptError(reason="its extra line holds no receipt, or a second proof")
    return {**members, "proof": _TLOG + rest}


def _receipt(members: JsonValue) -> Receipt:
    if not isinstance(members, dict) or "yesword_receipt" not in members:
        raise UnreadableReceiptError(reason="it has no yesword_receipt")
    version = members["yesword_receipt"]
    if version is True or version != VERSION:
        raise UnreadableReceiptError(
            reason=f"it is of version {str(version)[:20]}, and this program reads version {VERSION}"
        )
    if members.keys() != _MEMBERS:
        named = ", ".join(sorted(members.keys() ^ _MEMBERS))[:200]
        raise UnreadableReceiptError(reason=f"these are missing or unknown: {named}")
    disclosures = members["disclosures"]
    if not isinstance(disclosures, list) or len(disclosures) > len(SECTIONS):
        raise UnreadableReceiptError(reason=f"its disclosures are no list of at most {len(SECTIONS)}")
    proof = members["proof"]
    return Receipt(
        origin=_text(members["origin"], "origin", _MAX_NAME_CHARS),
        event_id=_text(members["event_id"], "event_id", _MAX_NAME_CHARS),
        entry=_entry(_text(members["entry"], "entry", 2 * MAX_ENTRY_BYTES)),
        leaf_hash=_hash(_text(members["leaf_hash"], "leaf_hash", 2 * HASH_BYTES)),
        disclosures=tuple(_text(item, "disclosures", MAX_DISCLOSURE_CHARS) for item in disclosures),
        proof=None if proof is None else _text(proof, "proof", MAX_PROOF_CHARS),
    )


def _check_signature(proof: TlogProof, keys: Sequence[VerifierKey]) -> Finding:
    """By the first of the log's keys that the checkpoint names as its signer."""
    try:
        named = [each.key_id for each in read_note(proof.checkpoint).signatures if each.name == keys[0].name]
        key = next((key for key in keys if key.key_id in named), None)
        if key is None and named:
            return signed_by_other_key(named[0].hex(), ", ".join(key.key_id.hex() for key in keys))
        key = key or keys[0]
        verify_checkpoint(proof.checkpoint, key)
    except YeswordError as error:
        return failed(Check.SIGNATURE, error)
    return found(Check.SIGNATURE, Outcome.HELD, vkey=str(key))


def _text(value: object, name: str, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise UnreadableReceiptError(reason=f"its {name} is not text of 1 to {longest} characters")
    return value


def _entry(text: str) -> bytes:
    try:
        return from_b64url(text)
    except ValueError as error:
        raise UnreadableReceiptError(reason="its entry is not base64url") from error


def _hash(text: str) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if value.hex() != text or len(value) != HASH_BYTES:
        raise UnreadableReceiptError(
            reason=f"its leaf_hash is not {HASH_BYTES} bytes in lower-case hexadecimal"
        )
    return value
