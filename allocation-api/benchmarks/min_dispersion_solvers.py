"""General solvers on minimum dispersion, each given the problem in the form that suits it best.

The quadratic programme is jointly convex in the split z and the mean mu: minimise the weighted sum of
(a_i + b_i z_i - mu)^2 with sum z fixed and 0 <= z <= u. Its matrix is an arrow, diagonal but for one row and
column. Amounts are in units of the order per account and metrics in years, so that every number is near one;
accounts that cannot trade are folded into the mean's own terms.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import clarabel
import highspy
import numpy as np
import osqp
import piqp
import scipy.sparse as sp
from scipy.optimize import Bounds, minimize

from benchmarks.min_dispersion_books import Array, Book

FREE = 1e30
HIGHS_SECONDS = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Face per account (float64[n]) and the seconds spent on the model and on solving it."""

    face: Array
    building: float
    solving: float


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """The quadratic programme over m accounts and mu: minimise z'Pz/2 + q'z + constant.

    `diagonal` and `border` (float64[m]) and `corner` make up P; `linear` (float64[m + 1]) is q.
    """

    diagonal: Array
    border: Array
    corner: float
    linear: Array
    upper: Array
    unit: float

    @classmethod
    def of(cls, book: Book) -> Arrow:
        """Scale the book."""
        able = book.cap > 0
        size = int(able.sum())
        unit = book.order / size
        weight, slope = book.weight[able] * size, book.slope[able] * unit
        metric = book.metric - book.metric.mean()
        linear = np.empty(size + 1)
        linear[:size] = 2.0 * weight * slope * metric[able]
        linear[size] = -2.0 * size * float((book.weight * metric).sum())
        return cls(
            diagonal=2.0 * weight * slope * slope,
            border=-2.0 * weight * slope,
            corner=2.0 * size * float(book.weight.sum()),
            linear=linear,
            upper=book.cap[able] / unit,
            unit=unit,
        )

    @property
    def size(self) -> int:
        """Number of accounts that can trade."""
        return self.diagonal.size

    def upper_triangle(self) -> sp.csc_matrix:
        """Return P's upper triangle."""
        size = self.size
        rows = np.arange(size)
        starts = np.append(np.arange(size + 1), 2 * size + 1)
        entries = np.concatenate((self.diagonal, self.border, [self.corner]))
        return sp.csc_matrix((entries, np.concatenate((rows, rows, [size])), starts), (size + 1, size + 1))

    def lower_triangle(self) -> sp.csc_matrix:
        """Return P's lower triangle."""
        size = self.size
        rows = np.empty(2 * size + 1, dtype=np.int64)
        entries = np.empty(2 * size + 1)
        rows[0:-1:2], rows[1::2], rows[-1] = np.arange(size), size, size
        entries[0:-1:2], entries[1::2], entries[-1] = self.diagonal, self.border, self.corner
        starts = np.append(2 * np.arange(size + 1), 2 * size + 1)
        return sp.csc_matrix((entries, rows, starts), (size + 1, size + 1))

    def dense(self) -> Array:
        """Return all of P."""
        size = self.size
        matrix = np.zeros((size + 1, size + 1))
        np.fill_diagonal(matrix[:size, :size], self.diagonal)
        matrix[size, :size] = matrix[:size, size] = self.border
        matrix[size, size] = self.corner
        return matrix

    def total_row(self) -> Array:
        """Return the coefficients of the total, whose value is to be 1."""
        row = np.full(self.size + 1, 1.0 / self.size)
        row[-1] = 0.0
        return row

    def bounds(self, free: float) -> tuple[Array, Array]:
        """Return the bounds of all variables, mu's being -free and free."""
        return np.append(np.zeros(self.size), -free), np.append(self.upper, free)


Model = tuple[Callable[[], object], Callable[[], Array]]
"""What solves a model that is built, and what reads the solution."""

Run = Callable[[Arrow], Model]
"""Builds the model."""


def outcome(book: Book, run: Run) -> Outcome:
    """Build, solve, and put the split back into face per account."""
    start = time.perf_counter()
    arrow = Arrow.of(book)
    solve, solution = run(arrow)
    built = time.perf_counter()
    solve()
    solved = time.perf_counter()
    face = np.zeros_like(book.cap)
    face[book.cap > 0] = solution()[: arrow.size] * arrow.unit
    return Outcome(face, built - start, solved - built)


def piqp_sparse(arrow: Arrow, tolerance: float | None = None) -> Model:
    """PIQP, sparse interface; default tolerances 1e-8 absolute and 1e-9 relative."""
    solver = piqp.SparseSolver()
    if tolerance is not None:
        solver.settings.eps_abs = solver.settings.eps_rel = tolerance
        solver.settings.eps_duality_gap_abs = solver.settings.eps_duality_gap_rel = tolerance
    row = sp.csc_matrix(arrow.total_row()[np.newaxis, :])
    low, high = arrow.bounds(FREE)
    solver.setup(arrow.upper_triangle(), arrow.linear, row, np.ones(1), None, None, None, low, high)
    return solver.solve, lambda: np.asarray(solver.result.x)


def piqp_dense(arrow: Arrow) -> Model:
    """PIQP, dense interface: the quickest to set up for a handful of accounts."""
    solver = piqp.DenseSolver()
    low, high = arrow.bounds(FREE)
    row = arrow.total_row()[np.newaxis, :]
    solver.setup(arrow.dense(), arrow.linear, row, np.ones(1), None, None, None, low, high)
    return solver.solve, lambda: np.asarray(solver.result.x)


def clarabel_cones(arrow: Arrow, tolerance: float | None = None) -> Model:
    """Clarabel; default tolerances 1e-8."""
    size = arrow.size
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    if tolerance is not None:
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    identity = sp.eye_array(size, size + 1, format="csc")
    rows = sp.vstack((arrow.total_row()[np.newaxis, :], -identity, identity), format="csc")
    sides = np.concatenate(([1.0], np.zeros(size), arrow.upper))
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(2 * size)]
    solver = clarabel.DefaultSolver(arrow.upper_triangle(), arrow.linear, rows, sides, cones, settings)
    found: list[clarabel.DefaultSolution] = []
    return lambda: found.append(solver.solve()), lambda: np.asarray(found[-1].x)


def osqp_rows(arrow: Arrow) -> Model:
    """OSQP with tolerances of 1e-6 (its default 1e-3 is no solution here) and polishing."""
    size = arrow.size
    solver = osqp.OSQP()
    rows = sp.vstack(
        (arrow.total_row()[np.newaxis, :], sp.eye_array(size, size + 1, format="csc")), format="csc"
    )
    low, high = np.append(1.0, np.zeros(size)), np.append(1.0, arrow.upper)
    solver.setup(
        sp.csc_matrix(arrow.upper_triangle()),
        arrow.linear,
        sp.csc_matrix(rows),
        low,
        high,
        verbose=False,
        eps_abs=1e-6,
        eps_rel=1e-6,
        max_iter=20_000,
        polishing=True,
    )
    found: list[Array] = []
    return lambda: found.append(solver.solve(raise_error=False).x), lambda: np.asarray(found[-1])


def highs_active_set(arrow: Arrow) -> Model:
    """HiGHS, whose solver for quadratic programmes is an active-set method."""
    size = arrow.size
    model = highspy.HighsModel()
    lp, hessian = model.lp_, model.hessian_
    lp.num_col_, lp.num_row_ = size + 1, 1
    lp.col_cost_ = arrow.linear
    lp.col_lower_, lp.col_upper_ = arrow.bounds(np.inf)
    lp.row_lower_ = lp.row_upper_ = np.ones(1)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array([0, size])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = np.arange(size), np.full(size, 1.0 / size)
    triangle = arrow.lower_triangle()
    hessian.dim_, hessian.format_ = size + 1, highspy.HessianFormat.kTriangular
    hessian.start_, hessian.index_, hessian.value_ = triangle.indptr, triangle.indices, triangle.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - its interface
    solver.setOptionValue("time_limit", HIGHS_SECONDS)
    solver.passModel(model)
    return solver.run, lambda: np.array(solver.getSolution().col_value)


def slsqp_on_raw_face(book: Book) -> Outcome:
    """SLSQP as it is usually written: the standard deviation as a function of face, started pro rata."""
    start = time.perf_counter()
    even = book.cap * (book.order / float(book.cap.sum()))
    result = minimize(
        book.std_dev,
        even,
        method="SLSQP",
        bounds=Bounds(np.zeros_like(book.cap), book.cap),
        constraints={"type": "eq", "fun": lambda face: face.sum() - book.order},
    )
    return Outcome(np.asarray(result.x), 0.0, time.perf_counter() - start)
