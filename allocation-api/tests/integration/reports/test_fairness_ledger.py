"""The report on the fairness ledger and the replay by another rule, through HTTP and the simulated vendor."""

from __future__ import annotations

import csv
import io

import pytest

from benchmarks.fairness_year import CUSIP, GROUP, Plan, outcome, splits
from tests.support.orders import OrderDesk

LOT = 100_000
SMALL = Plan({"A": 10_000_000, "B": 90_000_000}, ())
"""Of 500,000 the parts are 50,000, under the piece of 100,000, and 450,000."""

ALWAYS = {"date_from": "2000-01-01", "date_to": "2100-12-31"}


def place(desk, face, method="PRO_RATA", *, exclude=(), **parameters):
    """Commit an order; return the face of each account."""
    excluded = [{"account_id": account, "reason": f"{account} asked"} for account in exclude]
    shown = desk.preview(
        CUSIP,
        face,
        groups=(GROUP,),
        method=method,
        parameters=parameters,
        constraints={"exclude_accounts": excluded},
    )
    desk.post(f"allocations/{shown['allocation_id']}/commit", {"override_warnings": True})
    return {row["account_id"]: row["allocated_quantity"] for row in shown["allocations"]}


def of(accounts, *names):
    return {a["account_id"]: tuple(a[name] for name in names) for a in accounts}


@pytest.fixture
def desk(book_desk):
    return book_desk(SMALL.book(LOT))


def test_a_small_account_is_shut_out_order_by_order_and_the_report_says_so(desk):
    """R15.7: 50,000 are A's of each, and the third, which excludes it, is all B's."""
    for _ in range(2):
        assert place(desk, 500_000) == {"A": 0, "B": 500_000}
    place(desk, 500_000, exclude=["A"])
    found = desk.get("reports/fairness-ledger", group_id=GROUP, **ALWAYS)
    assert of(found["accounts"], "entitled_quantity", "received_quantity", "ratio", "balance_end") == {
        "A": (100_000, 0, 0, 100_000),
        "B": (1_400_000, 1_500_000, 1.0714285714, -100_000),
    }
    a, b = found["accounts"]
    assert (a["orders_eligible"], a["orders_with_nothing"], a["orders_not_eligible"]) == (2, 2, 1)
    assert a["not_eligible"] == [{"reason_code": "EXCLUDED_BY_REQUEST", "orders": 1}]
    assert [each["reason"] for each in a["excluded"]] == ["A asked"]
    assert (a["greatest_shortfall"], a["greatest_shortfall_pieces"]) == (100_000, 1)
    assert a["greatest_shortfall_date"] == "2026-06-30"
    assert (b["greatest_excess"], b["greatest_shortfall"], b["greatest_shortfall_order_id"]) == (
        100_000,
        0,
        None,
    )
    assert (found["orders"], found["provisional"], found["balance_sum"], found["breaks"]) == (3, 3, 0, [])
    assert found["policies"] == [{"policy_id": "default", "version": 0}]


def test_csv_has_what_json_has(desk):
    place(desk, 500_000)
    path = "/v1/reports/fairness-ledger"
    shown = desk.get("reports/fairness-ledger", **ALWAYS)["accounts"]
    answer = desk.client.get(path, headers=desk.headers, query_string={"format": "csv", **ALWAYS})
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == len(shown) == 2
    for row, account in zip(rows, shown, strict=True):
        numbers = {k: v for k, v in account.items() if isinstance(v, int | float)}
        assert {k: float(row[k]) for k in numbers} == numbers
        words = {k: v or "" for k, v in account.items() if isinstance(v, str | None)}
        assert {k: row[k] for k in words} == words


def test_what_was_shut_out_per_order_is_served_by_the_ledger(desk):
    """R15.8: the second of two orders of 500,000 gives A the 100,000 that it is owed by then."""
    for _ in range(2):
        place(desk, 500_000)
    found = desk.get("reports/fairness-ledger/replay", rule="LEDGER", **ALWAYS)
    assert of(found["accounts"], "entitled_quantity", "recorded_received", "replayed_received") == {
        "A": (100_000, 0, 100_000),
        "B": (900_000, 1_000_000, 900_000),
    }
    assert (found["recorded"]["accounts_with_nothing"], found["replayed"]["accounts_with_nothing"]) == (1, 0)
    same = desk.get("reports/fairness-ledger/replay", rule="PER_ORDER", **ALWAYS)
    assert all(a["recorded_received"] == a["replayed_received"] for a in same["accounts"])


@pytest.mark.parametrize("method", ["PRO_RATA", "MIN_DISPERSION"])
def test_a_year_by_the_ledger_is_the_same_again_and_worse_per_order(book_desk, method):
    """R15.8: the running ledger steers as the real one did; by itself each order leaves more behind."""
    plan = Plan.of(accounts=8, orders=12)
    desk = book_desk(plan.book(LOT))
    for face in plan.faces:
        place(desk, face, method, fairness="LEDGER")
    again = desk.get("reports/fairness-ledger/replay", rule="LEDGER", **ALWAYS)
    assert (again["orders"], again["recomputed"]) == (12, 12)
    assert [a["replayed_received"] for a in again["accounts"]] == [
        a["recorded_received"] for a in again["accounts"]
    ]
    report = desk.get("reports/fairness-ledger", **ALWAYS)
    assert of(again["accounts"], "recorded_received", "recorded_balance", "entitled_quantity") == of(
        report["accounts"], "received_quantity", "balance_end", "entitled_quantity"
    )
    assert again["recorded"]["greatest_pieces"] == again["replayed"]["greatest_pieces"]
    by_itself = desk.get("reports/fairness-ledger/replay", rule="PER_ORDER", **ALWAYS)
    worse = by_itself["replayed"]["greatest_pieces"]["pieces"]
    assert worse > by_itself["recorded"]["greatest_pieces"]["pieces"]
    assert by_itself["message"].startswith("Had this been per order: ")


@pytest.mark.parametrize("method", ["PRO_RATA", "MIN_DISPERSION"])
def test_the_replay_of_a_year_is_the_year_that_it_would_have_been(book_desk, method):
    """R15.8: orders made by the ledger, replayed per order, against a second desk that made them per order.

    The book of each order is moved by what those before it gave otherwise: cash, positions and metrics.
    """
    plan = Plan.of(accounts=8, orders=12)
    desk = book_desk(plan.book(LOT))
    recorded = [place(desk, face, method, fairness="LEDGER") for face in plan.faces]
    found = desk.get("reports/fairness-ledger/replay", rule="PER_ORDER", **ALWAYS)
    real = list(splits(plan, LOT, method, "PER_ORDER"))
    assert real != recorded
    assert of(found["accounts"], "replayed_received") == {
        account: (sum(split[account] for split in real),) for account in plan.nav
    }
    greatest = found["replayed"]["greatest_pieces"]["pieces"]
    assert greatest == pytest.approx(outcome(plan, LOT, method, "PER_ORDER", real).greatest_pieces, abs=1e-6)


def test_a_weight_of_nothing_is_the_least_dispersion(book_desk):
    """R16.3: with lambda 0 the ledger does not move minimum dispersion, as per order."""
    plan = Plan.of(accounts=8, orders=4)
    desk = book_desk(plan.book(LOT))
    for face in plan.faces:
        place(desk, face, "MIN_DISPERSION", fairness="LEDGER")
    without, by_itself = (
        desk.get("reports/fairness-ledger/replay", **rule, **ALWAYS)["accounts"]
        for rule in ({"rule": "LEDGER", "fairness_weight": 0}, {"rule": "PER_ORDER"})
    )
    assert without == by_itself


def test_an_order_counts_by_what_is_filled_and_then_by_what_is_left_of_it(tmp_path):
    """R15.5, R15.7: while it works the slices count; cancelled without a fill it is in no number."""
    desk = OrderDesk(tmp_path)
    order_id = desk.order(3_800_000, method="CUSTOM_WEIGHTS", parameters={"weights": {"ACC001": 1}})
    found = desk.get("reports/fairness-ledger", **ALWAYS)
    (a, *_) = found["accounts"]
    # 100 of 380 by NAV are a million of 3,800,000.
    assert (a["entitled_quantity"], a["received_quantity"], a["balance_end"]) == (
        1_000_000,
        3_800_000,
        -2_800_000,
    )
    assert (found["orders"], found["provisional"], found["not_filled"]) == (1, 1, 0)
    desk.cancel(order_id)
    ended = desk.get("reports/fairness-ledger", **ALWAYS)
    assert (ended["orders"], ended["not_filled"], ended["accounts"]) == (0, 1, [])
    assert ended["greatest_quantity"]["quantity"] == 0
