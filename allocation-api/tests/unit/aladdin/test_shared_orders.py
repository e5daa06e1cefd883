"""Orders kept for a moment: one read for all who look, nothing stale after a change, no error kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import MISSING, fields
from threading import Barrier, Event

import pytest

from app.services.aladdin.errors import VendorFailed
from app.services.aladdin.shared_orders import SharedOrders
from app.services.domain.block_order import PostedOrder
from tests.unit.aladdin.clocks import FakeTime

MAX_WAIT_SECONDS = 30


def posted(order_id, face):
    unknown = dict.fromkeys(field.name for field in fields(PostedOrder) if field.default is MISSING)
    return PostedOrder(**{**unknown, "order_id": order_id, "status": "Open", "face": face})


class FakeOrders:
    """Orders whose face is the number of the read that returned them; those in `absent` are not shown."""

    def __init__(self):
        self.reads = []
        self.absent = set()
        self.error = None
        self.gate = None
        self.reading = Event()

    def orders(self, ids):
        self.reads.append(tuple(ids))
        number = len(self.reads)
        self.reading.set()
        if self.gate is not None:
            assert self.gate.wait(MAX_WAIT_SECONDS)
        if self.error is not None:
            raise self.error
        return tuple(posted(each, number) for each in ids if each not in self.absent)


@pytest.fixture
def vendor():
    return FakeOrders()


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
def shared(vendor, time):
    return SharedOrders(vendor, seconds=1, timer=time)


def faces(seen):
    return {order_id: order.face for order_id, order in seen.posted.items()}


def test_reads_within_a_moment_share_one_and_only_the_first_is_fresh(shared, vendor, time):
    first = shared.see(["A"])
    time.now += 0.9
    second = shared.see(["A"])
    assert vendor.reads == [("A",)]
    assert (faces(first), first.fresh) == ({"A": 1}, {"A"})
    assert (faces(second), second.fresh) == ({"A": 1}, frozenset())
    time.now += 0.1
    assert (faces(shared.see(["A"])), len(vendor.reads)) == ({"A": 2}, 2)


def test_lists_share_the_reads_of_single_orders(shared, vendor):
    shared.see(["B"])
    seen = shared.see(["A", "B", "C"])
    assert vendor.reads == [("B",), ("A", "C")]
    assert (faces(seen), seen.fresh) == ({"A": 2, "B": 1, "C": 2}, {"A", "C"})


def test_that_an_order_is_not_shown_is_kept_too(shared, vendor):
    vendor.absent = {"A"}
    for fresh in ({"A"}, frozenset()):
        seen = shared.see(["A"])
        assert (dict(seen.posted), seen.fresh) == ({}, fresh)
    assert vendor.reads == [("A",)]


def test_after_a_change_everything_is_read_anew(shared, vendor):
    shared.see(["A"])
    shared.forget()
    assert faces(shared.see(["A"])) == {"A": 2}


def test_a_read_under_way_when_an_order_changes_is_not_kept(shared, vendor):
    vendor.gate = Event()
    with ThreadPoolExecutor(1) as pool:
        old = pool.submit(shared.see, ["A"])
        assert vendor.reading.wait(MAX_WAIT_SECONDS)
        shared.forget()
        vendor.gate.set()
        assert faces(old.result(MAX_WAIT_SECONDS)) == {"A": 1}
    assert faces(shared.see(["A"])) == {"A": 2}


def test_an_error_is_not_kept(shared, vendor):
    vendor.error = VendorFailed("away")
    with pytest.raises(VendorFailed):
        shared.see(["A"])
    vendor.error = None
    assert faces(shared.see(["A"])) == {"A": 2}


def test_of_many_who_look_at_once_one_reads(vendor):
    shared = SharedOrders(vendor, seconds=60)
    barrier = Barrier(8)

    def look(_):
        barrier.wait(MAX_WAIT_SECONDS)
        return shared.see(["A"])

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(look, range(8)))
    assert vendor.reads == [("A",)]
    assert sorted(len(each.fresh) for each in seen) == [0] * 7 + [1]
    assert all(faces(each) == {"A": 1} for each in seen)
