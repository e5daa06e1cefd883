"""Ids that are safe in a URL's path and in a comma-separated list."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import FieldError, InvalidRequest
from app.services.domain.identifiers import is_list_item


def check_names(field: str, names: Sequence[str]) -> None:
    """Check that all names can be ids, see `is_list_item`.

    Raises
    ------
    InvalidRequest
        Naming `field`.
    """
    for name in names:
        if not is_list_item(name):
            message = f"{name!r} is not a valid id: not blank, not '.' or '..', no comma, no leading minus."
            raise InvalidRequest.of(FieldError(field, message))
