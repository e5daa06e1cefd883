"""The list of faults that are in force, and which of them hit a request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import msgspec
from werkzeug.wrappers import Response

from aladdin_simulator.front.exchange import Exchange, Proceed
from aladdin_simulator.front.fault_kinds import EVERY, AnyFault, WireFault

T = TypeVar("T")


class FaultError(ValueError):
    """A fault cannot be meant; the message names the field."""


class FaultState(msgspec.Struct, frozen=True):
    """A fault and how many requests it has hit."""

    fault: AnyFault
    hits: int


class Faults:
    """Faults in the order in which requests meet them; safe for threads.

    A request meets the first fault first. A fault that lets it through (a latency) lets it meet the next one;
    a fault that answers itself keeps it from the others, which do not count it.
    """

    def __init__(self, faults: Iterable[WireFault] = ()) -> None:
        self._lock = threading.Lock()
        self._armed: tuple[_Armed, ...] = ()
        self.replace(faults)

    def replace(self, faults: Iterable[WireFault]) -> None:
        """Put these faults in place of those in force.

        Raises
        ------
        FaultError
            If a value is out of its range or a kind cannot hit the operation; then nothing changes.
        """
        armed = tuple(_Armed(checked(fault)) for fault in faults)
        with self._lock:
            self._armed = armed

    def append(self, fault: WireFault) -> None:
        """Put a fault behind those in force.

        Raises
        ------
        FaultError
            If a value is out of its range or the kind cannot hit the operation.
        """
        armed = _Armed(checked(fault))
        with self._lock:
            self._armed = (*self._armed, armed)

    def clear(self) -> None:
        """Take all faults away."""
        self.replace(())

    def listed(self) -> list[FaultState]:
        """Return the faults in force, those included that have hit all they were to hit."""
        with self._lock:
            return [armed.state() for armed in self._armed]

    def run(self, exchange: Exchange, process: Proceed, note: Callable[[WireFault], None]) -> Response:
        """Take a request through the faults to `process`, and its answer back.

        `note` is told of each fault that hits, before it acts.

        Raises
        ------
        WireCutError
            If a fault breaks the connection.
        """
        with self._lock:
            armed = self._armed
        return self._meet(armed, exchange, process, note)

    def _meet(
        self, armed: Sequence[_Armed], exchange: Exchange, process: Proceed, note: Callable[[WireFault], None]
    ) -> Response:
        for place, each in enumerate(armed):
            if each.fault.concerns(exchange.operation) and self._claims(each):
                note(each.fault)
                proceed = partial(self._meet, armed[place + 1 :], exchange, process, note)
                return each.fault.apply(exchange, proceed)
        return process()

    def _claims(self, armed: _Armed) -> bool:
        with self._lock:
            return armed.claim()


class _Armed:
    """A fault in force; whoever holds the lock may count."""

    def __init__(self, fault: AnyFault) -> None:
        self.fault = fault
        self._passed = 0
        self._hits = 0

    def claim(self) -> bool:
        """Count a request, and say whether the fault hits it."""
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
    """Return a fault whose values are in their ranges and whose kind can hit its operation.

    Raises
    ------
    FaultError
        Otherwise.
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
