"""The fixed words of rule packs as people read them: classes, kinds, relations, senders, parts of a wording.

The enums live in the domain and know nothing of people's languages. What a rule asks in sentences is in `legal`.
"""

import enum
from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, Provenance, RecipientKind, SenderTrait
from yesword.domain.places import EvidenceFamily, PlaceEvidence
from yesword.domain.rules.model import Layer
from yesword.domain.rules.model.consent import Anchor, Form, Standard
from yesword.domain.rules.model.content import Forbidden, Part
from yesword.domain.rules.model.records import Topic
from yesword.domain.rules.model.senders import Consequence
from yesword.domain.rules.model.times import CapKey, Unlock
from yesword.domain.rules.model.when import Route

_TERMS: Final[Mapping[type[enum.Enum], Mapping[str, Promise]]] = {
    MessageClass: {
        "promotional": _("promotion"),
        "informational": _("information"),
        "transactional": _("texts about something ordered or asked for"),
        "conversational": _("answers to people"),
        "service": _("texts about the texts themselves"),
    },
    MessageKind: {
        "campaign": _("campaigns"),
        "reminder": _("reminders"),
        "survey": _("surveys"),
        "code": _("one-time codes"),
        "consent_request": _("requests to confirm"),
        "invitation": _("uninvited questions for consent"),
        "welcome": _("welcomes"),
        "stop_reply": _("confirmations of a stop"),
        "help_reply": _("answers to HELP"),
        "reply": _("replies"),
        "renewal": _("reminders of a consent"),
    },
    Layer: {
        "statute": _("Statute"),
        "regulation": _("Regulation"),
        "case_law": _("Case law"),
        "guidance": _("Guidance of an authority"),
        "code": _("Code of an industry"),
        "carrier": _("Carriers’ rule"),
        "provider": _("Provider’s rule"),
        "house": _("House rule"),
        "brand": _("Brand’s own rule"),
    },
    Origin: {
        "sale": _("a purchase"),
        "contract": _("a contract"),
        "negotiation": _("negotiations"),
        "enquiry": _("an enquiry"),
        "donation": _("a donation"),
        "interest": _("a show of interest"),
        "membership": _("a membership"),
        "contest": _("a contest"),
    },
    Provenance: {
        "own": _("given to the brand itself"),
        "merged": _("taken over with the business"),
        "purchased": _("bought"),
        "rented": _("rented"),
        "shared": _("shared by others"),
    },
    RecipientKind: {
        "person": _("natural persons"),
        "sole_trader": _("sole traders"),
        "company": _("companies"),
        "public_body": _("public bodies"),
    },
    SenderTrait: {
        "charity": _("charities"),
        "nonprofit": _("non-profits"),
        "political": _("political organisations"),
        "public_body": _("public bodies"),
        "university": _("universities"),
        "school": _("schools"),
        "bank": _("banks"),
        "insurer": _("insurers"),
        "telecom": _("telephone companies"),
        "publisher": _("publishers"),
        "licensed_broker": _("licensed brokers"),
        "debt_buyer": _("buyers of debts"),
        "public_company": _("listed companies"),
        "retail_location": _("shops that people walk into"),
        "same_name_two_years": _("businesses two years under their name"),
        "same_name_three_years": _("businesses three years under their name"),
        "registered_telemarketer": _("registered telemarketers"),
        "trader": _("traders who deal with traders only"),
    },
    EvidenceFamily: {
        "residence": _("by residence"),
        "location": _("by whereabouts"),
        "number": _("by the number"),
    },
    PlaceEvidence: {
        "stated_zone": _("the time zone that they chose"),
        "stated_address": _("their address"),
        "postcode": _("their postcode"),
        "stated_country": _("the country that they named"),
        "area_code": _("the number’s area code"),
        "country": _("the number’s country"),
        "network": _("the network that serves the number"),
        "toll_free": _("a number that belongs to no place"),
    },
    Anchor: {
        "grant": _("the yes"),
        "first_text": _("the yes, as long as no text has followed it"),
        "last_text": _("the last text"),
        "relation": _("the last purchase or enquiry"),
        "each_use": _("each use of it"),
        "withdrawal": _("the stop"),
        "event": _("what occasioned it"),
    },
    Form: {
        "tick": _("a ticked box"),
        "reply": _("an answer by text"),
        "keyword": _("a keyword"),
        "oral": _("spoken words"),
        "paper": _("paper"),
        "signature": _("a signature"),
        "pre_ticked": _("a box that was ticked beforehand"),
        "bundled": _("a yes bundled with terms or with another yes"),
        "condition_of_sale": _("a condition of a sale"),
        "condition_of_entry": _("a condition of entry to a contest"),
    },
    Standard: {
        "none": _("no consent"),
        "implied": _("implied consent"),
        "express": _("express consent"),
        "express_written": _("express written consent"),
    },
    Forbidden: {
        "link": _("a link"),
        "phone_number": _("a phone number"),
        "public_shortener": _("a shortened link that many senders share"),
        "promotion": _("promotion"),
    },
    Part: {
        "brand": _("who sends"),
        "program": _("the program"),
        "use_case": _("what the texts are for"),
        "categories": _("what they are about"),
        "channel": _("that they come by text"),
        "frequency": _("how often"),
        "rates": _("that rates may apply"),
        "stop": _("how to stop"),
        "help": _("how to get help"),
        "terms": _("the terms"),
        "privacy": _("the privacy policy"),
        "withdrawal": _("that consent can be withdrawn"),
        "no_condition": _("that it is no condition of a purchase"),
        "automated": _("that the texts are automated"),
        "number": _("the number"),
        "address": _("the sender’s postal address"),
        "contact": _("how to reach somebody"),
        "third_parties": _("third parties"),
        "cart_detection": _("how a left cart is noticed"),
        "confirmed_out": _("that no further texts will come"),
    },
    Topic: {
        "penalty": _("Penalty"),
        "liability": _("Liability"),
        "scope": _("Scope"),
        "case": _("Case"),
        "outlook": _("Outlook"),
        "rights": _("Rights"),
        "breach": _("Breach"),
        "registry": _("Registry"),
    },
    Consequence: {
        "block": _("carriers drop the text"),
        "relabel": _("it is shown as a likely scam"),
        "overstamp": _("the name is written over"),
        "fee": _("a fee is charged"),
    },
    CapKey: {
        "subject": _("on one subject"),
        "program": _("of one program"),
        "brand": _("of one brand"),
        "event": _("about one event"),
    },
    Unlock: {
        "any_hour": _("consent to texts at any hour"),
        "written_any_hour": _("written consent to texts at any hour"),
        "express": _("express consent"),
        "relation": _("being a customer"),
    },
    Route: {
        "short_code": _("short codes"),
        "long_code": _("long codes"),
        "toll_free": _("toll-free numbers"),
        "alphanumeric": _("names as sender"),
    },
}
# What consent, texts and programs are about. Another category shows as it is written.
_CATEGORIES: Final[Mapping[str, Promise]] = {
    "adult": _("adult content"),
    "alcohol": _("alcohol"),
    "cannabis": _("cannabis"),
    "charity": _("charity"),
    "credit_repair": _("credit repair"),
    "debt_collection": _("debt collection"),
    "debt_relief": _("debt relief"),
    "firearms": _("firearms"),
    "gambling": _("gambling"),
    "high_risk_loans": _("high-risk loans"),
    "loans": _("loans"),
    "political": _("politics"),
    "renovation": _("home renovation"),
    "tobacco": _("tobacco"),
}
_OCCASIONS: Final[Mapping[str, Promise]] = {
    "cart": _("a cart that was left"),
    "code": _("a code that was asked for"),
    "delivery": _("a delivery"),
    "fraud": _("suspected fraud"),
    "health": _("health care"),
}
_NAMED: Final[Mapping[str, Promise]] = {
    "brand": _("brand"),
    "program": _("program"),
    "category": _("category"),
    "channel": _("channel"),
    "number": _("number"),
}


def term(member: enum.Enum) -> str:
    """The word of one member; a new one that has none yet shows as it is written."""
    spelling = member.value if isinstance(member.value, str) else member.name.lower()
    return str(_TERMS.get(type(member), {}).get(spelling, _spaced(spelling)))


def terms(members: Iterable[enum.Enum]) -> str:
    return ", ".join(term(each) for each in members)


def categories(keys: Iterable[str]) -> str:
    return ", ".join(str(_CATEGORIES.get(key, _spaced(key))) for key in keys)


def occasions(keys: Iterable[str]) -> str:
    return ", ".join(str(_OCCASIONS.get(key, _spaced(key))) for key in keys)


def named(keys: Iterable[str]) -> str:
    return ", ".join(str(_NAMED.get(key, _spaced(key))) for key in keys)


def wordless() -> list[str]:
    """Members that have no word yet."""
    return [
        f"{kind.__name__}.{member.name}"
        for kind, words in _TERMS.items()
        for member in kind
        if (member.value if isinstance(member.value, str) else member.name.lower()) not in words
    ]


def _spaced(spelling: str) -> str:
    return spelling.replace("_", " ")
