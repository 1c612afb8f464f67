"""How values read on a page: times with their zone, masked numbers, counts, icons. Loaded in every template."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import PurePosixPath
from typing import Final
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.forms import BoundField, CheckboxInput
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yesword.domain import category_words
from yesword.domain.phone import NumberKind, PhoneNumber
from yesword.web.parts import Column, Row

register = template.Library()

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing of the sprite, hidden from screen readers: the word beside it says the same."""
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        asset("yesword/icons.svg"),
        name,
    )


@register.filter
def topic(category: str) -> str:
    """What a category is called in the language of the page."""
    return category_words.word(category, get_language() or "en")


@register.filter
def about(categories: Iterable[str]) -> str:
    return category_words.listed(categories, get_language() or "en")


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, which changes with its content, so that a browser never keeps an old one."""
    return f"{static(path)}?v={_digest(path)}"


def _digest(path: str) -> str:
    return _read_digest(path) if settings.DEBUG else _kept_digest(path)


@cache
def _kept_digest(path: str) -> str:
    return _read_digest(path)


def _read_digest(path: str) -> str:
    found = finders.find(str(PurePosixPath(path)))
    if not isinstance(found, str):
        return "0"
    with open(found, "rb") as file:  # noqa: PTH123 - finders answer in strings
        return hashlib.file_digest(file, "sha256").hexdigest()[:8]


@register.filter
def moment(at: datetime | None, zone: str = "UTC") -> str:
    """Day and time, and whose time it is: `3 March 2026, 14:05 (Amsterdam)`."""
    return _time(at, zone, "j F Y, H:i")


@register.filter
def clock(at: datetime | None, zone: str = "UTC") -> str:
    """The time of a day that is said elsewhere, and whose: `14:05 (Amsterdam)`."""
    return _time(at, zone, "H:i")


@register.filter
def bare_clock(at: datetime | None, zone: str = "UTC") -> str:
    """Only the hour and minute, where a heading already says whose time it is, such as in a handset."""
    return _time(at, zone, "H:i", with_zone=False)


@register.filter
def day(at: datetime | None, zone: str = "UTC") -> str:
    """`3 March 2026`, as the day is in that zone."""
    return _time(at, zone, "j F Y", with_zone=False)


def _time(at: datetime | None, zone: str, pattern: str, *, with_zone: bool = True) -> str:
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone or "UTC"))
    words = formats.date_format(local, _pattern(pattern), use_l10n=False)
    if not with_zone:
        return format_html('<time datetime="{}">{}</time>', at.astimezone(UTC).isoformat(), words)
    return format_html(
        '<time datetime="{}">{} <span class="zone">{}</span></time>',
        at.astimezone(UTC).isoformat(),
        words,
        zone_name(zone),
    )


def _pattern(pattern: str) -> str:
    """German and Danish write a point after the day."""
    language = (get_language() or "en")[:2]
    return pattern.replace("j F", "j. F") if language in {"de", "da"} else pattern


@register.filter
def zone_name(zone: str) -> str:
    """`UTC`, or the city that names the zone: `(Amsterdam)`."""
    if zone in {"", "UTC", "Etc/UTC"}:
        return "UTC"
    return _("%(city)s time") % {"city": zone.rsplit("/", 1)[-1].replace("_", " ")}


@register.filter
def ago(at: datetime | None) -> str:
    """`2 minutes ago`: for what is fresh; beside it a moment says it exactly."""
    if at is None:
        return ""
    passed = max(timezone.now() - at, timedelta())
    return (
        _("just now")
        if passed.total_seconds() < _MINUTE_S
        else _("%(time)s ago") % {"time": duration(passed)}
    )


@register.filter
def duration(span: timedelta | float | None) -> str:
    """The largest unit that fits, rounded: `40 seconds`, `12 minutes`, `3 hours`, `2 days`."""
    if span is None:
        return ""
    seconds = round(span.total_seconds() if isinstance(span, timedelta) else span)
    if seconds < _MINUTE_S:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    if seconds < _HOUR_S:
        minutes = round(seconds / _MINUTE_S)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if seconds < 48 * _HOUR_S:
        hours = round(seconds / _HOUR_S)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(seconds / (24 * _HOUR_S))
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


@register.filter
def count(number: float | None) -> str:
    """`8,412`, grouped as the reader's language groups."""
    if number is None:
        return "–"
    return formats.number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def masked(number: PhoneNumber | str | None) -> str:
    """`+31 •••••• 678`: enough to recognise, too little to text."""
    if not number:
        return ""
    if isinstance(number, PhoneNumber):
        return number.masked()
    try:
        return PhoneNumber(e164=number, country="001", kind=NumberKind.OTHER).masked()
    except StopIteration:  # no such country: show nothing of it
        return "•••"


@register.filter
def plain(number: float) -> str:
    """For a machine to read, such as an attribute of SVG: never grouped, always a point."""
    return f"{number:g}" if isinstance(number, float) else str(number)


@register.filter
def as_pattern(word: str) -> str:
    """A word as the `pattern` of an input that takes only that word."""
    return re.sub(r"([.*+?^${}()|\[\]\\/-])", r"\\\1", word)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def cells_of(row: Row, columns: Sequence[Column]) -> list[tuple[Column, object]]:
    return list(zip(columns, row.cells, strict=True))
