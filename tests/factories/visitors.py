"""Who walks through the pages in a browser: on a phone or at a desk, with a script or without, in one of two languages.

All eight walk what people see who get texts. Pages for colleagues are walked by four, among whom every two of these
choices meet. Two of either look closely, too: see `looks.wrong_for`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

PATIENCE_MS = 20_000  # for anything that a page shall come to show, on a machine that is busy
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
_COUNTRIES = {"en": "GB", "nl": "NL", "sv": "SE", "de": "DE", "da": "DK"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    is_on_phone: bool
    has_script: bool
    language: str
    looks_closely: bool  # which takes a script

    @property
    def width(self) -> int:
        return PHONE["width"] if self.is_on_phone else DESK["width"]

    @property
    def browser(self) -> dict[str, Any]:
        """By day on a phone, by night at a desk: both schemes are seen, and by those who look closely, too."""
        return {
            "viewport": PHONE if self.is_on_phone else DESK,
            "color_scheme": "light" if self.is_on_phone else "dark",
            "java_script_enabled": self.has_script,
            "locale": f"{self.language}-{_COUNTRIES[self.language]}",
        }

    def __str__(self) -> str:
        return f"{self.width}, {'script' if self.has_script else 'no script'}, {self.language}"


def all_of(first: str, second: str) -> list[Visitor]:
    return [
        Visitor(
            is_on_phone=is_on_phone,
            has_script=has_script,
            language=language,
            looks_closely=has_script and is_on_phone == (language == first),
        )
        for is_on_phone, has_script, language in product((True, False), (True, False), (first, second))
    ]


def _cases(found: Iterable[Visitor]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("visitor", [pytest.param(each, id=str(each)) for each in found])


def eight(first: str = "en", second: str = "nl") -> pytest.MarkDecorator:
    """Everybody, in these two languages."""
    return _cases(all_of(first, second))


def four(first: str = "en", second: str = "nl") -> pytest.MarkDecorator:
    """As few as can be, so that each size, each language and each kind of browser meets each other."""
    return _cases(
        each
        for each in all_of(first, second)
        if (each.language == first) == (each.is_on_phone == each.has_script)
    )


def listen(
    page: Any, complaints: list[str], may_ask: tuple[str, ...] = (), forgives: tuple[str, ...] = ()
) -> None:
    """Note what the browser complains of, and whom it asks but those who may be asked.

    The status of a page that was gone to is no complaint: the test looks at that page.
    """
    gone_to = set()

    def asked(request: Any) -> None:
        if request.is_navigation_request():
            gone_to.add(request.url)
        if may_ask and not request.url.startswith((*may_ask, "data:", "blob:")):
            complaints.append(f"asks {request.url}")

    def said(message: Any) -> None:
        is_forgiven = any(each in f"{message.text} {message.location['url']}" for each in forgives)
        if (
            message.type in {"error", "warning"}
            and message.location["url"] not in gone_to
            and not is_forgiven
        ):
            complaints.append(message.text)

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))
