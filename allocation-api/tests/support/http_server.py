"""A server of one process whose loop and clock are moved by the test, and clients over loopback."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from http.client import HTTPResponse
from typing import Any

from waitress import wasyncore

from app.core.config.server import ConnectionLimits
from app.core.errors import REFUSAL
from app.server.http import HttpServer

LIMITS = ConnectionLimits(
    header_seconds=10,
    body_seconds=20,
    answer_seconds=30,
    idle_seconds=60,
    max_connections=100,
    max_body_bytes=100_000,
)
MAX_WAIT_SECONDS = 20


def is_readable(connection: socket.socket) -> bool:
    """Whether there is something to read, or the end; `select` knows no descriptor above 1,023."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


class Application:
    """Echoes what was asked; /big is an answer that no socket buffer holds, /held waits until `release`."""

    BIG = b"x" * 16_000_000

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.release = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        refusal = environ.get(REFUSAL)
        status = 200 if refusal is None else refusal.status
        if path == "/held":
            self.release.wait(MAX_WAIT_SECONDS)
        if path == "/broken":
            raise KeyError("a bug")
        body = self.BIG if path == "/big" else self._said(environ, refusal)
        start_response(f"{status} Said", [("Content-Length", str(len(body)))])
        return [body]

    @staticmethod
    def _said(environ: dict[str, Any], refusal: Any) -> bytes:
        said = {
            "path": environ["PATH_INFO"],
            "body": len(environ["wsgi.input"].read()),
            "code": refusal and refusal.code,
        }
        return json.dumps(said).encode()


class Client:
    """One connection. What it is sent waits in a small buffer until it reads."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.socket.settimeout(MAX_WAIT_SECONDS)
        self.socket.connect(("127.0.0.1", port))

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)


class ManualServer:
    """A server that runs only while the test lets it, by a clock of the test's own."""

    def __init__(self, threads: int = 4, *, limits: ConnectionLimits = LIMITS, **more: Any) -> None:
        self.now = 1_000.0
        self.application = Application()
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.http = HttpServer(self.application, listener, limits, threads, clock=lambda: self.now, **more)
        self._clients: list[Client] = []

    def client(self, sent: bytes = b"") -> Client:
        """Connect, send something, and let the server take it."""
        made = self.client_elsewhere()
        made.send(sent)
        self.turn()
        return made

    def client_elsewhere(self) -> Client:
        """Connect, where another thread serves."""
        made = Client(self.port)
        self._clients.append(made)
        return made

    def turn(self, times: int = 5) -> None:
        """Let the server do what is to be done."""
        for _ in range(times):
            wasyncore.poll2(0.01, self.http._map)

    def after(self, seconds: float) -> None:
        """Let that much time pass, a second at most at a time."""
        while seconds > 0:
            self.now += min(seconds, 1)
            seconds -= 1
            self.turn(2)

    def until(self, holds: Callable[[], bool]) -> None:
        """Serve until something holds."""
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while not holds():
            assert time.monotonic() < deadline
            self.turn(1)

    def received(self, client: Client) -> bytes:
        """Serve until the client has an answer, or the end of its connection, and return what came."""
        self.until(lambda: is_readable(client.socket))
        return client.socket.recv(1_000_000)

    def answer(self, client: Client) -> tuple[int, Any]:
        """Serve until the client has a whole small answer, and return its status and JSON."""
        head = b""
        while b"}" not in head:
            more = self.received(client)
            assert more, f"the connection ended after {head!r}"
            head += more
        status = int(head.split()[1])
        return status, json.loads(head.partition(b"\r\n\r\n")[2])

    def is_open(self, client: Client) -> bool:
        """Whether the connection is open from the client's side."""
        self.turn()
        if not is_readable(client.socket):
            return True
        try:
            return bool(client.socket.recv(1, socket.MSG_PEEK))
        except ConnectionResetError:
            return False

    def close(self) -> None:
        self.application.release.set()
        self.http.task_dispatcher.shutdown()
        for client in self._clients:
            client.socket.close()
        for channel in self.http.channels():
            channel.handle_close()
        self.http.close()


def response_of(client: Client) -> HTTPResponse:
    """The next answer on the connection of a client, where another thread serves."""
    answer = HTTPResponse(client.socket)
    answer.begin()
    return answer
