"""Consent in sentences: what a person has permitted, and what happened to it.

Facts in, the dataclasses of `parts` out, in the reader's language. Nothing is fetched or decided here; why a text may go
or not is in `sentences`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from yesword.domain.events import Actor, ConsentEvent, EventKind
from yesword.domain.explain import permission_sentence
from yesword.domain.ids import ProgramId
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState, Withdrawal
from yesword.reporting.people import EventRecord
from yesword.reporting.standings import Standing, standing_of
from yesword.sending.stopping import CLARIFIED
from yesword.web import parts
from yesword.web.formats import zone_name
from yesword.web.sentences import say
from yesword.web.states import GRADES

Programs = Mapping[ProgramId, Program]

# Purposes that programs commonly have, so that a sentence reads in every language. Another one shows as it is written.
_PURPOSES: Final[Mapping[str, Promise]] = {
    "offers": gettext_lazy("offers"),
    "events": gettext_lazy("event news"),
    "feedback": gettext_lazy("requests for feedback"),
    "reminders": gettext_lazy("reminders"),
    "alerts": gettext_lazy("alerts"),
    "news": gettext_lazy("news"),
    "jobs": gettext_lazy("job alerts"),
}
_NOT_PROVED: Final[Mapping[str, Promise]] = {
    "A": gettext_lazy("Who was holding the phone."),
    "B": gettext_lazy("That the number belongs to whoever entered it."),
    "C": gettext_lazy("More than the word of whoever attested it."),
    "D": gettext_lazy("That it happened as the file says: nobody here saw it."),
    "E": gettext_lazy("That the person agreed. Nothing may be sent on it."),
}
_ROUTES: Final[Mapping[str, Promise]] = {
    "keyword": gettext_lazy("A keyword, texted"),
    "reply": gettext_lazy("A reply by text"),
    "free_text": gettext_lazy("Their own words"),
    "other_owner": gettext_lazy("Their own words, that the number is another's"),
    "clarified": gettext_lazy("Their answer to the question which texts they meant"),
    "correction": gettext_lazy("A colleague, who read it anew"),
    "text": gettext_lazy("A text"),
    "import": gettext_lazy("An imported file"),
    "lapse": gettext_lazy("Time: nobody answered"),
    "renewal": gettext_lazy("A reminder: nobody objected"),
    "carrier_block": gettext_lazy("The carrier's own block"),
    "form": gettext_lazy("A form"),
    "agent": gettext_lazy("A colleague"),
    "link": gettext_lazy("A link"),
    "api": gettext_lazy("The API"),
}


def name_of(name: str) -> str:
    return name or _("This person")


def texts_of(program: Program) -> str:
    """What the program texts, as the object of a sentence: “Club offers”, “aanbiedingen van Club”."""
    purpose = str(_PURPOSES.get(program.purpose.casefold(), program.purpose))
    if program.purpose.casefold() == program.name.casefold():
        return purpose
    return _("%(program)s %(purpose)s") % {"program": program.name, "purpose": purpose}


def language_word(code: str | None) -> str:
    """The language in the reader's own."""
    try:
        return str(get_language_info(code)["name_translated"]) if code else ""
    except KeyError:
        return code or ""


def plain_day(value: date) -> str:
    """`3 March 2026`, for the middle of a sentence."""
    pattern = "j. F Y" if (get_language() or "en")[:2] in {"de", "da"} else "j F Y"
    return formats.date_format(value, pattern, use_l10n=False)


# What is permitted


def permission(
    name: str, program: Program, state: ConsentState, at: datetime, zone: str, *, brand: str, evidence: bool
) -> parts.Permission:
    """One person and one program: whether texts may go, and because of what."""
    who, texts = name_of(name), texts_of(program)
    words = {"name": who, "texts": texts, "brand": brand, "program": program.name}
    standing = standing_of(state, program.id, at)
    grant = state.grant_for(program.id)
    if standing is Standing.GRANTED and grant is not None:
        said = program.texts_in(get_language())[1]
        return parts.Permission(
            state="granted",
            sentence=say(permission_sentence(grant, texts, name or None)),
            detail=_("Promised: %(frequency)s, from %(sender)s. Evidence of grade %(grade)s: %(meaning)s.")
            % {
                "frequency": said.frequency,
                "sender": program.sender,
                "grade": grant.grade.value,
                "meaning": _lowered(str(GRADES[grant.grade.value])),
            },
            evidence_url=f"#{anchor(grant.event)}" if evidence else "",
            evidence_label=_("See the evidence"),
        )
    if state.is_erased:
        return parts.Permission(state="erased", sentence=_("%(name)s was erased, and gets no texts.") % words)
    if state.invalid_since is not None:
        return parts.Permission(
            state="invalidated",
            sentence=_("Somebody else has this number now, so nothing may be texted to it.") % words,
            remedy=_("The new owner may join by texting a keyword."),
        )
    request = state.request_for(program.id)
    if standing is Standing.PENDING and request is not None:
        return parts.Permission(
            state="pending",
            sentence=_("%(name)s was asked about %(texts)s, and has not yet said yes from their own phone.")
            % words,
            remedy=_("Nothing more is sent. A yes counts until %(time)s.")
            % {"time": plain_moment(request.lapses_at, zone)},
        )
    stop = state.withdrawal_for(program.id)
    if stop is not None:
        told = _stop_wording(stop)
        return parts.Permission(
            state="withdrawn",
            sentence=told % {**words, "day": _local_day(stop.at, zone)},
            remedy=_("Only they can change it, by texting START or a keyword from their own phone."),
            evidence_url=f"#{anchor(stop.event)}" if evidence else "",
            evidence_label=_("See the evidence"),
        )
    if standing is Standing.LAPSED:
        return parts.Permission(
            state="lapsed",
            sentence=_("%(name)s may not be texted %(texts)s: the request lapsed without a yes.") % words,
            remedy=_("They may sign up again."),
        )
    if standing is Standing.REFUSED:
        return parts.Permission(
            state="refused",
            sentence=_("%(name)s may not be texted %(texts)s: they were asked and said no.") % words,
            remedy=_("Only they can change it, by signing up themselves."),
        )
    return parts.Permission(
        state="none",
        sentence=_("%(name)s may not be texted %(texts)s: they never agreed to them.") % words,
        remedy=_("They join by texting %(keyword)s to %(sender)s.")
        % {"keyword": program.keywords[0], "sender": program.sender}
        if program.keywords
        else "",
    )


def _stop_wording(stop: Withdrawal) -> str:
    if stop.scope.program is not None:
        return _("%(name)s may not be texted %(texts)s: they ended them on %(day)s.")
    if stop.lifted:
        return _("%(name)s may not be texted anything else by %(brand)s: they ended everything on %(day)s.")
    return _("%(name)s may not be texted by %(brand)s: they ended everything on %(day)s.")


def _lowered(text: str) -> str:
    """In the middle of a sentence; German nouns keep their capital."""
    return text if (get_language() or "en").startswith("de") else text[:1].lower() + text[1:]


def plain_moment(at: datetime, zone: str) -> str:
    """Day, time and whose time, without markup."""
    local = _local(at, zone)
    return f"{plain_day(local.date())}, {local:%H:%M} {zone_name(zone)}"


def _local_day(at: datetime, zone: str) -> str:
    return plain_day(_local(at, zone).date())


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone or "UTC"))


# What happened


def event_sentence(event: ConsentEvent, name: str, brand: str, programs: Programs) -> str:
    """One event in one sentence."""
    program = programs.get(event.scope.program) if event.scope.program is not None else None
    words = {
        "name": name_of(name),
        "brand": brand,
        "program": program.name if program else brand,
        "texts": texts_of(program) if program else _("texts of %(brand)s") % {"brand": brand},
    }
    return _event_wording(event, is_program=program is not None) % words


def _event_wording(event: ConsentEvent, *, is_program: bool) -> str:
    by_handset, by_import = event.actor is Actor.HANDSET, event.actor is Actor.IMPORT
    match event.kind:
        case EventKind.REQUESTED:
            if by_handset:
                return _("%(name)s asked for %(texts)s by text, and was asked to confirm.")
            return _(
                "%(name)s was entered for %(texts)s. Nothing is sent until they say yes from their phone."
            )
        case EventKind.RENEWED if event.actor is Actor.SYSTEM:
            return _("%(name)s was reminded of having agreed to %(texts)s, and let it go on.")
        case EventKind.RENEWED if by_handset:
            return _("%(name)s said yes to %(texts)s again, from their own phone.")
        case EventKind.GRANTED | EventKind.RENEWED:
            if event.reason == "start_after_stop":
                return _("%(name)s texted START, which brought %(texts)s back.")
            if event.reason == CLARIFIED:
                return _("%(name)s said which texts their stop was about, which brought %(texts)s back.")
            if by_handset:
                return _("%(name)s joined %(texts)s from their own phone.")
            if by_import:
                return _("A file says that %(name)s agreed to %(texts)s.")
            return _("It was recorded that %(name)s agreed to %(texts)s.")
        case EventKind.CONFIRMED:
            return _("%(name)s confirmed %(texts)s from their own phone.")
        case EventKind.REFUSED:
            return _("%(name)s was asked about %(texts)s and said no.")
        case EventKind.PREFERRED:
            return _("%(name)s chose how to get %(texts)s.")
        case EventKind.WITHDRAWN:
            return _withdrawn_wording(event, by_handset=by_handset, is_program=is_program)
        case EventKind.CORRECTED:
            return _("A stop of %(name)s had been misread, and was undone.")
        case EventKind.EXPIRED if event.reason:
            return _(
                "The time that a rule gives consent to %(texts)s was over, and %(name)s had said no more."
            )
        case EventKind.EXPIRED:
            return _("The request to %(name)s about %(texts)s lapsed without a yes.")
        case EventKind.INVALIDATED:
            return _("The number was reported as no longer that of %(name)s.")
        case EventKind.ERASED:
            return _("%(name)s was erased.")


def _withdrawn_wording(event: ConsentEvent, *, by_handset: bool, is_program: bool) -> str:
    if event.actor is Actor.CARRIER:
        return _("The carrier reported that %(name)s stopped texts of %(brand)s.")
    if is_program:
        return (
            _("%(name)s ended %(texts)s by text.") if by_handset else _("%(texts)s were ended for %(name)s.")
        )
    return (
        _("%(name)s ended everything from %(brand)s by text.")
        if by_handset
        else _("Everything from %(brand)s was ended for %(name)s.")
    )


def anchor(event_id: int) -> str:
    return f"event-{event_id}"


def timeline_item(
    record: EventRecord,
    name: str,
    brand: str,
    programs: Programs,
    zone: str,
    users: Mapping[int, str] | None = None,
) -> parts.TimelineItem:
    """One event with the wording as it was shown, the person's own words, and what the evidence is worth.

    `users`: the names of colleagues that the record speaks of.
    """
    event = record.event
    grade = event.grade.value if event.grade else ""
    has_wording = bool(record.wording)
    to = _("Texted to %(code)s") % {"code": record.sent_to} if record.sent_to else _("Texted")
    facts: list[tuple[parts.Words, parts.Words]] = []
    if record.words and has_wording:
        facts.append((to, f"“{record.words}”"))
    program = programs.get(event.scope.program) if event.scope.program is not None else None
    if event.program_version is not None and program is not None:
        named = {"program": program.name, "version": event.program_version}
        facts.append((_("Program"), _("%(program)s, version %(version)s") % named))
    facts.append((_("By way of"), _ROUTES.get(event.route, event.route)))
    who = (users or {}).get(record.context.get("user", 0), "")
    if who:
        facts.append((_("By"), who))
    if event.kind is EventKind.CORRECTED and record.context.get("reason"):
        facts.append((_("Why it was no stop"), str(record.context["reason"])))
    if event.lapses_at is not None:
        facts.append((_("A yes counts until"), plain_moment(event.lapses_at, zone)))
    if abs((event.received_at - event.occurred_at).total_seconds()) >= 60:
        facts.append((_("Reached us"), plain_moment(event.received_at, zone)))
    if grade:
        facts.append((_("Does not prove"), _NOT_PROVED[grade]))
    if not record.is_readable:
        facts.append((_("Evidence"), _("Sealed: the key of this person is not here.")))
    return parts.TimelineItem(
        state=state_of(event.kind),
        sentence=event_sentence(event, name, brand, programs),
        at=event.occurred_at,
        zone=zone,
        wording=record.wording or record.words,
        wording_language=(event.language or "") if has_wording else "",
        wording_label=_wording_label(record) if has_wording else to,
        facts=facts,
        grade=grade,
        proof=_proof(record),
        anchor=anchor(event.id),
    )


def _proof(record: EventRecord) -> parts.Proof:
    if record.is_published:
        return parts.Proof.PROVED
    return parts.Proof.PENDING if record.is_in_outbox else parts.Proof.NONE


def state_of(kind: EventKind) -> str:
    """The word of `states.STATES` for an event."""
    return "lapsed" if kind is EventKind.EXPIRED else kind.value


def _wording_label(record: EventRecord) -> str:
    values = {"language": language_word(record.event.language), "version": record.wording_version}
    if record.wording_version and values["language"]:
        return _("Wording as it was shown, in %(language)s, version %(version)s") % values
    return _("Wording as it was shown")
