"""What a consent record is made from: one person, one program, and all events that speak of both.

Everything is given: nothing here reads a store, a clock or a number. A record holds no telephone number; the person is
a random id. What cannot become a valid record is refused here, so that the writers need not ask.
"""

import enum
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, Basis, EventKind, Grade
from yesword.ledger.entry import SECTIONS

# Each of these stands inside an IRI or is typed by the vocabulary: what does not fit would be read as something else.
_URL: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_PLACE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")  # ISO 3166-1 or -2
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DURATION: Final = re.compile(r"P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?")  # ISO 8601, whole days and longer
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # ids that need no escaping
_HASH_BYTES: Final = 32

_GRANTS: Final = (EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED)


class BadRecordError(YeswordError):
    """The consent record cannot be made: {what} is {given}. Expected {expected}."""

    code = "record_cannot_be_made"


class PersonalData(enum.StrEnum):
    """What is processed about the person, by its name in DPV's list of personal data."""

    TELEPHONE_NUMBER = "TelephoneNumber"
    NAME = "Name"
    EMAIL_ADDRESS = "EmailAddress"
    LANGUAGE = "Language"


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """The controller, or who processes for it. Both standards want a way to reach each."""

    name: str
    address: str  # street, town and code as one line
    country: str
    email: str
    phone: str
    url: str
    contact: str = "Privacy"  # a person or an office

    def __post_init__(self) -> None:
        _fits(_URL, "the web address of a party", self.url, "one that begins with https://")
        _fits(_PLACE, "the country of a party", self.country, "a code such as DE")
        for what, given in (("name", self.name), ("address", self.address), ("e-mail address", self.email)):
            _is_there(f"the {what} of a party", given)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Who is handed the number by the controller and answers for it itself, such as a carrier."""

    name: str
    url: str

    def __post_init__(self) -> None:
        _is_there("the name of a recipient", self.name)
        _fits(_URL, "the web address of a recipient", self.url, "one that begins with https://")


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectRef:
    id: str  # random; never made from the number, not even with a key

    def __post_init__(self) -> None:
        _fits(_NAME, "the id of the person", self.id, "letters, digits, dots and dashes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Purpose:
    key: str  # "offers"
    description: str  # as the person reads it
    is_promotional: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A wording that was shown when asking. Its digest is its identity: the same words are the same notice."""

    id: str
    version: int
    language: str
    date: date  # from when on it was shown
    sha256: str
    text: str

    def __post_init__(self) -> None:
        _fits(_LANGUAGE, "the language of a notice", self.language, "a tag such as de or pt-BR")
        _fits(_DIGEST, "the digest of a notice", self.sha256, "64 hexadecimal digits")
        _is_there("the text of a notice", self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedEvent:
    """One consent event as the ledger has it. `rests_on` is what the fold says, so that no second fold lives here."""

    id: str
    seq: int  # its place in the person's record with the brand
    kind: EventKind
    actor: Actor
    method: str  # the event's route
    occurred_at: datetime
    received_at: datetime
    rests_on: str | None  # id of the grant for the program that stood right after this event
    log_origin: str
    leaf_hash: bytes
    leaf_index: int | None = None  # None until the log has taken the event up
    program: str | None = None  # None: every program of the brand
    basis: Basis | None = None
    grade: Grade | None = None
    reason: str | None = None
    answers: str | None = None  # id of the request, grant or stop that it answers, ends or undoes
    ends_at: datetime | None = None  # of a grant or request: when it ends by itself
    notice: str | None = None  # digest of the wording that was shown
    erased: tuple[str, ...] = ()  # sections of the entry that nobody can open any more

    def __post_init__(self) -> None:
        _is_there("the method of an event", self.method)
        if len(self.leaf_hash) != _HASH_BYTES:
            raise BadRecordError(
                what="a leaf hash", given=f"{len(self.leaf_hash)} bytes long", expected="32 bytes"
            )
        if not set(self.erased) <= set(SECTIONS):
            raise BadRecordError(
                what="an erased section", given=", ".join(self.erased), expected=" or ".join(SECTIONS)
            )

    @property
    def is_permitted(self) -> bool:
        """Whether consent stood right after this event."""
        return self.rests_on is not None

    @property
    def is_grant(self) -> bool:
        """Whether it is a yes with evidence: no mere claim, and no reminder that nobody answered."""
        is_reminder = self.kind is EventKind.RENEWED and self.actor is Actor.SYSTEM
        has_evidence = self.basis is not None and self.grade not in (None, Grade.E)
        return self.kind in _GRANTS and has_evidence and not is_reminder


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentRecordInput:
    """All that one record says. Empty where the standard wants at least one is refused."""

    id: UUID
    created_at: datetime
    subject: SubjectRef
    program: str  # its key
    service: str  # its name, as people know it
    controller: Party
    purposes: tuple[Purpose, ...]
    jurisdictions: tuple[str, ...]
    notices: tuple[Notice, ...]
    events: tuple[RecordedEvent, ...]
    recipients: tuple[Recipient, ...]
    stored_in: tuple[str, ...]
    retention: str  # ISO 8601 duration, such as P5Y, after which the record is deleted
    withdraw_url: str
    withdraw_how: str  # "Reply STOP"
    rights_url: str  # where the other rights are exercised
    policy_url: str
    is_under_gdpr: bool = False
    rules: tuple[str, ...] = ()  # ids of our rules, for law that DPV has no name for
    processors: tuple[Party, ...] = ()
    categories: tuple[str, ...] = ()  # of products
    personal_data: tuple[PersonalData, ...] = (PersonalData.TELEPHONE_NUMBER,)

    def __post_init__(self) -> None:
        for what, given in (
            ("the list of purposes", self.purposes),
            ("the list of jurisdictions", self.jurisdictions),
            ("the list of notices", self.notices),
            ("the list of events", self.events),
            ("the list of processors and recipients", self.processors + self.recipients),
            ("the list of places of storage", self.stored_in),
            ("the list of personal data", self.personal_data),
            ("the name of the service", self.service),
            ("the way to withdraw", self.withdraw_how),
        ):
            _is_there(what, given)
        for place in (*self.jurisdictions, *self.stored_in):
            _fits(_PLACE, "a place", place, "a code such as DE or US-FL")
        for url in (self.withdraw_url, self.rights_url, self.policy_url):
            _fits(_URL, "a web address", url, "one that begins with https://")
        for rule in self.rules:
            _fits(_NAME, "the id of a rule", rule, "one such as us-fl.501.cs")
        _fits(_DURATION, "the time of retention", self.retention, "an ISO 8601 duration such as P5Y")
        places = [event.seq for event in self.events]
        if sorted(set(places)) != places:
            raise BadRecordError(
                what="the order of events", given="not rising", expected="each event once, oldest first"
            )
        shown = {event.notice for event in self.events} - {None}
        if not shown <= {notice.sha256 for notice in self.notices}:
            raise BadRecordError(
                what="a notice that an event names",
                given="not in the record",
                expected="every wording that was shown",
            )


def _fits(form: re.Pattern[str], what: str, given: str, expected: str) -> None:
    if form.fullmatch(given) is None:
        raise BadRecordError(what=what, given=repr(given), expected=expected)


def _is_there(what: str, given: str | tuple[object, ...]) -> None:
    if not given:
        raise BadRecordError(
            what=what, given="empty", expected="at least one" if given == () else "some text"
        )
