"""The engine: a pure function from the inputs of a preview to its numbers.

Nothing in here reads a clock, a setting, a table or the network, so a stored snapshot gives the same result
years later. A change that moves any number for the same inputs is a new entry of `engine_changes`.

A bond without the number that the target metric needs is refused (DATA_MISSING), an account without it gets
nothing and is warned of: the first stops the whole order, the second one account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.core.errors import DataMissing, FieldError, InvalidRequest
from app.services.allocations.bases import base_metric, benchmark_value
from app.services.allocations.capacity import (
    Capacities,
    available_cash,
    capacities,
    cash_reserve,
    target_value,
    value_per_face,
)
from app.services.allocations.fairness import (
    RECORDED,
    Owed,
    Steering,
    check_weighed,
    fairness_summary,
    steering,
    with_owed,
)
from app.services.allocations.joint_share import JointFaces, joint_steering
from app.services.allocations.placed import Placed
from app.services.allocations.request import BaseMetric, TargetMetric
from app.services.allocations.rows import account_rows, summary
from app.services.allocations.stated_amounts import stated_amounts
from app.services.allocations.types import PreviewInputs, PreviewResult, PricedOrder
from app.services.allocations.vendor_warnings import vendor_warnings
from app.services.allocations.warnings import warnings
from app.services.allocations.wishes import check_wishes
from app.services.domain import exposures
from app.services.domain.block_order import VendorCheck
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray, IntArray, Strategy
from app.services.kernels.allocation.registry import Options
from app.services.kernels.allocation.registry import strategy as registered


def compute(inputs: PreviewInputs) -> PreviewResult:
    """Return the whole preview: the split, and what the vendor's compliance said of it.

    Raises
    ------
    DataMissing, InvalidRequest, SolverError
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
    InvalidRequest
        Naming each wish of the request that the accounts cannot meet, with its number (R4.8), or a gap that
        the bond cannot close (R6.6); as `strategy`, and as `check_weighed` (R16.1).
    DataMissing
        When the bond lacks the analytics that the target metric needs.
    SolverError
        When a method breaks its own promises.
    """
    prepared = prepare(inputs)
    feasible, problem, owed = prepared.feasible, prepared.problem, prepared.owed
    if inputs.joint is None:
        steered = steering(inputs, owed, feasible, problem)
        method = strategy(inputs, problem, feasible.decimals, steered)
    else:
        steered = joint_steering(inputs, inputs.joint)
        method = JointFaces.of(inputs, inputs.joint, feasible.decimals)
    placed = Placed.of(method.allocate(problem), feasible.decimals)
    rows = with_owed(account_rows(inputs, feasible, problem, placed), owed, steered, placed.total)
    totals = summary(inputs, feasible, problem, placed, rows)
    dispersion = totals.dispersion_metrics
    return PreviewResult(
        order=priced_order(inputs),
        allocations=rows,
        summary=replace(
            totals, fairness=fairness_summary(inputs, owed, steered, rows, feasible.piece, dispersion)
        ),
        warnings=warnings(inputs, feasible, placed, rows),
        errors=inputs.faults,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What a method is asked: what accounts can take, the same in arrays, and what they are owed."""

    feasible: Capacities
    problem: AllocationProblem
    owed: Owed | None


def prepare(inputs: PreviewInputs) -> Prepared:
    """Check what is asked against the accounts, and put it into arrays.

    Raises
    ------
    InvalidRequest, DataMissing
        As `split`, but for what a method refuses.
    """
    feasible = capacities(inputs)
    check_wishes(inputs, feasible)
    check_weighed(inputs)
    problem = build_problem(inputs, feasible)
    owed = Owed.of(inputs, inputs.fairness, feasible) if inputs.fairness else None
    return Prepared(feasible, problem, owed)


def priced_order(inputs: PreviewInputs) -> PricedOrder:
    """Return the order as it is priced."""
    order = inputs.request.order
    return PricedOrder(
        security_id=order.security_id,
        side=order.side,
        total_quantity=order.quantity,
        settlement_date=inputs.settlement_date,
        price=inputs.price.clean,
        accrued=inputs.accrued,
        price_source=inputs.price.source,
        requested_notional=order.notional,
        requested_percent_of_nav=order.percent_of_nav,
    )


def build_problem(inputs: PreviewInputs, feasible: Capacities) -> AllocationProblem:
    """Put the accounts into arrays: metric, slope per kernel unit, caps, pieces (R1.5)."""
    accounts = inputs.accounts
    metric_name = inputs.request.parameters.target_metric
    metric = [target_value(a, metric_name) for a in accounts]
    nav = np.array([np.nan if a.nav is None else float(a.nav) for a in accounts])
    unit = 10**feasible.decimals
    arrays = feasible.arrays()
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = value_per_face(inputs) * bond_metric(inputs) / nav / unit
    return AllocationProblem(
        account_ids=tuple(a.account_id for a in accounts),
        side=inputs.request.order.side,
        face=int(feasible.placeable * unit),
        nav=nav,
        metric=np.array([np.nan if value is None else value for value in metric]),
        slope=np.where(np.isfinite(slope), slope, np.nan),
        cap=arrays.cap,
        piece=arrays.piece,
        increment=arrays.increment,
        whole=arrays.whole,
        low=arrays.low,
        part=arrays.part,
        coarse=arrays.coarse,
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


def strategy(
    inputs: PreviewInputs, problem: AllocationProblem, decimals: int, steered: Steering = RECORDED
) -> Strategy:
    """Return the method that the request asks for, with its parameters as arrays in account order.

    Amounts of the problem are in units of 10 ** -`decimals` of face. What is owed moves the split as
    `steered` says.

    Raises
    ------
    InvalidRequest
        When more is asked by stated amounts than the order holds, and parts are not allowed (R7.7).
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
        stated=stated_amounts(inputs, problem, 10**decimals) if parameters.allocations else None,
        normalize=parameters.normalize,
        tiers=_tiers(inputs),
        owed=steered.owed,
        fairness_weight=steered.fairness_weight,
    )
    return registered(inputs.request.method, options)


def _tiers(inputs: PreviewInputs) -> tuple[IntArray, ...]:
    """Return the places of the accounts of each tier (R6.8)."""
    place = {account.account_id: i for i, account in enumerate(inputs.accounts)}
    tiers = inputs.request.parameters.tiers
    return tuple(np.array([place[a] for a in tier], dtype=np.int64) for tier in tiers)


def base_amounts(inputs: PreviewInputs) -> FloatArray:
    """Return what the pro-rata shares are proportional to, never negative (R6.1)."""
    parameters = inputs.request.parameters
    if base_metric(inputs.request) is BaseMetric.GAP:
        return _gaps(inputs)
    amounts = []
    for account in inputs.accounts:
        match parameters.base_metric:
            case BaseMetric.NAV:
                amount = account.nav or 0
            case BaseMetric.MARKET_VALUE:
                amount = account.market_value
            case BaseMetric.POSITION:
                amount = account.held_face
            case BaseMetric.CUSTOM | BaseMetric.ORDER_SIZE:
                amount = parameters.base_amounts.get(account.account_id, 0)
            case BaseMetric.CASH:
                amount = (available_cash(account) or 0) - cash_reserve(inputs, account)
            case BaseMetric.EQUAL | BaseMetric.GAP:
                amount = 1
        amounts.append(max(float(amount), 0.0))
    return np.array(amounts)


def _gaps(inputs: PreviewInputs) -> FloatArray:
    """Return the face that brings each account's metric to its benchmark, 0 where it is there or past it.

    Raises
    ------
    InvalidRequest
        When the bond moves the metric of no account.
    """
    # R6.6
    metric, number = inputs.request.parameters.target_metric, bond_metric(inputs)
    if number == 0:
        message = f"The bond's own number for {metric} is 0, so no trade of it closes a gap."
        raise InvalidRequest.of(FieldError("parameters.base_metric", message))
    moved = value_per_face(inputs) * number
    gaps = []
    for account in inputs.accounts:
        value, benchmark = target_value(account, metric), benchmark_value(account, metric)
        if account.nav is None or value is None or benchmark is None:
            gaps.append(0.0)
        else:
            gaps.append(max((benchmark - value) * float(account.nav) / moved, 0.0))
    return np.array(gaps)
