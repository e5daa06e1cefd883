"""Answers as server-sent events (HTML, section 9.2), resumed by the header `Last-Event-ID`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flask import Response, request

from app.core.errors import FieldError, InvalidRequest

EVENT_STREAM = "text/event-stream"
LAST_EVENT_ID = "Last-Event-ID"
VERSION = re.compile(r"[0-9]{1,18}")

RETRY_MILLISECONDS = 1_000
"""After which a client asks again: no answer lasts long, because it holds a request thread."""


def last_event() -> int | None:
    """Return the version in the header `Last-Event-ID`, None without one.

    Raises
    ------
    InvalidRequest
        Naming the header, when it is no id of ours.
    """
    value = request.headers.get(LAST_EVENT_ID)
    if not value:
        return None
    if not VERSION.fullmatch(value):
        message = "It must be the id of an event of this stream, or be left out."
        raise InvalidRequest.of(FieldError(LAST_EVENT_ID, message))
    return int(value)


def event_stream(name: str, events: Iterable[tuple[int, str]]) -> Response:
    """Return events of a name, each a version as its id and JSON as its data, sent as they happen."""
    return Response(
        _written(name, events),
        content_type=EVENT_STREAM,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        direct_passthrough=True,  # compressed, events would be kept back until there are many
    )


def _written(name: str, events: Iterable[tuple[int, str]]) -> Iterator[bytes]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    for version, data in events:
        yield f"id: {version}\nevent: {name}\ndata: {data}\n\n".encode()
