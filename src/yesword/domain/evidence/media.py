"""What a file of evidence really is, told from its bytes, and whether it may be evidence of its kind.

A first look at a door, no proof of harmlessness: whoever hands such a file out does so as a download, never as a page
of ours. Keeping, sealing and showing files is elsewhere.
"""

import enum
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.evidence.kinds import EvidenceKind


class MediaType(enum.StrEnum):
    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    HEIC = "image/heic"
    TIFF = "image/tiff"
    WAV = "audio/wav"
    MP3 = "audio/mpeg"
    MP4 = "audio/mp4"  # also a film: the same box of sound and pictures
    OGG = "audio/ogg"
    EML = "message/rfc822"
    TEXT = "text/plain"
    JSON = "application/json"
    HTML = "text/html"


class MediaError(YeswordError):
    """Such a file cannot be evidence."""


class EmptyMediaError(MediaError):
    """The file is empty. Send it again."""

    code = "evidence_empty"


class MediaTooLargeError(MediaError):
    """The file has {size} bytes; evidence of the kind {kind} may have {most}. Make it smaller: scan in grey, cut the recording."""

    code = "evidence_too_large"


class UnknownMediaError(MediaError):
    """What kind of file this is cannot be told from its content. Evidence of the kind {kind} may be: {allowed}."""

    code = "evidence_unknown_type"


class MediaNotAllowedError(MediaError):
    """The file is {found}, and evidence of the kind {kind} may be: {allowed}. Save it as one of these."""

    code = "evidence_type_not_allowed"


class MediaMismatchError(MediaError):
    """The file is said to be {declared}, and by its content it is {found}. Send it under its own type."""

    code = "evidence_type_mismatch"


class AmbiguousMediaError(MediaError):
    """The file is {found} that can be read as {other} too. Save it anew with a plain program, and send that."""

    code = "evidence_ambiguous"


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A file that was looked at and accepted."""

    media_type: MediaType
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    types: frozenset[MediaType]
    most_bytes: int


_PICTURES: Final = (MediaType.PNG, MediaType.JPEG, MediaType.WEBP, MediaType.HEIC, MediaType.TIFF)
_SOUNDS: Final = (MediaType.WAV, MediaType.MP3, MediaType.MP4, MediaType.OGG)
_KIB: Final = 1024
_MIB: Final = 1024 * _KIB


def _of(most_bytes: int, *types: MediaType) -> Allowed:
    return Allowed(types=frozenset(types), most_bytes=most_bytes)


ALLOWED: Final[Mapping[EvidenceKind, Allowed]] = MappingProxyType(
    {
        EvidenceKind.DISCLOSURE: _of(64 * _KIB, MediaType.TEXT),
        EvidenceKind.INBOUND_TEXT: _of(64 * _KIB, MediaType.TEXT, MediaType.JSON),
        EvidenceKind.FORM_VERSION: _of(2 * _MIB, MediaType.HTML, MediaType.JSON),
        EvidenceKind.PAGE_RENDER: _of(8 * _MIB, MediaType.PNG, MediaType.PDF, MediaType.HTML),
        EvidenceKind.PRESENTATION_PROBE: _of(16 * _KIB, MediaType.JSON),
        EvidenceKind.SCAN: _of(20 * _MIB, MediaType.PDF, *_PICTURES),
        EvidenceKind.RECORDING: _of(50 * _MIB, *_SOUNDS),
        EvidenceKind.ATTESTATION: _of(
            5 * _MIB, MediaType.PDF, MediaType.TEXT, MediaType.JSON, MediaType.EML, *_PICTURES
        ),
        EvidenceKind.IMPORT_ROW: _of(256 * _KIB, MediaType.JSON),
        EvidenceKind.EMAIL: _of(10 * _MIB, MediaType.EML),
        EvidenceKind.REPLAY: _of(4 * _MIB, MediaType.JSON),
    }
)

# What browsers and telephones also call them.
_ALSO_CALLED: Final[Mapping[str, MediaType]] = MappingProxyType(
    {
        "image/jpg": MediaType.JPEG,
        "image/heif": MediaType.HEIC,
        "audio/x-wav": MediaType.WAV,
        "audio/wave": MediaType.WAV,
        "audio/vnd.wave": MediaType.WAV,
        "audio/mp3": MediaType.MP3,
        "audio/x-m4a": MediaType.MP4,
        "audio/m4a": MediaType.MP4,
        "video/mp4": MediaType.MP4,
        "application/ogg": MediaType.OGG,
        "application/x-pdf": MediaType.PDF,
    }
)
_UNSTATED: Final = frozenset({"", "application/octet-stream"})
# A text may happen to be JSON, or begin as a letter does.
_ALSO_TEXT: Final = frozenset({MediaType.JSON, MediaType.EML})


def accept(data: bytes, declared: str, kind: EvidenceKind) -> Media:
    """Look at a file that is said to be of the type `declared`; an empty or unknowing declaration counts as none.

    Raises a `MediaError` that says what is wrong.
    """
    allowed = ALLOWED[kind]
    if not data:
        raise EmptyMediaError
    if len(data) > allowed.most_bytes:
        raise MediaTooLargeError(size=len(data), kind=kind.value, most=allowed.most_bytes)
    found = sniff(data)
    names = ", ".join(sorted(allowed.types))
    if found is None:
        raise UnknownMediaError(kind=kind.value, allowed=names)
    stated = declared.partition(";")[0].strip().lower()
    wanted = None if stated in _UNSTATED else _ALSO_CALLED.get(stated, stated)
    if found in _ALSO_TEXT and (wanted == MediaType.TEXT or (not wanted and found not in allowed.types)):
        found = MediaType.TEXT
    if wanted is not None and wanted != found:
        raise MediaMismatchError(declared=_printable(stated), found=found.value)
    if found not in allowed.types:
        raise MediaNotAllowedError(found=found.value, kind=kind.value, allowed=names)
    other = _other_reading(data, found)
    if other is not None:
        raise AmbiguousMediaError(found=found.value, other=other)
    return Media(media_type=found, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _printable(stated: str) -> str:
    return re.sub(r"[^\w./+-]", "?", stated)[:80]


# --- by the first bytes --------------------------------------------------------------------------------------


def sniff(data: bytes) -> MediaType | None:
    """None for what is not known here; a picture that holds scripts (SVG) is never known."""
    return next((found for is_it, found in _MARKS if is_it(data)), None) or _as_text(data)


# By ISO/IEC 14496-12: a box "ftyp" that names what the file is.
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_MP4_BRANDS: Final = frozenset(
    {b"M4A ", b"M4B ", b"M4V ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"avc1"}
    | {b"3gp4", b"3gp5", b"3gp6", b"dash"}
)


def _is_riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda data: data[:4] == b"RIFF" and data[8:12] == form


def _has_brand(brands: frozenset[bytes]) -> Callable[[bytes], bool]:
    return lambda data: data[4:8] == b"ftyp" and data[8:12] in brands


def _is_mp3(data: bytes) -> bool:
    """A tag, or a frame of MPEG audio layer III whose version, rate and frequency exist."""
    if data[:3] == b"ID3" and len(data) > 10:
        return data[3] in (2, 3, 4)
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    version, layer = data[1] >> 3 & 3, data[1] >> 1 & 3
    rate, frequency = data[2] >> 4, data[2] >> 2 & 3
    return version != 1 and layer == 1 and rate not in (0, 15) and frequency != 3


_MARKS: Final[tuple[tuple[Callable[[bytes], bool], MediaType], ...]] = (
    (lambda data: data.startswith(b"%PDF-"), MediaType.PDF),
    (lambda data: data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR", MediaType.PNG),
    (lambda data: data.startswith(b"\xff\xd8\xff"), MediaType.JPEG),
    (_is_riff(b"WEBP"), MediaType.WEBP),
    (_is_riff(b"WAVE"), MediaType.WAV),
    (_has_brand(_HEIC_BRANDS), MediaType.HEIC),
    (_has_brand(_MP4_BRANDS), MediaType.MP4),
    (lambda data: data[:4] in (b"II*\x00", b"MM\x00*"), MediaType.TIFF),
    (lambda data: data.startswith(b"OggS\x00"), MediaType.OGG),
    (_is_mp3, MediaType.MP3),
)


# --- texts ---------------------------------------------------------------------------------------------------

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HEADER: Final = re.compile(rb"([!-9;-~]{1,70}):[ \t\r\n]")
_OF_A_LETTER: Final = frozenset({b"date", b"message-id", b"received", b"to", b"subject"})
# Possessive: comments without end must not make it search without end.
_HTML: Final = re.compile(
    r"\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype html|html|head|body|form|main|section|div)\b",
    re.IGNORECASE | re.DOTALL,
)


def _as_text(data: bytes) -> MediaType | None:
    if _is_letter(data):
        return MediaType.EML
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(text):
        return None
    if _HTML.match(text):
        return MediaType.HTML
    if text.lstrip().startswith(("<?xml", "<svg", "<!DOCTYPE", "<!doctype", "<script")):
        return None
    return MediaType.JSON if _is_json(text) else MediaType.TEXT


def _is_letter(data: bytes) -> bool:
    """Header lines as RFC 5322 has them, with the sender and one more that only letters have."""
    head = re.split(rb"\r?\n\r?\n", data[: 64 * _KIB], maxsplit=1)[0]
    if b"\x00" in data[: 64 * _KIB] or not _HEADER.match(head):
        return False
    names = {match[1].lower() for line in head.splitlines() if (match := _HEADER.match(line + b"\n"))}
    return b"from" in names and bool(names & _OF_A_LETTER)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


# --- files that are two things at once -----------------------------------------------------------------------

_SEARCHED: Final = 1024  # readers of PDF look for its head within these, and browsers for markup
_MARKUP: Final = re.compile(rb"<\s*(?:!doctype|html|script|svg|iframe|body)\b", re.IGNORECASE)


def _spelt(name: bytes) -> bytes:
    """A pattern of all the ways to write a name of PDF: any character may stand as # and its code."""
    return b"".join(b"(?:%c|#(?i:%02x))" % (each, each) for each in name)


_PDF_NAMES: Final = (b"JavaScript", b"Launch", b"EmbeddedFile", b"RichMedia")
_PDF_ACTS: Final = re.compile(rb"/(?:%s)\b" % b"|".join(map(_spelt, _PDF_NAMES)))
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_TAIL: Final = 22  # bytes of its last record, before the comment
_TEXTS: Final = frozenset({MediaType.TEXT, MediaType.JSON, MediaType.HTML, MediaType.EML})


def _other_reading(data: bytes, found: MediaType) -> str | None:
    """As what else a reader might take the file; None where nothing was seen."""
    if found in _TEXTS:
        return None
    if found is MediaType.PDF and _PDF_ACTS.search(data):
        return "a program"
    if found is not MediaType.PDF and b"%PDF-" in data[:_SEARCHED]:
        return MediaType.PDF.value
    if _MARKUP.search(data[:_SEARCHED]):
        return MediaType.HTML.value
    if _ends_as_zip(data):
        return "application/zip"
    if found is MediaType.PNG and _png_end(data) != len(data):
        return "something else"
    return None


def _ends_as_zip(data: bytes) -> bool:
    """Whether a program that unpacks would take it: the end of the directory, with a comment up to the last byte."""
    start = data.rfind(_ZIP_END)
    if start < 0 or start + _ZIP_TAIL > len(data):
        return False
    comment = int.from_bytes(data[start + 20 : start + 22], "little")
    return start + _ZIP_TAIL + comment == len(data)


def _png_end(data: bytes) -> int:
    """Where the last chunk of a PNG ends; 0 where it is broken off."""
    place = 8
    while place + 12 <= len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND":
            return place
    return 0
