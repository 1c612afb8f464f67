"""The simulated network itself: which texts it takes, its phones, its blocks, what it owes its receivers.

Pure but for the clock that is passed in: `carrier` puts it behind a socket, `channels.memory` into a test. Nothing
survives a restart but the log file, which `carrier` writes.
"""

import re
import secrets
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from random import Random
from typing import Any, Final, Literal, NamedTuple

from yesword.channels.ports import ReportState
from yesword.channels.simulator.behaviour import CarrierBehaviour

TEXTS_A_PHONE: Final = 200
EVENTS_KEPT: Final = 5_000
PASSIVE_PHONES_KEPT: Final = 10_000  # phones that only receive; one that somebody types on is never forgotten

OPTED_OUT: Final = "opted_out"
INVALID_NUMBER: Final = "invalid_number"
ABSENT: Final = "absent_subscriber"  # error of a report that failed

# What carriers that answer by themselves commonly listen for.
STOP_WORDS: Final = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
START_WORDS: Final = frozenset(("START", "UNSTOP", "YES"))
HELP_WORDS: Final = frozenset(("HELP", "INFO"))
STOP_ANSWER: Final = (
    "You are unsubscribed and get no more texts from {address}. Reply START to get them again."
)
START_ANSWER: Final = "You get texts from {address} again. Reply STOP to end them, HELP for help."
HELP_ANSWER: Final = "Reply STOP to end texts from {address}. Message and data rates may apply."

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)

_keys: Final = count(1)  # of items for receivers; never used twice, not even after a reset

Row = Sequence[Any]  # [ref, from, to, text]


class Text(NamedTuple):
    """One text in the conversation of one phone, as its owner sees it."""

    seq: int  # rises over all phones; what `since` counts by
    at_ms: int
    number: str  # the phone
    address: str  # the other side
    by: Literal["sender", "person", "carrier"]
    text: str
    id: str


class PhoneSummary(NamedTuple):
    """A phone in the list of phones, newest first."""

    number: str
    texts: int
    last_at_ms: int
    last_text: str


@dataclass(slots=True)
class Answers:
    """What the network says to a batch of submits."""

    accepted: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    throttled: list[int] = field(default_factory=list)
    taken: list[tuple[str, Row]] = field(default_factory=list)  # id and row of the accepted, for the log
    reports: list[list[Any]] = field(default_factory=list)  # [id, state, error, at_ms, ref], brought later

    def frame(self) -> dict[str, Any]:
        lists = {"accepted": self.accepted, "refused": self.refused, "throttled": self.throttled}
        return {name: rows for name, rows in lists.items() if rows}


class Mailbox:
    """What is waiting for the receivers of one account: brought until it is acknowledged."""

    def __init__(self) -> None:
        self._waiting: deque[list[Any]] = deque()
        self._brought: dict[int, list[Any]] = {}

    def __len__(self) -> int:
        return len(self._waiting) + len(self._brought)

    def put(self, items: Iterable[list[Any]]) -> None:
        self._waiting.extend(items)

    def take(self, most: int) -> list[list[Any]]:
        items = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        self._brought.update((item[0], item) for item in items)
        return items

    def acknowledge(self, keys: Iterable[int]) -> list[list[Any]]:
        """The items that are done with now."""
        done = [self._brought.pop(key, None) for key in keys]
        return [item for item in done if item is not None]

    def bring_again(self, keys: Iterable[int]) -> None:
        """Items that were not taken go first, in their old order."""
        again = [item for key in keys if (item := self._brought.pop(key, None)) is not None]
        self._waiting.extendleft(reversed(again))


class Network:
    def __init__(
        self, behaviour: CarrierBehaviour | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._clock = clock
        self._run = secrets.token_hex(4)  # ids stay unique over restarts
        self._ids = 0
        self._seq = 0
        self.behaviour = CarrierBehaviour()
        self.configure(behaviour or CarrierBehaviour())
        self._passive: OrderedDict[str, deque[Text]] = OrderedDict()
        self._live: dict[str, deque[Text]] = {}
        self._events: deque[Text] = deque(maxlen=EVENTS_KEPT)
        self._blocked: set[tuple[str, str]] = set()
        self._second = (0, 0)  # the current second, and how many submits it has seen
        self.mailboxes: dict[str, Mailbox] = {}
        self.counts: Counter[str] = Counter()

    def configure(self, behaviour: CarrierBehaviour) -> None:
        self.behaviour = behaviour
        self._chance = Random(behaviour.seed)  # noqa: S311 - simulated faults, no secret

    def mailbox(self, account: str) -> Mailbox:
        return self.mailboxes.setdefault(account, Mailbox())

    def waiting(self, account: str) -> int:
        """How many items a receiver of this account has yet to acknowledge."""
        return sum(len(self.mailbox(name)) for name in dict.fromkeys((account, "")))

    # Texts to phones

    def submit(self, rows: Sequence[Row]) -> Answers:
        """Take a batch of submits. Reports that become due are in the answers; the caller brings them."""
        answers = Answers()
        at_ms = int(self._clock() * 1000)
        behaviour, blocked, run = self.behaviour, self._blocked, self._run
        fullmatch, texts = _E164.fullmatch, []
        room = self._room(at_ms, len(rows))
        for row in rows:
            ref, sender, number, text = row
            if room is not None:
                if room <= 0:
                    answers.throttled.append(ref)
                    continue
                room -= 1
            if not fullmatch(number):
                answers.refused.append((ref, INVALID_NUMBER))
            elif blocked and (sender, number) in blocked:
                answers.refused.append((ref, OPTED_OUT))
            elif behaviour.errors and (error := self._error()) is not None:
                answers.refused.append((ref, error))
            else:
                self._ids += 1
                message_id = f"{run}{self._ids:08x}"
                answers.accepted.append((ref, message_id))
                answers.taken.append((message_id, row))
                texts.append((number, sender, text, message_id))
                if behaviour.reports:
                    self._report(answers, message_id, at_ms, ref)
        for number, sender, text, message_id in texts:
            self._note(at_ms, number, sender, "sender", text, message_id)
        self.counts["submitted"] += len(rows)
        self.counts["accepted"] += len(answers.accepted)
        self.counts["refused"] += len(answers.refused)
        self.counts["throttled"] += len(answers.throttled)
        return answers

    def bring_reports(self, account: str, reports: Iterable[list[Any]]) -> None:
        mailbox = self.mailbox(account)
        for report in reports:
            self.counts["reports"] += 1
            mailbox.put([[next(_keys), "report", *report]])

    def _room(self, at_ms: int, wanted: int) -> int | None:
        limit = self.behaviour.throttle_per_s
        if limit is None:
            return None
        second, seen = self._second
        if second != at_ms // 1000:
            second, seen = at_ms // 1000, 0
        self._second = (second, seen + wanted)
        return limit - seen

    def _error(self) -> str | None:
        dice = self._chance.random()
        for code, share in self.behaviour.errors.items():
            dice -= share
            if dice < 0:
                return code
        return None

    def _report(self, answers: Answers, message_id: str, at_ms: int, ref: int) -> None:
        behaviour = self.behaviour
        if self._chance.random() >= behaviour.reports:
            return
        due_ms = at_ms + int(behaviour.report_delay_ms)
        if self._chance.random() < behaviour.report_failures:
            answers.reports.append([message_id, ReportState.FAILED.value, ABSENT, due_ms, ref])
        else:
            answers.reports.append([message_id, ReportState.DELIVERED.value, None, due_ms, ref])

    # Texts from phones

    def from_handset(self, number: str, address: str, text: str) -> str:
        """A person texts an address; the carrier may answer by itself. Returns the provider's id of the text."""
        at_ms = int(self._clock() * 1000)
        self._ids += 1
        inbound_id = f"{self._run}{self._ids:08x}"
        if number not in self._live:
            known = (
                self._passive.pop(number) if number in self._passive else deque[Text](maxlen=TEXTS_A_PHONE)
            )
            self._live[number] = known
        self._note(at_ms, number, address, "person", text, inbound_id)
        owner = self.behaviour.owners.get(address, "")
        self.mailbox(owner).put([[next(_keys), "text", inbound_id, number, address, text, at_ms]])
        self.counts["inbound"] += 1
        self._answer_by_itself(at_ms, number, address, text)
        return inbound_id

    def _answer_by_itself(self, at_ms: int, number: str, address: str, text: str) -> None:
        word, pair, answer = text.strip().upper(), (address, number), None
        if word in STOP_WORDS and address in self.behaviour.answers_stop:
            if pair not in self._blocked:  # a carrier confirms once
                answer = STOP_ANSWER
            self._blocked.add(pair)
        elif word in START_WORDS and pair in self._blocked:
            self._blocked.discard(pair)
            answer = START_ANSWER if address in self.behaviour.answers_start else None
        elif word in HELP_WORDS and address in self.behaviour.answers_help:
            answer = HELP_ANSWER
        if answer is not None:
            self._ids += 1
            message_id = f"{self._run}{self._ids:08x}"
            self._note(at_ms, number, address, "carrier", answer.format(address=address), message_id)

    # What the phones show

    def handset(self, number: str) -> list[Text]:
        """The conversation of a phone, oldest first: its last 200 texts."""
        return list(self._live.get(number) or self._passive.get(number) or ())

    def handsets(self, most: int = 200) -> list[PhoneSummary]:
        """Phones that somebody typed on, then those that received last."""
        phones = sorted(self._live.values(), key=lambda texts: texts[-1].seq, reverse=True)
        phones = [*phones[:most], *islice(reversed(self._passive.values()), max(0, most - len(phones)))]
        return [PhoneSummary(t[-1].number, len(t), t[-1].at_ms, t[-1].text) for t in phones]

    def events(self, since: int, *, number: str | None = None, most: int = 500) -> tuple[list[Text], int]:
        """Texts after `since`, oldest first, and the number to ask with next. Only the newest 5,000 are kept."""
        if since >= self._seq:
            return [], self._seq
        skip = max(0, len(self._events) - (self._seq - since))
        found = [t for t in islice(self._events, skip, None) if number is None or t.number == number][:most]
        return found, found[-1].seq if len(found) == most else self._seq

    def _note(
        self,
        at_ms: int,
        number: str,
        address: str,
        by: Literal["sender", "person", "carrier"],
        text: str,
        text_id: str,
    ) -> None:
        self._seq += 1
        entry = Text(self._seq, at_ms, number, address, by, text, text_id)
        self._events.append(entry)
        phone = self._live.get(number)
        if phone is None:
            phone = self._passive.get(number)
            if phone is None:
                phone = self._passive[number] = deque(maxlen=TEXTS_A_PHONE)
                if len(self._passive) > PASSIVE_PHONES_KEPT:
                    self._passive.popitem(last=False)
            else:
                self._passive.move_to_end(number)
        phone.append(entry)
