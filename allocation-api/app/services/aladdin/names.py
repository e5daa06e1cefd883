"""Ids as they may be sent."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import FieldError, InvalidRequest


def check_names(field: str, names: Sequence[str]) -> None:
    """Refuse what would change the meaning of a comma-separated list (a leading minus excludes a group).

    Raises
    ------
    InvalidRequest
        Naming `field`.
    """
    for name in names:
        if not name.strip() or "," in name or name.startswith("-"):
            message = f"{name!r} is not an id: it must not be blank, hold a comma or start with a minus"
            raise InvalidRequest(message, errors=[FieldError(field, message)])
