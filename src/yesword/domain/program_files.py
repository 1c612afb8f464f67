"""Reads a program from TOML, strictly: what is missing, misspelt or could not be sent is refused here, by file and key.

The brand is not in the file: the same program could be another brand's. Two keys of each language are not texts but
claims about them, which no field can show: `rates` and `use_case` are wordings that must stand in the disclosure.
"""

import enum
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, TypeVar

from yesword.domain import composing, templates
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.linting.measuring import reconfirms
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Frequency, OptIn, Program, Texts
from yesword.domain.shipped_texts import SHIPPED, shipped
from yesword.domain.understanding import Kind, is_opt_out, understand
from yesword.domain.understanding.normalise import normalise

T = TypeVar("T")
E = TypeVar("E", bound=enum.StrEnum)

# What each text must say. The disclosure: the seven parts of opt-in wording (with the two claims below). The rest:
# CTIA Messaging Principles, on the welcome, HELP and STOP; and a way out that names the word.
REQUIRED_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "disclosure": ("brand", "frequency", "stop", "help", "terms", "privacy"),
    "consent_request": ("brand",),
    "welcome": ("brand", "program", "frequency", "help", "stop"),
    "help": ("brand", "program", "support", "frequency", "stop"),
    "stop": ("brand",),
    "way_out": ("stop",),
    "reconfirm": ("program", "since", "stop"),
    "renewal_notice": ("brand", "program", "since", "stop"),
    "renewal_question": ("brand", "program", "since", "until", "yes", "stop"),
}
REQUIRED_CLAIMS: Final[Mapping[str, tuple[str, ...]]] = {
    "disclosure": ("rates", "use_case"),
    "welcome": ("rates",),
    "help": ("rates",),
}
# Said of the program and not to the person, so that it is no template.
_PLAIN: Final = frozenset({"frequency"})
_TEMPLATES: Final = tuple(
    field.name
    for field in fields(Texts)
    if field.name not in _PLAIN and field.name not in ("confirm_words", *SHIPPED)
)
_ANY_DAY: Final = date(2026, 3, 2)
_KEY: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_KINDS: Final[Mapping[type, str]] = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


class ProgramFileError(YeswordError):
    """{file}, {key}: {what}. {remedy}"""

    code = "bad_program_file"


def read_program(
    text: str,
    *,
    file: str,
    brand: BrandId,
    brand_name: str,
    brand_country: str,
    languages: tuple[str, ...] = (),
) -> Program:
    """The program that the TOML describes, not yet published (id and version are 0).

    `languages` are those that it must have at least. Raises `ProgramFileError`, which names file and key.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgramFileError(
            file=file, key="TOML", what=str(error), remedy="Correct the syntax."
        ) from error
    table = _Table(file=file, path="", rest=values)
    spoken = table.table("texts")
    texts, claims = _all_texts(spoken, languages)
    frequency = table.table("frequency")
    program = Program(
        id=ProgramId(0),
        version=0,
        brand=brand,
        brand_name=brand_name,
        brand_country=brand_country,
        key=_key(table),
        name=table.text("name"),
        purpose=table.text("purpose"),
        categories=table.words("categories"),
        message_class=table.enum("class", MessageClass),
        frequency=Frequency(count=frequency.positive("count"), days=frequency.positive("days")),
        opt_in=table.enum("opt_in", OptIn),
        keywords=_keywords(table, is_name=any(each.isalpha() for each in str(table.rest.get("sender")))),
        sender=table.text("sender"),
        default_language=table.text("default_language"),
        texts=tuple(texts.items()),
        support=table.text("support"),
        terms_url=table.text("terms_url"),
        privacy_url=table.text("privacy_url"),
        minimum_age=table.positive("minimum_age") if "minimum_age" in table.rest else None,
        may_invite=table.take("may_invite", bool) if "may_invite" in table.rest else False,
        renews=table.take("renew", bool) if "renew" in table.rest else False,
        asks_which=table.take("asks_which", bool) if "asks_which" in table.rest else False,
    )
    if program.default_language not in texts:
        raise table.wrong(
            "default_language",
            f'there are no texts in "{program.default_language}"',
            f"Add [texts.{program.default_language}].",
        )
    frequency.done()
    table.done()
    for language, said in texts.items():
        _check_texts(file, program, language, said, claims[language])
    return program


@dataclass(kw_only=True)
class _Table:
    """One TOML table, read key by key; `done` refuses what was not asked for."""

    file: str
    path: str
    rest: dict[str, Any]

    def take(self, key: str, kind: type[T]) -> T:
        if key not in self.rest:
            raise self.wrong(key, "it is missing", f"Give {_KINDS[kind]}.")
        value = self.rest.pop(key)
        if type(value) is not kind:  # a bool is an int to Python, but not to a reader
            raise self.wrong(key, f"it is {value!r}", f"Give {_KINDS[kind]}.")
        return value

    def text(self, key: str) -> str:
        value = self.take(key, str)
        if not value.strip():
            raise self.wrong(key, "it is empty", "Say something.")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list)
        if not values or not all(isinstance(each, str) and each.strip() for each in values):
            raise self.wrong(key, f"it is {values!r}", "Give a list of one or more strings.")
        if len(set(values)) < len(values):
            raise self.wrong(key, "it says one thing twice", "Say each once.")
        return tuple(values)

    def positive(self, key: str) -> int:
        value = self.take(key, int)
        if value < 1:
            raise self.wrong(key, f"it is {value}", "Give 1 or more.")
        return value

    def enum(self, key: str, kind: type[E]) -> E:
        value = self.take(key, str)
        if value not in set(kind):
            raise self.wrong(key, f'"{value}" is not known', f"Give one of {', '.join(kind)}.")
        return kind(value)

    def table(self, key: str) -> "_Table":
        return _Table(file=self.file, path=f"{self.path}{key}.", rest=self.take(key, dict))

    def done(self) -> None:
        for key in self.rest:
            raise self.wrong(key, "nothing is called so", "Remove it, or correct its spelling.")

    def wrong(self, key: str, what: str, remedy: str) -> ProgramFileError:
        return ProgramFileError(file=self.file, key=self.path + key, what=what, remedy=remedy)


def _key(table: _Table) -> str:
    key = table.text("key")
    if not _KEY.fullmatch(key):
        raise table.wrong("key", f'"{key}" is no key', "Use small letters, digits and hyphens.")
    return key


def _keywords(table: _Table, *, is_name: bool) -> tuple[str, ...]:
    """A keyword may not be a word that means something else to everybody, above all leaving."""
    # Nobody can text a name: its program has no keyword, and people join where it asks them.
    if is_name and table.rest.get("keywords") == []:
        table.take("keywords", list)
        return ()
    keywords = table.words("keywords")
    for keyword in keywords:
        if is_opt_out(normalise(keyword).words):
            raise table.wrong(
                "keywords", f'"{keyword}" is a word that people leave with', "Choose another keyword."
            )
        if (kind := understand(keyword).kind) is not Kind.OTHER:
            raise table.wrong(
                "keywords",
                f'"{keyword}" already means {kind.value.replace("_", " ")}',
                "Choose another keyword.",
            )
    return keywords


def _all_texts(
    spoken: _Table, languages: tuple[str, ...]
) -> tuple[dict[str, Texts], dict[str, dict[str, str]]]:
    if not spoken.rest:
        raise spoken.wrong("", "there are no texts", "Add a table such as [texts.en].")
    for language in languages:
        if language not in spoken.rest:
            raise spoken.wrong(language, "this language is missing", f"Add [texts.{language}].")
    texts, claims = {}, {}
    for language in list(spoken.rest):
        if not _LANGUAGE.fullmatch(language):
            raise spoken.wrong(language, "it is no language", "Use a code such as en.")
        table = spoken.table(language)
        claims[language] = {key: table.text(key) for key in ("rates", "use_case")}
        said = {key: table.text(key) for key in (*_TEMPLATES, *sorted(_PLAIN))}
        said |= {key: _unless_shipped(table, key, language) for key in SHIPPED}
        texts[language] = Texts(confirm_words=_confirm_words(table), **said)
        table.done()
    return texts, claims


def _unless_shipped(table: _Table, key: str, language: str) -> str:
    """The program's own words; none where those that ship for the language will do."""
    if key not in table.rest and language not in shipped():
        raise table.wrong(key, "it is missing, and none ships for this language", f"Give {_KINDS[str]}.")
    return table.text(key) if key in table.rest else ""


def _confirm_words(table: _Table) -> tuple[str, ...]:
    words = table.words("confirm_words")
    for word in words:
        if is_opt_out(normalise(word).words):
            raise table.wrong(
                "confirm_words", f'"{word}" is a word that people leave with', "Take it off the list."
            )
    return words


def _says_why(program: Program, language: str) -> bool:
    """What the gate will be told of a text with this line, as far as the words of the language are known."""
    return reconfirms(composing.why_it_comes(program, language, _ANY_DAY))


def _check_texts(file: str, program: Program, language: str, texts: Texts, claims: Mapping[str, str]) -> None:
    table = _Table(file=file, path=f"texts.{language}.", rest={})
    if "[" in texts.frequency:
        raise table.wrong("frequency", "it has a field", "Say it in plain words: other texts quote it.")
    own = [key for key in SHIPPED if getattr(texts, key)]
    for key in (*_TEMPLATES, *own):
        source: str = getattr(texts, key)
        try:
            used = templates.fields(templates.parse(source))
            if "keyword" in used and not program.keywords:
                raise table.wrong(
                    key,
                    "it says a [Keyword], and the program has none",
                    "Say how people join in place of it.",
                )
            if key in SHIPPED:
                composing.about_consent(key, program, language, _ANY_DAY, _ANY_DAY)
            else:
                composing.compose(source, program, texts)
        except templates.TemplateError as error:
            raise table.wrong(key, error.message, "Nothing was loaded.") from error
        if key == "reconfirm" and language in shipped() and not _says_why(program, language):
            raise table.wrong(
                key, "it does not say why the text comes and how to leave", "Say both, in plain words."
            )
        for field in REQUIRED_FIELDS.get(key, ()):
            if field not in used:
                raise table.wrong(key, f"it does not say its [{field.title()}]", "Put the field in.")
        for claim in REQUIRED_CLAIMS.get(key, ()):
            if claims[claim].casefold() not in source.casefold():
                raise table.wrong(key, f'it does not say "{claims[claim]}" ({claim})', "Put these words in.")
