"""Risk measures over losses of periods as linear and conic programmes, with a subgradient from multipliers.

Sources of the programmes: Konno and Yamazaki 1991 (MAD), Young 1998 (worst realisation), Chekhlov, Uryasev
and Zabarankin 2005 (drawdowns), Ahmadi-Javid 2012 (entropic). Drawdowns are of returns that are added up.
Every measure here grows with its losses and is homogeneous of degree 1, so it is the most of q'losses over a
set of q >= 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import scipy.sparse as sp

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.problem import Measure, Problem
from app.services.kernels.risk.tails import entropic, tail_mean

_HALVINGS = 60


class Shape(Enum):
    """How the losses of all periods become one number."""

    MEAN = auto()
    """`factor` x the sum of the losses above 0."""

    ROOT = auto()
    """`factor` x the root of the sum of their squares."""

    LARGEST = auto()
    TAIL = auto()
    """Mean of the worst `tail`."""

    ENTROPIC = auto()
    """Entropic bound of the worst `tail`."""


_SHAPES = {
    Measure.MAD: Shape.MEAN,
    Measure.FLPM: Shape.MEAN,
    Measure.ADD: Shape.MEAN,
    Measure.MSV: Shape.ROOT,
    Measure.SLPM: Shape.ROOT,
    Measure.UCI: Shape.ROOT,
    Measure.WR: Shape.LARGEST,
    Measure.MDD: Shape.LARGEST,
    Measure.CDAR: Shape.TAIL,
    Measure.EVAR: Shape.ENTROPIC,
    Measure.EDAR: Shape.ENTROPIC,
}
_DRAWDOWNS = frozenset({Measure.MDD, Measure.ADD, Measure.CDAR, Measure.EDAR, Measure.UCI})


class ConeKind(Enum):
    """A cone that rows are in: the second-order one, all of them; or the exponential one, three by three."""

    SECOND_ORDER = auto()
    EXPONENTIAL = auto()


def completed(counted: FloatArray) -> FloatArray:
    """Return the most even q >= counted with sum 1: max(counted, c) for some c."""
    periods, falling = counted.size, -np.sort(-counted)
    before = np.concatenate(([0.0], np.cumsum(falling)[:-1]))
    levels = (1.0 - before) / np.arange(periods, 0, -1)
    above = np.flatnonzero(levels >= falling)
    whole: FloatArray = np.maximum(counted, levels[above[0]] if above.size else 0.0)
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The least of aim'z with weights @ w + own @ z <= 0, z >= low and curved @ z in a cone is the risk of w.

    The first rows, one for each period, say that its loss is at least what w loses.
    """

    aim: FloatArray
    low: FloatArray
    weights: sp.csr_array
    own: sp.csr_array
    curved: sp.csr_array | None
    cone: ConeKind | None


@dataclass(frozen=True, slots=True, eq=False)
class Scenarios:
    """A measure of the losses -returns @ w, or of the drawdowns that they make.

    Parameters
    ----------
    returns : float64[T, n]
        Less what the measure counts from.
    shape : Shape
    factor, tail : float
    is_drawdown : bool
    """

    returns: FloatArray
    shape: Shape
    factor: float
    tail: float
    is_drawdown: bool

    @classmethod
    def of(cls, problem: Problem, unit: float) -> Scenarios | None:
        """Return the scenarios of a problem, returns in units of `unit`; None: its measure needs none."""
        measure, returns = problem.measure, problem.returns
        if measure not in _SHAPES or returns is None:
            return None
        periods = len(returns)
        match measure:
            case Measure.MAD:  # losses and gains about the mean are alike in sum
                returns, factor = returns - returns.mean(axis=0), 2.0 / periods
            case Measure.MSV:
                returns, factor = returns - returns.mean(axis=0), 1.0 / math.sqrt(periods - 1)
            case Measure.FLPM:
                returns, factor = returns - problem.threshold, 1.0 / periods
            case Measure.SLPM:
                returns, factor = returns - problem.threshold, 1.0 / math.sqrt(periods - 1)
            case Measure.UCI:
                factor = 1.0 / math.sqrt(periods)
            case _:
                factor = 1.0 / periods
        return cls(returns / unit, _SHAPES[measure], factor, problem.tail, measure in _DRAWDOWNS)

    def losses(self, weights: FloatArray) -> FloatArray:
        """Return the losses or drawdowns of weights, float64[T]."""
        path = self.returns @ weights
        if not self.is_drawdown:
            return -path
        wealth = np.concatenate(([0.0], np.cumsum(path)))
        below: FloatArray = (np.maximum.accumulate(wealth) - wealth)[1:]
        return below

    def risk(self, weights: FloatArray) -> float:
        """Return the risk of weights."""
        losses = self.losses(weights)
        match self.shape:
            case Shape.MEAN:
                return self.factor * float(np.maximum(losses, 0.0).sum())
            case Shape.ROOT:
                return self.factor * float(np.linalg.norm(np.maximum(losses, 0.0)))
            case Shape.LARGEST:
                return float(losses.max())
            case Shape.TAIL:
                return tail_mean(losses, 1.0 - self.tail) if self.tail < 1.0 else float(losses.mean())
            case Shape.ENTROPIC:
                return entropic(losses, 1.0 - self.tail)

    def slope(self, per_period: FloatArray) -> FloatArray:
        """Return s (float64[n]) with risk(w) >= s'w for all w, from multipliers of the first rows of a block.

        Whatever the multipliers are: they are brought into the set over which the measure is the most.
        """
        counted = np.maximum(per_period, 0.0)
        if self.is_drawdown:
            # A loss counts in the drawdowns from its period on, until these make a new peak.
            each = np.maximum(counted - np.append(counted[1:], 0.0), 0.0)
            return -(counted * self._part(each)) @ self.returns
        match self.shape:
            case Shape.MEAN:
                counted = np.minimum(counted, self.factor)
            case Shape.ROOT:
                counted = counted * self._part(counted)
            case _:
                total = float(counted.sum())
                counted = counted / total if total > 0.0 else np.full(counted.size, 1.0 / counted.size)
                counted = completed(self._part(counted) * counted)
        return -counted @ self.returns

    def _part(self, counted: FloatArray) -> float:
        """Return the most, up to 1, that what is counted can be multiplied by to be below one of the set."""
        total, largest = float(counted.sum()), float(counted.max())
        match self.shape:
            case Shape.MEAN:
                return min(1.0, self.factor / largest) if largest > 0.0 else 1.0
            case Shape.ROOT:
                length = float(np.linalg.norm(counted))
                return min(1.0, self.factor / length) if length > 0.0 else 1.0
            case Shape.LARGEST:
                return min(1.0, 1.0 / total) if total > 0.0 else 1.0
            case Shape.TAIL:
                most = self.factor / self.tail
                return min(1.0, most / largest, 1.0 / total) if total > 0.0 else 1.0
            case Shape.ENTROPIC:
                return self._entropic_part(counted, min(1.0, 1.0 / total) if total > 0.0 else 1.0)

    def _entropic_part(self, counted: FloatArray, most: float) -> float:
        """Return the part of which the completion has the entropy that the tail allows."""
        budget, periods = -math.log(self.tail), counted.size

        def entropy(part: float) -> float:
            whole = completed(part * counted)
            held = whole[whole > 0.0]
            return float(held @ np.log(held * periods))

        if entropy(most) <= budget:
            return most
        low, high = 0.0, most
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            low, high = (middle, high) if entropy(middle) <= budget else (low, middle)
        return low

    def block(self) -> Block:
        """Return the programme of the measure; its variables begin with a loss for each period."""
        periods = len(self.returns)
        lost = sp.eye_array(periods, format="csr")
        link = sp.eye_array(periods, k=-1) - lost if self.is_drawdown else -lost
        least = -np.inf if self.shape in {Shape.LARGEST, Shape.ENTROPIC} and not self.is_drawdown else 0.0
        low, one = np.full(periods, least), np.ones((periods, 1))
        curved: sp.csr_array | None = None
        match self.shape:
            case Shape.MEAN:
                own, aim = link, np.full(periods, self.factor)
            case Shape.ROOT:
                own, aim = sp.hstack((link, sp.csr_array((periods, 1)))), np.append(np.zeros(periods), 1.0)
                low = np.append(low, 0.0)
                curved = sp.csr_array(
                    sp.vstack(
                        (
                            sp.csr_array(([1.0], ([0], [periods])), (1, periods + 1)),
                            sp.hstack((self.factor * lost, sp.csr_array((periods, 1)))),
                        )
                    )
                )
            case Shape.LARGEST:
                own = sp.block_array([[link, None], [lost, -one]])
                aim, low = np.append(np.zeros(periods), 1.0), np.append(low, -np.inf)
            case Shape.TAIL:
                own = sp.block_array([[link, None, None], [lost, -one, -lost]])
                beyond = np.full(periods, self.factor / self.tail)
                aim = np.concatenate((np.zeros(periods), [1.0], beyond))
                low = np.concatenate((low, [-np.inf], np.zeros(periods)))
            case Shape.ENTROPIC:
                own, aim, curved = self._entropic(link, lost)
                low = np.concatenate((low, [-np.inf, 0.0], np.zeros(periods)))
        added = own.shape[0] - periods
        return Block(
            aim=aim,
            low=low,
            weights=sp.csr_array(
                sp.vstack((sp.csr_array(-self.returns), sp.csr_array((added, self.returns.shape[1]))))
            ),
            own=sp.csr_array(own),
            curved=curved,
            cone=None if curved is None else _CONES[self.shape],
        )

    def _entropic(
        self, link: sp.csr_array, lost: sp.csr_array
    ) -> tuple[sp.csr_array, FloatArray, sp.csr_array]:
        """Return own rows, aim and cones of level + t log(1 / tail), mean t exp((loss - level) / t) <= t."""
        periods = lost.shape[0]
        one, none = np.ones((periods, 1)), sp.csr_array((periods, 1))
        mean = sp.csr_array(np.full((1, periods), 1.0 / periods))
        own = sp.block_array([[link, none, none, None], [None, None, np.array([[-1.0]]), mean]])
        aim = np.concatenate((np.zeros(periods), [1.0, -math.log(self.tail)], np.zeros(periods)))
        stacked = sp.csr_array(
            sp.block_array(
                [[lost, -one, none, None], [None, none, one, 0.0 * lost], [None, None, none, lost]]
            )
        )
        order = np.arange(3 * periods).reshape(3, periods).T.ravel()
        return sp.csr_array(own), aim, stacked[order]


_CONES = {Shape.ROOT: ConeKind.SECOND_ORDER, Shape.ENTROPIC: ConeKind.EXPONENTIAL}
