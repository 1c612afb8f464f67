"""From a template to the very text for one person, weighed: the verdict before a campaign, the preview and the claim all
write here, so that what was shown is what goes.

A text has the way out; where the gate refuses it for not saying why it comes, the line that says so takes its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from yesword.domain import composing
from yesword.domain.gate import needs_reconfirming
from yesword.domain.hours import zone
from yesword.domain.programs import Program
from yesword.domain.shipped_texts import NoShippedTextError
from yesword.domain.state import ConsentState, Grant
from yesword.sending.weighing import Background, Offer, Scales, Weighed
from yesword.store import confirm_links, leave_links
from yesword.store.contacts import Contact


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Written:
    """What the person will read, and what the gate says of it."""

    text: str
    weighed: Weighed


def personal_text(template: str, program: Program, person: Contact) -> str:
    """What one person will read: their fields filled in, and the way out."""
    _, texts = program.texts_in(person.language)
    values = composing.person_values(person.name, person.attributes)
    return leave_links.LINKS.shown(composing.with_way_out(template, program, texts, values))


def write_template(
    scales: Scales,
    offer: Offer,
    template: str,
    person: Contact,
    state: ConsentState,
    before: Background,
    at: datetime,
) -> Written:
    """A template, for one person."""
    personal = scales.personal(template, offer.program, person.language)
    values = composing.person_values(person.name, person.attributes) if personal.fields else {}

    def saying_why(said_yes: date) -> str:
        return composing.reconfirming(template, offer.program, person.language, said_yes, values)

    return _written(
        scales,
        offer,
        personal.text(values),
        saying_why,
        person,
        state,
        before,
        at,
        made_of=personal.pieces(values),
    )


def write_text(
    scales: Scales,
    offer: Offer,
    text: str,
    person: Contact,
    state: ConsentState,
    before: Background,
    at: datetime,
) -> Written:
    """A text whose words are settled, but for the line that says why it comes, which follows it where it must."""

    def saying_why(said_yes: date) -> str:
        def why(*, says_way_out: bool) -> str:
            return composing.why_it_comes(offer.program, person.language, said_yes, says_way_out=says_way_out)

        if text.endswith((why(says_way_out=False), why(says_way_out=True))):
            return text  # one that was given back has it already
        return f"{text} {why(says_way_out=composing.has_way_out(text))}"

    return _written(scales, offer, text, saying_why, person, state, before, at)


def _written(
    scales: Scales,
    offer: Offer,
    text: str,
    saying_why: Callable[[date], str],
    person: Contact,
    state: ConsentState,
    before: Background,
    at: datetime,
    made_of: tuple[str, ...] = (),
) -> Written:
    text = confirm_links.LINKS.shown(leave_links.LINKS.shown(text))
    weighed = scales.weigh(offer, person, state, before, text, at, made_of=made_of)
    grant = _to_reconfirm(weighed, state)
    if grant is None:
        return Written(text=text, weighed=weighed)
    try:
        text = leave_links.LINKS.shown(saying_why(day_for(person, grant.since)))
    except NoShippedTextError:
        return Written(text=text, weighed=weighed)  # refused, and the reason says what it lacks
    weighed = scales.weigh(offer, person, state, before, text, at, reconfirms=True)
    return Written(text=text, weighed=weighed)


def _to_reconfirm(weighed: Weighed, state: ConsentState) -> Grant | None:
    """The consent that the text has to reconfirm."""
    if not needs_reconfirming(weighed.decision):
        return None
    return next((grant for grant in state.grants if grant.event == weighed.decision.grant), None)


def day_for(person: Contact, moment: datetime) -> date:
    """The day that it was where the person most plausibly is."""
    tz = zone(person.places[0].zone) if person.places else UTC
    return moment.astimezone(tz).date()
