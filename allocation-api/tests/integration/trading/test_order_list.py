"""The list of orders: filtered by a bond's CUSIP or ISIN, and by Aladdin's status in any case."""

from __future__ import annotations

import pytest

from tests.support.orders import OrderDesk


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    desk = OrderDesk(tmp_path_factory.mktemp("orders"))
    return desk, desk.order()


def with_status(desk, status):
    return [o["order_id"] for o in desk.call("GET", "orders", query_string={"status": status})["orders"]]


@pytest.mark.parametrize("security_id", ["912828YW4", "US912828YW42", "us-912828-yw-42"])
def test_by_either_id_of_the_bond(listed, security_id):
    desk, order_id = listed
    assert [o["order_id"] for o in desk.get("orders", security_id=security_id)["orders"]] == [order_id]
    assert desk.get("orders", security_id="037833100")["orders"] == []


@pytest.mark.parametrize("write", [str, str.lower, str.upper])
def test_by_status_in_any_case(listed, write):
    desk, order_id = listed
    status = desk.order_shown(order_id)["status"]
    assert with_status(desk, write(status)) == [order_id]
    assert with_status(desk, "Booked" if status != "Booked" else "Open") == []
