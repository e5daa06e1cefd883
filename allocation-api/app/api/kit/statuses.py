"""Which problems an operation may answer with: what it declares, and what follows from its shape."""

from __future__ import annotations

from collections.abc import Iterator

from app.api.kit.operation import Operation
from app.api.kit.tokens import Access
from app.core.errors import (
    AllocatorError,
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyInUse,
    IdempotencyKeyReused,
    InvalidRequest,
    MalformedRequest,
    NotFound,
    Unauthenticated,
)
from app.core.security import Permission

BODY_TOO_LARGE = (413, "The body is too large")
NOT_JSON = (415, "The body is not of type application/json")


def failures(operation: Operation, *, in_path: bool) -> Iterator[tuple[int, str]]:
    """Yield HTTP status and meaning of every problem that the operation may answer with, by status."""
    meanings: dict[int, list[str]] = {}
    for status, meaning in _all(operation, in_path=in_path):
        known = meanings.setdefault(status, [])
        if meaning not in known:
            known.append(meaning)
    for status in sorted(meanings):
        yield status, ". ".join(meanings[status])


def _all(operation: Operation, *, in_path: bool) -> Iterator[tuple[int, str]]:
    if operation.access is not Access.PUBLIC:
        yield _of(Unauthenticated)
    if isinstance(operation.access, Permission):
        yield Forbidden.status, f"{Forbidden.title}: {operation.access}"
    if in_path:
        yield _of(NotFound)
    if operation.body is not None:
        yield _of(MalformedRequest)
        yield BODY_TOO_LARGE
        yield NOT_JSON
    yield _of(InvalidRequest)
    if operation.idempotent:
        yield _of(IdempotencyKeyInUse)
        yield _of(IdempotencyKeyReused)
    for error in operation.fails:
        yield _of(error)
    if operation.access is not Access.PUBLIC:
        yield _of(DatabaseUnavailable)
    yield _of(AllocatorError)


def _of(error: type[AllocatorError]) -> tuple[int, str]:
    return error.status, error.title
