"""Minimum dispersion: the exact solver beside general ones, and beside one plain evaluation, in one run.

Run with `make bench`, or `python -m benchmarks.min_dispersion --json` for machines. Books are drawn by
`random_book(n, seed=n, weighting)`. Solvers take turns, figures are medians of the turns, and what counts are
the ratios: the milliseconds depend on the machine. A solver is left out at a size at which, as its time has
grown so far, one run would take over 20 seconds.

One evaluation is y = a + c x and the standard deviation of y in plain numpy: the floor, for nothing can be
quicker than reading the arrays once.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for each other would distort SLSQP

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from math import log

import numpy as np

from app.services.kernels.allocation import Weighting
from app.services.kernels.allocation.branch_and_bound import search
from app.services.kernels.allocation.continuous import Continuous, solve
from app.services.kernels.allocation.feasible import FeasibleSet
from app.services.kernels.allocation.objective import Quadratic, objective
from app.services.kernels.allocation.slsqp import solve_slsqp
from benchmarks.min_dispersion_books import LOT, Array, Book, random_book
from benchmarks.min_dispersion_solvers import (
    Outcome,
    clarabel_cones,
    highs_active_set,
    osqp_rows,
    outcome,
    piqp_dense,
    piqp_sparse,
    slsqp_on_raw_face,
)
from benchmarks.min_dispersion_whole import WHOLE, WholeRow, whole_rows

SIZES = (10, 31, 100, 300, 1_000, 10_000, 100_000, 1_000_000)
MAX_RUN_SECONDS = 20.0
TURN_SECONDS = 0.4
WARM_UP_SECONDS = 0.02
MAX_TURNS = 41
SLSQP_SIZE = 300
DENSE_SIZE = 300

EVALUATION = "one evaluation"
EXACT = "exact"
EXACT_LOTS = "exact, in lots"
SCALED_SLSQP = "SLSQP scaled"
RAW_SLSQP = "SLSQP on raw face"
GENERAL = {
    "PIQP": piqp_sparse,
    "PIQP dense": piqp_dense,
    "Clarabel": clarabel_cones,
    "OSQP": osqp_rows,
    "HiGHS": highs_active_set,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One solver on one book; times in milliseconds, `std_dev` in years, `violation` relative to the order.

    `ratio` is its solving time over that of the exact solver, `ratio_with_model` both with their models.
    """

    size: int
    weighting: str
    solver: str
    turns: int
    building: float
    solving: float
    std_dev: float
    violation: float
    ratio: float
    ratio_with_model: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A speed that is asked for, as a ratio, and what was measured."""

    size: int
    weighting: str
    what: str
    wanted: str
    measured: float
    reached: bool


# --- this solver --------------------------------------------------------------------------------------------


def _function(book: Book) -> tuple[Quadratic, Array]:
    able = book.cap > 0
    function, _ = objective(book.weight, book.metric, book.slope * able, book.cap)
    return function, book.cap[able]


def _whole(book: Book, lots: Array) -> Array:
    face = np.zeros_like(book.cap)
    face[book.cap > 0] = lots
    return face


def exact(book: Book) -> Outcome:
    """Run the continuous solver, certificate included."""
    start = time.perf_counter()
    function, upper = _function(book)
    built = time.perf_counter()
    solution = solve(function, np.zeros_like(upper), upper, book.order)
    solved = time.perf_counter()
    _check(solution)
    return Outcome(_whole(book, solution.lots), built - start, solved - built)


def _check(solution: Continuous) -> None:
    if solution.kkt_residual > 1e-10 or solution.variance - solution.lower_bound > 1e-12 * solution.variance:
        raise RuntimeError(f"not proved: {solution.kkt_residual=} {solution.lower_bound=}")


def exact_in_lots(book: Book) -> Outcome:
    """Run the continuous solver and then the stage in lots; pieces do not bind."""
    start = time.perf_counter()
    book = book.in_lots()
    function, upper = _function(book)
    built = time.perf_counter()
    solution = solve(function, np.zeros_like(upper), upper, book.order)
    top = upper.astype(np.int64) * LOT
    feasible = FeasibleSet(LOT, LOT, top, np.zeros_like(top))
    # Metrics are of scale one: no variance reaches 4, so that nothing is cut off.
    found = search(
        function, feasible, int(book.order) * LOT, relaxed=solution, fallback=np.zeros_like(top), cutoff=4.0
    )
    solved = time.perf_counter()
    if found.faces is None or found.lower_bound < found.variance * (1 - 1e-9):
        raise RuntimeError("not proved in lots")
    return Outcome(_whole(book, found.faces.astype(np.float64)), built - start, solved - built)


def scaled_slsqp(book: Book) -> Outcome:
    """Run the service's SLSQP."""
    start = time.perf_counter()
    function, upper = _function(book)
    built = time.perf_counter()
    result = solve_slsqp(function, np.zeros_like(upper), upper, book.order, max_iterations=1_000)
    solved = time.perf_counter()
    return Outcome(_whole(book, result.solution.lots), built - start, solved - built)


def evaluation(book: Book) -> Outcome:
    """Evaluate the objective once, for the pro-rata split."""
    face = book.cap * (book.order / float(book.cap.sum()))
    start = time.perf_counter()
    metric = book.metric + book.slope * face
    metric.std()
    return Outcome(face, 0.0, time.perf_counter() - start)


# --- measuring ----------------------------------------------------------------------------------------------


class Runner:
    """Runs every solver on books of growing size and leaves out those that have become too slow."""

    def __init__(self) -> None:
        self._solvers: dict[str, Callable[[Book], Outcome]] = {
            EXACT: exact,
            EVALUATION: evaluation,
            EXACT_LOTS: exact_in_lots,
            **{name: partial(outcome, run=run) for name, run in GENERAL.items()},
            SCALED_SLSQP: scaled_slsqp,
            RAW_SLSQP: slsqp_on_raw_face,
        }
        self._limits = {SCALED_SLSQP: SLSQP_SIZE, RAW_SLSQP: SLSQP_SIZE, "PIQP dense": DENSE_SIZE}
        self._history: dict[str, list[tuple[int, float]]] = {name: [] for name in self._solvers}

    def rows(self, size: int, weighting: Weighting) -> Iterator[Row]:
        """Measure all solvers that are still worth it on one book."""
        book = random_book(size, size, weighting)
        turns: dict[str, list[Outcome]] = {}
        for name in self._solvers:
            if self._worth_it(name, size):
                turns[name] = [self._solvers[name](book)]
        for turn in range(1, MAX_TURNS):
            for name, done in turns.items():
                first = done[0].building + done[0].solving
                if (turn + 1) * first <= TURN_SECONDS or (turn < 5 and first < TURN_SECONDS):
                    if first < WARM_UP_SECONDS:
                        self._solvers[name](book)  # as every solver: in a warm cache
                    done.append(self._solvers[name](book))
        building = {name: statistics.median(o.building for o in done) for name, done in turns.items()}
        solving = {name: statistics.median(o.solving for o in done) for name, done in turns.items()}
        for name, done in turns.items():
            self._history[name].append((size, building[name] + solving[name]))
            face = done[-1].face
            lots = name == EXACT_LOTS
            yield Row(
                size=size,
                weighting=weighting.value,
                solver=name,
                turns=len(done),
                building=building[name] * 1e3,
                solving=solving[name] * 1e3,
                std_dev=book.std_dev(face),
                violation=book.violation(face) if not lots else _violation_in_lots(book, face),
                ratio=solving[name] / solving[EXACT],
                ratio_with_model=(building[name] + solving[name]) / (building[EXACT] + solving[EXACT]),
            )

    def left_out(self, size: int) -> list[str]:
        """Return the solvers that are not run at this size."""
        return [name for name in self._solvers if not self._worth_it(name, size)]

    def _worth_it(self, name: str, size: int) -> bool:
        if size > self._limits.get(name, size):
            return False
        history = [entry for entry in self._history[name] if entry[0] < size]
        if not history:
            return size == SIZES[0]
        last_size, last = history[-1]
        if last_size < max(s for s in SIZES if s < size):
            return False
        growth = 1.0
        if len(history) > 2:
            earlier_size, earlier = history[-3]
            growth = max(1.0, log(last / earlier) / log(last_size / earlier_size))
        return bool(last * (size / last_size) ** growth <= MAX_RUN_SECONDS)


def _violation_in_lots(book: Book, face: Array) -> float:
    """Return the violation of a split in lots, whose total is the order rounded down to a lot."""
    rounded = Book(book.weight, book.metric, book.slope, book.cap, float(book.order // LOT * LOT))
    return rounded.violation(face)


# --- the bars -----------------------------------------------------------------------------------------------


def bars(rows: list[Row]) -> list[Bar]:
    """Compare the rows of one book with what is asked for."""
    by_name = {row.solver: row for row in rows}
    ours, size, weighting = by_name[EXACT], rows[0].size, rows[0].weighting
    general = [by_name[name] for name in GENERAL if name in by_name]
    found: list[Bar] = []

    def bar(what: str, wanted: float, measured: float, *, least: bool) -> None:
        reached = measured >= wanted if least else measured <= wanted
        sign = ">=" if least else "<="
        found.append(Bar(size, weighting, what, f"{sign} {wanted:g}", measured, reached))

    if size in {10, 31, 100}:
        best = min(general, key=lambda row: row.building + row.solving)
        bar(f"{best.solver}, both with model", 1.0, best.ratio_with_model, least=True)
        best = min((r for r in general if r.solver != "PIQP dense"), key=lambda r: r.building + r.solving)
        bar(f"{best.solver} (best sparse), both with model", 1.0, best.ratio_with_model, least=True)
    if size in {1_000, 10_000, 100_000}:
        best = min(general, key=lambda row: row.solving)
        wanted = {1_000: 5.0, 10_000: 25.0, 100_000: 60.0}[size]
        bar(f"{best.solver}, solving alone", wanted, best.ratio, least=True)
    if size in {100_000, 1_000_000}:
        floor = by_name[EVALUATION].solving
        bar("evaluations, for solution and certificate", 20.0, ours.solving / floor, least=False)
    if size == 100_000:
        bar("lots over continuous", 3.0, by_name[EXACT_LOTS].ratio, least=False)
    return found


def whole_bars(rows: list[WholeRow]) -> list[Bar]:
    """Compare the whole allocation with PIQP on the continuous problem alone, its model included."""
    wanted = {1_000: 1.0, 10_000: 4.0, 100_000: 10.0}
    return [
        Bar(
            size=row.size,
            weighting=Weighting.EQUAL.value,
            what=f"PIQP with model over the whole, NAV {row.nav}",
            wanted=f">= {wanted[row.size]:g}",
            measured=row.ratio_to_piqp,
            reached=row.ratio_to_piqp >= wanted[row.size],
        )
        for row in rows
        if row.size in wanted
    ]


# --- printing -----------------------------------------------------------------------------------------------


def _print_rows(rows: list[Row], left_out: list[str]) -> None:
    first = rows[0]
    print(f"\nn = {first.size:,}, {first.weighting}")
    print(
        f"{'':18} {'turns':>5} {'model ms':>10} {'solve ms':>11} {'std, years':>16} {'violation':>9} "
        f"{'ratio':>9} {'with model':>10}"
    )
    for row in rows:
        print(
            f"{row.solver:18} {row.turns:5} {row.building:10.3f} {row.solving:11.3f} {row.std_dev:16.12f} "
            f"{row.violation:9.1e} {row.ratio:9.2f} {row.ratio_with_model:10.2f}"
        )
    if left_out:
        print(f"not run at this size: {', '.join(left_out)}")


def _print_whole(rows: list[WholeRow]) -> None:
    print(f"\n{WHOLE}")
    print(f"{'n':>9} {'NAV':8} {'turns':>5} {'whole ms':>9} {'PIQP with model':>22} {'plain pro-rata':>23}")
    for row in rows:
        piqp = f"{row.piqp:13.3f} {row.ratio_to_piqp:7.2f}x"
        plain = f"{row.plain:14.3f} {row.ratio_to_plain:7.2f}x"
        print(f"{row.size:9,} {row.nav:8} {row.turns:5} {row.whole:9.3f} {piqp} {plain}")


def main() -> None:
    """Print the tables, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="leave out books above this size")
    options = parser.parse_args()
    measured: list[Row] = []
    asked: list[Bar] = []
    for weighting in Weighting:
        runner = Runner()
        for size in (s for s in SIZES if s <= options.largest):
            left_out = runner.left_out(size)
            rows = list(runner.rows(size, weighting))
            measured += rows
            asked += bars(rows)
            if not options.json:
                _print_rows(rows, left_out)
    whole = list(whole_rows(options.largest))
    asked += whole_bars(whole)
    if options.json:
        figures = {
            "whole": [asdict(row) for row in whole],
            "rows": [asdict(row) for row in measured],
            "bars": [asdict(bar) for bar in asked],
        }
        print(json.dumps(figures, indent=2))
        return
    _print_whole(whole)
    print("\nratios asked for (of solving time to this solver's, where nothing else is said)")
    for bar in asked:
        verdict = "reached" if bar.reached else "missed"
        book = f"n = {bar.size:<9,} {bar.weighting:5}"
        print(f"{book} {bar.what:43} {bar.wanted:>6} {bar.measured:8.2f} {verdict}")


if __name__ == "__main__":
    main()
