"""Combinatorial purged cross-validation (CPCV) of choosing the trial with the best Sharpe ratio.

The T rows are cut into N folds, the last one with the remainder. Each of the C(N, k) splits tests k folds and
trains on the others, without `purged` rows before and after each tested fold and without `embargo` further
rows after it. What trains chooses a trial; its returns are those of the tested folds. Each fold is tested
C(N - 1, k - 1) = k / N C(N, k) times, so that the tests make as many paths over all rows: path i takes of
each fold the i-th split that tests it.

Source: Lopez de Prado, "Advances in Financial Machine Learning" (2018), sections 7.4 and 12.3 to 12.4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.backtest.overfitting import MAX_TRIALS
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError, refuse

MAX_FOLDS = 12
"""Folds: 924 splits and 462 paths at most."""

MIN_FOLDS = 3
MIN_TRAINING_ROWS = 2
"""Rows of a fold that purging and embargo leave."""

_SAME = 1e-12
_STILL = 1e-24
"""Part of the largest squared deviation up to which a variance is rounding alone."""

_CHUNK = 64
"""Splits whose rows are held at a time."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Folds:
    """How rows are cut: `count` folds of which `tested` are tested together; rows left out about them."""

    count: int = 10
    tested: int = 2
    purged: int = 1
    embargo: int = 0

    @property
    def split_count(self) -> int:
        """Ways to choose the tested folds: C(N, k)."""
        return math.comb(self.count, self.tested)

    @property
    def path_count(self) -> int:
        """Times that each fold is tested: C(N - 1, k - 1)."""
        return math.comb(self.count - 1, self.tested - 1)


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation:
    """What choosing by past Sharpe ratios comes to on rows that were not chosen by.

    Parameters
    ----------
    chosen : int64[S]
        Trial of each split, in the order of `itertools.combinations` of the folds.
    paths : int64[P, N]
        Trial whose returns each path has in each fold.
    ratios : float64[P]
        Sharpe ratio of each path, per period.
    """

    chosen: IntArray
    paths: IntArray
    ratios: FloatArray


def cross_validation(returns: FloatArray, folds: Folds, risk_free: float = 0.0) -> CrossValidation:
    """Return the trial that each split chooses, and the Sharpe ratios of the paths that these make.

    Parameters
    ----------
    returns : float64[T, M]
        Of M trials over the same T periods.
    risk_free : float
        Rate of a period.

    Raises
    ------
    RiskError
        SHAPE, OUT_OF_RANGE, TOO_FEW_ROWS, NOT_FINITE; ZERO_VARIANCE where a trial does not vary in what a
        split trains on, or a path does not vary.
    """
    if faults := [*_faults(returns, folds)]:
        raise RiskError(*faults)
    excess = returns - risk_free
    fold = np.minimum(np.arange(len(returns)) // (len(returns) // folds.count), folds.count - 1)
    splits = np.array([*combinations(range(folds.count), folds.tested)], np.int64)
    chosen = np.concatenate(
        [
            _best(excess, _training(fold, splits[at : at + _CHUNK], folds))
            for at in range(0, len(splits), _CHUNK)
        ]
    )
    tests = [np.flatnonzero((splits == each).any(axis=1)) for each in range(folds.count)]
    paths = chosen[np.column_stack(tests)]
    rows = np.arange(len(returns))
    ratios = np.array([_ratio(excess[rows, trials[fold]]) for trials in paths])
    return CrossValidation(chosen, paths, ratios)


def _faults(returns: FloatArray, folds: Folds) -> Iterator[Fault]:
    if not MIN_FOLDS <= folds.count <= MAX_FOLDS:
        text = f"{folds.count} is not from {MIN_FOLDS} to {MAX_FOLDS}."
        yield Fault(FaultKind.OUT_OF_RANGE, "folds", text)
        return
    if not 1 <= folds.tested < folds.count:
        text = f"{folds.tested} is not from 1 to {folds.count - 1}."
        yield Fault(FaultKind.OUT_OF_RANGE, "test_folds", text)
    if min(folds.purged, folds.embargo) < 0:
        yield Fault(FaultKind.OUT_OF_RANGE, "purged", "No number of rows is below 0.")
    if returns.ndim != 2 or not 2 <= returns.shape[1] <= MAX_TRIALS:
        yield Fault(FaultKind.SHAPE, "returns", f"From 2 to {MAX_TRIALS} trials are needed.")
        return
    least = 2 * folds.purged + folds.embargo + MIN_TRAINING_ROWS
    if len(returns) // folds.count < least:
        text = (
            f"There are {len(returns)} periods; {least * folds.count} are needed for {folds.count} folds, "
            f"{folds.purged} purged and {folds.embargo} under embargo."
        )
        yield Fault(FaultKind.TOO_FEW_ROWS, "returns", text)
    if not np.isfinite(returns).all():
        yield Fault(FaultKind.NOT_FINITE, "returns", "Numbers are missing or infinite.")


def _training(fold: IntArray, splits: IntArray, folds: Folds) -> Mask:
    """Return which rows each split trains on, of shape (splits, T)."""
    tested = (fold[np.newaxis, :, np.newaxis] == splits[:, np.newaxis, :]).any(axis=2)
    left_out = tested.copy()
    for away in range(1, folds.purged + folds.embargo + 1):
        left_out[:, away:] |= tested[:, :-away]
        if away <= folds.purged:
            left_out[:, :-away] |= tested[:, away:]
    training: Mask = ~left_out
    return training


def _best(excess: FloatArray, training: Mask) -> IntArray:
    """Return the trial with the best ratio in each row set, the first of equal ones."""
    chosen = training.astype(np.float64)
    count = chosen.sum(axis=1)[:, np.newaxis]
    centre = excess.mean(axis=0)
    centred = excess - centre
    squares = centred**2
    sums = chosen @ centred
    variance = (chosen @ squares - sums**2 / count) / (count - 1)
    if still := [int(at) for at in np.flatnonzero((variance <= _STILL * squares.max(axis=0)).any(axis=0))]:
        text = f"The returns of trial {still[0] + 1} do not vary in what a split trains on."
        raise refuse(FaultKind.ZERO_VARIANCE, "returns", text)
    ratios = (centre + sums / count) / np.sqrt(variance)
    best = ratios.max(axis=1, keepdims=True)
    found: IntArray = np.argmax(ratios >= best - _SAME * np.abs(best), axis=1)
    return found


def _ratio(path: FloatArray) -> float:
    deviation = float(path.std(ddof=1))
    if deviation**2 <= _STILL * float(np.abs(path).max()) ** 2:
        raise refuse(FaultKind.ZERO_VARIANCE, "returns", "The returns of a path do not vary.")
    return float(path.mean()) / deviation
