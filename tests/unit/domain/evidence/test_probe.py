"""A presentation probe is read strictly; in the EU it holds nothing of the person or the device."""

import json
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.evidence.probe import (
    ENOUGH_VISIBLE_MS,
    MOST_BYTES,
    BadProbeError,
    Box,
    Click,
    Device,
    Probe,
    Rendering,
    for_jurisdiction,
    read_probe,
    write_probe,
)

TEXT = "Ja, stuur mij clubaanbiedingen per sms. Afmelden kan altijd met STOP."
FULL = {
    "version": 1,
    "form_version": "a" * 64,
    "nonce": "bm9uY2UtZm9yLW9uY2U",
    "url": "https://example.org/club?name=Kim",
    "rendering": {
        "text": TEXT,
        "sha256": sha256(TEXT.encode()).hexdigest(),
        "language": "nl",
        "font_tenths_px": 160,
        "colour": "#1a1a1a",
        "background": "#ffffff",
        "contrast_hundredths": 1740,
        "box": {"x": 16, "y": 420, "width": 358, "height": 96},
        "visible_ms": 8400,
        "is_covered": False,
        "opacity_percent": 100,
        "display": "block",
        "button_distance_px": 24,
    },
    "click": {"was_ticked": False, "is_trusted": True},
    "device": {
        "viewport_width": 390,
        "viewport_height": 844,
        "pixel_ratio_percent": 300,
        "page_ms": 31000,
        "had_focus": True,
        "was_pasted": False,
        "was_autofilled": True,
    },
}
MISSING = object()


def as_json(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()


def changed(path: str, value: object) -> bytes:
    """The full probe with one field set, or left out."""
    values = deepcopy(FULL)
    *above, last = path.split(".")
    inner: dict = values
    for key in above:
        inner = inner[key]
    inner[last] = value
    if value is MISSING:
        del inner[last]
    return as_json(values)


def paths(values: dict, above: str = "") -> list[str]:
    found = []
    for key, value in values.items():
        found.append(above + key)
        if isinstance(value, dict):
            found += paths(value, f"{above}{key}.")
    return found


def test_a_full_probe_is_read_as_it_is_written():
    probe = read_probe(as_json(FULL))
    assert probe.rendering.font_tenths_px == 160
    assert probe.rendering.box == Box(x=16, y=420, width=358, height=96)
    assert probe.click == Click(was_ticked=False, is_trusted=True)
    assert probe.device is not None
    assert probe.device.viewport_width == 390
    assert probe.sha256 == FULL["rendering"]["sha256"]
    assert json.loads(write_probe(probe)) == FULL


def test_a_probe_without_a_device_is_one_for_the_eu():
    assert read_probe(changed("device", MISSING)).device is None


def test_a_form_without_a_box_to_tick_says_so():
    assert read_probe(changed("click.was_ticked", None)).click.was_ticked is None


@pytest.mark.parametrize("path", [each for each in paths(FULL) if each != "device"])
def test_no_field_may_be_missing_or_null_or_of_another_type(path):
    for value in (MISSING, None, [], 1.5, "", "ß" * 10):
        if (path, value) in (("click.was_ticked", None), ("rendering.text", "ß" * 10)):
            continue
        with pytest.raises(BadProbeError) as refused:
            read_probe(changed(path, value))
        assert path.rpartition(".")[2] in str(refused.value)


@pytest.mark.parametrize("path", ["", "rendering.", "rendering.box.", "click.", "device."])
def test_a_field_that_nobody_knows_is_refused(path):
    with pytest.raises(BadProbeError):
        read_probe(changed(f"{path}number", "+31612345678"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("version", 2, id="another version"),
        pytest.param("version", True, id="a version that is true"),
        pytest.param("form_version", "A" * 64, id="a digest in capitals"),
        pytest.param("form_version", "a" * 63, id="half a digest"),
        pytest.param("nonce", "short", id="a nonce that can be guessed"),
        pytest.param("nonce", "a" * 129, id="a nonce without end"),
        pytest.param("url", "javascript:alert(1)", id="an address that runs"),
        pytest.param("url", "/club", id="an address of nowhere"),
        pytest.param("url", "https://user:secret@example.org/", id="an address with a password"),
        pytest.param("url", "https://example.org/#kim", id="an address with a fragment"),
        pytest.param("url", "https://example.org/a b", id="an address with a space"),
        pytest.param("url", "https://[::1", id="an address that is broken"),
        pytest.param("url", "https://example.org/" + "a" * 2048, id="an address without end"),
        pytest.param("rendering.text", " \n", id="a wording that says nothing"),
        pytest.param("rendering.language", "Nederlands!", id="no language"),
        pytest.param("rendering.colour", "red", id="a colour by name"),
        pytest.param("rendering.colour", "#FFFFFF", id="a colour in capitals"),
        pytest.param("rendering.background", "#ffffff80", id="a background to be seen through"),
        pytest.param("rendering.font_tenths_px", -1, id="letters of less than nothing"),
        pytest.param("rendering.font_tenths_px", True, id="letters of true"),
        pytest.param("rendering.opacity_percent", 101, id="more than opaque"),
        pytest.param("rendering.visible_ms", 10**12, id="in view for thirty years"),
        pytest.param("rendering.display", "block;evil", id="no value of CSS"),
        pytest.param("rendering.box", [16, 420, 358, 96], id="a box that is a list"),
        pytest.param("rendering.is_covered", 0, id="nought for false"),
        pytest.param("click.is_trusted", "true", id="true as a text"),
        pytest.param("device.viewport_width", 0, id="a window without width"),
        pytest.param("device", None, id="a device that is null"),
    ],
)
def test_a_field_that_is_out_of_its_range_is_refused_and_not_repeated(path, value):
    with pytest.raises(BadProbeError) as refused:
        read_probe(changed(path, value))
    if isinstance(value, str) and len(value) > 6:
        assert value not in str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="no UTF-8"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 16_000, id="nested without end"),
        pytest.param(b'{"version": NaN}', id="no number"),
        pytest.param(as_json(FULL)[:-1] + b', "version": 1}', id="a field twice"),
        pytest.param(as_json(FULL) + b" {}", id="something behind it"),
        pytest.param(b'{"version": ' + b"1" * 5000 + b"}", id="a number without end"),
        pytest.param(as_json(FULL).replace(TEXT.encode(), rb"half a pair: \ud83d"), id="half a character"),
    ],
)
def test_what_is_no_object_of_json_is_refused(data):
    with pytest.raises(BadProbeError):
        read_probe(data)


def test_a_probe_may_be_so_large_and_no_larger():
    padding = MOST_BYTES - len(as_json(FULL))
    read_probe(as_json(FULL) + b" " * padding)
    with pytest.raises(BadProbeError):
        read_probe(as_json(FULL) + b" " * (padding + 1))


# --- in the EU -----------------------------------------------------------------------------------------------


def test_in_the_eu_a_probe_holds_nothing_of_the_person_or_the_device():
    probe = for_jurisdiction(read_probe(as_json(FULL)), is_eu=True)
    written = json.loads(write_probe(probe))
    assert "device" not in written
    assert written["url"] == "https://example.org/club"
    assert written["rendering"]["visible_ms"] == ENOUGH_VISIBLE_MS
    for key in FULL["device"]:
        assert key not in write_probe(probe).decode()


def test_elsewhere_a_probe_stays_as_it_is():
    probe = read_probe(as_json(FULL))
    assert for_jurisdiction(probe, is_eu=False) == probe


pixels = st.integers(0, 5000)
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
renderings = st.builds(
    Rendering,
    text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200).filter(str.strip),
    sha256=st.just("b" * 64),
    language=st.sampled_from(["nl", "en-GB", "zh-Hant-HK"]),
    font_tenths_px=st.integers(0, 1000),
    colour=colours,
    background=colours,
    contrast_hundredths=st.integers(100, 2100),
    box=st.builds(Box, x=pixels, y=pixels, width=pixels, height=pixels),
    visible_ms=st.integers(0, 100_000),
    is_covered=st.booleans(),
    opacity_percent=st.integers(0, 100),
    display=st.sampled_from(["block", "inline-block", "none"]),
    button_distance_px=pixels,
)
devices = st.builds(
    Device,
    viewport_width=st.integers(1, 5000),
    viewport_height=st.integers(1, 5000),
    pixel_ratio_percent=st.integers(50, 400),
    page_ms=pixels,
    had_focus=st.booleans(),
    was_pasted=st.booleans(),
    was_autofilled=st.booleans(),
)
probes = st.builds(
    Probe,
    form_version=st.just("c" * 64),
    nonce=st.just("bm9uY2UtZm9yLW9uY2U"),
    url=st.sampled_from(["https://example.org/?q=1", "http://localhost:8000/form"]),
    rendering=renderings,
    click=st.builds(Click, was_ticked=st.none() | st.booleans(), is_trusted=st.booleans()),
    device=st.none() | devices,
)


@given(probes)
def test_what_is_written_is_read_back_the_same(probe):
    assert read_probe(write_probe(probe)) == probe


@given(probes)
def test_what_was_stripped_is_the_same_for_every_device(probe):
    stripped = for_jurisdiction(probe, is_eu=True)
    assert stripped == for_jurisdiction(replace(probe, device=None), is_eu=True)
    assert for_jurisdiction(stripped, is_eu=True) == stripped
    assert read_probe(write_probe(stripped)) == stripped
