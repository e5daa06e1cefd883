"""A line of a joint split: its faces were decided together with those of other lines (R17).

The engine takes them as they are and computes all the rest; a face that the account cannot take is refused
where every split is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from app.services.allocations.errors import SolverError
from app.services.allocations.fairness import RECORDED, Steering
from app.services.allocations.fairness_types import FairnessEffect, WeightSource
from app.services.allocations.origins import JointShare
from app.services.allocations.types import PreviewInputs
from app.services.kernels.allocation.feasible import FeasibleSet
from app.services.kernels.allocation.pro_rata import first_reasons
from app.services.kernels.allocation.problem import Allocation, AllocationProblem, IntArray, KernelReason


@dataclass(frozen=True, slots=True, eq=False)
class JointFaces:
    """The method that places the faces (int64[n], in kernel units) that a joint split gives."""

    faces: IntArray

    @classmethod
    def of(cls, inputs: PreviewInputs, share: JointShare, decimals: int) -> JointFaces:
        """Return the faces of a line in account order.

        Raises
        ------
        SolverError
            When an account is none of the line's, or its face cannot be counted in kernel units.
        """
        unit = 10**decimals
        amounts = [Decimal(share.faces.get(account.account_id, 0)) * unit for account in inputs.accounts]
        strangers = share.faces.keys() - {account.account_id for account in inputs.accounts}
        if strangers or any(amount != int(amount) for amount in amounts):
            named = ", ".join(sorted(strangers)) or "a part of a unit of face"
            raise SolverError(f"the joint split gives face to {named}, which is not in the order")
        return cls(np.array([int(amount) for amount in amounts], dtype=np.int64))

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Place the faces, and say why the other accounts have none.

        Raises
        ------
        SolverError
            When they are more than the order.
        """
        unallocated = problem.face - int(self.faces.sum())
        if unallocated < 0:
            raise SolverError("the joint split places more than the order")
        upper = FeasibleSet.of(problem).upper
        cases = {
            None: self.faces != 0,
            KernelReason.NO_CAPACITY: problem.cap == 0,
            KernelReason.NOT_OPTIMAL: upper > 0,
        }
        reasons = first_reasons(cases, KernelReason.BELOW_MIN_PIECE)
        return Allocation(self.faces, unallocated, reasons, self.faces.astype(np.float64))


def joint_steering(inputs: PreviewInputs, share: JointShare) -> Steering:
    """Return how debts counted in a joint split."""
    given, asked = share.fairness_weight, inputs.request.parameters.fairness_weight
    if given is None or inputs.fairness is None:
        return RECORDED
    stated = asked is not None or inputs.fairness.policy.fairness_weight is not None
    source = WeightSource.POLICY if stated else WeightSource.AUTO
    return Steering(
        FairnessEffect.STEERED,
        fairness_weight=given
        if isinstance(given, float)
        else np.array([given.get(account.account_id, 0.0) for account in inputs.accounts]),
        weight_source=WeightSource.REQUEST if asked is not None else source,
    )
