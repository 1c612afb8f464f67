"""What backs an act on a page, as items of its record: the version that was shown, its page, and what the browser told."""

from collections.abc import Sequence
from datetime import datetime

from yesword.collect.points import Point
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import MediaType
from yesword.domain.evidence.probe import read_probe
from yesword.ledger.entry import JsonObject
from yesword.proof.evidence.files import AcceptedFile, keep
from yesword.proof.evidence.probes import keep_probe
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store


def form_evidence(point: Point) -> JsonObject:
    """Which version of which point was shown: its digest opens to every word of it."""
    definition = point.definition.to_bytes()
    return {
        "kind": EvidenceKind.FORM_VERSION.value,
        "sha256": point.digest,
        "size": len(definition),
        "media_type": "application/json",
        "ref": f"{point.key}@{point.version}",
    }


def page_evidence(point: Point, language: str) -> list[JsonObject]:
    """The page itself, where it was kept when the version was published."""
    page = dict(point.pages).get(language)
    if page is None:
        return []
    return [
        {
            "kind": EvidenceKind.FORM_VERSION.value,
            "sha256": page,
            "media_type": MediaType.HTML.value,
            "ref": f"{point.key}@{point.version}.{language}",
        }
    ]


def files_evidence(
    store: Store,
    session: Session,
    contact: Contact,
    files: Sequence[AcceptedFile],
    disclosure: str,
    at: datetime,
) -> list[JsonObject]:
    """Keep the files under the person's key. A probe is held against the wording, whose SHA-256 is `disclosure`."""
    return [_kept(store, session, contact, file, disclosure, at) for file in files]


def _kept(
    store: Store, session: Session, contact: Contact, file: AcceptedFile, disclosure: str, at: datetime
) -> JsonObject:
    if file.kind is not EvidenceKind.PRESENTATION_PROBE:
        return keep(store, session, contact, file, at).item()
    return keep_probe(store, session, contact, read_probe(file.data), disclosure=disclosure, at=at).item
