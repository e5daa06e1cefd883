"""Metrics of the process, in Prometheus' format: counters, histograms and gauges that the services move.

With several server processes each writes to files of its own in `PROMETHEUS_MULTIPROC_DIR`, which the start
empties, and any of them answers for all.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

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
    ("operation", "priority"),
    registry=REGISTRY,
    multiprocess_mode="livemin",
)
REDIS_WORKS = Gauge(
    "allocator_redis_works",
    "1 while all processes reach the Redis that they share, 0 while one goes on without it.",
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
ALERT_DELIVERIES = Counter(
    "allocator_alert_deliveries",
    "Attempts to deliver messages of alerts by outcome: SENT, RETRY, DEAD, CANCELLED.",
    ("outcome",),
    registry=REGISTRY,
)


REQUESTS_WAITING = Gauge(
    "allocator_requests_waiting",
    "Requests that are wholly there and wait for a thread.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)


def registry_of(state: Collector) -> CollectorRegistry:
    """Return the registry of one scrape: the metrics of all processes, and the state of the desk."""
    found = CollectorRegistry()
    if DIRECTORY in os.environ:
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    else:
        found.register(REGISTRY)
    found.register(state)
    return found


def forget_process(pid: int) -> None:
    """Drop the gauges of a server process that has ended; what it counted stays."""
    if DIRECTORY in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
