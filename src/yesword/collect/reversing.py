"""Reverse confirmation: a page shows "text YES 4821 to 800123", and nothing goes to a number that somebody typed.

The code is short, for a person types it. Guessing one joins nobody but whoever texts it, and what was typed on the page
counts only where the text comes from the number that was typed there; it is sealed under that number's key until then.
"""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.collect import points, tickets
from yesword.collect.backing import form_evidence, page_evidence
from yesword.collect.points import Point
from yesword.consent import Act
from yesword.domain.ages import SaidAge
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.errors import YeswordError
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.ids import BrandId, ContactId, ProgramId, bucket_of
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.domain.times import from_micros, to_micros
from yesword.ledger.entry import JsonObject
from yesword.proof.evidence.files import AcceptedFile, accept
from yesword.store import contacts, programs, tallies
from yesword.store.database import Row, Session
from yesword.store.opening import Store
from yesword.store.sealing import place
from yesword.store.tallies import Tallied

LASTS: Final = timedelta(hours=1)
SHORT: Final = 4
LONG: Final = 6
BUSY: Final = 2000  # open codes on one sender, above which they get longer
_TRIES: Final = 40


class NoCodeLeftError(YeswordError):
    """Too many people are joining just now. Ask again in a few minutes."""

    code = "no_code_left"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Shown:
    """What a page asks for, and what was typed there."""

    program: Program
    point: Point
    language: str
    source: str = ""
    page: str = ""  # of somebody else's site, where a pop-up showed it
    number: PhoneNumber | None = None  # as typed; nothing is ever sent to it
    name: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    files: Sequence[AcceptedFile] = ()  # a presentation probe
    categories: tuple[str, ...] = ()
    said_age: SaidAge | None = None
    said: tuple[tuple[str, str], ...] = ()  # what else was typed, for the record
    nonce: str = ""  # of the page, which is used up by this
    imprint: bytes = b""  # of the page and what was sent from it


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    word: str  # the confirming word of the program in the language of the page
    digits: str
    sender: str
    expires_at: datetime

    @property
    def text(self) -> str:
        """What to send."""
        return f"{self.word} {self.digits}"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Meant:
    """The page that somebody's text belongs to."""

    id: int
    digits: str
    sender: int
    brand: BrandId
    program: Program
    point: Point | None
    language: str
    source: str
    page: str
    shown_at: datetime
    contact: ContactId | None  # who has the number that was typed
    sealed: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Details:
    """What had been typed, once it is known to be of whoever texted."""

    name: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    files: tuple[AcceptedFile, ...] = ()
    categories: tuple[str, ...] = ()
    said_age: SaidAge | None = None
    said: tuple[tuple[str, str], ...] = ()


def show(store: Store, shown: Shown, at: datetime) -> Code:
    """A code for one page. Raises NoCodeLeftError, UsedTicketError."""
    sender = programs.sender_of(shown.program)
    contact, sealed = _sealed(store, shown)
    with store.database.write() as session:
        if shown.nonce:
            tickets.use(session, shown.nonce, at, shown.imprint)
        tallies.add(session, shown.point.id, shown.source, Tallied.CODE, at)
        digits = _free(session, sender.id, at)
        session.run(
            "insert_shown_code",
            sender_id=sender.id,
            code=digits,
            id=store.ids.make(0),
            brand_id=shown.program.brand,
            program_id=shown.program.id,
            program_version=shown.program.version,
            point_id=shown.point.id,
            point_digest=shown.point.digest,
            language=shown.language,
            source=shown.source,
            page=shown.page,
            bucket=None if contact is None else bucket_of(contact),
            contact_id=contact,
            sealed=sealed,
            shown_at=to_micros(at),
            expires_at=to_micros(at + LASTS),
        )
    return _code(shown.program, shown.language, digits, at)


def shown_then(
    store: Store, session: Session, point: Point, number: PhoneNumber, at: datetime
) -> Code | None:
    """The code that the point showed at that very moment to whoever typed this number, if it showed one."""
    rows = session.rows("codes_shown_then", point_id=point.id, shown_at=to_micros(at))
    found = (_meant(row, row[14], row[15]) for row in rows)
    own = next((each for each in found if each.contact and _is_of(store, each, number.e164)), None)
    return None if own is None else _code(own.program, own.language, own.digits, own.shown_at)


def _code(program: Program, language: str, digits: str, shown_at: datetime) -> Code:
    _, texts = program.texts_in(language)
    return Code(
        word=texts.confirm_words[0].upper(),
        digits=digits,
        sender=programs.sender_of(program).facts.address,
        expires_at=shown_at + LASTS,
    )


def _free(session: Session, sender: int, at: datetime) -> str:
    row = session.first("count_open_codes", sender_id=sender, at=to_micros(at))
    assert row is not None, "a count has a row"
    length = SHORT if row[0] < BUSY else LONG
    for _ in range(_TRIES):
        digits = f"{secrets.randbelow(9 * 10 ** (length - 1)) + 10 ** (length - 1)}"
        if session.first("open_code_taken", sender_id=sender, code=digits, at=to_micros(at)) is None:
            return digits
    raise NoCodeLeftError


def _sealed(store: Store, shown: Shown) -> tuple[ContactId | None, bytes | None]:
    if shown.number is None:
        return None, None
    brand = shown.program.brand
    with store.database.read() as session:
        contact = contacts.find(store, session, brand, shown.number.e164)
    seal = None if contact is None else store.vault.seal(contact)
    if contact is None:
        ((contact, seal),) = contacts.prepare(store, brand, [shown.number.e164])
    if seal is None:
        return contact, None
    typed = {
        "name": shown.name,
        "attributes": list(shown.attributes),
        "categories": list(shown.categories),
        "said": list(shown.said),
        "age": None if shown.said_age is None else [shown.said_age.years, to_micros(shown.said_age.on)],
        "files": [
            [each.kind.value, each.media.media_type.value, base64.b64encode(each.data).decode()]
            for each in shown.files
        ],
    }
    return contact, seal.close(json.dumps(typed, ensure_ascii=False).encode(), place("typed", contact))


def find(store: Store, session: Session, sender: int, digits: str, number: str, at: datetime) -> Meant | None:
    """The page that showed this code, if it still counts: that of the number itself before any other."""
    rows = session.rows("shown_codes", sender_id=sender, code=digits, at=to_micros(at))
    found = [_meant(row, sender, digits) for row in rows if row[12] is None]
    own = [each for each in found if each.contact is not None and _is_of(store, each, number)]
    return next(iter([*own, *found]), None)


def _is_of(store: Store, meant: Meant, number: str) -> bool:
    digests = store.look_up.digests(meant.brand, contacts.PHONE, number)
    return meant.contact in store.vault.find(meant.brand, contacts.PHONE, list(digests)).values()


def details(store: Store, meant: Meant, number: str) -> Details:
    """What was typed, where the text comes from the very number that was typed."""
    if meant.contact is None or meant.sealed is None or not _is_of(store, meant, number):
        return Details()
    seal = store.vault.seal(meant.contact)
    if seal is None:
        return Details()
    typed = json.loads(seal.open(meant.sealed, place("typed", meant.contact)))
    return Details(
        name=typed["name"],
        attributes=tuple((key, value) for key, value in typed["attributes"]),
        categories=tuple(typed["categories"]),
        said_age=_age(typed["age"]),
        said=tuple((key, value) for key, value in typed["said"]),
        files=tuple(
            accept(EvidenceKind(kind), base64.b64decode(data), media_type)
            for kind, media_type, data in typed["files"]
        ),
    )


def _age(typed: list[int] | None) -> SaidAge | None:
    return None if typed is None else SaidAge(years=typed[0], on=from_micros(typed[1]))


def use(session: Session, meant: Meant, at: datetime) -> None:
    """The page has had its answer; what was typed there is in the record now, or nowhere."""
    session.run(
        "use_shown_code", sender_id=meant.sender, code=meant.digits, id=meant.id, used_at=to_micros(at)
    )


def shown_act(act: Act, meant: Meant) -> Act:
    """The text from the handset, with the page that it answers and the very words that stood there."""
    items, wording = [], None
    if meant.point is not None:
        items = [form_evidence(meant.point), *page_evidence(meant.point, meant.language)]
        wording = consent_text(meant.point.definition, meant.program, meant.language)
    where = {name: said for name, said in (("source", meant.source), ("url", meant.page)) if said}
    return replace(
        act,
        route="reverse",
        language=meant.language,
        evidence=[*act.evidence, *items],
        context={**(act.context or {}), **where},
        wording=wording,
    )


def with_items(act: Act, items: Sequence[JsonObject]) -> Act:
    """The same, with more evidence."""
    return replace(act, evidence=[*act.evidence, *items])


def _meant(row: Row, sender: int, digits: str) -> Meant:
    return Meant(
        id=row[0],
        digits=digits,
        sender=sender,
        brand=BrandId(row[1]),
        program=programs.version(ProgramId(row[2]), row[3]),
        point=points.by_digest(row[5]),
        language=row[6],
        source=row[7],
        page=row[13],
        contact=None if row[8] is None else ContactId(row[8]),
        sealed=None if row[9] is None else bytes(row[9]),
        shown_at=from_micros(row[10]),
    )
