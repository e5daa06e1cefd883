"""A line of a joint split: what single previews know of it, reduced to what the lines share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from app.core.errors import FieldError, InvalidRequest
from app.services.allocations.capacity import available_cash, cash_reserve, cost_per_face
from app.services.allocations.engine import prepare
from app.services.allocations.fairness import steering
from app.services.allocations.types import PreviewInputs
from app.services.allocations.wishes import LIMITS
from app.services.compliance import issue_ownership
from app.services.compliance.rules import (
    Concentration,
    IssuerConcentration,
    OrderContext,
    SecurityConcentration,
)
from app.services.domain.account import AccountInput
from app.services.domain.face import Face
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray, Weighting

Rooms = Mapping[str, Decimal]
"""What accounts may use of something, by account id."""

_HALF_A_CENT = Fraction(1, 200)


@dataclass(frozen=True, slots=True, eq=False)
class Debts:
    """What accounts are owed, in kernel units (float64[n]), and how much that counts."""

    owed: FloatArray
    weight: float | FloatArray

    def shown(self, account_ids: tuple[str, ...]) -> float | dict[str, float]:
        """Return the weight as a share of the joint split states it."""
        if isinstance(self.weight, np.ndarray):
            return dict(zip(account_ids, self.weight.tolist(), strict=True))
        return self.weight


@dataclass(frozen=True, slots=True, eq=False)
class JointLine:
    """One line: its problem as for itself alone, and what it takes of what lines share.

    `cost` is what a unit of face settles at and `worth` its market value, neither less than the other where
    it matters; `rounding` is what a settlement amount may be above face x cost. The rooms are of the line by
    itself: spendable cash, market value of issuer and bond that may be bought, face that may be sold.
    `issue` is the face of the bond that all accounts together may buy, None where that is not limited.
    """

    line: int
    priority: int | None
    quantity: Face
    security_id: str
    issuer_id: str | None
    side: Side
    settlement: date
    weighting: Weighting
    problem: AllocationProblem
    decimals: int
    cost: Fraction
    worth: Fraction
    rounding: Fraction
    cash: Rooms
    issuer: Rooms
    security: Rooms
    position: Rooms
    issue: int | None
    debts: Debts | None

    @property
    def unit(self) -> int:
        """Kernel units of one face."""
        return int(10**self.decimals)

    @property
    def is_sale(self) -> bool:
        """Whether it sells."""
        return self.side is Side.SELL


def read_line(inputs: PreviewInputs, line: int, priority: int | None, *, funded: bool) -> JointLine:
    """Reduce the inputs of a line; where sales fund purchases, what it takes is not bound by its cash alone.

    Raises
    ------
    InvalidRequest, DataMissing
        As a preview of the line alone (`engine.split`).
    """
    order, constraints = inputs.request.order, inputs.request.constraints
    buys, checked = order.side is Side.BUY, constraints.compliance_check
    prepared = prepare(_without_cash(inputs) if funded and buys else inputs)
    feasible, problem = prepared.feasible, _with_known_cash(inputs, prepared.problem)
    steered = steering(inputs, prepared.owed, feasible, problem)
    cost = Fraction(cost_per_face(inputs))
    context = OrderContext(order.side, inputs.security, cost_per_face(inputs), inputs.limits)
    issue = issue_ownership(inputs.accounts, context) if checked else None
    is_exact = (cost * feasible.increment * 100).denominator == 1 and not problem.whole.any()
    return JointLine(
        line=line,
        priority=priority,
        quantity=order.quantity,
        security_id=order.security_id,
        issuer_id=inputs.security.issuer_id,
        side=order.side,
        settlement=inputs.settlement_date,
        weighting=inputs.request.parameters.weighting,
        problem=problem,
        decimals=feasible.decimals,
        cost=cost,
        worth=max(cost, _market_cost(inputs)),
        rounding=Fraction(0) if is_exact else _HALF_A_CENT,
        cash=_rooms(inputs, _spendable(inputs)) if buys and constraints.respect_cash else {},
        issuer=_rooms(inputs, _value(IssuerConcentration(), context)) if buys and checked else {},
        security=_rooms(inputs, _value(SecurityConcentration(), context)) if buys and checked else {},
        position={} if buys else _rooms(inputs, _sellable(inputs)),
        issue=issue.cap if issue else None,
        debts=None
        if steered.owed is None or not np.any(steered.fairness_weight)
        else Debts(steered.owed, steered.fairness_weight),
    )


def _without_cash(inputs: PreviewInputs) -> PreviewInputs:
    constraints = replace(inputs.request.constraints, respect_cash=False)
    return replace(inputs, request=replace(inputs.request, constraints=constraints))


def _with_known_cash(inputs: PreviewInputs, problem: AllocationProblem) -> AllocationProblem:
    """Return a problem in which accounts whose cash is unknown take nothing where cash counts (R4.4)."""
    if inputs.request.order.side is Side.SELL or not inputs.request.constraints.respect_cash:
        return problem
    known = np.array([account.cash is not None for account in inputs.accounts])
    for at in np.flatnonzero(~known & (problem.low > 0)):
        account_id = problem.account_ids[at]
        raise InvalidRequest.of(FieldError(f"{LIMITS}.{account_id}", "The account's cash is not reported."))
    return replace(problem, cap=np.where(known, problem.cap, 0))


def _market_cost(inputs: PreviewInputs) -> Fraction:
    price = inputs.market_price or inputs.price
    return Fraction((price.clean + inputs.accrued) * inputs.security.factor) / 100


def _rooms(inputs: PreviewInputs, room: Callable[[AccountInput], Decimal | None]) -> Rooms:
    found = ((account.account_id, room(account)) for account in inputs.accounts)
    return {account_id: left for account_id, left in found if left is not None}


def _spendable(inputs: PreviewInputs) -> Callable[[AccountInput], Decimal | None]:
    def room(account: AccountInput) -> Decimal | None:
        cash = available_cash(account)
        return None if cash is None else cash - cash_reserve(inputs, account)

    return room


def _value(rule: Concentration, context: OrderContext) -> Callable[[AccountInput], Decimal | None]:
    """Return what a rule lets an account buy, as the most face that it may get."""

    def room(account: AccountInput) -> Decimal | None:
        found = rule.judge(account, context)
        return None if found is None or found.cap is None else found.cap * context.cost

    return room


def _sellable(inputs: PreviewInputs) -> Callable[[AccountInput], Decimal | None]:
    """Return what several sales may take of a position, so that no untradable rest stays (R4.10)."""
    piece = inputs.security.min_piece if inputs.request.constraints.leave_tradable else 0
    return lambda account: max(min(account.sellable_face, account.kept_face - piece), Decimal(0))
