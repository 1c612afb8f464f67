"""What makes a text wait: hours, frequency, and a pause that the person chose; and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.decisions import Reason, Sentence, Verdict
from yesword.domain.facts import SentFact
from yesword.domain.gate.case import Case, is_fresh_answer, rules_for
from yesword.domain.gate.reasons import built_in, by_rule
from yesword.domain.hours import HORIZON_DAYS, Clock, is_open, next_open, zone
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.permission import Lack
from yesword.domain.places import Place, PlaceEvidence
from yesword.domain.rules.model import Cap, CapKey, Hours, Rule, Severity
from yesword.domain.rules.resolve import Rules
from yesword.domain.times import EPOCH

LONGEST_WAIT: Final = timedelta(days=7)  # for a place under a cap, where the text has no end of its own
_MINUTE: Final = timedelta(minutes=1)
_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """One rule about hours, read on the clock of one place."""

    rule: Rule
    hours: Hours
    place: Place
    name: str

    @property
    def clock(self) -> Clock:
        return self.hours.week, self.place.zone

    def is_open(self, at: datetime) -> bool:
        return is_open(self.hours.week, self.place.zone, at)

    def reason(self, at: datetime, until: datetime | None) -> Reason:
        here = at.astimezone(zone(self.place.zone))
        fact = Sentence.of(
            f"fact.local_time.{self.place.evidence.value}", time=here.strftime("%H:%M"), zone=self.place.zone
        )
        opening = until or next_open([self.clock], at)
        if opening is None or self.rule.severity is Severity.BLOCK or not self.rule.is_enforced:
            outside = Sentence.of("outside_hours", place=self.name, citation=self.rule.citation)
            return by_rule(self.rule, "quiet_hours", fact=fact, sentence=outside)
        return by_rule(
            self.rule,
            "quiet_hours",
            fact=fact,
            verdict=Verdict.WAIT,
            sentence=_waits_until(opening.astimezone(zone(self.place.zone)), here, self),
            not_before=opening,
        )


def _waits_until(then: datetime, here: datetime, opening: Opening) -> Sentence:
    """The day is told where it is neither today nor the coming night."""
    time, place, citation = then.strftime("%H:%M"), opening.name, opening.rule.citation
    if then - here < timedelta(days=1):
        return Sentence.of("quiet_hours", time=time, place=place, citation=citation)
    day = then.date().isoformat()
    return Sentence.of("quiet_hours.day", time=time, until_on=day, place=place, citation=citation)


@dataclass(frozen=True, kw_only=True, slots=True)
class Floor:
    """A moment before which something other than the hour forbids the text."""

    at: datetime
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The first lawful moment, with what forbids it now; the reason that decides the moment comes first."""

    until: datetime | None  # None: the reasons refuse
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


def waiting(case: Case) -> Waiting:
    floors = _floors(case, case.rules)
    if not floors and _is_open_everywhere(case):
        return Waiting(until=case.at)  # the usual case, without a word
    openings = _openings(case, case.rules, case.at)
    if openings and not case.facts.contact.places:
        # Somewhere on earth it is night, so no moment is lawful everywhere.
        return Waiting(
            until=None, reasons=(built_in("place_unknown", fact=Sentence.of("fact.place_unknown")),)
        )
    closed = [each for each in openings if not each.is_open(case.at)]
    notes = tuple(each.reason(case.at, None) for each in closed if not each.rule.is_enforced)
    notes += tuple(each.reason for each in floors if each.reason.verdict is Verdict.SEND)
    closed = [each for each in closed if each.rule.is_enforced]
    floors = [each for each in floors if each.reason.verdict is not Verdict.SEND]
    if not closed and not floors:
        return Waiting(until=case.at, notes=notes)
    refusing = tuple(each.reason(case.at, None) for each in closed if each.rule.severity is Severity.BLOCK)
    refusing += tuple(each.reason for each in floors if each.reason.verdict is Verdict.REFUSE)
    if refusing:
        return Waiting(until=None, reasons=refusing, notes=notes)
    return _until(case, closed, floors, notes)


def _until(case: Case, closed: list[Opening], floors: list[Floor], notes: tuple[Reason, ...]) -> Waiting:
    until, openings = _earliest(case)
    if until is None:
        fact = Sentence.of("fact.no_lawful_hour", days=HORIZON_DAYS)
        reasons = [built_in("no_lawful_hour", fact=fact), *(each.reason(case.at, None) for each in closed)]
        return Waiting(until=None, reasons=_once(reasons), notes=notes)
    # Decisive is what still forbids the minute before, and of that best what forbids this minute too.
    just_before = until - _MINUTE
    last = [each for each in openings if each.rule.is_enforced and not each.is_open(just_before)]
    deciding = [each.reason for each in floors if each.at > just_before]
    deciding += [
        each.reason(case.at, until) for each in sorted(last, key=lambda each: each not in closed)[:1]
    ]
    others = [each.reason for each in floors] + [each.reason(case.at, None) for each in closed]
    return Waiting(until=until, reasons=_once([*deciding, *others]), notes=notes)


def _once(reasons: list[Reason]) -> tuple[Reason, ...]:
    """The first reason of each rule: two places may keep the same hours."""
    once: dict[str, Reason] = {}
    for reason in reasons:
        once.setdefault(reason.rule, reason)
    return tuple(once.values())


def _earliest(case: Case) -> tuple[datetime | None, list[Opening]]:
    """Rules change on set days, so each stretch of days is searched under its own."""
    at, rules = case.at, case.rules
    while True:
        openings = _openings(case, rules, at)
        enforced = [each for each in _floors(case, rules) if each.reason.verdict is not Verdict.SEND]
        floor = max([at, *(each.at for each in enforced)])
        clocks = list(dict.fromkeys(each.clock for each in openings if each.rule.is_enforced))
        found = next_open(clocks, floor) if floor < rules.until else None
        if found is not None and found < rules.until:
            return found, openings
        if rules.until - floor > timedelta(days=HORIZON_DAYS):
            return None, openings
        at = rules.until
        rules = rules_for(case.facts, case.book, at)


# --- hours ---------------------------------------------------------------------------------------------------


def _is_open_everywhere(case: Case) -> bool:
    hours = _hours(case, case.rules, case.at)
    for place in case.facts.contact.places:
        local = case.at.astimezone(zone(place.zone))
        for _, parameter in hours.hours_in((place.country, place.region)).rules:
            if not parameter.week.is_open(local):
                return False
    return bool(case.facts.contact.places)


def _openings(case: Case, rules: Rules, at: datetime) -> list[Opening]:
    hours = _hours(case, rules, at)
    places = case.facts.contact.places
    if not places:
        country = case.facts.contact.country
        places = (Place(country=country, region=None, zone="Etc/UTC", evidence=PlaceEvidence.COUNTRY),)
    return [
        Opening(rule=rule, hours=parameter, place=place, name=here.name)
        for place in places
        for here in (hours.hours_in((place.country, place.region)),)
        for rule, parameter in here.rules
    ]


def _hours(case: Case, rules: Rules, at: datetime) -> Rules:
    """Asking for consent is promotion itself, but for an answer to what the person has just texted."""
    is_request = case.facts.message.kind is MessageKind.CONSENT_REQUEST
    is_promotion = any(
        parameter.is_promotional for rule, parameter in rules.asking_by_text if rule.is_enforced
    )
    if not is_request or not is_promotion or is_fresh_answer(case):
        return rules
    return rules_for(case.facts, case.book, at, MessageClass.PROMOTIONAL)


# --- frequency and pauses ------------------------------------------------------------------------------------


def _floors(case: Case, rules: Rules) -> list[Floor]:
    found = []
    pause = case.permission.until
    if case.permission.lack is Lack.PAUSED and pause is not None:
        day = pause.astimezone(UTC).date().isoformat()
        reason = built_in(
            "paused",
            fact=Sentence.of("fact.paused", until_on=day),
            verdict=_verdict(case, pause),
            sentence=Sentence.of("paused", until_on=day),
            not_before=_whole_minute(pause),
        )
        found.append(Floor(at=_whole_minute(pause), reason=reason))
    if case.is_recurring:
        found += _capped(case, rules)
    return found


def _capped(case: Case, rules: Rules) -> Iterator[Floor]:
    for rule, cap in rules.caps:
        counted = [sent.at for sent in case.facts.contact.recent if _counts(case, cap, sent)]
        free_at = _free_at(counted, cap.count, timedelta(seconds=cap.seconds))
        if free_at > case.at:
            reason = by_rule(
                rule,
                "law_frequency",
                fact=_texts(counted, timedelta(seconds=cap.seconds), case.at),
                verdict=_verdict(case, free_at),
                sentence=Sentence.of(
                    "law_frequency",
                    count=cap.count,
                    hours=cap.seconds // 3600,
                    place=rule.pack_name,
                    citation=rule.citation,
                ),
                not_before=free_at,
            )
            yield Floor(at=free_at, reason=reason)
    program = case.facts.program
    if program is not None:
        own = [sent.at for sent in case.facts.contact.recent if sent.program == program.id]
        yield from _promised(case, own, program.frequency.count, program.frequency.days, "promise")
    yield from _chosen(case)


def _chosen(case: Case) -> Iterator[Floor]:
    """What the person chose for the program counts its texts; what they chose for all counts all."""
    program, contact = case.facts.program, case.facts.contact
    scopes = {scope for scope, _ in contact.state.preferences}
    is_for_program = program is not None and (program.id in scopes or None not in scopes)
    chosen = case.facts.preferences or contact.state.preferences_for(program.id if program else None)
    if chosen is None or chosen.count is None or chosen.window_days is None:
        return
    counted = [
        sent.at
        for sent in contact.recent
        if not is_for_program or (program is not None and sent.program == program.id)
    ]
    yield from _promised(case, counted, chosen.count, chosen.window_days, "chosen_frequency")


def _promised(case: Case, counted: list[datetime], count: int, days: int, code: str) -> Iterator[Floor]:
    free_at = _free_at(counted, count, timedelta(days=days))
    if free_at > case.at:
        reason = built_in(
            code,
            fact=_texts(counted, timedelta(days=days), case.at),
            verdict=_verdict(case, free_at),
            sentence=Sentence.of(code, count=count, days=days),
            not_before=free_at,
        )
        yield Floor(at=free_at, reason=reason)


def _counts(case: Case, cap: Cap, sent: SentFact) -> bool:
    if sent.message_class not in cap.classes:
        return False
    program, subject = case.facts.program, case.facts.message.subject
    if cap.key is CapKey.PROGRAM:
        return program is None or sent.program == program.id
    if cap.key is CapKey.SUBJECT:
        return not subject or not sent.subject or sent.subject == subject
    return True


def _free_at(counted: list[datetime], count: int, window: timedelta) -> datetime:
    """When fewer than `count` texts lie in the window that ends then. A text leaves it a whole window later."""
    if count < 1:
        return _NEVER
    if len(counted) < count:
        return EPOCH
    return _whole_minute(sorted(counted)[-count] + window)


def _texts(counted: list[datetime], window: timedelta, at: datetime) -> Sentence:
    return Sentence.of("fact.texts", count=sum(1 for each in counted if each > at - window))


def _verdict(case: Case, until: datetime) -> Verdict:
    """A text that says until when it is of use waits until then; another is not kept for longer than a week."""
    is_too_long = case.facts.message.send_by is None and until - case.at > LONGEST_WAIT
    return Verdict.REFUSE if is_too_long or until >= _NEVER else Verdict.WAIT


def _whole_minute(at: datetime) -> datetime:
    """The moment itself, or else the next whole minute."""
    return EPOCH + -((EPOCH - at) // _MINUTE) * _MINUTE
