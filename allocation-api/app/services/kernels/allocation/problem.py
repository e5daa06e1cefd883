"""What an allocation kernel is asked and what it answers: arrays in, frozen dataclasses out.

Face amounts are whole units of the bond's currency (int64), metrics are in the metric's own unit (years,
basis points, years x basis points), slopes in that unit per unit of face. Floating point lives only in here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.services.domain.side import Side

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MAX_FACE = 10**15
"""Largest face amount a kernel takes: every smaller integer is exact in a float64, and sums fit an int64."""

_UNSTATED: IntArray = np.zeros(0, dtype=np.int64)
_UNBOUNDED = int(np.iinfo(np.int64).max)


class Weighting(StrEnum):
    """How accounts count in the dispersion: each alike, or by NAV."""

    EQUAL = "EQUAL"
    NAV = "NAV"


class Solver(StrEnum):
    """Which solver finds the continuous optimum of minimum dispersion."""

    EXACT = "EXACT"
    SLSQP = "SLSQP"


class ProofStatus(StrEnum):
    """What is known about a minimum-dispersion result.

    OPTIMAL: proved. WITHIN_GAP: feasible, and at most the gap away from the optimum. FALLBACK: the pro-rata
    split, because the solver failed.
    """

    OPTIMAL = "OPTIMAL"
    WITHIN_GAP = "WITHIN_GAP"
    FALLBACK = "FALLBACK"


class KernelReason(StrEnum):
    """Why an account got nothing.

    NO_CAPACITY: its cap is zero. BELOW_MIN_PIECE: its cap or its share does not reach the minimum piece.
    ZERO_SHARE: its base amount or weight is zero. NOT_OPTIMAL: face in it would raise the dispersion.
    NO_REMAINDER: the order had nothing (left) to give. NOT_IN_FULL: it cannot take all of its stated amount,
    and a part was not allowed. BELOW_LEAST: what came out is less than the least that was stated.
    """

    NO_CAPACITY = "NO_CAPACITY"
    BELOW_MIN_PIECE = "BELOW_MIN_PIECE"
    ZERO_SHARE = "ZERO_SHARE"
    NOT_OPTIMAL = "NOT_OPTIMAL"
    NO_REMAINDER = "NO_REMAINDER"
    NOT_IN_FULL = "NOT_IN_FULL"
    BELOW_LEAST = "BELOW_LEAST"


@dataclass(frozen=True, slots=True, eq=False)
class AllocationProblem:
    """One block order over n accounts, in account order.

    Parameters
    ----------
    account_ids : tuple of str
        Ascending and unique; ties in every method go to the earlier account.
    side : Side
        BUY or SELL.
    face : int
        Face of the order, not negative.
    nav : float64[n]
        Net asset value. May be nan or not positive only where `cap` is zero.
    metric : float64[n]
        Pre-trade metric a_i; nan where unknown. Such an account is outside the dispersion population and its
        `cap` must be zero.
    slope : float64[n]
        c_i, change of the metric per unit of face traded, sign of the side included; nan where unknown.
        Only minimum dispersion needs it.
    cap : int64[n]
        Largest face the account can take or give, any integer >= 0; the kernels floor it to the grid.
    piece : int
        Minimum piece, a multiple of `increment` (0 means none beyond the increment).
    increment : int
        Grid of face amounts, at least 1.
    whole : int64[n]
        SELL only: the full position where it may be sold whole although no part of that size may be (it is
        off the grid, under the piece or above `part`), else 0. It counts only where it is within `cap` and
        the order.
    low : int64[n]
        Least face that the account must take, at most `cap`; 0 (default): it may get nothing. The least
        amounts that satisfy it must exist and fit into the order together (`FeasibleSet.of` checks it).
    part : int64[n]
        Largest face that may be taken of the account in part, where that is less than `cap` (default: it is
        not). A SELL that has to leave a tradable rest of a position h has part = h - piece, cap = whole = h.
    coarse : int
        Amounts on the grid above `coarse` are multiples of it; itself a multiple of `increment`, 0 for none.

    Raises
    ------
    ValueError
        If a field has the wrong shape, type or range; the message starts with the name of the field.
    """

    account_ids: tuple[str, ...]
    side: Side
    face: int
    nav: FloatArray
    metric: FloatArray
    slope: FloatArray
    cap: IntArray
    piece: int
    increment: int
    whole: IntArray
    low: IntArray = field(default_factory=lambda: _UNSTATED)
    part: IntArray = field(default_factory=lambda: _UNSTATED)
    coarse: int = 0

    def __post_init__(self) -> None:
        for name, value in (("low", 0), ("part", _UNBOUNDED)):
            if getattr(self, name) is _UNSTATED:
                object.__setattr__(self, name, constant(value, self.size))
        if any(left >= right for left, right in pairwise(self.account_ids)):
            raise ValueError("account_ids: must be ascending and unique")
        if not isinstance(self.side, Side):
            raise ValueError("side: must be a Side")  # noqa: TRY004 - one error type for every field
        _check_amounts(self.face, self.piece, self.increment, self.coarse)
        for name in ("nav", "metric", "slope"):
            _check_array(name, getattr(self, name), self.size, np.float64)
        for name in ("cap", "whole", "low", "part"):
            _check_array(name, getattr(self, name), self.size, np.int64)
        self._check_usable()

    def _check_usable(self) -> None:
        for name in ("cap", "whole", "low", "part"):
            if np.any(getattr(self, name) < 0):
                raise ValueError(f"{name}: must not be negative")
        if np.any(self.low > self.cap):
            raise ValueError("low: must not be above cap")
        if self.side is Side.BUY and np.any(self.whole > 0):
            raise ValueError("whole: only a SELL has whole positions")
        active = self.cap > 0
        if not np.all(np.isfinite(self.nav[active]) & (self.nav[active] > 0)):
            raise ValueError("nav: must be finite and positive where cap is positive")
        if not np.all(np.isfinite(self.metric[active])):
            raise ValueError("metric: must be finite where cap is positive")
        if np.any(np.isinf(self.metric)):
            raise ValueError("metric: must be finite or nan")
        if np.any(np.isinf(self.slope)):
            raise ValueError("slope: must be finite or nan")

    @property
    def size(self) -> int:
        """Number of accounts n."""
        return len(self.account_ids)


@lru_cache(maxsize=16)
def constant(value: int, size: int) -> IntArray:
    """Return one value for every account, read-only, in an array that takes no memory.

    With very many accounts it is fetching memory that takes the time, with few the call that makes the array.
    """
    return np.broadcast_to(np.int64(value), size)


def _check_amounts(face: int, piece: int, increment: int, coarse: int) -> None:
    amounts = (("face", face, 0), ("piece", piece, 0), ("increment", increment, 1), ("coarse", coarse, 0))
    for name, value, least in amounts:
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        if not is_integer or not least <= value <= MAX_FACE:
            raise ValueError(f"{name}: must be an int between {least} and {MAX_FACE}")
    for name, value in (("piece", piece), ("coarse", coarse)):
        if value % increment:
            raise ValueError(f"{name}: must be a multiple of increment")


def _check_array(name: str, array: object, size: int, dtype: type[np.generic]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != dtype:
        raise ValueError(f"{name}: must be a numpy array of {dtype.__name__}")
    if array.shape != (size,):
        raise ValueError(f"{name}: must have shape ({size},)")


@dataclass(frozen=True, slots=True)
class Optimality:
    """The certificate of a minimum-dispersion result (R8.4).

    Parameters
    ----------
    status : ProofStatus
        OPTIMAL: proved, up to rounding of float64. WITHIN_GAP: feasible, and `gap` bounds what may be
        missing. FALLBACK: not the solver's own answer; `reason` says why.
    objective_std_dev : float
        Square root of what was minimised, at the split: the standard deviation, in the metric's unit. Where
        debts count it is sqrt(variance + lambda x weighted squares of the debts), and so are the next two.
    lower_bound_std_dev : float
        No feasible split has a smaller one.
    gap : float
        (reached - lower bound) / reached, 0 when proved.
    kkt_residual : float
        Largest violation of the optimality conditions of the continuous problem, relative to its gradient.
    solver : Solver
        Which solver found the continuous optimum.
    iterations : int
        Its (outer) iterations.
    reason : str or None
        What the status rests on, where there is something to say.
    """

    status: ProofStatus
    objective_std_dev: float
    lower_bound_std_dev: float
    gap: float
    kkt_residual: float
    solver: Solver
    iterations: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StatedParts:
    """Where the faces of stated amounts come from.

    Parameters
    ----------
    named : bool[n]
        Whether an amount is stated for the account.
    asked : int64[n]
        That amount, as it should have come out.
    cut : bool[n]
        Whether an account got less than it could take, because its priority shared what was left.
    remainder : int64[n]
        Face of each account that is of the remainder.
    """

    named: BoolArray
    asked: IntArray
    cut: BoolArray
    remainder: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """The split of one order.

    Parameters
    ----------
    faces : int64[n]
        Face per account; `faces.sum() + unallocated` is the order.
    unallocated : int
        Face that no account took.
    reason : tuple of (KernelReason or None)
        Why an account got nothing; None for those that got something.
    target : float64[n]
        Face the method aimed for before pieces and lots: the account's stated part of the order by base
        amount or weight (before caps too), or the continuous optimum of minimum dispersion.
    total_proved : bool
        Whether `faces.sum()` is proved to be the largest total that the method could place. Only a sale
        with very many whole positions off the grid leaves this open.
    optimality : Optimality or None
        Only for minimum dispersion.
    stated : StatedParts or None
        Only for stated amounts.
    """

    faces: IntArray
    unallocated: int
    reason: tuple[KernelReason | None, ...]
    target: FloatArray
    total_proved: bool = True
    optimality: Optimality | None = None
    stated: StatedParts | None = None

    @property
    def shortfall(self) -> FloatArray:
        """Face by which each account stays under its target, at least 0."""
        return np.maximum(self.target - self.faces, 0.0)

    @property
    def excess(self) -> FloatArray:
        """Face by which each account is past its target (lots and redistribution), at least 0."""
        return np.maximum(self.faces - self.target, 0.0)


class Strategy(Protocol):
    """A method of splitting an order."""

    def allocate(self, problem: AllocationProblem) -> Allocation:
        """Split the order of `problem` over its accounts."""
        ...
