"""The way to the vendor is put together from settings alone; mock and real differ in what is behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from redis.exceptions import RedisError

from app.core.config import Settings, load_settings
from app.core.redis_link import RedisAway, RedisLink
from app.services.aladdin import operations
from app.services.aladdin.errors import VendorQuotaSpent
from app.services.aladdin.quotas import Priority
from app.services.domain.block_order import BlockOrder, Slice
from app.services.domain.book import AsOf
from app.services.domain.side import Side
from app.wiring import aladdin as wiring

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
REAL = {
    "MOCK_ALADDIN_DATA": "false",
    "ALADDIN_HOST": "https://tenant.example.com",
    "ALADDIN_GROUPS": "CORE-FI",
    "ALADDIN_CLIENT_ID": "allocator",
    "ALADDIN_CLIENT_SECRET": "s3cret",
}
ORDER = BlockOrder(
    "999999AA3", Side.BUY, Decimal(1000), date(2026, 7, 1), "E-1", "B-1", (Slice("A", Decimal(1000)),)
)


class Tenant:
    """Answers a login, positions and posts, and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t0ken"})
        if request.url.path.endswith("/order:post"):
            return httpx.Response(200, json={"results": [{"output": {"order": {"id": "1"}}}]})
        return httpx.Response(200, json=[])


def client(settings: Settings, tenant: Callable[[httpx.Request], httpx.Response]) -> wiring.Aladdin:
    vendor = wiring.vendor_of(settings, lambda: NOW, httpx.MockTransport(tenant))
    return wiring.aladdin_of(settings, vendor, lambda: NOW)


def test_real_mode_logs_in_at_the_tenant_and_sends_the_token_and_the_api_key() -> None:
    tenant = Tenant()
    settings = load_settings({**REAL, "ALADDIN_API_KEY": "k3y"})
    client(settings, tenant).vendor_book.positions(["CORE-FI"], AsOf.SOD)
    login, call = tenant.requests
    assert str(login.url) == "https://tenant.example.com/api/oauth2/default/v1/token"
    assert call.url.host == "tenant.example.com"
    assert call.headers["Authorization"] == "Bearer t0ken"
    assert call.headers["VND.com.blackrock.API-Key"] == "k3y"


def test_tokens_may_come_from_another_address() -> None:
    tenant = Tenant()
    settings = load_settings(
        {**REAL, "ALADDIN_TOKEN_URL": "https://login.example.com/v1/token", "ALADDIN_SCOPE": "a b"}
    )
    client(settings, tenant).vendor_book.positions(["CORE-FI"], AsOf.SOD)
    assert str(tenant.requests[0].url) == "https://login.example.com/v1/token"
    assert b"scope=a+b" in tenant.requests[0].content


@pytest.mark.parametrize("seconds", [3, 4, 30, 600])
def test_compliance_ends_before_the_call_does(seconds: int) -> None:
    tenant = Tenant()
    client(load_settings({**REAL, "ALADDIN_TIMEOUT_SECONDS": str(seconds)}), tenant).orders.post_order(ORDER)
    posted = tenant.requests[-1]
    given: dict[str, Any] = json.loads(posted.content)["postOrderConfig"]
    assert 0 < int(given["complianceTimeout"].removesuffix("s")) < seconds
    assert posted.extensions["timeout"]["read"] == seconds


@pytest.mark.parametrize(
    ("env", "calls"),
    [({**REAL, "JOB_WORKERS": "0"}, 500), ({**REAL, "JOB_WORKERS": "1"}, 250), ({}, 500)],
    ids=["real", "real, shared with a process that does jobs", "mock"],
)
def test_the_published_quotas_hold_in_both_modes(env: dict[str, str], calls: int) -> None:
    made = client(load_settings({**env, "ALADDIN_QUOTA_SECONDS": "3600"}), Tenant())
    for _ in range(calls):
        made.vendor_book.positions(["CORE-FI"], AsOf.SOD)
    with pytest.raises(VendorQuotaSpent, match="getPositions"):
        made.vendor_book.positions(["CORE-FI"], AsOf.SOD)


def test_processes_share_a_vendor_over_redis_but_not_a_simulator_that_is_inside_one_of_them() -> None:
    def prefixes(**given: str) -> set[str]:
        asked: set[str] = set()
        settings = load_settings({**REAL, **given})
        link = SpiedLink(asked)
        vendor = wiring.vendor_of(settings, lambda: NOW, httpx.MockTransport(Tenant()))
        found = wiring.aladdin_of(settings, vendor, lambda: NOW, link)
        found.book.forget_positions()
        found.quotas.spend(operations.POSITIONS, Priority.ORDER)
        found.quotas.left()
        return asked

    mine = prefixes()
    assert {name.split(":")[2] for name in mine} == {"book", "quota"}
    assert not mine & prefixes(ALADDIN_CLIENT_ID="another")
    assert not mine & prefixes(ALADDIN_HOST="https://other.example.com")
    assert mine == prefixes(ALADDIN_CLIENT_SECRET="renewed")
    assert prefixes(MOCK_ALADDIN_DATA="true") == set()


class SpiedLink(RedisLink):
    """A link that nothing answers; it keeps the names of what it was asked for."""

    def __init__(self, asked: set[str]) -> None:
        self._asked = asked

    def on_return(self, pay: Callable[[Any], object]) -> None:
        """Nothing answers, so nothing comes back."""

    def ask(self, work: Callable[[Any], Any], *, insist: bool = False) -> Any:
        with suppress(RedisError):
            work(SpiedRedis(self._asked))
        raise RedisAway


class SpiedRedis:
    def __init__(self, asked: set[str]) -> None:
        self._asked = asked

    def set(self, name: str, *_: object, **__: object) -> None:
        self._asked.add(name)

    def pipeline(self, **_: object) -> SpiedRedis:
        return self

    def register_script(self, _: str) -> Callable[..., None]:
        return lambda keys, **_: self._asked.update(keys)

    def execute(self) -> None:
        raise RedisError
