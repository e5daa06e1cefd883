"""How much each account could take: cash, positions, compliance and missing data become caps on face."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from functools import partial
from math import ceil

import numpy as np
from msgspec import Struct

from app.core.numbers import CENT
from app.services.allocations.bases import missing_for_base, own_order
from app.services.allocations.bounds import (
    Bound,
    excluded_bound,
    limit_bound,
    own_order_bound,
    rest_bound,
)
from app.services.allocations.grid import Grid
from app.services.allocations.request import TargetMetric
from app.services.allocations.types import PreviewInputs, ReasonCode
from app.services.compliance import AccountVerdict, Explanation, Finding, check, price_deviation
from app.services.compliance.rules import OrderContext
from app.services.domain import exposures
from app.services.domain.account import AccountInput
from app.services.domain.face import Face, exact_face, face_decimals, face_number, face_text, floored_face
from app.services.domain.money import TradeMoney, trade_money
from app.services.domain.side import Side
from app.services.kernels.allocation.feasible import FeasibleSet, total_of
from app.services.kernels.allocation.problem import MAX_FACE, IntArray
from app.services.kernels.allocation.reachable import largest_total

NO_VERDICT = AccountVerdict(excluded=None, cap=None, flags=())


class AccountCapacity(Struct, frozen=True):
    """What an account can take or give.

    `cap` is face, already at most the order; `binding` is the tightest bound where one lies below the order;
    `whole` is the position that may be sold whole although no part of that size may: it is off the grid,
    under the minimum piece or above `part`, the most that may be sold in part; `low` is what it must take.
    """

    account_id: str
    cap: Face
    binding: Bound | None
    whole: Face
    flags: tuple[Finding, ...]
    part: Face
    low: Face = 0


@dataclass(frozen=True, slots=True)
class Capacities:
    """The feasible set of an order: per account, and `placeable`, the face that all may take together.

    `total` is why `placeable` is below the order, `flags` what compliance says of the whole order.
    """

    accounts: tuple[AccountCapacity, ...]
    placeable: Face
    total: Finding | None
    flags: tuple[Finding, ...]
    grid: Grid

    @property
    def piece(self) -> int:
        """Minimum piece (R3.2)."""
        return self.grid.piece

    @property
    def increment(self) -> int:
        """Step between amounts (R3.1)."""
        return self.grid.increment

    @property
    def together(self) -> Face:
        """Face that the accounts could take, each for itself."""
        return exact_face(sum(c.cap for c in self.accounts))

    @property
    def decimals(self) -> int:
        """Decimals in which the order is split: those of it, and of positions with cents; mostly none.

        Fewer where amounts would be too large for a kernel; a position that has more then stays.
        """
        needed = max(face_decimals(face) for face in (self.placeable, *(c.whole for c in self.accounts)))
        largest = max(self.placeable, self.piece)
        while needed and largest * 10**needed > MAX_FACE:
            needed -= 1
        return needed

    def arrays(self) -> SetArrays:
        """Return the sets of the accounts in kernel units, 10 ** -`decimals` of face each."""
        unit = 10**self.decimals
        wholes = [c.whole * unit for c in self.accounts]
        exact = [int(whole) if whole == int(whole) else 0 for whole in wholes]
        return SetArrays(
            cap=np.array([int(min(c.cap, self.placeable) * unit) for c in self.accounts], dtype=np.int64),
            whole=np.array(exact, dtype=np.int64),
            part=np.array([int(c.part * unit) for c in self.accounts], dtype=np.int64),
            low=np.array([ceil(c.low * unit) for c in self.accounts], dtype=np.int64),
            piece=self.piece * unit,
            increment=self.increment * unit,
            coarse=self.grid.coarse * unit if self.grid.coarse < self.placeable else 0,
        )

    @property
    def by_account(self) -> dict[str, AccountCapacity]:
        """Return the capacities by account id."""
        return {c.account_id: c for c in self.accounts}

    def accepts(self, capacity: AccountCapacity, face: Face) -> bool:
        """Say whether an account may get this face: nothing, one on the grid, or its whole position."""
        # R3.3, R3.4, R4.8, R4.10
        if face == 0:
            return capacity.low == 0
        on_grid = face <= capacity.part and self.grid.holds(face)
        return capacity.low <= face <= capacity.cap and (on_grid or face == capacity.whole)

    def largest_face(self, capacity: AccountCapacity) -> Face:
        """Return the most that an account may get: on the grid, or its whole position."""
        return max(self.largest_part(capacity), capacity.whole)

    def largest_part(self, capacity: AccountCapacity) -> int:
        """Return the most on the grid that an account may get, 0 where it can get no such amount."""
        return self.grid.floor(min(capacity.cap, capacity.part))

    @property
    def largest_total(self) -> Face:
        """The largest total, up to the order, that the accounts reach within caps, pieces and lots (R3.5)."""
        unit = 10**self.decimals
        limit = int(self.placeable * unit)
        accounts = self.arrays().feasible()
        if np.any((accounts.low > 0) & (accounts.upper == 0)) or total_of(accounts.least) > limit:
            accounts = replace(self.arrays(), low=np.zeros_like(accounts.top)).feasible()
        return exact_face(Decimal(largest_total(accounts, limit).total) / unit)


@dataclass(frozen=True, slots=True, eq=False)
class SetArrays:
    """What accounts may take, in kernel units, as `AllocationProblem` has it."""

    cap: IntArray
    whole: IntArray
    part: IntArray
    low: IntArray
    piece: int
    increment: int
    coarse: int

    def feasible(self) -> FeasibleSet:
        """Return the feasible set; where an account cannot take its minimum, its `upper` is 0."""
        return FeasibleSet.within(
            self.cap,
            self.whole,
            self.piece,
            self.increment,
            part=self.part,
            low=self.low,
            coarse=self.coarse,
        )


def money_of(inputs: PreviewInputs, face: int | Decimal) -> TradeMoney:
    """Return the money of a face at the preview's price (R1.2)."""
    return trade_money(face, price=inputs.price.clean, accrued=inputs.accrued, factor=inputs.security.factor)


def cost_per_face(inputs: PreviewInputs) -> Decimal:
    """Return what one unit of face settles at."""
    return (inputs.price.clean + inputs.accrued) * inputs.security.factor / 100


def value_per_face(inputs: PreviewInputs) -> float:
    """Return what one unit of face adds to an account's bonds: what it settles at, negative in a sale."""
    sign = 1.0 if inputs.request.order.side is Side.BUY else -1.0
    return sign * float(cost_per_face(inputs))


def capacities(inputs: PreviewInputs) -> Capacities:
    """Return the feasible set of every account, in the order of the inputs (R3.2)."""
    order, constraints = inputs.request.order, inputs.request.constraints
    grid = Grid.of(inputs)
    cost = cost_per_face(inputs)
    context = OrderContext(order.side, inputs.security, cost, inputs.limits)
    verdict = check(inputs.accounts, context) if constraints.compliance_check else None
    verdicts = verdict.accounts if verdict else (NO_VERDICT,) * len(inputs.accounts)
    total = verdict.total if verdict else None
    placeable = order.quantity
    if total is not None and total.cap is not None:
        placeable = min(placeable, total.cap)
    excluded = constraints.excluded
    return Capacities(
        accounts=tuple(
            _excluded(inputs, account.account_id)
            if account.account_id in excluded
            else _capacity(inputs, account, said, cost, grid)
            for account, said in zip(inputs.accounts, verdicts, strict=True)
        ),
        placeable=placeable,
        total=total if placeable < order.quantity else None,
        flags=_price_flags(inputs, context) if constraints.compliance_check else (),
        grid=grid,
    )


def _excluded(inputs: PreviewInputs, account_id: str) -> AccountCapacity:
    constraints = inputs.request.constraints
    bound = excluded_bound(constraints.excluded[account_id])
    return AccountCapacity(account_id, 0, bound, 0, (), part=0, low=_low(inputs, account_id))


def _low(inputs: PreviewInputs, account_id: str) -> Face:
    limit = inputs.request.constraints.account_limits.get(account_id)
    return limit.least if limit else 0


def _price_flags(inputs: PreviewInputs, context: OrderContext) -> tuple[Finding, ...]:
    given = inputs.request.order.price
    if given is None:
        return ()
    market = inputs.market_price.clean if inputs.market_price else None
    finding = price_deviation(given, market, context)
    return () if finding is None else (finding,)


def _capacity(
    inputs: PreviewInputs,
    account: AccountInput,
    verdict: AccountVerdict,
    cost: Decimal,
    grid: Grid,
) -> AccountCapacity:
    # R4.5
    order, constraints = inputs.request.order, inputs.request.constraints
    limit = constraints.account_limits.get(account.account_id)
    own = own_order(inputs.request, account.account_id)
    bounds = [own_order_bound(own), limit_bound(limit), _missing_bound(inputs, account)]
    bounds.append(_compliance_bound(verdict))
    sells = order.side is Side.SELL
    if sells:
        bounds.append(_position_bound(account))
    elif constraints.respect_cash:
        bounds.append(_cash_bound(inputs, account, cost))
    present = [b for b in bounds if b is not None]
    tightest = min(present, key=lambda b: b.face, default=None)
    binding = tightest if tightest is not None and tightest.face < order.quantity else None
    cap = binding.face if binding else order.quantity
    part, whole = cap, _whole(inputs, account, cap, grid) if sells else 0
    if sells and constraints.leave_tradable:
        rest = rest_bound(account, inputs.security.min_piece)
        part = min(cap, rest.face)
        if part < cap and not whole and grid.floor(cap):
            cap, binding = part, rest
    return AccountCapacity(
        account_id=account.account_id,
        cap=cap,
        binding=binding,
        whole=whole,
        flags=verdict.flags,
        part=part,
        low=_low(inputs, account.account_id),
    )


def _missing_bound(inputs: PreviewInputs, account: AccountInput) -> Bound | None:
    # R4.4
    constraints, metric = inputs.request.constraints, inputs.request.parameters.target_metric
    reference = account.missing_reference if constraints.compliance_check else ()
    missing = [*reference, *account.missing]
    if account.nav is None or account.nav <= 0:
        missing.append("NAV: not reported" if account.nav is None else f"NAV: {account.nav}")
    elif target_value(account, metric) is None:
        missing.append(f"analytics: {metric} of its holdings is incomplete")
    if account.cash is None and inputs.request.order.side is Side.BUY and constraints.respect_cash:
        missing.append("cash: not reported")
    missing += [words for words in missing_for_base(inputs.request, account) if words not in missing]
    if not missing:
        return None
    words = "; ".join(missing)
    return Bound(
        ReasonCode.MISSING_DATA, 0, lambda: Explanation(f"Data is missing ({words})", {"missing": words})
    )


def _compliance_bound(verdict: AccountVerdict) -> Bound | None:
    finding = verdict.excluded or verdict.cap
    if finding is None:
        return None
    face = 0 if verdict.excluded else finding.cap or 0
    return Bound(ReasonCode.COMPLIANCE, face, partial(_explained, finding))


def _explained(finding: Finding) -> Explanation:
    explanation = finding.explain()
    return Explanation(explanation.message, {"rule": finding.rule, **explanation.details})


def _cash_bound(inputs: PreviewInputs, account: AccountInput, cost: Decimal) -> Bound:
    # R4.1, R4.9
    cash = max(available_cash(account) or Decimal(0), Decimal(0))
    reserve = cash_reserve(inputs, account)
    spendable = max(cash - reserve, Decimal(0))
    face = int((spendable / cost).to_integral_value(ROUND_FLOOR))
    return Bound(ReasonCode.INSUFFICIENT_CASH, face, partial(_cash_explained, inputs, cash, reserve, face))


def _cash_explained(inputs: PreviewInputs, cash: Decimal, reserve: Decimal, face: int) -> Explanation:
    needed = money_of(inputs, inputs.request.order.quantity).settlement
    less = f" less the reserve of {reserve:,.2f}" if reserve else ""
    kept: dict[str, int | float | str | None] = {"cash_reserve": float(reserve)} if reserve else {}
    return Explanation(
        f"Cash of {cash:,.2f}{less} buys at most {face_text(face)} face",
        {"available_cash": float(cash), **kept, "max_quantity": face, "whole_order_costs": float(needed)},
    )


def _position_bound(account: AccountInput) -> Bound:
    # R4.2, R4.3, R4.6
    face = floored_face(max(account.sellable_face, Decimal(0)))
    less = " after reservations" if account.reserved else ""
    explanation = Explanation(
        f"The settled position is {face_text(face)} face{less}",
        {"settled_position": face_number(face), "position": float(account.held_face)},
    )
    return Bound(ReasonCode.INSUFFICIENT_POSITION, face, lambda: explanation)


def _whole(inputs: PreviewInputs, account: AccountInput, cap: Face, grid: Grid) -> Face:
    """Return the settled position where it is all there is, nothing bars it, and no part is its size."""
    # R3.4, R4.10
    position = account.sellable_face
    face = floored_face(max(position, Decimal(0)))
    if face > cap or position != face:
        return 0
    if position == account.held_face and not grid.holds(face):
        return face
    leaves_rest = inputs.request.constraints.leave_tradable and inputs.security.min_piece > 0
    return face if leaves_rest and position == account.kept_face and grid.holds(face) else 0


def cash_reserve(inputs: PreviewInputs, account: AccountInput) -> Decimal:
    """Return the cash that has to stay in an account: the larger of what request and reference data say."""
    # R4.9; without a NAV the account takes nothing, whatever its reserve
    stated = (inputs.request.constraints.cash_reserve, account.cash_reserve)
    known = [reserve.money(account.nav) for reserve in stated if reserve is not None]
    return max((money for money in known if money is not None), default=Decimal(0))


def available_cash(account: AccountInput) -> Decimal | None:
    """Return the cash of an account less what is reserved of it (R4.6), rounded down to the cent."""
    return (
        None if account.cash is None else (account.cash - account.reserved_cash).quantize(CENT, ROUND_FLOOR)
    )


def target_value(account: AccountInput, metric: TargetMetric) -> float | None:
    """Return the account's value of a metric before the trade; active means less the benchmark.

    A missing benchmark counts as zero (and is warned of).
    """
    match metric:
        case TargetMetric.ACTIVE_SPREAD_DURATION:
            return exposures.active(account.spread_duration, account.benchmark)
        case TargetMetric.DURATION:
            return account.duration
        case TargetMetric.OAS:
            return account.oas
        case TargetMetric.DTS:
            return account.dts
