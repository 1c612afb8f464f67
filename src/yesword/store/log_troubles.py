"""Why a log is signed no more, as its row says it. Some of these also mean that nobody knows who has stopped since."""

from typing import Final

NO_HEAD: Final = "the journal does not know the head that was signed last. Put the journal back, or, if this machine never signed the log, accept the head of the store."
FOREIGN_HEAD: Final = "the head in the journal is that of another log. Put the right journal back."
ROLLED_BACK: Final = (
    "the store is older than the head that was signed last, so it was put back from a backup."
)
DAMAGED: Final = "a tile of its tree is missing or cut."
REWRITTEN: Final = "its tree is not the one that was signed, so it was changed."
WITNESS_AHEAD: Final = "a witness has seen it larger than it is here, so the store was put back from a backup, or another store signs with the same key."
WITNESS_DISAGREES: Final = "a witness has seen a past of it that this one does not continue, so the store was put back and went on differently, or its past was changed."

PUT_BACK: Final = frozenset({ROLLED_BACK, WITNESS_AHEAD, WITNESS_DISAGREES})
"""More was signed than is here: stops came in that this store does not have."""

JOURNAL_LOST: Final = frozenset({NO_HEAD, FOREIGN_HEAD})
"""The journal is not the one that this store wrote, so it cannot say which stops the store lacks."""

STOPS_UNKNOWN: Final = PUT_BACK | JOURNAL_LOST
"""Nothing may be sent."""
