"""Reads keep within quotas and recover; writes go out once or not at all; who is down is left alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from app.services.aladdin import breaker, operations
from app.services.aladdin.credentials import ClientCredentials, OAuthClient
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorError,
    VendorFailed,
    VendorLoginFailed,
    VendorNotFound,
    VendorQuotaSpent,
    VendorRejected,
    VendorSuspended,
    VendorThrottled,
    VendorTimedOut,
    VendorUnavailable,
    VendorUnexpected,
    VendorUnreached,
    VendorUnreadable,
)
from app.services.aladdin.operations import Api, Operation
from app.services.aladdin.quotas import Quotas
from app.services.aladdin.resilient_wire import FIRST_PAUSE_SECONDS, ResilientWire, RetryPolicy
from app.services.aladdin.transport import Transport
from tests.unit.aladdin.clocks import FakeTime
from tests.unit.aladdin.fake_vendor import HOST
from tests.unit.aladdin.faulty_vendor import ANYTHING, Answer, House, body, broken, status

READS = [operations.POSITIONS, operations.FILTER_ORDERS, operations.LONG_RUNNING_OPERATION]
WRITES = [
    operations.POST_ORDER,
    operations.CANCEL_ORDER,
    operations.BATCH_POST_ORDERS,
    operations.BATCH_CANCEL_ORDERS,
]
SMALL = Operation("Small", "GET", Api.POSITIONS, "/small", 2)
SMALL_WRITE = Operation("SmallWrite", "POST", Api.ORDERS, "/small:write", 2, writes=True)


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, Operation) else None


@pytest.fixture
def house() -> House:
    return House()


PASSING: dict[str, tuple[Answer, type[VendorError], type[VendorError]]] = {
    "no connection": (broken(httpx.ConnectError), VendorUnreached, VendorUnreached),
    "no free connection": (broken(httpx.PoolTimeout), VendorUnreached, VendorUnreached),
    "no answer": (broken(httpx.ReadTimeout), VendorTimedOut, OrderOutcomeUnknown),
    "reset": (broken(httpx.ReadError), VendorUnavailable, OrderOutcomeUnknown),
    "closed": (broken(httpx.RemoteProtocolError), VendorUnavailable, OrderOutcomeUnknown),
    "429": (status(429), VendorThrottled, VendorThrottled),
    "429 with a wait": (status(429, Retry_After="2"), VendorThrottled, VendorThrottled),
    "500": (status(500), VendorFailed, OrderOutcomeUnknown),
    "503 with a wait": (status(503, Retry_After="2"), VendorFailed, OrderOutcomeUnknown),
    "408": (status(408), VendorTimedOut, OrderOutcomeUnknown),
    "cut off": (body('["ans'), VendorUnreadable, OrderOutcomeUnknown),
}
"""Faults that may pass: the error of a read and of a write."""

LASTING: dict[str, tuple[Answer, type[VendorError]]] = {
    "400": (status(400), VendorRejected),
    "404": (status(404), VendorNotFound),
    "302": (status(302), VendorUnexpected),
}


# --- reads --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", READS, ids=name_of)
@pytest.mark.parametrize("fault", PASSING)
def test_a_read_recovers_from_what_passes(house: House, fault: str, operation: Operation) -> None:
    house.vendor.faults = [PASSING[fault][0]] * 2
    assert house.call(operation) == ["answer"]
    assert house.vendor.asked == 3


@pytest.mark.parametrize("fault", PASSING)
def test_a_read_that_does_not_recover_fails_with_the_right_error(house: House, fault: str) -> None:
    answer, error, _ = PASSING[fault]
    house.vendor.faults = [answer] * 4
    with pytest.raises(VendorError) as caught:
        house.call()
    assert type(caught.value) is error
    assert house.vendor.asked == 3


@pytest.mark.parametrize("fault", LASTING)
def test_a_read_that_is_refused_is_not_repeated(house: House, fault: str) -> None:
    answer, error = LASTING[fault]
    house.vendor.faults = [answer]
    with pytest.raises(error):
        house.call()
    assert house.vendor.asked == 1
    assert house.time.slept == []


def test_a_mistake_of_ours_is_not_repeated(house: House) -> None:
    house.vendor.faults = [lambda _: httpx.Response(1 // 0)]
    with pytest.raises(ZeroDivisionError):
        house.call()
    assert house.vendor.asked == 1


def test_pauses_grow_and_are_spread() -> None:
    house = House(attempts=4)
    spread: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        spread.append((low, high))
        return low

    house.wire._uniform = uniform
    house.vendor.faults = [status(503)] * 3
    house.call()
    assert spread == [(FIRST_PAUSE_SECONDS * k / 2, FIRST_PAUSE_SECONDS * k) for k in (1, 2, 4)]
    assert house.time.slept == [low for low, _ in spread]


@pytest.mark.parametrize("code", [429, 503])
def test_a_wait_that_the_vendor_asks_for_is_kept(house: House, code: int) -> None:
    house.vendor.faults = [status(code, Retry_After="7")]
    house.call()
    assert house.time.slept == [7 + FIRST_PAUSE_SECONDS]


def test_a_wait_beyond_the_policy_fails_at_once_and_is_passed_on() -> None:
    house = House(seconds=60.0)
    house.vendor.faults = [status(429, Retry_After="61")]
    with pytest.raises(VendorThrottled) as caught:
        house.call()
    assert caught.value.retry_after == 61.0
    assert house.vendor.asked == 1
    assert house.time.slept == []


def test_no_attempt_begins_after_the_policy_s_time() -> None:
    house = House(attempts=10, seconds=45.0)

    def slow(request: httpx.Request) -> httpx.Response:
        house.time.now += 30.0
        raise httpx.ReadTimeout("no answer", request=request)

    house.vendor.faults = [slow] * 10
    with pytest.raises(VendorTimedOut):
        house.call()
    assert house.vendor.asked == 2


def test_one_attempt_means_no_repetition() -> None:
    house = House(attempts=1)
    house.vendor.faults = [status(503)]
    with pytest.raises(VendorFailed):
        house.call()
    assert house.vendor.asked == 1


# --- writes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", WRITES, ids=name_of)
@pytest.mark.parametrize("fault", PASSING)
def test_a_write_is_sent_once_whatever_happens(house: House, fault: str, operation: Operation) -> None:
    answer, _, error = PASSING[fault]
    house.vendor.faults = [answer]
    with pytest.raises(VendorError) as caught:
        house.call(operation)
    assert type(caught.value) is error
    assert house.vendor.asked == 1
    assert house.time.slept == []


@pytest.mark.parametrize("operation", WRITES, ids=name_of)
@pytest.mark.parametrize("fault", LASTING)
def test_a_refused_write_is_sent_once(house: House, fault: str, operation: Operation) -> None:
    house.vendor.faults = [LASTING[fault][0]]
    with pytest.raises(VendorError):
        house.call(operation)
    assert house.vendor.asked == 1


# --- quotas ------------------------------------------------------------------------------------------------


def test_a_read_over_quota_waits_until_there_is_room(house: House) -> None:
    house = House(seconds=4000.0)
    for _ in range(3):
        house.call(SMALL)
    assert house.vendor.asked == 3
    assert house.time.slept == [3600 + FIRST_PAUSE_SECONDS]


def test_a_read_without_room_within_the_policy_s_time_fails_and_nothing_is_sent(house: House) -> None:
    house.call(SMALL)
    house.call(SMALL)
    with pytest.raises(VendorQuotaSpent, match="Small: our quota of 2 calls is used up") as caught:
        house.call(SMALL)
    assert caught.value.extra == {"operation": "Small"}
    assert caught.value.retry_after == 3600
    assert house.vendor.asked == 2
    assert house.time.slept == []


def test_a_write_over_quota_fails_at_once_and_nothing_is_sent() -> None:
    house = House(seconds=4000.0)
    house.call(SMALL_WRITE)
    house.call(SMALL_WRITE)
    with pytest.raises(VendorQuotaSpent) as caught:
        house.call(SMALL_WRITE)
    assert not isinstance(caught.value, OrderOutcomeUnknown)
    assert house.vendor.asked == 2
    assert house.time.slept == []


def test_room_comes_back_one_call_at_a_time(house: House) -> None:
    house.call(SMALL)
    house.time.now += 3000
    house.call(SMALL)
    house.time.now += 600
    house.call(SMALL)
    with pytest.raises(VendorQuotaSpent) as caught:
        house.call(SMALL)
    assert caught.value.retry_after == 3000
    assert house.vendor.asked == 3


def test_each_operation_has_a_quota_of_its_own(house: House) -> None:
    house.call(SMALL)
    house.call(SMALL)
    house.call(Operation("Other", "GET", Api.POSITIONS, "/other", 2))
    assert house.vendor.asked == 3


def test_repetitions_count_against_the_quota(house: House) -> None:
    house.vendor.faults = [status(503)] * 3
    with pytest.raises(VendorQuotaSpent):
        house.call(SMALL)
    assert house.vendor.asked == 2


def test_many_threads_together_keep_within_a_quota(house: House) -> None:
    operation = Operation("Shared", "GET", Api.POSITIONS, "/shared", 20)
    together = threading.Barrier(50)

    def call() -> bool:
        together.wait(timeout=30)
        try:
            house.call(operation)
        except VendorQuotaSpent:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        done = [future.result() for future in [pool.submit(call) for _ in range(50)]]
    assert sum(done) == house.vendor.asked == 20


# --- the circuit breaker ------------------------------------------------------------------------------------


def suspend(house: House, operation: Operation) -> None:
    house.vendor.faults = [broken(httpx.ConnectError)] * breaker.MAX_FAILURES
    for _ in range(breaker.MAX_FAILURES):
        with pytest.raises(VendorUnreached):
            house.call(operation)


@pytest.mark.parametrize("operation", WRITES, ids=name_of)
def test_a_write_that_meets_a_suspended_api_is_not_sent(house: House, operation: Operation) -> None:
    suspend(house, operations.POST_ORDER)
    with pytest.raises(VendorSuspended, match="ORDERS") as caught:
        house.call(operation)
    assert caught.value.retry_after == breaker.SUSPENDED_SECONDS
    assert house.vendor.asked == breaker.MAX_FAILURES


def test_a_read_that_meets_a_suspended_api_fails_at_once(house: House) -> None:
    suspend(house, operations.POST_ORDER)
    with pytest.raises(VendorSuspended):
        house.call(operations.FILTER_ORDERS)
    assert house.vendor.asked == breaker.MAX_FAILURES
    assert house.time.slept == []


def test_the_other_apis_are_still_asked(house: House) -> None:
    suspend(house, operations.POST_ORDER)
    assert house.call(operations.POSITIONS) == ["answer"]


def test_what_a_suspended_api_refuses_costs_no_quota(house: House) -> None:
    suspend(house, operations.POST_ORDER)
    for _ in range(5):
        with pytest.raises(VendorSuspended):
            house.call(SMALL_WRITE)
    house.time.now += breaker.SUSPENDED_SECONDS
    house.call(SMALL_WRITE)
    house.call(SMALL_WRITE)


def test_the_attempts_of_one_read_count_each(house: House) -> None:
    house = House(attempts=10)
    house.vendor.faults = [status(503)] * 10
    with pytest.raises(VendorSuspended):
        house.call()
    assert house.vendor.asked == breaker.MAX_FAILURES


def test_a_probe_over_quota_does_not_keep_the_api_suspended(house: House) -> None:
    house.call(SMALL_WRITE)
    house.call(SMALL_WRITE)
    suspend(house, operations.POST_ORDER)
    house.time.now += breaker.SUSPENDED_SECONDS
    with pytest.raises(VendorQuotaSpent):
        house.call(SMALL_WRITE)
    assert house.call(operations.POST_ORDER) == ["answer"]


# --- with credentials ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [*READS, *WRITES], ids=name_of)
def test_a_login_that_fails_sends_nothing_and_is_repeated_for_reads_only(operation: Operation) -> None:
    logins: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        logins.append(request)
        return httpx.Response(503)

    time = FakeTime()
    http = httpx.Client(base_url=HOST, transport=httpx.MockTransport(handle))
    client = OAuthClient(token_url=f"{HOST}/token", client_id="allocator", client_secret="x")
    wire = ResilientWire(
        Transport(http, ClientCredentials(http, client, monotonic=time)),
        Quotas(3600),
        RetryPolicy(3, 60.0),
        sleep=time.sleep,
        monotonic=time,
    )
    with pytest.raises(VendorLoginFailed):
        wire.call(operation, ANYTHING, item="x")
    assert {request.url.path for request in logins} == {"/token"}
    assert len(logins) == (1 if operation.writes else 3)
