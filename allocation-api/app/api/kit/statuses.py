"""Which problems an operation may answer with: what it declares, and what follows from its shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.api.kit.operation import Operation
from app.api.kit.tokens import Access
from app.core.errors import (
    AllocatorError,
    BodyTooLarge,
    DatabaseUnavailable,
    Forbidden,
    InvalidRequest,
    MalformedRequest,
    NotCsv,
    NotFound,
    NotJson,
    Unauthenticated,
)
from app.core.security import Permission
from app.services.requests.errors import (
    CalculationsBusy,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    ServiceBusy,
    TooManyRequests,
)
from app.services.visibility.errors import VisibilityUnknown, WholeDeskOnly


@dataclass(frozen=True, slots=True)
class Failure:
    """An HTTP status that an operation may answer with, what it means there, and by which errors."""

    status: int
    meaning: str
    errors: tuple[type[AllocatorError], ...]


def failures(operation: Operation, *, in_path: bool) -> Iterator[Failure]:
    """Yield what the operation may fail with, by status."""
    found: dict[int, dict[type[AllocatorError], str]] = {}
    for error in _all(operation, in_path=in_path):
        found.setdefault(error.status, {})[error] = _meaning(error, operation)
    for status, errors in sorted(found.items()):
        yield Failure(status, ". ".join(dict.fromkeys(errors.values())), tuple(errors))


def _meaning(error: type[AllocatorError], operation: Operation) -> str:
    needs_permission = error is Forbidden and isinstance(operation.access, Permission)
    return f"{error.title}: {operation.access}" if needs_permission else error.title


def _all(operation: Operation, *, in_path: bool) -> Iterator[type[AllocatorError]]:
    if operation.access is not Access.PUBLIC:
        yield Unauthenticated
    if isinstance(operation.access, Permission):
        yield Forbidden
        yield VisibilityUnknown
    if operation.whole_desk:
        yield WholeDeskOnly
    if in_path:
        yield NotFound
    yield from _of_body(operation)
    yield InvalidRequest
    if operation.idempotent:
        yield IdempotencyKeyInUse
        yield IdempotencyKeyReused
    yield from operation.fails
    if operation.errand is not None:
        yield ServiceBusy
    if operation.calculates:
        yield CalculationsBusy
    if operation.cost:
        yield TooManyRequests
    if operation.access is not Access.PUBLIC:
        yield DatabaseUnavailable
    yield AllocatorError


def _of_body(operation: Operation) -> Iterator[type[AllocatorError]]:
    if operation.body is not None:
        yield MalformedRequest
        yield BodyTooLarge
        yield NotJson
    if operation.takes:
        yield BodyTooLarge
        yield NotCsv
