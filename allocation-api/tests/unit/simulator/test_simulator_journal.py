"""What was acknowledged is there after a restart, and goes on by the clock as if there had been none."""

from __future__ import annotations

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from aladdin_simulator.book import BookError
from aladdin_simulator.journal import Entry, MemoryJournal
from tests.unit.simulator.living import GROUP, MORNING, Clock, LivingVendor
from tests.unit.simulator.vendor import FILL_SECONDS, GOLDEN, Vendor, order_body, slice_of, small_book

ACCOUNT, OTHER = "BIG6-01", "BIG6-02"
ALL = "SOD+Trades+Orders"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def desk(clock, file) -> LivingVendor:
    return LivingVendor.on(clock, journal=file)


@pytest.fixture
def bond(desk) -> str:
    return next(b.cusip for b in desk.simulator.book.securities if b.min_piece <= 2000)


def everything(desk: LivingVendor, ids: list[str]) -> tuple[object, ...]:
    """All that a client can see of some orders and of the positions of their accounts."""
    return [desk.state(each) for each in ids], desk.rows(GROUP, ALL), desk.rows(GROUP, "SOD")


def test_a_restart_at_any_moment_makes_no_difference(desk, clock, bond):
    """Beside the running simulator one that was started just now, over the whole life of three orders."""
    first = desk.trade(bond, {ACCOUNT: 3_000_000, OTHER: 1_234_000})
    clock.pass_by(seconds=20)
    changed = desk.trade(bond, {ACCOUNT: 2_000_000}, "SELL")
    canceled = desk.trade(bond, {OTHER: 5_000_000}, expirationType="Day")
    seen = []
    for step in range(24):
        clock.pass_by(seconds=15)
        if step == 8:
            body = {"id": changed, "orderDetails": [{"orderDetailId": 1, "quantity": 2_500_000}]}
            assert "output" in desk.post("order:post", {"order": body})["results"][0]
        if step == 9:
            assert "output" in desk.post("order:cancel", {"orderId": canceled})["results"][0]
        seen.append(everything(desk, [first, changed, canceled]))
        assert everything(desk.again(), [first, changed, canceled]) == seen[-1]
    clock.to("2026-07-02T14:00:00+00:00")
    assert everything(desk.again(), [first, changed, canceled]) == everything(
        desk, [first, changed, canceled]
    )
    statuses = [{state[0][n]["orderStatus"] for state in seen} for n in range(3)]
    assert statuses[0] >= {"Open", "Active", "Booked"}
    assert "Canceled" in statuses[2]


@pytest.mark.parametrize("lost", [1, 3])
def test_ids_of_orders_that_an_older_copy_of_the_journal_lacks_are_not_given_again(
    desk, clock, bond, file, lost
):
    """A service that keeps its own database would take the new order for the one that it knows by that id."""
    kept = [desk.trade(bond, {ACCOUNT: 1_000_000}) for _ in range(2)]
    copy = file.with_name("copy.db")
    with sqlite3.connect(file) as here, sqlite3.connect(copy) as there:
        here.backup(there)
    clock.pass_by(seconds=30)
    known = [*kept, *(desk.trade(bond, {ACCOUNT: 1_000_000}) for _ in range(lost))]
    clock.pass_by(seconds=30)
    restored = LivingVendor.on(clock, journal=copy)
    new = [restored.trade(bond, {ACCOUNT: 2_000_000}) for _ in range(3)]
    assert len({*known, *new}) == len(known) + 3
    assert sorted(new, key=int) == new
    again = LivingVendor.on(clock, journal=copy)
    assert {again.state(order_id)["face"] for order_id in new} == {2_000_000}


def test_while_it_was_down_orders_filled(desk, clock, bond):
    order_id = desk.trade(bond, {ACCOUNT: 3_000_000})
    clock.pass_by(seconds=FILL_SECONDS)
    assert desk.again().state(order_id)["fillAmount"] == 3_000_000


def test_other_fill_times_do_not_undo_fills(desk, clock, bond):
    order_id = desk.trade(bond, {ACCOUNT: 3_000_000})
    clock.pass_by(seconds=FILL_SECONDS)
    filled = desk.state(order_id)
    never = desk.again(fill_seconds=0)
    assert never.state(order_id) == filled
    later = never.trade(bond, {ACCOUNT: 3_000_000})
    clock.pass_by(days=1)
    assert desk.again().state(later)["orderStatus"] == "Open"


def test_the_desk_goes_on_another_day(desk, clock, bond):
    """Bonds, accounts and ids stay those that the journal began with; a new desk of that day has others."""
    desk.trade(bond, {ACCOUNT: 3_000_000})
    held = desk.total(ACCOUNT, bond)
    maturities = {b.cusip: b.maturity for b in desk.simulator.book.securities}
    clock.to("2026-09-15T14:00:00+00:00")
    again = desk.again()
    assert {b.cusip: b.maturity for b in again.simulator.book.securities} == maturities
    assert again.total(ACCOUNT, bond) == held + 3_000_000
    new = desk.again(journal=None)
    assert {b.cusip: b.maturity for b in new.simulator.book.securities} != maturities


def test_a_business_date_that_is_set_day_by_day_moves_the_desk_on(clock, file):
    monday = LivingVendor.on(clock, journal=file, business_date=date(2026, 6, 29))
    bond = next(b.cusip for b in monday.simulator.book.securities if b.min_piece <= 2000)
    held = monday.total(ACCOUNT, bond)
    monday.trade(bond, {ACCOUNT: 3_000_000})
    clock.pass_by(days=3)
    assert monday.again().total(ACCOUNT, bond) == held
    assert monday.again(business_date=date(2026, 6, 30)).total(ACCOUNT, bond) == held + 3_000_000


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 8}, "default, seed 8"),
        ({"scenario": "high_dispersion"}, "high_dispersion, seed 7"),
        ({"scenario": str(GOLDEN)}, "golden.json, seed 7"),
        ({"business_date": date(2026, 6, 1)}, "default, seed 7, as of 2026-05-29"),
    ],
)
def test_another_book_or_seed_starts_anew_and_says_so_once(desk, bond, file, caplog, changes, named):
    desk.trade(bond, {ACCOUNT: 3_000_000})
    with caplog.at_level(logging.INFO):
        other = desk.again(**changes)
        again = desk.again(**changes)
    (line,) = [record.getMessage() for record in caplog.records]
    assert "starts anew" in line
    assert "default, seed 7, as of 2026-06-29" in line
    assert named in line
    assert "1 orders" in line
    group = other.simulator.book.groups[0].group_id
    for each in (other, again):
        assert each.found("portfolioGroupCriterion", portfolioGroupTicker=group) == []
        assert {row["posSource"] for row in each.rows(group, ALL)} == {"EOD"}
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT COUNT(*) FROM entries").fetchone() == (0,)


def test_a_simulator_whose_journal_another_book_took_over_serves_no_more(desk, bond):
    order_id = desk.trade(bond, {ACCOUNT: 3_000_000})
    desk.again(seed=8)
    query = {"query": {"orderIdCriterion": {"ids": [order_id]}}}
    assert desk.post("orders:filter", query, status=500)["code"] == "INTERNAL"


def test_a_changed_book_file_starts_anew(clock, file, tmp_path, caplog):
    book = tmp_path / "book.json"
    book.write_text(GOLDEN.read_text())
    desk = LivingVendor.on(clock, journal=file, scenario=str(book))
    account, bond = desk.simulator.book.accounts[0], desk.simulator.book.securities[0]
    order_id = desk.trade(bond.cusip, {account.account_id: 1000})
    assert desk.again().state(order_id)["orderStatus"] == "Open"
    book.write_text(GOLDEN.read_text().replace('"cash": ', '"cash": 1'))
    changed = desk.again()
    assert changed.found("orderIdCriterion", ids=[order_id]) == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_what_was_refused_or_only_asked_is_not_kept(desk, bond):
    desk.refusal(assetId="NOTHING")
    asked = desk.order(
        assetId=bond, face=None, orderDetails=[slice_of(ACCOUNT, 3_000_000)], config={"whatIf": True}
    )
    assert "output" in asked
    kept = desk.trade(bond, {ACCOUNT: 3_000_000})
    assert desk.again().found("portfolioGroupCriterion", portfolioGroupTicker=GROUP) == [kept]


def test_two_simulators_on_one_journal_are_one(desk, clock, bond):
    """As two processes would: what one takes the other shows, changes and counts on."""
    other = desk.again()
    one = desk.trade(bond, {ACCOUNT: 3_000_000})
    two = other.trade(bond, {OTHER: 2_000_000})
    assert int(two) == int(one) + 1
    assert "output" in other.post("order:cancel", {"orderId": one})["results"][0]
    assert desk.state(one)["orderStatus"] == "Canceled"
    assert everything(desk, [one, two]) == everything(other, [one, two])
    for _ in range(10):
        clock.pass_by(seconds=FILL_SECONDS / 10)
        assert everything(desk, [one, two]) == everything(other, [one, two])


def test_orders_that_two_simulators_take_at_once_have_ids_of_their_own(desk, bond):
    both = (desk, desk.again())
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: both[n % 2].trade(bond, {ACCOUNT: 1000 * (n + 1)}), range(60)))
    assert len(set(ids)) == 60
    again = desk.again()
    assert sorted(again.found("portfolioGroupCriterion", portfolioGroupTicker=GROUP)) == sorted(ids)
    assert sum(again.state(each)["face"] for each in ids) == sum(1000 * (n + 1) for n in range(60))


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"\x00" * 5000])
def test_a_file_that_is_no_journal_is_refused_by_name(clock, file, content):
    file.write_bytes(content)
    with pytest.raises(BookError, match=str(file)):
        LivingVendor.on(clock, journal=file)
    assert file.read_bytes() == content


def test_a_journal_of_another_format_is_begun_anew(desk, bond, file, caplog):
    desk.trade(bond, {ACCOUNT: 3_000_000})
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE story SET format = 0")
    assert desk.again().found("portfolioGroupCriterion", portfolioGroupTicker=GROUP) == []
    assert len(caplog.records) == 1


@pytest.mark.slow
def test_two_months_of_orders_add_up_after_a_restart(desk, clock, bond):
    """Orders of many days, and the positions that they add up to."""
    held, bought = desk.total(ACCOUNT, bond), 0
    for day in range(60):
        clock.now = MORNING.replace(month=7, day=1) if day == 0 else clock.now
        desk.trade(bond, {ACCOUNT: 1000 * (day + 1), OTHER: 2000})
        bought += 1000 * (day + 1)
        clock.pass_by(days=1)
    clock.pass_by(days=4)
    assert desk.again().total(ACCOUNT, bond) == desk.total(ACCOUNT, bond) == held + bought
    assert desk.again().total(ACCOUNT, "USD") == desk.total(ACCOUNT, "USD")


def test_compliance_that_was_pending_ends_while_it_is_down(desk, clock, bond):
    desk.compliance_times_out = True
    order_id = desk.trade(bond, {ACCOUNT: 3_000_000})
    assert desk.again().state(order_id)["orderStatus"] == "Compl Pending"
    clock.pass_by(seconds=FILL_SECONDS)
    assert desk.again().state(order_id)["orderStatus"] == "Booked"


def test_a_batch_is_kept_order_by_order(desk, bond):
    def order(number: int) -> dict[str, object]:
        key = {"accountCode": "A", "externalId1": f"E-{number}"}
        slices = [slice_of(ACCOUNT, 1000 * number)]
        return order_body(assetId=bond, face=None, orderDetails=slices, externalOrderReference=key)

    body = {"orders": [order(1), order(2), {**order(3), "assetId": "NOTHING"}, order(4)]}
    assert desk.post("orders:batchPost", body)["done"] is False
    again = desk.again()
    for number, there in ((1, 1), (2, 1), (3, 0), (4, 1)):
        found = again.found("externalIdCriterion", accountCode="A", externalId1=f"E-{number}")
        assert len(found) == there


class FullDisk(MemoryJournal):
    """A journal that cannot be written."""

    def append(self, _entry: Entry) -> None:
        raise sqlite3.OperationalError("database or disk is full")


def test_an_order_that_cannot_be_kept_is_neither_answered_nor_there(tmp_path):
    vendor = Vendor(small_book(tmp_path), journal=FullDisk())
    assert vendor.post("order:post", {"order": order_body()}, status=500)["code"] == "INTERNAL"
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="ACC001") == []
    assert {row["posSource"] for row in vendor.rows("ACC001", ALL)} == {"EOD"}
