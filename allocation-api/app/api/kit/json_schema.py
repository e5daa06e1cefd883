"""The schemas as JSON Schema, for both documents: made by apispec, then corrected where it is loose."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from app.schemas.kit.base import MapSchema
from app.schemas.kit.fields import Code

Convert = Callable[[fields.Field[Any]], dict[str, Any]]
"""Turns a field into the JSON Schema of its values."""

ENUM_NAME = "x-enum-name"
ENUM_DESCRIPTION = "x-enum-description"
ENUM_NAMES = {
    "Action": "AuditAction",
    "AsOf": "PositionBasis",
    "Damage": "AuditDamage",
    "EntityType": "AuditEntityType",
    "Method": "AllocationMethod",
    "Solver": "AllocationSolver",
    "Weighting": "DispersionWeighting",
}
"""Names in the contract of lists whose own name is clear only where it stands; others keep theirs."""

_OF_OBJECTS = {"minLength": "minProperties", "maxLength": "maxProperties"}
LOOSE_NULL = {"type": "object", "nullable": True}
NULL = {"enum": [None], "nullable": True}


def published_doc(kind: type) -> str:
    """Return the docstring of a class without citations of rules, which clients do not have at hand."""
    return re.sub(r" \(R[0-9]+\.[0-9]+(, R[0-9]+\.[0-9]+)*\)", "", inspect.cleandoc(kind.__doc__ or ""))


class DescribedConverter(OpenAPIConverter):
    """apispec's converter, which also gives each schema the docstring of its class as description."""

    def schema2jsonschema(self, schema: Schema | type[Schema]) -> dict[str, Any]:
        """Return the JSON Schema of a schema, with its description."""
        kind = schema if isinstance(schema, type) else type(schema)
        found: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        if issubclass(kind, MapSchema):
            found = self.field2property(kind.entries())
        return {"description": published_doc(kind), **found}


class DescribedPlugin(MarshmallowPlugin):
    """apispec's marshmallow plugin with described schemas."""

    Converter = DescribedConverter


def new_spec(openapi_version: str, **options: Any) -> tuple[APISpec, Convert]:
    """Return an empty document, and what turns a field into JSON Schema in it."""
    plugin = DescribedPlugin(schema_name_resolver=schema_name)
    spec = APISpec("Allocator", "1.0.0", openapi_version, plugins=[plugin], **options)
    converter = cast("OpenAPIConverter", plugin.converter)
    converter.add_attribute_function(_enum_name)  # type: ignore[no-untyped-call]
    return spec, lambda field: cast("dict[str, Any]", tidy(converter.field2property(field)))


def _enum_name(_: OpenAPIConverter, field: fields.Field[Any], **__: Any) -> dict[str, Any]:
    """Return the name and the description under which a field's closed list is published."""
    if not isinstance(field, Code):
        return {}
    kind = field.enum.__name__
    return {
        ENUM_NAME: ENUM_NAMES.get(kind, kind),
        ENUM_DESCRIPTION: published_doc(field.enum),
    }


def with_named_enums(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with every closed list that has a name once, in a component: a type for clients."""
    lists: dict[str, dict[str, Any]] = {}
    named: dict[str, Any] = _refer(document, lists)
    named["components"]["schemas"] |= dict(sorted(lists.items()))
    return named


def _refer(node: Any, lists: dict[str, dict[str, Any]]) -> Any:
    if isinstance(node, list):
        return [_refer(item, lists) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _refer(value, lists) for key, value in node.items()}
    name = found.pop(ENUM_NAME, None)
    if name is None:
        return found
    whole = {
        "type": found.pop("type"),
        "enum": [value for value in found.pop("enum") if value is not None],
        "description": found.pop(ENUM_DESCRIPTION),
    }
    if lists.setdefault(name, whole) != whole:
        raise ValueError(f"two closed lists have the name {name}")
    reference = {"$ref": f"#/components/schemas/{name}"}
    if found.pop("nullable", False):
        return {**found, "anyOf": [reference, dict(NULL)]}
    return {**found, "allOf": [reference]} if found else reference


def with_spelled_defaults(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the defaults of bodies in words, and none where a field is always there.

    Generators of TypeScript take a field with a default for one that is always there, in requests too.
    """
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            default = field.pop("default", None)
            if default not in (None, {}, "") and name not in schema.get("required", ()):
                field["description"] += f" {json.dumps(default)} when left out."
    return document


def schema_name(schema: Schema | type[Schema] | str) -> str:
    """Return a schema's name in the documents: its class without the suffix."""
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def tidy(node: Any) -> Any:
    """Correct what apispec leaves loose: nulls that admit any object, lengths of objects, empty defaults."""
    if isinstance(node, dict):
        if node == LOOSE_NULL:
            return dict(NULL)
        if node.get("type") == "object":
            node = {_OF_OBJECTS.get(key, key): value for key, value in node.items()}
        return {key: tidy(value) for key, value in node.items() if not (key == "default" and value is None)}
    if isinstance(node, list | tuple):
        return [tidy(item) for item in node]
    return str(node) if isinstance(node, str) else node
