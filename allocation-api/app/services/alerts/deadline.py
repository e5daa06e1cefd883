"""A deadline for a whole conversation: timeouts are of each step, and steps can be many."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Timer
from typing import Self


class Deadline:
    """Cuts the connections that it watches after so many seconds, and any that is watched later."""

    def __init__(self, seconds: float) -> None:
        self._lock = Lock()
        self._watched: list[socket.socket] = []
        self._timer = Timer(seconds, self._cut)
        self._timer.name, self._timer.daemon = "alert-deadline", True
        self.is_over = False

    def watch(self, connection: socket.socket) -> None:
        """Watch a connection, through a descriptor of its own: TLS takes away that of the socket."""
        with self._lock:
            self._watched.append(connection.dup())
            if self.is_over:
                _shut(self._watched[-1])

    def _cut(self) -> None:
        with self._lock:
            self.is_over = True
            for each in self._watched:
                _shut(each)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)
