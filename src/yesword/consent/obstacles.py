"""Why nothing is sent from a store, or will not be as soon as a dispatcher looks at it.

A store that was put back from a backup looks healthy until then. Nothing is changed here: closing and opening the valve is
done by who sends, and by who says that all is well again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from yesword.consent import restoring
from yesword.consent.restoring import Forgotten
from yesword.store import holds
from yesword.store.journal import DamagedJournalError
from yesword.store.opening import Store

JOURNAL: Final = "journal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstacle:
    """One reason, with what to do about it."""

    code: str  # as the valve has it, or JOURNAL
    sentence: str


def obstacles(store: Store) -> tuple[Obstacle, ...]:
    """Every reason; none while sending is free. A store that was opened without its keys may be asked, too."""
    return tuple(_found(store))


def _found(store: Store) -> Iterator[Obstacle]:
    with store.database.read() as session:
        held = holds.held_for(session)
    if store.keys_trouble is not None:
        yield Obstacle(code=holds.KEYS, sentence=f"Nothing is sent: {store.keys_trouble.message}")
    elif holds.KEYS in held:
        yield Obstacle(code=holds.KEYS, sentence=_KEYS)
    if holds.LOOK_UPS in held:
        yield Obstacle(code=holds.LOOK_UPS, sentence=f"{_LOOK_UPS} {_RESUME}")
    try:
        missing = restoring.forgotten(store)
    except DamagedJournalError as error:
        yield Obstacle(code=JOURNAL, sentence=error.message)
        return
    if missing:
        yield Obstacle(code=holds.RESTORED, sentence=_restored(missing))
    elif holds.RESTORED in held:
        yield Obstacle(code=holds.RESTORED, sentence=f"{_RESTORED} {_RESUME}")


def _restored(missing: Forgotten) -> str:
    if missing.headless:
        return _HEADLESS.format(logs=" and ".join(missing.headless))
    return f"{_RESTORED} {_what(missing)} {_RESUME}"


def _what(missing: Forgotten) -> str:
    parts = [
        *([f"{missing.stops:,} of the newest stops"] if missing.stops else []),
        *([f"{missing.erasures:,} of the newest erasures"] if missing.erasures else []),
        *(f"a part of the log {origin}" for origin in missing.logs),
    ]
    return f"It lacks {' and '.join(parts)}."


_KEYS: Final = "Nothing is sent: a key was missing or wrong, and what came in meanwhile has not been acted on. Start `yesword receive`, which does so."
_LOOK_UPS: Final = "Nothing is sent: the vault lacks look-ups, so that some people are not found by their number, and a stop of theirs would not be known. If there is a newer copy of the vault, put that back first."
_RESTORED: Final = "Nothing is sent: the store was put back from a backup, and is older than its journal."
_HEADLESS: Final = "Nothing is sent: the journal does not know {logs}. It was lost, or is the journal of another store, so nobody can say which stops this store lacks. Put the journal back from its copy. Only if there is none, and this is the newest store there is: `yesword ledger accept`, then `yesword store resume`."
_RESUME: Final = "`yesword store resume` says what would be done, and does it with --yes."
