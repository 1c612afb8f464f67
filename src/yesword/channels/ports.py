"""What every channel promises: the port between the one gate and the networks.

Here are the records that cross the border and the two protocols that a channel implements. No channel sees the
store, and nothing here knows how a carrier speaks. `tests/contract/test_channels.py` holds every implementation
to what is written here.
"""

import enum
import threading
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, Self, runtime_checkable

from yesword.channels.errors import CarrierError
from yesword.domain.decisions import Decision, NotApprovedError, Verdict
from yesword.domain.errors import YeswordError

RECALL_EVERY_S: Final = 0.02  # while a channel waits it asks at least this often whether a stop came in


class ChannelError(YeswordError):
    """The channel {channel} failed. Look at the account's settings and at its log."""

    code = "channel"


class RepeatedMessageError(ChannelError):
    """Message {message_id} stands twice in one hand-over. Nothing was sent; hand a message over once."""

    code = "repeated_message"


class HandOverOpenError(ChannelError):
    """The channel {channel} still has a hand-over open. Read its outcomes to the end, or close the iterator."""

    code = "hand_over_open"


class CarrierUnreachableError(ChannelError):
    """The carrier at {endpoint} cannot be reached ({why}). Check that it runs and that the address is right."""

    code = "carrier_unreachable"


class SignInRefusedError(ChannelError):
    """The carrier at {endpoint} refused the sign-in ({why}). Check the account's token and role."""

    code = "sign_in_refused"


def masked(number: str) -> str:
    """Enough of a number to tell two apart in a log, too little to text it."""
    return f"{number[:3]}…{number[-2:]}" if len(number) > 7 else "…"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOver:
    """One approved text on its way out. It cannot be made without a decision to send."""

    message_id: int
    attempt_id: int
    sender: str  # the code, number or name it comes from
    number: str  # E.164
    text: str
    decision: Decision
    media: tuple[str, ...] = ()  # addresses of pictures, where the channel carries them

    def __post_init__(self) -> None:
        if self.decision.verdict is not Verdict.SEND:
            raise NotApprovedError(message_id=self.message_id, verdict=self.decision.verdict)

    def __repr__(self) -> str:
        return (
            f"HandOver(message_id={self.message_id}, attempt_id={self.attempt_id}, sender={self.sender!r}, "
            f"number={masked(self.number)!r}, text=<{len(self.text)} characters>)"
        )


class OutcomeStatus(enum.StrEnum):
    ACCEPTED = "accepted"  # the carrier has it
    REFUSED = "refused"  # the carrier will not take it; error_code says why
    THROTTLED = "throttled"  # not taken, too fast: may be given back
    UNKNOWN = "unknown"  # written, no answer: the carrier may have it
    UNWRITTEN = "unwritten"  # not one byte of it was written: may be given back


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one hand-over, as far as the channel can tell."""

    message_id: int
    attempt_id: int
    status: OutcomeStatus
    provider_id: str | None = None  # for accepted
    error_code: str | None = None  # the carrier's code, or a word of ours for what happened instead
    error_text: str | None = None  # what it says beside the code; for the log
    meaning: CarrierError | None = None  # of the carrier's code, where we know it

    @classmethod
    def of(
        cls,
        handover: HandOver,
        status: OutcomeStatus,
        error_code: str | None = None,
        error_text: str | None = None,
        meaning: CarrierError | None = None,
    ) -> Self:
        return cls(
            message_id=handover.message_id,
            attempt_id=handover.attempt_id,
            status=status,
            error_code=error_code,
            error_text=error_text,
            meaning=meaning,
        )


PARTLY_TAKEN: Final = "partly_taken"
"""A refusal after which the person may have some parts of a long text: it goes by no other way."""

# Why a message was not written, or why nobody knows.
RECALLED: Final = "recalled"
UNREACHABLE: Final = "unreachable"
CONNECTION_LOST: Final = "connection_lost"
NO_ANSWER: Final = "no_answer"

LONGEST_ANSWER_S: Final = 10.0
"""So long after the last text was begun or called back a hand-over is over: what is not answered by then is unknown."""

Recall = Callable[[], Container[int]]


class Channel(Protocol):
    """Hands texts to one account of one carrier. One thread uses it, and it may be killed at any moment."""

    @property
    def takes_per_second(self) -> float:
        """How many texts a second the carrier takes now, as far as known."""

    @property
    def answers_in_s(self) -> float:
        """How long it takes to answer the first of them, as far as known: so much may be under way at once."""

    @property
    def rests_s(self) -> float:
        """For how long it is no use to hand anything over (carrier away or throttling); 0 when it is."""

    def submit(self, handovers: Sequence[HandOver], *, recall: Recall | None = None) -> Iterator[Outcome]:
        """Write in the order given, and say what became of each as soon as that is known: exactly one outcome each.

        Nothing happens before the iterator is read; read it to the end. Before each chunk is written, and at
        least every 20 ms while the carrier is slow, `recall()` is asked; messages named in its answer that are
        not written yet come back at once as `UNWRITTEN`, so that a dead carrier holds no drain. An answer that is
        empty should be false (`frozenset()`), it is then not searched.
        When the connection is lost, what was written and not answered is `UNKNOWN`, the rest `UNWRITTEN`.
        A carrier that fails is an outcome, never an exception.

        Raises RepeatedMessageError before anything is written if a message stands twice in the sequence.
        """

    def close(self) -> None:
        """Let go of the connection. The next submit opens another."""


class ReportState(enum.StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


MADE_ID: Final = "made-"
"""How the id of a text begins that was made of what it says and who wrote it: to be kept as a keyed digest only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundText:
    """A text that a person sent to one of our addresses."""

    account: str
    provider_id: str  # the same in every redelivery; empty where the carrier gave none
    sender_number: str = field(repr=False)  # as the carrier wrote it
    to_address: str
    text: str = field(repr=False)
    received_at: datetime  # aware; the carrier's time
    media: tuple[str, ...] = field(default=(), repr=False)  # addresses of pictures that came with it


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryReport:
    """What a carrier says became of a message; may come twice, late, or before our own record is written."""

    account: str
    provider_id: str  # as given in the outcome of the hand-over
    message_id: int | None = None  # our own reference, where the carrier echoes it
    state: ReportState
    error_code: str | None = None
    at: datetime
    meaning: CarrierError | None = None


InboundItem = InboundText | DeliveryReport
Handler = Callable[[list[InboundItem]], list[bool]]


class Receiver(Protocol):
    """Takes what a carrier brings for one account."""

    def run(self, handler: Handler, stop: threading.Event) -> None:
        """Receive until `stop` is set; reconnect by itself.

        The handler gets items in the order of arrival and returns one boolean for each. An item is acknowledged
        to the carrier only after True was returned for it; with False, or when the process dies before, the
        carrier brings it again. An exception of the handler acknowledges nothing and is passed on.
        """


@runtime_checkable
class Listens(Protocol):
    """A receiver that knows whether the carrier can reach it just now: after a gap, sending waits."""

    @property
    def is_listening(self) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class MissedItems:
    """What a carrier kept while nobody listened."""

    items: tuple[InboundItem, ...] = ()  # oldest first, with the ids that they would have come with
    opted_out: tuple[str, ...] = field(
        default=(), repr=False
    )  # numbers that the carrier has blocked since, E.164


@runtime_checkable
class Missed(Protocol):
    """A receiver that can ask its carrier what came in, so that nothing is missed after a gap."""

    def missed_since(self, since: datetime) -> MissedItems | None:
        """All of it, or at least all that is newer; None where this carrier keeps no such list, and brings again
        what was not taken. Raises ChannelError: then nothing is known, and it is asked again.
        """


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ListedOptOut:
    """One entry of a provider's own list of opt-outs. `sender` empty: it wants texts from none of the account's."""

    number: str  # as the provider writes it
    sender: str = ""
    at: datetime | None = None


class OptOutList(Protocol):
    """A provider that hands over its own list of opt-outs."""

    def opt_outs(self) -> Iterator[ListedOptOut]:
        """All of them, as they come. Raises ChannelError: then nothing is known."""


def refuse_repeats(handovers: Sequence[HandOver]) -> None:
    """Raise RepeatedMessageError if a message stands twice: two attempts at once would text a person twice."""
    seen: set[int] = set()
    for handover in handovers:
        if handover.message_id in seen:
            raise RepeatedMessageError(message_id=handover.message_id)
        seen.add(handover.message_id)
