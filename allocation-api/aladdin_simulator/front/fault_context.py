"""Context of a request for faults, and the reset of its connection."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

COMPLIANCE_PENDING = "aladdin_simulator.compliance_pending"
"""Key in the WSGI environ: true if the request's compliance run is to time out (`Compl Pending`)."""

ORDERS_TAKEN = "aladdin_simulator.orders_taken"
"""Key in the WSGI environ: number of orders that the request placed, changed or canceled."""

CONNECTION = "aladdin_simulator.connection"
"""Key in the WSGI environ: the socket of the request's connection; missing in process."""

Sleep = Callable[[float], None]
Proceed = Callable[[], Response]


class WireCutError(ConnectionResetError):
    """A fault breaks the connection: a client over a socket sees a reset, one in process this error."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.ECONNRESET, reason)


@dataclass(frozen=True, slots=True)
class FaultContext:
    """A request, and the actions of faults on it: wait some seconds, or revoke its token."""

    operation: str
    request: Request
    sleep: Sleep
    revoke: Callable[[Request], None]


def abort_connection(environ: WSGIEnvironment) -> None:
    """Reset the TCP connection of a request (RST, not FIN); does nothing in process.

    The server closes the connection of a request that failed; with a linger time of zero that sends the RST.
    """
    connection: socket.socket | None = environ.get(CONNECTION)
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
