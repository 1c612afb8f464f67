"""The parts of a page that need arithmetic before they can be drawn. Loaded in every template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from yesword.web import parts
from yesword.web.formats import count

register = template.Library()

_LEAST_VISIBLE: Final = 1.5  # percent: a share that exists is seen
_CHART_WIDTH: Final = 320
_CHART_HEIGHT: Final = 96
_BAR_GAP: Final = 0.28  # of a bar's place


@dataclass(frozen=True, kw_only=True, slots=True)
class _Segment:
    verdict: str
    label: str
    share: parts.Share
    start: float  # percent
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bar:
    label: str | Promise
    value: int
    x: float
    y: float
    width: float
    height: float


@register.inclusion_tag("parts/verdict_bar.html")
def verdict_bar(bar: parts.VerdictBar) -> dict[str, object]:
    shares = (
        ("send", _("now"), bar.now),
        ("wait", _("waiting"), bar.waiting),
        ("refuse", _("refused"), bar.refused),
    )
    widths = _widths([share.count for _verdict, _label, share in shares])
    segments, start = [], 0.0
    for (verdict, label, share), width in zip(shares, widths, strict=True):
        segments.append(
            _Segment(verdict=verdict, label=label, share=share, start=round(start, 2), width=round(width, 2))
        )
        start += width
    return {"bar": bar, "segments": segments, "total": sum(share.count for _v, _l, share in shares)}


def _widths(counts: Sequence[int]) -> list[float]:
    """Percentages that add up to 100, none too small to see."""
    total = sum(counts)
    if not total:
        return [0.0 for _each in counts]
    raised = [max(each * 100 / total, _LEAST_VISIBLE) if each else 0.0 for each in counts]
    return [each * 100 / sum(raised) for each in raised]


@register.inclusion_tag("parts/progress.html", takes_context=True)
def progress(context: template.Context, progress: parts.Progress) -> dict[str, object]:
    share = int(progress.done * 100 / progress.total) if progress.total else 0
    rate = ""
    if progress.per_second:
        rate = _("%(count)s a second") % {"count": count(round(progress.per_second))}
    return {
        "progress": progress,
        "percent": min(share, 100),
        "rate": rate,
        "is_live": progress.state in {"running", "counting"} and bool(progress.poll_url),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("parts/figure.html")
def figure(figure: parts.Figure) -> dict[str, object]:
    return {
        "figure": figure,
        "is_count": isinstance(figure.value, int),
        "bars": _bars(figure.points),
        "width": _CHART_WIDTH,
        "height": _CHART_HEIGHT,
    }


def _bars(points: Sequence[tuple[str | Promise, int]]) -> list[_Bar]:
    if not points:
        return []
    highest = max(1, *(value for _label, value in points))
    place = _CHART_WIDTH / len(points)
    bars = []
    for index, (label, value) in enumerate(points):
        height = value * _CHART_HEIGHT / highest
        bars.append(
            _Bar(
                label=label,
                value=value,
                x=round(index * place + place * _BAR_GAP / 2, 2),
                y=round(_CHART_HEIGHT - height, 2),
                width=round(place * (1 - _BAR_GAP), 2),
                height=round(height, 2),
            )
        )
    return bars
