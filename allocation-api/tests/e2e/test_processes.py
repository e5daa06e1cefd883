"""Parent and serving processes: what becomes of one when the other ends, and signals."""

from __future__ import annotations

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import httpx
import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.many_processes import ManyProcesses
from tests.e2e.trading_desk import GONE
from tests.support.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture
def start(tmp_path):
    started = []

    def make(**more):
        started.append(ManyProcesses(tmp_path, WORKERS="2", **more))
        return started[-1]

    yield make
    for each in started:
        each.close()


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_serving_processes_that_die_are_replaced_and_the_stop_ends_all(start):
    many = start()
    first = set(many.workers())
    assert len(first) == 2
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(set(many.workers()) - first) == 2, "new processes")
    assert httpx.get(f"{many.server.root}/health/live", timeout=60).status_code == 200
    group = os.getpgid(many.server.pid)
    assert many.server.stop() == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_serving_processes_end_with_a_parent_that_was_killed(start):
    many = start()
    pids = many.workers()
    os.kill(many.server.pid, signal.SIGKILL)
    until(lambda: all(is_gone(pid) for pid in pids), "the end of the serving processes")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", many.server.port))


def test_a_second_signal_ends_at_once(start):
    many = start()
    allocation_id = many.client.preview()
    many.simulator.reset()
    many.simulator.put({"operation": names.POST_ORDER, "kind": "latency", "seconds": 20.0})
    with ThreadPoolExecutor(1) as pool:
        committed = pool.submit(many.client.commit, allocation_id)
        until(lambda: names.POST_ORDER in many.simulator.received(), "the order under way")
        pids = many.workers()
        os.kill(many.server.pid, signal.SIGTERM)
        until(lambda: len(many.workers()) < 2, "the end of the process without a request")
        assert many.server.stop(signal.SIGINT) == 1
        with pytest.raises(GONE):
            committed.result()
    assert all(is_gone(pid) for pid in pids)


def test_a_hangup_is_refused_with_a_word(start):
    many = start(LOG_LEVEL="WARNING")
    for pid in (many.server.pid, *many.workers()):
        os.kill(pid, signal.SIGHUP)
    until(lambda: many.server.log.read_text().count("settings are read at the start") == 3, "three lines")
    assert httpx.get(f"{many.server.root}/health/live").status_code == 200


def test_a_port_in_use_is_said_in_one_line(make_server):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = make_server(PORT=str(port)).refuses_to_start()
    assert said == f"Cannot start: HOST 127.0.0.1 and PORT {port} cannot be used: Address already in use\n"


def test_one_connection_serves_many_requests(make_server):
    server = make_server().start()
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.connect()
    local = connection.sock.getsockname()
    for _ in range(20):
        connection.request("GET", "/health/live")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Server"]) == (200, "Allocator")
        answer.read()
        assert connection.sock.getsockname() == local
    connection.close()
