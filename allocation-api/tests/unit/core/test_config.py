"""Settings: what they default to, what they refuse, and that they name the setting at fault."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from app.core.config import API_DIR, SettingsError, load_settings
from app.core.config.safety import QuantityM, SafetySettings
from tests.support.signing import SIGNING_KEY

LONG = SIGNING_KEY


MAIL = {"ALERT_SMTP_HOST": "mail.example.com", "ALERT_MAIL_FROM": "alerts@example.com"}


def test_secrets_of_webhooks_have_settings_of_their_own_and_are_not_shown():
    secret = "correct-horse-battery-staple"
    settings = load_settings({"ALERT_WEBHOOK_SECRET_DESK": secret, "ALERT_WEBHOOK_SECRET_B_2": secret * 2})
    assert settings.alerts.secrets == {"DESK": secret, "B_2": secret * 2}
    assert secret not in repr(settings)
    assert settings.warnings == ()


def test_defaults_need_nothing():
    settings = load_settings({})
    assert (settings.server.port, settings.server.host) == (5000, "127.0.0.1")
    assert settings.is_sqlite
    assert settings.drift.four_eyes is False
    assert (settings.drift.check_time, settings.drift.weekday) == (time(17, 30), 4)
    assert settings.drift.lifetime == timedelta(days=400)
    assert settings.drift.weekly_lifetime == timedelta(days=1_830)
    assert (settings.market_history.exchange, settings.market_history.interval) == (None, None)
    assert settings.optimization.seconds == 30
    assert settings.backtest.lifetime is None
    assert (settings.reallocation.rpc_url, settings.reallocation.rpc_seconds) == (None, 5)
    assert settings.aladdin.mock
    assert settings.aladdin.scenario == "default"
    assert (settings.requests.rate_limit_per_minute, settings.requests.redis_url) == (600, None)
    assert settings.requests.max_vendor_requests == settings.server.threads - 3 == 5
    assert settings.allocations.preview_retention == timedelta(days=30)
    assert settings.trading.approval_above_notional is None
    assert (settings.alerts.cooldown, settings.alerts.escalation) == (
        timedelta(minutes=60),
        timedelta(minutes=30),
    )
    assert (settings.alerts.mail, settings.alerts.webhook_hosts, settings.alerts.secrets) == (
        None,
        frozenset(),
        {},
    )
    assert not settings.trading.approval_for_warnings
    assert settings.safety == SafetySettings(QuantityM.MILLION, warn_above=50_000_000, max_quantity=None)
    assert load_settings({}).access.jwt_secret_key != settings.access.jwt_secret_key


def test_an_exchange_has_markets_and_is_refreshed_every_four_hours():
    found = load_settings({"MARKET_EXCHANGE": "kraken"}).market_history
    assert [(each.symbol, each.market) for each in found.exchange.markets] == [
        ("BTC", "BTC/USD"),
        ("ETH", "ETH/USD"),
    ]
    assert (found.exchange.url, found.exchange.days) == ("https://api.kraken.com", 719)
    assert found.interval == timedelta(hours=4)
    stated = {"MARKET_EXCHANGE_SYMBOLS": "SOL/EUR, BTC.X=XBT/USD", "DATA_REFRESH_INTERVAL_HOURS": "0"}
    found = load_settings({"MARKET_EXCHANGE": "kraken", **stated}).market_history
    assert [(each.symbol, each.market) for each in found.exchange.markets] == [
        ("SOL/EUR", "SOL/EUR"),
        ("BTC.X", "XBT/USD"),
    ]
    assert found.interval is None


REAL = {
    "MOCK_ALADDIN_DATA": "false",
    "ALADDIN_HOST": "https://a.example/",
    "ALADDIN_GROUPS": "CORE",
    "ALADDIN_CLIENT_ID": "allocator",
    "ALADDIN_CLIENT_SECRET": "not-a-secret",
}


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"FLASK_ENV": "holiday"}, "FLASK_ENV"),
        ({"FLASK_ENV": "production"}, "JWT_SECRET_KEY"),
        ({"FLASK_ENV": "production", "JWT_SECRET_KEY": LONG}, "MOCK_ALADDIN_DATA"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
        ({"DATABASE_URL": "foo://x"}, "DATABASE_URL"),
        ({"BUSINESS_DATE": "2500-01-01"}, "BUSINESS_DATE"),
        ({"JWT_SECRET_KEY": "short"}, "JWT_SECRET_KEY"),
        ({"JWT_SECRET_KEY": LONG, "JWT_SECRET_KEYS": LONG}, "JWT_SECRET_KEYS"),
        ({"JWT_SECRET_KEYS": ","}, "JWT_SECRET_KEYS"),
        ({"JWT_SECRET_KEYS": f"{LONG},{LONG}"}, "JWT_SECRET_KEYS"),
        ({"JWT_SECRET_KEYS": f"{LONG} short"}, r"JWT_SECRET_KEYS \(key 2\)"),
        ({"JWT_SECRET_KEYS": LONG}, "AUDIT_SIGNING_KEY"),
        ({"MOCK_ALADDIN_DATA": "maybe"}, "MOCK_ALADDIN_DATA"),
        ({"MOCK_ALADDIN_DATA": "false"}, "ALADDIN_HOST"),
        ({"MOCK_ALADDIN_DATA": "false", "ALADDIN_HOST": "https://a.example"}, "ALADDIN_GROUPS"),
        ({**REAL, "ALADDIN_CLIENT_SECRET": ""}, "ALADDIN_CLIENT_SECRET"),
        ({**REAL, "ALADDIN_GROUPS": " , "}, "ALADDIN_GROUPS"),
        ({"ALADDIN_TOKEN_URL": "token.example"}, "ALADDIN_TOKEN_URL"),
        ({"ALADDIN_READ_ATTEMPTS": "0"}, "ALADDIN_READ_ATTEMPTS"),
        ({"RATE_LIMIT_PER_MINUTE": "-1"}, "RATE_LIMIT_PER_MINUTE"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
        ({"JOB_WORKERS": "65"}, "JOB_WORKERS"),
        ({"JOB_ENGINE": "cron"}, "JOB_ENGINE must be one of embedded, celery"),
        ({**REAL, "JOB_ENGINE": "celery"}, "JOB_ENGINE celery needs REDIS_URL"),
        ({"JOB_ENGINE": "celery", "REDIS_URL": "redis://x"}, "cannot be used with MOCK_ALADDIN_DATA"),
        ({"JOB_LEASE_SECONDS": "1"}, "JOB_LEASE_SECONDS"),
        ({"JOB_DAYS": "0"}, "JOB_DAYS"),
        ({"THREADS": "8", "MAX_VENDOR_REQUESTS": "6"}, "MAX_VENDOR_REQUESTS"),
        ({"ALADDIN_QUOTA_RESERVE_PERCENT": "100"}, "ALADDIN_QUOTA_RESERVE_PERCENT"),
        ({"ALADDIN_ORDERS_CACHE_SECONDS": "-1"}, "ALADDIN_ORDERS_CACHE_SECONDS"),
        ({"ALADDIN_UNKNOWN_CACHE_SECONDS": "a while"}, "ALADDIN_UNKNOWN_CACHE_SECONDS"),
        ({"ALADDIN_WHAT_IF": "perhaps"}, "ALADDIN_WHAT_IF"),
        ({"ALERT_COOLDOWN_MINUTES": "-1"}, "ALERT_COOLDOWN_MINUTES"),
        ({"ALERT_ESCALATION_BY_RULE": "DRIFT"}, "ALERT_ESCALATION_BY_RULE must be like ORDER_UNKNOWN=10"),
        ({"ALERT_SMTP_HOST": "mail.example.com"}, "ALERT_MAIL_FROM must be an address"),
        ({**MAIL, "ALERT_SMTP_USER": "desk"}, "ALERT_SMTP_USER and ALERT_SMTP_PASSWORD are set together"),
        ({**MAIL, "ALERT_SMTP_SECURITY": "none"}, "ALERT_SMTP_SECURITY none is for a mail server on this"),
        ({"ALERT_WEBHOOK_HOSTS": "https://hooks.example.com"}, "ALERT_WEBHOOK_HOSTS must be hosts like"),
        (
            {"ALERT_CA_FILE": "no-such-file.pem"},
            "ALERT_CA_FILE must be a readable file of certificates in PEM",
        ),
        ({"ALERT_CA_FILE": "README.md"}, "ALERT_CA_FILE must be a readable file of certificates in PEM"),
        ({"ALERT_WEBHOOK_SECRET_DESK": "short"}, "ALERT_WEBHOOK_SECRET_DESK must have at least 24"),
        ({"ALERT_WEBHOOK_SECRET_DESK": "whsec_" + 25 * "a"}, "so the rest of it must be base64"),
        ({"WORKBENCH": "maybe"}, "WORKBENCH"),
        ({"SNOWFLAKE_ACCOUNT": "x"}, "SNOWFLAKE_USER"),
        ({"BUSINESS_DATE": "June"}, "BUSINESS_DATE"),
        ({"DATABASE_URL": "sqlite:///a/b.db", "MOCK_JOURNAL": "a/../a/b.db"}, "MOCK_JOURNAL"),
        ({"BUSINESS_TIMEZONE": "Mars/Olympus"}, "BUSINESS_TIMEZONE"),
        ({"DATABASE_URL": "not a url"}, "DATABASE_URL"),
        ({"PREVIEW_MINUTES": "0"}, "PREVIEW_MINUTES"),
        ({"APPROVAL_ABOVE_NOTIONAL": "0"}, "APPROVAL_ABOVE_NOTIONAL must be above 0"),
        ({"APPROVAL_ABOVE_NOTIONAL": "5m"}, "APPROVAL_ABOVE_NOTIONAL must be a number"),
        ({"QUANTITY_M": "mille"}, "QUANTITY_M must be one of million, thousand"),
        ({"ORDER_MAX": "0"}, "ORDER_MAX must be between 1 and 1000000000000"),
        ({"ORDER_MAX": "5mm"}, "ORDER_MAX must be a whole number"),
        ({"ORDER_WARN_ABOVE": "-1"}, "ORDER_WARN_ABOVE must be between 0"),
        (
            {"ORDER_MAX": "1000000", "ORDER_WARN_ABOVE": "1000001"},
            r"ORDER_WARN_ABOVE \(1000001\) must be at most ORDER_MAX \(1000000\)",
        ),
        ({"APPROVAL_FOR_WARNINGS": "some"}, "APPROVAL_FOR_WARNINGS"),
        ({"DRIFT_FOUR_EYES": "some"}, "DRIFT_FOUR_EYES"),
        ({"DRIFT_CHECK_TIME": "24:00"}, "DRIFT_CHECK_TIME must be a time like 17:30, not '24:00'"),
        ({"DRIFT_CHECK_TIME": "1730Z"}, "DRIFT_CHECK_TIME must be a time like 17:30"),
        ({"DRIFT_WEEKLY_DAY": "sunday"}, "DRIFT_WEEKLY_DAY must be one of monday"),
        ({"DRIFT_HISTORY_DAYS": "0"}, "DRIFT_HISTORY_DAYS"),
        ({"DRIFT_WEEKLY_HISTORY_DAYS": "0"}, "DRIFT_WEEKLY_HISTORY_DAYS"),
        ({"LIQUIDITY_RPC_URL": "liquidity"}, "LIQUIDITY_RPC_URL"),
        ({"MARKET_EXCHANGE": "binance"}, "MARKET_EXCHANGE must be one of none, kraken"),
        ({"MARKET_EXCHANGE_URL": "http://api.kraken.com"}, "MARKET_EXCHANGE_URL"),
        ({"MARKET_EXCHANGE_SYMBOLS": "BTC"}, "MARKET_EXCHANGE_SYMBOLS must be like BTC=BTC/USD"),
        (
            {"MARKET_EXCHANGE_SYMBOLS": "BTC/USD,BTC/USD"},
            "MARKET_EXCHANGE_SYMBOLS must name each symbol once",
        ),
        (
            {"MARKET_EXCHANGE_SYMBOLS": ",".join(f"A{each}=A/USD" for each in range(51))},
            "MARKET_EXCHANGE_SYMBOLS must name at most 50 markets",
        ),
        ({"MARKET_EXCHANGE_DAYS": "0"}, "MARKET_EXCHANGE_DAYS"),
        ({"MARKET_EXCHANGE_SECONDS": "0"}, "MARKET_EXCHANGE_SECONDS"),
        ({"DATA_REFRESH_INTERVAL_HOURS": "169"}, "DATA_REFRESH_INTERVAL_HOURS"),
        ({"LIQUIDITY_RPC_SECONDS": "31"}, "LIQUIDITY_RPC_SECONDS"),
        ({"OPTIMIZATION_SECONDS": "0"}, "OPTIMIZATION_SECONDS"),
        ({"PREVIEW_RETENTION_DAYS": "0"}, "PREVIEW_RETENTION_DAYS"),
        ({"BACKTEST_DAYS": "-1"}, "BACKTEST_DAYS must be between 0"),
    ],
)
def test_a_wrong_setting_is_named(env, named):
    with pytest.raises(SettingsError, match=named):
        load_settings(env)


def test_workers_for_jobs_are_processes_unless_the_vendor_is_inside_the_serving_one():
    mock, real = load_settings({}), load_settings({**REAL, "JOB_WORKERS": "3", "WORKERS": "2"})
    assert (mock.jobs.processes, mock.jobs.threads, mock.vendor_processes) == (0, 1, 1)
    assert (real.jobs.processes, real.jobs.threads, real.vendor_processes) == (3, 0, 5)
    celery = load_settings({**REAL, "JOB_ENGINE": "celery", "REDIS_URL": "redis://x", "JOB_WORKERS": "3"})
    assert (celery.jobs.processes, celery.jobs.threads, celery.vendor_processes) == (0, 0, 4)
    assert (mock.jobs.lease, mock.jobs.lifetime) == (timedelta(seconds=30), timedelta(days=30))


def test_the_sizes_of_orders():
    def sizes(**given):
        found = load_settings(given).safety
        return found.warn_above, found.max_quantity

    assert sizes(ORDER_MAX="250000000") == (50_000_000, 250_000_000)
    assert sizes(ORDER_MAX="25000000") == (25_000_000, 25_000_000)
    assert sizes(ORDER_MAX="25000000", ORDER_WARN_ABOVE="25000000") == (25_000_000, 25_000_000)
    assert sizes(ORDER_MAX="25000000", ORDER_WARN_ABOVE="0") == (None, 25_000_000)
    assert load_settings({"QUANTITY_M": "thousand"}).safety.quantity_m is QuantityM.THOUSAND


def test_snowflake_by_parts_quotes_what_needs_it():
    parts = {
        "ACCOUNT": "acc",
        "USER": "u@x",
        "PASSWORD": "p/w",
        "DATABASE": "DB",
        "SCHEMA": "S",
        "WAREHOUSE": "W",
    }
    url = load_settings({f"SNOWFLAKE_{k}": v for k, v in parts.items()}).database_url
    assert url == "snowflake://u%40x:p%2Fw@acc/DB/S?warehouse=W"
    both = {f"SNOWFLAKE_{k}": v for k, v in parts.items()} | {"DATABASE_URL": "sqlite:///x.db"}
    assert load_settings(both).database_url == f"sqlite:///{API_DIR.parent / 'x.db'}"


def test_the_token_is_fetched_at_the_host_unless_said_otherwise():
    assert load_settings(REAL).aladdin.token_url == "https://a.example/api/oauth2/default/v1/token"
    elsewhere = {**REAL, "ALADDIN_TOKEN_URL": "https://login.example/v1/token/"}
    assert load_settings(elsewhere).aladdin.token_url == "https://login.example/v1/token"


def test_an_empty_value_is_the_default():
    assert load_settings({"PORT": "", "DATABASE_URL": " "}).server.port == 5000


def test_production_serves_all_interfaces_and_has_no_demo_user():
    settings = load_settings({"FLASK_ENV": "production", "JWT_SECRET_KEY": LONG, "MOCK_ALADDIN_DATA": "true"})
    assert settings.server.host == "0.0.0.0"
    assert not settings.is_development


def test_secrets_do_not_show_in_the_settings():
    secrets = {"ALADDIN_CLIENT_SECRET": "s3cret", "ALADDIN_API_KEY": "k3y", "JWT_SECRET_KEY": SIGNING_KEY}
    shown = repr(load_settings({**secrets, "DATABASE_URL": "sqlite:///p4ss.db"}))
    for secret in (*secrets.values(), "p4ss"):
        assert secret not in shown


@pytest.mark.parametrize("key", ["two\nlines", "kéy"])
def test_an_api_key_that_cannot_be_sent_is_refused_without_being_told(key):
    with pytest.raises(SettingsError, match="ALADDIN_API_KEY must consist of printable ASCII") as caught:
        load_settings({"ALADDIN_API_KEY": key})
    assert key not in str(caught.value)


def test_names_in_fix_messages():
    fix = load_settings({}).reports
    assert (fix.sender_comp_id, fix.target_comp_id) == ("ALLOCATOR", "ALADDIN")
    assert load_settings({"FIX_SENDER_COMP_ID": "DESK-1"}).reports.sender_comp_id == "DESK-1"


@pytest.mark.parametrize("name", ["A B", "A\x01B", "Zürich", "x" * 65])
def test_a_name_that_fix_cannot_carry_is_refused(name):
    with pytest.raises(SettingsError, match="FIX_TARGET_COMP_ID"):
        load_settings({"FIX_TARGET_COMP_ID": name})


def test_a_lease_outlasts_a_call_and_what_shows_after_it():
    """Shorter, and others would look for an order that is still on its way, and send it again."""
    short = {"ALADDIN_TIMEOUT_SECONDS": "30", "ORDER_SETTLE_SECONDS": "1"}
    with pytest.raises(SettingsError, match=r"ORDER_LEASE_SECONDS must be at least .*\(31\), not 30"):
        load_settings(short | {"ORDER_LEASE_SECONDS": "30"})
    assert load_settings(short | {"ORDER_LEASE_SECONDS": "31"}).trading.lease_seconds == 31


@pytest.mark.parametrize(
    ("environment", "file"),
    [
        ({}, "allocation-api/instance/allocator-aladdin.db"),
        ({"DATABASE_URL": "sqlite:////var/desk/a.sqlite"}, "/var/desk/a-aladdin.db"),
        ({"DATABASE_URL": "sqlite:///desk/a.db"}, "desk/a-aladdin.db"),
        (
            {"DATABASE_URL": "postgresql+psycopg://host/a b"},
            "allocation-api/instance/a-b-aladdin.db",
        ),
        ({"MOCK_JOURNAL": "orders.db"}, "orders.db"),
        ({"MOCK_JOURNAL": "/var/orders.db"}, "/var/orders.db"),
    ],
)
def test_the_mocks_journal_lies_beside_the_database(environment, file):
    assert load_settings(environment).aladdin.journal == API_DIR.parent / file


def test_the_mocks_journal_may_be_memory():
    assert load_settings({"MOCK_JOURNAL": "memory"}).aladdin.journal is None
