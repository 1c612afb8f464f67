"""Between which times a record entered the log, by what others saw of the log from outside.

What is seen here was verified before: each sighting is of a checkpoint of the one log, timestamped or cosigned.
How that is checked, and where it is kept, is not known here.

The two ends are not equally strong. "Not after" is shown: a checkpoint that covers the record existed at that
time. "Not before" rests on the checkpoint having been the log's newest when it was seen: somebody could have an old
one stamped late. Where another sighting gives that away, the late one is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """Somebody else vouches that the log had at least this many records at that time."""

    size: int
    at: datetime
    by: str  # the name of the witness or timestamp authority


@dataclass(frozen=True, kw_only=True, slots=True)
class Bracket:
    """None at either end where nobody saw the log in time."""

    not_before: Sighting | None  # of a log that did not hold the record yet
    not_after: Sighting | None  # of a log that held it


def bracket(index: int, sightings: Iterable[Sighting]) -> Bracket:
    """The times around the record at `index`, which is in every log of more than `index` records."""
    not_before: Sighting | None = None
    for seen in sorted(sightings, key=lambda sighting: (sighting.at, sighting.size, sighting.by)):
        if seen.size > index:
            return Bracket(not_before=not_before, not_after=seen)
        # A log does not shrink: one that is smaller than before is an old checkpoint, stamped late.
        if not_before is None or seen.size >= not_before.size:
            not_before = seen
    return Bracket(not_before=not_before, not_after=None)
