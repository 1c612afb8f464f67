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
from yesword.ledger.packs.findings import Check, Finding, PackCheck, ShownEvent, ToldEvent
from yesword.ledger.packs.inside import number_of
from yesword.ledger.packs.manifest import (
    EarlierPack,
    Listed,
    Manifest,
    Purpose,
    read_manifest,
    write_manifest,
)
from yesword.ledger.packs.states import Standing, standing_at

__all__ = [
    "MAX_PACK_BYTES",
    "Check",
    "EarlierPack",
    "Finding",
    "Listed",
    "Manifest",
    "PackCheck",
    "Purpose",
    "ShownEvent",
    "Standing",
    "ToldEvent",
    "UnreadablePackError",
    "check_pack",
    "is_archive",
    "number_of",
    "read_archive",
    "read_manifest",
    "standing_at",
    "write_archive",
    "write_manifest",
]
