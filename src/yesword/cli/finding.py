"""Finding what a command names: a brand or a program by its key, a person by their number."""

from typing import TYPE_CHECKING

from yesword.cli.misuse import MisuseError
from yesword.domain import phone
from yesword.domain.errors import YeswordError

if TYPE_CHECKING:
    from yesword.domain.programs import Program
    from yesword.store.contacts import Contact
    from yesword.store.models import Brand
    from yesword.store.opening import Store


class ProgramNeededError(MisuseError):
    """Say which program with --program, or suppose a consent with --consent. Known programs: {known}."""

    code = "program_needed"


class UnknownBrandError(MisuseError):
    """There is no brand {key}. Known brands: {known}. `yesword brand add` makes one."""

    code = "unknown_brand"


class SeveralBrandsError(MisuseError):
    """There are several brands here. Say which with --brand: {known}."""

    code = "several_brands"


class NoBrandYetError(MisuseError):
    """There is no brand here yet. `yesword brand add` makes one."""

    code = "no_brand_yet"


class UnknownProgramError(MisuseError):
    """There is no program {key}. Known programs: {known}."""

    code = "unknown_program"


class AmbiguousProgramError(MisuseError):
    """Several brands have a program {key}. Name one of: {known}."""

    code = "ambiguous_program"


class UnknownPersonError(YeswordError):
    """Nobody with this number is known to {brand}. Nothing may be sent to a number that never asked for it."""

    code = "unknown_person"


def find_brand(key: str | None) -> "Brand":
    """By key; the only one there is may go unnamed."""
    from yesword.store.models import Brand

    known = {row.key: row for row in Brand.objects.order_by("key")}
    if key is None and len(known) == 1:
        return next(iter(known.values()))
    if key is None:
        raise SeveralBrandsError(known=", ".join(known)) if known else NoBrandYetError
    if key not in known:
        raise UnknownBrandError(key=key, known=", ".join(known) or "none yet")
    return known[key]


def find_brands(key: str | None) -> "list[Brand]":
    """The one with this key; without one, all of them."""
    from yesword.store.models import Brand

    return list(Brand.objects.order_by("pk")) if key is None else [find_brand(key)]


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


def find_person(store: "Store", number: str, program: "Program") -> "Contact | None":
    """The contact of the program's brand who has the number."""
    from yesword.store import contacts

    parsed = phone.parse(number, country=program.brand_country)
    with store.database.read() as session:
        contact_id = contacts.find(store, session, program.brand, parsed.e164)
        return contacts.read(store, session, contact_id) if contact_id is not None else None


def person_named(store: "Store", number: str, program: "Program") -> "Contact":
    """The same, of whom there has to be one. Raises UnknownPersonError."""
    person = find_person(store, number, program)
    if person is None:
        raise UnknownPersonError(brand=program.brand_name)
    return person
