"""The kinds of evidence that may back a consent event.

No table: a kind is known to the code that collects it, grades it and shows it, so a new one is a change of the code.
"""

import enum
from typing import Final


class EvidenceKind(enum.StrEnum):
    DISCLOSURE = "disclosure"  # the exact wording that was shown
    INBOUND_TEXT = "inbound_text"  # what the person sent, as the carrier handed it over
    FORM_VERSION = "form_version"  # the published form, by its content
    PAGE_RENDER = "page_render"  # a picture of that form, made when it was published; nobody's in particular
    PRESENTATION_PROBE = "presentation_probe"  # how the wording stood on this person's screen
    SCAN = "scan"  # of a paper form
    RECORDING = "recording"  # of a spoken yes
    ATTESTATION = "attestation"  # somebody says that they saw or heard it
    IMPORT_ROW = "import_row"  # a row as another system wrote it
    EMAIL = "email"
    REPLAY = "replay"  # what was done on the form, step by step

    @property
    def label(self) -> str:
        """The id of its name in the catalogue of sentences."""
        return f"kind.{self.value}"


# Files of one person that stay with the proof, where it outlives their erasure. How somebody behaved on a form never does.
KEPT_OF_ERASED: Final = frozenset(
    {EvidenceKind.SCAN, EvidenceKind.RECORDING, EvidenceKind.ATTESTATION, EvidenceKind.EMAIL}
)
