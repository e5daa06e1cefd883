"""CORS (Fetch standard): lets pages of the allowed origins call the API and read its answers and its errors.

Origins are compared exactly, and cookies are never used, so that no page acts by a session of the browser.
Pages of an allowed origin may send any header: clients add those of their tracing.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, Response, g, request

from app.api.kit.idempotency import REPLAYED
from app.api.kit.limits import LEFT_HEADER, POLICY_HEADER

METHODS = "GET, HEAD, POST, PUT, DELETE"
FIX_MESSAGE_SENT = "Fix-Message-Sent"
"""Header that says whether a FIX message left; one that did not is only a look."""

EXPOSED_HEADERS = (
    f"ETag, Location, Retry-After, {REPLAYED}, X-Request-ID, Content-Disposition, WWW-Authenticate, Allow, "
    f"{FIX_MESSAGE_SENT}, {POLICY_HEADER}, {LEFT_HEADER}"
)
"""Headers of answers that a browser hides from a page unless they are named."""

MAX_AGE_SECONDS = 600
"""Time for which a browser need not ask again."""


def configure_cors(app: Flask, origins: Collection[str]) -> None:
    """Answer preflight requests of the allowed origins, and mark every answer to them, errors included."""
    allowed = frozenset(origins)

    def preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        if request.headers.get("Origin") not in allowed:
            return None
        g.is_preflight = True
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = request.headers.get(
            "Access-Control-Request-Headers", ""
        )
        response.headers["Access-Control-Max-Age"] = str(MAX_AGE_SECONDS)
        return response

    def mark(response: Response) -> Response:
        # An answer to no page needs no Vary: what a cache keeps of it is asked for again before each use.
        origin = request.headers.get("Origin")
        if origin is not None:
            response.vary.add("Origin")
        if origin in allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        return response

    if allowed:
        app.before_request(preflight)
        app.after_request(mark)
