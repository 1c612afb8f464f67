"""What an application for a job asks: about this one first, and then, as a question of its own, about others. Pure.

Both are questions that take a yes or a no, and neither is answered beforehand. The wordings that ship stand in
applications.toml; a point may have its own.
"""

import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Final

from yesword.domain import composing
from yesword.domain.collecting.points import PointDefinition
from yesword.domain.errors import YeswordError
from yesword.domain.programs import Program

# Settings of a point of this kind.
GENERAL: Final = "general"  # the key of the program that the second question is about
GENERAL_VERSION: Final = "general_version"  # and which version: its words are what people see
USE: Final = "use"  # which of the wordings that ship it asks with
ASKED_GENERALLY: Final = "asks_"  # and a language: its own words of the second question, as a template

_FALLBACK: Final = "en"


class Use(enum.StrEnum):
    """What the texts are for."""

    JOBS = "jobs"  # at the company itself
    RECRUITER = "recruiter"  # somebody writes about this job
    NOTICES = "notices"  # interviews, timecards, payments


class UnansweredError(YeswordError):
    """The question whether texts may come has no answer. It takes a yes or a no; neither is filled in beforehand."""

    code = "application_unanswered"


class SamePurposeError(YeswordError):
    """The two questions of an application are about one program, {program}. Name another one for the second."""

    code = "application_same_program"


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What ships for one language and use. The questions are templates; `yes`, `no` and `required` are plain."""

    specific: str
    general: str
    yes: str
    no: str
    required: str


@cache
def _shipped() -> Mapping[str, Mapping[str, Words]]:
    text = resources.files("yesword.domain.collecting").joinpath("applications.toml").read_text("utf-8")
    return {
        language: {
            use.value: Words(**words[use.value], yes=words["yes"], no=words["no"], required=words["required"])
            for use in Use
        }
        for language, words in tomllib.loads(text).items()
    }


def shipped(use: Use, language: str) -> Words:
    """In English where none ships for the language."""
    known = _shipped()
    return known.get(language, known[_FALLBACK])[use.value]


def use_of(definition: PointDefinition) -> Use:
    named = definition.setting(USE)
    return Use(named) if named in set(Use) else Use.JOBS


def specific_text(definition: PointDefinition, program: Program, language: str) -> str:
    """The first question, as it stands there."""
    source = definition.wording_in(language).consent or shipped(use_of(definition), language).specific
    return composing.compose(source, program, program.texts_in(language)[1])


def general_text(definition: PointDefinition, general: Program, language: str) -> str:
    """The second one, about the other program."""
    own = definition.setting(ASKED_GENERALLY + language)
    source = own or shipped(use_of(definition), language).general
    return composing.compose(source, general, general.texts_in(language)[1])


def answered(value: str) -> bool:
    """`yes` or `no`, as a form sends it. Raises UnansweredError for anything else: an open question refuses the form."""
    if value not in ("yes", "no"):
        raise UnansweredError
    return value == "yes"


def with_general(definition: PointDefinition, general: Program, use: Use = Use.JOBS) -> PointDefinition:
    """The point with a second question about that program. Raises SamePurposeError."""
    if general.id == definition.program:
        raise SamePurposeError(program=general.key)
    settings = dict(definition.settings) | {
        GENERAL: general.key,
        GENERAL_VERSION: str(general.version),
        USE: use.value,
    }
    return replace(definition, settings=tuple(sorted(settings.items())))
