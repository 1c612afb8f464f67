"""How a form looks: what its template is given, whether it is shown to people, previewed by its author, or kept as evidence."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self

from django.core import signing
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yesword.collect.applications import general_of
from yesword.collect.points import Point
from yesword.collect.tickets import LASTS
from yesword.domain import composing
from yesword.domain.collecting.ages import AgeGate, age_gate
from yesword.domain.collecting.applications import shipped, use_of
from yesword.domain.collecting.points import PointDefinition, PointKind, Wording
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.evidence.presentation import contrast
from yesword.domain.programs import Program
from yesword.domain.times import from_micros, to_micros
from yesword.web import languages, law_names
from yesword.web.installation import rules
from yesword.web.paths import STATIC_FOLDER

SPECIFIC: Final = "specific"  # the fields of an application's questions
GENERAL: Final = "general"
_SALT: Final = "yesword.web.public.forms"
_STYLES: Final = ("tokens.css", "form.css")
_OWN_NAMES: Final = dict(languages.NAMES)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Typed:
    """What somebody typed and ticked, kept while it is being corrected. Nothing is ticked that they did not tick."""

    number: str = ""
    country: str = ""
    name: str = ""
    categories: tuple[str, ...] = ()
    born: str = ""
    job: str = ""
    ticks: Mapping[str, str] = field(default_factory=dict)  # field → "yes" or "no", as they sent it
    errors: Mapping[str, str] = field(default_factory=dict)  # field → what is wrong, in the order of the page
    notice: str = ""  # about the page as a whole

    def unticked(self) -> Self:
        """For a page that may say something else than the one that was ticked."""
        return replace(self, ticks={})


NOTHING: Final = Typed()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What a page carries, and sends back once."""

    nonce: str
    digest: str  # of the version that is shown
    language: str
    given_at: datetime


class BadTicketError(Exception):
    """It was not given out here, or too long ago."""


def give_ticket(digest: str, language: str, at: datetime) -> tuple[str, str]:
    """The ticket as a word, and the nonce in it, which the browser puts into what it tells of the page."""
    nonce = secrets.token_urlsafe(18)
    return signing.dumps([nonce, digest, language, to_micros(at)], salt=_SALT), nonce


def read_ticket(word: str) -> Ticket:
    try:
        nonce, digest, language, given_at = signing.loads(word, salt=_SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError) as error:
        raise BadTicketError from error
    return Ticket(nonce=nonce, digest=digest, language=language, given_at=from_micros(given_at))


def spoken(definition: PointDefinition, program: Program) -> tuple[str, ...]:
    """The languages of a point: its own, as far as its program speaks them."""
    return tuple(each for each in definition.languages if each in program.languages) or program.languages


def countries_of(definition: PointDefinition, program: Program) -> tuple[str, ...]:
    return definition.countries or (program.brand_country,)


def gate_of(definition: PointDefinition, program: Program) -> AgeGate | None:
    return age_gate(
        definition, program, countries_of(definition, program), rules().packs, timezone.now().date()
    )


def words_of(definition: PointDefinition, program: Program, language: str) -> Wording:
    """What the page says: the point's own words, or those that ship, in the language that is active."""
    own = definition.wording_in(language)
    brand = {"brand": program.brand_name, "program": program.name}
    is_application = definition.kind is PointKind.APPLICATION
    return Wording(
        title=own.title
        or (_("Texts about your application") if is_application else _("Texts from %(brand)s") % brand),
        benefit=own.benefit,
        consent=consent_text(definition, program, language),
        button=own.button or (_("Send my answers") if is_application else _("Sign me up")),
        thanks=own.thanks,
        reward=own.reward,
    )


def context_of(
    definition: PointDefinition, program: Program, language: str, typed: Typed = NOTHING
) -> dict[str, Any]:
    """All that the page shows of the point. Call it with the language of the page active."""
    countries = countries_of(definition, program)
    _found, texts = program.texts_in(language)
    return {
        "brand": program.brand_name,
        "program": program,
        "language": language,
        "has_own_title": bool(definition.wording_in(language).title),
        "runs": languages.direction_of(language),
        "words": words_of(definition, program, language),
        "frequency": composing.compose(texts.frequency, program, texts),
        "categories": program.categories if not definition.categories else (),
        "choices": [(each, each in typed.categories) for each in definition.categories],
        "countries": [(code, country_named(code)) for code in countries] if len(countries) > 1 else (),
        "country": typed.country or countries[0],
        "country_name": country_named(countries[0]),
        "gate": gate_of(definition, program),
        "asks_name": definition.asks_name,
        "questions": questions_of(definition, program, language, typed),
        "has_reward": bool(definition.reward_code),
        "terms_url": whole(program.terms_url),
        "privacy_url": whole(program.privacy_url),
        "support": program.support,
        "typed": typed,
        "first_wrong": next(iter(typed.errors), ""),
        "accent": definition.accent.lstrip("#"),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One that takes a yes or a no. `said`: which of them the person gave it; neither before."""

    name: str
    words: str
    yes: str
    no: str
    said: str
    error: str
    is_first_wrong: bool


def questions_of(
    definition: PointDefinition, program: Program, language: str, typed: Typed = NOTHING
) -> Sequence[Question]:
    """What an application asks: about this job, and then about others. None of another point."""
    if definition.kind is not PointKind.APPLICATION:
        return ()
    words = shipped(use_of(definition), language)
    asked = {SPECIFIC: program, GENERAL: general_of(definition, program.brand)}
    return [
        Question(
            name=name,
            words=consent_text(definition, about, language),
            yes=words.yes,
            no=words.no,
            said=typed.ticks.get(name, ""),
            error=typed.errors.get(name, ""),
            is_first_wrong=next(iter(typed.errors), "") == name,
        )
        for name, about in asked.items()
        if about is not None
    ]


def other_languages(point: Point, language: str, source: str) -> Sequence[tuple[str, str, bool, str]]:
    tag = f"&s={source}" if source else ""
    return [
        (code, _OWN_NAMES.get(code, code), code == language, f"?lang={code}{tag}")
        for code in spoken(point.definition, point.program)
    ]


def kept_page(definition: PointDefinition, program: Program, language: str) -> str:
    """The page as one file that loads nothing, to be kept and pictured when a version is published."""
    styles = "\n".join((STATIC_FOLDER / "yesword" / name).read_text("utf-8") for name in _STYLES)
    with translation.override(language if language in languages.CODES else "en"):
        context = context_of(definition, program, language)
        context |= {"styles": styles + accent_style(definition.accent), "is_kept": True}
        return render_to_string("public/form.html", context)


def preview_page(request: HttpRequest, definition: PointDefinition, program: Program, language: str) -> str:
    """The page as its author sees it while writing: it looks the same, and sends nothing."""
    with translation.override(language if language in languages.CODES else "en"):
        context = {**context_of(definition, program, language), "is_preview": True}
        return render_to_string("public/form.html", context, request)


def accent_style(accent: str) -> str:
    """The brand's colour for the button, with the ink that reads best on it."""
    if not accent:
        return ""
    ink = max(("#ffffff", "#000000"), key=lambda each: contrast(each, accent.lower()))
    return f":root{{--brand:{accent.lower()};--on-brand:{ink}}}"


def country_named(code: str) -> str:
    """In the language that is active; its letters where no rule pack names it."""
    name = next((pack.name for pack in rules().packs if pack.id == code.lower()), code)
    return law_names.named(name)


def whole(url: str) -> str:
    """As a link: programs write addresses as people read them, without a scheme."""
    return url if not url or "://" in url else f"https://{url}"
