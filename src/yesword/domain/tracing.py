"""Traces a decision: where the person may be, and each rule that speaks to the text, with what became of it.

For people who read an answer, and never for the gate: nothing here decides. It reads the same plan and the same record
as the gate did, so it is as true as the facts and the packs that it is given; with others than those of the decision it
would tell another story.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.decisions import Decision, Sentence, Verdict
from yesword.domain.events import Basis
from yesword.domain.facts import GateFacts, MessageFacts, SenderFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import dated
from yesword.domain.hours import zone
from yesword.domain.messages import MessageKind, Standing
from yesword.domain.places import Place
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import Rule, Suspension
from yesword.domain.rules.model.consent import (
    Age,
    AskingByText,
    Consent,
    Conversation,
    DoubleOptIn,
    Expiry,
    Reconfirm,
    SoftOptIn,
    Standard,
)
from yesword.domain.rules.model.content import Label, Length, Naming, Without
from yesword.domain.rules.model.senders import Scrub, SenderId
from yesword.domain.rules.model.stopping import StopConfirmation, StopReach, WayOut
from yesword.domain.rules.model.times import AfterEvent, Cap, CapKey, Hours
from yesword.domain.state import Grant


class Outcome(enum.StrEnum):
    """What became of a rule that speaks to the text."""

    DECIDED = "decided"
    AGAINST = "against"  # it would have decided, had no other come before it
    NOTED = "noted"
    MET = "met"
    SPARED = "spared"  # the person's own consent or record lifts it
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One rule and what became of it. `fact` is what it was held against, or why it was not asked; None: it is plain."""

    rule: str
    citation: str
    outcome: Outcome
    fact: Sentence | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabout:
    """One place where the person may be, as the packs call it, and the moment on its clocks."""

    place: Place
    name: str
    local: datetime

    @property
    def sentence(self) -> Sentence:
        """The time there, and what says that the person may be there."""
        time = self.local.strftime("%H:%M")
        return Sentence.of(f"fact.local_time.{self.place.evidence.value}", time=time, zone=self.place.zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    message: MessageFacts
    program: str  # its key; empty where there is none
    categories: tuple[str, ...]
    places: tuple[Whereabout, ...]
    heard: tuple[Heard, ...]  # what decided first, then what was against it, noted, met, and not asked


def trace(decision: Decision, facts: GateFacts, book: RuleBook) -> Trace:
    case = Case(facts, book, decision.at)
    heard = [*_said(decision), *_silent(case, decision)]
    order = list(Outcome)
    return Trace(
        message=facts.message,
        program=facts.program.key if facts.program else "",
        categories=case.categories,
        places=tuple(
            Whereabout(
                place=each,
                name=book.place_name(each.country, each.region),
                local=decision.at.astimezone(zone(each.zone)),
            )
            for each in facts.contact.places
        ),
        heard=tuple(sorted(heard, key=lambda each: order.index(each.outcome))),
    )


def _said(decision: Decision) -> Iterator[Heard]:
    for index, reason in enumerate(decision.reasons):
        outcome = Outcome.AGAINST if index else Outcome.DECIDED
        yield Heard(rule=reason.rule, citation=reason.citation, outcome=outcome, fact=reason.fact)
    for reason in decision.notes:
        yield Heard(rule=reason.rule, citation=reason.citation, outcome=Outcome.NOTED, fact=reason.fact)


def _silent(case: Case, decision: Decision) -> Iterator[Heard]:
    """The rules that gave no reason and no note."""
    said = {reason.rule for reason in (*decision.reasons, *decision.notes)}
    about = set(case.categories)
    for rule in case.plan.rules.concerned:
        parameter = rule.parameter
        is_about_others = (isinstance(parameter, Age) and about.isdisjoint(parameter.categories)) or (
            isinstance(parameter, SoftOptIn) and not _is_customer(case)
        )
        if rule.id in said or is_about_others:
            continue
        why_not = _why_not_asked(case, decision, rule)
        if why_not is not None:
            yield _heard(rule, Outcome.NOT_ASKED, why_not)
        elif case.is_spared(rule) or _is_lifted(case, rule):
            yield _heard(rule, Outcome.SPARED, Sentence.of("rules.lifted"))
        elif _is_excused(case, rule):
            yield _heard(rule, Outcome.SPARED, Sentence.of("rules.excused"))
        else:
            yield _heard(rule, Outcome.MET, _met_by(case, rule))


def _heard(rule: Rule, outcome: Outcome, fact: Sentence | None) -> Heard:
    return Heard(rule=rule.id, citation=rule.citation, outcome=outcome, fact=fact)


def _is_customer(case: Case) -> bool:
    grant = case.permission.grant
    return grant is not None and grant.basis is Basis.CUSTOMER


def _is_lifted(case: Case, rule: Rule) -> bool:
    parameter = rule.parameter
    return isinstance(parameter, Hours) and not case.unlocks.isdisjoint(parameter.unlocked_by)


def _is_excused(case: Case, rule: Rule) -> bool:
    """Whether the grant is less than the rule asks, and an exception for customers or for information let it pass."""
    parameter, grant = rule.parameter, case.permission.grant
    return (
        isinstance(parameter, Consent)
        and grant is not None
        and Standard.of(grant.basis) < parameter.standard
        and rule.is_enforced
    )


# --- what was not asked --------------------------------------------------------------------------------------

_OF_A_CONSENT: Final = (Consent, SoftOptIn, DoubleOptIn, Expiry, Reconfirm)
_OF_A_WORDING: Final = (Naming, WayOut, Label, Without, Length)
_OF_A_MOMENT: Final = (Hours, Cap, Suspension)
_ASKED_LAST: Final = frozenset({"no_lawful_hour", "place_unknown"})


def _why_not_asked(case: Case, decision: Decision, rule: Rule) -> Sentence | None:
    parameter, facts = rule.parameter, case.facts
    if isinstance(parameter, _OF_A_CONSENT):
        if case.plan.rests_on is not Standing.GRANT:
            return Sentence.of("rules.rests_elsewhere")
        if case.permission.grant is None:
            return Sentence.of("rules.no_consent")
    is_lacking = (
        (isinstance(parameter, _OF_A_WORDING) and facts.text is None)
        or (isinstance(parameter, Naming) and "naming" in decision.skipped)
        or (isinstance(parameter, SenderId) and not _is_told(facts.sender, parameter))
        or (isinstance(parameter, Scrub) and facts.contact.registries is None)
    )
    if is_lacking:
        return Sentence.of("rules.lacks_input")
    if isinstance(parameter, _OF_A_MOMENT) and not _came_to_the_moment(decision):
        return Sentence.of("rules.refused_before")
    if isinstance(parameter, Hours) and all(each.rule.id != rule.id for each in case.plan.openings):
        return Sentence.of("rules.place_has_own")
    is_uncounted = isinstance(parameter, (Cap, Expiry, Reconfirm)) and not case.plan.is_recurring
    is_other_act = (
        (isinstance(parameter, Age) and case.plan.rests_on not in (Standing.GRANT, Standing.REQUEST))
        or (isinstance(parameter, Conversation) and case.plan.rests_on is not Standing.CONVERSATION)
        or (isinstance(parameter, StopReach) and case.plan.rests_on is not Standing.GRANT)
        or (isinstance(parameter, AskingByText) and not _asks(case))
    )
    return Sentence.of("rules.other_act") if is_uncounted or is_other_act else None


def _is_told(sender: SenderFacts | None, asked: SenderId) -> bool:
    return sender is not None and (not asked.registry or sender.registrations is not None)


def _came_to_the_moment(decision: Decision) -> bool:
    """Whether the hours and counts were asked at all: what refuses for good refuses before them."""
    return decision.verdict is not Verdict.REFUSE or any(
        reason.verdict is Verdict.WAIT or reason.code in _ASKED_LAST for reason in decision.reasons
    )


def _asks(case: Case) -> bool:
    return case.plan.kind in (MessageKind.CONSENT_REQUEST, MessageKind.INVITATION)


# --- what it was held against --------------------------------------------------------------------------------


def _met_by(case: Case, rule: Rule) -> Sentence | None:
    """The fact that satisfied a rule, where one sentence can tell it."""
    parameter, facts, grant = rule.parameter, case.facts, case.permission.grant
    if isinstance(parameter, DoubleOptIn) and grant is not None and grant.is_confirmed:
        return Sentence.of("rules.confirmed")
    if isinstance(parameter, _OF_A_CONSENT) and grant is not None:
        return _basis(grant)
    if isinstance(parameter, Hours):
        return _hour(case, rule)
    if isinstance(parameter, Cap):
        return _count(case, parameter)
    if isinstance(parameter, Age) and facts.contact.adult_since is not None:
        return dated("fact.adult", facts.contact.adult_since)
    if isinstance(parameter, Age) and (said := facts.contact.said_age) is not None:
        return dated("fact.said_age", said.on, age=said.years)
    if isinstance(parameter, SenderId) and facts.sender is not None:
        return Sentence.of("fact.sender", address=facts.sender.address)
    if isinstance(parameter, Scrub):
        asked = [each for each in facts.contact.registries or () if each.registry == parameter.registry]
        if asked:
            return dated("fact.registry_asked", asked[0].checked_at)
        return None if grant is None else _basis(grant)
    return _worded(case, rule) if isinstance(parameter, _OF_A_WORDING) else _acted(case, rule)


def _basis(grant: Grant) -> Sentence:
    return dated(f"fact.basis.{grant.basis}", grant.since)


def _hour(case: Case, rule: Rule) -> Sentence | None:
    openings = [each for each in case.plan.openings if each.rule.id == rule.id]
    if not openings:
        return None
    place = openings[0].place
    local = case.at.astimezone(zone(place.zone))
    return Whereabout(place=place, name="", local=local).sentence


def _count(case: Case, cap: Cap) -> Sentence | None:
    """How many texts count towards a cap; None where only the gate can tell which texts belong together."""
    if case.facts.contact.recent and cap.key not in (CapKey.BRAND, CapKey.PROGRAM):
        return None
    program, since = case.facts.program, case.at - timedelta(seconds=cap.seconds)
    counted = [
        sent
        for sent in case.facts.contact.recent
        if sent.at > since
        and sent.message_class in cap.classes
        and (cap.key is CapKey.BRAND or program is None or sent.program == program.id)
    ]
    return Sentence.of("fact.texts", count=len(counted))


def _worded(case: Case, rule: Rule) -> Sentence | None:
    parameter, text = rule.parameter, case.facts.text
    assert text is not None
    if isinstance(parameter, Length):
        if parameter.segments:
            return Sentence.of("fact.segments", segments=text.segments, encoding=text.encoding)
        return Sentence.of("fact.characters", characters=text.characters)
    if isinstance(parameter, WayOut):
        return Sentence.of("rules.way_out_there" if text.has_way_out else "rules.way_out_before")
    if isinstance(parameter, Naming):
        return Sentence.of("rules.brand_named")
    return Sentence.of("rules.label_there" if isinstance(parameter, Label) else "rules.contains_none")


def _acted(case: Case, rule: Rule) -> Sentence | None:
    """What the person or the world did: a stop, a text, an event."""
    parameter, message, found = rule.parameter, case.facts.message, case.permission
    if isinstance(parameter, StopConfirmation) and found.withdrawal is not None:
        waited = case.at - found.withdrawal.at
        return Sentence.of("fact.stopped_ago", minutes=int(waited.total_seconds() // 60))
    if isinstance(parameter, Conversation) and message.conversation_at is not None:
        return dated("fact.conversation", message.conversation_at)
    if isinstance(parameter, AfterEvent) and message.event_at is not None:
        return dated("fact.event", message.event_at)
    if isinstance(parameter, AskingByText):
        return Sentence.of("fact.asked_before", count=case.facts.contact.requests_before)
    if isinstance(parameter, StopReach):
        return Sentence.of("rules.no_other_stop")
    return Sentence.of("rules.no_emergency") if isinstance(parameter, Suspension) else None
