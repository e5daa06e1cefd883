"""Commits, recovery, keys, fills, reports and activity of the whole application, on each database."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.models import AllocationRow, IdempotencyKeyRow, OrderRow, OrderSliceRow, UserActivityRow
from app.services.domain.caller import User
from app.services.reports.committed import FairnessService
from app.services.reports.history import HistoryReport
from app.services.reports.views import LineFilter, Period
from app.services.requests.activity import ActivityService
from app.services.trading.desk_lock import DeskLock
from app.services.trading.errors import DeskBusy
from app.services.visibility.visibility import EVERYTHING
from app.utils.paging import every
from tests.storage.conftest import database_of
from tests.storage.rows import MOMENT
from tests.support import saga
from tests.support.databases import migrated
from tests.support.fix_reader import read
from tests.support.orders import FILL_SECONDS, OrderDesk, check_fills
from tests.support.saga import POST, preview, records, settle, status
from tests.support.stored_allocations import AT, UTC_ZONE, add_allocation, add_fill, full


class Clock:
    def __init__(self):
        self.now = MOMENT

    def __call__(self):
        return self.now


@pytest.fixture
def pair(tmp_path, database_url):
    """Two processes on one database and one vendor."""
    migrated(database_url).close()
    found = saga.desks(tmp_path, DATABASE_URL=database_url)
    yield found
    for desk in found:
        database_of(desk).close()


def test_two_who_choose_a_variant_at_once_get_one_preview(pair):
    # R10.9
    variant = {"name": "by NAV", "allocation_method": "PRO_RATA"}
    compared = pair[0].compare(saga.BOND, 3_800_000, variant, groups=["GOLDEN"])
    path, start = f"allocations/compare/{compared['comparison_id']}/choose", Barrier(2)

    def choose(desk):
        start.wait()
        return desk.post(path, {"variant": "by NAV"})

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(choose, pair)
    assert first == second
    with pair[0].services.database.read() as session:
        assert session.scalars(select(AllocationRow.id)).all() == [first["allocation_id"]]


# --- lock, claims, recovery ---------------------------------------------------------------------------------


def test_the_desk_s_lock_is_one_for_all_processes(database, another):
    clock = Clock()
    mine, theirs = (DeskLock(each, clock, 100) for each in (database, another))
    lease = mine.acquire(0)
    clock.now += timedelta(seconds=99)
    mine.renew(lease)
    clock.now += timedelta(seconds=99)
    with pytest.raises(DeskBusy):
        theirs.acquire(0)
    clock.now += timedelta(seconds=1)
    taken = theirs.acquire(0)
    with pytest.raises(DeskBusy):
        mine.renew(lease)
    mine.release(lease)
    theirs.renew(taken)
    theirs.release(taken)
    assert mine.acquire(0)


@pytest.mark.parametrize("at", ["before", "after"])
def test_what_a_dead_process_left_is_settled_by_another(pair, at):
    dying, survivor = pair
    left = preview(survivor)
    saga.die(dying, left, at=at)
    settle(survivor)
    assert status(survivor, left) == "COMMITTING"
    survivor.clock.ahead += timedelta(seconds=survivor.settings.trading.lease_seconds + 1)
    settle(survivor)
    assert status(survivor, left) == "SUBMITTED"
    assert survivor.wire.count(POST) == 1
    assert sum(saga.stored_slices(survivor, left).values()) == 3_800_000
    (record,) = records(survivor, left)
    assert (record["username"], record["after"]["status"]) == ("demo_user", "SUBMITTED")
    assert saga.row(survivor, left).committed_at is not None
    assert survivor.get("audit/verify")["whole"] is True


# --- idempotency keys ---------------------------------------------------------------------------------------


def send(desk, method, path, body, key):
    headers = {**desk.headers, "Idempotency-Key": key}
    return desk.client.open(f"/v1/{path}", method=method, json=body, headers=headers)


def test_two_processes_under_one_key_do_a_commit_once(pair):
    path = f"allocations/{preview(pair[0])}/commit"
    barrier = Barrier(4)

    def race(n):
        barrier.wait(60)
        return send(pair[n % 2], "POST", path, {}, "k")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(race, range(4)))
    done = [a for a in answers if a.status_code == 200]
    assert {a.get_json()["code"] for a in answers if a not in done} <= {"IDEMPOTENCY_KEY_IN_USE"}
    assert sum(a.headers.get("Idempotency-Replayed") != "true" for a in done) == 1
    again = send(pair[1], "POST", path, {}, "k")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert {a.get_data() for a in (*done, again)} == {done[0].get_data()}
    assert send(pair[1], "POST", path, {"comment": "é"}, "k").status_code == 422
    assert pair[0].wire.count(POST) == 1
    with database_of(pair[0]).read() as session:
        assert len(session.scalars(select(IdempotencyKeyRow)).all()) == 1
    pair[0].clock.ahead += pair[0].settings.requests.idempotency_lifetime
    pair[0].services.periodic.do("forget-keys")
    with database_of(pair[0]).read() as session:
        assert session.scalars(select(IdempotencyKeyRow)).all() == []


# --- fills and reports --------------------------------------------------------------------------------------


@pytest.fixture
def filling(tmp_path, database_url):
    """A desk whose orders fill as its clock is moved."""
    migrated(database_url).close()
    made = OrderDesk(tmp_path, DATABASE_URL=database_url, ALADDIN_POSITIONS_CACHE_SECONDS="0")
    yield made
    database_of(made).close()


def csv_of(desk, path, **query):
    answer = desk.client.get(f"/v1/{path}", query_string=query | {"format": "csv"}, headers=desk.headers)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_fills_are_read_back_and_reported(filling):
    desk = filling
    order_id = desk.partly_filled()
    desk.services.periodic.do("watch")
    first = desk.order_shown(order_id)
    allocation_id = first["allocation_id"]
    change = desk.change(order_id, 3_000_000)
    assert change["status"] == "SUCCESS", change
    desk.clock.pass_by(2 * FILL_SECONDS)
    desk.services.periodic.do("watch")
    desk.services.periodic.do("watch")
    shown = desk.order_shown(order_id)
    slices = {s["account_id"]: s["quantity"] for s in shown["slices"]}
    assert sum(slices.values()) == shown["filled_quantity"] == 3_000_000
    fills = desk.fills(order_id)
    assert check_fills(fills, slices) == slices

    lines = desk.get("reports/allocation-history", limit=3)
    rest = desk.get("reports/allocation-history", cursor=lines["next_cursor"])
    found = {line["account_id"]: line["filled_quantity"] for line in (*lines["lines"], *rest["lines"])}
    assert found == slices
    table = csv_of(desk, "reports/allocation-history", account_id="ACC001")
    assert [Decimal(row["filled_quantity"]) for row in table] == [slices["ACC001"]]

    today = desk.clock.business_date.isoformat()
    period = {"date_from": today, "date_to": today}
    report = desk.get("reports/fairness", **period)
    assert {a["account_id"]: a["filled_quantity"] for a in report["accounts"]} == slices
    assert {row["account_id"] for row in csv_of(desk, "reports/fairness", **period)} == set(slices)

    answer = desk.client.get(f"/v1/allocations/{allocation_id}/fix", headers=desk.headers)
    message = read(answer.get_data())
    assert {a["79"]: int(a["80"]) for a in message.allocs} == slices
    assert desk.get("audit/verify")["whole"] is True


def test_accounts_that_only_aladdin_s_order_has_are_in_the_history(database):
    """Z has a slice and Y a fill of an order whose preview has A and M; pages of every size list all."""
    part = {a: full(10) for a in ("A", "M")}
    with database.write() as session:
        add_allocation(session, "one", part)
        add_allocation(session, "two", part, at=AT + timedelta(seconds=1))
        session.add(OrderSliceRow(order_id="O-one", account_id="Z", quantity=Decimal("491.76")))
        add_fill(session, "O-one", 2, Decimal(99), part | {"Y": full(10)})
    history = HistoryReport(database, lambda: AT, UTC_ZONE)
    for limit in range(1, 7):
        seen = list(every(lambda c, n=limit: history.page(LineFilter(), EVERYTHING, cursor=c, limit=n)))
        assert [(x.allocation_id, x.account_id) for x in seen] == [
            ("two", "A"),
            ("two", "M"),
            *(("one", a) for a in "AMYZ"),
        ]
    assert (seen[-1].ordered_quantity, seen[-1].filled_quantity) == (Decimal("491.76"), 0)
    found = FairnessService(database, UTC_ZONE).report(Period(AT.date(), AT.date()), EVERYTHING)
    assert {a.account_id: a.filled_quantity for a in found.accounts} == {"A": 20, "M": 20, "Y": 10, "Z": 0}


def test_processes_asked_at_once_send_one_fix_message(filling, tmp_path, database_url):
    # R14.2
    """Snowflake enforces no key: the lock alone decides."""
    order_id = filling.order()
    allocation_id = filling.order_shown(order_id)["allocation_id"]
    another = OrderDesk(tmp_path, beside=filling, DATABASE_URL=database_url)
    path = f"/v1/allocations/{allocation_id}/fix"

    def sent(desk):
        return desk.app.test_client().get(path, headers=desk.headers).data

    for change in (None, 3_000_000):
        if change:
            filling.change(order_id, change)
        with ThreadPoolExecutor(4) as pool:
            (message,) = set(pool.map(sent, (filling, another) * 2))
        read(message)
        newest = filling.get(f"allocations/{allocation_id}/fix/messages")["messages"][0]
        kept = filling.client.get(f"{path}/messages/{newest['alloc_id']}", headers=filling.headers)
        assert kept.data == message
    assert newest["sequence"] == 2
    assert filling.get("audit/verify")["whole"] is True
    database_of(another).close()


def test_the_first_day_price_is_stored_once(filling):
    order_id = filling.order()
    database = database_of(filling)

    def kept():
        with database.read() as session:
            row = session.get(OrderRow, order_id)
            return row.trade_date, row.first_day_price_date, row.first_day_price

    traded, *nothing = kept()
    assert nothing == [None, None]
    filling.services.periodic.do("first-day-prices")
    assert kept() == (traded, None, None)
    filling.wire.rows["priceDate"] = str(traded + timedelta(days=1))
    filling.services.periodic.do("first-day-prices")
    stored = kept()
    assert stored == (traded, traded + timedelta(days=1), Decimal("98.5"))
    assert str(stored[2]) == "98.5000000000"
    filling.services.periodic.do("first-day-prices")
    assert kept() == stored


# --- user activity ------------------------------------------------------------------------------------------


def test_activity_is_written_in_batches_listed_and_forgotten(database):
    clock = Clock()
    activity = ActivityService(database, clock, timedelta(days=90), ZoneInfo("UTC"))

    def note(number):
        for i in range(number):
            activity.note(
                user=User("u", "é", ()),
                method="GET",
                endpoint="/v1/orders",
                status=200,
                duration_ms=i,
                request_id=f"{i}",
            )

    note(1_200)
    activity.write()
    clock.now += timedelta(days=90)
    note(1)
    activity.write()
    activity.forget()
    with database.read() as session:
        assert len(session.scalars(select(UserActivityRow.id)).all()) == 1_201
    clock.now += timedelta(microseconds=1)
    activity.forget()
    with database.read() as session:
        (row,) = session.scalars(select(UserActivityRow))
        assert (row.at, row.duration_ms, row.username) == (clock.now - timedelta(microseconds=1), 0, "é")
