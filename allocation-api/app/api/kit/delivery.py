"""Conditional requests (RFC 9110, section 13) and gzip for large answers to a GET.

Answers to other methods stay as they are: they hold what is said once, such as tokens, and compressed beside
text that a client chose they could be guessed from the length.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from http import HTTPStatus

from flask import Request, Response

MIN_LARGE_BYTES = 1_400
"""What fits into one packet is neither compressed nor tagged: nothing would be saved."""

GZIP_WINDOW = 31
"""zlib's number for a gzip stream with the largest window."""


def deliver(request: Request, response: Response) -> None:
    """Give a large answer to a GET its weak ETag; make it a 304 where the client has it, else compress it.

    The tag is of the answer before compression, so it is the same for every client. What is tagged may be
    kept by the client's own cache, but asked for again before each use. What is streamed has no tag.
    """
    if request.method not in {"GET", "HEAD"} or response.status_code != HTTPStatus.OK:
        return
    if response.direct_passthrough:
        return
    if not response.is_streamed:
        body = response.get_data()
        if len(body) < MIN_LARGE_BYTES:
            return
        tag = sha256(body).hexdigest()[:32]
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "private, no-cache"
        if request.if_none_match.contains_weak(tag):
            response.status_code = HTTPStatus.NOT_MODIFIED
            response.set_data(b"")
    response.vary.add("Accept-Encoding")
    if response.status_code == HTTPStatus.OK and request.accept_encodings["gzip"] > 0:
        _compress(response)


def _compress(response: Response) -> None:
    if response.is_streamed:
        response.response = _compressed(response.iter_encoded())
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(gzip.compress(response.get_data(), mtime=0))
    response.headers["Content-Encoding"] = "gzip"


def _compressed(parts: Iterable[bytes]) -> Iterator[bytes]:
    stream = zlib.compressobj(wbits=GZIP_WINDOW)
    for part in parts:
        if packed := stream.compress(part):
            yield packed
    yield stream.flush()
