"""The verdict before a campaign: how many now, how many wait until when, how many refused and why.

Computed by the very gate that sends, page by page, so that it can be left and come back to. Nothing is queued by it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.decisions import Decision, Verdict
from yesword.domain.facts import MessageFacts
from yesword.domain.ids import ProgramId
from yesword.domain.messages import MessageKind
from yesword.domain.times import to_micros
from yesword.sending import invitations
from yesword.sending.campaigns import audience_page
from yesword.sending.weighing import Offer, Scales, backgrounds
from yesword.sending.writing import write_template
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

PAGE: Final = 500
SHOWN: Final = 200  # people kept behind each number
_ADVANCED: Final = ("cursor", "is_done", "looked_at", "now", "waiting", "refused", "segments", "reasons")


def begin(store: Store, campaign: models.Campaign, at: datetime) -> models.CampaignVerdict:
    """A verdict that has not looked at anybody yet."""
    with store.database.read() as session:
        row = session.first("count_contacts", brand_id=campaign.brand_id)
    return models.CampaignVerdict.objects.create(campaign=campaign, at=at, total=row[0] if row else 0)


def advance(
    store: Store, scales: Scales, verdict: models.CampaignVerdict, page: int = PAGE
) -> models.CampaignVerdict:
    """Look at the next page of people. Where somebody else has meanwhile, theirs counts, and this one is dropped."""
    campaign, begun_at = verdict.campaign, verdict.cursor
    with store.database.read() as session:
        people, cursor, looked_at = audience_page(store, session, campaign, verdict.cursor, page)
        asked = ask(session, scales, campaign, people, verdict.at)
    tally: Counter[tuple[str, str, str, int | None]] = Counter(
        {(outcome, code, rule, until): count for outcome, code, rule, until, count in verdict.reasons}
    )
    shown = Counter(
        models.VerdictPerson.objects.filter(verdict=verdict).values_list("outcome", "code", "rule")
    )
    rows = []
    for each in asked:
        outcome, code, rule, until = _key(each.decision)
        tally[outcome, code, rule, until] += 1
        if outcome == Verdict.SEND.value:
            verdict.now += 1
            verdict.segments += each.segments
        elif outcome == Verdict.WAIT.value:
            verdict.waiting += 1
        else:
            verdict.refused += 1
        shown[outcome, code, rule] += 1
        if shown[outcome, code, rule] <= SHOWN:
            rows.append(
                models.VerdictPerson(
                    verdict=verdict,
                    outcome=outcome,
                    code=code,
                    rule=rule,
                    contact_id=each.person.id,
                    not_before=each.decision.not_before,
                )
            )
    verdict.reasons = [[*key, count] for key, count in tally.most_common()]
    verdict.cursor = cursor
    verdict.looked_at += looked_at
    verdict.is_done = looked_at < page
    with store.database.write():
        ours = models.CampaignVerdict.objects.filter(pk=verdict.pk, cursor=begun_at, is_done=False)
        if ours.update(**{name: getattr(verdict, name) for name in _ADVANCED}):
            models.VerdictPerson.objects.bulk_create(rows)
        else:
            verdict.refresh_from_db()
    return verdict


def complete(store: Store, scales: Scales, campaign: models.Campaign, at: datetime) -> models.CampaignVerdict:
    """The whole verdict, in one go: for the command line and for small audiences."""
    verdict = begin(store, campaign, at)
    while not verdict.is_done:
        verdict = advance(store, scales, verdict, 2000)
    return verdict


def offer_of(scales: Scales, campaign: models.Campaign) -> Offer:
    scales.refresh()
    program = programs.current(ProgramId(campaign.program_id))
    return Offer(
        brand=scales.brand(campaign.brand_id),
        program=program,
        program_facts=scales.program_facts(program),
        sender=programs.sender_of(program),
        message=MessageFacts(
            message_class=program.message_class,
            kind=MessageKind.CAMPAIGN,
            categories=tuple(campaign.categories) or program.categories,
            subject=campaign.subject,
            send_by=campaign.send_by,
            is_mixed=campaign.is_mixed,
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Asked:
    """One person of the audience, what they would read, and what the gate says of it."""

    person: Contact
    text: str
    segments: int
    decision: Decision


def ask(
    session: Session, scales: Scales, campaign: models.Campaign, people: Sequence[Contact], at: datetime
) -> list[Asked]:
    """What the gate would say of the campaign's text to each of these people at `at`."""
    offer = offer_of(scales, campaign)
    standings = contacts.standings(session, [person.id for person in people])
    before = backgrounds(session, standings, at)
    answers = []
    invited = invitations.invited_by(campaign)
    for person in people:
        state = standings[person.id].state
        template = invitations.with_question(campaign.template, invited, person.language)
        written = write_template(scales, offer, template, person, state, before[person.id], at)
        facts = written.weighed.facts.text
        answers.append(
            Asked(
                person=person,
                text=written.text,
                segments=facts.segments if facts else 1,
                decision=written.weighed.decision,
            )
        )
    return answers


def _key(decision: Decision) -> tuple[str, str, str, int | None]:
    reason = decision.reasons[0] if decision.reasons else None
    until = to_micros(decision.not_before) if decision.not_before else None
    return decision.verdict.value, reason.code if reason else "", reason.rule if reason else "", until
