"""The trades of one account in amounts of any size, as a linear programme: what a proof needs, and quick."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from time import monotonic

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.proposals.account import AccountModel, Level, NotSolved
from app.services.kernels.proposals.needs import ROUNDED
from app.services.kernels.proposals.problem import Obstacle

_INFEASIBLE = 2
_PREFERRED = 0.1


def relaxed(
    model: AccountModel,
    options: Iterable[int],
    deadline: float,
    *,
    without: Obstacle | None = None,
    has_lots: bool = False,
    levels: Iterable[Level] = Level,
    preferred: Collection[int] = (),
) -> FloatArray | None:
    """Return the faces of least turnover with which an account reaches all levels; None: there are none.

    Parameters
    ----------
    without : Obstacle or None
        A kind of limit that is left out.
    has_lots : bool
        Whether rows keep a distance, so that rounding every face to its nearest lot breaks none.
    levels : iterable of Level
        Which ones have to be reached.
    preferred : collection of int
        Options that count less than all others, so that these are used where they are needed alone.

    Raises
    ------
    NotSolved
        If time was up.
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import

    chosen = list(options)
    effects, low, high = _rows(model, levels, without)
    effects = effects[:, chosen]
    away = np.abs(effects) @ (model.step[chosen] / 2) if has_lots else 0.0
    matrix, side = _one_sided(effects, low + away, high - away)
    least, most = model.first[chosen] * has_lots, model.largest[chosen]
    if without is Obstacle.LIMITS:
        most = np.where(model.open_side[chosen], np.inf, 0.0)
    weight = np.ones(model.price.size)
    weight[list(preferred)] = _PREFERRED
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise NotSolved
    found = linprog(
        (weight * model.price)[chosen] / float(model.price.max()),
        A_ub=matrix,
        b_ub=side,
        bounds=np.column_stack((np.minimum(least, most), most)),
        method="highs",
        options={"time_limit": seconds},
    )
    if found.status == _INFEASIBLE:
        return None
    if found.status != 0:
        raise NotSolved
    faces = np.zeros(model.price.size)
    faces[chosen] = found.x
    return faces


def shortage(
    model: AccountModel, options: Collection[int], kept: Sequence[Fraction], deadline: float
) -> FloatArray | None:
    """Return a row that options meet with which an account keeps its levels, row @ z >= 1; these do not.

    It is from the multipliers of the limits on the options that are not there (a Benders cut); None where
    amounts of any size would do.

    Raises
    ------
    NotSolved
        If time was up.
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import

    matrix, side, lacking = _elastic(model, kept)
    there = np.zeros(model.price.size)
    there[list(options)] = 1.0
    most = np.full(matrix.shape[1], np.inf)
    most[: there.size] = model.largest * there
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise NotSolved
    found = linprog(
        lacking,
        A_ub=matrix,
        b_ub=side,
        bounds=np.column_stack((np.zeros(most.size), most)),
        method="highs",
        options={"time_limit": seconds},
    )
    if found.status != 0:
        raise NotSolved
    worth = np.maximum(-found.upper.marginals[: there.size], 0.0) * model.largest
    needed = float(found.fun) + float(worth @ there)
    if found.fun <= ROUNDED * needed or needed <= 0:
        return None
    row: FloatArray = np.minimum(worth / needed, 1.0)
    return row


def _elastic(model: AccountModel, kept: Sequence[Fraction]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rows, sides and what is minimised: what is missing, beyond what the levels may leave."""
    matrix, side = _one_sided(*_rows(model, (), None))
    parts, sides, loose = [matrix], [side], []
    for level, least in zip(Level, kept, strict=True):
        if not model.levels[level]:
            continue
        effects, low, high = _rows(model, (level,), None, hard=False)
        rows, edges = _one_sided(effects, low, high)
        parts.append(rows)
        sides.append(edges)
        if least:
            start = sum(part.shape[0] for part in parts) - rows.shape[0]
            units = np.array([row.unit for row in model.levels[level]])
            scale = np.abs(effects).max(axis=1, initial=0.0).clip(1e-12) / units
            each = np.concatenate((scale[np.isfinite(high)], scale[np.isfinite(low)]))
            loose.append((range(start, start + rows.shape[0]), each / float(least)))
    size = sum(part.shape[0] for part in parts)
    used = sum(len(found) for found, _ in loose)
    free = np.zeros((size + len(loose), used))
    at = 0
    for place, (found, each) in enumerate(loose):
        free[list(found), range(at, at + len(found))] = -1.0
        free[size + place, at : at + len(found)] = each
        at += len(found)
    stacked = np.vstack((*parts, np.zeros((len(loose), matrix.shape[1]))))
    whole = np.hstack((stacked, free, -np.eye(size + len(loose))))
    lacking = np.concatenate((np.zeros(matrix.shape[1] + used), np.ones(size + len(loose))))
    return whole, np.concatenate((*sides, np.ones(len(loose)))), lacking


def _rows(
    model: AccountModel, levels: Iterable[Level], without: Obstacle | None, *, hard: bool = True
) -> tuple[FloatArray, FloatArray, FloatArray]:
    rows = [row for kind, found in model.hard.items() if hard and kind is not without for row in found]
    rows += [row for level in levels for row in model.levels[level]]
    return (
        np.array([row.effect for row in rows]),
        np.array([row.low for row in rows]),
        np.array([row.high for row in rows]),
    )


def _one_sided(effects: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return rows and sides of rows @ faces <= sides, in units of the largest effect."""
    scale = np.maximum(np.abs(effects).max(axis=1, initial=0.0), 1e-12)
    scaled, above, below = effects / scale[:, np.newaxis], np.isfinite(high), np.isfinite(low)
    sides = np.concatenate(((high / scale)[above], -(low / scale)[below]))
    return np.vstack((scaled[above], -scaled[below])), sides
