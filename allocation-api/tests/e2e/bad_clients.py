"""Clients that hold connections without finishing anything: half requests, silence, answers nobody reads."""

from __future__ import annotations

import contextlib
import socket
import threading

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 10
DRIP_SECONDS = 0.5
RECEIVE_BYTES = 4_096
PIPELINED = 40
BUNDLE = b"GET /swaggerui/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n"
HALF_HEADERS = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: "
HALF_BODY = (
    b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b'Content-Length: 900000\r\n\r\n{"username": "'
)
HALF_CHUNKED = (
    b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"use'
)
SENT = {
    "silence": b"",
    "half_headers": HALF_HEADERS,
    "dripping_headers": HALF_HEADERS,
    "half_body": HALF_BODY,
    "half_chunked_body": HALF_CHUNKED,
    "dripping_body": HALF_BODY,
    "unread_answers": BUNDLE * PIPELINED,
    "dripping_reader": BUNDLE * PIPELINED,
}
"""What a client of each kind sends at first."""

KINDS = tuple(SENT)


class BadClients:
    """So many connections of one kind, held open until `close`."""

    def __init__(self, port, kind, count):
        sends = {"dripping_headers", "dripping_body"}
        act = self._send if kind in sends else self._read if kind == "dripping_reader" else None
        self._closing = threading.Event()
        self._connections = [self._connect(port, SENT[kind]) for _ in range(count)]
        self._thread = threading.Thread(target=self._drip, args=(act,))
        self._thread.start()

    def _connect(self, port, sent):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect((HOST, int(port)))
        connection.sendall(sent)
        return connection

    def _drip(self, act):
        while act is not None and not self._closing.wait(DRIP_SECONDS):
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    act(connection)

    @staticmethod
    def _send(connection):
        connection.sendall(b"a")

    @staticmethod
    def _read(connection):
        connection.settimeout(0)
        connection.recv(1)

    def open(self):
        """How many of them the server still holds."""
        return sum(not self._is_closed(connection) for connection in self._connections)

    @staticmethod
    def _is_closed(connection):
        """Whether the other end has closed: what has come may be read, but then there is an end."""
        connection.settimeout(0)
        try:
            while connection.recv(65_536):
                pass
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self):
        self._closing.set()
        self._thread.join()
        for connection in self._connections:
            connection.close()
