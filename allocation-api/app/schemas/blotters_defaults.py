"""Defaults of a blotter: how lines are filled from them, and whose an error is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

MAX_FILLED_VALUES = 500_000
"""Values that the defaults may come to in all lines together."""

MERGED = ("order", "parameters", "constraints")
"""Parts of a line in which single keys come from the defaults; of all others the whole value does."""


def check_size(defaults: Mapping[str, Any], lines: int) -> None:
    """Check that the lines do not become far larger than what was sent: each has all of the defaults."""
    values = _values(defaults)
    if values * lines > MAX_FILLED_VALUES:
        message = (
            f"{values:,} values in each of {lines:,} lines are too many: at most {MAX_FILLED_VALUES:,}. "
            "State lists and weights in the lines that need them."
        )
        raise ValidationError({"defaults": [message]})


def _values(written: Any) -> int:
    found, parts = 0, [written]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            parts += part.values()
        elif isinstance(part, list):
            parts += part
        else:
            found += 1
    return found


def filled(line: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line with what it leaves out from the defaults."""
    found = {**defaults, **line}
    for part in MERGED:
        common, own = defaults.get(part), line.get(part)
        if isinstance(common, dict) and isinstance(own, dict):
            found[part] = {**common, **own}
    return found


def by_origin(
    messages: Mapping[str, Any], line: Mapping[str, Any], defaults: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the errors of a line, and those of what it has from the defaults."""
    own: dict[str, Any] = {}
    common: dict[str, Any] = {}
    for part, found in messages.items():
        if part not in line and part in defaults:
            common[part] = found
        elif part in MERGED and isinstance(found, dict) and isinstance(defaults.get(part), dict):
            written = line[part] if isinstance(line.get(part), dict) else {}
            lent = {key for key in found if key in defaults[part] and key not in written}
            for place, keys in ((common, lent), (own, found.keys() - lent)):
                if keys:
                    place[part] = {key: found[key] for key in found if key in keys}
        else:
            own[part] = found
    return own, common
