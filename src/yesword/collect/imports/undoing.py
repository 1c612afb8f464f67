"""Taking an import back, within a day: what it granted and nobody has built on ends, by an event of its own.

Nothing is deleted. Whoever has acted since keeps what they have; the opt-outs of the file stay; and what the rows said of
a person beside their consent, such as a name, stays as it is.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from yesword.collect.imports.errors import ImportFileError
from yesword.collect.imports.weighing import UNDONE, events_of
from yesword.consent import Draft, append_many
from yesword.domain.events import Actor, ConsentEvent, EventKind
from yesword.domain.ids import BrandId, ContactId, EventId, ProgramId
from yesword.domain.state import ConsentState
from yesword.store import contacts, models, programs
from yesword.store.database import Session
from yesword.store.opening import Store

WITHIN: Final = timedelta(days=1)
_PAGE: Final = 200
_PATIENCE: Final = 200  # turns of waiting for somebody whose record is being written just now
_TURN_S: Final = 0.02
_STATES: Final = models.ImportRun.State
# What people do, and what others do about one person; not what a list or a clock does.
_ACTS: Final = (Actor.HANDSET, Actor.PERSON, Actor.AGENT)


class CannotUndoError(ImportFileError):
    """The import cannot be undone: {why}."""

    code: ClassVar[str] = "import_cannot_undo"


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """Everybody for whom the import wrote an event, once."""

    taken_back: int = 0  # the grant of the import has ended
    acted: int = 0  # the person, or somebody for them, has acted since: left as it is
    ended_before: int = 0  # it did not stand any more
    claims: int = 0  # a claim only, which permits nothing

    def to_json(self) -> dict[str, int]:
        return asdict(self)


def may_undo(run: models.ImportRun, at: datetime) -> str:
    """Why it may not be, in a few words; "" where it may."""
    if run.state == _STATES.RUNNING:
        return "it is still running"
    if run.state == _STATES.UNDONE:
        return "it is undone already"
    if at - (run.ended_at or run.created_at) > WITHIN:
        return "it ended more than a day ago"
    return ""


def undo(
    store: Store, run_id: int, reason: str, at: datetime, *, user: int | None = None, is_dry_run: bool = False
) -> Undone:
    """End what the import granted. Safe to do twice, and to go on with. Raises `CannotUndoError`."""
    run = models.ImportRun.objects.filter(pk=run_id).first()
    why = "there is no such import" if run is None else may_undo(run, at)
    if run is None or why or not reason.strip():
        raise CannotUndoError(why=why or "give a reason")
    found: Counter[str] = Counter()
    cursor = -1
    while rows := _page(store, run_id, cursor):
        cursor = rows[-1][0]
        found += _undo_page(store, run, rows, reason.strip(), at, is_dry_run=is_dry_run)
    undone = Undone(**found)
    if not is_dry_run:
        _record(store, run, undone, reason.strip(), at, user)
    return undone


def _page(store: Store, run: int, cursor: int) -> list[tuple[ContactId, EventId]]:
    with store.database.read() as session:
        rows = session.rows("import_people_after", run_id=run, cursor=cursor, count=_PAGE)
    return [(ContactId(row[0]), EventId(row[1])) for row in rows]


def _undo_page(
    store: Store,
    run: models.ImportRun,
    rows: Sequence[tuple[ContactId, EventId]],
    reason: str,
    at: datetime,
    *,
    is_dry_run: bool,
) -> Counter[str]:
    found: Counter[str] = Counter()
    left = dict(rows)
    for _ in range(_PATIENCE):
        if is_dry_run:
            with store.database.read() as session:
                settled = _weigh(session, left, is_locked=False)
        else:
            with store.database.write() as session:
                settled = _weigh(session, left, is_locked=True)
                _end(store, session, run, settled, left, reason, at)
        found.update(settled.values())
        left = {contact: event for contact, event in left.items() if contact not in settled}
        if not left:
            return found
        time.sleep(_TURN_S)
    raise CannotUndoError(why="somebody's record was being written all the while; try again")


def _weigh(session: Session, wanted: dict[ContactId, EventId], *, is_locked: bool) -> dict[ContactId, str]:
    """What is to become of each; who is being written just now is left out."""
    lock = is_locked and session.vendor == "postgresql"
    standings = contacts.standings(session, wanted, lock=lock)
    events = events_of(session, standings)
    return {
        contact: _fate(row.state, events.get(contact, ()), wanted[contact])
        for contact, row in standings.items()
    }


def _fate(state: ConsentState, events: Iterable[ConsentEvent], granted: EventId) -> str:
    own = next((event for event in events if event.id == granted), None)
    if own is None or own.basis is None:
        return "claims"
    if any(event.seq > own.seq and event.actor in _ACTS and event.route != UNDONE for event in events):
        return "acted"
    return "taken_back" if any(grant.event == granted for grant in state.grants) else "ended_before"


def _end(
    store: Store,
    session: Session,
    run: models.ImportRun,
    settled: dict[ContactId, str],
    granted: dict[ContactId, EventId],
    reason: str,
    at: datetime,
) -> None:
    ending = [contact for contact, fate in settled.items() if fate == "taken_back"]
    people = contacts.read_many(store, session, ending)
    standings = contacts.standings(session, ending)
    program = programs.current(ProgramId(run.program_id))
    changes = []
    for contact in ending:
        grant = next(each for each in standings[contact].state.grants if each.event == granted[contact])
        draft = Draft(
            kind=EventKind.EXPIRED,
            scope=grant.scope,
            actor=Actor.AGENT,
            route=UNDONE,
            occurred_at=at,
            received_at=at,
            program=program,
            answers=grant.event,
            reason=reason[:200],
            context={"import": f"imp_{run.pk}"},
        )
        changes.append((people[contact], [draft]))
    append_many(store, session, programs.brand(BrandId(run.brand_id)), changes, at)


def _record(
    store: Store, run: models.ImportRun, undone: Undone, reason: str, at: datetime, user: int | None
) -> None:
    with store.database.write():
        run.state = _STATES.UNDONE
        run.report = {**run.report, "undone": {**undone.to_json(), "at": at.isoformat(), "reason": reason}}
        run.save(update_fields=["state", "report"])
        models.AuditEntry.objects.create(
            user_id=user, action="import.undo", subject=f"import {run.pk}", detail=undone.to_json()
        )
