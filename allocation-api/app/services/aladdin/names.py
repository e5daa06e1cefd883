"""Ids that are safe in a URL's path and in a comma-separated list."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.errors import FieldError, InvalidRequest


def is_name(text: str) -> bool:
    """Return whether a text can be an id: it must change neither a list of ids nor a path that it is put in.

    Commas separate ids, a leading minus excludes a group, and dots alone are steps in a path.
    """
    return bool(text.strip()) and "," not in text and not text.startswith("-") and text not in {".", ".."}


def check_names(field: str, names: Sequence[str]) -> None:
    """Check that all names can be ids, see `is_name`.

    Raises
    ------
    InvalidRequest
        Naming `field`.
    """
    for name in names:
        if not is_name(name):
            message = f"{name!r} is not a valid id: not blank, not '.' or '..', no comma, no leading minus."
            raise InvalidRequest(message, errors=[FieldError(field, message)])
