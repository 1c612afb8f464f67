"""The table on which one pack is looked at: its files, whom to believe, and what was found so far."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import VerifierKey
from yesword.ledger.findings import Outcome
from yesword.ledger.jws import read_jws
from yesword.ledger.packs.findings import (
    Check,
    Finding,
    SelfMadePolicyError,
    ToldEvent,
    failed,
    found,
)
from yesword.ledger.packs.manifest import Manifest
from yesword.ledger.policy import Policy

ReadStamp = Callable[[bytes, bytes], datetime]
"""The time in a token over these bytes. Raises an error of ours when it is not by an authority that is trusted."""

Retell = Callable[["Desk", Sequence[ToldEvent]], None]
"""Tells the record, the receipt and the summary anew from the events, and says on the desk what differs."""


@dataclass(kw_only=True, slots=True)
class Desk:
    """What is on the table while one pack is looked at."""

    files: Mapping[str, bytes]
    manifest: Manifest
    policy: Policy
    read_stamp: ReadStamp | None
    retell: Retell | None = None
    findings: list[Finding] = field(default_factory=list)
    strangers: tuple[VerifierKey, ...] = ()  # keys of the policy that the pack alone brings
    signers: tuple[VerifierKey, ...] = ()  # of the strangers no others may have signed statements
    met: dict[VerifierKey, None] = field(default_factory=dict)  # the strangers whose word was taken, in order

    def admit(self, own: Policy) -> None:
        """Read on with the log's keys that only the pack brings: what they signed shows whether it is consistent, and proves nothing."""
        known = {log.key.public for log in self.policy.logs}
        origin = self.manifest.checkpoint.origin
        fresh = [log for log in own.logs if log.key.name == origin and log.key.public not in known]
        self.strangers = self.signers = tuple(log.key for log in fresh)
        self.policy = replace(self.policy, logs=(*self.policy.logs, *fresh))

    def meet(self, key: VerifierKey) -> None:
        """Remember it if it is a stranger's."""
        if key in self.strangers:
            self.met[key] = None

    def hold(self, check: Check, variant: str = "", **fields: object) -> None:
        """Say so, unless something of it failed."""
        if not self.has_failed(check):
            self.findings.append(found(check, Outcome.HELD, variant, **fields))

    def leave_open(self, check: Check, variant: str = "", **fields: object) -> None:
        if not self.has_failed(check):
            self.findings.append(found(check, Outcome.OPEN, variant, **fields))

    def fail(self, check: Check, file: str, reason: YeswordError | str) -> None:
        self.findings.append(failed(check, file, reason))

    def has_failed(self, check: Check) -> bool:
        return any(each.check is check and each.outcome is Outcome.FAILED for each in self.findings)

    def within(self, folder: str) -> Iterator[tuple[str, str, bytes]]:
        """(path, name, content) of each file of a folder."""
        for path in sorted(self.files):
            if path.startswith(f"{folder}/"):
                yield path, path.removeprefix(f"{folder}/"), self.files[path]

    def text(self, path: str) -> str:
        """Raises ValueError where it is not UTF-8, and KeyError where it is not there."""
        return self.files[path].decode()

    def key_for(self, jws: str, typ: str) -> VerifierKey:
        """The log's key that the signature names; where it names none of them, the newest, which then refuses it.

        Raises MalformedJwsError, SelfMadePolicyError.
        """
        keys = [
            log.key
            for log in self.policy.logs
            if log.key.name == self.manifest.checkpoint.origin
            and (log.key not in self.strangers or log.key in self.signers)
        ]
        if not keys:
            raise SelfMadePolicyError(origin=self.manifest.checkpoint.origin)
        key_id = read_jws(jws, typ=typ).key_id
        named = next((key for key in keys if key.key_id.hex() == key_id), keys[0])
        self.meet(named)
        return named
