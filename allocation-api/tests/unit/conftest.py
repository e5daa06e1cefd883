from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from tests.contract.validation import ContractClient
from tests.support.fakes import fake_services, settings


@pytest.fixture
def services() -> Any:
    return fake_services()


@pytest.fixture
def app(services: Any) -> Flask:
    built = create_app(settings(), services=services)
    built.test_client_class = ContractClient
    return built


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
