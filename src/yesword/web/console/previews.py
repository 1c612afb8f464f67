"""How a campaign's text will read on a few real people's handsets, what makes it long, and what is wrong with it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yesword.domain import composing, segments, templates
from yesword.domain.ids import ProgramId
from yesword.domain.linting.finding import Finding, Severity
from yesword.domain.programs import Program
from yesword.domain.segments import Condition
from yesword.domain.text import Measure, measure
from yesword.reporting import campaigns as reporting
from yesword.sending.invitations import invited_by, with_question
from yesword.sending.proofreading import SELLS, audience_places, is_for_the_gate, proofread
from yesword.sending.verdicts import Asked
from yesword.store import leave_links, models
from yesword.web import parts
from yesword.web.brands import zone_of
from yesword.web.console.addresses import rule_url
from yesword.web.error_words import told
from yesword.web.formats import count as shown_count
from yesword.web.installation import rules, scales, store
from yesword.web.sentences import remark, say
from yesword.web.telling import in_list, language_word

_TEMPLATE_ERRORS: Final[dict[str, Promise]] = {
    "template_unclosed": gettext_lazy(
        "The bracket at character %(position)s is not closed. Close it with ], or write [[ for a plain bracket."
    ),
    "template_unknown_field": gettext_lazy(
        "There is no field “%(field)s” (character %(position)s). Use one of the buttons, or write [[ for a plain bracket."
    ),
    "template_needs_fallback": gettext_lazy(
        "The field “%(field)s” (character %(position)s) is not known of everybody. Say what to write instead: [%(field)s|…]."
    ),
    "template_missing_value": gettext_lazy(
        "A campaign has no value for “%(field)s” (character %(position)s). Write it out, or give words to use instead: [%(field)s|…]."
    ),
}

_SEVERITIES: Final[dict[Severity, tuple[str, str, Promise]]] = {
    Severity.ERROR: ("brick", "cross", gettext_lazy("Error")),
    Severity.WARNING: ("amber", "warning", gettext_lazy("Warning")),
    Severity.ADVICE: ("slate", "info", gettext_lazy("Advice")),
}


def said(error: templates.TemplateError, text: str) -> str:
    """What is wrong with a template, where, and the words at that place."""
    sentence = _TEMPLATE_ERRORS.get(error.code)
    if sentence is None:
        return told(error)
    position = error.fields.get("position")
    start = position - 1 if isinstance(position, int) else 0
    place = text[start : start + 24].splitlines()[0] if text[start:] else ""
    return f"{sentence % error.fields} {_('It reads')}: {place}{'…' if len(text) > start + 24 else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One person's handset and what the gate says of them."""

    handset: parts.Handset
    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Culprit:
    """A character that the short alphabet lacks, and so makes each segment hold 70 characters in place of 160."""

    character: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """One finding of the linter: a colour, an icon and a word for how grave it is, and what to write."""

    tone: str
    icon: str
    word: parts.Words
    sentence: str
    in_language: str  # in words; empty where it is the program's own
    rule: str
    rule_url: str
    citation: str
    offer: str
    offer_language: str
    is_for_the_gate: bool  # which refuses the text then, whatever its author says


@dataclass(frozen=True, kw_only=True, slots=True)
class Remarks:
    """What the linter says of a text. `to_answer_for` names the errors that only its author can stand for."""

    lines: tuple[Remark, ...] = ()
    to_answer_for: str = ""
    sells: bool = False  # although it is to inform


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What the preview shows; with `error`, nothing else."""

    shown: tuple[Shown, ...] = ()
    looked_at: int = 0
    in_audience: int = 0
    is_everybody: bool = False
    culprits: tuple[Culprit, ...] = ()
    most_segments: int = 0
    without_culprits: int = 0  # segments of the longest text, were it without them
    remarks: Remarks = Remarks()
    error: str = ""


def says_way_out(program: Program, text: str) -> bool:
    """Whether the text says itself how to stop, so that nothing is added to it."""
    try:
        values = composing.program_values(program, program.texts_in(None)[1])
        return composing.has_way_out(templates.preview(templates.parse(text), values))
    except templates.TemplateError:
        return False


def preview(
    program: Program,
    text: str,
    conditions: Sequence[Condition],
    at: datetime,
    *,
    is_mixed: bool = False,
    invites: ProgramId | None = None,
) -> Preview | None:
    """How the text reads for a few people; None without anything to show yet."""
    if not text.strip():
        return None
    campaign = _campaign(program, text, conditions, is_mixed=is_mixed, invites=invites)
    try:
        found = reporting.sample(store(), scales(), campaign, at)
        shown = [_shown(each, program, number, at) for number, each in enumerate(found.people)]
        texts = [each.text for each in found.people]
        if not shown:
            whole = with_question(text, invited_by(campaign), program.default_language)
            texts = [
                leave_links.LINKS.shown(composing.with_way_out(whole, program, program.texts_in(None)[1]))
            ]
            shown = [_for_nobody(texts[0], program, at)]
    except templates.TemplateError as error:
        return Preview(error=said(error, text))
    longest = max(texts, key=lambda each: measure(each).segments)
    foreign = dict.fromkeys(each for one in texts for each in measure(one).culprits)
    return Preview(
        shown=tuple(shown),
        looked_at=found.looked_at,
        in_audience=found.in_audience,
        is_everybody=found.is_everybody,
        culprits=tuple(Culprit(character=each, name=_unicode_name(each)) for each in foreign),
        most_segments=measure(longest).segments,
        without_culprits=measure("".join(each for each in longest if each not in foreign)).segments,
        remarks=_remarks(program, campaign, found.places, at),
    )


def remarks_on(
    program: Program,
    text: str,
    conditions: Sequence[Condition],
    at: datetime,
    *,
    is_mixed: bool,
    invites: ProgramId | None = None,
) -> Remarks:
    """What the linter says of a text that could be sent."""
    campaign = _campaign(program, text, conditions, is_mixed=is_mixed, invites=invites)
    return _remarks(program, campaign, audience_places(store(), campaign), at)


def _campaign(
    program: Program, text: str, conditions: Sequence[Condition], *, is_mixed: bool, invites: ProgramId | None
) -> models.Campaign:
    return models.Campaign(
        brand_id=program.brand,
        program_id=program.id,
        template=text,
        segment=segments.to_json(conditions),
        is_mixed=is_mixed,
        invites_id=invites,
    )


def _remarks(program: Program, campaign: models.Campaign, places: tuple[str, ...], at: datetime) -> Remarks:
    findings = proofread(scales(), campaign, places, at.date())
    errors = (each for each in findings if each.severity is Severity.ERROR)
    own = {f"{each.code}:{each.rule}" for each in errors if not is_for_the_gate(each, rules())}
    return Remarks(
        # The preview itself shows, with more words, which characters make the text long.
        lines=tuple(_remark(each, program) for each in findings if each.code != "ucs_2"),
        to_answer_for=" ".join(sorted(own)),
        sells=any(each.code == SELLS for each in findings),
    )


def remark_lines(found: Sequence[Finding], program: Program) -> tuple[Remark, ...]:
    """What the linter says of a wording that is no text of a campaign."""
    return tuple(_remark(each, program) for each in found)


def _remark(finding: Finding, program: Program) -> Remark:
    tone, icon, word = _SEVERITIES[finding.severity]
    return Remark(
        tone=tone,
        icon=icon,
        word=word,
        sentence=remark(finding.sentence),
        in_language=str(language_word(finding.where)) if finding.where else "",
        rule=finding.rule,
        rule_url=rule_url(finding.rule),
        citation=finding.citation,
        offer=finding.offer or "",
        offer_language=finding.where or program.default_language,
        is_for_the_gate=finding.severity is Severity.ERROR and is_for_the_gate(finding, rules()),
    )


def _shown(asked: Asked, program: Program, number: int, at: datetime) -> Shown:
    person = asked.person
    zone = person.places[0].zone if person.places else "UTC"
    decision = asked.decision
    return Shown(
        handset=_handset(
            f"preview-{number}",
            in_list(person),
            asked.text,
            measure(asked.text),
            program,
            person.language,
            zone,
            at,
        ),
        verdict=decision.verdict.value,
        reason=say(decision.reasons[0].sentence) if decision.reasons else "",
    )


def _for_nobody(text: str, program: Program, at: datetime) -> Shown:
    handset = _handset(
        "preview-0",
        _("Somebody of whom nothing is known"),
        text,
        measure(text),
        program,
        program.default_language,
        zone_of(program.brand_country),
        at,
    )
    return Shown(handset=handset, verdict="", reason="")


def _handset(
    handset_id: str,
    title: str,
    text: str,
    measured: Measure,
    program: Program,
    language: str,
    zone: str,
    at: datetime,
) -> parts.Handset:
    return parts.Handset(
        id=handset_id,
        title=title,
        subtitle=language_word(language),
        correspondent=program.sender,
        zone=zone,
        bubbles=[
            parts.Bubble(
                text=highlighted(text, measured.culprits),
                at=at,
                segments=measured.segments,
                encoding=measured.encoding.value,
            )
        ],
    )


def highlighted(text: str, culprits: Sequence[str]) -> SafeString:
    """The text with every character that the short alphabet lacks marked."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<mark class="culprit">{}</mark>', each) if each in culprits else each,)
            for each in _runs(text, culprits)
        ),
    )


def _runs(text: str, culprits: Sequence[str]) -> list[str]:
    runs: list[str] = []
    for character in text:
        if character in culprits or not runs or runs[-1] in culprits:
            runs.append(character)
        else:
            runs[-1] += character
    return runs


def _unicode_name(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()


def cost(segments_in_all: int) -> str:
    """What it costs, in the unit that carriers charge."""
    return ngettext(
        "%(segments)s segment in all for those who get it now.",
        "%(segments)s segments in all for those who get it now.",
        segments_in_all,
    ) % {"segments": shown_count(segments_in_all)}
