"""What one row claims: whose number, what is known of the person, and how well consent, or being a customer, is backed."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from yesword.collect.imports import cells
from yesword.collect.imports.attached import NOTHING_ATTACHED, Attached
from yesword.collect.imports.dates import consent_date
from yesword.collect.imports.headings import Column, Layout, plain
from yesword.collect.imports.provenance import is_bought
from yesword.collect.imports.reading import Record
from yesword.collect.imports.refusals import (
    ConsentBoughtError,
    CountryUnclearError,
    LandlineError,
)
from yesword.collect.imports.rows import Row, as_wide
from yesword.collect.imports.whereabouts import NOTHING_STATED, Stated, read_whereabouts
from yesword.collect.imports.wishes import Wish
from yesword.domain.errors import YeswordError
from yesword.domain.events import Basis, Grade
from yesword.domain.parties import Origin, Provenance, RecipientKind, Relation
from yesword.domain.phone import PhoneNumber, SeveralNumbersError, parse
from yesword.domain.places import Whereabouts

LOCATION: Final = "location"  # the attribute that templates write as [location]
MAX_VALUE: Final = 500  # characters of a name or an attribute


class Note(StrEnum):
    """What the operator should hear of a row beside its outcome."""

    LANGUAGE_UNKNOWN = "language_unknown"
    REGION_UNKNOWN = "region_unknown"
    PLACE_UNKNOWN = "place_unknown"
    RECIPIENT_UNKNOWN = "recipient_unknown"
    NUMBER_LEFT_OUT = "number_left_out"
    VALUE_TOO_LONG = "value_too_long"
    STOP_NOT_READ = "stop_not_read"
    ON_ITS_WAY = "on_its_way"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """On what the people of a file would be texted, and where it comes from: the same for every row."""

    is_customers: bool = False  # as customers, not because they agreed
    origin: Origin = Origin.SALE  # how they became customers
    was_told: bool = False  # that refusing is free and easy, when they gave the number
    bought: tuple[str, ...] = ()  # categories, beside those that a row names
    provenance: Provenance = Provenance.OWN


AGREED: Final = Ground()


ReadNumber = Callable[[str, str | None], PhoneNumber]


def _read_number(raw: str, country: str | None) -> PhoneNumber:
    return parse(raw, country=country)


@dataclass(frozen=True, kw_only=True, slots=True)
class Custom:
    """How the rows of a file are to be read."""

    country: str | None  # of national numbers, and of dates with slashes
    at: datetime
    is_opt_outs: bool = False  # every row is one
    ground: Ground = AGREED
    attached: Attached = NOTHING_ATTACHED
    read_number: ReadNumber = _read_number


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Judged:
    """A row that can be taken: whose number, and what it says of consent."""

    number: PhoneNumber
    is_opt_out: bool
    consented_at: datetime | None  # of an opt-out row: when it ended, if that is said
    wording: str | None = None
    lacks: tuple[
        str, ...
    ] = ()  # of a full proof: source, date, wording, confirmation; or source and purchase
    is_customer: bool = False  # rests on being one, and not on what the person said
    relation: Relation | None = None
    attached: tuple[str, ...] = ()  # what of it the row does not say itself

    @property
    def basis(self) -> Basis | None:
        """None where the row only claims."""
        if self.lacks:
            return None
        return Basis.CUSTOMER if self.is_customer else Basis.EXPRESS

    @property
    def grade(self) -> Grade:
        """D where source, date and wording are all there; else the row only claims."""
        return Grade.E if self.lacks else Grade.D


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Claim:
    """A row that was judged, with all that it says of the person."""

    judged: Judged
    line: int
    row: dict[str, str]  # as given: the evidence
    name: str = ""
    language: str | None = None
    whereabouts: Whereabouts = NOTHING_STATED
    recipient: RecipientKind | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    has_mail: bool = False


def judge(record: Record, layout: Layout, custom: Custom, number: PhoneNumber | None = None) -> Judged:
    """Judge a row, its number too unless that is known from an earlier reading. Raises a refusal or a `PhoneError`."""
    row = Row(as_wide(record, layout), layout)
    wish = Wish.OUT if custom.is_opt_outs else _wish(row)
    number = number or _number(row, custom)
    if wish is Wish.OUT:
        # A stop asks for nothing but the number; whatever else is wrong with the row must not keep it out.
        return Judged(number=number, is_opt_out=True, consented_at=_stopped_at(row, custom))
    if not number.may_text:
        raise LandlineError
    own_source = row.said(Column.CONSENT_SOURCE)
    source = own_source or custom.attached.source
    own_wording = row.said(Column.CONSENT_WORDING)
    if is_bought(source):
        raise ConsentBoughtError
    if custom.ground.is_customers:
        return _customer(row, custom, number, source, is_asked=wish is Wish.UNDECIDED)
    date = row.said(Column.CONSENT_DATE)
    consented_at = (
        consent_date(date, country=custom.country, at=custom.at) if date else custom.attached.consented_at
    )
    wording = own_wording or custom.attached.wording_for(source, consented_at)
    proof = {
        "source": bool(source),
        "date": consented_at is not None,
        "wording": bool(wording),
        "confirmation": wish is not Wish.UNDECIDED,
    }
    added = {"source": source != own_source, "date": not date, "wording": wording != own_wording}
    return Judged(
        number=number,
        is_opt_out=False,
        consented_at=consented_at,
        wording=wording or None,
        lacks=tuple(part for part, is_there in proof.items() if not is_there),
        attached=tuple(part for part, is_added in added.items() if is_added and proof[part]),
    )


def _customer(row: Row, custom: Custom, number: PhoneNumber, source: str, *, is_asked: bool) -> Judged:
    """Somebody who is said to be a customer: known by the newest purchase, and where that is written down."""
    said, ground = row.said(Column.LAST_PURCHASE), custom.ground
    bought_at = consent_date(said, country=custom.country, at=custom.at) if said else None
    relation = None
    if bought_at is not None:
        relation = Relation(
            origin=ground.origin,
            at=bought_at,
            was_told=ground.was_told,
            is_same_entity=ground.provenance is Provenance.OWN,
            categories=tuple(dict.fromkeys((*ground.bought, *cells.listed(row.said(Column.BOUGHT))))),
        )
    proof = {
        "source": bool(source),
        "purchase": relation is not None,
        "confirmation": not is_asked,
    }
    return Judged(
        number=number,
        is_opt_out=False,
        consented_at=bought_at,
        wording=row.said(Column.CONSENT_WORDING) or None,
        lacks=tuple(part for part, is_there in proof.items() if not is_there),
        is_customer=True,
        relation=relation,
        attached=("source",) if source and source != row.said(Column.CONSENT_SOURCE) else (),
    )


def interpret(record: Record, layout: Layout, custom: Custom, number: PhoneNumber) -> Claim:
    """Read all of a row that was judged before, and found to be of `number`."""
    judged = judge(record, layout, custom, number)
    row = Row(record.cells, layout)
    if judged.is_opt_out:
        return Claim(judged=judged, line=record.line, row=row.as_given())  # of who left, no more is kept
    facts = _Facts(row, custom.country)
    return Claim(
        judged=judged,
        line=record.line,
        row=row.as_given(),
        name=facts.name(),
        language=facts.language(),
        whereabouts=facts.whereabouts(number),
        recipient=facts.recipient(),
        attributes=facts.attributes(),
        notes=tuple(facts.notes),
        has_mail=any(is_mail(row.at(place)) for place in layout.mails),
    )


def seems_a_stop(record: Record, layout: Layout) -> bool:
    """Whether a refused row may have been an opt-out: the operator must hear of those first."""
    row = Row(record.cells, layout)
    try:
        return _wish(row) is Wish.OUT
    except YeswordError:
        return False


def rank(judged: Judged) -> int:
    """Which of two rows for one number counts: a stop, then the better proof, then the later date. 64 bits."""
    seconds = 0 if judged.consented_at is None else max(0, int(judged.consented_at.timestamp()))
    return (int(judged.is_opt_out) << 63) | (int(judged.grade is Grade.D) << 62) | seconds


def fingerprint(record: Record) -> int:
    """Decides between rows of equal rank, whatever their order in the file. 64 bits."""
    data = "\x1f".join(record.cells).encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def is_mail(text: str) -> bool:
    return _MAIL.fullmatch(text.strip()) is not None


def shows_a_number(text: str, country: str | None) -> bool:
    """Whether a telephone number or e-mail address can be read in the text."""
    if "@" in text and _MAIL.search(text):
        return True
    if _DATE.fullmatch(text):
        return False
    return any(_is_number(found[0], country) for found in _DIGITS.finditer(text))


_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?:Z|[+-][\d:]+)?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_DIGITS: Final = re.compile(r"\+?\(?\d(?:[\s()./-]*\d){6,}")
_CONTROL: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])


def _is_number(text: str, country: str | None) -> bool:
    try:
        parse(text, country=country)
    except SeveralNumbersError:
        return True
    except YeswordError:
        return False
    return True


def _wish(row: Row) -> Wish | None:
    """What the columns for being in or out say together: one that says out is enough, even beside an unclear one."""
    found: list[Wish | None] = []
    unclear = None
    own = row.layout.words
    for column, read in _WISHES:
        if cell := row[column]:
            try:
                found.append(own[said] if own and (said := plain(cell)) in own else read(cell))
            except YeswordError as error:
                unclear = error
    if Wish.OUT in found:
        return Wish.OUT
    if unclear is not None:
        raise unclear
    return Wish.UNDECIDED if Wish.UNDECIDED in found else (Wish.IN if Wish.IN in found else None)


_WISHES: Final = (
    (Column.STATUS, cells.status),
    (Column.OPTED_IN, cells.opted_in),
    (Column.OPTED_OUT, cells.opted_out),
    (Column.CHANNELS, cells.channels),
)


def _number(row: Row, custom: Custom) -> PhoneNumber:
    raw = next((cell for place in row.layout.phones if not cells.is_nothing(cell := row.at(place))), "")
    said = row.said(Column.COUNTRY)
    if not said or raw.startswith(("+", "00", "tel:+")):
        return custom.read_number(raw, custom.country)
    own = cells.country(said)
    if own is None:
        raise CountryUnclearError
    return custom.read_number(raw, own)


def _stopped_at(row: Row, custom: Custom) -> datetime | None:
    since = row.said(Column.OPTED_OUT)
    if not any(char.isdecimal() for char in since):
        return None
    try:
        return consent_date(since, country=custom.country, at=custom.at)
    except YeswordError:
        return None  # a stop holds whenever it was


class _Facts:
    """What a row says of the person, and what of it cannot be kept."""

    def __init__(self, row: Row, country: str | None) -> None:
        self._row = row
        self._country = country
        self.notes: list[Note] = []

    def name(self) -> str:
        parts = [self._row[column] for column in (Column.FIRST_NAME, Column.INFIX, Column.LAST_NAME)]
        return self._kept(self._row.said(Column.NAME) or " ".join(part for part in parts if part))

    def language(self) -> str | None:
        said = self._row.said(Column.LANGUAGE)
        found = cells.language(said) if said else None
        if said and found is None:
            self.notes.append(Note.LANGUAGE_UNKNOWN)
        return found

    def whereabouts(self, number: PhoneNumber) -> Whereabouts:
        row = self._row
        stated = Stated(
            country=row.said(Column.COUNTRY),
            region=row.said(Column.REGION),
            postcode=row.said(Column.POSTCODE),
            zone=row.said(Column.ZONE),
        )
        found, unknown = read_whereabouts(stated, number)
        self.notes += dict.fromkeys(_UNKNOWN.get(name, Note.PLACE_UNKNOWN) for name in unknown)
        return found

    def recipient(self) -> RecipientKind | None:
        said = self._row.said(Column.RECIPIENT)
        found = cells.recipient(said) if said else None
        if said and found is None:
            self.notes.append(Note.RECIPIENT_UNKNOWN)
        return found

    def attributes(self) -> tuple[tuple[str, str], ...]:
        layout = self._row.layout
        named = [(name, self._row.at(place)) for place, name in layout.attributes]
        named += [(key, self._row.said(column)) for column, key in _KEPT_AS if column in layout.places]
        kept = ((name, self._kept(value)) for name, value in named if not cells.is_nothing(value))
        return tuple((name, value) for name, value in kept if value)

    def _kept(self, value: str) -> str:
        plain = " ".join(value.translate(_CONTROL).split())
        if len(plain) > MAX_VALUE:
            self.notes.append(Note.VALUE_TOO_LONG)
            return ""
        if plain and shows_a_number(plain, self._country):
            self.notes.append(Note.NUMBER_LEFT_OUT)
            return ""
        return plain


_KEPT_AS: Final = (
    (Column.LOCATION, LOCATION),
    (Column.REGION, "region"),
    (Column.LAST_PURCHASE, "last purchase"),
    (Column.BOUGHT, "bought"),
)
_UNKNOWN: Final = {"stated_region": Note.REGION_UNKNOWN}
