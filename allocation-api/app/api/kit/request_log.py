"""Around every request: its id, its line in the log, and the headers of its response."""

from __future__ import annotations

import re
import time
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider

from app.api.kit.context import services
from app.api.kit.delivery import deliver
from app.core import metrics
from app.core.config.server import ServerSettings
from app.core.errors import REFUSAL
from app.schemas.kit.fields import json_number

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
STRICT_CSP = "default-src 'none'; frame-ancestors 'none'"
DOCS_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'"
)
"""Swagger UI starts itself from one inline script and draws with inline styles."""

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
"""No page of ours needs any of these from the browser."""

HEALTH = "/v1/health/"
"""Machines ask here all day, and are nobody's activity."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger(__name__)


class FiniteJson(DefaultJSONProvider):
    """JSON as the standard has it: a NaN in an answer is a mistake and never leaves the house."""

    sort_keys = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Serialise, or fail on a number that JSON does not have."""
        return super().dumps(obj, allow_nan=False, **kwargs)

    @staticmethod
    def default(obj: Any) -> Any:
        """Write decimals as numbers and dates as ISO 8601; an error's numbers come as they are."""
        if isinstance(obj, Decimal):
            return json_number(obj)
        if isinstance(obj, date):
            return obj.isoformat()
        return DefaultJSONProvider.default(obj)


def configure_requests(app: Flask, server: ServerSettings) -> None:
    """Bound bodies, name requests, log them, and put the same headers on every response."""
    app.config["MAX_CONTENT_LENGTH"] = server.connections.max_body_bytes
    app.json = FiniteJson(app)
    app.before_request(_begin)
    app.after_request(_finish)
    if server.hsts_seconds:
        policy = f"max-age={server.hsts_seconds}"
        app.after_request(lambda response: _over_tls_alone(response, policy))


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if SANE_REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    refusal = request.environ.get(REFUSAL)
    if refusal is not None:
        raise refusal


def _over_tls_alone(response: Response, policy: str) -> Response:
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = policy
    return response


def _finish(response: Response) -> Response:
    docs = request.endpoint == "docs_ui"
    headers = response.headers
    headers["X-Request-ID"] = g.request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    headers.setdefault("Content-Security-Policy", DOCS_CSP if docs else STRICT_CSP)
    if "Cache-Control" not in headers:  # files say themselves how long they are kept
        headers["Cache-Control"] = "no-store"
        deliver(request, response)
    seconds = time.perf_counter() - g.began
    method = request.method if request.method in METHODS else "OTHER"
    route = request.url_rule.rule if request.url_rule else g.get("route", "unknown")
    user = g.get("user")
    log.info(
        "request",
        method=request.method,
        path=request.path,
        route=route,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 1),
        user=None if user is None else user.username,
        address=request.remote_addr,
        session=g.get("session_id"),
    )
    metrics.HTTP_REQUESTS.labels(method, route, response.status_code).inc()
    metrics.HTTP_SECONDS.labels(method, route).observe(seconds)
    is_of_nobody = request.path.startswith(HEALTH) or g.get("is_preflight", False)
    if request.path.startswith("/v1/") and not is_of_nobody:
        _note(method, route, response.status_code, round(seconds * 1000))
    return response


def _note(method: str, route: str, status: int, duration_ms: int) -> None:
    """Keep who used which endpoint; what has no route is kept without a word of what was asked for."""
    services().requests.activity.note(
        user=g.get("user"),
        method=method,
        endpoint=route,
        status=status,
        duration_ms=duration_ms,
        request_id=g.request_id,
    )
