"""How sure a Sharpe ratio is: an interval by bootstrap, and the probability that it is above a benchmark.

Ratios in this file are per period and not annualised, but for those of the interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from app.services.kernels.allocation.problem import IntArray
from app.services.kernels.risk.errors import FaultKind, refuse
from app.services.kernels.risk.inputs import (
    LARGEST,
    SMALLEST,
    count,
    is_constant,
    rate,
    series,
    within,
    yearly,
)
from app.services.kernels.risk.losses import excess_kurtosis, skewness
from app.services.kernels.risk.relative import sharpe

FEWEST_FOR_BOOTSTRAP = 20
FEWEST_FOR_PROBABILITY = 3
_MOST_SAMPLES = 100_000
_LARGEST_SEED = 2**63 - 1
_CELLS = 2**20


@dataclass(frozen=True, slots=True)
class SharpeInterval:
    """An annualised Sharpe ratio with its bootstrap interval, and all that it takes to repeat this."""

    sharpe: float
    low: float
    high: float
    confidence: float
    samples: int
    block_length: float
    seed: int


def sharpe_interval(
    returns: ArrayLike,
    periods: float,
    *,
    seed: int,
    risk_free: float = 0.0,
    confidence: float = 0.95,
    samples: int = 2000,
    block_length: float | None = None,
) -> SharpeInterval:
    """Return the percentile interval of the Sharpe ratio by the stationary bootstrap.

    Blocks begin anywhere, go around the end, and have lengths that are geometric with the given mean; None
    takes `best_block_length`. Source: Politis and Romano, "The stationary bootstrap", Journal of the American
    Statistical Association 89 (1994).

    Raises
    ------
    RiskError
        TOO_FEW_ROWS below 20; ZERO_VARIANCE, also where a sample does not vary.
    """
    found = series(returns, fewest=FEWEST_FOR_BOOTSTRAP)
    whole = sharpe(found, periods, risk_free)
    count(samples, 1, _MOST_SAMPLES, "samples")
    tail = (1 - within(confidence, 0, 1, "confidence")) / 2
    block = best_block_length(found) if block_length is None else block_length
    if not 1 <= block <= len(found):
        raise refuse(FaultKind.OUT_OF_RANGE, "block_length", f"{block:g} is not from 1 to {len(found)}.")
    generator = np.random.default_rng(count(seed, 0, _LARGEST_SEED, "seed"))
    drawn = np.empty(samples)
    chunk = max(_CELLS // len(found), 1)
    for start in range(0, samples, chunk):
        part = found[stationary_rows(generator, len(found), min(chunk, samples - start), block)]
        deviation = part.std(axis=1, ddof=1)
        if (np.ptp(part, axis=1) == 0).any():
            raise refuse(FaultKind.ZERO_VARIANCE, "returns", "A sample of them does not vary.")
        drawn[start : start + len(part)] = (part.mean(axis=1) - risk_free) / deviation
    low, high = np.quantile(drawn, [tail, 1 - tail]) * math.sqrt(yearly(periods))
    return SharpeInterval(whole, float(low), float(high), confidence, samples, block, seed)


def stationary_rows(generator: np.random.Generator, rows: int, samples: int, block: float) -> IntArray:
    """Return rows of samples of the stationary bootstrap, of shape (samples, rows)."""
    starts = generator.integers(rows, size=(samples, rows))
    begins = generator.random((samples, rows)) < 1 / block
    at = np.arange(rows)
    began = np.maximum.accumulate(np.where(begins, at, 0), axis=1)
    drawn: IntArray = (np.take_along_axis(starts, began, axis=1) + at - began) % rows
    return drawn


def best_block_length(returns: ArrayLike) -> float:
    """Return the mean block length with the least error for the variance of the mean, from 1 to 3 sqrt(T).

    Source: Politis and White, "Automatic block-length selection for the dependent bootstrap", Econometric
    Reviews 23 (2004), with the correction of Patton, Politis and White (2009); the flat-top kernel ends at
    twice the first lag of a run of autocorrelations that are not significant.
    """
    found = series(returns, fewest=FEWEST_FOR_BOOTSTRAP)
    rows = len(found)
    if is_constant(found):
        raise refuse(FaultKind.ZERO_VARIANCE, "returns", "They do not vary.")
    centred = (found - found.mean()) / found.std()
    run = max(5, int(math.log10(rows)))
    lags = np.arange(min(math.ceil(math.sqrt(rows)) + run, rows - 2) + 1)
    covariances = np.array([centred[lag:] @ centred[: rows - lag] for lag in lags]) / rows
    bound = 2 * math.sqrt(math.log10(rows) / rows)
    small = np.abs(covariances) < bound
    quiet = [lag for lag in lags[1 : len(lags) - run + 1] if small[lag : lag + run].all()]
    last = min(2 * int(quiet[0]), int(lags[-1])) if quiet else int(lags[-1])
    used = lags[1 : last + 1]
    kernel = np.minimum(1, 2 * (1 - used / last))
    spread = 2 * float(kernel * used @ covariances[1 : last + 1])
    long_run = float(1 + 2 * kernel @ covariances[1 : last + 1])
    if long_run <= 0:
        return 1.0
    best = (spread**2 / long_run**2 * rows) ** (1 / 3)
    return float(min(max(best, 1.0), math.ceil(min(3 * math.sqrt(rows), rows / 3))))


def probabilistic_sharpe(returns: ArrayLike, benchmark: float = 0.0, risk_free: float = 0.0) -> float:
    """Return the probability that the true Sharpe ratio is above a benchmark's, both per period.

    Z((s - b) sqrt(T - 1) / sqrt(1 - S s + (K + 2) s^2 / 4)) with skewness S and excess kurtosis K. Source:
    Bailey and Lopez de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15 (2012).

    Raises
    ------
    RiskError
        TOO_FEW_ROWS below 3; ZERO_VARIANCE; UNDEFINED where the variance of the ratio is not above zero.
    """
    found = series(returns, fewest=FEWEST_FOR_PROBABILITY)
    ratio = sharpe(found, 1, risk_free)
    return sharpe_probability(ratio, len(found), skewness(found), excess_kurtosis(found), benchmark)


def sharpe_probability(ratio: float, rows: int, skew: float, kurtosis: float, benchmark: float) -> float:
    """Return the probability that `probabilistic_sharpe` does, from the ratio and the excess kurtosis."""
    error = 1 - skew * ratio + (kurtosis + 2) / 4 * ratio**2
    if error <= 0:
        raise refuse(FaultKind.UNDEFINED, "probabilistic_sharpe", "The ratio's variance is not above 0.")
    return float(ndtr((ratio - rate(benchmark, "benchmark")) * math.sqrt((rows - 1) / error)))


def expected_maximum_sharpe(trials: float, deviation: float) -> float:
    """Return what the best of N trials without skill has: d ((1 - g) z(1 - 1/N) + g z(1 - 1/(N e))).

    d is the standard deviation of the trials' ratios, z the normal quantile, g Euler's constant. Source:
    Bailey and Lopez de Prado, "The deflated Sharpe ratio", Journal of Portfolio Management 40 (2014).
    """
    within(deviation, -SMALLEST, LARGEST, "deviation")
    if not 1 <= trials < math.inf:
        raise refuse(FaultKind.OUT_OF_RANGE, "trials", f"{trials:g} is not a number from 1 on.")
    if trials == 1 or deviation <= SMALLEST:
        return 0.0
    return -float(
        deviation * ((1 - np.euler_gamma) * ndtri(1 / trials) + np.euler_gamma * ndtri(1 / (trials * math.e)))
    )


def deflated_sharpe(returns: ArrayLike, trials: ArrayLike, risk_free: float = 0.0) -> float:
    """Return the probability that the best of several trials has skill: its own against the best by luck.

    Parameters
    ----------
    returns : array of shape (T,)
        Of the trial that was chosen.
    trials : array of shape (N,)
        Sharpe ratios per period of all trials, the chosen one among them.
    """
    ratios = series(trials, "trials", fewest=1)
    deviation = float(ratios.std(ddof=1)) if len(ratios) > 1 else 0.0
    return probabilistic_sharpe(returns, expected_maximum_sharpe(len(ratios), deviation), risk_free)
