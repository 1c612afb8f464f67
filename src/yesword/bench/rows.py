"""One figure of a measurement, and the table of them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """`ratio` is value over the value of `against`, measured in the same run; both None where there is no peer."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str | None = None

    @property
    def shown(self) -> str:
        """With its unit, for a person."""
        return f"{_rounded(self.value)} {self.unit}".rstrip()

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def rate(
    name: str, unit: str, work: Callable[[], int], *, against: Figure | None = None, for_s: float = 1.0
) -> Figure:
    """Repeat `work`, which says how much it did, for about `for_s` seconds, after one round to warm up."""
    work()
    done, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < for_s:
        done += work()
    return compared(Figure(name=name, value=round(done / spent, 1), unit=unit), against)


def compared(figure: Figure, against: Figure | None) -> Figure:
    if against is None:
        return figure
    return Figure(
        name=figure.name,
        value=figure.value,
        unit=figure.unit,
        ratio=round(figure.value / against.value, 3) if against.value else None,
        against=against.name,
    )


def table(figures: Iterable[Figure]) -> str:
    """Lines of aligned columns, for a person."""
    rows = [("what", "value", "unit", "ratio", "against")]
    rows += [
        (
            figure.name,
            _rounded(figure.value),
            figure.unit,
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            figure.against or "",
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in (1, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _rounded(value: float) -> str:
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
