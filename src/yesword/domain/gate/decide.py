"""`decide`: the steps in their order, and what becomes of their answers."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from yesword.domain.decisions import Decision, GateVersions, Reason, Verdict
from yesword.domain.facts import GateFacts
from yesword.domain.gate.case import Case
from yesword.domain.gate.steps import AFTER_WAITING, BEFORE_WAITING, Step
from yesword.domain.gate.waits import waiting
from yesword.domain.hours import tz_version
from yesword.domain.permission import Lack
from yesword.domain.phone import metadata_version
from yesword.domain.rules import RuleBook

GATE_VERSION: Final = "1"  # raise it whenever the same facts and packs may give another decision


def decide(facts: GateFacts, rules: RuleBook, at: datetime) -> Decision:
    """Whether the text may go at `at` (aware), has to wait, or may not go.

    The first reason decides. A refusal lists what else refuses; a wait lists what else forbids the text now. A wait's
    `not_before` is `at`'s first later moment, on a whole minute, at which the same facts give leave.
    """
    case = Case.of(facts, rules, at)
    asked = _ask(BEFORE_WAITING, case)
    after = _ask(AFTER_WAITING, case)
    refusals = _refusals((*asked, *after))
    if refusals:
        return _decision(case, Verdict.REFUSE, refusals, notes=(*asked, *after))
    wait = waiting(case)
    notes = (*asked, *wait.notes, *after)
    if wait.until is None:
        return _decision(case, Verdict.REFUSE, wait.reasons, notes=notes)
    if wait.until <= at:
        return _decision(case, Verdict.SEND, (), notes=notes)
    later = Case.of(facts, rules, wait.until)
    too_late = _refusals(_ask((*BEFORE_WAITING, *AFTER_WAITING), later))
    if too_late:
        return _decision(case, Verdict.REFUSE, (*too_late, *wait.reasons), notes=notes)
    return _decision(case, Verdict.WAIT, wait.reasons, notes=notes, not_before=wait.until)


def versions(rules: RuleBook) -> GateVersions:
    return _versions(rules)


@lru_cache(maxsize=16)
def _versions(rules: RuleBook) -> GateVersions:
    return GateVersions(gate=GATE_VERSION, packs=rules.digest, tz=tz_version(), phone=metadata_version())


def _ask(steps: Iterable[Step], case: Case) -> tuple[Reason, ...]:
    return tuple([reason for step in steps for reason in step(case)])


def _refusals(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple([reason for reason in reasons if reason.verdict is Verdict.REFUSE])


def _decision(
    case: Case,
    verdict: Verdict,
    reasons: tuple[Reason, ...],
    *,
    notes: tuple[Reason, ...],
    not_before: datetime | None = None,
) -> Decision:
    found = case.permission
    return Decision(
        verdict=verdict,
        at=case.at,
        not_before=not_before,
        reasons=reasons,
        notes=tuple([reason for reason in notes if reason.verdict is Verdict.SEND]),
        skipped=_skipped(case.facts),
        packs=case.rules.packs,
        grant=found.grant.event if found.grant is not None and found.lack in (None, Lack.PAUSED) else None,
    )


def _skipped(facts: GateFacts) -> tuple[str, ...]:
    """The steps whose input the question lacks."""
    inputs = (("sender", facts.sender), ("wording", facts.text), ("program", facts.program))
    return tuple(name for name, given in inputs if given is None)
