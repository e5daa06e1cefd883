"""Serialisation compiled from a schema: `Schema.dump`, one field over many objects at a time.

A schema stays the one definition: fields and objects that are not among the plain cases below are left to
it. marshmallow itself takes longer over a thousand rows than the computation of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from types import NoneType
from typing import Any

from marshmallow import Schema, fields
from marshmallow import missing as missing_value
from marshmallow.decorators import POST_DUMP, PRE_DUMP

from app.schemas.kit.fields import Code, Flag, Identifier, Number, Real, Text, WholeNumber, json_number

Column = Callable[[Sequence[Any]], Sequence[Any]]
"""What is dumped of a column: of several objects, or of the values that one field has in them."""

_AS_IS: dict[type[fields.Field[Any]], type] = {
    fields.String: str,
    Identifier: str,
    Text: str,
    fields.Integer: int,
    WholeNumber: int,
    fields.Boolean: bool,
    Flag: bool,
}
"""The type of value that fields of a class dump unchanged; of all classes of fields, None as None."""


class _NotPlainError(Exception):
    """A value is none of the plain cases: its field dumps it."""


class _MissingError(Exception):
    """An object lacks a field: its schema dumps it."""


def compiled(schema: Schema) -> Callable[[Any], Any]:
    """Return a function that gives what `schema.dump` gives of one object, keys in the same order."""
    rows = _objects(schema)
    return lambda value: rows([value])[0]


def _objects(schema: Schema) -> Column:
    def by_schema(objects: Sequence[Any]) -> Sequence[Any]:
        return [schema.dump(one) for one in objects]

    hooks = schema._hooks  # noqa: SLF001 - nothing public says whether there are any
    if hooks[PRE_DUMP] or hooks[POST_DUMP] or not schema.dump_fields:
        return by_schema
    keys = [name if f.data_key is None else f.data_key for name, f in schema.dump_fields.items()]
    columns = [_field(schema, name, field) for name, field in schema.dump_fields.items()]

    def by_column(objects: Sequence[Any]) -> Sequence[Any]:
        # The schema looks for items before attributes.
        if any(hasattr(kind, "__getitem__") for kind in set(map(type, objects))):
            return by_schema(objects)
        try:
            dumped = [column(objects) for column in columns]
        except _MissingError:
            return by_schema(objects)
        return [dict(zip(keys, row, strict=True)) for row in zip(*dumped, strict=True)]

    return by_column


def _field(schema: Schema, name: str, field: fields.Field[Any]) -> Column:
    """Return what a field dumps of objects."""
    attribute = name if field.attribute is None else field.attribute
    read = _by_path(schema, attribute) if "." in attribute else _by_name(attribute)
    convert = _values(field)

    def by_field(objects: Sequence[Any]) -> Sequence[Any]:
        return _complete([field.serialize(name, one, accessor=schema.get_attribute) for one in objects])

    def by_column(objects: Sequence[Any], convert: Column) -> Sequence[Any]:
        try:
            return convert(read(objects))
        except _NotPlainError:
            return by_field(objects)

    return by_field if convert is None else partial(by_column, convert=convert)


def _by_name(attribute: str) -> Column:
    get = attrgetter(attribute)

    def read(objects: Sequence[Any]) -> Sequence[Any]:
        try:
            return list(map(get, objects))
        except AttributeError:
            raise _MissingError from None

    return read


def _by_path(schema: Schema, path: str) -> Column:
    return lambda objects: _complete([schema.get_attribute(one, path, missing_value) for one in objects])


def _complete(values: Sequence[Any]) -> Sequence[Any]:
    if any(value is missing_value for value in values):
        raise _MissingError
    return values


def _values(field: fields.Field[Any]) -> Column | None:
    """Return what a field dumps of values, None where it has a way of its own."""
    kind = type(field)
    if kind in _AS_IS and not getattr(field, "as_string", False):
        return _as_is(_AS_IS[kind])
    if kind in _CONVERTED:
        return _CONVERTED[kind]
    if isinstance(field, fields.Nested) and kind is fields.Nested:
        return None if field.many or field.schema.many else _present(_objects(field.schema))
    if isinstance(field, fields.List) and kind is fields.List:
        inner = _values(field.inner)
        return None if inner is None else _lists(inner)
    if isinstance(field, fields.Dict) and kind is fields.Dict:
        plain = type(field.key_field) is fields.String and field.value_field is None
        return _mappings if plain else None
    return None


def _as_is(kind: type) -> Column:
    plain = {kind, NoneType}

    def column(values: Sequence[Any]) -> Sequence[Any]:
        if not plain.issuperset(map(type, values)):
            raise _NotPlainError
        return values

    return column


def _numbers(values: Sequence[Any]) -> Sequence[Any]:
    if not {float, int, NoneType}.issuperset(map(type, values)):
        return [None if value is None else json_number(value) for value in values]
    return values


def _codes(values: Sequence[Any]) -> Sequence[Any]:
    return [None if value is None else str(value) for value in values]


_CONVERTED: dict[type[fields.Field[Any]], Column] = {Number: _numbers, Real: _numbers, Code: _codes}
"""What fields of a class dump of values, one by one."""


def _present(rows: Column) -> Column:
    def column(values: Sequence[Any]) -> Sequence[Any]:
        dumped = iter(rows([value for value in values if value is not None]))
        return [None if value is None else next(dumped) for value in values]

    return column


def _lists(inner: Column) -> Column:
    def column(values: Sequence[Any]) -> Sequence[Any]:
        dumped = iter(inner(list(chain.from_iterable(value for value in values if value is not None))))
        return [None if value is None else [next(dumped) for _ in value] for value in values]

    return column


def _mappings(values: Sequence[Any]) -> Sequence[Any]:
    if any(value is not None and not {str}.issuperset(map(type, value)) for value in values):
        raise _NotPlainError
    return [None if value is None else dict(value) for value in values]
