"""What is looked at in a receipt, and what can be said of it: held, failed, or open, in one sentence each.

Looking is done in `receipt`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.entry import SectionValue

OTHER_KEY: Final = "receipt_signature_other_key"


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


# Open, for a reason that is told by itself. Whoever made a file up could name any key, so it is not said to be the log's.
_OTHER_KEY: Final = "The checkpoint names the key {signed} of this log as its signer, and you brought {known}: the log's key was changed, or somebody else made this. Ask for all the keys that the log has had, from a source that you trust."


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
    def is_by_other_key(self) -> bool:
        """Whether it is signed in the log's name by a key that is none of those that were brought."""
        return any(finding.code == OTHER_KEY for finding in self.findings)

    @property
    def is_in_log(self) -> bool:
        """Whether the log vouches for the record, be it shown or not."""
        held = {finding.check for finding in self.findings if finding.outcome is Outcome.HELD}
        return {Check.INCLUSION, Check.SIGNATURE} <= held

    @property
    def verdict(self) -> Verdict:
        outcomes = {finding.check: finding.outcome for finding in self.findings}
        if Outcome.FAILED in outcomes.values():
            return Verdict.FAILED
        # Without the event, the file's own word would be all that says of which event it is.
        if all(outcomes[check] is Outcome.HELD for check in Check):
            return Verdict.PROVEN
        return Verdict.CONSISTENT


def found(check: Check, outcome: Outcome, **fields: object) -> Finding:
    return Finding(
        check=check,
        outcome=outcome,
        code=f"receipt_{check}_{outcome}",
        sentence=_SENTENCES[check, outcome].format(**fields),
        fields=fields,
    )


def signed_by_other_key(signed: str, known: str) -> Finding:
    """The signature is neither held nor false: it is by a key of that name which nobody brought."""
    fields = {"signed": signed, "known": known}
    return Finding(
        check=Check.SIGNATURE,
        outcome=Outcome.OPEN,
        code=OTHER_KEY,
        sentence=_OTHER_KEY.format(**fields),
        fields=fields,
    )


def failed(check: Check, error: YeswordError) -> Finding:
    return Finding(
        check=check, outcome=Outcome.FAILED, code=error.code, sentence=error.message, fields=error.fields
    )
