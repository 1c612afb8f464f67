"""The zip file itself: written the same for the same files, and read with nothing in it trusted.

Nothing is ever unpacked onto a disk. Names are those that a pack uses; a name that leads elsewhere, a link, a name that
is there twice and more bytes than a pack may have are refused before anything else is looked at.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from yesword.domain.errors import YeswordError

MAX_PACK_BYTES: Final = 1 << 28  # 256 MiB, as it lies on the disk
MAX_FILE_BYTES: Final = 1 << 26  # 64 MiB: a long recording
MAX_ALL_BYTES: Final = 1 << 29  # of all files together, unpacked
MAX_FILES: Final = 20_000

_MAGIC: Final = b"PK\x03\x04"
_NAME: Final = re.compile(r"(?!.{201})[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}")
_WRITTEN_AT: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name
_MODE: Final = (stat.S_IFREG | 0o644) << 16
_UNIX: Final = 3
_ENCRYPTED: Final = 1
_COMPRESSIONS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class UnreadablePackError(YeswordError):
    """The file cannot be read as an evidence pack: {reason}. Get it again from whoever gave it to you, as it was made."""

    code = "pack_unreadable"


def is_archive(data: bytes) -> bool:
    """Whether a zip file is in it: at its very start, or after something that does not belong there.

    Neither a receipt nor a file of silence can hold these bytes, since both are text without control characters.
    """
    return _MAGIC in data


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Sorted by name, with no time and nobody's rights in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            if not _NAME.fullmatch(name):
                raise UnreadablePackError(reason=f"{name!r} is no name of a file in a pack")
            info = zipfile.ZipInfo(name, _WRITTEN_AT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = _MODE
            archive.writestr(info, files[name])
    return out.getvalue()


def read_archive(data: bytes) -> dict[str, bytes]:
    """Every file by its name. Raises UnreadablePackError."""
    if len(data) > MAX_PACK_BYTES:
        raise UnreadablePackError(reason=f"it is larger than {MAX_PACK_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _refuse_tricks(infos)
            _refuse_other_heads(data, infos)
            return _read(archive, infos)
    except _BROKEN as error:
        raise UnreadablePackError(reason="it is no zip file, or a damaged one") from error


def stray_bytes(data: bytes) -> str:
    """Where in the file bytes stand that are of none of its parts; empty: nowhere. Of a file that `read_archive` reads.

    Readers of zip files pass over them in silence, so that something could be hidden there, or seen by some readers only.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
        end = 0
        for info in infos:
            gap = info.header_offset - end
            if gap:
                return "before the zip file" if end == 0 else f"before {info.filename}"
            name_bytes, extra_bytes = struct.unpack_from("<HH", data, info.header_offset + _LOCAL_NAME_AT)
            end += _LOCAL_BYTES + name_bytes + extra_bytes + info.compress_size
        if archive.start_dir != end:
            return "between the files and their list"
        listed = sum(
            _LISTED_BYTES + len(info.orig_filename) + len(info.extra) + len(info.comment) for info in infos
        )
        if end + listed + _END_BYTES != len(data) or archive.comment:
            return "after the zip file"
    return ""


def _refuse_other_heads(data: bytes, infos: list[zipfile.ZipInfo]) -> None:
    """What stands before each file has to say the same as the list: other readers go by that."""
    for info in infos:
        head = data[info.header_offset : info.header_offset + _LOCAL_BYTES]
        if len(head) < _LOCAL_BYTES or head[:4] != _MAGIC:
            raise UnreadablePackError(reason=f"{_shown(info.filename)} is damaged")
        flags, how = struct.unpack_from("<HH", head, _LOCAL_FLAGS_AT)
        crc, packed, unpacked = struct.unpack_from("<III", head, _LOCAL_SUMS_AT)
        if (flags, how, crc, packed, unpacked) != (
            info.flag_bits,
            info.compress_type,
            info.CRC,
            info.compress_size,
            info.file_size,
        ):
            raise UnreadablePackError(
                reason=f"what stands before {_shown(info.filename)} is not what the list of files says of it"
            )


_LOCAL_FLAGS_AT: Final = 6
_LOCAL_SUMS_AT: Final = 14
_LOCAL_BYTES: Final = 30  # of the head before each file, without its name
_LOCAL_NAME_AT: Final = 26
_LISTED_BYTES: Final = 46  # of each line of the list
_END_BYTES: Final = 22


# What the library raises when bytes from anywhere are no zip file: not all of it is an error of its own.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
    IndexError,
)


def _refuse_tricks(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_FILES:
        raise UnreadablePackError(reason=f"it holds more than {MAX_FILES} files")
    if sum(info.file_size for info in infos) > MAX_ALL_BYTES:
        raise UnreadablePackError(reason=f"unpacked it is larger than {MAX_ALL_BYTES} bytes")
    seen: set[str] = set()
    for info in infos:
        name = info.orig_filename  # what stands there, before the library makes a usable path of it
        if not _NAME.fullmatch(name) or name != info.filename:
            raise UnreadablePackError(reason=f"{_shown(name)} is no name of a file in a pack")
        if name.casefold() in seen:
            raise UnreadablePackError(reason=f"{name} is in it twice")
        seen.add(name.casefold())
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise UnreadablePackError(reason=f"{name} is a link or a device, and no file")
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _COMPRESSIONS:
            raise UnreadablePackError(reason=f"{name} is packed in a way that packs are not")
        if info.file_size > MAX_FILE_BYTES:
            raise UnreadablePackError(reason=f"{name} is larger than {MAX_FILE_BYTES} bytes")


def _read(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MAX_ALL_BYTES
    for info in infos:
        try:
            with archive.open(info) as file:
                body = file.read(min(MAX_FILE_BYTES, left) + 1)  # whatever size its head claims
        except _BROKEN as error:
            raise UnreadablePackError(reason=f"{info.filename} is damaged") from error
        left -= len(body)
        if len(body) > MAX_FILE_BYTES or left < 0:
            raise UnreadablePackError(reason=f"{info.filename} unpacks to more than a pack may hold")
        found[info.filename] = body
    return found


def _shown(name: str) -> str:
    return ascii(name[:80])
