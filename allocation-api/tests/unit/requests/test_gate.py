"""The bulkhead in front of the vendor: places by kind of errand, a short wait, none while nothing moves."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Thread

import pytest

from app.services.requests.errors import ServiceBusy
from app.services.requests.gate import Errand, VendorGate

READ, ORDER, CANCEL = Errand.READ, Errand.ORDER, Errand.CANCEL
MAX_WAIT_SECONDS = 30


def gate_of(threads=8, reads=5, max_stall=0.05, max_wait=30):
    return VendorGate(threads, reads, max_stall=max_stall, max_wait=max_wait)


def entered(gate, *errands, inside=None):
    """How many of these requests, one after the other, find a place; those in the stack `inside` stay."""
    count = 0
    with ExitStack() as stack:
        for errand in errands:
            try:
                (stack if inside is None else inside).enter_context(gate.passing(errand))
            except ServiceBusy:
                continue
            count += 1
    return count


@pytest.mark.parametrize(
    ("threads", "reads", "places"),
    [(8, 5, (5, 6, 7)), (4, 1, (1, 2, 3)), (3, 1, (1, 2, 2)), (2, 1, (1, 1, 1)), (1, 1, (1, 1, 1))],
)
def test_each_errand_has_its_places_and_a_thread_is_left(threads, reads, places):
    for errand, expected in zip(Errand, places, strict=True):
        assert entered(gate_of(threads, reads), *[errand] * (threads + 1)) == expected
    if threads > 1:
        assert max(places) < threads


def test_full_of_reads_it_lets_an_order_and_a_cancellation_in():
    gate = gate_of()
    with ExitStack() as inside:
        assert entered(gate, *[READ] * 9, inside=inside) == 5
        assert entered(gate, ORDER, ORDER, CANCEL, CANCEL) == 2


def test_orders_do_not_take_the_place_of_a_cancellation():
    gate = gate_of()
    with ExitStack() as inside:
        assert entered(gate, *[ORDER] * 9, inside=inside) == 6
        assert entered(gate, READ) == 0
        assert entered(gate, CANCEL, CANCEL) == 1


def test_a_place_is_free_again_whatever_became_of_its_request():
    gate = gate_of(4, 1)
    with pytest.raises(ZeroDivisionError), gate.passing(READ):
        raise ZeroDivisionError
    with gate.passing(READ):
        assert entered(gate, READ) == 0
    assert entered(gate, READ) == 1


def test_a_refusal_says_when_to_try_again_and_that_orders_can_be_cancelled():
    gate = gate_of(4, 1)
    with gate.passing(READ), pytest.raises(ServiceBusy, match="can still be cancelled") as caught:
        gate.passing(READ).__enter__()
    assert (caught.value.status, caught.value.retry_after) == (503, 1.0)


def test_a_burst_waits_for_those_who_leave_and_is_served():
    gate = gate_of(8, 2, max_stall=5)

    def ask(_):
        with gate.passing(READ):
            time.sleep(0.02)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [None] * 40


def test_while_nobody_leaves_only_the_first_wait():
    gate = gate_of(4, 1, max_stall=0.3)
    with gate.passing(READ):
        began = time.monotonic()
        assert entered(gate, READ) == 0
        assert 0.2 < time.monotonic() - began < 5
        began = time.monotonic()
        assert entered(gate, *[READ] * 50) == 0
        assert time.monotonic() - began < 0.2


def test_also_while_others_leave_nobody_waits_for_ever():
    gate = gate_of(8, 1, max_stall=5, max_wait=0.2)
    with gate.passing(READ):
        began = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(entered, gate, READ)
            while not waiting.done():
                with gate.passing(CANCEL):  # it comes and goes, and takes no place of the reads
                    time.sleep(0.01)
        assert waiting.result() == 0
        assert 0.15 < time.monotonic() - began < 5


def test_as_soon_as_one_leaves_the_next_may_wait_again():
    gate = gate_of(4, 1, max_stall=0.2)
    leave = Event()

    def stay():
        with gate.passing(READ):
            inside.set()
            assert leave.wait(MAX_WAIT_SECONDS)

    inside = Event()
    first = Thread(target=stay)
    first.start()
    assert inside.wait(MAX_WAIT_SECONDS)
    time.sleep(0.3)
    assert entered(gate, READ) == 0
    leave.set()
    first.join(MAX_WAIT_SECONDS)
    assert entered(gate, READ) == 1


def test_never_more_are_inside_than_places():
    gate = gate_of(8, 3, max_stall=1)
    inside, most = [], []

    def ask(number):
        try:
            with gate.passing(Errand(number % 3)):
                inside.append(number)
                most.append(len(inside))
                time.sleep(0.002)
                inside.remove(number)
        except ServiceBusy:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert any(pool.map(ask, range(300)))
    assert max(most) <= 5
    assert entered(gate, *[READ] * 4) == 3


def test_it_tells_its_places_of_reads_and_who_is_inside():
    gate = gate_of(threads=8, reads=5)
    with ExitStack() as inside:
        assert (gate.reads, gate.inside) == (5, 0)
        entered(gate, READ, READ, ORDER, CANCEL, inside=inside)
        assert (gate.reads, gate.inside) == (5, 4)
    assert gate.inside == 0
