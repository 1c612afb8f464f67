"""The send path as a finite machine, and a search through every history of it.

One contact, two texts of a campaign and the confirmation of a stop; two workers that claim as often as they like, a
feeder, a STOP that the carrier brings until it is acknowledged, a START, and one crash. A step is what no other
process can look into: a statement under READ COMMITTED on PostgreSQL, a whole write transaction on SQLite. Each cure
of the protocol can be switched off, to see that the search would notice.

Left out: time (whatever may happen late may happen at any moment), codes, which may repeat, a second withdrawal,
withdrawals of one program, and a second crash. The names in comments are those of the code in `yesword.sending` and `yesword.consent`.
"""

from collections.abc import Iterator
from typing import Final

from model.claim_state import (
    AFTER_ACK,
    CONFIRMATION,
    GRANTED,
    RESTARTED,
    REVIVED,
    STOPPED,
    TOO_EARLY,
    TWICE,
    M,
    Message,
    Protocol,
    S,
    State,
    W,
    Worker,
)

_BATCH: Final = 2
_UNSENT: Final = (M.QUEUED, M.HELD, M.REFUSED, M.CANCELLED)
_HOLDS_ROWS: Final = (W.TOOK, W.JUDGED, W.RECORDING)
_HOLDS_STANDING: Final = (S.RAISED, S.CANCELLED, S.RECALLED)

Step = tuple[str, State, str | None]
_NAMES: Final = ("the confirmation", "text 1", "text 2")


def _bits(mask: int) -> Iterator[int]:
    return (row for row in range(3) if mask >> row & 1)


def _with(state: State, changed: dict[int, Message]) -> State:
    messages = tuple(changed.get(row, message) for row, message in enumerate(state.messages))
    return state._replace(messages=messages)


def _worker(state: State, who: int, worker: Worker) -> State:
    pair = (worker, state.workers[1]) if who == 1 else (state.workers[0], worker)
    return state._replace(workers=pair)


def _is_covered(row: int, message: Message) -> bool:
    return row != CONFIRMATION and message.planned < STOPPED


def _is_clear(state: State) -> bool:
    """What `covered_sending` counts."""
    return not any(
        message.state == M.SENDING and _is_covered(row, message) for row, message in enumerate(state.messages)
    )


class Machine:
    """The steps that may come next."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.has_row_locks = protocol.vendor == "postgresql"

    def steps(self, state: State) -> Iterator[Step]:
        yield from self._feed(state)
        yield from self._stop(state)
        yield from self._start(state)
        for who in (1, 2):
            yield from self._work(state, who)
            yield from self._reap(state, who)
        yield from self._crash(state)

    # --- locks: held by processes, so that a death or a commit frees them -------------------------------------

    def _locked(self, state: State, *, but: int = 0) -> int:
        """Rows of `message` that an open transaction holds."""
        if not self.has_row_locks:
            return 0
        mask = state.stop_rows
        for who, worker in enumerate(state.workers, 1):
            if who != but and worker.at in _HOLDS_ROWS:
                mask |= worker.rows
        return mask

    def _standing_is_held(self, state: State) -> bool:
        """By somebody who writes it."""
        by_stop = state.stop in _HOLDS_STANDING and self._row_exists(state)
        return self.has_row_locks and (by_stop or state.start == 1)

    def _may_raise(self, state: State) -> bool:
        is_shared = any(worker.shares for worker in state.workers)
        return not self._standing_is_held(state) and not is_shared

    def _row_exists(self, state: State) -> bool:
        return self.protocol.row_exists or state.seq != GRANTED

    # --- the feeder -------------------------------------------------------------------------------------------

    def _feed(self, state: State) -> Iterator[Step]:
        if state.fed == self.protocol.texts:
            return
        row = 1 + state.fed
        if self.has_row_locks and not state.feeding:
            yield f"feeder reads seq {state.seq}", state._replace(feeding=state.seq), None
            return
        planned = state.feeding or state.seq
        queued = _with(state, {row: Message(state=M.QUEUED, planned=planned)})
        fed = queued._replace(fed=state.fed + 1, feeding=0)
        yield f"feeder queues {_NAMES[row]}, planned under {planned}", fed, None

    # --- the withdrawal, its drain, its acknowledgement -------------------------------------------------------

    def _stop(self, state: State) -> Iterator[Step]:
        at = state.stop
        if at == S.ARRIVES:
            yield from self._begin_stop(state)
        elif at == S.RAISED:
            yield from self._cancel(state)
        elif at == S.CANCELLED:
            yield from self._recall(state)
        elif at == S.RECALLED:
            yield "the stop commits", self._commit_stop(state), None
        elif at == S.DRAINING:
            if _is_clear(state) or not self.protocol.drains:
                yield "the drain is over", state._replace(stop=S.DRAINED), None
            elif self.protocol.is_brought_again:
                yield "the stop is answered 'try again'", state._replace(stop=S.UNANSWERED), None
        elif at == S.DRAINED:
            yield "THE STOP IS ACKNOWLEDGED", state._replace(stop=S.ACKNOWLEDGED), None
        elif at == S.UNANSWERED and self.protocol.is_brought_again:
            again = S.DRAINING if self.protocol.drains_again else S.DRAINED
            yield "the carrier brings the stop again", state._replace(stop=again), None
        if self.protocol.releases and state.messages[CONFIRMATION].state == M.HELD and _is_clear(state):
            yield "a worker releases the confirmation", self._release(state), None

    def _begin_stop(self, state: State) -> Iterator[Step]:
        if not self.has_row_locks:
            queued = self._rows_in(state, M.QUEUED) if self.protocol.cancels else 0
            sending = self._rows_in(state, M.SENDING) if self.protocol.recalls else 0
            yield "the stop commits", self._commit_stop(state._replace(stop_rows=queued | sending)), None
        elif self._may_raise(state) or not self._row_exists(state):
            yield "the stop raises the standing", state._replace(stop=S.RAISED), None

    def _cancel(self, state: State) -> Iterator[Step]:
        wanted = self._rows_in(state, M.QUEUED) if self.protocol.cancels else 0
        locked = self._locked(state)
        if self.protocol.cancel_skips or not wanted & locked:
            after = state._replace(stop=S.CANCELLED, stop_rows=wanted & ~locked)
            yield "the stop cancels what is queued", after, None

    def _recall(self, state: State) -> Iterator[Step]:
        wanted = self._rows_in(state, M.SENDING) & ~self._locked(state) if self.protocol.recalls else 0
        after = state._replace(stop=S.RECALLED, stop_rows=state.stop_rows | wanted)
        yield "the stop recalls what is sending", after, None

    def _rows_in(self, state: State, wanted: M) -> int:
        """Covered messages in a state, as bits."""
        return sum(
            1 << row
            for row, message in enumerate(state.messages)
            if message.state == wanted and _is_covered(row, message)
        )

    def _commit_stop(self, state: State) -> State:
        changed = {}
        for row in _bits(state.stop_rows):
            message = state.messages[row]
            if message.state == M.QUEUED:
                changed[row] = message._replace(state=M.CANCELLED)
            else:
                changed[row] = message._replace(recalled=True)
        first = M.HELD if self.protocol.holds_confirmation else M.QUEUED
        changed[CONFIRMATION] = Message(state=first, planned=STOPPED)
        return _with(state, changed)._replace(seq=STOPPED, stop=S.DRAINING, stop_rows=0)

    def _release(self, state: State) -> State:
        confirmation = state.messages[CONFIRMATION]
        if confirmation.state != M.HELD:
            return state
        return _with(state, {CONFIRMATION: confirmation._replace(state=M.QUEUED)})

    # --- START ------------------------------------------------------------------------------------------------

    def _start(self, state: State) -> Iterator[Step]:
        if state.start == 1:
            yield "START commits", state._replace(seq=RESTARTED, start=2), None
        elif state.start == 0 and state.seq == STOPPED and self._may_raise(state):
            if self.has_row_locks:
                yield "START raises the standing", state._replace(start=1), None
            else:
                yield "START commits", state._replace(seq=RESTARTED, start=2), None

    # --- a worker: claim, hand over, record -------------------------------------------------------------------

    def _work(self, state: State, who: int) -> Iterator[Step]:
        worker = state.workers[who - 1]
        if worker.at == W.IDLE:
            yield from self._take(state, who, worker)
        elif worker.at == W.TOOK:
            yield from self._judge(state, who, worker)
        elif worker.at == W.JUDGED:
            after = self._commit_claim(state, who, worker)
            yield f"worker {who} commits its claim", after, None
        elif worker.at == W.HANDING:
            yield from self._hand_over(state, who, worker)
        elif worker.at == W.RECORDING:
            yield f"worker {who} commits its record", self._commit_record(state, who, worker), None

    def _take(self, state: State, who: int, worker: Worker) -> Iterator[Step]:
        protocol = self.protocol
        other = state.workers[2 - who]
        if self.has_row_locks and protocol.groups and other.at in (W.TOOK, W.JUDGED):
            return
        locked = self._locked(state)
        due = [row for row in range(3) if state.messages[row].state == M.QUEUED and not locked >> row & 1]
        if not due:
            return
        rows = sum(1 << row for row in due[:_BATCH])
        seen = 0 if protocol.facts_after_lock or not self.has_row_locks else state.seq
        took = worker._replace(at=W.TOOK, rows=rows, seen=seen)
        if protocol.renews_in_lifeline:
            took = took._replace(is_enrolled=True, is_leased=True)
        yield f"worker {who} takes {_named(rows)}", _worker(state, who, took), None

    def _judge(self, state: State, who: int, worker: Worker) -> Iterator[Step]:
        if self._standing_is_held(state):
            if self.protocol.claim_skips:
                left = worker._replace(at=W.IDLE, rows=0, seen=0)
                yield f"worker {who} skips the locked standing", _worker(state, who, left), None
            return
        shares = self.has_row_locks and self._row_exists(state)
        judged = worker._replace(at=W.JUDGED, seen=worker.seen or state.seq, shares=shares)
        yield f"worker {who} asks the gate, under {judged.seen}", _worker(state, who, judged), None

    def _may_send(self, row: int, message: Message, seen: int) -> bool:
        """The gate, as far as stops go."""
        if row == CONFIRMATION:
            return True
        if seen == STOPPED:
            return False
        return seen == GRANTED or not self.protocol.checks_planned or message.planned > STOPPED

    def _commit_claim(self, state: State, who: int, worker: Worker) -> State:
        protocol, changed, claimed = self.protocol, dict[int, Message](), 0
        for row in _bits(worker.rows):
            message = state.messages[row]
            if not self.has_row_locks and (
                (protocol.compares_queued and message.state != M.QUEUED)
                or (protocol.compares_seq and worker.seen != state.seq)
            ):
                continue
            if not self._may_send(row, message, worker.seen):
                if message.state == M.QUEUED:
                    changed[row] = message._replace(state=M.REFUSED)
                continue
            # The batch goes on with what it judged, whatever the update found: so the comparison must be right.
            claimed |= 1 << row
            if message.state == M.QUEUED:
                changed[row] = message._replace(state=M.SENDING, owner=who, recalled=False)
        at = W.HANDING if claimed else W.IDLE
        after = worker._replace(at=at, rows=claimed, seen=worker.seen * bool(claimed), shares=False)
        return _worker(_with(state, changed), who, after)

    def _hand_over(self, state: State, who: int, worker: Worker) -> Iterator[Step]:
        waiting = worker.rows & ~worker.written & ~worker.back
        is_awake = not self.protocol.carrier_sleeps or state.stop == S.ACKNOWLEDGED
        for row in _bits(waiting):
            message, bit = state.messages[row], 1 << row
            if is_awake:
                written = _worker(state, who, worker._replace(written=worker.written | bit))
                after = _with(written, {row: message._replace(handed=True)})
                yield f"worker {who} HANDS OVER {_NAMES[row]}", after, _fault(state, worker, row)
                returned = _worker(state, who, worker._replace(back=worker.back | bit))
                yield f"worker {who} loses the carrier before {_NAMES[row]}", returned, None
            if message.recalled:
                after = self._give_back(state, who, worker, row)
                yield f"worker {who} sees {_NAMES[row]} recalled and gives it back", after, None
        if not self.protocol.gives_back_only_unwritten:
            for row in _bits(worker.written):
                if state.messages[row].recalled:
                    after = self._give_back(state, who, worker, row)
                    yield f"worker {who} gives {_NAMES[row]} back, though written", after, None
        if waiting:
            return
        if not self.has_row_locks:
            yield f"worker {who} commits its record", self._commit_record(state, who, worker), None
        elif not worker.rows & self._locked(state, but=who):
            recording = _worker(state, who, worker._replace(at=W.RECORDING))
            yield f"worker {who} writes its record", recording, None

    def _is_ours(self, message: Message, who: int) -> bool:
        return message.state == M.SENDING and message.owner == who

    def _give_back(self, state: State, who: int, worker: Worker, row: int) -> State:
        """What is recalled is recorded at once, for a drain waits for it; the rest of the claim goes on."""
        after = self._commit_record(state, who, Worker(rows=1 << row, back=1 << row))
        rows, written = worker.rows & ~(1 << row), worker.written & ~(1 << row)
        left = worker._replace(rows=rows, written=written, back=worker.back & rows)
        if not rows:
            left = Worker(is_enrolled=worker.is_enrolled, is_leased=worker.is_leased)
        return _worker(after, who, left)

    def _commit_record(self, state: State, who: int, worker: Worker) -> State:
        """`record_message` and `give_back_message`, with their conditions."""
        changed = {}
        for row in _bits(worker.rows):
            message = state.messages[row]
            if message.owner != who:
                continue
            if worker.back >> row & 1:
                if message.state == M.SENDING:
                    state_after = M.CANCELLED if message.recalled else M.QUEUED
                    changed[row] = message._replace(state=state_after, owner=0, recalled=False)
            elif message.state in (M.SENDING, M.UNCERTAIN):
                changed[row] = Message(state=M.SENT, handed=message.handed)
        idle = Worker(is_enrolled=worker.is_enrolled, is_leased=worker.is_leased)
        return _worker(_with(state, changed), who, idle)

    # --- death, and what is settled after it ------------------------------------------------------------------

    def _crash(self, state: State) -> Iterator[Step]:
        """kill -9, the timer of the lifeline, or a cut of the power. Open transactions are rolled back."""
        if not state.may_crash:
            return
        for who, worker in enumerate(state.workers, 1):
            dead = Worker(at=W.DEAD, is_enrolled=worker.is_enrolled, is_leased=worker.is_leased)
            condemned = (
                who if state.condemned == who else 0
            )  # what it was about to do as a reaper ends with it
            after = _worker(state, who, dead)._replace(may_crash=False, condemned=condemned)
            yield f"worker {who} DIES", after, None
        if state.stop in _HOLDS_STANDING:
            back = state._replace(stop=S.ARRIVES, stop_rows=0, may_crash=False)
            yield "the receiver DIES before the stop is committed", back, None
        elif S.DRAINING <= state.stop < S.ACKNOWLEDGED:
            lost = state._replace(stop=S.UNANSWERED, may_crash=False)
            yield "the receiver DIES after the stop is committed", lost, None

    def _reap(self, state: State, who: int) -> Iterator[Step]:
        """The other worker settles this one."""
        if not self.protocol.reaps or state.workers[2 - who].at >= W.DEAD:
            return
        worker = state.workers[who - 1]
        if self.protocol.is_on_two_hosts:
            yield from self._reap_by_lease(state, who, worker)
        elif worker.at == W.DEAD or (worker.at == W.HANDING and not self.protocol.reaps_only_the_dead):
            yield from self._settle(state, who, worker)

    def _reap_by_lease(self, state: State, who: int, worker: Worker) -> Iterator[Step]:
        # Where the lease was renewed after the timer was set, the timer ends the process before the lease is out.
        may_lapse = worker.at in (W.IDLE, W.DEAD) or not self.protocol.reaps_only_the_dead
        if worker.is_enrolled and worker.is_leased and may_lapse:
            yield (
                f"the lease of worker {who} is out",
                _worker(state, who, worker._replace(is_leased=False)),
                None,
            )
        if state.condemned == 0 and worker.is_enrolled and not worker.is_leased:
            yield f"a reaper finds the lease of worker {who} out", state._replace(condemned=who), None
        if state.condemned == who:
            pardoned = state._replace(condemned=0)
            if self.protocol.reaper_looks_again and worker.is_leased:
                yield f"the reaper finds worker {who} renewed", pardoned, None
            else:
                yield from self._settle(pardoned, who, worker)

    def _settle(self, state: State, who: int, worker: Worker) -> Iterator[Step]:
        owner = 0 if worker.at == W.DEAD else who  # a late record of the dead cannot come
        changed = {
            row: message._replace(state=M.UNCERTAIN, owner=owner, recalled=False)
            for row, message in enumerate(state.messages)
            if self._is_ours(message, who)
        }
        if any(self._locked(state) >> row & 1 for row in changed):
            return
        at = W.SETTLED if worker.at == W.DEAD else worker.at
        is_enrolled = False if self.protocol.is_on_two_hosts else worker.is_enrolled
        settled = worker._replace(at=at, is_enrolled=is_enrolled)
        yield f"the reaper settles worker {who}", _worker(_with(state, changed), who, settled), None


def _named(rows: int) -> str:
    return " and ".join(_NAMES[row] for row in _bits(rows))


def _fault(state: State, worker: Worker, row: int) -> str | None:
    """What would be wrong with handing this over now."""
    message = state.messages[row]
    confirmation = state.messages[CONFIRMATION]
    is_covered = _is_covered(row, message) and state.seq != GRANTED
    if message.handed:
        return TWICE
    if is_covered and state.stop == S.ACKNOWLEDGED:
        return AFTER_ACK
    if (is_covered and confirmation.handed) or (row == CONFIRMATION and not _is_clear(state)):
        return TOO_EARLY
    if row != CONFIRMATION and worker.seen == RESTARTED and message.planned <= STOPPED:
        return REVIVED
    return None


def is_denied(state: State) -> bool:
    return any(message.handed and message.state in _UNSENT for message in state.messages)


def is_settled(state: State, protocol: Protocol) -> bool:
    """How every history should be able to end."""
    is_answered = state.stop == S.ACKNOWLEDGED or not protocol.is_brought_again
    is_at_rest = all(worker.at in (W.IDLE, W.SETTLED) or not worker.is_enrolled for worker in state.workers)
    is_ended = state.fed == protocol.texts and all(
        message.state >= M.SENT or message.state == M.ABSENT for message in state.messages
    )
    is_confirmed = state.messages[CONFIRMATION].state in (M.SENT, M.UNCERTAIN)
    return is_answered and is_at_rest and is_ended and is_confirmed


def ordered(state: State) -> State:
    """The same state with its workers in order: two that change names make no other state."""
    one, two = state.workers
    if one < two:
        return state
    messages = tuple(
        message if message.owner == 0 else message._replace(owner=3 - message.owner)
        for message in state.messages
    )
    if one == two and state.messages <= messages:
        return state
    condemned = 3 - state.condemned if state.condemned else 0
    return state._replace(messages=messages, workers=(two, one), condemned=condemned)
