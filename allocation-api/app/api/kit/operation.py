"""Declared operations: what is declared is what is enforced, and what is published."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, ClassVar, cast

from flask import Response, jsonify
from flask_restx import Resource
from marshmallow import Schema
from marshmallow.fields import Field

from app.api.kit.idempotency import answered_once
from app.api.kit.limits import charge, place_at_vendor, place_to_calculate
from app.api.kit.parameters import read_path
from app.api.kit.reading import is_json, read_body, read_file, read_query
from app.api.kit.tokens import Access, authorise
from app.api.kit.visibility import require_whole_desk
from app.core.errors import AllocatorError
from app.core.security import Permission
from app.schemas.kit.base import RequestSchema
from app.schemas.kit.dump import compiled
from app.services.aladdin.errors import VendorError
from app.services.requests.gate import Errand

METHODS = ("get", "post", "put", "patch", "delete")


class NoQuery(RequestSchema):
    """A query string without parameters."""

    makes = dict


@dataclass(frozen=True, slots=True)
class Operation:
    """What one operation takes and gives: the source of its checks and of its documentation.

    `name` is the operation's id in the contract; `access` who may use it; `fails` the errors of its service;
    `takes` are the media types of a body that is given as it was sent, beside JSON where there is a `body`,
    too; `file_examples` are of those; `addition` says that the operation
    goes beyond the product's original contract, `idempotent` that it honours the header `Idempotency-Key`;
    `media_type` is the type of what comes back, `tables` those of other formats. With `redirects` it answers
    with a redirect alone; one that is `accepted` has only begun when it answers.
    `cost` is what it takes of the user's rate limit, `weight` what it takes more for its JSON body, which is
    charged before the body is checked, `errand` what it wants of the vendor. One that `calculates` may take
    long by itself, so that it needs one of few places.
    `whole_desk` refuses users whom portfolio groups limit: what it shows or changes is of all groups.
    `may_need` are permissions that its service asks for besides, each with when.
    """

    name: str
    access: Permission | Access
    summary: str
    description: str
    returns: Schema | None
    query: RequestSchema
    body: RequestSchema | None
    body_required: bool
    takes: tuple[str, ...]
    fails: tuple[type[AllocatorError], ...]
    addition: bool
    idempotent: bool
    media_type: str
    tables: tuple[str, ...]
    redirects: bool
    accepted: bool
    cost: int
    weight: Callable[[Any], int]
    errand: Errand | None
    calculates: bool
    whole_desk: bool
    may_need: Mapping[Permission, str]
    examples: Mapping[str, Any] = field(default_factory=dict)
    file_examples: Mapping[str, Any] = field(default_factory=dict)

    @property
    def success(self) -> HTTPStatus:
        """The HTTP status of its answer in JSON."""
        return HTTPStatus.ACCEPTED if self.accepted else HTTPStatus.OK

    @property
    def parameters(self) -> Iterator[tuple[str, Field[Any]]]:
        """Yield name and field of the query parameters."""
        for name, parameter in self.query.fields.items():
            yield parameter.data_key or name, parameter


View = Callable[..., Any]


def operation(
    name: str,
    access: Permission | Access,
    *,
    returns: type[Schema] | None = None,
    query: type[RequestSchema] = NoQuery,
    body: type[RequestSchema] | None = None,
    body_required: bool = True,
    takes: tuple[str, ...] = (),
    fails: tuple[type[AllocatorError], ...] = (),
    addition: bool = False,
    idempotent: bool = False,
    media_type: str = "application/json",
    tables: tuple[str, ...] = (),
    redirects: bool = False,
    accepted: bool = False,
    cost: int = 1,
    weight: Callable[[Any], int] = lambda _: 0,
    errand: Errand = Errand.READ,
    calculates: bool = False,
    whole_desk: bool = False,
    may_need: Mapping[Permission, str] | None = None,
    examples: Mapping[str, Any] | None = None,
    file_examples: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Declare a view: it is given `body` and `query` as value objects and returns what `returns` dumps.

    Summary and description in the contract are the view's docstring. An operation that may fail with an error
    of the vendor's asks the vendor, and needs a place there for its errand. One for which nobody logs in
    costs nothing.
    """
    is_of_user = access not in {Access.PUBLIC, Access.REFRESH_TOKEN}
    asks_vendor = any(issubclass(error, VendorError) for error in fails)

    def declare(view: View) -> View:
        summary, _, description = (inspect.getdoc(view) or "").partition("\n")
        declared = Operation(
            name=name,
            access=access,
            summary=summary.rstrip("."),
            description=description.strip(),
            returns=returns() if returns else None,
            query=query(),
            body=body() if body else None,
            body_required=body_required,
            takes=takes,
            fails=fails,
            addition=addition,
            idempotent=idempotent,
            media_type=media_type,
            tables=tables,
            redirects=redirects,
            accepted=accepted,
            cost=cost if is_of_user else 0,
            weight=weight,
            errand=errand if asks_vendor else None,
            calculates=calculates,
            whole_desk=whole_desk,
            may_need=may_need or {},
            examples=examples or {},
            file_examples=(examples if body is None else file_examples) or {},
        )
        return _answering(view, declared)

    return declare


def _answering(view: View, declared: Operation) -> View:
    """Wrap a view: authorise, charge, parse, call, dump."""
    dump = None if declared.returns is None else compiled(declared.returns)

    @wraps(view)
    def handle(self: Resource, **path: str) -> Response:
        authorise(declared.access)
        charge(declared.cost)
        if declared.whole_desk:
            require_whole_desk()
        path = read_path(path)
        given: dict[str, Any] = dict(path)
        query = read_query(declared.query)
        if not isinstance(declared.query, NoQuery):
            given["query"] = query
        asked = None
        if declared.body is not None and (not declared.takes or is_json()):
            body = read_body(
                declared.body,
                required=declared.body_required,
                admit=lambda written: charge(declared.weight(written)),
            )
            given["body"], asked = body.value, body.json
        elif declared.takes:
            given["body"] = sent = read_file(declared.takes, beside_json=declared.body is not None)
            asked = {"file": sha256(sent).hexdigest()}

        def respond() -> Response:
            answer = view(self, **given)
            if dump is None or isinstance(answer, Response):
                return cast("Response", answer)
            response = jsonify(dump(answer))
            response.status_code = declared.success
            return response

        with place_at_vendor(declared.errand), place_to_calculate(calculates=declared.calculates):
            if not declared.idempotent:
                return respond()
            return answered_once(declared.name, path, asked, respond)

    handle.operation = declared  # type: ignore[attr-defined]
    return handle


class Endpoint(Resource):  # type: ignore[misc]
    """A resource all of whose methods are declared operations; without a declaration it cannot be defined."""

    operations: ClassVar[dict[str, Operation]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.operations = {}
        for method in METHODS:
            view = getattr(cls, method, None)
            if view is None:
                continue
            declared = getattr(view, "operation", None)
            if declared is None:
                raise TypeError(f"{cls.__name__}.{method} is not a declared operation")
            cls.operations[method] = declared
