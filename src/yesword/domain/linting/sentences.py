"""Every sentence of the linter: id to English wording, as in the domain's own catalogue, and their rendering.

The English wording is the gettext msgid. Placeholders are named.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType
from typing import Final

from yesword.domain.catalogue import gettext_noop
from yesword.domain.decisions import Sentence

_ = gettext_noop

CATALOGUE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- parts of a disclosure, a welcome, a reply
        "part.brand": _("It does not say who it is from."),
        "part.program": _("It does not name the program."),
        "part.use_case": _("It does not say what the texts are about."),
        "part.categories": _("It does not say which products the texts are about."),
        "part.channel": _("It does not say that these are text messages."),
        "part.frequency": _("It does not say how often texts come."),
        "part.rates": _("It does not say that message and data rates may apply."),
        "part.stop": _("It does not say how to stop."),
        "part.help": _("It does not say how to get help."),
        "part.terms": _("It does not link the terms."),
        "part.privacy": _("It does not link the privacy policy."),
        "part.withdrawal": _("It does not say that the consent can be withdrawn."),
        "part.no_condition": _("It does not say that people may buy without agreeing."),
        "part.automated": _("It does not say that the texts are automated."),
        "part.number": _("It does not say which number the texts go to."),
        "part.address": _("It does not give a postal address."),
        "part.contact": _("It does not say how to reach somebody."),
        "part.third_parties": _("It does not say who else gets the number."),
        "part.cart_detection": _("It does not say that carts that were left are noticed."),
        "part.confirmed_out": _("It does not say that no more texts will come."),
        "verbatim": _('It does not have these words as they stand: "{words}".'),
        # --- the form
        "ticked": _("The box is ticked already. Consent is an act of the person, so it has to be empty."),
        "bundled": _("The consent is part of the terms. It needs a question of its own."),
        "condition_of_sale": _("A sale depends on the consent. People have to be able to buy without it."),
        "condition_of_entry": _("Entering the contest depends on the consent. It may not."),
        "keyword_beside_box": _('"{words}" asks for a text, and beside a box the tick is what counts.'),
        "partners": _("It asks for others too. A consent is for the one brand that it names."),
        # --- the terms of a contest
        "contest.brand": _("The terms do not say to whom one says yes."),
        "contest.channel": _("The terms do not say that a yes is to text messages."),
        "contest.marketing": _("The terms do not say plainly that a yes is to marketing."),
        "contest.categories": _("The terms do not say which products the texts are about."),
        "contest.frequency": _("The terms do not say how often texts come."),
        "contest.stop": _("The terms do not say how to stop."),
        "contest.free_to_enter": _("The terms do not say that people may enter without saying yes."),
        # --- a text
        "brand_missing": _("The text does not say who it is from."),
        "way_out_missing": _("The text does not say how to stop."),
        "way_out_first": _("The first text of a program has to say how to stop."),
        "way_out_monthly": _("Once a month a text has to say how to stop."),
        "cannot_be_answered": _("The sender cannot receive, and the text has to allow an answer."),
        "stop_cannot_arrive": _("The text asks for an answer, and a name as sender cannot receive one."),
        "category_forbidden": _("Texts about {category} may not go there."),
        "category_suspected": _("The text seems to be about {category}, which may not go there."),
        "category_undeclared": _(
            "The text seems to be about {category}. Rules on {category} are kept only where the program has it as a category."
        ),
        "long_text": _("The text takes {segments} segments. A second one needs a reason."),
        "too_many_characters": _("The text has {characters} characters. At most {most} are allowed."),
        "ucs_2": _("{characters} makes a segment hold 70 characters instead of 160."),
        "ucs_2.costs": _(
            "{characters} makes a segment hold 70 characters instead of 160: {before} segments instead of {after}."
        ),
        "shortened_link": _("{host} is a shortener that anybody may use. Carriers block such links."),
        "link_forbidden": _("Such a text may not have a link."),
        "phone_number_forbidden": _("Such a text may not have a phone number."),
        "label_missing.first": _('The text has to begin with "{label}".'),
        "label_missing.anywhere": _('The text has to have "{label}" in it.'),
        "label_missing.end": _('The text has to end with "{label}".'),
        "offer_late.greeting": _(
            'The text greets before it says what it offers: "{offer}" belongs at the beginning.'
        ),
        "offer_late.link": _('The link comes before what it offers: "{offer}" belongs at the beginning.'),
        "sells": _('"{words}" sells. A text that informs and sells is promotional.'),
        "hard_to_read": _(
            "It is very hard to read (LIX {lix}; {most} is the limit). The longest sentence has {words} words."
        ),
        "template": _("{problem}"),
        # --- a program
        "category_meant": _(
            'No rule knows the category "{category}". If {meant} is meant, write so: rules go by that word.'
        ),
        "way_out_not_recognised": _("The line of the way out is not recognised as one."),
        "leaving_word": _("People leave with {word}. As an answer it would sign them off."),
        "leaving_word.begins": _("People answer with the first word, and leave with {word}."),
        "leaving_word.elsewhere": _("In another language people leave with {word}."),
        "frequency_broken": _(
            "It says {stated} a {period}, but {count} in {days} days are promised and may be sent."
        ),
        "frequency_exceeds": _("It says {stated} a {period}, but at most {count} in {days} days will come."),
    }
)


def identity(text: str) -> str:
    return text


def render(sentence: Sentence, translate: Callable[[str], str] = identity) -> str:
    """The sentence in words. Raises when the catalogue lacks it, or it lacks an argument."""
    # Late: these bring the gate with them, and are for mistakes of ours.
    if sentence.id not in CATALOGUE:
        from yesword.domain.explain import UnknownSentenceError

        raise UnknownSentenceError(id=sentence.id)
    template = CATALOGUE[sentence.id]
    values = {key: str(value) for key, value in sentence.args}
    missing = {name for _text, name, _spec, _conversion in Formatter().parse(template) if name} - set(values)
    if missing:
        from yesword.domain.explain import MissingArgumentError

        raise MissingArgumentError(id=sentence.id, missing=", ".join(sorted(missing)))
    return translate(template).format(**values)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as a part of another one: it reads in English, and a page says it in its own language."""

    sentence: Sentence

    def __str__(self) -> str:
        return render(self.sentence)
