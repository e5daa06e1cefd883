"""What a split does to each account and to all of them: the rows and totals of a preview."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.services.allocations.bases import zero_share
from app.services.allocations.bounds import Bound
from app.services.allocations.capacity import (
    AccountCapacity,
    Capacities,
    available_cash,
    money_of,
    value_per_face,
)
from app.services.allocations.errors import SolverError
from app.services.allocations.placed import Placed
from app.services.allocations.request import TargetMetric
from app.services.allocations.stated_outcome import StatedOutcome
from app.services.allocations.types import (
    AccountAllocation,
    AccountMetrics,
    DispersionMetrics,
    NoAllocation,
    OptimalityReport,
    PreviewInputs,
    ReasonCode,
    Summary,
)
from app.services.domain import exposures
from app.services.domain.account import AccountInput
from app.services.domain.face import Face, exact_face, face_text
from app.services.domain.money import TradeMoney
from app.services.domain.side import Side
from app.services.kernels.allocation.dispersion import dispersion_change
from app.services.kernels.allocation.problem import Allocation, AllocationProblem, KernelReason

BY_REQUEST = frozenset(
    {ReasonCode.EXCLUDED_BY_REQUEST, ReasonCode.LIMITED_BY_REQUEST, ReasonCode.ZERO_WEIGHT}
)
"""Reasons that the request itself states: they come before any other, and are no warning."""

BASIS_POINTS_PER_TOLERANCE = 100
"""For metrics in basis points a tolerance of 0.05 means 5 bp (allocation rules, section 4)."""


def account_rows(
    inputs: PreviewInputs, feasible: Capacities, problem: AllocationProblem, placed: Placed
) -> tuple[AccountAllocation, ...]:
    """Return one row per account, those that got nothing included, by account id.

    Raises
    ------
    SolverError
        When the split breaks a bound or does not add up: never shown, never stored.
    """
    _verify(feasible, problem, placed)
    trade = _Trade(inputs)
    zero = zero_share(inputs.request)
    rows = tuple(
        trade.row(account, capacity, face, _reason(capacity, reason, feasible, target, zero))
        for account, capacity, face, reason, target in zip(
            inputs.accounts,
            feasible.accounts,
            placed.faces,
            placed.reason,
            placed.target,
            strict=True,
        )
    )
    outcome = StatedOutcome.of(inputs, feasible, placed)
    return rows if outcome is None else tuple(outcome.row(i, row) for i, row in enumerate(rows))


def summary(
    inputs: PreviewInputs,
    feasible: Capacities,
    problem: AllocationProblem,
    placed: Placed,
    rows: Sequence[AccountAllocation],
) -> Summary:
    """Return the totals and the dispersion before and after."""
    outcome = StatedOutcome.of(inputs, feasible, placed)
    order = inputs.request.order
    total = placed.total
    got = sum(1 for row in rows if row.allocated_quantity > 0)
    proof = placed.allocation.optimality
    return Summary(
        total_allocated=total,
        unallocated=exact_face(order.quantity - total),
        allocation_rate=float(total) / float(order.quantity),
        accounts_allocated=got,
        accounts_skipped=len(rows) - got,
        total_notional=sum((row.allocated_notional for row in rows), Decimal(0)),
        total_settlement_amount=sum((row.settlement_amount for row in rows), Decimal(0)),
        dispersion_metrics=dispersion_metrics(inputs, problem, placed.allocation),
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
            objective_std_dev=None if inputs.fairness is None else proof.objective_std_dev,
        ),
        direct_allocations=None if outcome is None else outcome.direct_total,
        remainder_allocations=None if outcome is None else outcome.remainder_total,
        allocation_breakdown=None if outcome is None else outcome.breakdown,
    )


def dispersion_metrics(
    inputs: PreviewInputs, problem: AllocationProblem, allocation: Allocation
) -> DispersionMetrics:
    """Return the dispersion of the target metric over all accounts that have one, before and after (R8.7)."""
    parameters = inputs.request.parameters
    change = dispersion_change(problem, allocation.faces, parameters.weighting)
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


class _Trade:
    """What the rows of one preview share: the bond's numbers, and the money of each face that occurs."""

    def __init__(self, inputs: PreviewInputs) -> None:
        self._inputs = inputs
        self._buys = inputs.request.order.side is Side.BUY
        self._value_per_face = value_per_face(inputs)
        self._dts = exposures.dts(inputs.analytics)
        self._money: dict[Face, TradeMoney] = {}

    def row(
        self, account: AccountInput, capacity: AccountCapacity, face: Face, reason: NoAllocation | None
    ) -> AccountAllocation:
        """Return what the trade of that face does to the account."""
        money = self._money_of(face)
        paid = money.settlement if self._buys else -money.settlement
        cash = available_cash(account)
        before, after = self._metrics(account, face)
        return AccountAllocation(
            account_id=account.account_id,
            account_name=account.account_name,
            allocated_quantity=face,
            allocated_notional=money.principal,
            accrued_interest=money.accrued,
            settlement_amount=money.settlement,
            available_cash=cash,
            post_trade_cash=None if cash is None else cash - paid,
            max_quantity=capacity.cap,
            pre_trade_metrics=before,
            post_trade_metrics=after,
            reason=reason if face == 0 else None,
        )

    def _money_of(self, face: Face) -> TradeMoney:
        found = self._money.get(face)
        if found is None:
            found = self._money[face] = money_of(self._inputs, face)
        return found

    def _metrics(self, account: AccountInput, face: Face) -> tuple[AccountMetrics, AccountMetrics]:
        """Return the account's metrics before and after a trade of that face.

        NAV does not change, because cash is exchanged for bonds at market (allocation rules, section 2).
        """
        nav = None if account.nav is None or account.nav <= 0 else float(account.nav)
        bond, held, benchmark = self._inputs.analytics, account.held_market_value, account.benchmark
        contributed = None if nav is None or bond.duration is None else float(held) / nav * bond.duration
        before = AccountMetrics(
            active_spread_duration=exposures.active(account.spread_duration, benchmark),
            spread_duration=account.spread_duration,
            duration=account.duration,
            oas=account.oas,
            dts=account.dts,
            contribution_to_duration=contributed,
        )
        if face == 0:
            return before, before
        weight = None if nav is None else self._value_per_face * float(face) / nav
        spread_duration = _moved(account.spread_duration, weight, bond.spread_duration)
        return before, AccountMetrics(
            active_spread_duration=exposures.active(spread_duration, benchmark),
            spread_duration=spread_duration,
            duration=_moved(account.duration, weight, bond.duration),
            oas=_moved(account.oas, weight, bond.oas),
            dts=_moved(account.dts, weight, self._dts),
            contribution_to_duration=_moved(contributed, weight, bond.duration),
        )


def _moved(value: float | None, weight: float | None, of_bond: float | None) -> float | None:
    """Return a metric after a trade of that weight, None where a number that it takes is missing."""
    return None if value is None or weight is None or of_bond is None else value + weight * of_bond


def _reason(
    capacity: AccountCapacity, reason: KernelReason | None, feasible: Capacities, target: float, zero: str
) -> NoAllocation | None:
    """Say in the desk's words why an account got nothing (R9.1)."""
    if reason is None:
        return None
    binding, total = capacity.binding, feasible.total
    code: ReasonCode
    if binding is not None and binding.face == 0 and binding.code in BY_REQUEST:
        code, words = binding.code, binding.explain().message
    elif reason is KernelReason.ZERO_SHARE:
        code, words = ReasonCode.ZERO_WEIGHT, zero
    elif binding is not None and feasible.largest_face(capacity) == 0:
        code, words = binding.code, under_the_piece(binding, feasible)
    elif total is not None and feasible.placeable < feasible.piece:
        code, words = ReasonCode.COMPLIANCE, total.message
    elif reason is KernelReason.NOT_OPTIMAL:
        code, words = ReasonCode.NOT_OPTIMAL, "Face in this account would raise the dispersion"
    elif reason is KernelReason.BELOW_MIN_PIECE:
        code, words = ReasonCode.MIN_LOT_SIZE, no_lot(feasible, capacity, target)
    else:
        code, words = ReasonCode.ORDER_EXHAUSTED, "The order had nothing left to give"
    return NoAllocation(code, words)


def no_lot(feasible: Capacities, capacity: AccountCapacity, target: float) -> str:
    """Say why an account got no lot of its share, `target` face (R9.1)."""
    if capacity.binding is not None and feasible.largest_face(capacity) == 0:
        return under_the_piece(capacity.binding, feasible)
    share = f"Its share of {target:,.2f} face"
    whole = capacity.whole
    if target < whole and feasible.largest_part(capacity) == 0:
        return f"{share} does not cover its position of {face_text(whole)}, which can only be sold whole"
    if target < feasible.piece:
        return f"{share} does not reach a tradable lot; the minimum piece is {feasible.piece:,}"
    return f"{share} is left out: with a part of it less of the order could be placed in all"


def under_the_piece(bound: Bound, feasible: Capacities) -> str:
    """Say why an account can take nothing: what bounds it, and the piece if that alone lets some through."""
    said = bound.explain().message
    return said if bound.face == 0 else f"{said}; the minimum piece is {feasible.piece:,}"


def _verify(feasible: Capacities, problem: AllocationProblem, placed: Placed) -> None:
    """Check the promises that every split keeps, in exact numbers, after rounding (R3.6)."""
    if int(placed.allocation.faces.sum()) + placed.allocation.unallocated != problem.face:
        raise SolverError("the split does not add up to the order")
    for capacity, face in zip(feasible.accounts, placed.faces, strict=True):
        if not feasible.accepts(capacity, face):
            raise SolverError(f"the split gives {capacity.account_id} {face}, which it cannot take")
