"""`decide`: the steps in their order, and what becomes of their answers."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from yesword.domain.decisions import Decision, GateVersions, Reason, Verdict
from yesword.domain.facts import GateFacts, SenderFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.plan import Waiting
from yesword.domain.gate.steps import AFTER_WAITING, BEFORE_WAITING, Step
from yesword.domain.gate.waits import once, waiting
from yesword.domain.hours import tz_version
from yesword.domain.permission import Lack
from yesword.domain.phone import metadata_version
from yesword.domain.rules import RuleBook

GATE_VERSION: Final = "2"  # raise it whenever the same facts and packs may give another decision


def decide(facts: GateFacts, rules: RuleBook, at: datetime) -> Decision:
    """Whether the text may go at `at` (aware), has to wait, or may not go.

    The first reason decides. A refusal lists what else refuses; a wait lists what else forbids the text now. A wait's
    `not_before` is `at`'s first later moment, on a whole minute, at which the same facts give leave.
    """
    case = Case(facts, rules, at)
    asked = _ask(BEFORE_WAITING, case)
    after = _ask(AFTER_WAITING, case)
    said = [*asked, *after] if asked or after else asked
    refusals = _refusals(said) if said else ()
    if refusals:
        return _decision(case, Verdict.REFUSE, refusals, notes=said)
    wait = waiting(case)
    if wait is None:
        return _decision(case, Verdict.SEND, (), notes=said)
    notes = (*asked, *wait.notes, *after)
    if wait.until is None:
        return _decision(case, Verdict.REFUSE, wait.reasons, notes=notes)
    if wait.until <= at:
        return _decision(case, Verdict.SEND, (), notes=notes)
    return _later(case, wait, wait.until, asked=asked, after=after)


def _later(
    case: Case, wait: Waiting, until: datetime, *, asked: list[Reason], after: list[Reason]
) -> Decision:
    """Whether the text may go then. Meanwhile a consent may end, and what lifted an hour may lift it no more."""
    reasons, notes = wait.reasons, (*asked, *wait.notes, *after)
    while True:
        later = Case(case.facts, case.book, until)
        too_late = _refusals(_ask(BEFORE_WAITING, later) + _ask(AFTER_WAITING, later))
        again = waiting(later)
        if too_late or (again is not None and again.until is None):
            still = () if again is None or again.until is not None else again.reasons
            return _decision(case, Verdict.REFUSE, once([*too_late, *still, *reasons]), notes=notes)
        if again is None or again.until is None or again.until <= until:
            return _decision(case, Verdict.WAIT, reasons, notes=notes, not_before=until)
        until = again.until
        reasons = once([*again.reasons, *reasons])


def versions(rules: RuleBook) -> GateVersions:
    return _versions(rules)


@lru_cache(maxsize=16)
def _versions(rules: RuleBook) -> GateVersions:
    return GateVersions(gate=GATE_VERSION, packs=rules.digest, tz=tz_version(), phone=metadata_version())


def _ask(steps: Iterable[Step], case: Case) -> list[Reason]:
    found: list[Reason] = []
    for step in steps:
        if said := step(case):
            found += said
    return found


def _refusals(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple([reason for reason in reasons if reason.verdict is Verdict.REFUSE])


def _decision(
    case: Case,
    verdict: Verdict,
    reasons: tuple[Reason, ...],
    *,
    notes: Iterable[Reason],
    not_before: datetime | None = None,
) -> Decision:
    found = case.permission
    return Decision(
        verdict=verdict,
        at=case.at,
        not_before=not_before,
        reasons=reasons,
        notes=tuple([reason for reason in notes if reason.verdict is Verdict.SEND]) if notes else (),
        skipped=_skipped(case.facts),
        packs=case.plan.rules.packs,
        grant=found.grant.event if found.grant is not None and found.lack in (None, Lack.PAUSED) else None,
    )


def _skipped(facts: GateFacts) -> tuple[str, ...]:
    """The steps whose input the question lacks."""
    sender, registries, text, program = facts.sender, facts.contact.registries, facts.text, facts.program
    if registries is not None and text is not None and program is not None and _is_known(sender):
        return ()
    inputs = (
        ("sender", sender is not None),
        ("registration", sender is None or _is_known(sender)),
        ("registries", registries is not None),
        ("wording", text is not None),
        ("program", program is not None),
    )
    return tuple([name for name, is_given in inputs if not is_given])


def _is_known(sender: SenderFacts | None) -> bool:
    return sender is not None and sender.registrations is not None
