"""The chart of a contest: one bar an answer, drawn here as SVG, with the same figures as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from yesword.domain.collecting.contests import Option

_WIDTH: Final = 320
_ROW: Final = 44
_BAR: Final = 12
_LEAST_VISIBLE: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    label: str
    count: int
    percent: int
    y: int  # of the words
    bar_y: int
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """`parts/votes.html`."""

    title: str
    bars: Sequence[Bar]
    width: int
    height: int
    bar: int
    total: int


def chart(options: Iterable[Option], counts: Mapping[str, int]) -> Chart:
    """In the order in which the answers were announced; own words are counted as one."""
    labels = {each.word: f"{each.word} · {each.label}" for each in options}
    total, highest = sum(counts.values()), max([1, *counts.values()])
    bars = [
        Bar(
            label=labels.get(word, word or _("Entries")),
            count=count,
            percent=round(count * 100 / total) if total else 0,
            y=place * _ROW + 16,
            bar_y=place * _ROW + 23,
            width=round(max(count * _WIDTH / highest, _LEAST_VISIBLE if count else 0), 2),
        )
        for place, (word, count) in enumerate(counts.items())
    ]
    return Chart(
        title=_("Entries by answer"),
        bars=bars,
        width=_WIDTH,
        height=len(bars) * _ROW,
        bar=_BAR,
        total=total,
    )
