"""Signatures of webhooks (HMAC-SHA256), as Standard Webhooks have it: ours, and those of others."""

from __future__ import annotations

import base64
import hmac

ENCODED_SECRET = "whsec_"  # noqa: S105 - the beginning of secrets that are base64

MIN_SECRET_CHARACTERS = 24


def secret_fault(secret: str) -> str | None:
    """Return what makes a text unfit for a secret of webhooks, in words; None if nothing does."""
    if len(secret) < MIN_SECRET_CHARACTERS or not (secret.isascii() and secret.isprintable()):
        return f"must have at least {MIN_SECRET_CHARACTERS} printable ASCII characters"
    if not secret.startswith(ENCODED_SECRET):
        return None
    try:
        key = base64.b64decode(secret.removeprefix(ENCODED_SECRET), validate=True)
    except ValueError:
        key = b""
    return None if key else f"begins with {ENCODED_SECRET}, so the rest of it must be base64"


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """Return the signature of a webhook; a secret `whsec_...` is the base64 of the key."""
    key = secret.encode()
    if secret.startswith(ENCODED_SECRET):
        key = base64.b64decode(secret.removeprefix(ENCODED_SECRET))
    digest = hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"
