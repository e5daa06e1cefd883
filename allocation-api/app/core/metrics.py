"""Metrics of the process, in Prometheus' format: counters, histograms and gauges that the services move.

With several server processes each writes to files of its own in `PROMETHEUS_MULTIPROC_DIR`, which the start
empties, and any of them answers for all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.database import Database

log = structlog.get_logger(__name__)

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable that the library reads when it is imported."""

REGISTRY = CollectorRegistry()
"""What this process has counted."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histograms of durations."""

HTTP_REQUESTS = Counter(
    "allocator_http_requests",
    "Requests by route and status.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "allocator_http_request_seconds",
    "Duration of requests by route.",
    ("method", "route"),
    buckets=SECONDS,
    registry=REGISTRY,
)
PREVIEW_SECONDS = Histogram(
    "allocator_preview_phase_seconds",
    "Duration of a preview's phases: read (vendor and reference data), split (solver), store (database).",
    ("phase",),
    buckets=SECONDS,
    registry=REGISTRY,
)
SPLITS = Counter(
    "allocator_splits",
    "Computed splits by method and by what is proved of them.",
    ("method", "proof"),
    registry=REGISTRY,
)
VENDOR_CALLS = Counter(
    "allocator_vendor_calls",
    "Calls to Aladdin by operation and outcome: OK, or the code of the error.",
    ("operation", "outcome"),
    registry=REGISTRY,
)
VENDOR_SECONDS = Histogram(
    "allocator_vendor_call_seconds",
    "Duration of calls to Aladdin, waits for quota and retries included.",
    ("operation",),
    buckets=SECONDS,
    registry=REGISTRY,
)
VENDOR_QUOTA_LEFT = Gauge(
    "allocator_vendor_quota_left",
    "Calls that the quota of an operation still has room for, in the process that has least.",
    ("operation",),
    registry=REGISTRY,
    multiprocess_mode="livemin",
)
COMMITS = Counter(
    "allocator_commits",
    "Commits by outcome: SUBMITTED, FAILED, UNKNOWN, or the code of the refusal before anything was sent.",
    ("outcome",),
    registry=REGISTRY,
)
JOB_RUNS = Counter(
    "allocator_job_runs", "Runs of background jobs by outcome.", ("job", "outcome"), registry=REGISTRY
)
JOB_SUCCESS = Gauge(
    "allocator_job_last_success_timestamp_seconds",
    "When a background job last succeeded, in seconds since 1970.",
    ("job",),
    registry=REGISTRY,
    multiprocess_mode="max",
)


@dataclass(frozen=True, slots=True)
class StateGauge:
    """Gauge of what the database holds; `read` returns its values by label, that of "" without a label."""

    name: str
    help: str
    read: Callable[[Session], Mapping[str, float]]
    label: str | None = None


class StateCollector(Collector):
    """Reads the gauges of the database when Prometheus asks, in one session.

    A database that fails is a gauge of 0 and never an error: the other metrics are still read.
    """

    def __init__(self, database: Database, gauges: Sequence[StateGauge]) -> None:
        self._database = database
        self._gauges = tuple(gauges)

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        found: list[Metric] = []
        is_up = True
        try:
            with self._database.read() as session:
                found = [_family(gauge, gauge.read(session)) for gauge in self._gauges]
        except SQLAlchemyError as error:
            log.warning("the state of the desk was not read", exc_info=error)
            is_up = False
        yield GaugeMetricFamily("allocator_database_up", "1 while the database answers.", value=float(is_up))
        yield from found


def _family(gauge: StateGauge, values: Mapping[str, float]) -> Metric:
    if gauge.label is None:
        return GaugeMetricFamily(gauge.name, gauge.help, value=values[""])
    family = GaugeMetricFamily(gauge.name, gauge.help, labels=[gauge.label])
    for value, amount in values.items():
        family.add_metric([value], amount)
    return family


def registry_of(state: StateCollector) -> CollectorRegistry:
    """Return the registry of one scrape: the metrics of all processes, and the state of the desk."""
    found = CollectorRegistry()
    if DIRECTORY in os.environ:
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    else:
        found.register(REGISTRY)
    found.register(state)
    return found
