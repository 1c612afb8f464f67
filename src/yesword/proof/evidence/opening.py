"""The record of a person with what opens of each event, and the evidence that stands in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.events import ConsentEvent
from yesword.ledger.entry import JsonObject, SectionValue, open_disclosure
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal, UnreadableError


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OpenedEvent:
    event: ConsentEvent
    sections: Mapping[str, SectionValue]  # those that still open

    @property
    def has_evidence(self) -> bool:
        """Whether its evidence can be looked at, were it only to see that there is none."""
        return "evidence" in self.sections

    @property
    def items(self) -> tuple[JsonObject, ...]:
        return items_in(self.sections)


def record_of(store: Store, session: Session, contact: Contact) -> Iterator[OpenedEvent]:
    """All events of a person, oldest first."""
    seal = store.vault.seal(contact.id)
    origin = programs.brand(contact.brand).origin
    for row in session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id):
        yield OpenedEvent(
            event=codec.loads(ConsentEvent, bytes(row[1])), sections=_opened(seal, row[2], origin, row[0])
        )


def items_in(sections: Mapping[str, SectionValue]) -> tuple[JsonObject, ...]:
    """The members of the section `evidence`, as they were written."""
    listed = sections.get("evidence")
    return tuple(each for each in listed if isinstance(each, Mapping)) if isinstance(listed, list) else ()


def _opened(seal: Seal | None, sealed: bytes | None, origin: str, event: int) -> Mapping[str, SectionValue]:
    if seal is None or sealed is None:
        return {}
    try:
        return dict(open_disclosure(each) for each in open_sections(seal, bytes(sealed), origin, event))
    except UnreadableError:  # its key was destroyed, and another stands in its place
        return {}
