"""Drift of own books: arithmetic on positions without a vendor."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.book import Benchmark, Holding
from app.services.domain.positions import AccountPositions
from app.services.drift.bond_classes import BondFacts
from app.services.drift.book_types import DriftSide, Worst
from app.services.drift.measured import drift_from, portfolio_of, severity
from app.services.drift.target_types import (
    ClassTarget,
    Content,
    HeldTargets,
    TargetDimension,
    TargetScope,
    bucket_names,
    bucket_of,
)

EDGES = (Decimal("0.5"), Decimal(3))
SECTORS = ("GOVT", "BANKING", "UTILITY")
FACTS = {name: BondFacts(sector=name) for name in SECTORS}


def holding(sector, value):
    return Holding("A", sector, None, Decimal(1), Decimal(1), value, None, None, None, None)


def book(cash, values, nav=None):
    holdings = tuple(holding(sector, value) for sector, value in zip(SECTORS, values, strict=True))
    return AccountPositions("A", nav or cash + sum(values), cash, "USD", None, holdings)


def held(*targets):
    return HeldTargets("1", 1, TargetScope.ACCOUNT, "A", TargetDimension.SECTOR, Content(targets))


TARGETS = held(ClassTarget("govt", Decimal(60)), ClassTarget("Banking", Decimal(40)))


def measured(positions, targets=TARGETS):
    return drift_from(targets, portfolio_of([positions], Benchmark()), FACTS)


amounts = st.decimals(min_value=1, max_value=10**9, places=2)


@given(cash=amounts, values=st.tuples(amounts, amounts, amounts), scale=st.integers(2, 1000))
def test_scaling_a_portfolio_changes_no_percentage(cash, values, scale):
    """R19.11"""
    small = measured(book(cash, values))
    large = measured(book(cash * scale, [value * scale for value in values]))
    assert [c.drift.difference_percent for c in large.classes] == [
        c.drift.difference_percent for c in small.classes
    ]
    assert (large.total_drift, large.needs_rebalancing) == (small.total_drift, small.needs_rebalancing)


@given(cash=amounts, values=st.tuples(amounts, amounts, amounts))
def test_shares_of_a_whole_portfolio_sum_to_100(cash, values):
    drift = measured(book(cash, values))
    assert [c.drift.asset_class for c in drift.classes] == ["govt", "Banking", "cash", "unclassified"]
    assert float(sum(c.drift.current_percent for c in drift.classes)) == pytest.approx(100)
    assert float(sum(c.drift.difference_percent for c in drift.classes)) == pytest.approx(0, abs=1e-9)


def test_a_drift_at_the_edge_of_the_band_is_left_alone():
    """R19.2: 65, 30 and 5 of 100 against 60, 40 and none."""
    drift = measured(book(Decimal(5), (Decimal(65), Decimal(30), Decimal(0))))
    assert [(c.drift.difference_percent, c.drift.is_out) for c in drift.classes] == [
        (5, False),
        (-10, True),
        (5, False),
        (0, False),
    ]


@pytest.mark.parametrize(
    ("target", "absolute", "relative", "band"),
    [
        ("45", "10", "10", "4.5"),
        ("45", "2", "10", "2"),
        ("45", None, "10", "4.5"),
        ("45", "2", None, "2"),
        ("45", None, None, "5"),
        ("0", None, "20", "0"),
    ],
)
def test_the_narrower_band_holds(target, absolute, relative, band):
    """R19.9"""
    found = ClassTarget("a", Decimal(target), absolute and Decimal(absolute), relative and Decimal(relative))
    assert found.band == Decimal(band)


def test_an_edge_belongs_to_the_bucket_above_it():
    """R19.10"""
    assert bucket_names(EDGES) == ("0-0.5", "0.5-3", "3+")
    assert [bucket_of(years, EDGES) for years in (-0.2, 0.4999, 0.5, 2.9999, 3, 30)] == [
        "0-0.5",
        "0-0.5",
        "0.5-3",
        "0.5-3",
        "3+",
        "3+",
    ]


def test_the_worst_has_the_most_bands_and_no_band_is_worse():
    """R19.13"""
    one = Worst("a", DriftSide.OVER, Decimal(9), Decimal(3), Decimal(3))
    two = replace(one, key="b", band=Decimal(2), ratio=Decimal("4.5"))
    none = replace(one, key="c", difference=Decimal("-0.1"), band=Decimal(0), ratio=None)
    assert [w.key for w in sorted([one, two, none], key=severity)] == ["c", "b", "a"]
