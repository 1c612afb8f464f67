"""One question at one moment, with everything that the steps of the gate hold it against."""

from datetime import datetime, timedelta
from typing import TypeVar

from yesword.domain.events import Basis
from yesword.domain.facts import GateFacts
from yesword.domain.gate.plan import Opening, Plan, plan_for
from yesword.domain.hours import zone
from yesword.domain.messages import MessageKind
from yesword.domain.permission import Permission, permission
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model import ALWAYS, Parameter, Rule
from yesword.domain.rules.model.times import Unlock
from yesword.domain.state import Grant

P = TypeVar("P", bound=Parameter)
Held = tuple[tuple[Rule, P], ...]


class Case:
    __slots__ = ("at", "book", "facts", "permission", "plan")

    def __init__(self, facts: GateFacts, book: RuleBook, at: datetime) -> None:
        program = facts.program
        self.facts = facts
        self.book = book
        self.at = at
        self.plan: Plan = plan_for(facts, book, at)
        self.permission: Permission = permission(
            facts.contact.state,
            facts.message,
            at,
            program=None if program is None else program.id,
            purpose=None if program is None else program.purpose,
            categories=() if program is None else program.categories,
            preferences=facts.preferences,
        )

    @property
    def categories(self) -> tuple[str, ...]:
        program = self.facts.program
        return self.facts.message.categories or (program.categories if program else ())

    @property
    def unlocks(self) -> frozenset[Unlock]:
        """What the person's consent lifts of the hours, where a rule lets it."""
        grant = self.permission.grant
        if grant is None:
            return frozenset()
        found = set()
        if grant.basis in (Basis.EXPRESS, Basis.EXPRESS_WRITTEN):
            found.add(Unlock.EXPRESS)
            if grant.scope.at_any_hour:
                found.add(Unlock.ANY_HOUR)
                if grant.basis is Basis.EXPRESS_WRITTEN:
                    found.add(Unlock.WRITTEN_ANY_HOUR)
        if any(each.relation is not None for each in self.facts.contact.state.grants):
            found.add(Unlock.RELATION)
        return frozenset(found)

    def held(self, rules: Held[P]) -> Held[P]:
        """Those of the plan's rules that the person's own record does not take the text out of the reach of."""
        if not self.plan.is_personal:
            return rules
        return tuple([each for each in rules if not self.is_spared(each[0])])

    def is_spared(self, rule: Rule, on: Grant | None = None) -> bool:
        """Whether the person's own record takes the text out of the rule's reach; `on` is the grant it rests on."""
        when = rule.when
        if when is ALWAYS or not when.is_personal:
            return False
        if when.unless_relation and self._is_related(rule):
            return True
        grant = on or self.permission.grant
        if grant is None:
            return False
        given_on = grant.since.astimezone(zone(self.plan.rules.zone)).date()
        return not when.collected_from <= given_on < when.collected_to

    def lifts(self, opening: Opening) -> bool:
        """Whether the person's consent or record lifts this rule about hours."""
        return not self.unlocks.isdisjoint(opening.unlocked_by) or self.is_spared(opening.rule)

    def _is_related(self, rule: Rule) -> bool:
        since = datetime.min.replace(tzinfo=self.at.tzinfo)
        if rule.when.relation_days:
            since = self.at - timedelta(days=rule.when.relation_days)
        return any(
            grant.relation is not None
            and grant.relation.origin in rule.when.unless_relation
            and grant.relation.at >= since
            for grant in self.facts.contact.state.grants
        )


def is_fresh_answer(case: Case) -> bool:
    """Whether a consent request answers what the person has just texted, so that any hour is theirs."""
    request = case.permission.request
    if case.facts.message.kind is not MessageKind.CONSENT_REQUEST or request is None:
        return False
    waited = (case.at - request.asked_at).total_seconds()
    return request.is_from_handset and all(
        waited <= parameter.reply_within_s
        for rule, parameter in case.held(case.plan.conversation)
        if rule.is_enforced
    )
