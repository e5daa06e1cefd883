"""Keys and severities of drift, from drift as it was measured (R21.1)."""

from __future__ import annotations

from decimal import Decimal

from app.services.alerts.drift_rules import AccountsOutOfBand, Drift
from app.services.drift.book_types import BandedClass, BookDrift, MetricDrift, SetDrift
from app.services.drift.target_types import (
    Content,
    HeldTargets,
    MetricTarget,
    RelativeTo,
    RiskMetric,
    TargetDimension,
    TargetScope,
)
from app.services.kernels.rebalancing import ClassDrift
from app.services.ops.health import DataAge


class Measured:
    """What measures books, and has one account with this drift."""

    def __init__(self, dimension, classes=(), metrics=()):
        held = HeldTargets("set", 1, TargetScope.ACCOUNT, "A", dimension, Content())
        drift = SetDrift(held, tuple(classes), tuple(metrics), Decimal(0), True, None, ())
        data = DataAge(None, None, None)
        self._book = BookDrift("A", "Account A", Decimal(100), "USD", data, (drift,), ())

    def books(self, _as_of, _visible):
        return (self._book,)


def found(measured):
    return Drift(AccountsOutOfBand(measured, list)).findings()


def metric(relative_to, difference):
    target = MetricTarget(RiskMetric.DURATION, relative_to, Decimal(5), Decimal(1))
    return MetricDrift(target, Decimal(7), None, Decimal(difference), True)


def test_a_metric_and_the_same_against_the_benchmark_are_two_findings():
    metrics = [metric(None, 2), metric(RelativeTo.BENCHMARK, "1.5")]
    assert {each.key: each.severity for each in found(Measured(TargetDimension.METRIC, metrics=metrics))} == {
        "DRIFT:A:METRIC:DURATION:over": "CRITICAL",
        "DRIFT:A:METRIC:DURATION against BENCHMARK:over": "WARNING",
    }
