"""What a client does not send, or does not take, holds nothing for longer than its deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.http_server import LIMITS, ManualServer

HALF_HEADERS = b"GET /a HTTP/1.1\r\nHost: x\r\nX-A: "
HALF_BODY = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n{"
WHOLE = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
BIG = b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def server() -> Iterator[ManualServer]:
    made = ManualServer()
    yield made
    made.close()


def test_a_silent_connection_ends_after_the_time_for_headers(server: ManualServer) -> None:
    client = server.client()
    server.after(9.5)
    assert server.is_open(client)
    server.after(1.5)
    assert not server.is_open(client)


def test_headers_that_drip_are_refused_after_their_time(server: ManualServer) -> None:
    client = server.client(HALF_HEADERS)
    for _ in range(9):
        client.send(b"a")
        server.after(1)
    assert server.is_open(client)
    server.after(2)
    assert server.answer(client) == (408, {"path": "/", "body": 0, "code": "REQUEST_TIMED_OUT"})


def test_a_body_that_drips_is_refused_after_its_time(server: ManualServer) -> None:
    client = server.client(HALF_BODY)
    for _ in range(19):
        client.send(b"a")
        server.after(1)
    assert server.is_open(client)
    server.after(3)
    assert server.answer(client) == (408, {"path": "/a", "body": 0, "code": "REQUEST_TIMED_OUT"})
    assert server.application.asked == ["/a"]


def test_a_body_may_take_longer_as_long_as_it_moves(server: ManualServer) -> None:
    limits = replace(LIMITS, max_body_bytes=1_000_000)
    slow = ManualServer(limits=limits)
    client = slow.client(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n")
    for _ in range(50):  # seconds, of which the fixed time alone gives 20
        client.send(b"a" * 10_000)
        slow.after(1)
    assert slow.answer(client) == (200, {"path": "/a", "body": 500_000, "code": None})
    slow.close()


def test_a_connection_waits_for_its_next_request_so_long(server: ManualServer) -> None:
    client = server.client(WHOLE)
    assert server.answer(client)[0] == 200
    server.after(1)
    server.after(58)
    assert server.is_open(client)
    server.after(3)
    assert not server.is_open(client)


def test_each_request_of_a_connection_has_its_own_time(server: ManualServer) -> None:
    client = server.client()
    for _ in range(5):
        client.send(HALF_HEADERS)
        server.after(4)
        server.after(4)
        client.send(b"\r\n\r\n")
        server.turn()
        assert server.answer(client)[0] == 200


def test_empty_lines_are_no_request_and_win_no_time(server: ManualServer) -> None:
    client = server.client()
    for _ in range(12):
        try:
            client.send(b"\r\n\r\n")
        except OSError:
            break
        server.after(1)
    assert not server.is_open(client)


def test_an_answer_that_is_not_read_ends_after_its_time(server: ManualServer) -> None:
    client = server.client(BIG)
    server.until(lambda: not server.http.channels()[0].requests)
    server.after(1)
    server.after(28)
    assert server.http.channels()
    server.after(3)
    assert not server.http.channels()
    assert client.socket.fileno() >= 0


def test_an_answer_that_is_read_slowly_comes_whole(server: ManualServer) -> None:
    client = server.client(BIG)
    server.until(lambda: not server.http.channels()[0].requests)
    taken = 0
    for _ in range(60):  # seconds, of which the fixed time alone gives 30
        wanted = taken + 100_000
        while taken < wanted:
            taken += len(server.received(client)[:])
        server.after(1)
    while taken < len(server.application.BIG):
        taken += len(server.received(client))
    assert server.is_open(client)


def test_a_request_in_progress_has_no_deadline(server: ManualServer) -> None:
    client = server.client(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
    server.until(lambda: server.application.asked == ["/held"])
    for _ in range(3):
        server.now += 1_000
        server.turn()
    server.application.release.set()
    assert server.answer(client)[0] == 200
