"""What a rule of law asks, in sentences. For whom it asks it is in `legal_scope`.

A rule in, words in the reader's language out. Nothing is decided here: the gate holds texts against rules. Notes,
citations and summaries are data of the packs and stay in the language that they were written in.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yesword.domain.hours import DAY_MINUTES, Week, Window
from yesword.domain.rules.loader import RECIPIENT
from yesword.domain.rules.model import Parameter, Rule, consent, content, records, senders, stopping, times
from yesword.web.formats import duration, zone_name
from yesword.web.legal_terms import categories, term, terms
from yesword.web.telling import language_word

_DAY_S: Final = 24 * 60 * 60
# What rules are about, by the name of their parameter, in the order in which a text is held against them.
TOPICS: Final[dict[str, Promise]] = {
    "consent": gettext_lazy("Consent"),
    "soft_opt_in": gettext_lazy("Customers"),
    "double_opt_in": gettext_lazy("Confirmation from the phone"),
    "asking_by_text": gettext_lazy("Asking by text"),
    "provenance": gettext_lazy("Where consent comes from"),
    "expiry": gettext_lazy("How long consent holds"),
    "reconfirm": gettext_lazy("Confirming anew"),
    "mixed": gettext_lazy("Texts that inform and sell"),
    "age": gettext_lazy("Age"),
    "consent_age": gettext_lazy("A child’s consent"),
    "hours": gettext_lazy("Hours"),
    "suspension": gettext_lazy("Emergencies"),
    "after_event": gettext_lazy("After an event"),
    "conversation": gettext_lazy("Conversations"),
    "cap": gettext_lazy("How many"),
    "way_out": gettext_lazy("Way out"),
    "stop_confirmation": gettext_lazy("Confirming a stop"),
    "stop_reach": gettext_lazy("How far a stop reaches"),
    "stopping": gettext_lazy("Honouring a stop"),
    "words": gettext_lazy("Words"),
    "reply_language": gettext_lazy("Language of answers"),
    "naming": gettext_lazy("Naming the sender"),
    "label": gettext_lazy("Labels"),
    "without": gettext_lazy("What may not be in a text"),
    "length": gettext_lazy("Length"),
    "disclosure": gettext_lazy("Wording that asks"),
    "elements": gettext_lazy("What automatic texts say"),
    "sender_id": gettext_lazy("Senders"),
    "scrub": gettext_lazy("Registries"),
    "retention": gettext_lazy("Keeping proof"),
    "information": gettext_lazy("Good to know"),
}


def topic(parameter: Parameter) -> str:
    if isinstance(parameter, records.Information):
        return term(parameter.topic)
    return str(TOPICS.get(parameter.table, parameter.table))


def order(rule: Rule) -> tuple[int, str]:
    """For lists: by subject."""
    return list(TOPICS).index(rule.parameter.table), rule.id


# --- what it asks --------------------------------------------------------------------------------------------


def asks(parameter: Parameter) -> list[str]:
    """What the rule asks, in whole sentences."""
    return [each for each in _sentences(parameter) if each]


def _sentences(parameter: Parameter) -> Iterator[str]:  # noqa: PLR0915 - one case a parameter
    match parameter:
        case times.Hours():
            yield from _hours(parameter)
        case times.Suspension():
            yield _("No such texts go while an emergency is declared where the person is.")
        case times.AfterEvent():
            yield _("Such a text may follow what occasions it for {time} only.").format(
                time=seconds(parameter.within_s)
            )
        case times.Cap():
            yield ngettext(
                "At most {count} text in {time}, {key}.",
                "At most {count} texts in {time}, {key}.",
                parameter.count,
            ).format(count=parameter.count, time=seconds(parameter.seconds), key=term(parameter.key))
        case consent.Consent():
            if parameter.standard is consent.Standard.NONE:
                yield _("No consent is asked for.")
            else:
                yield _("Asks for at least {standard}, with evidence of grade {grade} or better.").format(
                    standard=term(parameter.standard), grade=parameter.lowest_grade.value
                )
        case consent.SoftOptIn():
            yield from _soft_opt_in(parameter)
        case consent.DoubleOptIn():
            yield {
                consent.ConfirmationMode.NONE: _("No confirmation from the phone is asked for."),
                consent.ConfirmationMode.RECOMMENDED: _(
                    "A confirmation from the person’s own phone is advised."
                ),
                consent.ConfirmationMode.REQUIRED: _(
                    "Consent counts only once it was confirmed from the phone."
                ),
            }[parameter.mode]
            if parameter.mode is not consent.ConfirmationMode.NONE and parameter.is_ad_free:
                yield _("The request itself holds no promotion.")
            if parameter.lapses_after_s:
                yield _("A request lapses after {time}.").format(time=seconds(parameter.lapses_after_s))
        case consent.Expiry():
            yield _("Consent holds for {time}, counted from {anchor}.").format(
                time=days(parameter.days), anchor=term(parameter.anchor)
            )
            yield _on_silence(parameter.on_silence)
        case consent.Reconfirm():
            yield _("Consent is confirmed anew every {time}.").format(time=days(parameter.every_days))
            if parameter.notice_days:
                yield _("A reminder is due {time} ahead.").format(time=days(parameter.notice_days))
            yield _on_silence(parameter.on_silence)
        case consent.AskingByText():
            yield (
                _("A text that asks for consent counts as promotion itself.")
                if parameter.is_promotional
                else _("A text that asks for consent does not count as promotion.")
            )
            if parameter.bars_invitations:
                yield _("Asking out of the blue is forbidden.")
            if parameter.at_most:
                yield ngettext(
                    "One person may be asked {count} time at most.",
                    "One person may be asked {count} times at most.",
                    parameter.at_most,
                ).format(count=parameter.at_most)
            if parameter.rest_days:
                yield _("Who said no is not asked again for {time}.").format(time=days(parameter.rest_days))
            if parameter.from_pattern:
                yield _("Only senders of this form may ask: {pattern}.").format(
                    pattern=parameter.from_pattern
                )
        case consent.Provenances():
            yield _("No consent counts that was {how}.").format(how=terms(parameter.forbidden))
        case consent.Conversation():
            yield _("An answer may follow the person’s own text for {time}.").format(
                time=seconds(parameter.reply_within_s)
            )
        case consent.Mixed():
            yield (
                _("A text that informs and sells counts as promotion.")
                if parameter.is_promotional
                else _("A text that informs and sells is not for that alone promotion.")
            )
        case consent.Age():
            about = categories(parameter.categories)
            if parameter.is_banned:
                yield _("Texts about this go to nobody: {about}.").format(about=about)
            else:
                yield _("Texts about this are for people of {age} and older: {about}.").format(
                    age=parameter.minimum, about=about
                )
            if parameter.is_by_birth_date:
                yield _("A date of birth has to show it.")
        case consent.ConsentAge():
            yield _("A child’s own consent counts from {age} years.").format(age=parameter.minimum)
        case stopping.WayOut():
            yield {
                stopping.WayOutPolicy.EACH: _("Each text says how to stop."),
                stopping.WayOutPolicy.MONTHLY: _("Once a month at least, a text says how to stop."),
                stopping.WayOutPolicy.FIRST: _("The first text says how to stop."),
            }[parameter.policy]
            if parameter.is_by_reply:
                yield _("Answering the text has to be a way.")
            if parameter.is_free:
                yield _("It costs the person nothing.")
        case stopping.StopConfirmation():
            yield from _stop_confirmation(parameter)
        case stopping.StopReach():
            yield (
                _("A stop ends everything of the brand.")
                if parameter.scope is stopping.StopScope.BRAND
                else _("A stop ends the program that it was said about.")
            )
        case stopping.Words():
            yield {
                stopping.WordUse.STOP: _("Understood as a stop: {words}."),
                stopping.WordUse.START: _("Understood as a start: {words}."),
                stopping.WordUse.HELP: _("Understood as a call for help: {words}."),
            }[parameter.use].format(words=", ".join(parameter.words))
            if parameter.match is stopping.Match.REASONABLE:
                yield _("And whatever a reasonable person would understand so.")
            if parameter.is_answered_to_strangers:
                yield _("People who never joined are answered too.")
        case stopping.Stopping():
            yield from _stopping(parameter)
        case stopping.ReplyLanguage():
            yield _("These words are answered in {language}: {words}.").format(
                language=language_word(parameter.language), words=", ".join(parameter.words)
            )
        case content.Naming():
            yield _("The text names the brand.")
        case content.Length():
            if parameter.segments:
                yield ngettext(
                    "More than {count} segment is remarked on.",
                    "More than {count} segments are remarked on.",
                    parameter.segments,
                ).format(count=parameter.segments)
            if parameter.characters:
                yield _("A text has {count} characters at most.").format(count=parameter.characters)
        case content.Label():
            yield {
                content.Position.FIRST: _("The text begins with “{label}”."),
                content.Position.ANYWHERE: _("The text contains “{label}”."),
                content.Position.END: _("The text ends with “{label}”."),
            }[parameter.position].format(label=parameter.literal)
        case content.Without():
            yield _("The text may not contain: {what}.").format(what=terms(parameter.elements))
        case content.Disclosure():
            yield _("The wording that asks for consent says: {parts}.").format(parts=terms(parameter.parts))
            if parameter.shown is content.Shown.LINK:
                yield _("Behind a link is enough.")
            if parameter.verbatim:
                yield _("In these words: {words}.").format(
                    words=", ".join(f"“{each}”" for each in parameter.verbatim)
                )
        case content.Elements():
            yield _("What it says, for {kind}: {parts}.").format(
                kind=term(parameter.kind), parts=terms(parameter.parts)
            )
        case senders.SenderId():
            yield from _sender_id(parameter)
        case senders.Scrub():
            yield from _scrub(parameter)
        case records.Retention():
            yield from _retention(parameter)
        case records.Information():
            yield parameter.summary
        case _:
            yield parameter.operator


def _hours(parameter: times.Hours) -> Iterator[str]:
    yield _("Texts may go: {week}.").format(week=week_words(parameter.week))
    if parameter.week.calendar:
        holiday = windows(parameter.week.holiday)
        yield (
            _("On public holidays: {windows}.").format(windows=holiday)
            if holiday
            else _("On public holidays not at all.")
        )
    if parameter.zone != RECIPIENT:
        yield _("Read in {zone}, wherever the person is.").format(zone=zone_name(parameter.zone))
    if parameter.unlocked_by:
        yield _("Lifted by {what}.").format(what=terms(parameter.unlocked_by))


def week_words(week: Week) -> str:
    """`Mon–Fri 08:00–20:00, Sat 10:00–16:00, Sun closed`."""
    runs: list[tuple[int, int]] = []
    for day, each in enumerate(week.days):
        if runs and week.days[runs[-1][0]] == each:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    closed, daily = _("closed"), _("every day")
    if len(runs) == 1:
        return f"{daily} {windows(week.days[0]) or closed}"
    said = []
    for first, last in runs:
        name = str(WEEKDAYS_ABBR[first])
        name = name if first == last else f"{name}–{WEEKDAYS_ABBR[last]}"
        said.append(f"{name} {windows(week.days[first]) or closed}")
    return ", ".join(said)


def windows(of: Sequence[Window]) -> str:
    """`08:00–12:00 + 14:00–20:00`; nothing for none."""
    if tuple(of) == ((0, DAY_MINUTES),):
        return _("at any hour")
    return " + ".join(f"{_clock(start)}–{_clock(end)}" for start, end in of)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _soft_opt_in(parameter: consent.SoftOptIn) -> Iterator[str]:
    if not parameter.origins:
        yield _("Being a customer permits no text.")
        return
    yield _("Without a yes, a person may be texted after {origins}.").format(origins=terms(parameter.origins))
    conditions = [
        parameter.is_own_similar and _("about own goods like those that they know"),
        parameter.is_same_entity and _("by the very company that they know"),
        parameter.is_told and _("if they were told, when giving the number, that refusing is free"),
        parameter.is_told_each_time and _("if each text says how to stop"),
        parameter.max_age_days and _("at most {time} later").format(time=days(parameter.max_age_days)),
    ]
    said = [each for each in conditions if isinstance(each, str)]
    if said:
        yield _("On these conditions: {conditions}.").format(conditions="; ".join(said))


def _on_silence(what: consent.OnSilence) -> str:
    return {
        consent.OnSilence.LAPSE: _("Then it lapses."),
        consent.OnSilence.RECONFIRM: _("Then the next text says why it comes, and how to leave."),
        consent.OnSilence.KEEP: _("After that it still holds."),
    }[what]


def _stop_confirmation(parameter: stopping.StopConfirmation) -> Iterator[str]:
    if not parameter.is_allowed:
        yield _("A stop may not be confirmed by text.")
        return
    said = (
        _("A stop is confirmed by one text, within {time}.")
        if parameter.is_required
        else _("A stop may be confirmed by one text, within {time}.")
    )
    yield said.format(time=seconds(parameter.max_latency_s))
    if parameter.may_clarify:
        yield _("That text may ask which programs were meant; silence means all.")


def _stopping(parameter: stopping.Stopping) -> Iterator[str]:
    if not parameter.within:
        yield _("A stop is honoured at once.")
    else:
        spans = {
            stopping.DayCount.CALENDAR: days(parameter.within),
            stopping.DayCount.HOURS: seconds(parameter.within * 60 * 60),
            stopping.DayCount.BUSINESS: ngettext(
                "{count} business day", "{count} business days", parameter.within
            ).format(count=parameter.within),
        }
        yield _("A stop has to be honoured within {time}; Yesword honours it at once.").format(
            time=spans[parameter.count]
        )
    if parameter.is_any_means:
        yield _("Any clear way of saying it counts.")
    if parameter.lasts_days:
        yield _("It holds for {time} at least.").format(time=days(parameter.lasts_days))
    if parameter.contact_valid_days:
        yield _("The way out works for {time} after a text.").format(time=days(parameter.contact_valid_days))


def _sender_id(parameter: senders.SenderId) -> Iterator[str]:
    if parameter.routes:
        yield _("Only these senders may carry such texts: {routes}.").format(routes=terms(parameter.routes))
    if parameter.registry:
        who = terms(parameter.registered_routes)
        yield (
            _("To be registered with {registry}: {senders}.").format(registry=parameter.registry, senders=who)
            if who
            else _("The sender has to be registered with {registry}.").format(registry=parameter.registry)
        )
    if parameter.prefix:
        yield _("The sender’s name begins with “{part}”.").format(part=parameter.prefix)
    if parameter.suffix:
        yield _("The sender’s name ends with “{part}”.").format(part=parameter.suffix)
    if parameter.pattern:
        yield _("The sender has this form: {pattern}.").format(pattern=parameter.pattern)
    yield _("Otherwise {what}.").format(what=term(parameter.consequence))


def _scrub(parameter: senders.Scrub) -> Iterator[str]:
    yield _("Numbers are held against the registry {registry} first.").format(registry=parameter.registry)
    yield {
        senders.Listing.REFUSES: _("Who stands in it may not be texted."),
        senders.Listing.PERMITS: _("Who does not stand in it may not be texted."),
        senders.Listing.REASSIGNED: _("A number that stands in it has a new owner."),
    }[parameter.listing]
    if parameter.max_age_days:
        yield _("An answer counts for {time}.").format(time=days(parameter.max_age_days))
    if parameter.grace_days:
        yield _("A new entry binds after {time}.").format(time=days(parameter.grace_days))
    if parameter.write_within_days:
        yield _("A consent has to be entered within {time}.").format(time=days(parameter.write_within_days))
    if parameter.is_express_exempt:
        yield _("Express consent makes the check needless.")
    if parameter.unless:
        yield _("Needless too after {origins}.").format(origins=terms(parameter.unless))


def _retention(parameter: records.Retention) -> Iterator[str]:
    anchor = term(parameter.anchor)
    if parameter.least_days:
        yield _("Proof is kept for {time} at least, counted from {anchor}.").format(
            time=days(parameter.least_days), anchor=anchor
        )
    if parameter.most_days:
        yield _("Proof is kept for {time} at most, counted from {anchor}.").format(
            time=days(parameter.most_days), anchor=anchor
        )
    if not parameter.least_days and not parameter.most_days:
        yield _("Proof is kept.")
    if parameter.produce_within_days:
        yield _("It is shown within {time} when asked for.").format(time=days(parameter.produce_within_days))


def days(count: int) -> str:
    """A span that a law gives in days, in years where it is whole ones: laws count them with a day over."""
    years, over = divmod(count, 365)
    if years >= 2 and over <= years // 4 + 1:
        return ngettext("{count} year", "{count} years", years).format(count=years)
    return ngettext("{count} day", "{count} days", count).format(count=count)


def seconds(span: int) -> str:
    return days(span // _DAY_S) if span % _DAY_S == 0 and span > _DAY_S else duration(timedelta(seconds=span))
