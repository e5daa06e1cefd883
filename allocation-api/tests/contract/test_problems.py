"""Problem documents: the published codes are all that there are, and every example is true."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

import app
from app.core.errors import AllocatorError
from tests.contract.test_contract import CONTRACT, OPERATIONS, operation

PROBLEM = {"components": CONTRACT["components"], "$ref": "#/components/schemas/Problem"}


def every_error(base: type[AllocatorError] = AllocatorError) -> Iterator[type[AllocatorError]]:
    yield base
    for below in base.__subclasses__():
        yield from every_error(below)


def test_the_codes_are_those_of_every_error_that_the_code_defines() -> None:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)
    defined = {error.code for error in every_error() if error.__module__.startswith("app.")}
    assert set(CONTRACT["components"]["schemas"]["ProblemCode"]["enum"]) == defined


def test_a_code_belongs_to_one_case() -> None:
    cases = [case["$ref"].rsplit("/", 1)[1] for case in CONTRACT["components"]["schemas"]["Problem"]["oneOf"]]
    codes = [
        code
        for case in cases
        for code in CONTRACT["components"]["schemas"][case]["properties"]["code"]["allOf"][1]["enum"]
    ]
    assert sorted(codes) == sorted(CONTRACT["components"]["schemas"]["ProblemCode"]["enum"])


def test_every_member_that_an_error_is_given_is_published() -> None:
    schemas = CONTRACT["components"]["schemas"]
    cases = [schemas[case["$ref"].rsplit("/", 1)[1]] for case in schemas["Problem"]["oneOf"]]
    published = {member for case in cases for member in case["properties"]}
    given = {
        key.value
        for path in Path(app.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg == "extra" and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant)
    }
    assert {"accounts", "max_total", "market_price", "touch_count", "vendor_code"} <= given
    assert given <= published


def examples(method: str, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for status, answer in operation(method, path)["responses"].items():
        problem = answer.get("content", {}).get("application/problem+json", {})
        for code, example in problem.get("examples", {}).items():
            name = example.get("$ref", "").rsplit("/", 1)[-1]
            whole = CONTRACT["components"]["examples"][name] if name else example
            yield status, code, whole["value"]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_problem_of_an_operation_has_a_true_example(method: str, path: str) -> None:
    by_code = {error.code: error for error in every_error()}
    shown = list(examples(method, path))
    for status, code, value in shown:
        error = by_code[code]
        assert (value["code"], value["title"]) == (error.code, error.title)
        assert str(value["status"]) == str(error.status) == status
        assert value["type"] == "urn:allocator:problem:" + error.code.lower().replace("_", "-")
        assert value["detail"]
        OAS30Validator(PROBLEM).validate(value)
    failing = {status for status in operation(method, path)["responses"] if int(status) >= 400}
    assert {status for status, _, _ in shown} == failing


def test_the_examples_in_the_schema_of_a_case_are_of_one_of_its_errors() -> None:
    titles = {(error.code, error.title, error.status) for error in every_error()}
    schemas = CONTRACT["components"]["schemas"]
    for case in schemas["Problem"]["oneOf"]:
        members = schemas[case["$ref"].rsplit("/", 1)[1]]["properties"]
        code, title, status = (members[name]["example"] for name in ("code", "title", "status"))
        assert code in members["code"]["allOf"][1]["enum"]
        assert (code, title, status) in titles
        assert members["type"]["example"] == "urn:allocator:problem:" + code.lower().replace("_", "-")
