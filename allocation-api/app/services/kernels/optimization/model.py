"""A problem in numbers about one: returns divided by the typical deviation of an asset, limits as rows.

Variables are v = (weights, bought, sold), the latter two only where trades are limited or cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import ConstraintKind
from app.services.kernels.optimization.problem import SQUARED, Measure, Objective, Problem, each_asset
from app.services.kernels.optimization.scenarios import Block, Scenarios

_ROUNDED = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """The rows less @ v <= less_side and equal @ v = equal_side, and the box; `kinds` name the first."""

    equal: FloatArray
    equal_side: FloatArray
    less: FloatArray
    less_side: FloatArray
    kinds: tuple[tuple[ConstraintKind, str], ...]
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, eq=False)
class Model:
    """The problem; everything that is a return is in units of `unit`.

    Parameters
    ----------
    problem : Problem
    unit : float
        Root of the mean variance of the assets.
    probability : float64[T] or None
    returns : float64[T, n] or None
        For CVaR.
    covariance : float64[n, n]
        For MV; else empty.
    net : float64[m]
        Expected return of v, after costs.
    radius : float
        What the worst mean loses for each unit of |w|.
    limits : Limits
    scenarios : Scenarios or None
        For all measures but MV and CVaR.
    """

    problem: Problem
    unit: float
    probability: FloatArray | None
    returns: FloatArray | None
    covariance: FloatArray
    net: FloatArray
    radius: float
    limits: Limits
    scenarios: Scenarios | None = None

    @classmethod
    def of(cls, problem: Problem) -> Model:
        """Return the model of a problem."""
        returns, n = problem.returns, problem.size
        probability, mean, covariance = problem.probability, problem.mean, problem.covariance
        if returns is not None:
            periods = len(returns)
            if probability is not None:
                probability = probability / probability.sum()
            average = (np.full(periods, 1.0 / periods) if probability is None else probability) @ returns
            if mean is None:
                mean = average
            if covariance is None:
                covariance = (
                    sample_covariance(returns - average, probability)
                    if problem.measure is Measure.MV
                    else np.diag(returns.var(axis=0))
                )
        if mean is None or covariance is None:
            raise RuntimeError("a checked problem has returns, or a mean and a covariance")
        unit = float(np.sqrt(np.mean(np.diag(covariance)))) or float(np.abs(mean).max()) or 1.0
        trades = problem.max_turnover is not None or bool(np.any(np.asarray(problem.cost)))
        net = mean / unit
        if trades:
            cost = each_asset(problem.cost, n) / unit
            net = np.concatenate((net, -cost, -cost))
        is_cvar = problem.measure is Measure.CVAR
        return cls(
            problem=problem,
            unit=unit,
            probability=probability,
            returns=returns / unit if returns is not None and is_cvar else None,
            covariance=covariance / unit**2 if problem.measure is Measure.MV else np.zeros((0, 0)),
            net=net,
            radius=(problem.radius or problem.mean_radius) / unit,
            limits=_limits(problem, net, unit, trades=trades),
            scenarios=Scenarios.of(problem, unit),
        )

    @property
    def size(self) -> int:
        """Number of assets."""
        return self.problem.size

    @property
    def free_rate(self) -> float:
        """Return the risk-free rate."""
        return self.problem.risk_free_rate / self.unit

    @property
    def aversion(self) -> float:
        """Weight of the risk, or of its square, beside the return."""
        return self.problem.risk_aversion * (self.unit if self.is_squared else 1.0)

    @property
    def is_squared(self) -> bool:
        """Whether the risk counts by its square in Utility."""
        return self.problem.measure in SQUARED

    @property
    def is_deviation(self) -> bool:
        """Whether the risk is that of a covariance."""
        return self.problem.measure is Measure.MV

    @property
    def is_ratio(self) -> bool:
        """Whether a ratio is sought."""
        return self.problem.objective is Objective.SHARPE

    @property
    def tail_weight(self) -> FloatArray:
        """Most that a period can count in CVaR, float64[T]."""
        if self.returns is None:
            return np.zeros(0)
        periods = len(self.returns)
        each = np.full(periods, 1.0 / periods) if self.probability is None else self.probability
        result: FloatArray = each / self.problem.tail
        return result

    @property
    def worsening(self) -> float:
        """What the worst risk has for each unit of |w|."""
        if self.problem.mean_radius:
            return 0.0
        return self.radius / (self.problem.tail if self.problem.measure is Measure.CVAR else 1.0)

    @cached_property
    def block(self) -> Block | None:
        """Return the programme of a measure of scenarios."""
        return None if self.scenarios is None else self.scenarios.block()

    @cached_property
    def factor(self) -> FloatArray:
        """Return F with F'F = covariance, without rows of zeros."""
        values, vectors = np.linalg.eigh(self.covariance)
        kept = values > _ROUNDED * max(float(values[-1]), _ROUNDED)
        result: FloatArray = (vectors[:, kept] * np.sqrt(values[kept])).T
        return result

    def worst_return(self, at: FloatArray) -> float:
        """Return the worst expected return of v."""
        return float(self.net @ at) - self.radius * norm(at[: self.size])

    def risk(self, at: FloatArray) -> float:
        """Return the risk in the sample."""
        weights = at[: self.size]
        if self.scenarios is not None:
            return self.scenarios.risk(weights)
        if self.returns is None:
            return self.deviation(weights)
        return cvar(-(self.returns @ weights), self.tail_weight)

    def deviation(self, weights: FloatArray) -> float:
        """Return the standard deviation of weights of any sum."""
        variance = float(weights @ self.covariance @ weights)
        return math.sqrt(max(variance, 0.0))

    def worst_risk(self, at: FloatArray) -> float:
        """Return the worst risk."""
        return self.worsened(self.risk(at), at)

    def worsened(self, risk: float, at: FloatArray) -> float:
        """Return the worst risk of v, whose risk in the sample is known."""
        return risk + self.worsening * norm(at[: self.size])

    def completed(self, weights: FloatArray) -> FloatArray:
        """Return v of weights, brought to a sum of 1 within the bounds; trades are the fewest."""
        n, limits = self.size, self.limits
        low, high = limits.low[:n], limits.high[:n]
        kept = np.clip(weights, low, high)
        missing = 1.0 - float(kept.sum())
        room = high - kept if missing > 0 else kept - low
        if (total := float(room.sum())) > abs(missing) and missing:
            kept = kept + missing * room / total
        if limits.low.size == n or self.problem.current is None:
            return kept
        moved = kept - self.problem.current
        return np.concatenate((kept, np.maximum(moved, 0.0), np.maximum(-moved, 0.0)))


def norm(weights: FloatArray) -> float:
    """Return |w|."""
    return math.sqrt(float(weights @ weights))


def cvar(losses: FloatArray, most: FloatArray) -> float:
    """Return the mean of the worst losses, of which period t counts `most[t]` until they count 1 together."""
    order = np.argsort(-losses, kind="stable")
    before = np.concatenate(([0.0], np.cumsum(most[order])[:-1]))
    counted = np.clip(1.0 - before, 0.0, most[order])
    return float(losses[order] @ counted / counted.sum())


def sample_covariance(away: FloatArray, probability: FloatArray | None = None) -> FloatArray:
    """Return the covariance without bias of returns less their mean, float64[T, n].

    sum p away away' / (1 - sum p^2), which for equal p is that of ddof 1.
    """
    if probability is None:
        result: FloatArray = away.T @ away / (len(away) - 1)
        return result
    weighted: FloatArray = (away.T * probability) @ away / (1.0 - probability @ probability)
    return weighted


def _limits(problem: Problem, net: FloatArray, unit: float, *, trades: bool) -> Limits:
    n, size = problem.size, net.size
    low, high = _tightened(each_asset(problem.lower, n), each_asset(problem.upper, n))
    equal, equal_side = np.zeros((1, size)), np.ones(1)
    equal[0, :n] = 1.0
    rows: list[FloatArray] = []
    sides: list[float] = []
    kinds: list[tuple[ConstraintKind, str]] = []
    for group in problem.groups:
        row = np.zeros(size)
        row[list(group.assets)] = 1.0
        if group.high is not None and group.high < float(row[:n] @ high):
            rows.append(row)
            sides.append(group.high)
            kinds.append((ConstraintKind.GROUP_MAX, group.name))
        if group.low is not None and group.low > float(row[:n] @ low):
            rows.append(-row)
            sides.append(-group.low)
            kinds.append((ConstraintKind.GROUP_MIN, group.name))
    if trades and problem.current is not None:
        equal = np.vstack((equal, np.hstack((np.eye(n), -np.eye(n), np.eye(n)))))
        equal_side = np.concatenate((equal_side, problem.current))
        most = np.concatenate((high - problem.current, problem.current - low)).clip(0.0)
        low, high = np.concatenate((low, np.zeros(2 * n))), np.concatenate((high, most))
    if problem.max_turnover is not None:
        rows.append(np.concatenate((np.zeros(n), np.full(2 * n, 0.5))))
        sides.append(problem.max_turnover)
        kinds.append((ConstraintKind.TURNOVER, ""))
    if problem.target_return is not None:
        rows.append(-net)
        sides.append(-problem.target_return / unit)
        kinds.append((ConstraintKind.TARGET_RETURN, ""))
    less = np.array(rows).reshape(len(rows), size)
    return Limits(equal, equal_side, less, np.array(sides), tuple(kinds), low, high)


def _tightened(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the box without what a sum of 1 cannot reach: an upper bound of 1e8 says nothing."""
    least, most = low.sum(), high.sum()
    if least > 1.0 or most < 1.0 or (low > high).any():
        return low, high
    reachable = np.minimum(high, 1.0 - (least - low))
    return np.maximum(low, 1.0 - (most - high)), np.maximum(reachable, low)
