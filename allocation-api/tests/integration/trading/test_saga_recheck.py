"""What is compared right before an order leaves, and what is said where it differs."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.core.errors import DataMissing, FieldError
from app.models import LimitRow
from app.services.allocations.errors import MarketPriceMissing
from app.services.domain.caller import Caller
from app.services.trading.commit.intent import Attempt, CommitIntent
from app.services.trading.commit.recheck import Recheck
from app.services.trading.errors import PriceMoved
from tests.support import saga
from tests.support.saga import POST, commit, preview, settle, status


@pytest.fixture
def desk(tmp_path):
    (made,) = saga.desks(tmp_path, 1)
    return made


@pytest.fixture
def pair(tmp_path):
    return saga.desks(tmp_path)


def market(desk, price):
    """Let the bond's market price be another one from now on."""
    desk.wire.rows = {"price": price}


def unsettled(desk, quantity=380_000):
    """Leave an allocation whose outcome is not known."""
    allocation_id = preview(desk, quantity)
    desk.wire.faults[POST] = "away"
    commit(desk, allocation_id, status=503)
    desk.wire.faults.clear()
    return allocation_id


@pytest.mark.parametrize(("price", "code"), [(99.485, None), (99.49, "PRICE_MOVED"), (97.515, None)])
def test_the_market_may_move_within_the_band(desk, price, code):
    # R10.4
    """1 % of 98.5 is 0.985; what is at the edge of the band is within it."""
    allocation_id = preview(desk, 380_000)
    market(desk, price)
    answer = commit(desk, allocation_id, status=409 if code else 200)
    assert answer.get("code") == code
    assert desk.wire.count(POST) == (0 if code else 1)


def test_the_band_is_the_desk_s_to_set(tmp_path):
    (desk,) = saga.desks(tmp_path, 1, PRICE_BAND_PERCENT="3")
    allocation_id = preview(desk, 380_000)
    market(desk, 101.0)
    assert commit(desk, allocation_id)["status"] == "SUCCESS"


def test_a_moved_price_is_shown_with_what_it_costs_each_account(desk):
    allocation_id = preview(desk, 380_000)
    before = desk.get(f"allocations/{allocation_id}")["allocations"]
    market(desk, 110.0)
    refused = commit(desk, allocation_id, status=409)
    assert refused["code"] == "PRICE_MOVED"
    assert (refused["previewed_market_price"], refused["market_price"]) == (98.5, 110.0)
    assert [a["account_id"] for a in refused["accounts"]] == [a["account_id"] for a in before]
    for then, now in zip(before, refused["accounts"], strict=True):
        assert now["previewed_settlement_amount"] == then["settlement_amount"]
        dearer = now["allocated_quantity"] * (110.0 - 98.5) / 100
        assert now["settlement_amount"] == pytest.approx(then["settlement_amount"] + dearer, abs=0.01)
    assert status(desk, allocation_id) == "PREVIEWED"
    record = saga.records(desk, allocation_id, "COMMIT_REFUSED")[0]
    assert record["after"]["code"] == "PRICE_MOVED"


def test_a_price_that_has_gone_is_a_moved_price(desk):
    # R10.4
    market_order, limit_order = preview(desk, 380_000), preview(desk, 380_000, order={"price": 98.5})
    market(desk, 0)
    for allocation_id in (market_order, limit_order):
        refused = commit(desk, allocation_id, status=409)
        assert refused["code"] == "PRICE_MOVED"
        assert refused["market_price"] is None
    assert desk.wire.count(POST) == 0


class Inputs:
    """A reading of the book that ends in an error."""

    def __init__(self, error):
        self._error = error

    def load(self, request, visible):
        raise self._error


@pytest.mark.parametrize(
    ("missing", "raised"), [(MarketPriceMissing, PriceMoved), (DataMissing, DataMissing)]
)
def test_only_a_market_price_that_is_missing_is_a_moved_one(desk, missing, raised):
    """Which field an error names says nothing of its kind."""
    row = saga.row(desk, preview(desk, 380_000))
    caller = Caller("u", "ann", frozenset(), "r")
    attempt = Attempt.of(row, CommitIntent(caller, "", override_warnings=False, at=row.created_at))
    error = missing("no number", errors=[FieldError("order.price", "no number")])
    recheck = Recheck(saga.database(desk), desk.services.audit, Inputs(error), Decimal(1))
    with pytest.raises(raised) as found:
        recheck.check(attempt)
    assert type(found.value) is raised


def test_the_band_is_of_market_prices_where_the_order_has_its_own(desk):
    """What the order settles at stays, because its own price does; the market has moved all the same."""
    allocation_id = preview(desk, 380_000, order={"price": 98.0})
    market(desk, 101.0)
    refused = commit(desk, allocation_id, status=409)
    assert refused["code"] == "PRICE_MOVED"
    assert refused["accounts"] == []


def test_a_price_that_could_not_be_compared_at_the_preview_is_not_compared_at_commit(desk):
    market(desk, 0)
    allocation_id = preview(desk, 380_000, order={"price": 98.5})
    market(desk, 98.5)
    assert commit(desk, allocation_id, override_warnings=True)["status"] == "SUCCESS"


def test_spent_cash_is_shown_account_by_account(desk):
    # R10.3
    first, second = preview(desk, 6_000_000), preview(desk, 6_000_000)
    commit(desk, first, override_warnings=True)
    refused = commit(desk, second, status=409, override_warnings=True)
    assert refused["code"] == "BOOK_CHANGED"
    then = {a["account_id"]: a for a in desk.get(f"allocations/{second}")["allocations"]}
    short = [a for a in refused["accounts"] if not a["feasible"]]
    assert short
    for account in refused["accounts"]:
        known = then[account["account_id"]]
        assert account["allocated_quantity"] == known["allocated_quantity"]
        assert account["previewed_available_cash"] == known["available_cash"]
        # The first preview is the same as the second: its settlement amount is what is missing now.
        left = known["available_cash"] - known["settlement_amount"]
        assert account["available_cash"] == pytest.approx(left, abs=0.02)
        assert account["settlement_amount"] == account["previewed_settlement_amount"]
        assert account["feasible"] == (account["allocated_quantity"] <= account["max_quantity"])


def test_a_tightened_limit_stops_the_commit(desk):
    # R10.3
    allocation_id = preview(desk, 380_000)
    with saga.database(desk).write() as session:
        session.execute(update(LimitRow).values(value=0))
    refused = commit(desk, allocation_id, status=409)
    assert refused["code"] == "BOOK_CHANGED"
    assert {(a["feasible"], a["max_quantity"]) for a in refused["accounts"]} == {(False, 0)}
    assert (refused["total"], refused["max_total"]) == (380_000, 0)


def change_warnings(desk, allocation_id, change):
    """Let a preview have other stored warnings; what it was computed from stays."""
    result = json.loads(saga.row(desk, allocation_id).result)
    change(result["warnings"])
    saga.change_row(desk, allocation_id, result=json.dumps(result))


def test_the_details_of_a_warning_do_not_say_what_was_seen(desk):
    """106 is 7.6 % from the market's 98.5, more than 5 %: the preview itself was warned of that."""
    allocation_id = preview(desk, 380_000, order={"price": 106.0})
    change_warnings(desk, allocation_id, lambda warnings: warnings[0]["details"].clear())
    assert commit(desk, allocation_id, override_warnings=True)["status"] == "SUCCESS"


def test_a_warning_of_aladdin_s_shows_no_rule_of_ours(desk):
    """103.4 is 4.97 % from the market's 98.5; from 97.6, within the band of 1 %, it is 5.94 %."""
    allocation_id = preview(desk, 380_000, order={"price": 103.4})
    details = {"source": "ALADDIN", "rule": "PRICE_DEVIATION"}
    theirs = {"type": "COMPLIANCE", "account_id": None, "message": "a rule is broken", "details": details}
    change_warnings(desk, allocation_id, lambda warnings: warnings.append(theirs))
    market(desk, 97.6)
    refused = commit(desk, allocation_id, status=409, override_warnings=True)
    assert refused["code"] == "BOOK_CHANGED"
    assert "5.94% away" in refused["detail"]


def test_accounts_of_an_unsettled_order_take_no_part_in_another_commit(pair):
    # R10.5
    desk, other = pair
    open_one, next_one = unsettled(desk), preview(desk, 380_000)
    refused = commit(other, next_one, status=409)
    assert refused["code"] == "ACCOUNTS_UNSETTLED"
    named = {(a["account_id"], a["allocation_id"], a["allocation_status"]) for a in refused["accounts"]}
    accounts = {a["account_id"] for a in desk.get(f"allocations/{open_one}")["allocations"]}
    assert named == {(account_id, open_one, "UNKNOWN") for account_id in accounts}
    assert status(desk, next_one) == "PREVIEWED"
    desk.clock.ahead += timedelta(seconds=41)
    settle(other)
    assert status(desk, open_one) == "SUBMITTED"
    assert commit(desk, next_one)["status"] == "SUCCESS"


def test_an_order_does_not_grow_while_its_accounts_are_unsettled(desk):
    # R10.5
    (order_id,) = commit(desk, preview(desk, 760_000))["aladdin_order_ids"]
    open_one = unsettled(desk)
    more, less = ({"quantity": q, "comment": ""} for q in (1_140_000, 380_000))
    refused = desk.call("PUT", f"orders/{order_id}", status=409, json=more)
    assert refused["code"] == "ACCOUNTS_UNSETTLED"
    assert {a["allocation_id"] for a in refused["accounts"]} == {open_one}
    assert desk.call("PUT", f"orders/{order_id}", json=less)["status"] == "SUCCESS"


def test_unsettled_orders_for_the_same_cash_are_not_both_sent_again(pair):
    """Both died before their orders left; each takes nine tenths of all cash."""
    dying, survivor = pair
    weights = {"ACC001": 5 / 17, "ACC002": 8 / 17, "ACC003": 3 / 17, "ACC004": 1 / 17}
    wanted = [
        preview(dying, 15_500_000, method="CUSTOM_WEIGHTS", parameters={"weights": weights}) for _ in range(2)
    ]
    saga.die(dying, wanted[0], at="before", override_warnings=True)
    saga.leave_committing_like(dying, *wanted)
    survivor.clock.ahead += timedelta(seconds=101)
    settle(survivor)
    assert [status(survivor, a) for a in wanted] == ["SUBMITTED", "FAILED"]
    assert survivor.wire.count(POST) == 1
    accounts = survivor.get("portfolio-groups/GOLDEN/accounts")["accounts"]
    assert min(a["cash"] for a in accounts) >= 0


def test_what_waits_for_another_one_to_be_settled_is_sent_after_it(pair):
    """The second cannot be sent again while it is not known what became of the first."""
    dying, survivor = pair
    first, second = preview(dying, 380_000), preview(dying, 380_000)
    saga.die(dying, first, at="after")
    saga.leave_committing_like(dying, first, second)
    twice = lambda answer: answer["orders"].extend(o | {"id": "9"} for o in list(answer["orders"]))  # noqa: E731
    survivor.wire.edits["/orders:filter"] = twice
    survivor.clock.ahead += timedelta(seconds=101)
    settle(survivor)
    assert [status(survivor, a) for a in (first, second)] == ["UNKNOWN", "UNKNOWN"]
    survivor.wire.edits.clear()
    settle(survivor)
    assert [status(survivor, a) for a in (first, second)] == ["SUBMITTED", "SUBMITTED"]


def test_expired_previews_are_stored_as_such(desk):
    """A read shows it at once; the background job `expire` stores it."""
    old = preview(desk, 380_000)
    desk.clock.ahead += timedelta(minutes=16)
    young = preview(desk, 380_000)
    for stored in ("PREVIEWED", "EXPIRED"):
        assert saga.row(desk, old).status == stored
        assert (status(desk, old), status(desk, young)) == ("EXPIRED", "PREVIEWED")
        found = desk.call("GET", "allocations", query_string={"status": "EXPIRED"})["allocations"]
        assert [a["allocation_id"] for a in found] == [old]
        assert commit(desk, old, status=409)["code"] == "PREVIEW_EXPIRED"
        desk.services.periodic.do("expire")
