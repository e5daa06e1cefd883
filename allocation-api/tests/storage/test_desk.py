"""The whole application on each database: from the preview to the order, its record and its replay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.models import AllocationRow
from app.utils.paging import encode_cursor
from tests.storage.conftest import database_of
from tests.storage.rows import MOMENT
from tests.support.waiting import answered


class Trader:
    """Previews orders in the book's one bond for its one group."""

    def __init__(self, desk):
        self.desk = desk
        self.bond = desk.get("securities/search", query="us", limit=1)["securities"][0]["cusip"]
        self.group = desk.get("portfolio-groups")["portfolio_groups"][0]["group_id"]

    def preview(self, quantity):
        return self.desk.preview(self.bond, quantity, groups=[self.group])


@pytest.fixture
def trader(desk):
    return Trader(desk)


def test_from_preview_to_order(desk, trader):
    shown = trader.preview(4_000_000)
    key = shown["allocation_id"]
    assert desk.get(f"allocations/{key}")["allocations"] == shown["allocations"]
    done = desk.post(f"allocations/{key}/commit", {"override_warnings": True})
    (order_id,) = done["aladdin_order_ids"]
    order = desk.get(f"orders/{order_id}")
    sent = {a["account_id"]: a["allocated_quantity"] for a in shown["allocations"] if a["allocated_quantity"]}
    assert order["quantity"] == sum(sent.values())
    assert {s["account_id"]: s["quantity"] for s in order["slices"]} == sent
    again = desk.get(f"allocations/{key}")
    assert (again["status"], again["allocations"]) == ("SUBMITTED", shown["allocations"])
    replay = desk.post(f"allocations/{key}/replay")
    assert (replay["identical"], replay["differences"]) == (True, [])
    found = desk.get("audit/verify")
    assert (found["whole"], found["breaks"]) == (True, [])
    assert desk.get(f"audit/{done['audit_id']}")["action"] == "COMMIT"
    assert len(desk.get("audit", entity_id=key)["audit_records"]) >= 2


def test_history_is_paged_newest_first_and_filtered(desk, trader):
    made = [trader.preview(100_000 * (n + 1))["allocation_id"] for n in range(5)]
    seen, cursor = [], {}
    while cursor is not None:
        page = desk.get("allocations", limit=2, **cursor)
        seen += [a["allocation_id"] for a in page["allocations"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert seen == made[::-1]
    for asked, number in (
        ({"security_id": trader.bond, "status": "PREVIEWED"}, 5),
        ({"group_id": trader.group, "method": "PRO_RATA"}, 5),
        ({"group_id": "ELSEWHERE"}, 0),
        ({"status": "SUBMITTED"}, 0),
    ):
        found = desk.call("GET", "allocations", query_string=asked)["allocations"]
        assert len(found) == number, asked


def test_a_cursor_that_no_database_could_look_for_is_refused(desk):
    wrong = encode_cursor(MOMENT, "a\0")
    for path in ("allocations", "orders", "audit", "audit/activity", "reports/allocation-history"):
        assert desk.get(path, cursor=wrong, status=422)["errors"][0]["field"] == "cursor"


def test_a_search_finds_words_whatever_their_case(desk, trader):
    for query in (trader.bond, trader.bond.lower(), "Us"):
        assert desk.get("securities/search", query=query)["securities"]
    assert desk.get("securities/search", query="100%_")["securities"] == []
    assert desk.get(f"portfolio-groups/{trader.group}")["accounts"]


def test_of_many_commits_of_one_preview_one_sends(desk, trader):
    shown = trader.preview(4_000_000)
    path = f"/v1/allocations/{shown['allocation_id']}/commit"

    def commit(_):
        client, body = desk.app.test_client(), {"override_warnings": True}
        return answered(lambda: client.post(path, json=body, headers=desk.headers))

    with ThreadPoolExecutor(4) as pool:
        answers = [a.status_code for a in pool.map(commit, range(4))]
    assert sorted(answers) == [200, 409, 409, 409]
    assert desk.get("audit/verify")["whole"] is True
    with database_of(desk).read() as session:
        assert session.get(AllocationRow, shown["allocation_id"]).status == "SUBMITTED"
