"""Column types that store values exactly, on SQLite, PostgreSQL and Snowflake alike."""

from __future__ import annotations

import base64
import decimal
import zlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import DateTime, Dialect, Numeric, Text
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

_DIGITS = decimal.Context(prec=40, traps=[decimal.InvalidOperation])


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware UTC datetime in Python, a naive UTC timestamp in every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive datetimes, since a local time stored as UTC would falsify the audit trail."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime to be stored must have a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the datetime with its time zone, UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Exact(TypeDecorator[Decimal]):
    """Exact decimal number of `precision` digits, `scale` of them after the point.

    NUMERIC on PostgreSQL and Snowflake; text with all its decimals on SQLite, which has only doubles. Texts
    neither sort nor add up as numbers do, so SQL may only compare for equality; Python does the rest.

    A number that does not fit is refused, never rounded, and a number that is read has all its decimals.
    """

    impl = Numeric
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[Decimal]):  # noqa: N801 - SQLAlchemy's name
        """Allows only comparison for equality in SQL."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Refuse every operation but equality, since the column may be text."""
            if op not in _EQUALITY:
                raise TypeError(
                    f"exact numbers are compared and added up in Python, not in SQL ({op.__name__})"
                )
            return super().operate(op, *other, **kwargs)

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.precision, self.scale = precision, scale
        self._unit = Decimal(1).scaleb(-scale)
        self._bound = Decimal(10) ** (precision - scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return TEXT for SQLite, NUMERIC for the others."""
        return Text() if dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | str | None:
        """Refuse what cannot be stored exactly: too many digits, NaN or infinity, a float."""
        if value is None:
            return None
        if not isinstance(value, Decimal | int):
            raise TypeError(f"an exact number is a Decimal, not {type(value).__name__}")
        kept = self._exact(Decimal(value))
        return f"{kept:f}" if dialect.name == "sqlite" else kept

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        """Return the number with all its decimals; refuse one that the driver returns as a float."""
        if value is None:
            return None
        if not isinstance(value, str if dialect.name == "sqlite" else Decimal):
            raise TypeError(f"the database returned a {type(value).__name__} for an exact number")
        return self._exact(Decimal(value))

    def _exact(self, value: Decimal) -> Decimal:
        if not value.is_finite() or abs(value) >= self._bound:
            raise ValueError(f"a number to be stored must be finite and below {self._bound:f}")
        kept = value.quantize(self._unit, context=_DIGITS)
        if kept != value:
            raise ValueError(f"a number to be stored must be a multiple of {self._unit:f}")
        return abs(kept) if kept == 0 else kept  # databases have no negative zero


_EQUALITY = frozenset(
    {operators.eq, operators.ne, operators.is_, operators.is_not, operators.in_op, operators.not_in_op}
)


PACKED = "zlib:"
"""Beginning of a compressed document; no JSON begins so, which tells it from one that is stored as it is."""

PACKED_CHARACTERS = 1_000
"""Length from which a document is compressed; shorter ones would gain little."""

FASTEST = 1
"""Compression level: the slower ones save a tenth more, and take up to five times as long."""


def packed(text: str) -> str:
    """Return a document as SQLite and PostgreSQL store it: DEFLATE in base64, or as it is where it is short.

    Base64 keeps it a text on both, so that no dump, copy or tool can spoil it.
    """
    if len(text) < PACKED_CHARACTERS:
        return text
    return PACKED + base64.b64encode(zlib.compress(text.encode(), FASTEST)).decode()


def unpacked(stored: str) -> str:
    """Return the document that was stored; a text that cannot be decompressed is returned as it is.

    Somebody has changed such a text: its hash differs from the recorded one, and that is what is reported.
    """
    if not stored.startswith(PACKED):
        return stored
    try:
        return zlib.decompress(base64.b64decode(stored.removeprefix(PACKED), validate=True)).decode()
    except (ValueError, zlib.error):
        return stored


class JsonDocument(TypeDecorator[str]):
    """A JSON document whose text is preserved byte for byte, on every database.

    SQLite and PostgreSQL hold it compressed. Snowflake compresses what it stores by itself; there it is a
    VARIANT, `{"document": ..., "text": "..."}`. A VARIANT reorders keys and converts numbers, so it cannot
    return the original text, whose bytes are the evidence. The text is therefore stored as a string beside
    the document, which is for queries in SQL, such as `snapshot:document.accounts[0].account_id::string`.
    Both come from one value, by one statement.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return VARIANT for Snowflake, which adds PARSE_JSON by itself, TEXT for the others."""
        if dialect.name != "snowflake":
            return self.impl_instance
        from snowflake.sqlalchemy.custom_types import VARIANT  # noqa: PLC0415 - it takes a second to load

        return VARIANT()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Compress the text; on Snowflake, add it to the document."""
        if value is None:
            return None
        if dialect.name != "snowflake":
            return packed(value)
        return f'{{"document":{value},"text":{msgspec.json.encode(value).decode()}}}'

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Return the original text."""
        if value is None:
            return None
        return str(value["text"]) if dialect.name == "snowflake" else unpacked(str(value))
