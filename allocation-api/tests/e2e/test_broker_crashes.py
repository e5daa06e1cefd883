"""The serving process is killed at every step of an order to a broker; the client asks again under its key.

What must hold afterwards is told by two that were not killed: the stand-in of SnapTrade, which counts every
order that it took, and the database.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from cryptography.fernet import Fernet

from tests.e2e.trading_desk import GONE, CrashingDesk
from tests.support import snaptrade_server as snaptrade
from tests.support.brokers import SnapTradeRig
from tests.support.profiles import some
from tests.support.waiting import until

pytestmark = pytest.mark.slow

MIN_STEPS = 150
ONE_IN = 60
"""In `dev` and `ci` the process is killed at one step in so many, in `full` at each."""
ORDER = {"symbol": "BTC", "side": "BUY", "type": "MARKET", "quantity": 1}


@pytest.fixture(scope="module")
def rig():
    made = SnapTradeRig()
    made.standin.exchange.account(made.account_id)["cash"] *= 1_000
    yield made
    made.close()


@pytest.fixture(scope="module")
def desk(rig, tmp_path_factory):
    with ExitStack() as open_desk:
        made = CrashingDesk(
            tmp_path_factory.mktemp("desk"),
            BROKER_CREDENTIAL_KEYS=Fernet.generate_key().decode(),
            SNAPTRADE_URL=rig.standin.url,
            SNAPTRADE_CLIENT_ID=snaptrade.CLIENT_ID,
            SNAPTRADE_CONSUMER_KEY=snaptrade.CONSUMER_KEY,
            BROKER_SETTLE_SECONDS="60",
            BROKER_MAX_DAILY_TURNOVER="1000000",
        )
        open_desk.callback(made.close)
        yield made


@pytest.fixture(scope="module")
def orders(desk, rig):
    """The path of the orders of a connected account."""
    user = {"user_id": snaptrade.USER_ID, "user_secret": snaptrade.USER_SECRET}
    wish = {"name": "Kraken", "currency": "USD", "external_id": rig.account_id, **user}
    answer = desk.client.http.post("/v1/brokers/snaptrade/accounts", json=wish)
    assert answer.status_code == 200, answer.text
    return f"/v1/brokers/accounts/{answer.json()['account_id']}/orders"


def asked(desk, orders, key, **headers):
    return desk.client.http.post(orders, json=ORDER, headers={"Idempotency-Key": key, **headers})


def answered(desk, orders, key):
    """The order, as soon as there is an answer under the key; who is refused for now comes again."""

    def again():
        try:
            answer = asked(desk, orders, key)
        except GONE:
            return None
        if answer.status_code in {409, 503}:
            return None
        assert answer.status_code == 200, answer.text
        return answer.json()

    return until(again, f"an answer to {key}")


def settled(desk, order):
    """The order's status, asked of the broker."""
    answer = desk.client.http.get(f"/v1/brokers/orders/{order['order_id']}")
    return answer.json()["status"]


def test_an_order_that_is_killed_between_any_two_lines(desk, rig, orders):
    answer = asked(desk, orders, "recorded", **{"X-Record-Steps": "1"})
    assert answer.status_code == 200, answer.text
    mine = [step for step, _ in desk.steps() if step.startswith("app/services/execution/")]
    steps = list({step.rpartition(":")[0]: step for step in mine}.values())
    assert len(steps) >= MIN_STEPS
    # The lines around the call are few, and each counts.
    around = [step for step in steps if "/gateway.py:" in step][-12:]
    for step in some(dict.fromkeys([*around[::6], *steps]), ONE_IN, one_in_ci=ONE_IN):
        before = rig.orders_taken()
        with pytest.raises(GONE):
            asked(desk, orders, f"killed at {step}", **{"X-Kill-At": step})
        order = answered(desk, orders, f"killed at {step}")
        assert rig.orders_taken() == before + 1, step
        assert settled(desk, order) == "FILLED"


@pytest.mark.parametrize("fault", ["lost", "dropped"])
def test_a_process_that_is_killed_after_a_lost_answer(desk, rig, orders, fault):
    """At the lines that store that the outcome is unknown, and before the client has heard of it."""
    with rig.standin.failing(fault):
        assert asked(desk, orders, f"unknown {fault}", **{"X-Record-Steps": "1"}).status_code == 503
    steps = [step for step, _ in desk.steps() if "/gateway.py:" in step]
    desk.die()
    answered(desk, orders, f"unknown {fault}")
    before = rig.orders_taken()
    with rig.standin.failing(fault), pytest.raises(GONE):
        asked(desk, orders, f"killed {fault}", **{"X-Kill-At": steps[-1]})
    order = answered(desk, orders, f"killed {fault}")
    assert rig.orders_taken() == before + 1
    assert settled(desk, order) == "FILLED"
