"""Column types that keep a value exactly, on SQLite, PostgreSQL and Snowflake alike."""

from __future__ import annotations

import decimal
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import DateTime, Dialect, Numeric, Text
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

CENT, FACE_UNIT, PRICE_UNIT = Decimal("0.01"), Decimal("0.0001"), Decimal("0.0000000001")
"""What money, faces and clean prices are stored to a multiple of."""

_DIGITS = decimal.Context(prec=40, traps=[decimal.InvalidOperation])


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment in Python, a naive UTC timestamp in every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive moments: a local time stored as UTC is a wrong audit record."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment must carry its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment its time zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal number of `precision` digits, `scale` of them behind the point, kept to the last one.

    It is NUMERIC on PostgreSQL and Snowflake. SQLite has doubles only, so there it is text, always with all
    its decimals: equal numbers are equal texts. Texts do not sort as numbers do and cannot be added up, so
    SQL may ask whether two are equal and nothing else; the rest is done in Python.

    A number that does not fit is refused, never rounded, and what is read has all its decimals.
    """

    impl = Numeric
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[Decimal]):  # noqa: N801 - SQLAlchemy's name
        """Lets SQL compare for equality alone."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Refuse what text cannot do."""
            if op not in _EQUALITY:
                raise TypeError(
                    f"exact numbers are compared and added up in Python, not in SQL ({op.__name__})"
                )
            return super().operate(op, *other, **kwargs)

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self._unit = Decimal(1).scaleb(-scale)
        self._bound = Decimal(10) ** (precision - scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose text on SQLite."""
        return Text() if dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | str | None:
        """Refuse what cannot be kept: too many digits, no number, a float."""
        if value is None:
            return None
        if not isinstance(value, Decimal | int):
            raise TypeError(f"an exact number is a Decimal, not {type(value).__name__}")
        kept = self._whole(Decimal(value))
        return f"{kept:f}" if dialect.name == "sqlite" else kept

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        """Give the number all its decimals; one that came through a float is none of ours."""
        if value is None:
            return None
        if not isinstance(value, str if dialect.name == "sqlite" else Decimal):
            raise TypeError(f"the database gave a {type(value).__name__} for an exact number")
        return self._whole(Decimal(value))

    def _whole(self, value: Decimal) -> Decimal:
        if not value.is_finite() or abs(value) >= self._bound:
            raise ValueError(f"a number to be stored must be finite and below {self._bound:f}")
        kept = value.quantize(self._unit, context=_DIGITS)
        if kept != value:
            raise ValueError(f"a number to be stored must be a multiple of {self._unit:f}")
        return abs(kept) if kept == 0 else kept  # no database knows a negative zero


_EQUALITY = frozenset(
    {operators.eq, operators.ne, operators.is_, operators.is_not, operators.in_op, operators.not_in_op}
)


class JsonDocument(TypeDecorator[str]):
    """A JSON document as the text that it was written as, in Python and on every database.

    On Snowflake it is a VARIANT, `{"document": ..., "text": "..."}`. A VARIANT orders keys anew and keeps
    numbers in types of its own, so a text can never be had back from it alone; and evidence is its bytes. The
    text is therefore kept as a string beside the document, which is for questions in SQL, such as
    `snapshot:document.accounts[0].account_id::string`. Both are of one value, written by one statement.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose VARIANT on Snowflake, which brings its PARSE_JSON along."""
        if dialect.name != "snowflake":
            return self.impl_instance
        from snowflake.sqlalchemy.custom_types import VARIANT  # noqa: PLC0415 - it takes a second to load

        return VARIANT()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Put the text beside the document on Snowflake."""
        if value is None or dialect.name != "snowflake":
            return value
        return f'{{"document":{value},"text":{msgspec.json.encode(value).decode()}}}'

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Return the text as it was written."""
        if value is None or dialect.name != "snowflake":
            return value if value is None else str(value)
        return str(value["text"])
