"""What a split does to each account and to all of them: the rows and totals of a preview."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.core.columns import CENT
from app.services.allocations.capacity import (
    AccountCapacity,
    Capacities,
    available_cash,
    cost_per_face,
    settlement_amount,
)
from app.services.allocations.errors import SolverError
from app.services.allocations.types import (
    AccountAllocation,
    AccountMetrics,
    DispersionMetrics,
    NoAllocation,
    OptimalityReport,
    PreviewInputs,
    ReasonCode,
    Summary,
    TargetMetric,
)
from app.services.domain import exposures
from app.services.domain.account import AccountInput
from app.services.domain.side import Side
from app.services.kernels.allocation.dispersion import dispersion_change
from app.services.kernels.allocation.problem import Allocation, AllocationProblem, KernelReason

BASIS_POINTS_PER_TOLERANCE = 100
"""For metrics in basis points a tolerance of 0.05 means 5 bp (allocation rules, section 4)."""


def account_rows(
    inputs: PreviewInputs, feasible: Capacities, problem: AllocationProblem, allocation: Allocation
) -> tuple[AccountAllocation, ...]:
    """Return one row per account, those that got nothing included, by account id.

    Raises
    ------
    SolverError
        When the split breaks a bound or does not add up: never shown, never stored.
    """
    quantities = [int(q) for q in allocation.quantity]
    _verify(feasible, problem, quantities, allocation.unallocated)
    return tuple(
        _row(inputs, account, capacity, quantity, _reason(capacity, reason, feasible))
        for account, capacity, quantity, reason in zip(
            inputs.accounts, feasible.accounts, quantities, allocation.reason, strict=True
        )
    )


def summary(inputs: PreviewInputs, problem: AllocationProblem, allocation: Allocation) -> Summary:
    """Return the totals and the dispersion before and after."""
    order = inputs.request.order
    quantities = [int(q) for q in allocation.quantity]
    total = sum(quantities)
    got = sum(1 for q in quantities if q > 0)
    proof = allocation.optimality
    return Summary(
        total_allocated=total,
        unallocated=order.quantity - total,
        allocation_rate=total / order.quantity,
        accounts_allocated=got,
        accounts_skipped=len(quantities) - got,
        total_notional=sum((notional(inputs, q) for q in quantities), Decimal(0)),
        total_settlement_amount=sum((settlement_amount(inputs, q) for q in quantities), Decimal(0)),
        dispersion_metrics=dispersion_metrics(inputs, problem, allocation),
        optimality=None
        if proof is None
        else OptimalityReport(
            status=proof.status,
            lower_bound_std_dev=proof.lower_bound_std_dev,
            gap=proof.gap,
            kkt_residual=proof.kkt_residual,
            solver=proof.solver,
            iterations=proof.iterations,
            reason=proof.reason,
        ),
    )


def dispersion_metrics(
    inputs: PreviewInputs, problem: AllocationProblem, allocation: Allocation
) -> DispersionMetrics:
    """Return the dispersion of the target metric over all accounts that have one, before and after (R8.7)."""
    parameters = inputs.request.parameters
    change = dispersion_change(problem, allocation.quantity, parameters.weighting)
    in_basis_points = parameters.target_metric in (TargetMetric.OAS, TargetMetric.DTS)
    tolerance = parameters.tolerance * (BASIS_POINTS_PER_TOLERANCE if in_basis_points else 1)
    return DispersionMetrics(
        target_metric=parameters.target_metric,
        weighting=parameters.weighting,
        pre_trade_std_dev=change.pre.std_dev,
        post_trade_std_dev=change.post.std_dev,
        improvement=change.improvement,
        max_deviation=change.post.max_deviation,
        min_deviation=change.post.min_deviation,
        target_value=change.post.mean,
        within_tolerance=change.post.max_deviation <= tolerance,
    )


def notional(inputs: PreviewInputs, face: int) -> Decimal:
    """Return face x clean / 100 x factor, to the cent (R1.2)."""
    return (face * inputs.price.clean * inputs.security.factor / 100).quantize(CENT)


def _row(
    inputs: PreviewInputs,
    account: AccountInput,
    capacity: AccountCapacity,
    quantity: int,
    reason: NoAllocation | None,
) -> AccountAllocation:
    settlement = settlement_amount(inputs, quantity)
    clean = notional(inputs, quantity)
    cash = available_cash(account)
    paid = settlement if inputs.request.order.side is Side.BUY else -settlement
    return AccountAllocation(
        account_id=account.account_id,
        account_name=account.account_name,
        allocated_quantity=quantity,
        allocated_notional=clean,
        accrued_interest=settlement - clean,
        settlement_amount=settlement,
        available_cash=cash,
        post_trade_cash=None if cash is None else cash - paid,
        max_quantity=capacity.cap,
        pre_trade_metrics=account_metrics(inputs, account, 0),
        post_trade_metrics=account_metrics(inputs, account, quantity),
        reason=reason if quantity == 0 else None,
    )


def account_metrics(inputs: PreviewInputs, account: AccountInput, quantity: int) -> AccountMetrics:
    """Return the account's metrics after a trade of that face; zero gives those before it.

    NAV does not change, because cash is exchanged for bonds at market (allocation rules, section 2).
    """
    sign = 1.0 if inputs.request.order.side is Side.BUY else -1.0
    nav = None if account.nav is None or account.nav <= 0 else float(account.nav)
    weight = None if nav is None else sign * float(cost_per_face(inputs)) * quantity / nav
    bond = inputs.analytics

    def moved(value: float | None, per_weight: float | None) -> float | None:
        if quantity == 0:
            return value
        if value is None or weight is None or per_weight is None:
            return None
        return value + weight * per_weight

    spread_duration = moved(account.spread_duration, bond.spread_duration)
    held = None if nav is None or bond.duration is None else float(account.held_market_value) / nav
    return AccountMetrics(
        active_spread_duration=exposures.active(spread_duration, account.benchmark),
        spread_duration=spread_duration,
        duration=moved(account.duration, bond.duration),
        oas=moved(account.oas, bond.oas),
        dts=moved(account.dts, exposures.dts(bond)),
        contribution_to_duration=moved(
            None if held is None or bond.duration is None else held * bond.duration, bond.duration
        ),
    )


def _reason(
    capacity: AccountCapacity, reason: KernelReason | None, feasible: Capacities
) -> NoAllocation | None:
    """Say in the desk's words why an account got nothing (R9.1)."""
    if reason is None:
        return None
    binding, total = capacity.binding, feasible.total
    smallest = f"the minimum piece is {feasible.piece:,}"
    if reason is KernelReason.ZERO_SHARE:
        code, words = ReasonCode.ZERO_WEIGHT, "Its base amount or weight is zero"
    elif binding is not None and binding.face < feasible.piece:
        words = binding.message if binding.face == 0 else f"{binding.message}; {smallest}"
        code = binding.code
    elif total is not None and feasible.quantity < feasible.piece:
        code, words = ReasonCode.COMPLIANCE, total.message
    elif reason is KernelReason.NOT_OPTIMAL:
        code, words = ReasonCode.NOT_OPTIMAL, "Face in this account would raise the dispersion"
    elif reason is KernelReason.BELOW_MIN_PIECE:
        code, words = ReasonCode.MIN_LOT_SIZE, f"Its share does not reach a tradable lot; {smallest}"
    else:
        code, words = ReasonCode.ORDER_EXHAUSTED, "The order had nothing left to give"
    return NoAllocation(code, words)


def _verify(
    feasible: Capacities, problem: AllocationProblem, quantities: Sequence[int], unallocated: int
) -> None:
    """Check the promises that every split keeps, in whole numbers, after rounding (R3.6)."""
    if sum(quantities) + unallocated != problem.quantity:
        raise SolverError("the split does not add up to the order")
    for account_id, capacity, quantity in zip(
        problem.account_ids, feasible.accounts, quantities, strict=True
    ):
        if not feasible.accepts(capacity, quantity):
            raise SolverError(f"the split gives {account_id} {quantity}, which it cannot take")
