"""The contract: an OpenAPI 3.0 document made from the declared operations and their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from flask_restx import Namespace

from app.api.kit.csv import CSV
from app.api.kit.errors import PROBLEM_JSON
from app.api.kit.event_stream import EVENT_STREAM
from app.api.kit.idempotency import DECIDED, HEADER, KEY_DESCRIPTION, KEY_SCHEMA, REPLAYED
from app.api.kit.json_lines import JSON_LINES
from app.api.kit.json_schema import (
    Convert,
    new_spec,
    published_doc,
    schema_name,
    tidy,
    with_named_enums,
    with_spelled_defaults,
)
from app.api.kit.limits import LEFT_HEADER, POLICY_HEADER
from app.api.kit.operation import Operation
from app.api.kit.parameters import path_field
from app.api.kit.problems import EXAMPLE_ID, add_problems, problem_example
from app.api.kit.routes import Route, routes
from app.api.kit.statuses import Failure, failures
from app.api.kit.tokens import Access

DESCRIPTION = """\
Splits one block order of a bond over client accounts, previews the split, commits it to Aladdin, and keeps
what is needed to prove why.

To try it here: **POST auth/login** with `demo_user` / `demo_password` (development only), copy `access_token`
from the answer, press **Authorize** and paste it. Then search a bond, preview an order for the group
`PUBLICPRE`, and commit it with the `allocation_id` from the preview.

Units: quantities are face in the bond's currency; prices and accrued are per 100 of face; money is in the
account's currency; durations are in years, OAS in basis points; weights and rates are fractions.
Every error is a problem document (RFC 9457) with a `code` and, where a field is wrong, its path in `errors`.
Large answers to a GET are compressed with gzip for clients that accept it, and carry an `ETag`.
What goes beyond the product's original contract is marked `x-addition` (fields, parameters, operations) or
`x-added-values` (values of an enum).
"""
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The `access_token` of POST auth/login.",
}
REQUEST_ID = {
    "description": "The request's id: the client's X-Request-ID where it is sane, else a new one.",
    "required": True,
    "schema": {"type": "string"},
}
CHALLENGE = {
    "description": "The scheme to authenticate with.",
    "required": True,
    "schema": {"type": "string"},
}
RETRY_AFTER = {
    "description": "Seconds after which it is worth trying again, where that is known.",
    "schema": {"type": "integer"},
}
RATE_LIMIT_POLICY = {
    "description": 'What one user may ask for: `"default";q=600;w=60` is 600 units in any 60 seconds.',
    "schema": {"type": "string"},
}
RATE_LIMIT = {
    "description": 'What is left: `"default";r=570;t=12` is 570 units, and more in 12 seconds.',
    "schema": {"type": "string"},
}
REPLAYED_ANSWER = {
    "description": "`true` on the stored answer to an earlier request under the same Idempotency-Key.",
    "schema": {"type": "string", "enum": ["true"]},
}
ETAG = {
    "description": "Names a large answer: where it is sent as If-None-Match, the same answer is a 304.",
    "schema": {"type": "string"},
}
NOT_MODIFIED = {
    "description": "The answer is the one whose ETag was sent as If-None-Match.",
    "headers": {
        "X-Request-ID": {"$ref": "#/components/headers/RequestId"},
        "ETag": {"$ref": "#/components/headers/ETag"},
    },
}
REDIRECTED = {
    "description": "Where the browser goes.",
    "headers": {
        "X-Request-ID": {"$ref": "#/components/headers/RequestId"},
        "Location": {"required": True, "description": "The address.", "schema": {"type": "string"}},
    },
}
KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": KEY_DESCRIPTION,
    "x-addition": True,
    "schema": KEY_SCHEMA,
}
RETRIED = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
"""Statuses of what may pass by itself; so may a key that is in use."""


@cache
def build_openapi(versioned: tuple[Namespace, ...], at_root: tuple[Namespace, ...]) -> dict[str, Any]:
    """Return the whole document: namespaces under the version's prefix, and those at the root.

    It is built once for the same namespaces; nobody may change it.
    """
    spec, convert = new_spec(
        "3.0.3",
        info={"description": DESCRIPTION},
        servers=[
            {"url": "/v1", "description": "The API"},
            {"url": "/api/v1", "description": "The same, for clients that are served beside it"},
        ],
        tags=[{"name": ns.name, "description": ns.description} for ns in (*versioned, *at_root)],
    )
    spec.components.security_scheme("bearer", BEARER)
    spec.components.header("RequestId", REQUEST_ID)
    spec.components.header("Challenge", CHALLENGE)
    spec.components.header("RetryAfter", RETRY_AFTER)
    spec.components.header("RateLimitPolicy", RATE_LIMIT_POLICY)
    spec.components.header("RateLimit", RATE_LIMIT)
    spec.components.header("Replayed", REPLAYED_ANSWER)
    spec.components.header("ETag", ETAG)
    add_problems(spec)
    for prefix, namespaces in (("/v1", versioned), ("", at_root)):
        for route in routes(namespaces):
            spec.path(path=route.path, operations=_operations(spec, convert, route, prefix))
    document = with_named_enums(with_spelled_defaults(tidy(spec.to_dict())))
    for route in routes(at_root):
        document["paths"][route.path]["servers"] = [{"url": "/"}]
    return document


def _operations(spec: APISpec, convert: Convert, route: Route, prefix: str) -> dict[str, Any]:
    return {
        method: _operation(spec, convert, route, prefix, method, declared)
        for method, declared in route.endpoint.operations.items()
    }


def _operation(
    spec: APISpec, convert: Convert, route: Route, prefix: str, method: str, declared: Operation
) -> dict[str, Any]:
    path = prefix + _example_path(route)
    documented: dict[str, Any] = {
        "operationId": declared.name,
        "summary": declared.summary,
        "tags": [route.namespace.name],
        "security": [] if declared.access is Access.PUBLIC else [{"bearer": []}],
        "responses": {
            **_successes(spec, method, declared),
            **{
                str(failure.status): _failure(spec, path, declared, failure)
                for failure in failures(declared, in_path=bool(route.path_parameters))
            },
        },
    }
    if declared.description:
        documented["description"] = declared.description
    parameters = [*_path_parameters(convert, route), *_query_parameters(convert, declared)]
    if declared.idempotent:
        parameters.append(KEY_PARAMETER)
    if parameters:
        documented["parameters"] = parameters
    if declared.body is not None or declared.takes:
        documented["requestBody"] = _body(spec, declared)
    if declared.addition:
        documented["x-addition"] = True
    if not isinstance(declared.access, Access):
        documented["x-permission"] = declared.access.value
    if declared.whole_desk:
        documented["x-whole-desk"] = True
    if declared.may_need:
        documented["x-may-need-permissions"] = {p.value: when for p, when in declared.may_need.items()}
    return documented


def _path_parameters(convert: Convert, route: Route) -> Iterator[dict[str, Any]]:
    for name in route.path_parameters:
        schema = convert(path_field(name))
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": schema.pop("description"),
            "schema": schema,
        }


def _query_parameters(convert: Convert, declared: Operation) -> Iterator[dict[str, Any]]:
    for name, field in declared.parameters:
        schema = convert(field)
        schema.pop("nullable", None)
        lifted: dict[str, Any] = {
            key: schema.pop(key) for key in ("description", "x-addition") if key in schema
        }
        yield {"name": name, "in": "query", "required": field.required, **lifted, "schema": schema}


def _body(spec: APISpec, declared: Operation) -> dict[str, Any]:
    content = dict(_files(declared))
    if declared.body is not None:
        json = {"schema": _reference(spec, declared.body), **_examples(declared.examples)}
        content = {"application/json": json, **content}
    return {"required": declared.body_required, "content": content}


def _files(declared: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    for media_type in declared.takes:
        if media_type == CSV:
            yield media_type, {"schema": {"type": "string"}, **_examples(declared.file_examples)}
        else:
            yield media_type, {"schema": {"type": "string", "format": "binary"}}


def _examples(examples: Mapping[str, Any]) -> dict[str, Any]:
    if not examples:
        return {}
    shown = {name.replace(" ", "_"): {"summary": name, "value": value} for name, value in examples.items()}
    return {"examples": shown}


def _is_tagged(method: str, declared: Operation) -> bool:
    return method == "get" and declared.media_type not in {CSV, JSON_LINES, EVENT_STREAM}


def _successes(spec: APISpec, method: str, declared: Operation) -> dict[str, Any]:
    if declared.redirects:
        return {"303": REDIRECTED}
    tagged = {"304": NOT_MODIFIED} if _is_tagged(method, declared) else {}
    return {str(declared.success.value): _success(spec, method, declared), **tagged}


def _success(spec: APISpec, method: str, declared: Operation) -> dict[str, Any]:
    if declared.returns is None:
        schema = {"type": "object" if declared.media_type == "application/json" else "string"}
        text = declared.summary
    else:
        schema = _reference(spec, declared.returns)
        text = published_doc(type(declared.returns)).partition("\n")[0]
    return {
        "description": text,
        "headers": {
            **_headers(declared.success, declared),
            **({"ETag": {"$ref": "#/components/headers/ETag"}} if _is_tagged(method, declared) else {}),
        },
        "content": {
            declared.media_type: {"schema": schema},
            **{
                kind: {"schema": {"type": "string", **({} if kind == CSV else {"format": "binary"})}}
                for kind in declared.tables
            },
        },
    }


def _failure(spec: APISpec, path: str, declared: Operation, failure: Failure) -> dict[str, Any]:
    examples = {error.code: problem_example(spec, error, declared, path) for error in failure.errors}
    media = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    return {
        "description": failure.meaning,
        "headers": _headers(failure.status, declared),
        "content": {PROBLEM_JSON: media},
    }


def _example_path(route: Route) -> str:
    path = route.path
    for name in route.path_parameters:
        path = path.replace(f"{{{name}}}", path_field(name).metadata.get("example", EXAMPLE_ID))
    return path


def _headers(status: int, declared: Operation) -> dict[str, Any]:
    names = {"X-Request-ID": "RequestId"}
    if status == HTTPStatus.UNAUTHORIZED:
        names["WWW-Authenticate"] = "Challenge"
    if status in RETRIED or (declared.idempotent and status == HTTPStatus.CONFLICT):
        names["Retry-After"] = "RetryAfter"
    if declared.access is not Access.PUBLIC and status != HTTPStatus.UNAUTHORIZED:
        names |= {POLICY_HEADER: "RateLimitPolicy", LEFT_HEADER: "RateLimit"}
    if declared.idempotent and (status == declared.success or status in DECIDED):
        names[REPLAYED] = "Replayed"
    return {name: {"$ref": f"#/components/headers/{component}"} for name, component in names.items()}


def _reference(spec: APISpec, schema: Any) -> dict[str, Any]:
    name = schema_name(schema)
    if name not in spec.components.schemas:
        spec.components.schema(name, schema=schema)
    return {"$ref": f"#/components/schemas/{name}"}
