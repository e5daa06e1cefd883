"""Preferences of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from app.schemas.kit.base import RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import UtcTime, WholeNumber, exact_number, is_encodable, json_number
from app.services.preferences.preferences import MAX_VALUE_BYTES

MAX_DEPTH = 32
"""Levels of objects and lists in a value."""

MAX_VERSION = 1_000_000_000


class JsonObject(fields.Dict):
    """A JSON object whose keys and values the caller chooses; every number in it is one of JavaScript's."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        read = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        found: dict[str, Any] = _plain(read, MAX_DEPTH)
        return found


def _plain(value: Any, levels: int) -> Any:
    """Return a JSON value of plain numbers and text, or refuse it."""
    if isinstance(value, dict | list) and not levels:
        raise ValidationError(f"At most {MAX_DEPTH} levels of objects and lists are kept.")
    if isinstance(value, dict):
        return {is_encodable(key): _plain(below, levels - 1) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(below, levels - 1) for below in value]
    if isinstance(value, str):
        return is_encodable(value)
    return value if value is None or isinstance(value, bool) else json_number(exact_number(value))


@dataclass(frozen=True, slots=True)
class PutPreference:
    """A value to be kept, in the place of a version; None is any."""

    value: Mapping[str, Any]
    version: int | None


class PutPreferenceSchema(RequestSchema):
    """A value to be kept."""

    makes = PutPreference

    value = JsonObject(
        required=True,
        metadata=added(
            f"Any JSON object of at most {MAX_VALUE_BYTES:,} bytes without blanks.",
            example={"columns": ["account_id", "quantity"]},
        ),
    )
    version = WholeNumber(
        0,
        MAX_VERSION,
        load_default=None,
        allow_none=True,
        metadata=added(
            "The version that this replaces, 0 for none yet: refused with a 409 where another one is stored. "
            "Without it, whatever is stored is replaced.",
            example=3,
        ),
    )


class PreferenceSchema(ResponseSchema):
    """A preference of the user who asks."""

    name = fields.String(metadata=doc("Its name.", example="orders.columns"))
    value = fields.Dict(
        keys=fields.String(),
        metadata=doc("The JSON object that was kept.", example={"columns": ["account_id", "quantity"]}),
    )
    version = fields.Integer(metadata=doc("How often it was stored.", example=3))
    updated_at = UtcTime(metadata=doc("When it was stored, in UTC."))


class PreferencesSchema(ResponseSchema):
    """All preferences of the user who asks."""

    preferences = fields.List(fields.Nested(PreferenceSchema), metadata=doc("The preferences, by name."))


class DeletedPreferenceSchema(ResponseSchema):
    """What was deleted."""

    name = fields.String(metadata=doc("Name of the preference.", example="orders.columns"))
