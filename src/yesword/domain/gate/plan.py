"""What the packs say about one sort of text to one set of places, compiled once and then only read.

A plan follows from the rules and from what `Asked` names, never from a person's record, so a campaign to a country
compiles it once. It remembers until when its hours are open, which the next text asks again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from yesword.domain.decisions import Reason
from yesword.domain.events import Grade
from yesword.domain.facts import Cause, GateFacts, MessageFacts, Proclamation
from yesword.domain.hours import Clock, is_open, next_open, open_until, zone
from yesword.domain.messages import KINDS, MessageClass, MessageKind, Standing
from yesword.domain.places import Place, PlaceEvidence
from yesword.domain.rules import Asked, RuleBook, Rules, resolve
from yesword.domain.rules.loader import RECIPIENT
from yesword.domain.rules.model import Rule, content, senders, stopping, times
from yesword.domain.rules.model.consent import (
    Age,
    AskingByText,
    Consent,
    Conversation,
    DoubleOptIn,
    Expiry,
    Reconfirm,
    Standard,
)
from yesword.domain.rules.resolve import NOWHERE

_MOST_PLANS: Final = 20_000  # a bound on memory; a year of sending to the whole world needs a few thousand
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """One rule about hours, read on the clock of one place."""

    rule: Rule
    place: Place
    name: str
    clock: Clock
    unlocked_by: tuple[times.Unlock, ...]

    def is_open(self, at: datetime) -> bool:
        return is_open(*self.clock, at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure:
    """A declared emergency in a place whose law forbids such texts then."""

    rule: Rule
    name: str
    proclaimed: Proclamation

    def holds(self, at: datetime) -> bool:
        return self.proclaimed.starts_at <= at < self.proclaimed.ends_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The first lawful moment, with what forbids it now; the reason that decides the moment comes first."""

    until: datetime | None  # None: the reasons refuse
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


class Doors:
    """The openings that hold for one sort of consent, and what was found out last: the stretch in which they are open,
    the stretch in which they next will be, and what they say in one minute.

    Each memory is one value, put in its place whole, so that threads may ask at once.
    """

    __slots__ = ("_next", "_open", "clocks", "enforced", "openings", "said", "verified")

    def __init__(self, openings: tuple[Opening, ...]) -> None:
        self.openings = openings
        self.clocks = tuple(dict.fromkeys(each.clock for each in openings))
        enforced = [each for each in openings if each.rule.is_enforced]
        self.enforced = tuple(dict.fromkeys(each.clock for each in enforced))
        self.verified = tuple(dict.fromkeys(each.clock for each in enforced if each.rule.is_verified))
        self._open = (_NEVER, _NEVER)
        self._next = (_NEVER, _NEVER)
        self.said: tuple[datetime, Waiting] | None = (
            None  # what the hours alone say to a text, in this minute
        )

    def are_open(self, at: datetime) -> bool:
        since, until = self._open
        if since <= at < until:
            return True
        if not all(is_open(week, zone_name, at) for week, zone_name in self.clocks):
            return False
        self._open = (at, open_until(self.clocks, at))
        return True

    def first_open(self, at: datetime) -> datetime | None:
        """The first moment, not before `at`, at which all rules that decide allow it; None: not within two weeks."""
        since, found = self._next
        if since <= at <= found:
            return found
        opens = next_open(self.enforced, at)
        if opens is None:  # hours that were not verified refuse nothing
            opens = next_open(self.verified, at)
        if opens is not None:
            self._next = (at, opens)
        return opens


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    rules: Rules
    message_class: MessageClass  # as the law sees it: what informs and sells is promotional
    kind: MessageKind
    rests_on: Standing
    is_recurring: bool  # a text of the program itself, and no answer, code or confirmation
    is_somewhere: bool
    is_personal: bool  # some rule asks about the person's own record
    openings: tuple[Opening, ...]
    liftable: tuple[Opening, ...]  # by the person's consent or record
    doors: Doors
    lifted: dict[frozenset[Rule], Doors]
    closures: tuple[Closure, ...]
    consent: tuple[tuple[Rule, Consent], ...]
    standard: Standard  # the highest of all that is asked
    lowest_grade: Grade  # that all of them accept
    double_opt_in: tuple[tuple[Rule, DoubleOptIn], ...]
    expiry: tuple[tuple[Rule, Expiry], ...]
    reconfirm: tuple[tuple[Rule, Reconfirm], ...]
    fresh_for: timedelta  # after a grant, for so long nobody has a word to say about its age
    asking_by_text: tuple[tuple[Rule, AskingByText], ...]
    conversation: tuple[tuple[Rule, Conversation], ...]
    age: tuple[tuple[Rule, Age], ...]  # about the categories of the text
    caps: tuple[tuple[Rule, times.Cap], ...]
    after_event: tuple[tuple[Rule, times.AfterEvent], ...]
    way_out: tuple[tuple[Rule, stopping.WayOut], ...]
    stop_confirmation: tuple[tuple[Rule, stopping.StopConfirmation], ...]
    stop_reach: tuple[tuple[Rule, stopping.StopReach], ...]
    naming: tuple[tuple[Rule, content.Naming], ...]
    length: tuple[tuple[Rule, content.Length], ...]
    labels: tuple[tuple[Rule, content.Label], ...]
    without: tuple[tuple[Rule, content.Without], ...]
    sender_id: tuple[tuple[Rule, senders.SenderId], ...]
    scrub: tuple[tuple[Rule, senders.Scrub], ...]

    def doors_without(self, lifted: frozenset[Rule]) -> Doors:
        """The hours that hold for somebody for whom these rules do not."""
        if not lifted:
            return self.doors
        if lifted not in self.lifted:
            self.lifted[lifted] = Doors(tuple(each for each in self.openings if each.rule not in lifted))
        return self.lifted[lifted]


def class_of(message: MessageFacts) -> MessageClass:
    """The class that the law sees: a text that also sells is promotional, and so is asking out of the blue."""
    if message.is_mixed or message.kind is MessageKind.INVITATION:
        return MessageClass.PROMOTIONAL
    return message.message_class


def plan_for(facts: GateFacts, book: RuleBook, at: datetime, *, by_day: bool = False) -> Plan:
    """The plan for a text at a moment; `by_day` if it keeps to the hours of promotion beside its own."""
    message, contact, sender, program = facts.message, facts.contact, facts.sender, facts.program
    asked = (
        contact.places,
        contact.country,
        facts.brand,
        class_of(message),
        message.kind,
        None if sender is None else sender.kind,
        "" if sender is None else sender.provider,
        contact.recipient,
        message.categories or (() if program is None else program.categories),
        message.occasion,
    )
    key = (asked, facts.proclamations, by_day)
    known: tuple[Plan, ...] = book.plans.get(key, ())
    for plan in known:
        if plan.rules.since <= at < plan.rules.until:
            return plan
    plan = _compiled(book, Asked(*asked), facts.proclamations, at, by_day=by_day)
    if len(book.plans) >= _MOST_PLANS:
        book.plans.clear()
    book.plans[key] = (*known, plan)
    return plan


def _compiled(
    book: RuleBook, asked: Asked, proclamations: tuple[Proclamation, ...], at: datetime, *, by_day: bool
) -> Plan:
    rules = resolve(book, asked, at)
    sources = [rules]
    if by_day:
        sources.append(resolve(book, asked._replace(message_class=MessageClass.PROMOTIONAL), at))
    openings = tuple(
        dict.fromkeys(each for source in sources for each in _openings(source, asked, proclamations, book))
    )
    closures = tuple(dict.fromkeys(each for source in sources for each in _closures(source, proclamations)))
    return Plan(
        rules=rules,
        message_class=asked.message_class,
        kind=asked.kind,
        rests_on=KINDS[asked.kind].rests_on,
        is_recurring=KINDS[asked.kind].counts,
        is_somewhere=bool(asked.places),
        is_personal=any(rule.when.is_personal for rule in rules.concerned),
        openings=openings,
        liftable=tuple(each for each in openings if each.unlocked_by or each.rule.when.is_personal),
        doors=Doors(openings),
        lifted={},
        closures=closures,
        consent=rules.of(Consent),
        standard=max((each.standard for _, each in rules.of(Consent)), default=Standard.NONE),
        lowest_grade=min((each.lowest_grade for _, each in rules.of(Consent)), default=Grade.E),
        double_opt_in=rules.of(DoubleOptIn),
        expiry=rules.of(Expiry),
        reconfirm=rules.of(Reconfirm),
        fresh_for=_fresh_for(rules),
        asking_by_text=rules.of(AskingByText),
        conversation=rules.of(Conversation),
        age=tuple(
            (rule, each)
            for rule, each in rules.of(Age)
            if not set(each.categories).isdisjoint(asked.categories)
        ),
        caps=rules.of(times.Cap),
        after_event=rules.of(times.AfterEvent),
        way_out=rules.of(stopping.WayOut),
        stop_confirmation=rules.of(stopping.StopConfirmation),
        stop_reach=rules.of(stopping.StopReach),
        naming=rules.of(content.Naming),
        length=rules.of(content.Length),
        labels=rules.of(content.Label),
        without=rules.of(content.Without),
        sender_id=rules.of(senders.SenderId),
        scrub=rules.of(senders.Scrub),
    )


def _fresh_for(rules: Rules) -> timedelta:
    """No text is older than the grant that it followed, so the shortest time of all is a safe bound.

    A relation may be older than the grant; who has one is looked at in full.
    """
    days = [renewal.every_days - renewal.notice_days for _, renewal in rules.of(Reconfirm)]
    days += [each.days for _, each in rules.of(Expiry)]
    return timedelta(days=min(days, default=36_500))


def _openings(
    rules: Rules, asked: Asked, proclamations: tuple[Proclamation, ...], book: RuleBook
) -> Iterator[Opening]:
    for here in rules.places:
        days = tuple(sorted(_holidays(here.place, proclamations)))
        for rule, hours in here.hours:
            week = replace(hours.week, proclaimed=days) if days and hours.week.calendar else hours.week
            zone_name = here.place.zone if hours.zone == RECIPIENT else hours.zone
            yield Opening(
                rule=rule,
                place=here.place,
                name=here.name,
                clock=(week, zone_name),
                unlocked_by=hours.unlocked_by,
            )
    if not rules.places:
        # Nobody knows where the person is; that some rule about hours speaks is all that can be said.
        nowhere = Place(
            country=asked.number_country, region=None, zone=NOWHERE, evidence=PlaceEvidence.COUNTRY
        )
        for rule, hours in rules.of(times.Hours):
            name = book.place_name(nowhere.country, None)
            yield Opening(
                rule=rule,
                place=nowhere,
                name=name,
                clock=(hours.week, NOWHERE),
                unlocked_by=hours.unlocked_by,
            )


def _touches(proclaimed: Proclamation, place: Place) -> bool:
    """Somebody who is somewhere in the country may be in any of its regions."""
    return proclaimed.country == place.country and (
        None in (proclaimed.region, place.region) or proclaimed.region == place.region
    )


def _holidays(place: Place, proclamations: tuple[Proclamation, ...]) -> Iterator[date]:
    for each in proclamations:
        if each.cause is Cause.HOLIDAY and _touches(each, place):
            tz = zone(place.zone)
            day, last = (
                each.starts_at.astimezone(tz).date(),
                (each.ends_at - timedelta.resolution).astimezone(tz).date(),
            )
            while day <= last:
                yield day
                day += timedelta(days=1)


def _closures(rules: Rules, proclamations: tuple[Proclamation, ...]) -> Iterator[Closure]:
    for here in rules.places:
        for each in proclamations:
            if each.cause is Cause.EMERGENCY and _touches(each, here.place):
                for rule in here.suspensions:
                    yield Closure(rule=rule, name=here.name, proclaimed=each)
