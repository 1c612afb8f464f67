"""For whom a rule of law is: the texts, people and senders that it speaks to, as label and value."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from yesword.domain.messages import MessageClass
from yesword.domain.rules.model import Rule, consent
from yesword.domain.rules.model.parameter import ForClasses, ForKinds
from yesword.domain.rules.model.when import NO_DATE, When
from yesword.web.legal import days
from yesword.web.legal_terms import categories, named, occasions, term, terms
from yesword.web.telling import plain_day

Facts = list[tuple[str, str]]


def scope(rule: Rule) -> Facts:
    """To which texts, people and senders it speaks."""
    parameter, when = rule.parameter, rule.when
    facts: Facts = []
    if isinstance(parameter, ForClasses):
        facts += [(_("For"), _classes(parameter.classes)), (_("But not"), terms(parameter.exempt_kinds))]
    elif isinstance(parameter, ForKinds):
        facts += [(_("For"), terms(parameter.kinds)), (_("If they are"), terms(parameter.classes))]
    elif isinstance(parameter, consent.Consent):
        facts += [
            (_("For"), term(parameter.message_class)),
            (_("A yes may be"), terms(parameter.accepted)),
            (_("No yes is"), terms(parameter.forbidden)),
            (_("Names for itself"), named(parameter.per)),
        ]
    elif isinstance(parameter, consent.Age):
        facts += [(_("For"), _classes(parameter.classes))]
    facts += _when(when)
    return [(label, value) for label, value in facts if value]


def _classes(classes: Collection[MessageClass]) -> str:
    return _("every text") if set(classes) == set(MessageClass) else terms(classes)


def _when(when: When) -> Facts:
    facts: Facts = [
        (_("To"), terms(when.recipients)),
        (_("Who are there"), terms(when.evidence)),
        (_("Sent by"), terms(when.senders)),
        (_("Not sent by"), terms(when.unless_senders)),
        (_("From"), terms(when.routes)),
        (_("By"), ", ".join(each.upper() for each in when.channels)),
        (_("Through"), ", ".join(when.providers)),
        (_("About"), categories(when.categories)),
        (_("Occasioned by"), occasions(when.occasions)),
    ]
    if when.unless_relation:
        spared = terms(when.unless_relation)
        if when.relation_days:
            spared = _("{relation}, {time} ago at most").format(
                relation=spared, time=days(when.relation_days)
            )
        facts.append((_("Spares people after"), spared))
    if when.collected_from != NO_DATE:
        facts.append((_("Consent given from"), plain_day(when.collected_from)))
    if when.collected_to != date.max:
        facts.append((_("Consent given before"), plain_day(when.collected_to)))
    return facts
