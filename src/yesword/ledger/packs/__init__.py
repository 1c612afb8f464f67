"""The evidence pack: one zip file that holds all there is to show of one person and one program, and its check.

Pure, with no store and no network: what is in a pack is put together in `yesword.proof.packs`.
"""

from yesword.ledger.packs.archive import (
    MAX_PACK_BYTES,
    UnreadablePackError,
    is_archive,
    read_archive,
    write_archive,
)
from yesword.ledger.packs.checking import check_pack
from yesword.ledger.packs.findings import Check, Finding, PackCheck, ShownEvent
from yesword.ledger.packs.manifest import Listed, Manifest, Purpose, read_manifest, write_manifest

__all__ = [
    "MAX_PACK_BYTES",
    "Check",
    "Finding",
    "Listed",
    "Manifest",
    "PackCheck",
    "Purpose",
    "ShownEvent",
    "UnreadablePackError",
    "check_pack",
    "is_archive",
    "read_archive",
    "read_manifest",
    "write_archive",
    "write_manifest",
]
