"""one-gate: exactly one function hands a message to a channel, and it takes an approved decision."""

import ast
import functools
from collections import defaultdict
from pathlib import Path

import pytest

import yesword
from factories.questions import NOON as GATE_NOON
from factories.worlds import ANNA, CLUB
from yesword.channels.ports import HandOver
from yesword.domain.decisions import Decision, NotApprovedError, Verdict

SOURCE = Path(yesword.__file__).parent


def calls(name: str) -> set[tuple[str, str]]:
    """Every function of the source in which something of this name is called: its file, and its own name."""
    return all_calls()[name]


@functools.cache
def all_calls() -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path in SOURCE.rglob("*.py"):
        file = path.relative_to(SOURCE).as_posix()
        waiting: list[tuple[ast.AST, str]] = [(ast.parse(path.read_text()), "the module itself")]
        while waiting:
            node, function = waiting.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                function = node.name
            if isinstance(node, ast.Call) and (name := _name(node.func)) is not None:
                found[name].add((file, function))
            waiting += [(child, function) for child in ast.iter_child_nodes(node)]
    return found


def _name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


NETWORK_SIDE = {"channels/simulator/carrier.py", "channels/memory.py"}  # where a text arrives

BENCH = "bench/engine.py"  # times the simulated carrier by itself, for the others' figures to stand beside


def test_one_gate() -> None:
    assert {each for each in calls("submit") if each[0] not in NETWORK_SIDE} == {
        ("sending/handing.py", "hand_over")
    }
    assert {path for path, _ in calls("hand_over")} <= {"sending/handing.py", BENCH}
    assert {path for path, _ in calls("HandOver")} <= {"sending/handing.py", BENCH}


def test_one_gate_alone_approves() -> None:
    assert {path for path, _ in calls("Decision")} <= {"domain/gate/decide.py", BENCH}


def test_one_gate_has_no_way_round_it_to_a_real_network() -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse((SOURCE / BENCH).read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("yesword.channels")
        for alias in node.names
        if alias.name.endswith("Channel")
    }
    assert imported <= {"SimulatorChannel"}


@pytest.mark.parametrize("verdict", [Verdict.WAIT, Verdict.REFUSE])
def test_one_gate_takes_nothing_without_a_decision_to_send(verdict: Verdict) -> None:
    refusing = Decision(verdict=verdict, at=GATE_NOON)
    with pytest.raises(NotApprovedError):
        HandOver(message_id=1, attempt_id=1, sender=CLUB, number=ANNA, text="hello", decision=refusing)
