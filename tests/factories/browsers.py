"""Probes as a browser sends them, and the browser that makes pictures."""

import json
import os
import shutil
from hashlib import sha256
from typing import Any

import pytest

MUST_HAVE_ALL = bool(os.environ.get("CI"))
NONCE = "bm9uY2UtZm9yLW9uY2U"
ADDRESS = "https://example.org/club?name=Unmistakable"


def probe(wording: str, *, rendering: dict[str, Any] | None = None, was_ticked: bool = False) -> bytes:
    """A full probe of a wording that stood as it should, but for what is changed."""
    values = {
        "version": 1,
        "form_version": "a" * 64,
        "nonce": NONCE,
        "url": ADDRESS,
        "rendering": {
            "text": wording,
            "sha256": sha256(wording.encode()).hexdigest(),
            "language": "en",
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
            **(rendering or {}),
        },
        "click": {"was_ticked": was_ticked, "is_trusted": True},
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
    return json.dumps(values, ensure_ascii=False).encode()


def need_chromium() -> None:
    """Skips aloud at a desk, fails where everything has to be there."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    message = "Chromium is not on this machine: pictures of pages are not tested"
    if MUST_HAVE_ALL:
        pytest.fail(message)
    pytest.skip(message)
