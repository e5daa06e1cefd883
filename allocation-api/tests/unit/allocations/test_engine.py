"""The engine's numbers, by hand calculations that stand beside each expectation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.core.errors import DataMissing
from app.services.allocations import snapshot
from app.services.allocations.engine import compute
from app.services.allocations.request import (
    BaseMetric,
    Constraints,
    Parameters,
    TargetMetric,
)
from app.services.allocations.types import PreviewInputs, ReasonCode, WarningType
from app.services.domain.book import Analytics, Benchmark
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from tests.support.builders import BUSINESS_DATE, account, inputs, security

GOLDEN = (
    ("ACC001", 100_000_000, 5_000_000, 1_000_000, 5.2),
    ("ACC002", 150_000_000, 8_000_000, 2_000_000, 4.8),
    ("ACC003", 80_000_000, 3_000_000, 500_000, 5.5),
    ("ACC004", 50_000_000, 1_000_000, 0, 5.0),
)


def golden_accounts():
    return [
        account(
            name,
            nav=Decimal(nav),
            cash=Decimal(cash),
            spread_duration=asd,
            benchmark=Benchmark(0.0, 0.0, 0.0),
            held_face=Decimal(face),
            settled_face=Decimal(face),
            held_market_value=Decimal(face) * Decimal("0.985"),
            issuer_market_value=Decimal(face) * Decimal("0.985"),
        )
        for name, nav, cash, face, asd in GOLDEN
    ]


def quantities(result):
    return [a.allocated_quantity for a in result.allocations]


def kinds(result):
    return [(w.type, w.account_id) for w in result.warnings]


@pytest.mark.parametrize(
    ("quantity", "lots", "std"),
    [
        (8_000_000, [0, 6_985_000, 0, 1_015_000], 0.1972962214),
        (10_000_000, [864_000, 8_121_000, 0, 1_015_000], 0.1906204359),
    ],
)
def test_golden_minimum_dispersion(quantity, lots, std):
    # R8.1, R8.2
    # Expectations: allocation rules, section 7.
    result = compute(inputs(golden_accounts(), quantity=quantity, method=Method.MIN_DISPERSION))
    assert quantities(result) == lots
    metrics = result.summary.dispersion_metrics
    assert metrics.pre_trade_std_dev == pytest.approx(0.2586020108, abs=1e-10)
    assert metrics.post_trade_std_dev == pytest.approx(std, abs=1e-10)
    assert metrics.improvement == pytest.approx((0.2586020108 - std) / 0.2586020108, abs=1e-9)


def test_a_row_by_hand():
    # R1.2, R1.5
    # One account, 1,000,000 face at clean 98.5 and accrued 0.25: notional 985,000, accrued 2,500.
    result = compute(inputs([account(held_market_value=Decimal(492_500))], accrued="0.25"))
    row = result.allocations[0]
    assert row.allocated_quantity == 1_000_000
    assert row.allocated_notional == Decimal("985000.00")
    assert row.accrued_interest == Decimal("2500.00")
    assert row.settlement_amount == Decimal("987500.00")
    assert row.available_cash == Decimal("5000000.00")
    assert row.post_trade_cash == Decimal("4012500.00")
    # Weight traded: 987,500 / 100,000,000 = 0.9875 %; spread duration 3.8, duration 4.2, OAS 12 bp.
    assert row.post_trade_metrics.spread_duration == pytest.approx(4.5 + 0.009875 * 3.8, abs=1e-12)
    assert row.post_trade_metrics.active_spread_duration == pytest.approx(0.5 + 0.009875 * 3.8, abs=1e-12)
    assert row.post_trade_metrics.duration == pytest.approx(5.0 + 0.009875 * 4.2, abs=1e-12)
    assert row.post_trade_metrics.oas == pytest.approx(95 + 0.009875 * 12, abs=1e-12)
    assert row.post_trade_metrics.dts == pytest.approx(400 + 0.009875 * 3.8 * 12, abs=1e-9)
    assert row.pre_trade_metrics.contribution_to_duration == pytest.approx(0.004925 * 4.2, abs=1e-12)
    assert row.post_trade_metrics.contribution_to_duration == pytest.approx(
        (0.004925 + 0.009875) * 4.2, abs=1e-12
    )
    assert row.reason is None
    assert result.warnings == ()


def test_a_sale_brings_cash_and_lowers_the_metrics():
    # R1.5
    holder = account(
        held_face=Decimal(2_000_000), settled_face=Decimal(2_000_000), held_market_value=Decimal(1_970_000)
    )
    result = compute(inputs([holder], side=Side.SELL))
    row = result.allocations[0]
    assert row.post_trade_cash == Decimal("5985000.00")
    assert row.post_trade_metrics.spread_duration == pytest.approx(4.5 - 0.00985 * 3.8, abs=1e-12)
    assert row.post_trade_metrics.contribution_to_duration == pytest.approx(0.00985 * 4.2, abs=1e-12)


def test_pro_rata_by_nav_with_a_cash_cap():
    # R4.1
    # NAV 100:300. The rich one would get 750,000 but has cash for 0.5m / 0.985 = 507,614 -> 507,000.
    poor = account("A", nav=Decimal(300_000_000), cash=Decimal(500_000))
    rich = account("B", nav=Decimal(100_000_000))
    result = compute(inputs([poor, rich]))
    assert quantities(result) == [507_000, 493_000]
    assert kinds(result) == [(WarningType.INSUFFICIENT_CASH, "A")]
    assert result.warnings[0].details["max_quantity"] == 507_614


def test_more_than_everybody_can_take_is_reported_with_its_reasons():
    # R3.6, R9.4
    two = [account("A", cash=Decimal(985_000)), account("B", cash=Decimal(98_500))]
    result = compute(inputs(two, quantity=5_000_000))
    assert quantities(result) == [1_000_000, 100_000]
    assert result.summary.unallocated == 3_900_000
    assert result.summary.allocation_rate == pytest.approx(0.22)
    first = result.warnings[0]
    assert (first.type, first.account_id) == (WarningType.INSUFFICIENT_CASH, None)
    assert first.details["total_capacity"] == 1_100_000
    assert kinds(result)[1:] == [(WarningType.INSUFFICIENT_CASH, "A"), (WarningType.INSUFFICIENT_CASH, "B")]


def test_cash_is_ignored_on_request_but_still_reported():
    # R4.1
    result = compute(inputs([account(cash=Decimal(0))], constraints=Constraints(respect_cash=False)))
    assert quantities(result) == [1_000_000]
    assert result.allocations[0].post_trade_cash == Decimal("-985000.00")


def test_every_account_that_got_nothing_says_why():
    # R9.1
    accounts = [
        account("A_NO_CASH", cash=Decimal(0)),
        account("B_NO_NAV", nav=None),
        account("C_TOBACCO", restrictions=("NO_TOBACCO",)),
        account("D_ODD", restrictions=("NO_FUN",)),
        account("E_FINE"),
        account("F_TINY", nav=Decimal(10_000)),
    ]
    bond = security(sector="TOBACCO", issuer_id="TOB")
    result = compute(inputs(accounts, bond=bond))
    reasons = {a.account_id: a.reason.code if a.reason else None for a in result.allocations}
    assert reasons == {
        "A_NO_CASH": ReasonCode.INSUFFICIENT_CASH,
        "B_NO_NAV": ReasonCode.MISSING_DATA,
        "C_TOBACCO": ReasonCode.COMPLIANCE,
        "D_ODD": ReasonCode.COMPLIANCE,
        "E_FINE": None,
        "F_TINY": ReasonCode.MIN_LOT_SIZE,
    }
    assert result.summary.accounts_skipped == 5
    assert quantities(result)[4] == 1_000_000


def test_concentration_limits_cap_the_split():
    # R5.4
    # 10 % of 100m NAV is 10m; 9m is held, so 1m of value is left: 1,000,000 / 0.985 = 1,015,228 face.
    bond = security(sector="INDUSTRIAL", issuer_id="ACME")
    full = account("A", issuer_market_value=Decimal(9_000_000))
    result = compute(inputs([full], bond=bond, quantity=3_000_000))
    assert quantities(result) == [1_015_000]
    finding = next(w for w in result.warnings if w.account_id == "A")
    assert finding.type is WarningType.COMPLIANCE
    assert finding.details["rule"] == "ISSUER_CONCENTRATION"
    assert finding.details["max_quantity"] == 1_015_228


def test_the_accounts_together_stay_under_their_share_of_the_issue():
    # R5.5
    # 25 % of 4,000,000 issued is 1,000,000; 300,000 is held.
    bond = security(amount_issued=Decimal(4_000_000))
    holder = account("A", held_face=Decimal(300_000), settled_face=Decimal(300_000))
    result = compute(inputs([holder, account("B")], bond=bond))
    assert sum(quantities(result)) == 700_000
    assert result.summary.unallocated == 300_000
    assert result.warnings[0].details["rule"] == "ISSUE_OWNERSHIP"


def test_compliance_switched_off_is_warned_of():
    # R5.7
    result = compute(
        inputs([account(restrictions=("NO_FUN",))], constraints=Constraints(compliance_check=False))
    )
    assert quantities(result) == [1_000_000]
    assert kinds(result) == [(WarningType.COMPLIANCE, None)]


def test_restrictions_do_not_bar_a_sale():
    # R5.1
    bond = security(sector="TOBACCO")
    holder = account(
        restrictions=("NO_TOBACCO",), held_face=Decimal(1_000_000), settled_face=Decimal(1_000_000)
    )
    assert quantities(compute(inputs([holder], side=Side.SELL, bond=bond))) == [1_000_000]


def test_only_settled_face_is_sold():
    # R4.3
    holder = account(held_face=Decimal(2_000_000), settled_face=Decimal(600_000))
    result = compute(inputs([holder], side=Side.SELL))
    assert quantities(result) == [600_000]
    assert result.summary.unallocated == 400_000


def test_an_odd_position_is_sold_whole():
    # R3.4
    holder = account(held_face=Decimal(1500500), settled_face=Decimal(1500500))
    result = compute(inputs([holder], side=Side.SELL, quantity=1_500_500))
    assert quantities(result) == [1_500_500]
    assert result.warnings == ()


def test_off_grid_orders_leave_a_rest_with_a_rounding_warning():
    # R3.1
    result = compute(inputs([account()], quantity=1_000_500))
    assert quantities(result) == [1_000_000]
    assert kinds(result) == [(WarningType.ROUNDING, None)]


def test_without_rounding_to_the_denomination_the_grid_is_one():
    # R3.1
    result = compute(
        inputs(
            [account("A"), account("B")],
            quantity=1_000_501,
            constraints=Constraints(round_to_denomination=False),
        )
    )
    assert quantities(result) == [500_251, 500_250]


def test_min_allocation_raises_the_piece():
    # R3.2
    accounts = [account("A", nav=Decimal(90_000_000)), account("B", nav=Decimal(10_000_000))]
    result = compute(inputs(accounts, constraints=Constraints(min_allocation=150_500)))
    assert quantities(result) == [1_000_000, 0]
    assert result.allocations[1].reason.code is ReasonCode.MIN_LOT_SIZE
    assert result.warnings[0].details["minimum_piece"] == 151_000


def test_custom_weights_leave_the_rest_or_redistribute_it():
    # R7.2, R7.3
    accounts = [account("A", cash=Decimal(98_500)), account("B")]
    weights = {"A": Decimal("0.5"), "B": Decimal("0.5")}
    kept = compute(inputs(accounts, method=Method.CUSTOM_WEIGHTS, parameters=Parameters(weights=weights)))
    assert quantities(kept) == [100_000, 500_000]
    assert kept.summary.unallocated == 400_000
    assert kinds(kept)[0] == (WarningType.INSUFFICIENT_CASH, None)
    spread = compute(
        inputs(
            accounts,
            method=Method.CUSTOM_WEIGHTS,
            parameters=Parameters(weights=weights, redistribute=True),
        )
    )
    assert quantities(spread) == [100_000, 900_000]
    assert (WarningType.ROUNDING, "B") in kinds(spread)


def test_pro_rata_bases():
    # R6.1
    accounts = [
        account(
            "A",
            market_value=Decimal(30_000_000),
            held_face=Decimal(1_000_000),
            settled_face=Decimal(1_000_000),
        ),
        account(
            "B",
            market_value=Decimal(10_000_000),
            held_face=Decimal(4_000_000),
            settled_face=Decimal(4_000_000),
        ),
    ]
    by_value = compute(inputs(accounts, parameters=Parameters(base_metric=BaseMetric.MARKET_VALUE)))
    assert quantities(by_value) == [750_000, 250_000]
    by_position = compute(
        inputs(accounts, side=Side.SELL, parameters=Parameters(base_metric=BaseMetric.POSITION))
    )
    assert quantities(by_position) == [200_000, 800_000]
    amounts = {"A": Decimal(1), "B": Decimal(1)}
    custom = compute(
        inputs(accounts, parameters=Parameters(base_metric=BaseMetric.CUSTOM, base_amounts=amounts))
    )
    assert quantities(custom) == [500_000, 500_000]


def test_tolerance_is_in_the_metric_s_own_unit():
    # R8.7
    # Two accounts 8 bp apart deviate 4 bp from their mean: inside 0.05 x 100 bp, outside 0.03 x 100 bp.
    accounts = [account("A", oas=92.0), account("B", oas=100.0)]
    for tolerance, within in ((0.05, True), (0.03, False)):
        chosen = Parameters(target_metric=TargetMetric.OAS, tolerance=tolerance)
        metrics = compute(inputs(accounts, quantity=1000, parameters=chosen)).summary.dispersion_metrics
        assert metrics.within_tolerance is within
        assert metrics.max_deviation == pytest.approx(4.0, abs=0.01)


def test_a_missing_benchmark_counts_as_zero_and_is_warned_of():
    # R1.4
    result = compute(inputs([account(benchmark=Benchmark())]))
    assert result.allocations[0].pre_trade_metrics.active_spread_duration == 4.5
    assert kinds(result) == [(WarningType.MISSING_DATA, "A1")]


def test_an_account_without_the_metric_is_out_of_the_population():
    # R4.4, R8.8
    accounts = [account("A"), account("B", spread_duration=5.5), account("C", spread_duration=None)]
    result = compute(inputs(accounts, quantity=1000))
    assert result.allocations[2].reason.code is ReasonCode.MISSING_DATA
    # ASD 0.5 and 1.5: population standard deviation 0.5.
    assert result.summary.dispersion_metrics.pre_trade_std_dev == pytest.approx(0.5, abs=1e-12)


def test_a_bond_without_the_target_metric_is_a_data_error():
    # R8.8
    bare = Analytics("912828YW4", BUSINESS_DATE, 4.2, None, 12.0, 0.2, 4.1, Decimal(0))
    with pytest.raises(DataMissing, match="ACTIVE_SPREAD_DURATION"):
        compute(inputs([account()], analytics=bare))


def test_old_positions_are_warned_of_for_each_account_that_has_them():
    # R9.5
    # 2026-06-30 is a Tuesday: Monday's data is as usual, Friday's is two business days old.
    monday, friday = BUSINESS_DATE.replace(day=29), BUSINESS_DATE.replace(day=26)
    dates = {"A": BUSINESS_DATE, "B": monday, "C": friday, "D": None, "E": friday}
    result = compute(inputs([account(name, reference_date=day) for name, day in dates.items()]))
    assert kinds(result) == [(WarningType.STALE_DATA, "C"), (WarningType.STALE_DATA, "E")]
    assert result.warnings[0].details == {
        "data": "positions",
        "date": "2026-06-26",
        "business_date": "2026-06-30",
        "age_business_days": 2,
    }


def test_old_analytics_of_the_bond_are_warned_of_once_for_the_order():
    given = inputs([account("A"), account("B")])
    old = replace(given.analytics, risk_date=BUSINESS_DATE.replace(day=26))
    result = compute(replace(given, analytics=old))
    assert kinds(result) == [(WarningType.STALE_DATA, None)]
    assert result.warnings[0].details["data"] == "analytics"


def test_a_snapshot_gives_the_same_result_to_the_bit():
    given = inputs(golden_accounts(), quantity=8_000_000, method=Method.MIN_DISPERSION)
    text = snapshot.encode(given)
    again = snapshot.decode(text, PreviewInputs)
    assert snapshot.encode(again) == text
    assert snapshot.encode(compute(again)) == snapshot.encode(compute(given))
