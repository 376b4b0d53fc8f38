"""Metrics in the format of Prometheus, from the index of runs: no log is read for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric

from sygaldry.host.disk import free_and_size
from sygaldry.model.job import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sygaldry.dashboard.index import RunIndex
    from sygaldry.dashboard.row import Row

KIND: Final = "text/plain; version=0.0.4; charset=utf-8"
_MOST_FAMILIES: Final = 100
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9_.-]")
_BUCKETS: Final = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 43200.0, 86400.0)


class _Jobs:
    """The collector: prometheus-client asks it once for each answer."""

    def __init__(self, index: RunIndex, gpu_code: int | None, sizes: Sizes) -> None:
        self._index, self._gpu_code, self._sizes = index, gpu_code, sizes

    def collect(self) -> Iterable[Metric]:
        """Return every metric."""
        newest, rows = self._index.newest_rows(), self._index.known_rows()
        yield _by_state(newest, "sygaldry_jobs", "Jobs by the state of their newest run", self._index.projects)
        yield _by_state(rows, "sygaldry_runs", "Runs by state, as far as they were read", self._index.projects)
        yield _durations(rows)
        retries = (((row.key.project,), row.retries) for row in rows)
        yield _counted("sygaldry_run_retries", "Retries of all runs", ("project",), retries)
        failed = _families(row for row in rows if row.word == "bad")
        text = "Failed runs by the kind of their first error"
        yield _counted("sygaldry_run_failures", text, ("project", "family"), failed)
        yield from self._machine()

    def _machine(self) -> Iterable[Metric]:
        free = GaugeMetricFamily("sygaldry_disk_free_bytes", "Free bytes of a storage root", labels=("root",))
        for root in sorted({project.storage.root for project in self._index.projects.values()}):
            free.add_metric((root.encode("utf-8", "replace").decode(),), free_and_size(root)[0])
        yield free
        if self._sizes:
            sizes = GaugeMetricFamily(
                "sygaldry_storage_bytes", "Bytes of a folder of a project", labels=("project", "folder")
            )
            for labels, size in self._sizes.items():
                sizes.add_metric(labels, size)
            yield sizes
        if self._gpu_code is not None:
            yield GaugeMetricFamily(
                "sygaldry_gpu_diagnosis",
                "Exit code of `sygaldry gpu diagnose`: 0 usable, 1 with warnings, 2 not usable, 3 no GPU, 4 unknown",
                value=self._gpu_code,
            )


Sizes = Mapping[tuple[str, str], int]  # of the folders of projects


def exposition(index: RunIndex, gpu_code: int | None = None, sizes: Sizes = MappingProxyType({})) -> bytes:
    """Return all metrics as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Jobs(index, gpu_code, sizes))
    return generate_latest(registry)


def _by_state(rows: Iterable[Row], name: str, text: str, projects: Iterable[str]) -> Metric:
    """Count by state; states without a run are 0, so that an alert on them works from the start."""
    counts = Counter((row.key.project, row.state) for row in rows)
    family = GaugeMetricFamily(name, text, labels=("project", "state"))
    for project in projects:
        for state in State:
            family.add_metric((project, state.value), counts[project, state.value])
    return family


def _families(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, str], int]]:
    """Give the labels of each failure. A job can write its own ledger, so they are plain words, and not too many."""
    seen: set[str] = set()
    for row in rows:
        family = _NOT_PLAIN.sub("_", row.family) or "unknown"
        seen |= {family} if len(seen) < _MOST_FAMILIES else set()
        yield (row.key.project, family if family in seen else "other"), 1


def _durations(rows: Iterable[Row]) -> Metric:
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row.final:
            found.setdefault((row.key.project, row.state), []).append(row.elapsed_s)
    family = HistogramMetricFamily(
        "sygaldry_run_duration_seconds", "Durations of ended runs", labels=("project", "state")
    )
    for labels, seconds in sorted(found.items()):
        counts = Counter(next((bound for bound in _BUCKETS if each <= bound), inf) for each in seconds)
        bounds = (*_BUCKETS, inf)
        sums = accumulate(counts[bound] for bound in bounds)
        buckets = [("+Inf" if bound == inf else str(bound), total) for bound, total in zip(bounds, sums, strict=True)]
        family.add_metric(labels, buckets, sum(seconds))
    return family


def _counted(name: str, text: str, labels: tuple[str, ...], counts: Iterable[tuple[tuple[str, ...], int]]) -> Metric:
    """Sum over the rows that exist: pruning lowers the value, so it is a gauge and no counter."""
    sums: Counter[tuple[str, ...]] = Counter()
    for key, count in counts:
        sums[key] += count
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, count in sorted(sums.items()):
        family.add_metric(key, count)
    return family
