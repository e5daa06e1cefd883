"""Names that look like settings and are none; and all that is wrong with the settings, told at once."""

from __future__ import annotations

import pytest

from app.core.config import SettingsError, SettingSpec, load_settings, setting_specs
from app.core.config.reader import url_fault
from app.core.config.unknown import SAFETY, unknown_settings

KNOWN = [spec.name for spec in setting_specs()]
REAL = {
    "MOCK_ALADDIN_DATA": "false",
    "ALADDIN_GROUPS": "CORE",
    "ALADDIN_CLIENT_ID": "allocator",
    "ALADDIN_CLIENT_SECRET": "not-a-secret",
}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("THREAD", "THREAD is not a setting: did you mean THREADS?"),
        ("ALADDIN_HOSTS", "ALADDIN_HOSTS is not a setting: did you mean ALADDIN_HOST?"),
        ("PREVIEW_MINUTE", "PREVIEW_MINUTE is not a setting: did you mean PREVIEW_MINUTES?"),
        ("ALADDIN_COLOUR_OF_THE_SKY", "ALADDIN_COLOUR_OF_THE_SKY is not a setting"),
        ("SNOWFLAKE_PASSWRD", "SNOWFLAKE_PASSWRD is not a setting: did you mean SNOWFLAKE_PASSWORD?"),
    ],
)
def test_a_name_that_is_no_setting_is_told_with_the_nearest(given: str, said: str) -> None:
    assert load_settings({given: "1"}).warnings == (said,)


@pytest.mark.parametrize(
    "name", ["HOME", "PATH", "FLASK_APP", "FLASK_DEBUG", "SNOWFLAKE_HOME", "LOG_DIRECTORY", "hosts", "LANG"]
)
def test_names_of_other_programs_are_left_alone(name: str) -> None:
    assert unknown_settings([name], KNOWN) == ()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("TRADING_HALT", "TRADING_HALTED"),
        ("TRADING_HALTED_", "TRADING_HALTED"),
        ("TRADING_STOPPED", ""),
        ("APPROVAL_ABOVE", ""),
        ("APPROVAL_FOR_WARNING", "APPROVAL_FOR_WARNINGS"),
        ("ORDER_MAXIMUM", "ORDER_MAX"),
        ("FLASK_ENVIRONMENT", "FLASK_ENV"),
        ("MOCK_ALADDIN", "MOCK_ALADDIN_DATA"),
    ],
)
def test_the_start_is_refused_where_a_safety_switch_may_be_misspelt(name: str, nearest: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is not a setting.*{nearest}"):
        load_settings({name: "true"})


def test_safety_settings_are_settings() -> None:
    assert set(KNOWN) >= SAFETY


def test_every_wrong_setting_is_named_at_once() -> None:
    wrong = {
        "FLASK_ENV": "production",
        "PORT": "eighty",
        "THREADS": "0",
        "DATABASE_URL": "nonsense",
        "ALADDIN_HOST": "http://a.example",
        "BUSINESS_DATE": "June",
        "CORS_ORIGINS": "nowhere",
        "TRADING_HALT": "true",
        "AUDIT_SIGNING_KEY": "short",
    }
    named = ["JWT_SECRET_KEY", "MOCK_ALADDIN_DATA", *(name for name in wrong if name != "FLASK_ENV")]
    with pytest.raises(SettingsError, match=f"^{len(named)} settings are wrong") as refused:
        load_settings(wrong)
    assert [name for name in named if name not in str(refused.value)] == []


def test_one_wrong_setting_is_told_alone() -> None:
    with pytest.raises(SettingsError, match=r"^PORT must be a whole number, not 'eighty'$"):
        load_settings({"PORT": "eighty"})


def test_the_settings_are_known_with_kind_default_and_bounds() -> None:
    specs = {spec.name: spec for spec in setting_specs()}
    assert specs["PORT"] == SettingSpec("PORT", "whole number", "5000", "0 to 65535")
    assert specs["TRADING_HALTED"] == SettingSpec("TRADING_HALTED", "flag", "false", "true or false")
    assert specs["LOG_LEVEL"].bounds == "DEBUG, INFO, WARNING, ERROR"
    assert specs["ALADDIN_CLIENT_ID"] == SettingSpec("ALADDIN_CLIENT_ID", "text")
    assert specs["ALADDIN_HOST"].kind == "URL"
    assert len(specs) == len(setting_specs())


def test_values_change_nothing_of_the_specs() -> None:
    assert [spec.name for spec in setting_specs()] == KNOWN


# --- where secrets are sent ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://a.example", "use https"),
        ("http://10.0.0.7:8080", "use https"),
        ("http://localhost.example.com", "use https"),
        ("http://127.0.0.1.example.com", "use https"),
        ("https://user:secret@a.example", "user or password"),
        ("https://user@a.example", "user or password"),
        ("https://a.example/x?y=1", "query"),
        ("https://a.example/#x", "query"),
        ("https://a.example?", "query"),
        ("https://", "name a host"),
        ("ftp://a.example", "https://"),
        ("https://a.example:port", "cannot be read"),
        ("https://[::1", "cannot be read"),
    ],
)
@pytest.mark.parametrize("name", ["ALADDIN_HOST", "ALADDIN_TOKEN_URL"])
def test_a_url_that_would_give_secrets_away_is_refused_without_being_told(
    name: str, url: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} must be a URL.*{said}") as refused:
        load_settings({**REAL, "ALADDIN_HOST": "https://b.example", name: url})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "https://a.example:8443/api",
        "http://127.0.0.1:9",
        "http://localhost:9",
        "http://[::1]:9",
    ],
)
def test_https_and_the_loopback_addresses_of_this_host_pass(url: str) -> None:
    assert url_fault(url) is None
    assert load_settings({**REAL, "ALADDIN_HOST": url}).aladdin.host == url
