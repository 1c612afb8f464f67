"""Whether a grant is what the rules ask: its standard, its evidence, its confirmation, and the exception for customers.

The exception is the only way in which a law permits more than the house: it must be verified, for every place where the
person may be and for the sender's own, and each of its conditions must be met.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from yesword.domain.decisions import Reason, Sentence
from yesword.domain.events import Basis
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import built_in, by_rule, dated
from yesword.domain.messages import MessageClass, MessageKind, Standing
from yesword.domain.permission import Permission, permission
from yesword.domain.rules.model import Rule
from yesword.domain.rules.model.consent import ConfirmationMode, SoftOptIn, Standard
from yesword.domain.rules.resolve import Line
from yesword.domain.state import Grant


def strong_enough(case: Case, found: Permission) -> Iterable[Reason]:
    grant = found.grant
    assert grant is not None
    standard = Standard.of(grant.basis)
    if standard < case.plan.standard or grant.grade > case.plan.lowest_grade:
        return tuple(_weighed(case, grant))
    if case.plan.double_opt_in and not grant.is_confirmed:
        return tuple(_unconfirmed(case, grant))
    return ()


def _weighed(case: Case, grant: Grant) -> Iterator[Reason]:
    standard = Standard.of(grant.basis)
    excused = _excused(case, grant)
    yield from _customer(case, grant)
    for rule, consent in case.plan.consent:
        # A trigger permits information by itself; that a trigger never carries promotion, the permission has seen to.
        is_weak = standard < consent.standard and grant.basis is not Basis.TRIGGER and rule.id not in excused
        if is_weak and not case.is_spared(rule, grant):
            sentence = Sentence.of(
                f"consent_too_weak.{consent.standard.name.lower()}", citation=rule.citation
            )
            fact = dated(f"fact.basis.{grant.basis}", grant.since)
            yield by_rule(rule, "consent_too_weak", fact=fact, sentence=sentence)
        if grant.grade > consent.lowest_grade:
            sentence = Sentence.of("grade_too_low", lowest=consent.lowest_grade.value)
            fact = Sentence.of("fact.grade", grade=grant.grade.value)
            yield by_rule(rule, "grade_too_low", fact=fact, sentence=sentence)
    if not grant.is_confirmed:
        yield from _unconfirmed(case, grant)


def _unconfirmed(case: Case, grant: Grant) -> Iterator[Reason]:
    for rule, parameter in case.plan.double_opt_in:
        if case.is_spared(rule, grant):
            continue
        code = "not_confirmed" if parameter.mode is ConfirmationMode.REQUIRED else "confirmation_advised"
        sentence = Sentence.of(code, place=rule.pack_name, citation=rule.citation)
        yield by_rule(rule, code, fact=dated(f"fact.basis.{grant.basis}", grant.since), sentence=sentence)


# --- customers -----------------------------------------------------------------------------------------------


def _is_customer(case: Case, grant: Grant) -> bool:
    return grant.basis is Basis.CUSTOMER and case.plan.message_class is MessageClass.PROMOTIONAL


def _excused(case: Case, grant: Grant) -> frozenset[str]:
    """The consent rules that the exception for customers lifts: those of its own lineages, and the house's."""
    lines = case.plan.rules.lines
    if not _is_customer(case, grant) or not lines or any(not line.soft_opt_ins for line in lines):
        return frozenset()
    house = frozenset(rule.id for rule, _ in case.plan.consent if rule.is_house)
    return house.union(*(line.rules for line in lines))


def _customer(case: Case, grant: Grant) -> Iterator[Reason]:
    """Each lineage's exceptions are alternatives; where none has its conditions met, each says why."""
    if not _is_customer(case, grant) or not _excused(case, grant):
        return
    for line in case.plan.rules.lines:
        open_ones = [(rule, each) for rule, each in line.soft_opt_ins if not case.is_spared(rule, grant)]
        failing = [(rule, list(_unmet(case, grant, each))) for rule, each in open_ones]
        if not open_ones:
            yield _not_here(line)
        elif all(unmet for _, unmet in failing):
            yield from (_failed(rule, code, fact) for rule, unmet in failing for code, fact in unmet)


def _failed(rule: Rule, condition: str, fact: Sentence) -> Reason:
    sentence = Sentence.of(f"soft_opt_in.{condition}", place=rule.pack_name, citation=rule.citation)
    return by_rule(rule, "soft_opt_in", fact=fact, sentence=sentence)


def _not_here(line: Line) -> Reason:
    rule, _ = line.soft_opt_ins[0]
    return _failed(rule, "none", Sentence.of("fact.customer"))


def _unmet(case: Case, grant: Grant, asked: SoftOptIn) -> Iterator[tuple[str, Sentence]]:
    """The conditions that this grant does not meet, each with the fact. What is not known counts as not met."""
    relation, text = grant.relation, case.facts.text
    if not asked.origins:
        yield "none", Sentence.of("fact.customer")
        return
    if relation is None:
        yield "unknown", Sentence.of("fact.relation.unknown")
        return
    if relation.origin not in asked.origins:
        yield "origin", dated(f"fact.relation.{relation.origin}", relation.at)
    if asked.max_age_days and case.at - relation.at > timedelta(days=asked.max_age_days):
        yield "too_old", dated(f"fact.relation.{relation.origin}", relation.at)
    if asked.is_told and not relation.was_told:
        yield "not_told", Sentence.of("fact.relation.not_told")
    if asked.is_same_entity and not relation.is_same_entity:
        yield "other_entity", Sentence.of("fact.relation.other_entity")
    about = set(case.categories)
    if asked.is_own_similar and not (about and about <= set(relation.categories)):
        categories = ", ".join(sorted(relation.categories))
        fact = Sentence.of("fact.relation.categories", categories=categories)
        yield "not_similar", fact if categories else Sentence.of("fact.relation.unknown")
    if asked.is_told_each_time and text is not None and not text.has_way_out:
        yield "not_told_now", Sentence.of("fact.way_out_missing")


# --- answers that sell ---------------------------------------------------------------------------------------


def promotes_on_a_grant(case: Case) -> Iterator[Reason]:
    """An answer that sells needs what a campaign needs; a code, a request and a stop's confirmation never sell."""
    if case.plan.rests_on is not Standing.CONVERSATION:
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
        yield from strong_enough(case, as_campaign)
