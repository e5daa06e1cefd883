"""What this process knows of the vendor without asking: calls of each operation, and suspended APIs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.clock import Clock
from app.services.aladdin.breaker import Circuit, CircuitState
from app.services.aladdin.operations import OPERATIONS
from app.services.aladdin.quotas import Priority, Quotas
from app.services.aladdin.resilient_wire import ResilientWire


@dataclass(frozen=True, slots=True)
class OperationState:
    """Calls of an operation in the present window, and the circuit breakers of its API.

    `circuit` is that of what users read, `order_circuit` that of what leads to an order; each `retry_at` is
    when an open one lets a call through again.
    """

    name: str
    api: str
    quota_per_window: int
    used: int
    circuit: Circuit
    retry_at: datetime | None
    order_circuit: Circuit
    order_retry_at: datetime | None


class VendorState:
    """Shows quotas and circuit breakers as this process knows them; others suspend for themselves."""

    def __init__(self, quotas: Quotas, ordinary: ResilientWire, orders: ResilientWire, clock: Clock) -> None:
        self._quotas = quotas
        self._ordinary = ordinary
        self._orders = orders
        self._clock = clock

    def operations(self) -> tuple[OperationState, ...]:
        """Return the state of every operation that is used of the vendor."""
        now, left = self._clock(), self._quotas.left()
        ordinary, orders = self._ordinary.circuits(), self._orders.circuits()
        return tuple(
            OperationState(
                name=operation.name,
                api=operation.api.name,
                quota_per_window=self._quotas.allowed(operation, Priority.ORDER),
                used=left[operation.name].used if operation.name in left else 0,
                circuit=ordinary[operation.api].circuit,
                retry_at=_moment(now, ordinary[operation.api]),
                order_circuit=orders[operation.api].circuit,
                order_retry_at=_moment(now, orders[operation.api]),
            )
            for operation in OPERATIONS
        )


def _moment(now: datetime, state: CircuitState) -> datetime | None:
    return None if state.retry_after is None else now + timedelta(seconds=state.retry_after)
