"""flask-restx as a thin edge: it routes, and its Swagger 2.0 document is fed from the declared operations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint, Flask
from flask_restx import Api, Namespace

from app.api.kit.idempotency import HEADER, KEY_DESCRIPTION, KEY_SCHEMA
from app.api.kit.json_schema import Convert, new_spec, schema_name, tidy
from app.api.kit.openapi import DESCRIPTION, build_openapi
from app.api.kit.operation import Operation
from app.api.kit.parameters import CONVERTERS, path_field
from app.api.kit.routes import Route, routes
from app.api.kit.statuses import failures
from app.api.kit.tokens import Access
from app.core.version import VERSION
from app.schemas.kit.problem import ProblemSchema

PREFIX = "/v1"
BEARER = {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Bearer <access_token>"}


class PlainApi(Api):  # type: ignore[misc]
    """An Api that leaves errors to Flask's own handlers and adds no routes of its own."""

    def error_router(self, original_handler: Callable[[Exception], Any], e: Exception) -> Any:
        """Hand every error back to Flask, so that all of them become problem documents in one place."""
        return original_handler(e)

    @property
    def base_path(self) -> str:
        """Where the API lives, for the Swagger document."""
        return PREFIX

    def _register_doc(self, app_or_blueprint: Flask | Blueprint) -> None:
        """Add neither a documentation page nor a root that always answers 404."""


class ApiWithoutDocs(PlainApi):
    """An Api that does not serve the files of Swagger UI either."""

    def _register_apidoc(self, app: Flask) -> None:
        """Add no route for them."""


def configure_api(
    app: Flask,
    versioned: tuple[Namespace, ...],
    at_root: tuple[Namespace, ...],
    also_at_root: tuple[Namespace, ...],
    closed: tuple[Namespace, ...],
) -> None:
    """Put versioned namespaces under /v1 and the others at the root, but for those that are closed.

    Swagger UI's files are served where nothing is closed. Those that are `also_at_root` are among the
    versioned ones and answer at the root as well; the contract shows them under the version alone.
    """
    app.config.update(RESTX_INCLUDE_ALL_MODELS=True, RESTX_MASK_SWAGGER=False)
    app.url_map.converters.update(CONVERTERS)
    blueprint = Blueprint("v1", __name__, url_prefix=PREFIX)
    api = (ApiWithoutDocs if closed else PlainApi)(
        title="Allocator",
        version=VERSION,
        description=DESCRIPTION,
        authorizations={"bearer": BEARER},
        doc=False,
    )
    api.init_app(blueprint, add_specs=False)
    for namespace in versioned:
        api.add_namespace(namespace)
        namespace.apis.remove(api)  # else a module would keep every application that was ever made
    _describe(api, versioned)
    app.register_blueprint(blueprint)
    served = (namespace for namespace in (*at_root, *also_at_root) if namespace not in closed)
    for route in routes(tuple(served)):
        app.add_url_rule(route.url, view_func=route.endpoint.as_view(route.flask_name, api))
    app.extensions["swagger"] = api
    app.extensions["openapi"] = build_openapi(versioned, at_root)


def _describe(api: PlainApi, versioned: tuple[Namespace, ...]) -> None:
    _, convert = new_spec("2.0")
    models = {name: api.schema_model(name, schema) for name, schema in _definitions(versioned).items()}
    for route in routes(versioned):
        for method, declared in route.endpoint.operations.items():
            getattr(route.endpoint, method).__apidoc__ = _apidoc(route, declared, models, convert)


@cache
def _definitions(versioned: tuple[Namespace, ...]) -> dict[str, Any]:
    spec, _ = new_spec("2.0")
    spec.components.schema("Problem", schema=ProblemSchema())
    for route in routes(versioned):
        for declared in route.endpoint.operations.values():
            for schema in (declared.returns, declared.body):
                if schema is not None and schema_name(schema) not in spec.components.schemas:
                    spec.components.schema(schema_name(schema), schema=schema)
    definitions: dict[str, Any] = tidy(spec.to_dict())["definitions"]
    return definitions


def _apidoc(route: Route, declared: Operation, models: dict[str, Any], convert: Convert) -> dict[str, Any]:
    problems = {
        str(failure.status): (failure.meaning, models["Problem"])
        for failure in failures(declared, in_path=bool(route.path_parameters))
    }
    success = (declared.summary, models[schema_name(declared.returns)]) if declared.returns else "Done"
    documented: dict[str, Any] = {
        "id": declared.name,
        "params": {
            **{name: _parameter("path", convert(path_field(name))) for name in route.path_parameters},
            **{
                name: {**_parameter("query", convert(field)), "required": field.required}
                for name, field in declared.parameters
            },
            **({HEADER: _key_parameter()} if declared.idempotent else {}),
        },
        "responses": {"303" if declared.redirects else str(declared.success.value): success, **problems},
        "produces": [declared.media_type, *declared.tables, "application/problem+json"],
        "security": None if declared.access is Access.PUBLIC else "bearer",
    }
    if declared.body is not None:
        documented["expect"] = [models[schema_name(declared.body)]]
    if declared.addition:
        documented["vendor"] = {"x-addition": True}
    return documented


def _key_parameter() -> dict[str, Any]:
    return {**_parameter("header", KEY_SCHEMA), "description": KEY_DESCRIPTION, "x-addition": True}


def _parameter(where: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Turn a JSON Schema into a Swagger 2.0 parameter, which is flat and knows no example and no null."""
    flat = {key: value for key, value in schema.items() if key not in {"example", "x-nullable"}}
    return {**flat, "in": where, "required": where == "path"}
