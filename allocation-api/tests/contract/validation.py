"""Holds responses against `api-schema-contract.txt`: status, media type, headers and body.

`ContractClient` is a Flask test client that does so with every response it sees. Use it as
`app.test_client_class = ContractClient`, or `ContractClient(app, Response)`.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from werkzeug.test import TestResponse

CONTRACT_FILE = Path(__file__).resolve().parents[3] / "api-schema-contract.txt"
VERSION_PREFIX = re.compile(r"^/v1(?=/)")
SWAGGER_UI_FILES = "/swaggerui/"
ROOTS = {"/", "/api", "/api/"}
"""Where people look for the way in: they are led to the documentation."""
ALSO_AT_ROOT = "/health/"
"""Operations of the version that answer at the root as well."""
PROBLEM_JSON = "application/problem+json"


class ContractBroken(AssertionError):
    """A response is not what the contract says."""


@cache
def load_contract() -> dict[str, Any]:
    """Return the contract as the repository keeps it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(CONTRACT_FILE.read_text(), Loader=loader)  # noqa: S506 - both loaders are safe ones


def find_operation(contract: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """Return the contract's operation for a request, None where there is none.

    `path` is as the client asked for it, with /v1 or /api/v1 or below the root; health answers at both. A
    literal path wins over one with parameters.
    """
    path = path.removeprefix("/api")
    versioned = VERSION_PREFIX.search(path) is not None or path.startswith(ALSO_AT_ROOT)
    bare = VERSION_PREFIX.sub("", path)
    matching = [
        (template.count("{"), item)
        for template, item in contract["paths"].items()
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), bare)
    ]
    for _, item in sorted(matching, key=lambda found: found[0]):
        operation = item.get(method.lower())
        if operation is not None and ("servers" not in item) == versioned:
            return operation
    return None


def check_response(contract: dict[str, Any], method: str, path: str, response: TestResponse) -> None:
    """Raise `ContractBroken` unless the contract describes exactly this response."""
    if method in {"HEAD", "OPTIONS"} or path.startswith(SWAGGER_UI_FILES) or path in ROOTS:
        return
    where = f"{method} {path} -> {response.status_code}"
    operation = find_operation(contract, method, path)
    if operation is None:
        if response.status_code not in {404, 405}:
            raise ContractBroken(f"{where}: the contract has no such operation")
        _check_body(contract, where, _content(contract, "Problem"), response)
        return
    declared = operation["responses"].get(str(response.status_code))
    if declared is None:
        raise ContractBroken(f"{where}: the contract does not declare this status: {response.text[:500]}")
    for name, header in declared.get("headers", {}).items():
        if _is_required(contract, header) and name not in response.headers:
            raise ContractBroken(f"{where}: the header {name} is missing")
    if "content" in declared:
        _check_body(contract, where, declared["content"], response)
    elif response.data:
        raise ContractBroken(f"{where}: a body where none is declared")


def _is_required(contract: dict[str, Any], header: dict[str, Any]) -> bool:
    if "$ref" in header:
        header = contract["components"]["headers"][header["$ref"].rsplit("/", 1)[1]]
    return bool(header.get("required", False))


def _content(contract: dict[str, Any], schema: str) -> dict[str, Any]:
    return {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _check_body(
    contract: dict[str, Any], where: str, content: dict[str, Any], response: TestResponse
) -> None:
    media = content.get(response.mimetype)
    if media is None:
        raise ContractBroken(f"{where}: {response.mimetype} is not among {sorted(content)}")
    if not response.mimetype.endswith("json"):
        return
    schema = {"components": contract["components"], "allOf": [media["schema"]]}
    validator = OAS30Validator(schema, format_checker=oas30_format_checker)
    packed = response.headers.get("Content-Encoding") == "gzip"
    body = json.loads(gzip.decompress(response.data)) if packed else response.get_json(force=True)
    wrong = sorted(validator.iter_errors(body), key=lambda error: error.json_path)
    if wrong:
        told = "; ".join(f"{error.json_path}: {error.message[:300]}" for error in wrong[:5])
        raise ContractBroken(f"{where}: {told}")


class ContractClient(FlaskClient):
    """A test client that fails the test as soon as a response breaks the contract."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, check the response, return it."""
        response = super().open(*args, **kwargs)
        request = response.request
        check_response(load_contract(), request.method, request.root_path + request.path, response)
        return response
