"""Which constraints cannot hold together: the least set, none of which could be left out.

Every constraint may give way for a price of 1 per unit. Where the least price is above zero, the multipliers
of that linear programme are a proof (Farkas) in which few constraints take part. Each of these is then left
out in turn, and for good where the rest is still a contradiction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.optimization.errors import Conflict, ConstraintKind, Infeasible, NotSolved
from app.services.kernels.optimization.model import Model
from app.services.kernels.optimization.problem import each_asset

_BROKEN = 1e-9
_TAKES_PART = 1e-9

Family = tuple[ConstraintKind, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Elastic:
    """Rows @ v <= side, each of a family; equations that always hold."""

    rows: FloatArray
    side: FloatArray
    families: tuple[Family, ...]
    equal: FloatArray
    equal_side: FloatArray
    trades: int


def contradiction(model: Model, without: Collection[ConstraintKind] = ()) -> Infeasible | None:
    """Return what cannot hold together; None: there are weights."""
    elastic = _elastic(model, without)
    everything = np.arange(elastic.side.size)
    price, multipliers = _least_price(elastic, everything)
    if price <= _BROKEN:
        return None
    kept = _of(elastic, _families(elastic, everything, multipliers))
    for family in _families(elastic, everything, multipliers):
        fewer = kept[[elastic.families[row] != family for row in kept]]
        if _least_price(elastic, fewer)[0] > _BROKEN:
            kept = fewer
    _, multipliers = _least_price(elastic, kept)
    return Infeasible(_named(model, elastic, kept[multipliers > _TAKES_PART]), price)


def _elastic(model: Model, without: Collection[ConstraintKind]) -> _Elastic:
    limits, n, asked = model.limits, model.size, model.problem
    m = model.net.size
    stated = [(ConstraintKind.LOWER_BOUND, "")] * n + [(ConstraintKind.UPPER_BOUND, "")] * n
    unit = np.eye(m)[:n]
    rows = np.vstack((-unit, unit, limits.less))
    low, high = each_asset(asked.lower, n), each_asset(asked.upper, n)
    side = np.concatenate((-low, high, limits.less_side))
    families = (*stated, *limits.kinds)
    kept = [at for at, (kind, _) in enumerate(families) if kind not in without]
    return _Elastic(
        rows[kept],
        side[kept],
        tuple(families[at] for at in kept),
        limits.equal,
        limits.equal_side,
        m - n,
    )


def _least_price(elastic: _Elastic, kept: IntArray) -> tuple[float, FloatArray]:
    """Return by how much the rows have to give way together, and their multipliers."""
    from scipy.optimize import linprog  # noqa: PLC0415 - a fifth of the start, and seldom used

    m = elastic.rows.shape[1]
    bounds = np.array(
        [(-np.inf, np.inf)] * (m - elastic.trades) + [(0.0, np.inf)] * (elastic.trades + kept.size)
    )
    found = linprog(
        np.concatenate((np.zeros(m), np.ones(kept.size))),
        A_ub=np.hstack((elastic.rows[kept], -np.eye(kept.size))),
        b_ub=elastic.side[kept],
        A_eq=np.hstack((elastic.equal, np.zeros((len(elastic.equal), kept.size)))),
        b_eq=elastic.equal_side,
        bounds=bounds,
        method="highs",
    )
    if found.status != 0:
        raise NotSolved(f"constraints: {found.message}")
    return float(found.fun), -found.ineqlin.marginals


def _families(elastic: _Elastic, kept: IntArray, multipliers: FloatArray) -> tuple[Family, ...]:
    """Return the families that take part, bounds last: what is more special is left out rather than these."""
    taking = [elastic.families[row] for row in kept[multipliers > _TAKES_PART]]
    return tuple(reversed(dict.fromkeys(taking)))


def _of(elastic: _Elastic, families: tuple[Family, ...]) -> IntArray:
    return np.array(
        [row for row, family in enumerate(elastic.families) if family in families], dtype=np.int64
    )


def _named(model: Model, elastic: _Elastic, rows: IntArray) -> tuple[Conflict, ...]:
    assets = model.problem.assets
    bounds: dict[ConstraintKind, list[int]] = {}
    others = []
    for row in rows:
        kind, name = elastic.families[row]
        if kind in {ConstraintKind.LOWER_BOUND, ConstraintKind.UPPER_BOUND}:
            bounds.setdefault(kind, []).append(int(np.flatnonzero(elastic.rows[row])[0]))
            continue
        limit = float(elastic.side[row])
        if kind is ConstraintKind.TARGET_RETURN:
            limit *= -model.unit
        elif kind is ConstraintKind.GROUP_MIN:
            limit = -limit
        others.append(Conflict(kind, (name,) if name else (), limit))
    found = []
    for kind, places in bounds.items():
        bound = model.problem.lower if kind is ConstraintKind.LOWER_BOUND else model.problem.upper
        side = np.broadcast_to(bound, model.size)
        found.append(Conflict(kind, tuple(assets[at] for at in places), float(side[places].sum())))
    return (*found, *others)
