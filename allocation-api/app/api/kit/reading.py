"""Reading a request: JSON body and query string into value objects, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from marshmallow import ValidationError

from app.api.kit.xlsx import XLSX
from app.core.errors import (
    BodyTooLarge,
    FieldError,
    InvalidRequest,
    MalformedRequest,
    NotCsv,
    NotJson,
)
from app.schemas.kit.base import RequestSchema
from app.utils.json_text import NotReadable, parse_json

JSON = "application/json"

ZIP_SIGNATURE = b"PK\x03\x04"
"""What a file begins with that is an Excel workbook, and no text."""


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body: as it was written, and the value object that it describes."""

    json: Any
    value: Any


def read_body(
    schema: RequestSchema, *, required: bool, admit: Callable[[Any], None] = lambda _: None
) -> Body:
    """Return the JSON body with the value object that it describes.

    No body is read as the empty object where none is required, and in a DELETE, from which many clients and
    proxies drop it (RFC 9110, section 9.3.5): the refusal then names the fields that are missing. `admit` is
    told what was written before it is checked, and may refuse.

    Raises
    ------
    MalformedRequest
        When the body is not JSON.
    InvalidRequest
        When it is, but not what the schema describes; each wrong field is named.
    NotJson
        When the body is of another media type.
    BodyTooLarge
        When the body is longer than the settings allow.
    """
    body = _whole_body()
    if not body and (not required or request.method == "DELETE"):
        return Body({}, _load(schema, {}))
    if not is_json():
        raise NotJson("The body must be of type application/json.")
    written = _parse(body)
    admit(written)
    return Body(written, _load(schema, written))


def is_json() -> bool:
    """Return whether the request says that its body is JSON."""
    return request.mimetype == JSON


def read_file(types: Sequence[str], *, beside_json: bool = False) -> bytes:
    """Return the body of a request that is a file of one of these media types, as it was sent.

    `beside_json` says that the operation takes JSON, too.

    Raises
    ------
    NotCsv
        When the body is of another media type, by the header or by its content.
    BodyTooLarge
        When the body is longer than the settings allow.
    """
    body = _whole_body()
    if request.mimetype not in types:
        known = [JSON, *types] if beside_json else types
        raise NotCsv(f"The body must be of type {' or '.join(known)}.")
    if body.startswith(ZIP_SIGNATURE) != (request.mimetype == XLSX):
        raise NotCsv(f"The body is not what its type says, {request.mimetype}.")
    return body


def _whole_body() -> bytes:
    body = request.get_data()
    if request.content_length is None and len(body) >= (request.max_content_length or len(body) + 1):
        # A body that does not say how long it is has been cut off at the limit, silently.
        raise BodyTooLarge("The body is longer than the service reads.")
    return body


def read_query(schema: RequestSchema) -> Any:
    """Return the value object that the query string describes.

    Raises
    ------
    InvalidRequest
        When a parameter is unknown, given twice, or wrong.
    """
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise InvalidRequest.of(*(FieldError(name, "This parameter is given twice.") for name in twice))
    return _load(schema, request.args.to_dict())


def _load(schema: RequestSchema, data: Any) -> Any:
    try:
        return schema.load(data)
    except ValidationError as error:
        raise InvalidRequest.of(*field_errors(error.messages)) from error


def field_errors(messages: Any, path: tuple[str, ...] = ()) -> Iterator[FieldError]:
    """Flatten marshmallow's tree of messages to dotted paths: `order.quantity`, `portfolio_groups.0`."""
    if not isinstance(messages, Mapping):
        for message in [messages] if isinstance(messages, str) else messages:
            yield FieldError(".".join(path) or "body", str(message))
        return
    for key, below in messages.items():
        yield from field_errors(below, path if key == "_schema" else (*path, str(key)))


def _parse(body: bytes) -> Any:
    try:
        return parse_json(body.decode())
    except UnicodeDecodeError:
        raise MalformedRequest("The body is not UTF-8.") from None
    except NotReadable as error:
        raise MalformedRequest(f"The body {error}.") from None
