"""Exports of other systems, known by the names of their columns, and what those columns mean there.

Permission is per medium: what such a file says of e-mail is no consent to texts, and is left out. Where each list of
columns is documented stands beside it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yesword.collect.imports.headings import Column, plain
from yesword.collect.imports.wishes import Wish


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    id: str
    name: str
    signs: frozenset[str]  # column names that tell it, as `plain` leaves them
    needs: int  # so many of them at least
    columns: Mapping[str, Column]  # of two for the same thing, the earlier one here counts
    words: Mapping[str, Wish] = field(default_factory=dict)  # what its statuses mean, where they are its own

    def places(self, header: Sequence[str]) -> dict[int, Column]:
        """What each column that the system is known to write means."""
        names = [plain(name) for name in header]
        found: dict[int, Column] = {}
        taken: set[Column] = set()
        for name, column in self.columns.items():
            for place, each in enumerate(names):
                if each != name:
                    continue
                is_double = column in taken and column not in _MANY
                found[place] = Column.LEFT_OUT if is_double else column
                taken.add(column)
        return found


_MANY: Final = frozenset({Column.PHONE, Column.MOBILE, Column.LEFT_OUT, Column.MAIL})


def _left_out(names: str) -> dict[str, Column]:
    return {" ".join(name.split()): Column.LEFT_OUT for name in names.split(",")}


_PERSON: Final = {
    "first name": Column.FIRST_NAME,
    "last name": Column.LAST_NAME,
    "email": Column.MAIL,
    "email address": Column.MAIL,
}

SYSTEMS: Final[tuple[System, ...]] = (
    System(
        id="twilio_consent",
        name="Twilio, consents",
        # Consent Management API: contact_id, correlation_id, sender_id, status, source, date_of_consent.
        signs=frozenset({"contact id", "correlation id", "sender id", "date of consent"}),
        needs=3,
        columns={
            "contact id": Column.PHONE,
            "status": Column.STATUS,
            "source": Column.CONSENT_SOURCE,
            "date of consent": Column.CONSENT_DATE,
            **_left_out("correlation id, sender id"),
        },
    ),
    System(
        id="twilio_opt_outs",
        name="Twilio, opt-outs",
        # Advanced Opt-Out marks each inbound text: From, To, OptOutType (STOP, START, HELP), MessagingServiceSid.
        signs=frozenset({"opt out type", "messaging service sid", "message sid", "account sid"}),
        needs=2,
        columns={
            "from": Column.PHONE,
            "phone number": Column.PHONE,
            "opt out type": Column.STATUS,
            "date sent": Column.LEFT_OUT,
            **_left_out("to, body, messaging service sid, message sid, account sid, sms sid, num media"),
        },
        words={"start": Wish.IN, "help": Wish.UNDECIDED},
    ),
    System(
        id="klaviyo",
        name="Klaviyo",
        # Profile properties $consent (a list of channels), $consent_method, $consent_timestamp, $consent_form_id.
        signs=frozenset(
            {
                "klaviyo id", "consent method", "consent timestamp", "consent form id", "consent form version",
                "sms marketing consent", "email marketing consent", "phone number region",
            }
        ),
        needs=2,
        columns={
            "phone number": Column.PHONE,
            "sms marketing consent": Column.STATUS,
            "sms consent": Column.STATUS,
            "consent": Column.CHANNELS,
            "sms marketing consent timestamp": Column.CONSENT_DATE,
            "sms consent timestamp": Column.CONSENT_DATE,
            "consent timestamp": Column.CONSENT_DATE,
            "consent method": Column.CONSENT_SOURCE,
            "source": Column.CONSENT_SOURCE,
            "state region": Column.REGION,
            "zip code": Column.POSTCODE,
            **_PERSON,
            **_left_out(
                "klaviyo id, consent form id, consent form version, email marketing consent, address, address 2,"
                "email marketing consent timestamp, email suppressions, ip address, latitude, longitude, last open,"
                "last click, last active, phone number region"
            ),
        },
    ),
    System(
        id="mailchimp",
        name="Mailchimp",
        # Audience exports end in MEMBER_RATING, OPTIN_TIME, OPTIN_IP, CONFIRM_TIME … LEID, EUID: all about e-mail.
        signs=frozenset({"member rating", "optin time", "optin ip", "confirm time", "leid", "euid"}),
        needs=2,
        columns={
            "sms phone number": Column.MOBILE,
            "phone number": Column.PHONE,
            "phone": Column.PHONE,
            "sms subscription status": Column.STATUS,
            "sms marketing status": Column.STATUS,
            "sms status": Column.STATUS,
            "sms subscription last updated": Column.CONSENT_DATE,
            "sms optin time": Column.CONSENT_DATE,
            "sms source": Column.CONSENT_SOURCE,
            "cc": Column.COUNTRY,
            "region": Column.REGION,
            "timezone": Column.ZONE,
            **_PERSON,
            **_left_out(
                "member rating, optin time, optin ip, confirm time, confirm ip, latitude, longitude, gmtoff, dstoff,"
                "last changed, leid, euid, notes, unsub time, unsub campaign title, unsub campaign id, unsub reason,"
                "unsub reason other, clean time, clean campaign title, clean campaign id, address, status, source"
            ),
        },
    ),
    System(
        id="attentive",
        name="Attentive",
        # Subscriber profile terms: contact details, status (eligible, ineligible), active since, sign-up source.
        signs=frozenset({"active since", "sign up source", "profile identifier", "subscription status"}),
        needs=2,
        columns={
            "phone": Column.PHONE,
            "phone number": Column.PHONE,
            "status": Column.STATUS,
            "subscription status": Column.STATUS,
            "active since": Column.CONSENT_DATE,
            "sign up source": Column.CONSENT_SOURCE,
            **_PERSON,
            **_left_out("profile identifier, subscriber"),
        },
        # Ineligible: "cannot yet, or can no longer". Nobody can tell which, so it is taken for a stop.
        words={"eligible": Wish.IN, "ineligible": Wish.OUT},
    ),
    System(
        id="postscript",
        name="Postscript",
        # Subscribers: phone_number, keyword, origin, shopify_customer_id, created_at, opted_in_at, unsubscribed_at.
        signs=frozenset(
            {"keyword", "keyword id", "origin", "shopify customer id", "opt in source", "subscriber source"}
        ),
        needs=2,
        columns={
            "phone number": Column.PHONE,
            "subscription status": Column.STATUS,
            "status": Column.STATUS,
            "unsubscribed at": Column.OPTED_OUT,
            "opted out at": Column.OPTED_OUT,
            "opted in at": Column.CONSENT_DATE,
            "created at": Column.CONSENT_DATE,
            "opt in source": Column.CONSENT_SOURCE,
            "subscriber source": Column.CONSENT_SOURCE,
            "origin": Column.CONSENT_SOURCE,
            **_PERSON,
            **_left_out("shopify customer id, keyword id, id, subscriber id, updated at"),
        },
    ),
    System(
        id="shopify",
        name="Shopify, customers",
        # Accepts SMS Marketing is about the customer's own Phone; the one of the address is for the parcel.
        signs=frozenset({"accepts sms marketing", "accepts email marketing", "tax exempt", "total orders"}),
        needs=2,
        columns={
            "phone": Column.PHONE,
            "accepts sms marketing": Column.OPTED_IN,
            "default address city": Column.LOCATION,
            "city": Column.LOCATION,
            "default address province code": Column.REGION,
            "province code": Column.REGION,
            "default address country code": Column.COUNTRY,
            "country code": Column.COUNTRY,
            "default address zip": Column.POSTCODE,
            "zip": Column.POSTCODE,
            **_PERSON,
            **_left_out(
                "customer id, accepts email marketing, default address phone, default address company,"
                "default address address1, default address address2, company, address1, address2, province, country,"
                "note, tax exempt"
            ),
        },
    ),
)  # fmt: skip


def recognise(header: Sequence[str]) -> System | None:
    """Whose export this is; None where no system is told by the names of its columns."""
    names = {plain(name) for name in header}
    told = [(len(system.signs & names) - system.needs, system) for system in SYSTEMS]
    sure = [(over, system) for over, system in told if over >= 0]
    return max(sure, key=lambda each: each[0])[1] if sure else None


def by_id(system_id: str) -> System | None:
    return next((system for system in SYSTEMS if system.id == system_id), None)


_STOPS: Final = re.compile(
    r"opt[\W_]*outs?|unsub|suppress|stops?\b|blocked|block[\W_]*list|blacklist|dnc|do[\W_]*not|afgemeld|afmeld|uitgeschreven"
    r"|abgemeldet|abmeld|sperr|avregistrer|avanm|sparr|sp[äæ]rr|frameld|afmeld",
    re.IGNORECASE,
)
_BESIDE: Final = frozenset(
    [
        "date",
        "reason",
        "created at",
        "added at",
        "type",
        "note",
        "status",
        "channel",
        "id",
        "datum",
        "grund",
        "reden",
        "dato",
        "opted out",
        "opted out at",
        "opt out date",
        "unsubscribed at",
        "suppressed at",
    ]
)
_NUMBERS: Final = frozenset(
    [
        "phone",
        "phone number",
        "number",
        "mobile",
        "mobile number",
        "msisdn",
        "telefoon",
        "telefoonnummer",
        "telefon",
        "telefonnummer",
        "rufnummer",
        "mobil",
        "mobiel",
        "nummer",
        "to",
        "recipient",
        "e164",
    ]
)


def seems_suppressions(header: Sequence[str], file_name: str) -> bool:
    """Whether the file holds next to nothing but numbers, and is called as lists of stops are. A hint, and no more."""
    names = {plain(name) for name in header} - {""}
    return bool(names & _NUMBERS) and names <= _NUMBERS | _BESIDE and _STOPS.search(file_name) is not None
