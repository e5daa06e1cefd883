"""Measures of losses and drawdowns with a subgradient, by the definitions alone, one period after another."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from app.services.kernels.optimization import Measure

DRAWDOWNS = {Measure.MDD, Measure.ADD, Measure.CDAR, Measure.EDAR, Measure.UCI}


def drawdowns(path, rows):
    """What a sum of returns is below its highest so far, and the slope of each along the weights."""
    wealth = peak = 0.0
    at, peak_at = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    values, slopes = [], []
    for earned, row in zip(path, rows, strict=True):
        wealth, at = wealth + earned, at + row
        if wealth >= peak:
            peak, peak_at = wealth, at
        values.append(peak - wealth)
        slopes.append(peak_at - at)
    return np.array(values), np.array(slopes)


def entropic(values, tail):
    """Least of (log mean exp(t x) - log tail) / t, by search over log t, and how much each value counts."""
    spread = float(values.max() - values.min()) or 1.0
    unit, most = (values - values.max()) / spread, float(values.max())

    def bound(log_t):
        t = np.exp(log_t)
        return (np.log(np.mean(np.exp(t * unit))) - np.log(tail)) / t

    coarse = np.linspace(-6, 26, 321)
    near = coarse[np.argmin([bound(each) for each in coarse])]
    found = minimize_scalar(
        bound, bounds=(near - 0.1, near + 0.1), method="bounded", options={"xatol": 1e-11}
    )
    counted = np.exp(np.exp(found.x) * unit)
    return most + spread * found.fun, counted / counted.sum()


def risk_and_slope(problem, w):
    """The risk of weights, and a subgradient of it."""
    if problem.measure in {Measure.MAD, Measure.MSV, Measure.FLPM, Measure.SLPM}:
        return _moment_and_slope(problem, w)
    return _loss_and_slope(problem, w)


def _moment_and_slope(problem, w):
    rows, measure, periods = problem.returns, problem.measure, len(problem.returns)
    path = rows @ w
    if measure in {Measure.MAD, Measure.MSV}:
        away, slopes = path - path.mean(), rows - rows.mean(axis=0)
    else:
        away, slopes = path - problem.threshold, rows
    if measure is Measure.MAD:
        return np.abs(away).mean(), np.sign(away) @ slopes / periods
    if measure is Measure.FLPM:
        return np.maximum(-away, 0).mean(), -((away < 0) @ slopes) / periods
    below = np.minimum(away, 0)
    value = np.sqrt((below**2).sum() / (periods - 1))
    return value, below @ slopes / (periods - 1) / (value or 1.0)


def _loss_and_slope(problem, w):
    rows, measure, periods = problem.returns, problem.measure, len(problem.returns)
    path = rows @ w
    losses, slopes = drawdowns(path, rows) if measure in DRAWDOWNS else (-path, -rows)
    if measure in {Measure.WR, Measure.MDD}:
        return losses.max(), slopes[np.argmax(losses)]
    if measure is Measure.ADD:
        return losses.mean(), slopes.mean(axis=0)
    if measure is Measure.UCI:
        value = np.sqrt((losses**2).mean())
        return value, losses @ slopes / periods / (value or 1.0)
    if measure in {Measure.EVAR, Measure.EDAR}:
        value, counted = entropic(losses, problem.tail)
        return value, counted @ slopes
    left, counted = 1.0, np.zeros(periods)
    for at in np.argsort(-losses):
        counted[at] = min(left, 1 / (problem.tail * periods))
        left -= counted[at]
    return counted @ losses, counted @ slopes
