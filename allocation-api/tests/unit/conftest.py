from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core.logging import configure_logging
from tests.contract.validation import ContractClient
from tests.support.fakes import fake_services, settings


@pytest.fixture
def services() -> Any:
    return fake_services()


@pytest.fixture(scope="session")
def edge() -> Flask:
    """The application that all tests of the edge share."""
    built = create_app(settings(), services=fake_services())
    built.test_client_class = ContractClient
    return built


@pytest.fixture
def app(edge: Flask, services: Any) -> Flask:
    """The application, over services of the test's own."""
    configure_logging(settings().server.log_level)  # the process's own: other applications change it
    edge.extensions["services"] = services
    return edge


@pytest.fixture
def anyone(app: Flask) -> FlaskClient:
    """A client that has not logged in; it fails the test when a response breaks the contract."""
    return app.test_client()


@pytest.fixture
def session(anyone: FlaskClient) -> dict[str, Any]:
    login = {"username": "demo_user", "password": "demo_password"}
    return anyone.post("/v1/auth/login", json=login).get_json()


@pytest.fixture
def client(app: Flask, session: dict[str, Any]) -> FlaskClient:
    """A client that has logged in."""
    made = app.test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {session['access_token']}"
    return made
