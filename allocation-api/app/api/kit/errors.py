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
    BodyTooLarge,
    DatabaseUnavailable,
    FieldError,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    NotJson,
)

PROBLEM_JSON = "application/problem+json"
BUG = "Something went wrong on our side; the request id finds it in our logs."
BY_STATUS: Mapping[int, type[AllocatorError]] = {
    error.status: error for error in (MalformedRequest, NotFound, MethodNotAllowed, BodyTooLarge, NotJson)
}
"""Which of our errors a refusal of the web framework is, so that the codes are a closed list."""

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
    document = problem_document(
        status,
        code,
        title,
        detail,
        instance=request.path,
        request_id=request_id(),
        fields=fields,
        extra=extra,
    )
    return Response(current_app.json.dumps(document), status=status, content_type=PROBLEM_JSON)


def problem_document(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    instance: str,
    request_id: str,
    fields: Sequence[FieldError],
    extra: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return a problem document (RFC 9457) with members of its own beside the common ones."""
    document: dict[str, Any] = {
        "type": f"urn:allocator:problem:{code.lower().replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": instance,
        "request_id": request_id,
        "errors": [{"field": error.field, "message": error.message} for error in fields],
    }
    taken = document.keys() & (extra or {}).keys()
    if taken:
        raise ValueError(f"members of a problem document given twice: {sorted(taken)}")
    return document | dict(extra or {})


@errors.app_errorhandler(AllocatorError)
def on_our_error(error: AllocatorError) -> Response:
    """Answer with what the error says of itself."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log(error)
    response = problem(
        error.status, error.code, error.title, error.detail, fields=error.errors, extra=error.extra
    )
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="allocator"'
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(ceil(error.retry_after))
    return response


def _log(error: AllocatorError) -> None:
    """Log a failed request; without a trace where nothing failed and the client only has to come again."""
    if error.expected:
        log.warning("request refused", code=error.code, detail=error.detail)
    else:
        log.error("request failed", code=error.code, detail=error.detail, exc_info=error)


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
    otherwise = AllocatorError if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR else MalformedRequest
    kind = BY_STATUS.get(error.code, otherwise)
    # The framework's own words for an unknown path are for people at a browser.
    detail = f"There is no path {request.path}" if kind is NotFound else error.description or error.name
    response = problem(error.code, kind.code, kind.title, detail)
    response.headers.extend([(n, v) for n, v in error.get_headers() if n.lower() in {"allow", "retry-after"}])
    return response


@errors.app_errorhandler(Exception)
def on_bug(error: Exception) -> Response:
    """Answer for a mistake of ours: the traceback goes to the logs, the request's id to the caller."""
    log.error("unexpected error", exc_info=error)
    return problem(500, AllocatorError.code, AllocatorError.title, BUG)
