"""What is noted of every request under /v1, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.requests.activity import ActivityFilter
from tests.support.samples import USER


def last(services: Any) -> dict[str, Any]:
    return services.requests.activity.noted[-1]


def test_a_request_is_noted_by_its_route_with_its_user(client: FlaskClient, services: Any) -> None:
    client.get("/v1/orders/9001?secret=1", headers={"X-Request-ID": "mine"})
    noted = last(services)
    assert noted.pop("duration_ms") >= 0
    assert noted == {
        "user": USER,
        "method": "GET",
        "endpoint": "/v1/orders/<order_id>",
        "status": 422,
        "request_id": "mine",
    }


def test_who_lacks_the_permission_is_known_all_the_same(client: FlaskClient, services: Any) -> None:
    services.access.users.account = USER.__class__(USER.id, USER.username, ())
    assert client.get("/v1/orders").status_code == 403
    assert (last(services)["user"].id, last(services)["status"]) == (USER.id, 403)


@pytest.mark.parametrize(
    ("path", "status", "endpoint"),
    [
        ("/v1/orders", 401, "/v1/orders"),
        ("/v1/no/such/4111111111111111", 404, "unknown"),
        ("/api/v1/orders", 401, "/v1/orders"),
    ],
)
def test_without_a_token_nobody_is_noted(
    anyone: FlaskClient, services: Any, path: str, status: int, endpoint: str
) -> None:
    assert anyone.get(path).status_code == status
    noted = last(services)
    assert (noted["user"], noted["status"], noted["endpoint"]) == (None, status, endpoint)


def test_a_bad_token_is_nobody_s(anyone: FlaskClient, services: Any) -> None:
    anyone.get("/v1/orders", headers={"Authorization": "Bearer x.y.z"})
    assert last(services)["user"] is None


def test_a_word_that_is_no_method_is_not_kept(anyone: FlaskClient, services: Any) -> None:
    anyone.open("/v1/orders", method="X" * 50)
    assert last(services)["method"] == "OTHER"


@pytest.mark.parametrize(
    "path",
    [
        "/health/live",
        "/health/ready",
        "/v1/health/live",
        "/v1/health/ready",
        "/docs",
        "/openapi.json",
        "/swagger.json",
    ],
)
def test_health_and_documentation_are_not_noted(anyone: FlaskClient, services: Any, path: str) -> None:
    assert anyone.get(path).status_code == 200
    assert services.requests.activity.noted == []


def test_a_mistake_of_ours_is_noted(client: FlaskClient, services: Any) -> None:
    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    services.trading.orders.list = fail
    assert client.get("/v1/orders").status_code == 500
    assert last(services)["status"] == 500


def test_the_list_takes_filters_and_shows_what_was_dropped(client: FlaskClient, services: Any) -> None:
    query = "username=a&endpoint=/v1/orders&status=409&date_from=2026-06-30&date_to=2026-07-01&limit=7"
    answer = client.get(f"/v1/audit/activity?{query}").get_json()
    first, last_day = date(2026, 6, 30), date(2026, 7, 1)
    assert services.requests.activity.asked == [
        (ActivityFilter("a", "/v1/orders", 409, first, last_day), None, 7),
    ]
    assert answer["dropped"] == 3
    assert answer["activity"][0]["endpoint"] == "/v1/orders/<order_id>"


@pytest.mark.parametrize("query", ["status=9", "status=x", "date_from=2026-07-02&date_to=2026-07-01", "x=1"])
def test_wrong_filters_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/v1/audit/activity?{query}").status_code == 422
