"""Writing what the rows claim: a batch at a time, in transactions so short that a STOP never waits for an import.

Reading, weighing, making keys, hashing and sealing are done before a transaction begins; inside it, what was found is
looked at again. How far the import is stands in the same transaction as the rows, which are written in their order: a crash
loses nothing, and who goes on begins behind the last row that was written.

Of somebody who is not known and whom the file only calls opted out, no contact is made: their stop is a suppression.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Final

from yesword.collect.imports.canaries import ATTRIBUTE, YES, is_canary
from yesword.collect.imports.claims import Claim, Note
from yesword.collect.imports.errors import ImportStoppedError
from yesword.collect.imports.remedies import Remedies
from yesword.collect.imports.report import Outcome, Tally
from yesword.collect.imports.runs import Run
from yesword.collect.imports.weighing import (
    DATED_STOP,
    UNDATED_STOP,
    Change,
    outcome_of_stopped,
    update_facts,
    weigh,
)
from yesword.consent import (
    Act,
    Composed,
    Draft,
    Withdrawn,
    append_many,
    append_ready,
    compose_first,
    meet,
    withdraw,
)
from yesword.consent.record import row_evidence
from yesword.domain.events import Actor, EventKind, Grade, Scope
from yesword.domain.ids import ContactId, EventId, bucket_of, random_bucket
from yesword.domain.languages import language_of
from yesword.domain.parties import Provenance, RecipientKind
from yesword.domain.programs import Program
from yesword.domain.times import to_micros
from yesword.ledger.entry import JsonObject
from yesword.store import contacts, suppressions
from yesword.store.contacts import PHONE, NewContact, Ready
from yesword.store.database import Session
from yesword.store.journal import Stop
from yesword.store.opening import Store
from yesword.store.programs import BrandRow
from yesword.store.sealing import Seal

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
    file_digest: str  # keyed, as `known_files` names it
    provenance: Provenance = Provenance.OWN
    attached_source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Fresh:
    """Somebody new with their first event, all made: it only has to be put into the store."""

    person: NewContact
    ready: Ready
    composed: Composed


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Step:
    """What a row of a batch asks for. With an outcome, it is settled already."""

    claim: Claim
    outcome: Outcome | None = None
    contact: ContactId | None = None  # of somebody known
    fresh: _Fresh | None = None  # of somebody new; with neither, a stop of somebody unknown


def _never() -> bool:
    return False


class Writer:
    """Takes claims and writes them, or only counts what it would write."""

    def __init__(
        self,
        store: Store,
        brand: BrandRow,
        program: Program,
        origin: Origin,
        tally: Tally,
        run: Run,
        *,
        received_at: datetime,
        clock: Callable[[], datetime],
        drain: Drain,
        is_dry_run: bool,
        canary: int = 0,
        should_stop: Callable[[], bool] = _never,
    ) -> None:
        self._store = store
        self._brand = brand
        self._program = program
        self._origin = origin
        self._tally = tally  # of what is written
        self._run = run
        self._received_at = received_at
        self._clock = clock
        self._drain = drain
        self._is_dry_run = is_dry_run
        self._canary = canary
        self._should_stop = should_stop
        self._pace = _Pace(HOLD_S[store.database.vendor])
        self._remedies = Remedies(program)
        self._done = 0

    def write(self, claims: Iterable[Claim], skip: int = 0) -> Iterator[int]:
        """Write all but the first `skip`, which an earlier attempt has written; after each batch, the number of its rows."""
        following = iter(claims)
        last = deque(islice(following, skip), maxlen=BATCH)
        self._done = skip
        self._journal_again(last)
        while batch := list(islice(following, BATCH)):
            self._write_batch(batch)
            yield len(batch)

    def _write_batch(self, batch: Sequence[Claim]) -> None:
        steps = self._steps(batch)
        if self._is_dry_run:
            for step in steps:
                self._settle(step.claim, step.outcome or _outcome_of_new(step.claim))
            return
        while steps:
            if self._should_stop():
                raise ImportStoppedError(done=self._done)
            size = self._size(steps)
            self._write_slice(steps[:size])
            steps = steps[size:]

    def _size(self, steps: Sequence[_Step]) -> int:
        """As many steps as a transaction may take; what is settled costs nothing."""
        left = self._pace.size
        for place, step in enumerate(steps):
            left -= step.outcome is None
            if left < 0:
                return place
        return len(steps)

    def _steps(self, batch: Sequence[Claim]) -> list[_Step]:
        with self._store.database.read() as session:
            known, strangers = self._parted(session, batch)
            stopped = self._suppressed(session, strangers)
            changes = weigh(self._store, session, self._program.id, known)
        found = {
            change.claim.line: _Step(
                claim=change.claim,
                outcome=None if change.is_needed else change.outcome,
                contact=change.contact.id,
            )
            for change in changes
        }
        # Of those only the trace of their stop is here; no contact is made that could show more of them.
        found |= {
            line: _Step(claim=claim, outcome=outcome_of_stopped(claim)) for line, claim in stopped.items()
        }
        fresh = [claim for claim in strangers if claim.line not in found]
        if self._is_dry_run:
            found |= {claim.line: _Step(claim=claim) for claim in fresh}
        else:
            found |= {claim.line: _Step(claim=claim) for claim in fresh if claim.judged.is_opt_out}
            found |= self._fresh([claim for claim in fresh if not claim.judged.is_opt_out])
            self._store.vault.seals(each for _, each in known)
        return [found[claim.line] for claim in batch]

    def _parted(
        self, session: Session, batch: Sequence[Claim]
    ) -> tuple[list[tuple[Claim, ContactId]], list[Claim]]:
        numbers = [claim.judged.number.e164 for claim in batch]
        found = contacts.find_many(self._store, session, self._brand.id, numbers)
        known = [
            (self._marked(claim, found[number]), found[number])
            for claim, number in zip(batch, numbers, strict=True)
            if number in found
        ]
        fresh = [claim for claim, number in zip(batch, numbers, strict=True) if number not in found]
        return known, fresh

    def _marked(self, claim: Claim, contact: ContactId) -> Claim:
        """With the mark of a canary, for those who are of the share."""
        if claim.judged.is_opt_out or not self._canary or not is_canary(contact, self._canary):
            return claim
        others = tuple(each for each in claim.attributes if each[0] != ATTRIBUTE)
        return replace(claim, attributes=(*others, (ATTRIBUTE, YES)))

    def _suppressed(self, session: Session, claims: Iterable[Claim]) -> dict[int, Claim]:
        """Those whose stop outlived an earlier contact, by line."""
        by_number = {claim.judged.number.e164: claim for claim in claims}
        found = suppressions.find(self._store, session, self._brand.id, list(by_number)) if by_number else {}
        return {by_number[number].line: by_number[number] for number in found}

    def _fresh(self, claims: Sequence[Claim]) -> dict[int, _Step]:
        """New people and what they granted, hashed and sealed before any other writer is kept out."""
        if not claims:
            return {}
        at = self._clock()
        numbers = [claim.judged.number.e164 for claim in claims]
        keys = contacts.prepare(self._store, self._brand.id, numbers)
        found = {}
        for claim, (contact_id, seal) in zip(claims, keys, strict=True):
            person = self._person(self._marked(claim, contact_id), contact_id, seal)
            ready = contacts.ready(person, at)
            draft = self._draft(claim)
            composed = compose_first(self._store, self._brand, ready.contact, [draft], seal, at)
            fresh = _Fresh(person=person, ready=ready, composed=composed)
            found[claim.line] = _Step(claim=claim, fresh=fresh)
        return found

    def _person(self, claim: Claim, contact_id: ContactId, seal: Seal) -> NewContact:
        return NewContact(
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
        )

    def _write_slice(self, steps: Sequence[_Step]) -> None:
        at = self._clock()
        opened = [step for step in steps if step.outcome is None]
        with self._store.database.write() as session:
            began = time.monotonic()
            met, taken = self._meet(session, [step for step in opened if step.fresh is not None], at)
            known = [(step.claim, step.contact) for step in opened if step.contact is not None]
            stops = [step.claim for step in opened if step.fresh is None and step.contact is None]
            # Somebody's own text may have made the contact since we looked.
            late, strangers = self._parted(session, [*taken, *stops])
            changes = weigh(self._store, session, self._program.id, [*known, *late])
            stopped = self._append(session, changes, at)
            update_facts(session, changes)
            settled: dict[int, tuple[Outcome, ContactId | None]] = {
                **{change.claim.line: (change.outcome, change.contact.id) for change in changes},
                **met,
                **self._suppress(session, strangers, at),
            }
            for step in steps:
                outcome, contact = settled.get(step.claim.line, (step.outcome, step.contact))
                assert outcome is not None
                self._settle(step.claim, outcome, contact)
            self._run.advance(session, self._done + len(steps), self._tally)
        self._done += len(steps)
        self._pace.learn(len(opened), time.monotonic() - began)
        for contact_id, withdrawn in stopped:
            if not self._drain(contact_id, withdrawn):
                self._tally.notes[Note.ON_ITS_WAY] += 1

    def _meet(
        self, session: Session, steps: Sequence[_Step], at: datetime
    ) -> tuple[dict[int, tuple[Outcome, ContactId | None]], list[Claim]]:
        """Put new people into the store; what became of each by line, and those whom somebody else has made meanwhile."""
        fresh = {step.claim.line: step.fresh for step in steps if step.fresh is not None}
        # Somebody may have been erased since we looked; then `meet` stops who is made now.
        suppressed = self._suppressed(session, [step.claim for step in steps])
        quick = {line: each for line, each in fresh.items() if line not in suppressed}
        put = {each.id for each in contacts.insert_ready(session, [each.ready for each in quick.values()])}
        append_ready(
            self._store, session, [each.composed for each in quick.values() if each.person.id in put]
        )
        slow = [fresh[line].person for line in suppressed]
        stopped = {each.id for each in meet(self._store, session, self._brand, slow, at)} if slow else set()
        met: dict[int, tuple[Outcome, ContactId | None]] = {}
        written, taken = [], []
        for step in steps:
            each = fresh[step.claim.line]
            if each.person.id in put:
                met[step.claim.line] = Outcome.CREATED, each.person.id
                written.append((step.claim, each.person.id, each.composed.recorded.events[0].id))
            elif each.person.id in stopped:
                met[step.claim.line] = outcome_of_stopped(step.claim), each.person.id
            else:
                taken.append(step.claim)
        self._note_people(session, written)
        return met, taken

    def _append(
        self, session: Session, changes: Sequence[Change], at: datetime
    ) -> list[tuple[ContactId, Withdrawn]]:
        writing = sorted((each for each in changes if each.writes_event), key=lambda each: each.contact.id)
        grants = [change for change in writing if not change.claim.judged.is_opt_out]
        drafts = [(change.contact, [self._draft(change.claim)]) for change in grants]
        recorded = append_many(self._store, session, self._brand, drafts, at)
        self._note_people(
            session,
            [
                (change.claim, change.contact.id, recorded[change.contact.id].events[0].id)
                for change in grants
            ],
        )
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
                    reason=_reason(change.claim),
                ),
            )
            for change in writing
            if change.claim.judged.is_opt_out
        ]

    def _note_people(self, session: Session, written: Iterable[tuple[Claim, ContactId, EventId]]) -> None:
        if self._run.id is None:
            return
        session.many(
            "insert_import_person",
            [
                {
                    "run_id": self._run.id,
                    "contact_id": contact,
                    "bucket": bucket_of(contact),
                    "event_id": event,
                    "grade": claim.judged.grade.value,
                    "has_mail": int(claim.has_mail),
                }
                for claim, contact, event in written
            ],
        )

    def _suppress(
        self, session: Session, claims: Sequence[Claim], at: datetime
    ) -> dict[int, tuple[Outcome, ContactId | None]]:
        """Keep the stops of people whom nobody knows: the trace of each, and no contact."""
        new = []
        for claim in claims:
            pepper = self._store.look_up.newest
            digest = self._store.look_up.digest(self._brand.id, PHONE, claim.judged.number.e164, pepper)
            since = claim.judged.consented_at or self._received_at
            if suppressions.enter(session, self._brand.id, digest, pepper, _reason(claim), since):
                new.append(claim)
        self._journal(session, new, at)
        lines = {claim.line for claim in new}
        return {
            claim.line: (Outcome.STOPPED if claim.line in lines else Outcome.ALREADY_STOPPED, None)
            for claim in claims
        }

    def _journal(self, session: Session, claims: Sequence[Claim], at: datetime) -> None:
        """A store that is put back from a backup is to hear of these, too. No event has the id that the journal needs."""
        look_up = self._store.look_up
        stops = [
            Stop(
                event=self._store.ids.make(random_bucket()),
                brand=self._brand.id,
                digest=look_up.digest(self._brand.id, PHONE, claim.judged.number.e164),
                pepper=look_up.newest,
                program=None,
                kind=EventKind.WITHDRAWN.value,
                at=at,
            )
            for claim in claims
        ]
        for stop in stops:
            session.run("insert_replayed_stop", event_id=stop.event, replayed_at=to_micros(at), became=None)
        if stops:
            session.after_commit(lambda: self._store.journal.write(stops))

    def _journal_again(self, claims: Iterable[Claim]) -> None:
        """A crash may have come between the last rows and the journal, so those are told to it once more."""
        stops = [claim for claim in claims if claim.judged.is_opt_out]
        if not stops:
            return
        with self._store.database.write() as session:
            suppressed = self._suppressed(session, stops)
            self._journal(session, [claim for claim in stops if claim.line in suppressed], self._clock())

    def _settle(self, claim: Claim, outcome: Outcome, contact: ContactId | None = None) -> None:
        """Count a row, once."""
        tally, judged = self._tally, claim.judged
        tally.settle(outcome, claim.line)
        tally.notes.update(claim.notes)
        if judged.is_opt_out:
            return
        tally.grades[judged.grade] += 1
        tally.lacks.update(judged.lacks)
        if outcome is Outcome.KEPT_STOPPED:
            return
        if judged.grade is Grade.E:
            tally.remedies[self._remedies.for_person(judged.number.country, has_mail=claim.has_mail)] += 1
        if contact is not None and self._canary and is_canary(contact, self._canary):
            tally.canaries += 1

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
            context={
                **self._context(claim),
                "lacks": list(claim.judged.lacks),
                **({"attached": self._attached(claim)} if claim.judged.attached else {}),
            },
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
            "file_digest": self._origin.file_digest,
            "line": claim.line,
        }

    def _attached(self, claim: Claim) -> JsonObject:
        """What whoever imported it said of the row, and the row itself does not. The wording stands in the notice."""
        said: JsonObject = {
            "source": self._origin.attached_source,
            "date": claim.judged.consented_at.isoformat() if claim.judged.consented_at else None,
            "wording": None,
        }
        return {part: said[part] for part in claim.judged.attached}

    def _evidence(self, claim: Claim) -> list[JsonObject]:
        return [row_evidence("import_row", claim.row, f"{self._origin.run}:{claim.line}")]


def _reason(claim: Claim) -> str:
    return UNDATED_STOP if claim.judged.consented_at is None else DATED_STOP


def _outcome_of_new(claim: Claim) -> Outcome:
    return Outcome.STOPPED if claim.judged.is_opt_out else Outcome.CREATED


class _Pace:
    """How many rows fit into a transaction of that length, learnt from the last one."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self.size = 50

    def learn(self, rows: int, held_s: float) -> None:
        if rows >= self.size:  # a last handful tells nothing
            fitting = rows * self._hold_s / max(held_s, 0.001)
            self.size = round(min(BATCH, max(_FEWEST, (self.size + fitting) / 2)))
