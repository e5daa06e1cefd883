"""One connection: deadlines for what its client sends and takes, and one request after the other.

Deadlines are as in Apache's mod_reqtimeout: headers have so many seconds in all, bodies and answers have so
many and one more for each `MIN_BYTES_PER_SECOND` that moved. The server asks every connection once a second.
What the system buffers for a client (megabytes of an answer that nobody reads) has not moved.
"""

from __future__ import annotations

import contextlib
import fcntl
import socket
import struct
import sys
import termios
from enum import Enum, auto
from typing import Any, Protocol

from waitress.channel import HTTPChannel

from app.core import metrics
from app.core.config.server import ConnectionLimits
from app.core.errors import RequestTimedOut
from app.server.parser import Parser
from app.server.tasks import RefusalTask, RequestTask

MIN_BYTES_PER_SECOND = 10_000
LINGER_SECONDS = 2
FLUSH_SECONDS = 3
"""Time that a client has to take its answer once the server stops."""

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with a time of zero: closing sends a reset, and the kernel keeps nothing that is unsent."""


class Phase(Enum):
    """What a connection waits for."""

    IDLE = auto()
    """The first byte of the next request."""

    HEADERS = auto()
    BODY = auto()
    SERVICE = auto()
    """The application."""

    ANSWER = auto()
    """The client, to take what is ready to be sent."""

    LINGER = auto()
    """The client, to see that its request was refused."""


class ChannelServer(Protocol):
    """What a connection asks of its server."""

    limits: ConnectionLimits
    stopping: bool

    def clock(self) -> float:
        """Return monotonic seconds."""

    def add_task(self, task: Channel) -> None:
        """Have a request thread call `service` of the connection."""


class Channel(HTTPChannel):  # type: ignore[misc]
    """Connection whose requests are answered one after the other, each when the last answer has left.

    waitress serves pipelined requests without waiting for that, and keeps a request thread in a wait once too
    much is unsent: a few clients that read nothing would hold all threads.
    """

    parser_class = Parser
    task_class = RequestTask
    error_task_class = RefusalTask

    server: ChannelServer
    request: Parser | None
    sent_continue: bool

    def __init__(
        self,
        server: ChannelServer,
        sock: socket.socket,
        addr: Any,
        adj: Any,
        map: Any = None,  # noqa: A002
    ) -> None:
        self._unread = b""
        self._read = 0
        self._sent = 0
        self._taken = 0
        self._lingers = False
        self._refused = False
        self._seen = (Phase.HEADERS, 0)
        self._moved = 0
        self.since = server.clock()
        super().__init__(server, sock, addr, adj, map=map)

    @property
    def phase(self) -> Phase:
        """What the connection waits for now."""
        request = self.request
        if self._lingers:
            return Phase.LINGER
        if self.total_outbufs_len:
            return Phase.ANSWER
        if self.requests:
            return Phase.SERVICE
        if request is not None and request.headers_finished:
            return Phase.BODY
        return Phase.HEADERS if request is not None or not self._read else Phase.IDLE

    # --- deadlines ------------------------------------------------------------------------------------------

    def expire(self, now: float) -> None:
        """Refuse a request that does not come, and close a connection that makes no progress."""
        phase = self._followed(now)
        deadline = self._deadline(phase, self.server.limits.answer_seconds)
        if deadline is None or now < deadline:
            return
        if phase in {Phase.HEADERS, Phase.BODY} and self.request is not None:
            self._refuse_slow(phase)
        else:
            self.abort()

    def finish(self, now: float) -> None:
        """Close the connection for a stop, unless a request is in progress or its answer is being taken."""
        phase = self._followed(now)
        if phase in {Phase.IDLE, Phase.HEADERS, Phase.BODY}:
            self.abort()
            return
        deadline = self._deadline(phase, FLUSH_SECONDS)
        if deadline is not None and now >= deadline:
            self.abort()

    def _followed(self, now: float) -> Phase:
        phase = self.phase
        # The headers of the next request are another phase than those of this one.
        if self._seen != (phase, self._read):
            self._seen, self.since, self._moved = (phase, self._read), now, self._progress(phase)
        return phase

    def _deadline(self, phase: Phase, answer_seconds: int) -> float | None:
        limits = self.server.limits
        moved = (self._progress(phase) - self._moved) / MIN_BYTES_PER_SECOND
        seconds = {
            Phase.IDLE: limits.idle_seconds,
            Phase.HEADERS: limits.header_seconds,
            Phase.BODY: limits.body_seconds + moved,
            Phase.ANSWER: answer_seconds + moved,
            Phase.LINGER: LINGER_SECONDS,
        }.get(phase)
        return None if seconds is None else self.since + seconds

    def _progress(self, phase: Phase) -> int:
        if phase is Phase.BODY and self.request is not None:
            return int(self.request.body_bytes_received)
        # A thread that sends counts after the system does: what looks like less than before is as much.
        self._taken = max(self._taken, self._sent - self._buffered())
        return self._taken

    def _buffered(self) -> int:
        """Return how many sent bytes the client's system has not acknowledged (Linux: SIOCOUTQ)."""
        queued = bytearray(struct.calcsize("i"))
        # ValueError: the connection is closed already.
        with contextlib.suppress(OSError, ValueError):
            fcntl.ioctl(self.socket, termios.TIOCOUTQ, queued)
        return int.from_bytes(queued, sys.byteorder)

    def _refuse_slow(self, phase: Phase) -> None:
        what = "headers of the request" if phase is Phase.HEADERS else "body of the request"
        with self.requests_lock:
            if self.request is None:
                return
            self.request.refuse(RequestTimedOut(f"The {what} did not come in time"))
            self._accept_request()

    def abort(self) -> None:
        """Close the connection at once; what is unsent is lost, and the client sees a reset."""
        if self.socket is not None and self.total_outbufs_len:
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.handle_close()

    # --- reading --------------------------------------------------------------------------------------------

    def readable(self) -> bool:
        """Whether to wait for more of the client; pipelined bytes that were held back go first."""
        if self._lingers:
            return bool(self.connected)
        if not self.connected or self.server.stopping:
            return False
        if self._unread and not self.requests and not self.total_outbufs_len:
            self.received(b"")
        return bool(super().readable())

    def handle_read(self) -> None:
        """Read; while the connection lingers, read nothing but its end."""
        if self._lingers:
            self.recv(self.adj.recv_bytes)
        else:
            super().handle_read()

    def recv(self, buffer_size: int) -> bytes:
        """Receive; a connection that is broken in any way is a client that is gone."""
        try:
            return bytes(super().recv(buffer_size))
        except OSError:
            self.handle_close()
            return b""

    def received(self, data: bytes) -> bool:
        """Take bytes up to the end of one request, and hold the rest back until its answer has left."""
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return False
            self._unread += data
            while self._unread and not self.requests:
                if self.request is None:
                    self.request = self.parser_class(self.adj)
                consumed = self.request.received(self._unread)
                self._unread = self._unread[consumed:]
                if self.request.expect_continue and self.request.headers_finished and not self.sent_continue:
                    self.send_continue()
                if self.request.completed:
                    self._accept_request()
        return True

    def _accept_request(self) -> None:
        """Hand the request to a thread, with `requests_lock` held."""
        request, self.request = self.request, None
        self.sent_continue = False
        if request is None or request.empty:
            return
        self._read += 1
        self._refused = request.error is not None
        self.requests.append(request)
        metrics.REQUESTS_WAITING.inc()
        self.server.add_task(self)

    def service(self) -> None:
        """Answer the request, in the thread that it waited for."""
        metrics.REQUESTS_WAITING.dec()
        super().service()

    # --- writing --------------------------------------------------------------------------------------------

    def writable(self) -> bool:
        """Whether there is something to send or to close."""
        return self.connected and bool(super().writable())

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 - waitress's signature
        """Send, and count what the client took; a broken connection is a client that is gone."""
        try:
            sent = int(super().send(data, do_close=do_close))
        except OSError:
            sent = 0
            if do_close:
                self.handle_close()
        self._sent += sent
        return sent

    def handle_write(self) -> None:
        """Send what is ready; after a refusal wait for the client, before the connection is closed.

        A client still sends the request that was refused. Closing at once would reset the connection, and
        discard the answer before it is read.
        """
        if not (self._refused and self.close_when_flushed and not self.will_close):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.connected and not self.will_close and not self.total_outbufs_len:
            self._linger()

    def _linger(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()
        else:
            self.close_when_flushed = False
            self._lingers = True
