"""A file of evidence is what its bytes are, not what somebody calls it."""

import io
import json
import struct
import wave
import zipfile
import zlib
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import (
    ALLOWED,
    AmbiguousMediaError,
    EmptyMediaError,
    MediaError,
    MediaMismatchError,
    MediaNotAllowedError,
    MediaTooLargeError,
    MediaType,
    UnknownMediaError,
    accept,
    sniff,
)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png() -> bytes:
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0\0"))
        + _chunk(b"IEND", b"")
    )


def _wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 80)
    return out.getvalue()


def _letter() -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "kim@example.org", "club@example.org", "Yes please"
    letter.set_content("I would like to get your texts.")
    return letter.as_bytes()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("Main.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def _boxes(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00mif1miaf" + b"\x00\x00\x00\x08mdat"


PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
SAMPLES = {
    MediaType.PDF: PDF,
    MediaType.PNG: _png(),
    MediaType.JPEG: JPEG,
    MediaType.WEBP: b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00",
    MediaType.HEIC: _boxes(b"heic"),
    MediaType.TIFF: b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    MediaType.WAV: _wav(),
    MediaType.MP3: b"\xff\xfb\x90\x44" + bytes(413),
    MediaType.MP4: _boxes(b"M4A "),
    MediaType.OGG: b"OggS\x00\x02" + bytes(30),
    MediaType.EML: _letter(),
    MediaType.TEXT: "Ja, ik wil graag sms’jes.\n".encode(),
    MediaType.JSON: b'{"from": "+31612345678", "text": "JA"}',
    MediaType.HTML: b"<!DOCTYPE html>\n<html lang=nl><body><form></form></body></html>",
}
EACH = [pytest.param(found, id=found.value) for found in MediaType]


def kind_for(found: MediaType) -> EvidenceKind:
    return next(kind for kind, allowed in ALLOWED.items() if found in allowed.types)


@pytest.mark.parametrize("found", EACH)
def test_each_type_is_told_by_its_bytes(found):
    assert sniff(SAMPLES[found]) is found


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(100), MediaType.MP3, id="an MP3 with a tag"),
        pytest.param(b"MM\x00*\x00\x00\x00\x08" + bytes(8), MediaType.TIFF, id="a TIFF from the other end"),
        pytest.param(_boxes(b"mp42"), MediaType.MP4, id="a film"),
        pytest.param("\ufeffja".encode(), MediaType.TEXT, id="a text with a byte order mark"),
        pytest.param(b"ID3 is a tag", MediaType.TEXT, id="a text that begins as an MP3 does"),
        pytest.param(b"{not json", MediaType.TEXT, id="a text that begins as JSON does"),
        pytest.param(b"[" * 100_000, MediaType.TEXT, id="nested deeper than anybody reads"),
        pytest.param(
            b"<!-- a --> <!-- b -->\n<div>form</div>", MediaType.HTML, id="markup behind two comments"
        ),
        pytest.param(
            b"Received: by mx\nDate: Sun, 1 Mar 2026 12:00:00 +0000\nFrom: k@example.org\n\n\xe9\xe8",
            MediaType.EML,
            id="a letter in another alphabet than UTF-8",
        ),
    ],
)
def test_types_come_in_more_than_one_shape(data, found):
    assert sniff(data) is found


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", id="a drawing that can run"),
        pytest.param(b"<?xml version='1.0'?><svg/>", id="the same with a head"),
        pytest.param(b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''><svg/>", id="the same with a type"),
        pytest.param(b"<script>alert(1)</script>", id="a script"),
        pytest.param(_zip(), id="an archive"),
        pytest.param(b"MZ\x90\x00" + bytes(60), id="a program"),
        pytest.param(b"\x7fELF" + bytes(60), id="another program"),
        pytest.param(b"GIF89a" + bytes(20), id="a picture that is not taken"),
        pytest.param(_boxes(b"avif"), id="a box of a brand that is not taken"),
        pytest.param(b"RIFF\x00\x00\x00\x00AVI LIST", id="a film in RIFF"),
        pytest.param(b"\xff\xf1\x50\x80" + bytes(60), id="sound that is no MP3"),
        pytest.param(b" %PDF-1.7\x00", id="a PDF that begins late"),
        pytest.param("JA".encode("utf-16"), id="a text in UTF-16"),
        pytest.param(b"yes\x00no", id="a text with a null"),
        pytest.param(b"\x1b[2Jyes", id="a text that steers the terminal"),
    ],
)
def test_what_is_not_known_is_no_evidence(data):
    assert sniff(data) is None
    for kind in EvidenceKind:
        with pytest.raises(UnknownMediaError):
            accept(data, "", kind)


def test_comments_without_end_do_not_make_it_search_without_end():
    assert sniff(b"<!---->" * 20_000 + b"x") is MediaType.TEXT
    assert sniff(b"<!--" * 20_000) is MediaType.TEXT


@pytest.mark.parametrize("found", EACH)
def test_a_file_is_taken_under_its_own_name_or_under_none(found):
    kind = kind_for(found)
    for declared in (found.value, f"{found.value.upper()}; charset=utf-8", "", "application/octet-stream"):
        media = accept(SAMPLES[found], declared, kind)
        assert media.media_type is found
        assert media.size == len(SAMPLES[found])
        assert len(media.sha256) == 64


@pytest.mark.parametrize(
    ("found", "declared"),
    [
        pytest.param(MediaType.JPEG, "image/jpg", id="what some browsers call a JPEG"),
        pytest.param(MediaType.MP4, "video/mp4", id="a film"),
        pytest.param(MediaType.MP4, "audio/x-m4a", id="what a telephone calls its recordings"),
        pytest.param(MediaType.WAV, "audio/x-wav", id="an old name of WAV"),
    ],
)
def test_a_type_may_go_by_another_of_its_names(found, declared):
    assert accept(SAMPLES[found], declared, kind_for(found)).media_type is found


@pytest.mark.parametrize("found", EACH)
def test_a_file_that_is_said_to_be_another_type_is_refused(found):
    for declared in MediaType:
        is_plain = declared is MediaType.TEXT and found in (MediaType.JSON, MediaType.EML)
        if declared is found or is_plain:
            continue
        with pytest.raises(MediaMismatchError):
            accept(SAMPLES[found], declared.value, kind_for(found))


def test_a_wording_that_looks_like_a_letter_or_like_json_is_a_wording():
    for data in (b"From: us\nTo: you\n\nMay we text you?", b'["May we text you?"]'):
        for declared in ("text/plain", ""):
            assert accept(data, declared, EvidenceKind.DISCLOSURE).media_type is MediaType.TEXT


@pytest.mark.parametrize("kind", list(EvidenceKind), ids=str)
def test_each_kind_of_evidence_takes_its_own_types_only(kind):
    for found, data in SAMPLES.items():
        if found in ALLOWED[kind].types:
            assert accept(data, found.value, kind).media_type is found
        elif found in (MediaType.JSON, MediaType.EML) and MediaType.TEXT in ALLOWED[kind].types:
            assert accept(data, "", kind).media_type is MediaType.TEXT
        else:
            with pytest.raises(MediaNotAllowedError):
                accept(data, found.value, kind)


def test_no_kind_takes_a_page_as_a_scan_or_a_statement():
    for kind in (EvidenceKind.SCAN, EvidenceKind.RECORDING, EvidenceKind.ATTESTATION):
        assert MediaType.HTML not in ALLOWED[kind].types


@pytest.mark.parametrize("kind", list(EvidenceKind), ids=str)
def test_a_file_may_be_as_large_as_its_kind_allows_and_no_larger(kind):
    most = ALLOWED[kind].most_bytes
    with pytest.raises(MediaTooLargeError) as refused:
        accept(bytes(most + 1), "", kind)
    assert str(most) in str(refused.value)
    with pytest.raises(UnknownMediaError):
        accept(bytes(most), "", kind)


def test_an_empty_file_is_told_as_one():
    with pytest.raises(EmptyMediaError):
        accept(b"", "image/png", EvidenceKind.SCAN)


@pytest.mark.parametrize(
    ("data", "other"),
    [
        pytest.param(
            JPEG[:-2] + b"%PDF-1.4" + JPEG[-2:],
            "application/pdf",
            id="a picture that a reader takes for a PDF",
        ),
        pytest.param(
            JPEG[:20] + b"<script>alert(1)</script>" + JPEG[20:], "text/html", id="a picture with a script"
        ),
        pytest.param(PDF.replace(b"/Type", b"/S /JavaScript /Type"), "a program", id="a PDF that runs"),
        pytest.param(PDF + _zip(), "application/zip", id="a PDF that unpacks"),
        pytest.param(JPEG + _zip(), "application/zip", id="a picture that unpacks"),
        pytest.param(_png() + b"more", "something else", id="a picture with something behind its end"),
        pytest.param(_png()[:-12], "something else", id="a picture that is broken off"),
    ],
)
def test_a_file_that_is_two_things_at_once_is_refused(data, other):
    with pytest.raises(AmbiguousMediaError) as refused:
        accept(data, "", EvidenceKind.SCAN)
    assert refused.value.fields["other"] == other


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"J#61vaScript", id="one letter of a script by its code"),
        pytest.param(b"#4AavaScrip#74", id="its first and last, in capitals"),
        pytest.param(b"".join(b"#%02x" % each for each in b"JavaScript"), id="all of it by codes"),
        pytest.param(b"L#61unch", id="a program that is started"),
        pytest.param(b"Embedded#46ile", id="a file within the file"),
        pytest.param(b"RichMedi#61", id="a film that runs"),
    ],
)
def test_a_pdf_that_acts_is_refused_however_the_name_is_spelt(name):
    with pytest.raises(AmbiguousMediaError) as refused:
        accept(PDF.replace(b"/Type", b"/S /" + name + b" /Type"), "", EvidenceKind.SCAN)
    assert refused.value.fields["other"] == "a program"


def test_a_declaration_is_not_repeated_as_it_came():
    with pytest.raises(MediaMismatchError) as refused:
        accept(JPEG, "image/<b>\x1b", EvidenceKind.SCAN)
    assert "<" not in str(refused.value)
    assert "\x1b" not in str(refused.value)


@given(st.binary(max_size=200), st.sampled_from(EvidenceKind), st.text(max_size=40))
def test_whatever_comes_is_either_taken_or_refused_with_a_reason(data, kind, declared):
    try:
        told = accept(data, declared, kind).media_type in ALLOWED[kind].types
    except MediaError as refused:
        told = str(refused).endswith(".")
    assert told


@given(st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=5))
def test_an_object_of_json_is_json(value):
    assert sniff(json.dumps({"value": value}).encode()) is MediaType.JSON
