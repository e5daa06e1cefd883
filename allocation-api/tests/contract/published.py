"""The vendor's published descriptions, and a client whose answers are held against them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from aladdin_simulator import SimulatorBook, create_simulator
from aladdin_simulator.app import COMPLIANCE_PENDING, utc_now
from tests.unit.simulator.vendor import HEADERS, START

SHARED = Path(os.environ.get("ALLOCATOR_SHARED", Path(__file__).parents[4] / "shared"))
PUBLISHED = SHARED / "aladdin-openapi"
HOST = "https://tenant.example.com"

needs_descriptions = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason=f"the vendor's published API descriptions are not at {PUBLISHED}"
)


class Descriptions:
    """The published descriptions as they are, and their operations by method and path."""

    def __init__(self) -> None:
        self.documents = [json.loads(file.read_text()) for file in sorted(PUBLISHED.glob("*.json"))]

    def operation(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for document in self.documents:
            base = httpx.URL(document["servers"][0]["url"]).path.rstrip("/")
            for template, operations in document["paths"].items():
                pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(base + template))
                if re.fullmatch(pattern, path) and method.lower() in operations:
                    return document, operations[method.lower()]
        raise AssertionError(f"{method} {path} is not published")


class Published(Descriptions):
    """The published descriptions, made strict: finds the schema of an answer and validates the answer.

    `checked` has the status codes and the names of fields that were found right, by operation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.documents = [_strict(document) for document in self.documents]
        self.checked: dict[str, tuple[set[int], set[str]]] = {}
        for document in self.documents:
            _open_asset_types(document["components"]["schemas"])
            # Any message may stand in the place of `Any`.
            document["components"]["schemas"].get("Any", {}).pop("additionalProperties", None)

    def check(self, response: httpx.Response) -> None:
        """Validate status, headers and body of one answer."""
        document, operation = self.operation(response.request.method, sent_path(response.request))
        declared = operation["responses"][str(response.status_code)]
        if "$ref" in declared:
            declared = document["components"]["responses"][declared["$ref"].rpartition("/")[2]]
        for name in declared.get("headers", {}):
            assert response.headers.get(name), f"{name} is missing"
        content = declared["content"]
        assert response.headers["Content-Type"] in content
        schema = content["application/json"]["schema"] | {"components": document["components"]}
        validate(schema, response.json())
        statuses, fields = self.checked.setdefault(operation["operationId"], (set(), set()))
        statuses.add(response.status_code)
        fields.update(names_in(response.json()))

    def check_items(self, path: str, body: dict[str, Any]) -> None:
        """Validate the results of a batch, whose shape the vendor names beside its description."""
        document, operation = self.operation("POST", path)
        shape = operation["responses"]["200"]["x-aladdin-lro"]["response-type"]
        results = {name: value for name, value in body["response"].items() if name != "@type"}
        validate(_strict(shape) | {"components": document["components"]}, results)


def names_in(body: Any) -> set[str]:
    """Return the keys of all objects in a JSON document."""
    if isinstance(body, list):
        return set().union(*(names_in(item) for item in body))
    if isinstance(body, dict):
        return set(body).union(*(names_in(value) for value in body.values()))
    return set()


def example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return a value of a published schema: an object has every property, a list one item."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    match schema:
        case {"enum": [*_, last]}:
            return last
        case {"type": "object"}:
            return {name: example(inner, schemas) for name, inner in schema.get("properties", {}).items()}
        case {"type": "array"}:
            return [example(schema["items"], schemas)]
        case {"type": "string", "format": "date"}:
            return "2025-06-05"
        case {"type": "string", "format": "date-time"}:
            return "2025-06-05T13:30:00Z"
        case {"type": "integer" | "number"}:
            return 7
        case {"type": "boolean"}:
            return True
    return "7"


def writable(schema: Any) -> Any:
    """Return a schema for what a client sends: no unknown keys, and none that only the server may write."""
    if isinstance(schema, list):
        return [writable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: writable(value) for key, value in schema.items() if key != "properties"}
    if "properties" in schema:
        kept = {k: v for k, v in schema["properties"].items() if not v.get("readOnly")}
        copy |= {"properties": {k: writable(v) for k, v in kept.items()}, "additionalProperties": False}
    return copy


def sent_path(request: httpx.Request) -> str:
    """Return the path as it travelled, quoted parts included."""
    return request.url.raw_path.decode().partition("?")[0]


def validate(schema: dict[str, Any], body: Any) -> None:
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema, format_checker=checker).validate(body)


def _strict(schema: Any) -> Any:
    """Return a description in which an object with properties has no others."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        copy.setdefault("additionalProperties", False)
    return copy


def _open_asset_types(schemas: dict[str, Any]) -> None:
    """Say what the vendor meant of a master record's dynamic keys, which it wrote as a property's name."""
    if "SecGroupSecTypeMap" in schemas:
        holder = schemas["SecGroupSecTypeMap"]
        holder["additionalProperties"] = holder["properties"].pop("additionalProperties")


class SteppingClock:
    """Is moved by the test."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def client_of(
    book: SimulatorBook, *, clock: Callable[[], datetime] = utc_now, fill_seconds: float = 0
) -> httpx.Client:
    simulator = create_simulator(book, clock=clock, fill_seconds=fill_seconds)

    def with_flags(environ, start_response):
        """Let compliance time out where a request asks for it."""
        environ[COMPLIANCE_PENDING] = "HTTP_X_TIME_OUT" in environ
        return simulator(environ, start_response)

    transport = httpx.WSGITransport(app=with_flags)
    return httpx.Client(transport=transport, base_url=HOST, headers=HEADERS)
