"""Money, permission and compliance fail closed, also under requests at the same time."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from aladdin_simulator.app import any_first_order_id
from app.core.config import SettingsError
from app.core.database import Database
from app.core.security import Permission
from app.models import OrderRow
from app.services.accounts import reference
from app.services.trading import gateway
from tests.support import users
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.signing import SIGNING_KEY
from tests.support.waiting import answered

BOND = "912828YW4"


def book():
    return copy.deepcopy(json.loads(GOLDEN_BOOK.read_text()))


def preview(desk, quantity=3_800_000, **more):
    return desk.preview(BOND, quantity, groups=["GOLDEN"], **more)


def commit(desk, found, status=200, **body):
    return desk.post(f"allocations/{found['allocation_id']}/commit", body, status=status)


def set_user(desk, **change):
    users.set_user(desk.services.database, **change)


def grant(desk, *permissions):
    set_user(desk, permissions=[*Permission, *permissions])
    desk.token = desk.login()["access_token"]


def cash_of(desk):
    return [a["cash"] for a in desk.get("portfolio-groups/GOLDEN/accounts")["accounts"]]


def test_previews_that_want_the_same_cash_do_not_both_get_it(golden_desk):
    """Each of four previews takes nine tenths of all cash; whatever the order, only one is carried out."""
    weights = {"ACC001": 5 / 17, "ACC002": 8 / 17, "ACC003": 3 / 17, "ACC004": 1 / 17}
    chosen = {"method": "CUSTOM_WEIGHTS", "parameters": {"weights": weights}}
    found = [preview(golden_desk, 15_500_000, **chosen) for _ in range(4)]

    def send(one):
        path = f"/v1/allocations/{one['allocation_id']}/commit"
        client = golden_desk.app.test_client()
        body = {"override_warnings": True}
        return answered(lambda: client.post(path, json=body, headers=golden_desk.headers)).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(send, found))
    assert statuses == [200, 409, 409, 409]
    assert min(cash_of(golden_desk)) >= 0


def test_a_position_is_sold_once(golden_desk):
    # R4.3
    sale = {"order": {"side": "SELL"}, "parameters": {"base_metric": "POSITION"}}
    first, second = (preview(golden_desk, 3_500_000, **sale) for _ in range(2))
    assert commit(golden_desk, first)["status"] == "SUCCESS"
    assert commit(golden_desk, second, status=409)["code"] == "BOOK_CHANGED"


def test_a_price_far_from_the_market_is_warned_of_and_becomes_the_limit(tmp_path):
    # R2.3, R2.4
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    far = preview(desk, order={"price": 90.0})
    (warning,) = far["warnings"]
    assert (warning["type"], warning["details"]["rule"]) == ("COMPLIANCE", "PRICE_DEVIATION")
    # |90 - 98.5| / 98.5 is 8.6 %.
    assert warning["details"]["deviation"] == pytest.approx(8.5 / 98.5)
    assert commit(desk, far, status=409)["code"] == "WARNINGS_NOT_OVERRIDDEN"
    near = preview(desk, order={"price": 98.0})
    assert near["warnings"] == []
    commit(desk, near)
    sent = wire.last_order()
    assert (sent["orderType"], sent["tradingLimitValue"]) == ("Limit", 98.0)


def test_cash_that_runs_out_on_request_is_warned_of(golden_desk):
    # R4.1
    found = preview(golden_desk, 38_000_000, constraints={"respect_cash": False})
    warned = {w["account_id"]: w["details"]["settlement_amount"] for w in found["warnings"]}
    # NAV 100 : 150 : 80 : 50 of 38m is 10m, 15m, 8m and 5m at 98.5, against cash of 5m, 8m, 3m and 1m.
    assert warned == {"ACC001": 9.85e6, "ACC002": 14.775e6, "ACC003": 7.88e6, "ACC004": 4.925e6}
    assert commit(golden_desk, found, status=409)["code"] == "WARNINGS_NOT_OVERRIDDEN"


def test_an_order_does_not_grow_past_what_its_preview_was_let_off(book_desk):
    # R11.3
    given = book()
    for account in given["accounts"]:
        account["restrictions"] = ["NO_SUCH_RULE"]
    desk = book_desk(given)
    grant(desk)
    loose = preview(desk, constraints={"compliance_check": False, "respect_cash": False})
    (order_id,) = commit(desk, loose, override_warnings=True)["aladdin_order_ids"]
    body = {"quantity": 7_600_000, "comment": ""}
    assert desk.call("PUT", f"orders/{order_id}", status=409, json=body)["code"] == "BOOK_CHANGED"
    assert desk.get(f"orders/{order_id}")["quantity"] == 3_800_000


def test_a_bypassed_preview_needs_the_permission_again_at_commit(golden_desk):
    # R5.7
    grant(golden_desk)
    loose = preview(golden_desk, constraints={"compliance_check": False})
    set_user(golden_desk, permissions=[p for p in Permission if p is not Permission.COMPLIANCE_BYPASS])
    refused = commit(golden_desk, loose, status=403, override_warnings=True)
    assert refused["permission"] == "compliance:bypass"
    asked = {"action": "COMMIT_REFUSED", "entity_id": loose["allocation_id"]}
    record = golden_desk.get("audit", **asked)["audit_records"][0]
    assert record["after"]["code"] == "FORBIDDEN"


def test_a_withdrawn_permission_and_a_closed_account_end_at_once(golden_desk):
    found = preview(golden_desk)
    set_user(golden_desk, permissions=["portfolios:read"])
    assert commit(golden_desk, found, status=403)["permission"] == "allocations:commit"
    assert golden_desk.get("portfolio-groups")["portfolio_groups"]
    set_user(golden_desk, active=False)
    assert golden_desk.get("portfolio-groups", status=401)["code"] == "UNAUTHENTICATED"


def test_the_demo_user_is_not_let_into_production(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    production = {"FLASK_ENV": "production", "JWT_SECRET_KEY": SIGNING_KEY, "MOCK_ALADDIN_DATA": "true"}
    with pytest.raises(AssertionError, match="401"):
        Desk(tmp_path, scenario=GOLDEN_BOOK, **production)
    assert (
        desk.client.post("/v1/auth/login", json={"username": "demo_user", "password": "x"}).status_code == 401
    )


def test_mock_data_never_replaces_real_reference_data(tmp_path):
    own = f"sqlite:///{tmp_path / 'own.db'}"
    Desk(tmp_path, scenario=GOLDEN_BOOK, DATABASE_URL=own)
    database = Database(own)
    real = {
        "MOCK_ALADDIN_DATA": "false",
        "ALADDIN_HOST": "https://a.example",
        "ALADDIN_GROUPS": "REAL",
        "ALADDIN_CLIENT_ID": "allocator",
        "ALADDIN_CLIENT_SECRET": "not-a-secret",
    }
    with pytest.raises(SettingsError, match="simulated book"):
        Desk(tmp_path, DATABASE_URL=own, **real)
    Desk(tmp_path, DATABASE_URL=own)
    Desk(tmp_path, scenario=GOLDEN_BOOK, DATABASE_URL=own)
    with database.write() as session:
        session.get(reference.PortfolioGroupRow, "GOLDEN").manager = "A real person"
    with pytest.raises(SettingsError, match="changed by hand"):
        Desk(tmp_path, DATABASE_URL=own)
    with database.read() as session:
        assert set(reference.accounts(session, ["ACC001"])) == {"ACC001"}
    database.close()


def test_yesterday_s_preview_is_not_sent_today(golden_desk):
    # R10.2
    found = preview(golden_desk)
    tomorrow = Desk(golden_desk.folder, scenario=GOLDEN_BOOK, BUSINESS_DATE="2026-07-01")
    refused = commit(tomorrow, found, status=409)
    assert refused["code"] == "BOOK_CHANGED"
    assert "2026-06-30" in refused["detail"]


def test_an_order_that_cannot_be_recorded_is_unknown_and_audited(tmp_path):
    start = any_first_order_id()
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=FaultyWire.over(GOLDEN_BOOK, order_id=start))
    first, second = preview(desk), preview(desk)
    commit(desk, first)
    with desk.services.database.write() as session:
        taken = session.get(OrderRow, str(start))
        columns = {c.name: getattr(taken, c.name) for c in OrderRow.__table__.columns}
        session.add(OrderRow(**{**columns, "order_id": str(start + 1)}))
    refused = commit(desk, second, status=503)
    assert refused["code"] == "ORDER_OUTCOME_UNKNOWN"
    assert refused["order_id"] == str(start + 1)
    assert desk.get(f"allocations/{second['allocation_id']}")["status"] == "UNKNOWN"
    record = desk.get("audit", entity_id=second["allocation_id"], action="COMMIT")["audit_records"][0]
    assert str(start + 1) in record["after"]["message"]


def test_an_order_that_the_vendor_rejects_is_no_success(tmp_path):
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    wire.status = "Rejected"
    found = preview(desk)
    done = commit(desk, found)
    assert done["status"] == "FAILED"
    assert "Rejected" in done["message"]
    assert desk.get(f"allocations/{found['allocation_id']}")["status"] == "FAILED"


@pytest.mark.parametrize(("method", "action"), [("PUT", "MODIFY"), ("DELETE", "CANCEL")])
def test_a_lost_answer_to_a_change_is_audited(tmp_path, method, action):
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    found = preview(desk)
    (order_id,) = commit(desk, found)["aladdin_order_ids"]
    wire.faults.update({"/order:post": "lost", "/order:cancel": "lost"})
    body = {"quantity": 1_900_000, "comment": "half"} if method == "PUT" else {"reason": "half"}
    refused = desk.call(method, f"orders/{order_id}", status=503, json=body)
    assert refused["code"] == "ORDER_OUTCOME_UNKNOWN"
    wire.faults.clear()
    record = desk.get("audit", entity_id=order_id, action=action)["audit_records"][0]
    assert record["after"]["outcome"] == "UNKNOWN"
    assert record["before"]["quantity"] == 3_800_000
    # The next look at the order tells what became of it.
    order = desk.get(f"orders/{order_id}")
    expected = (1_900_000, "Open", "SUBMITTED") if method == "PUT" else (3_800_000, "Canceled", "CANCELLED")
    status = desk.get(f"allocations/{found['allocation_id']}")["status"]
    assert (order["quantity"], order["status"], status) == expected


def test_two_changes_at_once_are_made_one_after_the_other(golden_desk):
    (order_id,) = commit(golden_desk, preview(golden_desk))["aladdin_order_ids"]

    def change(quantity):
        client = golden_desk.app.test_client()
        body = {"quantity": quantity, "comment": str(quantity)}
        client.put(f"/v1/orders/{order_id}", json=body, headers=golden_desk.headers)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(change, (1_900_000, 2_280_000)))
    second, first = golden_desk.get("audit", entity_id=order_id, action="MODIFY")["audit_records"]
    assert first["before"]["quantity"] == 3_800_000
    assert second["before"]["quantity"] == first["after"]["quantity"]
    assert golden_desk.get(f"orders/{order_id}")["quantity"] == second["after"]["quantity"]


def test_an_order_grows_more_than_once_within_the_cash(golden_desk):
    (order_id,) = commit(golden_desk, preview(golden_desk, 380_000))["aladdin_order_ids"]
    for quantity in (760_000, 1_140_000, 3_800_000):
        body = {"quantity": quantity, "comment": ""}
        assert golden_desk.call("PUT", f"orders/{order_id}", json=body)["status"] == "SUCCESS"
    assert sum(Decimal(s["quantity"]) for s in golden_desk.get(f"orders/{order_id}")["slices"]) == 3_800_000


def test_a_change_keeps_the_smallest_allocation_that_was_asked_for(golden_desk):
    found = preview(golden_desk, constraints={"min_allocation": 400_000})
    (order_id,) = commit(golden_desk, found)["aladdin_order_ids"]
    body = {"quantity": 1_000_000, "comment": ""}
    golden_desk.call("PUT", f"orders/{order_id}", json=body)
    slices = [s["quantity"] for s in golden_desk.get(f"orders/{order_id}")["slices"] if s["quantity"]]
    assert min(slices) >= 400_000


def zero(wire, **fields):
    """Let the vendor answer positions with these fields changed."""
    wire.rows = fields


def test_a_price_of_zero_is_no_price(tmp_path):
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    zero(wire, price=0)
    refused = preview(desk, status=422)
    assert [e["field"] for e in refused["errors"]] == ["order.price"]
    given = preview(desk, order={"price": 98.5})
    assert [w["details"]["rule"] for w in given["warnings"]] == ["PRICE_DEVIATION"]


def test_a_price_that_runs_away_after_the_preview_stops_the_commit(tmp_path):
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    found = preview(desk, order={"price": 98.5})
    assert found["warnings"] == []
    zero(wire, price=80.0)
    refused = commit(desk, found, status=409)
    assert refused["code"] == "PRICE_MOVED"
    assert "98.5" in refused["detail"]


def test_nothing_falls_below_what_is_filled(tmp_path):
    # R11.2
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    (order_id,) = commit(desk, preview(desk))["aladdin_order_ids"]
    wire.order = {"fillAmount": 3_000_000}
    less = {"quantity": 1_900_000, "comment": "less"}
    assert "3,000,000" in desk.call("PUT", f"orders/{order_id}", status=409, json=less)["detail"]
    record = desk.get("audit", entity_id=order_id, action="MODIFY_REFUSED")["audit_records"][0]
    assert record["after"]["comment"] == "less"


def test_waiting_orders_are_sent_away_and_cancelling_never_waits(golden_desk, monkeypatch):
    monkeypatch.setattr(gateway, "MAX_WAIT_SECONDS", 0.05)
    (order_id,) = commit(golden_desk, preview(golden_desk, 380_000))["aladdin_order_ids"]
    found = preview(golden_desk, 380_000)
    lock = golden_desk.desk_lock()
    lease = lock.acquire(0)
    assert commit(golden_desk, found, status=503)["code"] == "DESK_BUSY"
    done = golden_desk.call("DELETE", f"orders/{order_id}", json={"reason": "now"})
    assert done["status"] == "SUCCESS"
    lock.release(lease)
    assert commit(golden_desk, found)["status"] == "SUCCESS"


def test_an_odd_sale_keeps_its_slices_when_its_quantity_stays(book_desk):
    given = book()
    given["accounts"][2]["positions"][0]["face"] = 500_500
    desk = book_desk(given)
    sale = {"order": {"side": "SELL"}, "parameters": {"base_metric": "POSITION"}}
    (order_id,) = commit(desk, preview(desk, 3_500_500, **sale))["aladdin_order_ids"]
    same = {"quantity": 3_500_500, "comment": "same"}
    assert desk.call("PUT", f"orders/{order_id}", json=same)["status"] == "SUCCESS"
    assert [s["quantity"] for s in desk.get(f"orders/{order_id}")["slices"]] == [
        1_000_000,
        2_000_000,
        500_500,
    ]
