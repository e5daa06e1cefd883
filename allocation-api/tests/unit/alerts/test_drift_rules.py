"""Keys and severities of drift, from drift as it was measured (R21.1)."""

from __future__ import annotations

from decimal import Decimal

import pytest

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
        drift = SetDrift(
            held, tuple(classes), tuple(metrics), Decimal(0), needs_rebalancing=True, worst=None, warnings=()
        )
        data = DataAge(None, None, None)
        self._book = BookDrift("A", "Account A", Decimal(100), "USD", data, (drift,), ())

    def books(self, _as_of, _visible):
        return (self._book,)


def found(measured):
    return Drift(AccountsOutOfBand(measured, list)).findings()


def metric(relative_to, difference):
    target = MetricTarget(RiskMetric.DURATION, relative_to, Decimal(5), Decimal(1))
    return MetricDrift(target, Decimal(7), None, Decimal(difference), is_out=True)


def test_a_metric_and_the_same_against_the_benchmark_are_two_findings():
    metrics = [metric(None, 2), metric(RelativeTo.BENCHMARK, "1.5")]
    assert {each.key: each.severity for each in found(Measured(TargetDimension.METRIC, metrics=metrics))} == {
        "DRIFT:A:METRIC:DURATION:over": "CRITICAL",
        "DRIFT:A:METRIC:DURATION against BENCHMARK:over": "WARNING",
    }


@pytest.mark.parametrize(("band", "severity"), [("0", "CRITICAL"), ("5", "CRITICAL"), ("5.1", "WARNING")])
def test_twice_the_band_or_more_is_critical_and_so_is_whatever_is_out_of_a_band_of_0(band, severity):
    numbers = [Decimal(text) for text in ("10", "10", "0", "0", "10", "10")]
    banded = BandedClass(ClassDrift("stocks", *numbers, is_out=True), Decimal(band))
    (one,) = found(Measured(TargetDimension.ASSET_CLASS, classes=[banded]))
    assert one.severity == severity
