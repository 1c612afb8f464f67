"""Evidence that comes later: a scan, a recording or somebody's statement, added to a person's record by an agent.

It is an event of its own, since the others never change: a grant of the day on which the person is said to have agreed,
received today. The fold decides what it permits, and a stop is lifted by the handset alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from yesword.consent import Draft, append
from yesword.consent.reassigned import reassigned_at
from yesword.domain import composing
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, Basis, ConsentEvent, EventKind, Grade, Scope
from yesword.domain.evidence import Evidence, EvidenceKind, Graded, Happening, grade
from yesword.domain.ids import to_text
from yesword.domain.programs import Program, UnknownLanguageError
from yesword.domain.state import ConsentState
from yesword.ledger.entry import JsonObject
from yesword.proof.evidence.files import AcceptedFile, KeptFile, NobodyToKeepForError, accept, keep, kept
from yesword.proof.evidence.opening import record_of
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest


@dataclass(frozen=True, kw_only=True, slots=True)
class _Way:
    route: str
    basis: Basis  # where whoever adds it says nothing else


_WAYS: Final[Mapping[EvidenceKind, _Way]] = MappingProxyType(
    {
        EvidenceKind.SCAN: _Way(route="paper", basis=Basis.EXPRESS_WRITTEN),
        EvidenceKind.RECORDING: _Way(route="spoken", basis=Basis.EXPRESS),
        EvidenceKind.ATTESTATION: _Way(route="attested", basis=Basis.EXPRESS),
    }
)
BASES: Final = (Basis.EXPRESS_WRITTEN, Basis.EXPRESS)


class NotYetHappenedError(YeswordError):
    """The consent is said to be from {at}, which is still to come. Give the day on which the person agreed."""

    code = "evidence_not_yet_happened"


class FormerOwnerError(YeswordError):
    """The number has changed hands since that day: on {changed_on} somebody else turned out to have it. What its former owner agreed to is nobody's consent now."""

    code = "evidence_of_former_owner"


class WordingNeededError(YeswordError):
    """Somebody's statement counts only with the words that the person agreed to, and {program} had none of its own then. Give them with --wording."""

    code = "evidence_needs_wording"


class AttachedBeforeError(YeswordError):
    """The very same file is on record already, as {file}: with {event}, the consent to {program} of {day}. Nothing was added."""

    code = "evidence_attached_before"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Attachment:
    kind: EvidenceKind  # a scan, a recording or an attestation
    data: bytes
    happened_at: datetime  # when the person agreed
    language: str  # of the wording
    declared_type: str = ""  # what its sender calls the file; empty: nothing was said
    wording: str | None = None  # as it stood there or was read out; None: the program's own of that day
    basis: Basis | None = None  # one of BASES, as attested; None: what goes with the kind
    note: str = ""  # what whoever adds it has to say; sealed with the rest
    by: int | None = None  # the user who adds it


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Attached:
    event: ConsentEvent
    file: KeptFile
    graded: Graded
    state: ConsentState  # of the person, after it
    was_kept: bool = False  # the file was there, with another consent, and is not kept twice

    @property
    def is_granted(self) -> bool:
        """Whether the program may rest on something now, on this or on what was there already."""
        return self.state.grant_for(self.event.scope.program) is not None

    @property
    def is_stopped(self) -> bool:
        return self.state.withdrawal_for(self.event.scope.program) is not None

    @property
    def is_refused(self) -> bool:
        return any(each.program == self.event.scope.program for each in self.state.refusals)


def attach(
    store: Store, contact: Contact, program: Program, attachment: Attachment, at: datetime
) -> Attached:
    """Keep the file and record the consent that it shows, in one transaction with its trace.

    A file that is on record is known by its digest. It may show another consent, too, and is kept once.

    Raises AttachedBeforeError, NotYetHappenedError, WordingNeededError, UnknownLanguageError, FormerOwnerError, NobodyToKeepForError, or a
    MediaError.
    """
    if attachment.happened_at > at:
        raise NotYetHappenedError(at=attachment.happened_at.isoformat())
    then, wording = _wording(program, attachment)
    # Looked at before the lock: what is refused keeps nobody waiting.
    accepted = accept(attachment.kind, attachment.data, attachment.declared_type)
    graded = _graded(attachment, wording, accepted, at)
    if graded.grade is Grade.E:  # a statement without the words that it is about
        raise WordingNeededError(program=program.key)
    with store.database.write() as session:
        person = _locked(store, session, contact, attachment.happened_at)
        known = _known(store, session, person, program, attachment, accepted)
        file = known or keep(store, session, person, accepted, at)
        item = file.item(note=attachment.note) if attachment.note else file.item()
        draft = _draft(then, attachment, wording, item, graded.grade, at)
        recorded = append(store, session, programs.brand(person.brand), person, [draft], at)
        (event,) = recorded.events
        models.AuditEntry.objects.create(
            user_id=attachment.by,
            action="evidence.added",
            subject=to_text("con", person.id),
            detail={
                "file": file.ref,
                "event": to_text("evt", event.id),
                "kind": attachment.kind.value,
                "program": program.key,
            },
        )
    return Attached(event=event, file=file, graded=graded, state=recorded.state, was_kept=known is not None)


def _known(
    store: Store,
    session: Session,
    person: Contact,
    program: Program,
    attachment: Attachment,
    accepted: AcceptedFile,
) -> KeptFile | None:
    """The same file, where it is on record and still kept. Raises AttachedBeforeError for the same consent."""
    found = None
    for each in record_of(store, session, person):
        refs = [item.get("ref") for item in each.items if item.get("sha256") == accepted.media.sha256]
        if not refs:
            continue
        event, ref = each.event, str(refs[0])
        if event.scope.program == program.id and event.occurred_at == attachment.happened_at:
            raise AttachedBeforeError(
                file=ref,
                event=to_text("evt", event.id),
                program=program.key,
                day=event.occurred_at.date().isoformat(),
            )
        found = kept(session, ref, accepted) or found
    return found


def _locked(store: Store, session: Session, contact: Contact, then: datetime) -> Contact:
    """The person as they are under the lock of their record, and as they were on the day that is spoken of."""
    session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
    person = contacts.read(store, session, contact.id)
    if person is None:
        raise NobodyToKeepForError
    changed_at = reassigned_at(person, [each.event for each in record_of(store, session, person)])
    if changed_at is not None and then <= changed_at:
        raise FormerOwnerError(changed_on=changed_at.date().isoformat())
    return person


def _wording(program: Program, attachment: Attachment) -> tuple[Program, str | None]:
    """The program as it was then, and the words that the person agreed to, as far as they are known.

    Consent from before the first version was to something that only the file shows, or whoever adds it.
    """
    version = (
        models.ProgramVersion.objects.filter(program_id=program.id, created_at__lte=attachment.happened_at)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
    )
    then = program if version is None else programs.version(program.id, version)
    if attachment.wording is not None:
        return then, attachment.wording
    if version is None:
        return then, None
    if attachment.language not in then.languages:
        raise UnknownLanguageError(
            program=program.key, language=attachment.language, known=", ".join(then.languages)
        )
    return then, composing.disclosure(then, attachment.language)


def _graded(attachment: Attachment, wording: str | None, accepted: AcceptedFile, at: datetime) -> Graded:
    happening = Happening(
        kind=EventKind.GRANTED,
        actor=Actor.AGENT,
        route=_WAYS[attachment.kind].route,
        occurred_at=attachment.happened_at,
        received_at=at,
        basis=_basis(attachment),
        disclosure=None if wording is None else disclosure_digest(wording),
    )
    return grade(happening, [Evidence(kind=accepted.kind, sha256=accepted.media.sha256)])


def _basis(attachment: Attachment) -> Basis:
    assert attachment.basis in (None, *BASES)
    return attachment.basis or _WAYS[attachment.kind].basis


def _draft(
    then: Program,
    attachment: Attachment,
    wording: str | None,
    item: JsonObject,
    reached: Grade,
    at: datetime,
) -> Draft:
    return Draft(
        kind=EventKind.GRANTED,
        scope=Scope(program=then.id, purposes=(then.purpose,), categories=then.categories),
        actor=Actor.AGENT,
        route=_WAYS[attachment.kind].route,
        occurred_at=attachment.happened_at,
        received_at=at,
        program=then,
        basis=_basis(attachment),
        grade=reached,
        # With a language and no wording, the program's own of today would be taken.
        language=None if wording is None else attachment.language,
        wording=wording,
        context={} if attachment.by is None else {"user": attachment.by},
        evidence=[item],
    )
