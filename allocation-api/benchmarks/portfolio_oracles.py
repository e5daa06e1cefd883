"""Our risk measures and optimisers held against skfolio's, on its S&P 500 data.

Run with `python -m benchmarks.portfolio_oracles [--problems N] [--part PART]` where skfolio is installed
beside what the service needs; the service does not need it. There are 200 problems for each line by default,
which takes many minutes; fewer are the first ones of them. It ends with 1 where a limit is passed.

Risk: the measures of portfolios of 20 shares over 504 days; limit 1e-10 of the value, below 1 absolute.

Least risk: portfolios of 3 to 12 shares over 40 to 200 days, within random bounds; the difference is of the
risk of both portfolios by kernels/risk, ours less skfolio's, and of our objective to the risk of our weights.
Below 0, ours is better; the limit is 1e-6, and where skfolio is worse by more than that, it is counted. MV,
MSV and SLPM are compared by their square root. A problem that skfolio's solver fails on is replaced.

Robust CVaR: mean less worst CVaR within a Wasserstein ball. skfolio solves the full form of Esfahani and
Kuhn (2018) for returns of at least -1, and measures distances by the 1-norm. Its own form is solved with the
Euclidean norm in place of that, and has to have our value to 1e-6 since the support does not bind. As it is
delivered, its value has to be between ours for the radius e and for e / sqrt(n), which follows from
|w|_2 / sqrt(n) <= |w|_inf <= |w|_2.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch

import numpy as np

from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.optimization import Measure, Objective, Problem, optimise
from app.services.kernels.optimization.problem import SQUARED
from app.services.kernels.risk import Options, RiskMeasure, losses, measure, uncertainty
from tests.reference import risk_goldens

PROBLEMS = 200
RISK_LIMIT = 1e-10
OBJECTIVE_LIMIT = 1e-6
LEVEL = 0.95
DAYS = 504
STOOD_STILL = 1e-5
FEWEST_DAYS, MOST_DAYS = 40, 200
FEWEST_ASSETS, MOST_ASSETS = 3, 12
ROBUST_DAYS, ROBUST_ASSETS = 40, 5
MAX_RADIUS = 0.002
NAMES = {
    Measure.MV: "STANDARD_DEVIATION",
    Measure.MAD: "MEAN_ABSOLUTE_DEVIATION",
    Measure.MSV: "SEMI_DEVIATION",
    Measure.FLPM: "FIRST_LOWER_PARTIAL_MOMENT",
    Measure.SLPM: "SEMI_DEVIATION",
    Measure.CVAR: "CVAR",
    Measure.EVAR: "EVAR",
    Measure.WR: "WORST_REALIZATION",
    Measure.MDD: "MAX_DRAWDOWN",
    Measure.ADD: "AVERAGE_DRAWDOWN",
    Measure.CDAR: "CDAR",
    Measure.EDAR: "EDAR",
    Measure.UCI: "ULCER_INDEX",
}
THRESHOLDS = frozenset({Measure.FLPM, Measure.SLPM})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: the least and the largest difference, and the most that is allowed."""

    name: str
    differences: tuple[float, ...]
    limit: float
    is_better_below: bool = False

    @property
    def holds(self) -> bool:
        """Whether all differences are within the limit, but for those where skfolio is worse."""
        least = -np.inf if self.is_better_below else -self.limit
        return least <= min(self.differences) and max(self.differences) <= self.limit

    def __str__(self) -> str:
        low, high = min(self.differences), max(self.differences)
        worse = sum(each < -self.limit for each in self.differences) if self.is_better_below else 0
        said = "  PASSED THE LIMIT" if not self.holds else f"  skfolio is worse in {worse}" if worse else ""
        return f"{self.name:<28}{len(self.differences):>6}{low:>12.1e}{high:>12.1e}{self.limit:>10.0e}{said}"


def main(arguments: list[str]) -> int:
    """Print a line for each comparison, and return 1 where one does not hold."""
    parser = argparse.ArgumentParser(description="Holds risk measures and optimisers against skfolio's.")
    parser.add_argument("--problems", type=int, default=PROBLEMS, help="for each line")
    parser.add_argument("--part", choices=_PARTS, action="append", help="all by default")
    asked = parser.parse_args(arguments)
    if find_spec("skfolio") is None:
        print("skfolio is not installed: nothing is compared. Install it beside what the service needs.")
        return 0
    prices, _ = risk_goldens.sp500_prices()
    returns = risk_goldens.returns_of(prices)
    print(f"{'':<28}{'cases':>6}{'least':>12}{'largest':>12}{'limit':>10}")
    held = True
    for part in asked.part or _PARTS:
        for line in _PARTS[part](returns, asked.problems):
            print(line, flush=True)
            held = held and line.holds
    return 0 if held else 1


def _risks(returns: FloatArray, count: int) -> Iterator[Line]:
    """Yield a line for each number that both have."""
    random = np.random.default_rng(1)
    found: dict[str, list[float]] = {}
    for number in range(count):
        portfolio = risk_goldens.random_portfolio(random, number)
        start = int(random.integers(len(returns) - DAYS))
        path = returns[start : start + DAYS] @ np.array(portfolio["weights"])
        ours = _measured(path, portfolio)
        for name, theirs in risk_goldens.expected_of(path, portfolio).items():
            away = (ours[name] - theirs) / max(abs(theirs), 1.0)
            found.setdefault(name, []).append(away)
    for name, differences in found.items():
        yield Line(f"risk {name}", tuple(differences), RISK_LIMIT)


def _measured(path: FloatArray, portfolio: dict[str, Any]) -> dict[str, float]:
    """Return our numbers by the names of `risk_goldens`."""
    level, target = portfolio["level"], portfolio["target"]
    options = Options(level, target, portfolio["compounded"])
    return {kind.value: measure(kind, path, options) for kind in RiskMeasure} | {
        "VaR": losses.historical_var(path, level, losses.Quantile.OBSERVED),
        "skewness": losses.skewness(path),
        "kurtosis": losses.excess_kurtosis(path) + 3,
        "probabilistic_sharpe": uncertainty.probabilistic_sharpe(path, target),
        "deflated_sharpe": uncertainty.deflated_sharpe(path, portfolio["trials"]),
    }


def _least_risks(returns: FloatArray, count: int) -> Iterator[Line]:
    """Yield a line for each measure."""
    for kind in Measure:
        random = np.random.default_rng(list(Measure).index(kind))
        differences, stated, failed = [], [], 0
        while len(differences) < count:
            problem = _drawn(returns, kind, random)
            ours = optimise(problem)
            risk = _risk(problem, ours.weights)
            if (theirs := _theirs(problem)) is None:
                failed += 1
                continue
            differences.append(risk - _risk(problem, theirs))
            stated.append(ours.optimality.objective - risk)
        more = f" ({failed} more failed)" if failed else ""
        yield Line(f"least risk {kind}{more}", tuple(differences), OBJECTIVE_LIMIT, is_better_below=True)
        yield Line(f"  objective {kind}", tuple(stated), RISK_LIMIT)


def _drawn(returns: FloatArray, kind: Measure, random: np.random.Generator) -> Problem:
    """Draw shares, days, bounds that a sum of 1 fits into, and what FLPM and SLPM count from."""
    size = int(random.integers(FEWEST_ASSETS, MOST_ASSETS + 1))
    days = int(random.integers(FEWEST_DAYS, MOST_DAYS + 1))
    start = int(random.integers(len(returns) - days))
    window = returns[start : start + days]
    shares = random.choice(_moving(window), size, replace=False)
    middle = random.dirichlet(np.ones(size))
    return Problem(
        tuple(f"A{at:02}" for at in range(size)),
        Objective.MIN_RISK,
        kind,
        returns=window[:, shares],
        lower=middle * random.uniform(0, 0.5, size),
        upper=np.minimum(1.0, middle + random.uniform(0.05, 0.5, size)),
        tail=1 - LEVEL,
        threshold=float(random.normal(0, 0.003)) if kind in THRESHOLDS else 0.0,
    )


def _moving(window: FloatArray) -> IntArray:
    """Return which shares' prices did not stand still; skfolio refuses others."""
    return np.flatnonzero(window.std(axis=0) > STOOD_STILL)


def _risk(problem: Problem, weights: FloatArray) -> float:
    options = Options(LEVEL, problem.threshold, compounded=False)
    found = measure(RiskMeasure(problem.measure.value), _returns(problem) @ weights, options)
    return float(np.sqrt(found)) if problem.measure in SQUARED else found


def _returns(problem: Problem) -> FloatArray:
    if problem.returns is None:
        raise RuntimeError("all problems here have returns")
    return problem.returns


def _theirs(problem: Problem) -> FloatArray | None:
    """Return skfolio's weights; None where its solver fails."""
    skfolio = import_module("skfolio")
    model = import_module("skfolio.optimization").MeanRisk(
        risk_measure=skfolio.RiskMeasure[NAMES[problem.measure]],
        min_weights=problem.lower,
        max_weights=problem.upper,
        min_acceptable_return=problem.threshold if problem.measure in THRESHOLDS else None,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.asarray(model.fit(_returns(problem)).weights_)
        except import_module("skfolio.exceptions").ConvexOptimizationError:
            return None


def _robust(returns: FloatArray, count: int) -> Iterator[Line]:
    """Yield the differences to skfolio's full form, and by how much it leaves the interval."""
    random = np.random.default_rng(99)
    full, stated, outside = [], [], []
    for _ in range(count):
        start = int(random.integers(len(returns) - ROBUST_DAYS))
        window = returns[start : start + ROBUST_DAYS]
        shares = random.choice(_moving(window), ROBUST_ASSETS, replace=False)
        problem = Problem(
            tuple(f"A{at:02}" for at in range(ROBUST_ASSETS)),
            Objective.UTILITY,
            Measure.CVAR,
            returns=window[:, shares],
            upper=float(random.uniform(0.25, 1.0)),
            tail=1 - LEVEL,
            risk_aversion=float(random.uniform(0.5, 3.0)),
            radius=float(random.uniform(0, MAX_RADIUS)),
        )
        ours = optimise(problem).optimality.objective
        with _euclidean():
            value, weights = _theirs_robust(problem)
        full.append(ours - value)
        stated.append(ours - _worst_utility(problem, weights))
        less = replace(problem, radius=problem.radius / np.sqrt(ROBUST_ASSETS))
        most = optimise(less).optimality.objective
        plain, _ = _theirs_robust(problem)
        outside.append(max(ours - plain, plain - most, 0.0))
    yield Line("robust CVaR, full form", tuple(full), OBJECTIVE_LIMIT)
    yield Line("robust CVaR, their weights", tuple(stated), OBJECTIVE_LIMIT)
    yield Line("robust CVaR, 1-norm", tuple(outside), OBJECTIVE_LIMIT)


def _worst_utility(problem: Problem, weights: FloatArray) -> float:
    """Return w'mu - e |w| - a (CVaR + (e / tail) |w|), by kernels/risk."""
    path, norm = _returns(problem) @ weights, float(np.linalg.norm(weights))
    risk = losses.historical_cvar(path, LEVEL) + problem.radius / problem.tail * norm
    return float(path.mean()) - problem.radius * norm - problem.risk_aversion * risk


def _theirs_robust(problem: Problem) -> tuple[float, FloatArray]:
    """Return the value of skfolio's full form, to be made most, and its weights."""
    model = import_module("skfolio.optimization").DistributionallyRobustCVaR(
        risk_aversion=problem.risk_aversion,
        cvar_beta=LEVEL,
        wasserstein_ball_radius=problem.radius,
        max_weights=problem.upper,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(_returns(problem))
    return -float(model.problem_values_["objective"]), np.asarray(model.weights_)


@contextmanager
def _euclidean() -> Iterator[None]:
    """Let skfolio measure distances by the Euclidean norm, which is its own dual."""
    norm = import_module("cvxpy").norm
    with patch("cvxpy.norm", lambda expression, _: norm(expression, 2)):
        yield


_PARTS: dict[str, Callable[[FloatArray, int], Iterator[Line]]] = {
    "risk": _risks,
    "least-risk": _least_risks,
    "robust": _robust,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
