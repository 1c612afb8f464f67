"""The page of somebody who was erased: that they were, what is kept until when, and that the log still holds its places.

What is kept is locked away for a claim, so nothing of it is opened here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from yesword.domain import codec
from yesword.domain.decisions import Sentence
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import to_text
from yesword.domain.retention import Ground, shipped_policies
from yesword.privacy.erasing import OPERATOR, REQUESTED, RETENTION
from yesword.privacy.erasing_journal import LAPSED
from yesword.privacy.sentences import render as in_words
from yesword.proof.proofs import published
from yesword.reporting.people import PersonLine
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import State
from yesword.store import erasures, programs
from yesword.store.contacts import Contact
from yesword.store.erasures import HELD, ErasureRow
from yesword.web import parts
from yesword.web.brands import zone_of
from yesword.web.console.acting import may_act
from yesword.web.console.person_data import erasure_of, is_half_done
from yesword.web.console.person_readings import RequestLine
from yesword.web.formats import count
from yesword.web.installation import store
from yesword.web.law_names import named
from yesword.web.queued_replies import request_line
from yesword.web.telling import event_sentence, plain_day, plain_moment, state_of

# Why, in the middle of no sentence.
WISHES: Final[dict[str, Promise]] = {
    REQUESTED: gettext_lazy("They asked for it"),
    RETENTION: gettext_lazy("Its time was over"),
    OPERATOR: gettext_lazy("The brand erased them"),
    LAPSED: gettext_lazy("They signed up and never said yes"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What the law lets the brand keep, and until when."""

    until: str
    ground: str
    citation: str


def show(request: HttpRequest, line: PersonLine) -> HttpResponse:
    person = line.contact
    row = erasure_of(person.id)
    brand = programs.brand(person.brand)
    zone = zone_of(brand.country)
    timeline = _timeline(person, brand.name, zone)
    assert person.erased_at is not None
    return render(
        request,
        "console/person_erased.html",
        {
            "contact": to_text("con", person.id),
            "brand": brand.name,
            "erased": plain_moment(person.erased_at, zone),
            "why": WISHES.get(row.ground, row.ground) if row else "",
            "kept": kept(row),
            "is_half_done": is_half_done(row),
            "entries": _entries(timeline),
            "timeline": timeline,
            "requests": _requests(person, zone),
            "zone": zone,
            "may_act": may_act(request),
            "crumbs": [(_("People"), reverse("console:people"))],
        },
    )


def kept(row: ErasureRow | None) -> Kept | None:
    """None where nothing is, or no longer."""
    if row is None or row.stage != HELD or row.retain_until is None:
        return None
    return Kept(
        until=plain_day(row.retain_until.date()), ground=ground_word(row.policy), citation=named(row.citation)
    )


def ground_word(policy: str) -> str:
    """On what ground a policy of retention keeps something."""
    known = {each.id: each.ground for each in shipped_policies().all}
    ground = known.get(policy, Ground.OPERATOR)
    return in_words(Sentence.of(f"ground.{ground.value}"), gettext)


def _entries(timeline: Sequence[parts.TimelineItem]) -> str:
    """How the log stands to somebody of whom it says nothing any more."""
    waiting = sum(each.proof is not parts.Proof.PROVED for each in timeline)
    if waiting:
        return ngettext(
            "%(shown)s entry is still on its way into the log. Whoever has a receipt can check theirs as before.",
            "%(shown)s entries are still on their way into the log. Whoever has a receipt can check theirs as before.",
            waiting,
        ) % {"shown": count(waiting)}
    return ngettext(
        "%(shown)s entry stands in the log and says nothing about anybody. Whoever has a receipt can check theirs as before.",
        "All %(shown)s entries stand in the log and say nothing about anybody. Whoever has a receipt can check theirs as before.",
        len(timeline),
    ) % {"shown": count(len(timeline))}


def _timeline(person: Contact, brand: str, zone: str) -> list[parts.TimelineItem]:
    """That it happened, and whether it can be checked; newest first, and no word of what was said."""
    known = {each.id: each for each in programs.of_brand(person.brand)}
    with store().database.read() as session:
        events = [
            codec.loads(ConsentEvent, body) for _id, body, _sealed in erasures.events(session, person.id)
        ]
        proven = published(session, person.brand, [each.id for each in events])
    return [
        parts.TimelineItem(
            state=state_of(event),
            sentence=event_sentence(event, "", brand, known),
            at=event.occurred_at,
            zone=zone,
            proof=parts.Proof.PROVED if event.id in proven else parts.Proof.PENDING,
        )
        for event in reversed(events)
    ]


def _requests(person: Contact, zone: str) -> list[RequestLine]:
    """One that is still open, such as to see what there was, is closed here."""
    with store().database.read() as session:
        found = privacy_requests.of_contact(store(), session, person.id)
    at = datetime.now(UTC)
    return [
        RequestLine(ref=to_text("prq", each.id), asks=asks, clock=clock, asked=when)
        for each in found
        if each.state is State.OPEN
        for asks, clock, when in [request_line(each, at, zone)]
    ]
