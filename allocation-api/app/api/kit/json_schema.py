"""The schemas as JSON Schema, for both documents: made by apispec, then corrected where it is loose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

Convert = Callable[[fields.Field[Any]], dict[str, Any]]
"""Turns a field into the JSON Schema of its values."""

LOOSE_NULL = {"type": "object", "nullable": True}
NULL = {"enum": [None], "nullable": True}


def new_spec(openapi_version: str, **options: Any) -> tuple[APISpec, Convert]:
    """Return an empty document, and what turns a field into JSON Schema in it."""
    plugin = MarshmallowPlugin(schema_name_resolver=schema_name)
    spec = APISpec("Allocator", "1.0.0", openapi_version, plugins=[plugin], **options)
    converter = cast("OpenAPIConverter", plugin.converter)
    return spec, lambda field: cast("dict[str, Any]", tidy(converter.field2property(field)))


def schema_name(schema: Schema | type[Schema] | str) -> str:
    """Return a schema's name in the documents: its class without the suffix."""
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def tidy(node: Any) -> Any:
    """Correct what apispec leaves loose: a null that admits any object, a default that says nothing."""
    if isinstance(node, dict):
        if node == LOOSE_NULL:
            return dict(NULL)
        return {key: tidy(value) for key, value in node.items() if not (key == "default" and value is None)}
    if isinstance(node, list | tuple):
        return [tidy(item) for item in node]
    return str(node) if isinstance(node, str) else node
