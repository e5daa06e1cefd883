"""The continuous relaxation: a sparse convex quadratic programme, in units in which all numbers are near one.

Variables are the faces z of the pairs (line, account) that can trade, counted in units of the line, then the
deviation d of every account of the population, and the mean m where there is no target:

    minimise    sum_i w_i d_i^2 + sum_ki w_i lambda_ki (c_ki (z_ki - f_ki))^2
    subject to  d_i + m = a_i + sum_k c_ki z_ki,   sum_i z_ki = T_k,
                sum_k use_gk z_ki <= room_gi,   low <= z <= high

A mean that is free is the weighted mean of y at the optimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from app.services.kernels.allocation.dispersion import population_weights
from app.services.kernels.allocation.feasible import FeasibleSet
from app.services.kernels.allocation.problem import FloatArray, IntArray
from app.services.kernels.joint.problem import JointProblem

_SAFE = 1e-12  # of the sum of the sizes of what is added: more than float64 can lose on it


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Linear constraints of the pairs: `matrix` @ z <= `side`."""

    matrix: sp.csr_array
    side: FloatArray


@dataclass(frozen=True, eq=False)
class Model:
    """The relaxation over p pairs; metrics are centred and divided by `scale`.

    Parameters
    ----------
    line, account : int64[p]
        Of each pair.
    unit : float64[p]
        Face of one unit of z.
    step : float64[p]
        What a unit moves the account's metric by.
    low, high : float64[p]
        Bounds of z.
    start, weight : float64[n]
        Metric (less the target, where there is one) and weight of the accounts; 0 outside the population.
    centred : bool
        Whether deviations are from the mean.
    pull, goal : float64[p]
        w lambda c^2 per unit, and what is owed, in units.
    """

    problem: JointProblem
    line: IntArray
    account: IntArray
    unit: FloatArray
    step: FloatArray
    low: FloatArray
    high: FloatArray
    start: FloatArray
    weight: FloatArray
    centred: bool
    pull: FloatArray
    goal: FloatArray
    scale: float

    @classmethod
    def of(cls, problem: JointProblem) -> Model:
        """Scale the problem; pairs that can trade nothing are left out."""
        sets = [FeasibleSet.of(line) for line in problem.lines]
        upper = np.array([each.upper for each in sets])
        least = np.array([each.least for each in sets])
        line, account = upper.nonzero()
        high, low = upper[line, account].astype(np.float64), least[line, account].astype(np.float64)
        unit = np.array([max(1.0, float(row.max())) for row in upper])[line]
        slope = np.array([each.slope for each in problem.lines])[line, account]
        weight = population_weights(problem.metric, problem.weighting, problem.nav)
        member = weight > 0
        start = np.where(member, problem.metric, 0.0)
        if problem.target is not None:
            start = np.where(member, start - np.where(member, problem.target, 0.0), 0.0)
        elif member.any():
            start = np.where(member, start - float(weight @ start), 0.0)
        reach = np.abs(slope * high)
        scale = max(float(np.abs(start).max(initial=0.0)), float(reach.max(initial=0.0))) or 1.0
        step = slope * unit / scale
        pull, goal = np.zeros(line.size), np.zeros(line.size)
        if problem.ledger is not None:
            pull = weight[account] * problem.ledger.weight[line, account] * step * step
            goal = problem.ledger.owed[line, account] / unit
        return cls(
            problem=problem,
            line=line,
            account=account,
            unit=unit,
            step=step,
            low=low / unit,
            high=high / unit,
            start=start / scale,
            weight=weight,
            centred=problem.target is None,
            pull=pull,
            goal=goal,
            scale=scale,
        )

    # --- the objective --------------------------------------------------------------------------------------

    def deviation(self, pairs: FloatArray) -> FloatArray:
        """Return d of every account (float64[n]) at `pairs` (float64[p])."""
        metric = self.start + np.bincount(self.account, self.step * pairs, self.start.size)
        if not self.centred:
            return metric
        centred: FloatArray = metric - float(self.weight @ metric)
        return centred

    def value(self, pairs: FloatArray) -> float:
        """Return the objective."""
        deviation, short = self.deviation(pairs), pairs - self.goal
        return float(self.weight @ (deviation * deviation)) + float(self.pull @ (short * short))

    def gradient(self, pairs: FloatArray) -> FloatArray:
        """Return the objective's gradient (float64[p])."""
        outward = (self.weight * self.deviation(pairs))[self.account] * self.step
        gradient: FloatArray = 2.0 * (outward + self.pull * (pairs - self.goal))
        return gradient

    # --- the constraints ------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> sp.csr_array:
        """Return the rows that sum the pairs of each line, in units of the line."""
        shape = (len(self.problem.lines), self.line.size)
        return sp.csr_array((np.ones(self.line.size), (self.line, np.arange(self.line.size))), shape)

    @cached_property
    def line_unit(self) -> FloatArray:
        """Return the unit of each line; 1 where no account can trade it."""
        units = np.ones(len(self.problem.lines))
        units[self.line] = self.unit
        return units

    @cached_property
    def limits(self) -> Rows:
        """Return what lines share, a row for each limit and account that could be met; rows near one."""
        matrices, sides = [], []
        places = np.arange(self.line.size)
        for limit in self.problem.limits:
            use = np.array([float(each) for each in limit.use])[self.line] * self.unit
            room = np.array([np.inf if each is None else float(each) for each in limit.room])
            most = np.maximum(use * self.high, use * self.low)
            size = np.zeros(room.size)
            np.maximum.at(size, self.account, np.abs(use))
            met = np.isfinite(room) & (np.bincount(self.account, most, room.size) > room)
            rows = np.flatnonzero(met)
            size = np.where(size > 0, size, 1.0)
            of_row = np.full(room.size, -1)
            of_row[rows] = np.arange(rows.size)
            kept = (of_row[self.account] >= 0) & (use != 0)
            entries = use[kept] / size[self.account[kept]]
            shape = (rows.size, self.line.size)
            matrices.append(sp.csr_array((entries, (of_row[self.account[kept]], places[kept])), shape))
            sides.append(room[rows] / size[rows])
        if not matrices:
            return Rows(sp.csr_array((0, self.line.size)), np.zeros(0))
        return Rows(sp.csr_array(sp.vstack(matrices, format="csr")), np.concatenate(sides))

    def pairs_of(self, faces: IntArray | FloatArray) -> FloatArray:
        """Return faces [K, n] in units of the pairs."""
        pairs: FloatArray = faces[self.line, self.account] / self.unit
        return pairs

    def faces_of(self, pairs: FloatArray) -> FloatArray:
        """Return pairs as faces (float64[K, n])."""
        faces = np.zeros((len(self.problem.lines), self.problem.size))
        faces[self.line, self.account] = pairs * self.unit
        return faces

    # --- the bound ------------------------------------------------------------------------------------------

    def lower_bound(
        self, at: FloatArray, per_total: FloatArray, totals: FloatArray, per_limit: FloatArray
    ) -> float:
        """Return what no feasible point is below, by weak duality, whatever the numbers handed in are worth.

        F is convex, so F(z) >= F(at) + g.(z - at) for every z, g being the gradient at `at`. For a feasible z
        whose lines sum to `totals`, any multipliers of the totals, and any that are not negative of the
        limits,

            g.z >= sum over pairs of min over [low, high] of r z  -  per_total.totals - per_limit.room,
            r = g + what the multipliers of the pair's rows add up to.

        Parameters
        ----------
        at : float64[p]
            Near the optimum; need not be feasible.
        per_total : float64[K]
            In units of the objective per unit of the line.
        totals : float64[K]
            In face.
        per_limit : float64[rows of limits]
        """
        gradient = self.gradient(at)
        per_limit = np.maximum(per_limit, 0.0)
        slack = gradient + per_total[self.line]
        if per_limit.size:
            slack = slack + self.limits.matrix.T @ per_limit
        parts = (
            np.minimum(slack * self.low, slack * self.high),
            -gradient * at,
            -per_total * (totals / self.line_unit),
            -per_limit * self.limits.side,
        )
        value = self.value(at)
        if not all(np.isfinite(part).all() for part in (*parts, value)):
            return 0.0
        lost = _SAFE * (value + sum(float(np.abs(part).sum()) for part in parts))
        return max(0.0, value + sum(float(part.sum()) for part in parts) - lost)
