"""Whether a wording says a part that some rule asks for, and the standard wording to offer where it does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yesword.domain import category_words
from yesword.domain.composing import has_way_out
from yesword.domain.linting import wordings
from yesword.domain.linting.frequency import stated
from yesword.domain.linting.links import emails, links, phone_numbers, without_links
from yesword.domain.linting.patterns import is_in, plain
from yesword.domain.linting.selling import categories_in
from yesword.domain.programs import Program
from yesword.domain.rules.model.content import Part

# What is said of promotion only: a reminder of an appointment is no condition of a purchase, nor about products.
OF_PROMOTION: Final = frozenset({Part.NO_CONDITION, Part.CATEGORIES, Part.AUTOMATED})
_UNKNOWN: Final = "..."  # in letters of GSM-7


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """A text to be read for its parts, and what is known of who says it. What is empty is not known."""

    text: str
    language: str | None
    brand: str = ""
    program: str = ""
    categories: tuple[str, ...] = ()
    frequency: str = ""
    terms_url: str = ""
    privacy_url: str = ""
    support: str = ""
    has_terms_link: bool = False  # the words for it are a link, which a bare text cannot show
    has_privacy_link: bool = False

    @classmethod
    def of(cls, text: str, language: str | None, program: Program | None, brand: str = "") -> "Wording":
        if program is None:
            return cls(text=text, language=language, brand=brand)
        _, texts = program.texts_in(language)
        return cls(
            text=text,
            language=language,
            brand=brand or program.brand_name,
            program=program.name,
            categories=program.categories,
            frequency=texts.frequency,
            terms_url=program.terms_url,
            privacy_url=program.privacy_url,
            support=program.support,
        )


def says(part: Part, said: Wording) -> bool:
    match part:
        case Part.BRAND:
            return not said.brand or names(said.text, said.brand)
        case Part.PROGRAM:
            return not said.program or names(said.text, said.program)
        case Part.CATEGORIES:
            return _names_categories(said)
        case Part.FREQUENCY:
            return (
                _phrased(part, said)
                or stated(said.text, said.language) is not None
                or _has(said, said.frequency)
            )
        case Part.STOP:
            return has_way_out(said.text) or _phrased(part, said)
        case Part.WITHDRAWAL:  # who is told to text STOP is told that they may withdraw, and how
            return _phrased(part, said) or says(Part.STOP, said)
        case Part.TERMS:
            return _links_to(said, part, said.terms_url, has_link=said.has_terms_link)
        case Part.PRIVACY:
            return _links_to(said, part, said.privacy_url, has_link=said.has_privacy_link)
        case Part.CONTACT:
            return (
                _has(said, said.support)
                or _phrased(part, said)
                or any(find(said.text) for find in (phone_numbers, emails, links))
            )
        case _:
            return _phrased(part, said)


def has_link_to_more(said: Wording) -> bool:
    """Whether what may stand behind a link has one to stand behind."""
    return said.has_privacy_link or said.has_terms_link or bool(links(said.text))


def names(text: str, name: str) -> bool:
    """Whether a word begins as the name does: "Olas erbjudanden" names Ola. A link to acme.example names nobody."""
    read = text if "." in name else without_links(text)
    folded, wanted = plain(read).casefold(), plain(name).strip().casefold()
    place = folded.find(wanted)
    while place >= 0:
        if place == 0 or not folded[place - 1].isalnum():
            return True
        place = folded.find(wanted, place + 1)
    return False


def offer(part: Part, said: Wording) -> str | None:
    """The standard wording, with what is known filled in; nothing where that would leave no word."""
    spoken = _spoken(said)
    filled = _filled(spoken.parts[part.value].offer, said, spoken.language)
    return filled if any(character.isalnum() for character in filled) else None


def offer_for_box(said: Wording) -> str:
    """How to begin where ticking is the act, and no text."""
    spoken = _spoken(said)
    return _filled(spoken.by_keyword.offer, said, spoken.language)


def _spoken(said: Wording) -> wordings.Wordings:
    known = wordings.in_language(said.language)[0] if said.language else None
    language = known or wordings.wordings("en")
    assert language is not None
    return language


def _filled(template: str, said: Wording, language: str) -> str:
    return template.format_map(_Values(_values(said, language)))


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _UNKNOWN


def _values(said: Wording, language: str) -> Mapping[str, str]:
    values = {
        "brand": said.brand,
        "program": said.program,
        "frequency": said.frequency[:1].upper() + said.frequency[1:],
        "categories": category_words.listed(said.categories, language),
        "terms": said.terms_url,
        "privacy": said.privacy_url,
        "support": said.support,
    }
    return {key: value for key, value in values.items() if value}


def _phrased(part: Part, said: Wording) -> bool:
    written = plain(said.text)
    return any(is_in(each.parts[part.value].says, written) for each in wordings.in_language(said.language))


def _names_categories(said: Wording) -> bool:
    if _phrased(Part.CATEGORIES, said):
        return True
    named = categories_in(said.text, said.language)
    if not said.categories:
        return bool(named)
    # A category that no list knows is named when its own name stands there, or what people read for it.
    return bool(set(named) & set(said.categories)) or any(
        names(said.text, name)
        for each in said.categories
        for name in (each.replace("_", " "), category_words.word(each, said.language or ""))
    )


def _has(said: Wording, value: str) -> bool:
    return bool(value) and value.casefold() in said.text.casefold()


def _links_to(said: Wording, part: Part, url: str, *, has_link: bool) -> bool:
    return _has(said, url) or (_phrased(part, said) and (has_link or bool(links(said.text))))
