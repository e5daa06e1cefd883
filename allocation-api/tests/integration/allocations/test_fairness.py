"""Fairness over time through HTTP: the ledger moves with commits, and the next preview is split by it."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from itertools import pairwise, product
from math import fsum, sqrt
from random import Random

import pytest

from benchmarks.fairness_year import CUSIP, GROUP, Plan, outcome, splits

LOT = 100_000
PRICE, SPREAD_DURATION = 0.985, 3.8
SMALL = Plan({"A": 10_000_000, "B": 90_000_000}, (500_000, 500_000))
"""Of 500,000 the parts are 50,000, under the piece of 100,000, and 450,000."""


@pytest.fixture
def desk(book_desk):
    return book_desk(SMALL.book(LOT))


def preview(desk, face, *, status=200, method="PRO_RATA", **parameters):
    return desk.preview(CUSIP, face, status=status, groups=(GROUP,), method=method, parameters=parameters)


def commit(desk, shown):
    return desk.post(f"allocations/{shown['allocation_id']}/commit", {"override_warnings": True})


def rows(shown):
    return [(r["allocated_quantity"], r["owed_before"], r["owed_after"]) for r in shown["allocations"]]


def test_an_account_that_the_piece_shuts_out_gets_its_due_later(desk):
    # R16.2, R16.5: by hand, 1/10 and 9/10 of 500,000 each time.
    first = preview(desk, 500_000, fairness="LEDGER")
    assert rows(first) == [(0, 50_000, 50_000), (500_000, 450_000, -50_000)]
    assert first["allocations"][0]["reason"]["code"] == "MIN_LOT_SIZE"
    commit(desk, first)
    second = preview(desk, 500_000, fairness="LEDGER")
    assert rows(second) == [(100_000, 100_000, 0), (400_000, 400_000, 0)]
    said = second["summary"]["fairness"]
    assert said["greatest_before"] == {"account_id": "A", "quantity": 50_000, "pieces": 0.5}
    assert said["greatest_after"] == {"account_id": "A", "quantity": 0, "pieces": 0}
    assert (said["mode"], said["source"], said["effect"]) == ("LEDGER", "REQUEST", "STEERED")
    assert (said["policy_id"], said["policy_version"]) == (second["fairness_policy_id"], 0)
    assert (said["scope"], said["as_of"]) == (GROUP, "2026-06-30")
    by_itself = preview(desk, 500_000)
    assert rows(by_itself) == [(0, 100_000, 100_000), (500_000, 400_000, -100_000)]
    assert (by_itself["summary"]["fairness"]["mode"], by_itself["summary"]["fairness"]["source"]) == (
        "PER_ORDER",
        "POLICY",
    )
    commit(desk, second)
    assert rows(preview(desk, 500_000, fairness="LEDGER")) == rows(first)
    assert desk.get(f"allocations/{second['allocation_id']}")["allocations"] == second["allocations"]


def test_a_preview_replays_with_the_ledger_that_it_was_made_with(desk):
    # R15.3: what is committed after it changes nothing of it.
    made = [
        preview(desk, 500_000, fairness="LEDGER"),
        preview(desk, 500_000, fairness="LEDGER", method="MIN_DISPERSION"),
    ]
    commit(desk, preview(desk, 500_000))
    for shown in made:
        again = desk.post(f"allocations/{shown['allocation_id']}/replay")
        assert (again["identical"], again["differences"]) == (True, [])


def test_the_table_of_an_allocation_has_what_is_owed(desk):
    # R16.5
    shown = preview(desk, 500_000)
    answer = desk.client.get(
        f"/v1/allocations/{shown['allocation_id']}", headers=desk.headers, query_string={"format": "csv"}
    )
    found = [
        (r["owed_before"], r["owed_after"]) for r in csv.DictReader(io.StringIO(answer.text, newline=""))
    ]
    assert found == [("50000", "50000"), ("450000", "-50000")]


def in_force(desk, **policy):
    desk.token = desk.login("demo_supervisor")["access_token"]
    body = {"version": 0, "statement": "Shortfalls are carried.", **policy}
    found = desk.call("PUT", "fairness/policy", json=body)
    desk.token = desk.login()["access_token"]
    return found


def test_the_policy_in_force_is_the_default_and_is_named(desk):
    # R15.6, R16.1
    commit(desk, preview(desk, 500_000))
    policy = in_force(desk, mode="LEDGER", fairness_weight=4)
    shown = preview(desk, 500_000)
    said = shown["summary"]["fairness"]
    assert (said["mode"], said["source"], said["policy_version"]) == ("LEDGER", "POLICY", 1)
    assert said["policy_id"] == policy["policy_id"]
    assert [r["allocated_quantity"] for r in shown["allocations"]] == [100_000, 400_000]
    weighed = preview(desk, 500_000, method="MIN_DISPERSION")
    said = weighed["summary"]["fairness"]
    assert (said["fairness_weight"], said["weight_source"]) == (4, "POLICY")
    assert {r["fairness_weight"] for r in weighed["allocations"]} == {4}
    kept = preview(desk, 500_000, fairness="PER_ORDER")
    assert [r["allocated_quantity"] for r in kept["allocations"]] == [0, 500_000]


def test_a_weight_of_zero_only_records(desk):
    # R16.3
    commit(desk, preview(desk, 500_000))
    plain = preview(desk, 500_000, method="MIN_DISPERSION")
    shown = preview(desk, 500_000, method="MIN_DISPERSION", fairness="LEDGER", fairness_weight=0)
    assert rows(shown) == rows(plain)
    said = shown["summary"]["fairness"]
    assert (said["mode"], said["effect"], said["fairness_weight"]) == ("LEDGER", "RECORDED", 0)


@pytest.mark.parametrize("name", ["fairness_weight", "max_dispersion_cost"])
def test_a_weight_under_a_policy_that_splits_per_order_is_refused(desk, name):
    # R16.1
    told = preview(desk, 500_000, status=422, method="MIN_DISPERSION", **{name: 1})
    assert [e["field"] for e in told["errors"]] == [f"parameters.{name}"]
    assert "PER_ORDER" in told["errors"][0]["message"]
    in_force(desk, mode="LEDGER")
    assert (
        preview(desk, 500_000, method="MIN_DISPERSION", **{name: 1})["summary"]["fairness"]["mode"]
        == "LEDGER"
    )


@pytest.fixture
def owing_desk(book_desk):
    """Eight accounts, some of which minimum dispersion has left behind by more than a piece."""
    desk = book_desk(Plan.of(accounts=8, orders=0).book(LOT))
    commit(desk, preview(desk, 2_000_000, method="MIN_DISPERSION"))
    return desk


def test_fairness_costs_at_most_what_was_allowed(owing_desk):
    # R16.4
    least = preview(owing_desk, 40_000_000, method="MIN_DISPERSION")["summary"]
    std_dev = least["dispersion_metrics"]["post_trade_std_dev"]
    balance = [abs(least["fairness"]["greatest_after"]["quantity"])]
    for cost in (0, 0.001, 0.01, 1000):
        shown = preview(
            owing_desk, 40_000_000, method="MIN_DISPERSION", fairness="LEDGER", max_dispersion_cost=cost
        )["summary"]
        said, reached = shown["fairness"], shown["dispersion_metrics"]["post_trade_std_dev"]
        assert said["weight_source"] == "DISPERSION_COST"
        assert said["least_std_dev"] == pytest.approx(std_dev, rel=1e-12)
        assert reached <= std_dev * (1 + cost) * (1 + 1e-12)
        assert said["dispersion_cost"] == pytest.approx(reached / std_dev - 1, abs=1e-12)
        balance.append(abs(said["greatest_after"]["quantity"]))
    assert balance[-1] < LOT < balance[0]  # what may cost anything leaves nobody a piece behind


@pytest.mark.parametrize("method", ["PRO_RATA", "MIN_DISPERSION"])
def test_the_frontier_goes_from_the_least_dispersion_to_what_is_owed(owing_desk, method):
    # R16.6
    shown = preview(owing_desk, 40_000_000, method=method, fairness="LEDGER")
    least = preview(owing_desk, 40_000_000, method="MIN_DISPERSION")["summary"]
    found = owing_desk.get(f"allocations/{shown['allocation_id']}/frontier")
    points = found["points"]
    weights = [p["fairness_weight"] for p in points]
    assert (weights[0], weights) == (0, sorted(set(weights)))
    spread = [p["post_trade_std_dev"] for p in points]
    assert spread[0] == pytest.approx(least["dispersion_metrics"]["post_trade_std_dev"], rel=1e-12)
    assert all(after >= before * (1 - 1e-9) for before, after in pairwise(spread))
    assert points[0]["greatest_after"] == least["fairness"]["greatest_after"]
    assert abs(points[-1]["greatest_after"]["pieces"]) < 1 < abs(points[0]["greatest_after"]["pieces"])
    assert [p["dispersion_cost"] for p in points] == pytest.approx(
        [s / spread[0] - 1 for s in spread], abs=1e-12
    )
    own = found["preview"]
    assert own["post_trade_std_dev"] == shown["summary"]["dispersion_metrics"]["post_trade_std_dev"]
    assert own["greatest_after"] == shown["summary"]["fairness"]["greatest_after"]
    assert own["dispersion_cost"] > 0
    assert found["minimum_piece"] == LOT


def test_an_unknown_allocation_has_no_frontier(desk):
    desk.get("allocations/none/frontier", status=404)


def test_a_comparison_shows_both_modes_side_by_side(desk):
    # R16.1, R16.5
    commit(desk, preview(desk, 500_000))
    body = {
        "order": {"security_id": CUSIP, "side": "BUY", "quantity": 500_000},
        "portfolio_groups": [GROUP],
        "variants": [
            {"name": mode, "allocation_method": "PRO_RATA", "parameters": {"fairness": mode}}
            for mode in ("PER_ORDER", "LEDGER")
        ],
    }
    shown = desk.post("allocations/compare", body)
    effects = [v["summary"]["fairness"]["effect"] for v in shown["variants"]]
    assert effects == ["RECORDED", "STEERED"]
    chosen = desk.post(f"allocations/compare/{shown['comparison_id']}/choose", {"variant": "LEDGER"})
    assert rows(chosen) == [(100_000, 100_000, 0), (400_000, 400_000, 0)]
    assert desk.post(f"allocations/{chosen['allocation_id']}/replay")["identical"] is True


def test_an_edit_leaves_the_rest_to_what_is_owed(desk):
    # R16.2: by hand, of 1,000,000 A is owed 150,000 after an order that shut it out, B 850,000.
    commit(desk, preview(desk, 500_000))
    shown = preview(desk, 1_000_000, fairness="LEDGER")
    assert rows(shown) == [(150_000, 150_000, 0), (850_000, 850_000, 0)]
    edited = desk.post(f"allocations/{shown['allocation_id']}/adjust", {"A": 300_000})
    assert rows(edited) == [(300_000, 150_000, -150_000), (700_000, 850_000, 150_000)]
    assert desk.post(f"allocations/{edited['allocation_id']}/replay")["identical"] is True


@pytest.mark.slow
@pytest.mark.parametrize("method", ["PRO_RATA", "MIN_DISPERSION"])
def test_a_year_by_the_ledger_keeps_every_account_within_three_pieces(method):
    # R16.2, R16.3; entitlements and balances in exact fractions of NAV, by `outcome`.
    plan = Plan.of(accounts=12, orders=40)
    found = {mode: list(splits(plan, LOT, method, mode)) for mode in ("PER_ORDER", "LEDGER")}
    by_ledger = outcome(plan, LOT, method, "LEDGER", found["LEDGER"])
    by_itself = outcome(plan, LOT, method, "PER_ORDER", found["PER_ORDER"])
    assert by_ledger.greatest_pieces <= 3 < by_itself.greatest_pieces
    assert by_ledger.without == 0
    assert 0.97 <= by_ledger.least <= by_ledger.most <= 1.03
    assert by_itself.least < 0.97


# --- small books against every split --------------------------------------------------------------------


def variance_with_debts(plan, metric, split, debts, weight, weighting):
    """Variance of the metric after a split plus lambda x its weighted squared debts, from the definitions."""
    nav = list(plan.nav.values())
    w = [n / sum(nav) if weighting == "NAV" else 1 / len(nav) for n in nav]
    c = [PRICE * SPREAD_DURATION / n for n in nav]
    y = [a + c_i * x for a, c_i, x in zip(metric, c, split, strict=True)]
    mean = fsum(w_i * y_i for w_i, y_i in zip(w, y, strict=True))
    spread = fsum(w_i * (y_i - mean) ** 2 for w_i, y_i in zip(w, y, strict=True))
    return spread + weight * fsum(
        w_i * (c_i * float(x - f)) ** 2 for w_i, c_i, x, f in zip(w, c, split, debts, strict=True)
    )


@pytest.mark.parametrize("seed", range(12))
def test_after_an_order_the_next_is_the_best_of_all_splits(book_desk, seed):
    # R16.3; oracle: every split in lots of 100,000 on pieces of 200,000, debts in fractions of NAV.
    random = Random(seed)
    names = "ABCDE"[: random.randint(2, 5)]
    plan = Plan({name: random.randint(20, 400) * 1_000_000 for name in names}, ())
    book = plan.book(2 * LOT)
    book["securities"][0]["increment"] = LOT
    desk = book_desk(book)
    weighting, weight = random.choice(["EQUAL", "NAV"]), random.choice([0.05, 1, 30, 1e4])
    first = preview(desk, random.randint(2, 8) * LOT, method="MIN_DISPERSION", weighting=weighting)
    commit(desk, first)
    face = random.randint(2, 8) * LOT
    asked = {"fairness": "LEDGER", "fairness_weight": weight, "weighting": weighting}
    shown = preview(desk, face, method="MIN_DISPERSION", **asked)
    got = [r["allocated_quantity"] for r in first["allocations"]]
    nav = sum(plan.nav.values())
    debts = [Fraction((sum(got) + face) * n, nav) - x for n, x in zip(plan.nav.values(), got, strict=True)]
    metric = [r["pre_trade_metrics"]["active_spread_duration"] for r in shown["allocations"]]
    amounts = [0, *range(2 * LOT, face + 1, LOT)]
    values = [
        variance_with_debts(plan, metric, split, debts, weight, weighting)
        for split in product(amounts, repeat=len(names))
        if sum(split) == face
    ]
    split = [r["allocated_quantity"] for r in shown["allocations"]]
    assert sum(split) == face
    reached = variance_with_debts(plan, metric, split, debts, weight, weighting)
    assert reached <= min(values) * (1 + 1e-7) + 1e-12
    assert shown["summary"]["optimality"]["objective_std_dev"] == pytest.approx(sqrt(reached), rel=1e-6)
    owed = [r["owed_before"] for r in shown["allocations"]]
    assert owed == pytest.approx([float(f) for f in debts], abs=0.001)
