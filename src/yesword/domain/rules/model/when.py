"""To which texts, people and senders a rule speaks, beyond its pack's place and its parameter's classes."""

import enum
from dataclasses import dataclass
from datetime import date
from typing import Final

from yesword.domain.parties import Origin, RecipientKind, SenderTrait
from yesword.domain.places import EvidenceFamily

NO_DATE: Final = date.min


class Route(enum.StrEnum):
    """What a text comes from: the kinds of senders."""

    SHORT_CODE = "short_code"
    LONG_CODE = "long_code"  # 10DLC in North America
    TOLL_FREE = "toll_free"
    ALPHANUMERIC = "alphanumeric"


class Presumption(enum.StrEnum):
    """How much a number's area code says about where the person is, by the rule's own words."""

    REBUTTABLE = "rebuttable"
    MAY_RELY = "may_rely"
    CONCLUSIVE = "conclusive"


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """Every list that is not empty has to be met; an empty one asks nothing."""

    evidence: tuple[EvidenceFamily, ...] = ()  # what puts the person there: residence, location, number
    presumption: Presumption | None = None  # on record: all plausible places are held to anyway
    recipients: tuple[RecipientKind, ...] = ()
    senders: tuple[SenderTrait, ...] = ()  # any of these
    unless_senders: tuple[SenderTrait, ...] = ()  # none of these: exempt by statute
    routes: tuple[Route, ...] = ()
    channels: tuple[str, ...] = ()  # sms, mms, rcs
    providers: tuple[str, ...] = ()  # of the account that the text leaves by
    categories: tuple[str, ...] = ()  # what the text is about
    occasions: tuple[str, ...] = ()  # what occasions it: cart, delivery, fraud, health
    unless_relation: tuple[Origin, ...] = ()  # spared where the person has such a relation to the brand …
    relation_days: int = 0  # … at most this old
    collected_from: date = NO_DATE  # consent given on or after, and before
    collected_to: date = date.max

    @property
    def is_personal(self) -> bool:
        """Whether it asks about the person's own record, which no two people share."""
        return bool(self.unless_relation) or self.collected_from != NO_DATE or self.collected_to != date.max


ALWAYS: Final = When()
