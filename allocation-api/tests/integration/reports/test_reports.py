"""Reports as a desk reads them."""

from __future__ import annotations

import csv
import io

from tests.support.desk import GOLDEN_BOOK, Desk


def test_a_desk_reads_its_reports(golden_desk):
    account = golden_desk.get("portfolio-groups")["portfolio_groups"][0]["accounts"][0]["account_id"]
    bond = golden_desk.get("securities/search", query="us", limit=1)["securities"][0]["cusip"]
    group = golden_desk.get("portfolio-groups")["portfolio_groups"][0]["group_id"]
    preview = golden_desk.preview(bond, 1_000_000, groups=(group,))
    golden_desk.post(f"allocations/{preview['allocation_id']}/commit", {"override_warnings": True})
    golden_desk.services.periodic.do("first-day-prices")
    lines = golden_desk.get("reports/allocation-history", account_id=account)["lines"]
    assert [entry["allocation_id"] for entry in lines] == [preview["allocation_id"]]
    path = f"/v1/reports/allocation-history?format=csv&account_id={account}"
    answer = golden_desk.client.get(path, headers=golden_desk.headers)
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["allocated_quantity"] == str(lines[0]["allocated_quantity"])


def test_an_order_cancelled_at_once_moves_no_ratio(tmp_path):
    # R13.5
    """3,800,000 by NAV of which nothing is ever filled."""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, MOCK_FILL_SECONDS="0")
    preview = desk.preview("912828YW4", 3_800_000, groups=("GOLDEN",))
    (order_id,) = desk.post(f"allocations/{preview['allocation_id']}/commit")["aladdin_order_ids"]
    desk.call("DELETE", f"orders/{order_id}", json={"reason": "withdrawn"})
    days = {"date_from": "2000-01-01", "date_to": "2100-01-01"}
    found = desk.get("reports/fairness", **days)
    assert (found["allocations"], found["not_filled"], found["accounts"]) == (0, 1, [])
    lines = desk.get("reports/allocation-history")["lines"]
    assert {(part["filled_quantity"], part["booked_quantity"]) for part in lines} == {(0, 0)}
    shown = desk.get(f"orders/{order_id}")["slices"]
    assert {(s["booked_quantity"], s["difference_quantity"]) for s in shown} == {(0, 0)}


def test_lists_show_what_is_ordered_now_beside_the_preview_s(tmp_path):
    """3,800,000 by NAV 100 : 150 : 80 : 50, changed to half of it."""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, MOCK_FILL_SECONDS="0")
    preview = desk.preview("912828YW4", 3_800_000, groups=("GOLDEN",))
    (before,) = desk.get("allocations")["allocations"]
    assert (before["ordered_quantity"], before["filled_quantity"]) == (None, None)
    (order_id,) = desk.post(f"allocations/{preview['allocation_id']}/commit")["aladdin_order_ids"]
    desk.call("PUT", f"orders/{order_id}", json={"quantity": 1_900_000, "comment": "half"})
    (after,) = desk.get("allocations")["allocations"]
    assert (after["total_allocated"], after["ordered_quantity"]) == (3_800_000, 1_900_000)
    assert after["filled_quantity"] == 0
    lines = desk.get("reports/allocation-history")["lines"]
    assert [(x["account_id"], x["allocated_quantity"], x["ordered_quantity"]) for x in lines] == [
        ("ACC001", 1_000_000, 500_000),
        ("ACC002", 1_500_000, 750_000),
        ("ACC003", 800_000, 400_000),
        ("ACC004", 500_000, 250_000),
    ]
    assert [x["account_name"] for x in lines][:2] == ["Account one", "Account two"]
    (order,) = desk.get("orders")["orders"]
    assert (order["previewed_quantity"], order["quantity"]) == (3_800_000, 1_900_000)
    assert [(x["previewed_quantity"], x["quantity"]) for x in order["slices"]] == [
        (1_000_000, 500_000),
        (1_500_000, 750_000),
        (800_000, 400_000),
        (500_000, 250_000),
    ]
    desk.preview("912828YW4", 3_800_000, groups=("GOLDEN",))
    one = desk.get("reports/allocation-history", allocation_id=preview["allocation_id"])["lines"]
    assert one == lines
