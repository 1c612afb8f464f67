"""Whom to believe about a checkpoint, as one text: c2sp.org/tlog-policy.

Which logs, which witnesses, and how many of those must have cosigned. Reading one, writing one, and
holding a checkpoint against one; asking a witness is not done here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import (
    BadKeyError,
    Checkpoint,
    OtherLogError,
    UnsignedCheckpointError,
    VerifierKey,
    read_checkpoint,
    read_vkey,
    verify_checkpoint,
)
from yesword.ledger.cosignature import WitnessKey, cosignatures, read_witness_vkey

MAX_POLICY_CHARS: Final = 1 << 18

_NONE: Final = "none"
_BLANKS: Final = re.compile(r"[ \t]+")  # no other space parts words here
_COUNT: Final = re.compile(r"[1-9][0-9]{0,5}")
_NO_CONTROLS: Final = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")
_WORD: Final = re.compile(r"[^\x00-\x20\x7f]+")
_SHOWN_CHARS: Final = 60  # of a line that is no key
_USE: Final = "log VKEY [URL], witness NAME VKEY [URL], group NAME any|all|K MEMBER…, or quorum NAME|none"


class MalformedPolicyError(YeswordError):
    """The policy cannot be used. {where}: {reason}. Correct it, or get it again from whoever gave it to you."""

    code = "ledger_policy_malformed"


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyLog:
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyWitness:
    name: str  # within the policy only
    key: WitnessKey
    url: str | None = None  # its submission prefix, for whoever asks it


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Counts as one that cosigned when at least `threshold` of its members did."""

    name: str
    threshold: int
    members: tuple[str, ...]  # witnesses, and groups that come before it


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Raises MalformedPolicyError when its parts do not fit together."""

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[PolicyWitness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str | None = None  # None asks for no witness

    def __post_init__(self) -> None:
        draft = _Draft()
        try:
            for log in self.logs:
                draft.add(log)
            for witness in self.witnesses:
                draft.add(witness)
            for group in self.groups:
                draft.add(group)
            draft.settle(self.quorum)
        except _UnfitError as error:
            raise MalformedPolicyError(where="As it was put together", reason=error) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Witnessed:
    name: str  # in the policy
    at: datetime  # UTC; the first time, where the witness said it more than once


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyCheck:
    checkpoint: Checkpoint  # what it says; to be believed only when the policy holds
    log: PolicyLog | None  # who signed it
    witnessed: tuple[Witnessed, ...]  # in the order of the policy
    is_quorum_met: bool

    @property
    def holds(self) -> bool:
        return self.log is not None and self.is_quorum_met


def check(policy: Policy, note: str) -> PolicyCheck:
    """Hold a checkpoint against the policy. What is missing is told in the result; what is false is an error.

    Raises MalformedCheckpointError, ForgedCheckpointError, FalseCosignatureError.
    """
    checkpoint = read_checkpoint(note)
    first: dict[WitnessKey, datetime] = {}
    for item in cosignatures(note, (each.key for each in policy.witnesses)):
        first[item.witness] = min(item.at, first.get(item.witness, item.at))
    witnessed = tuple(
        Witnessed(name=each.name, at=first[each.key]) for each in policy.witnesses if each.key in first
    )
    return PolicyCheck(
        checkpoint=checkpoint,
        log=_signing_log(policy, note),
        witnessed=witnessed,
        is_quorum_met=_is_met(policy, (each.name for each in witnessed)),
    )


def _signing_log(policy: Policy, note: str) -> PolicyLog | None:
    found = None
    for log in policy.logs:
        try:
            verify_checkpoint(note, log.key)
        except (UnsignedCheckpointError, OtherLogError):  # a log vouches for its own checkpoints only
            continue
        found = found or log  # the others are still looked at: one false signature spoils the note
    return found


def _is_met(policy: Policy, cosigners: Iterable[str]) -> bool:
    met = set(cosigners)
    for group in policy.groups:  # members come before their group
        if sum(member in met for member in group.members) >= group.threshold:
            met.add(group.name)
    return policy.quorum is None or policy.quorum in met


def write_policy(policy: Policy) -> str:
    lines = [_line("log", log.key, log.url) for log in policy.logs]
    lines += [_line("witness", each.name, each.key, each.url) for each in policy.witnesses]
    lines += [_line("group", each.name, each.threshold, *each.members) for each in policy.groups]
    lines.append(_line("quorum", policy.quorum or _NONE))
    return "".join(lines)


def read_keys(text: str) -> Policy:
    """A policy of keys alone, one a line, such as all those that a log has had: it asks for no witness.

    Raises BadKeyError, which names the line where there are several.
    """
    if len(text) > MAX_POLICY_CHARS:
        raise BadKeyError(reason=f"it is longer than {MAX_POLICY_CHARS} characters")
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise BadKeyError(reason="there is none")
    logs: dict[bytes, PolicyLog] = {}
    for number, line in lines:
        try:
            key = read_vkey(line)
        except BadKeyError as error:
            if len(lines) == 1:
                raise
            reason = f"in line {number} ({line[:_SHOWN_CHARS]!r}), {error.fields['reason']}"
            raise BadKeyError(reason=reason) from error
        logs.setdefault(key.public, PolicyLog(key=key))
    return Policy(logs=tuple(logs.values()))


def read_policy(text: str) -> Policy:
    """Raises MalformedPolicyError, which names the line."""
    if len(text) > MAX_POLICY_CHARS:
        raise MalformedPolicyError(
            where="As a whole", reason=f"it is longer than {MAX_POLICY_CHARS} characters"
        )
    *lines, rest = text.split("\n")
    draft = _Draft()
    for number, line in enumerate(lines, 1):
        try:
            _take(draft, line)
        except _UnfitError as error:
            raise MalformedPolicyError(where=f"Line {number}", reason=error) from error
        except BadKeyError as error:
            raise MalformedPolicyError(
                where=f"Line {number}", reason=f"in the key, {error.fields['reason']}"
            ) from error
    # A file that was cut short may still read as a policy, but as a weaker one.
    if rest or not draft.is_settled:
        reason = "the line has no end" if rest else "there is no quorum line"
        raise MalformedPolicyError(where=f"Line {len(lines) + 1}", reason=reason)
    return draft.policy()


def _take(draft: "_Draft", line: str) -> None:
    if not _NO_CONTROLS.fullmatch(line):
        raise _UnfitError("it holds a control character other than a tab")
    words = [word for word in _BLANKS.split(line) if word]
    if not words or words[0].startswith("#"):
        return
    match words:
        case ["log", vkey, *url] if len(url) < 2:
            draft.add(PolicyLog(key=read_vkey(vkey), url=url[0] if url else None))
        case ["witness", name, vkey, *url] if len(url) < 2:
            draft.add(PolicyWitness(name=name, key=read_witness_vkey(vkey), url=url[0] if url else None))
        case ["group", name, threshold, *members]:
            draft.add(Group(name=name, threshold=_threshold(threshold, len(members)), members=tuple(members)))
        case ["quorum", name]:
            draft.settle(None if name == _NONE else name)
        case _:
            raise _UnfitError(f"it is none of: {_USE}")


def _threshold(word: str, members: int) -> int:
    if word in ("any", "all"):
        return 1 if word == "any" else members
    if not _COUNT.fullmatch(word):
        raise _UnfitError(f"a group asks for any, all or a number of its members, and not for {word!r}")
    return int(word)


def _line(*words: object) -> str:
    return " ".join(str(word) for word in words if word is not None) + "\n"


class _UnfitError(Exception):
    """Why a part cannot be added to a policy."""


class _Draft:
    """A policy in the making, to which nothing can be added that does not fit: the rules stand here alone."""

    def __init__(self) -> None:
        self._logs: dict[
            bytes, PolicyLog
        ] = {}  # by the key itself: the same key by another name is the same log
        self._witnesses: dict[bytes, PolicyWitness] = {}
        self._groups: list[Group] = []
        self._names: set[str] = set()
        self._members: set[str] = set()
        self._quorum: str | None = None
        self.is_settled = False

    def add(self, item: PolicyLog | PolicyWitness | Group) -> None:
        if isinstance(item, Group):
            self._add_group(item)
            return
        if item.url is not None and not _WORD.fullmatch(item.url):
            raise _UnfitError("an address has a space or a control character")
        if isinstance(item, PolicyLog):
            if item.key.public in self._logs:
                raise _UnfitError(f"the key of the log {item.key.name} is there already")
            self._logs[item.key.public] = item
        else:
            if item.key.public in self._witnesses:
                raise _UnfitError(f"the key of the witness {item.name} is there already")
            self._name(item.name)
            self._witnesses[item.key.public] = item

    def _add_group(self, group: Group) -> None:
        for member in group.members:
            if member not in self._names:
                raise _UnfitError(f"no witness or group {member} comes before it")
            # Or one witness could count for several.
            if member in self._members or group.members.count(member) > 1:
                raise _UnfitError(f"{member} is a member already")
        if not 1 <= group.threshold <= len(group.members):
            raise _UnfitError(
                f"the group {group.name} has {len(group.members)} members and asks for {group.threshold}"
            )
        self._name(group.name)
        self._members.update(group.members)
        self._groups.append(group)

    def _name(self, name: str) -> None:
        if not _WORD.fullmatch(name):
            raise _UnfitError("a name is empty, or has a space or a control character")
        if name == _NONE or name in self._names:
            raise _UnfitError(f"the name {name} is taken")
        self._names.add(name)

    def settle(self, quorum: str | None) -> None:
        if self.is_settled:
            raise _UnfitError("there is a quorum line already")
        if quorum is not None and quorum not in self._names:
            raise _UnfitError(f"no witness or group {quorum} comes before it")
        self._quorum = quorum
        self.is_settled = True

    def policy(self) -> Policy:
        return Policy(
            logs=tuple(self._logs.values()),
            witnesses=tuple(self._witnesses.values()),
            groups=tuple(self._groups),
            quorum=self._quorum,
        )
