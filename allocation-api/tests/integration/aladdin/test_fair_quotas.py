"""No number of reads by those who only look keeps the desk from sending, changing and cancelling orders."""

from __future__ import annotations

import pytest

from app.services.aladdin import operations
from app.services.aladdin.operations import Operation
from app.services.aladdin.quotas import Priority
from tests.support.orders import BOND, OrderDesk

MASTER, FILTER = "/security-master", "/orders:filter"
READS = operations.FILTER_ORDERS.quota + 1
"""501: one more than the published quota of a minute."""


def make_desk(folder, **settings):
    """A desk with the published quotas, held for as long as a test may take."""
    return OrderDesk(folder, ALADDIN_QUOTA_SECONDS="3600", RATE_LIMIT_PER_MINUTE="0", **settings)


@pytest.fixture
def bare(tmp_path):
    """The same without the caches that save the quotas."""
    return make_desk(tmp_path, ALADDIN_ORDERS_CACHE_SECONDS="0", ALADDIN_UNKNOWN_CACHE_SECONDS="0")


def statuses(desk, paths):
    """Ask as fast as one client can, and return which statuses and codes came."""
    client = desk.app.test_client()
    answers = [client.get(f"/v1/{path}", headers=desk.headers) for path in paths]
    return {(answer.status_code, (answer.get_json() or {}).get("code")) for answer in answers}


def calls(desk, ending):
    return sum(path.endswith(ending) for path in desk.wire.paths)


@pytest.mark.slow
def test_reads_of_an_order_do_not_keep_the_desk_from_cancelling_it(bare):
    order_id = bare.order()
    seen = statuses(bare, [f"orders/{order_id}"] * READS)
    assert seen == {(200, None), (503, "VENDOR_QUOTA_SPENT")}
    assert bare.services.aladdin.quotas.left()[operations.FILTER_ORDERS.name].ordinary == 0
    assert bare.cancel(order_id)["status"] == "SUCCESS"


@pytest.mark.slow
@pytest.mark.parametrize("ask", [lambda n: f"securities/{n:09}", lambda n: f"positions/NO{n}"])
def test_unknown_ids_do_not_keep_the_desk_from_committing(bare, ask):
    found = bare.preview(BOND, 1_000_000, groups=["GOLDEN"])
    seen = statuses(bare, [ask(n) for n in range(READS)])
    assert {code for _, code in seen} == {"NOT_FOUND", "VENDOR_QUOTA_SPENT"}
    done = bare.post(f"allocations/{found['allocation_id']}/commit")
    assert done["status"] == "SUCCESS"
    assert bare.cancel(done["aladdin_order_ids"][0])["status"] == "SUCCESS"


def spend_all(desk):
    """Spend all that ordinary calls may, of every operation."""
    for operation in vars(operations).values():
        if isinstance(operation, Operation):
            while not desk.services.aladdin.quotas.spend(operation, Priority.ORDINARY):
                pass


def test_the_reserve_is_enough_to_commit_change_look_up_and_cancel(bare):
    first, second = (bare.preview(BOND, 1_000_000, groups=["GOLDEN"])["allocation_id"] for _ in range(2))
    spend_all(bare)
    (order_id,) = bare.post(f"allocations/{first}/commit")["aladdin_order_ids"]
    assert statuses(bare, [f"orders/{order_id}"]) == {(503, "VENDOR_QUOTA_SPENT")}
    assert bare.change(order_id, 800_000)["status"] == "SUCCESS"
    assert bare.cancel(order_id)["status"] == "SUCCESS"
    bare.wire.faults["/order:post"] = "lost"
    done = bare.post(f"allocations/{second}/commit")
    assert (done["status"], len(done["aladdin_order_ids"])) == ("SUCCESS", 1)


def test_the_reserve_is_not_for_previews(bare):
    spend_all(bare)
    found = bare.preview(BOND, 1_000_000, groups=["GOLDEN"], status=503)
    assert found["code"] == "VENDOR_QUOTA_SPENT"
    assert "400 calls" in found["detail"] or "80 calls" in found["detail"]


def test_those_who_look_at_one_order_share_its_read(tmp_path):
    desk = make_desk(tmp_path, ALADDIN_ORDERS_CACHE_SECONDS="60")
    order_id = desk.order()
    before = calls(desk, FILTER)
    assert statuses(desk, [f"orders/{order_id}", "orders", f"orders/{order_id}/fills"] * 20) == {(200, None)}
    assert calls(desk, FILTER) == before + 1
    desk.cancel(order_id)
    assert desk.order_shown(order_id)["status"] == "Canceled"


def test_a_state_that_is_shown_again_is_not_recorded_over_a_newer_one(tmp_path):
    desk = make_desk(tmp_path, ALADDIN_ORDERS_CACHE_SECONDS="60")
    order_id = desk.order()
    assert desk.order_shown(order_id)["filled_quantity"] == 0
    desk.clock.pass_by(300)
    desk.services.periodic.do("watch")
    filled = desk.fills(order_id)
    assert sum(fill["quantity"] for fill in filled["fills"]) == 3_800_000
    desk.order_shown(order_id)
    assert desk.fills(order_id)["fills"] == filled["fills"]


def test_an_unknown_security_is_asked_for_once(tmp_path):
    desk = make_desk(tmp_path)
    before = calls(desk, MASTER)
    assert statuses(desk, ["securities/000000001", "securities/000000001/analytics"] * 20) == {
        (404, "NOT_FOUND")
    }
    assert calls(desk, MASTER) == before + 1


def test_an_unknown_account_is_asked_for_once_on_each_basis(tmp_path):
    desk = make_desk(tmp_path)
    before = calls(desk, "/position")
    assert statuses(desk, ["positions/NOBODY"] * 20) == {(404, "NOT_FOUND")}
    assert calls(desk, "/position") == before + 1


def test_failing_reads_do_not_suspend_orders(bare):
    """Users whose reads fail open the breaker of ordinary calls; that of orders is another one."""
    order_id = bare.order()
    bare.wire.faults["/orders:filter"] = "away"
    seen = statuses(bare, [f"orders/{order_id}"] * 4)
    assert (503, "VENDOR_SUSPENDED") in seen
    bare.wire.faults.clear()
    assert statuses(bare, [f"orders/{order_id}"]) == {(503, "VENDOR_SUSPENDED")}
    assert bare.cancel(order_id)["status"] == "SUCCESS"
