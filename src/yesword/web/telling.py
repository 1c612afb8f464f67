"""Consent in sentences: what a person has permitted, and what happened to it.

Facts in, the dataclasses of `parts` out, in the reader's language. Nothing is fetched or decided here; why a text may go
or not is in `sentences`.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from yesword.domain.events import DEAD_NUMBER, ConsentEvent, EventKind, Grade
from yesword.domain.explain import permission_sentence
from yesword.domain.ids import ProgramId
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState, Withdrawal
from yesword.reporting.people import EventRecord
from yesword.reporting.standings import Standing, standing_of
from yesword.store.contacts import Contact
from yesword.store.leave_answers import LeaveAnswer
from yesword.web import parts
from yesword.web.event_words import said_of
from yesword.web.formats import masked, zone_name
from yesword.web.leave_reasons import REASONS
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
    "dead_number": gettext_lazy("Carriers, on several days"),
    "gone_list": gettext_lazy("A list of numbers that were given up or passed on"),
    "form": gettext_lazy("A form"),
    "popup": gettext_lazy("A pop-up on a site"),
    "reverse": gettext_lazy("A code from a page, texted"),
    "agent": gettext_lazy("A colleague"),
    "exclusion": gettext_lazy("A colleague, by number"),
    "link": gettext_lazy("A link"),
    "confirm_link": gettext_lazy("The link of the question"),
    "preferences": gettext_lazy("The page of preferences, after a code to the handset"),
    "code": gettext_lazy("A page, after a code to the handset"),
    "api": gettext_lazy("The API"),
    "checkout": gettext_lazy("A checkout"),
    "lead_ad": gettext_lazy("A lead ad"),
    "paper": gettext_lazy("Paper"),
    "spoken": gettext_lazy("Spoken words"),
    "kiosk": gettext_lazy("A tablet in the shop"),
    "application": gettext_lazy("A job application"),
    "offer": gettext_lazy("A reply to an offer"),
    "contest_entry": gettext_lazy("A yes behind the entry of a contest"),
    "contest_reply": gettext_lazy("A reply to the question after the entry of a contest"),
    "conversation": gettext_lazy("A reply to a colleague who asked"),
    "email_link": gettext_lazy("A form, by the link of an invitation by e-mail"),
    "email_reply": gettext_lazy("An answer to an invitation by e-mail"),
    "attested": gettext_lazy("Somebody's attestation"),
}


def route_word(route: str) -> str:
    """By which way an act came, as people say it; a route without a word of its own is named as it is."""
    return str(_ROUTES.get(route, route))


def name_or_number(person: Contact | None) -> str:
    """What a person is called in a list. Nothing of somebody who was erased, even while their proof is kept."""
    if person is None or person.erased_at is not None:
        return ""
    return person.name or masked(person.number)


def in_list(person: Contact | None) -> str:
    return name_or_number(person) or _("Erased")


def name_of(name: str) -> str:
    """For the middle of a sentence."""
    return name or _("this person")


def about(name: str, wording: str, words: Mapping[str, str]) -> str:
    """A sentence about somebody, who may have no name, and may begin it or stand in its middle."""
    said = wording % {**words, "name": name_of(name)}
    return said if name else said[:1].upper() + said[1:]


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


def plain_month(value: date) -> str:
    """`March 2026`."""
    return formats.date_format(value, "F Y", use_l10n=False)


# What is permitted


def permission(
    name: str, program: Program, state: ConsentState, at: datetime, zone: str, *, brand: str, evidence: bool
) -> parts.Permission:
    """One person and one program: whether texts may go, and because of what."""
    texts = texts_of(program)
    words = {"texts": texts, "brand": brand}
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
        return parts.Permission(
            state="erased", sentence=about(name, _("%(name)s was erased, and gets no texts."), words)
        )
    if state.invalid_since is not None:
        is_dead = any(
            each.route == DEAD_NUMBER and each.at == state.invalid_since for each in state.withdrawals
        )
        why = (
            _("Carriers say that nobody has this number, so nothing may be texted to it.")
            if is_dead
            else _("Somebody else has this number now, so nothing may be texted to it.")
        )
        return parts.Permission(
            state="invalidated",
            sentence=about(name, why, words),
            remedy=_("The new owner may join by texting a keyword."),
        )
    request = state.request_for(program.id)
    if standing is Standing.PENDING and request is not None:
        return parts.Permission(
            state="pending",
            sentence=about(
                name,
                _("%(name)s was asked about %(texts)s, and has not yet said yes from their own phone."),
                words,
            ),
            remedy=_("Nothing more is sent. A yes counts until %(time)s.")
            % {"time": plain_moment(request.lapses_at, zone)},
        )
    stop = state.withdrawal_for(program.id)
    if stop is not None:
        told = _stop_wording(stop)
        return parts.Permission(
            state="withdrawn",
            sentence=about(name, told, {**words, "day": _local_day(stop.at, zone)}),
            remedy=_("Only they can change it, by texting START or a keyword from their own phone."),
            evidence_url=f"#{anchor(stop.event)}" if evidence else "",
            evidence_label=_("See the evidence"),
        )
    if standing is Standing.LAPSED:
        return parts.Permission(
            state="lapsed",
            sentence=about(
                name, _("%(name)s may not be texted %(texts)s: the request lapsed without a yes."), words
            ),
            remedy=_("They may sign up again."),
        )
    if standing is Standing.REFUSED:
        return parts.Permission(
            state="refused",
            sentence=about(
                name, _("%(name)s may not be texted %(texts)s: they were asked and said no."), words
            ),
            remedy=_("Only they can change it, by signing up themselves."),
        )
    return parts.Permission(
        state="none",
        sentence=about(name, _("%(name)s may not be texted %(texts)s: they never agreed to them."), words),
        remedy=_("They join by texting %(keyword)s to %(sender)s.")
        % {"keyword": program.keywords[0], "sender": program.sender}
        if program.keywords
        else "",
    )


def _stop_wording(stop: Withdrawal) -> str:
    if stop.known_at is None and stop.lifted:
        return _("%(name)s may not be texted anything else by %(brand)s: they ended everything.")
    if stop.known_at is None:
        return _("%(name)s may not be texted by %(brand)s: they ended everything.")
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
    texts = texts_of(program) if program else _("texts of %(brand)s") % {"brand": brand}
    told = said_of(event, is_program=program is not None).about
    return about(name, str(told), {"brand": brand, "texts": texts})


def anchor(event_id: int) -> str:
    return f"event-{event_id}"


def _said_of_leaving(said: LeaveAnswer) -> Iterator[tuple[parts.Words, parts.Words]]:
    if said.reason is not None:
        yield _("Why they left"), f"“{dict(REASONS)[said.reason]}”"
    if said.words:
        yield _("In their own words"), f"“{said.words}”"
    if said.wants_mail:
        yield _("Wish"), _("E-mail instead of texts. It is no consent to e-mail.")


def timeline_item(
    record: EventRecord,
    name: str,
    brand: str,
    programs: Programs,
    zone: str,
    users: Mapping[int, str] | None = None,
    receipt_url: str = "",
) -> parts.TimelineItem:
    """One event with the wording as it was shown, the person's own words, and what the evidence is worth.

    `users`: the names of colleagues that the record speaks of. `receipt_url`: where its receipt is, while it can be read.
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
    if record.said_of_leaving is not None:
        facts += _said_of_leaving(record.said_of_leaving)
    if event.lapses_at is not None:
        facts.append((_("A yes counts until"), plain_moment(event.lapses_at, zone)))
    if abs((event.received_at - event.occurred_at).total_seconds()) >= 60:
        facts.append((_("Reached us"), plain_moment(event.received_at, zone)))
    if grade:
        facts.append((_("Does not prove"), _NOT_PROVED[grade]))
    if not record.is_readable:
        facts.append((_("Evidence"), _("Sealed: the key of this person is not here.")))
    return parts.TimelineItem(
        state=state_of(event),
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
        receipt_url=receipt_url if record.is_readable else "",
    )


def _proof(record: EventRecord) -> parts.Proof:
    if record.is_published:
        return parts.Proof.PROVED
    return parts.Proof.PENDING if record.is_in_outbox else parts.Proof.NONE


def state_of(event: ConsentEvent) -> str:
    """The word of `states.STATES` for an event. A bare claim is no consent, so it does not look like one."""
    if event.kind is EventKind.EXPIRED:
        return "lapsed"
    is_claim = event.kind is EventKind.GRANTED and event.grade is Grade.E
    return "claimed" if is_claim else event.kind.value


def _wording_label(record: EventRecord) -> str:
    values = {"language": language_word(record.event.language), "version": record.wording_version}
    if record.wording_version and values["language"]:
        return _("Wording as it was shown, in %(language)s, version %(version)s") % values
    return _("Wording as it was shown")
