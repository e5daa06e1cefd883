"""What came in and what became of it: counts by operation, and the last requests without what they said."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field

import msgspec
from werkzeug.wrappers import Request

from aladdin_simulator.front.fault_kinds import WireFault
from aladdin_simulator.wire.answers import REQUEST_ID
from aladdin_simulator.wire.operations import ORDER_WRITES

LAST_REQUESTS = 500
_LONGEST_ID = 64


class OperationCount(msgspec.Struct, frozen=True):
    """Counts of one operation.

    Attributes
    ----------
    received, answered, failed_by_fault : int
        Requests; a request is in progress until it is one of the latter two. Answered is any answer that no
        fault spoilt, a refusal too.
    faults : dict
        How many requests each kind of fault hit.
    orders_taken : int or None
        Orders really placed, changed or canceled, whatever the client was told; a what-if takes none. None
        for operations that take no orders.
    """

    received: int
    answered: int
    failed_by_fault: int
    faults: dict[str, int]
    orders_taken: int | None


class SeenRequest(msgspec.Struct, frozen=True):
    """One request; `status` is None while it is in progress and where the connection was broken."""

    operation: str
    request_id: str | None
    status: int | None
    faults: list[str]


class Report(msgspec.Struct, frozen=True):
    """Everything counted since the start or the last reset, and the last requests, oldest first."""

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
class Visit:
    """One request in progress. A reset of the log does not let it count in the new tallies."""

    operation: str
    request_id: str | None
    tally: _Tally
    faults: list[WireFault] = field(default_factory=list)
    status: int | None = None

    def seen(self) -> SeenRequest:
        """Return the request as it is shown."""
        kinds = [fault.kind for fault in self.faults]
        return SeenRequest(self.operation, self.request_id, self.status, kinds)


class RequestLog:
    """Counts requests; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tallies: dict[str, _Tally] = {}
        self._last: deque[Visit] = deque(maxlen=LAST_REQUESTS)

    def received(self, operation: str, request: Request) -> Visit:
        """Count a request that came in."""
        request_id = request.headers.get(REQUEST_ID)
        with self._lock:
            tally = self._tallies.setdefault(operation, _Tally())
            tally.received += 1
            visit = Visit(operation, request_id[:_LONGEST_ID] if request_id else None, tally)
            self._last.append(visit)
        return visit

    def hit(self, visit: Visit, fault: WireFault) -> None:
        """Count a fault that hits a request."""
        with self._lock:
            visit.faults.append(fault)
            visit.tally.faults[fault.kind] += 1

    def taken(self, visit: Visit, orders: int) -> None:
        """Count orders that were really taken."""
        with self._lock:
            visit.tally.taken += orders

    def done(self, visit: Visit, status: int | None) -> None:
        """Count the end of a request; `status` is None if its connection is broken."""
        with self._lock:
            visit.status = status
            if any(fault.spoils for fault in visit.faults):
                visit.tally.failed += 1
            else:
                visit.tally.answered += 1

    def report(self) -> Report:
        """Return all counts and the last requests."""
        with self._lock:
            return Report(
                operations={name: _count(name, tally) for name, tally in self._tallies.items()},
                last=[visit.seen() for visit in self._last],
            )

    def clear(self) -> None:
        """Forget everything."""
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
