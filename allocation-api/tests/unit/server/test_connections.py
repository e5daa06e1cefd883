"""Connections: one request after the other, no thread that waits for a client, room for good ones, a stop."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.http_server import LIMITS, ManualServer

WHOLE = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
BIG = b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n"
HELD = b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def server() -> Iterator[ManualServer]:
    """A server with one thread: whatever held it would be seen."""
    made = ManualServer(threads=1)
    yield made
    made.close()


def test_requests_of_one_connection_are_answered_in_their_order(server: ManualServer) -> None:
    paths = [f"/{n}" for n in range(50)]
    client = server.client(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths))
    received = b""
    server.until(lambda: len(server.application.asked) == 50)
    while received.count(b"}") < 50:
        received += server.received(client)
    assert [f'"/{n}"'.encode() in part for n, part in enumerate(received.split(b"HTTP/1.1 ")[1:])] == [
        True
    ] * 50
    assert server.application.asked == paths
    assert server.is_open(client)


def test_a_pipelined_request_waits_until_the_answer_before_it_has_left(server: ManualServer) -> None:
    client = server.client(BIG * 20)
    server.turn(50)
    assert server.application.asked == ["/big"]
    taken = 0
    while taken < 16_100_000:
        taken += len(server.received(client))
    assert server.application.asked[:2] == ["/big", "/big"]


def test_who_reads_nothing_holds_no_thread(server: ManualServer) -> None:
    readers = [server.client(BIG * 20) for _ in range(10)]
    good = server.client(WHOLE)
    assert server.answer(good)[0] == 200
    assert all(server.is_open(reader) for reader in readers)


def test_what_is_not_whole_holds_no_thread(server: ManualServer) -> None:
    for half in (
        b"",
        b"GET /a HTTP/1.1\r\nX: ",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    ):
        for _ in range(10):
            server.client(half)
    assert server.application.asked == []
    assert server.answer(server.client(WHOLE))[0] == 200


def test_at_the_limit_the_connection_that_waited_longest_gives_way() -> None:
    server = ManualServer(limits=replace(LIMITS, max_connections=10))
    held = server.client(HELD)
    server.until(lambda: server.application.asked == ["/held"])
    server.now += 1
    silent = [server.client() for _ in range(9)]
    server.now += 1
    good = server.client(WHOLE)
    assert server.answer(good)[0] == 200
    assert not server.is_open(silent[0])
    assert all(server.is_open(each) for each in (held, *silent[1:], good))
    server.close()


def test_answers_that_wait_are_bounded_together() -> None:
    server = ManualServer(max_unsent_bytes=20_000_000)
    readers = [server.client(BIG) for _ in range(2)]
    server.until(lambda: not any(channel.requests for channel in server.http.channels()))
    server.after(1)
    assert len(server.http.channels()) == 1
    assert sum(not server.is_open(reader) for reader in readers) <= 1
    server.close()


def test_who_goes_away_is_no_error(server: ManualServer, caplog: pytest.LogCaptureFixture) -> None:
    gone = server.client(BIG * 3)
    held = server.client(HELD)
    gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    gone.socket.close()
    held.socket.close()
    server.application.release.set()
    server.until(lambda: not server.http.channels())
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_mistake_of_the_application_is_answered_and_the_next_request_is_served(
    server: ManualServer,
) -> None:
    broken = server.client(b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
    assert server.received(broken).startswith(b"HTTP/1.1 500 ")
    assert server.answer(server.client(WHOLE))[0] == 200


# --- the stop -----------------------------------------------------------------------------------------------


def drained(server: ManualServer, seconds: float = 100) -> bool:
    """Stop, with a clock that goes on by itself, ten times as fast as others."""
    real = server.http.clock
    begun = time.monotonic()
    server.http.clock = lambda: real() + 10 * (time.monotonic() - begun)
    server.http.stop()
    return server.http.drain(seconds)


def test_a_stop_closes_what_waits_and_refuses_what_comes(server: ManualServer) -> None:
    clients = [server.client(), server.client(b"GET /a HTTP/1.1\r\nX: "), server.client(WHOLE)]
    server.answer(clients[2])
    assert drained(server)
    assert server.http.channels() == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_a_stop_finishes_the_request_in_progress_and_those_that_wait_for_a_thread(
    server: ManualServer,
) -> None:
    first, second = server.client(HELD), server.client(WHOLE)
    server.until(lambda: server.application.asked == ["/held"])
    threading.Timer(0.3, server.application.release.set).start()
    assert drained(server)
    for client in (first, second):
        answer = client.socket.recv(10_000)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"\r\nConnection: close\r\n" in answer
        assert client.socket.recv(1) == b""
    assert server.application.asked == ["/held", "/a"]


def test_a_stop_does_not_begin_a_pipelined_request(server: ManualServer) -> None:
    client = server.client(HELD + WHOLE)
    server.until(lambda: server.application.asked == ["/held"])
    threading.Timer(0.2, server.application.release.set).start()
    assert drained(server)
    assert server.application.asked == ["/held"]
    assert client.socket.recv(10_000).startswith(b"HTTP/1.1 200 ")


def test_a_stop_does_not_wait_for_who_reads_nothing(server: ManualServer) -> None:
    server.client(BIG)
    server.until(lambda: not server.http.channels()[0].requests)
    assert drained(server)


def test_a_stop_says_that_a_request_was_not_finished_in_time(server: ManualServer) -> None:
    server.client(HELD)
    server.until(lambda: server.application.asked == ["/held"])
    assert not drained(server, seconds=0.2)


def test_the_end_of_the_parent_is_seen(server: ManualServer) -> None:
    ours, parents = os.pipe()
    server.http.watch(ours, server.http.stop)
    server.turn()
    assert not server.http.stopping
    os.close(parents)
    server.until(lambda: server.http.stopping)
    os.close(ours)
