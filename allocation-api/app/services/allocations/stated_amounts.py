"""Stated amounts of a request in face: money, fractions of the order and quantities on one grid (R7.6)."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np

from app.core.errors import FieldError, InvalidRequest
from app.core.numbers import CENT
from app.services.allocations.capacity import cost_per_face
from app.services.allocations.request import RemainderHandling, StatedAmount, StatedType
from app.services.allocations.types import PreviewInputs
from app.services.domain.face import Face, exact_face, face_text
from app.services.kernels.allocation.feasible import FeasibleSet
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray, IntArray
from app.services.kernels.allocation.stated_amounts import StatedAmounts

MAX_PRIORITY = 1_000
"""Largest priority that a request may state."""

_FIXED, _LAST = -1, MAX_PRIORITY + 1
_MAX_UNITS = 10**17
"""More than any order has, in kernel units; sums of a few still fit an int64."""

FIELD = "parameters.allocations"


def stated_amounts(inputs: PreviewInputs, problem: AllocationProblem, unit: int) -> StatedAmounts:
    """Return the stated amounts of a request as the kernel reads them, in 1 / `unit` of face.

    Raises
    ------
    InvalidRequest
        When more is asked than the order holds, and parts are not allowed (R7.7).
    """
    parameters = inputs.request.parameters
    stated = amounts_by_account(inputs)
    amounts = [stated.get(account_id) for account_id in problem.account_ids]
    measure = _Measure(inputs, unit)
    limit = _faces([0 if a is None else measure.most(a.type, a.value) for a in amounts])
    least = [0 if a is None or a.min_value is None else measure.least(a.type, a.min_value) for a in amounts]
    result = StatedAmounts(
        named=np.array([a is not None for a in amounts], dtype=np.bool_),
        asked=_asked(amounts, limit, problem, unit),
        limit=limit,
        least=_faces(least),
        most=_most(inputs, amounts, problem, measure),
        priority=np.array(
            [_LAST if a is None or a.priority is None else a.priority for a in amounts], dtype=np.int64
        ),
        remainder=_remainder_base(inputs),
        partial=parameters.allow_partial,
    )
    _check_sum(inputs, amounts, result, unit)
    return result


def amounts_by_account(inputs: PreviewInputs) -> dict[str, StatedAmount]:
    """Return what is stated of each account; the face that an edit of a preview fixes comes before all."""
    amounts = {amount.account_id: amount for amount in inputs.request.parameters.allocations}
    for account_id, limit in inputs.request.constraints.account_limits.items():
        if limit.fixed is not None:
            amounts.pop(account_id, None)
            if limit.fixed:
                value = Decimal(limit.fixed)
                amounts[account_id] = StatedAmount(account_id, StatedType.QUANTITY, value, priority=_FIXED)
    return amounts


class _Measure:
    """Turns amounts in the unit of a type into whole kernel units, exactly."""

    def __init__(self, inputs: PreviewInputs, unit: int) -> None:
        self._unit = unit
        self._order = Fraction(inputs.request.order.quantity) * unit
        self._cost = Fraction(cost_per_face(inputs)) / unit

    def most(self, kind: StatedType, value: Decimal) -> int:
        """Return the largest amount whose measure does not exceed `value`."""
        if kind is StatedType.DOLLAR_AMOUNT:
            return self._affordable(value.quantize(CENT, ROUND_FLOOR))
        return floor(Fraction(value) * self._per(kind))

    def least(self, kind: StatedType, value: Decimal) -> int:
        """Return the smallest amount whose measure is not under `value`."""
        if kind is StatedType.DOLLAR_AMOUNT:
            return self._affordable(value.quantize(CENT, ROUND_CEILING) - CENT) + 1 if value > 0 else 0
        return ceil(Fraction(value) * self._per(kind))

    def _per(self, kind: StatedType) -> Fraction:
        return self._order if kind is StatedType.PERCENTAGE else Fraction(self._unit)

    def _affordable(self, money: Decimal) -> int:
        """Return the largest amount that settles at `money`, whole cents, or less after rounding (R1.2)."""
        if money < 0:
            return -1
        # Half a cent more still rounds down to an even cent.
        bound = Fraction(money) + Fraction(1, 200)
        amount = floor(bound / self._cost)
        is_odd = int(money / CENT) % 2 == 1
        return amount - 1 if is_odd and amount * self._cost == bound else amount


def _faces(amounts: list[int]) -> IntArray:
    return np.array([min(amount, _MAX_UNITS) for amount in amounts], dtype=np.int64)


def _asked(
    amounts: list[StatedAmount | None], limit: IntArray, problem: AllocationProblem, unit: int
) -> IntArray:
    """Return what is asked as it should come out: a quantity as it is, money and fractions on the grid.

    A whole position that the grid lacks counts as part of it where it is the largest amount within the limit.
    """
    step = problem.increment
    on_grid = FeasibleSet.within(limit, problem.whole, step, step, coarse=problem.coarse).upper
    quantities = [
        ceil(Fraction(a.value) * unit) if a is not None and a.type is StatedType.QUANTITY else None
        for a in amounts
    ]
    return _faces([g if q is None else q for g, q in zip(on_grid.tolist(), quantities, strict=True)])


def _most(
    inputs: PreviewInputs,
    amounts: list[StatedAmount | None],
    problem: AllocationProblem,
    measure: _Measure,
) -> IntArray:
    """Return how far each account may go with the remainder; 0 where it stays at what is stated (R7.9)."""
    constraints = inputs.request.constraints
    without = {
        *constraints.excluded,
        *(a for a, limit in constraints.account_limits.items() if limit.most == 0),
    }
    everyone = all(
        amount is not None or account_id in without
        for account_id, amount in zip(problem.account_ids, amounts, strict=True)
    )
    caps = problem.cap.tolist() if everyone else [0] * problem.size
    most = [
        cap if a is None or a.max_value is None else measure.most(a.type, a.max_value)
        for cap, a in zip(caps, amounts, strict=True)
    ]
    return _faces(most)


def _remainder_base(inputs: PreviewInputs) -> FloatArray | None:
    match inputs.request.parameters.remainder_handling:
        case RemainderHandling.PRO_RATA:
            return np.array([max(float(a.nav or 0), 0.0) for a in inputs.accounts])
        case RemainderHandling.EQUAL:
            return np.ones(len(inputs.accounts))
        case RemainderHandling.NONE:
            return None


def _check_sum(
    inputs: PreviewInputs, amounts: list[StatedAmount | None], stated: StatedAmounts, unit: int
) -> None:
    # R7.7
    order = inputs.request.order.quantity
    sums: dict[int, Face] = {}
    for amount, units, priority in sorted(
        zip(amounts, stated.asked.tolist(), stated.priority.tolist(), strict=True), key=lambda each: each[2]
    ):
        if amount is not None:
            asked = asked_face(amount, exact_face(Decimal(units) / unit))
            sums[priority] = exact_face(sums.get(priority, 0) + Decimal(asked))
    total = exact_face(sum(sums.values()))
    if stated.partial or total <= order:
        return
    by_priority = "; ".join(f"{priority_text(p)}: {face_text(asked)}" for p, asked in sums.items())
    message = (
        f"{face_text(total)} face are asked for in all, and the order is {face_text(order)} ({by_priority}). "
        "With allow_partial they are served by priority, and what is too much is cut in proportion."
    )
    raise InvalidRequest.of(FieldError(FIELD, message))


def asked_face(amount: StatedAmount | None, asked: Face) -> Face:
    """Return what is asked as it is shown: a quantity as it is stated, whatever decimals the split has."""
    if amount is None or amount.type is not StatedType.QUANTITY:
        return asked
    return exact_face(amount.value)


def priority_text(priority: int | None) -> str:
    """Return a priority as sentences have it."""
    words = {None: "without a priority", _LAST: "without a priority", _FIXED: "fixed"}
    return words.get(priority, f"priority {priority}")
