"""Base of all error classes; the API turns each into a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

REFUSAL = "allocator.refusal"
"""Key in the WSGI environment: the error with which the HTTP server refuses a request."""

MAX_ERRORS = 100
"""Wrong fields that a problem document lists."""

MAX_FIELDS_IN_WORDS = 3
"""Invalid fields that the detail of an error names; its list of errors has them all."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One invalid field: its JSON path, such as `order.quantity`, and a message."""

    field: str
    message: str


class AllocatorError(Exception):
    """Base of every error that the service raises deliberately.

    Parameters
    ----------
    detail : str
        Explanation for the user.
    errors : sequence of FieldError
        Invalid fields, if any.
    extra : mapping
        Extension members of the problem document, such as numbers and ids.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    title: ClassVar[str] = "Internal error"
    retry_after: float | None = None
    """Seconds after which a retry may succeed, for the `Retry-After` header; None if not known."""
    expected: bool = False
    """Whether nothing has failed and the client only has to come again: it is logged without a trace."""

    def __init__(
        self, detail: str, *, errors: Sequence[FieldError] = (), extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


# --- the caller's input -------------------------------------------------------------------------------------


class InvalidRequest(AllocatorError):
    """The request is well formed, but a field is invalid."""

    status, code, title = 422, "INVALID_REQUEST", "The request is not valid"

    @classmethod
    def of(cls, *errors: FieldError) -> Self:
        """Return the error for these invalid fields; it lists the first `MAX_ERRORS` of them."""
        return cls(field_detail(errors), errors=errors[:MAX_ERRORS])


def field_detail(errors: Sequence[FieldError]) -> str:
    """Return the first invalid fields in words, and how many more there are."""
    sentences = [f"{error.field}: {error.message}" for error in errors[:MAX_FIELDS_IN_WORDS]]
    more = len(errors) - len(sentences)
    if more:
        sentences.append(f"And {more} more, see errors.")
    return " ".join(sentences)


class MalformedRequest(AllocatorError):
    """The body is not JSON."""

    status, code, title = 400, "MALFORMED_REQUEST", "The request cannot be read"


class MethodNotAllowed(AllocatorError):
    """The path does not know this method; the header `Allow` names those that it knows."""

    status, code, title = 405, "METHOD_NOT_ALLOWED", "The path does not know this method"


class BodyTooLarge(AllocatorError):
    """The body is longer than the service reads."""

    status, code, title = 413, "REQUEST_ENTITY_TOO_LARGE", "The body is too large"


class RequestTimedOut(AllocatorError):
    """Headers or body of the request did not come within their time."""

    status, code, title = 408, "REQUEST_TIMED_OUT", "The request did not come in time"


class UriTooLong(AllocatorError):
    """The request line is longer than the server reads."""

    status, code, title = 414, "URI_TOO_LONG", "The address is too long"


class HeadersTooLarge(AllocatorError):
    """The headers are longer than the server reads."""

    status, code, title = 431, "HEADERS_TOO_LARGE", "The headers are too large"


class NotJson(AllocatorError):
    """The body must be of type application/json."""

    status, code, title = 415, "UNSUPPORTED_MEDIA_TYPE", "The body is not of type application/json"


class NotCsv(AllocatorError):
    """The body is a file of a type that is not read here."""

    status, code, title = 415, "BODY_NOT_CSV", "The body is a file of another type"


class NotFound(AllocatorError):
    """The resource does not exist, or is hidden from the caller."""

    status, code, title = 404, "NOT_FOUND", "Not found"


class Unauthenticated(AllocatorError):
    """The token is missing, invalid, expired or revoked."""

    status, code, title = 401, "UNAUTHENTICATED", "Authentication required"


class Forbidden(AllocatorError):
    """The token is valid, but lacks the permission."""

    status, code, title = 403, "FORBIDDEN", "Permission missing"


class Conflict(AllocatorError):
    """The resource is not in a state that allows the operation."""

    status, code, title = 409, "CONFLICT", "Not possible in this state"


# --- the data -----------------------------------------------------------------------------------------------


class DataMissing(AllocatorError):
    """A number that the calculation needs is missing at its source."""

    status, code, title = 422, "DATA_MISSING", "Data that the calculation needs is missing"


# --- the service --------------------------------------------------------------------------------------------


class NotReady(AllocatorError):
    """A dependency that the service needs does not answer."""

    status, code, title = 503, "NOT_READY", "The service is not ready"


class DatabaseUnavailable(AllocatorError):
    """The database is down, failing or overloaded; the current unit of work is not stored."""

    status, code, title = 503, "DATABASE_UNAVAILABLE", "The database is not available"
    retry_after = 5.0
