"""The service that says what can be traded: on loopback, away, slow, wrong, and too long."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from app.core.clock import utc_now
from app.core.config.reallocation import ReallocationSettings
from app.services.reallocation.liquidity import METHOD, LiquidityService
from tests.storage.servers import free_port
from tests.support.desk import Desk
from tests.support.http_server import is_readable
from tests.support.reallocation import DEMO, ENOUGH, GOLDEN, codes, evaluate, trades
from tests.support.receivers import web_receiver


def result(available, **more):
    """An answer of JSON-RPC to the call."""

    def answers(call):
        said = {"jsonrpc": "2.0", "id": json.loads(call)["id"], "result": {"available": available}}
        return json.dumps(said | more).encode()

    return answers


def said(value):
    """The same answer to any call."""
    return lambda _: json.dumps(value).encode()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A desk with a liquidity service on loopback."""
    with web_receiver() as service:
        settings = {"LIQUIDITY_RPC_URL": f"http://127.0.0.1:{service.port}/rpc", "LIQUIDITY_RPC_SECONDS": "1"}
        yield Desk(tmp_path_factory.mktemp("served"), **settings), service


@pytest.fixture
def asking(served):
    """Say how the service behaves from now on; it begins to count its calls."""

    def behaving(answers, **more):
        desk, service = served
        service.answers, service.asked = answers, 0
        service.taken.clear()
        for name, value in {"says": 200, "hangs": False, **more}.items():
            setattr(service, name, value)
        return desk, service

    return behaving


def test_the_service_says_what_can_be_traded_and_its_answer_is_kept(asking):
    """R25.3."""
    desk, service = asking(result({"1": 15.559, "2": 70, "3": 1}))
    found = evaluate(desk, **GOLDEN)
    assert (found["status"], trades(found)) == ("PARTIAL", {"2": ("SELL", 15.55), "1": ("BUY", 15.55)})
    ((path, _, call),) = service.taken
    assert (path, json.loads(call)) == (
        "/rpc",
        {
            "jsonrpc": "2.0",
            "id": found["reallocation_id"],
            "method": METHOD,
            "params": {"assets": ["1", "2"]},
        },
    )
    kept = desk.get(f"reallocation/{found['reallocation_id']}")["service_answer"]
    assert (kept["status"], kept["fault"], kept["assets"]) == (200, None, ["1", "2"])
    assert json.loads(kept["body"])["result"]["available"] == {"1": 15.559, "2": 70, "3": 1}
    # What the request states counts, and is not asked for.
    assert evaluate(desk, **GOLDEN, **ENOUGH)["status"] == "MATCHED"
    # Nor is anything where nothing is needed.
    assert evaluate(desk, current={"1": 1}, target={"1": 1})["service_answer"] is None
    assert service.asked == 1


@pytest.mark.parametrize(
    ("answers", "status", "more"),
    [
        (result({"1": 70, "2": 70}), 503, {"says": 503}),
        (result({"1": 70, "2": 70}), 302, {"says": 302}),
        (lambda _: b"not JSON", 200, {}),
        (lambda _: b"", 200, {}),
        (said({"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": "no"}}), 200, {}),
        (said({"jsonrpc": "2.0", "id": "x", "result": {"available": {"1": 70, "2": 70}}}), 200, {}),
        (result({"1": 70, "2": 70}, jsonrpc="1.0"), 200, {}),
        (result({"1": -1, "2": 70}), 200, {}),
        (result({"1": 1e300, "2": 70}), 200, {}),
        (result({"1": None, "2": 70}), 200, {}),
        (result(["1", "2"]), 200, {}),
        (result({"1": 70, "2": 70}, more="x" * 1_000_000), None, {}),
        (result({"1": 70, "2": 70}), None, {"hangs": True}),
    ],
)
def test_a_service_that_has_no_answer_makes_no_plan_matched(asking, answers, status, more):
    """R25.3."""
    desk, service = asking(answers, **more)
    found = evaluate(desk, **GOLDEN)
    assert (found["status"], codes(found)[0]) == ("PARTIAL", "LIQUIDITY_SERVICE_UNAVAILABLE")
    assert (found["liquidity_metrics"]["fully_matched"], found["trades"]) == (False, [])
    assert (found["service_answer"]["status"], service.asked) == (status, 1)
    assert found["service_answer"]["fault"]
    assert f":{service.port}" not in json.dumps(found)


def drip(listening, over):
    """Answer one call by a header every tenth of a second, until the client has gone or for 20 s."""
    connection, _ = listening.accept()
    with connection:
        asked = b""
        while not asked.endswith(b"}}"):  # headers and body may come apart
            asked += connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            try:
                connection.sendall(f"x-{number}: y\r\n".encode())
                has_gone = is_readable(connection)  # its end
            except OSError:  # a reset, where it left with something unread
                has_gone = True
            if has_gone:
                over.set()
                return
            time.sleep(0.1)


def test_an_answer_that_arrives_bit_by_bit_is_ended_at_the_deadline():
    """R25.3."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/rpc"
        server = threading.Thread(target=drip, args=(listening, over))
        server.start()
        available, answer = LiquidityService(ReallocationSettings(url, 1), utc_now).ask("id", ["1"])
        server.join()
    assert (available, answer.fault, over.is_set()) == ({}, "It did not answer within 1 s.", True)


def test_without_the_service_what_is_assumed_or_known_by_volume_is_planned_and_not_matched(asking):
    """R25.3."""
    desk, _ = asking(result({}), says=500)
    found = evaluate(desk, **GOLDEN, assume_liquid=True)
    assert (found["status"], trades(found)) == ("PARTIAL", {"2": ("SELL", 20), "1": ("BUY", 20)})
    found = evaluate(desk, **DEMO, target_weights={"EQ-US-LARGE": 0.3, "BD-GOVT-LONG": 0.7})
    assert (found["status"], found["liquidity_metrics"]["liquidity_shortfall"]) == ("PARTIAL", 0)
    assert codes(found) == ["LIQUIDITY_SERVICE_UNAVAILABLE"]


def test_what_the_service_does_not_say_is_known_by_volume_or_not(asking):
    """R25.3."""
    desk, _ = asking(result({"EQ-US-LARGE": 500_000}))
    found = evaluate(desk, **DEMO, target_weights={"BD-GOVT-LONG": 0.9, "X": 0.1})
    sources = {each["asset"]: each["source"] for each in found["liquidity_metrics"]["by_asset"]}
    assert sources == {"EQ-US-LARGE": "SERVICE", "BD-GOVT-LONG": "VOLUME", "X": "UNKNOWN"}
    assert found["status"] == "PARTIAL"


def test_a_service_that_nothing_listens_for(tmp_path):
    """R25.3."""
    desk = Desk(tmp_path, LIQUIDITY_RPC_URL=f"http://127.0.0.1:{free_port()}/rpc")
    found = evaluate(desk, **GOLDEN)
    assert (found["status"], found["service_answer"]["status"]) == ("PARTIAL", None)
    assert codes(found)[0] == "LIQUIDITY_SERVICE_UNAVAILABLE"
