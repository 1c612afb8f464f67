"""Every sentence about what is held of a person: id to English wording, as in the domain's own catalogue.

The English wording is the gettext msgid. Placeholders are named; one that ends in `_on` holds an ISO date and is
shown as a day.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yesword.domain.catalogue import CATALOGUE as GATE
from yesword.domain.catalogue import gettext_noop
from yesword.domain.decisions import Sentence
from yesword.domain.evidence.sentences import CATALOGUE as EVIDENCE
from yesword.domain.evidence.sentences import render_from
from yesword.domain.explain import FormatDay, Translate, english_day, identity
from yesword.domain.retention.sentences import CATALOGUE as RETENTION

_ = gettext_noop

_OWN: Final[Mapping[str, str]] = {
    # --- the page
    "page.title": _("What {brand} holds about you"),
    "page.made": _("Made on {made_on}. It is about the person with the number {number}."),
    "page.back": _("Go back"),
    "page.withheld": _("Not everything is shown"),
    "page.withheld.why": _(
        "A code on the telephone shows who has the number today, not who had it last year. Whatever is older than "
        "that is shown when you prove in another way, too, that it is about you."
    ),
    "page.withheld.reassigned": _(
        "On {since_on} there was a sign that the number went to somebody else. What is older is about whoever had it "
        "before, and is shown to nobody else."
    ),
    "page.withheld.events": _("Entries of the record that are not shown: {count}"),
    "page.withheld.details": _("Entries that are shown without what was said: {count}"),
    "page.withheld.sent": _("Texts to the number that are not shown: {count}"),
    "page.withheld.received": _("Texts from the number that are not shown: {count}"),
    "page.withheld.requests": _("Requests that are not shown: {count}"),
    "page.withheld.name": _("The name that is kept"),
    "page.withheld.attributes": _("What else is kept of the person"),
    "page.you": _("You"),
    "page.permission": _("What we may send you now"),
    "page.record": _("The record of your consent"),
    "page.sent": _("Texts to you"),
    "page.received": _("Texts from you"),
    "page.requests": _("What you asked us about your data"),
    "page.registries": _("What registries said of your number"),
    "page.contests": _("Contests that you entered"),
    "page.files": _("Files that back the record"),
    "page.recipients": _("Who else gets to see some of it"),
    "page.kept": _("How long it is kept"),
    "page.rights": _("Your rights"),
    "page.nothing": _("Nothing."),
    "page.grade": _("Evidence of grade {grade}:"),
    "page.withheld.text": _("not shown, or no longer kept"),
    # --- names of what is held
    "field.number": _("Number"),
    "field.number_country": _("Country of the number"),
    "field.mail": _("E-mail address"),
    "field.invited_at": _("Invited by e-mail"),
    "field.number_kind": _("Kind of number"),
    "field.name": _("Name"),
    "field.language": _("Language"),
    "field.attributes": _("What else we know"),
    "field.places": _("Where you may be, as we conclude it"),
    "field.recipient": _("What you are to us"),
    "field.adult_since": _("Said to be of age on"),
    "field.said_age": _("Said to be so old"),
    "field.source": _("How we came to know you"),
    "field.since": _("Known since"),
    "field.restricted_since": _("Restricted since"),
    "field.subject": _("The random name that stands for you in exports"),
    "field.suppressed": _("Kept from being texted since"),
    "field.when": _("When"),
    "field.what": _("What"),
    "field.program": _("Program"),
    "field.how": _("How it came"),
    "field.wording": _("The wording that was shown"),
    "field.details": _("Details"),
    "field.text": _("Text"),
    "field.why": _("Why"),
    "field.read_as": _("Read as"),
    "field.until": _("Until"),
    # --- permission now
    "now.granted": _("You agreed on {since_on}, so we may."),
    "now.stopped": _("You have stopped these texts."),
    "now.reassigned": _("Somebody else may have the number now, so we may not."),
    "now.pending": _("You were asked to confirm, and we may send nothing until you do."),
    "now.paused": _("You have paused these texts until {until_on}."),
    "now.restricted": _("What we keep of you is restricted, so we may not."),
    "now.none": _("You have not agreed to these, so we may not."),
    # --- why a text went, or did not
    "sent.grant": _("You had agreed to such texts."),
    "sent.act": _("It answered something that you had done just before."),
    "sent.undecided": _("It was not decided on."),
    # --- who gets what
    "gets.carrier": _("Your number and the text of each message, in order to deliver it."),
    "gets.registry": _("Your number, in order to look it up."),
    # --- how long
    "kept.proof.none": _("It is erased as soon as you ask."),
    "kept.profile": _(
        "Until it is cleared away with what is kept of people who are silent; it is erased when you ask."
    ),
    "kept.conversation": _("For {days} days; it is erased when you ask."),
    "kept.address": _(
        "Where it came with what you did yourself, until you confirm from your telephone, and {days} days at most. What a "
        "file said of you is kept with the evidence."
    ),
    "kept.context": _("As long as the address; it is erased when you ask."),
    "kept.replay": _("For the time that was set when it was made; it is erased when you ask."),
    "kept.suppression": _("For as long as your stop has to hold. Nobody can read a number from it."),
    "kept.leaf": _("For good. It says nothing about anybody."),
    # --- rights
    "right.withdraw": _("Stop the texts at any time: reply STOP to any of them."),
    "right.rectify": _("Have put right what is wrong, such as your name."),
    "right.erase": _(
        "Be erased. Where the law makes us keep some of it for a while, we say what, until when and why."
    ),
    "right.restrict": _("Have it kept and used for nothing else while a question about it is open."),
    "right.object": _("Object to what we do with it."),
    "right.port": _("Have it in a form that a program can read. This page comes with such a file."),
    "right.contact": _("Write to {contacts}."),
    "right.complain": _("Complain to {authority}, {site}."),
    "right.complain.unknown": _("Complain to the data protection authority of the country where you live."),
}
CATALOGUE: Final[Mapping[str, str]] = MappingProxyType({**EVIDENCE, **RETENTION, **GATE, **_OWN})


def render(sentence: Sentence, translate: Translate = identity, day: FormatDay = english_day) -> str:
    """The sentence in words. Raises when the catalogue lacks it, or it lacks an argument."""
    return render_from(CATALOGUE, sentence, translate, day)
