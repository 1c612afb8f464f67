"""What a claim becomes in the record: the person, the grant or the stop, and the evidence that stands behind it.

Nothing is read or written here, and what is the same for every row is made once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.collect.imports.claims import Claim
from yesword.consent import Act, Draft
from yesword.consent.record import row_evidence
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import ContactId
from yesword.domain.languages import language_of
from yesword.domain.parties import Provenance, RecipientKind
from yesword.domain.programs import Program
from yesword.ledger.entry import JsonObject
from yesword.store.contacts import NewContact
from yesword.store.sealing import Seal

ROUTE: Final = "import"


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where the rows come from, as the evidence of each says."""

    run: str  # names the import, or is empty in a dry run
    file_name: str
    file_digest: str  # keyed, as `known_files` names it
    received_at: datetime
    provenance: Provenance = Provenance.OWN
    attached_source: str = ""


class Drafter:
    """Words what the rows of one file say for one program."""

    def __init__(self, program: Program, origin: Origin) -> None:
        self._program = program
        self._origin = origin
        self._scope = Scope(program=program.id, purposes=(program.purpose,), categories=program.categories)

    def person(self, claim: Claim, contact_id: ContactId, seal: Seal) -> NewContact:
        return NewContact(
            id=contact_id,
            seal=seal,
            number=claim.judged.number,
            brand=self._program.brand,
            name=claim.name,
            language=claim.language or language_of(claim.judged.number.country),
            attributes=claim.attributes,
            whereabouts=claim.whereabouts,
            recipient=claim.recipient or RecipientKind.PERSON,
            source=ROUTE,
        )

    def grant(self, claim: Claim) -> Draft:
        """Grade D grants. Grade E is written too, so that the claim stands in the record; it has no basis and permits nothing."""
        judged = claim.judged
        context = {**self._context(claim), "lacks": judged.lacks}
        if judged.attached:
            context["attached"] = self._attached(claim)
        return Draft(
            kind=EventKind.GRANTED,
            scope=self._scope,
            actor=Actor.IMPORT,
            route=ROUTE,
            occurred_at=judged.consented_at or self._origin.received_at,
            received_at=self._origin.received_at,
            program=self._program,
            basis=judged.basis,
            relation=judged.relation,
            provenance=self._origin.provenance,
            grade=judged.grade,
            # Only the wording of the row is evidence. With a language and no wording, the program's own would be taken.
            language=claim.language if judged.wording else None,
            wording=judged.wording,
            context=context,
            evidence=self._evidence(claim),
        )

    def stop(self, claim: Claim) -> Act:
        return Act(
            actor=Actor.IMPORT,
            route=ROUTE,
            occurred_at=claim.judged.consented_at or self._origin.received_at,
            received_at=self._origin.received_at,
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

    def _evidence(self, claim: Claim) -> Sequence[JsonObject]:
        return [row_evidence("import_row", claim.row, f"{self._origin.run}:{claim.line}")]
