"""Whom whoever checks a file believes: a key, or a policy; and what is to be said where it was signed by another key.

No store, no network, no Django.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import VerifierKey, read_note
from yesword.ledger.policy import Policy, check
from yesword.ledger.proof import read_proof
from yesword.ledger.receipt import Receipt

UNMET: Final = (
    "Not proven: the log's key signed this, and the policy that was given asks for witnesses besides. "
    "Not enough of them have signed the checkpoint that is in the file."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What was given to check with."""

    policy: Policy

    def keys(self, origin: str) -> tuple[VerifierKey, ...]:
        return tuple(log.key for log in self.policy.logs if log.key.name == origin)

    def key_for(self, origin: str, note: str) -> VerifierKey | None:
        """The key of that log that the checkpoint names as its signer; where it names none of them, one that will refuse it."""
        keys = self.keys(origin) or tuple(log.key for log in self.policy.logs)
        named = _named(note, origin)
        return next((key for key in keys if key.key_id in named), next(iter(keys), None))

    def is_met(self, note: str) -> bool:
        """Whether as many witnesses have signed the checkpoint as the policy asks for."""
        if self.policy.quorum is None:
            return True
        try:
            return check(self.policy, note).is_quorum_met
        except YeswordError:
            return False

    def remarks(self, origin: str, note: str) -> Iterator[str]:
        """Which key signed, where the log has had several."""
        keys, named = self.keys(origin), _named(note, origin)
        if not keys or not named:
            return
        ours = [key.key_id.hex() for key in keys if key.key_id in named]
        others = [each.hex() for each in named if each.hex() not in ours]
        if others and ours:
            yield (
                f"The checkpoint names two keys of the log: {ours[0]}, which you brought, and {others[0]}. "
                "A log's key signs together with its successor once, and so vouches for it."
            )
        elif others:
            known = ", ".join(key.key_id.hex() for key in keys)
            yield (
                f"The checkpoint names the key {others[0]} of this log, and you brought {known}: the log's key was changed, "
                "or this is not the log. Nothing in this file shows that your key vouches for the other; "
                "get the log's present policy from a source that you trust."
            )


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
