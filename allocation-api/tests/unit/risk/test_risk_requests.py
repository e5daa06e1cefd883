"""What a request for the risk of a portfolio becomes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from marshmallow import ValidationError

from app.schemas.risk import RiskRequestSchema
from app.services.kernels.risk.covariance import CovarianceMethod
from app.services.market_history.types import FillMethod, SeriesFrequency
from app.services.risk.types import RiskFigure, RiskRequest, RollingFigure, RollingRequest, WindowsRequest

EVERY_FIELD = {
    "weights": {"A": 1.5, "B": -0.5},
    "start_date": "2026-01-05",
    "end_date": "2026-01-19",
    "frequency": "weekly",
    "fill": "forward",
    "known_at": "2026-02-01T00:00:00Z",
    "benchmark": "C",
    "measures": ["CVaR", "MDD"],
    "levels": [0.9, 0.99],
    "covariance": "ewma",
    "decay": 0.97,
    "risk_free_rate": 0.02,
    "target_return": 0.001,
    "periods_per_year": 250,
    "shocks": {"A": -0.2},
    "worst_windows": {"periods": 5, "count": 2},
    "rolling": {"window": 4, "measures": ["beta", "VaR"]},
}


def test_every_field_arrives_exactly():
    assert RiskRequestSchema().load(EVERY_FIELD) == RiskRequest(
        weights={"A": 1.5, "B": -0.5},
        start_date=date(2026, 1, 5),
        end_date=date(2026, 1, 19),
        frequency=SeriesFrequency.WEEKLY,
        fill=FillMethod.FORWARD,
        known_at=datetime(2026, 2, 1, tzinfo=UTC),
        benchmark="C",
        measures=(RiskFigure.CVAR, RiskFigure.MDD),
        levels=(0.9, 0.99),
        covariance=CovarianceMethod.EWMA,
        decay=0.97,
        risk_free_rate=0.02,
        target_return=0.001,
        periods_per_year=250,
        shocks={"A": -0.2},
        worst_windows=WindowsRequest(5, 2),
        rolling=RollingRequest(4, (RollingFigure.BETA, RollingFigure.VAR)),
    )


def test_weights_alone_are_enough():
    asked = RiskRequestSchema().load({"weights": {"A": 1}})
    assert asked.measures == tuple(RiskFigure)
    assert RiskRequestSchema().load({"weights": {"A": 1}, "decay": 0.9999}).decay == 0.9999
    assert (asked.levels, asked.decay, asked.covariance) == ((0.95,), 0.94, CovarianceMethod.SAMPLE)
    assert (asked.periods_per_year, asked.shocks, asked.worst_windows, asked.rolling) == (None,) * 4


def test_every_wrong_field_is_named_at_once():
    wrong = {
        "weights": {"A B": 1, "C": "1"},
        "levels": [0.4, 1],
        "measures": ["VAR95"],
        "decay": 1,
        "periods_per_year": 0,
        "shocks": {"A": -1.1},
        "worst_windows": {"periods": 0},
        "rolling": {"measures": []},
    }
    with pytest.raises(ValidationError) as refused:
        RiskRequestSchema().load(wrong)
    found = refused.value.messages_dict
    assert set(found) == set(wrong)
    assert (set(found["weights"]), set(found["levels"])) == ({"A B", "C"}, {0, 1})
    assert set(found["rolling"]) == {"window", "measures"}


def test_a_benchmark_is_asked_for_where_a_measure_needs_one():
    body = {"weights": {"A": 1}, "rolling": {"window": 4, "measures": ["volatility", "tracking_error"]}}
    with pytest.raises(ValidationError) as refused:
        RiskRequestSchema().load(body)
    assert refused.value.messages_dict == {"benchmark": ["tracking_error needs a benchmark."]}
