"""Fault injection: the list of active faults, and their application to requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import msgspec
from werkzeug.wrappers import Response

from aladdin_simulator.front.fault_context import FaultContext, Proceed
from aladdin_simulator.front.fault_kinds import EVERY, AnyFault, WireFault

T = TypeVar("T")


class FaultError(ValueError):
    """A fault is invalid; the message names the field."""


class FaultState(msgspec.Struct, frozen=True):
    """A fault, and the number of requests that it has hit."""

    fault: AnyFault
    hits: int


class Faults:
    """Ordered list of active faults. Thread-safe.

    Faults apply in order. One that proceeds, such as a latency, passes the request on to the next; one that
    answers itself ends it there, and later faults do not count the request.
    """

    def __init__(self, faults: Iterable[WireFault] = ()) -> None:
        self._lock = threading.Lock()
        self._active: tuple[_ActiveFault, ...] = ()
        self.replace(faults)

    def replace(self, faults: Iterable[WireFault]) -> None:
        """Replace all active faults.

        Raises
        ------
        FaultError
            If a value is out of its range or a kind cannot hit the operation; then nothing changes.
        """
        active = tuple(_ActiveFault(checked(fault)) for fault in faults)
        with self._lock:
            self._active = active

    def append(self, fault: WireFault) -> None:
        """Append a fault.

        Raises
        ------
        FaultError
            If a value is out of its range or the kind cannot hit the operation.
        """
        active = _ActiveFault(checked(fault))
        with self._lock:
            self._active = (*self._active, active)

    def clear(self) -> None:
        """Delete all faults."""
        self.replace(())

    def listed(self) -> list[FaultState]:
        """Return all faults, including those that have reached `times`."""
        with self._lock:
            return [active.state() for active in self._active]

    def run(self, context: FaultContext, process: Proceed, note: Callable[[WireFault], None]) -> Response:
        """Apply the faults to a request around `process`, and return the answer.

        `note` is called with each fault that hits, before it acts.

        Raises
        ------
        WireCutError
            If a fault breaks the connection.
        """
        with self._lock:
            active = self._active
        return self._apply_from(active, context, process, note)

    def _apply_from(
        self,
        active: Sequence[_ActiveFault],
        context: FaultContext,
        process: Proceed,
        note: Callable[[WireFault], None],
    ) -> Response:
        for place, each in enumerate(active):
            if each.fault.concerns(context.operation) and self._counts_hit(each):
                note(each.fault)
                proceed = partial(self._apply_from, active[place + 1 :], context, process, note)
                return each.fault.apply(context, proceed)
        return process()

    def _counts_hit(self, active: _ActiveFault) -> bool:
        with self._lock:
            return active.count_request()


class _ActiveFault:
    """An active fault with its counts; callers hold the lock."""

    def __init__(self, fault: AnyFault) -> None:
        self.fault = fault
        self._passed = 0
        self._hits = 0

    def count_request(self) -> bool:
        """Count a request, and return whether the fault hits it."""
        if self._passed < self.fault.after:
            self._passed += 1
            return False
        if self.fault.times is not None and self._hits >= self.fault.times:
            return False
        self._hits += 1
        return True

    def state(self) -> FaultState:
        """Return the fault and its count."""
        return FaultState(fault=self.fault, hits=self._hits)


def decode_fault(body: bytes) -> AnyFault:
    """Read one fault from JSON.

    Raises
    ------
    FaultError
        If it is not a fault.
    """
    return checked(_decoded(msgspec.json.Decoder(AnyFault), body))


def decode_faults(body: bytes) -> list[AnyFault]:
    """Read a list of faults from JSON.

    Raises
    ------
    FaultError
        If it is not a list of faults.
    """
    return [checked(fault) for fault in _decoded(msgspec.json.Decoder(list[AnyFault]), body)]


def checked(fault: WireFault) -> AnyFault:
    """Validate a fault and return it.

    Raises
    ------
    FaultError
        If a value is out of its range or the kind cannot hit the operation.
    """
    try:
        read: AnyFault = msgspec.convert(msgspec.to_builtins(fault), AnyFault)
    except msgspec.ValidationError as error:
        raise FaultError(str(error)) from error
    if read.operation != EVERY and read.operation not in read.hits:
        known = ", ".join(sorted(read.hits))
        raise FaultError(f"operation: {read.kind} hits {known} or *, not {read.operation!r}")
    return read


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FaultError(str(error)) from error
