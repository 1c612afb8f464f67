"""The half of `check` that asks a store: which program is meant, who has the number, what the record says."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from yesword.cli.options import opened
from yesword.domain import phone
from yesword.domain.decisions import Decision
from yesword.domain.errors import YeswordError
from yesword.domain.messages import MessageClass, MessageKind

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store


class ProgramNeededError(YeswordError):
    """Say which program with --program, or suppose a consent with --consent. Known programs: {known}."""

    code = "program_needed"


class UnknownProgramError(YeswordError):
    """There is no program {key}. Known programs: {known}."""

    code = "unknown_program"


class AmbiguousProgramError(YeswordError):
    """Several brands have a program {key}. Name one of: {known}."""

    code = "ambiguous_program"


class UnknownPersonError(YeswordError):
    """Nobody with this number is known to {brand}. Nothing may be sent to a number that never asked for it."""

    code = "unknown_person"


def find_program(key: str | None) -> "Program":
    """By key, or by `brand/key` where several brands have it."""
    from yesword.store import models, programs

    rows = list(models.Program.objects.select_related("brand").order_by("brand__key", "key"))
    known = ", ".join(f"{row.brand.key}/{row.key}" for row in rows) or "none yet"
    if not key:
        raise ProgramNeededError(known=known)
    brand, _, name = key.rpartition("/")
    found = [row for row in rows if row.key == name and brand in ("", row.brand.key)]
    if not found:
        raise UnknownProgramError(key=key, known=known)
    if len(found) > 1:
        raise AmbiguousProgramError(key=key, known=", ".join(f"{row.brand.key}/{row.key}" for row in found))
    return programs.version(found[0].pk, found[0].version)


def find_person(store: "Store", number: str, program: str | None) -> tuple["Contact", "Program"]:
    """The contact of the program's brand who has the number."""
    from yesword.store import contacts

    found = find_program(program)
    parsed = phone.parse(number, country=found.brand_country)
    with store.database.read() as session:
        contact_id = contacts.find(store, session, found.brand, parsed.e164)
        person = contacts.read(store, session, contact_id) if contact_id is not None else None
    if person is None:
        raise UnknownPersonError(brand=found.brand_name)
    return person, found


def check(
    *,
    data: Path,
    database_url: str | None,
    number: str | None,
    program: str | None,
    message_class: str | None,
    kind: str | None,
    text: str | None,
    sender: str | None,
    at: datetime,
) -> Decision:
    """The decision for a text that is not sent, from the person's record. A stranger is asked about as one."""
    from yesword.domain.rules import RuleBook
    from yesword.sending import explaining
    from yesword.sending.weighing import Scales

    store = opened(data, database_url)
    try:
        found = find_program(program)
        if number is None:
            raise UnknownPersonError(brand=found.brand_name)
        person = _person_or_stranger(store, number, found)
        weighed = explaining.check(
            store,
            Scales(RuleBook.load()),
            person,
            replace(found, sender=sender) if sender else found,
            at,
            text=text,
            kind=MessageKind(kind) if kind else MessageKind.CAMPAIGN,
            message_class=MessageClass(message_class) if message_class else None,
        )
        return weighed.decision
    finally:
        store.close()


def _person_or_stranger(store: "Store", number: str, program: "Program") -> "Contact":
    from datetime import UTC

    from yesword.domain.ids import ContactId
    from yesword.domain.places import places_for
    from yesword.store import contacts
    from yesword.store.contacts import Contact

    parsed = phone.parse(number, country=program.brand_country)
    with store.database.read() as session:
        contact_id = contacts.find(store, session, program.brand, parsed.e164)
        person = contacts.read(store, session, contact_id) if contact_id is not None else None
    return person or Contact(
        id=ContactId(0),
        brand=program.brand,
        subject="",
        number=None,
        country=parsed.country,
        number_kind=parsed.kind.value,
        may_text=parsed.may_text,
        places=places_for(parsed),
        name="",
        language="",
        attributes={},
        is_excluded=False,
        adult_since=None,
        source="",
        created_at=datetime.now(UTC),
    )
