"""One request on its way through the simulator, and how its connection is broken."""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

COMPLIANCE_PENDING = "aladdin_simulator.compliance_pending"
"""True in the environ of a request whose compliance run is to time out: its orders are `Compl Pending`."""

ORDERS_TAKEN = "aladdin_simulator.orders_taken"
"""How many orders a processed request placed, changed or canceled, in its environ."""

Sleep = Callable[[float], None]
Proceed = Callable[[], Response]


class WireCutError(ConnectionResetError):
    """The connection breaks on demand. Over a socket the client sees it; in process this error reaches it."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.ECONNRESET, reason)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what faults may do about it: wait some seconds, or revoke its token."""

    operation: str
    request: Request
    sleep: Sleep
    revoke: Callable[[Request], None]


def abort_connection(environ: WSGIEnvironment) -> None:
    """Reset the TCP connection that a request came by (RST, not FIN); in process there is none.

    Closing the connection's last descriptor, with a linger time of zero, is what sends the RST. The server
    goes on to close its socket object, and finds a fresh one there that was never connected.
    """
    connection: socket.socket | None = environ.get("gunicorn.socket")
    if connection is None:
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with socket.socket(connection.family) as blank:
        os.dup2(blank.fileno(), connection.fileno(), inheritable=False)
