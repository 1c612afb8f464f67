"""The words that are known, by language and kind, with a box to try one in; and the programs' own keywords beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.domain.programs import Program
from yesword.domain.understanding import Kind, PendingKind, is_opt_out, understand
from yesword.domain.understanding.normalise import normalise
from yesword.reporting.programs import brands
from yesword.store import programs
from yesword.web import known_words, parts
from yesword.web.brands import brand_of
from yesword.web.readings import Reading, Setting, read

_SHOWN: Final = 100
_LONGEST: Final = 160  # characters of a word to try: one text


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What is shown of the table. It stands in the address; a word that is tried does not."""

    language: str
    kind: str
    asked: str
    after: int

    @classmethod
    def of(cls, request: HttpRequest) -> "Filter":
        language, kind = request.GET.get("language", ""), request.GET.get("kind", "")
        after = request.GET.get("after", "")
        return cls(
            language=language if language in dict(known_words.languages()) else "",
            kind=kind if kind in known_words.KINDS else "",
            asked=request.GET.get("q", "").strip()[:80],
            after=int(after) if after.isascii() and after.isdecimal() and len(after) < 6 else 0,
        )

    @property
    def is_set(self) -> bool:
        return bool(self.language or self.kind or self.asked)

    def url(self, after: int = 0) -> str:
        given = {"language": self.language, "kind": self.kind, "q": self.asked, "after": after or ""}
        asked = urlencode({name: value for name, value in given.items() if value})
        return reverse("console:replies-words") + (f"?{asked}" if asked else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A word as it would be read with nothing asked, and as an answer, where that differs."""

    word: str
    readings: Sequence[tuple[Promise | str, Reading]]
    rows: Sequence[tuple[str, Sequence[known_words.Row]]]  # that are exactly this word, by kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyword:
    """A program's own word, and whether it takes one that means something to everybody."""

    word: str
    program: str
    brand: str
    code: str
    tone: str
    icon: str
    meaning: str  # to everybody


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("word")
def page(request: HttpRequest) -> HttpResponse:
    chosen = Filter.of(request)
    word = request.POST.get("word", "").strip()
    tried = _tried(request, word[:_LONGEST], chosen.language) if word else None
    problem = (
        _("That is longer than a word can be: only its first %(count)s characters were read.")
        % {"count": _LONGEST}
        if len(word) > _LONGEST
        else ""
    )
    tested: dict[str, Any] = {"tried": tried, "problem": problem}
    if request.method == "POST" and request.headers.get("HX-Request") == "true":
        return render(request, "console/word_tried.html", tested)
    found = known_words.find(language=chosen.language, kind=chosen.kind, asked=chosen.asked)
    rows = found[chosen.after : chosen.after + _SHOWN]
    after = chosen.after + len(rows)
    return render(
        request,
        "console/replies_words.html",
        {
            **tested,
            "typed": word,
            "longest": _LONGEST,
            "here_url": chosen.url(),
            "all_url": reverse("console:replies-words"),
            "chosen": chosen,
            "language_choices": [
                (code, name, code == chosen.language) for code, name in known_words.languages()
            ],
            "kind_choices": [(kind, name, kind == chosen.kind) for kind, name in known_words.KINDS.items()],
            "rows": rows,
            "total": len(found),
            "first_url": chosen.url() if chosen.after else "",
            "next_url": chosen.url(after) if after < len(found) else "",
            "keywords": _keywords(),
            "empty": parts.Empty(
                icon="search",
                title=_("No word like that"),
                text=_(
                    "No word of the table fits what you asked for. Try it above: it may be read all the same."
                ),
                action_url=reverse("console:replies-words"),
                action_label=_("Show all words"),
            ),
        },
    )


def _tried(request: HttpRequest, word: str, language: str) -> Tried:
    brand = brand_of(request)
    setting = Setting(
        brand=brand.name if brand else _("the brand"),
        programs=programs.of_brand(brand.id) if brand else (),
        languages=(language,) if language else (),
    )
    idle = read(word, setting)
    answer = read(word, setting.asking(PendingKind.CONFIRM_CONSENT))
    readings: list[tuple[Promise | str, Reading]] = [("", idle)]
    if answer.word != idle.word:
        readings = [
            (gettext_lazy("When nothing was asked"), idle),
            (gettext_lazy("As an answer to whether they want to join"), answer),
        ]
    kinds: dict[str, list[known_words.Row]] = {}
    for row in known_words.rows_of(word):
        kinds.setdefault(row.kind_word, []).append(row)
    return Tried(word=word, readings=readings, rows=list(kinds.items()))


def _keywords() -> list[Keyword]:
    """Of every brand of this installation."""
    return [
        _keyword(word, program)
        for brand in brands()
        for program in programs.of_brand(brand.id)
        for word in program.keywords
    ]


def _keyword(word: str, program: Program) -> Keyword:
    """Publishing refuses words that are taken; one that was free then may have come into the table since."""
    tone, icon, meaning = "leaf", "check", _("None")
    if is_opt_out(normalise(word).words):
        tone, icon, meaning = "brick", "stop", _("People leave with it")
    elif (kind := understand(word).kind) is not Kind.OTHER:
        tone, icon, meaning = "amber", "warning", str(known_words.KINDS.get(kind, kind.value))
    return Keyword(
        word=word,
        program=program.name,
        brand=program.brand_name,
        code=program.sender,
        tone=tone,
        icon=icon,
        meaning=meaning,
    )
