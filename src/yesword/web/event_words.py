"""What happened to consent, in sentences: of each event the one that is said about the person, and the one that is said to them.

Which of them is told stands here once; the names that go into it are filled in by `telling` and by `public.your_words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.domain.events import DEAD_NUMBER, GONE_LIST, LINK, Actor, ConsentEvent, EventKind, Grade
from yesword.sending.leaving import PREFERENCES
from yesword.sending.stopping import CLARIFIED


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """`%(name)s` is the person, `%(texts)s` what the program texts, `%(brand)s` who does."""

    about: Promise
    to: Promise


def said_of(event: ConsentEvent, *, is_program: bool) -> Said:
    """`is_program`: the event names one that is known; otherwise it is about all texts of the brand."""
    return _SAID[_case(event, is_program=is_program)]


def _case(event: ConsentEvent, *, is_program: bool) -> str:
    by_handset = event.actor is Actor.HANDSET
    match event.kind:
        case EventKind.REQUESTED:
            return "requested.handset" if by_handset else "requested"
        case EventKind.RENEWED if event.actor is Actor.SYSTEM:
            return "renewed.silence"
        case EventKind.RENEWED if by_handset:
            return "renewed.handset"
        case EventKind.GRANTED | EventKind.RENEWED:
            return _grant(event, by_handset=by_handset)
        case EventKind.WITHDRAWN if event.actor is Actor.CARRIER:
            return "withdrawn.carrier"
        case EventKind.WITHDRAWN if event.route in _PAGES:
            return "withdrawn.page" if is_program else "withdrawn.all.page"
        case EventKind.CORRECTED if event.route == LINK:
            return "corrected.slip"
        case EventKind.WITHDRAWN:
            what = "withdrawn" if is_program else "withdrawn.all"
            return f"{what}.handset" if by_handset else what
        case EventKind.EXPIRED if event.reason:
            return "expired.rule"
        case EventKind.INVALIDATED if event.route == DEAD_NUMBER:
            return "invalidated.dead"
        case EventKind.INVALIDATED if event.route == GONE_LIST:
            return "invalidated.list"
        case _:
            return event.kind.value


def _grant(event: ConsentEvent, *, by_handset: bool) -> str:
    by_import = event.actor is Actor.IMPORT
    if event.reason == "start_after_stop":
        return "granted.start"
    if event.reason == CLARIFIED:
        return "granted.clarified"
    if by_handset:
        return "granted.handset"
    if by_import and event.grade is Grade.E:
        return "granted.claimed"
    return "granted.import" if by_import else "granted"


_PAGES: Final = frozenset({LINK, PREFERENCES})  # whoever left there did not text it
_SAID: Final[Mapping[str, Said]] = {
    "withdrawn.page": Said(
        about=gettext_lazy("%(name)s ended %(texts)s on a page."),
        to=gettext_lazy("You ended %(texts)s on a page."),
    ),
    "withdrawn.all.page": Said(
        about=gettext_lazy("%(name)s ended everything from %(brand)s on a page."),
        to=gettext_lazy("You ended everything from %(brand)s on a page."),
    ),
    "corrected.slip": Said(
        about=gettext_lazy("%(name)s took back at once, on the same page, that they had left: a slip."),
        to=gettext_lazy("You took back at once, on the same page, that you had left."),
    ),
    "requested.handset": Said(
        about=gettext_lazy("%(name)s asked for %(texts)s by text, and was asked to confirm."),
        to=gettext_lazy("You asked for %(texts)s by text, and were asked to confirm."),
    ),
    "requested": Said(
        about=gettext_lazy(
            "%(name)s was entered for %(texts)s. Nothing is sent until they say yes from their phone."
        ),
        to=gettext_lazy("Your number was entered for %(texts)s."),
    ),
    "renewed.silence": Said(
        about=gettext_lazy("%(name)s was reminded of having agreed to %(texts)s, and let it go on."),
        to=gettext_lazy("You were reminded of %(texts)s, and let them go on."),
    ),
    "renewed.handset": Said(
        about=gettext_lazy("%(name)s said yes to %(texts)s again, from their own phone."),
        to=gettext_lazy("You said yes to %(texts)s again, from your phone."),
    ),
    "granted.start": Said(
        about=gettext_lazy("%(name)s texted START, which brought %(texts)s back."),
        to=gettext_lazy("You texted START, which brought %(texts)s back."),
    ),
    "granted.clarified": Said(
        about=gettext_lazy("%(name)s said which texts their stop was about, which brought %(texts)s back."),
        to=gettext_lazy("You said which texts your stop was about, which brought %(texts)s back."),
    ),
    "granted.handset": Said(
        about=gettext_lazy("%(name)s joined %(texts)s from their own phone."),
        to=gettext_lazy("You said yes to %(texts)s from your phone."),
    ),
    "granted.claimed": Said(
        about=gettext_lazy(
            "A file claims, without proof, that %(name)s agreed to %(texts)s. It permits nothing."
        ),
        to=gettext_lazy(
            "A file of the business claims, without proof, that you agreed to %(texts)s. It permits nothing."
        ),
    ),
    "granted.import": Said(
        about=gettext_lazy("A file says that %(name)s agreed to %(texts)s."),
        to=gettext_lazy("A file of the business says that you agreed to %(texts)s."),
    ),
    "granted": Said(
        about=gettext_lazy("It was recorded that %(name)s agreed to %(texts)s."),
        to=gettext_lazy("It was recorded that you agreed to %(texts)s."),
    ),
    "confirmed": Said(
        about=gettext_lazy("%(name)s confirmed %(texts)s from their own phone."),
        to=gettext_lazy("You confirmed %(texts)s from your phone."),
    ),
    "refused": Said(
        about=gettext_lazy("%(name)s was asked about %(texts)s and said no."),
        to=gettext_lazy("You were asked about %(texts)s and said no."),
    ),
    "preferred": Said(
        about=gettext_lazy("%(name)s chose how to get %(texts)s."),
        to=gettext_lazy("You chose how to get %(texts)s."),
    ),
    "withdrawn.carrier": Said(
        about=gettext_lazy("The carrier reported that %(name)s stopped texts of %(brand)s."),
        to=gettext_lazy("Your carrier reported that you stopped texts of %(brand)s."),
    ),
    "withdrawn.handset": Said(
        about=gettext_lazy("%(name)s ended %(texts)s by text."),
        to=gettext_lazy("You ended %(texts)s by text."),
    ),
    "withdrawn": Said(
        about=gettext_lazy("%(texts)s were ended for %(name)s."),
        to=gettext_lazy("%(texts)s were ended for you."),
    ),
    "withdrawn.all.handset": Said(
        about=gettext_lazy("%(name)s ended everything from %(brand)s by text."),
        to=gettext_lazy("You ended everything from %(brand)s by text."),
    ),
    "withdrawn.all": Said(
        about=gettext_lazy("Everything from %(brand)s was ended for %(name)s."),
        to=gettext_lazy("Everything from %(brand)s was ended for you."),
    ),
    "corrected": Said(
        about=gettext_lazy("A stop of %(name)s had been misread, and was undone."),
        to=gettext_lazy("A text of yours had been misread as a stop. That was undone."),
    ),
    "expired.rule": Said(
        about=gettext_lazy(
            "The time that a rule gives consent to %(texts)s was over, and %(name)s had said no more."
        ),
        to=gettext_lazy("The time that a rule gives your yes to %(texts)s was over."),
    ),
    "expired": Said(
        about=gettext_lazy("The request to %(name)s about %(texts)s lapsed without a yes."),
        to=gettext_lazy("The question about %(texts)s lapsed without a yes."),
    ),
    "invalidated": Said(
        about=gettext_lazy("The number was reported as no longer that of %(name)s."),
        to=gettext_lazy("Your number was reported as somebody else's now."),
    ),
    "invalidated.dead": Said(
        about=gettext_lazy("Carriers said on several days that nobody has the number of %(name)s any more."),
        to=gettext_lazy("Carriers said on several days that nobody has your number any more."),
    ),
    "invalidated.list": Said(
        about=gettext_lazy(
            "The number of %(name)s stands in a list of numbers that were given up or passed on."
        ),
        to=gettext_lazy("Your number stands in a list of numbers that were given up or passed on."),
    ),
    "erased": Said(
        about=gettext_lazy("%(name)s was erased."),
        to=gettext_lazy("What was kept about you was erased."),
    ),
}
