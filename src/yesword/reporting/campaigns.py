"""What the pages about campaigns show: progress, what waits, what was refused and why, and some real people beforehand.

Everything is read; the gate is asked only about people to show, exactly as the verdict and the claim ask it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.composing import compose, way_out_of
from yesword.domain.decisions import Decision, Reason, Verdict
from yesword.domain.ids import BrandId, ContactId, ProgramId, bucket_of
from yesword.domain.messages import MessageState
from yesword.domain.programs import Program
from yesword.domain.times import from_micros, to_micros
from yesword.reporting import holding
from yesword.reporting.holding import Holding
from yesword.sending.campaigns import PARKED, audience_page, states
from yesword.sending.proofreading import places_of
from yesword.sending.verdicts import SHOWN, Asked, ask
from yesword.sending.weighing import Scales
from yesword.store import contacts, leave_links, models, programs
from yesword.store.database import Session
from yesword.store.opening import Store

# A message in one of these will change no more, but for a carrier's late report.
FINAL: Final = frozenset(MessageState) - {MessageState.QUEUED, MessageState.HELD, MessageState.SENDING}
PAGE: Final = 25
_LINES: Final = 12  # of waits and causes
_LOOKED_AT: Final = 400  # people, to find some to show
_EXAMPLES: Final = 12  # people asked about, to find the reason behind each line of a verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignLine:
    """One campaign in the list. `done` and `total` are None where it has not begun."""

    id: int
    name: str
    program: str
    state: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int | None
    total: int | None
    holding: Holding


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Texts that wait for the same moment, for the same reason."""

    code: str
    until: datetime
    count: int
    example: Reason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Texts that ended in the same state for the same reason."""

    state: MessageState
    code: str
    count: int
    example: Reason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """Where the texts of a campaign are."""

    states: Mapping[MessageState, int]
    total: int  # everybody in the audience; a forecast until the feeder has passed them all
    is_forecast: bool
    waiting: int
    waits: tuple[Wait, ...]
    causes: tuple[Cause, ...]

    @property
    def done(self) -> int:
        return sum(count for state, count in self.states.items() if state in FINAL)

    @property
    def handed(self) -> int:
        """Texts that a carrier took."""
        took = (MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED)
        return sum(self.states.get(state, 0) for state in took)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    per_second: float
    left_s: int | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Sample:
    """Some people of the audience, and how many of those looked at are in it."""

    looked_at: int
    in_audience: int
    is_everybody: bool
    people: tuple[Asked, ...]
    places: tuple[str, ...]  # where those in the audience may be


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonLine:
    """All people of a verdict with the same outcome for the same rule."""

    verdict: str
    code: str
    rule: str
    count: int
    first_until: datetime | None
    last_until: datetime | None
    example: Reason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What is known of the people of a brand, for suggestions: names of attributes, and values in use."""

    attributes: tuple[str, ...]
    values: tuple[str, ...]


def campaign_lines(store: Store, before: int | None = None) -> list[CampaignLine]:
    """The newest campaigns, or those older than `before`."""
    rows = models.Campaign.objects.select_related("program__sender").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    shown = list(rows[: PAGE + 1])
    held = holding.of_each(store, shown)
    return [_line(store, row, held[row.pk]) for row in shown]


def _line(store: Store, row: models.Campaign, held: Holding) -> CampaignLine:
    done = total = None
    if row.state in {"running", "paused"}:
        counts = states(store, row.pk)
        done = sum(count for state, count in counts.items() if state in FINAL)
        total = max(row.audience, done)
        if not row.is_fed:
            total = max(total, _forecast(row))
    elif row.state == "done":
        done = total = row.audience
    return CampaignLine(
        id=row.pk,
        name=row.name,
        program=programs.current(ProgramId(row.program_id)).name,
        state=row.state,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        done=done,
        total=total,
        holding=held,
    )


def newest_verdict(campaign: models.Campaign) -> models.CampaignVerdict | None:
    return models.CampaignVerdict.objects.filter(campaign=campaign).order_by("-pk").first()


def _forecast(campaign: models.Campaign) -> int:
    verdict = newest_verdict(campaign)
    return verdict.now + verdict.waiting + verdict.refused if verdict is not None else 0


def overview(store: Store, campaign: models.Campaign, at: datetime) -> Overview:
    """Where a campaign's texts are at `at`."""
    counts = states(store, campaign.pk)
    asked = {"campaign_id": campaign.pk, "now": to_micros(at), "parked": to_micros(PARKED)}
    with store.database.read() as session:
        waiting = session.first("campaign_waiting", **asked)
        waits = session.rows("campaign_waits", **asked, count=_LINES)
        causes = session.rows("campaign_causes", campaign_id=campaign.pk, count=_LINES)
        examples = _examples(session, [row[3] for row in (*waits, *causes) if row[3] is not None])
    fed = max(campaign.audience, sum(counts.values()))
    is_forecast = not campaign.is_fed and campaign.state in {"running", "paused"}
    return Overview(
        states=counts,
        total=max(fed, _forecast(campaign)) if is_forecast else fed,
        is_forecast=is_forecast,
        waiting=waiting[0] if waiting else 0,
        waits=tuple(
            Wait(code=code, until=from_micros(due_at), count=count, example=_of(examples, decision, code))
            for code, due_at, count, decision in waits
        ),
        causes=tuple(
            Cause(state=MessageState(state), code=code, count=count, example=_of(examples, decision, code))
            for state, code, count, decision in causes
        ),
    )


def _examples(session: Session, ids: Sequence[int]) -> dict[int, Decision]:
    if not ids:
        return {}
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    rows = session.rows("decision_bodies", ids=session.ids(ids), buckets=buckets)
    return {row[0]: Decision.from_bytes(bytes(row[1])) for row in rows}


def _of(examples: Mapping[int, Decision], decision: int | None, code: str) -> Reason | None:
    """The reason with that code; a campaign's end or a carrier's refusal stands in no decision."""
    if decision is None or decision not in examples:
        return None
    return next((reason for reason in examples[decision].reasons if reason.code == code), None)


def pace(samples: Sequence[tuple[float, int]], left: int) -> Pace:
    """The speed from (seconds, texts done) pairs, oldest first, and how long `left` texts will take at it."""
    if len(samples) < 2:
        return Pace(per_second=0.0, left_s=None)
    (began, before), (ended, now) = samples[0], samples[-1]
    per_second = (now - before) / (ended - began) if ended > began and now > before else 0.0
    return Pace(per_second=per_second, left_s=round(left / per_second) if per_second else None)


# --- before sending


def sample(store: Store, scales: Scales, campaign: models.Campaign, at: datetime, wanted: int = 3) -> Sample:
    """Some people of the audience, of different languages, those first who would get the text now."""
    with store.database.read() as session:
        people, _, looked_at = audience_page(store, session, campaign, 0, _LOOKED_AT)
        asked = ask(session, scales, campaign, people, at)
    order = {Verdict.SEND: 0, Verdict.WAIT: 1, Verdict.REFUSE: 2}
    asked.sort(key=lambda each: (order[each.decision.verdict], not each.person.name))
    chosen: list[Asked] = []
    for is_new_language in (True, False):
        for each in asked:
            languages = {one.person.language for one in chosen}
            if (
                len(chosen) < wanted
                and each not in chosen
                and (each.person.language not in languages) is is_new_language
            ):
                chosen.append(each)
    return Sample(
        looked_at=looked_at,
        in_audience=len(people),
        is_everybody=looked_at < _LOOKED_AT,
        people=tuple(chosen),
        places=places_of(people),
    )


def traits(store: Store, brand: BrandId) -> Traits:
    """What some people of the brand have, so that a segment can be chosen instead of guessed."""
    with store.database.read() as session:
        people = contacts.read_many(store, session, contacts.page_after(session, brand, 0, _LOOKED_AT))
    names = {key: None for person in people.values() for key in person.attributes}
    values: dict[str, None] = {}
    for person in people.values():
        known = (
            person.language,
            person.country,
            person.source,
            *(place.region or "" for place in person.places),
            *person.attributes.values(),
        )
        values.update(dict.fromkeys(known))
    return Traits(
        attributes=tuple(sorted(names)), values=tuple(sorted(value for value in values if value))[:200]
    )


# --- behind a verdict


def reason_lines(
    store: Store, scales: Scales, verdict: models.CampaignVerdict, outcome: str
) -> list[ReasonLine]:
    """The lines of one part of a verdict, most people first; each with a reason as one of its people has it."""
    found: dict[tuple[str, str], list[tuple[int | None, int]]] = {}
    for said, code, rule, until, count in verdict.reasons:
        if said == outcome:
            found.setdefault((code, rule), []).append((until, count))
    examples = _reasons_of(store, scales, verdict, outcome, found)
    lines = []
    for (code, rule), counts in found.items():
        untils = [from_micros(until) for until, _ in counts if until is not None]
        lines.append(
            ReasonLine(
                verdict=outcome,
                code=code,
                rule=rule,
                count=sum(count for _, count in counts),
                first_until=min(untils, default=None),
                last_until=max(untils, default=None),
                example=examples.get((code, rule)),
            )
        )
    return sorted(lines, key=lambda line: -line.count)


def _reasons_of(
    store: Store,
    scales: Scales,
    verdict: models.CampaignVerdict,
    outcome: str,
    kinds: Iterable[tuple[str, str]],
) -> dict[tuple[str, str], Reason]:
    """A verdict keeps counts; the sentences come from asking again about some of the people, for the same moment."""
    ids: list[ContactId] = []
    for code, rule in kinds:
        people = models.VerdictPerson.objects.filter(verdict=verdict, outcome=outcome, code=code, rule=rule)
        ids += [ContactId(each) for each in people.values_list("contact_id", flat=True)[:_EXAMPLES]]
    found: dict[tuple[str, str], Reason] = {}
    for asked in _asked(store, scales, verdict, ids).values():
        for reason in asked.decision.reasons[:1]:
            found.setdefault((reason.code, reason.rule), reason)
    return found


def _asked(
    store: Store, scales: Scales, verdict: models.CampaignVerdict, ids: Sequence[ContactId]
) -> dict[ContactId, Asked]:
    with store.database.read() as session:
        people = contacts.read_many(store, session, ids)
        asked = ask(session, scales, verdict.campaign, list(people.values()), verdict.at)
    return {each.person.id: each for each in asked}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class VerdictLine:
    """One person behind a number of a verdict. `asked` is None for somebody who was erased since."""

    key: int
    contact: ContactId
    not_before: datetime | None
    asked: Asked | None


def verdict_people(
    store: Store,
    scales: Scales,
    verdict: models.CampaignVerdict,
    outcome: str,
    code: str | None,
    rule: str | None = None,
    after: int = 0,
    count: int = 50,
) -> list[VerdictLine]:
    """A page of the people that were kept behind a number, and one more if there are more."""
    rows = models.VerdictPerson.objects.filter(verdict=verdict, outcome=outcome, pk__gt=after).order_by("pk")
    if code is not None:
        rows = rows.filter(code=code)
    # The rule is not kept with the people; those kept for one code are few enough to ask them all.
    kept = list(rows[: SHOWN if rule is not None else count + 1])
    asked = _asked(store, scales, verdict, [ContactId(each.contact_id) for each in kept])
    if rule is not None:
        kept = [each for each in kept if _rule_of(asked.get(ContactId(each.contact_id))) == rule][: count + 1]
    return [
        VerdictLine(
            key=row.pk,
            contact=ContactId(row.contact_id),
            not_before=row.not_before,
            asked=asked.get(ContactId(row.contact_id)),
        )
        for row in kept
    ]


def _rule_of(asked: Asked | None) -> str | None:
    return asked.decision.reasons[0].rule if asked is not None and asked.decision.reasons else None


def way_outs(program: Program) -> list[tuple[str, str]]:
    """The line that is put at the end of each text that has no way out, in each language of the program."""
    found = []
    for language in program.languages:
        _, texts = program.texts_in(language)
        found.append((language, leave_links.LINKS.shown(compose(way_out_of(program, texts), program, texts))))
    return found
