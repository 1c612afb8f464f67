"""How the person stood, computed anew from the events of a pack: what the log committed to decides, and nobody's telling.

The section `event` of an entry names the digest of the whole row, and the row lies in `rows/`. So every event can be
folded here exactly as it was when it came in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import EventId, ProgramId, to_text
from yesword.domain.state import EMPTY, ConsentState, apply, fold
from yesword.domain.times import iso_millis
from yesword.ledger.findings import Outcome
from yesword.ledger.handed.moments import read_moment
from yesword.ledger.packs.desk import Desk
from yesword.ledger.packs.findings import Check, MissingPackFileError, ShownEvent, ToldEvent

FOLDER: Final = "rows"

_READING: Final = (ValueError, TypeError, KeyError, AttributeError, AssertionError, OverflowError)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a person stood with a program at a moment, as far as was known then."""

    at: datetime
    code: str  # granted, ended, pending, lapsed, refused, withdrawn, other_owner, erased, none
    since: datetime | None = None
    seq: int | None = None  # of the event that it rests on

    @property
    def is_in(self) -> bool:
        return self.code == "granted"


def standing_at(events: Sequence[ConsentEvent], program: ProgramId, at: datetime) -> Standing:
    """From what had reached the brand by then: what happened before and came later could bind nobody."""
    known = [each for each in events if each.received_at <= at]
    state = fold(known)
    if state.is_erased:
        return Standing(at=at, code="erased")
    if state.invalid_since is not None:
        return Standing(at=at, code="other_owner", since=state.invalid_since)
    grant = state.grant_for(program)
    if grant is not None:
        ends_at = grant.limits.ends_at
        if ends_at is not None and ends_at <= at:
            return Standing(at=at, code="ended", since=ends_at)
        return Standing(at=at, code="granted", since=grant.since, seq=_seq(known, grant.event, grant.seq))
    stop, request = state.withdrawal_for(program), state.request_for(program)
    if stop is not None and (request is None or request.seq < stop.seq):
        return Standing(at=at, code="withdrawn", since=stop.at, seq=stop.seq)
    if request is not None:
        return Standing(at=at, code="pending" if at <= request.lapses_at else "lapsed")
    refusal = next((each for each in state.refusals if each.program in (None, program)), None)
    if refusal is not None:
        return Standing(at=at, code="refused", since=refusal.at)
    return Standing(at=at, code="none")


def _seq(known: Sequence[ConsentEvent], event: EventId, otherwise: int) -> int:
    return next((each.seq for each in known if each.id == event), otherwise)


# --- the rows ------------------------------------------------------------------------------------------------


def look(desk: Desk, events: Sequence[ShownEvent]) -> tuple[tuple[ToldEvent, ...], Standing | None]:
    """The events of the program with their rows, in the person's order; how they stood, where all of it can be told."""
    rows = dict(_rows(desk, events))
    for path, name, _ in desk.within(FOLDER):
        if name.removesuffix(".json") not in rows and not _is_failed(desk, path):
            desk.fail(Check.STATE, path, "it belongs to no event of the program that is shown")
    ordered = sorted(rows.values(), key=lambda row: row[1].seq)
    program = next((row.scope.program for _, row in ordered if row.scope.program is not None), None)
    told: list[ToldEvent] = []
    state = EMPTY
    for shown, row in ordered:
        state = apply(state, row)
        told.append(ToldEvent(shown=shown, event=row, rests_on=_rests_on(state, program)))
    is_whole = bool(events) and not desk.manifest.waiting and all(each.told for each in events)
    if not is_whole or desk.has_failed(Check.STATE) or desk.has_failed(Check.CHAIN):
        desk.leave_open(Check.STATE)
        return tuple(told), None
    asked = read_moment(desk.manifest.asked)
    standing = standing_at([row for _, row in ordered], program or ProgramId(0), asked)
    desk.hold(Check.STATE, at=desk.manifest.asked, code=standing.code)
    return tuple(told), standing


def _rests_on(state: ConsentState, program: ProgramId | None) -> str | None:
    grant = state.grant_for(program)
    return None if grant is None else to_text("evt", grant.event)


def _rows(desk: Desk, events: Sequence[ShownEvent]) -> Iterator[tuple[str, tuple[ShownEvent, ConsentEvent]]]:
    for event in events:
        if not event.told or event.told.get("program") not in (None, desk.manifest.program):
            continue
        path = f"{FOLDER}/{event.id}.json"
        body = desk.files.get(path)
        if body is None:
            desk.fail(Check.STATE, path, MissingPackFileError(file=path))
            continue
        if sha256(body).hexdigest() != event.told.get("row_sha256"):
            desk.fail(Check.STATE, path, "it is not the row whose digest the log has")
            continue
        try:
            row = codec.loads(ConsentEvent, body)
            differing = [name for name, value in _facts(row).items() if event.told.get(name) != value]
        except (YeswordError, *_READING):
            desk.fail(Check.STATE, path, "it cannot be read as a row of the record")
            continue
        if differing:
            desk.fail(
                Check.STATE, path, f"it says something else than its own entry does: {', '.join(differing)}"
            )
            continue
        yield event.id, (event, row)


def _facts(row: ConsentEvent) -> Mapping[str, object]:
    """What a row and the section `event` of its entry say alike."""
    return {
        "id": to_text("evt", row.id),
        "type": row.kind.value,
        "occurred_at": iso_millis(row.occurred_at),
        "received_at": iso_millis(row.received_at),
        "method": row.route,
        "seq": row.seq,
        "actor": row.actor.value,
        "basis": row.basis.value if row.basis else None,
        "grade": row.grade.value if row.grade else None,
        "answers": to_text("evt", row.answers) if row.answers else None,
        "reason": row.reason,
    }


def _is_failed(desk: Desk, path: str) -> bool:
    return any(each.file == path and each.outcome is Outcome.FAILED for each in desk.findings)
