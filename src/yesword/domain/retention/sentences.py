"""Every sentence about keeping and erasing: id to English wording, as in the domain's own catalogue.

The English wording is the gettext msgid. Placeholders are named; one that ends in `_on` holds an ISO date and is
shown as a day.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yesword.domain.catalogue import gettext_noop
from yesword.domain.decisions import Sentence
from yesword.domain.evidence.sentences import render_from
from yesword.domain.explain import FormatDay, Translate, english_day, identity

_ = gettext_noop

CATALOGUE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- why it is still kept, to the person
        "why.legal_claims": _(
            "Until {until_on} we keep the proof of what you agreed to, because somebody may still bring a claim about "
            "these texts and we would have to answer it. It is locked away and used for nothing else, and then it is "
            "erased by itself."
        ),
        "why.legal_claims.exception": _(
            "Until {until_on} we keep the proof of what you agreed to, because somebody may still bring a claim about "
            "these texts and we would have to answer it ({exception}). It is locked away and used for nothing else, "
            "and then it is erased by itself."
        ),
        "why.record_duty": _(
            "Until {until_on} we keep the proof of what you agreed to, because the law asks senders to have it "
            "({citation}). It is locked away and used for nothing else, and then it is erased by itself."
        ),
        "why.record_duty.exception": _(
            "Until {until_on} we keep the proof of what you agreed to, because the law asks senders to have it "
            "({citation}, {exception}). It is locked away and used for nothing else, and then it is erased by itself."
        ),
        "why.operator": _(
            "Until {until_on} we keep the proof of what you agreed to, for this reason: {citation}. It is locked away "
            "and used for nothing else, and then it is erased by itself."
        ),
        "why.operator.exception": _(
            "Until {until_on} we keep the proof of what you agreed to, for this reason: {citation} ({exception}). It "
            "is locked away and used for nothing else, and then it is erased by itself."
        ),
        # --- the same to somebody who never agreed, and of whom other things are on record
        "why.never_agreed.legal_claims": _(
            "Until {until_on} we keep the record of what happened about these texts, your stop included, because "
            "somebody may still bring a claim about them and we would have to answer it. It is locked away and used "
            "for nothing else, and then it is erased by itself."
        ),
        "why.never_agreed.legal_claims.exception": _(
            "Until {until_on} we keep the record of what happened about these texts, your stop included, because "
            "somebody may still bring a claim about them and we would have to answer it ({exception}). It is locked "
            "away and used for nothing else, and then it is erased by itself."
        ),
        "why.never_agreed.record_duty": _(
            "Until {until_on} we keep the record of what happened about these texts, your stop included, because the "
            "law asks senders to have it ({citation}). It is locked away and used for nothing else, and then it is "
            "erased by itself."
        ),
        "why.never_agreed.record_duty.exception": _(
            "Until {until_on} we keep the record of what happened about these texts, your stop included, because the "
            "law asks senders to have it ({citation}, {exception}). It is locked away and used for nothing else, and "
            "then it is erased by itself."
        ),
        "why.never_agreed.operator": _(
            "Until {until_on} we keep the record of what happened about these texts, your stop included, for this "
            "reason: {citation}. It is locked away and used for nothing else, and then it is erased by itself."
        ),
        "why.never_agreed.operator.exception": _(
            "Until {until_on} we keep the record of what happened about these texts, your stop included, for this "
            "reason: {citation} ({exception}). It is locked away and used for nothing else, and then it is erased by "
            "itself."
        ),
        "why.erased": _(
            "Everything that we held of you is erased, but for a trace that nobody can read and that keeps you from "
            "being texted again."
        ),
        # --- parts of what is held
        "part.event": _("What happened, and when"),
        "part.subject": _("The number and the name"),
        "part.notice": _("The wording that was shown"),
        "part.evidence": _("The evidence"),
        "part.terms": _("On what terms, and for what"),
        "part.context": _("Where and with what it was done"),
        "part.address": _("The IP address, as far as it was kept"),
        "part.replay": _("What was done on the form, step by step"),
        "part.profile": _("Language, attributes and segments"),
        "part.conversation": _("The texts to and fro"),
        "part.suppression": _("A trace that lets the stop hold, and cannot be read"),
        "part.leaf": _("A random-looking value in the ledger that says nothing about anybody"),
        # --- grounds
        "ground.legal_claims": _("To answer a claim"),
        "ground.record_duty": _("A duty to keep records"),
        "ground.operator": _("Set by this brand"),
    }
)


def render(sentence: Sentence, translate: Translate = identity, day: FormatDay = english_day) -> str:
    """The sentence in words. Raises when the catalogue lacks it, or it lacks an argument."""
    return render_from(CATALOGUE, sentence, translate, day)
