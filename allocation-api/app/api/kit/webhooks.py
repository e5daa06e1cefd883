"""Signed webhooks at the edge: who has the secret is let in, before anything of the body is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from app.api.kit.context import services
from app.services.events.signatures import Signed

MESSAGE_ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

View = Callable[..., Response]


def signed(view: View) -> View:
    """Check the signature of the body before a declared operation answers."""

    @wraps(view)
    def handle(*args: Any, **path: str) -> Response:
        services().events.signatures.check(headers(), request.get_data())
        return view(*args, **path)

    return handle


def headers() -> Signed:
    """Return what a webhook says of itself, empty where it says nothing."""
    return Signed(*(request.headers.get(name, "") for name in (MESSAGE_ID, TIMESTAMP, SIGNATURE)))
