"""Texts with merge fields in square brackets, as the trade writes them: `Hi [Customer Name|there]!`

A field is known or refused when the template is read, so that nothing can go wrong in the middle of a
campaign that could have been said before. What a text measures is in `text`; which wording is due, elsewhere.

    [Brand]                             a fact of the sender: must be there when the text is made
    [Category of interest|our range]    a fact of the person: what follows the bar is used where it is missing
    [attribute:shoe size|your size]     any other thing that a contact is known to have
    [[                                  a bracket that is meant as one; a closing bracket needs nothing
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar, Final

from yesword.domain.errors import YeswordError

PERSON_FIELDS: Final = frozenset(
    {"customer name", "first name", "location", "category of interest", "past purchase"}
)
SENDER_FIELDS: Final = frozenset(
    {
        "brand",
        "program",
        "frequency",
        "stop",
        "help",
        "keyword",
        "code",
        "support",
        "terms",
        "privacy",
        "date",
        "time",
        "since",  # the day of the person's own yes
        "until",  # the day on which it ends
        "yes",  # the word that says yes again
        "unsubscribe",  # how to leave by a link of the text's own
        "confirm",  # the link to the page that takes the answer to a question
    }
)
ATTRIBUTE: Final = "attribute:"
MAX_PERSON_VALUE: Final = 60  # characters; a longer name is a mistake or an attack, and each segment costs

# Other names in use for the same fields.
_ALIASES: Final = MappingProxyType(
    {
        "business name": "brand",
        "your business name": "brand",
        "company name": "brand",
        "customer location": "location",
        "customers product category of interest": "category of interest",
        "product category of interest": "category of interest",
        "unsubscribe link": "unsubscribe",
    }
)


class TemplateError(YeswordError):
    """The template cannot be used."""

    code: ClassVar[str] = "template"


class UnclosedFieldError(TemplateError):
    """The bracket at character {position} is not closed. Close it with ], or write [[ for a plain bracket."""

    code = "template_unclosed"


class UnknownFieldError(TemplateError):
    """There is no field "{field}" (character {position}). Use one of: {known}; or write [[ for a plain bracket."""

    code = "template_unknown_field"


class FieldNeedsFallbackError(TemplateError):
    """The field "{field}" (character {position}) is not known of everybody. Say what to write instead: [{field}|…]."""

    code = "template_needs_fallback"


class MissingValueError(TemplateError):
    """There is no value for "{field}" (character {position}). Give it one, or a fallback: [{field}|…]."""

    code = "template_missing_value"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    name: str  # normalised
    fallback: str | None  # None: a value must be given; "" is a fallback too
    position: int  # of its bracket in the source, counted from 1

    @property
    def is_of_person(self) -> bool:
        return self.name in PERSON_FIELDS or self.name.startswith(ATTRIBUTE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    source: str
    parts: tuple[str | Field, ...]  # plain text and fields, in order


def parse(source: str) -> Template:
    """Read a template. Raises the `TemplateError` of the first thing that is wrong, with its place."""
    return Template(source=source, parts=tuple(_joined(_parts(source))))


def fields(template: Template) -> tuple[str, ...]:
    """The names of the fields that the template uses, each once, in order of appearance."""
    return tuple(dict.fromkeys(part.name for part in template.parts if isinstance(part, Field)))


def render(template: Template, values: Mapping[str, str]) -> str:
    """The text for one person. Keys of `values` may be written as in templates; an empty value counts as none.

    What a person supplied is cleaned (see `clean`); no value is ever read as template again. Raises
    `MissingValueError` where a field has neither value nor fallback.
    """
    if len(template.parts) == 1 and isinstance(template.parts[0], str):
        return template.parts[0]  # the same for everybody
    return "".join(_rendered(template, values, missing=_refuse))


def filled(template: Template, values: Mapping[str, str]) -> Template:
    """With the fields that `values` names, by their one name, in it for good: what is left are the others.

    Raises `MissingValueError` where one of these has neither value nor fallback.
    """
    parts = (
        part
        if isinstance(part, str) or part.name not in values
        else "".join(_rendered(Template(source="", parts=(part,)), values, missing=_refuse))
        for part in template.parts
    )
    return Template(source=template.source, parts=tuple(_joined(parts)))


def preview(template: Template, values: Mapping[str, str] | None = None) -> str:
    """As `render`, but a field with neither value nor fallback shows its name in angle brackets: `<brand>`."""
    return "".join(_rendered(template, values or {}, missing=lambda field: f"<{field.name}>"))


def clean(value: str) -> str:
    """A person's value fit for a line of text: as `one_line` has it, of 60 characters."""
    return one_line(value)[:MAX_PERSON_VALUE].rstrip()


def one_line(value: str) -> str:
    """The value without controls, line breaks and hidden reordering."""
    visible = "".join(_visible(character) for character in value)
    return " ".join(visible.split())


@lru_cache(maxsize=4096)
def field_name(written: str) -> str:
    """The one name of a field: case, underscores, runs of spaces and apostrophes make no difference."""
    plain = (
        written.replace("_", " ").replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "").casefold()
    )
    name = " ".join(plain.split())
    if name.startswith(ATTRIBUTE):
        return ATTRIBUTE + name.removeprefix(ATTRIBUTE).lstrip()
    return _ALIASES.get(name, name)


def _parts(source: str) -> Iterator[str | Field]:
    start = 0
    while (bracket := source.find("[", start)) >= 0:
        yield source[start:bracket]
        if source.startswith("[[", bracket):
            yield "["
            start = bracket + 2
            continue
        end = source.find("]", bracket)
        if end < 0 or "[" in source[bracket + 1 : end]:
            raise UnclosedFieldError(position=bracket + 1)
        yield _field(source[bracket + 1 : end], bracket + 1)
        start = end + 1
    yield source[start:]


def _joined(parts: Iterable[str | Field]) -> Iterator[str | Field]:
    plain = ""
    for part in parts:
        if isinstance(part, str):
            plain += part
            continue
        if plain:
            yield plain
        plain = ""
        yield part
    if plain:
        yield plain


def _field(inside: str, position: int) -> Field:
    written, bar, fallback = inside.partition("|")
    field = Field(name=field_name(written), fallback=fallback.strip() if bar else None, position=position)
    if field.name not in PERSON_FIELDS | SENDER_FIELDS and not _is_attribute(field.name):
        known = ", ".join([*sorted(PERSON_FIELDS | SENDER_FIELDS), f"{ATTRIBUTE}…"])
        raise UnknownFieldError(field=written.strip(), position=position, known=known)
    if field.is_of_person and field.fallback is None:
        raise FieldNeedsFallbackError(field=written.strip(), position=position)
    return field


def _is_attribute(name: str) -> bool:
    return name.startswith(ATTRIBUTE) and name != ATTRIBUTE


def _rendered(
    template: Template, values: Mapping[str, str], *, missing: Callable[[Field], str]
) -> Iterator[str]:
    by_name = {field_name(key): value for key, value in values.items()}
    for part in template.parts:
        if isinstance(part, str):
            yield part
            continue
        value = by_name.get(part.name, "")
        if part.is_of_person:
            value = clean(value)
        if value.strip():
            yield value
        else:
            yield missing(part) if part.fallback is None else part.fallback


def _visible(character: str) -> str:
    # Lone surrogates cannot be sent at all.
    if character in _HIDDEN or unicodedata.category(character) == "Cs":
        return ""
    return " " if unicodedata.category(character) == "Cc" else character


def _refuse(field: Field) -> str:
    raise MissingValueError(field=field.name, position=field.position)


# Marks that reorder what is read or hide in it. The joiners stay: names in some scripts and many emoji need them.
_HIDDEN: Final = frozenset(
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}"
    "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
    "\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}"
)
