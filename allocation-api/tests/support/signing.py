"""Signing keys of tests, and tokens that are signed with them."""

from __future__ import annotations

import json
from typing import Any

import jwt
from jwt import PyJWS

from app.core.config.signing_keys import key_id

SIGNING_KEY = "pGm0yTt3v8cJf2nQhXwB5sLdR7aKzE1uVqC9oYiM4NrUbHxPDgSWkFeAj6ZO_l-T"
OTHER_KEY = "Zk7VwQ2nXrBm5JdTf9LcHs3YpGa8UeRo1KiNvPqMxCtWbEhSyFgDuAzjO4l6_0-I"
"""Fixed keys, as good as those that `secrets.token_urlsafe(48)` makes."""


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it."""
    return jwt.decode(token, options={"verify_signature": False})


def signed(claims: dict[str, Any], key: str = SIGNING_KEY) -> str:
    """A token of these claims, whatever they are, signed as the service does."""
    return PyJWS().encode(json.dumps(claims).encode(), key, algorithm="HS256", headers={"kid": key_id(key)})


def expired(token: str, key: str = SIGNING_KEY) -> str:
    """The token as it would be if its time were over."""
    claims = claims_of(token)
    return signed({**claims, "iat": claims["iat"] - 7200, "exp": claims["iat"] - 1}, key)
