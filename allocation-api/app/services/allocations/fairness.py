"""Fairness over time in a preview: what accounts are owed, how that steers a split, and what is shown of it.

Owed before an order is the ledger's balance and the account's entitlement to what is placed; owed after it,
the same less what the account gets. PRO_RATA shares by what is owed. MIN_DISPERSION weighs it against the
dispersion. Everything else, and every order that is split by itself, is recorded only (R16.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat

import numpy as np
from msgspec.structs import replace

from app.core.errors import FieldError, InvalidRequest
from app.services.allocations.capacity import Capacities
from app.services.allocations.fairness_types import (
    Balance,
    FairnessEffect,
    FairnessSource,
    FairnessSummary,
    WeightSource,
)
from app.services.allocations.types import (
    AccountAllocation,
    DispersionMetrics,
    NoAllocation,
    PreviewInputs,
    ReasonCode,
)
from app.services.domain.face import Face, exact_face, face_text
from app.services.domain.fairness import FairnessInputs, FairnessMode, entitlements
from app.services.kernels.allocation.dispersion import dispersion_change
from app.services.kernels.allocation.fairness import greatest_within, owed_weight
from app.services.kernels.allocation.min_dispersion import MinDispersion
from app.services.kernels.allocation.owed import owed_base
from app.services.kernels.allocation.problem import AllocationProblem, FloatArray
from app.services.kernels.allocation.registry import Method

NO_FACE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Owed:
    """What each account is owed: balances before the order, and weights of its entitlements, by account id.

    Only eligible accounts have a weight: those that could take something, and that the policy gives one.
    """

    balances: Mapping[str, Decimal]
    weights: Mapping[str, Decimal]

    @classmethod
    def of(cls, inputs: PreviewInputs, fairness: FairnessInputs, feasible: Capacities) -> Owed:
        """Return what the accounts of a preview are owed before it.

        Who is eligible is known before the split, and no price or result enters it (R15.1).
        """
        weights = {}
        for account, capacity in zip(inputs.accounts, feasible.accounts, strict=True):
            able = feasible.largest_face(capacity) > 0
            weight = fairness.policy.weight_of(account.account_id, account.nav) if able else None
            if weight is not None:
                weights[account.account_id] = weight
        known = fairness.state.by_account
        return cls({a.account_id: known.get(a.account_id, NO_FACE) for a in inputs.accounts}, weights)

    def before(self, total: Face) -> dict[str, Decimal]:
        """Return face owed by account id, its part of a placed total included; negative: too much had."""
        shares = entitlements(Decimal(total), self.weights) if self.weights else {}
        return {a: balance + shares.get(a, NO_FACE) for a, balance in self.balances.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Steering:
    """How what is owed moves a split: as base amounts of pro-rata, or as debts in kernel units with a weight.

    The weight is one for all, or one for each account (float64[n]) where the kernel chose it.
    `least_std_dev` is what minimum dispersion reaches without debts, where that was computed.
    """

    effect: FairnessEffect
    base: FloatArray | None = None
    owed: FloatArray | None = None
    fairness_weight: float | FloatArray = 0.0
    weight_source: WeightSource | None = None
    least_std_dev: float | None = None


RECORDED = Steering(FairnessEffect.RECORDED)


def mode_of(inputs: PreviewInputs, fairness: FairnessInputs) -> FairnessMode:
    """Return the mode of a preview: what the request asks for, else what the policy says."""
    return inputs.request.parameters.fairness or fairness.policy.mode


def check_weighed(inputs: PreviewInputs) -> None:
    """Check that a fairness weight or a cost is asked for only where the ledger steers.

    Raises
    ------
    InvalidRequest
        Naming the parameters, where the policy in force splits each order by itself.
    """
    # R16.1
    parameters, fairness = inputs.request.parameters, inputs.fairness
    if fairness is None or mode_of(inputs, fairness) is FairnessMode.LEDGER:
        return
    message = "Only fairness LEDGER uses it, and the policy in force is PER_ORDER: ask for LEDGER."
    asked = {
        "fairness_weight": parameters.fairness_weight,
        "max_dispersion_cost": parameters.max_dispersion_cost,
    }
    errors = [FieldError(f"parameters.{name}", message) for name, value in asked.items() if value is not None]
    if errors:
        raise InvalidRequest.of(*errors)


def steering(
    inputs: PreviewInputs, owed: Owed | None, feasible: Capacities, problem: AllocationProblem
) -> Steering:
    """Return how the ledger moves a split; not at all per order, by stated weights or by an own base."""
    # R16.1
    fairness, request = inputs.fairness, inputs.request
    by_ledger = fairness is not None and mode_of(inputs, fairness) is FairnessMode.LEDGER
    if fairness is None or owed is None or not owed.weights or not by_ledger or request.is_instruction:
        return RECORDED
    faces = debts(owed, feasible)
    if request.method is Method.PRO_RATA:
        weights = [float(owed.weights.get(a, 0)) for a in owed.balances]
        eligible = np.where(np.array(weights) > 0, faces, 0.0)
        base = owed_base(eligible, np.array(weights))
        if eligible.max() <= 0:
            return Steering(FairnessEffect.NOTHING_OWED, base=base)
        return Steering(FairnessEffect.STEERED, base=base, owed=faces)
    if request.method is Method.MIN_DISPERSION:
        return _weighed(inputs, fairness, feasible, problem, faces)
    return RECORDED


def _weighed(
    inputs: PreviewInputs,
    fairness: FairnessInputs,
    feasible: Capacities,
    problem: AllocationProblem,
    owed: FloatArray,
) -> Steering:
    """Return the debts with their weight: of the request, of the policy, or as the kernel finds it."""
    # R16.3, R16.4
    parameters = inputs.request.parameters
    method = weighed_method(inputs, owed)
    least = None
    if parameters.max_dispersion_cost is not None:
        found = greatest_within(problem, method, parameters.max_dispersion_cost)
        weight: float | FloatArray = found.point.fairness_weight
        source, least = WeightSource.DISPERSION_COST, found.least.std_dev
    elif parameters.fairness_weight is not None:
        weight, source = parameters.fairness_weight, WeightSource.REQUEST
    elif fairness.policy.fairness_weight is not None:
        weight, source = fairness.policy.fairness_weight, WeightSource.POLICY
    else:
        piece = feasible.piece * 10**feasible.decimals
        weight, source = owed_weight(problem, owed, parameters.weighting, piece), WeightSource.AUTO
    return Steering(
        FairnessEffect.STEERED if np.any(weight) else FairnessEffect.RECORDED,
        owed=owed,
        fairness_weight=weight,
        weight_source=source,
        least_std_dev=_least_std_dev(problem, method) if least is None else least,
    )


def _least_std_dev(problem: AllocationProblem, method: MinDispersion) -> float:
    faces = method.allocate(problem).faces
    return dispersion_change(problem, faces, method.weighting).post.std_dev


def weighed_method(inputs: PreviewInputs, owed: FloatArray) -> MinDispersion:
    """Return minimum dispersion as the request asks for it, with what is owed and no weight of it yet."""
    parameters = inputs.request.parameters
    return MinDispersion(parameters.weighting, parameters.solver, parameters.max_iterations, owed=owed)


def debts(owed: Owed, feasible: Capacities) -> FloatArray:
    """Return what accounts are owed before a split, in kernel units (float64[n]).

    Entitlements are to the largest total that can be placed.
    """
    unit = 10**feasible.decimals
    return np.array([float(face * unit) for face in owed.before(feasible.largest_total).values()])


def with_owed(
    rows: Iterable[AccountAllocation], owed: Owed | None, steered: Steering, total: Face
) -> tuple[AccountAllocation, ...]:
    """Add to each row the account's entitlement weight, and what it is owed before and after the order.

    Where shares follow what is owed, an account that is owed nothing gets that as its reason.
    """
    if owed is None:
        return tuple(rows)
    before, weights = owed.before(total), _weights(steered)
    by_debts = steered.base is not None and steered.effect is FairnessEffect.STEERED
    found = []
    for row, weight in zip(rows, weights, strict=False):
        debt = before[row.account_id]
        after = exact_face(debt - row.allocated_quantity)
        reason = _nothing_owed(row, debt) if by_debts else row.reason
        found.append(
            replace(
                row,
                entitlement_weight=owed.weights.get(row.account_id),
                owed_before=exact_face(debt),
                owed_after=after,
                fairness_weight=weight,
                reason=reason,
            )
        )
    return tuple(found)


def _weights(steered: Steering) -> Iterator[float | None]:
    """Yield how much a debt counts, account by account; None where none does."""
    if isinstance(steered.fairness_weight, np.ndarray):
        return iter(steered.fairness_weight.tolist())
    return repeat(None if steered.weight_source is None else steered.fairness_weight)


SHARE_REASONS = (ReasonCode.MIN_LOT_SIZE, ReasonCode.ZERO_WEIGHT)


def _nothing_owed(row: AccountAllocation, debt: Decimal) -> NoAllocation | None:
    if row.reason is None or debt > 0 or row.reason.code not in SHARE_REASONS:
        return row.reason
    words = f"It has had {face_text(-debt)} face more than its part, this order's included" if debt else ""
    return NoAllocation(ReasonCode.NOTHING_OWED, words or "It is owed nothing")


def fairness_summary(
    inputs: PreviewInputs,
    owed: Owed | None,
    steered: Steering,
    rows: Iterable[AccountAllocation],
    piece: int,
    dispersion: DispersionMetrics,
) -> FairnessSummary | None:
    """Return what the ledger did to the split, and the split would do to it; None where none was read."""
    fairness = inputs.fairness
    if fairness is None or owed is None:
        return None
    asked = inputs.request.parameters.fairness
    reached = dispersion.post_trade_std_dev
    given = None if steered.weight_source is None else steered.fairness_weight
    least = steered.least_std_dev
    return FairnessSummary(
        mode=mode_of(inputs, fairness),
        source=FairnessSource.POLICY if asked is None else FairnessSource.REQUEST,
        effect=steered.effect,
        policy_id=fairness.policy.policy_id,
        policy_version=fairness.policy.version,
        scope=fairness.state.scope_id,
        as_of=fairness.state.as_of,
        fairness_weight=None if isinstance(given, np.ndarray) else given,
        weight_source=steered.weight_source,
        greatest_before=greatest(owed.balances.items(), piece),
        greatest_after=greatest(((r.account_id, r.owed_after or NO_FACE) for r in rows), piece),
        least_std_dev=least,
        dispersion_cost=None if least is None else cost(reached, least),
    )


def cost(reached: float, least: float) -> float | None:
    """Return by what fraction a standard deviation is above the least; None where that is 0."""
    return reached / least - 1.0 if least > 0 else None


def greatest(balances: Iterable[tuple[str, Face]], piece: int) -> Balance | None:
    """Return the balance that is largest in size, of equal ones the first; None where there is none."""
    found = max(balances, key=lambda pair: abs(Decimal(pair[1])), default=None)
    if found is None:
        return None
    account_id, face = found
    return Balance(account_id, exact_face(face), float(face) / piece)
