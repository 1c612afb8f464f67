"""The audit as a whole: in what order things are looked at, so that the first that does not fit is the one to begin with.

Logs come first: what was changed in a tree is named by its place. Then
what people were shown, then what the journal knows, then each person's record, and what stands beside it.
"""

import heapq
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter

from yesword.domain.ids import BrandId
from yesword.proof import continuing
from yesword.proof.auditing import heads
from yesword.proof.auditing.contests import look_at_contests
from yesword.proof.auditing.erasures import look_at_erased, look_at_erasures, look_at_suppressions
from yesword.proof.auditing.heads import LogState
from yesword.proof.auditing.marks import Mark, keys_of, look_at_times, stored_heads
from yesword.proof.auditing.outbox import look_at_outbox
from yesword.proof.auditing.report import AuditReport, LogAudit, Progress, Trust
from yesword.proof.auditing.sections import Background, Look
from yesword.proof.auditing.statements import look_at_statements
from yesword.proof.auditing.stops import look_at_stops
from yesword.proof.auditing.traces import look_at_traces
from yesword.proof.auditing.trail import look_at_trail
from yesword.proof.auditing.tree import Walk
from yesword.proof.auditing.vouching import look_at_attestations, trusted
from yesword.proof.auditing.wordings import look_at_wordings
from yesword.proof.continuing import Continued
from yesword.store import look_ups, models
from yesword.store.checking import (
    brand_or_every,
    damaged_files,
    look_for_nowhere,
    looked_at,
    misfit_guards,
    records,
    without_standing,
)
from yesword.store.forms import misfits_of_forms
from yesword.store.misfits import Fault, Misfits, misfit
from yesword.store.opening import Store
from yesword.store.stop_index import StopIndex
from yesword.store.unread import told


def _silent(done: int, total: int) -> None:
    del done, total


def audit(
    store: Store,
    brand: BrandId | None = None,
    progress: Progress = _silent,
    trust: Trust | None = None,
) -> AuditReport:
    """Compute everything anew: leaves, tiles, roots, heads, links and state, of one brand or of all.

    Nobody has to stop working meanwhile. Without `trust`, whoever the store knows as witness or authority is believed.
    A store whose keys are missing or wrong can be audited, too: then what is sealed is not opened.
    """
    audit = _Audit(
        store=store,
        brand=brand,
        every=brand_or_every(brand),
        progress=progress,
        trust=trust,
    )
    return audit.run()


@dataclass(kw_only=True)
class _Audit:
    store: Store
    brand: BrandId | None
    every: int  # the brand as queries want it
    progress: Progress
    trust: Trust | None
    report: AuditReport = field(default_factory=AuditReport)
    _done: int = 0
    _total: int = 0

    def run(self) -> AuditReport:
        store, report, every = self.store, self.report, self.every
        for found in chain(damaged_files(store), misfit_guards()):
            report.misfits.add(found)
        if store.keys_trouble is not None:
            report.misfits.add(misfit(Fault.KEYS_UNFIT, "keys", reason=store.keys_trouble.message))
        # First, since whatever else is said of such a row follows from it.
        with self._part("database", "The form of what is stored"):
            for found in misfits_of_forms(store):
                report.misfits.add(found)
        if self.trust is None:
            with self._part("store_witness", "Whose word counts"):
                self.trust = trusted(report.misfits)
        with self._part("ledger_log", "The logs"):
            self._look_at_logs()
        with self._part("store_programversion", "What people were shown"):
            look_at_wordings(store, report, self.brand)
        with StopIndex() as index:
            self._look_at_people(index)
        with self._part("standing", "Who has a standing"):
            for found in without_standing(store, every):
                report.misfits.add(found)
        with self._part("ledger_statement", "The statements"):
            look_at_statements(store, report, every)
        with self._part("store_auditentry", "The trail of who did what"):
            look_at_trail(store, report)
        with self._part("ledger_outbox", "The outbox"):
            look_at_outbox(store, report, every)
        with self._part("ledger_outbox", "What is in no log"):
            look_for_nowhere(store, report.misfits, every)
        with self._part("look_up", "The look-ups"):
            for found in look_ups.of_nobody(store, every):
                report.misfits.add(found)
        with self._part("store_contest", "The contests"):
            look_at_contests(store, report, every)
        return report

    def _look_at_people(self, index: StopIndex) -> None:
        """The journal and the records, each against the other."""
        store, report, every = self.store, self.report, self.every
        with self._part("journal", "The stops of the journal"):
            look_at_stops(store, index, report, self.brand)
        with self._part("journal", "The erasures of the journal"):
            look_at_erased(store, index, report, self.brand)
        with self._part("consent_event", "The records"):
            self._look_at_records(index)
        with self._part("erasure", "The erasures"):
            look_at_erasures(store, index, report, every)
        with self._part("suppression", "The suppressions"):
            look_at_traces(store, index, report, every)
        with self._part("suppression", "The suppressions that erasures have left"):
            brands = models.Brand.objects.values_list("pk", flat=True)
            for each in brands if self.brand is None else [self.brand]:
                look_at_suppressions(store, index, report, each)

    def _part(self, where: str, part: str) -> AbstractContextManager[None]:
        return told(self.report.misfits, where, part)

    def _look_at_logs(self) -> None:
        with self.store.database.read() as session:
            states = heads.read_logs(self.store, session, self.every)
            row = session.first("count_standings", brand_id=self.every)
        self._total = sum(each.length for each in states) + (row[0] if row else 0)
        self._tell(0)
        origins = dict(models.Brand.objects.values_list("pk", "origin"))
        closed: dict[str, Continued] = {}
        lost: set[int] = set()
        for brand in {each.brand for each in states}:
            for each in continuing.continued(self.store, BrandId(brand)):
                closed[each.origin] = each
                # Generations that a store which was put back did not know were passed over.
                lost |= {(brand << 16) | number for number in range(2, min(each.generation, 1 << 16))}
        heads.look_for_lost_logs(self.store, self.every, lost, self.report.misfits)
        newest = {each.brand: each.id for each in states}
        for state in states:
            is_newest = newest[state.brand] == state.id
            with self._part("ledger_log", f"The log {state.origin}"):
                self._look_at_log(
                    state,
                    origins.get(state.brand),
                    None if is_newest else closed.get(state.origin),
                    is_newest=is_newest,
                )

    def _look_at_log(
        self, state: LogState, brand_origin: str | None, closed: Continued | None, *, is_newest: bool
    ) -> None:
        log = LogAudit(origin=state.origin, size=state.length, root=b"")
        self.report.logs.append(log)
        # Why a log was given up is known; whatever is wrong with it is not told as news.
        misfits = self.report.misfits if closed is None else log.known
        log.closed = "" if closed is None else closed.reason
        store = self.store
        of_keys = Misfits()
        with store.database.read() as session:
            keys = keys_of(session, state.id, state.origin, of_keys)
        heads.look_at_row(state, brand_origin, keys, misfits)
        misfits.take(of_keys)
        if is_newest:
            heads.look_at_key_file(store, state, keys, misfits)
        counted = _Counted()
        with store.database.read() as session:
            marks = heapq.merge(
                counted.over(stored_heads(session, state.id, state.origin, keys, misfits)),
                heads.remembered_head(state, keys, misfits),
                key=attrgetter("size"),
            )
            walk = Walk(store=store, log=state.claimed, marks=marks, misfits=misfits)
            before = self._done
            for walked in walk.run():
                self._done = before + walked
                self._tell(0)
        log.root, log.tiles, log.checkpoints = walk.frontier.root(), walk.tiles, counted.count
        if state.claimed.frontier is not None and walk.frontier != state.claimed.frontier:
            misfits.add(
                misfit(
                    Fault.LOG_DIFFERS,
                    "ledger_log",
                    log=state.origin,
                    member="frontier",
                    expected=b"".join(walk.frontier.hashes).hex(),
                    found=state.hashes.hex(),
                )
            )
        if (
            closed is not None
            and closed.root is not None
            and (closed.size, closed.root) != (log.size, log.root)
        ):
            self.report.misfits.add(
                misfit(
                    Fault.LOG_DIFFERS,
                    "ledger_log",
                    log=state.origin,
                    member="root",
                    expected=f"{closed.root.hex()} at {closed.size} records, as when it was given up",
                    found=f"{log.root.hex()} at {log.size}",
                )
            )
        with store.database.read() as session:
            look_at_times(session, state.id, state.origin, misfits)
        look_at_attestations(store, state.id, log, self.trust or Trust(), misfits)

    def _look_at_records(self, index: StopIndex) -> None:
        report = self.report
        background = Background(store=self.store, journal=index)
        look = Look(background=background)
        for page in records(self.store, self.every):
            for record in page:
                report.contacts += 1
                report.events += len(record.events)
                with self._part("consent_event", f"The record of {record.name}"):
                    for found in looked_at(self.store, record, look):
                        report.misfits.add(found)
                    report.unreadable += look.unreadable
            self._tell(len(page))
        for found in look.not_in_journal():
            report.misfits.add(found)

    def _tell(self, more: int) -> None:
        self._done += more
        self.progress(self._done, max(self._total, self._done))


@dataclass(kw_only=True)
class _Counted:
    """Counts what passes by."""

    count: int = 0

    def over(self, marks: Iterator[Mark]) -> Iterator[Mark]:
        for mark in marks:
            self.count += 1
            yield mark
