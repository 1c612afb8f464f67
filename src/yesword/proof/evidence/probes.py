"""Taking a presentation probe for an event that is about to be written: read, stripped to what may be kept, looked at, kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.errors import YeswordError
from yesword.domain.evidence import Evidence, EvidenceKind
from yesword.domain.evidence.media import MediaType
from yesword.domain.evidence.presentation import Finding, check_probe
from yesword.domain.evidence.probe import Probe, for_jurisdiction, read_probe, write_probe
from yesword.ledger.entry import JsonObject
from yesword.proof.evidence.files import KeptFile, accept, keep
from yesword.proof.evidence.grades import told
from yesword.proof.evidence.periods import may_be_under_gdpr
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store


class ForeignProbeError(YeswordError):
    """What the browser told answers no page that was given out here, or one that was answered already. Ask the person to load the form anew."""

    code = "probe_foreign"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TakenProbe:
    probe: Probe  # as it was kept
    findings: tuple[Finding, ...]  # gravest first
    file: KeptFile

    @property
    def item(self) -> JsonObject:
        """For the section `evidence` of the event. What was found stays there when the file is purged."""
        return self.file.item(findings=told(self.findings))

    @property
    def evidence(self) -> Evidence:
        """For grading the event beforehand."""
        return Evidence(kind=EvidenceKind.PRESENTATION_PROBE, sha256=self.file.sha256, findings=self.findings)


def take(
    store: Store,
    session: Session,
    contact: Contact,
    data: bytes,
    *,
    disclosure: str,
    is_nonce_ours: Callable[[str], bool],
    at: datetime,
) -> TakenProbe:
    """`disclosure`: SHA-256 of the wording that the consent is to. `is_nonce_ours` uses the nonce up as it answers.

    Of a person who may be under the GDPR, what the probe tells of them and their device never reaches the store.
    Raises BadProbeError, ForeignProbeError, NobodyToKeepForError.
    """
    told_by_browser = read_probe(data)
    if not is_nonce_ours(told_by_browser.nonce):
        raise ForeignProbeError
    return keep_probe(store, session, contact, told_by_browser, disclosure=disclosure, at=at)


def keep_probe(
    store: Store, session: Session, contact: Contact, told_by_browser: Probe, *, disclosure: str, at: datetime
) -> TakenProbe:
    """The same of one that is known to answer a page of ours. Raises NobodyToKeepForError."""
    country = programs.brand(contact.brand).country
    probe = for_jurisdiction(told_by_browser, is_eu=may_be_under_gdpr(contact, country))
    file = accept(EvidenceKind.PRESENTATION_PROBE, write_probe(probe), MediaType.JSON.value)
    return TakenProbe(
        probe=probe,
        findings=check_probe(probe, disclosure),
        file=keep(store, session, contact, file, at),
    )
