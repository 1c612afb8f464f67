"""Everything that the store holds of one person and one program, under one published checkpoint of the log.

The person's record is read under the lock that numbers it, so that the head statement made there is true: no event can
come in while it is signed. What is shown of it to whom is decided in `writing`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.evidence import Graded
from yesword.domain.ids import EventId, to_text
from yesword.domain.programs import Program
from yesword.domain.state import EMPTY, apply
from yesword.domain.times import from_micros
from yesword.ledger.bracketing import Sighting
from yesword.ledger.checkpoint import Checkpoint, Signer, read_checkpoint, read_note
from yesword.ledger.cosignature import add_cosignatures
from yesword.ledger.entry import SECTIONS, JsonObject, SectionValue, open_disclosure
from yesword.ledger.head import Head, sign_head
from yesword.ledger.policy import Policy
from yesword.ledger.proof import TlogProof
from yesword.ledger.tile_proofs import consistency_path_from
from yesword.proof import logs, proofs
from yesword.proof.evidence import losses
from yesword.proof.evidence.grades import graded_record
from yesword.proof.evidence.opening import items_in
from yesword.proof.logs import LogTroubleError
from yesword.proof.packs.files import EvidenceFile, files_named
from yesword.proof.policies import policy_of
from yesword.store import erasures, ledgers, log_troubles, models, programs
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session
from yesword.store.ledgers import LogRow
from yesword.store.opening import Store
from yesword.store.programs import BrandRow
from yesword.store.sealing import Seal, UnreadableError


class NoRecordError(YeswordError):
    """There is nothing in the record of this person that speaks of {program}, so there is nothing to show. Another program may have something: name it with --program."""

    code = "pack_without_record"


class NoHeadYetError(YeswordError):
    """The brand's log has no signed head yet, so there is nothing that a pack could stand under. Events are in the outbox; `yesword sequence` or `yesword serve` takes them into the log."""

    code = "pack_before_head"


class ScatteredEventsError(YeswordError):
    """The log is just taking up events of this person: event {seq} waits and a later one is in. Ask again in a second."""

    code = "pack_while_entering"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FiledEvent:
    """An event with what opens it, and its place."""

    event: ConsentEvent
    id: str
    recorded_at: datetime
    row: bytes  # as it is stored, whose digest the entry holds
    entry: bytes
    leaf_hash: bytes
    disclosures: tuple[str, ...]  # as far as they can be opened
    sections: Mapping[str, SectionValue]
    erased: tuple[str, ...]  # sections that nobody can open any more
    rests_on: EventId | None  # the grant for the program that stood right after it
    is_concerned: bool  # whether it speaks of the program, or of everything of the brand
    index: int | None  # None: not yet under the checkpoint
    proof: TlogProof | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FiledCheckpoint:
    """A checkpoint of the log, and what others say of it."""

    size: int
    note: str  # as the log signed it; what timestamps are of
    cosigned: str  # the same with the witnesses' lines; empty without any
    stamps: tuple[bytes, ...]
    path: tuple[bytes, ...]  # from it to the main one


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownWording:
    """A wording of the brand's own, which is about nobody and stays when a person is erased."""

    version: int
    language: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Dossier:
    brand: BrandRow
    address: str  # of the brand
    channel: str  # what the program's texts go out by
    program: Program
    contact: Contact
    kept_until: date | None  # of somebody who was erased: how long the proof is kept
    collected_at: datetime
    checkpoint: Checkpoint  # the one that everything stands under
    events: tuple[FiledEvent, ...]  # all of the person, in their order
    head: str | None  # the signed statement; None where the log holds no event of the person
    checkpoints: tuple[FiledCheckpoint, ...]  # the main one last
    sightings: tuple[Sighting, ...]
    grades: Mapping[EventId, Graded | None]  # None: what backed it was erased
    evidence: tuple[EvidenceFile, ...]
    lost: Mapping[str, str]  # files that should be here and are not: by digest, what is the matter with each
    wordings: Mapping[str, KnownWording]  # by digest
    policy: Policy
    signer: Signer

    @property
    def origin(self) -> str:
        return self.checkpoint.origin

    @property
    def main(self) -> FiledCheckpoint:
        return self.checkpoints[-1]

    @property
    def waiting(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.events if each.index is None)


def collect(store: Store, contact: Contact, program: Program, at: datetime) -> Dossier:
    """Raises NoRecordError, NoHeadYetError, ScatteredEventsError, LogTroubleError, UnfitTreeError, and what a missing key raises."""
    brand = programs.brand(contact.brand)
    log = _log(store, brand)
    signer = logs.signer_of(store, log)
    seal = store.vault.seal(contact.id)
    with store.database.write() as session:
        # Held to the end: nothing is appended to this record before its head is signed.
        locked = session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
        assert locked is not None, "a contact always has a standing"
        log = _newest(session, brand)
        note = proofs.published_note(store, session, log)
        if note is None:
            raise NoHeadYetError
        checkpoint = read_checkpoint(note)
        rows = session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
        places = ledgers.places(session, [row[0] for row in rows])
        indexes = {
            event: each.index
            for event, each in places.items()
            if each.log == log.id and each.index < checkpoint.size
        }
        events = _filed(rows, indexes, program, seal, brand)
        head = _head(events, checkpoint, contact, at, signer)
    if not any(each.is_concerned for each in events):
        raise NoRecordError(program=program.key)
    with store.database.read() as session:
        placed = tuple(
            each
            if each.index is None
            else replace(each, proof=proofs.inclusion_under(session, log, each.index, note))
            for each in events
        )
        checkpoints, sightings = _checkpoints(session, log, note, indexes.values())
        evidence = files_named(session, contact, seal, _named(events))
        lost = losses.lost(session, contact, seal, _items(events), at)
        digests = {each.event.disclosure for each in events} - {None}
        wordings = {
            digest: KnownWording(version=version, language=language, text=text)
            for digest, version, language, text in session.rows(
                "wordings", digests=session.texts(sorted(map(str, digests)))
            )
        }
        policy = policy_of(session, brand.id)
        erasure = erasures.read(session, contact.id) if contact.erased_at else None
    address, channel = _particulars(program)
    return Dossier(
        brand=brand,
        address=address,
        channel=channel,
        program=program,
        contact=contact,
        kept_until=erasure.retain_until.date() if erasure and erasure.retain_until else None,
        collected_at=at,
        checkpoint=checkpoint,
        events=placed,
        head=head,
        checkpoints=checkpoints,
        sightings=sightings,
        grades=graded_record(store, contact),
        evidence=evidence,
        lost=lost,
        wordings=wordings,
        policy=policy,
        signer=signer,
    )


def waiting_events(store: Store, contact: Contact) -> int:
    """How many events of the person the log has not taken up."""
    with store.database.read() as session:
        ids = [
            row[0] for row in session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
        ]
        return len(ids) - len(ledgers.places(session, ids))


# --- the log -------------------------------------------------------------------------------------------------


def _log(store: Store, brand: BrandRow) -> LogRow:
    """The brand's newest log, if anything may be signed in its name."""
    with store.database.read() as session:
        log = _newest(session, brand)
    remembered = store.journal.head(log.id)
    reason = log.trouble
    if not reason and remembered is not None and read_checkpoint(remembered).size > log.size:
        reason = log_troubles.ROLLED_BACK
    if reason:
        raise LogTroubleError(origin=log.origin, reason=reason)
    return log


def _newest(session: Session, brand: BrandRow) -> LogRow:
    known = ledgers.logs(session, brand.id)
    if not known or known[-1].published_size == 0:
        raise NoHeadYetError
    return known[-1]


def _checkpoints(
    session: Session, log: LogRow, main: str, indexes: Iterable[int]
) -> tuple[tuple[FiledCheckpoint, ...], tuple[Sighting, ...]]:
    """The main one, those on either side of each event that somebody outside vouches for, and where keys were changed."""
    size = read_checkpoint(main).size
    wanted = {size, *_bridges(session, log, size)}
    for index in sorted(set(indexes)):
        for kind in (ledgers.WITNESS, ledgers.STAMP):
            asked = {"log_id": log.id, "kind": kind, "idx": index}
            wanted |= {row[0] for row in session.rows("attested_sizes_from", most=size, **asked)}
            wanted |= {row[0] for row in session.rows("attested_sizes_upto", **asked)}
    found: list[FiledCheckpoint] = []
    sightings: list[Sighting] = []
    for each in sorted(wanted):
        stored = ledgers.checkpoint(session, log.id, each)
        note = stored.note if stored else main if each == size else None
        if note is None:
            continue
        rows = session.rows("attestations_of_size", log_id=log.id, size=each)
        lines = "".join(bytes(row[3]).decode() for row in rows if row[1] == ledgers.WITNESS)
        sightings += [Sighting(size=each, at=from_micros(row[4]), by=row[2]) for row in rows]
        found.append(
            FiledCheckpoint(
                size=each,
                note=note,
                cosigned=add_cosignatures(note, lines) if lines else "",
                stamps=tuple(bytes(row[3]) for row in rows if row[1] == ledgers.STAMP),
                path=consistency_path_from(ledgers.tile_reader(session, log.id), each, size),
            )
        )
    return tuple(found), tuple(sightings)


def _bridges(session: Session, log: LogRow, most: int) -> Iterator[int]:
    """Heads that two keys of the log have signed, so that who knows the older one can believe the newer one."""
    for number, _, since, _ in session.rows("ledger_keys", log_id=log.id):
        if number == logs.FIRST_KEY:
            continue
        after = next(iter(ledgers.checkpoints(session, log.id, since + 1)), None)
        signers = (
            {each.key_id for each in read_note(after.note).signatures if each.name == log.origin}
            if after
            else ()
        )
        if after is not None and len(signers) > 1 and after.size <= most:
            yield after.size


# --- the record ----------------------------------------------------------------------------------------------


def _filed(
    rows: Sequence[Row], indexes: Mapping[int, int], program: Program, seal: Seal | None, brand: BrandRow
) -> tuple[FiledEvent, ...]:
    state, found = EMPTY, []
    for row_id, body, sealed, leaf, entry, recorded_at in rows:
        event = codec.loads(ConsentEvent, bytes(body))
        state = apply(state, event)
        grant = state.grant_for(program.id)
        disclosures = _opened(seal, sealed, brand.origin, row_id)
        sections = dict(open_disclosure(each) for each in disclosures)
        found.append(
            FiledEvent(
                event=event,
                id=to_text("evt", row_id),
                recorded_at=from_micros(recorded_at),
                row=bytes(body),
                entry=bytes(entry),
                leaf_hash=bytes(leaf),
                disclosures=disclosures,
                sections=sections,
                erased=tuple(name for name in _expected(event) if name not in sections),
                rests_on=None if grant is None else grant.event,
                is_concerned=event.scope.program in (None, program.id),
                index=indexes.get(row_id),
            )
        )
    return tuple(found)


def _opened(seal: Seal | None, sealed: bytes | None, origin: str, row_id: int) -> tuple[str, ...]:
    if seal is None or sealed is None:
        return ()
    try:
        return tuple(open_sections(seal, bytes(sealed), origin, row_id))
    except UnreadableError:  # its key was destroyed, and another stands in its place
        return ()


def _expected(event: ConsentEvent) -> tuple[str, ...]:
    """The sections that an event of this kind is made with."""
    if event.kind is EventKind.ERASED:
        return ("event", "terms")
    return tuple(name for name in SECTIONS if name != "notice" or event.disclosure is not None)


def _head(
    events: Sequence[FiledEvent], checkpoint: Checkpoint, contact: Contact, at: datetime, signer: Signer
) -> str | None:
    entered = [each for each in events if each.index is not None]
    if not entered:
        return None
    newest = entered[-1]
    waiting = next((each for each in events if each.index is None), None)
    if waiting is not None and waiting.event.seq < newest.event.seq:
        raise ScatteredEventsError(seq=waiting.event.seq)
    head = Head(
        checkpoint=checkpoint,
        subject=contact.subject,
        seq=newest.event.seq,
        leaf_hash=newest.leaf_hash,
        issued_at=at,
    )
    return sign_head(head, signer)


# --- beside the record ---------------------------------------------------------------------------------------


def _named(events: Sequence[FiledEvent]) -> Mapping[str, str]:
    """The digests of files that the events name, and where each says that it is kept. A row is in the record itself."""
    return {
        str(item["sha256"]): str(item.get("ref", ""))
        for each in events
        if each.is_concerned
        for item in items_in(each.sections)
        if isinstance(item.get("sha256"), str) and "row" not in item
    }


def _items(events: Sequence[FiledEvent]) -> Iterator[JsonObject]:
    for each in events:
        if each.is_concerned:
            yield from items_in(each.sections)


def _particulars(program: Program) -> tuple[str, str]:
    """The brand's postal address, and by what the program's texts go out."""
    address = models.Brand.objects.values_list("address", flat=True).get(pk=program.brand)
    return address, programs.sender_of(program).facts.provider or ""
