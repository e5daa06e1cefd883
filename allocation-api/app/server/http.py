"""HTTP server of one process: waitress on a shared socket, with deadlines and a graceful stop."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from app.core.config.server import ConnectionLimits
from app.server.channel import Channel, Phase
from app.server.parser import MAX_HEADER_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOOP_SECONDS = 1.0
DRAIN_LOOP_SECONDS = 0.1
MAX_MEMORY_BYTES = 262_144
"""Of a request or an answer that waits for its client; more of it waits in a temporary file."""

MAX_UNSENT_BYTES = 1_073_741_824

log = structlog.get_logger(__name__)


class HttpServer(TcpWSGIServer):  # type: ignore[misc]
    """Serves one application in request threads until `stop`, then `drain`s.

    Parameters
    ----------
    application : WSGI application
        Application to serve.
    listener : socket
        Bound socket that listens.
    limits : ConnectionLimits
        Deadlines and bounds of connections.
    threads : int
        Requests in progress at once.
    clock : callable
        Monotonic seconds.
    max_unsent_bytes : int
        Bound on all answers together that wait for their clients; beyond it the greatest are given up.
    """

    channel_class = Channel

    def __init__(
        self,
        application: WSGIApplication,
        listener: socket.socket,
        limits: ConnectionLimits,
        threads: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_unsent_bytes: int = MAX_UNSENT_BYTES,
    ) -> None:
        self.limits = limits
        self._max_unsent_bytes = max_unsent_bytes
        self.clock = clock
        self.stopping = False
        self._asked_at = clock()
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(threads)
        super().__init__(
            application,
            {},
            _sock=listener,
            dispatcher=dispatcher,
            adj=_adjustments(listener, limits),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    def watch(self, descriptor: int, on_end: Callable[[], None]) -> None:
        """Call back once the other end of a pipe is closed."""
        _Watch(descriptor, on_end, self._map)

    def serve(self) -> None:
        """Serve until `stop`."""
        while not self.stopping:
            wasyncore.poll2(LOOP_SECONDS, self._map)

    def stop(self) -> None:
        """End `serve`; a signal handler may call it."""
        self.stopping = True
        self.pull_trigger()

    def drain(self, seconds: float) -> bool:
        """Refuse new connections, finish the requests that are there, and say whether that was in time.

        Connections without one are closed at once, those whose client does not take its answer soon after.
        """
        wasyncore.dispatcher.close(self)
        until = self.clock() + seconds
        while self.active_channels and self.clock() < until:
            now = self.clock()
            for channel in self.channels():
                channel.finish(now)
            wasyncore.poll2(DRAIN_LOOP_SECONDS, self._map)
        return not self.active_channels

    def channels(self) -> list[Channel]:
        """Return the open connections."""
        return list(self.active_channels.values())

    # --- called by waitress's loop --------------------------------------------------------------------------

    def readable(self) -> bool:
        """Whether to accept connections; once a second the open ones are asked for their deadlines."""
        now = self.clock()
        if now - self._asked_at >= LOOP_SECONDS:
            self._asked_at = now
            self.expire(now)
        return bool(self.accepting) and (not self._is_full() or bool(self._waiting()))

    def expire(self, now: float) -> None:
        """Enforce the deadlines of all connections, and the bound on what waits to be sent."""
        for channel in self.channels():
            channel.expire(now)
        waiting = sorted(self.channels(), key=lambda channel: channel.total_outbufs_len)
        unsent = sum(channel.total_outbufs_len for channel in waiting)
        while unsent > self._max_unsent_bytes:
            greatest = waiting.pop()
            unsent -= greatest.total_outbufs_len
            log.warning("answer given up: too much waits to be sent", unsent_bytes=greatest.total_outbufs_len)
            greatest.abort()

    def handle_accept(self) -> None:
        """Accept a connection; at the limit the one that has waited longest for its client gives way."""
        if self._is_full() and (waiting := self._waiting()):
            min(waiting, key=lambda channel: channel.since).abort()
        super().handle_accept()

    def _is_full(self) -> bool:
        return len(self.active_channels) >= self.limits.max_connections

    def _waiting(self) -> list[Channel]:
        return [each for each in self.channels() if each.phase is not Phase.SERVICE]


class _Watch(wasyncore.file_dispatcher):  # type: ignore[misc]
    """Calls back once the other end of a pipe is closed."""

    def __init__(self, descriptor: int, on_end: Callable[[], None], loop: Any) -> None:
        self._on_end = on_end
        super().__init__(descriptor, map=loop)

    def writable(self) -> bool:
        """Nothing is ever written."""
        return False

    def handle_read(self) -> None:
        """Look for the end."""
        self.recv(1)

    def handle_close(self) -> None:
        """Call back: poll says that the other end is closed."""
        self.close()
        self._on_end()


def _adjustments(listener: socket.socket, limits: ConnectionLimits) -> Adjustments:
    return Adjustments(
        ident="Allocator",
        # Our own, which gives way instead of accepting nothing more.
        connection_limit=sys.maxsize,
        # waitress refuses what is as long as its limit.
        max_request_body_size=limits.max_body_bytes + 1,
        max_request_header_size=MAX_HEADER_BYTES,
        inbuf_overflow=MAX_MEMORY_BYTES,
        outbuf_overflow=MAX_MEMORY_BYTES,
        # No request thread ever waits for a client.
        outbuf_high_watermark=sys.maxsize,
        # Forwarded headers are the application's business, by PROXY_HOPS.
        clear_untrusted_proxy_headers=False,
        sockets=[listener],
    )
