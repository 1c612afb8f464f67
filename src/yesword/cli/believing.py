"""Whom whoever checks a file believes: keys, or a policy; what is to be said where another key signed, and who saw it.

No store, no network, no Django.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import BadKeyError, VerifierKey, read_note
from yesword.ledger.findings import Outcome
from yesword.ledger.policy import MAX_POLICY_CHARS, Policy, check, read_keys, read_policy
from yesword.ledger.proof import read_proof
from yesword.ledger.receipt import Receipt

UNMET: Final = (
    "Not proven: the log's key signed this, and the policy that was given asks for witnesses besides. "
    "Not enough of them have signed the checkpoint that is in the file."
)


_SEEN: Final = "As many witnesses as the policy asks for have seen the checkpoint in this file: {names}."
_UNSEEN: Final = (
    "Not as many witnesses as the policy asks for have seen the checkpoint in this file. Seen by: {names}."
)
_PLUSES: Final = 2  # in every key, and in few names of files


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What witnesses have to do with a checkpoint, where the policy asks for any."""

    outcome: Outcome
    sentence: str

    @property
    def code(self) -> str:
        return f"receipt_witnesses_{self.outcome}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What was given to check with."""

    policy: Policy

    def keys(self, origin: str) -> tuple[VerifierKey, ...]:
        return tuple(log.key for log in self.policy.logs if log.key.name == origin)

    def keys_for(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys of that log; where none of them is its, all that were given, which will be refused."""
        return self.keys(origin) or tuple(log.key for log in self.policy.logs)

    def key_for(self, origin: str, note: str) -> VerifierKey | None:
        """The key of that log that the checkpoint names as its signer; where it names none of them, one that will refuse it."""
        keys = self.keys_for(origin)
        named = _named(note, origin)
        return next((key for key in keys if key.key_id in named), next(iter(keys), None))

    def is_met(self, note: str) -> bool:
        """Whether as many witnesses have signed the checkpoint as the policy asks for."""
        seen = self.seen(note)
        return seen is None or seen.outcome is Outcome.HELD

    def seen(self, note: str) -> Seen | None:
        """Which witnesses have signed the checkpoint; None where the policy asks for none."""
        if self.policy.quorum is None:
            return None
        try:
            found = check(self.policy, note)
        except YeswordError:
            return Seen(outcome=Outcome.OPEN, sentence=_UNSEEN.format(names="nobody"))
        names = ", ".join(each.name for each in found.witnessed) or "nobody"
        if found.is_quorum_met:
            return Seen(outcome=Outcome.HELD, sentence=_SEEN.format(names=names))
        return Seen(outcome=Outcome.OPEN, sentence=_UNSEEN.format(names=names))

    def remarks(self, origin: str, note: str) -> Iterator[str]:
        """Which key signed, where the log has had several."""
        keys, named = self.keys(origin), _named(note, origin)
        if not keys or not named:
            return
        ours = [key.key_id.hex() for key in keys if key.key_id in named]
        others = [each.hex() for each in named if each.hex() not in ours]
        if others and ours:
            yield (
                f"The checkpoint names two keys of the log: {ours[0]}, which you brought, and {others[0]}, which you did not. "
                "A log's key signs together with its successor once, but anybody could have added such a line; "
                "whether it is the next key, only the log's present policy says, from a source that you trust."
            )
        elif others:
            known = ", ".join(key.key_id.hex() for key in keys)
            yield (
                f"The checkpoint names the key {others[0]} of this log, and you brought {known}: the log's key was changed, "
                "or this is not the log. Nothing in this file shows that your key vouches for the other; "
                "get the log's present policy from a source that you trust."
            )


def asked(vkey: str | None, policy: BinaryIO | None) -> Asked | None:
    """Whom to believe, as it was given. Raises BadKeyError, MalformedPolicyError."""
    if vkey is not None:
        return Asked(policy=read_keys(_keys_text(vkey)))
    if policy is None:
        return None
    return Asked(policy=read_policy(policy.read(MAX_POLICY_CHARS + 1).decode(errors="replace")))


def _keys_text(given: str) -> str:
    """The keys themselves, or what the file of that name holds."""
    if given.count("+") >= _PLUSES:
        return given
    try:
        with Path(given).open("rb") as file:
            return file.read(MAX_POLICY_CHARS + 1).decode(errors="replace")
    except (OSError, ValueError) as error:
        reason = "it is not three parts joined by a plus, and it names no file that can be read"
        raise BadKeyError(reason=reason) from error


def note_of(receipt: Receipt) -> str:
    """The checkpoint in a receipt, or nothing."""
    try:
        return read_proof(receipt.proof).checkpoint if receipt.proof else ""
    except YeswordError:
        return ""


def _named(note: str, origin: str) -> tuple[bytes, ...]:
    try:
        return tuple(dict.fromkeys(each.key_id for each in read_note(note).signatures if each.name == origin))
    except YeswordError:
        return ()
