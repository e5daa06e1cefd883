"""Portfolio optimisation beside skfolio: 100 assets, 504 days, weights of 0.3 at most.

Run with `python -m benchmarks.portfolios [--robust]`. Where skfolio is installed beside what the service
needs, its times are beside ours; the service does not need it. Returns have a common factor and Student's t
with 5 degrees of freedom. Times are the least of several runs by the clock, for the whole way from an array
of returns to weights: checks, moments, solving, and for ours the proof. Threads are as the environment has
them, which matters for skfolio: `OPENBLAS_NUM_THREADS=1` shows one of each. `difference` is of both
objectives, for their weights by one formula: below 0, ours is better. The robust task is skfolio's, mean
less CVaR 95 % at the worst; it measures distances by the 1-norm and we by the 2-norm, so objectives differ.
skfolio takes a minute for the robust one of all days, so that has to be asked for by `--robust`.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization import Measure, Objective, Problem, optimise

DAYS, ASSETS = 504, 100
SMALL = (126, 20)
NAMES = tuple(f"A{at:03}" for at in range(ASSETS))
MAX_WEIGHT = 0.3
RADIUS = 0.0001
SECONDS = 3.0
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Task:
    """What is optimised."""

    name: str
    returns: FloatArray
    measure: Measure
    radius: float = 0.0
    repeat: bool = True

    def problem(self) -> Problem:
        """Return the problem."""
        assets = NAMES[: self.returns.shape[1]]
        goal = Objective.UTILITY if self.radius else Objective.MIN_RISK
        return Problem(assets, goal, self.measure, returns=self.returns, upper=MAX_WEIGHT, radius=self.radius)

    def risk(self, weights: FloatArray) -> float:
        """Return the risk in the sample."""
        path, days = self.returns @ weights, len(self.returns)
        if self.measure is Measure.MV:
            return float(path.std(ddof=1))
        tail = 0.05 * days
        losses = -np.sort(path)
        counted = np.clip(tail - np.arange(days), 0.0, 1.0)
        return float(losses @ counted) / tail


def history(days: int, assets: int, seed: int = 1) -> FloatArray:
    """Draw returns."""
    random = np.random.default_rng(seed)
    own, common = random.standard_t(5, (days, assets)), random.standard_t(5, (days, 1))
    drawn: FloatArray = 0.0003 + 0.01 * (0.8 * own + 0.7 * common)
    return drawn


def theirs(task: Task) -> Callable[[], FloatArray] | None:
    """Return the same by skfolio, None where it is not installed."""
    try:
        from skfolio import RiskMeasure  # noqa: PLC0415 - where it is installed
        from skfolio.optimization import DistributionallyRobustCVaR, MeanRisk  # noqa: PLC0415
    except ImportError:
        return None
    if task.radius:
        made = lambda: DistributionallyRobustCVaR(wasserstein_ball_radius=task.radius, max_weights=MAX_WEIGHT)  # noqa: E731
    else:
        kind = RiskMeasure.VARIANCE if task.measure is Measure.MV else RiskMeasure.CVAR
        made = lambda: MeanRisk(risk_measure=kind, max_weights=MAX_WEIGHT)  # noqa: E731
    return lambda: np.asarray(made().fit(task.returns).weights_)


def least_time(run: Callable[[], FloatArray], *, repeat: bool) -> tuple[float, FloatArray]:
    """Return the least time of several runs, and the weights."""
    times: list[float] = []
    started = time.perf_counter()
    while True:
        before = time.perf_counter()
        weights = run()
        times.append(time.perf_counter() - before)
        enough = len(times) >= FEWEST and time.perf_counter() - started > SECONDS
        if enough or not repeat:
            return min(times), weights


def main(arguments: list[str]) -> None:
    """Print a line for each task."""
    warnings.filterwarnings("ignore")
    large, small = history(DAYS, ASSETS), history(*SMALL)
    tasks = [
        Task("least variance", large, Measure.MV),
        Task("CVaR 95 %", large, Measure.CVAR),
        Task("robust CVaR 95 %", small, Measure.CVAR, RADIUS),
    ]
    if "--robust" in arguments:
        tasks.append(Task("robust CVaR 95 %", large, Measure.CVAR, RADIUS, repeat=False))
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"{'':<18}{'size':>11}{'ours ms':>10}{'skfolio ms':>12}{'ratio':>8}{'difference':>12}")
    for task in tasks:
        own, weights = least_time(lambda task=task: optimise(task.problem()).weights, repeat=True)
        size = "{} x {}".format(*task.returns.shape)
        line = f"{task.name:<18}{size:>11}{own * 1e3:>10.2f}"
        if (other := theirs(task)) is not None:
            took, found = least_time(other, repeat=task.repeat)
            line += f"{took * 1e3:>12.1f}{took / own:>8.1f}"
            if not task.radius:
                line += f"{task.risk(weights) - task.risk(found):>12.1e}"
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
