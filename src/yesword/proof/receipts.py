"""A receipt: one event's entry with what opens it. Until the event is in the published log, it carries no proof yet."""

from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import to_text
from yesword.domain.programs import Program
from yesword.ledger.receipt import Receipt
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store


class NoReceiptError(YeswordError):
    """There is no event of this person in {program} that can be read: none was recorded, or the record was erased."""

    code = "no_receipt"


def receipt_for(store: Store, person: Contact, program: Program) -> Receipt:
    """The receipt of the newest event that speaks of the program, or of the whole brand."""
    brand = programs.brand(person.brand)
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=person.bucket, contact_id=person.id)
    seal = store.vault.seal(person.id)
    for row_id, body, sealed, leaf, entry, _ in reversed(rows):
        event = codec.loads(ConsentEvent, bytes(body))
        if sealed is None or seal is None or event.scope.program not in (None, program.id):
            continue
        return Receipt(
            origin=brand.origin,
            event_id=to_text("evt", row_id),
            entry=bytes(entry),
            leaf_hash=bytes(leaf),
            disclosures=tuple(open_sections(seal, bytes(sealed), brand.origin, row_id)),
        )
    raise NoReceiptError(program=program.key)
