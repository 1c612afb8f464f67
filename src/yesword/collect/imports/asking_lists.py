"""Whom of an import to ask anew, and how: a list for each way, to be used elsewhere. Nobody is texted from here."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Final

from yesword.collect.imports.claims import is_mail
from yesword.collect.imports.rejects import harmless
from yesword.collect.imports.remedies import Remedies, Remedy
from yesword.consent.record import open_sections
from yesword.domain.events import Grade
from yesword.domain.ids import BrandId, ContactId, EventId, ProgramId, bucket_of
from yesword.ledger.entry import open_disclosure
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store

_PAGE: Final = 500
COLUMNS: Final = ("phone", "email", "name", "language")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ToAsk:
    """Somebody who is known by a claim only, who has neither joined nor left since."""

    contact: Contact
    event: EventId
    remedy: Remedy


def to_ask(store: Store, run: models.ImportRun) -> Iterator[ToAsk]:
    """Everybody of an import who still has to be asked."""
    program = programs.current(ProgramId(run.program_id))
    remedies = Remedies(program)
    cursor = -1
    while True:
        with store.database.read() as session:
            rows = session.rows("import_people_after", run_id=run.pk, cursor=cursor, count=_PAGE)
            if not rows:
                return
            cursor = rows[-1][0]
            claims = [row for row in rows if row[2] == Grade.E.value]
            people = contacts.read_many(store, session, [row[0] for row in claims])
            standings = contacts.standings(session, people)
        for contact_id, event, _, has_mail in claims:
            person = people.get(ContactId(contact_id))
            if person is None or person.number is None or person.restricted_since:
                continue
            state = standings[person.id].state
            has_refused = any(each.program in (None, program.id) for each in state.refusals)
            if state.grant_for(program.id) or state.withdrawal_for(program.id) or has_refused:
                continue
            remedy = remedies.for_person(person.country, has_mail=bool(has_mail))
            yield ToAsk(contact=person, event=EventId(event), remedy=remedy)


def count_to_ask(store: Store, run: models.ImportRun) -> Mapping[Remedy, int]:
    return Counter(each.remedy for each in to_ask(store, run))


def lines(store: Store, run: models.ImportRun, remedy: Remedy) -> Iterator[str]:
    """The list of one way as CSV. An e-mail address is read from the sealed row, and only where it is the way."""
    origin = programs.brand(BrandId(run.brand_id)).origin
    yield _line(COLUMNS)
    for each in to_ask(store, run):
        if each.remedy is remedy:
            mail = _mail(store, each, origin) if remedy is Remedy.MAIL else ""
            person = each.contact
            yield _line((person.number or "", mail, person.name, person.language))


def _mail(store: Store, each: ToAsk, origin: str) -> str:
    seal = store.vault.seal(each.contact.id)
    with store.database.read() as session:
        rows = session.rows(
            "events_of_contact", bucket=bucket_of(each.contact.id), contact_id=each.contact.id
        )
    sealed = next((row[2] for row in rows if row[0] == each.event), None)
    if seal is None or sealed is None:
        return ""
    for disclosure in open_sections(seal, bytes(sealed), origin, each.event):
        name, value = open_disclosure(disclosure)
        if name == "evidence" and isinstance(value, list):
            cells = [cell for part in value if isinstance(part, dict) for cell in _cells(part.get("row"))]
            return next((cell.strip() for cell in cells if is_mail(cell)), "")
    return ""


def _cells(row: object) -> list[str]:
    return [cell for cell in row.values() if isinstance(cell, str)] if isinstance(row, dict) else []


def _line(cells: tuple[str, ...]) -> str:
    written = StringIO()
    csv.writer(written).writerow(map(harmless, cells))
    return written.getvalue()
