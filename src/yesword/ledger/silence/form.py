"""The file itself: its parts, writing it and reading it. What it shows is looked at in `checking`; reading trusts nothing.

All hand-overs of the span are in it, and around them those that they hang on, so that one that is left out is missed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis
from yesword.ledger.checkpoint import MAX_NOTE_CHARS
from yesword.ledger.entry import (
    MAX_DISCLOSURE_CHARS,
    MAX_ENTRY_BYTES,
    SECTIONS,
    JsonObject,
    JsonValue,
    NotCanonicalError,
    b64url,
    from_b64url,
    read_json,
)
from yesword.ledger.handed import Excerpt
from yesword.ledger.handed.moments import read_moment
from yesword.ledger.handed.texts import MAX_TEXT_CHARS
from yesword.ledger.jws import is_count
from yesword.ledger.leaf import HASH_BYTES

VERSION: Final = 1
MAX_SILENCE_BYTES: Final = 1 << 26  # a hand-over takes some 3 kB: room for twenty thousand

_MAX_NAME_CHARS: Final = 512
_MAX_PATH: Final = 63  # the depth of the largest tree
_NAME: Final = "yesword_silence"
_MEMBERS: Final = frozenset(
    (_NAME, "origin", "subject", "since", "until", "checkpoint", "person", "hand_overs")
)
_PLACE: Final = frozenset(("index", "path", "entry", "disclosures"))
_SHOWN: Final = _PLACE | {"excerpt", "texts"}
_EXCERPT: Final = frozenset(("first", "leaves", "paths"))


class UnreadableSilenceError(YeswordError):
    """The file does not show what was sent to somebody: {reason}. Expected a JSON file of at most 64 MiB as `yesword silence` writes it, and nothing else."""

    code = "silence_unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """An entry with its place in the log, opened as far as there are disclosures."""

    index: int  # from zero
    path: tuple[bytes, ...]  # from the leaf's sibling upwards
    entry: bytes
    disclosures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownHandOver:
    statement: Placed
    excerpt: (
        Excerpt | None
    )  # where the person would stand; None of one outside the span, which others hang on
    texts: tuple[str, ...] = ()  # the person's own in it, opened as far as they are still known


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    origin: str  # the name of the log
    subject: str  # the random id of the person, in hexadecimal
    since: datetime  # to the millisecond, like `until`; both belong to the span
    until: datetime
    checkpoint: str  # the signed note
    person: Placed | None  # a record that shows whose id that is
    hand_overs: tuple[ShownHandOver, ...]


def is_silence(data: bytes) -> bool:
    """Whether it says of itself that it is such a file: for whoever reads several kinds."""
    return data[:200].lstrip().removeprefix(b"{").lstrip().startswith(f'"{_NAME}"'.encode())


def write_silence(silence: Silence) -> bytes:
    """UTF-8 JSON, a hand-over a line; `read_silence` gives the same again."""
    head = {
        _NAME: VERSION,
        "origin": silence.origin,
        "subject": silence.subject,
        "since": iso_millis(silence.since),
        "until": iso_millis(silence.until),
        "checkpoint": silence.checkpoint,
        "person": None if silence.person is None else _placed(silence.person),
    }
    lines = [f"{_json(name)}: {_json(value)}" for name, value in head.items()]
    shown = ",\n".join(_json(_shown(each)) for each in silence.hand_overs)
    return ("{\n" + ",\n".join([*lines, f'"hand_overs": [\n{shown}\n]']) + "\n}\n").encode()


def read_silence(data: bytes) -> Silence:
    """What is read is in the right form, and no more than that. Raises UnreadableSilenceError."""
    if len(data) > MAX_SILENCE_BYTES:
        raise UnreadableSilenceError(reason=f"it is larger than {MAX_SILENCE_BYTES} bytes")
    try:
        members = read_json(data.decode())
    except NotCanonicalError as error:
        raise UnreadableSilenceError(reason=str(error.fields["reason"])) from error
    except ValueError as error:
        raise UnreadableSilenceError(reason="it is not JSON in UTF-8") from error
    if not isinstance(members, Mapping) or _NAME not in members:
        raise UnreadableSilenceError(reason=f"it has no {_NAME}")
    if not is_count(members[_NAME]) or members[_NAME] != VERSION:
        raise UnreadableSilenceError(reason=f"this program reads version {VERSION}")
    found = _object(members, _MEMBERS)
    person = found["person"]
    return Silence(
        origin=_text(found["origin"], "origin", _MAX_NAME_CHARS),
        subject=_subject(found["subject"]),
        since=_moment(found["since"], "since"),
        until=_moment(found["until"], "until"),
        checkpoint=_text(found["checkpoint"], "checkpoint", MAX_NOTE_CHARS),
        person=None if person is None else _read_placed(_object(person, _PLACE)),
        hand_overs=tuple(_read_shown(each) for each in _list(found["hand_overs"], "hand_overs")),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _placed(placed: Placed) -> dict[str, object]:
    return {
        "index": placed.index,
        "path": [b64url(item) for item in placed.path],
        "entry": b64url(placed.entry),
        "disclosures": list(placed.disclosures),
    }


def _shown(shown: ShownHandOver) -> dict[str, object]:
    excerpt = shown.excerpt
    return _placed(shown.statement) | {
        "excerpt": None
        if excerpt is None
        else {
            "first": excerpt.first,
            "leaves": [b64url(leaf) for leaf in excerpt.leaves],
            "paths": [[b64url(item) for item in path] for path in excerpt.paths],
        },
        "texts": list(shown.texts),
    }


def _read_shown(value: JsonValue) -> ShownHandOver:
    members = _object(value, _SHOWN)
    excerpt = members["excerpt"]
    return ShownHandOver(
        statement=_read_placed(members),
        excerpt=None if excerpt is None else _read_excerpt(_object(excerpt, _EXCERPT)),
        texts=tuple(_text(each, "texts", MAX_TEXT_CHARS) for each in _list(members["texts"], "texts")),
    )


def _read_placed(members: JsonObject) -> Placed:
    disclosures = _list(members["disclosures"], "disclosures")
    if len(disclosures) > len(SECTIONS):
        raise UnreadableSilenceError(reason=f"a record discloses more than {len(SECTIONS)} parts")
    entry = _bytes(members["entry"], "entry")
    if len(entry) > MAX_ENTRY_BYTES:
        raise UnreadableSilenceError(reason=f"an entry is longer than {MAX_ENTRY_BYTES} bytes")
    return Placed(
        index=_count(members["index"], "index"),
        path=_path(members["path"], "path"),
        entry=entry,
        disclosures=tuple(_text(each, "disclosures", MAX_DISCLOSURE_CHARS) for each in disclosures),
    )


def _read_excerpt(members: JsonObject) -> Excerpt:
    return Excerpt(
        first=_count(members["first"], "first"),
        leaves=tuple(_bytes(leaf, "leaves") for leaf in _list(members["leaves"], "leaves")),
        paths=tuple(_path(path, "paths") for path in _list(members["paths"], "paths")),
    )


def _object(value: JsonValue, members: frozenset[str]) -> JsonObject:
    if not isinstance(value, Mapping):
        raise UnreadableSilenceError(reason="a part of it is no object")
    if value.keys() != members:
        named = ", ".join(sorted(value.keys() ^ members))[:200]
        raise UnreadableSilenceError(reason=f"these are missing or unknown: {named}")
    return value


def _list(value: JsonValue, name: str) -> Sequence[JsonValue]:
    if not isinstance(value, list):
        raise UnreadableSilenceError(reason=f"its {name} is no list")
    return value


def _text(value: JsonValue, name: str, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise UnreadableSilenceError(reason=f"its {name} is not text of 1 to {longest} characters")
    return value


def _count(value: JsonValue, name: str) -> int:
    if not is_count(value):
        raise UnreadableSilenceError(reason=f"its {name} is no whole number from zero up")
    return value


def _bytes(value: JsonValue, name: str) -> bytes:
    try:
        return from_b64url(value if isinstance(value, str) else "=")
    except ValueError as error:
        raise UnreadableSilenceError(reason=f"its {name} is not base64url") from error


def _path(value: JsonValue, name: str) -> tuple[bytes, ...]:
    path = tuple(_bytes(item, name) for item in _list(value, name))
    if len(path) > _MAX_PATH or any(len(item) != HASH_BYTES for item in path):
        raise UnreadableSilenceError(reason=f"its {name} is not of at most {_MAX_PATH} hashes of 32 bytes")
    return path


def _moment(value: JsonValue, name: str) -> datetime:
    try:
        return read_moment(value if isinstance(value, str) else "")
    except ValueError as error:
        raise UnreadableSilenceError(reason=f"its {name} is no time like 2026-03-02T12:00:00.000Z") from error


def _subject(value: JsonValue) -> str:
    text = _text(value, "subject", 2 * HASH_BYTES)
    try:
        is_hex = bytes.fromhex(text).hex() == text
    except ValueError:
        is_hex = False
    if not is_hex:
        raise UnreadableSilenceError(reason="its subject is not in lower-case hexadecimal")
    return text
