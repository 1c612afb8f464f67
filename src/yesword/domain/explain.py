"""Every sentence that the domain speaks: id to English wording, and the rendering of sentences at the edge.

The English wording is the gettext msgid. Placeholders are named; one that ends in `_on` holds an ISO date and is
shown as a day. What is not here: which sentence is said, which is the gate's to decide.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from string import Formatter
from types import MappingProxyType
from typing import Final

from yesword.domain.decisions import Argument, Decision, Reason, Sentence, Verdict
from yesword.domain.errors import YeswordError
from yesword.domain.events import Basis
from yesword.domain.state import Grant

Translate = Callable[[str], str]
FormatDay = Callable[[date], str]


class UnknownSentenceError(YeswordError):
    """There is no sentence "{id}". Add it to the catalogue in explain.py."""

    code = "unknown_sentence"


class MissingArgumentError(YeswordError):
    """The sentence "{id}" needs {missing}, which it was not given."""

    code = "missing_argument"


def gettext_noop(text: str) -> str:
    """Marks a wording for the catalogues of translations, and changes nothing."""
    return text


_ = gettext_noop

CATALOGUE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- blocks
        "cancelled": _("The campaign that this text belongs to was cancelled."),
        "fact.cancelled": _("It was taken back before this text went."),
        "remedy.cancelled": _("Start a new campaign."),
        "excluded": _("This number is on the exclusion list."),
        "fact.excluded": _("It was put there by hand."),
        "remedy.excluded": _("Take the number off the list, if it stands there by mistake."),
        "not_a_mobile": _("This number cannot receive texts."),
        "fact.not_a_mobile": _("By the numbering plan of {country} it is no mobile number."),
        "remedy.not_a_mobile": _("Ask the person for a mobile number."),
        # --- permission
        "withdrawn": _("The person has stopped these texts."),
        "fact.withdrawn": _("They stopped on {since_on}."),
        "fact.withdrawn.undated": _("They stopped."),
        "remedy.withdrawn": _(
            "Only the person can change this, by texting START or a keyword from their own phone."
        ),
        "superseded": _("The person has stopped since this text was planned."),
        "fact.superseded": _(
            "The text was planned before the newest stop, or for a request that is no longer open."
        ),
        "remedy.superseded": _("Plan a new text, if the person has joined again."),
        "never_asked": _("The person never agreed to these texts."),
        "fact.never_asked": _("The record has no consent for them."),
        "remedy.never_asked": _(
            "Ask for consent where the person comes to you: a form, a checkout, a keyword."
        ),
        "request_pending": _("The person has not confirmed yet."),
        "fact.request_pending": _("A request for consent is open."),
        "remedy.request_pending": _("Wait for their yes. The request may not be repeated."),
        "request_lapsed": _("The request for consent has lapsed."),
        "fact.request_lapsed": _("It lapsed on {since_on}."),
        "fact.request_lapsed.undated": _("It lapsed."),
        "remedy.request_lapsed": _("The person may sign up again."),
        "no_request": _("There is no open request for consent that this text could ask about."),
        "fact.no_request": _("The record has no open request."),
        "remedy.no_request": _("Asking by text needs a fresh act of the person: a keyword, a form."),
        "refused": _("The person said no."),
        "fact.refused": _("They refused on {since_on}."),
        "fact.refused.undated": _("They refused."),
        "remedy.refused": _("Only the person can change this, by signing up themselves."),
        "other_program": _("The person agreed to other texts, not to these."),
        "fact.other_program": _("Their consent is for {programs}."),
        "remedy.other_program": _("Ask for consent to this program."),
        "grant_ended": _("The person's consent has ended."),
        "fact.grant_ended": _("It ran until {since_on}."),
        "fact.grant_ended.undated": _("It was given for a limited time."),
        "remedy.grant_ended": _("Ask for consent again."),
        "out_of_scope": _("The person's consent does not cover a text like this."),
        "fact.out_of_scope": _("It is limited to other purposes, categories or acts."),
        "remedy.out_of_scope": _(
            "Name the categories of the text if they are missing, or ask for wider consent."
        ),
        "number_invalid": _("Somebody else may have this number now."),
        "fact.number_invalid": _("The number was reported as not theirs on {since_on}."),
        "fact.number_invalid.undated": _("The number was reported as not theirs."),
        "remedy.number_invalid": _("Ask the person for their new number. The new owner may sign up by text."),
        "erased": _("This person was erased at their own wish."),
        "fact.erased": _("They were erased on {since_on}."),
        "fact.erased.undated": _("They were erased."),
        "remedy.erased": _("Only the person can change this, by texting from their own phone."),
        "paused": _("The person has paused these texts until {until_on}."),
        "fact.paused": _("They chose a pause until {until_on}."),
        "remedy.paused": _("Wait, or leave this person out."),
        "category_excluded": _("The person does not want texts about this."),
        "fact.category_excluded": _("They left out a category that the text, or else its program, is about."),
        "remedy.category_excluded": _("Name the categories of the text, or leave this person out."),
        "no_withdrawal": _("There is no stop that this text could confirm."),
        "fact.no_withdrawal": _(
            "The stop that it answers is not in the record, or a newer one has taken its place."
        ),
        "remedy.no_withdrawal": _("Nothing needs to be sent."),
        "no_conversation": _("There is no text from the person that this one answers."),
        "fact.no_conversation": _("The message names no text that it replies to."),
        "remedy.no_conversation": _(
            "Answer a text of theirs, or send it under a program that they agreed to."
        ),
        "no_trigger": _("There is no order, appointment or request that this text informs about."),
        "fact.no_trigger": _("The message names none, or it promotes something."),
        "remedy.no_trigger": _("Name what it informs about, and leave promotion out."),
        "stop_reply_not_allowed": _("A stop may not be confirmed by text here."),
        "stop_reply_late": _("A stop may be confirmed within {minutes} minutes only."),
        "fact.stopped_ago": _("The person stopped {minutes} minutes ago."),
        "remedy.stop_reply_not_allowed": _("Nothing needs to be sent; the stop holds."),
        "remedy.stop_reply_late": _("Nothing needs to be sent; the stop holds."),
        "conversation_over": _("A reply may follow the person's text within {hours} hours only."),
        "fact.conversation": _("Their text came on {since_on}."),
        "fact.conversation.undated": _("Their text came earlier."),
        "remedy.conversation_over": _("Wait until they write again, or use a program that they agreed to."),
        "consent_too_weak.implied": _("Such a text needs at least implied consent ({citation})."),
        "consent_too_weak.express": _("Such a text needs express consent ({citation})."),
        "consent_too_weak.express_written": _("Such a text needs express written consent ({citation})."),
        "fact.basis.express_written": _("The person agreed in writing on {since_on}."),
        "fact.basis.express": _("The person agreed on {since_on}, not in writing."),
        "fact.basis.customer": _(
            "The person has been a customer since {since_on}, and did not say yes to texts."
        ),
        "fact.basis.conversation": _("The person wrote first on {since_on}, and agreed to nothing further."),
        "fact.basis.trigger": _(
            "The person placed an order or made an appointment on {since_on}, and no more."
        ),
        "remedy.consent_too_weak": _("Ask for the consent that is missing, with the full wording shown."),
        "grade_too_low": _("The evidence of the consent is too weak: at least grade {lowest} is needed."),
        "fact.grade": _("The evidence is of grade {grade}."),
        "remedy.grade_too_low": _("Ask the person to confirm from their own phone."),
        "not_confirmed": _("Such a text needs a confirmation from the person's own phone ({citation})."),
        "remedy.not_confirmed": _("Let the person confirm by text."),
        "confirmation_advised": _(
            "A confirmation from the person's own phone is the proof that counts in {place} ({citation})."
        ),
        "remedy.confirmation_advised": _("Use double opt-in for people there."),
        "promotion_without_grant": _("A text that promotes needs consent to promotion."),
        "fact.promotional": _("The text is promotional, and rests on something else than such consent."),
        "remedy.promotion_without_grant": _("Take the promotion out, or ask for consent first."),
        # --- age and content
        "too_young": _("Texts about this are for people of {age} and older."),
        "fact.age_unknown": _("The person's age is not known."),
        "fact.adult": _("The person was 18 or older on {since_on}."),
        "fact.adult.undated": _("The person is 18 or older."),
        "remedy.too_young": _("Ask for their date of birth when they sign up."),
        "category_banned": _("Texts about {categories} may not go there ({citation})."),
        "fact.categories": _("The text is about {categories}."),
        "remedy.category_banned": _("Leave people there out."),
        # --- sender and wording
        "carrier_answers_stop": _("The carrier has already confirmed this stop."),
        "fact.carrier_answers_stop": _("On this sender's account the carrier answers STOP itself."),
        "remedy.carrier_answers_stop": _("Nothing needs to be sent."),
        "sender_cannot_receive": _("This sender cannot receive the answer that the text has to allow."),
        "fact.sender_cannot_receive": _("A name as sender cannot be replied to."),
        "remedy.sender_cannot_receive": _("Send from a number or a short code."),
        "brand_not_named": _("The text does not say who it is from."),
        "fact.brand_not_named": _("The brand's name is not in it."),
        "remedy.brand_not_named": _("Put the brand's name at the beginning."),
        "way_out_missing": _("The text does not say how to stop."),
        "fact.way_out_missing": _("The way out is not in it."),
        "remedy.way_out_missing": _('Add a line such as "Reply STOP to stop".'),
        "long_text": _("The text is longer than one segment."),
        "fact.segments": _("It takes {segments} segments in {encoding}."),
        "remedy.long_text": _("Say it shorter, or accept the cost."),
        # --- hours
        "quiet_hours": _("Waits until {time} in {place} ({citation})."),
        "quiet_hours.day": _("Waits until {time} on {until_on} in {place} ({citation})."),
        "outside_hours": _("It is outside the hours for such texts in {place} ({citation})."),
        "remedy.quiet_hours": _("Wait, or learn from the person where they are."),
        "fact.local_time.stated_zone": _("It is {time} there ({zone}), the zone that the person chose."),
        "fact.local_time.stated_address": _("It is {time} there ({zone}), by the person's address."),
        "fact.local_time.postcode": _("It is {time} there ({zone}), by the person's postcode."),
        "fact.local_time.area_code": _("It is {time} there ({zone}), presumed from the number's area code."),
        "fact.local_time.country": _("It is {time} there ({zone}), presumed from the number's country."),
        "fact.local_time.toll_free": _(
            "It is {time} in {zone}, one of all zones where such a number may be."
        ),
        "place_unknown": _("Nobody knows where this person is, so no hour is surely lawful."),
        "fact.place_unknown": _("The number belongs to no country, and the person named no place."),
        "remedy.place_unknown": _("Ask the person for their time zone or address."),
        "no_lawful_hour": _("There is no hour that is lawful in every place where the person may be."),
        "fact.no_lawful_hour": _("The next {days} days were searched."),
        "remedy.no_lawful_hour": _("Learn from the person where they are."),
        # --- usefulness, frequency, staleness, pause
        "expired": _("The text would come too late to be of use."),
        "fact.send_by": _("It is of use until {time} UTC on {until_on}."),
        "remedy.expired": _("Send it earlier, or give it a later end."),
        "law_frequency": _("At most {count} such texts in {hours} hours may go to {place} ({citation})."),
        "promise": _("At most {count} texts in {days} days were promised to the person."),
        "chosen_frequency": _("The person chose at most {count} texts in {days} days."),
        "fact.texts": _("{count} have gone in that time."),
        "remedy.law_frequency": _("Wait until the count has run down."),
        "remedy.promise": _("Wait until the count has run down, or promise another frequency to new people."),
        "remedy.chosen_frequency": _("Wait until the count has run down."),
        "stale_first_text": _("Consent that was not used for {days} days has to be asked for again."),
        "stale_idle": _("After {days} days without a text, consent has to be asked for again."),
        "fact.granted": _("The person agreed on {since_on}, and no text has followed."),
        "fact.granted.undated": _("No text has followed the consent."),
        "fact.last_text": _("The last text went on {since_on}."),
        "fact.last_text.undated": _("The last text went long ago."),
        "remedy.stale_first_text": _("Ask the person to confirm again, by another way than a text."),
        "remedy.stale_idle": _("Ask the person to confirm again, by another way than a text."),
        "program_paused": _("The program is paused."),
        "fact.program_paused": _("{program} was paused by hand."),
        "remedy.program_paused": _("Resume the program and send again."),
        # --- what a person has permitted
        "may.named.handset": _(
            "{name} may be texted {texts}, because they confirmed on {since_on} from their own phone."
        ),
        "may.named.express_written": _(
            "{name} may be texted {texts}, because they agreed in writing on {since_on}."
        ),
        "may.named.express": _("{name} may be texted {texts}, because they agreed on {since_on}."),
        "may.named.customer": _(
            "{name} has been a customer since {since_on}, which alone does not permit {texts}."
        ),
        "may.named.conversation": _("{name} wrote on {since_on}, so their text may be answered."),
        "may.named.trigger": _("{name} may be texted about what they ordered or booked on {since_on}."),
        "may.person.handset": _(
            "This person may be texted {texts}, because they confirmed on {since_on} from their own phone."
        ),
        "may.person.express_written": _(
            "This person may be texted {texts}, because they agreed in writing on {since_on}."
        ),
        "may.person.express": _("This person may be texted {texts}, because they agreed on {since_on}."),
        "may.person.customer": _(
            "This person has been a customer since {since_on}, which alone does not permit {texts}."
        ),
        "may.person.conversation": _("This person wrote on {since_on}, so their text may be answered."),
        "may.person.trigger": _("This person may be texted about what they ordered or booked on {since_on}."),
        # --- the tree
        "asked": _("Asked"),
        "asked.at": _("May this text go at {time} UTC on {asked_on}?"),
        "rules": _("Rules"),
        "decided": _("Decided"),
        "verdict.send": _("Send."),
        "verdict.wait": _("Wait until {time} UTC on {until_on}."),
        "verdict.refuse": _("Refuse."),
        "notes": _("Noted"),
        "change": _("What would change it"),
        "not_asked": _("Not asked, for lack of input"),
    }
)


def identity(text: str) -> str:
    return text


def english_day(day: date) -> str:
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def render(sentence: Sentence, translate: Translate = identity, day: FormatDay = english_day) -> str:
    """The sentence in words. Raises when the catalogue lacks it, or it lacks an argument."""
    if sentence.id not in CATALOGUE:
        raise UnknownSentenceError(id=sentence.id)
    template = CATALOGUE[sentence.id]
    values = {key: _shown(key, value, day) for key, value in sentence.args}
    missing = placeholders(template) - set(values)
    if missing:
        raise MissingArgumentError(id=sentence.id, missing=", ".join(sorted(missing)))
    return translate(template).format(**values)


def placeholders(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(template) if name}


def _shown(key: str, value: Argument, day: FormatDay) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return day(date.fromisoformat(value)) if key.endswith("_on") and isinstance(value, str) else str(value)


def permission_sentence(grant: Grant, texts: str, name: str | None = None) -> Sentence:
    """What a grant lets happen, for one person: `texts` says what about, such as "club offers"."""
    is_from_handset = grant.is_confirmed and grant.basis in (Basis.EXPRESS_WRITTEN, Basis.EXPRESS)
    how = "handset" if is_from_handset else grant.basis.value
    since_on = grant.since.astimezone(UTC).date().isoformat()
    if name is None:
        return Sentence.of(f"may.person.{how}", texts=texts, since_on=since_on)
    return Sentence.of(f"may.named.{how}", name=name, texts=texts, since_on=since_on)


def verdict_sentence(decision: Decision) -> Sentence:
    if decision.verdict is not Verdict.WAIT or decision.not_before is None:
        return Sentence.of(f"verdict.{decision.verdict}")
    until = decision.not_before.astimezone(UTC)
    return Sentence.of("verdict.wait", time=until.strftime("%H:%M"), until_on=until.date().isoformat())


def tree(decision: Decision, translate: Translate = identity, day: FormatDay = english_day) -> str:
    """Asked, rules, decided, and what would change it, as lines for a terminal."""

    def say(sentence: Sentence | str) -> str:
        return render(Sentence.of(sentence) if isinstance(sentence, str) else sentence, translate, day)

    at: datetime = decision.at.astimezone(UTC)
    asked = Sentence.of("asked.at", time=at.strftime("%H:%M"), asked_on=at.date().isoformat())
    sections: list[tuple[str, list[tuple[str, list[str]]]]] = [
        (f"{say('asked')}: {say(asked)}", []),
        (f"{say('rules')}: {', '.join(decision.packs)}", []),
        (
            f"{say('decided')}: {say(verdict_sentence(decision))}",
            [_branch(each, say) for each in decision.reasons],
        ),
    ]
    if decision.notes:
        sections.append((say("notes"), [_branch(each, say) for each in decision.notes]))
    remedies = dict.fromkeys(say(reason.remedy) for reason in decision.reasons)
    if remedies:
        sections.append((say("change"), [(remedy, []) for remedy in remedies]))
    if decision.skipped:
        sections.append((f"{say('not_asked')}: {', '.join(decision.skipped)}", []))
    return "\n".join(_lines(sections))


def _branch(reason: Reason, say: Callable[[Sentence], str]) -> tuple[str, list[str]]:
    return say(reason.sentence), [f"{reason.rule} · {reason.citation}", say(reason.fact)]


def _lines(sections: list[tuple[str, list[tuple[str, list[str]]]]]) -> Iterator[str]:
    for title, branches in sections:
        yield title
        for left, (branch, leaves) in zip(range(len(branches) - 1, -1, -1), branches, strict=True):
            yield f"{'├─' if left else '└─'} {branch}"
            yield from (f"{'│  ' if left else '   '}   {leaf}" for leaf in leaves)
