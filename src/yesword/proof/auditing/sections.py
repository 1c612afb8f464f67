"""What an event disclosed against what its row says: opened with the person's key, and held against the entry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from yesword.consent.journaling import STOPS
from yesword.consent.record import event_section, open_sections
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent
from yesword.domain.times import from_micros
from yesword.ledger.entry import SectionValue, matches
from yesword.proof.auditing.backing import Backing, misfits_of_backing
from yesword.proof.auditing.patience import looks
from yesword.proof.auditing.points import NamedVersions
from yesword.proof.evidence.opening import items_in
from yesword.store import erasures, models
from yesword.store.checking import StoredEvent, StoredRecord, misfits_of, misfits_of_contact
from yesword.store.contacts import PHONE
from yesword.store.journal import DamagedJournalError
from yesword.store.misfits import Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest
from yesword.store.stop_index import StopIndex

_EVENTS: Final = "consent_event"
_ABSENT: Final = "nothing"
_MOST_MISSED: Final = 10_000
_STOPS: Final = frozenset(kind.value for kind in STOPS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Background:
    """What every record is held against. Looked up as it is needed: a brand or a program may be made meanwhile."""

    store: Store
    journal: StopIndex
    _origins: dict[int, str] = field(default_factory=dict)
    _keys: dict[int, str] = field(default_factory=dict)
    _versions: set[tuple[int, int]] = field(default_factory=set)

    def origin(self, brand: int) -> str:
        if brand not in self._origins:
            self._origins.update(models.Brand.objects.values_list("pk", "origin"))
        return self._origins.get(brand, "")

    def program_key(self, program: int) -> str | None:
        if program not in self._keys:
            self._keys.update(models.Program.objects.values_list("pk", "key"))
        return self._keys.get(program)

    def has_version(self, program: int, version: int) -> bool:
        if (program, version) not in self._versions:
            self._versions.update(models.ProgramVersion.objects.values_list("program_id", "version"))
        return (program, version) in self._versions


@dataclass(kw_only=True)
class Look:
    """At the records, one by one."""

    background: Background
    unreadable: int = 0  # events of the record looked at last that were erased
    _backing: Backing = field(default_factory=Backing)  # of the record looked at last
    _versions: NamedVersions = field(init=False)
    # Stops that the journal did not have when it was read: they may have come since.
    _missed: dict[int, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._versions = NamedVersions(store=self.background.store)

    def __call__(self, record: StoredRecord) -> Iterator[Misfit]:
        self.unreadable = 0
        yield from misfits_of(record)
        previous: StoredEvent | None = None
        self._backing = Backing()
        for row in record.events:
            is_next = previous is not None and previous.seq == row.seq - 1
            yield from self._look_at(record, row, previous if is_next else None)
            previous = row
        yield from misfits_of_contact(self.background.store, record)
        yield from misfits_of_backing(self.background.store, record, self._backing)

    def _look_at(
        self, record: StoredRecord, row: StoredEvent, before: StoredEvent | None
    ) -> Iterator[Misfit]:
        if row.event is not None and not self._is_known_version(row.event):
            yield misfit(
                Fault.VERSION_UNKNOWN,
                "store_programversion",
                event=row.name,
                program=row.event.scope.program,
                version=row.event.program_version,
            )
        may_be_gone = record.is_erased_after(row.seq)
        if row.sealed is None and not may_be_gone:
            yield misfit(Fault.DISCLOSURES_GONE, _EVENTS, event=row.name)
            self._backing.is_all_read = False
            return
        if row.sealed is None or record.seal is None:
            self.unreadable += 1
            self._backing.is_all_read = False
            return
        origin = self.background.origin(record.brand)
        try:
            disclosures = open_sections(record.seal, row.sealed, origin, row.id)
        except YeswordError as error:
            self._backing.is_all_read = False
            # An erasure that came to its end sealed anew what it kept, and made nothing of the rest.
            if may_be_gone and record.erasure not in (erasures.HELD, erasures.DONE):
                self.unreadable += 1
            else:
                yield misfit(Fault.DISCLOSURES_UNREADABLE, _EVENTS, event=row.name, reason=error.message)
            return
        try:
            sections = matches(row.entry, disclosures)
        except YeswordError as error:
            self._backing.is_all_read = False
            yield misfit(Fault.DISCLOSURES_FOREIGN, _EVENTS, event=row.name, reason=error.message)
            return
        yield from self._hold_against(record, row, before, sections)
        yield from self._look_in_journal(record, row, sections)
        yield from self._versions.misfits_of(row.name, items_in(sections))
        self._backing.take(row, sections)

    def _hold_against(
        self,
        record: StoredRecord,
        row: StoredEvent,
        before: StoredEvent | None,
        sections: Mapping[str, SectionValue],
    ) -> Iterator[Misfit]:
        told = sections.get("event")
        if not isinstance(told, Mapping):
            self.unreadable += 1
            return
        leaf = before.leaf_hash.hex() if before else None
        if told.get("prev", _ABSENT) != leaf and (before is not None or row.seq == 1):
            yield misfit(
                Fault.LINK_BROKEN,
                _EVENTS,
                event=row.name,
                expected=told.get("prev", _ABSENT),
                found=leaf,
            )
        if row.event is not None:
            # Unreadable bodies are told elsewhere.
            for member, said, found in self._members(row, row.event, sections):
                if said != found:
                    yield _differs(_EVENTS, row, member, said, found)
        subject = sections.get("subject")
        if isinstance(subject, Mapping) and record.subject:
            said = subject.get("subject_id")
            if said != record.subject:
                yield _differs("contact", row, "subject_id", said, record.subject)

    def _members(
        self, row: StoredEvent, event: ConsentEvent, sections: Mapping[str, SectionValue]
    ) -> Iterator[tuple[str, object, object]]:
        """(member, what the ledger commits to, what the row says)."""
        told = sections["event"]
        assert isinstance(told, Mapping)
        program = event.scope.program
        key = None if program is None else self.background.program_key(program)
        rows_own = event_section(event, key, None, row.body, from_micros(row.recorded_at))
        for member, found in rows_own.items():
            # A stop of everything may have come by a program; one that was replayed names a program in its scope only.
            is_loose = member == "program" and (program is None or told.get("program") is None)
            if member != "prev" and not is_loose:
                yield member, told.get(member, _ABSENT), found
        notice = sections.get("notice")
        if isinstance(notice, Mapping):
            text = notice.get("text")
            yield "notice.sha256", notice.get("sha256"), event.disclosure
            yield (
                "notice.text",
                notice.get("sha256"),
                disclosure_digest(text) if isinstance(text, str) else None,
            )
            yield "notice.lang", notice.get("lang"), event.language
            yield "notice.version", notice.get("version"), event.program_version or 0

    def _look_in_journal(
        self, record: StoredRecord, row: StoredEvent, sections: Mapping[str, SectionValue]
    ) -> Iterator[Misfit]:
        subject = sections.get("subject")
        number = subject.get("phone") if isinstance(subject, Mapping) else None
        if row.kind not in _STOPS or not isinstance(number, str):
            return
        stop = self.background.journal.get(row.id)
        if stop is None and self.background.journal.has_erased(record.contact):
            return  # the lines that name their events were taken out: what says that they are gone is in their place
        if stop is None and len(self._missed) < _MOST_MISSED:
            self._missed[row.id] = row.name, record.contact
            return
        if stop is None:
            yield _not_in_journal(row.name)
            return
        digest, pepper = stop
        look_up = self.background.store.look_up
        if pepper not in look_up.versions or look_up.digest(record.brand, PHONE, number, pepper) != digest:
            yield misfit(
                Fault.STOP_DIFFERS,
                "journal",
                event=row.name,
                member="digest",
                expected="that of the person's number",
                found=digest.hex(),
            )

    def not_in_journal(self) -> Iterator[Misfit]:
        """Stops that the journal does not have now, either. It learns of one at once after the store."""
        for _ in looks() if self._missed else ():
            try:
                journal = self.background.store.journal
                since = {stop.event for stop in journal.newest(_MOST_MISSED)}
                erased = {line.contact for line in journal.newest_erased(_MOST_MISSED)}
            except DamagedJournalError:
                since, erased = set(), set()
            self._missed = {
                event: (name, contact)
                for event, (name, contact) in self._missed.items()
                if event not in since and contact not in erased
            }
            if not self._missed:
                return
        for name, _ in self._missed.values():
            yield _not_in_journal(name)

    def _is_known_version(self, event: ConsentEvent) -> bool:
        program, version = event.scope.program, event.program_version
        return program is None or version is None or self.background.has_version(program, version)


def _not_in_journal(event: str) -> Misfit:
    return misfit(Fault.STOP_NOT_IN_JOURNAL, "journal", event=event)


def _differs(where: str, row: StoredEvent, member: str, said: object, found: object) -> Misfit:
    return misfit(Fault.SECTION_DIFFERS, where, event=row.name, member=member, expected=said, found=found)
