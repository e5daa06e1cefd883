"""A login that fails leaves nothing in doubt, and nothing secret is told on any way."""

from __future__ import annotations

import json
import logging
import traceback
from urllib.parse import quote, quote_plus

import httpx
import pytest

from app.services.aladdin.credentials import OAuthClient
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorError,
    VendorLoginFailed,
    VendorLoginRefused,
    VendorRejected,
)
from app.services.aladdin.operations import Operation
from tests.unit.aladdin.fake_tenant import (
    KEY,
    OPERATIONS,
    SECRET,
    TOKEN_URL,
    Login,
    Tenant,
    ask,
    good,
    wire,
)


def broken(error: type[httpx.RequestError]) -> Login:
    def answer(_: int) -> httpx.Response:
        raise error("as the test wants it")

    return answer


def saying(status: int, body: object, **headers: str) -> Login:
    content = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, content=content, headers=named)


FAILING: dict[str, Login] = {
    "no connection": broken(httpx.ConnectError),
    "no answer": broken(httpx.ReadTimeout),
    "broken off": broken(httpx.RemoteProtocolError),
    "500": saying(500, "oh"),
    "503": saying(503, {"error": "temporarily_unavailable"}),
    "429": saying(429, ""),
    "408": saying(408, ""),
    "no JSON": saying(200, "<html>"),
    "cut off": saying(200, '{"access_token": "t0k'),
    "no token": saying(200, {"expires_in": 3600}),
    "empty token": saying(200, {"access_token": ""}),
    "token that splits the header": saying(200, {"access_token": f"t0ken\r\nX: {SECRET}"}),
    "token outside ASCII": saying(200, {"access_token": "t0kén"}),
    "another kind of token": saying(200, {"access_token": "t0ken", "token_type": "mac"}),
}
REFUSING: dict[str, Login] = {
    "invalid client": saying(401, {"error": "invalid_client", "error_description": f"not {SECRET}"}),
    "invalid scope": saying(400, {"error": "invalid_scope"}),
    "secret as reason": saying(400, {"error": SECRET}),
    "no reason": saying(403, "<html>"),
    "moved": saying(302, "", Location="https://elsewhere.example.com"),
    "wrong address": saying(404, ""),
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("fault", FAILING)
def test_a_login_that_fails_may_be_tried_again_and_nothing_was_sent(
    tenant: Tenant, fault: str, operation: Operation
) -> None:
    tenant.login = FAILING[fault]
    with pytest.raises(VendorLoginFailed, match="login") as caught:
        ask(wire(tenant), operation)
    assert caught.value.retryable
    assert not isinstance(caught.value, OrderOutcomeUnknown)
    assert tenant.calls == []
    assert len(tenant.logins) == 1


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@pytest.mark.parametrize("fault", REFUSING)
def test_a_login_that_is_refused_is_not_tried_again_and_nothing_was_sent(
    tenant: Tenant, fault: str, operation: Operation
) -> None:
    tenant.login = REFUSING[fault]
    with pytest.raises(VendorLoginRefused) as caught:
        ask(wire(tenant), operation)
    assert not caught.value.retryable
    assert isinstance(caught.value, VendorRejected)
    assert tenant.calls == []
    assert len(tenant.logins) == 1


def test_the_reason_of_a_refusal_is_told(tenant: Tenant) -> None:
    tenant.login = REFUSING["invalid client"]
    with pytest.raises(VendorLoginRefused, match="HTTP 401: invalid_client") as caught:
        ask(wire(tenant))
    assert caught.value.extra == {"operation": "login", "vendor_status": 401, "vendor_code": "invalid_client"}


def test_how_long_the_login_service_wants_to_be_left_alone_is_told(tenant: Tenant) -> None:
    tenant.login = saying(429, "", Retry_After="17")
    with pytest.raises(VendorLoginFailed) as caught:
        ask(wire(tenant))
    assert caught.value.retry_after == 17.0


# --- nothing secret is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["none", "expired", *FAILING, *REFUSING])
def test_nothing_secret_is_logged_or_stands_in_an_error(
    tenant: Tenant, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    tenant.login = {**FAILING, **REFUSING}.get(fault, good)
    if fault == "expired":
        tenant.accepted = set()
    made = wire(tenant, api_key=KEY)
    said = ""
    for logger in ("app", "httpx"):
        caplog.set_level(logging.DEBUG, logger)
    with caplog.at_level(logging.DEBUG):
        try:
            ask(made)
        except VendorError as error:
            said = repr(error.extra) + "".join(traceback.format_exception(error))
    loggers = {record.name.partition(".")[0] for record in caplog.records}
    assert "app" in loggers
    assert ("httpx" in loggers) == (fault not in {"no connection", "no answer", "broken off"})
    for secret in (SECRET, quote(SECRET), quote_plus(SECRET), "t0k", KEY):
        assert secret not in caplog.text + said
    for name in ("Authorization", "client_secret", "API-Key"):
        assert name not in caplog.text


def test_what_says_who_we_are_does_not_show_itself() -> None:
    client = OAuthClient(TOKEN_URL, "allocator", SECRET, api_key=KEY)
    assert SECRET not in repr(client)
    assert KEY not in repr(client)
