"""The statement that a hand-over was made: the `event` section of an entry in the brand's log, about nobody.

Statements hang together, so that one that is left out is missed. Each process that hands over numbers its own, and names
the one before by its leaf hash (`prev`); where the brand's newest was another process's, it names that too (`after`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis
from yesword.ledger.entry import Entry, JsonObject, JsonValue, SectionValue, make_entry
from yesword.ledger.handed.moments import read_moment
from yesword.ledger.jws import is_count
from yesword.ledger.leaf import HASH_BYTES

KIND: Final = "handed_over"
NONCE_BYTES: Final = 16

_MEMBERS: Final = frozenset(
    ("type", "id", "batch", "n", "prev", "after", "first_at", "last_at", "count", "nonce", "root")
)
_CHAIN: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_ID: Final = re.compile(r"sta_[0-9a-z]{1,13}")


class MalformedHandedOverError(YeswordError):
    """The record of a hand-over cannot be read: {reason}. It should name its process and number, the records before it, its times, and the count, nonce and root of its texts."""

    code = "ledger_handed_over_malformed"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver:
    id: str
    chain: str  # random, of the process that handed over
    n: int  # in that chain, from 1
    prev: bytes | None  # leaf hash of the one before in the chain
    after: bytes | None  # leaf hash of the brand's newest, where that is of another chain
    first_at: datetime  # of the first decision: nothing in it was written before
    last_at: datetime  # when it was recorded: nothing in it was written after
    count: int  # of texts
    nonce: bytes  # that tags are made with; of the statement, so that nobody can be looked up under another
    root: bytes

    def falls_into(self, since: datetime, until: datetime) -> bool:
        """Whether a text of it may have been written in this span."""
        return self.last_at >= since and self.first_at <= until


def handed_over(statement: HandedOver) -> Entry:
    section: JsonObject = {
        "type": KIND,
        "id": statement.id,
        "batch": statement.chain,
        "n": statement.n,
        "prev": None if statement.prev is None else statement.prev.hex(),
        "after": None if statement.after is None else statement.after.hex(),
        "first_at": iso_millis(statement.first_at),
        "last_at": iso_millis(statement.last_at),
        "count": statement.count,
        "nonce": statement.nonce.hex(),
        "root": statement.root.hex(),
    }
    return make_entry({"event": section})


def read_handed_over(section: SectionValue) -> HandedOver:
    """Raises MalformedHandedOverError."""
    if not isinstance(section, Mapping) or section.keys() != _MEMBERS or section["type"] != KIND:
        raise MalformedHandedOverError(reason="it is a record of something else, or has more or less in it")
    n, count = section["n"], section["count"]
    if not is_count(n) or not is_count(count) or n < 1 or count < 1:
        raise MalformedHandedOverError(reason="its number or its count is none")
    if (section["prev"] is None) != (n == 1):
        raise MalformedHandedOverError(reason="only the first of a process has none before it")
    found = HandedOver(
        id=_matching(section["id"], _ID, "id"),
        chain=_matching(section["batch"], _CHAIN, "batch"),
        n=n,
        prev=None if section["prev"] is None else _bytes(section["prev"], HASH_BYTES, "prev"),
        after=None if section["after"] is None else _bytes(section["after"], HASH_BYTES, "after"),
        first_at=_moment(section["first_at"]),
        last_at=_moment(section["last_at"]),
        count=count,
        nonce=_bytes(section["nonce"], NONCE_BYTES, "nonce"),
        root=_bytes(section["root"], HASH_BYTES, "root"),
    )
    if found.last_at < found.first_at:
        raise MalformedHandedOverError(reason="it ended before it began")
    return found


def _matching(value: JsonValue, form: re.Pattern[str], name: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise MalformedHandedOverError(reason=f"its {name} is not in the right form")
    return value


def _bytes(value: JsonValue, length: int, name: str) -> bytes:
    try:
        data = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != length or data.hex() != value:
        raise MalformedHandedOverError(reason=f"its {name} is not {length} bytes in lower-case hexadecimal")
    return data


def _moment(value: JsonValue) -> datetime:
    try:
        return read_moment(value if isinstance(value, str) else "")
    except ValueError as error:
        raise MalformedHandedOverError(reason="a time of it is not one") from error
