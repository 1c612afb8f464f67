"""Who takes part in a text, as laws tell them apart: kinds of recipients, traits of senders, and relations of the two."""

import enum
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.terms import Term


class RecipientKind(Term):
    PERSON = "person"  # a natural person, and whoever is not known to be anything else
    SOLE_TRADER = "sole_trader"
    COMPANY = "company"  # a legal person
    PUBLIC_BODY = "public_body"


class SenderTrait(enum.StrEnum):
    """What a statute's exemptions ask about a sender. A brand states them, and answers for them."""

    CHARITY = "charity"
    NONPROFIT = "nonprofit"
    POLITICAL = "political"
    PUBLIC_BODY = "public_body"
    UNIVERSITY = "university"
    SCHOOL = "school"
    BANK = "bank"
    INSURER = "insurer"
    TELECOM = "telecom"
    PUBLISHER = "publisher"
    LICENSED_BROKER = "licensed_broker"
    DEBT_BUYER = "debt_buyer"
    PUBLIC_COMPANY = "public_company"
    RETAIL_LOCATION = "retail_location"  # a shop that people walk into
    SAME_NAME_TWO_YEARS = "same_name_two_years"  # in business under its name for two years
    SAME_NAME_THREE_YEARS = "same_name_three_years"
    REGISTERED_TELEMARKETER = "registered_telemarketer"
    TRADER = "trader"  # who deals with traders only


class Origin(enum.StrEnum):
    """How a person came to know the brand, where that alone may count for something."""

    SALE = "sale"
    CONTRACT = "contract"
    NEGOTIATION = "negotiation"
    ENQUIRY = "enquiry"
    DONATION = "donation"
    INTEREST = "interest"
    MEMBERSHIP = "membership"
    CONTEST = "contest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """A relation to the brand, as it stood when the number was taken down. What is not known counts as not so."""

    origin: Origin
    at: datetime  # the newest purchase, enquiry or gift
    was_told: bool = False  # that refusing is free and easy, when the number was given
    is_same_entity: bool = True  # the very company that the number was given to
    categories: tuple[str, ...] = ()  # what was bought or asked about; empty: not known


class Provenance(enum.StrEnum):
    """Where a consent came from. It cannot be bought."""

    OWN = "own"
    MERGED = "merged"  # with the business itself, to its legal successor
    PURCHASED = "purchased"
    RENTED = "rented"
    SHARED = "shared"

    @property
    def may_grant(self) -> bool:
        return self in (Provenance.OWN, Provenance.MERGED)
