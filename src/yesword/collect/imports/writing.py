"""Writing what the rows claim: a batch at a time, in transactions so short that a STOP never waits for an import.

Reading, weighing and making keys are done before a transaction begins; inside it, what was found is looked at again.
A batch that was committed stays; a crash loses nothing, because the next run finds what the last one wrote.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Final

from yesword.collect.imports.claims import Claim, Note
from yesword.collect.imports.report import Outcome, Tally
from yesword.collect.imports.weighing import DATED_STOP, UNDATED_STOP, Change, update_facts, weigh
from yesword.consent import Act, Draft, Withdrawn, append_many, meet, withdraw
from yesword.consent.record import row_evidence
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import ContactId
from yesword.domain.languages import language_of
from yesword.domain.parties import Provenance, RecipientKind
from yesword.domain.programs import Program
from yesword.ledger.entry import JsonObject
from yesword.store import contacts
from yesword.store.contacts import Contact, NewContact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

BATCH: Final = 1000  # rows that are prepared together
# How long a transaction may last. On SQLite it keeps every other writer out; on PostgreSQL only who writes about the
# very same people waits for it.
HOLD_S: Final[Mapping[str, float]] = MappingProxyType({"sqlite": 0.04, "postgresql": 0.2})
_FEWEST: Final = 20
ROUTE: Final = "import"

Drain = Callable[[ContactId, Withdrawn], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where the rows come from, as the evidence of each says."""

    run: str  # names the import, or is empty in a dry run
    file_name: str
    file_digest: str
    provenance: Provenance = Provenance.OWN


class Writer:
    """Takes claims and writes them, or only counts what it would write."""

    def __init__(
        self,
        store: Store,
        brand: BrandRow,
        program: Program,
        origin: Origin,
        tally: Tally,
        *,
        received_at: datetime,
        clock: Callable[[], datetime],
        drain: Drain,
        is_dry_run: bool,
    ) -> None:
        self._store = store
        self._brand = brand
        self._program = program
        self._origin = origin
        self._tally = tally
        self._received_at = received_at
        self._clock = clock
        self._drain = drain
        self._is_dry_run = is_dry_run
        self._pace = _Pace(HOLD_S[store.database.vendor])
        self._drafts: dict[int, Draft] = {}

    def write(self, claims: Iterable[Claim]) -> Iterator[int]:
        """Write all; after each batch, the number of its rows."""
        following = iter(claims)
        while batch := list(islice(following, BATCH)):
            self._write_batch(batch)
            yield len(batch)

    def _write_batch(self, batch: Sequence[Claim]) -> None:
        for claim in batch:
            if not claim.judged.is_opt_out:
                self._tally.grades[claim.judged.grade] += 1
                self._tally.lacks.update(claim.judged.lacks)
            self._tally.notes.update(claim.notes)
        with self._store.database.read() as session:
            known, fresh = self._parted(session, batch)
            changes = weigh(self._store, session, self._program.id, known)
        needed = [change for change in changes if change.is_needed]
        self._settle(each for each in changes if not each.is_needed)
        if self._is_dry_run:
            self._settle(needed)
            for claim in fresh:
                self._tally.settle(
                    Outcome.STOPPED if claim.judged.is_opt_out else Outcome.CREATED, claim.line
                )
            return
        again = [(change.claim, change.contact.id) for change in needed]
        people = self._people(fresh)
        # What costs time and changes nothing is done before other writers are kept out.
        self._drafts = {claim.line: self._draft(claim) for claim in batch if not claim.judged.is_opt_out}
        self._store.vault.seals(person.id for _, person in people)
        while again or people:
            size = self._pace.size
            self._write_slice(again[:size], people[: max(0, size - len(again))])
            again, people = again[size:], people[max(0, size - len(again)) :]

    def _parted(
        self, session: Session, batch: Sequence[Claim]
    ) -> tuple[list[tuple[Claim, ContactId]], list[Claim]]:
        numbers = [claim.judged.number.e164 for claim in batch]
        found = contacts.find_many(self._store, session, self._brand.id, numbers)
        known = [
            (claim, found[number]) for claim, number in zip(batch, numbers, strict=True) if number in found
        ]
        fresh = [claim for claim, number in zip(batch, numbers, strict=True) if number not in found]
        return known, fresh

    def _people(self, fresh: Sequence[Claim]) -> list[tuple[Claim, NewContact]]:
        if not fresh:
            return []
        numbers = [claim.judged.number.e164 for claim in fresh]
        keys = contacts.prepare(self._store, self._brand.id, numbers)
        return [
            (
                claim,
                NewContact(
                    id=contact_id,
                    seal=seal,
                    number=claim.judged.number,
                    brand=self._brand.id,
                    name=claim.name,
                    language=claim.language or language_of(claim.judged.number.country),
                    attributes=claim.attributes,
                    whereabouts=claim.whereabouts,
                    recipient=claim.recipient or RecipientKind.PERSON,
                    source=ROUTE,
                ),
            )
            for claim, (contact_id, seal) in zip(fresh, keys, strict=True)
        ]

    def _write_slice(
        self, again: Sequence[tuple[Claim, ContactId]], people: Sequence[tuple[Claim, NewContact]]
    ) -> None:
        at = self._clock()
        with self._store.database.write() as session:
            began = time.monotonic()
            made = self._insert(session, people, at)
            # Somebody's own text may have made the contact since we looked.
            taken, _ = self._parted(session, [claim for claim, person in people if person.id not in made])
            changes = weigh(self._store, session, self._program.id, [*again, *taken])
            changes += [
                Change(
                    claim=claim,
                    contact=made[person.id],
                    outcome=Outcome.STOPPED if claim.judged.is_opt_out else Outcome.CREATED,
                    writes_event=True,
                )
                for claim, person in people
                if person.id in made
            ]
            stopped = self._append(session, changes, at)
            update_facts(session, changes)
        self._pace.learn(len(again) + len(people), time.monotonic() - began)
        self._settle(changes)
        for contact_id, withdrawn in stopped:
            if not self._drain(contact_id, withdrawn):
                self._tally.notes[Note.ON_ITS_WAY] += 1

    def _insert(
        self, session: Session, people: Sequence[tuple[Claim, NewContact]], at: datetime
    ) -> dict[ContactId, Contact]:
        made = meet(self._store, session, self._brand, [person for _, person in people], at)
        return {contact.id: contact for contact in made}

    def _append(
        self, session: Session, changes: Sequence[Change], at: datetime
    ) -> list[tuple[ContactId, Withdrawn]]:
        writing = sorted((each for each in changes if each.writes_event), key=lambda each: each.contact.id)
        grants = [
            (change.contact, [self._drafts[change.claim.line]])
            for change in writing
            if not change.claim.judged.is_opt_out
        ]
        append_many(self._store, session, self._brand, grants, at)
        return [
            (
                change.contact.id,
                withdraw(
                    self._store,
                    session,
                    self._brand,
                    change.contact,
                    self._act(change.claim),
                    at,
                    reason=UNDATED_STOP if change.claim.judged.consented_at is None else DATED_STOP,
                ),
            )
            for change in writing
            if change.claim.judged.is_opt_out
        ]

    def _settle(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self._tally.settle(change.outcome, change.claim.line)

    def _draft(self, claim: Claim) -> Draft:
        """Grade D grants. Grade E is written too, so that the claim stands in the record; it has no basis and permits nothing."""
        return Draft(
            kind=EventKind.GRANTED,
            scope=Scope(
                program=self._program.id,
                purposes=(self._program.purpose,),
                categories=self._program.categories,
            ),
            actor=Actor.IMPORT,
            route=ROUTE,
            occurred_at=claim.judged.consented_at or self._received_at,
            received_at=self._received_at,
            program=self._program,
            basis=claim.judged.basis,
            relation=claim.judged.relation,
            provenance=self._origin.provenance,
            grade=claim.judged.grade,
            # Only the wording of the row is evidence. With a language and no wording, the program's own would be taken.
            language=claim.language if claim.judged.wording else None,
            wording=claim.judged.wording,
            context={**self._context(claim), "lacks": list(claim.judged.lacks)},
            evidence=self._evidence(claim),
        )

    def _act(self, claim: Claim) -> Act:
        return Act(
            actor=Actor.IMPORT,
            route=ROUTE,
            occurred_at=claim.judged.consented_at or self._received_at,
            received_at=self._received_at,
            language=self._program.default_language,
            evidence=self._evidence(claim),
            context=self._context(claim),
        )

    def _context(self, claim: Claim) -> JsonObject:
        return {
            "file": self._origin.file_name,
            "file_sha256": self._origin.file_digest,
            "line": claim.line,
        }

    def _evidence(self, claim: Claim) -> list[JsonObject]:
        return [row_evidence("import_row", claim.row, f"{self._origin.run}:{claim.line}")]


class _Pace:
    """How many rows fit into a transaction of that length, learnt from the last one."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self.size = 50

    def learn(self, rows: int, held_s: float) -> None:
        if rows >= self.size:  # a last handful tells nothing
            fitting = rows * self._hold_s / max(held_s, 0.001)
            self.size = round(min(BATCH, max(_FEWEST, (self.size + fitting) / 2)))
