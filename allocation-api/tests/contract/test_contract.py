"""The contract file: valid, complete, the same as the service, and true to what was promised originally."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from flask import Flask
from jsonschema import ValidationError
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator

from app import create_app
from app.cli.contract import contract_text
from app.core.security import Permission
from app.services.allocations.store import AllocationStatus
from app.services.audit.trail import Action
from tests.contract.original import NAMED_ONLY, ORIGINAL
from tests.contract.validation import CONTRACT_FILE, ContractBroken, check_response, load_contract
from tests.support.fakes import fake_services, settings

CONTRACT = load_contract()
OPERATIONS = [
    (method, path)
    for path, item in CONTRACT["paths"].items()
    for method in item
    if method in {"get", "post", "put", "patch", "delete"}
]
NOT_OPERATIONS = {"/swaggerui/<path:filename>", "/"}
"""Files of Swagger UI (scripts, styles and pictures), and the way from the root to it."""
ALSO_AT_ROOT = {("get", "/health/live"), ("get", "/health/ready")}
"""Published under the version, answered at the root as well."""


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(settings(), services=fake_services())


@cache
def operation(method: str, path: str) -> dict[str, Any]:
    return CONTRACT["paths"][path][method]


# --- the document -------------------------------------------------------------------------------------------


def test_the_file_is_what_the_service_declares() -> None:
    assert CONTRACT_FILE.read_text() == contract_text(), "run `make contract` and look at the difference"


def test_the_service_serves_the_file(app: Flask) -> None:
    assert app.test_client().get("/openapi.json").get_json() == CONTRACT


def test_it_is_valid_openapi_3_0() -> None:
    assert CONTRACT["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(CONTRACT).validate()


def test_restx_serves_valid_swagger_2_0_of_the_same_operations(app: Flask) -> None:
    swagger = app.test_client().get("/swagger.json").get_json()
    OpenAPIV2SpecValidator(swagger).validate()
    assert swagger["basePath"] == "/v1"
    told = {
        (method, path, declared["operationId"], tuple(sorted(declared["responses"])))
        for path, item in swagger["paths"].items()
        for method, declared in item.items()
        if method != "parameters"
    }
    assert told == {
        (
            method,
            path,
            operation(method, path)["operationId"],
            tuple(sorted(operation(method, path)["responses"].keys() - {"304"})),  # those tools keep nothing
        )
        for method, path in OPERATIONS
        if "servers" not in CONTRACT["paths"][path]
    }
    for name, schema in swagger["definitions"].items():
        same = "PlainProblem" if name == "Problem" else name  # Swagger 2.0 has no unions
        twin = CONTRACT["components"]["schemas"][same]
        if "properties" in twin:
            assert schema["properties"].keys() == twin["properties"].keys()
        else:
            assert schema == twin


def test_every_route_is_in_it_and_it_has_no_other_operations(app: Flask) -> None:
    routed = set()
    for rule in app.url_map.iter_rules():
        if rule.rule in NOT_OPERATIONS:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            routed.add((method.lower(), path))
    published = {
        (method, path if "servers" in CONTRACT["paths"][path] else f"/v1{path}")
        for method, path in OPERATIONS
    }
    assert routed == published | ALSO_AT_ROOT


def test_it_names_both_prefixes() -> None:
    assert [server["url"] for server in CONTRACT["servers"]] == ["/v1", "/api/v1"]


# --- every operation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_is_described(method: str, path: str) -> None:
    declared = operation(method, path)
    assert declared["summary"]
    assert declared["tags"][0] in {tag["name"] for tag in CONTRACT["tags"]}
    assert all(parameter["description"] for parameter in declared.get("parameters", ()))
    problems = {status: answer for status, answer in declared["responses"].items() if int(status) >= 400}
    assert declared["responses"].keys() - problems.keys() in ({"200"}, {"200", "304"}, {"202"}, {"303"})
    for answer in problems.values():
        schema = answer["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
    expected = {"422", "500"}
    if declared["security"]:
        expected |= {"401"}
    if "x-permission" in declared:
        expected |= {"403"}
    if "{" in path:
        expected |= {"404"}
    if "requestBody" in declared:
        bodies = declared["requestBody"]["content"]
        expected |= {"413", "415"} | ({"400"} if "application/json" in bodies else set())
        texts = [body for media, body in bodies.items() if media in {"application/json", "text/csv"}]
        assert texts
        assert all(body["examples"] for body in texts)
    assert expected <= problems.keys()


def test_only_these_need_no_token() -> None:
    assert {path for method, path in OPERATIONS if not operation(method, path)["security"]} == {
        "/allocation/calculate",
        "/allocation/check-rebalancing",
        "/allocation/drift-analysis",
        "/allocation/targets",
        "/auth/login",
        "/auth/sso",
        "/auth/sso/login",
        "/auth/sso/callback",
        "/health/live",
        "/health/ready",
        "/openapi.json",
        "/swagger.json",
        "/docs",
        "/metrics",  # it has a token of its own
        "/webhook/database",  # signed by a secret
        "/webhook/market-data-update",
    }


def test_operation_ids_are_unique() -> None:
    names = [operation(method, path)["operationId"] for method, path in OPERATIONS]
    assert len(names) == len(set(names))


def test_every_property_is_described_and_no_object_is_open() -> None:
    for name, schema in CONTRACT["components"]["schemas"].items():
        if "enum" in schema:
            continue
        if name == "Problem":
            continue
        if "properties" not in schema:
            assert schema["additionalProperties"]["type"], name
            continue
        assert schema["additionalProperties"] is False, name
        for field, described in schema["properties"].items():
            assert described.get("description"), f"{name}.{field}"


def test_responses_promise_all_of_their_fields() -> None:
    for method, path in OPERATIONS:
        content = operation(method, path)["responses"].get("200", {}).get("content", {})
        reference = content.get("application/json", {}).get("schema", {}).get("$ref")
        if reference:
            schema = resolve({"$ref": reference})
            assert set(schema["required"]) == set(schema["properties"]), reference


def closed_lists() -> dict[str, list[str]]:
    schemas = CONTRACT["components"]["schemas"]
    return {name: schema["enum"] for name, schema in schemas.items() if "enum" in schema}


def test_a_closed_list_has_one_name_and_one_spelling() -> None:
    lists = closed_lists()
    assert lists["AllocationStatus"].count("CANCELLED") == 1
    spelled = {value for values in lists.values() for value in values}
    assert not {value for value in spelled if "CANCELED" in value}


def test_every_code_is_of_a_closed_list() -> None:
    """Each property that a client switches on is of one, but for those in the vendor's own words."""
    switched = {"status", "action", "entity_type", "code", "reason_code", "type", "side", "method"}
    free = {("Order", "status"), ("OrderDetail", "status"), ("ItemError", "code"), ("Activity", "method")}
    for name, schema in CONTRACT["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            whole = resolve(described)
            is_uri = name.endswith("Problem") and field == "type"
            text = whole.get("type") == "string" and not is_uri
            if text and field in switched and (name, field) not in free:
                assert "enum" in whole, f"{name}.{field}"


def test_published_permissions_and_statuses_are_the_service_s_own() -> None:
    lists = closed_lists()
    assert lists["AllocationStatus"] == [status.value for status in AllocationStatus]
    assert lists["Permission"] == [permission.value for permission in Permission]
    assert lists["AuditAction"] == [action.value for action in Action]


def test_the_documentation_page_needs_nothing_from_elsewhere(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/docs").text
    assert 'url: "/openapi.json"' in page
    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(files) >= 4
    for file in files:
        assert file.startswith("/swaggerui/")
        with client.get(file) as answer:
            assert answer.status_code == 200
    assert CONTRACT["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


# --- what was promised originally ---------------------------------------------------------------------------


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and look through the wrappers that carry a description or a null."""
    if "$ref" in schema:
        return resolve(CONTRACT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for wrapper in ("allOf", "anyOf"):
        if wrapper in schema:
            return resolve(schema[wrapper][0])
    return schema


def walk(
    schema: dict[str, Any], path: str = "", *, addition: bool = False
) -> Iterator[tuple[str, bool, Any]]:
    """Yield path, whether it or something around it is marked as an addition, and schema of every field."""
    whole = resolve(schema)
    if whole.get("type") == "array":
        yield from walk(whole["items"], f"{path}[]", addition=addition)
    for name, field in whole.get("properties", {}).items():
        marked = addition or field.get("x-addition", False)
        below = f"{path}.{name}".lstrip(".")
        yield below, marked, field
        yield from walk(field, below, addition=marked)


def fields(method: str, path: str, where: str) -> dict[str, tuple[bool, dict[str, Any]]]:
    declared = operation(method, path)
    if where == "query":
        return {
            p["name"]: (p.get("x-addition", False), p["schema"])
            for p in declared.get("parameters", ())
            if p["in"] == "query"
        }
    body = declared.get("requestBody") if where == "request" else declared["responses"]["200"]
    if body is None:
        return {}
    return {
        name: (marked, schema) for name, marked, schema in walk(body["content"]["application/json"]["schema"])
    }


PARTS = [(*key, where) for key in ORIGINAL for where in ("query", "request", "response")]


@pytest.mark.parametrize(("method", "path", "where"), PARTS)
def test_every_promised_field_is_there_and_every_other_is_marked(method: str, path: str, where: str) -> None:
    promised = getattr(ORIGINAL[method, path], where)
    found = fields(method, path, where)
    assert promised <= found.keys()
    assert {name for name, (marked, _) in found.items() if not marked} == promised


@pytest.mark.parametrize(
    ("method", "path", "place", "values"),
    [(*key, place, values) for key, promise in ORIGINAL.items() for place, values in promise.enums.items()],
)
def test_every_promised_value_is_there_and_every_other_is_listed(
    method: str, path: str, place: str, values: set[str]
) -> None:
    where, name = place.split(" ")
    _, schema = fields(method, path, where)[name]
    published, added = set(resolve(schema)["enum"]), set(schema.get("x-added-values", ()))
    assert published - added == values
    assert added <= published


def test_operations_beyond_the_promised_are_marked_and_no_others() -> None:
    marked = {key for key in OPERATIONS if operation(*key).get("x-addition")}
    assert set(OPERATIONS) - marked == set(ORIGINAL) | NAMED_ONLY


# --- the check itself ---------------------------------------------------------------------------------------


class _Answer:
    """As much of a response as the check looks at."""

    def __init__(self, status: int, body: Any, mimetype: str = "application/json", **headers: str) -> None:
        self.status_code = status
        self.mimetype = mimetype
        self.headers = {"X-Request-ID": "1", **headers}
        self.text = str(body)
        self._body = body

    def get_json(self, *, force: bool) -> Any:
        return self._body


ME = {"id": "1", "username": "u", "permissions": ["audit:read"], "roles": [], "groups": None}
PROBLEM = {
    "type": "t",
    "title": "t",
    "status": 404,
    "detail": "d",
    "code": "NOT_FOUND",
    "instance": "i",
    "request_id": "r",
    "errors": [],
}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v1/auth/me", _Answer(200, ME)),
        ("/api/v1/auth/me", _Answer(200, ME)),
        ("/v1/nothing", _Answer(404, PROBLEM, "application/problem+json")),
        ("/health/live", _Answer(200, {"status": "alive"})),
        ("/v1/health/live", _Answer(200, {"status": "alive"})),
    ],
)
def test_a_response_that_keeps_the_contract_passes(path: str, answer: Any) -> None:
    check_response(CONTRACT, "GET", path, answer)


@pytest.mark.parametrize(
    ("path", "answer", "complaint"),
    [
        ("/v1/auth/me", _Answer(200, {**ME, "extra": 1}), "Additional properties"),
        ("/v1/auth/me", _Answer(200, {"id": "1", "username": "u"}), "'permissions' is a required property"),
        ("/v1/auth/me", _Answer(200, {**ME, "id": 1}), "is not of type 'string'"),
        ("/v1/auth/me", _Answer(200, {**ME, "permissions": None}), "None"),
        ("/v1/auth/me", _Answer(201, ME), "does not declare this status"),
        ("/v1/auth/me", _Answer(200, ME, "text/html"), "text/html is not among"),
        ("/v1/auth/me", _Answer(401, PROBLEM, "application/problem+json"), "WWW-Authenticate is missing"),
        ("/v1/nothing", _Answer(200, ME), "no such operation"),
        ("/v1/docs", _Answer(200, {"status": "alive"}), "no such operation"),
        ("/auth/me", _Answer(200, ME), "no such operation"),
        ("/v1/nothing", _Answer(404, {"message": "no"}, "application/problem+json"), "not valid under any"),
        ("/health/live", _Answer(200, {"status": "dead"}), "is not one of"),
    ],
)
def test_a_response_that_breaks_the_contract_is_caught(path: str, answer: Any, complaint: str) -> None:
    with pytest.raises(ContractBroken, match=re.escape(complaint)):
        check_response(CONTRACT, "GET", path, answer)


@pytest.mark.parametrize("wrong", [{"security_id": "1", "extra": 1}, {"name": "x"}])
def test_the_published_request_schema_is_as_strict_as_the_service(wrong: dict[str, Any]) -> None:
    schema = {"components": CONTRACT["components"], "$ref": "#/components/schemas/PreviewRequest"}
    with pytest.raises(ValidationError):
        OAS30Validator(schema).validate(wrong)


def test_every_schema_and_closed_list_is_described_without_citing_rules() -> None:
    schemas = CONTRACT["components"]["schemas"]
    assert len(schemas) > 50
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []
    assert not re.search(r"\bR[0-9]+\.[0-9]+\b", json.dumps(CONTRACT))
