"""Parameters about what a text comes from, and the lists it is to be held against."""

import enum
from dataclasses import dataclass
from typing import ClassVar

from yesword.domain.parties import Origin
from yesword.domain.rules.model.parameter import ForClasses, at_least
from yesword.domain.rules.model.when import Route


class Consequence(enum.StrEnum):
    BLOCK = "block"  # carriers drop the text
    RELABEL = "relabel"  # it is shown as a likely scam
    OVERSTAMP = "overstamp"  # the name is written over
    FEE = "fee"


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderId(ForClasses):
    """What a sender has to be: of these kinds, registered there, with such a name."""

    table: ClassVar[str] = "sender_id"
    operator: ClassVar[str] = "every condition"
    routes: tuple[Route, ...] = ()  # that may carry such texts; empty: all
    registry: str = ""  # where it has to be registered, e.g. "tcr", "cnmc-alias"
    registered_routes: tuple[Route, ...] = ()  # that have to be registered; empty: all
    prefix: str = ""  # of an alphanumeric name
    suffix: str = ""
    pattern: str = ""  # of the address, as a regular expression
    consequence: Consequence = Consequence.BLOCK

    @property
    def slot(self) -> str:
        return f"sender_id.{self.registry or self.prefix or self.suffix or self.pattern or 'routes'}"


class Listing(enum.StrEnum):
    """What it means to stand in a registry."""

    REFUSES = "refuses"  # a do-not-text list
    PERMITS = "permits"  # a register of consents: who is not in it may not be texted
    REASSIGNED = "reassigned"  # the number has a new owner


@dataclass(frozen=True, kw_only=True, slots=True)
class Scrub(ForClasses):
    """A registry that numbers are to be held against before a text, and how fresh the answer has to be."""

    table: ClassVar[str] = "scrub"
    operator: ClassVar[str] = "every registry"
    registry: str
    listing: Listing
    max_age_days: int = at_least(0, default=0)  # 0: no age is named
    grace_days: int = at_least(0, default=0)  # after which a new listing binds
    write_within_days: int = at_least(0, default=0)  # in which a consent has to be entered, or it is void
    needs_date: bool = False  # the question names the day of the consent
    unless: tuple[Origin, ...] = ()  # relations that make the check needless
    is_express_exempt: bool = False  # express consent makes it needless

    @property
    def slot(self) -> str:
        return f"scrub.{self.registry}"
