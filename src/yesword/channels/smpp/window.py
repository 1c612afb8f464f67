"""One hand-over on one bind: what waits, what is written and not answered, and what the answers mean for each text."""

import select
from collections import deque
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from yesword.channels.ports import (
    CONNECTION_LOST,
    PARTLY_TAKEN,
    RECALLED,
    HandOver,
    Outcome,
    OutcomeStatus,
)
from yesword.channels.smpp import pdu
from yesword.channels.smpp.account import SmppAccount
from yesword.channels.smpp.meanings import meaning_of
from yesword.channels.smpp.parts import TooLongError
from yesword.channels.smpp.pdu import Frame
from yesword.channels.smpp.reports import submitted_id
from yesword.channels.smpp.session import Session
from yesword.channels.smpp.status import Meaning, Status, status_of
from yesword.channels.smpp.submits import Submits

_TRIES: Final = 5  # of a part that the carrier found too fast, when it has others of the same text


@dataclass(slots=True, eq=False)
class _Long:
    """A text of several parts, of which at least one is written."""

    handover: HandOver
    bodies: tuple[bytes, ...]
    open: int  # parts without an answer, written or not
    accepted: int = 0
    last_id: str = ""
    refusal: Status | None = None
    said: str | None = None
    slow: list[int] = field(default_factory=list)  # parts that were too fast
    tries: int = 0


_Entry = HandOver | tuple[_Long, int]


class Window:
    def __init__(
        self, session: Session, handovers: Sequence[HandOver], account: SmppAccount, submits: Submits
    ) -> None:
        self.session = session
        self._account = account
        self._submits = submits
        self._waiting = deque(handovers)
        self._parts: deque[tuple[_Long, int]] = deque()  # of texts that are begun
        self._unanswered: dict[int, _Entry] = {}
        self._is_full = False  # the socket took no byte; wait until it does
        self._settled: list[Outcome] = []
        self.throttled = 0
        self.faults = 0  # texts that the carrier could not take for a reason of its own

    @property
    def is_done(self) -> bool:
        return not (self._waiting or self._unanswered or self._parts or self._settled)

    @property
    def waits(self) -> bool:
        """Whether there are texts that can still be recalled."""
        return bool(self._waiting)

    @property
    def is_owed(self) -> bool:
        """Whether the carrier owes an answer, or has to take what was begun."""
        return bool(self._unanswered) or self.session.is_blocked

    @property
    def may_write(self) -> bool:
        return (
            bool(self._waiting or self._parts)
            and len(self._unanswered) < self._account.window
            and not (self._is_full or self.session.is_blocked or self.session.lost)
        )

    @property
    def events(self) -> int:
        return select.POLLIN | (select.POLLOUT if self._is_full or self.session.is_blocked else 0)

    def give_back(self, recalled: Container[int]) -> list[Outcome]:
        """Take what is recalled out of what waits."""
        back = [each for each in self._waiting if each.message_id in recalled]
        if back:
            self._waiting = deque(each for each in self._waiting if each.message_id not in recalled)
        return [Outcome.of(each, OutcomeStatus.UNWRITTEN, RECALLED) for each in back]

    def slow_down(self) -> list[Outcome]:
        """The carrier throttles: what waits goes back, and may be tried later."""
        back = [
            Outcome.of(
                each, OutcomeStatus.THROTTLED, "throttled", "Not written: the carrier asked to slow down."
            )
            for each in self._waiting
        ]
        self._waiting.clear()
        return back

    # Writing

    def write(self, most: int) -> int:
        """Go on with what was begun, or write a chunk; the number of submits in it, and -1 if only bytes moved."""
        self._is_full = False
        if self.session.is_blocked:
            return -1 if self.session.flush() else 0
        room = min(most, self._account.chunk, self._account.window - len(self._unanswered))
        if room <= 0:
            return 0
        entries: list[_Entry] = list(islice(self._parts, room))
        bodies = [long.bodies[index] for long, index in islice(self._parts, room)]
        of_parts = len(entries)
        taken = 0
        begun: list[tuple[_Long, int]] = []
        refused: list[Outcome] = []
        for handover in self._waiting:
            if len(entries) >= room:
                break
            taken += 1
            try:
                own = self._submits.bodies(handover)
            except TooLongError as error:
                refused.append(
                    Outcome.of(
                        handover,
                        OutcomeStatus.REFUSED,
                        error.code,
                        error.message,
                        meaning_of(error.code),
                    )
                )
                continue
            if len(own) == 1:
                entries.append(handover)
                bodies.append(own[0])
                continue
            fits = min(len(own), room - len(entries))
            long = _Long(handover=handover, bodies=own, open=len(own))
            entries += [(long, index) for index in range(fits)]
            bodies += own[:fits]
            begun += [(long, index) for index in range(fits, len(own))]
        first = self.session.sequences(len(entries))
        if entries and not self.session.begin(_joined(bodies, first)):
            self._is_full = True  # not a byte went out, so all of it may still be recalled
            return 0
        for _ in range(of_parts):
            self._parts.popleft()
        for _ in range(taken):
            self._waiting.popleft()
        self._parts.extend(begun)
        self._unanswered.update(enumerate(entries, start=first))
        self._settled += refused
        return len(entries)

    # Reading

    def read(self) -> None:
        self.session.read()

    def outcomes(self) -> list[Outcome]:
        """What is known since the last call."""
        settled, self._settled = self._settled, []
        form = self._account.dialect.id_form
        take = self._unanswered.pop
        for frame in self.session.answers():
            command, status, sequence, body = frame
            entry = take(sequence, None)
            if entry is None:
                if command == pdu.GENERIC_NACK and self._unanswered:
                    self.session.lose(CONNECTION_LOST)  # it lost step with us: nobody knows which it means
            elif isinstance(entry, tuple):
                self._note_part(*entry, frame, settled)
            elif status == 0 and command != pdu.GENERIC_NACK:
                settled.append(
                    Outcome(
                        message_id=entry.message_id,
                        attempt_id=entry.attempt_id,
                        status=OutcomeStatus.ACCEPTED,
                        provider_id=submitted_id(_id(body), form) or None,
                    )
                )
            else:
                told = status_of(status or pdu.GENERIC_NACK, self._account.own_codes)
                settled.append(self._refused(entry, told, pdu.read_status_text(body)))
        if self.session.lost and not self.session.has_answers:
            settled += self._lost(self.session.lost)
        return settled

    def _refused(self, handover: HandOver, told: Status, said: str | None) -> Outcome:
        text = str(told) if said is None else f"{told} It says: {said}"
        if told.meaning is Meaning.TEMPORARY:
            self.faults += 1
            return Outcome.of(handover, OutcomeStatus.THROTTLED, told.code, text, meaning_of(told.code))
        if told.meaning is Meaning.THROTTLED:
            self.throttled += 1
            return Outcome.of(handover, OutcomeStatus.THROTTLED, told.code, text, meaning_of(told.code))
        return Outcome.of(handover, OutcomeStatus.REFUSED, told.code, text, meaning_of(told.code))

    def _note_part(self, long: _Long, index: int, frame: Frame, settled: list[Outcome]) -> None:
        command, status, _, body = frame
        long.open -= 1
        told = status_of(
            status or (pdu.GENERIC_NACK if command == pdu.GENERIC_NACK else 0), self._account.own_codes
        )
        if told.meaning is Meaning.TAKEN:
            long.accepted += 1
            if index == len(long.bodies) - 1:
                long.last_id = submitted_id(_id(body), self._account.dialect.id_form)
        elif told.meaning in {Meaning.THROTTLED, Meaning.TEMPORARY}:
            self.throttled += 1
            long.slow.append(index)
        else:
            long.refusal, long.said = told, pdu.read_status_text(body)
        if long.refusal is not None or (long.slow and not long.accepted):
            unwritten = [index for each, index in self._parts if each is long]
            self._parts = deque(each for each in self._parts if each[0] is not long)
            long.open -= len(unwritten)
            long.slow += unwritten  # to follow if the carrier turns out to have taken a part after all
        if long.open == 0:
            self._settle(long, told, settled)

    def _settle(self, long: _Long, told: Status, settled: list[Outcome]) -> None:
        handover = long.handover
        if long.accepted == len(long.bodies):
            settled.append(
                Outcome(
                    message_id=handover.message_id,
                    attempt_id=handover.attempt_id,
                    status=OutcomeStatus.ACCEPTED,
                    provider_id=long.last_id or None,
                )
            )
        elif not long.accepted:
            settled.append(self._refused(handover, long.refusal or told, long.said))
        elif long.refusal is None and long.tries < _TRIES:
            # Given back it would be sent a second time: the parts that are missing follow instead.
            long.tries += 1
            long.open = len(long.slow)
            self._parts.extend((long, index) for index in sorted(long.slow))
            long.slow = []
        else:
            reason = str(long.refusal or told)
            said = f"The carrier took {long.accepted} of {len(long.bodies)} parts. {reason}"
            meaning = meaning_of((long.refusal or told).code)
            settled.append(Outcome.of(handover, OutcomeStatus.REFUSED, PARTLY_TAKEN, said, meaning))

    def _lost(self, why: str) -> list[Outcome]:
        """What was written and not answered is unknown; of a long text one part is enough."""
        unknown: dict[int, HandOver] = {}
        for entry in [*self._unanswered.values(), *self._parts]:
            handover = entry[0].handover if isinstance(entry, tuple) else entry
            unknown[handover.message_id] = handover
        outcomes = [Outcome.of(each, OutcomeStatus.UNKNOWN, why) for each in unknown.values()]
        outcomes += [Outcome.of(each, OutcomeStatus.UNWRITTEN, why) for each in self._waiting]
        self._unanswered.clear()
        self._parts.clear()
        self._waiting.clear()
        return outcomes


def _joined(bodies: Sequence[bytes], first: int) -> bytes:
    pack, command = pdu.HEADER.pack, pdu.SUBMIT_SM
    pieces: list[bytes] = []
    for sequence, body in enumerate(bodies, start=first):
        pieces.append(pack(16 + len(body), command, 0, sequence))
        pieces.append(body)
    return b"".join(pieces)


def _id(body: bytes) -> str:
    """The carrier has taken the text: an id that cannot be read does not change that."""
    try:
        return pdu.read_id(body)
    except pdu.PduError:
        return ""
