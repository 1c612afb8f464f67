"""A mark over each contact's row, made with the contact's own key: whoever changes the row without it is found out.

Whether a text goes depends on columns that no event tells of, such as a restriction, a place or an age. Every writer of the
row calls `renew` in its transaction. An erasure leaves nothing to be marked, and no key to mark it with.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from yesword.domain import codec
from yesword.domain.ids import ContactId, bucket_of
from yesword.store.database import Row, Session
from yesword.store.sealing import Seal, UnreadableError, place

if TYPE_CHECKING:
    from yesword.store.opening import Store

# In the order in which the queries read them. When somebody was erased is in the events, so it is not here.
COLUMNS: Final = (
    *("id", "brand_id", "subject", "sealed_number", "sealed_mail", "country", "number_kind", "may_text"),
    *("places", "name", "language", "attributes", "adult_since", "merged_into", "age_said"),
    *("age_said_at", "restricted_since", "hidden_since", "recipient", "source", "created_at"),
)
# What an erasure leaves of the rest; who has to be kept keeps a sealed number.
_WIPED: Final[Mapping[str, object]] = {
    **dict.fromkeys(("sealed_mail", "adult_since", "merged_into", "age_said", "age_said_at", "hidden_since")),
    **dict.fromkeys(("country", "number_kind", "name", "language", "source"), ""),
    "may_text": 0,
    "places": codec.dumps(()),
    "attributes": "{}",
}


def mark(seal: Seal, values: Iterable[object]) -> bytes:
    """Over the values of `COLUMNS`, as they are written."""
    return seal.close(b"", _said(values))


def mark_new(seal: Seal, row: Mapping[str, object]) -> bytes:
    """Over a row that is about to be made: what it does not name begins as nothing."""
    return mark(seal, map(row.get, COLUMNS))


def fits(seal: Seal, row: Sequence[object], found: object) -> bool:
    """Whether a row, its columns in the order of `COLUMNS`, is as the program left it."""
    try:
        return isinstance(found, bytes | memoryview) and not seal.open(bytes(found), _said(row))
    except UnreadableError:
        return False


def is_wiped(row: Sequence[object]) -> bool:
    """Whether nothing is left in it that an erasure takes away."""
    values = dict(zip(COLUMNS, row, strict=True))
    return all(_plain(values[name]) == _plain(expected) for name, expected in _WIPED.items())


def renew(store: "Store", session: Session, ids: Iterable[ContactId]) -> None:
    """After these rows were changed, in the same transaction."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    seals = store.vault.seals(wanted)
    session.many(
        "set_contact_mark",
        [
            {"bucket": bucket_of(row[0]), "id": row[0], "mac": mark(seals[row[0]], row[:-1])}
            for row in read(session, wanted)
            if row[0] in seals
        ],
    )


def read(session: Session, ids: Sequence[ContactId]) -> list[Row]:
    """(the columns …, the mark) of these contacts."""
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    return session.rows("marked_contacts", ids=session.ids(ids), buckets=buckets)


def _said(values: Iterable[object]) -> bytes:
    """No text in a row has a zero in it, so nothing can be moved over a border."""
    values = iter(values)
    owner = next(values)
    return place("row", int(str(owner))) + b"\0" + "\0".join(map(_plain, values)).encode()


def _plain(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return value.hex()
    return str(value)
