"""What a collection point is, as one published version describes it. A version never changes: events pin its digest."""

import enum
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from yesword.domain import codec, composing, templates
from yesword.domain.errors import YeswordError
from yesword.domain.ids import ProgramId
from yesword.domain.programs import Program

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class PointKind(enum.StrEnum):
    FORM = "form"  # a page of ours, or a landing page
    POPUP = "popup"  # the same question on somebody else's page
    CHECKOUT = "checkout"
    CONTEST = "contest"
    LEAD_AD = "lead_ad"
    EMAIL = "email"  # an invitation by e-mail: a link, or an answer
    KIOSK = "kiosk"  # a tablet in the shop
    PAPER = "paper"
    SPOKEN = "spoken"
    APPLICATION = "application"  # for a job
    CONVERSATION = "conversation"  # a colleague invites while they talk with a customer


# Their box, or their question, stands in somebody else's system, which tells of the answer: there is no page of ours.
BOXES: Final = frozenset({PointKind.CHECKOUT, PointKind.LEAD_AD})


class Confirming(enum.StrEnum):
    """How a yes that was given here becomes a grant."""

    REVERSE = "reverse"  # the person texts a word and a code: nothing goes to a number that somebody typed
    ASK = "ask"  # one text asks
    NONE = "none"  # the act itself grants, with what evidence it has


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What a point says in one language. Empty: what ships for the language."""

    title: str = ""
    benefit: str = ""  # why one would
    consent: str = ""  # beside the box; empty: the program's own disclosure
    button: str = ""
    thanks: str = ""
    reward: str = ""  # what a new member gets; the code itself is in `PointDefinition`


@dataclass(frozen=True, kw_only=True, slots=True)
class PointDefinition:
    """One version of a point. `settings` is what only its kind knows, as names and values in the order of names."""

    kind: PointKind
    name: str  # for whoever runs it
    program: ProgramId
    program_version: int
    confirming: Confirming
    wordings: tuple[tuple[str, Wording], ...]  # language → what it says
    countries: tuple[str, ...] = ()  # whose numbers it takes; empty: the brand's own country
    categories: tuple[str, ...] = ()  # that a person may choose from; empty: the program's, without a choice
    asks_name: bool = False
    minimum_age: int | None = None
    reward_code: str = ""
    accent: str = ""  # #rrggbb
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.wordings)

    def setting(self, name: str, fallback: str = "") -> str:
        return dict(self.settings).get(name, fallback)

    def wording_in(self, language: str) -> Wording:
        return dict(self.wordings).get(language, _SHIPPED)

    def to_bytes(self) -> bytes:
        return codec.dumps(self)

    @property
    def digest(self) -> str:
        """SHA-256 of its stored form: the version's name everywhere."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


_SHIPPED: Final = Wording()


class BadPointError(YeswordError):
    """The collection point cannot be published."""

    code = "bad_point"


class ForeignLanguageError(BadPointError):
    """The collection point cannot be published: its program has no texts in {languages}."""

    code = "bad_point_language"


class ForeignCategoryError(BadPointError):
    """The collection point cannot be published: its program is not about {categories}."""

    code = "bad_point_category"


class BadColourError(BadPointError):
    """The collection point cannot be published: {colour} is no colour of the form #rrggbb."""

    code = "bad_point_colour"


class BadCountryError(BadPointError):
    """The collection point cannot be published: {country} is no country of two letters, such as NL."""

    code = "bad_point_country"


class BadWordingError(BadPointError):
    """The collection point cannot be published: the wording in {language} cannot be filled in. {why}"""

    code = "bad_point_wording"


class PersonalWordingError(BadPointError):
    """The collection point cannot be published: the wording in {language} has a field of a person, whom nobody knows yet."""

    code = "bad_point_personal"


class EmptyWordingError(BadPointError):
    """The collection point cannot be published: the wording in {language} says nothing."""

    code = "bad_point_empty"


def check(definition: PointDefinition, program: Program) -> None:
    """Whether it could be shown as it is. Raises BadPointError at the first thing that is not as it has to be."""
    foreign = [each for each in definition.languages if each not in program.languages]
    if foreign:
        raise ForeignLanguageError(languages=", ".join(foreign))
    others = [each for each in definition.categories if each not in program.categories]
    if others:
        raise ForeignCategoryError(categories=", ".join(others))
    if definition.accent and not _COLOUR.fullmatch(definition.accent):
        raise BadColourError(colour=definition.accent)
    unknown = [each for each in definition.countries if not _COUNTRY.fullmatch(each)]
    if unknown:
        raise BadCountryError(country=unknown[0])
    for language, wording in definition.wordings:
        values = composing.program_values(program, program.texts_in(language)[1])
        try:
            source = templates.parse(wording.consent)
            said = templates.render(source, values)
            people = [
                each for each in source.parts if isinstance(each, templates.Field) and each.is_of_person
            ]
        except templates.TemplateError as error:
            raise BadWordingError(language=language, why=error) from error
        if people:
            raise PersonalWordingError(language=language)
        if said and not said.strip():
            raise EmptyWordingError(language=language)
