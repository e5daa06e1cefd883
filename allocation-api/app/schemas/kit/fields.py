"""Fields for face, prices, money and identifiers: exact types in, JSON numbers out."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Range

from app.core.numbers import FACE_UNIT
from app.services.domain.face import MAX_ORDER_FACE, exact_face
from app.services.domain.identifiers import MAX_ID_LENGTH, PATTERN
from app.services.domain.security_ids import as_written_by_agency
from app.utils.json_text import NotReadable, parse_json
from app.utils.text import VISIBLE_PATTERN, unseen_character

MAX_FACE = MAX_ORDER_FACE
MAX_AMOUNT = "1000000000000000"
"""Largest amount of money, weight or base that is read."""
MAX_DIGITS = 28
"""Significant digits of a number in a request: what decimal arithmetic keeps without rounding."""


class Pattern:
    """A validator for a whole string; `apispec` publishes its `regex`."""

    def __init__(self, regex: str, message: str) -> None:
        self.regex = re.compile(regex)
        self.message = message

    def __call__(self, value: str) -> str:
        """Return the value, or refuse it; unlike `re.match`, a newline at the end does not slip through."""
        if not self.regex.fullmatch(value):
            raise ValidationError(self.message)
        return value


def _is_visible(value: str) -> str:
    found = unseen_character(value)
    if found is not None:
        raise ValidationError(f"The character {found} is not allowed: it does not show, or moves others.")
    return value


def is_encodable(value: str) -> str:
    """Return the text, or refuse it: half of a surrogate pair is no character and has no UTF-8."""
    if any(unicodedata.category(c) == "Cs" for c in value):
        raise ValidationError("The text holds something that is not a character.")
    return value


class Text(fields.String):
    """Free text of bounded length, without characters that do not show."""

    def __init__(self, *, least: int = 0, most: int = 500, **more: Any) -> None:
        bounds = Length(least, most, error=f"Between {least} and {most} characters are expected.")
        metadata = {"pattern": VISIBLE_PATTERN, **more.pop("metadata", {})}
        super().__init__(validate=[bounds, _is_visible], metadata=metadata, **more)


class SearchText(Text):
    """Words to look for; white space and format characters around them are dropped, since cells have them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        around = "".join({c for c in text if c.isspace() or unicodedata.category(c) == "Cf"})
        return text.strip(around) if around else text


class Identifier(fields.String):
    """The id of something: an account, a group, a security, an allocation."""

    def __init__(self, kind: str | None = None, **more: Any) -> None:
        metadata = {**({"format": kind} if kind else {}), **more.pop("metadata", {})}
        check = Pattern(PATTERN, "An id of 1 to 64 printable characters without slash or comma is expected.")
        super().__init__(validate=[Length(1, MAX_ID_LENGTH), check], metadata=metadata, **more)


class Identifiers(fields.String):
    """Ids in a query string, separated by commas: no id contains one. Read as a tuple, each id once."""

    def __init__(self, kind: str, *, most: int, **more: Any) -> None:
        super().__init__(metadata={"format": kind, **more.pop("metadata", {})}, **more)
        self._each, self._most = Identifier(kind), most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        ids = super()._deserialize(value, attr, data, **kwargs).split(",")
        if len(ids) > self._most:
            raise ValidationError(f"At most {self._most} ids are accepted.")
        return tuple(dict.fromkeys(self._each.deserialize(one) for one in ids))


class SecurityId(Identifier):
    """CUSIP, CINS or ISIN of a bond, as it was typed or pasted: case, blanks and dashes are forgiven."""

    def __init__(self, **more: Any) -> None:
        super().__init__("security-id", **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return as_written_by_agency(super()._deserialize(value, attr, data, **kwargs))


class Code(fields.Enum[StrEnum]):
    """A value of a closed list, published once under the list's name.

    What a store holds as text goes out as it is.
    """

    def __init__(self, kind: type[StrEnum], **more: Any) -> None:
        super().__init__(kind, by_value=fields.String, **more)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)


class Flag(fields.Boolean):
    """JSON true or false, and nothing that only resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ValidationError("true or false is expected.")
        return value


class QueryFlag(fields.Boolean):
    """`true` or `false` in a query string, and no other spelling of them."""

    def __init__(self, **more: Any) -> None:
        super().__init__(truthy={"true"}, falsy={"false"}, **more)
        self.error_messages["invalid"] = "true or false is expected."


class IsoDate(fields.Date):
    """A calendar date, written YYYY-MM-DD and no other way."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise ValidationError("A date like 2026-06-30 is expected.")


class UtcTime(fields.DateTime):
    """A moment, written in ISO 8601 in UTC with a Z, and read with any time zone that it names."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            pass
        raise ValidationError("A moment with a time zone is expected, like 2026-06-30T14:00:00Z.")

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else utc_text(value)


def utc_text(moment: datetime) -> str:
    """Return a moment in ISO 8601 in UTC with a Z; one without a time zone is UTC."""
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return utc.isoformat().replace("+00:00", "Z")


def exact_number(value: Any) -> Decimal:
    """Return a JSON number as the decimal that was written; refuse strings, booleans, NaN and infinities."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValidationError("A number is expected.")
    if not math.isfinite(value):
        raise ValidationError("A finite number is expected, not NaN or Infinity.")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number:  # 0E-999999999 is as many characters in a message
        return Decimal(0)
    if abs(number.adjusted()) > 300:  # the range of a 64-bit float
        raise ValidationError("The number is out of range.")
    return number


class WholeNumber(fields.Integer):
    """A JSON integer within bounds; 1000000.0 is one, 0.5, true and "1" are not."""

    def __init__(self, least: int, most: int, **more: Any) -> None:
        self.bounds = Range(least, most, error=f"A whole number from {least:,} to {most:,} is expected.")
        super().__init__(validate=self.bounds, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        number = exact_number(value)
        self.bounds(number)
        if number != number.to_integral_value():
            raise ValidationError(self.bounds.error or "")
        return int(number)


class JsonNumber(fields.Decimal):
    """An exact number that goes out as a JSON number."""

    def _serialize(
        self,
        value: Decimal | float | None,
        attr: str | None,  # noqa: ARG002
        obj: Any,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Any:
        return None if value is None else json_number(value)


class FaceNumber(JsonNumber):
    """Face as a JSON number within bounds: an integer, or with at most four decimals (R1.1).

    No `multipleOf` is published: in binary floating point 3.01 is no multiple of 0.0001.
    """

    def __init__(self, least: int, most: int, **more: Any) -> None:
        self.bounds = Range(least, most, error=f"A whole number from {least:,} to {most:,} is expected.")
        super().__init__(validate=Range(float(FACE_UNIT) if least else 0, most), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        number = exact_number(value)
        if 0 < number <= self.bounds.max and number != number.to_integral_value():
            if number != number.quantize(FACE_UNIT):
                raise ValidationError("A number with at most four decimals is expected.")
            return exact_face(number)
        self.bounds(number)
        return int(number)


class QueryNumber(WholeNumber):
    """A whole number in a query string: decimal digits, nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
            raise ValidationError("A whole number is expected.")
        return super()._deserialize(int(value), attr, data, **kwargs)


class Entries(fields.Dict):
    """A JSON object whose keys the caller names; what is wrong with an entry is told under its key."""

    def __init__(
        self, keys: fields.Field[Any], values: fields.Field[Any], count: Length, **more: Any
    ) -> None:
        super().__init__(keys=keys, values=values, validate=count, **more)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Read the object; raise what is wrong with its entries by key."""
        try:
            return super().deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            messages = {key: _of_entry(**parts) for key, parts in error.messages.items()}
            # What is valid is checked further, so that all errors are told at once.
            raise ValidationError(messages, valid_data=error.valid_data) from error


def _of_entry(key: Sequence[str] = (), value: Sequence[str] | Mapping[str, Any] = ()) -> Any:
    return {"_schema": key, **value} if isinstance(value, Mapping) else [*key, *value]


class QueryJson(fields.String):
    """JSON in a parameter of a query string, read by a field of bodies."""

    def __init__(self, inner: fields.Field[Any], **more: Any) -> None:
        self._inner = inner
        super().__init__(**more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            written = parse_json(text)
        except NotReadable as error:
            raise ValidationError(f"The text {error}.") from None
        return self._inner.deserialize(written)


class Number(JsonNumber):
    """An exact number in, a JSON number out: prices per 100 of face, weights, money."""

    def __init__(
        self, least: str | None = None, most: str | None = None, *, above: str | None = None, **more: Any
    ) -> None:
        low, high = above or least, most
        self.bounds = Range(
            Decimal(low) if low else None,
            Decimal(high) if high else None,
            min_inclusive=above is None,
            error="The number is out of bounds: "
            + (f"more than {above}" if above else f"at least {least}")
            + (f" and at most {most}." if most else "."),
        )
        metadata = {**({"exclusiveMinimum": True} if above else {}), **more.pop("metadata", {})}
        super().__init__(validate=self.bounds if low or high else None, metadata=metadata, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:  # noqa: ARG002
        number = exact_number(value)
        if len(number.as_tuple().digits) > MAX_DIGITS:
            raise ValidationError(f"At most {MAX_DIGITS} digits are accepted.")
        return number


class Real(Number):
    """A number that the kernels use as a 64-bit float: tolerances, durations, spreads."""

    def __init__(
        self, least: str | None = None, most: str | None = None, *, above: str | None = None, **more: Any
    ) -> None:
        super().__init__(least, most, above=above, **more)
        # What is compared is a float, and 0.9999 as one is more than the decimal.
        bounds = self.bounds
        bounds.min, bounds.max = (
            None if each is None else json_number(each) for each in (bounds.min, bounds.max)
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return float(super()._deserialize(value, attr, data, **kwargs))


class QueryDecimal(Number):
    """An exact number in a query string, written as JSON writes one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(written_number(value), attr, data, **kwargs)


class QueryReal(Real):
    """A number in a query string, written as JSON writes one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(written_number(value), attr, data, **kwargs)


def written_number(value: Any) -> Decimal:
    """Return the number that a text of a query string writes as JSON does."""
    if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?", str(value)):
        raise ValidationError("A number is expected.")
    return Decimal(str(value))


def json_number(value: Decimal | float) -> int | float:
    """Return the JSON number: a whole decimal as an integer, everything else as a 64-bit float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
