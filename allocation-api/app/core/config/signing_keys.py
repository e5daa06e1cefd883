"""Signing keys of tokens (HS256): the first signs, the others only verify, so that keys can be rotated.

A key is 256 bits at least (RFC 7518, section 3.2), and hard to guess: whoever guesses it is any user.
"""

from __future__ import annotations

import re
import secrets
from functools import cache
from hashlib import sha256

from zxcvbn import zxcvbn

from app.core.config.reader import Environment, Reader, SettingsError

MIN_KEY_BYTES = 32

MIN_GUESSES_LOG10 = 24
"""Decimal order of the guesses that a key must be worth (80 bits); 32 random hexadecimal digits have 28."""

MAX_ESTIMATED_CHARACTERS = 72
"""Length up to which the estimate works."""

PLACEHOLDERS = (
    "changeme",
    "changethis",
    "replaceme",
    "secret",
    "password",
    "example",
    "insecure",
    "signingkey",
)
"""Words of keys that were never chosen; random ones hold none of them."""

MAKE_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(48))"'
"""Command that makes a good key."""


def signing_keys(read: Reader, environment: Environment) -> tuple[str, ...]:
    """Return the keys of `JWT_SECRET_KEYS`, or that of `JWT_SECRET_KEY`; in development a new random one."""
    one, several = read.optional("JWT_SECRET_KEY"), read.optional("JWT_SECRET_KEYS")
    if one is not None and several is not None:
        raise SettingsError("Set JWT_SECRET_KEYS or JWT_SECRET_KEY, not both")
    if several is not None:
        return _listed(several)
    if one is None:
        if environment is Environment.PRODUCTION:
            raise SettingsError(f"JWT_SECRET_KEY must be set in production; make one with {MAKE_ONE}")
        return (secrets.token_urlsafe(48),)
    _check(one, "JWT_SECRET_KEY")
    return (one,)


def _listed(written: str) -> tuple[str, ...]:
    keys = tuple(key for key in re.split(r"[\s,]+", written) if key)
    if not keys:
        raise SettingsError("JWT_SECRET_KEYS must hold a key")
    if len(set(keys)) != len(keys):
        raise SettingsError("JWT_SECRET_KEYS must not hold a key twice")
    for place, key in enumerate(keys, 1):
        _check(key, f"JWT_SECRET_KEYS (key {place})")
    return keys


def _check(key: str, name: str) -> None:
    if len(key.encode()) < MIN_KEY_BYTES:
        raise SettingsError(f"{name} must have at least {MIN_KEY_BYTES} bytes; make one with {MAKE_ONE}")
    if is_guessable(key):
        raise SettingsError(f"{name} is easy to guess; make one with {MAKE_ONE}")


@cache
def is_guessable(key: str) -> bool:
    """Return whether a key holds the word of a placeholder, or is words, runs and repetitions (zxcvbn)."""
    letters = re.sub(r"[^a-z0-9]", "", key.lower())
    if any(word in letters for word in PLACEHOLDERS):
        return True
    estimate = zxcvbn(key[:MAX_ESTIMATED_CHARACTERS])
    return float(estimate["guesses_log10"]) < MIN_GUESSES_LOG10


def key_id(key: str) -> str:
    """Return the id of a key (`kid` in the header of a token): a hash, which does not tell the key."""
    return sha256(f"kid:{key}".encode()).hexdigest()[:16]
