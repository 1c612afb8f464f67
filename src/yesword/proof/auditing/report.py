"""What an audit is told beforehand, and what it tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from yesword.ledger.cosignature import WitnessKey
from yesword.store.misfits import Misfit, Misfits

Progress = Callable[[int, int], None]
"""Is told how many leaves and records have been looked at, and of how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trust:
    """Whose word counts about a checkpoint. Of others, only what their attestations say of themselves can be read."""

    # By the name under which their attestations are kept.
    witnesses: Mapping[str, WitnessKey] = field(default_factory=dict)
    roots: Mapping[str, bytes] = field(default_factory=dict)  # of authorities, PEM


@dataclass(kw_only=True)
class LogAudit:
    """One log, and what was looked at in it."""

    origin: str
    size: int
    root: bytes
    tiles: int = 0
    checkpoints: int = 0
    attestations: int = 0
    unverified: int = 0  # attestations of those whose key is not known here
    closed: str = ""  # why it was given up and continued under another origin
    known: Misfits = field(default_factory=Misfits)  # in a log that was given up: why, rather than news

    def as_json(self) -> dict[str, object]:
        return {
            "origin": self.origin,
            "size": self.size,
            "root": self.root.hex(),
            "tiles": self.tiles,
            "checkpoints": self.checkpoints,
            "attestations": self.attestations,
            "unverified": self.unverified,
            "closed": self.closed,
            "known": self.known.count,
        }


@dataclass(kw_only=True)
class AuditReport:
    logs: list[LogAudit] = field(default_factory=list)
    contacts: int = 0
    events: int = 0
    unreadable: int = (
        0  # events that were erased: their number and leaf hash were checked, and what they said was not
    )
    statements: int = 0
    waiting: int = 0  # in the outbox
    stops: int = 0  # in the journal
    erasures: int = 0  # in the journal, too
    trail: int = 0  # rows of who did what, of all brands
    trail_waiting: int = 0  # of these, those that no statement names yet
    misfits: Misfits = field(default_factory=Misfits)

    @property
    def is_sound(self) -> bool:
        return not self.misfits

    @property
    def first(self) -> Misfit | None:
        """The first thing that does not fit. The others may follow from it."""
        return self.misfits.told[0] if self.misfits.told else None

    def as_json(self) -> dict[str, object]:
        return {
            "ok": self.is_sound,
            "logs": [each.as_json() for each in self.logs],
            "contacts": self.contacts,
            "events": self.events,
            "unreadable": self.unreadable,
            "statements": self.statements,
            "waiting": self.waiting,
            "stops": self.stops,
            "erasures": self.erasures,
            "trail": self.trail,
            "trail_waiting": self.trail_waiting,
            "misfits": self.misfits.count,
            "told": [each.as_json() for each in self.misfits.told],
        }
