"""What makes a text wait: hours, declared emergencies, frequency, and a pause that the person chose; and until when."""

from datetime import datetime, timedelta
from typing import Final

from yesword.domain.decisions import Reason, Sentence, Verdict
from yesword.domain.gate.case import Case, is_fresh_answer
from yesword.domain.gate.counting import Floor, floors, verdict_of, whole_minute
from yesword.domain.gate.plan import Closure, Doors, Opening, Plan, Waiting, plan_for
from yesword.domain.gate.reasons import built_in, by_rule
from yesword.domain.hours import HORIZON_DAYS, next_open, zone
from yesword.domain.messages import MessageKind
from yesword.domain.rules.model import Severity

_MINUTE: Final = timedelta(minutes=1)


def waiting(case: Case) -> Waiting | None:
    """None in the usual case: the text may go now, and nobody has a word to say."""
    plan = _plan_of_hours(case, case.plan)
    found = floors(case, case.plan)
    if not found and plan.is_somewhere and not plan.closures and plan.doors.are_open(case.at):
        return None
    doors = _doors(case, plan)
    if doors.openings and not plan.is_somewhere:
        # Somewhere on earth it is night, so no moment is lawful everywhere.
        unknown = built_in("place_unknown", fact=Sentence.of("fact.place_unknown"))
        return Waiting(until=None, reasons=(unknown,))
    if found or plan.closures:
        return _waiting(case, plan, doors, found)
    minute = case.at.replace(second=0, microsecond=0)
    said = doors.said
    if said is None or said[0] != minute:
        said = (minute, _waiting(case, plan, doors, []))
        until = said[1].until
        # What happens under the rules of another day may hang on the person; what holds now does not.
        if until is not None and until < plan.rules.until:
            doors.said = said
    return said[1]


def _waiting(case: Case, plan: Plan, doors: Doors, found: list[Floor]) -> Waiting:
    found = [*found, *_emergencies(case, plan)]
    closed = [each for each in doors.openings if not each.is_open(case.at)]
    notes = tuple(reason_of(each, case.at, None) for each in closed if not each.rule.is_enforced)
    notes += tuple(each.reason for each in found if each.reason.verdict is Verdict.SEND)
    closed = [each for each in closed if each.rule.is_enforced]
    found = [each for each in found if each.reason.verdict is not Verdict.SEND]
    if not closed and not found:
        return Waiting(until=case.at.replace(second=0, microsecond=0), notes=notes)
    refusing = tuple(
        reason_of(each, case.at, None) for each in closed if each.rule.severity is Severity.BLOCK
    )
    refusing += tuple(each.reason for each in found if each.reason.verdict is Verdict.REFUSE)
    if refusing:
        return Waiting(until=None, reasons=refusing, notes=notes)
    return _until(case, closed, found, notes)


def _until(case: Case, closed: list[Opening], found: list[Floor], notes: tuple[Reason, ...]) -> Waiting:
    until, openings = _earliest(case)
    if until is None:
        fact = Sentence.of("fact.no_lawful_hour", days=HORIZON_DAYS)
        reasons = [
            built_in("no_lawful_hour", fact=fact),
            *(reason_of(each, case.at, None) for each in closed),
        ]
        return Waiting(until=None, reasons=once(reasons), notes=notes)
    # Decisive is what still forbids the minute before, and of that best what forbids this minute too.
    just_before = until - _MINUTE
    last = [each for each in openings if each.rule.is_enforced and not each.is_open(just_before)]
    deciding = [each.reason for each in found if each.at > just_before]
    deciding += [
        reason_of(each, case.at, until) for each in sorted(last, key=lambda each: each not in closed)[:1]
    ]
    others = [each.reason for each in found] + [reason_of(each, case.at, None) for each in closed]
    return Waiting(until=until, reasons=once([*deciding, *others]), notes=notes)


def once(reasons: list[Reason]) -> tuple[Reason, ...]:
    """The first reason of each rule: two places may keep the same hours."""
    once: dict[str, Reason] = {}
    for reason in reasons:
        once.setdefault(reason.rule, reason)
    return tuple(once.values())


def _earliest(case: Case) -> tuple[datetime | None, tuple[Opening, ...]]:
    """Rules change on set days, so each stretch of days is searched under its own."""
    at, plan = case.at, case.plan
    while True:
        hours = _plan_of_hours(case, plan)
        doors = _doors(case, hours)
        enforced = [each for each in floors(case, plan) if each.reason.verdict is not Verdict.SEND]
        floor = max([at, *(each.at for each in enforced)])
        found = _first_open(doors, hours.closures, floor) if floor < plan.rules.until else None
        if found is not None and found < plan.rules.until:
            return found, doors.openings
        if plan.rules.until - floor > timedelta(days=HORIZON_DAYS):
            return None, doors.openings
        at = plan.rules.until
        plan = plan_for(case.facts, case.book, at)


def _first_open(doors: Doors, closures: tuple[Closure, ...], at: datetime) -> datetime | None:
    while True:
        found = doors.first_open(at)
        ends = [
            each.proclaimed.ends_at
            for each in closures
            if found is not None and each.rule.is_enforced and each.holds(found)
        ]
        if found is None or not ends:
            return found
        at = whole_minute(max(ends))


# --- hours ---------------------------------------------------------------------------------------------------


def _doors(case: Case, plan: Plan) -> Doors:
    """The hours without those that the person's consent or record lifts.

    On no clock at all, hours that were not verified say nothing.
    """
    doors = _lifted(case, plan)
    if plan.is_somewhere or any(each.rule.is_enforced and each.rule.is_verified for each in doors.openings):
        return doors
    return plan.doors_without(frozenset(each.rule for each in plan.openings))


def _lifted(case: Case, plan: Plan) -> Doors:
    if not plan.liftable:
        return plan.doors
    return plan.doors_without(frozenset(each.rule for each in plan.liftable if case.lifts(each)))


def _plan_of_hours(case: Case, plan: Plan) -> Plan:
    """Asking for consent is promotion itself, but for an answer to what the person has just texted."""
    if plan.kind is not MessageKind.CONSENT_REQUEST:
        return plan
    is_promotion = any(asking.is_promotional for rule, asking in plan.asking_by_text if rule.is_enforced)
    if not is_promotion or is_fresh_answer(case):
        return plan
    return plan_for(case.facts, case.book, plan.rules.since, by_day=True)


def reason_of(opening: Opening, at: datetime, until: datetime | None) -> Reason:
    """Why the hour is closed; `until` is when the text may go, where this opening decides it."""
    rule, place = opening.rule, opening.place
    here = at.astimezone(zone(place.zone))
    fact = Sentence.of(
        f"fact.local_time.{place.evidence.value}", time=here.strftime("%H:%M"), zone=place.zone
    )
    opens = until or next_open([opening.clock], at)
    if opens is None or rule.severity is Severity.BLOCK or not rule.is_enforced:
        outside = Sentence.of("outside_hours", place=opening.name, citation=rule.citation)
        return by_rule(rule, "quiet_hours", fact=fact, sentence=outside)
    return by_rule(
        rule,
        "quiet_hours",
        fact=fact,
        verdict=Verdict.WAIT,
        sentence=_waits_until(opens.astimezone(zone(place.zone)), here, opening),
        not_before=opens,
    )


def _waits_until(then: datetime, here: datetime, opening: Opening) -> Sentence:
    """The day is told where it is neither today nor the coming night."""
    time, place, citation = then.strftime("%H:%M"), opening.name, opening.rule.citation
    if then - here < timedelta(days=1):
        return Sentence.of("quiet_hours", time=time, place=place, citation=citation)
    day = then.date().isoformat()
    return Sentence.of("quiet_hours.day", time=time, until_on=day, place=place, citation=citation)


def _emergencies(case: Case, plan: Plan) -> list[Floor]:
    found = []
    for closure in plan.closures:
        if not closure.holds(case.at):
            continue
        ends_at = whole_minute(closure.proclaimed.ends_at)
        day = ends_at.date().isoformat()
        reason = by_rule(
            closure.rule,
            "emergency",
            fact=Sentence.of("fact.emergency", name=closure.proclaimed.name, until_on=day),
            verdict=verdict_of(case, ends_at, closure.rule),
            sentence=Sentence.of("emergency", place=closure.name, citation=closure.rule.citation),
            not_before=ends_at,
        )
        found.append(Floor(at=ends_at, reason=reason))
    return found
