"""The manifest: what is in a pack, for what it was made, and how much of the person it shows. Signed beside it.

JSON in the one form of RFC 8785, so that the bytes that were signed can be made again from what they say.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.times import iso_millis
from yesword.ledger.checkpoint import Checkpoint, MalformedCheckpointError
from yesword.ledger.entry import (
    SECTIONS,
    JsonObject,
    JsonValue,
    NotCanonicalError,
    canonical,
    read_json,
)
from yesword.ledger.handed.moments import read_moment
from yesword.ledger.jws import is_count

NAME: Final = "manifest.json"
SIGNATURE: Final = "manifest.jws"
TYPE: Final = "yesword-pack+jws"
VERSION: Final = 1

_MAX_BYTES: Final = 1 << 23
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MEMBERS: Final = frozenset(
    (
        "yesword_pack",
        "id",
        "purpose",
        "created",
        "asked",
        "log",
        "subject",
        "brand",
        "program",
        "disclosed",
        "waiting",
        "left_out",
        "earlier",
        "files",
    )
)
_EARLIER: Final = frozenset(("file", "subject", "erased", "kept_until"))


class MalformedManifestError(YeswordError):
    """manifest.json cannot be read: {reason}. It should be the list of the pack's files, as it was signed."""

    code = "pack_manifest_malformed"


class Purpose(enum.StrEnum):
    """Who asks, and so how much they are shown."""

    CARRIER_AUDIT = "carrier_audit"
    DSAR = "dsar"  # the person themselves
    LITIGATION = "litigation"
    CAMPAIGN = "campaign"  # an example for whoever registers a campaign: never with a number


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A file of the pack."""

    sha256: str
    size: int

    @classmethod
    def of(cls, body: bytes) -> "Listed":
        return cls(sha256=sha256(body).hexdigest(), size=len(body))


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierPack:
    """A pack inside this one: of somebody who was erased, and who had the same number."""

    file: str
    subject: str
    erased: str  # when, as records write a time
    kept_until: str  # the day on which what is left of it goes, too


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    id: str
    purpose: Purpose
    created: str  # UTC, as records write a time
    asked: str  # the moment that was asked about
    checkpoint: Checkpoint  # the one under which all that is shown stands
    subject: str  # the person's random id
    brand: str  # its name
    program: str  # its key
    disclosed: tuple[str, ...]  # sections that presentations may show
    waiting: tuple[str, ...] = ()  # events that the log had not taken up
    left_out: Mapping[str, str] = field(default_factory=dict)  # files that others have, and why not this one
    earlier: tuple[EarlierPack, ...] = ()
    files: Mapping[str, Listed] = field(default_factory=dict)  # all but the manifest and its signature

    @classmethod
    def time(cls, at: datetime) -> str:
        return iso_millis(at)


def write_manifest(manifest: Manifest) -> bytes:
    """Raises NotCanonicalError."""
    return canonical(
        {
            "yesword_pack": VERSION,
            "id": manifest.id,
            "purpose": manifest.purpose.value,
            "created": manifest.created,
            "asked": manifest.asked,
            "log": {
                "origin": manifest.checkpoint.origin,
                "size": manifest.checkpoint.size,
                "root": manifest.checkpoint.root.hex(),
            },
            "subject": manifest.subject,
            "brand": manifest.brand,
            "program": manifest.program,
            "disclosed": list(manifest.disclosed),
            "waiting": list(manifest.waiting),
            "left_out": dict(manifest.left_out),
            "earlier": [
                {
                    "file": each.file,
                    "subject": each.subject,
                    "erased": each.erased,
                    "kept_until": each.kept_until,
                }
                for each in manifest.earlier
            ],
            "files": {
                name: {"sha256": listed.sha256, "size": listed.size}
                for name, listed in manifest.files.items()
            },
        }
    )


def read_manifest(data: bytes) -> Manifest:
    """What it says, with no signature checked. Raises MalformedManifestError."""
    if len(data) > _MAX_BYTES:
        raise MalformedManifestError(reason=f"it is larger than {_MAX_BYTES} bytes")
    try:
        members = read_json(data.decode())
        is_canonical = canonical(members) == data
    except NotCanonicalError as error:
        raise MalformedManifestError(reason=str(error.fields["reason"])) from error
    except ValueError as error:
        raise MalformedManifestError(reason="it is not JSON in UTF-8") from error
    if not isinstance(members, dict) or not is_canonical:
        raise MalformedManifestError(reason="it is not one JSON object in its canonical form")
    if members.keys() != _MEMBERS:
        named = ", ".join(sorted(members.keys() ^ _MEMBERS))[:200]
        raise MalformedManifestError(reason=f"these are missing or unknown: {named}")
    if not is_count(members["yesword_pack"]) or members["yesword_pack"] != VERSION:
        raise MalformedManifestError(reason=f"it is not of version {VERSION}")
    return Manifest(
        id=_text(members, "id"),
        purpose=_purpose(_text(members, "purpose")),
        created=_time(_text(members, "created")),
        asked=_time(_text(members, "asked")),
        checkpoint=_checkpoint(members["log"]),
        subject=_text(members, "subject"),
        brand=_text(members, "brand"),
        program=_text(members, "program"),
        disclosed=_sections(_texts(members, "disclosed")),
        waiting=_texts(members, "waiting"),
        left_out=_reasons(members["left_out"]),
        earlier=_earlier(members["earlier"]),
        files=_files(members["files"]),
    )


def _text(members: JsonObject, name: str) -> str:
    value = members[name]
    if not isinstance(value, str):
        raise MalformedManifestError(reason=f"its {name} is not text")
    return value


def _texts(members: JsonObject, name: str) -> tuple[str, ...]:
    value = members[name]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MalformedManifestError(reason=f"its {name} is no list of texts")
    return tuple(map(str, value))


def _purpose(text: str) -> Purpose:
    try:
        return Purpose(text)
    except ValueError as error:
        raise MalformedManifestError(reason="its purpose is not one that packs are made for") from error


def _time(text: str) -> str:
    try:
        read_moment(text)
    except ValueError as error:
        raise MalformedManifestError(
            reason="it does not say when it was made, or what time was asked about"
        ) from error
    return text


def _sections(names: tuple[str, ...]) -> tuple[str, ...]:
    if not set(names) <= set(SECTIONS) or len(set(names)) != len(names):
        raise MalformedManifestError(reason="it names a section that no record has")
    return names


def _reasons(value: JsonValue) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise MalformedManifestError(reason="it does not say plainly what was left out")
    return {name: str(why) for name, why in value.items()}


def _earlier(value: JsonValue) -> tuple[EarlierPack, ...]:
    if not isinstance(value, list):
        raise MalformedManifestError(reason="its earlier is no list")
    return tuple(_earlier_pack(each) for each in value)


def _earlier_pack(value: JsonValue) -> EarlierPack:
    if not isinstance(value, dict) or value.keys() != _EARLIER:
        raise MalformedManifestError(reason="it does not say plainly which earlier record is in it")
    return EarlierPack(
        file=_text(value, "file"),
        subject=_text(value, "subject"),
        erased=_time(_text(value, "erased")),
        kept_until=_text(value, "kept_until"),
    )


def _checkpoint(value: JsonValue) -> Checkpoint:
    if isinstance(value, dict) and value.keys() == {"origin", "size", "root"}:
        origin, size, root = value["origin"], value["size"], value["root"]
        if isinstance(origin, str) and is_count(size) and isinstance(root, str) and _DIGEST.fullmatch(root):
            try:
                return Checkpoint(origin=origin, size=size, root=bytes.fromhex(root))
            except MalformedCheckpointError as error:
                raise MalformedManifestError(reason=str(error.fields["reason"])) from error
    raise MalformedManifestError(reason="it does not say under which checkpoint of which log it was made")


def _files(value: JsonValue) -> Mapping[str, Listed]:
    if not isinstance(value, dict):
        raise MalformedManifestError(reason="it lists no files")
    found = {}
    for name, each in value.items():
        if not isinstance(each, dict) or each.keys() != {"sha256", "size"}:
            raise MalformedManifestError(reason=f"what it says of {name[:80]!r} is not a digest and a size")
        digest, size = each["sha256"], each["size"]
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest) or not is_count(size):
            raise MalformedManifestError(reason=f"what it says of {name[:80]!r} is not a digest and a size")
        found[name] = Listed(sha256=digest, size=size)
    return found
