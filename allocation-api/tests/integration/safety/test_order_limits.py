"""Sizes of orders: what the desk's settings say, and that no order above the maximum leaves."""

from __future__ import annotations

import pytest

from app.core.config.safety import MAX_FACE
from app.services.domain.face import MAX_ORDER_FACE
from tests.support import saga
from tests.support.deciding import THRESHOLD, approve, waiting
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.saga import BOND, POST, Killed, commit, preview, records, settle, status


def test_screens_are_told_the_settings_of_the_desk(golden_desk):
    assert golden_desk.get("system/desk") == {
        "quantity_m": "MILLION",
        "warn_above_quantity": 50_000_000,
        "max_quantity": None,
        "business_timezone": "America/New_York",
        "preview_minutes": 15,
        "price_band_percent": 1,
        "approval_above_notional": None,
        "approval_for_warnings": False,
    }


def test_screens_are_told_the_settings_that_were_changed(tmp_path):
    desk = Desk(
        tmp_path,
        scenario=GOLDEN_BOOK,
        QUANTITY_M="thousand",
        ORDER_WARN_ABOVE="0",
        ORDER_MAX="5000000",
        BUSINESS_TIMEZONE="Europe/Berlin",
        PREVIEW_MINUTES="90",
        PRICE_BAND_PERCENT="0.5",
        APPROVAL_ABOVE_NOTIONAL="2500000",
        APPROVAL_FOR_WARNINGS="true",
    )
    assert desk.get("system/desk") == {
        "quantity_m": "THOUSAND",
        "warn_above_quantity": None,
        "max_quantity": 5_000_000,
        "business_timezone": "Europe/Berlin",
        "preview_minutes": 90,
        "price_band_percent": 0.5,
        "approval_above_notional": 2_500_000,
        "approval_for_warnings": True,
    }


def test_the_largest_setting_is_the_largest_face_of_an_order():
    assert MAX_FACE == MAX_ORDER_FACE == 1_000_000_000_000


@pytest.mark.parametrize(
    ("order", "field", "face"),
    [
        ({"quantity": 5_000_001}, "order.quantity", "5,000,001"),
        ({"notional": 5_000_000}, "order.notional", "5,076,000"),  # 5,000,000 / 0.985 in thousands
        ({"percent_of_nav": 0.02}, "order.percent_of_nav", "7,715,000"),  # 7,600,000 / 0.985 in thousands
    ],
)
def test_no_order_above_the_maximum_is_previewed_or_compared(tmp_path, order, field, face):
    """R2.8"""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, ORDER_MAX="5000000")
    of = {"order": {"security_id": BOND, "side": "BUY", **order}, "portfolio_groups": ["GOLDEN"]}
    words = (
        f"{face} face is more than the 5,000,000 that one order may have at this desk (ORDER_MAX). "
        "Make it smaller, or split it into several orders."
    )
    refused = desk.post("allocations/preview", {**of, "allocation_method": "PRO_RATA"}, status=422)
    assert (refused["code"], refused["errors"]) == ("INVALID_REQUEST", [{"field": field, "message": words}])
    compared = {**of, "variants": [{"allocation_method": "PRO_RATA"}]}
    refused = desk.post("allocations/compare", compared, status=422)
    assert (refused["code"], refused["errors"]) == ("INVALID_REQUEST", [{"field": field, "message": words}])
    assert desk.get("allocations")["allocations"] == []
    assert desk.get("audit", action="PREVIEW")["audit_records"] == []
    assert desk.get("audit", action="COMPARE")["audit_records"] == []


def test_an_order_of_the_maximum_is_sent(tmp_path):
    """R2.8"""
    (desk,) = saga.desks(tmp_path, 1, ORDER_MAX="3800000")
    commit(desk, preview(desk, 3_800_000))
    assert desk.wire.count(POST) == 1


def test_a_preview_from_before_the_maximum_is_not_sent(tmp_path):
    """R2.8"""
    (desk,) = saga.desks(tmp_path, 1)
    made = [preview(desk, 1_000_000), preview(desk, 3_800_000)]
    strict = saga.joined(desk, tmp_path, ORDER_MAX="2000000", APPROVAL_ABOVE_NOTIONAL="2000000")
    refused = commit(strict, made[1], status=409)
    assert refused["code"] == "ORDER_TOO_LARGE"
    assert "3,800,000 face is more than the 2,000,000" in refused["detail"]
    assert (status(strict, made[1]), desk.wire.count(POST)) == ("PREVIEWED", 0)
    (told,) = records(strict, made[1], "COMMIT_REFUSED")
    assert told["after"]["code"] == "ORDER_TOO_LARGE"
    commit(strict, made[0])
    assert desk.wire.count(POST) == 1


def test_a_commit_that_died_before_the_maximum_has_failed(tmp_path):
    """R2.8"""
    desk, other = saga.desks(tmp_path, 2)
    allocation_id = preview(desk)

    def dies(name):
        if name == POST:
            raise Killed

    desk.wire.before = dies
    with pytest.raises(Killed):
        commit(desk, allocation_id)
    desk.wire.before = lambda name: None
    strict = saga.joined(other, tmp_path, ORDER_MAX="2000000")
    strict.clock.ahead += saga.LEASE
    settle(strict)
    assert (status(strict, allocation_id), desk.wire.count(POST)) == ("FAILED", 0)
    assert "ORDER_MAX" in strict.get(f"allocations/{allocation_id}")["commit"]["allocations"][0]["message"]


def test_a_commit_that_waits_since_before_the_maximum_is_not_approved(tmp_path):
    """R2.8"""
    (desk,) = saga.desks(tmp_path, 1, APPROVAL_ABOVE_NOTIONAL=THRESHOLD)
    allocation_id = waiting(desk)
    strict = saga.joined(desk, tmp_path, APPROVAL_ABOVE_NOTIONAL=THRESHOLD, ORDER_MAX="3800000")
    assert approve(strict, allocation_id, status=409)["code"] == "ORDER_TOO_LARGE"
    assert (status(strict, allocation_id), desk.wire.count(POST)) == ("PENDING_APPROVAL", 0)
    approve(desk, allocation_id)
    assert desk.wire.count(POST) == 1


def test_an_order_grows_to_the_maximum_and_from_above_it_only_shrinks(tmp_path):
    """R2.8"""
    (desk,) = saga.desks(tmp_path, 1)
    order_id = commit(desk, preview(desk, 1_900_000))["aladdin_order_ids"][0]
    strict = saga.joined(desk, tmp_path, ORDER_MAX="2000000", ORDER_WARN_ABOVE="0")
    refused = strict.call(
        "PUT", f"orders/{order_id}", status=422, json={"quantity": 2_001_000, "comment": "more"}
    )
    assert [error["field"] for error in refused["errors"]] == ["quantity"]
    assert "2,001,000 face is more than the 2,000,000" in refused["detail"]
    strict.call("PUT", f"orders/{order_id}", json={"quantity": 2_000_000, "comment": "to the edge"})
    stricter = saga.joined(desk, tmp_path, ORDER_MAX="1000000")
    stricter.call("PUT", f"orders/{order_id}", json={"quantity": 1_800_000, "comment": "less"})
    shown = stricter.get(f"orders/{order_id}")
    assert shown["quantity"] == 1_800_000
