"""Efficient frontier of one order between the least dispersion and what is owed, from a stored preview.

Every point is minimum dispersion of the stored inputs with another fairness weight, so each is the best split
for some trade of one against the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.allocations.capacity import Capacities, capacities
from app.services.allocations.engine import build_problem
from app.services.allocations.fairness import (
    Owed,
    cost,
    debts,
    greatest,
    weighed_method,
)
from app.services.allocations.fairness_types import Balance
from app.services.allocations.placed import Placed
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.domain.face import Face
from app.services.domain.fairness import DEFAULT_POLICY, FairnessInputs, LedgerState, scope_of
from app.services.kernels.allocation.fairness import frontier as solve_frontier
from app.services.kernels.allocation.problem import Weighting


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One split: fairness weight, standard deviation, its cost over the least, greatest balance after it.

    The weight is None for a preview that was not made with one.
    """

    fairness_weight: float | None
    post_trade_std_dev: float
    dispersion_cost: float | None
    greatest_after: Balance | None


@dataclass(frozen=True, slots=True)
class Frontier:
    """Points by rising fairness weight, and where the preview itself lies; balances in `minimum_piece`s."""

    allocation_id: str
    weighting: Weighting
    minimum_piece: int
    points: tuple[FrontierPoint, ...]
    preview: FrontierPoint


def frontier(allocation_id: str, inputs: PreviewInputs, result: PreviewResult) -> Frontier:
    """Return the frontier of a stored preview; one from before the ledger is reckoned without balances.

    Raises
    ------
    DataMissing
        When the bond lacks the analytics that the target metric needs.
    """
    feasible = capacities(inputs)
    problem = build_problem(inputs, feasible)
    owed = Owed.of(inputs, inputs.fairness or _without_balances(inputs), feasible)
    method = weighed_method(inputs, debts(owed, feasible))
    solved = solve_frontier(problem, method)
    least = solved[0].std_dev

    def point(weight: float | None, std_dev: float, faces: Sequence[Face]) -> FrontierPoint:
        return FrontierPoint(weight, std_dev, cost(std_dev, least), _greatest(owed, faces, feasible))

    said = result.summary.fairness
    return Frontier(
        allocation_id=allocation_id,
        weighting=method.weighting,
        minimum_piece=feasible.piece,
        points=tuple(
            point(each.fairness_weight, each.std_dev, Placed.of(each.allocation, feasible.decimals).faces)
            for each in solved
        ),
        preview=point(
            said.fairness_weight if said else None,
            result.summary.dispersion_metrics.post_trade_std_dev,
            [row.allocated_quantity for row in result.allocations],
        ),
    )


def _without_balances(inputs: PreviewInputs) -> FairnessInputs:
    request = inputs.request
    scope = scope_of(DEFAULT_POLICY, request.portfolio_groups, inputs.security.sector)
    return FairnessInputs(DEFAULT_POLICY, LedgerState(scope, request.order.side))


def _greatest(owed: Owed, faces: Sequence[Face], feasible: Capacities) -> Balance | None:
    before = owed.before(sum(faces))
    after = ((a, debt - face) for (a, debt), face in zip(before.items(), faces, strict=True))
    return greatest(after, feasible.piece)
