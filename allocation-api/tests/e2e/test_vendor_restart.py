"""The vendor's process is killed and comes back: what fails meanwhile, and who finds out that it is back."""

from __future__ import annotations

import socket
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait
from threading import Event
from urllib.parse import urlsplit

import httpx
import pytest

from aladdin_simulator.wire import operations as names
from app.services.aladdin.breaker import MAX_FAILURES, PROBE_RETRY_SECONDS, SUSPENDED_SECONDS
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorError,
    VendorSuspended,
    VendorUnavailable,
    VendorUnreached,
)
from app.services.domain.book import AsOf
from tests.e2e.simulator_process import MAX_WAIT_SECONDS, SimulatorProcess
from tests.e2e.vendor_client import ATTEMPTS, GROUP, LOGIN_OPTIONS, connected, new_block

pytestmark = pytest.mark.slow

ASKERS = 20


class Gate(httpx.BaseTransport):
    """The real way to the vendor, which can be shut; it knows whether the other side has hung up."""

    def __init__(self):
        self._inner = httpx.HTTPTransport()
        self._open = Event()
        self._open.set()

    def shut(self):
        self._open.clear()

    def release(self):
        self._open.set()

    def is_cut_off(self):
        """Say whether no connection is left that could still be used."""
        return all(each.has_expired() for each in self._inner._pool.connections)

    def handle_request(self, request):
        assert self._open.wait(MAX_WAIT_SECONDS)
        return self._inner.handle_request(request)

    def close(self):
        self._inner.close()


@pytest.fixture
def start(tmp_path):
    """Start a vendor; `port` has it listen where another one has listened."""
    running = []

    def make(port=0):
        running.append(SimulatorProcess(tmp_path, *LOGIN_OPTIONS, "--port", str(port)))
        return running[-1]

    yield make
    for each in running:
        each.kill()


@pytest.fixture
def gate():
    return Gate()


def port_of(simulator):
    return urlsplit(simulator.url).port


def is_refused(simulator):
    try:
        socket.create_connection(("127.0.0.1", port_of(simulator)), MAX_WAIT_SECONDS).close()
    except ConnectionRefusedError:
        return True
    return False


def kill(simulator, gate):
    """Kill a vendor and wait until the system has closed what the process had open."""
    simulator.kill()
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not (gate.is_cut_off() and is_refused(simulator)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def positions(vendor):
    return vendor.book.positions([GROUP], AsOf.SOD)


def suspend(vendor):
    """Ask a dead vendor until it is left alone, and see that the errors are right up to then."""
    failures = 0
    while failures + ATTEMPTS <= MAX_FAILURES:
        with pytest.raises(VendorUnreached):
            positions(vendor)
        failures += ATTEMPTS
    with pytest.raises(VendorSuspended) as raised:
        positions(vendor)
    assert 0 < raised.value.retry_after <= SUSPENDED_SECONDS


def test_a_vendor_who_was_killed_is_found_again_by_one_probe(start, gate):
    simulator = start()
    with connected(simulator, transport=gate) as vendor:
        before = positions(vendor)
        kill(simulator, gate)
        suspend(vendor)
        again = start(port_of(simulator))
        with pytest.raises(VendorSuspended):
            positions(vendor)
        assert again.received() == {}
        vendor.pauses.ahead += SUSPENDED_SECONDS
        gate.shut()
        with ThreadPoolExecutor(ASKERS) as pool:
            asked = [pool.submit(positions, vendor) for _ in range(ASKERS)]
            try:
                # The probe is held at the gate: all others must be told to come back.
                others = as_completed(asked, timeout=MAX_WAIT_SECONDS)
                refused = [next(others) for _ in range(ASKERS - 1)]
            finally:
                gate.release()
            (probe,) = set(asked) - set(refused)
            errors = [each.exception(MAX_WAIT_SECONDS) for each in refused]
            assert {type(error) for error in errors} == {VendorSuspended}
            assert {error.retry_after for error in errors} == {PROBE_RETRY_SECONDS}
            assert probe.result(MAX_WAIT_SECONDS) == before
        seen = [(each["operation"], each["status"]) for each in again.report()["last"]]
        # One probe; the new vendor does not know its token.
        assert seen == [(names.GET_POSITIONS, 401), (names.TOKEN, 200), (names.GET_POSITIONS, 200)]
        assert positions(vendor) == before
        assert again.received()[names.GET_POSITIONS] == 3


def test_a_probe_that_fails_suspends_the_vendor_again(start, gate):
    simulator = start()
    with connected(simulator, transport=gate) as vendor:
        positions(vendor)
        kill(simulator, gate)
        suspend(vendor)
        vendor.pauses.ahead += SUSPENDED_SECONDS
        # The first attempt is the probe; it is repeated, and meets the suspension that it began.
        with pytest.raises(VendorError):
            positions(vendor)
        with pytest.raises(VendorSuspended) as raised:
            positions(vendor)
        assert raised.value.retry_after > SUSPENDED_SECONDS / 2
        again = start(port_of(simulator))
        vendor.pauses.ahead += SUSPENDED_SECONDS
        assert positions(vendor)
        assert again.received()[names.GET_POSITIONS] == 2


def test_the_other_apis_are_not_suspended_with_the_one_that_failed(start):
    simulator = start()
    with connected(simulator) as vendor:
        simulator.put({"operation": names.GET_POSITIONS, "kind": "status", "status": 503})
        for _ in range(MAX_FAILURES):
            with pytest.raises(VendorUnavailable):
                positions(vendor)
        assert simulator.received()[names.GET_POSITIONS] == MAX_FAILURES
        assert vendor.book.node(GROUP)
        assert vendor.orders.post_order(new_block()).status == "Open"


@pytest.mark.parametrize("is_taken", [False, True])
def test_an_order_under_way_when_the_vendor_dies_is_unknown_and_never_sent_again(start, gate, is_taken):
    simulator = start()
    # It waits before the order is taken, or with the answer half sent.
    waiting = {"kind": "slow_body", "pieces": 2} if is_taken else {"kind": "latency"}
    with connected(simulator, transport=gate) as vendor, ThreadPoolExecutor(1) as pool:
        positions(vendor)
        simulator.put({"operation": names.POST_ORDER, "seconds": 3600, **waiting})
        posted = pool.submit(vendor.orders.post_order, new_block())
        while names.POST_ORDER not in simulator.received():
            assert not wait([posted], timeout=0.02, return_when=FIRST_COMPLETED).done
        if is_taken:
            assert simulator.settled(names.POST_ORDER)["orders_taken"] == 1
        simulator.kill()
        assert isinstance(posted.exception(MAX_WAIT_SECONDS), OrderOutcomeUnknown)
        kill(simulator, gate)
        again = start(port_of(simulator))
        assert positions(vendor)
        assert names.POST_ORDER not in again.received()
        assert again.orders() == []


def test_an_order_for_a_dead_vendor_is_not_sent(start, gate):
    simulator = start()
    with connected(simulator, transport=gate) as vendor:
        positions(vendor)
        kill(simulator, gate)
        for _ in range(MAX_FAILURES):
            with pytest.raises(VendorUnreached):
                vendor.orders.post_order(new_block())
        with pytest.raises(VendorSuspended):
            vendor.orders.post_order(new_block())
        again = start(port_of(simulator))
        with pytest.raises(VendorSuspended):
            vendor.orders.post_order(new_block())
        vendor.pauses.ahead += SUSPENDED_SECONDS
        block = new_block()
        assert vendor.orders.post_order(block).status == "Open"
        assert [order["externalId1"] for order in again.orders()] == [block.external_id]
