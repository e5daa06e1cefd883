"""Requests that the server refuses: as early as it can be known, with an answer that the client can read."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waitress.adjustments import Adjustments

from app.server.parser import MAX_HEADER_BYTES, Parser
from tests.support.http_server import ManualServer, response_of

LONG = b"a" * 9_000
ALL_HEADERS = b"".join(b"X-%d: " % n + b"a" * 3_000 + b"\r\n" for n in range(12))
REFUSED = {
    "no request line": (b"hello\r\n\r\n", 400, "MALFORMED_REQUEST"),
    "a header without a colon": (b"GET /a HTTP/1.1\r\nHost\r\n\r\n", 400, "MALFORMED_REQUEST"),
    "a header that goes on": (b"GET /a HTTP/1.1\r\n X: y\r\n\r\n", 400, "MALFORMED_REQUEST"),
    "a lower-case method": (b"get /a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MALFORMED_REQUEST"),
    "an address that is none": (b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MALFORMED_REQUEST"),
    "a length that is none": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        400,
        "MALFORMED_REQUEST",
    ),
    "two lengths": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        400,
        "MALFORMED_REQUEST",
    ),
    "a length of thousands of digits": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        400,
        "MALFORMED_REQUEST",
    ),
    "a transfer coding that is not known": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        400,
        "MALFORMED_REQUEST",
    ),
    "a chunk that is none": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
        400,
        "MALFORMED_REQUEST",
    ),
    "a line between chunks without an end": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 2_000,
        400,
        "MALFORMED_REQUEST",
    ),
    "an address that is too long": (b"GET /" + LONG + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "URI_TOO_LONG"),
    "an address without an end": (b"GET /" + LONG, 414, "URI_TOO_LONG"),
    "headers that are too large": (
        b"GET /a HTTP/1.1\r\nHost: x\r\n" + ALL_HEADERS + b"\r\n",
        431,
        "HEADERS_TOO_LARGE",
    ),
    "headers without an end": (b"GET /a HTTP/1.1\r\nHost: x\r\n" + ALL_HEADERS, 431, "HEADERS_TOO_LARGE"),
    "a body that is too large": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n",
        413,
        "REQUEST_ENTITY_TOO_LARGE",
    ),
    "chunks that are too large together": (
        b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        + (b"1000\r\n" + b"a" * 4096 + b"\r\n") * 25,
        413,
        "REQUEST_ENTITY_TOO_LARGE",
    ),
}
WHOLE = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
CHUNKED = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
STREAMS = {"whole": WHOLE, "chunked": CHUNKED, **{name: sent for name, (sent, _, _) in REFUSED.items()}}


@pytest.fixture
def server() -> Iterator[ManualServer]:
    made = ManualServer()
    yield made
    made.close()


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(server: ManualServer, sent: bytes, status: int, code: str) -> None:
    client = server.client(sent)
    found, said = server.answer(client)
    assert (found, said["code"], said["body"]) == (status, code, 0)
    assert server.received(client) == b""


def test_the_largest_body_is_served(server: ManualServer) -> None:
    client = server.client(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100_000)
    assert server.answer(client) == (200, {"path": "/a", "body": 100_000, "code": None})


def test_a_body_that_is_announced_too_large_is_not_asked_for(server: ManualServer) -> None:
    client = server.client(
        b"POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100001\r\n\r\n"
    )
    assert server.answer(client)[0] == 413


def test_a_body_that_is_expected_is_asked_for(server: ManualServer) -> None:
    client = server.client(
        b"POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    )
    assert server.received(client) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b"abc")
    assert server.answer(client) == (200, {"path": "/a", "body": 3, "code": None})


def test_a_request_without_a_body_that_expects_to_be_asked_is_answered(server: ManualServer) -> None:
    client = server.client(b"GET /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n")
    assert server.answer(client)[0] == 200


def test_who_still_sends_the_refused_body_reads_the_answer(server: ManualServer) -> None:
    """A connection that was closed at once would be reset by what still comes, and the answer lost."""
    serving = threading.Thread(target=server.http.serve)
    serving.start()
    try:
        client = server.client_elsewhere()
        client.send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + b"a" * 5_000_000)
        answer = response_of(client)
        assert answer.status == 413
        assert json.loads(answer.read())["code"] == "REQUEST_ENTITY_TOO_LARGE"
    finally:
        server.http.stop()
        serving.join()


def outcome(stream: bytes, cuts: list[int]) -> tuple[object, ...]:
    """What a parser makes of a stream that comes in pieces."""
    parser = Parser(Adjustments(max_request_body_size=100_001, max_request_header_size=MAX_HEADER_BYTES))
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        piece = stream[start:end]
        while piece and not parser.completed:
            piece = piece[parser.received(piece) :]
    error = parser.error
    body = parser.get_body_stream().read() if error is None else b""
    return parser.completed, type(error), body


@pytest.mark.parametrize("name", STREAMS)
@given(cuts=st.lists(st.integers(0, 200_000), max_size=12))
def test_it_does_not_matter_how_a_request_is_cut(name: str, cuts: list[int]) -> None:
    assert outcome(STREAMS[name], cuts) == outcome(STREAMS[name], [])
