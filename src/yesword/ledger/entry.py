"""What one consent event becomes in the ledger: salted disclosures, and an entry that holds only their digests.

The form is that of RFC 9901 (SD-JWT) object disclosures over RFC 8785 (JCS) JSON, so that tools made for those read it.
Sealing and storing disclosures is the store's task; the tree is in `merkle`.
"""

import json
import os
import re
from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from io import BytesIO
from json.encoder import encode_basestring
from typing import Final, TypeAlias, cast

from yesword.domain.errors import YeswordError
from yesword.ledger.leaf import leaf_hash

JsonValue: TypeAlias = "str | int | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = Mapping[str, JsonValue]
SectionValue: TypeAlias = JsonObject | Sequence[JsonValue]


class Written(str):
    """Canonical text, made once by `written`: a section that many entries hold, or a part that is hashed by itself, too."""

    __slots__ = ()


SECTIONS: Final = ("event", "subject", "context", "notice", "evidence", "terms")
SALT_BYTES: Final = 32
MAX_ENTRY_BYTES: Final = 65_535  # tlog-tiles prefixes an entry with a 16-bit length
MAX_DISCLOSURE_CHARS: Final = 1 << 20  # 1 MiB: evidence is held by digest, so a section is small

# RFC 8785 section 3.2.2.3: beyond this, a reader that keeps numbers as doubles sees another number.
_MAX_INT: Final = 2**53 - 1

_KNOWN: Final = frozenset(SECTIONS)
_PLAIN: Final = frozenset((dict, list))
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_ENTRY: Final = re.compile(
    rb'\{"_sd":\[("[A-Za-z0-9_-]{43}"(?:,"[A-Za-z0-9_-]{43}"){5})\],"_sd_alg":"sha-256","v":1\}'
)


class NotCanonicalError(YeswordError):
    """The value cannot be written as a record: {reason}. Records hold text, whole numbers up to 2^53 - 1, true, false, null, lists and objects with text as keys; write an amount with a fraction as text."""

    code = "ledger_not_canonical"


class NotAnEntryError(YeswordError):
    """The entry cannot be made: {reason}. An entry is made of an event and up to five more sections, each salted with 32 random bytes."""

    code = "ledger_not_an_entry"


class MalformedEntryError(YeswordError):
    """These bytes are no ledger entry. An entry holds six different sorted digests, the algorithm sha-256 and version 1, and nothing else."""

    code = "ledger_entry_malformed"


class MalformedDisclosureError(YeswordError):
    """A disclosure cannot be read: {reason}. It should be base64url of a list of three: a salt of 32 bytes, a section's name, and its value."""

    code = "ledger_disclosure_malformed"


class ForeignDisclosureError(YeswordError):
    """The disclosure of the section "{section}" does not belong to this entry: its digest is not among the entry's. It was changed, or belongs to another record."""

    code = "ledger_disclosure_foreign"


class DuplicateDisclosureError(YeswordError):
    """The section "{section}" is disclosed twice. A record has each section once."""

    code = "ledger_disclosure_duplicate"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    entry: bytes  # what the log commits to; holds no fact about anyone
    leaf_hash: bytes
    disclosures: tuple[str, ...]  # in the order of SECTIONS; without these the entry says nothing


def canonical(value: JsonValue) -> bytes:
    """The one UTF-8 form of a value (RFC 8785), refusing what two readers might understand differently."""
    try:
        return _written(value).encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError(reason="a text holds half of a surrogate pair") from error
    except RecursionError as error:
        raise NotCanonicalError(reason="it is nested too deeply") from error


def written(section: SectionValue) -> Written:
    """The canonical text of a section or of a part of one, to be given to `make_entry`. Raises NotCanonicalError."""
    return Written(canonical(section).decode())


def read_json(text: str) -> JsonValue:
    """A value from JSON text, under the same rules as `canonical`; a key that occurs twice is refused.

    Raises NotCanonicalError, or ValueError when the text is no JSON at all.
    """
    try:
        value = cast(
            "JsonValue",
            json.loads(
                text,
                object_pairs_hook=_unique,
                parse_float=_refuse_number,
                parse_constant=_refuse_number,
            ),
        )
    except RecursionError as error:
        raise NotCanonicalError(reason="it is nested too deeply") from error
    canonical(value)  # finds what JSON text can smuggle in by escapes: lone surrogates, huge numbers
    return value


def b64url(data: bytes) -> str:
    """RFC 4648 section 5, without padding."""
    return _b64url(data).decode()


def from_b64url(text: str) -> bytes:
    """Strictly the inverse of `b64url`: one text for one value. Raises ValueError."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except BadBase64 as error:
        raise ValueError("not base64url") from error
    if b64url(data) != text:  # the decoder skips foreign characters and stray bits
        raise ValueError("not base64url")
    return data


def make_entry(
    sections: Mapping[str, SectionValue | Written],
    *,
    salts: Callable[[], bytes] | None = None,
) -> Entry:
    """Salt and hash the sections of one event. Sections left out are made up for by decoys, so that
    an entry never tells how much it holds. `salts` gives 32 fresh random bytes at each call; the system's, if left out.

    Raises NotAnEntryError, NotCanonicalError.
    """
    if "event" not in sections or not sections.keys() <= _KNOWN:
        raise NotAnEntryError(reason=f"its sections are {', '.join(map(str, sections)) or 'none'}")
    disclosures = []
    digests = []
    draw = salts or _fresh_salts()
    try:
        for name in SECTIONS:
            salt = _b64url_salt(draw)
            if name in sections:
                text = _section_written(name, sections[name])
                disclosure = _b64url(f'["{salt.decode()}","{name}",{text}]'.encode())
                disclosures.append(disclosure.decode())
                digests.append(_digest(disclosure))
            else:
                digests.append(_digest(salt))
    except UnicodeEncodeError as error:
        raise NotCanonicalError(reason="a text holds half of a surrogate pair") from error
    except RecursionError as error:
        raise NotCanonicalError(reason="it is nested too deeply") from error
    digests.sort()
    entry = b'{"_sd":["' + b'","'.join(digests) + b'"],"_sd_alg":"sha-256","v":1}'
    return Entry(entry=entry, leaf_hash=leaf_hash(entry), disclosures=tuple(disclosures))


def entry_digests(entry: bytes) -> frozenset[str]:
    """The six digests of an entry. Raises MalformedEntryError."""
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise MalformedEntryError
    digests = found[1].decode()[1:-1].split('","')
    if sorted(set(digests)) != digests:
        raise MalformedEntryError
    return frozenset(digests)


def open_disclosure(text: str) -> tuple[str, SectionValue]:
    """A section's name and value, as the disclosure states them; `matches` says whether they are the entry's.

    Raises MalformedDisclosureError.
    """
    if len(text) > MAX_DISCLOSURE_CHARS:
        raise MalformedDisclosureError(reason=f"it is longer than {MAX_DISCLOSURE_CHARS} characters")
    try:
        parts = read_json(from_b64url(text).decode())
    except NotCanonicalError as error:
        raise MalformedDisclosureError(reason=str(error.fields["reason"])) from error
    except ValueError as error:  # base64, UTF-8 and JSON all raise kinds of it
        raise MalformedDisclosureError(reason="it is not base64url of JSON") from error
    match parts:
        case [str(salt), str(name), dict() | list() as value] if name in _KNOWN and _is_salt(salt):
            return name, value
    raise MalformedDisclosureError(reason="it is not a salt, a known section and its value")


def matches(entry: bytes, disclosures: Iterable[str]) -> dict[str, SectionValue]:
    """The sections that these disclosures open, each proven to be the one that the entry commits to.

    Other SD-JWT readers drop a disclosure that belongs nowhere; here it is an error, since
    whoever adds one wants it to be believed. Raises MalformedEntryError,
    MalformedDisclosureError, ForeignDisclosureError, DuplicateDisclosureError.
    """
    digests = entry_digests(entry)
    sections: dict[str, SectionValue] = {}
    for text in disclosures:
        name, value = open_disclosure(text)
        if _digest(text.encode()).decode() not in digests:
            raise ForeignDisclosureError(section=name)
        if name in sections:
            raise DuplicateDisclosureError(section=name)
        sections[name] = value
    return sections


def _b64url(data: bytes) -> bytes:
    # What base64.urlsafe_b64encode does, without its two layers: this runs eighteen times an entry.
    return b2a_base64(data, newline=False).translate(_URL_SAFE, b"=")


def _digest(disclosure: bytes) -> bytes:
    return _b64url(sha256(disclosure).digest())


def _fresh_salts() -> Callable[[], bytes]:
    """All that one entry needs, by one call of the system."""
    return partial(BytesIO(os.urandom(SALT_BYTES * len(SECTIONS))).read, SALT_BYTES)


def _section_written(name: str, value: SectionValue | Written) -> str:
    if type(value) is Written:
        return value
    if type(value) not in _PLAIN and (isinstance(value, str) or not isinstance(value, Mapping | Sequence)):
        raise NotAnEntryError(reason=f"its section {name} is neither an object nor a list")
    return _written(value)


def _b64url_salt(salts: Callable[[], bytes]) -> bytes:
    salt = salts()
    if len(salt) != SALT_BYTES:
        raise NotAnEntryError(reason=f"a salt has {len(salt)} bytes")
    return _b64url(salt)


def _is_salt(text: str) -> bool:
    try:
        return len(from_b64url(text)) == SALT_BYTES
    except ValueError:
        return False


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonicalError(reason="an object has the same key twice")
    return members


def _refuse_number(text: str) -> None:
    raise NotCanonicalError(reason=f"{text[:40]} is not a whole number")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _written(value: JsonValue) -> str:
    # Written by hand because json.dumps turns keys that are no text into text and lets floats
    # through: checking first and dumping then costs more than twice as much, at millions of rows.
    kind = type(value)
    if kind is str:
        return encode_basestring(value)  # type: ignore[arg-type]
    if kind is dict:
        return _object_written(value)  # type: ignore[arg-type]
    if kind is list or kind is tuple:
        return "[" + ",".join([_written(item) for item in value]) + "]"  # type: ignore[union-attr]
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    return _unusual_written(value)


def _object_written(members: Mapping[str, JsonValue]) -> str:
    parts = [
        f"{label}{encode_basestring(value) if type(value := members[key]) is str else _written(value)}"
        for key, label in _layout(tuple(members))
    ]
    return "{" + ",".join(parts) + "}"


@lru_cache(maxsize=256)
def _layout(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Keys in their order, each with what stands before its value: most objects have the keys of the one before."""
    try:
        is_ascii = "".join(keys).isascii()
    except TypeError as error:
        raise NotCanonicalError(reason="a key is not text") from error
    return [(key, f"{encode_basestring(key)}:") for key in sorted(keys, key=None if is_ascii else _utf16)]


def _unusual_written(value: JsonValue) -> str:
    if isinstance(value, int):
        if not -_MAX_INT <= value <= _MAX_INT:
            raise NotCanonicalError(reason="a number is beyond 2^53 - 1")
        return str(int(value))
    if type(value) is Written:
        return value
    if isinstance(value, str):  # members of a StrEnum
        return encode_basestring(value)
    if isinstance(value, Mapping):
        return _object_written(value)
    raise NotCanonicalError(reason=f"it holds a {type(value).__name__}")
