"""Demo users: where they exist, and where nobody gets in as one whatever the database holds."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from app import create_app
from app.core.config import SettingsError, load_settings
from app.core.errors import Unauthenticated
from app.core.logging import configure_logging
from app.core.security import Role
from app.services.access.errors import DemoUserNotAllowed
from app.services.access.views import NewUser
from app.wiring import build_services
from tests.support.databases import prepare
from tests.support.desk import CHEAP, GOLDEN_BOOK, Desk
from tests.support.signing import SIGNING_KEY
from tests.support.users import OPERATOR, PASSWORD

REAL = {
    "MOCK_ALADDIN_DATA": "false",
    "ALADDIN_HOST": "https://tenant.example",
    "ALADDIN_GROUPS": "CORE",
    "ALADDIN_CLIENT_ID": "allocator",
    "ALADDIN_CLIENT_SECRET": "not-a-secret",
}
LOCAL = REAL | {"ALADDIN_HOST": "http://127.0.0.1:5001"}
PRODUCTION = {"FLASK_ENV": "production", "JWT_SECRET_KEY": SIGNING_KEY, "MOCK_ALADDIN_DATA": "true"}
ALL = ("demo_user", "demo_supervisor", "demo_admin")


@pytest.mark.parametrize(
    ("env", "exist"),
    [
        ({}, True),
        ({"HOST": "127.0.0.1"}, True),
        ({"HOST": "localhost"}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"HOST": "10.0.0.5"}, False),
        ({"HOST": "127.0.0.1.example"}, False),
        ({"HOST": "0.0.0.0", "DEMO_USERS": "true"}, True),
        ({"DEMO_USERS": "false"}, False),
        (PRODUCTION, False),
        (PRODUCTION | {"HOST": "127.0.0.1"}, False),
        (PRODUCTION | {"DEMO_USERS": "true"}, True),
        (REAL, False),
        (REAL | {"FLASK_ENV": "development", "HOST": "127.0.0.1"}, False),
        (REAL | {"DEMO_USERS": "false"}, False),
        (LOCAL, False),
        (LOCAL | {"DEMO_USERS": "true"}, True),
    ],
)
def test_where_demo_users_exist(env, exist):
    assert load_settings(env).logins.demo_users is exist


@pytest.mark.parametrize("host", ["https://tenant.example", "https://localhost.example", "https://10.0.0.5"])
def test_they_are_refused_beside_a_real_aladdin(host):
    with pytest.raises(SettingsError, match="DEMO_USERS"):
        load_settings(REAL | {"ALADDIN_HOST": host, "DEMO_USERS": "true"})


def test_each_has_its_role(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    roles = {name: desk.login(name)["user"]["roles"] for name in ALL}
    assert roles == {
        "demo_user": ["portfolio_manager"],
        "demo_supervisor": ["compliance"],
        "demo_admin": ["administrator"],
    }


def test_a_login_page_is_told_of_them(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    assert desk.client.get("/v1/auth/sso").get_json() == {
        "configured": False,
        "demo_login": {
            "password": "demo_password",
            "users": [
                {"username": "demo_user", "roles": ["portfolio_manager"]},
                {"username": "demo_supervisor", "roles": ["compliance"]},
                {"username": "demo_admin", "roles": ["administrator"]},
            ],
        },
    }


@pytest.mark.parametrize(
    "env", [{"DEMO_USERS": "false"}, {"HOST": "0.0.0.0"}, PRODUCTION, PRODUCTION | {"DEMO_USERS": "true"}]
)
def test_no_login_page_is_told_of_them_in_production_or_where_there_are_none(tmp_path, env):
    file = tmp_path / "allocator.db"
    given = {
        "DATABASE_URL": f"sqlite:///{file}",
        "MOCK_DATA_SCENARIO": str(GOLDEN_BOOK),
        "MOCK_JOURNAL": "memory",
    }
    settings = load_settings(given | env)
    app = create_app(settings, services=build_services(settings, passwords=CHEAP))
    assert app.test_client().get("/v1/auth/sso").get_json() == {"configured": False, "demo_login": None}


@pytest.mark.parametrize("env", [{"DEMO_USERS": "false"}, {"HOST": "0.0.0.0"}, PRODUCTION])
def test_those_of_an_earlier_start_do_not_get_in(tmp_path, env):
    earlier = Desk(tmp_path, scenario=GOLDEN_BOOK)
    running = earlier.services
    settings = load_settings(
        {
            "FLASK_ENV": "development",
            "DATABASE_URL": earlier.settings.database_url,
            "MOCK_DATA_SCENARIO": str(GOLDEN_BOOK),
            "MOCK_JOURNAL": "memory",
            **env,
        }
    )
    services = build_services(settings, passwords=CHEAP)
    for name in ALL:
        for logins in (services.access.logins, running.access.logins):  # of both: the rows are inactive
            with pytest.raises(Unauthenticated):
                logins.authenticate(name, "demo_password", request_id="r", address="127.0.0.1")
    administration = services.access.administration
    with pytest.raises(DemoUserNotAllowed):
        administration.enable(administration.named("demo_user").id, OPERATOR)
    assert not administration.has_administrator()


def test_a_row_that_was_made_active_by_hand_does_not_let_a_demo_user_in(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    settings = load_settings(
        {
            "DATABASE_URL": desk.settings.database_url,
            "MOCK_DATA_SCENARIO": str(GOLDEN_BOOK),
            "DEMO_USERS": "false",
        }
    )
    services = build_services(settings, passwords=CHEAP)
    desk.services.access.users.ensure_demo_users()  # another process activates them again
    for name in ALL:
        with pytest.raises(Unauthenticated):
            services.access.logins.authenticate(name, "demo_password", request_id="r", address="127.0.0.1")
    with pytest.raises(Unauthenticated):
        services.access.users.user(desk.login()["user"]["id"])


def test_a_start_without_anybody_who_manages_users_says_so_with_the_command(tmp_path):
    prepare(f"sqlite:///{tmp_path / 'allocator.db'}")
    env = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'allocator.db'}",
        "MOCK_DATA_SCENARIO": str(GOLDEN_BOOK),
        "MOCK_JOURNAL": "memory",
        "DEMO_USERS": "false",
    }
    configure_logging("INFO")  # other tests leave other levels
    with capture_logs() as logs:
        services = build_services(load_settings(env), passwords=CHEAP)
    said = [entry for entry in logs if entry["event"] == "no user may manage users"]
    assert [entry["command"] for entry in said] == ["python -m app users add NAME --role administrator"]
    new = NewUser("anna", PASSWORD, roles=(Role.ADMINISTRATOR,))
    services.access.administration.add(new, OPERATOR)
    with capture_logs() as logs:
        build_services(load_settings(env), passwords=CHEAP)
    assert [entry for entry in logs if entry["event"] == "no user may manage users"] == []
