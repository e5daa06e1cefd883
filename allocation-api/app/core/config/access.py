"""Settings of authentication."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from app.core.config.reader import Environment, Reader, SettingsError
from app.core.config.signing_keys import signing_keys


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Signing keys and lifetimes of tokens (JWT), and the seed of the key that signs audit anchors (Ed25519).

    The first of the keys signs, the others only verify. Without a seed the anchors' key is derived from
    `JWT_SECRET_KEY`; where keys rotate the seed must be set, because the anchors' key must not change with
    them.
    """

    jwt_secret_keys: tuple[str, ...] = field(repr=False)
    audit_signing_key: bytes | None = field(repr=False)
    access_token_lifetime: timedelta
    refresh_token_lifetime: timedelta

    @property
    def jwt_secret_key(self) -> str:
        """The key that signs."""
        return self.jwt_secret_keys[0]


def access_settings(read: Reader, environment: Environment) -> AccessSettings:
    """Read the section; in production the key must be set."""
    return AccessSettings(
        jwt_secret_keys=read.attempt(lambda: signing_keys(read, environment), ("",)),
        audit_signing_key=read.attempt(lambda: _audit_key(read), None),
        access_token_lifetime=timedelta(minutes=read.integer("ACCESS_TOKEN_MINUTES", 30, 1, 1440)),
        refresh_token_lifetime=timedelta(hours=read.integer("REFRESH_TOKEN_HOURS", 12, 1, 720)),
    )


def _audit_key(read: Reader) -> bytes | None:
    given = read.optional("AUDIT_SIGNING_KEY")
    if given is None and read.optional("JWT_SECRET_KEYS") is not None:
        raise SettingsError(
            "AUDIT_SIGNING_KEY must be set beside JWT_SECRET_KEYS: the key that signs audit anchors is else "
            "derived from a key that rotates"
        )
    if given is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", given):
        raise SettingsError("AUDIT_SIGNING_KEY must have 64 hexadecimal digits")
    return None if given is None else bytes.fromhex(given)
