"""Signing keys: which are refused, which never are, and how they rotate."""

from __future__ import annotations

import hashlib
import secrets

import pytest

from app.core.config import SettingsError, load_settings
from app.core.config.signing_keys import is_guessable, key_id
from app.services.audit.export import AnchorSigner
from tests.support.signing import OTHER_KEY, SIGNING_KEY

SEED = "5d" * 32


@pytest.mark.parametrize(
    "key",
    [
        "a" * 32,
        "ab" * 40,
        "changemechangemechangemechangeme",
        "CHANGE-ME before you go live, please!!",
        "secretsecretsecretsecretsecretsecret",
        "my-super-Secret-jwt-key-for-production-2026",
        "passwordpasswordpasswordpassword1",
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyzabcdefg",
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "allocatorallocatorallocatorallocator",
    ],
)
def test_a_key_that_is_easy_to_guess_is_refused_with_the_command_for_a_good_one(key):
    with pytest.raises(
        SettingsError, match=r"^JWT_SECRET_KEY is easy to guess.*token_urlsafe\(48\)"
    ) as refused:
        load_settings({"JWT_SECRET_KEY": key})
    assert key not in str(refused.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: secrets.token_hex(16),
        lambda: secrets.token_hex(32),
        lambda: secrets.token_urlsafe(24),
        lambda: secrets.token_urlsafe(48),
    ],
)
def test_a_random_key_is_never_refused(make):
    assert not any(is_guessable.__wrapped__(make()) for _ in range(25))


def test_the_first_of_several_keys_signs():
    settings = load_settings({"JWT_SECRET_KEYS": f"{SIGNING_KEY}, {OTHER_KEY}", "AUDIT_SIGNING_KEY": SEED})
    assert settings.access.jwt_secret_keys == (SIGNING_KEY, OTHER_KEY)
    assert settings.access.jwt_secret_key == SIGNING_KEY


def test_the_id_of_a_key_does_not_hold_the_key():
    assert key_id(SIGNING_KEY) != key_id(OTHER_KEY)
    assert len(key_id(SIGNING_KEY)) == 16
    assert key_id(SIGNING_KEY) not in SIGNING_KEY


def test_the_command_of_the_example_keeps_the_key_that_signs_anchors():
    printed = hashlib.sha256(b"audit-anchor/1:" + SIGNING_KEY.encode()).hexdigest()
    kept = load_settings({"JWT_SECRET_KEYS": OTHER_KEY, "AUDIT_SIGNING_KEY": printed})
    assert (
        AnchorSigner(kept.access.audit_signing_key).public_key == AnchorSigner.derived(SIGNING_KEY).public_key
    )
