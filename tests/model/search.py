"""The search through every history of the claim model, breadth first, so that what it finds is as short as can be."""

from array import array
from dataclasses import dataclass

from model.claim_model import Machine, is_denied, is_settled, ordered
from model.claim_state import ENDLESS, STUCK, UNSENT, Protocol, State


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search came to. `history` is one of the shortest to the first fault."""

    states: int
    fault: str | None = None
    history: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.fault is None:
            return f"holds in {self.states:,} states"
        steps = "\n".join(f"  {number}. {step}" for number, step in enumerate(self.history, 1))
        return f"{self.fault} (after {self.states:,} states):\n{steps}"


def search(protocol: Protocol) -> Found:
    """Every history, until the first fault; then, whether each state still has a good end before it."""
    machine = Machine(protocol)
    graph = _Graph(machine)
    done = 0
    while done < len(graph.states):
        state = graph.states[done]
        if is_denied(state):
            return graph.found(UNSENT, done)
        is_stuck = True
        for _, after, fault in machine.steps(state):
            is_stuck = False
            if fault is not None:
                return graph.found(fault, done, is_last_missing=True)
            graph.join(done, ordered(after))
        if is_settled(state, protocol):
            graph.ends.append(done)
        elif is_stuck:
            return graph.found(STUCK, done)
        done += 1
    lost = graph.first_without_end()
    return Found(states=len(graph.states)) if lost is None else graph.found(ENDLESS, lost)


class _Graph:
    """The states that were reached, and how."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.states = [State()]
        self.ends: list[int] = []
        self._number = {self.states[0]: 0}
        self._came_from = array("l", [-1])
        self._heads, self._tails = array("l"), array("l")

    def join(self, before: int, after: State) -> None:
        index = self._number.setdefault(after, len(self.states))
        if index == len(self.states):
            self.states.append(after)
            self._came_from.append(before)
        self._heads.append(before)
        self._tails.append(index)

    def found(self, fault: str, index: int, *, is_last_missing: bool = False) -> Found:
        """The fault with its history, told again from the start so that each worker keeps its name."""
        path = [index]
        while self._came_from[path[-1]] >= 0:
            path.append(self._came_from[path[-1]])
        here, labels = self.states[0], []
        for there in path[-2::-1]:
            wanted = self.states[there]
            label, here = next(
                (label, after) for label, after, _ in self.machine.steps(here) if ordered(after) == wanted
            )
            labels.append(label)
        if is_last_missing:
            labels.append(next(label for label, _, seen in self.machine.steps(here) if seen == fault))
        return Found(states=len(self.states), fault=fault, history=tuple(labels))

    def first_without_end(self) -> int | None:
        """The earliest state from which no settled state can be reached."""
        into: list[list[int]] = [[] for _ in self.states]
        for head, tail in zip(self._heads, self._tails, strict=True):
            into[tail].append(head)
        is_good = bytearray(len(self.states))
        waiting = list(self.ends)
        for index in waiting:
            is_good[index] = 1
        while waiting:
            for before in into[waiting.pop()]:
                if not is_good[before]:
                    is_good[before] = 1
                    waiting.append(before)
        lost = is_good.find(0)
        return None if lost < 0 else lost
