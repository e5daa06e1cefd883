"""Orders to brokers over the API: limits, stop, idempotency, and what becomes of unknown outcomes.

Golden numbers by hand: at a price of 100 and a spread of 10 basis points two units are bought at 100.05,
which is 200.10, with a fee of 0.20; that is 5 basis points from the middle.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from app.models import AuditRow
from tests.support import snaptrade_server as snaptrade
from tests.support.brokers import SnapTradeRig
from tests.support.desk import Desk
from tests.support.profiles import size
from tests.support.users import PASSWORD, add_user

BUY = {"symbol": "BTC", "side": "BUY", "type": "MARKET", "quantity": 2}
WAITING = {"symbol": "BTC", "side": "BUY", "type": "LIMIT", "quantity": 1, "limit_price": 90}
SETTLE = 61


@pytest.fixture(scope="module")
def rig():
    made = SnapTradeRig()
    yield made
    made.close()


def desk_of(folder, rig, **more):
    desk = Desk(
        folder,
        BROKER_CREDENTIAL_KEYS=Fernet.generate_key().decode(),
        SNAPTRADE_URL=rig.standin.url,
        SNAPTRADE_CLIENT_ID=snaptrade.CLIENT_ID,
        SNAPTRADE_CONSUMER_KEY=snaptrade.CONSUMER_KEY,
        BROKER_SETTLE_SECONDS="60",
        BROKER_MAX_ORDER_NOTIONAL="1000",
        BROKER_MAX_DAILY_TURNOVER="5000",
        **more,
    )
    rows = [{"date": f"{date(2026, 6, 30)}", "symbol": "BTC", "close": 100}]
    desk.post("data/market/import", {"rows": rows})
    return desk


@pytest.fixture(scope="module")
def desk(rig, tmp_path_factory):
    return desk_of(tmp_path_factory.mktemp("orders"), rig)


@pytest.fixture(autouse=True)
def _fair_prices(rig):
    rig.standin.exchange.prices = {"BTC": 100 * snaptrade.Decimal(1), "ETH": snaptrade.Decimal(10)}
    rig.standin.requests.clear()


@pytest.fixture
def paper(desk):
    """The path of a new paper account."""
    made = desk.post("brokers/paper/accounts", {"name": "Paper", "cash": 10_000})
    return f"brokers/accounts/{made['account_id']}"


def connect(desk, rig):
    """Connect a new account at the stand-in; `rig.account_id` is the stand-in's id of it."""
    rig.account_id = rig.standin.exchange.open_account()
    wish = {"name": "Kraken", "currency": "USD", "external_id": rig.account_id}
    user = {"user_id": snaptrade.USER_ID, "user_secret": snaptrade.USER_SECRET}
    made = desk.post("brokers/snaptrade/accounts", wish | user)
    return f"brokers/accounts/{made['account_id']}"


@pytest.fixture
def kraken(desk, rig):
    return connect(desk, rig)


def actions(desk, order_id):
    query = (
        select(AuditRow.action).where(AuditRow.entity_id == order_id).order_by(AuditRow.at, AuditRow.sequence)
    )
    with desk.services.database.read() as session:
        return list(session.scalars(query))


def test_an_order_at_the_paper_broker_to_the_cent(desk, paper):
    preview = desk.post(f"{paper}/preview", BUY)
    assert (preview["price"], preview["notional"], preview["fee"]) == (100.05, 200.1, 0.2)
    assert preview["slippage_bps"] == pytest.approx(5)
    assert desk.get(f"{paper}/orders")["orders"] == []
    placed = desk.post(f"{paper}/orders", BUY)
    assert (placed["status"], placed["filled_quantity"], placed["average_price"]) == ("FILLED", 2, 100.05)
    assert (placed["fee"], placed["fee_currency"], placed["fee_source"]) == (0.2, "USD", "BROKER")
    assert placed["is_paper"]
    assert desk.get(f"{paper}/orders")["orders"] == [placed]
    assert desk.get(f"brokers/orders/{placed['order_id']}") == placed
    content = desk.get(paper)
    assert content["balances"][0]["cash"] == 9_799.7
    assert [(each["symbol"], each["quantity"]) for each in content["holdings"]] == [("BTC", 2)]
    assert actions(desk, placed["order_id"]) == ["BROKER_ORDER_INTENDED", "BROKER_ORDER_SETTLED"]


def test_an_order_by_snaptrade_is_followed_and_cancelled(desk, rig, kraken):
    placed = desk.post(f"{kraken}/orders", WAITING)
    assert (placed["status"], placed["fee"], placed["fee_source"]) == ("OPEN", None, "UNKNOWN")
    assert not placed["is_paper"]
    path = f"brokers/orders/{placed['order_id']}"
    rig.set_price("BTC", "80")
    desk.services.execution.gateway.follow_all()
    found = desk.get(path)
    assert (found["status"], found["filled_quantity"]) == ("FILLED", 1)
    assert desk.post(f"{path}/cancel", status=409)["code"] == "BROKER_ORDER_ENDED"
    rig.set_price("BTC", "100")
    other = desk.post(f"{kraken}/orders", WAITING)
    gone = desk.post(f"brokers/orders/{other['order_id']}/cancel")
    assert gone["status"] == "CANCELLED"
    assert rig.orders_taken() == 2
    assert actions(desk, other["order_id"]) == [
        "BROKER_ORDER_INTENDED",
        "BROKER_ORDER_SETTLED",
        "BROKER_CANCEL_INTENDED",
        "BROKER_ORDER_UPDATED",
    ]


def test_the_emergency_stop_keeps_every_order_and_no_cancellation(desk, rig, kraken):
    waiting = desk.post(f"{kraken}/orders", WAITING)
    desk.post("system/emergency-stop", {"reason": "Prices are wrong"})
    try:
        assert desk.post(f"{kraken}/orders", BUY, status=409)["code"] == "TRADING_HALTED"
        assert rig.orders_taken() == rig.standin.requests["place"] == 1
        assert len(desk.get(f"{kraken}/orders")["orders"]) == 1
        cancelled = desk.post(f"brokers/orders/{waiting['order_id']}/cancel")
        assert cancelled["status"] == "CANCELLED"
    finally:
        desk.reset_stop()
    assert desk.post(f"{kraken}/orders", BUY)["status"] in {"OPEN", "FILLED"}


def test_a_stop_between_the_checks_and_the_call_is_seen(desk, rig, kraken, monkeypatch):
    """R29.1: it is read in the transaction that stores the intent, not before the broker was asked."""
    gateway = desk.services.execution.gateway
    check = gateway._limits.check_order

    def stopping(self, *args):
        check(*args)
        desk.post("system/emergency-stop", {"reason": "Now"})

    monkeypatch.setattr(type(gateway._limits), "check_order", stopping)
    try:
        assert desk.post(f"{kraken}/orders", BUY, status=409)["code"] == "TRADING_HALTED"
    finally:
        desk.reset_stop()
    assert rig.standin.requests["place"] == 0


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (
            {**BUY, "quantity": 9.995},
            "BROKER_LIMIT_EXCEEDED",
        ),  # x 100.05 = 1,000.00 (999.99975), and the next
        ({**BUY, "quantity": 10}, "BROKER_LIMIT_EXCEEDED"),  # 1,000.50
        ({**WAITING, "limit_price": 101.01}, "BROKER_SLIPPAGE_TOO_LARGE"),  # 101 basis points
    ],
)
def test_an_order_above_a_limit_is_not_sent(desk, rig, kraken, order, code):
    # R29.3
    if order["quantity"] == 9.995:
        assert desk.post(f"{kraken}/preview", order)["notional"] == 1_000
        order = {**order, "quantity": 9.9952}  # 1,000.02
    for path in ("preview", "orders"):
        assert desk.post(f"{kraken}/{path}", order, status=409)["code"] == code
    assert rig.standin.requests["place"] == 0
    assert desk.get(f"{kraken}/orders")["orders"] == []


def test_the_turnover_of_a_day_is_limited_and_the_next_day_begins_anew(rig, tmp_path):
    desk = desk_of(tmp_path, rig)
    midnight = desk.clock().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    desk.clock.ahead = midnight - desk.clock() + timedelta(hours=1)
    desk.token = desk.login()["access_token"]
    made = desk.post("brokers/paper/accounts", {"name": "Paper", "cash": 100_000, "spread_bps": 0})
    orders = f"brokers/accounts/{made['account_id']}/orders"
    for _ in range(4):
        desk.post(orders, {**BUY, "quantity": 10})
    waiting = desk.post(orders, {**WAITING, "quantity": 10})  # 900, and 4,900 together
    assert desk.post(orders, BUY, status=409)["code"] == "BROKER_LIMIT_EXCEEDED"
    desk.post(f"brokers/orders/{waiting['order_id']}/cancel")  # what did not trade does not count
    for _ in range(5):
        desk.post(orders, BUY)
    assert desk.post(orders, BUY, status=409)["code"] == "BROKER_LIMIT_EXCEEDED"
    desk.clock.ahead += timedelta(days=1)
    desk.token = desk.login()["access_token"]
    assert desk.post(orders, BUY)["status"] == "FILLED"


def place(desk, path, order=BUY, key=None):
    headers = {**desk.headers, **({"Idempotency-Key": key} if key else {})}
    return desk.client.post(f"/v1/{path}/orders", json=order, headers=headers)


@pytest.mark.parametrize("fault", ["lost", "failed", "garbled"])
def test_an_order_whose_answer_was_lost_is_found_in_the_list(desk, rig, kraken, fault):
    with rig.standin.failing(fault):
        answer = place(desk, kraken, key=f"lost {kraken}")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "BROKER_OUTCOME_UNKNOWN")
    assert answer.headers["Retry-After"]
    order_id = answer.get_json()["order_id"]
    with rig.standin.failing("failed", "recent"):
        assert desk.get(f"brokers/orders/{order_id}")["status"] == "UNKNOWN"
        refused = place(desk, kraken)
        assert refused.status_code == 503  # the broker cannot be asked what it has
    again = place(desk, kraken, key=f"lost {kraken}").get_json()
    assert (again["order_id"], again["status"]) == (order_id, "FILLED")
    assert rig.orders_taken() == rig.standin.requests["place"] == 1


def test_while_an_outcome_is_unknown_the_account_sends_nothing_else(desk, rig, kraken):
    with rig.standin.failing("dropped"):
        order_id = place(desk, kraken).get_json()["order_id"]
    refused = place(desk, kraken)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "BROKER_ACCOUNT_UNSETTLED")
    assert refused.headers["Retry-After"]
    assert rig.standin.requests["place"] == 1
    assert desk.get(f"brokers/orders/{order_id}")["status"] == "UNKNOWN"
    desk.clock.ahead += timedelta(seconds=SETTLE)
    desk.services.execution.gateway.follow_all()
    assert desk.get(f"brokers/orders/{order_id}")["status"] == "FAILED"
    assert place(desk, kraken).status_code == 200
    assert rig.orders_taken() == 1


def test_two_orders_that_it_may_be_leave_it_unknown(desk, rig, kraken):
    """Somebody else trades in the account: nothing is guessed, and nothing is sent."""
    exchange = rig.standin.exchange
    form = {"instrument": {"symbol": "BTC-USD"}, "side": "BUY", "type": "MARKET", "amount": "2"}
    with rig.standin.failing("lost"):
        order_id = place(desk, kraken).get_json()["order_id"]
    exchange.place(rig.account_id, form)
    desk.clock.ahead += timedelta(seconds=SETTLE)
    found = desk.get(f"brokers/orders/{order_id}")
    assert (found["status"], "more than one" in found["reason"]) == ("UNKNOWN", True)


def test_an_order_of_other_terms_keeps_it_from_being_given_up(desk, rig, kraken):
    """The broker may have rounded what it was sent."""
    form = {"instrument": {"symbol": "BTC-USD"}, "side": "BUY", "type": "MARKET", "amount": "1.9"}
    with rig.standin.failing("dropped"):
        order_id = place(desk, kraken).get_json()["order_id"]
    rig.standin.exchange.place(rig.account_id, form)
    desk.clock.ahead += timedelta(seconds=SETTLE)
    assert desk.get(f"brokers/orders/{order_id}")["status"] == "UNKNOWN"


def test_earlier_orders_of_the_same_terms_are_not_mistaken_for_it(desk, rig, kraken):
    assert place(desk, kraken).status_code == 200
    with rig.standin.failing("dropped"):
        order_id = place(desk, kraken).get_json()["order_id"]
    desk.clock.ahead += timedelta(seconds=SETTLE)
    assert desk.get(f"brokers/orders/{order_id}")["status"] == "FAILED"
    assert rig.orders_taken() == 1


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("limited", 503, "BROKER_RATE_LIMITED"), ("expired", 409, "BROKER_CREDENTIALS_EXPIRED")],
)
def test_what_was_surely_not_placed_has_failed_at_once(desk, rig, kraken, fault, status, code):
    with rig.standin.failing(fault):
        answer = place(desk, kraken)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    if fault == "limited":
        assert answer.headers["Retry-After"] == "7"
    assert [each["status"] for each in desk.get(f"{kraken}/orders")["orders"]] == ["FAILED"]
    assert place(desk, kraken).status_code == 200
    assert rig.orders_taken() == 1


def test_an_order_that_the_broker_rejects_is_rejected(desk, rig, kraken):
    rig.standin.exchange.rejects = True
    try:
        assert place(desk, kraken).get_json()["code"] == "BROKER_REFUSED"
    finally:
        rig.standin.exchange.rejects = False
    assert [each["status"] for each in desk.get(f"{kraken}/orders")["orders"]] == ["REJECTED"]


def test_a_process_that_stood_still_before_the_call_sends_nothing(desk, rig, kraken, monkeypatch):
    moments = iter([0.0, 10.1])
    monkeypatch.setattr(desk.services.execution.gateway, "_monotonic", lambda: next(moments))
    assert place(desk, kraken).get_json()["code"] == "BROKER_UNAVAILABLE"
    assert rig.standin.requests["place"] == 0


def test_an_answer_that_comes_after_the_order_was_given_up_is_stored(desk, rig, kraken, monkeypatch):
    """Whoever reconciles may be wrong about a broker that was very slow; the answer is right."""
    execution = desk.services.execution
    real = execution.gateway._ledger.settle

    def given_up_first(order_id, expected, status, caller, **more):
        monkeypatch.setattr(execution.orders, "settle", real)
        real(order_id, expected, "FAILED", None)
        return real(order_id, expected, status, caller, **more)

    monkeypatch.setattr(execution.orders, "settle", given_up_first)
    placed = place(desk, kraken, WAITING).get_json()
    assert (placed["status"], rig.orders_taken()) == ("OPEN", 1)


FAULTS = ("lost", "dropped", "failed", "garbled", "limited", None)


def test_no_order_twice_whatever_fails(rig, tmp_path):
    """R29.4: each round asks until it has an answer, as a client with a key does; the stand-in counts."""
    desk = desk_of(tmp_path, rig)
    draw = random.Random(29)
    for number in range(size(200, 15)):
        if number % 20 == 0:  # before the turnover of a day ends
            path = connect(desk, rig)
        before, asked = rig.orders_taken(), 0
        while True:
            asked += 1
            assert asked < 30
            with (
                rig.standin.failing(draw.choice(FAULTS)),
                rig.standin.failing(draw.choice((*FAULTS[:5], None, None, None)), "recent"),
            ):
                answer = place(desk, path, key=f"round {number}")
            if answer.status_code == 200:
                break
            assert answer.status_code in {409, 502, 503}, answer.text
            desk.clock.ahead += timedelta(seconds=draw.choice((1, SETTLE)))
        order = answer.get_json()
        assert rig.orders_taken() == before + 1
        assert desk.get(f"brokers/orders/{order['order_id']}")["status"] == "FILLED"


def test_of_requests_at_once_none_is_sent_twice(desk, rig, kraken):
    """Under one key one order; of several, those that meet an open outcome are refused."""
    with ThreadPoolExecutor(6) as pool:
        same = list(pool.map(lambda _: place(desk, kraken, key=f"once {kraken}"), range(6)))
    assert {each.status_code for each in same} <= {200, 409}
    assert rig.orders_taken() == 1
    with ThreadPoolExecutor(6) as pool:
        others = list(pool.map(lambda _: place(desk, kraken), range(6)))
    assert rig.orders_taken() == 1 + sum(each.status_code == 200 for each in others)


def test_all_that_is_wrong_is_told_at_once(desk, paper):
    body = {"symbol": "", "side": "HOLD", "type": "LIMIT", "quantity": 0, "limit_price": -1, "x": 1}
    refused = desk.post(f"{paper}/orders", body, status=422)
    assert {each["field"] for each in refused["errors"]} == {"symbol", "side", "quantity", "limit_price", "x"}
    for order in ({**BUY, "limit_price": 1}, {**BUY, "type": "LIMIT"}, {**BUY, "quantity": 1e-9}):
        refused = desk.post(f"{paper}/orders", order, status=422)
        assert refused["errors"][0]["field"] == ("quantity" if order["quantity"] < 1 else "limit_price")


def test_orders_are_their_user_s_alone_and_need_the_permission(rig, tmp_path):
    desk = desk_of(tmp_path, rig)
    made = desk.post("brokers/paper/accounts", {"name": "Paper", "cash": 10_000})
    path = f"brokers/accounts/{made['account_id']}"
    order = desk.post(f"{path}/orders", WAITING)
    held = ["brokers:read", "brokers:trade"]
    add_user(desk.services, "stranger", PASSWORD, permissions=held)
    stranger = {"Authorization": f"Bearer {desk.login('stranger', PASSWORD)['access_token']}"}
    for method, where in (
        ("GET", f"{path}/orders"),
        ("POST", f"{path}/orders"),
        ("POST", f"{path}/preview"),
        ("GET", f"brokers/orders/{order['order_id']}"),
        ("POST", f"brokers/orders/{order['order_id']}/cancel"),
    ):
        body = {} if where.endswith("cancel") or method == "GET" else {"json": BUY}
        assert desk.call(method, where, status=404, headers=stranger, **body)["code"] == "NOT_FOUND"
    desk.log_in_without("brokers:trade")
    for where, body in ((f"{path}/orders", BUY), (f"brokers/orders/{order['order_id']}/cancel", {})):
        assert desk.post(where, body, status=403)["permission"] == "brokers:trade"
