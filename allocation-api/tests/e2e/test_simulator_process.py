"""The simulator in a process of its own, as `make simulator` starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse, IncompleteRead
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.simulator_process import (
    API_DIR,
    BODY,
    COMMAND,
    GOLDEN,
    MAX_WAIT_SECONDS,
    ORDER_POST,
    POSITION,
    SimulatorProcess,
    vendor_headers,
)

pytestmark = pytest.mark.slow

MASTER = "/api/reference-data/securities/v1/security-master"
TOKEN = "/api/oauth2/default/v1/token"
POST = "OrderAPI_PostOrder"
SECRET = "a-secret-that-nobody-may-read"


@pytest.fixture
def start(tmp_path):
    started = []

    def make(*options, **environment):
        started.append(SimulatorProcess(tmp_path, *options, **environment))
        return started[-1]

    yield make
    for each in started:
        each.kill()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    process = SimulatorProcess(tmp_path_factory.mktemp("simulator"))
    yield process
    process.kill()


@pytest.fixture
def simulator(shared):
    """One process for all tests that leave it as it was."""
    shared.reset()
    return shared


def raw_request(url, method, path, body=b""):
    """Send a request over a plain socket and return the socket, so that the test sees how it ends."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=MAX_WAIT_SECONDS)
    fields = {**vendor_headers(), "Host": parts.netloc, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
    return connection


@pytest.mark.parametrize(("kind", "taken"), [("reset_before", 0), ("reset_after", 1)])
def test_the_client_sees_a_reset(simulator, kind, taken):
    before = len(simulator.orders())
    simulator.put({"operation": POST, "kind": kind, "times": 1})
    body = json.dumps(BODY).encode()
    with (
        raw_request(simulator.url, "POST", ORDER_POST, body) as connection,
        pytest.raises(ConnectionResetError),
    ):
        connection.recv(1)
    assert len(simulator.orders()) == before + taken
    count = simulator.report()["operations"][POST]
    assert (count["received"], count["answered"], count["failed_by_fault"]) == (1, 0, 1)
    assert count["orders_taken"] == taken


def test_a_reset_reaches_an_http_client_as_a_transport_error_and_the_next_request_is_served(simulator):
    simulator.put({"operation": "*", "kind": "reset_before", "times": 3})
    assert simulator.client.get("/simulator/").status_code == 200
    for _ in range(3):
        with pytest.raises(httpx.TransportError):
            simulator.get()
    assert simulator.get().status_code == 200


def test_a_cut_body_ends_before_its_length(simulator):
    simulator.put({"operation": "getPositions", "kind": "cut_body", "times": 1})
    with raw_request(simulator.url, "GET", POSITION) as connection:
        answer = HTTPResponse(connection)
        answer.begin()
        with pytest.raises(IncompleteRead) as cut:
            answer.read()
    assert 0 < len(cut.value.partial) < int(answer.headers["Content-Length"])
    simulator.put({"operation": "getPositions", "kind": "cut_body", "times": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        simulator.get()


def test_a_slow_body_outlasts_a_read_timeout_between_its_pieces(simulator):
    simulator.put({"operation": "getPositions", "kind": "slow_body", "seconds": 20, "pieces": 2, "times": 1})
    with pytest.raises(httpx.ReadTimeout):
        simulator.client.get(POSITION, headers=vendor_headers(), timeout=0.2)


def test_a_slow_body_comes_whole(simulator):
    plain = simulator.get().content
    simulator.put({"operation": "getPositions", "kind": "slow_body", "seconds": 0.1, "pieces": 5, "times": 1})
    with simulator.client.stream("GET", POSITION, headers=vendor_headers()) as answer:
        pieces = list(answer.iter_raw())
    assert b"".join(pieces) == plain
    assert len(pieces) > 1


def test_sixty_requests_are_in_progress_at_once(simulator):
    """All are held by a latency; were they served in turns, the log would not show them all unanswered."""
    simulator.put({"operation": "getPositions", "kind": "latency", "seconds": 5})
    with ThreadPoolExecutor(60) as pool:
        running = [pool.submit(simulator.get) for _ in range(60)]
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        most = 0
        while most < 60 and time.monotonic() < deadline and not all(each.done() for each in running):
            count = simulator.report()["operations"].get("getPositions", {"received": 0, "answered": 0})
            most = max(most, count["received"] - count["answered"])
        assert most == 60
        assert {each.result().status_code for each in running} == {200}


def test_counts_are_exact_under_concurrency(simulator):
    before = {order["id"] for order in simulator.orders()}
    simulator.put(
        {"operation": POST, "kind": "reset_after", "times": 5},
        {"operation": POST, "kind": "status", "status": 503, "times": 7},
    )

    def attempt(_):
        try:
            return simulator.post_order().status_code
        except httpx.TransportError:
            return None

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(attempt, range(50)))
    # A request that is reset meets the 503 behind it as well, while there are any.
    count = simulator.report()["operations"][POST]
    failed = count["failed_by_fault"]
    assert outcomes.count(None) == 5
    assert outcomes.count(200) == count["answered"] == 50 - failed
    assert count["received"] == 50
    assert count["faults"] == {"reset_after": 5, "status": 7}
    assert count["orders_taken"] == 50 - 7
    assert len({order["id"] for order in simulator.orders()} - before) == 50 - 7


def test_a_long_list_of_ids_is_served(simulator):
    ids = ",".join(f"{n:09d}" for n in range(2000))
    answer = simulator.client.get(MASTER, params={"assetId": ids}, headers=vendor_headers())
    assert len(answer.json()["errors"]) == 2000


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_nothing_behind(start, how):
    simulator = start()
    assert simulator.get().status_code == 200
    assert simulator.stop(how) == 0
    assert simulator.is_group_gone()
    assert simulator.log() == ""


def test_credentials_come_from_the_environment_and_are_never_written(start):
    simulator = start(
        "--client-id", "desk", SIMULATOR_CLIENT_SECRET=SECRET, SIMULATOR_API_KEY="key-" + SECRET
    )
    assert simulator.get().status_code == 401
    grant = {"grant_type": "client_credentials", "client_id": "desk", "client_secret": SECRET}
    token = simulator.client.post(TOKEN, data=grant).json()["access_token"]
    sent = {
        **vendor_headers(),
        "Authorization": f"Bearer {token}",
        "VND.com.blackrock.API-Key": "key-" + SECRET,
    }
    assert simulator.client.get(POSITION, headers=sent).status_code == 200
    report = simulator.client.get("/simulator/requests").text
    simulator.stop()
    written = simulator.said + simulator.log() + report
    assert SECRET not in written
    assert token not in written


def test_faults_come_from_a_file(start, tmp_path):
    file = tmp_path / "faults.json"
    file.write_text(json.dumps([{"operation": "*", "kind": "status", "status": 503, "times": 1}]))
    simulator = start("--faults", str(file))
    assert [simulator.get().status_code for _ in range(2)] == [503, 200]


def test_fills_come_with_fill_seconds(start):
    simulator = start("--fill-seconds", "0.001")
    simulator.post_order()
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while simulator.orders()[0]["status"] == "Open" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert simulator.orders()[0]["status"] != "Open"


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        (["--client-id", "desk"], {}, "--client-id needs a secret"),
        ([], {"SIMULATOR_CLIENT_SECRET": SECRET}, "--client-id needs a secret"),
        (["--faults", "/nowhere/faults.json"], {}, "--faults: /nowhere/faults.json: No such file"),
        (["--faults", str(GOLDEN)], {}, f"--faults: {GOLDEN}: Expected `array`, got `object`"),
        (["--fill-seconds", "-1"], {}, "fill_seconds"),
    ],
)
def test_an_option_that_cannot_be_meant_is_said_and_nothing_is_served(options, environment, said):
    done = subprocess.run(  # noqa: S603 - our own module
        [*COMMAND, *options],
        cwd=API_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=MAX_WAIT_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert SECRET not in done.stderr
