"""Ids as they may stand in an address."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import FieldError, InvalidRequest


def is_name(text: str) -> bool:
    """Say whether a text can be an id: neither part of a list nor of a path may change its meaning.

    Commas separate ids, a leading minus excludes a group, and dots alone are steps in a path.
    """
    return bool(text.strip()) and "," not in text and not text.startswith("-") and text not in {".", ".."}


def check_names(field: str, names: Sequence[str]) -> None:
    """Refuse what is no id, see `is_name`.

    Raises
    ------
    InvalidRequest
        Naming `field`.
    """
    for name in names:
        if not is_name(name):
            message = f"{name!r} is not an id: not blank or dots, no comma, no minus in front"
            raise InvalidRequest(message, errors=[FieldError(field, message)])
