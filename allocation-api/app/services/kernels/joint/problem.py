"""What the joint split is asked and what it answers: K orders over the same n accounts, in one problem."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.services.kernels.allocation import (
    MAX_FAIRNESS_WEIGHT,
    AllocationProblem,
    KernelReason,
    ProofStatus,
    Weighting,
)
from app.services.kernels.allocation.problem import MAX_FACE, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Limit:
    """What one account may use over all lines together: cash, or its room under an issuer's concentration.

    For every account, sum over lines of use x face <= room. Whole numbers of any size, in one unit in which
    all prices per unit of face are whole, so that nothing is rounded.

    Parameters
    ----------
    name : str
    use : tuple of int
        Per line and unit of face; 0 where the line is not concerned, negative for a sale that frees some.
    room : tuple of (int or None)
        Per account; None: not limited. Where it is negative, the account uses nothing: what its sales free
        makes up for what is missing.
    """

    name: str
    use: tuple[int, ...]
    room: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What accounts are owed (R8.9), over all lines.

    Parameters
    ----------
    owed : float64[K, n]
        Face, this order's entitlement included; may be negative.
    weight : float64[K, n]
        lambda, 0 to `MAX_FAIRNESS_WEIGHT`.
    """

    owed: FloatArray
    weight: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class JointProblem:
    """K orders over n accounts.

    Parameters
    ----------
    lines : tuple of AllocationProblem
        One for each order, over the same accounts with the same NAV and metric (before all of them). Its cap
        is what the account can take of this line alone.
    limits : tuple of Limit
        What lines share.
    value : tuple of int
        Money per unit of face, positive: what "as much as fits" is measured in.
    priority : tuple of int
        Per line; of smaller numbers as much as fits is placed before larger ones are looked at.
    weighting : Weighting
        How accounts count in the dispersion.
    target : float64[n] or None
        What the metric shall come near to; None: its mean over the accounts.
    ledger : Ledger or None

    Raises
    ------
    ValueError
        If a field has the wrong shape or range; the message starts with the name of the field.
    """

    lines: tuple[AllocationProblem, ...]
    limits: tuple[Limit, ...]
    value: tuple[int, ...]
    priority: tuple[int, ...]
    weighting: Weighting = Weighting.EQUAL
    target: FloatArray | None = None
    ledger: Ledger | None = None

    def __post_init__(self) -> None:
        self._check_lines()
        self._check_limits()
        shape = (len(self.lines), self.size)
        if self.target is not None:
            if self.target.shape != (self.size,):
                raise ValueError(f"target: must have shape ({self.size},)")
            if not np.all(np.isfinite(self.target[np.isfinite(self.metric)])):
                raise ValueError("target: must be finite where the metric is known")
        if self.ledger is not None:
            owed, weight = self.ledger.owed, self.ledger.weight
            if owed.shape != shape or weight.shape != shape:
                raise ValueError(f"ledger: must have shape {shape}")
            if not np.all((weight >= 0.0) & (weight <= MAX_FAIRNESS_WEIGHT)):
                raise ValueError(f"ledger: weight must be between 0 and {MAX_FAIRNESS_WEIGHT:g}")
            if not np.all(np.abs(owed) <= MAX_FACE):
                raise ValueError(f"ledger: owed must be between -{MAX_FACE} and {MAX_FACE}")

    def _check_lines(self) -> None:
        if not self.lines:
            raise ValueError("lines: there must be one")
        first = self.lines[0]
        for at, line in enumerate(self.lines):
            same = (
                line.account_ids == first.account_ids
                and np.array_equal(line.nav, first.nav, equal_nan=True)
                and np.array_equal(line.metric, first.metric, equal_nan=True)
            )
            if not same:
                raise ValueError(f"lines: {at} has not the accounts, NAVs and metrics of the first")
            moves = line.slope[line.cap > 0]
            if not (np.all(moves > 0) or np.all(moves < 0) or np.all(moves == 0)):
                raise ValueError(
                    f"lines: the slopes of {at} must be known and of one sign where it can trade"
                )
        for name in ("value", "priority"):
            if len(getattr(self, name)) != len(self.lines):
                raise ValueError(f"{name}: there must be one for each line")
        if any(value <= 0 for value in self.value):
            raise ValueError("value: must be positive")

    def _check_limits(self) -> None:
        for limit in self.limits:
            if len(limit.use) != len(self.lines):
                raise ValueError(f"limits: {limit.name} must have one use for each line")
            if len(limit.room) != self.size:
                raise ValueError(f"limits: {limit.name} must have one room for each account")

    @property
    def size(self) -> int:
        """Number of accounts n."""
        return self.lines[0].size

    @property
    def metric(self) -> FloatArray:
        """Metric before all lines."""
        return self.lines[0].metric

    @property
    def nav(self) -> FloatArray:
        """Net asset values."""
        return self.lines[0].nav


class SolverName(StrEnum):
    """Who may solve the continuous problem, in the order in which they are tried."""

    PIQP = "PIQP"
    PIQP_CAUTIOUS = "PIQP_CAUTIOUS"
    CONDITIONAL_GRADIENT = "CONDITIONAL_GRADIENT"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One solver's try: what it said of itself, and the difference to its own bound as we computed it.

    `gap` is of the square of the dispersion, relative to the largest that the trade could make.
    """

    solver: SolverName
    said: str
    iterations: int
    gap: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class JointProof:
    """What is proved of a joint split (R17.4).

    Parameters
    ----------
    status : ProofStatus
        OPTIMAL: nothing is better, up to rounding of float64. WITHIN_GAP: at most `gap` is missing.
        FALLBACK: no solver came near enough to the continuous optimum, so the bound is weak.
    std_dev : float
        Square root of what is minimised, at the split; in the metric's unit.
    lower_bound : float
        No split that gives each line the same total has a smaller one, in lots or not.
    gap : float
        (std_dev - lower_bound) / std_dev, 0 where that is 0.
    attempts : tuple of Attempt
    """

    status: ProofStatus
    std_dev: float
    lower_bound: float
    gap: float
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The split of all orders.

    Parameters
    ----------
    faces : int64[K, n]
    unallocated : tuple of int
        Per line; its faces and this are the order.
    placed_value : int
        Money that all lines place together, by `JointProblem.value`.
    std_dev : float
        Dispersion after all lines (R8.1), from the target where there is one; debts are not part of it.
    objective_std_dev : float
        Square root of what is minimised; with debts (R8.9) more than `std_dev`.
    """

    faces: IntArray
    unallocated: tuple[int, ...]
    placed_value: int
    std_dev: float
    objective_std_dev: float


@dataclass(frozen=True, slots=True, eq=False)
class JointAllocation:
    """The joint split, and what it saves.

    Parameters
    ----------
    split : Split
    sequential : Split
        The same lines one after the other, by priority, then order, each for itself, within the same limits.
    reason : tuple of tuples
        Per line and account why it got nothing, None where it got something. NO_CAPACITY is also where a
        limit leaves it no room beside the other lines.
    pre_std_dev : float
        Dispersion before all lines.
    largest_value : float
        No split places more money in all lines together, in lots or not.
    proof : JointProof
    """

    split: Split
    sequential: Split
    reason: tuple[tuple[KernelReason | None, ...], ...]
    pre_std_dev: float
    largest_value: float
    proof: JointProof

    @property
    def saved_std_dev(self) -> float:
        """Return by how much the dispersion is less than one line after another."""
        return self.sequential.std_dev - self.split.std_dev

    @property
    def saved_value(self) -> int:
        """Return how much more money is placed than one line after another."""
        return self.split.placed_value - self.sequential.placed_value
