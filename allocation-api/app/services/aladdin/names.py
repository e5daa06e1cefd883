"""Ids as they may stand in an address."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import FieldError, InvalidRequest
from app.services.domain.identifiers import is_list_item


def check_names(field: str, names: Sequence[str]) -> None:
    """Refuse what is no id, see `is_list_item`.

    Raises
    ------
    InvalidRequest
        Naming `field`.
    """
    for name in names:
        if not is_list_item(name):
            message = f"{name!r} is not an id: not blank or dots, no comma, no minus in front"
            raise InvalidRequest(message, errors=[FieldError(field, message)])
