"""Bases of pro-rata shares, against arithmetic of the test's own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.allocations.engine import compute
from app.services.allocations.request import BaseMetric, Constraints, Parameters, TargetMetric
from app.services.allocations.types import ReasonCode, WarningType
from app.services.domain.book import Benchmark
from app.services.domain.cash_reserve import CashReserve
from app.services.domain.side import Side
from tests.support.builders import account, faces, inputs
from tests.support.profiles import examples

SHORT = Benchmark(spread_duration=5.0, duration=5.5, oas=100.0)
SHORTER = Benchmark(spread_duration=5.0, duration=7.0, oas=115.0)


@pytest.mark.parametrize(
    ("metric", "side", "expected"),
    [
        # 0.5 and 2 years of duration, 5 and 20 bp of OAS, and 0.5 years of active spread duration each, over
        # NAV 100 and 50 million: 1 : 2, 1 : 2 and 2 : 1.
        (TargetMetric.DURATION, Side.BUY, [1_000_000, 2_000_000]),
        (TargetMetric.OAS, Side.BUY, [1_000_000, 2_000_000]),
        (TargetMetric.ACTIVE_SPREAD_DURATION, Side.BUY, [2_000_000, 1_000_000]),
        (TargetMetric.DURATION, Side.SELL, [0, 0]),
    ],
)
def test_a_gap_is_that_of_the_target_metric(metric, side, expected):
    # R6.6
    held = {"held_face": Decimal(3_000_000), "settled_face": Decimal(3_000_000)}
    two = [
        account("A", benchmark=SHORT, **held),
        account("B", benchmark=SHORTER, nav=Decimal(50_000_000), **held),
    ]
    by_gap = Parameters(base_metric=BaseMetric.GAP, target_metric=metric)
    result = compute(inputs(two, quantity=3_000_000, side=side, parameters=by_gap))
    assert faces(result) == expected


@pytest.mark.parametrize(
    ("metric", "field"), [(TargetMetric.DURATION, "duration"), (TargetMetric.OAS, "oas")]
)
def test_without_that_benchmark_there_is_no_gap(metric, field):
    # R6.6
    two = [account("A", benchmark=SHORT), account("B", benchmark=replace(SHORT, **{field: None}))]
    by_gap = Parameters(base_metric=BaseMetric.GAP, target_metric=metric)
    result = compute(inputs(two, parameters=by_gap))
    assert faces(result) == [1_000_000, 0]
    assert result.allocations[1].reason.code is ReasonCode.MISSING_DATA
    assert [w.type for w in result.warnings if w.account_id == "B"] == [WarningType.MISSING_DATA]


def test_an_order_that_no_gap_asks_for_stays_and_says_why():
    # R6.6, R9.4: both accounts have more duration than their benchmark, so a purchase has no gap to close.
    past = Benchmark(duration=4.5)
    by_gap = Parameters(base_metric=BaseMetric.GAP, target_metric=TargetMetric.DURATION)
    result = compute(inputs([account("A", benchmark=past), account("B", benchmark=past)], parameters=by_gap))
    assert faces(result) == [0, 0]
    (warning,) = [w for w in result.warnings if w.account_id is None]
    assert warning.type is WarningType.LIMITED_BY_REQUEST
    assert warning.message == (
        "1,000,000 of 1,000,000 face stay unallocated; 2 accounts could take more, with a share by GAP of 0"
    )


@pytest.mark.parametrize("side", list(Side))
def test_cash_is_shared_by_what_the_reserve_leaves(side):
    # R4.9, R6.1: 5,000,000 less 2,000,000 and 6,000,000 less 2,000,000 are 3 : 4.
    held = {"held_face": Decimal(1_000_000), "settled_face": Decimal(1_000_000)}
    two = [account("A", **held), account("B", cash=Decimal(6_000_000), **held)]
    result = compute(
        inputs(
            two,
            quantity=700_000,
            side=side,
            parameters=Parameters(base_metric=BaseMetric.CASH),
            constraints=Constraints(cash_reserve=CashReserve(amount=Decimal(2_000_000))),
        )
    )
    assert faces(result) == [300_000, 400_000]


@pytest.mark.parametrize("side", list(Side))
def test_unknown_cash_is_no_base(side):
    # R6.1
    held = {"held_face": Decimal(1_000_000), "settled_face": Decimal(1_000_000)}
    two = [account("A", **held), account("B", cash=None, **held)]
    by_cash = Parameters(base_metric=BaseMetric.CASH)
    result = compute(inputs(two, side=side, parameters=by_cash))
    assert faces(result) == [1_000_000, 0]
    assert result.allocations[1].reason.code is ReasonCode.MISSING_DATA


OWN_ORDERS = st.lists(st.integers(0, 6_000), min_size=1, max_size=6).filter(any)


@examples(200)
@given(OWN_ORDERS, st.integers(1, 20_000), st.sampled_from(list(Side)))
def test_no_account_exceeds_its_own_order_and_all_that_can_be_placed_is(hundreds, lots, side):
    # R6.7: cash buys 5,076,142 face, and 5,000,000 are held; lots and pieces are 1,000.
    held = {"held_face": Decimal(5_000_000), "settled_face": Decimal(5_000_000)}
    names = [f"A{i}" for i in range(len(hundreds))]
    own = {
        name: Decimal(x * 1_000 + 500) if x else Decimal(0) for name, x in zip(names, hundreds, strict=True)
    }
    by_own = Parameters(base_metric=BaseMetric.ORDER_SIZE, base_amounts=own)
    order = lots * 1_000
    result = compute(
        inputs([account(n, **held) for n in names], quantity=order, side=side, parameters=by_own)
    )
    most = 5_076_000 if side is Side.BUY else 5_000_000
    able = [min(x * 1_000, most) for x in hundreds]
    got = faces(result)
    assert all(face <= cap for face, cap in zip(got, able, strict=True))
    assert sum(got) == min(order, sum(able))
    rest = [w.type for w in result.warnings if w.account_id is None]
    assert bool(rest) == (sum(able) < order)
