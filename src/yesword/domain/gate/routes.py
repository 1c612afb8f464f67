"""Steps about what carries a text: the sender and what it can do, where it is registered, and the lists of numbers."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import lru_cache

from yesword.domain.decisions import Reason, Sentence
from yesword.domain.events import Basis
from yesword.domain.facts import Listed, RegistryFact, SenderFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import built_in, by_rule, dated
from yesword.domain.messages import MessageKind
from yesword.domain.rules.model import Rule
from yesword.domain.rules.model.senders import Listing, Scrub, SenderId
from yesword.domain.rules.model.when import Route


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matches(pattern: str, address: str) -> bool:
    return _pattern(pattern).fullmatch(address) is not None


def sender(case: Case) -> Iterable[Reason]:
    """Whether the sender can carry what the text needs: the way out, and an answer where one is asked for."""
    found = case.facts.sender
    if found is None:
        return ()
    if found.can_receive and not found.carrier_answers_stop and not case.plan.sender_id:
        return ()
    return _sender(case, found)


def _sender(case: Case, found: SenderFacts) -> Iterator[Reason]:
    kind = case.plan.kind
    if kind is MessageKind.STOP_REPLY and found.carrier_answers_stop:
        yield built_in("carrier_answers_stop", fact=Sentence.of("fact.carrier_answers_stop"))
    if not found.can_receive:
        fact = Sentence.of("fact.sender_cannot_receive")
        text = case.facts.text
        if kind is MessageKind.CONSENT_REQUEST and not (text is not None and text.asks_by_link):
            yield built_in("sender_cannot_receive", fact=fact)
        for rule, parameter in case.held(case.plan.way_out):
            if parameter.is_by_reply:
                yield by_rule(rule, "sender_cannot_receive", fact=fact)
    for rule, asked in case.held(case.plan.sender_id):
        code = _unfit(found, asked)
        if code is not None:
            sentence = Sentence.of(
                code, place=rule.pack_name, citation=rule.citation, asked=_asked(asked, code)
            )
            yield by_rule(
                rule, code, fact=Sentence.of("fact.sender", address=found.address), sentence=sentence
            )


def _unfit(found: SenderFacts, asked: SenderId) -> str | None:
    route = found.kind
    if asked.routes and route not in asked.routes:
        return "sender_kind"
    is_concerned = not asked.registered_routes or route in asked.registered_routes
    registered = found.registrations
    if asked.registry and is_concerned and registered is not None and asked.registry not in registered:
        return "sender_not_registered"
    is_name = route == Route.ALPHANUMERIC
    if is_name and not (found.address.startswith(asked.prefix) and found.address.endswith(asked.suffix)):
        return "sender_name"
    if asked.pattern and not matches(asked.pattern, found.address):
        return "sender_name"
    return None


def _asked(asked: SenderId, code: str) -> str:
    if code == "sender_not_registered":
        return asked.registry
    if code == "sender_kind":
        return ", ".join(asked.routes)
    return " … ".join(each for each in (asked.prefix, asked.suffix, asked.pattern) if each)


# --- registries ----------------------------------------------------------------------------------------------


def registries(case: Case) -> Iterable[Reason]:
    """Lists that the number has to be held against first. A `None` means that nobody says what was checked."""
    if not case.plan.scrub or case.facts.contact.registries is None:
        return ()
    return _registries(case)


def _registries(case: Case) -> Iterator[Reason]:
    is_express = _has_express_consent(case)
    relations = {
        each.relation.origin for each in case.facts.contact.state.grants if each.relation is not None
    }
    answers = {each.registry: each for each in case.facts.contact.registries or ()}
    for rule, scrub in case.held(case.plan.scrub):
        is_exempt = (scrub.is_express_exempt and is_express) or relations.intersection(scrub.unless)
        if is_exempt:
            continue
        found = _listed(case, rule, scrub, answers.get(scrub.registry))
        if found is not None:
            yield found


def _has_express_consent(case: Case) -> bool:
    """Whatever the text rests on: somebody who agreed to the program may be answered too."""
    program = case.facts.program
    return any(
        grant.basis in (Basis.EXPRESS, Basis.EXPRESS_WRITTEN)
        and grant.scope.program in (None, program.id if program else None)
        for grant in case.facts.contact.state.grants
    )


@lru_cache(maxsize=256)
def _not_asked(rule: Rule, registry: str) -> Reason:
    return by_rule(
        rule,
        "registry_not_asked",
        fact=Sentence.of("fact.registry_not_asked"),
        sentence=Sentence.of("registry_not_asked", registry=registry, citation=rule.citation),
    )


def _listed(case: Case, rule: Rule, scrub: Scrub, answer: RegistryFact | None) -> Reason | None:
    named = {"registry": scrub.registry, "citation": rule.citation}
    if answer is None:
        return _not_asked(rule, scrub.registry)
    fact = dated("fact.registry_asked", answer.checked_at)
    if scrub.max_age_days and case.at - answer.checked_at > timedelta(days=scrub.max_age_days):
        old = Sentence.of("registry_too_old", days=scrub.max_age_days, **named)
        return by_rule(rule, "registry_too_old", fact=fact, sentence=old)
    if scrub.listing is Listing.PERMITS:
        if answer.listed is Listed.YES:
            return None
        return by_rule(rule, "registry_absent", fact=fact, sentence=Sentence.of("registry_absent", **named))
    if answer.listed is Listed.NO or not _binds(case, scrub, answer):
        return None
    code = "registry_reassigned" if scrub.listing is Listing.REASSIGNED else "registry_listed"
    return by_rule(rule, code, fact=fact, sentence=Sentence.of(code, **named))


def _binds(case: Case, scrub: Scrub, answer: RegistryFact) -> bool:
    """A new listing binds after some days, where the registry says since when it stands."""
    if not scrub.grace_days or answer.since is None:
        return True
    return case.at - answer.since >= timedelta(days=scrub.grace_days)
