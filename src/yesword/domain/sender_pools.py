"""Which of a program's senders a text goes out from: by country, class of text and what a sender can do. Pure."""

from collections.abc import Container
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from yesword.domain.facts import SenderFacts
from yesword.domain.messages import MessageClass

# They go out from whatever they answer, so that no sender is kept from them.
_ANSWERS: Final = frozenset({MessageClass.SERVICE, MessageClass.CONVERSATIONAL})


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolSender:
    """A sender in its place. Those in the same place share people between them; the next place is for what is left."""

    id: int
    account: int
    position: int  # 0 for the program's own
    facts: SenderFacts
    countries: frozenset[str] = frozenset()  # empty: anywhere
    classes: frozenset[str] = frozenset()  # empty: all

    def fits(self, country: str, message_class: MessageClass) -> bool:
        return (not self.countries or country in self.countries) and (
            not self.classes or message_class in _ANSWERS or message_class.value in self.classes
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """The senders of a program, its own among them."""

    own: int
    senders: tuple[PoolSender, ...]

    def choose(
        self,
        *,
        country: str,
        message_class: MessageClass,
        who: int,
        kept: int | None = None,
        answers_come_back: bool = False,
        tried: Container[int] = (),
    ) -> PoolSender | None:
        """The one that a person knows, if it still fits; or else the first that fits: where it names the country, and
        then by place. None: none fits.

        `who` spreads people over equals, always in the same way. `answers_come_back`: the wording counts on it.
        """
        fitting = [
            each
            for each in self.senders
            if each.id not in tried
            and each.fits(country, message_class)
            and (each.facts.can_receive or not answers_come_back)
        ]
        for each in fitting:
            if each.id == kept:
                return each
        if not fitting:
            return None
        best = min(_rank(each) for each in fitting)
        equals = [each for each in fitting if _rank(each) == best]
        return max(equals, key=lambda each: _lot(who, each.id))

    def get(self, sender: int) -> PoolSender | None:
        return next((each for each in self.senders if each.id == sender), None)


def _rank(sender: PoolSender) -> tuple[bool, int]:
    return not sender.countries, sender.position


def _lot(who: int, sender: int) -> bytes:
    """Highest of random weights: a sender that comes or goes moves nobody else's choice."""
    return blake2b(f"{who}/{sender}".encode(), digest_size=8).digest()
