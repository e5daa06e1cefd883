"""The golden numbers of the allocation rules, section 7, through HTTP, wire and database."""

from __future__ import annotations

import json

import pytest

from tests.support.desk import GOLDEN_BOOK

BOND = "912828YW4"


@pytest.fixture
def ask(golden_desk):
    book = json.loads(GOLDEN_BOOK.read_text())
    (group,) = (g["group_id"] for g in book["groups"])
    (bond,) = (s["cusip"] for s in book["securities"])

    def preview(quantity, solver="EXACT", **more):
        parameters = {"solver": solver, **more.pop("parameters", {})}
        method = more.pop("method", "MIN_DISPERSION")
        return golden_desk.preview(
            bond, quantity, groups=[group], method=method, parameters=parameters, **more
        )

    return preview


@pytest.mark.parametrize("solver", ["EXACT", "SLSQP"])
@pytest.mark.parametrize(
    ("quantity", "lots", "std"),
    [
        (8_000_000, {"ACC001": 0, "ACC002": 6_985_000, "ACC003": 0, "ACC004": 1_015_000}, 0.1972962214),
        (
            10_000_000,
            {"ACC001": 864_000, "ACC002": 8_121_000, "ACC003": 0, "ACC004": 1_015_000},
            0.1906204359,
        ),
    ],
)
def test_in_lots(ask, solver, quantity, lots, std):
    # R8.2
    found = ask(quantity, solver)
    assert {a["account_id"]: a["allocated_quantity"] for a in found["allocations"]} == lots
    metrics = found["summary"]["dispersion_metrics"]
    assert metrics["pre_trade_std_dev"] == pytest.approx(0.2586020108, abs=1e-10)
    assert metrics["post_trade_std_dev"] == pytest.approx(std, abs=1e-10)
    assert found["summary"]["unallocated"] == 0


@pytest.mark.parametrize(("quantity", "std"), [(8_000_000, 0.1972953441), (10_000_000, 0.1906106421)])
def test_the_continuous_optimum_is_the_bound(ask, quantity, std):
    proof = ask(quantity)["summary"]["optimality"]
    assert proof["lower_bound_std_dev"] >= std - 1e-10
    assert proof["status"] == "OPTIMAL"
    # In whole units of face the cash cap of ACC004 costs it 0.43 face: some 2e-9 years.
    fine = ask(quantity, constraints={"round_to_denomination": False})["summary"]
    assert fine["dispersion_metrics"]["post_trade_std_dev"] == pytest.approx(std, abs=1e-8)


def test_active_spread_durations_before_the_trade(ask):
    found = ask(8_000_000)["allocations"]
    before = [a["pre_trade_metrics"]["active_spread_duration"] for a in found]
    assert before == pytest.approx([5.2, 4.8, 5.5, 5.0], abs=1e-9)


def test_pro_rata_shares_by_hand(ask):
    # R6.1
    # NAV 100 : 150 : 80 : 50 of 3,800,000 is 1,000,000 : 1,500,000 : 800,000 : 500,000.
    found = ask(3_800_000, method="PRO_RATA")
    assert [a["allocated_quantity"] for a in found["allocations"]] == [1_000_000, 1_500_000, 800_000, 500_000]
    assert found["allocations"][0]["settlement_amount"] == 985_000.0
    assert found["warnings"] == []


def test_a_row_has_the_benchmark_of_the_preview(ask, golden_desk):
    found = ask(8_000_000)
    first = found["allocations"][0]
    assert first["benchmark_metrics"] == {"spread_duration": -5.16257, "duration": None, "oas": None}
    before = first["pre_trade_metrics"]
    active = before["spread_duration"] - first["benchmark_metrics"]["spread_duration"]
    assert before["active_spread_duration"] == pytest.approx(active, abs=1e-12)
    assert golden_desk.get(f"allocations/{found['allocation_id']}")["allocations"] == found["allocations"]
