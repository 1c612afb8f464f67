"""How the domain's sentences, reasons and decisions read on a page, in the reader's language."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_lazy
from django.utils.translation import gettext as _

from yesword.domain.decisions import Decision, Reason, Sentence, Verdict
from yesword.domain.explain import render
from yesword.domain.linting import sentences as linting
from yesword.sending.explaining import Recomputed
from yesword.web import parts
from yesword.web.console.addresses import pack_link, rule_url
from yesword.web.formats import moment
from yesword.web.law_names import named

# Steps of the gate that are skipped where their input is not known.
_STEPS: Final[dict[str, Promise]] = {
    "sender": gettext_lazy("Whether the sender can receive an answer"),
    "registration": gettext_lazy("Whether the sender is registered"),
    "registries": gettext_lazy("What registries say about the number"),
    "wording": gettext_lazy("The wording: whether it names the brand and the way out"),
    "program": gettext_lazy("What the program promises, and whether it is paused"),
}
# What a decision depends on besides its facts.
_VERSIONS: Final[dict[str, Promise]] = {
    "gate": gettext_lazy("the gate itself"),
    "packs": gettext_lazy("the rule packs"),
    "tz": gettext_lazy("the table of time zones"),
    "phone": gettext_lazy("the numbering plans"),
}

# Of a frequency, as in "4 a month".
_PERIODS: Final[dict[str, Promise]] = {
    "day": gettext_lazy("day"),
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "year": gettext_lazy("year"),
}


_NAMES: Final = frozenset({"place", "citation"})  # arguments that are names in the packs


def say(sentence: Sentence) -> str:
    words = {key: named(str(value)) if key in _NAMES else value for key, value in sentence.args}
    return render(Sentence.of(sentence.id, **words), gettext, _day)


def remark(sentence: Sentence) -> str:
    """A sentence of the linter."""
    words = {
        key: str(_PERIODS.get(str(value), value)) if key == "period" else value
        for key, value in sentence.args
    }
    return linting.render(Sentence.of(sentence.id, **words), gettext)


def _day(day: date) -> str:
    pattern = "j. F Y" if (get_language() or "en")[:2] in {"de", "da"} else "j F Y"
    return str(formats.date_format(day, pattern, use_l10n=False))


def reason_line(reason: Reason, zone: str) -> parts.ReasonLine:
    return parts.ReasonLine(
        verdict=reason.verdict.value,
        sentence=say(reason.sentence),
        fact=say(reason.fact),
        rule=reason.rule,
        citation=named(reason.citation),
        remedy=say(reason.remedy),
        not_before=reason.not_before,
        zone=zone,
        rule_url=rule_url(reason.rule),
    )


def decided(decision: Decision, zone: str) -> str:
    """The answer in one sentence."""
    if decision.verdict is Verdict.SEND:
        return _("It may go.")
    if decision.verdict is Verdict.WAIT and decision.not_before is not None:
        return format_html(_("It waits until {moment}."), moment=moment(decision.not_before, zone))
    return _("It may not go.")


def reason_tree(
    decision: Decision,
    asked: str,
    zone: str,
    footnote: parts.Words = "",
    *,
    permitted: parts.ReasonLine | None = None,
    facts: Sequence[tuple[parts.Words, parts.Words]] = (),
) -> parts.ReasonTree:
    remedies = dict.fromkeys(say(each.remedy) for each in decision.reasons)
    return parts.ReasonTree(
        verdict=decision.verdict.value,
        asked=asked,
        decided=decided(decision, zone),
        asked_at=decision.at,
        zone=zone,
        facts=facts,
        packs=[pack_link(each) for each in decision.packs],
        reasons=[
            *([permitted] if permitted is not None else []),
            *(reason_line(each, zone) for each in decision.reasons),
        ],
        notes=[reason_line(each, zone) for each in decision.notes],
        skipped=[str(_STEPS.get(each, each)) for each in decision.skipped],
        remedies=[each for each in remedies if each],
        footnote=footnote,
    )


def computed_again(found: Recomputed) -> str:
    """Whether the stored decision comes out the same today."""
    if found.is_same:
        return _("Computed again just now from what was stored: the same, byte for byte.")
    if not found.differing:
        return _(
            "Computed again just now, it comes out differently although nothing that is versioned has changed. "
            "Somebody may have changed the record; run yesword store check."
        )
    changed = ", ".join(str(_VERSIONS.get(each, each)) for each in found.differing)
    return _(
        "Computed again just now, it comes out differently. Since then these have changed: %(changed)s."
    ) % {"changed": changed}


def until(first: datetime | None, last: datetime | None, zone: str) -> str:
    """From when texts go that wait: one moment, or the first and the last."""
    if first is None or last is None:
        return ""
    if first == last:
        return format_html(_("Until {moment}."), moment=moment(first, zone))
    return format_html(
        _("The first until {first}, the last until {last}."),
        first=moment(first, zone),
        last=moment(last, zone),
    )


def listed(words: Sequence[str]) -> str:
    """`one, two and three`."""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s and %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}
