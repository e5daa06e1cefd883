"""The problem documents in the contract: a union of closed cases that `code` tells apart, and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from apispec import APISpec

from app.api.kit.errors import BUG, problem_document
from app.api.kit.json_schema import published_doc, schema_name
from app.api.kit.operation import Operation
from app.core.errors import AllocatorError, FieldError, Forbidden, InvalidRequest, field_detail
from app.core.security import Permission
from app.schemas.kit.problem import CaseSchema, ProblemSchema
from app.schemas.problems import CASES, PlainProblemSchema, case_of, error_classes

EXAMPLE_ID = "9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11"


def add_problems(spec: APISpec) -> None:
    """Add `Problem` to a document, its cases, and `ProblemCode`, the closed list of their codes.

    Each case lists its codes, so that a client that has switched on `code` knows the other members.
    """
    known = error_classes()
    about_codes = "Stable names of the kinds of problem. Those of Aladdin's failures begin with VENDOR_."
    spec.components.schema(
        "ProblemCode", {"type": "string", "enum": _codes(known), "description": about_codes}
    )
    cases: tuple[type[CaseSchema], ...] = (PlainProblemSchema, *CASES)
    for case in cases:
        spec.components.schema(schema_name(case), schema=case())
        errors = {error for error in known if case_of(error) is case}
        properties = spec.components.schemas[schema_name(case)]["properties"]
        first = min(errors, key=lambda error: (error.code, len(error.__mro__)))
        for name in ("type", "title", "status", "detail", "code"):
            properties[name]["example"] = _example(first, properties["instance"]["example"])["value"][name]
        code = properties["code"]
        code["allOf"] = [{"$ref": "#/components/schemas/ProblemCode"}, {"enum": _codes(errors)}]
        del code["type"]
    references = [{"$ref": f"#/components/schemas/{schema_name(case)}"} for case in cases]
    spec.components.schema("Problem", {"description": published_doc(ProblemSchema), "oneOf": references})


def problem_example(
    spec: APISpec, error: type[AllocatorError], declared: Operation, path: str
) -> dict[str, Any]:
    """Return an example of an operation's problem: all but its occasion is the error's own.

    What depends on the operation stands there; the others stand once, with the first operation's path.
    """
    if error is Forbidden:
        needed = declared.access if isinstance(declared.access, Permission) else next(iter(declared.may_need))
        return _example(error, path, extra={"permission": needed.value})
    if error is InvalidRequest:
        return _example(error, path, fields=[_wrong_field(declared)])
    if error.code not in spec.components.examples:
        spec.components.example(error.code, _example(error, path))
    return {"$ref": f"#/components/examples/{error.code}"}


@cache
def _own_examples(case: type[CaseSchema]) -> dict[str, Any]:
    shared = ProblemSchema().fields
    return {
        name: field.metadata["example"]
        for name, field in case().fields.items()
        if name not in shared and "example" in field.metadata
    }


def _example(
    error: type[AllocatorError],
    path: str,
    *,
    fields: Sequence[FieldError] = (),
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    sentence = published_doc(error).partition("\n")[0]
    detail = field_detail(fields) or sentence
    value = problem_document(
        error.status,
        error.code,
        error.title,
        BUG if error is AllocatorError else detail,
        instance=path,
        request_id=EXAMPLE_ID,
        fields=fields,
        extra=_own_examples(case_of(error)) | dict(extra or {}),
    )
    return {"summary": error.title, "value": value}


def _wrong_field(declared: Operation) -> FieldError:
    """Return a field that the operation would find wrong: one that is missing, else one that is not known."""
    for schema in (declared.body, declared.query):
        for name, field in schema.fields.items() if schema else ():
            if field.required:
                return FieldError(field.data_key or name, str(field.error_messages["required"]))
    return FieldError("unknown", str(declared.query.error_messages["unknown"]))


def _codes(errors: set[type[AllocatorError]]) -> list[str]:
    return sorted({error.code for error in errors})
