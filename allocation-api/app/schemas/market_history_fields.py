"""Fields of market history: symbols, lists in a query string, and columns of numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length

from app.schemas.kit.base import added
from app.schemas.kit.fields import Pattern
from app.services.market_history.types import MAX_ASSETS

SYMBOL = r"[A-Za-z0-9][A-Za-z0-9._:/^=+-]{0,31}"
SYMBOL_MESSAGE = "A symbol of 1 to 32 letters, digits and . _ : / ^ = + - is expected."
ASSETS = f"Symbols, at most {MAX_ASSETS}."
EXAMPLE_ASSETS = ("EQ-US-LARGE", "BD-GOVT-LONG", "CM-GOLD")


class Symbol(fields.String):
    """The symbol of an asset, in the case in which it was imported."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=Pattern(f"^{SYMBOL}$", SYMBOL_MESSAGE), **more)


class CommaList(fields.String):
    """Values in a query string, separated by commas, each read by a field; read as a tuple, each once."""

    def __init__(self, inner: fields.Field[Any], *, most: int, **more: Any) -> None:
        super().__init__(**more)
        self._inner, self._most = inner, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        parts = super()._deserialize(value, attr, data, **kwargs).split(",")
        if len(parts) > self._most:
            raise ValidationError(f"Between 1 and {self._most} values are expected.")
        found, messages = [], []
        for part in parts:
            try:
                found.append(self._inner.deserialize(part))
            except ValidationError as error:
                messages += [f"{part!r}: {message}" for message in error.messages]
        if messages:
            raise ValidationError(messages)
        return tuple(dict.fromkeys(found))


class JsonList(fields.List[Any]):
    """Values in a body; read as a tuple, each once."""

    def __init__(self, inner: fields.Field[Any], *, most: int, least: int = 1, **more: Any) -> None:
        words = f"Between {least} and {most} values are expected."
        super().__init__(inner, validate=Length(least, most, error=words), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(dict.fromkeys(super()._deserialize(value, attr, data, **kwargs)))


class Column(fields.List[Any]):
    """A long list that is dumped as it is: its values are plain numbers and None."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return value


class Moment(fields.AwareDateTime):
    """A moment with its time zone, such as 2026-06-30T12:00:00Z."""

    default_error_messages = {  # noqa: RUF012 - the base class declares it per class
        "invalid": "A moment like 2026-06-30T12:00:00Z is expected.",
        "invalid_awareness": "A moment with its time zone is expected, such as 2026-06-30T12:00:00Z.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except OverflowError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None


def assets_in_query() -> CommaList:
    """Return the field of the assets of a query string."""
    example = ",".join(EXAMPLE_ASSETS)
    text = f"{ASSETS} Separated by commas."
    return CommaList(Symbol(), most=MAX_ASSETS, required=True, metadata=added(text, example=example))


def assets_in_body() -> JsonList:
    """Return the field of the assets of a body."""
    return JsonList(
        Symbol(), most=MAX_ASSETS, required=True, metadata=added(ASSETS, example=list(EXAMPLE_ASSETS))
    )


def known_at() -> Moment:
    """Return the field of the moment whose knowledge counts."""
    text = "What arrived later is left out, so that an earlier answer can be repeated; by default now."
    return Moment(load_default=None, metadata=added(text))
