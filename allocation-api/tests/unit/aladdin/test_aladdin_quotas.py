"""Quotas with a reserve: ordinary calls stop before its end, calls for orders have all of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.aladdin import operations
from app.services.aladdin.operations import Api, Operation
from app.services.aladdin.quotas import Priority, QuotaLeft, Quotas
from tests.unit.aladdin.clocks import FakeTime

TEN = Operation("Ten", "GET", Api.ORDERS, "/ten", 10)
OTHER = Operation("Other", "GET", Api.ORDERS, "/other", 10)
ORDINARY, ORDER = Priority.ORDINARY, Priority.ORDER


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
def quotas(time):
    return Quotas(60, reserve_percent=20, monotonic=time)


def spend(quotas, operation, priority, calls):
    return [quotas.spend(operation, priority) for _ in range(calls)]


def test_ordinary_calls_leave_the_reserve_to_orders(quotas):
    assert spend(quotas, TEN, ORDINARY, 8) == [0.0] * 8
    assert quotas.spend(TEN, ORDINARY) == 60.0
    assert spend(quotas, TEN, ORDER, 2) == [0.0] * 2
    assert quotas.spend(TEN, ORDER) == 60.0


def test_calls_for_orders_may_take_all_and_ordinary_ones_then_wait(quotas, time):
    assert spend(quotas, TEN, ORDER, 5) == [0.0] * 5
    time.now += 10
    assert spend(quotas, TEN, ORDER, 5) == [0.0] * 5
    # The ordinary class may make its eighth call when three of these ten are out of the window.
    assert quotas.spend(TEN, ORDINARY) == 50.0
    assert quotas.spend(TEN, ORDER) == 50.0
    time.now += 50
    assert spend(quotas, TEN, ORDINARY, 3) == [0.0] * 3
    assert quotas.spend(TEN, ORDINARY) == 10.0


def test_operations_have_quotas_of_their_own(quotas):
    spend(quotas, TEN, ORDINARY, 8)
    assert quotas.spend(OTHER, ORDINARY) == 0.0


def test_what_is_left_is_told_by_class(quotas, time):
    assert quotas.left() == {}
    spend(quotas, TEN, ORDINARY, 3)
    assert quotas.left() == {"Ten": QuotaLeft(quota=10, used=3, ordinary=5, order=7)}
    spend(quotas, TEN, ORDER, 6)
    assert quotas.left() == {"Ten": QuotaLeft(quota=10, used=9, ordinary=0, order=1)}
    time.now += 60
    assert quotas.left() == {"Ten": QuotaLeft(quota=10, used=0, ordinary=8, order=10)}


@pytest.mark.parametrize(
    ("percent", "processes", "order", "ordinary"),
    [(0, 1, 500, 500), (20, 1, 500, 400), (20, 4, 125, 100), (90, 1, 500, 50), (1, 1, 500, 495)],
)
def test_the_published_quota_is_divided(percent, processes, order, ordinary):
    quotas = Quotas(60, reserve_percent=percent, processes=processes)
    assert quotas.allowed(operations.FILTER_ORDERS, ORDER) == order
    assert quotas.allowed(operations.FILTER_ORDERS, ORDINARY) == ordinary


def test_the_smallest_part_still_allows_a_call():
    quotas = Quotas(60, reserve_percent=20, processes=64)
    small = Operation("Small", "GET", Api.ORDERS, "/small", 2)
    assert [quotas.allowed(small, each) for each in Priority] == [1, 1]


CALLS = st.lists(st.tuples(st.sampled_from(Priority), st.floats(0, 30)), max_size=60)


@given(CALLS)
def test_no_window_holds_more_than_the_quota_and_no_more_ordinary_calls_than_their_part(calls):
    time = FakeTime()
    quotas = Quotas(60, reserve_percent=20, monotonic=time)
    made = []
    for priority, pause in calls:
        time.now += pause
        room = sum(at > time.now - 60 for at, _ in made) < (10 if priority is ORDER else 8)
        assert (quotas.spend(TEN, priority) == 0.0) is room
        if room:
            made.append((time.now, priority))
    for start, _ in made:
        window = [priority for at, priority in made if start <= at < start + 60]
        assert len(window) <= 10
        assert window.count(ORDINARY) <= 8
