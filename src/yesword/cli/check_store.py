"""The half of `check` that asks a store: what the person's record says."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from yesword.cli.finding import UnknownPersonError, find_person, find_program
from yesword.cli.options import using
from yesword.domain import phone
from yesword.domain.messages import MessageClass, MessageKind

if TYPE_CHECKING:
    from yesword.consent.obstacles import Obstacle
    from yesword.domain.programs import Program
    from yesword.sending.weighing import Weighed
    from yesword.store.contacts import Contact


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
) -> "tuple[Weighed, tuple[Obstacle, ...]]":
    """The decision for a text that is not sent, with the facts of the record, and why nothing is sent at all, if so.

    A stranger is asked about as one.
    """
    with using(data, database_url) as store:
        from yesword.consent.obstacles import obstacles
        from yesword.domain.rules import RuleBook
        from yesword.sending import explaining
        from yesword.sending.weighing import Scales

        found = find_program(program)
        if number is None:
            raise UnknownPersonError(brand=found.brand_name)
        person = find_person(store, number, found) or _stranger(number, found, at)
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
        return weighed, obstacles(store)


def _stranger(number: str, program: "Program", at: datetime) -> "Contact":
    """Somebody nobody knows: the gate is asked about them all the same."""
    from yesword.store import contacts

    return contacts.unmet(program.brand, phone.parse(number, country=program.brand_country), at)
