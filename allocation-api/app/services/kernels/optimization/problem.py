"""What the optimiser is asked and what it answers; returns, rates and costs are fractions of one period."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.services.kernels.allocation import ProofStatus
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import InvalidProblem
from app.services.kernels.risk.errors import Fault, FaultKind
from app.services.kernels.risk.inputs import listed

MAX_ASSETS = 1_000
MAX_PERIODS = 20_000
MAX_RETURN = 1e4
"""Largest return, rate or cost of a period, up or down."""

MAX_SHORT = 100.0
"""Most that one asset may be sold short, in portfolios."""

MAX_BOUND = 1e9
_SYMMETRIC = 1e-9
_NEGATIVE = 1e-10  # of the largest variance: what rounding makes of a zero eigenvalue
_SUM = 1e-6


class Objective(StrEnum):
    """What is sought."""

    MIN_RISK = "MinRisk"
    MAX_RETURN = "MaxRet"
    SHARPE = "Sharpe"
    """Most expected return above the risk-free rate per unit of risk."""

    UTILITY = "Utility"
    """Most expected return - `risk_aversion` x risk; the risk of MV, MSV and SLPM is their square."""


class Measure(StrEnum):
    """How risk is measured."""

    MV = "MV"
    """Standard deviation."""

    CVAR = "CVaR"
    """Mean loss of the worst `tail` of all periods, a loss being positive."""

    MAD = "MAD"
    """Mean distance to the mean."""

    MSV = "MSV"
    """Root of the semi-variance: of squares of what returns are below the mean, divided by T - 1."""

    FLPM = "FLPM"
    """Mean of what returns are below `threshold`."""

    SLPM = "SLPM"
    """Root of their squares, divided by T - 1."""

    WR = "WR"
    """Largest loss."""

    EVAR = "EVaR"
    """Entropic bound of the loss of the worst `tail`."""

    MDD = "MDD"
    """Largest drawdown; returns are added up, here and below."""

    ADD = "ADD"
    """Mean drawdown."""

    CDAR = "CDaR"
    """Mean of the worst `tail` of the drawdowns."""

    EDAR = "EDaR"
    """Entropic bound of that."""

    UCI = "UCI"
    """Root of the mean square of the drawdowns (ulcer index)."""


SQUARED = frozenset({Measure.MV, Measure.MSV, Measure.SLPM})
"""Measures whose square is the risk of Utility."""

WITH_DISTRIBUTIONS = (Measure.MV, Measure.CVAR)
"""Measures that take a radius, and probabilities of the periods."""

_ENTROPIC = frozenset({Measure.EVAR, Measure.EDAR})


@dataclass(frozen=True, slots=True)
class Group:
    """Assets (by their place) whose weights together are between `low` and `high`; None: no such limit."""

    name: str
    assets: tuple[int, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Weights of n assets that sum to 1.

    Parameters
    ----------
    assets : tuple of str
    returns : float64[T, n] or None
        One row for each period, in the order of time. All measures but MV need them.
    mean : float64[n] or None
    covariance : float64[n, n] or None
        Of a period; by default those of `returns` (ddof 1).
    probability : float64[T] or None
        Of the periods; by default they are alike. The covariance is then without bias, too.
    lower, upper : float64[n] or float
    groups : tuple of Group
    current : float64[n] or None
        Weights that are held. Some solvers begin with their bounds.
    max_turnover : float or None
        Half of the sum of what weights change by.
    cost : float64[n] or float
        Per unit of weight bought or sold; comes off the expected return.
    target_return : float or None
        Least expected return after costs; the worst one, with a radius.
    risk_free_rate : float
    risk_aversion : float
    tail : float
        Share of the periods that CVaR, EVaR, CDaR and EDaR look at: 0.05 for 95 %.
    threshold : float
        Return that FLPM and SLPM count from.
    radius : float
        e of the Wasserstein ball about the sample (2-norm, support unbounded): the worst mean is
        w'mu - e |w|, the worst CVaR is CVaR + (e / tail) |w| (Esfahani and Kuhn 2018), the worst standard
        deviation is std + e |w|.
    mean_radius : float
        e of a ball that worsens the mean alone, for any measure; beside `radius` it must be 0.
    deadline : float
        `time.monotonic` from which no solver begins; by default there is none.

    Raises
    ------
    InvalidProblem
        With everything that is wrong.
    """

    assets: tuple[str, ...]
    objective: Objective = Objective.MIN_RISK
    measure: Measure = Measure.MV
    returns: FloatArray | None = None
    mean: FloatArray | None = None
    covariance: FloatArray | None = None
    probability: FloatArray | None = None
    lower: FloatArray | float = 0.0
    upper: FloatArray | float = 1.0
    groups: tuple[Group, ...] = ()
    current: FloatArray | None = None
    max_turnover: float | None = None
    cost: FloatArray | float = 0.0
    target_return: float | None = None
    risk_free_rate: float = 0.0
    risk_aversion: float = 1.0
    tail: float = 0.05
    threshold: float = 0.0
    radius: float = 0.0
    mean_radius: float = 0.0
    deadline: float = math.inf

    def __post_init__(self) -> None:
        faults = tuple(self._too_large()) or (*self._faults_of_data(), *self._faults_of_limits())
        if faults:
            raise InvalidProblem(faults)

    @property
    def size(self) -> int:
        """Number of assets."""
        return len(self.assets)

    def _too_large(self) -> Iterator[Fault]:
        if not self.assets:
            yield Fault(FaultKind.REQUIRED, "assets", "there must be one")
        if self.size > MAX_ASSETS:
            message = f"{self.size} are more than the {MAX_ASSETS} that can be optimised together"
            yield Fault(FaultKind.TOO_MANY_ASSETS, "assets", message)
        if self.returns is not None and len(self.returns) > MAX_PERIODS:
            message = f"{len(self.returns)} periods are more than {MAX_PERIODS}"
            yield Fault(FaultKind.TOO_MANY_ROWS, "returns", message)

    def _faults_of_data(self) -> Iterator[Fault]:
        n = self.size
        if self.returns is None:
            if self.mean is None or self.covariance is None:
                yield Fault(FaultKind.REQUIRED, "returns", "are needed without a mean and a covariance")
            if self.measure is not Measure.MV:
                yield Fault(FaultKind.REQUIRED, "returns", f"are needed for {self.measure}")
        else:
            periods = len(self.returns)
            yield from array_faults("returns", self.returns, (periods, n), -MAX_RETURN, MAX_RETURN)
            if periods < 2:
                yield Fault(FaultKind.TOO_FEW_ROWS, "returns", "must have two periods at least")
        if self.mean is not None:
            yield from array_faults("mean", self.mean, (n,), -MAX_RETURN, MAX_RETURN)
        if self.covariance is not None:
            yield from covariance_faults(self.covariance, n)
        if self.probability is not None:
            yield from self._faults_of_probability(self.probability)
        yield from self._faults_of_measure()

    def _faults_of_measure(self) -> Iterator[Fault]:
        if self.measure not in WITH_DISTRIBUTIONS:
            for field, is_given in (
                ("probability", self.probability is not None),
                ("radius", self.radius > 0),
            ):
                if is_given:
                    message = f"is known for {' and '.join(WITH_DISTRIBUTIONS)}, not for {self.measure}"
                    yield Fault(FaultKind.OUT_OF_RANGE, field, message)
        if self.radius > 0 and self.mean_radius > 0:
            yield Fault(FaultKind.OUT_OF_RANGE, "mean_radius", "must be 0 beside a radius")
        if self.measure in _ENTROPIC and self.tail == 1.0:
            yield Fault(FaultKind.OUT_OF_RANGE, "tail", f"must be below 1 for {self.measure}")

    def _faults_of_probability(self, given: FloatArray) -> Iterator[Fault]:
        if self.returns is None:
            yield Fault(FaultKind.SHAPE, "probability", "belongs to returns, which are missing")
            return
        faults = tuple(array_faults("probability", given, (len(self.returns),), 0.0, 1.0))
        yield from faults
        if not faults and abs(float(given.sum()) - 1.0) > _SUM:
            yield Fault(FaultKind.OUT_OF_RANGE, "probability", "must sum to 1")
        if not faults and np.count_nonzero(given) < 2:
            yield Fault(FaultKind.TOO_FEW_ROWS, "probability", "must be above 0 for two periods at least")

    def _faults_of_limits(self) -> Iterator[Fault]:
        n = self.size
        for field, low, high in (("lower", -MAX_SHORT, MAX_BOUND), ("upper", -MAX_BOUND, MAX_BOUND)):
            yield from array_faults(field, each_asset(getattr(self, field), n), (n,), low, high)
        yield from array_faults("cost", each_asset(self.cost, n), (n,), 0.0, MAX_RETURN)
        for at, group in enumerate(self.groups):
            field = f"groups.{at}"
            if not group.assets or not all(0 <= each < n for each in group.assets):
                yield Fault(FaultKind.OUT_OF_RANGE, field, f"{group.name} must have assets of the problem")
            for limit in (group.low, group.high):
                if limit is not None:
                    yield from number_faults(field, limit, -MAX_BOUND, MAX_BOUND)
        if self.current is not None:
            yield from array_faults("current", self.current, (n,), -MAX_BOUND, MAX_BOUND)
        elif self.max_turnover is not None or np.any(np.asarray(self.cost) != 0):
            yield Fault(FaultKind.REQUIRED, "current", "is needed for a turnover and for costs")
        for field, low, high in (
            ("max_turnover", 0.0, MAX_BOUND),
            ("target_return", -MAX_RETURN, MAX_RETURN),
            ("risk_free_rate", -MAX_RETURN, MAX_RETURN),
            ("risk_aversion", 0.0, MAX_BOUND),
            ("radius", 0.0, MAX_BOUND),
            ("mean_radius", 0.0, MAX_BOUND),
            ("threshold", -MAX_RETURN, MAX_RETURN),
            ("tail", 1e-6, 1.0),
        ):
            if (number := getattr(self, field)) is not None:
                yield from number_faults(field, number, low, high)


def each_asset(given: FloatArray | float, n: int) -> FloatArray:
    """Return a number as one for each asset, float64[n], and an array as it is."""
    return np.full(n, float(given)) if np.ndim(given) == 0 else np.asarray(given)


def number_faults(field: str, number: float, low: float, high: float) -> Iterator[Fault]:
    """Yield what is wrong with a number that must be from `low` to `high`."""
    if not math.isfinite(number):
        yield Fault(FaultKind.NOT_FINITE, field, "must be a finite number")
    elif not low <= number <= high:
        yield Fault(FaultKind.OUT_OF_RANGE, field, f"must be from {low:g} to {high:g}, not {number:g}")


def array_faults(
    field: str, given: FloatArray, shape: tuple[int, ...], low: float, high: float
) -> Iterator[Fault]:
    """Yield what is wrong with numbers that must have a shape and be from `low` to `high`."""
    if given.shape != shape:
        yield Fault(FaultKind.SHAPE, field, f"must have shape {shape}, not {given.shape}")
    elif given.size and not (low <= given.min() and given.max() <= high):
        if np.isfinite(given).all():
            yield Fault(FaultKind.OUT_OF_RANGE, field, f"must be from {low:g} to {high:g}")
            return
        where = tuple(int(x) for x in np.argwhere(~np.isfinite(given))[0])
        yield Fault(FaultKind.NOT_FINITE, field, f"must be finite numbers, at {where} is none")


def covariance_faults(given: FloatArray, n: int) -> Iterator[Fault]:
    """Yield what is wrong with a covariance: symmetric and positive semidefinite but for rounding."""
    faults = tuple(array_faults("covariance", given, (n, n), -(MAX_RETURN**2), MAX_RETURN**2))
    yield from faults
    if faults:
        return
    largest = float(np.abs(given).max())
    if np.abs(given - given.T).max() > _SYMMETRIC * largest:
        yield Fault(FaultKind.NOT_SYMMETRIC, "covariance", "must be symmetric")
        return
    try:
        np.linalg.cholesky(given + np.eye(n) * (n * _NEGATIVE * largest or 1.0))
    except np.linalg.LinAlgError:
        message = "must have no negative eigenvalue"
        yield Fault(FaultKind.NOT_POSITIVE_SEMIDEFINITE, "covariance", message)


def still_faults(assets: tuple[str, ...], covariance: FloatArray) -> Iterator[Fault]:
    """Yield the fault of assets without a variance, by name."""
    if still := tuple(assets[at] for at in np.flatnonzero(np.diag(covariance) <= 0.0)):
        message = f"{listed(still)} must have a variance above 0"
        yield Fault(FaultKind.ZERO_VARIANCE, "covariance", message, still)


class OptimizationSolver(StrEnum):
    """Who may solve."""

    ACTIVE_SET = "ACTIVE_SET"
    """For the least variance within bounds alone."""
    PIQP = "PIQP"
    PIQP_CAUTIOUS = "PIQP_CAUTIOUS"
    HIGHS = "HIGHS"
    CLARABEL = "CLARABEL"
    PIQP_STEPS = "PIQP_STEPS"
    CLARABEL_CAUTIOUS = "CLARABEL_CAUTIOUS"
    NEWTON = "NEWTON"
    """For risk parity."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One solver's try: what it said of itself, and the gap and residual as we computed them."""

    solver: OptimizationSolver
    said: str
    iterations: int
    gap: float
    kkt_residual: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class Optimality:
    """What is proved of weights.

    Parameters
    ----------
    status : ProofStatus
        OPTIMAL: nothing is better, up to rounding. WITHIN_GAP: at most `gap` is missing.
    objective : float
        Of the weights; worst case with a radius.
    bound : float
        No weights within the constraints are better: less for MinRisk, else more.
    gap : float
        Distance of both.
    kkt_residual : float
        Largest violation of a constraint, of stationarity or of complementarity, in units of the typical
        standard deviation of an asset.
    solver : OptimizationSolver
    attempts : tuple of Attempt
        In the order in which solvers were tried.
    """

    status: ProofStatus
    objective: float
    bound: float
    gap: float
    kkt_residual: float
    solver: OptimizationSolver
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """The weights, and what they come to for one period.

    Parameters
    ----------
    weights : float64[n]
    expected_return, risk : float
        After costs, and by the measure (for MV the standard deviation); of the sample.
    worst_return, worst_risk : float
        Of all distributions within the radius.
    turnover, cost : float
    optimality : Optimality
    """

    weights: FloatArray
    expected_return: float
    risk: float
    worst_return: float
    worst_risk: float
    turnover: float
    cost: float
    optimality: Optimality
