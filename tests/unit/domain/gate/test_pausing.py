"""The step about reputation (mission A7): what a pause holds back, and what goes all the same."""

from datetime import timedelta

import pytest

from factories.books import ask, codes, exland
from factories.questions import NOON, message, service, stopped
from yesword.domain.decisions import Verdict
from yesword.domain.facts import PauseFact
from yesword.domain.gate.pausing import is_held
from yesword.domain.messages import STARTED_BY_US, MessageKind

YESTERDAY = NOON - timedelta(days=1)
OF = [pytest.param(each, id=f"of a {each}") for each in ("campaign", "program", "sender")]


def paused(of: str = "sender") -> tuple[PauseFact, ...]:
    return (PauseFact(of=of, since=YESTERDAY),)


@pytest.mark.parametrize("of", OF)
def test_what_is_paused_sends_nothing_of_its_own_and_says_since_when(of: str) -> None:
    decision = ask(exland(), pauses=paused(of))
    assert codes(decision) == ["reputation"]
    (reason,) = decision.reasons
    assert reason.fact.id == f"fact.reputation.{of}"
    assert dict(reason.fact.args)["since_on"] == "2026-11-22"
    assert is_held(decision)


@pytest.mark.parametrize("kind", sorted(STARTED_BY_US))
def test_every_text_that_we_start_is_held(kind: MessageKind) -> None:
    assert "reputation" in codes(ask(exland(), asked=message(kind), pauses=paused()))


@pytest.mark.parametrize("kind", [MessageKind.WELCOME, MessageKind.HELP_REPLY, MessageKind.CODE])
def test_an_answer_to_what_the_person_just_did_is_not_held(kind: MessageKind) -> None:
    assert "reputation" not in codes(ask(exland(), asked=service(kind), pauses=paused()))


def test_a_text_that_may_not_go_anyway_is_refused_and_not_held() -> None:
    decision = ask(exland(), state=stopped(), pauses=paused())
    assert decision.verdict is Verdict.REFUSE
    assert codes(decision)[-1] == "reputation"
    assert len(codes(decision)) > 1
    assert not is_held(decision)


def test_nothing_is_held_where_nothing_is_paused() -> None:
    assert not is_held(ask(exland()))
