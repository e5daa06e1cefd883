"""What the portfolio manager must have seen before committing, with the numbers behind it.

A warning must need a decision. So an account that does not hold the bond is listed with its reason in a
sale, and is no warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from app.services.allocations.bases import base_metric
from app.services.allocations.capacity import AccountCapacity, Capacities
from app.services.allocations.placed import Placed
from app.services.allocations.request import BaseMetric, TargetMetric
from app.services.allocations.rows import BY_REQUEST, no_lot
from app.services.allocations.stated_outcome import StatedOutcome
from app.services.allocations.types import (
    AccountAllocation,
    PreviewInputs,
    PreviewWarning,
    ReasonCode,
    WarningType,
)
from app.services.compliance import Finding
from app.services.domain.account import AccountInput
from app.services.domain.face import Face, exact_face, face_number, face_text
from app.services.domain.side import Side
from app.services.domain.staleness import age, is_stale
from app.services.kernels.allocation.problem import KernelReason
from app.services.kernels.allocation.registry import Method
from app.utils.words import counted

MAX_ROUNDING_FACE = 1e-6
"""Face by which float64 may miss a whole number without anything having been rounded."""


def warnings(
    inputs: PreviewInputs,
    feasible: Capacities,
    placed: Placed,
    rows: Sequence[AccountAllocation],
) -> tuple[PreviewWarning, ...]:
    """Return all warnings: those of the whole order first, then by account id."""
    return (
        *_of_the_order(inputs, feasible, placed),
        *_of_the_data(inputs),
        *_of_fix(inputs, rows),
        *_of_the_accounts(inputs, feasible, placed, rows),
    )


def _of_the_order(inputs: PreviewInputs, feasible: Capacities, placed: Placed) -> Iterator[PreviewWarning]:
    if not inputs.request.constraints.compliance_check:
        yield PreviewWarning(WarningType.COMPLIANCE, None, "Compliance was not checked, as requested", {})
    quantity = inputs.request.order.quantity
    total = placed.total
    outcome = StatedOutcome.of(inputs, feasible, placed)
    for finding in (feasible.total, *feasible.flags):
        if finding is not None:
            yield _found(None, finding)
    if total < quantity:
        largest = feasible.largest_total
        yield PreviewWarning(
            _unallocated_type(inputs, feasible, placed),
            None,
            (None if outcome is None else outcome.unallocated())
            or _unallocated(
                inputs, total, largest, feasible.increment, _without_share(inputs, feasible, placed)
            ),
            {
                "quantity": face_number(quantity),
                "total_allocated": face_number(total),
                "unallocated": face_number(quantity - total),
                "total_capacity": face_number(largest),
                "minimum_piece": feasible.piece,
                "increment": feasible.increment,
                **{f"accounts_bound_by_{k.value.lower()}": v for k, v in _bindings(feasible).items()},
            },
        )
    if not placed.allocation.total_proved and quantity - total >= feasible.increment:
        yield PreviewWarning(
            WarningType.ROUNDING,
            None,
            "A larger total might have been reachable with other whole positions",
            {},
        )


def _without_share(inputs: PreviewInputs, feasible: Capacities, placed: Placed) -> int:
    """Count the accounts that could take face and have no cash or gap to share by (R6.1)."""
    if base_metric(inputs.request) not in (BaseMetric.CASH, BaseMetric.GAP):
        return 0
    return sum(
        reason is KernelReason.ZERO_SHARE and feasible.largest_face(capacity) > 0
        for capacity, reason in zip(feasible.accounts, placed.reason, strict=True)
    )


def _unallocated(
    inputs: PreviewInputs, total: Face, largest: Face, increment: int, without_share: int
) -> str:
    """Say how much stays, and why no more of it could be placed."""
    quantity = inputs.request.order.quantity
    left = quantity - total
    stays = f"{face_text(left)} of {face_text(quantity)} face stay unallocated"
    if left < increment:
        return f"{stays}: {face_text(left)} is less than one increment of {increment:,}"
    if inputs.joint is not None and largest - total >= increment:
        return f"{stays}; beside the other lines of the joint split no more was placed"
    more = (
        f", {face_text(largest - total)} more, which is less than one increment"
        if 0 < largest - total < increment
        else ""
    )
    if without_share and largest - total >= increment:
        metric, able = inputs.request.parameters.base_metric, counted(without_share, "account")
        return f"{stays}; {able} could take more, with a share by {metric} of 0"
    in_turn = inputs.request.parameters.tiers and largest - total >= increment
    tiered = ", though not tier by tier" if in_turn else ""
    return f"{stays}; the accounts could take {face_text(largest)} together{more}{tiered}"


def _found(account_id: str | None, finding: Finding) -> PreviewWarning:
    explanation = finding.explain()
    details = {"rule": finding.rule, **explanation.details}
    return PreviewWarning(WarningType.COMPLIANCE, account_id, explanation.message, details)


def _bindings(feasible: Capacities) -> dict[ReasonCode, int]:
    found = [c.binding.code for c in feasible.accounts if c.binding is not None]
    return {code: found.count(code) for code in ReasonCode if code in found}


def _unallocated_type(inputs: PreviewInputs, feasible: Capacities, placed: Placed) -> WarningType:
    """Name the chief cause: a cap on the order, what accounts could not take, or what the grid leaves."""
    # R9.4
    order = inputs.request.order
    if feasible.total is not None:
        return WarningType.COMPLIANCE
    custom = inputs.request.method is Method.CUSTOM_WEIGHTS
    enough = feasible.together >= order.quantity
    if inputs.joint is not None and enough and order.quantity - placed.total >= feasible.increment:
        sells = order.side is Side.SELL
        return WarningType.INSUFFICIENT_POSITION if sells else WarningType.INSUFFICIENT_CASH
    if enough and order.quantity - placed.total < feasible.increment:
        return WarningType.ROUNDING
    if enough and _without_share(inputs, feasible, placed):
        return WarningType.LIMITED_BY_REQUEST
    if enough and not custom:
        return WarningType.MIN_LOT_SIZE
    bound = {
        capacity.binding.code
        for capacity, short in zip(feasible.accounts, placed.shortfall, strict=True)
        if capacity.binding is not None and (not custom or short >= feasible.increment)
    }
    causes = (
        (ReasonCode.INSUFFICIENT_POSITION, WarningType.INSUFFICIENT_POSITION),
        (ReasonCode.INSUFFICIENT_CASH, WarningType.INSUFFICIENT_CASH),
        (ReasonCode.COMPLIANCE, WarningType.COMPLIANCE),
        (ReasonCode.MISSING_DATA, WarningType.MISSING_DATA),
        (ReasonCode.LIMITED_BY_REQUEST, WarningType.LIMITED_BY_REQUEST),
    )
    chief = WarningType.MIN_LOT_SIZE if placed.stated is None else WarningType.STATED_AMOUNT
    return next((kind for code, kind in causes if code in bound), chief)


def _of_the_data(inputs: PreviewInputs) -> Iterator[PreviewWarning]:
    yield from _stale(inputs, None, "price", inputs.price.price_date)
    yield from _stale(inputs, None, "analytics", inputs.analytics.risk_date)


def _of_fix(inputs: PreviewInputs, rows: Sequence[AccountAllocation]) -> Iterator[PreviewWarning]:
    # R14.4
    allocated = {None, *(row.account_id for row in rows if row.allocated_quantity > 0)}
    for gap in inputs.fix_gaps:
        if gap.account_id in allocated:
            message = f"{gap.message}. This preview cannot be committed"
            yield PreviewWarning(WarningType.MISSING_DATA, gap.account_id, message, {})


def _stale(
    inputs: PreviewInputs, account_id: str | None, what: str, day: date | None
) -> Iterator[PreviewWarning]:
    today = inputs.business_date
    if day is not None and is_stale(day, today):
        details: dict[str, int | float | str | None] = {
            "data": what,
            "date": str(day),
            "business_date": str(today),
            "age_business_days": age(day, today),
        }
        yield PreviewWarning(WarningType.STALE_DATA, account_id, f"Aladdin's {what} date from {day}", details)


def _of_the_accounts(
    inputs: PreviewInputs,
    feasible: Capacities,
    placed: Placed,
    rows: Sequence[AccountAllocation],
) -> Iterator[PreviewWarning]:
    active = inputs.request.parameters.target_metric is TargetMetric.ACTIVE_SPREAD_DURATION
    has_choice = feasible.together > inputs.request.order.quantity
    is_left = inputs.request.order.quantity > sum(each.low for each in feasible.accounts)
    outcome = StatedOutcome.of(inputs, feasible, placed)
    for i, (account, row) in enumerate(zip(inputs.accounts, rows, strict=True)):
        capacity, quantity, name = feasible.accounts[i], row.allocated_quantity, account.account_id
        yield from _stale(inputs, name, "positions", account.reference_date)
        yield from _reserved(account)
        if active and account.benchmark.spread_duration is None:
            yield PreviewWarning(
                WarningType.MISSING_DATA,
                name,
                "The account has no benchmark spread duration; zero was taken",
                {"benchmark_spread_duration": None},
            )
        for flag in capacity.flags:
            yield _found(name, flag)
        yield from _overdrawn(inputs, row)
        yield from _stub(inputs, account, quantity)
        bound = capacity.binding
        if outcome is not None and outcome.is_named(i):
            yield from outcome.warnings(i, row)
        elif bound is not None and is_left and _bites(inputs, feasible, placed, i, has_choice=has_choice):
            explanation = bound.explain()
            details = {**explanation.details, "allocated_quantity": face_number(quantity)}
            yield PreviewWarning(WarningType(bound.code.value), name, explanation.message, details)
        elif placed.reason[i] is KernelReason.BELOW_MIN_PIECE and placed.target[i] >= 1:
            yield _no_lot(name, feasible, capacity, placed.target[i])
        elif inputs.request.method is Method.CUSTOM_WEIGHTS and outcome is None:
            yield from _past_weight(name, quantity, placed.target[i])


def _bites(
    inputs: PreviewInputs, feasible: Capacities, placed: Placed, index: int, *, has_choice: bool
) -> bool:
    """Say whether an account would have taken more, or anything at all, but for its bound (R9.3).

    An account that does not hold the bond is no warning in a sale, and neither is one that is sold out where
    shares are by position, or one that the request excludes or limits.
    """
    bound = feasible.accounts[index].binding
    if bound is None or placed.reason[index] is KernelReason.ZERO_SHARE:
        return False
    if bound.code in BY_REQUEST:
        return False
    quantity = placed.faces[index]
    if quantity == 0:
        absent = bound.code is ReasonCode.INSUFFICIENT_POSITION and bound.face == 0
        return feasible.largest_face(feasible.accounts[index]) == 0 and not absent
    if quantity + feasible.increment <= bound.face:
        return False
    if inputs.request.method is Method.MIN_DISPERSION:
        return has_choice
    return placed.target[index] - float(quantity) >= feasible.increment


def _reserved(account: AccountInput) -> Iterator[PreviewWarning]:
    # R4.6
    for part in account.reserved:
        kept = f"{part.cash:,.2f} of cash" if part.cash else f"{face_text(part.face)} face"
        yield PreviewWarning(
            WarningType.ALLOCATION_DIFFERENT,
            account.account_id,
            f"Order {part.order_id} has {face_text(part.recorded_face)} face filled here, and Aladdin "
            f"counts {face_text(part.counted_face)}: {kept} stays reserved until both agree",
            {
                "order_id": part.order_id,
                "filled_quantity": float(part.recorded_face),
                "booked_quantity": float(part.counted_face),
                "reserved_quantity": float(part.face),
                "reserved_cash": float(part.cash),
            },
        )


def _overdrawn(inputs: PreviewInputs, row: AccountAllocation) -> Iterator[PreviewWarning]:
    """Warn of a balance below zero, which can only be where the request does not respect cash."""
    if inputs.request.order.side is Side.SELL or row.allocated_quantity == 0:
        return
    cash, cost = row.available_cash, row.settlement_amount
    if cash is None or cost > cash:
        shown = "unknown" if cash is None else f"{cash:,.2f}"
        yield PreviewWarning(
            WarningType.INSUFFICIENT_CASH,
            row.account_id,
            f"Cash is {shown}, the purchase takes {cost:,.2f}",
            {
                "available_cash": None if cash is None else float(cash),
                "settlement_amount": float(cost),
                "allocated_quantity": face_number(row.allocated_quantity),
            },
        )


def _stub(inputs: PreviewInputs, account: AccountInput, quantity: Face) -> Iterator[PreviewWarning]:
    """Warn of a rest under the minimum piece, which can only be where the request does not bar it (R4.10)."""
    order, piece = inputs.request.order, inputs.security.min_piece
    rest = exact_face(account.kept_face - quantity)
    if order.side is Side.SELL and quantity > 0 and 0 < rest < piece:
        yield PreviewWarning(
            WarningType.MIN_LOT_SIZE,
            account.account_id,
            f"The sale leaves {face_text(rest)} face, less than the bond's minimum piece of {piece:,}: the "
            "rest cannot be traded by itself",
            {
                "position": float(account.kept_face),
                "allocated_quantity": face_number(quantity),
                "remaining_quantity": face_number(rest),
                "minimum_piece": piece,
            },
        )


def _past_weight(name: str, quantity: Face, target: float) -> Iterator[PreviewWarning]:
    if float(quantity) - target > MAX_ROUNDING_FACE:
        yield PreviewWarning(
            WarningType.ROUNDING,
            name,
            f"{face_text(quantity)} face is past the stated weight of {target:,.2f} face",
            {"target_quantity": target, "allocated_quantity": face_number(quantity)},
        )


def _no_lot(name: str, feasible: Capacities, capacity: AccountCapacity, target: float) -> PreviewWarning:
    return PreviewWarning(
        WarningType.MIN_LOT_SIZE,
        name,
        no_lot(feasible, capacity, target),
        {"target_quantity": target, "minimum_piece": feasible.piece, "increment": feasible.increment},
    )
