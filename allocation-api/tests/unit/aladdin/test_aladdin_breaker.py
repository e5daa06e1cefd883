"""An API that fails several times in a row is left alone, one call at a time finds out when it is back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.services.aladdin.breaker import PROBE_RETRY_SECONDS, Circuit, CircuitBreaker, CircuitState
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorError,
    VendorFailed,
    VendorLoginFailed,
    VendorLoginRefused,
    VendorNotFound,
    VendorQuotaSpent,
    VendorSuspended,
    VendorThrottled,
    VendorTimedOut,
    VendorUnavailable,
    VendorUnexpected,
    VendorUnreached,
    VendorUnreadable,
)
from tests.unit.aladdin.clocks import FakeTime

THREADS = 50


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def breaker(time: FakeTime) -> CircuitBreaker:
    return CircuitBreaker("ORDERS", failures=3, suspended_seconds=10.0, monotonic=time)


def passes(breaker: CircuitBreaker) -> None:
    with breaker.passing():
        pass


def fails(breaker: CircuitBreaker, error: BaseException, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(type(error)) as caught, breaker.passing():
            raise error
        assert caught.value is error


def is_suspended(breaker: CircuitBreaker) -> bool:
    reached = False
    try:
        with breaker.passing():
            reached = True
            raise VendorQuotaSpent("nothing is learnt from this")
    except VendorError:
        return not reached
    return False


def write_lost(cause: VendorError) -> OrderOutcomeUnknown:
    unknown = OrderOutcomeUnknown("lost")
    unknown.__cause__ = cause
    return unknown


@pytest.mark.parametrize(
    "error",
    [
        VendorUnreached("x"),
        VendorTimedOut("x"),
        VendorFailed("x"),
        VendorUnavailable("the connection broke"),
        VendorLoginFailed("x"),
        write_lost(VendorFailed("x")),
        write_lost(VendorTimedOut("x")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_failures_in_a_row_suspend_the_api(breaker: CircuitBreaker, error: VendorError) -> None:
    fails(breaker, error, times=2)
    assert not is_suspended(breaker)
    fails(breaker, error)
    assert is_suspended(breaker)


@pytest.mark.parametrize(
    "error",
    [
        VendorThrottled("x"),
        VendorDenied("x"),
        VendorNotFound("x"),
        VendorUnexpected("x"),
        VendorUnreadable("x"),
        VendorQuotaSpent("x"),
        VendorLoginRefused("x"),
        write_lost(VendorUnreadable("x")),
        ValueError("a mistake of ours"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_no_failure_of_the_vendors_never_suspends(breaker: CircuitBreaker, error: Exception) -> None:
    fails(breaker, error, times=10)
    passes(breaker)


@pytest.mark.parametrize("answer", [None, VendorThrottled("x"), VendorNotFound("x")])
def test_an_answer_of_any_kind_ends_the_row(breaker: CircuitBreaker, answer: VendorError | None) -> None:
    for _ in range(3):
        fails(breaker, VendorFailed("x"), times=2)
        if answer is None:
            passes(breaker)
        else:
            fails(breaker, answer)
    assert not is_suspended(breaker)


def test_who_meets_a_suspended_api_is_told_how_long_it_lasts(breaker: CircuitBreaker, time: FakeTime) -> None:
    fails(breaker, VendorFailed("x"), times=3)
    time.now += 4.0
    with pytest.raises(VendorSuspended, match="ORDERS failed 3 times in a row") as caught, breaker.passing():
        pytest.fail("the call was made")
    assert caught.value.retry_after == 6.0
    assert caught.value.extra == {"api": "ORDERS"}


def test_a_good_probe_ends_the_suspension(breaker: CircuitBreaker, time: FakeTime) -> None:
    fails(breaker, VendorFailed("x"), times=3)
    time.now += 10.0
    passes(breaker)
    fails(breaker, VendorFailed("x"), times=2)
    passes(breaker)


def test_a_failed_probe_begins_another_suspension(breaker: CircuitBreaker, time: FakeTime) -> None:
    fails(breaker, VendorFailed("x"), times=3)
    time.now += 10.0
    fails(breaker, VendorFailed("x"))
    time.now += 9.0
    assert is_suspended(breaker)
    time.now += 1.0
    passes(breaker)
    assert not is_suspended(breaker)


@pytest.mark.parametrize(
    "error", [VendorQuotaSpent("x"), VendorLoginRefused("x"), ValueError("x"), KeyboardInterrupt()]
)
def test_a_probe_of_which_nothing_is_learnt_leaves_its_place_to_the_next(
    breaker: CircuitBreaker, time: FakeTime, error: BaseException
) -> None:
    fails(breaker, VendorFailed("x"), times=3)
    time.now += 10.0
    fails(breaker, error)
    passes(breaker)
    passes(breaker)


def test_exactly_one_of_many_threads_is_the_probe(breaker: CircuitBreaker, time: FakeTime) -> None:
    fails(breaker, VendorFailed("x"), times=3)
    time.now += 10.0
    together = threading.Barrier(THREADS)
    others_are_back = threading.Semaphore(0)

    def call() -> float | None:
        together.wait(timeout=30)
        try:
            with breaker.passing():
                for _ in range(THREADS - 1):
                    assert others_are_back.acquire(timeout=30)
                return None
        except VendorSuspended as error:
            return error.retry_after
        finally:
            others_are_back.release()

    with ThreadPoolExecutor(THREADS) as pool:
        told = [future.result() for future in [pool.submit(call) for _ in range(THREADS)]]
    assert told.count(None) == 1
    assert told.count(PROBE_RETRY_SECONDS) == THREADS - 1
    passes(breaker)


def test_an_answer_to_a_call_from_before_does_not_end_the_suspension(breaker: CircuitBreaker) -> None:
    with breaker.passing():
        fails(breaker, VendorFailed("x"), times=3)
    assert is_suspended(breaker)


def test_a_failure_of_a_call_from_before_does_not_count_against_the_probe(
    breaker: CircuitBreaker, time: FakeTime
) -> None:
    def slow_call() -> None:
        with breaker.passing():
            fails(breaker, VendorFailed("x"), times=3)
            time.now += 10.0
            passes(breaker)
            fails(breaker, VendorFailed("x"), times=2)
            raise VendorTimedOut("late")

    with pytest.raises(VendorTimedOut):
        slow_call()
    assert not is_suspended(breaker)


def test_its_state_is_told_with_the_time_that_is_left(breaker: CircuitBreaker, time: FakeTime) -> None:
    assert breaker.state() == CircuitState(Circuit.CLOSED, None)
    fails(breaker, VendorTimedOut("x"), times=2)
    assert breaker.state() == CircuitState(Circuit.CLOSED, None)
    fails(breaker, VendorTimedOut("x"))
    assert breaker.state() == CircuitState(Circuit.OPEN, 10.0)
    time.now += 9.5
    assert breaker.state() == CircuitState(Circuit.OPEN, 0.5)
    time.now += 0.5
    assert breaker.state() == CircuitState(Circuit.HALF_OPEN, None)
    with breaker.passing():
        assert breaker.state() == CircuitState(Circuit.HALF_OPEN, None)
    assert breaker.state() == CircuitState(Circuit.CLOSED, None)
