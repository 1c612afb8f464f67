"""Who left: one row a withdrawal of a person's own, with how they had come and what they had got last.

Figures and alarms count these rows; permission never looks at them. They go when the person is erased.
"""

import enum
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from yesword.domain import codec
from yesword.domain.events import FREE_TEXT, LINK, OTHER_OWNER, REPLY, Actor, ConsentEvent, EventKind
from yesword.domain.ids import ContactId, EventId, ProgramId, bucket_of
from yesword.domain.state import ConsentState, Grant
from yesword.domain.times import to_micros
from yesword.store.database import Row, Session

LOOKED_BACK: Final = timedelta(days=31)  # whoever leaves later than that leaves no text of ours


class Way(enum.StrEnum):
    """How they left."""

    KEYWORD = "keyword"
    FREE_TEXT = "free_text"
    LINK = "link"
    PAGE = "page"
    AGENT = "agent"
    CARRIER = "carrier"
    API = "api"
    OTHER = "other"


_BY_ACTOR: Final = {Actor.AGENT: Way.AGENT, Actor.CARRIER: Way.CARRIER, Actor.API: Way.API}
_BY_ROUTE: Final = {
    REPLY: Way.KEYWORD,
    "keyword": Way.KEYWORD,
    FREE_TEXT: Way.FREE_TEXT,
    OTHER_OWNER: Way.FREE_TEXT,
    LINK: Way.LINK,
    "preferences": Way.PAGE,
}
# Lists that are brought from elsewhere, and what the house does by itself: nobody left us by them.
_NOBODY_LEFT: Final = frozenset({Actor.IMPORT, Actor.SYSTEM})

Changed = tuple[ContactId, Sequence[ConsentEvent], ConsentState]


def way_of(event: ConsentEvent) -> Way:
    return _BY_ACTOR.get(event.actor) or _BY_ROUTE.get(event.route, Way.OTHER)


def note(session: Session, changed: Iterable[Changed]) -> None:
    """Note who left, and who had not meant to, in the transaction of the events. `state`: after them."""
    happened = [(contact, event, state) for contact, events, state in changed for event in events]
    _insert(
        session,
        [
            each
            for each in happened
            if each[1].kind is EventKind.WITHDRAWN and each[1].actor not in _NOBODY_LEFT
        ],
    )
    session.many(
        "undo_departure",
        [
            {"bucket": bucket_of(contact), "event_id": event.answers}
            for contact, event, _ in happened
            if event.kind is EventKind.CORRECTED and event.answers is not None
        ],
    )


Left = tuple[ContactId, ConsentEvent, ConsentState]
_NOTHING: Final[Row] = (None,) * 5


def _insert(session: Session, left: Sequence[Left]) -> None:
    if not left:
        return
    texts = _last_texts(session, left)
    grants = [
        _left(_ended_by(event, state), text[0]) for (_, event, state), text in zip(left, texts, strict=True)
    ]
    came = _how_they_came(session, left, grants)
    session.many(
        "insert_departure",
        [_row(*each) for each in zip(left, texts, grants, came, strict=True)],
    )


def _last_texts(session: Session, left: Sequence[Left]) -> list[Row]:
    """The newest text to each before they left: program, campaign, sender and when it went."""
    asked = session.table(
        contacts=[contact for contact, _, _ in left],
        since=[to_micros(event.received_at - LOOKED_BACK) for _, event, _ in left],
        until=[to_micros(event.received_at) for _, event, _ in left],
    )
    found = {row[0]: row[1:] for row in session.rows("last_text_to", **asked)}
    return [found.get(place, (None,) * 4) for place in range(len(left))]


def _how_they_came(session: Session, left: Sequence[Left], grants: Sequence[Grant | None]) -> list[Row]:
    """The event by which they had come, its point and tag, its hook, its import."""
    known = [(contact, grant.event) for (contact, _, _), grant in zip(left, grants, strict=True) if grant]
    if not known:
        return [_NOTHING] * len(left)
    asked = session.table(contacts=[each for each, _ in known], events=[each for _, each in known])
    found = {row[0]: row[1:] for row in session.rows("how_they_came", **asked)}
    return [found.get(grant.event, _NOTHING) if grant else _NOTHING for grant in grants]


def _ended_by(event: ConsentEvent, state: ConsentState) -> Sequence[Grant]:
    return next((each.ended for each in state.withdrawals if each.event == event.id), ())


def _row(left: Left, text: Row, grant: Grant | None, came: Row) -> dict[str, object]:
    contact, event, _ = left
    body, point, source, hook, run = came
    came_by = "" if body is None else codec.loads(ConsentEvent, bytes(body)).route
    return {
        "bucket": bucket_of(contact),
        "event_id": event.id,
        "brand_id": event.brand,
        "contact_id": contact,
        "program_id": event.scope.program or (None if grant is None else grant.scope.program),
        "way": way_of(event).value,
        "came_by": came_by,
        "point_id": point,
        "source": source or "",
        "hook_id": hook,
        "run_id": run,
        "joined_at": None if grant is None else to_micros(grant.since),
        "text_program_id": text[0],
        "campaign_id": text[1],
        "sender_id": text[2],
        "handed_at": text[3],
        "left_at": to_micros(event.received_at),
        "origin": origin(came_by, point, source or "", hook, run),
    }


def origin(came_by: str, point: int | None, source: str, hook: int | None, run: int | None) -> str:
    """How somebody had come, as one key: by a point and its tag, another system, an import, or whichever route."""
    if point is not None:
        return f"point:{point}:{source}"
    if hook is not None:
        return f"hook:{hook}"
    return f"import:{run}" if run is not None else f"route:{came_by}"


def give_reason(session: Session, event: EventId, reason: str) -> None:
    """They have said why. Of somebody who left nothing there is no row, and nothing to count."""
    session.run("give_reason_of_departure", bucket=bucket_of(event), event_id=event, reason=reason)


def _left(ended: Sequence[Grant], program: ProgramId | None) -> Grant | None:
    """Of what a stop ended, the consent to the texts that they had got last; else the newest one."""
    about = [each for each in ended if program is not None and each.scope.program == program]
    return max(about or ended, key=lambda each: each.since, default=None)
