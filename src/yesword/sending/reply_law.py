"""What the rules say about answering a person's text and acting on it. The rules themselves are data, see `domain.rules`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from yesword.domain.messages import MessageKind
from yesword.domain.places import Place
from yesword.domain.programs import Program
from yesword.domain.rules import Asked, RuleBook, resolve, settle
from yesword.domain.rules.model.stopping import ReplyLanguage, StopConfirmation, StopReach, StopScope
from yesword.domain.rules.resolve import NOWHERE
from yesword.domain.understanding.normalise import normalise
from yesword.store.contacts import Contact
from yesword.store.programs import BrandRow, SenderRow

_FIRST_SAID: Final = "en"  # of two languages in one text


def stop_reaches_all(
    brand: BrandRow, program: Program, sender: SenderRow, person: Contact, at: datetime
) -> bool:
    """Whether a stop that names this program ends everything of the brand, for this person."""
    asked = Asked(
        places=person.places,
        number_country=person.country,
        brand=brand.facts,
        message_class=program.message_class,
        kind=MessageKind.CAMPAIGN,
        route=sender.facts.kind,
        provider=sender.facts.provider,
        recipient=person.recipient,
        categories=program.categories,
    )
    return any(
        reach.scope is StopScope.BRAND and rule.is_enforced and rule.is_verified
        for rule, reach in resolve(RuleBook.load(), asked, at).of(StopReach)
    )


def may_clarify(places: Sequence[Place], at: datetime) -> bool:
    """Whether the confirmation of a stop may ask what was meant: where the law of every place says so.

    Who sends, and from where, makes no difference: the law that is silent is the person's.
    """
    book = RuleBook.load()
    return bool(places) and all(_may_ask_in(book, place, at) for place in places)


def _may_ask_in(book: RuleBook, place: Place, at: datetime) -> bool:
    on = book.day(at, place.zone)
    lines = list(book.lineages(place.country, place.region, may_be_any_region=True))
    return bool(lines) and all(
        any(
            isinstance(rule.parameter, StopConfirmation)
            and rule.parameter.may_clarify
            and rule.is_enforced
            and rule.is_verified
            for rule in settle(line, on)
        )
        for line in lines
    )


def languages_of_words(country: str, at: datetime) -> dict[tuple[str, ...], str]:
    """In which language a word has to be answered, where the number is from: ("arret",) → "fr".

    The rules ask it of short codes; from any other sender it is as right.
    """
    book = RuleBook.load()
    on = book.day(at, NOWHERE)
    return {
        normalise(word).words: rule.parameter.language
        for pack in book.packs
        if country and country in pack.reach.number_countries
        for rule in settle((pack,), on)
        if isinstance(rule.parameter, ReplyLanguage)
        for word in rule.parameter.words
    }


def pair(languages: Sequence[str], spoken: Sequence[str]) -> tuple[str, str] | None:
    """The two languages of a country in which a program answers, if it has both; English first."""
    both = sorted(set(languages), key=lambda each: (each != _FIRST_SAID, each))
    return (both[0], both[1]) if len(both) == 2 and set(both) <= set(spoken) else None
