"""Checks wishes of a request against the book: one that no split can meet is refused, never bent.

Each refusal names the field and the number, all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from app.core.errors import FieldError, InvalidRequest
from app.services.allocations.capacity import AccountCapacity, Capacities
from app.services.allocations.types import PreviewInputs
from app.services.domain.face import Face, exact_face, face_text
from app.services.domain.side import Side
from app.services.kernels.allocation.feasible import total_of

LIMITS = "constraints.account_limits"


def check_wishes(inputs: PreviewInputs, feasible: Capacities) -> None:
    """Check that some split meets every wish of the request.

    Raises
    ------
    InvalidRequest
        Naming each wish that cannot be met: a step that is no multiple of the increment, a minimum or a
        fixed face that its account cannot take, minima above the order (R3.7, R4.8).
    """
    errors = [*_rounding(inputs), *_account_limits(inputs, feasible)]
    if errors:
        raise InvalidRequest.of(*errors)


def _rounding(inputs: PreviewInputs) -> Iterator[FieldError]:
    round_to, increment = inputs.request.constraints.round_to, inputs.increment
    if round_to is not None and round_to % increment:
        message = f"{round_to:,} is not a multiple of the bond's increment of {increment:,}."
        yield FieldError("constraints.round_to", message)


def _account_limits(inputs: PreviewInputs, feasible: Capacities) -> Iterator[FieldError]:
    # R4.8
    if not any(capacity.low for capacity in feasible.accounts):
        return
    accounts = feasible.arrays().feasible()
    barred = (accounts.low > 0) & (accounts.upper == 0)
    cannot = np.zeros(len(feasible.accounts), dtype=np.bool_)
    for i, capacity in enumerate(feasible.accounts):
        message = _problem(inputs, feasible, capacity) if capacity.low else None
        if message is None and barred[i]:
            message = f"{face_text(capacity.low)} face cannot be counted in an order of this size."
        if message is not None:
            cannot[i] = True
            yield FieldError(_field(inputs, capacity), message)
    least = exact_face(Decimal(total_of(accounts.least[~cannot])) / 10**feasible.decimals)
    if least > feasible.placeable:
        yield FieldError(LIMITS, _too_much(inputs, feasible, least))


def _field(inputs: PreviewInputs, capacity: AccountCapacity) -> str:
    limit = inputs.request.constraints.account_limits[capacity.account_id]
    return f"{LIMITS}.{capacity.account_id}.{'min' if limit.fixed is None else 'fixed'}"


def _problem(inputs: PreviewInputs, feasible: Capacities, capacity: AccountCapacity) -> str | None:
    """Say why an account cannot take the least that the request wants of it; None where it can."""
    wanted, bound, words = capacity.low, capacity.binding, None
    if wanted > capacity.cap and bound is None:
        words = f"more than the order of {face_text(capacity.cap)}"
    elif wanted > capacity.cap and bound is not None:
        takes = "take" if inputs.request.order.side is Side.BUY else "give"
        words = f"more than the account can {takes}: {bound.explain().message}"
    elif feasible.total is not None and wanted > feasible.placeable:
        words = f"more than all accounts may take: {feasible.total.message}"
    elif wanted == capacity.whole or feasible.grid.holds(wanted):
        words = None
    elif wanted < feasible.piece:
        words = f"under the minimum piece of {feasible.piece:,}"
    else:
        words = f"not on the grid: {feasible.grid.text} are expected"
    return None if words is None else f"{face_text(wanted)} face is {words}."


def _too_much(inputs: PreviewInputs, feasible: Capacities, least: Face) -> str:
    order = inputs.request.order.quantity
    words = f"The minimum and fixed amounts add up to {face_text(least)} face, more than"
    if feasible.total is None:
        return f"{words} the order of {face_text(order)}."
    return (
        f"{words} the {face_text(feasible.placeable)} that all accounts may take: {feasible.total.message}."
    )
