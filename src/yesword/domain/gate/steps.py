"""The steps of the gate that say no for good, in their order. Each yields reasons: refusals, and notes.

What only has to wait is in `waits`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from yesword.domain.decisions import Reason, Sentence
from yesword.domain.events import Basis
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import built_in, by_rule, dated
from yesword.domain.ids import to_text
from yesword.domain.messages import MessageClass, MessageKind, Standing
from yesword.domain.permission import Lack, Permission, permission
from yesword.domain.rules.model import ConfirmationMode, Rule, Standard, WayOut, WayOutPolicy

ADULT: Final = 18
_DAYS_OF_A_YEAR: Final = 366  # never too young by a leap day


def blocks(case: Case) -> Iterator[Reason]:
    contact = case.facts.contact
    if case.facts.message.is_cancelled:
        yield built_in("cancelled", fact=Sentence.of("fact.cancelled"))
    if contact.is_excluded:
        yield built_in("excluded", fact=Sentence.of("fact.excluded"))
    if not contact.may_text:
        yield built_in("not_a_mobile", fact=Sentence.of("fact.not_a_mobile", country=contact.country))


# --- permission ----------------------------------------------------------------------------------------------


def permitted(case: Case) -> Iterator[Reason]:
    """The person's own word, and what the rules ask of it."""
    found = case.permission
    if found.lack is not None and found.lack is not Lack.PAUSED:
        yield _lacking(case, found)
        return
    if case.rests_on is Standing.WITHDRAWAL:
        yield from _confirms_a_stop(case)
    elif case.rests_on is Standing.CONVERSATION:
        yield from _within_a_conversation(case)
    if found.rests_on is Standing.GRANT:
        yield from _strong_enough(case, found)
    elif case.facts.message.message_class is MessageClass.PROMOTIONAL:
        yield from _promotion_on_a_grant(case)


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
    fact = dated(f"fact.{lack}", found.since) if lack in _DATED else Sentence.of(f"fact.{lack}")
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
        rule for rule, consent in case.rules.consent if rule.is_enforced and consent.standard > Standard.NONE
    )
    return next(asking, None)


def _confirms_a_stop(case: Case) -> Iterator[Reason]:
    withdrawal = case.permission.withdrawal
    assert withdrawal is not None
    waited = case.at - withdrawal.at
    fact = Sentence.of("fact.stopped_ago", minutes=int(waited.total_seconds() // 60))
    if not case.rules.stop_confirmation:
        yield built_in("stop_reply_not_allowed", fact=fact)
    for rule, parameter in case.rules.stop_confirmation:
        if not parameter.is_allowed:
            yield by_rule(rule, "stop_reply_not_allowed", fact=fact)
        elif waited.total_seconds() > parameter.max_latency_s:
            late = Sentence.of("stop_reply_late", minutes=parameter.max_latency_s // 60)
            yield by_rule(rule, "stop_reply_late", fact=fact, sentence=late)


def _within_a_conversation(case: Case) -> Iterator[Reason]:
    began = case.facts.message.conversation_at
    assert began is not None
    for rule, parameter in case.rules.conversation:
        if (case.at - began).total_seconds() > parameter.reply_within_s:
            hours = parameter.reply_within_s // 3600
            over = Sentence.of("conversation_over", hours=hours)
            yield by_rule(rule, "conversation_over", fact=dated("fact.conversation", began), sentence=over)


def _strong_enough(case: Case, found: Permission) -> Iterator[Reason]:
    grant = found.grant
    assert grant is not None
    standard = Standard.of(grant.basis)
    for rule, consent in case.rules.consent:
        # A trigger permits information by itself; that a trigger never carries promotion, the permission has seen to.
        if standard < consent.standard and grant.basis is not Basis.TRIGGER:
            sentence = Sentence.of(
                f"consent_too_weak.{consent.standard.name.lower()}", citation=rule.citation
            )
            fact = dated(f"fact.basis.{grant.basis}", grant.since)
            yield by_rule(rule, "consent_too_weak", fact=fact, sentence=sentence)
        if grant.grade > consent.lowest_grade:
            sentence = Sentence.of("grade_too_low", lowest=consent.lowest_grade.value)
            fact = Sentence.of("fact.grade", grade=grant.grade.value)
            yield by_rule(rule, "grade_too_low", fact=fact, sentence=sentence)
    if grant.is_confirmed:
        return
    for rule, parameter in case.rules.double_opt_in:
        code = "not_confirmed" if parameter.mode is ConfirmationMode.REQUIRED else "confirmation_advised"
        sentence = Sentence.of(code, place=rule.pack_name, citation=rule.citation)
        yield by_rule(rule, code, fact=dated(f"fact.basis.{grant.basis}", grant.since), sentence=sentence)


def _promotion_on_a_grant(case: Case) -> Iterator[Reason]:
    """An answer that sells needs what a campaign needs; a code, a request and a stop's confirmation never sell."""
    if case.rests_on is not Standing.CONVERSATION:
        yield built_in("promotion_without_grant", fact=Sentence.of("fact.promotional"))
        return
    program = case.facts.program
    as_campaign = permission(
        case.facts.contact.state,
        replace(case.facts.message, kind=MessageKind.CAMPAIGN),
        case.at,
        program=program.id if program else None,
        purpose=program.purpose if program else None,
        categories=case.categories,
        preferences=case.facts.preferences,
    )
    if not as_campaign.is_granted:
        yield built_in("promotion_without_grant", fact=Sentence.of("fact.promotional"))
    else:
        yield from _strong_enough(case, as_campaign)


# --- age and content -----------------------------------------------------------------------------------------


def age(case: Case) -> Iterator[Reason]:
    if case.rests_on not in (Standing.GRANT, Standing.REQUEST):
        return
    program = case.facts.program
    if program is not None and program.minimum_age is not None and not _is_of_age(case, program.minimum_age):
        yield built_in(
            "too_young", rule="program_age", fact=_age_fact(case), sentence=_age_asked(program.minimum_age)
        )
    categories = set(case.categories)
    for rule, parameter in case.rules.age:
        about = sorted(categories.intersection(parameter.categories))
        if not about:
            continue
        if parameter.is_banned:
            sentence = Sentence.of("category_banned", categories=", ".join(about), citation=rule.citation)
            fact = Sentence.of("fact.categories", categories=", ".join(sorted(categories)))
            yield by_rule(rule, "category_banned", fact=fact, sentence=sentence)
        elif not _is_of_age(case, parameter.minimum):
            yield by_rule(rule, "too_young", fact=_age_fact(case), sentence=_age_asked(parameter.minimum))


def _age_asked(minimum: int) -> Sentence:
    return Sentence.of("too_young", age=minimum)


def _age_fact(case: Case) -> Sentence:
    since = case.facts.contact.adult_since
    return Sentence.of("fact.age_unknown") if since is None else dated("fact.adult", since)


def _is_of_age(case: Case, minimum: int) -> bool:
    since = case.facts.contact.adult_since
    years = max(0, minimum - ADULT)
    return since is not None and since + timedelta(days=years * _DAYS_OF_A_YEAR) <= case.at


# --- sender and wording --------------------------------------------------------------------------------------


def sender(case: Case) -> Iterator[Reason]:
    """Whether the sender can carry what the text needs: the way out, and an answer where one is asked for."""
    found = case.facts.sender
    if found is None:
        return
    kind = case.facts.message.kind
    if kind is MessageKind.STOP_REPLY and found.carrier_answers_stop:
        yield built_in("carrier_answers_stop", fact=Sentence.of("fact.carrier_answers_stop"))
    if found.can_receive:
        return
    fact = Sentence.of("fact.sender_cannot_receive")
    if kind is MessageKind.CONSENT_REQUEST:
        yield built_in("sender_cannot_receive", fact=fact)
    for rule, parameter in case.rules.way_out:
        if parameter.is_by_reply:
            yield by_rule(rule, "sender_cannot_receive", fact=fact)


def wording(case: Case) -> Iterator[Reason]:
    text = case.facts.text
    if text is None:
        return
    if not text.names_brand:
        for rule, _ in case.rules.naming:
            yield by_rule(rule, "brand_not_named", fact=Sentence.of("fact.brand_not_named"))
    if not text.has_way_out:
        for rule, parameter in case.rules.way_out:
            if _is_due(case, parameter):
                yield by_rule(rule, "way_out_missing", fact=Sentence.of("fact.way_out_missing"))
    for rule, length in case.rules.length:
        if text.segments > length.segments:
            fact = Sentence.of("fact.segments", segments=text.segments, encoding=text.encoding)
            yield by_rule(rule, "long_text", fact=fact)


def _is_due(case: Case, parameter: WayOut) -> bool:
    """Nothing tells which earlier text carried the way out, so a periodic one is due each time."""
    if parameter.policy is not WayOutPolicy.FIRST:
        return True
    program = case.facts.program
    return not any(program is None or sent.program == program.id for sent in case.facts.contact.recent)


# --- usefulness, staleness, pause ----------------------------------------------------------------------------


def usefulness(case: Case) -> Iterator[Reason]:
    send_by = case.facts.message.send_by
    if send_by is not None and case.at > send_by:
        yield expired(send_by)


def expired(send_by: datetime) -> Reason:
    until = send_by.astimezone(UTC)
    fact = Sentence.of("fact.send_by", until_on=until.date().isoformat(), time=until.strftime("%H:%M"))
    return built_in("expired", fact=fact)


def staleness(case: Case) -> Iterator[Reason]:
    grant = case.permission.grant
    if grant is None or not case.is_recurring:
        return
    contact = case.facts.contact
    texts = [at for at in (contact.last_text_at, *(sent.at for sent in contact.recent)) if at is not None]
    last = max((at for at in texts if at >= grant.since), default=None)
    for rule, parameter in case.rules.staleness:
        days = parameter.first_text_days if last is None else parameter.idle_days
        if case.at - (last or grant.since) > timedelta(days=days):
            code = "stale_first_text" if last is None else "stale_idle"
            fact = dated("fact.granted", grant.since) if last is None else dated("fact.last_text", last)
            yield by_rule(rule, code, fact=fact, sentence=Sentence.of(code, days=days))


def program_pause(case: Case) -> Iterator[Reason]:
    program = case.facts.program
    if program is not None and program.is_paused and case.is_recurring:
        yield built_in("program_paused", fact=Sentence.of("fact.program_paused", program=program.key))


Step = Callable[[Case], Iterator[Reason]]
BEFORE_WAITING: Final[tuple[Step, ...]] = (blocks, permitted, age, sender, wording)
AFTER_WAITING: Final[tuple[Step, ...]] = (usefulness, staleness, program_pause)
