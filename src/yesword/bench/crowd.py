"""Many people at once, who all said yes: for measuring."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from yesword.consent import Draft, append_many
from yesword.domain.events import Actor, Basis, EventKind, Grade, Scope
from yesword.domain.phone import NumberKind, PhoneNumber
from yesword.domain.programs import Program
from yesword.store import contacts, programs
from yesword.store.contacts import NewContact
from yesword.store.opening import Store

_PAGE = 1000


def numbers(start: int = 0) -> Iterator[PhoneNumber]:
    """Dutch mobile numbers, one after the other."""
    for index in range(start, 9_000_000):
        yield PhoneNumber(e164=f"+3161{1_000_000 + index:07d}", country="NL", kind=NumberKind.MOBILE)


def make_crowd(
    store: Store, program: Program, count: int, at: datetime, *, also: Sequence[Program] = (), start: int = 0
) -> None:
    """`count` new people from this number on, each with a grant for the program, given the day before.

    `also`: for these programs of the brand, too.
    """
    brand = programs.brand(program.brand)
    source = numbers(start)
    given_at = at - timedelta(days=1)
    drafts = [
        Draft(
            kind=EventKind.GRANTED,
            scope=Scope(program=each.id, purposes=(each.purpose,), categories=each.categories),
            actor=Actor.HANDSET,
            route="keyword",
            occurred_at=given_at,
            received_at=given_at,
            program=each,
            basis=Basis.EXPRESS_WRITTEN,
            grade=Grade.A,
            language="nl",
        )
        for each in (program, *also)
    ]
    made = 0
    while page := list(islice(source, min(_PAGE, count - made))):
        keys = contacts.prepare(store, program.brand, [number.e164 for number in page])
        people = [
            NewContact(
                id=contact_id,
                seal=seal,
                number=number,
                brand=program.brand,
                name=f"Person {made + index}",
                language="nl",
            )
            for index, ((contact_id, seal), number) in enumerate(zip(keys, page, strict=True))
        ]
        with store.database.write() as session:
            found = contacts.insert(session, people, at)
            append_many(store, session, brand, [(person, drafts) for person in found], at)
        made += len(page)
