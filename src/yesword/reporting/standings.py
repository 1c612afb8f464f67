"""How a person stands with a program, in one word, and how many stand so: by the folded state and never by a query of its own.

Reading a hundred thousand states one by one takes seconds. Most of them differ in ids and times alone, so what was
found for one is kept for all of its shape.
"""

import enum
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from yesword.domain.ids import ProgramId
from yesword.domain.state import ConsentState

_LONG_NUMBER: Final = re.compile(rb"\d{9,}")  # an id or a time; places in the record and programs are shorter
_MOST_SHAPES: Final = 20_000


class Standing(enum.StrEnum):
    """What stands between a person and a program. NONE: nothing was ever said about it."""

    GRANTED = "granted"
    PENDING = "pending"  # asked, and the answer still counts
    LAPSED = "lapsed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NONE = "none"


def standing_of(state: ConsentState, program: ProgramId, at: datetime) -> Standing:
    """WITHDRAWN is said of those who had joined, or who stopped this program by name; a stop that covers more is in the state."""
    grant = state.grant_for(program)
    if grant is not None and (grant.limits.ends_at is None or at < grant.limits.ends_at):
        return Standing.GRANTED
    request = state.request_for(program)
    stop = state.withdrawal_for(program)
    if stop is not None and (request is None or request.seq < stop.seq):
        return Standing.WITHDRAWN if _had_joined(state, program) else Standing.NONE
    if request is not None:
        return Standing.PENDING if at <= request.lapses_at else Standing.LAPSED
    if grant is not None:
        return Standing.LAPSED
    is_refused = any(each.program == program for each in state.refusals)
    return Standing.REFUSED if is_refused else Standing.NONE


def _had_joined(state: ConsentState, program: ProgramId) -> bool:
    stops = [each for each in state.withdrawals if each.covers(program)]
    return any(
        each.scope.program == program or any(grant.scope.program in (None, program) for grant in each.ended)
        for each in stops
    )


class Reader:
    """Reads stored states as one word a program, in the order of `programs`, as of one moment."""

    def __init__(self, programs: Sequence[ProgramId], at: datetime) -> None:
        self._programs = tuple(programs)
        self._at = at
        self._known: dict[bytes, tuple[Standing, ...]] = {}

    def read(self, stored: bytes) -> tuple[Standing, ...]:
        shape = _LONG_NUMBER.sub(b"0", stored)
        found = self._known.get(shape)
        if found is None:
            state = ConsentState.from_bytes(stored)
            found = tuple(standing_of(state, program, self._at) for program in self._programs)
            # An open request and a grant that ends depend on the hour, which the shape leaves out.
            is_timeless = not state.requests and all(each.limits.ends_at is None for each in state.grants)
            if is_timeless and len(self._known) < _MOST_SHAPES:
                self._known[shape] = found
        return found


class Tally:
    """Counts of each word for each program, added to page by page."""

    def __init__(self, programs: Sequence[ProgramId], at: datetime) -> None:
        self.people = 0
        self.counts: dict[ProgramId, Counter[Standing]] = {each: Counter() for each in programs}
        self._reader = Reader(programs, at)

    def add(self, stored: bytes) -> None:
        self.people += 1
        for program, word in zip(self.counts, self._reader.read(stored), strict=True):
            if word is not Standing.NONE:
                self.counts[program][word] += 1
