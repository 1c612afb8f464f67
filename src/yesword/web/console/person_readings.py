"""What was read from a person's own words, on their page: stops that may be misread, and privacy requests with their clock.

The same as in the queue of replies; here also for what was sure enough not to stand there. What is done about them is in
`person_settling`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from yesword.domain.ids import EventId, to_text
from yesword.domain.state import Withdrawal
from yesword.domain.understanding import Intent, Kind
from yesword.reporting.people import EventRecord, PersonLine
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import State
from yesword.web.console.replies import may_correct
from yesword.web.installation import store
from yesword.web.queued_replies import Clock, Said, Telling, request_line, said


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadStop:
    """A stop that rests on how somebody's words were read."""

    ref: str  # `evt_…`
    said: Said
    read: str
    ended: str
    typed: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestLine:
    ref: str  # `prq_…`
    asks: str
    clock: Clock | None
    asked: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """A reason that was sent and not taken."""

    event: EventId
    reason: str
    error: str


def shown(
    request: HttpRequest,
    line: PersonLine,
    records: Sequence[EventRecord],
    telling: Telling,
    typed: Typed | None = None,
) -> dict[str, object]:
    """What the page's template is given."""
    with store().database.read() as session:
        asked = privacy_requests.of_contact(store(), session, line.contact.id)
    by_event = {each.event.id: each for each in records}
    # What one text ended is one reading, however many programs that were, and is undone as a whole.
    stops: dict[object, list[Withdrawal]] = {}
    for each in line.state.withdrawals:
        if each.may_be_misread and each.event in by_event:
            text = by_event[each.event].context.get("inbound", each.event)
            stops.setdefault(text, []).append(each)
    requests = [
        RequestLine(ref=to_text("prq", each.id), asks=asks, clock=clock, asked=when)
        for each in asked
        if each.state is State.OPEN
        for asks, clock, when in [request_line(each, telling.at, telling.zone)]
    ]
    return {
        "read_stops": [_stop(each, by_event[each[0].event], telling, typed) for each in stops.values()],
        "requests": requests,
        "may_correct": may_correct(request),
    }


def _stop(
    stops: Sequence[Withdrawal], record: EventRecord, telling: Telling, typed: Typed | None
) -> ReadStop:
    intent, stop = read_intent(record), stops[0]
    is_typed = typed is not None and typed.event == stop.event
    words = said(record.words if record.is_readable else None, None, stop.at, telling.zone)
    if intent is not None and intent.span is not None:
        start, end = intent.span
        words = Said(
            before=record.words[:start],
            decided=record.words[start:end],
            after=record.words[end:],
            at=stop.at,
            zone=telling.zone,
            is_gone=not record.is_readable,
        )
    return ReadStop(
        ref=to_text("evt", stop.event),
        said=words,
        read=telling.intent(intent) if intent is not None else "",
        ended=telling.ended(stops, stop.at),
        typed=typed.reason if typed is not None and is_typed else "",
        error=typed.error if typed is not None and is_typed else "",
    )


def read_intent(record: EventRecord) -> Intent | None:
    """How the words of a stop were read, as its event says; None where it says nothing."""
    read: Mapping[str, Any] | object = record.context.get("read")
    if not isinstance(read, dict) or "rule" not in read:
        return None
    span = read.get("span")
    return Intent(
        kind=Kind(record.event.reason) if record.event.reason in set(Kind) else Kind.OPT_OUT,
        rule=str(read["rule"]),
        confidence=int(read.get("confidence", 0)) / 100,  # per cent: the record has no fractions
        span=(int(span[0]), int(span[1])) if isinstance(span, list) and len(span) == 2 else None,
        is_withdrawal=True,
    )
