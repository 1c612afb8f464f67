"""Every text, what became of it, and why: the list, and one message with each decision about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yesword.channels.ports import OutcomeStatus, ReportState
from yesword.domain.decisions import Verdict
from yesword.domain.explain import permission_sentence
from yesword.domain.gate.pausing import CODE as REPUTATION
from yesword.domain.ids import BadIdError, MessageId, from_text, to_text
from yesword.domain.messages import MessageKind, MessageState
from yesword.domain.text import measure
from yesword.reporting import messages as reporting
from yesword.sending.campaigns import PARKED
from yesword.sending.explaining import NoDecisionError, Recomputed, why
from yesword.store import models
from yesword.store.holds import HELD_APART
from yesword.web import parts
from yesword.web.console.addresses import campaign_url, message_url, person_url
from yesword.web.console.campaigns import brand_zone_of, own_reason
from yesword.web.formats import masked
from yesword.web.installation import scales, store
from yesword.web.questions import question_facts
from yesword.web.sentences import computed_again, reason_tree, say
from yesword.web.states import state_word
from yesword.web.telling import in_list, name_or_number, texts_of

_EXCERPT: Final = 72  # characters
KINDS: Final[dict[MessageKind, Promise]] = {
    MessageKind.CAMPAIGN: gettext_lazy("Campaign"),
    MessageKind.REMINDER: gettext_lazy("Reminder"),
    MessageKind.SURVEY: gettext_lazy("Survey"),
    MessageKind.CODE: gettext_lazy("One-time code"),
    MessageKind.CONSENT_REQUEST: gettext_lazy("Request to confirm"),
    MessageKind.INVITATION: gettext_lazy("Question for consent"),
    MessageKind.RENEWAL: gettext_lazy("Reminder of a consent"),
    MessageKind.WELCOME: gettext_lazy("Welcome"),
    MessageKind.STOP_REPLY: gettext_lazy("Confirmation of a stop"),
    MessageKind.HELP_REPLY: gettext_lazy("Answer to HELP"),
    MessageKind.REPLY: gettext_lazy("Reply"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One filter as a select shows it."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]  # value, words, whether it is chosen


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that happened to a message."""

    label: str
    at: datetime
    note: str = ""


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request.GET)
    before = request.GET.get("before", "")
    lines = reporting.message_page(store(), chosen, int(before) if before.isdecimal() else None)
    shown = lines[: reporting.PAGE]
    asked = request.GET.copy()
    asked.pop("before", None)
    here = reverse("console:messages")
    older = ""
    if len(lines) > reporting.PAGE:
        asked["before"] = str(shown[-1].key)
        older = f"{here}?{asked.urlencode()}"
        asked.pop("before")
    table = parts.Table(
        caption=_("Messages"),
        columns=[
            parts.Column(label=_("To")),
            parts.Column(label=_("State"), kind=parts.Kind.STATE),
            parts.Column(label=_("Text")),
            parts.Column(label=_("Kind")),
            parts.Column(label=_("Program")),
            parts.Column(label=_("Planned"), kind=parts.Kind.TIME),
        ],
        rows=[_row(line) for line in shown],
        zone=brand_zone_of(request),
        first_url=f"{here}?{asked.urlencode()}" if before else "",
        older_url=older,
    )
    is_filtered = chosen != reporting.Filter()
    context = {
        "table": table,
        "has_any": bool(shown),
        "is_filtered": is_filtered or bool(before),
        "choices": _choices(chosen),
        "campaign": models.Campaign.objects.filter(pk=chosen.campaign).first() if chosen.campaign else None,
        "all_url": here,
        "empty": parts.Empty(
            icon="message",
            title=_("No texts like that") if is_filtered else _("No texts yet"),
            text=_("No message is in this state, of this kind, or of this program.")
            if is_filtered
            else _(
                "As soon as somebody joins or a campaign goes, each text stands here, with what became of it and why."
            ),
            action_url=here if is_filtered else "",
            action_label=_("Show all messages"),
        ),
    }
    return render(request, "console/messages.html", context)


def _chosen(asked: QueryDict) -> reporting.Filter:
    """The filter that an address asks for; what it does not know, it leaves out."""
    states = {state.name.lower(): state for state in MessageState}
    kinds = {kind.value: kind for kind in MessageKind}
    program, campaign = asked.get("program", ""), asked.get("campaign", "")
    return reporting.Filter(
        state=states.get(asked.get("state", "")),
        kind=kinds.get(asked.get("kind", "")),
        program=int(program) if program.isdecimal() else None,
        campaign=int(campaign) if campaign.isdecimal() else None,
    )


def _choices(chosen: reporting.Filter) -> list[Choice]:
    names = reporting.program_names()
    return [
        Choice(
            name="state",
            label=_("State"),
            options=[
                (state.name.lower(), str(state_word(state.name.lower())), state is chosen.state)
                for state in MessageState
            ],
        ),
        Choice(
            name="kind",
            label=_("Kind"),
            options=[(kind.value, str(words), kind is chosen.kind) for kind, words in KINDS.items()],
        ),
        Choice(
            name="program",
            label=_("Program"),
            options=[(str(pk), name, pk == chosen.program) for pk, name in names.items()],
        ),
    ]


def _row(line: reporting.MessageLine) -> parts.Row:
    person = line.person
    return parts.Row(
        cells=[
            in_list(person),
            line.state.name.lower(),
            _excerpt(line),
            str(KINDS[line.kind]),
            line.program or "–",
            line.created_at,
        ],
        url=message_url(line.id),
    )


def _excerpt(line: reporting.MessageLine) -> str:
    if not line.text:
        return f"“{line.campaign}”" if line.campaign else "–"
    text = " ".join(line.text.split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


@require_safe
def page(request: HttpRequest, message: str) -> HttpResponse:
    """One message: as it reads, where it is, and every decision about it, computed again."""
    try:
        found = reporting.read_message(store(), MessageId(from_text("msg", message)))
    except BadIdError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    zone = found.person.places[0].zone if found.person and found.person.places else "UTC"
    name = in_list(found.person)
    is_known = bool(name_or_number(found.person))
    context: dict[str, Any] = {
        "message": found,
        "is_parked": found.due_at >= PARKED,
        "reference": to_text("msg", found.id),
        "name": name,
        "number": masked(found.person.number) if found.person and is_known else "",
        "person_url": person_url(found.contact) if found.person else "",
        "campaign_url": campaign_url(found.campaign.pk) if found.campaign else "",
        "kind": KINDS[found.kind],
        "state": found.state.name.lower(),
        "zone": zone,
        "handset": _handset(found, name, zone),
        "steps": _steps(found),
        "trees": _trees(found, name, zone),
        "notice": _notice(found),
        "crumbs": [(_("Messages"), reverse("console:messages"))],
    }
    return render(request, "console/message.html", context)


def _handset(found: reporting.MessageView, name: str, zone: str) -> parts.Handset:
    bubbles = []
    if found.text:
        measured = measure(found.text)
        bubbles.append(
            parts.Bubble(
                text=found.text,
                at=found.handed_at or (found.due_at if found.due_at < PARKED else None),
                segments=found.segments or measured.segments,
                encoding=measured.encoding.value,
                state=found.state.name.lower(),
                language=found.language,
            )
        )
    return parts.Handset(
        title=name,
        correspondent=found.sender,
        zone=zone,
        bubbles=bubbles,
        empty=_("The text is sealed, and its key is gone."),
        cost=""
        if found.is_text_fixed or not found.text
        else _("It reads like this now; it is fixed when it goes."),
    )


def _steps(found: reporting.MessageView) -> list[Step]:
    """What happened, oldest first. Who reads it knows whose clock: times are shown with their zone."""
    outcomes = {
        OutcomeStatus.ACCEPTED: _("The carrier took it"),
        OutcomeStatus.REFUSED: _("The carrier refused it"),
        OutcomeStatus.THROTTLED: _("The carrier was too busy; it came back into the queue"),
        OutcomeStatus.UNKNOWN: _("The carrier did not answer"),
        OutcomeStatus.UNWRITTEN: _("It did not get to the carrier; it came back into the queue"),
    }
    reports = {
        ReportState.DELIVERED: _("The carrier reports that it arrived"),
        ReportState.FAILED: _("The carrier reports that it did not arrive"),
        ReportState.EXPIRED: _("The carrier gave up: the phone was not reached in time"),
        ReportState.REJECTED: _("The carrier reports that it was rejected"),
        ReportState.UNKNOWN: _("The carrier does not know what became of it"),
    }
    steps = [Step(label=_("Planned"), at=found.created_at)]
    told: set[datetime] = set()
    for each in found.attempts:
        if each.claimed_at not in told:
            told.add(each.claimed_at)
            steps.append(Step(label=_("Handed to the carrier"), at=each.claimed_at))
            if each.ended_at is not None:
                label = outcomes[OutcomeStatus(each.outcome)] if each.outcome else _("Ended")
                steps.append(Step(label=label, at=each.ended_at, note=each.error))
        if each.reported_at is not None:
            label = reports[ReportState(each.reported)]
            steps.append(Step(label=label, at=each.reported_at, note=each.report_error))
    if found.ended_at is not None and not found.attempts:
        steps.append(Step(label=_("Ended without being sent"), at=found.ended_at))
    return steps


def _trees(found: reporting.MessageView, name: str, zone: str) -> list[parts.ReasonTree]:
    """Every decision, newest first."""
    try:
        decisions = why(store(), scales(), found.id)
    except NoDecisionError:
        return []
    asked = _("May this text go to %(name)s?") % {"name": name}
    return [
        reason_tree(
            each.stored,
            asked,
            zone,
            computed_again(each),
            permitted=_permitted(found, each, name),
            facts=question_facts(each.facts),
        )
        for each in reversed(decisions)
    ]


def _permitted(found: reporting.MessageView, made: Recomputed, name: str) -> parts.ReasonLine | None:
    """Because of what a text may go: the grant that stood then, and the packs that had nothing against it."""
    if made.stored.verdict is not Verdict.SEND:
        return None
    texts = texts_of(found.published) if found.published else found.program
    grants = made.facts.contact.state.grants
    grant = next((each for each in grants if each.event == made.stored.grant), None)
    return parts.ReasonLine(
        verdict=made.stored.verdict.value,
        sentence=say(permission_sentence(grant, texts, name))
        if grant is not None
        else _("Such a text rests on something else than consent to a program."),
        fact=_("Nothing in the rule packs that were asked speaks against it."),
    )


def _notice(found: reporting.MessageView) -> parts.Notice | None:
    """What a reason tree cannot say: ends that no decision brought about."""
    if found.state is MessageState.UNCERTAIN:
        return parts.Notice(
            tone="amber",
            title=_("Nobody knows whether this text went."),
            text=_(
                "The sending process ended between handing it to the carrier and writing that down. It is not sent again: nobody gets it twice. A report of the carrier settles it."
            ),
        )
    if (
        found.state in {MessageState.CANCELLED, MessageState.FAILED, MessageState.UNDELIVERED}
        and found.reason
    ):
        return parts.Notice(tone="slate", title=own_reason(found.reason))
    if found.state is MessageState.HELD:
        return parts.Notice(
            tone="amber", title=_("Held back until nothing that the stop covers is on its way any more.")
        )
    if found.state is MessageState.QUEUED and found.reason == REPUTATION:
        return parts.Notice(
            tone="amber",
            title=_("It waits until somebody resumes sending, and is not lost."),
            text=_("Sending was paused by itself, because of how people took the texts."),
            url=reverse("console:leaving"),
            url_label=_("See why, and resume with a reason"),
        )
    if found.state is MessageState.QUEUED and found.reason == HELD_APART:
        return parts.Notice(
            tone="amber",
            title=_("It waits until its account or brand may send again, and is not lost."),
            url=reverse("console:halt"),
            url_label=_("See why, and let it go on"),
        )
    if found.state is MessageState.QUEUED and found.campaign and found.campaign.state == "paused":
        return parts.Notice(tone="amber", title=_("Its campaign is paused; it stays where it is."))
    if found.state is MessageState.QUEUED and found.due_at <= timezone.now():
        return parts.Notice(tone="slate", title=_("It is due, and goes with the next batch."))
    return None
