"""How the simulated carrier behaves: speed, faults, reports, and what it answers by itself. All of it can change
while it runs.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from yesword.channels.ports import ChannelError


class BadBehaviourError(ChannelError):
    """The simulated carrier cannot behave like that: {name} = {value}. {expected}"""

    code = "bad_behaviour"


@dataclass(frozen=True, kw_only=True)
class CarrierBehaviour:
    speed: float | None = None  # texts a second over all connections; None: as fast as it can
    delay_ms: float = 0  # between accepting a text and answering for it
    silent: bool = False  # takes texts and never answers
    errors: Mapping[str, float] = field(default_factory=dict)  # error code to the share refused with it
    seed: int = 0  # of the shares
    throttle_per_s: int | None = None  # submits above this within a second are answered "throttled"
    disconnect_after: int | None = (
        None  # each connection is cut, unanswered, when it has brought so many submits
    )
    reports: float = 0.0  # share of accepted texts that get a delivery report
    report_failures: float = 0.0  # share of the reports that say "failed"
    report_delay_ms: float = 0
    answers_stop: frozenset[str] = frozenset()  # addresses at which the carrier itself answers and blocks
    answers_start: frozenset[str] = frozenset()
    answers_help: frozenset[str] = frozenset()
    owners: Mapping[str, str] = field(
        default_factory=dict
    )  # address to account; the rest goes to any receiver
    redeliver_ms: float = 250  # pause before an item that was not taken is brought again
    ack_timeout_ms: float = 10_000  # an item without an answer for so long is brought again

    def __post_init__(self) -> None:
        for name in ("speed", "throttle_per_s", "disconnect_after"):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and value > 0):
                raise BadBehaviourError(name=name, value=value, expected="Give a number above 0, or nothing.")
        for name in ("delay_ms", "report_delay_ms", "redeliver_ms", "ack_timeout_ms"):
            value = getattr(self, name)
            if not (_is_number(value) and value >= 0):
                raise BadBehaviourError(name=name, value=value, expected="Give milliseconds, 0 or more.")
        shares = {"reports": self.reports, "report_failures": self.report_failures, **self.errors}
        for name, value in shares.items():
            if not (_is_number(value) and 0 <= value <= 1):
                raise BadBehaviourError(name=name, value=value, expected="Give a share from 0 to 1.")
        if sum(self.errors.values()) > 1:
            raise BadBehaviourError(
                name="errors", value=dict(self.errors), expected="Shares add up to 1 at most."
            )

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """A behaviour with these changes; lists stand for sets, as JSON has none."""
        known = {item.name for item in fields(self)}
        values: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in known:
                raise BadBehaviourError(
                    name=name, value=value, expected=f"Known are {', '.join(sorted(known))}."
                )
            values[name] = frozenset(value) if name.startswith("answers_") else value
        return replace(self, **values)

    def to_json(self) -> dict[str, Any]:
        return {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in asdict(self).items()
        }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
