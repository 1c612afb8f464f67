"""The send log: what one hand-over to the carriers leaves in the ledger, and what can be shown of it to one person."""

from yesword.ledger.handed.statement import (
    KIND,
    HandedOver,
    MalformedHandedOverError,
    handed_over,
    read_handed_over,
)
from yesword.ledger.handed.texts import (
    ForeignTextError,
    HandedText,
    MalformedTextError,
    digest_of,
    disclose,
    open_text,
    salt_of,
    tag_of,
)
from yesword.ledger.handed.tree import (
    Excerpt,
    ExcerptError,
    MalformedLeavesError,
    join_leaves,
    prove,
    root_of,
    split_leaves,
    verify,
)

__all__ = [
    "KIND",
    "Excerpt",
    "ExcerptError",
    "ForeignTextError",
    "HandedOver",
    "HandedText",
    "MalformedHandedOverError",
    "MalformedLeavesError",
    "MalformedTextError",
    "digest_of",
    "disclose",
    "handed_over",
    "join_leaves",
    "open_text",
    "prove",
    "read_handed_over",
    "root_of",
    "salt_of",
    "split_leaves",
    "tag_of",
    "verify",
]
