"""What is looked at in a pack, and what can be said of it: held, failed, or open, in one sentence each.

Looking is done in `checking`. A failure names the file in which it is found.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.bracketing import Bracket
from yesword.ledger.entry import SectionValue
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.packs.manifest import Manifest


class Check(enum.StrEnum):
    """What is looked at, in the order in which it is told."""

    FILES = "files"
    MANIFEST = "manifest"
    PRESENTATIONS = "presentations"
    INCLUSION = "inclusion"
    CHECKPOINTS = "checkpoints"
    CONSISTENCY = "consistency"
    WITNESSES = "witnesses"
    STAMPS = "stamps"
    CHAIN = "chain"
    HEAD = "head"
    RECORD = "record"
    EVIDENCE = "evidence"


class PackFileError(YeswordError):
    """{file} does not hold: {reason}"""

    code = "pack_file_wrong"


class ChangedPackFileError(YeswordError):
    """{file} is not the file that the manifest lists. It was changed after the pack was made."""

    code = "pack_file_changed"


class MissingPackFileError(YeswordError):
    """{file} is missing from the pack. It was taken out, or never put in."""

    code = "pack_file_missing"


class UnlistedPackFileError(YeswordError):
    """{file} is in the pack, and the manifest does not list it. It was added after the pack was made."""

    code = "pack_file_unlisted"


class SelfMadePolicyError(YeswordError):
    """The policy that was given has no key of the log {origin}, whose pack this is. Get the log's policy from a source that you trust."""

    code = "pack_of_other_log"


_SENTENCES: Final[Mapping[str, str]] = {
    "files_held": "Every file is there, {count} in all, and each is the one that the manifest lists.",
    "manifest_held": "The manifest is signed by the log's key, {vkey}.",
    "presentations_held": "Each event is shown as the log has committed to it, {count} in all: every part that is shown belongs to it, unchanged.",
    "presentations_open": "The pack shows no event that the log has taken up.",
    "inclusion_held": "Each of them is among the {size} records under one checkpoint of the log {origin}.",
    "inclusion_open": "Not yet in the log, and so not proven: {events}. Ask for the pack again in a moment.",
    "checkpoints_held": "Every checkpoint is signed by the log's key, {count} in all.",
    "checkpoints_unvouched": "Every checkpoint is signed by the key that the pack itself brings. Whose key that is, only a policy from a source that you trust can say.",
    "consistency_held": "The log only grew between the {count} checkpoints in the pack: nothing was rewritten.",
    "consistency_one": "There is one checkpoint, and so nothing to compare.",
    "witnesses_held": "As many witnesses as the policy asks for have seen the log with every event that is shown: {names}.",
    "witnesses_open": "Not as many witnesses as the policy asks for have seen the log with every event that is shown. Seen by: {names}.",
    "witnesses_not_asked": "The policy asks for no witness, so that the log's own signature is all. Seen by: {names}.",
    "stamps_held": "Every timestamp is by an authority that you trust, over a checkpoint of the pack, {count} in all.",
    "stamps_open": "Timestamps were not checked, {count} in all: that needs the root certificates of their authority.",
    "stamps_none": "No timestamp is in the pack.",
    "chain_held": "The person's events follow on each other without a gap, from the first to number {seq}.",
    "chain_open": "The person's events follow on each other up to number {seq}, as far as they can be read. Erased or not shown: {closed}.",
    "chain_none": "There is no event whose place in the person's record could be looked at.",
    "head_held": "The log's key signs that number {seq} was the person's newest event under that checkpoint, so none is left out at the end.",
    "head_open": "There is no event in the log, and so no newest one.",
    "record_held": "record.jsonld says of each event what the log has of it.",
    "record_open": "There is no record.jsonld: {reason}",
    "evidence_held": "Every file of evidence is one that an event names, {count} in all.",
    "evidence_open": "Every file of evidence is one that an event names, {count} in all. Named and not in the pack: {missing}.",
    "evidence_none": "No file of evidence is in the pack.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    check: Check
    outcome: Outcome
    code: str  # names the sentence, for those who render it in another language
    sentence: str  # in English
    file: str = ""  # of a failure: where it is
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownEvent:
    """An event of the pack, as far as its presentation opens it."""

    id: str  # as the name of its file says
    index: int
    leaf_hash: bytes
    sections: Mapping[str, SectionValue]  # only what was proven to belong to the entry
    bracket: Bracket

    @property
    def told(self) -> Mapping[str, object]:
        """The section `event`, or nothing."""
        value = self.sections.get("event")
        return value if isinstance(value, Mapping) else {}

    @property
    def seq(self) -> int | None:
        value = self.told.get("seq")
        return value if type(value) is int else None


@dataclass(frozen=True, kw_only=True, slots=True)
class PackCheck:
    """At least one finding for each Check; only one in all, where there is no manifest to go by."""

    manifest: Manifest | None  # what it says, whether or not it is to be believed
    findings: tuple[Finding, ...]
    events: tuple[ShownEvent, ...]  # in the order of the log
    is_vouched: (
        bool  # the keys came from whoever checks, and as many witnesses as they ask for have seen all of it
    )

    @property
    def verdict(self) -> Verdict:
        outcomes: dict[Check, set[Outcome]] = {}
        for finding in self.findings:
            outcomes.setdefault(finding.check, set()).add(finding.outcome)
        if any(Outcome.FAILED in each for each in outcomes.values()):
            return Verdict.FAILED
        if self.is_vouched and all(outcomes[check] == {Outcome.HELD} for check in _PROVING):
            return Verdict.PROVEN
        return Verdict.CONSISTENT


# A pack is proven when these hold; of the others it is enough that nothing speaks against them.
_PROVING: Final = (
    Check.FILES,
    Check.MANIFEST,
    Check.PRESENTATIONS,
    Check.INCLUSION,
    Check.CHECKPOINTS,
    Check.HEAD,
)


def found(check: Check, outcome: Outcome, variant: str = "", **fields: object) -> Finding:
    name = f"{check}_{variant or outcome}"
    return Finding(
        check=check,
        outcome=outcome,
        code=f"pack_{name}",
        sentence=_SENTENCES[name].format(**fields),
        fields=fields,
    )


def failed(check: Check, file: str, reason: YeswordError | str) -> Finding:
    """An error of ours keeps its code, and is told with the name of the file."""
    error: YeswordError
    if isinstance(reason, _TOLD_WHOLE):
        error, code = reason, reason.code
    else:
        told = reason if isinstance(reason, str) else reason.message
        error = PackFileError(file=file, reason=told)
        code = error.code if isinstance(reason, str) else reason.code
    return Finding(
        check=check,
        outcome=Outcome.FAILED,
        code=code,
        sentence=error.message,
        file=file,
        fields=error.fields,
    )


_TOLD_WHOLE: Final = (
    ChangedPackFileError,
    MissingPackFileError,
    UnlistedPackFileError,
    SelfMadePolicyError,
)
