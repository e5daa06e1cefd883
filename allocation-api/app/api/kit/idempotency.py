"""The header `Idempotency-Key`: its form, the request it stands for, and the answer given again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any, cast

import msgspec
from flask import Response, g, request

from app.api.kit.context import services
from app.api.kit.errors import on_our_error
from app.api.kit.tokens import caller
from app.api.kit.visibility import check_still_visible
from app.core.errors import AllocatorError, FieldError, InvalidRequest
from app.services.requests.idempotency import Reservation, StoredAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

PATTERN = "^[!-~]([ -~]{0,253}[!-~])?$"
"""1 to 255 printable ASCII characters; blanks at the ends do not survive HTTP."""

KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": PATTERN}
KEY_DESCRIPTION = (
    "Name of the request, chosen by the client: sent again under its key, a request is not done again but "
    "answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same "
    "request may be sent again under its key. Another request under the key is refused."
)

DECIDED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})
"""Refusals that are about the request and the state it met: asked again under its key, it gets them again.

Those that say when to try again decide nothing.
"""

_ENCODER = msgspec.json.Encoder(order="deterministic")


def answered_once(
    operation: str, path: Mapping[str, str], body: Any, answer: Callable[[], Response]
) -> Response:
    """Return the answer to a request: the stored one where its key was answered before.

    Where nothing is decided (the caller may not, something is away, others come first), no answer is kept
    and the key is free for the same request again. No stored answer is given about what the user may not see
    any more.

    Raises
    ------
    InvalidRequest
        Naming the header, when it is no key; or groups that are not visible any more.
    NotFound
        When what the stored answer is about is not visible any more.
    IdempotencyKeyReused, IdempotencyKeyInUse
        When the key is another request's, or its request is under way.
    """
    key = _presented_key()
    if key is None:
        return answer()
    keys = services().requests.idempotency
    reserved = keys.reserve(caller().user_id, key, fingerprint(operation, path, body, request.args))
    if isinstance(reserved, StoredAnswer):
        check_still_visible(path, body, _about(reserved))
        headers = {REPLAYED: "true"}
        return Response(reserved.body, reserved.status, headers, content_type=reserved.content_type)
    g.reservation = reserved
    try:
        response = answer()
    except AllocatorError as error:
        if error.status not in DECIDED or error.retry_after is not None:
            keys.release(reserved)
            raise
        response = on_our_error(error)
    except Exception:
        keys.release(reserved)
        raise
    content = (response.status_code, response.content_type or "", response.get_data(as_text=True))
    keys.keep(reserved, StoredAnswer(*content))
    return response


def reservation() -> Reservation | None:
    """Return the key under which the request is done, None without one."""
    return cast("Reservation | None", g.get("reservation"))


def is_resumed() -> bool:
    """Say whether an earlier try of this request may have done its work already."""
    held = reservation()
    return held is not None and held.resumed


def fingerprint(operation: str, path: Mapping[str, str], body: Any, query: Mapping[str, str]) -> str:
    """Return the SHA-256 of what makes a request what it is; white space and the order of keys do not."""
    asked = [operation, dict(path), body, *([dict(query)] if query else [])]
    return sha256(_ENCODER.encode(asked)).hexdigest()


def _about(stored: StoredAnswer) -> Mapping[str, Any]:
    """Return what a stored answer says of what was made; nothing of a refusal."""
    if stored.status >= HTTPStatus.BAD_REQUEST:
        return {}
    found = json.loads(stored.body)
    return found if isinstance(found, Mapping) else {}


def _presented_key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and re.fullmatch(PATTERN, key) is None:
        raise InvalidRequest.of(FieldError(HEADER, "A key has 1 to 255 printable ASCII characters."))
    return key
