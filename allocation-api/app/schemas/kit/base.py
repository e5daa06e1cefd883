"""What every schema shares: unknown keys are refused, responses are complete, additions are marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from marshmallow import INCLUDE, RAISE, Schema, ValidationError, fields, post_load, validates_schema

# For all fields of all schemas, those inside lists and mappings too: the library's own words are not plain.
fields.Field.default_error_messages |= {
    "required": "This field is required.",
    "null": "A value is expected, not null.",
}
fields.String.default_error_messages |= {"invalid": "Text is expected."}
fields.List.default_error_messages |= {"invalid": "A list is expected."}
fields.Mapping.default_error_messages |= {"invalid": "A JSON object is expected."}


class StrictSchema(Schema):
    """A JSON object without unknown keys."""

    class Meta:
        """Unknown keys are an error, and the published schema says so."""

        unknown = RAISE

    error_messages = {  # noqa: RUF012 - the base class declares it per instance
        "unknown": "This field is not known here.",
        "type": "A JSON object is expected.",
    }


class RequestSchema(StrictSchema):
    """A body or a query string; what was read becomes the value object `makes`."""

    makes: ClassVar[type[Any]]

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Turn the validated fields into the value object."""
        return self.makes(**data)


class MapSchema(RequestSchema):
    """A JSON object whose keys the caller names."""

    class Meta:
        """Every key is an entry."""

        unknown = INCLUDE

    @classmethod
    def entries(cls) -> fields.Dict:
        """Return what reads keys and values; `makes` takes its mapping."""
        raise NotImplementedError

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Turn the entries into the value object."""
        return self.makes(self.entries().deserialize(data))


class IntervalSchema(RequestSchema):
    """A request about the days from its `date_from` to its `date_to`, either of which may be open."""

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an interval that ends before it begins."""
        first: date | None = data["date_from"]
        last: date | None = data["date_to"]
        if first and last and first > last:
            raise ValidationError("The date lies before date_from.", "date_to")


class ResponseSchema(StrictSchema):
    """A JSON object that always has all of its fields; what is unknown is null."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002
        """Publish every field as required."""
        field_obj.required = True


def repeated(values: Sequence[str]) -> list[int]:
    """Return the places of the values that stand further ahead already."""
    first: dict[str, int] = {}
    return [place for place, value in enumerate(values) if first.setdefault(value, place) != place]


def doc(text: str, *, example: Any = None, **more: Any) -> dict[str, Any]:
    """Return field metadata for the contract: a description and an example."""
    return {"description": text, **({} if example is None else {"example": example}), **more}


def added(text: str, *, example: Any = None, **more: Any) -> dict[str, Any]:
    """Return metadata of a field that goes beyond the product's original contract."""
    return doc(text, example=example, **more, **{"x-addition": True})


def closed(name: str, text: str, values: Sequence[str]) -> dict[str, Any]:
    """Return metadata of a text of a closed list, published under the list's name with this description."""
    return {"enum": list(values), "x-enum-name": name, "x-enum-description": text}


def widened(text: str, values: Sequence[str], *, example: Any = None, **more: Any) -> dict[str, Any]:
    """Return metadata of an original enum field to which `values` were added."""
    return doc(text, example=example, **more, **{"x-added-values": list(values)})
