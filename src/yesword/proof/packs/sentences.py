"""Every sentence of a pack's summary: id to English wording, as in the domain's own catalogue, and their rendering.

The English wording is the gettext msgid. Placeholders are named; one that ends in `_on` holds an ISO date and is shown as
a day.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yesword.domain import code_words
from yesword.domain.catalogue import gettext_noop
from yesword.domain.decisions import Sentence
from yesword.domain.evidence.sentences import CATALOGUE as EVIDENCE
from yesword.domain.evidence.sentences import render_from
from yesword.domain.explain import FormatDay, Translate, english_day, identity

_ = gettext_noop

CATALOGUE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- the page
        "pack.title": _("Record of consent"),
        "pack.made": _("Made on {day_on} at {time} UTC."),
        "pack.purpose.carrier_audit": _("Made for a carrier's audit."),
        "pack.purpose.dsar": _("Made for the person themselves."),
        "pack.purpose.litigation": _("Made to answer a claim."),
        "pack.purpose.campaign": _("Made as an example, for the registration of a campaign."),
        "pack.brand": _("Brand"),
        "pack.program": _("Program"),
        "pack.person": _("Person"),
        "pack.number": _("Number"),
        "pack.name": _("Name"),
        "pack.log": _("Log"),
        "pack.pack": _("Pack"),
        "pack.number.withheld": _("Not shown in this pack."),
        "pack.number.erased": _("Erased."),
        "pack.log.told": _("{origin}, {size} records"),
        "pack.state": _("How it stood on {day_on} at {time} UTC"),
        "pack.timeline": _("What happened"),
        "pack.wordings": _("The wordings, as they were shown"),
        "pack.wording": _("Wording {number}: {language}, version {version}"),
        "pack.wording.own": _("Wording {number}: {language}"),
        "pack.wording.shown": _("Wording {number} was shown."),
        "pack.wording.lost": _("A wording was shown that nobody can read any more. Its digest is {digest}."),
        "pack.check": _("How to check it"),
        "pack.check.offline": _(
            "This page is told from the files beside it, and proves nothing by itself. README.txt says how to check "
            "them without us: with `yesword verify`, or with tools that others wrote."
        ),
        "pack.check.limits": _(
            "The log shows that nothing was rewritten since. It does not show that what was written was true."
        ),
        "pack.missing": _(
            "This pack is not whole. Files that its events name are missing, or are not those that were kept: they were "
            "tampered with, or lost. Number of them: {count}."
        ),
        # --- how it stood
        "state.granted": _(
            "Consent stood. It rests on event number {seq} of {since_on}, and nothing that ends it had reached us."
        ),
        "state.pending": _("Consent had been asked for, and not answered. It did not stand."),
        "state.lapsed": _(
            "Consent had been asked for, and the time for an answer was over. It did not stand."
        ),
        "state.ended": _("Consent had come to its end on {ended_on}. It did not stand."),
        "state.refused": _("The person had said no on {since_on}. Consent did not stand."),
        "state.withdrawn": _(
            "Consent had been withdrawn on {since_on}, by event number {seq}. It did not stand."
        ),
        "state.other_owner": _(
            "The number had passed to somebody else on {since_on}. Consent did not stand."
        ),
        "state.erased": _("The person had been erased. Consent did not stand."),
        "state.none": _("No consent had been given. It did not stand."),
        "state.not_begun": _(
            "Nothing had been recorded yet: the record was begun on {begun_on}, after the time that is asked about."
        ),
        "state.earlier": _(
            "An earlier record under this number was erased on {erased_on}; its proof is kept until {until_on}, and is "
            "in this pack as {pack}. It says of the time that is asked about:"
        ),
        "state.forgotten": _(
            "An earlier record under this number was erased in {erased_in}, and nothing of it is kept."
        ),
        "state.kept": _("This record was erased on {erased_on}; its proof is kept until {until_on}."),
        "state.later": _("What reached us after that is told below, too. Events after it: {count}."),
        # --- what happened
        "happened.requested": _("Consent was asked for"),
        "happened.granted": _("Consent was given"),
        "happened.confirmed": _("Consent was confirmed"),
        "happened.renewed": _("Consent was renewed"),
        "happened.refused": _("The person said no"),
        "happened.preferred": _("Choices were made"),
        "happened.withdrawn": _("Consent was withdrawn"),
        "happened.corrected": _("A misread stop was undone"),
        "happened.expired": _("Something came to its end"),
        "happened.invalidated": _("The number was found not to be the person's"),
        "happened.erased": _("The person was erased"),
        "happened.at": _("{day_on}, {time} UTC"),
        "happened.closed": _("Erased, and no more to be read: {sections}."),
        "happened.by": _("Acted: {actor}. Came by: {method}."),
        "happened.received": _("Reached us on {day_on} at {time} UTC."),
        "happened.reason": _("Reason given: {reason}"),
        "happened.words": _("The person wrote: {words}"),
        "happened.brand": _("It is about everything of the brand."),
        "happened.other": _(
            "It is about another program of the brand. It is here so that nothing can be left out between the others."
        ),
        "happened.grade": _("Evidence of grade {grade}"),
        "happened.grade.recorded": _("It was recorded with grade {grade}."),
        "happened.unproved": _("What that does not prove"),
        "actor.handset": _("the person's handset"),
        "actor.person": _("the person, not provably from the handset"),
        "actor.agent": _("somebody of the brand"),
        "actor.import": _("an import"),
        "actor.api": _("another system"),
        "actor.carrier": _("the carrier"),
        "actor.system": _("our system"),
        # --- its place in the log
        "place.number": _("Record {number} of {size} in the log."),
        "place.waiting": _("Not yet in the log, and so not proven."),
        "place.not_before": _(
            "Entered the log after {day_on}, {time} UTC: then {by} saw the log without it."
        ),
        "place.not_after": _("In the log by {day_on}, {time} UTC: then {by} saw the log with it."),
    }
)
_ALL: Final[Mapping[str, str]] = MappingProxyType({**EVIDENCE, **CATALOGUE})


# Arguments that are codes, with the words for them; the codes stay in summary.json.
_CODED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "actor": _ALL,  # told by the id of its name
        "method": code_words.ROUTES,
        "reason": code_words.REASONS,
        "sections": code_words.SECTIONS,
    }
)


def render(sentence: Sentence, translate: Translate = identity, day: FormatDay = english_day) -> str:
    """The sentence in words, from here or from what is said of evidence. Codes are told by the words for them."""
    args = tuple(
        (key, _in_words(str(value), _CODED[key], translate) if key in _CODED else value)
        for key, value in sentence.args
    )
    return render_from(_ALL, Sentence(id=sentence.id, args=args), translate, day)


def _in_words(codes: str, known: Mapping[str, str], translate: Translate) -> str:
    return ", ".join(translate(known[each]) if each in known else each for each in codes.split(", "))
