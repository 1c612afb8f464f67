"""Campaigns: their life, their texts, and the feeder that keeps a few thousand messages ahead of the dispatcher.

A campaign holds a cursor over its audience, not a list of people. So a pause, a stop or a new rule bites at hand-over, and
ten million contacts cost no ten million rows up front.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain import composing, segments
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, ProgramId
from yesword.domain.messages import MessageKind, MessageState
from yesword.domain.programs import Program
from yesword.domain.thresholds import Watched
from yesword.domain.times import from_micros, to_micros
from yesword.sending import invitations
from yesword.store import contacts, holds, models, outgoing, pauses, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

AHEAD: Final = 4000  # queued messages that are due, above which the feeder rests
PAGE: Final = 1000
PARKED: Final = from_micros(pauses.FAR)  # the due time of a paused campaign's texts


class CampaignStateError(YeswordError):
    """Campaign {name} is {state}; it cannot {verb} now."""

    code = "campaign_state"


class CampaignHeldError(YeswordError):
    """Campaign {name} was paused by itself, because of how people took it. Resume it with a reason: `yesword pause resume {pause} --reason …`."""

    code = "campaign_held"


class EmptyTemplateError(YeswordError):
    """The campaign has no text. Write what people should read."""

    code = "empty_template"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCampaign:
    brand: BrandId
    program: ProgramId
    name: str
    template: str
    segment: tuple[segments.Condition, ...] = ()
    categories: tuple[str, ...] = ()
    subject: str = ""
    starts_at: datetime | None = None
    send_by: datetime | None = None
    is_mixed: bool = False  # it informs and sells, says its author
    invites: ProgramId | None = None  # another program of the brand, whose question it puts
    created_by: int | None = None


def create(new: NewCampaign) -> models.Campaign:
    """A draft. Raises as `written` does."""
    row = written(new)
    row.save()
    return row


def written(new: NewCampaign) -> models.Campaign:
    """A draft that is not kept yet.

    Raises TemplateError where the text has a field that could fail in the middle of the campaign.
    """
    if not new.template.strip():
        raise EmptyTemplateError
    program = programs.current(new.program)
    for _, texts in program.texts:
        composing.compose(new.template, program, texts)
    invitations.check(new.program, new.invites)
    return models.Campaign(
        brand_id=new.brand,
        program_id=new.program,
        name=new.name,
        template=new.template,
        subject=new.subject,
        segment=segments.to_json(new.segment),
        categories=list(new.categories),
        starts_at=new.starts_at,
        send_by=new.send_by,
        is_mixed=new.is_mixed,
        invites_id=new.invites,
        created_by_id=new.created_by,
    )


def start(campaign_id: int, at: datetime) -> None:
    _move(campaign_id, "start", ("draft",), state="running", started_at=at)


def pause(campaign_id: int) -> None:
    _move(campaign_id, "pause", ("running",), state="paused")


def resume(campaign_id: int) -> None:
    """Its parked messages come back in the feeder's next rounds. Raises CampaignHeldError where that wants a reason."""
    held = pauses.standing().get((Watched.CAMPAIGN, campaign_id))
    if held is not None:
        name = models.Campaign.objects.values_list("name", flat=True).get(pk=campaign_id)
        raise CampaignHeldError(name=name, pause=held.id)
    _move(campaign_id, "resume", ("paused",), state="running")


def cancel(campaign_id: int, at: datetime) -> None:
    """What is queued is cancelled in the feeder's next rounds, and refused by the gate should it be claimed before."""
    _move(campaign_id, "cancel", ("draft", "running", "paused"), state="cancelled", is_fed=False, ended_at=at)


def _move(campaign_id: int, verb: str, allowed: Sequence[str], **changes: object) -> None:
    moved = models.Campaign.objects.filter(pk=campaign_id, state__in=allowed).update(**changes)
    if not moved:
        row = models.Campaign.objects.get(pk=campaign_id)
        raise CampaignStateError(name=row.name, state=row.state, verb=verb)


def states(store: Store, campaign_id: int) -> dict[MessageState, int]:
    """How many of its messages are where."""
    with store.database.read() as session:
        rows = session.rows("message_states_of_campaign", campaign_id=campaign_id)
    return {MessageState(state): count for state, count in rows}


class CampaignTexts:
    """The campaigns that a batch of messages belongs to: what they say and whether they run."""

    def __init__(self, campaign_ids: Iterable[int | None]) -> None:
        wanted = {each for each in campaign_ids if each is not None}
        self._rows = models.Campaign.objects.in_bulk(wanted) if wanted else {}
        self._invited = {key: invitations.invited_by(row) for key, row in self._rows.items()}

    def template(self, campaign_id: int | None, language: str) -> str:
        assert campaign_id is not None, "only a campaign's message has no body of its own"
        template: str = self._rows[campaign_id].template
        return invitations.with_question(template, self._invited[campaign_id], language)

    def is_paused(self, campaign_id: int | None) -> bool:
        return campaign_id in self._rows and self._rows[campaign_id].state == models.Campaign.State.PAUSED

    def is_mixed(self, campaign_id: int | None) -> bool:
        return campaign_id in self._rows and self._rows[campaign_id].is_mixed

    def is_cancelled(self, campaign_id: int | None) -> bool:
        return campaign_id in self._rows and self._rows[campaign_id].state == models.Campaign.State.CANCELLED


def audience_page(
    store: Store, session: Session, campaign: models.Campaign, cursor: int, count: int
) -> tuple[list[Contact], int, int]:
    """The next of the brand's contacts who are in the segment; the new cursor; and how many were looked at."""
    ids = contacts.page_after(session, BrandId(campaign.brand_id), cursor, count)
    if not ids:
        return [], cursor, 0
    conditions = segments.from_json(campaign.segment)
    people = contacts.read_many(store, session, ids)
    chosen = [people[each] for each in ids if segments.matches(conditions, _traits(people[each]))]
    return list(invitations.still_to_invite(session, campaign, chosen)), ids[-1], len(ids)


def _traits(person: Contact) -> segments.Traits:
    return segments.Traits(
        language=person.language,
        country=person.country,
        regions=tuple(place.region for place in person.places if place.region),
        source=person.source,
        attributes=tuple(person.attributes.items()),
    )


def feed(store: Store, at: datetime) -> int:
    """One round of feeding: cancel, bring back, or plan a page of each open campaign. The number of rows it moved."""
    moved = 0
    for campaign in models.Campaign.objects.filter(state="cancelled", is_fed=False):
        moved += _cancel_round(store, campaign, at)
    paused = pauses.standing()
    with store.database.read() as session:
        valve = holds.held(session)
    running = models.Campaign.objects.filter(state="running").select_related("program__sender")
    for campaign in running.order_by("pk"):
        # While its program or number is paused, none of its texts would go: its place in the audience is kept.
        if not _is_held(campaign, paused, valve):
            moved += _feed_round(store, campaign, at)
    return moved


def _is_held(campaign: models.Campaign, paused: pauses.Standing, valve: holds.Held) -> bool:
    program = campaign.program
    if valve and (valve.reasons or valve.scope_of(program.sender.account_id, program.brand_id)):
        return True
    return bool(pauses.touching(paused, campaign=campaign.pk, program=program.pk, sender=program.sender_id))


def _cancel_round(store: Store, campaign: models.Campaign, at: datetime) -> int:
    with store.database.write() as session:
        cancelled = session.run("cancel_campaign_chunk", campaign_id=campaign.pk, now=to_micros(at))
    if not cancelled:
        models.Campaign.objects.filter(pk=campaign.pk, state="cancelled").update(is_fed=True)
    return cancelled


def _feed_round(store: Store, campaign: models.Campaign, at: datetime) -> int:
    with store.database.write() as session:
        back = session.run(
            "unpark_campaign_chunk", campaign_id=campaign.pk, now=to_micros(at), parked=to_micros(PARKED)
        )
    if back:
        return back
    if campaign.is_fed:
        _finish(store, campaign, at)
        return 0
    if campaign.starts_at is not None and campaign.starts_at > at:
        return 0
    with store.database.read() as session:
        row = session.first("queued_of_campaign", campaign_id=campaign.pk, now=to_micros(at))
        if row is not None and row[0] >= AHEAD:
            return 0
        people, cursor, looked_at = audience_page(store, session, campaign, campaign.cursor, PAGE)
    program = programs.current(ProgramId(campaign.program_id))
    sender = programs.sender_of(program)
    with store.database.write() as session:
        # The cursor and its page are one transaction: a crash feeds nobody twice and leaves nobody out.
        is_ours = models.Campaign.objects.filter(
            pk=campaign.pk, state="running", cursor=campaign.cursor, is_fed=False
        ).update(cursor=cursor, audience=campaign.audience + len(people), is_fed=looked_at < PAGE)
        if not is_ours:
            return 0
        seqs = contacts.standing_seqs(session, [person.id for person in people])
        plans = [_plan(campaign, program, sender.id, person, seqs[person.id], at) for person in people]
        outgoing.insert(store, session, plans, {}, at)
    return looked_at or 1  # that nobody is left is a step, too


def _plan(
    campaign: models.Campaign, program: Program, sender: int, person: Contact, seq: int, at: datetime
) -> outgoing.Plan:
    return outgoing.Plan(
        brand=BrandId(campaign.brand_id),
        contact=ContactId(person.id),
        program=program.id,
        program_version=program.version,
        sender=sender,
        message_class=program.message_class,
        kind=MessageKind.CAMPAIGN,
        planned_seq=seq,
        due_at=at,
        language=person.language,
        country=person.country,
        campaign=campaign.pk,
        subject=campaign.subject,
        categories=tuple(campaign.categories) or program.categories,
        send_by=campaign.send_by,
    )


def _finish(store: Store, campaign: models.Campaign, at: datetime) -> None:
    with store.database.read() as session:
        row = session.first("open_of_campaign", campaign_id=campaign.pk)
    if row is not None and row[0] == 0:
        models.Campaign.objects.filter(pk=campaign.pk, state="running").update(state="done", ended_at=at)
