"""What a caller is told when the database fails, and when a statement of ours is wrong."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.core.database import WriteConflictError
from app.services.visibility.visibility import Visibility

STATEMENT = "SELECT password_hash FROM users"
SPOKEN = "FATAL: password of db-7.internal refused"


def get(client: FlaskClient, services: Any, error: Exception) -> Any:
    def fail(_: Visibility) -> None:
        raise error

    services.accounts.groups.list = fail
    return client.get("/v1/portfolio-groups")


def as_driver(kind: type[DBAPIError]) -> DBAPIError:
    return kind(STATEMENT, {"id": "secret"}, sqlite3.OperationalError(SPOKEN))


def is_silent(response: Any) -> bool:
    return not any(word in response.text for word in ("password", "SELECT", "secret", "db-7", "sqlite"))


@pytest.mark.parametrize(
    "error",
    [
        as_driver(OperationalError),
        as_driver(DBAPIError),
        PoolTimeoutError(SPOKEN),
        WriteConflictError(SPOKEN),
    ],
)
def test_a_database_that_fails_is_a_503_without_its_words(
    client: FlaskClient, services: Any, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    response = get(client, services, error)
    assert (response.status_code, response.get_json()["code"]) == (503, "DATABASE_UNAVAILABLE")
    assert int(response.headers["Retry-After"]) > 0
    assert is_silent(response)
    assert SPOKEN in capsys.readouterr().err


@pytest.mark.parametrize("error", [as_driver(IntegrityError), as_driver(ProgrammingError)])
def test_a_statement_that_is_wrong_is_a_500_without_its_words(
    client: FlaskClient, services: Any, error: Exception
) -> None:
    response = get(client, services, error)
    assert (response.status_code, response.get_json()["code"]) == (500, "INTERNAL_ERROR")
    assert "Retry-After" not in response.headers
    assert is_silent(response)


def test_a_token_that_cannot_be_checked_is_a_503_and_no_401(client: FlaskClient, services: Any) -> None:
    def fail(*_: str) -> bool:
        raise as_driver(OperationalError)

    services.access.sessions.user = fail
    response = client.get("/v1/portfolio-groups")
    assert (response.status_code, response.get_json()["code"]) == (503, "DATABASE_UNAVAILABLE")


def test_liveness_needs_no_database(anyone: FlaskClient, services: Any) -> None:
    del services.access
    assert anyone.get("/health/live").status_code == 200
