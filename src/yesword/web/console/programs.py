"""Programs: what people can join, in the very words that they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yesword.domain import composing
from yesword.domain.messages import MessageClass
from yesword.domain.programs import OptIn, Program, Texts
from yesword.domain.text import measure
from yesword.reporting.programs import read_program
from yesword.reporting.standings import Standing
from yesword.store import programs
from yesword.web import languages, parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.counted import figures_of
from yesword.web.installation import store
from yesword.web.telling import language_word, texts_of

_OPT_IN: Mapping[OptIn, tuple[Promise, Promise]] = {
    OptIn.SINGLE: (gettext_lazy("Single opt-in"), gettext_lazy("The keyword itself is the yes.")),
    OptIn.DOUBLE: (
        gettext_lazy("Double opt-in"),
        gettext_lazy("The keyword asks; only a yes from the same phone joins."),
    ),
}
_CLASSES: Mapping[MessageClass, Promise] = {
    MessageClass.PROMOTIONAL: gettext_lazy("Promotional"),
    MessageClass.INFORMATIONAL: gettext_lazy("Informational"),
    MessageClass.TRANSACTIONAL: gettext_lazy("Transactional"),
    MessageClass.CONVERSATIONAL: gettext_lazy("Conversational"),
    MessageClass.SERVICE: gettext_lazy("Service"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramCard:
    program: Program
    texts: str
    opt_in: Promise
    opt_in_meaning: Promise
    promise: str
    counts: tuple[tuple[str, int], ...]  # state and how many people
    url: str


@require_safe
def programs_page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/programs.html", {"cards": [], "empty": _empty()})
    figures = figures_of(store(), brand.id)
    cards = [
        _card(each, figures.programs.get(each.id, {}) if figures else None)
        for each in programs.of_brand(brand.id)
    ]
    return render(
        request,
        "console/programs.html",
        {
            "brand": brand,
            "cards": cards,
            "counted_at": figures.at if figures else None,
            "zone": zone_of(brand.country),
            "empty": None if cards else _empty(),
        },
    )


@require_safe
def program_page(request: HttpRequest, key: str) -> HttpResponse:
    brand = brand_of(request)
    found = read_program(brand.id, key) if brand else None
    if brand is None or found is None:
        raise Http404
    program, zone = found.program, zone_of(brand.country)
    figures = figures_of(store(), brand.id)
    wanted = request.GET.get("language") or (get_language() or "")[:2]
    language, texts = program.texts_in(wanted)
    opt_in, meaning = _OPT_IN[program.opt_in]
    return render(
        request,
        "console/program.html",
        {
            "program": program,
            "is_paused": found.is_paused,
            "versions": found.versions,
            "zone": zone,
            "crumbs": [(_("Programs"), reverse("console:programs"))],
            "counts": _counts(figures.programs.get(program.id, {})) if figures else (),
            "counted_at": figures.at if figures else None,
            "texts": texts_of(program),
            "facts": [
                (_("Keyword"), _either(program.keywords)),
                (_("To"), program.sender),
                (opt_in, meaning),
                (_("Promise"), texts.frequency),
                (_("Kind of text"), _CLASSES[program.message_class]),
                (_("About"), ", ".join(program.categories)),
                *([(_("From the age of"), program.minimum_age)] if program.minimum_age else []),
                (_("Questions go to"), program.support),
                (_("Terms"), program.terms_url),
                (_("Privacy"), program.privacy_url),
            ],
            "language": language,
            "spoken": [(code, language_word(code), code == language) for code in program.languages],
            "wording": composing.disclosure(program, language),
            "wording_label": _("What people see before they join, in %(language)s")
            % {"language": language_word(language)},
            "handsets": _handsets(program, language, texts),
        },
    )


def _card(program: Program, found: Mapping[Standing, int] | None) -> ProgramCard:
    opt_in, meaning = _OPT_IN[program.opt_in]
    texts = program.texts_in((get_language() or "")[:2])[1]
    return ProgramCard(
        program=program,
        texts=texts_of(program),
        opt_in=opt_in,
        opt_in_meaning=meaning,
        promise=texts.frequency,
        counts=_counts(found) if found is not None else (),
        url=reverse("console:program", args=[program.key]),
    )


def _counts(found: Mapping[Standing, int]) -> tuple[tuple[str, int], ...]:
    shown = (Standing.GRANTED, Standing.PENDING, Standing.WITHDRAWN)
    return tuple((each.value, found.get(each, 0)) for each in shown)


def _either(words: tuple[str, ...]) -> str:
    return _(" or ").join(words)


def _handsets(program: Program, language: str, texts: Texts) -> list[parts.Handset]:
    """Each conversation that the program's texts make, as people see it."""
    keyword = (*program.keywords, "")[0]
    yes = texts.confirm_words[0] if texts.confirm_words else ""
    joining = [(True, keyword)]
    if program.opt_in is OptIn.DOUBLE:
        question = composing.question_of(program, language)
        joining += [(False, question.replace("[Confirm]", composing.CONFIRM_LINK))]
        joining += [] if composing.is_one_way(program) else [(True, yes)]
    joining += [(False, texts.welcome), (True, keyword), (False, texts.already_in)]
    leaving = [(True, "HELP"), (False, texts.help), (True, "STOP"), (False, texts.stop)]
    other = [(True, "?"), (False, texts.unknown_keyword)]
    if program.opt_in is OptIn.DOUBLE:
        other += [(False, texts.declined), (False, texts.lapsed)]
    named = [(_("Joining"), joining), (_("Help and leaving"), leaving), (_("When it goes otherwise"), other)]
    return [
        parts.Handset(
            id=f"handset-{number}",
            title=title,
            correspondent=program.sender,
            zone="",
            bubbles=[
                _bubble(program, language, texts, said, is_person=is_person) for is_person, said in lines
            ],
        )
        for number, (title, lines) in enumerate(named)
    ]


def _bubble(program: Program, language: str, texts: Texts, said: str, *, is_person: bool) -> parts.Bubble:
    text = said if is_person else composing.compose(said, program, texts)
    measured = measure(text)
    return parts.Bubble(
        text=text,
        at=None,
        is_from_person=is_person,
        segments=0 if is_person else measured.segments,
        encoding="" if is_person else measured.encoding.value,
        language="" if is_person or language not in languages.CODES else language,
    )


def _empty() -> parts.Empty:
    return parts.Empty(
        icon="program",
        title=_("No programs yet"),
        text=_(
            "A program is one stream of texts that people can join: what it is for, how often it writes, and every word that it says. Programs are written as TOML files: “yesword program check” reads one, and “yesword program apply” publishes it."
        ),
    )
