"""The first steps: what blocks every text to a number, and the person's own word.

A step yields reasons, refusals and notes; one that has nothing to say, which is the usual case, says so at once.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.decisions import Reason, Sentence
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import built_in, by_rule, dated
from yesword.domain.gate.routes import matches
from yesword.domain.gate.strength import promotes_on_a_grant, strong_enough
from yesword.domain.hours import zone
from yesword.domain.ids import to_text
from yesword.domain.messages import MessageClass, MessageKind, Standing
from yesword.domain.permission import Lack, Permission
from yesword.domain.rules.model import Rule
from yesword.domain.rules.model.consent import Standard
from yesword.domain.rules.model.stopping import StopScope
from yesword.domain.state import Withdrawal


def blocks(case: Case) -> Iterable[Reason]:
    contact = case.facts.contact
    is_barred = contact.is_restricted or not contact.may_text
    if not is_barred and not case.facts.message.is_cancelled:
        return ()
    return _blocks(case)


def _blocks(case: Case) -> Iterator[Reason]:
    contact = case.facts.contact
    if case.facts.message.is_cancelled:
        yield built_in("cancelled", fact=Sentence.of("fact.cancelled"))
    if contact.is_restricted:
        yield built_in("restricted", fact=Sentence.of("fact.restricted"))
    if not contact.may_text:
        yield built_in("not_a_mobile", fact=Sentence.of("fact.not_a_mobile", country=contact.country))


def permitted(case: Case) -> Iterable[Reason]:
    """The person's own word, and what the rules ask of it."""
    found, plan = case.permission, case.plan
    if found.lack is not None and found.lack is not Lack.PAUSED:
        return (_lacking(case, found),)
    if found.rests_on is Standing.GRANT:
        strength = strong_enough(case, found)
        if plan.kind is MessageKind.INVITATION:
            strength = (*_invited(case), *strength)
        if plan.stop_reach and case.facts.contact.state.withdrawals:
            return (*_stopped_elsewhere(case), *strength)
        return strength
    return tuple(_on_an_act(case))


def _on_an_act(case: Case) -> Iterator[Reason]:
    """What rests on something that the person just did: a stop, a text, a request, an order."""
    plan = case.plan
    if plan.rests_on is Standing.WITHDRAWAL:
        yield from _confirms_a_stop(case)
    elif plan.rests_on is Standing.CONVERSATION:
        yield from _within_a_conversation(case)
    elif plan.rests_on is Standing.REQUEST:
        yield from _asks_by_text(case)
    if plan.message_class is MessageClass.PROMOTIONAL:
        yield from promotes_on_a_grant(case)


_ASKS_FOR_CONSENT: Final = frozenset(
    {
        Lack.NEVER_ASKED,
        Lack.REQUEST_PENDING,
        Lack.REFUSED,
        Lack.OTHER_PROGRAM,
        Lack.OUT_OF_SCOPE,
        Lack.GRANT_ENDED,
    }
)


def _lacking(case: Case, found: Permission) -> Reason:
    assert found.lack is not None
    lack = found.lack
    sentence = Sentence.of(lack.value)
    since = found.since if found.withdrawal is None else found.withdrawal.known_at
    fact = dated(f"fact.{lack}", since) if lack in _DATED else Sentence.of(f"fact.{lack}")
    if lack is Lack.OTHER_PROGRAM:
        programs = ", ".join(sorted(to_text("prg", each) for each in found.other_programs))
        fact = Sentence.of("fact.other_program", programs=programs)
    rule = _consent_rule(case) if lack in _ASKS_FOR_CONSENT else None
    if rule is None:
        return built_in(lack.value, fact=fact, sentence=sentence)
    return by_rule(rule, lack.value, fact=fact, sentence=sentence)


_DATED: Final = frozenset(
    {Lack.WITHDRAWN, Lack.ERASED, Lack.NUMBER_INVALID, Lack.REFUSED, Lack.REQUEST_LAPSED, Lack.GRANT_ENDED}
)


def _consent_rule(case: Case) -> Rule | None:
    """The rule, closest to the person, because of which consent is needed at all."""
    asking = (
        rule
        for rule, consent in case.plan.consent
        if rule.is_enforced and rule.is_verified and consent.standard > Standard.NONE
    )
    return next(asking, None)


# --- stops ---------------------------------------------------------------------------------------------------


def _confirms_a_stop(case: Case) -> Iterator[Reason]:
    withdrawal = case.permission.withdrawal
    assert withdrawal is not None
    waited = case.at - withdrawal.at
    fact = Sentence.of("fact.stopped_ago", minutes=int(waited.total_seconds() // 60))
    if not any(rule.is_enforced and rule.is_verified for rule, _ in case.held(case.plan.stop_confirmation)):
        yield built_in("stop_reply_not_allowed", fact=fact)
    for rule, parameter in case.held(case.plan.stop_confirmation):
        if not parameter.is_allowed:
            yield by_rule(rule, "stop_reply_not_allowed", fact=fact)
        elif waited.total_seconds() > parameter.max_latency_s:
            late = Sentence.of("stop_reply_late", minutes=parameter.max_latency_s // 60)
            yield by_rule(rule, "stop_reply_late", fact=fact, sentence=late)


# A stop that names what it ends, on a page or to an agent, is no answer to one type of message.
_NAMED_BY: Final = frozenset({"page", "preferences", "agent", "clarified"})


def _stopped_elsewhere(case: Case) -> Iterator[Reason]:
    """A stop of another program, where a rule makes it reach everything of the brand."""
    grant = case.permission.grant
    assert grant is not None
    for rule, reach in case.held(case.plan.stop_reach):
        if reach.scope is not StopScope.BRAND:
            continue
        since = rule.stayed_until or rule.effective_from
        stops = [
            each
            for each in case.facts.contact.state.withdrawals
            if each.at.astimezone(zone(case.plan.rules.zone)).date() >= since
            and _still_stands(each)
            and each.route not in _NAMED_BY
            and not (grant.is_confirmed and grant.since > each.at)  # joined again, from the handset
        ]
        if stops:
            newest = max(stop.at for stop in stops)
            fact = dated("fact.withdrawn_elsewhere", newest)
            yield by_rule(rule, "withdrawn_elsewhere", fact=fact)


def _still_stands(stop: Withdrawal) -> bool:
    return stop.scope.program is not None and stop.covers(stop.scope.program)


# --- conversations and requests ------------------------------------------------------------------------------


def _within_a_conversation(case: Case) -> Iterator[Reason]:
    began = case.facts.message.conversation_at
    assert began is not None
    for rule, parameter in case.held(case.plan.conversation):
        if (case.at - began).total_seconds() > parameter.reply_within_s:
            hours = parameter.reply_within_s // 3600
            over = Sentence.of("conversation_over", hours=hours)
            yield by_rule(rule, "conversation_over", fact=dated("fact.conversation", began), sentence=over)


def _invited(case: Case) -> Iterator[Reason]:
    """Asking by text, out of the blue: off, unless the program turned it on; and then held to what it asks."""
    program = case.facts.program
    if program is None or not program.may_invite:
        yield built_in("invitation_off", fact=Sentence.of("fact.invitation_off"))
    yield from _asks_by_text(case)


def _asks_by_text(case: Case) -> Iterator[Reason]:
    contact, sender = case.facts.contact, case.facts.sender
    for rule, parameter in case.held(case.plan.asking_by_text):
        if parameter.at_most and contact.requests_before >= parameter.at_most:
            fact = Sentence.of("fact.asked_before", count=contact.requests_before)
            sentence = Sentence.of(
                "asked_before", count=parameter.at_most, place=rule.pack_name, citation=rule.citation
            )
            yield by_rule(rule, "asked_before", fact=fact, sentence=sentence)
        if parameter.bars_invitations and case.plan.kind is MessageKind.INVITATION:
            sentence = Sentence.of("invitation_barred", place=rule.pack_name, citation=rule.citation)
            yield by_rule(rule, "invitation_barred", fact=Sentence.of("fact.invitation"), sentence=sentence)
        refused = _newest_no(case)
        if parameter.rest_days and refused is not None:
            rested = case.at - refused
            if rested < timedelta(days=parameter.rest_days):
                sentence = Sentence.of("asked_too_soon", days=parameter.rest_days, citation=rule.citation)
                yield by_rule(rule, "asked_too_soon", fact=dated("fact.refused", refused), sentence=sentence)
        if (
            parameter.from_pattern
            and sender is not None
            and not matches(parameter.from_pattern, sender.address)
        ):
            fact = Sentence.of("fact.sender", address=sender.address)
            sentence = Sentence.of("asks_from_elsewhere", place=rule.pack_name, citation=rule.citation)
            yield by_rule(rule, "asks_from_elsewhere", fact=fact, sentence=sentence)


def _newest_no(case: Case) -> datetime | None:
    """When the person last said no, or stop; an act of theirs since then makes no difference to whom may ask."""
    state = case.facts.contact.state
    said = [each.at for each in state.refusals] + [each.at for each in state.withdrawals]
    return max(said, default=None)
