"""How each language says the things that a text has to say: data, one file a language in `data/`, read strictly.

A file that misses a part, has one too many, or a phrase that cannot be read is refused. Adding a language is adding a
file. What the phrases mean for a text is in `parts` and `selling`.
"""

import functools
import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from yesword.domain.errors import YeswordError
from yesword.domain.linting.patterns import BadPhraseError, Phrase, compiled

# What an offered wording may name. They are filled in by whoever offers it.
FIELDS: Final = frozenset(
    {
        "brand",
        "program",
        "use_case",
        "categories",
        "frequency",
        "terms",
        "privacy",
        "support",
        "address",
        "link",
    }
)
# The parts that have a wording; the names are those of the rule model, where they are an enum. Written out, so that
# measuring a text imports no rules; a test holds the two together.
PARTS: Final = (
    *("brand", "program", "use_case", "categories", "channel", "frequency", "rates", "stop", "help", "terms"),
    *("privacy", "withdrawal", "no_condition", "automated", "number", "address", "contact", "third_parties"),
    *("cart_detection", "confirmed_out"),
)
NAMED: Final = frozenset({"brand", "program"})  # said by their name, and by no phrase
PERIODS: Final = MappingProxyType({"day": 1, "week": 7, "month": 30, "year": 365})
_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "periods": tuple(PERIODS),
    "parts": PARTS,
    "way_out": ("reply", "link"),
    "selling": ("sells", "names", "innocent", "greetings"),
    "reconfirming": ("why",),
    "answers": ("leaving", "only", "texts", "matters"),
    "by_keyword": ("says", "offer"),
    "partners": ("says", "denied"),
}
_OPEN: Final = ("numbers", "categories", "synonyms")  # these have keys of their own
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_ALIASES: Final = MappingProxyType({"no": "nb", "nn": "nb"})


class WordingFileError(YeswordError):
    """{file}, {key}: {what}. Expected {expected}."""

    code = "bad_wording_file"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    says: tuple[Phrase, ...]
    offer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Selling:
    sells: tuple[Phrase, ...]  # nobody says this without selling
    names: tuple[Phrase, ...]  # words for offers, which may also describe what a program is about
    innocent: tuple[Phrase, ...]  # the same words in another sense
    greetings: tuple[Phrase, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Words that people leave with, and what tells leaving from an answer that something else is asked for by."""

    leaving: tuple[str, ...]  # besides those of the keyword table
    only: tuple[str, ...]  # words that mean leaving the texts and nothing else
    texts: tuple[Phrase, ...]  # "to stop", "messages": leaving is meant
    matters: tuple[Phrase, ...]  # "your appointment": something else is


@dataclass(frozen=True, kw_only=True, slots=True)
class ByKeyword:
    says: tuple[Phrase, ...]  # "text JOIN to 800123"
    offer: str  # what says the same where ticking is the act


@dataclass(frozen=True, kw_only=True, slots=True)
class Partners:
    says: tuple[Phrase, ...]  # "and our partners"
    denied: tuple[Phrase, ...]  # "never shared with partners"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wordings:
    """One language."""

    language: str
    numbers: Mapping[str, int]
    periods: tuple[tuple[str, tuple[Phrase, ...]], ...]
    parts: Mapping[str, Part]
    reply_way_out: str  # the standard line, for senders that can receive
    link_way_out: str  # and for those that cannot; the link is to an unsubscribe page
    selling: Selling
    categories: Mapping[str, tuple[Phrase, ...]]
    why: tuple[Phrase, ...]  # says why the text comes
    answers: Answers
    by_keyword: ByKeyword
    partners: Partners
    synonyms: Mapping[str, tuple[str, ...]]  # what people also call a category that some rule knows


@functools.cache
def languages() -> tuple[str, ...]:
    folder = resources.files(__package__).joinpath("data")
    return tuple(sorted(each.name[:2] for each in folder.iterdir() if each.name.endswith(".toml")))


def wordings(language: str) -> Wordings | None:
    """The wordings of a language such as "nl", "nl-BE" or "no"; nothing where there are none."""
    code = language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].casefold()
    code = _ALIASES.get(code, code)
    return _shipped(code) if code in languages() else None


def in_language(language: str | None) -> tuple[Wordings, ...]:
    """The language's wordings, or those of all languages where it is not known."""
    found = wordings(language) if language else None
    return (found,) if found else tuple(_shipped(each) for each in languages())


def standard_way_out(language: str, link: str = "") -> str:
    """The standard line that says how to stop: by a reply, or by the link where the sender cannot receive."""
    said = wordings(language) or _shipped("en")
    return said.link_way_out.format(link=link) if link else said.reply_way_out


@functools.cache
def _shipped(language: str) -> Wordings:
    file = f"{language}.toml"
    text = resources.files(__package__).joinpath("data", file).read_text("utf-8")
    return read_wordings(text, file)


def read_wordings(text: str, file: str) -> Wordings:
    """Raises `WordingFileError`, which names file and key."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WordingFileError(file=file, key="TOML", what=error, expected="valid TOML") from error
    language = values.pop("language", None)
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        raise WordingFileError(file=file, key="language", what=repr(language), expected="a code such as en")
    _check_keys(file, "", values, (*_SECTIONS, *_OPEN))
    for section, known in _SECTIONS.items():
        _check_keys(file, f"{section}.", values[section], known)
    numbers = _numbers(file, values["numbers"])

    def phrases(key: str, given: object) -> tuple[Phrase, ...]:
        return _phrases(file, key, given, numbers)

    selling = {key: phrases(f"selling.{key}", given) for key, given in values["selling"].items()}
    return Wordings(
        language=language,
        numbers=numbers,
        periods=tuple(
            (period, phrases(f"periods.{period}", values["periods"][period])) for period in PERIODS
        ),
        parts=MappingProxyType({part: _part(file, part, values["parts"][part], numbers) for part in PARTS}),
        reply_way_out=_offer(file, "way_out.reply", values["way_out"]["reply"], frozenset()),
        link_way_out=_offer(file, "way_out.link", values["way_out"]["link"], frozenset({"link"})),
        selling=Selling(**selling),
        categories=MappingProxyType(
            {key: phrases(f"categories.{key}", given) for key, given in values["categories"].items()}
        ),
        why=phrases("reconfirming.why", values["reconfirming"]["why"]),
        answers=Answers(
            leaving=_strings(file, "answers.leaving", values["answers"]["leaving"]),
            only=_strings(file, "answers.only", values["answers"]["only"]),
            texts=phrases("answers.texts", values["answers"]["texts"]),
            matters=phrases("answers.matters", values["answers"]["matters"]),
        ),
        by_keyword=ByKeyword(
            says=phrases("by_keyword.says", values["by_keyword"]["says"]),
            offer=_offer(file, "by_keyword.offer", values["by_keyword"]["offer"], FIELDS),
        ),
        partners=Partners(
            says=phrases("partners.says", values["partners"]["says"]),
            denied=phrases("partners.denied", values["partners"]["denied"]),
        ),
        synonyms=MappingProxyType(
            {key: _strings(file, f"synonyms.{key}", given) for key, given in values["synonyms"].items()}
        ),
    )


def _part(file: str, part: str, given: dict[str, Any], numbers: Mapping[str, int]) -> Part:
    key = f"parts.{part}"
    _check_keys(file, f"{key}.", given, ("says", "offer"))
    says = _phrases(file, f"{key}.says", given["says"], numbers)
    if bool(says) is (part in NAMED):
        expected = "no phrases: it is said by its name" if part in NAMED else "one or more phrases"
        raise WordingFileError(file=file, key=f"{key}.says", what=f"{len(says)} phrases", expected=expected)
    return Part(says=says, offer=_offer(file, f"{key}.offer", given["offer"], FIELDS))


def _check_keys(file: str, path: str, given: object, known: tuple[str, ...]) -> None:
    if not isinstance(given, dict):
        raise WordingFileError(file=file, key=path.rstrip("."), what=repr(given), expected="a table")
    for key in given:
        if key not in known:
            raise WordingFileError(
                file=file, key=f"{path}{key}", what="it is unknown", expected=f"one of {', '.join(known)}"
            )
    for key in known:
        if key not in given:
            raise WordingFileError(
                file=file, key=f"{path}{key}", what="it is missing", expected="it to be there"
            )


def _numbers(file: str, given: object) -> Mapping[str, int]:
    if not isinstance(given, dict) or not all(type(value) is int for value in given.values()):
        raise WordingFileError(
            file=file, key="numbers", what=repr(given), expected="words with whole numbers"
        )
    return MappingProxyType(dict(given))


def _strings(file: str, key: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(each, str) and each.strip() for each in given):
        raise WordingFileError(file=file, key=key, what=repr(given), expected="a list of strings")
    return tuple(given)


def _phrases(file: str, key: str, given: object, numbers: Mapping[str, int]) -> tuple[Phrase, ...]:
    try:
        return tuple(compiled(phrase, numbers) for phrase in _strings(file, key, given))
    except BadPhraseError as error:
        raise WordingFileError(
            file=file, key=key, what=error, expected="the notation of patterns.py"
        ) from error


def _offer(file: str, key: str, given: object, known: frozenset[str]) -> str:
    if not isinstance(given, str) or not given.strip():
        raise WordingFileError(file=file, key=key, what=repr(given), expected="a wording")
    try:
        used = {
            name for _text, name, _spec, _conversion in string.Formatter().parse(given) if name is not None
        }
    except ValueError as error:
        raise WordingFileError(file=file, key=key, what=error, expected="{fields} in braces") from error
    if not used <= known:
        expected = f"fields among {', '.join(sorted(known)) or 'none'}"
        raise WordingFileError(
            file=file, key=key, what=f"it has {', '.join(sorted(used - known))}", expected=expected
        )
    return given
