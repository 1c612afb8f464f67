"""The figures as Prometheus reads them: what the processes of this machine have counted, and what the store knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

from yesword.reporting.running import Running
from yesword.store import models
from yesword.telemetry import catalogue
from yesword.telemetry.catalogue import FIGURES, Figure, Kind, Of
from yesword.telemetry.masking import mask
from yesword.telemetry.snapshots import Snapshot
from yesword.telemetry.tally import Histogram, Labels

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Values = Mapping[Labels, float]


def exposition(running: Running, snapshots: Iterable[Snapshot]) -> bytes:
    """Every figure of the catalogue, those included that are 0 or have no value yet."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(running, list(snapshots), account_keys()))
    return generate_latest(registry)


def account_keys() -> dict[str, str]:
    """What accounts are called, by the number under which they are counted."""
    return {str(number): mask(key) for number, key in models.Account.objects.values_list("pk", "key")}


class _Collector:
    def __init__(self, running: Running, snapshots: list[Snapshot], accounts: Mapping[str, str]) -> None:
        self._running, self._snapshots, self._accounts = running, snapshots, accounts

    def collect(self) -> Iterator[Metric]:
        read = of_store(self._running) | {catalogue.UP: of_processes(self._snapshots)}
        for figure in FIGURES.values():
            if figure.kind is Kind.HISTOGRAM:
                yield _histogram(figure, self._histograms(figure))
            elif figure.of is Of.STORE:
                yield _family(figure, read[figure])
            else:
                yield _family(figure, self._counted(figure))

    def _counted(self, figure: Figure) -> Values:
        found: dict[Labels, float] = defaultdict(float)
        for each in self._snapshots:
            if figure.kind is Kind.GAUGE and not each.is_alive:
                continue  # a level of somebody who is gone is no level
            for (name, labels), value in each.counted.values.items():
                if name == figure.name:
                    found[self._named(figure, labels)] += value
        if not figure.labels:
            found[()] += 0
        return found

    def _histograms(self, figure: Figure) -> Mapping[Labels, Histogram]:
        found: dict[Labels, Histogram] = {}
        for each in self._snapshots:
            for (name, labels), histogram in each.counted.histograms.items():
                if name != figure.name:
                    continue
                named = self._named(figure, labels)
                before = found.get(named) or Histogram(counts=[0] * (len(figure.steps) + 1))
                found[named] = Histogram(
                    counts=[a + b for a, b in zip(before.counts, histogram.counts, strict=True)],
                    total=before.total + histogram.total,
                )
        return found

    def _named(self, figure: Figure, labels: Labels) -> Labels:
        return tuple(
            self._accounts.get(value, value) if label == "account" else value
            for label, value in zip(figure.labels, labels, strict=True)
        )


def of_processes(snapshots: Iterable[Snapshot]) -> Values:
    return {(each.role, str(each.slot)): float(each.is_alive) for each in snapshots}


def of_store(running: Running) -> dict[Figure, Values]:
    """What was read, under the names by which it is told. Where there is no age there is no series."""
    held: dict[Labels, float] = {(reason, "everything"): 1.0 for reason in running.held}
    held |= {(reason, of): float(number) for (reason, of), number in running.held_apart.items()}
    return {
        catalogue.QUEUE: {
            (urgency, state): number
            for urgency, each in running.queues.items()
            for state, number in (("due", each.due), ("later", each.later), ("paused", each.paused))
        },
        catalogue.OLDEST_DUE: {
            (urgency,): _seconds(each.oldest_due) for urgency, each in running.queues.items()
        },
        catalogue.ON_THEIR_WAY: {(): running.sending},
        catalogue.UNCERTAIN: {(): running.uncertain},
        catalogue.DRAINING: {(): running.undrained},
        catalogue.WORKERS: {
            ("holds",): sum(each.lease_s > 0 and not each.is_gone for each in running.workers),
            ("over",): sum(each.lease_s <= 0 or each.is_gone for each in running.workers),
        },
        catalogue.REPORTS_WAITING: {(): running.reports_waiting},
        catalogue.OUTBOX: {(): running.outbox},
        catalogue.OUTBOX_AGE: {(): _seconds(running.outbox_oldest)},
        catalogue.CHECKPOINT_AGE: (
            {} if running.checkpoint_age is None else {(): _seconds(running.checkpoint_age)}
        ),
        catalogue.LOGS_IN_TROUBLE: {(): running.logs_in_trouble},
        catalogue.HELD: held,
        catalogue.PAUSES: {(of,): number for of, number in running.pauses.items()},
        catalogue.WEBHOOKS: {("due",): running.webhooks_due, ("again",): running.webhooks_again},
        catalogue.WEBHOOKS_AGE: {(): _seconds(running.webhooks_oldest)},
        catalogue.ENDPOINTS: {(state,): number for state, number in running.endpoints.items()},
        catalogue.DISK_FREE: {(folder,): number for folder, number in running.free_bytes.items()},
    }


def _seconds(age: timedelta | None) -> float:
    return 0.0 if age is None else age.total_seconds()


def _family(figure: Figure, values: Values) -> Metric:
    make = CounterMetricFamily if figure.kind is Kind.COUNTER else GaugeMetricFamily
    family = make(figure.name, figure.says, labels=figure.labels)
    for labels, value in sorted(values.items()):
        family.add_metric(labels, value)
    return family


def _histogram(figure: Figure, found: Mapping[Labels, Histogram]) -> Metric:
    family = HistogramMetricFamily(figure.name, figure.says, labels=figure.labels)
    for labels, histogram in sorted(found.items(), key=lambda each: each[0]):
        so_far, buckets = 0, []
        for border, number in zip((*figure.steps, float("inf")), histogram.counts, strict=True):
            so_far += number
            buckets.append(("+Inf" if border == float("inf") else repr(border), so_far))
        family.add_metric(labels, buckets, sum_value=histogram.total)
    return family
