"""The receipt: one JSON file that lets a person or an auditor check a consent event by themselves.

It is complete before the log has taken the event up (`proof` is null until then). Reading it
trusts nothing in it; `Receipt.check` says of each thing whether it holds, fails, or stays open.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import OtherLogError, VerifierKey, read_checkpoint, verify_checkpoint
from yesword.ledger.entry import (
    MAX_DISCLOSURE_CHARS,
    MAX_ENTRY_BYTES,
    SECTIONS,
    NotCanonicalError,
    SectionValue,
    b64url,
    entry_digests,
    from_b64url,
    matches,
    read_json,
)
from yesword.ledger.leaf import HASH_BYTES, leaf_hash
from yesword.ledger.proof import MAX_PROOF_CHARS, TlogProof, read_proof, verify_path

VERSION: Final = 1
MAX_RECEIPT_BYTES: Final = 1 << 21  # a receipt is a few kB; one with long wordings stays far below 2 MiB

_MAX_NAME_CHARS: Final = 512
_MEMBERS: Final = frozenset(
    ("yesword_receipt", "origin", "event_id", "entry", "leaf_hash", "disclosures", "proof")
)


class UnreadableReceiptError(YeswordError):
    """The file is not a Yesword receipt: {reason}. Expected a JSON file of at most 2 MiB with yesword_receipt (1), origin, event_id, entry, leaf_hash, disclosures and proof, and nothing else."""

    code = "receipt_unreadable"


class OtherLeafError(YeswordError):
    """The leaf hash that the receipt states is not the hash of its record. One of them was changed."""

    code = "receipt_other_leaf"


class OtherEventError(YeswordError):
    """The receipt says that it is for another event than the one it discloses."""

    code = "receipt_other_event"


class Check(StrEnum):
    """What is looked at, in the order in which it is told."""

    DISCLOSURES = "disclosures"
    LEAF_HASH = "leaf_hash"
    EVENT_ID = "event_id"
    INCLUSION = "inclusion"
    SIGNATURE = "signature"


class Outcome(StrEnum):
    HELD = "held"
    FAILED = "failed"
    OPEN = "open"  # the receipt, or the person who checks it, does not bring what this needs


class Verdict(StrEnum):
    PROVEN = "proven"  # the log's key vouches for what the receipt shows
    CONSISTENT = "consistent"  # nothing contradicts itself, but whoever wrote the file could see to that
    FAILED = "failed"


_SENTENCES: Final[Mapping[tuple[Check, Outcome], str]] = {
    (
        Check.DISCLOSURES,
        Outcome.HELD,
    ): "Every part that is shown belongs to the record, unchanged: {shown}. {closed} more digests stay closed: parts not shown, or fillers.",
    (Check.LEAF_HASH, Outcome.HELD): "The leaf hash is that of the record.",
    (Check.EVENT_ID, Outcome.HELD): "The event that is shown is the one that the receipt is for.",
    (
        Check.EVENT_ID,
        Outcome.OPEN,
    ): "The receipt does not show the event itself, so its event id cannot be compared.",
    (
        Check.INCLUSION,
        Outcome.HELD,
    ): "The record is number {number} of the {size} records under the checkpoint of the log {origin}.",
    (
        Check.INCLUSION,
        Outcome.OPEN,
    ): "The record is not yet in the published log: this receipt was made before the log took it up. Ask for the receipt again to get one with a proof.",
    (Check.SIGNATURE, Outcome.HELD): "The checkpoint is signed by the log's key, {vkey}.",
    (
        Check.SIGNATURE,
        Outcome.OPEN,
    ): "Whether the log signed this was not checked: that needs a proof in the receipt, and the log's public key from a source that you trust.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    check: Check
    outcome: Outcome
    code: str  # names the sentence, for those who render it in another language
    sentence: str  # in English
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptCheck:
    findings: tuple[Finding, ...]  # one for each Check
    sections: Mapping[str, SectionValue]  # only what was proven to belong to the record

    @property
    def verdict(self) -> Verdict:
        outcomes = {finding.check: finding.outcome for finding in self.findings}
        if Outcome.FAILED in outcomes.values():
            return Verdict.FAILED
        vouched = (Check.DISCLOSURES, Check.LEAF_HASH, Check.INCLUSION, Check.SIGNATURE)
        if all(outcomes[check] is Outcome.HELD for check in vouched):
            return Verdict.PROVEN
        return Verdict.CONSISTENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    origin: str  # the name of the log
    event_id: str
    entry: bytes
    leaf_hash: bytes
    disclosures: tuple[str, ...]
    proof: str | None = None  # a tlog-proof, as text

    def check(self, key: VerifierKey | None = None) -> ReceiptCheck:
        """Look at everything, whatever fails; `key` is the log's, from elsewhere than the receipt."""
        disclosed, sections = self._check_disclosures()
        return ReceiptCheck(
            findings=(
                disclosed,
                self._check_leaf_hash(),
                self._check_event_id(sections),
                *self._check_proof(key),
            ),
            sections=sections,
        )

    def _check_disclosures(self) -> tuple[Finding, Mapping[str, SectionValue]]:
        try:
            sections = matches(self.entry, self.disclosures)
            closed = len(entry_digests(self.entry)) - len(sections)
        except YeswordError as error:
            return _failed(Check.DISCLOSURES, error), {}
        shown = ", ".join(name for name in SECTIONS if name in sections) or "none"
        return _found(Check.DISCLOSURES, Outcome.HELD, shown=shown, closed=closed), sections

    def _check_leaf_hash(self) -> Finding:
        if leaf_hash(self.entry) != self.leaf_hash:
            return _failed(Check.LEAF_HASH, OtherLeafError())
        return _found(Check.LEAF_HASH, Outcome.HELD)

    def _check_event_id(self, sections: Mapping[str, SectionValue]) -> Finding:
        event = sections.get("event")
        if event is None:
            return _found(Check.EVENT_ID, Outcome.OPEN)
        if not isinstance(event, Mapping) or event.get("id") != self.event_id:
            return _failed(Check.EVENT_ID, OtherEventError())
        return _found(Check.EVENT_ID, Outcome.HELD)

    def _check_proof(self, key: VerifierKey | None) -> tuple[Finding, Finding]:
        signature = _found(Check.SIGNATURE, Outcome.OPEN)
        if key is not None and key.name != self.origin:
            signature = _failed(Check.SIGNATURE, OtherLogError(origin=self.origin, name=key.name))
        if self.proof is None:
            return _found(Check.INCLUSION, Outcome.OPEN), signature
        try:
            proof = read_proof(self.proof)
        except YeswordError as error:
            return _failed(Check.INCLUSION, error), signature
        if key is not None and signature.outcome is Outcome.OPEN:
            signature = _check_signature(proof, key)
        return self._check_inclusion(proof), signature

    def _check_inclusion(self, proof: TlogProof) -> Finding:
        try:
            checkpoint = read_checkpoint(proof.checkpoint)
            if checkpoint.origin != self.origin:
                raise OtherLogError(origin=checkpoint.origin, name=self.origin)
            verify_path(proof, checkpoint, self.entry)
        except YeswordError as error:
            return _failed(Check.INCLUSION, error)
        return _found(
            Check.INCLUSION,
            Outcome.HELD,
            number=proof.index + 1,
            size=checkpoint.size,
            origin=checkpoint.origin,
        )


def write_receipt(receipt: Receipt) -> bytes:
    """UTF-8 JSON, one member a line; `read_receipt` gives the same receipt again."""
    members = {
        "yesword_receipt": VERSION,
        "origin": receipt.origin,
        "event_id": receipt.event_id,
        "entry": b64url(receipt.entry),
        "leaf_hash": receipt.leaf_hash.hex(),
        "disclosures": list(receipt.disclosures),
        "proof": receipt.proof,
    }
    return (json.dumps(members, ensure_ascii=False, indent=1) + "\n").encode()


def read_receipt(data: bytes) -> Receipt:
    """Raises UnreadableReceiptError. What is read is in the right form, and no more than that."""
    if len(data) > MAX_RECEIPT_BYTES:
        raise UnreadableReceiptError(reason=f"it is larger than {MAX_RECEIPT_BYTES} bytes")
    try:
        members = read_json(data.decode())
    except NotCanonicalError as error:
        raise UnreadableReceiptError(reason=str(error.fields["reason"])) from error
    except ValueError as error:
        raise UnreadableReceiptError(reason="it is not JSON in UTF-8") from error
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


def _check_signature(proof: TlogProof, key: VerifierKey) -> Finding:
    try:
        verify_checkpoint(proof.checkpoint, key)
    except YeswordError as error:
        return _failed(Check.SIGNATURE, error)
    return _found(Check.SIGNATURE, Outcome.HELD, vkey=str(key))


def _found(check: Check, outcome: Outcome, **fields: object) -> Finding:
    return Finding(
        check=check,
        outcome=outcome,
        code=f"receipt_{check}_{outcome}",
        sentence=_SENTENCES[check, outcome].format(**fields),
        fields=fields,
    )


def _failed(check: Check, error: YeswordError) -> Finding:
    return Finding(
        check=check, outcome=Outcome.FAILED, code=error.code, sentence=error.message, fields=error.fields
    )


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
