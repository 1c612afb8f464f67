"""Every sentence about evidence: id to English wording, as in the domain's own catalogue, and their rendering.

The English wording is the gettext msgid. Placeholders are named.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from yesword.domain.catalogue import gettext_noop
from yesword.domain.decisions import Argument, Sentence
from yesword.domain.explain import (
    FormatDay,
    MissingArgumentError,
    Translate,
    UnknownSentenceError,
    english_day,
    identity,
    placeholders,
    wording,
)

_ = gettext_noop

CATALOGUE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- kinds of evidence
        "kind.disclosure": _("The wording that was shown"),
        "kind.inbound_text": _("The person's text"),
        "kind.form_version": _("The form as published"),
        "kind.page_render": _("A picture of the form"),
        "kind.presentation_probe": _("How the wording stood on the screen"),
        "kind.scan": _("A scan of the paper"),
        "kind.recording": _("A recording"),
        "kind.attestation": _("A statement by somebody who was there"),
        "kind.import_row": _("The imported row"),
        "kind.email": _("An e-mail"),
        "kind.replay": _("What was done on the form"),
        # --- grades: why this one
        "graded.a": _("It came from the handset itself, the text is kept, and so is the wording it answers."),
        "graded.a.act": _("It came from the handset itself, and the text is kept."),
        "graded.a.link": _(
            "The link that was texted to the handset was opened, and a button pressed behind it."
        ),
        "graded.a.code": _("A code that went to the handset was typed in."),
        "graded.b": _("The person acted themselves, and the wording and where it was shown are kept."),
        "graded.b.act": _("The person acted themselves, and where they did is kept."),
        "graded.c.scan": _("A scan of the paper shows it."),
        "graded.c.recording": _("It can be heard on a recording."),
        "graded.c.attestation": _("Somebody who was there says so, and the wording is kept."),
        "graded.c.carrier": _("The carrier says so."),
        "graded.c.system": _("Our own record says so: nobody had to act."),
        "graded.d.row": _("A row of a file or of another system says so, with where and when it was."),
        "graded.d.recorded": _("It stands in our own record, and nothing else is kept of it."),
        "graded.e": _("It is only claimed."),
        "graded.upheld": _("Nobody answered the reminder, so the consent goes on with the grade {grade}."),
        # --- grades: why not a better one
        "lacking.handset": _("It did not come from the handset."),
        "lacking.inbound_text": _("The text that it came by is not kept."),
        "lacking.own_act": _("The person did not act themselves here."),
        "lacking.own_consent": _(
            "The consent was given to somebody else, and cannot be bought, rented or shared."
        ),
        "lacking.wording": _("The wording that was shown is not kept."),
        "lacking.same_wording": _("The wording that is kept is not the one that it is said to be about."),
        "lacking.context": _("Nothing is kept of where and how the wording was shown."),
        "lacking.witness": _("There is no scan, no recording, and nobody who says that they were there."),
        "lacking.row": _("The other system handed over no row with source, date and wording."),
        "lacking.source": _("The row does not say where the consent was given."),
        "lacking.date": _("The row does not say when the consent was given."),
        "lacking.confirmation": _("The row does not say that the person said yes."),
        "lacking.purchase": _("The row does not say what was bought, or when."),
        "lacking.something": _("The row lacks something that a proof needs."),
        # --- what is not proved
        "unproved.agreed": _("It does not prove that anybody agreed."),
        "unproved.happened": _("It does not prove that it happened."),
        "unproved.seen": _("It does not prove that it happened as it was written down."),
        "unproved.true": _("It does not prove that those who attest it tell the truth, or did not err."),
        "unproved.holder": _("It does not prove who held the phone."),
        "unproved.owner": _("It does not prove that the number belongs to the person who acted."),
        "unproved.passed_on": _("That nobody had been passed the link on by then."),
        "unproved.read": _("It does not prove that the wording was read, only that it was there."),
        "unproved.nothing_after": _("It does not prove that nothing changed afterwards."),
        # --- remarks
        "remark.recorded_later.minutes": _("It was recorded {count} minutes after it happened."),
        "remark.recorded_later.minutes.one": _("It was recorded {count} minute after it happened."),
        "remark.recorded_later.hours": _("It was recorded {count} hours after it happened."),
        "remark.recorded_later.hours.one": _("It was recorded {count} hour after it happened."),
        "remark.recorded_later.days": _("It was recorded {count} days after it happened."),
        "remark.recorded_later.days.one": _("It was recorded {count} day after it happened."),
        "remark.dated_ahead": _("It is dated after the moment at which it reached us: a clock was wrong."),
        "remark.not_yet_witnessed": _("No witness has signed for it yet."),
        "remark.asserted_by_client": _("How it looked on the screen is what the person's own browser says."),
        "remark.read_from_words": _("It was read from the person's own words, and may have been misread."),
        # --- presentation probes: what speaks against the wording
        "probe.other_wording": _("The screen showed another wording than the one that is kept."),
        "probe.not_shown": _("The wording was not shown."),
        "probe.transparent": _("The wording was there, but could be seen through."),
        "probe.never_in_view": _("The whole of the wording was never in view."),
        "probe.covered": _("Something else lay over the wording."),
        "probe.ticked_at_first": _("The box was ticked before the person touched it."),
        "probe.click_by_program": _("A program made the click, and not a hand."),
        # --- presentation probes: what makes it weaker
        "probe.font_small": _("The wording stood in {font} px. It should have {least} px at least."),
        "probe.font_smallish": _("The wording stood in {font} px. It is easier to read in {good} px."),
        "probe.contrast_low": _(
            "The contrast of the wording was {contrast} to 1. It should be {least} at least."
        ),
        "probe.contrast_misreported": _(
            "The browser told a contrast of {told} to 1; by its colours it was {contrast}."
        ),
        "probe.seen_briefly": _("The whole of the wording was in view for {shown_ms} milliseconds only."),
        "probe.far_from_button": _(
            "The wording stood {distance} px from the button. It should be {farthest} px at most."
        ),
    }
)


def render(sentence: Sentence, translate: Translate = identity) -> str:
    """The sentence in words. Raises when the catalogue lacks it, or it lacks an argument."""
    return render_from(CATALOGUE, sentence, translate)


def render_from(
    catalogue: Mapping[str, str],
    sentence: Sentence,
    translate: Translate = identity,
    day: FormatDay = english_day,
) -> str:
    """The same from a catalogue of another room. An argument that ends in `_on` is an ISO date, shown as a day."""
    if sentence.id not in catalogue:
        raise UnknownSentenceError(id=sentence.id)
    values = {key: _shown(key, value, day) for key, value in sentence.args}
    template = wording(catalogue, sentence.id, values)
    missing = placeholders(template) - set(values)
    if missing:
        raise MissingArgumentError(id=sentence.id, missing=", ".join(sorted(missing)))
    return translate(template).format(**values)


def _shown(key: str, value: Argument, day: FormatDay) -> str:
    return day(date.fromisoformat(value)) if key.endswith("_on") and isinstance(value, str) else str(value)
