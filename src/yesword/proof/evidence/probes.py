"""Keeping a presentation probe for an event that is about to be written: stripped to what may be kept, looked at, kept."""

from dataclasses import dataclass
from datetime import datetime

from yesword.domain.evidence import EvidenceKind
from yesword.domain.evidence.media import MediaType
from yesword.domain.evidence.presentation import Finding, check_probe
from yesword.domain.evidence.probe import Probe, for_jurisdiction, write_probe
from yesword.ledger.entry import JsonObject
from yesword.proof.evidence.files import KeptFile, accept, keep
from yesword.proof.evidence.grades import told
from yesword.proof.evidence.periods import may_be_under_gdpr
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class KeptProbe:
    findings: tuple[Finding, ...]  # gravest first
    file: KeptFile

    @property
    def item(self) -> JsonObject:
        """For the section `evidence` of the event. What was found stays there when the file is purged."""
        return self.file.item(findings=told(self.findings))


def keep_probe(
    store: Store, session: Session, contact: Contact, told_by_browser: Probe, *, disclosure: str, at: datetime
) -> KeptProbe:
    """`told_by_browser` is known to answer a page of ours. `disclosure`: SHA-256 of the wording that the consent is to.

    Of a person who may be under the GDPR, what the probe tells of them and their device never reaches the store.
    Raises NobodyToKeepForError.
    """
    country = programs.brand(contact.brand).country
    probe = for_jurisdiction(told_by_browser, is_eu=may_be_under_gdpr(contact, country))
    file = accept(EvidenceKind.PRESENTATION_PROBE, write_probe(probe), MediaType.JSON.value)
    return KeptProbe(findings=check_probe(probe, disclosure), file=keep(store, session, contact, file, at))
