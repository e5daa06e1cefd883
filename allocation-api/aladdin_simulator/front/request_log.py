"""Request log: counts by operation, and the last requests without their contents."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field

import msgspec
from werkzeug.wrappers import Request

from aladdin_simulator.front.fault_kinds import WireFault
from aladdin_simulator.wire.answers import REQUEST_ID
from aladdin_simulator.wire.operations import ORDER_WRITES

MAX_LOGGED_REQUESTS = 500
_MAX_ID_CHARACTERS = 64


class OperationCount(msgspec.Struct, frozen=True):
    """Counts of one operation.

    Attributes
    ----------
    received, answered, failed_by_fault : int
        Requests; a request is in progress until it counts as one of the latter two. Answered is any answer
        that no fault broke, including refusals.
    faults : dict
        Number of requests that each kind of fault hit.
    orders_taken : int or None
        Orders placed, changed or canceled, whether the client got the answer or not; a what-if takes none.
        None for operations that take no orders.
    """

    received: int
    answered: int
    failed_by_fault: int
    faults: dict[str, int]
    orders_taken: int | None


class SeenRequest(msgspec.Struct, frozen=True):
    """One request; `status` is None while it is in progress, and if its connection was broken."""

    operation: str
    request_id: str | None
    status: int | None
    faults: list[str]


class Report(msgspec.Struct, frozen=True):
    """Counts since the start or the last reset, and the last requests, oldest first."""

    operations: dict[str, OperationCount]
    last: list[SeenRequest]


@dataclass(slots=True)
class _Tally:
    received: int = 0
    answered: int = 0
    failed: int = 0
    taken: int = 0
    faults: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, eq=False)
class ActiveRequest:
    """One request in progress; after a reset of the log it still counts in its old tally."""

    operation: str
    request_id: str | None
    tally: _Tally
    faults: list[WireFault] = field(default_factory=list)
    status: int | None = None

    def seen(self) -> SeenRequest:
        """Return the request for the report."""
        kinds = [fault.kind for fault in self.faults]
        return SeenRequest(self.operation, self.request_id, self.status, kinds)


class RequestLog:
    """Counts requests. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tallies: dict[str, _Tally] = {}
        self._last: deque[ActiveRequest] = deque(maxlen=MAX_LOGGED_REQUESTS)

    def received(self, operation: str, request: Request) -> ActiveRequest:
        """Count a received request."""
        request_id = request.headers.get(REQUEST_ID)
        with self._lock:
            tally = self._tallies.setdefault(operation, _Tally())
            tally.received += 1
            entry = ActiveRequest(operation, request_id[:_MAX_ID_CHARACTERS] if request_id else None, tally)
            self._last.append(entry)
        return entry

    def hit(self, entry: ActiveRequest, fault: WireFault) -> None:
        """Count a fault that hits a request."""
        with self._lock:
            entry.faults.append(fault)
            entry.tally.faults[fault.kind] += 1

    def taken(self, entry: ActiveRequest, orders: int) -> None:
        """Count orders that were placed, changed or canceled."""
        with self._lock:
            entry.tally.taken += orders

    def done(self, entry: ActiveRequest, status: int | None) -> None:
        """Count the end of a request; `status` is None if its connection was broken."""
        with self._lock:
            entry.status = status
            if any(fault.spoils for fault in entry.faults):
                entry.tally.failed += 1
            else:
                entry.tally.answered += 1

    def report(self) -> Report:
        """Return all counts and the last requests."""
        with self._lock:
            return Report(
                operations={name: _count(name, tally) for name, tally in self._tallies.items()},
                last=[entry.seen() for entry in self._last],
            )

    def clear(self) -> None:
        """Reset the log."""
        with self._lock:
            self._tallies = {}
            self._last.clear()


def _count(operation: str, tally: _Tally) -> OperationCount:
    return OperationCount(
        received=tally.received,
        answered=tally.answered,
        failed_by_fault=tally.failed,
        faults=dict(tally.faults),
        orders_taken=tally.taken if operation in ORDER_WRITES else None,
    )
