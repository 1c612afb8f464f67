"""The step about reputation: a campaign, a program or a number that too many left, complained of or could not be reached by.

It says no for as long as the pause stands. Whoever claims keeps such a text where it is, so that nothing is lost.
"""

from collections.abc import Iterable
from typing import Final

from yesword.domain.decisions import Decision, Reason, Verdict
from yesword.domain.gate.case import Case
from yesword.domain.gate.reasons import built_in, dated
from yesword.domain.messages import STARTED_BY_US

CODE: Final = "reputation"
_FACTS: Final = {
    "campaign": "fact.reputation.campaign",
    "program": "fact.reputation.program",
    "sender": "fact.reputation.sender",
}


def reputation(case: Case) -> Iterable[Reason]:
    if not case.facts.pauses or case.plan.kind not in STARTED_BY_US:
        return ()
    worst = case.facts.pauses[0]
    return (built_in(CODE, fact=dated(_FACTS[worst.of], worst.since)),)


def is_held(decision: Decision) -> bool:
    """Whether nothing but a pause stands in the way, so that the text may go once it is over."""
    return decision.verdict is Verdict.REFUSE and all(
        each.code == CODE for each in decision.reasons if each.verdict is Verdict.REFUSE
    )
