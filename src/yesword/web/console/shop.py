"""What the pages for the shop share: which program and language it is about, and what became of each number, in words.

The pages themselves are `tablets`, `paper` and `spoken`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.domain.collecting.asking import Course
from yesword.domain.programs import Program
from yesword.store import programs
from yesword.web.brands import brand_of, zone_of
from yesword.web.telling import language_word

_TONES: Final[Mapping[Course, tuple[str, str]]] = {
    Course.GRANT: ("leaf", "check"),
    Course.ASK: ("amber", "clock"),
    Course.WAIT: ("amber", "handset"),
    Course.ALREADY_IN: ("slate", "check"),
    Course.ALREADY_ASKED: ("slate", "clock"),
    Course.BARRED: ("brick", "stop"),
    Course.CAPPED: ("amber", "clock"),
    Course.CANNOT_TEXT: ("brick", "warning"),
}
_WORDS: Final[Mapping[Course, Promise]] = {
    Course.GRANT: gettext_lazy("Joins"),
    Course.ASK: gettext_lazy("Is asked"),
    Course.WAIT: gettext_lazy("Waits"),
    Course.ALREADY_IN: gettext_lazy("Is in"),
    Course.ALREADY_ASKED: gettext_lazy("Was asked"),
    Course.BARRED: gettext_lazy("Said no"),
    Course.CAPPED: gettext_lazy("Not now"),
    Course.CANNOT_TEXT: gettext_lazy("No texts"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """`console/shop_outcome.html`: a chip and a sentence."""

    tone: str
    icon: str
    word: Promise
    sentence: str


def outcome(course: Course, program: Program) -> Outcome:
    """What becomes of a number. For colleagues, who may know it: no page of the public says as much."""
    tone, icon = _TONES[course]
    return Outcome(tone=tone, icon=icon, word=_WORDS[course], sentence=_sentence(course, program))


def _sentence(course: Course, program: Program) -> str:
    if course is Course.WAIT:
        if not program.keywords:
            return _("Nothing is sent. Only a text of their own lets them in.")
        return _("Nothing is sent. They join when they text %(keyword)s to %(sender)s.") % {
            "keyword": program.keywords[0],
            "sender": program.sender,
        }
    return {
        Course.GRANT: _("The welcome goes out and says how to stop."),
        Course.ASK: _("One text asks them; only their yes lets them in."),
        Course.ALREADY_IN: _("Nothing changes and nothing is sent."),
        Course.ALREADY_ASKED: _("A question is open already; no second one goes out."),
        Course.BARRED: _("They said no before. Nothing is recorded and nothing is sent."),
        Course.CAPPED: _("This number has been asked enough for now. Nothing is sent."),
        Course.CANNOT_TEXT: _("This number gets no texts, or is of a country that you do not serve."),
    }[course]


def known_programs(request: HttpRequest) -> Mapping[int, Program]:
    """Those of the brand. Raises Http404 where there is none."""
    brand = brand_of(request)
    if brand is None:
        raise Http404
    return {int(each.id): each for each in programs.of_brand(brand.id)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What the page is about."""

    program: Program
    language: str

    @property
    def zone(self) -> str:
        return zone_of(self.program.brand_country)


class ChoosingForm(forms.Form):
    """Which program, and in which language it was printed or said: chosen first, for the rest hangs on it."""

    program = forms.ChoiceField(label=gettext_lazy("Program"))
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, known: Mapping[int, Program], chosen: Chosen) -> None:
        super().__init__(initial={"program": str(chosen.program.id), "language": chosen.language})
        program, language = self.fields["program"], self.fields["language"]
        assert isinstance(program, forms.ChoiceField)
        assert isinstance(language, forms.ChoiceField)
        program.choices = [(str(each.id), f"{each.name} · {each.sender}") for each in known.values()]
        spoken = dict.fromkeys(one for each in known.values() for one in each.languages)
        language.choices = [(each, str(language_word(each))) for each in spoken]


def chosen_of(data: QueryDict, known: Mapping[int, Program]) -> Chosen | None:
    """As typed; the first program where none is, and its own language where it has not the one that was chosen."""
    typed = data.get("program", "")
    program = known.get(int(typed)) if typed.isdecimal() else None
    program = program or next(iter(known.values()), None)
    if program is None:
        return None
    language = data.get("language", "")
    return Chosen(
        program=program, language=language if language in program.languages else program.default_language
    )


def local_now(zone: str, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(zone))
