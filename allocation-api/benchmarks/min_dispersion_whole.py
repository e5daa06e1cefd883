"""The whole of an allocation: shares, pro-rata to fall back on, the search in lots, and the proof.

Beside it, on the same book: PIQP on the continuous problem alone, with its model, and pro-rata alone as it
was before it became a vector computation, in Python integers (frozen here, without its search for pieces).
NAVs are amounts in cents, as accounts have them, or float64 to the last digit, the hardest weights there are.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    AllocationProblem,
    MinDispersion,
    ProofStatus,
    ProRata,
    Weighting,
)
from benchmarks.min_dispersion_books import DIRTY_PRICE, LOT, SPREAD_DURATION, Array, Book, random_book
from benchmarks.min_dispersion_solvers import Outcome, outcome, piqp_sparse

SIZES = (31, 1_000, 10_000, 100_000)
TURN_SECONDS = 2.0
MIN_TURNS, MAX_TURNS = 5, 41

WHOLE = "whole allocate: lots, fallback, proof"


@dataclass(frozen=True, slots=True)
class WholeRow:
    """Median milliseconds on one book; the ratios are to `whole`."""

    size: int
    nav: str
    turns: int
    whole: float
    piqp: float
    plain: float

    @property
    def ratio_to_piqp(self) -> float:
        """How many times quicker than PIQP on the continuous problem alone."""
        return self.piqp / self.whole

    @property
    def ratio_to_plain(self) -> float:
        """How many times quicker than pro-rata alone, in Python integers."""
        return self.plain / self.whole


def whole_rows(largest: int) -> Iterator[WholeRow]:
    """Measure books of up to `largest` accounts; the three take turns."""
    for size in (s for s in SIZES if s <= largest):
        book = random_book(size, size, Weighting.EQUAL)
        for cents in (True, False):
            problem = order_of(book, cents=cents)
            plain = plain_pro_rata(problem)
            if not np.array_equal(plain, ProRata(problem.nav).allocate(problem).faces):
                raise RuntimeError("the plain pro-rata is another one")
            yield _measured(book, problem, "cents" if cents else "float64")


def _measured(book: Book, problem: AllocationProblem, nav: str) -> WholeRow:
    runs: dict[str, Callable[[], float]] = {
        "whole": lambda: _seconds(lambda: _proved(problem)),
        "piqp": lambda: _with_model(outcome(book, piqp_sparse)),
        "plain": lambda: _seconds(lambda: plain_pro_rata(problem)),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    began = time.perf_counter()
    turns = 0
    while turns < MIN_TURNS or (turns < MAX_TURNS and time.perf_counter() - began < TURN_SECONDS):
        turns += 1
        for name, run in runs.items():
            run()  # in a warm cache
            times[name].append(run())
    medians = {name: statistics.median(values) * 1e3 for name, values in times.items()}
    return WholeRow(book.cap.size, nav, turns, **medians)


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _with_model(solved: Outcome) -> float:
    return solved.building + solved.solving


def _proved(problem: AllocationProblem) -> None:
    optimality = MinDispersion().allocate(problem).optimality
    if optimality is None or optimality.status is not ProofStatus.OPTIMAL:
        raise RuntimeError(f"not proved: {optimality}")


def order_of(book: Book, *, cents: bool) -> AllocationProblem:
    """Return the book as an order in lots."""
    nav: Array = DIRTY_PRICE / 100 * SPREAD_DURATION / book.slope
    size = book.cap.size
    return AllocationProblem(
        account_ids=tuple(f"A{account:07d}" for account in range(size)),
        side=Side.BUY,
        face=int(book.order),
        nav=np.round(nav, 2) if cents else nav,
        metric=book.metric,
        slope=book.slope,
        cap=book.cap.astype(np.int64),
        piece=LOT,
        increment=LOT,
        whole=np.zeros(size, dtype=np.int64),
    )


# --- pro-rata before ----------------------------------------------------------------------------------------


def plain_pro_rata(problem: AllocationProblem) -> np.ndarray:
    """Share in proportion to NAV by water-filling and largest remainder, where no piece binds."""
    top = np.minimum(problem.cap, problem.face) // LOT * LOT
    members = np.flatnonzero(top)
    weight, upper = _python_integers(problem.nav[members]), top[members].astype(object)
    total = min(problem.face // LOT * LOT, int(top.sum()))
    bound = np.zeros(members.size, dtype=object)
    fixed = np.zeros(members.size, dtype=np.bool_)
    while True:
        pool, divisor = total - sum(bound.tolist()), sum(weight[~fixed].tolist()) or 1
        over = ~fixed & (weight * pool >= upper * divisor).astype(np.bool_)
        if not over.any():
            break
        bound[over], fixed = upper[over], fixed | over
    scaled = weight[~fixed] * pool
    lots = scaled // (divisor * LOT)
    remainder = scaled - lots * (divisor * LOT)
    extra = pool // LOT - sum(lots.tolist())
    lots[np.argsort(-remainder, kind="stable")[:extra]] += 1
    bound[~fixed] = lots * LOT
    faces = np.zeros_like(top)
    faces[members] = bound.astype(np.int64)
    return faces


def _python_integers(values: Array) -> np.ndarray:
    for scale in (1.0, 100.0, 10_000.0):
        scaled = np.rint(values * scale)
        if np.all(scaled / scale == values) and np.all(scaled < 2.0**53):
            return scaled.astype(np.int64).astype(object)
    parts = [Decimal(repr(value)) for value in values.tolist()]
    lowest = min(int(part.as_tuple().exponent) for part in parts)
    return np.array([int(part.scaleb(-lowest)) for part in parts], dtype=object)
