"""The one error tree. A class says whose fault it is; the HTTP edge turns it into a problem document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its JSON path (`order.quantity`) and what is wrong with it."""

    field: str
    message: str


class AllocatorError(Exception):
    """Base of every error that the system raises on purpose.

    Parameters
    ----------
    detail : str
        What happened, in words for the person who asked.
    errors : sequence of FieldError
        The fields at fault, where there are any.
    extra : mapping
        Further members of the problem document: numbers, ids.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    title: ClassVar[str] = "Internal error"
    retry_after: float | None = None
    """Seconds after which it is worth trying again, where that is known."""

    def __init__(
        self, detail: str, *, errors: Sequence[FieldError] = (), extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


# --- the caller's input -------------------------------------------------------------------------------------


class InvalidRequest(AllocatorError):
    """The request can be read, but a field of it is wrong."""

    status, code, title = 422, "INVALID_REQUEST", "The request is not valid"


class MalformedRequest(AllocatorError):
    """The body cannot be read as JSON."""

    status, code, title = 400, "MALFORMED_REQUEST", "The request cannot be read"


class MethodNotAllowed(AllocatorError):
    """The path does not know this method; the header `Allow` names those that it knows."""

    status, code, title = 405, "METHOD_NOT_ALLOWED", "The path does not know this method"


class BodyTooLarge(AllocatorError):
    """The body is longer than the service reads."""

    status, code, title = 413, "REQUEST_ENTITY_TOO_LARGE", "The body is too large"


class NotJson(AllocatorError):
    """The body must be of type application/json."""

    status, code, title = 415, "UNSUPPORTED_MEDIA_TYPE", "The body is not of type application/json"


class NotFound(AllocatorError):
    """The thing that the path names does not exist, or the caller may not see it."""

    status, code, title = 404, "NOT_FOUND", "Not found"


class Unauthenticated(AllocatorError):
    """No token, or one that does not hold."""

    status, code, title = 401, "UNAUTHENTICATED", "Authentication required"


class Forbidden(AllocatorError):
    """The token holds, but lacks the permission."""

    status, code, title = 403, "FORBIDDEN", "Permission missing"


class Conflict(AllocatorError):
    """The thing is not in a state in which this can be done."""

    status, code, title = 409, "CONFLICT", "Not possible in this state"


# --- the data -----------------------------------------------------------------------------------------------


class DataMissing(AllocatorError):
    """A number that the calculation needs does not exist at its source."""

    status, code, title = 422, "DATA_MISSING", "Data that the calculation needs is missing"


# --- ourselves ----------------------------------------------------------------------------------------------


class NotReady(AllocatorError):
    """Something that the service cannot work without does not answer."""

    status, code, title = 503, "NOT_READY", "The service cannot work at the moment"


class DatabaseUnavailable(AllocatorError):
    """The database is away, fails, or has too much to do; what was not stored by then is not stored."""

    status, code, title = 503, "DATABASE_UNAVAILABLE", "The database cannot be used at the moment"
    retry_after = 5.0
