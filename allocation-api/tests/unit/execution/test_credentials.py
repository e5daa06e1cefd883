"""Encryption of credentials: keys that rotate, and what opens nothing."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from app.core.config import SettingsError, load_settings
from app.services.execution.credentials import CredentialVault
from app.services.execution.errors import CredentialKeyMissing, CredentialsUnreadable
from app.services.execution.snaptrade.session import SnapTradeUser

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
USER = SnapTradeUser("user-7f1c", "secret-5b0e2a94")


def test_what_is_sealed_is_not_readable_and_opens_again():
    token = CredentialVault([OLD]).seal("a", USER)
    assert USER.user_secret not in token
    assert CredentialVault([OLD]).seal("a", USER) != token
    assert CredentialVault([OLD]).open("a", token) == USER


def test_an_earlier_key_opens_and_the_first_one_seals():
    token = CredentialVault([OLD]).seal("a", USER)
    vault = CredentialVault([NEW, OLD])
    assert vault.open("a", token) == USER
    resealed = vault.resealed("a", token)
    assert CredentialVault([NEW]).open("a", resealed) == USER
    assert vault.resealed("a", resealed) is None


@pytest.mark.parametrize(
    ("account_id", "keys", "change"),
    [
        ("a", [OTHER], lambda token: token),
        ("b", [OLD], lambda token: token),
        ("a", [OLD], lambda token: token[:-5] + "AAAA="),
        ("a", [OLD], lambda _: ""),
        ("a", [OLD], lambda _: Fernet(OLD).encrypt(b"{}").decode()),
        ("a", [OLD], lambda _: Fernet(OLD).encrypt(b"\xff").decode()),
    ],
    ids=["another key", "another account", "tampered", "none", "of another shape", "no text"],
)
def test_what_no_key_opens_for_the_account_is_refused(account_id, keys, change):
    vault = CredentialVault(keys)
    token = change(CredentialVault([OLD]).seal("a", USER))
    with pytest.raises(CredentialsUnreadable) as caught:
        vault.open(account_id, token)
    assert USER.user_secret not in str(caught.value)
    assert CredentialVault([NEW, *keys]).resealed(account_id, token) is None


def test_without_a_key_nothing_is_sealed_and_nothing_opened():
    vault = CredentialVault([])
    with pytest.raises(CredentialKeyMissing):
        vault.seal("a", USER)
    with pytest.raises(CredentialKeyMissing):
        vault.open("a", CredentialVault([OLD]).seal("a", USER))
    assert vault.resealed("a", "x") is None


def test_keys_are_read_and_not_shown():
    settings = load_settings({"BROKER_CREDENTIAL_KEYS": f"{NEW}, {OLD}", "SNAPTRADE_CLIENT_ID": "c",
                              "SNAPTRADE_CONSUMER_KEY": "the-consumer-key"})  # fmt: skip
    assert settings.execution.credential_keys == (NEW, OLD)
    assert settings.execution.snaptrade.url == "https://api.snaptrade.com"
    assert not any(secret in repr(settings) for secret in (NEW, OLD, "the-consumer-key"))


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"BROKER_CREDENTIAL_KEYS": "short"}, r"BROKER_CREDENTIAL_KEYS \(key 1\) must be a Fernet key"),
        ({"BROKER_CREDENTIAL_KEYS": f"{OLD},{OLD}"}, "must not hold a key twice"),
        ({"SNAPTRADE_CLIENT_ID": "c"}, "set together or not at all"),
        ({"SNAPTRADE_URL": "http://api.snaptrade.com"}, "SNAPTRADE_URL must be a URL"),
        ({"BROKER_MAX_ORDER_NOTIONAL": "0"}, "BROKER_MAX_ORDER_NOTIONAL must be between"),
        ({"BROKER_MAX_SLIPPAGE_BPS": "-1"}, "BROKER_MAX_SLIPPAGE_BPS must be between"),
        ({"BROKER_MAX_NOTIONAL": "5"}, "BROKER_MAX_NOTIONAL is not a setting"),
    ],
)
def test_what_is_wrong_with_a_setting_is_named(env, named):
    with pytest.raises(SettingsError, match=named) as caught:
        load_settings(env)
    assert OLD not in str(caught.value)
