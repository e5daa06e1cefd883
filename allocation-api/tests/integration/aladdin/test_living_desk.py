"""The demo desk on the day that it is, through the whole service: dates, and orders that outlive a day."""

from __future__ import annotations

from datetime import datetime

import pytest

from aladdin_simulator import DeskOptions, open_simulator
from tests.support.desk import Desk, FaultyWire
from tests.support.orders import MovedClock

FILL_SECONDS = 60


@pytest.fixture
def clock():
    return MovedClock()


@pytest.fixture
def living(tmp_path, clock):
    """Make a desk with the defaults of `make run` but for times; again after a restart."""

    def make(**settings):
        journal = str(tmp_path / "journal.db")
        return Desk(
            tmp_path,
            clock=clock,
            BUSINESS_DATE="",
            MOCK_JOURNAL=journal,
            MOCK_FILL_SECONDS=str(FILL_SECONDS),
            ALADDIN_POSITIONS_CACHE_SECONDS="0",
            REFRESH_TOKEN_HOURS="720",  # a session outlives the days that the clock moves by
            **settings,
        )

    return make


def a_treasury(desk):
    return desk.get("securities/search", query="treasury", limit=1)["securities"][0]["cusip"]


def held(desk, account, bond):
    positions = desk.get(f"positions/{account}", as_of="SOD")["positions"]
    return sum(p["quantity"] for p in positions if p["cusip"] == bond)


@pytest.mark.parametrize(
    ("now", "business_date", "close", "settlement"),
    [
        # Today, the close before, and what a browser sends as today + 2 business days.
        ("2026-11-30T15:00:00+00:00", "2026-11-30", "2026-11-27", "2026-12-02"),
        ("2026-11-29T15:00:00+00:00", "2026-11-29", "2026-11-27", "2026-12-01"),
        ("2027-07-14T15:00:00+00:00", "2027-07-14", "2027-07-13", "2027-07-16"),
        ("2031-03-07T15:00:00+00:00", "2031-03-07", "2031-03-06", "2031-03-11"),
    ],
)
def test_an_order_settles_two_business_days_from_today(living, clock, now, business_date, close, settlement):
    clock.now = datetime.fromisoformat(now)
    desk = living()
    ready = desk.client.get("/health/ready").get_json()
    assert (ready["business_date"], ready["reference_date"], ready["stale"]) == (business_date, close, False)
    found = desk.preview(a_treasury(desk), 12_000_000, order={"settlement_date": settlement})
    assert found["order"]["settlement_date"] == settlement
    assert found["summary"]["total_allocated"] == 12_000_000


def test_the_standard_settlement_of_today_has_the_accrued_interest_of_that_day(living, clock):
    """Aladdin's number for the standard day, and ours of the terms for any other day, follow one another."""
    clock.now = datetime.fromisoformat("2026-11-30T15:00:00+00:00")
    desk = living()
    bond = a_treasury(desk)
    standard = desk.preview(bond, 12_000_000)["order"]
    assert standard["settlement_date"] == "2026-12-01"
    later = desk.preview(bond, 12_000_000, order={"settlement_date": "2026-12-02"})["order"]
    coupon = desk.get(f"securities/{bond}")["coupon"]
    # One day's interest of a half-year of 181 to 184 days.
    assert coupon / 2 / 184.5 < later["accrued"] - standard["accrued"] < coupon / 2 / 180.5


@pytest.mark.parametrize("restarted", [False, True])
def test_orders_positions_and_prices_move_to_the_new_day(living, clock, restarted):
    clock.now = datetime.fromisoformat("2026-12-01T15:00:00+00:00")
    desk = living()
    bond = a_treasury(desk)
    found = desk.preview(bond, 12_000_000)
    shares = {a["account_id"]: a["allocated_quantity"] for a in found["allocations"]}
    before = {account: held(desk, account, bond) for account in shares}
    (order_id,) = desk.post(f"allocations/{found['allocation_id']}/commit")["aladdin_order_ids"]
    clock.pass_by(FILL_SECONDS)
    assert desk.get(f"orders/{order_id}")["status"] == "Booked"
    assert {account: held(desk, account, bond) for account in shares} == before
    clock.now = datetime.fromisoformat("2026-12-02T15:00:00+00:00")
    desk = living() if restarted else desk
    assert {account: held(desk, account, bond) for account in shares} == {
        account: before[account] + face for account, face in shares.items()
    }
    assert desk.get(f"orders/{order_id}")["filled_quantity"] == 12_000_000
    tomorrow = desk.preview(bond, 12_000_000)
    assert tomorrow["order"]["settlement_date"] == "2026-12-03"
    assert tomorrow["summary"]["total_allocated"] == 12_000_000
    clock.now = datetime.fromisoformat("2026-12-16T15:00:00+00:00")
    assert desk.preview(bond, 12_000_000)["order"]["price"] != found["order"]["price"]


def test_an_order_that_works_over_a_restart_is_still_ours(living, clock):
    clock.now = datetime.fromisoformat("2026-12-01T15:00:00+00:00")
    desk = living()
    found = desk.preview(a_treasury(desk), 12_000_000)
    (order_id,) = desk.post(f"allocations/{found['allocation_id']}/commit")["aladdin_order_ids"]
    again = living()
    clock.pass_by(FILL_SECONDS)
    fills = again.get(f"orders/{order_id}/fills")
    assert fills["filled_quantity"] == 12_000_000
    assert again.get(f"orders/{order_id}")["status"] == "Booked"


def test_another_seed_starts_anew_beside_the_same_database(living, clock):
    """Our database keeps the order; the vendor of another seed does not know it, and no account shows it."""
    clock.now = datetime.fromisoformat("2026-12-01T15:00:00+00:00")
    desk = living()
    found = desk.preview(a_treasury(desk), 12_000_000)
    desk.post(f"allocations/{found['allocation_id']}/commit")
    clock.pass_by(FILL_SECONDS)
    other = living(MOCK_DATA_SEED="5")
    account = found["allocations"][0]["account_id"]
    sod, traded = (other.get(f"positions/{account}", as_of=basis) for basis in ("SOD", "SOD+Trades"))
    assert sod["positions"] == traded["positions"]
    assert sod["nav"] == traded["nav"]


def test_a_preview_of_yesterday_is_not_committed_today(living, clock):
    clock.now = datetime.fromisoformat("2026-12-02T04:58:00+00:00")
    desk = living()
    found = desk.preview(a_treasury(desk), 12_000_000)
    clock.pass_by(180)
    problem = desk.post(f"allocations/{found['allocation_id']}/commit", status=409)
    assert "2026-12-01" in problem["detail"]
    assert "2026-12-02" in problem["detail"]


def test_an_order_whose_answer_was_lost_is_found_after_both_restart(tmp_path, clock):
    """The vendor had taken it and both processes end: recovery finds it in the journal, once."""

    def started():
        options = DeskOptions("default", 20260630, FILL_SECONDS, clock=clock, journal=tmp_path / "journal.db")
        wire = FaultyWire(open_simulator(options))
        return wire, Desk(tmp_path, clock=clock, transport=wire, BUSINESS_DATE="")

    clock.now = datetime.fromisoformat("2026-12-01T15:00:00+00:00")
    wire, desk = started()
    allocation_id = desk.preview(a_treasury(desk), 12_000_000)["allocation_id"]
    wire.faults["/order:post"] = wire.faults["/orders:filter"] = "lost"
    desk.call("POST", f"allocations/{allocation_id}/commit", status=503, json={})
    clock.pass_by(300)
    again, other = started()
    other.services.periodic.do("settle")
    shown = other.get(f"allocations/{allocation_id}")
    assert shown["status"] == "SUBMITTED"
    (order_id,) = shown["commit"]["aladdin_order_ids"]
    assert other.get(f"orders/{order_id}")["filled_quantity"] == 12_000_000
    assert again.count("/order:post") == 0
