"""What is looked at in a pack, and what can be said of it: held, failed, or open, in one sentence each.

Looking is done in `checking`. A failure names the file in which it is found.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent
from yesword.ledger.bracketing import Bracket
from yesword.ledger.entry import SectionValue
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.packs.manifest import Manifest

if TYPE_CHECKING:
    from yesword.ledger.packs.states import Standing


OTHER_KEY: Final = "pack_other_key"
OTHER_LOG: Final = "pack_other_log"


class Check(enum.StrEnum):
    """What is looked at, in the order in which it is told."""

    ARCHIVE = "archive"
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
    STATE = "state"
    RECORD = "record"
    RECEIPT = "receipt"
    SUMMARY = "summary"
    EVIDENCE = "evidence"
    EARLIER = "earlier"


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


class UnknownPackFileError(YeswordError):
    """{file} is no file that packs have, though the manifest lists it. Nothing here vouches for what it says."""

    code = "pack_file_unknown"


class SelfMadePolicyError(YeswordError):
    """The policy that was given has no key of the log {origin}, whose pack this is. Get the log's policy from a source that you trust."""

    code = "pack_of_other_log"


_SENTENCES: Final[Mapping[str, str]] = {
    "archive_held": "The zip file holds its files and nothing else: no byte stands before, between or after them.",
    "files_held": "Every file is there, {count} in all, and each is the one that the manifest lists.",
    "manifest_other_key": "The manifest is signed by the key {vkey}, which the policy that was given does not have.",
    "manifest_held": "The manifest is signed by the log's key, {vkey}.",
    "presentations_held": "Each event is shown as the log has committed to it, {count} in all: every part that is shown belongs to it, unchanged.",
    "presentations_open": "The pack shows no event that the log has taken up.",
    "inclusion_held": "Each of them is among the {size} records under one checkpoint of the log {origin}.",
    "inclusion_open": "Not yet in the log, and so not proven: {events}. Ask for the pack again in a moment.",
    "checkpoints_held": "Every checkpoint is signed by the log's key, {count} in all.",
    "checkpoints_unvouched": "Every checkpoint is signed by the key that the pack itself brings. Whose key that is, only a policy from a source that you trust can say.",
    "checkpoints_other_key": "Every checkpoint is signed, {count} in all, {others} of them only by a key that the policy that was given does not have.",
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
    "head_other_key": "The key {key_id}, which the policy that was given does not have, signs that number {seq} was the person's newest event under that checkpoint.",
    "head_open": "There is no event in the log, and so no newest one.",
    "state_held": "The rows of the events are those that the log committed to. As they say, at {at} it stood so: {code}.",
    "state_open": "How it stood cannot be told anew: an event is erased, not shown, or not yet in the log.",
    "record_held": "record.jsonld says of each event what the log has of it, and says nothing else than what follows from the events.",
    "record_unread": "record.jsonld says of each event what the log has of it. Whether the states in it follow from the events was not looked at.",
    "record_open": "There is no record.jsonld: {reason}",
    "receipt_held": "receipt.kantara.json says what follows from the events and the record.",
    "receipt_none": "There is no receipt in Kantara's form, since no consent stands that it could speak of.",
    "receipt_open": "Whether there should be a receipt in Kantara's form, and what it should say, was not looked at.",
    "summary_held": "summary.pdf is the page that summary.json gives, and says of each event and of how it stood what the log does.",
    "summary_other": "summary.json says of each event what the log does. Whether summary.pdf is the page that it gives was not looked at: it was made with {made_with}.",
    "summary_open": "Whether summary.pdf says what the events do was not looked at.",
    "evidence_held": "Every file of evidence is one that an event names, {count} in all.",
    "evidence_open": "Every file of evidence is one that an event names, {count} in all. Named and not in the pack: {missing}.",
    "evidence_none": "No file of evidence is in the pack.",
    "earlier_held": "The earlier records of the number, {count} in all, lie in the pack as packs of their own, and each of them is proven.",
    "earlier_open": "Not every earlier record of the number that lies in the pack is proven: {files}.",
    "earlier_none": "The pack names no earlier record of the number.",
}

# Open, for a reason that is told before all else. Whoever made a pack up could name any key, so it is not said to be the log's.
_OTHER_KEY: Final = "Signatures in this pack are by the key {signed}, in the name of the log {origin}, and the policy that was given has only {known}: the log's key was changed, or somebody else made this. {pointing} Get the log's present policy from a source that you trust."
_OTHER_LOG: Final = "Signatures in this pack are by the key {signed}, in the name of the log {origin}, and the policy that was given has no key of that log, but of {known}: the log was continued under this name, or the pack is of another log, or somebody else made this. Get the present policy from a source that you trust."
_POINTING: Final = {
    0: "No checkpoint in the pack is signed by both.",
    1: "The checkpoint of {sizes} records is signed by both, as the first one after a change is, but anybody could have added a signature.",
    2: "The checkpoints of {sizes} records are signed by two keys each that lead from one to the other, as the first one after a change is, but anybody could have added a signature.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    check: Check
    outcome: Outcome
    code: str  # names the sentence, for those who render it in another language
    sentence: str  # in English
    file: str = ""  # of a failure: where it is
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_other_key(self) -> bool:
        """Whether it is the reason why nothing is proven: a key that whoever checks did not bring."""
        return self.code in (OTHER_KEY, OTHER_LOG)


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
class ToldEvent:
    """An event of the program with the whole of its row."""

    shown: ShownEvent
    event: ConsentEvent
    rests_on: str | None  # the grant that stood for the program right after it


@dataclass(frozen=True, kw_only=True, slots=True)
class PackCheck:
    """At least one finding for each Check; only one in all, where there is no manifest to go by."""

    manifest: Manifest | None  # what it says, whether or not it is to be believed
    findings: tuple[Finding, ...]
    events: tuple[ShownEvent, ...]  # in the order of the log
    # The keys came from whoever checks, as many witnesses as they ask for have seen all of it, and all was looked at.
    is_vouched: bool
    standing: "Standing | None" = None  # how it stood at the time that was asked about
    earlier: "tuple[PackCheck, ...]" = ()

    @property
    def is_by_other_key(self) -> bool:
        """Whether something is signed in the log's name by a key that is none of those that were brought."""
        return any(finding.is_other_key for finding in self.findings)

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
    Check.ARCHIVE,
    Check.FILES,
    Check.MANIFEST,
    Check.PRESENTATIONS,
    Check.INCLUSION,
    Check.CHECKPOINTS,
    Check.CHAIN,
    Check.HEAD,
    Check.EARLIER,
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


def by_other_key(*, signed: str, origin: str, known: str, handing: Sequence[int]) -> Finding:
    """`handing`: the sizes of the checkpoints that are signed by more keys than one, and lead from those known to those met."""
    pointing = _POINTING[min(len(handing), 2)].format(sizes=", ".join(map(str, handing)))
    fields = {"signed": signed, "origin": origin, "known": known, "pointing": pointing}
    return _open(OTHER_KEY, _OTHER_KEY, fields)


def of_other_log(*, signed: str, origin: str, known: str) -> Finding:
    return _open(OTHER_LOG, _OTHER_LOG, {"signed": signed, "origin": origin, "known": known})


def _open(code: str, sentence: str, fields: Mapping[str, object]) -> Finding:
    return Finding(
        check=Check.CHECKPOINTS,
        outcome=Outcome.OPEN,
        code=code,
        sentence=sentence.format(**fields),
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
    UnknownPackFileError,
    ChangedPackFileError,
    MissingPackFileError,
    UnlistedPackFileError,
    SelfMadePolicyError,
)
