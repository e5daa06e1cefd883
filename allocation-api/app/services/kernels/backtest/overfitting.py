"""Probability of backtest overfitting, by combinatorially symmetric cross-validation (CSCV).

Source: Bailey, Borwein, Lopez de Prado and Zhu, "The probability of backtest overfitting", Journal of
Computational Finance 20 (2017).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError
from app.services.kernels.risk.inputs import is_constant
from app.services.kernels.risk.uncertainty import expected_maximum_sharpe, probabilistic_sharpe

MAX_BLOCKS = 16
"""Blocks that the days are cut into: 12,870 ways to choose half of them."""

MAX_TRIALS = 256
MIN_BLOCK_ROWS = 2
_SAME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Overfitting:
    """How much of the best trial's ratio is luck; ratios are per period.

    Parameters
    ----------
    probability : float
        Share of the splits in which the best trial of one half is in the lower half of the other: PBO.
    logits : float64[C]
        ln(w / (1 - w)) of each split, w the rank out of sample of the best in sample, over N + 1.
    loss_probability : float
        Share of the splits in which that trial has a Sharpe ratio below 0 out of sample.
    slope, intercept : float or None
        Of the regression of its ratio out of sample on the one in sample; None where that does not vary.
    best : int
        Trial with the highest ratio over all rows, the first of equal ones.
    ratios : float64[N]
    expected_maximum : float
        Ratio that the best of so many trials without skill is expected to have.
    deflated_sharpe : float
        Probability that the best trial's ratio is above that.
    blocks : int
        An even number.
    """

    probability: float
    logits: FloatArray
    loss_probability: float
    slope: float | None
    intercept: float | None
    best: int
    ratios: FloatArray
    expected_maximum: float
    deflated_sharpe: float
    blocks: int


def overfitting(returns: FloatArray, blocks: int = MAX_BLOCKS, risk_free: float = 0.0) -> Overfitting:
    """Return the probability of overfitting of N trials over the same T periods.

    Parameters
    ----------
    returns : float64[T, N]
    blocks : int
        An even number from 2 to 16. The first rows that do not fill a block are left out.
    risk_free : float
        Rate of a period.

    Raises
    ------
    RiskError
        SHAPE, TOO_FEW_ROWS, OUT_OF_RANGE, NOT_FINITE; ZERO_VARIANCE where a trial does not vary in a block.
    """
    if faults := [*_faults(returns, blocks)]:
        raise RiskError(*faults)
    length = len(returns) // blocks
    excess = returns - risk_free
    parts = excess[len(returns) - length * blocks :].reshape(blocks, length, -1)
    chosen = _halves(blocks)
    inside, outside = _ratios(parts, chosen), _ratios(parts, 1 - chosen)
    splits, best = np.arange(len(chosen)), np.argmax(inside, axis=1)
    of_best = outside[splits, best]
    below = (outside < (of_best - _SAME * np.abs(of_best))[:, np.newaxis]).sum(axis=1)
    same = (np.abs(outside - of_best[:, np.newaxis]) <= _SAME * np.abs(of_best)[:, np.newaxis]).sum(axis=1)
    relative_rank = (below + (same + 1) / 2) / (returns.shape[1] + 1)
    logits = np.log(relative_rank / (1.0 - relative_rank))
    slope, intercept = _line(inside[splits, best], of_best)
    ratios = excess.mean(axis=0) / excess.std(axis=0, ddof=1)
    first = int(np.argmax(ratios))
    expected = expected_maximum_sharpe(len(ratios), float(ratios.std(ddof=1)))
    return Overfitting(
        probability=float(np.mean(logits <= 0.0)),
        logits=logits,
        loss_probability=float(np.mean(of_best < 0.0)),
        slope=slope,
        intercept=intercept,
        best=first,
        ratios=ratios,
        expected_maximum=expected,
        deflated_sharpe=probabilistic_sharpe(returns[:, first], expected, risk_free),
        blocks=blocks,
    )


def _faults(returns: FloatArray, blocks: int) -> Iterator[Fault]:
    if not 2 <= blocks <= MAX_BLOCKS or blocks % 2:
        yield Fault(FaultKind.OUT_OF_RANGE, "blocks", f"{blocks} is not an even number up to {MAX_BLOCKS}.")
        return
    if returns.ndim != 2 or not 2 <= returns.shape[1] <= MAX_TRIALS:
        yield Fault(FaultKind.SHAPE, "returns", f"From 2 to {MAX_TRIALS} trials are needed.")
        return
    length = len(returns) // blocks
    if length < MIN_BLOCK_ROWS:
        text = f"There are {len(returns)} periods; {MIN_BLOCK_ROWS * blocks} are needed for {blocks} blocks."
        yield Fault(FaultKind.TOO_FEW_ROWS, "returns", text)
    elif not np.isfinite(returns).all():
        yield Fault(FaultKind.NOT_FINITE, "returns", "Numbers are missing or infinite.")
    else:
        parts = returns[len(returns) - length * blocks :].reshape(blocks, length, -1)
        still = [at for at in range(returns.shape[1]) if any(is_constant(part[:, at]) for part in parts)]
        if still:
            text = f"The returns of trial {still[0] + 1} do not vary in a block of {length} periods."
            yield Fault(FaultKind.ZERO_VARIANCE, "returns", text)


def _halves(blocks: int) -> IntArray:
    """Return each choice of half of the blocks as a row of ones and zeros."""
    chosen = np.zeros((math.comb(blocks, blocks // 2), blocks), np.int64)
    for row, places in enumerate(combinations(range(blocks), blocks // 2)):
        chosen[row, list(places)] = 1
    return chosen


def _ratios(parts: FloatArray, chosen: IntArray) -> FloatArray:
    """Return the Sharpe ratio of each trial over each choice of blocks, from sums about the trial's mean."""
    rows = chosen[0].sum() * parts.shape[1]
    centre = parts.mean(axis=(0, 1))
    centred = parts - centre
    sums, squares = chosen @ centred.sum(axis=1), chosen @ (centred**2).sum(axis=1)
    variance = (squares - sums**2 / rows) / (rows - 1)
    ratios: FloatArray = (centre + sums / rows) / np.sqrt(variance)
    return ratios


def _line(x: FloatArray, y: FloatArray) -> tuple[float | None, float | None]:
    if is_constant(x):
        return None, None
    centred = x - x.mean()
    slope = float(centred @ (y - y.mean()) / (centred @ centred))
    return slope, float(y.mean() - slope * x.mean())
