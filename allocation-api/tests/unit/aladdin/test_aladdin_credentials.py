"""One token for all threads: fetched once, renewed in time and on a 401, and never shown elsewhere."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import httpx
import pytest

from app.services.aladdin.errors import VendorDenied, VendorError, VendorLoginFailed, VendorLoginRefused
from app.services.aladdin.operations import Operation
from app.services.aladdin.transport import Transport
from tests.unit.aladdin.clocks import FakeTime
from tests.unit.aladdin.fake_tenant import (
    ANYTHING,
    KEY,
    OPERATIONS,
    SECRET,
    Login,
    Tenant,
    ask,
    good,
    sent_tokens,
    wire,
)

THREADS = 50


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def test_the_token_is_asked_for_in_a_form_and_sent_with_every_call(tenant: Tenant) -> None:
    made = wire(tenant, scope="orders:read orders:write")
    ask(made)
    ask(made)
    (login,) = tenant.logins
    assert login.method == "POST"
    assert not login.url.query
    assert login.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(login.content.decode(), strict_parsing=True) == {
        "grant_type": ["client_credentials"],
        "client_id": ["allocator"],
        "client_secret": [SECRET],
        "scope": ["orders:read orders:write"],
    }
    assert sent_tokens(tenant) == ["Bearer t0ken-1"] * 2


def test_a_scope_and_an_api_key_are_sent_only_where_they_are_configured(tenant: Tenant) -> None:
    ask(wire(tenant))
    assert "scope" not in parse_qs(tenant.logins[0].content.decode())
    assert "VND.com.blackrock.API-Key" not in tenant.calls[0].headers
    ask(wire(tenant, api_key=KEY))
    assert tenant.calls[1].headers["VND.com.blackrock.API-Key"] == KEY
    assert "VND.com.blackrock.API-Key" not in tenant.logins[1].headers


# --- its life -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "used_for"),
    [
        (3600, 3540),
        ("3600", 3540),
        (100, 90),
        (10**12, 86_340),
        (None, 270),
        (0, 270),
        (-5, 270),
        ("soon", 270),
        ("nan", 270),
    ],
)
def test_a_token_is_renewed_a_little_before_its_end(
    tenant: Tenant, time: FakeTime, stated: object, used_for: float
) -> None:
    tenant.login = lambda number: good(number, expires_in=stated)
    made = wire(tenant, time)
    ask(made)
    time.now += used_for - 1
    ask(made)
    assert len(tenant.logins) == 1
    time.now += 1
    ask(made)
    assert sent_tokens(tenant) == ["Bearer t0ken-1", "Bearer t0ken-1", "Bearer t0ken-2"]


def test_an_answer_with_nothing_but_a_token_will_do(tenant: Tenant) -> None:
    tenant.login = lambda _: httpx.Response(200, json={"access_token": "abc"})
    ask(wire(tenant))
    assert sent_tokens(tenant) == ["Bearer abc"]


# --- 401 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_refused_token_is_renewed_once_and_the_call_sent_once_more(
    tenant: Tenant, operation: Operation
) -> None:
    made = wire(tenant)
    ask(made)
    tenant.accepted = {"t0ken-2"}
    made.call(operation, ANYTHING, body=b'{"order": 1}')
    assert sent_tokens(tenant)[1:] == ["Bearer t0ken-1", "Bearer t0ken-2"]
    assert [request.content for request in tenant.calls[1:]] == [b'{"order": 1}'] * 2
    ids = {request.headers["VND.com.blackrock.Request-ID"] for request in tenant.calls}
    assert len(ids) == 3


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_second_401_is_a_refusal(tenant: Tenant, operation: Operation) -> None:
    tenant.accepted = set()
    with pytest.raises(VendorDenied) as caught:
        ask(wire(tenant), operation)
    assert type(caught.value) is VendorDenied
    assert len(tenant.calls) == len(tenant.logins) == 2


def test_a_403_does_not_renew_the_token(tenant: Tenant) -> None:
    tenant.accepted = set()
    tenant.refusal = 403
    with pytest.raises(VendorDenied):
        ask(wire(tenant))
    assert len(tenant.calls) == len(tenant.logins) == 1


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_renewal_that_fails_leaves_no_order_in_doubt(tenant: Tenant, operation: Operation) -> None:
    made = wire(tenant)
    ask(made)
    tenant.accepted = set()
    tenant.login = lambda _: httpx.Response(500)
    with pytest.raises(VendorLoginFailed):
        ask(made, operation)
    assert len(tenant.calls) == 2


# --- many threads -------------------------------------------------------------------------------------------


class Watched:
    """The lock of the credentials, which tells when enough threads stand in line for it."""

    def __init__(self, waiting: int) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._counting = threading.Lock()
        self._waiting = waiting
        self.full = threading.Event()

    def acquire(self, timeout: float) -> bool:
        with self._counting:
            self._count += 1
            if self._count == self._waiting:
                self.full.set()
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()


def at_once(wire: Transport, threads: int) -> list[object]:
    """Make one call in each of many threads, all together; return answers and errors."""
    together = threading.Barrier(threads)

    def call() -> object:
        together.wait(timeout=30)
        try:
            return ask(wire)
        except VendorError as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        return [future.result(timeout=60) for future in [pool.submit(call) for _ in range(threads)]]


def held_up(wire: Transport, login: Login = good) -> Login:
    """Return a login that answers only when all threads stand in line for its token."""
    credentials = wire._credentials
    assert credentials is not None
    line = Watched(THREADS)
    credentials._lock = line  # type: ignore[assignment]

    def answer(number: int) -> httpx.Response:
        assert line.full.wait(timeout=30)
        return login(number)

    return answer


def test_many_cold_threads_fetch_one_token(tenant: Tenant) -> None:
    made = wire(tenant)
    tenant.login = held_up(made)
    assert at_once(made, THREADS) == [[]] * THREADS
    assert len(tenant.logins) == 1
    assert sent_tokens(tenant) == ["Bearer t0ken-1"] * THREADS


def test_many_threads_renew_an_old_token_once(tenant: Tenant, time: FakeTime) -> None:
    made = wire(tenant, time)
    ask(made)
    time.now += 3600
    tenant.login = held_up(made)
    assert at_once(made, THREADS) == [[]] * THREADS
    assert len(tenant.logins) == 2


def test_many_threads_with_a_refused_token_renew_it_once(tenant: Tenant) -> None:
    made = wire(tenant)
    ask(made)
    tenant.accepted = {"t0ken-2"}
    tenant.login = held_up(made)
    assert at_once(made, THREADS) == [[]] * THREADS
    assert len(tenant.logins) == 2


@pytest.mark.parametrize("status", [500, 401])
def test_threads_that_wait_for_a_fetch_share_its_failure_and_later_calls_try_again(
    tenant: Tenant, status: int
) -> None:
    made = wire(tenant)
    tenant.login = held_up(made, lambda _: httpx.Response(status))
    failures = at_once(made, THREADS)
    assert len(tenant.logins) == 1
    assert {type(failure) for failure in failures} == {
        VendorLoginFailed if status == 500 else VendorLoginRefused
    }
    assert len({id(failure) for failure in failures}) == THREADS
    assert tenant.calls == []

    tenant.login = good
    assert ask(made) == []
    assert len(tenant.logins) == 2
