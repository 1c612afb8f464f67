"""What came of an invitation by e-mail: sent, opened, clicked, signed up, confirmed, each as a share of two others.

A share says of what it is one: of those who did the step before, and of everybody who was sent a letter. What was not
measured is not nought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yesword.domain.ids import ProgramId
from yesword.store import invitations
from yesword.store.invitations import State
from yesword.store.models import InvitationCampaign
from yesword.store.opening import Store


class Stage(StrEnum):
    SENT = "sent"
    OPENED = "opened"
    CLICKED = "clicked"
    SIGNED_UP = "signed_up"  # sent the page, or answered with a yes
    CONFIRMED = "confirmed"  # said yes from the handset since


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    stage: Stage
    count: int | None  # None: not measured
    of_before: float | None  # a share of the last stage that was measured; None where that had nobody
    before: Stage | None
    of_sent: float | None


def funnel(counts: Mapping[Stage, int | None]) -> tuple[Line, ...]:
    """The lines in their order. Pure."""
    lines: list[Line] = []
    sent = counts.get(Stage.SENT) or 0
    before: tuple[Stage, int] | None = None
    for stage in Stage:
        count = counts.get(stage)
        lines.append(
            Line(
                stage=stage,
                count=count,
                of_before=None if before is None else _share(count, before[1]),
                before=None if before is None else before[0],
                of_sent=None if stage is Stage.SENT else _share(count, sent),
            )
        )
        if count is not None:
            before = (stage, count)
    return tuple(lines)


def _share(count: int | None, of: int) -> float | None:
    return None if count is None or not of else count / of


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    lines: tuple[Line, ...]
    states: Mapping[State, int]
    reasons: Sequence[tuple[State, str, int]]  # why some were not sent, the commonest first
    replied: int
    bounced: int
    left: int

    @property
    def people(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        return self.states.get(State.WAITING, 0) + self.states.get(State.SENDING, 0)


def result(store: Store, row: InvitationCampaign) -> Result:
    """As it is now. Confirmed is whoever has granted the program since, with the number that they signed up with."""
    with store.database.read() as session:
        states = invitations.states(session, row.pk)
        reasons = invitations.reasons(session, row.pk)
        found = session.first(
            "invitation_funnel", campaign_id=row.pk, program_id=ProgramId(row.point.program_id)
        )
    assert found is not None, "a count has a row"
    sent, opened, clicked, replied, signed_up, bounced, left, confirmed = map(int, found)
    counts = {
        Stage.SENT: sent,
        Stage.OPENED: opened if row.measures_opens else None,
        Stage.CLICKED: clicked,
        Stage.SIGNED_UP: signed_up,
        Stage.CONFIRMED: confirmed,
    }
    return Result(
        lines=funnel(counts), states=states, reasons=reasons, replied=replied, bounced=bounced, left=left
    )
