"""How much each account could take: cash, positions, compliance and missing data become caps on face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import partial

import numpy as np
from msgspec import Struct

from app.core.numbers import CENT
from app.services.allocations.request import TargetMetric
from app.services.allocations.types import PreviewInputs, ReasonCode
from app.services.compliance import AccountVerdict, Explanation, Finding, check, price_deviation
from app.services.compliance.rules import OrderContext
from app.services.domain import exposures
from app.services.domain.account import AccountInput
from app.services.domain.face import Face, exact_face, face_decimals, face_number, face_text, floored_face
from app.services.domain.money import TradeMoney, trade_money
from app.services.domain.side import Side
from app.services.kernels.allocation.feasible import FeasibleSet
from app.services.kernels.allocation.problem import MAX_FACE, IntArray
from app.services.kernels.allocation.reachable import largest_total

NO_VERDICT = AccountVerdict(excluded=None, cap=None, flags=())


class Bound(Struct, frozen=True):
    """One upper bound on an account's face; `explain` writes the numbers behind it when asked to."""

    code: ReasonCode
    face: Face
    explain: Callable[[], Explanation]


class AccountCapacity(Struct, frozen=True):
    """What an account can take or give.

    `cap` is face, already at most the order; `binding` is the tightest bound where one lies below the order;
    `whole` is the position that may be sold whole although it is off the grid or under the minimum piece.
    """

    account_id: str
    cap: Face
    binding: Bound | None
    whole: Face
    flags: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Capacities:
    """The feasible set of an order: per account, and `placeable`, the face that all may take together.

    `total` is why `placeable` is below the order, `flags` what compliance says of the whole order.
    """

    accounts: tuple[AccountCapacity, ...]
    placeable: Face
    total: Finding | None
    flags: tuple[Finding, ...]
    piece: int
    increment: int

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

    def arrays(self) -> tuple[IntArray, IntArray]:
        """Return caps and whole positions in kernel units, 10 ** -`decimals` of face each."""
        unit = 10**self.decimals
        caps = [int(min(c.cap, self.placeable) * unit) for c in self.accounts]
        wholes = [c.whole * unit for c in self.accounts]
        exact = [int(whole) if whole == int(whole) else 0 for whole in wholes]
        return np.array(caps, dtype=np.int64), np.array(exact, dtype=np.int64)

    @property
    def by_account(self) -> dict[str, AccountCapacity]:
        """Return the capacities by account id."""
        return {c.account_id: c for c in self.accounts}

    def accepts(self, capacity: AccountCapacity, face: Face) -> bool:
        """Say whether an account may get this face: nothing, one on the grid, or its whole position."""
        # R3.3, R3.4
        on_grid = face >= self.piece and face % self.increment == 0
        return face == 0 or (0 < face <= capacity.cap and (on_grid or face == capacity.whole))

    def largest_face(self, capacity: AccountCapacity) -> Face:
        """Return the most that an account may get: on the grid, or its whole position."""
        on_grid = int(capacity.cap) // self.increment * self.increment
        return max(on_grid if on_grid >= self.piece else 0, capacity.whole)

    @property
    def largest_total(self) -> Face:
        """The largest total, up to the order, that the accounts reach within caps, pieces and lots (R3.5)."""
        unit = 10**self.decimals
        accounts = FeasibleSet.within(*self.arrays(), self.piece * unit, self.increment * unit)
        return exact_face(Decimal(largest_total(accounts, int(self.placeable * unit)).total) / unit)


def money_of(inputs: PreviewInputs, face: int | Decimal) -> TradeMoney:
    """Return the money of a face at the preview's price (R1.2)."""
    return trade_money(face, price=inputs.price.clean, accrued=inputs.accrued, factor=inputs.security.factor)


def cost_per_face(inputs: PreviewInputs) -> Decimal:
    """Return what one unit of face settles at."""
    return (inputs.price.clean + inputs.accrued) * inputs.security.factor / 100


def capacities(inputs: PreviewInputs) -> Capacities:
    """Return the feasible set of every account, in the order of the inputs (R3.2)."""
    order, constraints = inputs.request.order, inputs.request.constraints
    increment = inputs.increment
    smallest = max(inputs.security.min_piece, constraints.min_allocation, 1)
    piece = -(-smallest // increment) * increment
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
            _excluded(account.account_id, excluded[account.account_id])
            if account.account_id in excluded
            else _capacity(inputs, account, said, cost, piece, increment)
            for account, said in zip(inputs.accounts, verdicts, strict=True)
        ),
        placeable=placeable,
        total=total if placeable < order.quantity else None,
        flags=_price_flags(inputs, context) if constraints.compliance_check else (),
        piece=piece,
        increment=increment,
    )


def _excluded(account_id: str, reason: str) -> AccountCapacity:
    # R4.7
    explanation = Explanation(f"Excluded by the request: {reason}", {"reason": reason})
    bound = Bound(ReasonCode.EXCLUDED_BY_REQUEST, 0, lambda: explanation)
    return AccountCapacity(account_id, 0, bound, 0, ())


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
    piece: int,
    increment: int,
) -> AccountCapacity:
    # R4.5
    order = inputs.request.order
    bounds = [_missing_bound(inputs, account), _compliance_bound(verdict)]
    if order.side is Side.SELL:
        bounds.append(_position_bound(account))
    elif inputs.request.constraints.respect_cash:
        bounds.append(_cash_bound(inputs, account, cost))
    present = [b for b in bounds if b is not None]
    tightest = min(present, key=lambda b: b.face, default=None)
    binding = tightest if tightest is not None and tightest.face < order.quantity else None
    cap = binding.face if binding else order.quantity
    return AccountCapacity(
        account_id=account.account_id,
        cap=cap,
        binding=binding,
        whole=_whole(account, cap, piece, increment) if order.side is Side.SELL else 0,
        flags=verdict.flags,
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
    # R4.1
    cash = max(available_cash(account) or Decimal(0), Decimal(0))
    face = int((cash / cost).to_integral_value(ROUND_FLOOR))
    return Bound(ReasonCode.INSUFFICIENT_CASH, face, partial(_cash_explained, inputs, cash, face))


def _cash_explained(inputs: PreviewInputs, cash: Decimal, face: int) -> Explanation:
    needed = money_of(inputs, inputs.request.order.quantity).settlement
    return Explanation(
        f"Cash of {cash:,.2f} buys at most {face_text(face)} face",
        {"available_cash": float(cash), "max_quantity": face, "whole_order_costs": float(needed)},
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


def _whole(account: AccountInput, cap: Face, piece: int, increment: int) -> Face:
    """Return the settled position where it is all there is, is off the grid, and nothing bars its sale."""
    # R3.4
    position = account.sellable_face
    face = floored_face(max(position, Decimal(0)))
    if position != account.held_face or position != face or face > cap:
        return 0
    return face if face % increment or face < piece else 0


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
