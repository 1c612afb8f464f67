"""Entries of a contest: each opens with its person's key, gives its digest, and is in the published list if it takes part."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from yesword.domain.collecting import drawing
from yesword.domain.collecting.contests import Answering, ContestDefinition, is_right
from yesword.domain.errors import YeswordError
from yesword.domain.ids import ContactId, to_text
from yesword.store import contests
from yesword.store.contests import AGE, BY_ENTRY, BY_REPLY, IN
from yesword.store.database import Row
from yesword.store.forms import as_text
from yesword.store.misfits import Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.sealing import Seal

_ENTRIES: Final = "contest_entry"
_PAGE: Final = 500


def misfits_of_entries(
    store: Store, contest: int, key: str, definition: ContestDefinition, leaves: frozenset[str] | None
) -> Iterator[Misfit]:
    """`leaves`: the published list; None while it is not fixed."""
    after = -1
    while True:
        with store.database.read() as session:
            rows = session.rows("audited_contest_entries", contest_id=contest, after=after, count=_PAGE)
        if not rows:
            return
        seals = _seals(store, [row[2] for row in rows])
        for row in rows:
            for reason in _reasons(row, key, definition, leaves, seals):
                yield misfit(Fault.CONTEST_ENTRY_DIFFERS, _ENTRIES, contest=key, entry=row[0], reason=reason)
        after = rows[-1][0]


def _reasons(
    row: Row,
    key: str,
    definition: ContestDefinition,
    leaves: frozenset[str] | None,
    seals: Mapping[ContactId, Seal],
) -> Iterator[str]:
    _, _, contact, _, state, choice, right, _, digest, said_yes, _, _, person, erasure = row
    if person is None:
        yield f"it is that of {_name(contact)}, who is not in the store."
    if state not in (IN, AGE) or (state == AGE and leaves is not None):
        yield f"it stands as {as_text(state)}, which none can."
    if right not in (0, 1):
        yield f"its row says {right} for whether it takes part."
    if said_yes not in ("", BY_ENTRY, BY_REPLY):
        yield f"it says yes as {as_text(said_yes)}, which none can."
    if leaves is not None and (state == IN and right == 1) != (digest in leaves):
        yield "the published list has it." if digest in leaves else "the published list does not have it."
    seal = seals.get(ContactId(contact))
    # What is being erased may have lost its key already.
    if seal is None or erasure is not None:
        return
    try:
        entry = contests.entry_of(row)
        opened = contests.opened(seal, entry)
        wanted = drawing.leaf(bytes.fromhex(opened.salt), key, opened.answer, entry.entered_at)
    except (YeswordError, ValueError, KeyError, TypeError, OverflowError):
        yield "what was entered does not open: it is not the one that was kept."
        return
    if wanted != digest:
        yield f"its digest is {as_text(digest)}, and what was entered gives {wanted}."
    if choice != (opened.answer if definition.answering is Answering.OPTIONS else ""):
        yield "it is counted for another answer than was entered."
    # Once there is a list, that says who takes part: another release may read words otherwise.
    if leaves is None and bool(right) != is_right(opened.answer, definition):
        yield "its row says otherwise than its answer whether it takes part."


def _seals(store: Store, contacts: Iterable[int]) -> Mapping[ContactId, Seal]:
    """The keys of these people. Those that do not open are told with their records."""
    if store.keys_trouble is not None:
        return {}
    wanted = {ContactId(each) for each in contacts}
    try:
        return store.vault.seals(wanted)
    except (YeswordError, LookupError):
        found: dict[ContactId, Seal] = {}
        for each in wanted:
            with contextlib.suppress(YeswordError, LookupError):
                found.update(store.vault.seals([each]))
        return found


def _name(contact: int) -> str:
    return to_text("con", contact) if isinstance(contact, int) and contact >= 0 else str(contact)
