"""The presentation probe: how the wording stood on a person's screen when they agreed, as their browser tells it.

It comes from the browser, so it is the browser's word: it is read strictly, and what can be computed from it is computed
here. In the EU it holds how the wording was shown and nothing of the person or the device (`for_jurisdiction`).
What is wrong with what it tells is in `presentation`.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit, urlunsplit

from yesword.domain.errors import YeswordError
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import ALLOWED

VERSION: Final = 1
MOST_BYTES: Final = ALLOWED[EvidenceKind.PRESENTATION_PROBE].most_bytes
ENOUGH_VISIBLE_MS: Final = 1000

_MOST_PX: Final = 100_000
_MOST_MS: Final = 24 * 3600 * 1000
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}(?:[0-9a-f]{2})?")
_OPAQUE: Final = re.compile(r"#[0-9a-f]{6}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")
_DISPLAY: Final = re.compile(r"[a-z][a-z -]{0,39}")


class BadProbeError(YeswordError):
    """The presentation probe cannot be read: {what}. Expected {expected}."""

    code = "bad_probe"


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A place on the page, in CSS pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendering:
    """How the wording was shown."""

    text: str  # as it stood there
    sha256: str  # of its UTF-8 bytes, as the browser computed it
    language: str
    font_tenths_px: int  # 160 is 16 px
    colour: str  # #rrggbb or #rrggbbaa
    background: str  # #rrggbb, what lies behind the letters
    contrast_hundredths: int  # as the browser computed it; ours counts
    box: Box
    visible_ms: int  # how long all of it was in view before the form was sent
    is_covered: bool  # something else lay over it
    opacity_percent: int  # of it and all that it is in, multiplied
    display: str  # of CSS
    button_distance_px: int  # between its edge and the button's


@dataclass(frozen=True, kw_only=True, slots=True)
class Click:
    """The act itself."""

    was_ticked: bool | None  # the box, before anybody touched it; None: there is none
    is_trusted: bool  # made by a person's hand, says the browser, and not by a program


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """What it tells of the person and their device. Never in the EU."""

    viewport_width: int
    viewport_height: int
    pixel_ratio_percent: int  # 200: two pixels of the screen to one of CSS
    page_ms: int  # time on the page
    had_focus: bool
    was_pasted: bool  # the number
    was_autofilled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    form_version: str  # SHA-256 of the published form
    nonce: str  # given by the server with the page, for one answer
    url: str  # of the page, without a fragment
    rendering: Rendering
    click: Click
    device: Device | None = None  # None: the form for the EU

    @property
    def sha256(self) -> str:
        """Of the text as it stood there, computed here."""
        return hashlib.sha256(self.rendering.text.encode()).hexdigest()


def for_jurisdiction(probe: Probe, *, is_eu: bool) -> Probe:
    """What of a probe may be kept of a person there.

    In the EU the device goes, the time in view is told up to a second and no further, and of the address of the page
    the query, which may name a person.
    """
    if not is_eu:
        return probe
    seen = min(probe.rendering.visible_ms, ENOUGH_VISIBLE_MS)
    scheme, host, path, _query, _fragment = urlsplit(probe.url)
    return replace(
        probe,
        url=urlunsplit((scheme, host, path, "", "")),
        rendering=replace(probe.rendering, visible_ms=seen),
        device=None,
    )


# --- reading and writing -------------------------------------------------------------------------------------


def read_probe(data: bytes) -> Probe:
    """A probe from JSON, in full or in the form for the EU, which lacks `device`.

    Raises `BadProbeError` at the first thing that is not as it has to be; it never repeats what was in a field.
    """
    if len(data) > MOST_BYTES:
        _refuse(f"it has {len(data)} bytes", f"{MOST_BYTES} at most")
    try:
        values = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse("it is not JSON", "one object of JSON in UTF-8")
    root = _Fields(values, "probe")
    if root.number("version", 0, VERSION) != VERSION:
        _refuse("its version is another", f"version {VERSION}")
    probe = Probe(
        form_version=root.text("form_version", _SHA256, "64 hexadecimal digits"),
        nonce=root.text("nonce", _NONCE, "16 to 128 characters of base64url"),
        url=root.url("url"),
        rendering=_rendering(root.inner("rendering")),
        click=_click(root.inner("click")),
        device=_device(root.inner("device")) if root.has("device") else None,
    )
    root.done()
    return probe


def write_probe(probe: Probe) -> bytes:
    """JSON that `read_probe` reads back as the same probe; the same probe gives the same bytes."""
    rendering, click, device = probe.rendering, probe.click, probe.device
    values: dict[str, Any] = {
        "version": VERSION,
        "form_version": probe.form_version,
        "nonce": probe.nonce,
        "url": probe.url,
        "rendering": {**_values(rendering), "box": _values(rendering.box)},
        "click": _values(click),
    }
    if device is not None:
        values["device"] = _values(device)
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _values(part: Box | Rendering | Click | Device) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__slots__}


def _rendering(fields: "_Fields") -> Rendering:
    rendering = Rendering(
        text=fields.wording("text"),
        sha256=fields.text("sha256", _SHA256, "64 hexadecimal digits"),
        language=fields.text("language", _LANGUAGE, "a language tag such as nl or en-GB"),
        font_tenths_px=fields.number("font_tenths_px", 0, 10_000),
        colour=fields.text("colour", _COLOUR, "#rrggbb or #rrggbbaa, in lower case"),
        background=fields.text("background", _OPAQUE, "#rrggbb, in lower case"),
        contrast_hundredths=fields.number("contrast_hundredths", 100, 2100),
        box=_box(fields.inner("box")),
        visible_ms=fields.number("visible_ms", 0, _MOST_MS),
        is_covered=fields.truth("is_covered"),
        opacity_percent=fields.number("opacity_percent", 0, 100),
        display=fields.text("display", _DISPLAY, "a value of CSS such as block"),
        button_distance_px=fields.number("button_distance_px", 0, _MOST_PX),
    )
    fields.done()
    return rendering


def _box(fields: "_Fields") -> Box:
    box = Box(
        x=fields.number("x", -_MOST_PX, _MOST_PX),
        y=fields.number("y", -_MOST_PX, _MOST_PX),
        width=fields.number("width", 0, _MOST_PX),
        height=fields.number("height", 0, _MOST_PX),
    )
    fields.done()
    return box


def _click(fields: "_Fields") -> Click:
    click = Click(was_ticked=fields.truth_or_none("was_ticked"), is_trusted=fields.truth("is_trusted"))
    fields.done()
    return click


def _device(fields: "_Fields") -> Device:
    device = Device(
        viewport_width=fields.number("viewport_width", 1, _MOST_PX),
        viewport_height=fields.number("viewport_height", 1, _MOST_PX),
        pixel_ratio_percent=fields.number("pixel_ratio_percent", 10, 2000),
        page_ms=fields.number("page_ms", 0, _MOST_MS),
        had_focus=fields.truth("had_focus"),
        was_pasted=fields.truth("was_pasted"),
        was_autofilled=fields.truth("was_autofilled"),
    )
    fields.done()
    return device


class _Fields:
    """One object of JSON, read field by field; `done` refuses what was not asked for."""

    def __init__(self, values: object, name: str) -> None:
        if not isinstance(values, dict):
            _refuse(f"{name} is no object", "an object of JSON")
        self._rest: dict[str, Any] = dict(values)
        self._name = name

    def has(self, key: str) -> bool:
        return key in self._rest

    def inner(self, key: str) -> "_Fields":
        return _Fields(self._take(key), key)

    def number(self, key: str, least: int, most: int) -> int:
        value = self._take(key)
        # true is an int to Python, and 16.0 a number to JavaScript; records hold whole numbers.
        if type(value) is not int or not least <= value <= most:
            _refuse(f"{self._name}.{key} is not as it has to be", f"a whole number from {least} to {most}")
        return value

    def truth(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            _refuse(f"{self._name}.{key} is not as it has to be", "true or false")
        return value

    def truth_or_none(self, key: str) -> bool | None:
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            _refuse(f"{self._name}.{key} is not as it has to be", "true, false or null")
        return value

    def text(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            _refuse(f"{self._name}.{key} is not as it has to be", expected)
        return value

    def wording(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not value.strip() or not _is_unicode(value):
            _refuse(f"{self._name}.{key} is not as it has to be", "a text that says something")
        return value

    def url(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not _is_page(value):
            _refuse(
                f"{self._name}.{key} is not as it has to be",
                "the address of a page with http or https, without a fragment or a password",
            )
        return value

    def done(self) -> None:
        if self._rest:
            _refuse(f"{self._name} has a field that nobody knows", "only the fields of the schema")

    def _take(self, key: str) -> Any:
        if key not in self._rest:
            _refuse(f"{self._name} has no {key}", f"the field {key}")
        return self._rest.pop(key)


def _is_unicode(text: str) -> bool:
    """JSON can say half of a surrogate pair, which is no text and has no digest."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_page(address: str) -> bool:
    if len(address) > 2048 or not address.isascii() or re.search(r"[\s<>\"\\^`{|}\x00-\x1f\x7f]", address):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc and "#" not in address


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may take two of the same name differently, so there may not be two."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(key)
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(what: str, expected: str) -> NoReturn:
    raise BadProbeError(what=what, expected=expected)
