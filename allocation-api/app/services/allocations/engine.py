"""The engine: a pure function from the inputs of a preview to its numbers.

Nothing in here reads a clock, a setting, a table or the network, so a stored snapshot gives the same result
years later. A change that moves any number for the same inputs is a new entry of `engine_changes`.

A bond without the number that the target metric needs is refused (DATA_MISSING), an account without it gets
nothing and is warned of: the first stops the whole order, the second one account.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.core.errors import DataMissing, FieldError
from app.services.allocations.capacity import Capacities, capacities, cost_per_face, target_value
from app.services.allocations.fairness import (
    RECORDED,
    Owed,
    Steering,
    fairness_summary,
    steering,
    with_owed,
)
from app.services.allocations.placed import Placed
from app.services.allocations.request import BaseMetric, TargetMetric
from app.services.allocations.rows import account_rows, summary
from app.services.allocations.types import PreviewInputs, PreviewResult, PricedOrder
from app.services.allocations.vendor_warnings import vendor_warnings
from app.services.allocations.warnings import warnings
from app.services.domain import exposures
from app.services.domain.block_order import VendorCheck
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray, Strategy
from app.services.kernels.allocation.registry import Options
from app.services.kernels.allocation.registry import strategy as registered


def compute(inputs: PreviewInputs) -> PreviewResult:
    """Return the whole preview: the split, and what the vendor's compliance said of it.

    Raises
    ------
    DataMissing, SolverError
        As `split`.
    """
    return with_vendor_check(split(inputs), inputs.vendor_check)


def with_vendor_check(result: PreviewResult, check: VendorCheck | None) -> PreviewResult:
    """Add the vendor's word to the warnings of a split; None, for not asked, adds nothing.

    The order stays: those of the whole order, then by account id, of one account the vendor's last.
    """
    if check is None:
        return result
    said = vendor_warnings(check, frozenset(a.account_id for a in result.allocations))
    merged = sorted((*result.warnings, *said), key=lambda w: (w.account_id is not None, w.account_id or ""))
    return replace(result, warnings=tuple(merged))


def split(inputs: PreviewInputs) -> PreviewResult:
    """Split the order and report what it does to every account; the vendor's check is not looked at.

    Raises
    ------
    DataMissing
        When the bond lacks the analytics that the target metric needs.
    SolverError
        When a method breaks its own promises.
    """
    feasible = capacities(inputs)
    problem = build_problem(inputs, feasible)
    owed = Owed.of(inputs, inputs.fairness, feasible) if inputs.fairness else None
    steered = steering(inputs, owed, feasible, problem)
    placed = Placed.of(strategy(inputs, steered).allocate(problem), feasible.decimals)
    rows = with_owed(account_rows(inputs, feasible, problem, placed), owed, steered, placed.total)
    totals = summary(inputs, problem, placed, rows)
    dispersion = totals.dispersion_metrics
    order = inputs.request.order
    return PreviewResult(
        order=PricedOrder(
            security_id=order.security_id,
            side=order.side,
            total_quantity=order.quantity,
            settlement_date=inputs.settlement_date,
            price=inputs.price.clean,
            accrued=inputs.accrued,
            price_source=inputs.price.source,
        ),
        allocations=rows,
        summary=replace(
            totals, fairness=fairness_summary(inputs, owed, steered, rows, feasible.piece, dispersion)
        ),
        warnings=warnings(inputs, feasible, placed, rows),
        errors=inputs.faults,
    )


def build_problem(inputs: PreviewInputs, feasible: Capacities) -> AllocationProblem:
    """Put the accounts into arrays: metric, slope per kernel unit, caps, pieces (R1.5)."""
    accounts = inputs.accounts
    metric_name = inputs.request.parameters.target_metric
    metric = [target_value(a, metric_name) for a in accounts]
    nav = np.array([np.nan if a.nav is None else float(a.nav) for a in accounts])
    sign = 1.0 if inputs.request.order.side is Side.BUY else -1.0
    unit = 10**feasible.decimals
    cap, whole = feasible.arrays()
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = sign * float(cost_per_face(inputs)) * bond_metric(inputs) / nav / unit
    return AllocationProblem(
        account_ids=tuple(a.account_id for a in accounts),
        side=inputs.request.order.side,
        face=int(feasible.placeable * unit),
        nav=nav,
        metric=np.array([np.nan if value is None else value for value in metric]),
        slope=np.where(np.isfinite(slope), slope, np.nan),
        cap=cap,
        piece=feasible.piece * unit,
        increment=feasible.increment * unit,
        whole=whole,
    )


def bond_metric(inputs: PreviewInputs) -> float:
    """Return the bond's own number for the target metric: years, bp, or years x bp (R8.8).

    Raises
    ------
    DataMissing
        When the vendor does not report it.
    """
    known = inputs.analytics
    metric = inputs.request.parameters.target_metric
    values = {
        TargetMetric.ACTIVE_SPREAD_DURATION: known.spread_duration,
        TargetMetric.DURATION: known.duration,
        TargetMetric.OAS: known.oas,
        TargetMetric.DTS: exposures.dts(known),
    }
    value = values[metric]
    if value is None:
        message = (
            f"Aladdin reports no value of {inputs.security.security_id} that {metric} could be computed "
            "from. Choose another target_metric."
        )
        raise DataMissing(message, errors=[FieldError("parameters.target_metric", message)])
    return value


def strategy(inputs: PreviewInputs, steered: Steering = RECORDED) -> Strategy:
    """Return the method that the request asks for, with its parameters as arrays in account order.

    What is owed moves it as `steered` says.
    """
    parameters = inputs.request.parameters
    weights = [float(parameters.weights.get(a.account_id, 0)) for a in inputs.accounts]
    options = Options(
        base=base_amounts(inputs) if steered.base is None else steered.base,
        weights=np.array(weights),
        redistribute=parameters.redistribute,
        weighting=parameters.weighting,
        solver=parameters.solver,
        max_iterations=parameters.max_iterations,
        owed=steered.owed,
        fairness_weight=steered.fairness_weight,
    )
    return registered(inputs.request.method, options)


def base_amounts(inputs: PreviewInputs) -> FloatArray:
    """Return what the pro-rata shares are proportional to, never negative (R6.1)."""
    parameters = inputs.request.parameters
    amounts = []
    for account in inputs.accounts:
        match parameters.base_metric:
            case BaseMetric.NAV:
                amount = account.nav or 0
            case BaseMetric.MARKET_VALUE:
                amount = account.market_value
            case BaseMetric.POSITION:
                amount = account.held_face
            case BaseMetric.CUSTOM:
                amount = parameters.base_amounts.get(account.account_id, 0)
        amounts.append(max(float(amount), 0.0))
    return np.array(amounts)
