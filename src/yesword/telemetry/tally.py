"""What this process has counted since it began, or since the one before it in its place did. Safe for threads."""

import threading
from bisect import bisect_left
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Final

from yesword.telemetry.catalogue import FIGURES, Figure, Kind

MOST_SERIES: Final = 500  # of one figure; what comes after them counts together
OTHER: Final = "other"

Labels = tuple[str, ...]


@dataclass(kw_only=True, slots=True)
class Histogram:
    """`counts` has one place more than the figure has borders, for what lies above the last."""

    counts: list[int]
    total: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """As it was at one moment."""

    values: Mapping[tuple[str, Labels], float] = field(default_factory=dict)  # counters and gauges
    histograms: Mapping[tuple[str, Labels], Histogram] = field(default_factory=dict)


class Tally:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[tuple[str, Labels], float] = {}
        self._histograms: dict[tuple[str, Labels], Histogram] = {}
        self._series: dict[str, int] = {}
        self.changes = 0

    def add(self, figure: Figure, *labels: str, by: float = 1) -> None:
        with self._lock:
            key = self._key(figure, labels, self._values)
            self._values[key] = self._values.get(key, 0) + by
            self.changes += 1

    def put(self, figure: Figure, value: float, *labels: str) -> None:
        """Of a gauge: as it is now."""
        with self._lock:
            key = self._key(figure, labels, self._values)
            if self._values.get(key) != value:
                self._values[key] = value
                self.changes += 1

    def observe(self, figure: Figure, seconds: float, *labels: str) -> None:
        with self._lock:
            key = self._key(figure, labels, self._histograms)
            found = self._histograms.get(key)
            if found is None:
                found = self._histograms[key] = Histogram(counts=[0] * (len(figure.steps) + 1))
            found.counts[bisect_left(figure.steps, seconds)] += 1
            found.total += seconds
            self.changes += 1

    def counted(self) -> Counted:
        with self._lock:
            return Counted(
                values=dict(self._values),
                histograms={
                    key: Histogram(counts=list(each.counts), total=each.total)
                    for key, each in self._histograms.items()
                },
            )

    def go_on_from(self, before: Counted) -> None:
        """Take over what a process that is gone had counted, so that a count never falls. Levels were its own."""
        with self._lock:
            for (name, labels), value in before.values.items():
                if FIGURES[name].kind is Kind.COUNTER:
                    key = self._key(FIGURES[name], labels, self._values)
                    self._values[key] = self._values.get(key, 0) + value
            for (name, labels), histogram in before.histograms.items():
                key = self._key(FIGURES[name], labels, self._histograms)
                found = self._histograms.get(key)
                if found is None:
                    self._histograms[key] = Histogram(counts=list(histogram.counts), total=histogram.total)
                    continue
                found.counts = [a + b for a, b in zip(found.counts, histogram.counts, strict=True)]
                found.total += histogram.total
            self.changes += 1

    def _key(
        self, figure: Figure, labels: Labels, known: Container[tuple[str, Labels]]
    ) -> tuple[str, Labels]:
        assert len(labels) == len(figure.labels), f"{figure.name} is told apart by {figure.labels}"
        key = (figure.name, labels)
        if key in known:
            return key
        series = self._series.get(figure.name, 0)
        if series >= MOST_SERIES and labels:
            return (figure.name, (OTHER,) * len(labels))
        self._series[figure.name] = series + 1
        return key


TALLY: Final = Tally()
"""This process's own."""
