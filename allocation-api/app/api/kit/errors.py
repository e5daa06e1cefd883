"""The one place that turns an error into a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.api.kit.context import request_id
from app.core.database import is_unavailable
from app.core.errors import (
    AllocatorError,
    DatabaseUnavailable,
    FieldError,
    MalformedRequest,
    NotFound,
    Unauthenticated,
)

PROBLEM_JSON = "application/problem+json"
CODES = {400: MalformedRequest.code, 404: NotFound.code}

errors = Blueprint("errors", __name__)
log = structlog.get_logger(__name__)


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    fields: Sequence[FieldError] = (),
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """Return a problem document as a response."""
    document: dict[str, Any] = {
        "type": f"urn:allocator:problem:{code.lower().replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.path,
        "request_id": request_id(),
        "errors": [{"field": error.field, "message": error.message} for error in fields],
    }
    taken = document.keys() & (extra or {}).keys()
    if taken:
        raise ValueError(f"members of a problem document given twice: {sorted(taken)}")
    document |= extra or {}
    return Response(current_app.json.dumps(document), status=status, content_type=PROBLEM_JSON)


@errors.app_errorhandler(AllocatorError)
def on_our_error(error: AllocatorError) -> Response:
    """Answer with what the error says of itself."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", code=error.code, detail=error.detail, exc_info=error)
    response = problem(
        error.status, error.code, error.title, error.detail, fields=error.errors, extra=error.extra
    )
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="allocator"'
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(ceil(error.retry_after))
    return response


@errors.app_errorhandler(SQLAlchemyError)
def on_database_error(error: SQLAlchemyError) -> Response:
    """Answer for a database that is away or fails; what its driver says may hold data and is for the logs."""
    if not is_unavailable(error):
        return on_bug(error)
    unavailable = DatabaseUnavailable("The database does not answer as it should: try again in a moment")
    unavailable.__cause__ = error
    return on_our_error(unavailable)


@errors.app_errorhandler(HTTPException)
def on_http_error(error: HTTPException) -> Response:
    """Answer for the web framework: no such path, method not allowed, body too large."""
    if isinstance(error, RequestRedirect) or error.code is None:
        return Response(error.get_response().get_data(), error.code or 500, error.get_headers())
    code = CODES.get(error.code, error.name.upper().replace(" ", "_"))
    response = problem(error.code, code, error.name, error.description or error.name)
    response.headers.extend([(n, v) for n, v in error.get_headers() if n.lower() in {"allow", "retry-after"}])
    return response


@errors.app_errorhandler(Exception)
def on_bug(error: Exception) -> Response:
    """Answer for a mistake of ours: the traceback goes to the logs, the request's id to the caller."""
    log.error("unexpected error", exc_info=error)
    detail = "Something went wrong on our side; the request id finds it in our logs."
    return problem(500, AllocatorError.code, AllocatorError.title, detail)
