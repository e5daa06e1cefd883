"""Settings of authentication."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from app.core.config.reader import Environment, Reader, SettingsError


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Signing key and lifetimes of tokens (JWT), and the seed of the key that signs audit anchors (Ed25519).

    Without a seed the anchors' key is derived from that of the tokens.
    """

    jwt_secret_key: str = field(repr=False)
    audit_signing_key: bytes | None = field(repr=False)
    access_token_lifetime: timedelta
    refresh_token_lifetime: timedelta


def access_settings(read: Reader, environment: Environment) -> AccessSettings:
    """Read the section; in production the key must be set."""
    return AccessSettings(
        jwt_secret_key=_jwt_secret(read, environment),
        audit_signing_key=_audit_key(read),
        access_token_lifetime=timedelta(minutes=read.integer("ACCESS_TOKEN_MINUTES", 30, 1, 1440)),
        refresh_token_lifetime=timedelta(hours=read.integer("REFRESH_TOKEN_HOURS", 12, 1, 720)),
    )


def _jwt_secret(read: Reader, environment: Environment) -> str:
    secret = read.optional("JWT_SECRET_KEY")
    if secret is None:
        if environment is Environment.PRODUCTION:
            raise SettingsError("JWT_SECRET_KEY must be set in production")
        return secrets.token_urlsafe(48)
    if len(secret.encode()) < 32:  # RFC 7518 section 3.2: an HS256 key has 256 bits
        raise SettingsError("JWT_SECRET_KEY must have at least 32 bytes")
    return secret


def _audit_key(read: Reader) -> bytes | None:
    given = read.optional("AUDIT_SIGNING_KEY")
    if given is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", given):
        raise SettingsError("AUDIT_SIGNING_KEY must have 64 hexadecimal digits")
    return None if given is None else bytes.fromhex(given)
