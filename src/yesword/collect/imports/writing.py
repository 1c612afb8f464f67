"""Writing what the rows claim: a batch at a time, in transactions so short that a STOP never waits for an import.

Reading, weighing, making keys, hashing and sealing are done before a transaction begins; inside it, what was found is
looked at again. How far the import is stands in the same transaction as the rows, which are written in their order: a crash
loses nothing, and who goes on begins behind the last row that was written.

Of somebody who is not known and whom the file only calls opted out, no contact is made: their stop is a suppression.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from yesword.collect.imports.canaries import ATTRIBUTE, YES, is_canary
from yesword.collect.imports.claims import Claim, Note
from yesword.collect.imports.drafting import Drafter, Origin
from yesword.collect.imports.errors import ImportStoppedError
from yesword.collect.imports.pacing import HOLD_S, MOST, Pace
from yesword.collect.imports.remedies import Remedies
from yesword.collect.imports.report import Outcome, Tally
from yesword.collect.imports.runs import Run
from yesword.collect.imports.strangers import journal_again, reason_of, suppress, suppressed
from yesword.collect.imports.weighing import (
    Change,
    outcome_of_stopped,
    update_facts,
    weigh,
)
from yesword.consent import (
    Composed,
    Withdrawn,
    append_many,
    append_ready,
    compose_first,
    meet,
    withdraw,
)
from yesword.domain.events import Grade
from yesword.domain.ids import ContactId, EventId, bucket_of
from yesword.domain.programs import Program
from yesword.store import contacts
from yesword.store.contacts import NewContact, Ready
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

BATCH: Final = MOST  # rows that are prepared together

Drain = Callable[[ContactId, Withdrawn], bool]


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
        clock: Callable[[], datetime],
        drain: Drain,
        is_dry_run: bool,
        canary: int = 0,
        should_stop: Callable[[], bool] = _never,
    ) -> None:
        self._store = store
        self._brand = brand
        self._program = program
        self._tally = tally  # of what is written
        self._run = run
        self._received_at = origin.received_at
        self._clock = clock
        self._drain = drain
        self._is_dry_run = is_dry_run
        self._canary = canary
        self._should_stop = should_stop
        self._pace = Pace(HOLD_S[store.database.vendor])
        self._remedies = Remedies(program)
        self._drafter = Drafter(program, origin)
        self._done = 0

    def write(self, claims: Iterable[Claim], skip: int = 0) -> Iterator[int]:
        """Write all but the first `skip`, which an earlier attempt has written; after each batch, the number of its rows."""
        following = iter(claims)
        last = deque(islice(following, skip), maxlen=BATCH)
        self._done = skip
        journal_again(self._store, self._brand.id, last, self._clock())
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
            stopped = suppressed(self._store, session, self._brand.id, strangers)
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

    def _fresh(self, claims: Sequence[Claim]) -> dict[int, _Step]:
        """New people and what they granted, hashed and sealed before any other writer is kept out."""
        if not claims:
            return {}
        at = self._clock()
        numbers = [claim.judged.number.e164 for claim in claims]
        keys = contacts.prepare(self._store, self._brand.id, numbers)
        found = {}
        for claim, (contact_id, seal) in zip(claims, keys, strict=True):
            person = self._drafter.person(self._marked(claim, contact_id), contact_id, seal)
            ready = contacts.ready(person, at)
            draft = self._drafter.grant(claim)
            composed = compose_first(self._store, self._brand, ready.contact, [draft], seal, at)
            fresh = _Fresh(person=person, ready=ready, composed=composed)
            found[claim.line] = _Step(claim=claim, fresh=fresh)
        return found

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
            update_facts(self._store, session, changes)
            settled: dict[int, tuple[Outcome, ContactId | None]] = {
                **{change.claim.line: (change.outcome, change.contact.id) for change in changes},
                **met,
                **suppress(self._store, session, self._brand.id, strangers, self._received_at, at),
            }
            for step in steps:
                outcome, contact = settled.get(step.claim.line, (step.outcome, step.contact))
                assert outcome is not None
                self._settle(step.claim, outcome, contact)
            self._run.advance(session, self._done + len(steps), self._tally)
            worked_s = time.monotonic() - began
        self._done += len(steps)
        self._pace.learn(len(opened), worked_s)
        for contact_id, withdrawn in stopped:
            if not self._drain(contact_id, withdrawn):
                self._tally.notes[Note.ON_ITS_WAY] += 1

    def _meet(
        self, session: Session, steps: Sequence[_Step], at: datetime
    ) -> tuple[dict[int, tuple[Outcome, ContactId | None]], list[Claim]]:
        """Put new people into the store; what became of each by line, and those whom somebody else has made meanwhile."""
        fresh = {step.claim.line: step.fresh for step in steps if step.fresh is not None}
        # Somebody may have been erased since we looked; then `meet` stops who is made now.
        stopped_since = suppressed(self._store, session, self._brand.id, [step.claim for step in steps])
        quick = {line: each for line, each in fresh.items() if line not in stopped_since}
        put = {each.id for each in contacts.insert_ready(session, [each.ready for each in quick.values()])}
        append_ready(
            self._store, session, [each.composed for each in quick.values() if each.person.id in put]
        )
        slow = [fresh[line].person for line in stopped_since]
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
        drafts = [(change.contact, [self._drafter.grant(change.claim)]) for change in grants]
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
                    self._drafter.stop(change.claim),
                    at,
                    reason=reason_of(change.claim),
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

    def _settle(self, claim: Claim, outcome: Outcome, contact: ContactId | None = None) -> None:
        """Count a row, once."""
        tally, judged = self._tally, claim.judged
        tally.settle(outcome, claim.line)
        if claim.notes:
            tally.notes.update(claim.notes)
        if judged.is_opt_out:
            return
        tally.grades[judged.grade] += 1
        if judged.lacks:
            tally.lacks.update(judged.lacks)
        if outcome is Outcome.KEPT_STOPPED:
            return
        if judged.grade is Grade.E:
            tally.remedies[self._remedies.for_person(judged.number.country, has_mail=claim.has_mail)] += 1
        if contact is not None and self._canary and is_canary(contact, self._canary):
            tally.canaries += 1


def _outcome_of_new(claim: Claim) -> Outcome:
    return Outcome.STOPPED if claim.judged.is_opt_out else Outcome.CREATED
