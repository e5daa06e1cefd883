"""Minimum dispersion on one page: the readable reference of the algorithm. Run it for a worked example.

A block order of Q face in one bond is split over n accounts. Face q_i moves the account's metric, say its
active spread duration in years, along a straight line:

    y_i(q_i) = a_i + c_i q_i
    c_i = side x (dirty price / 100) x spread duration / NAV_i,    side = +1 for BUY, -1 for SELL

and the split that leaves the accounts closest together solves

    minimise  sum_i w_i (y_i - mean(y))^2    subject to    sum_i q_i = Q,    0 <= q_i <= cap_i

with w_i = 1/n, or NAV_i / sum NAV. The variables must be scaled: in face amounts the gradient is about 1e-8,
and SLSQP, whose tolerance is 1e-6, stops where it starts and calls it success. So: fractions of the order
instead of face (they sum to one), and the variance in units of the variance before the trade.

The service solves the same problem exactly (allocation-api/app/services/allocation); its tests compare.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Array = NDArray[np.float64]

NO_FURTHER_STEP = 8
"""What SLSQP returns, beside success, when it stands on the optimum and can see no way down."""


class Book(NamedTuple):
    """The accounts, and what one unit of face of the bond does to them (see above for a, c and w)."""

    metric: Array
    slope: Array
    cap: Array
    weight: Array

    def variance(self, face: Array) -> float:
        """Return the weighted variance of the metric after `face` is traded."""
        metric = self.metric + self.slope * face
        return float(self.weight @ (metric - self.weight @ metric) ** 2)

    def std_dev(self, face: Array) -> float:
        """Return its root: the dispersion, in the metric's unit."""
        return float(np.sqrt(self.variance(face)))


def split_continuously(book: Book, quantity: float) -> Array:
    """Return the best face amounts without lots: SLSQP, scaled, with the analytic gradient.

    `quantity` must not be more than the caps add up to.
    """
    if quantity == 0:
        return np.zeros_like(book.cap)
    scale = book.variance(np.zeros_like(book.cap)) or 1.0

    def value(part: Array) -> float:
        return book.variance(part * quantity) / scale

    def gradient(part: Array) -> Array:
        metric = book.metric + book.slope * part * quantity
        slope: Array = 2 * book.weight * (metric - book.weight @ metric) * book.slope * quantity / scale
        return slope

    upper = np.minimum(book.cap / quantity, 1.0)
    result = minimize(
        value,
        upper / upper.sum(),
        jac=gradient,
        method="SLSQP",
        bounds=[(0.0, float(limit)) for limit in upper],
        constraints={"type": "eq", "fun": lambda part: part.sum() - 1, "jac": np.ones_like},
        options={"maxiter": 1000, "ftol": 1e-16},
    )
    if not result.success and result.status != NO_FURTHER_STEP:
        raise RuntimeError(f"SLSQP: {result.message}")
    face: Array = np.clip(result.x, 0.0, upper) * quantity
    return face


def split_in_lots(book: Book, quantity: int, lot: int) -> Array:
    """Return face amounts in whole lots: round down, hand out what is left, then exchange lots pairwise.

    Each lot left goes where it raises the variance least; then one lot moves from one account to another as
    long as that helps. (This finds a very good split and proves nothing; the service proves.)
    """
    room = np.floor(book.cap / lot)
    lots = np.minimum(np.floor(split_continuously(book, quantity) / lot + 1e-9), room)

    def after(lots: Array, giver: int | None, taker: int) -> float:
        moved = lots.copy()
        moved[taker] += 1
        if giver is not None:
            moved[giver] -= 1
        return book.variance(moved * lot)

    while lots.sum() < quantity // lot:
        takers = np.flatnonzero(lots < room).tolist()
        lots[min(takers, key=lambda taker: after(lots, None, taker))] += 1
    while True:
        givers, takers = np.flatnonzero(lots > 0).tolist(), np.flatnonzero(lots < room).tolist()
        pairs = [(giver, taker) for giver in givers for taker in takers if giver != taker]
        if not pairs:
            break
        giver, taker = min(pairs, key=lambda pair: after(lots, *pair))
        if after(lots, giver, taker) >= book.variance(lots * lot) * (1 - 1e-15):
            break
        lots[giver] -= 1
        lots[taker] += 1
    face: Array = lots * lot
    return face


def example_book() -> Book:
    """Four accounts; one bond at clean 98.5, no accrued, spread duration 3.8 years."""
    nav = np.array([100e6, 150e6, 80e6, 50e6])
    cash = np.array([5e6, 8e6, 3e6, 1e6])
    return Book(
        metric=np.array([5.2, 4.8, 5.5, 5.0]),
        slope=98.5 / 100 * 3.8 / nav,
        cap=cash / (98.5 / 100),
        weight=np.full(4, 1 / 4),
    )


def main() -> None:
    """Print the worked example: BUY 8 and 10 million, before, continuous and in lots of 1,000."""
    book = example_book()
    row = "{:<24}{:>16}{:>16}{:>16}{:>16}{:>16}"
    print(row.format("face", "ACC001", "ACC002", "ACC003", "ACC004", "std (years)"))
    print(row.format("before the trade", 0, 0, 0, 0, f"{book.std_dev(np.zeros(4)):.10f}"))
    for quantity in (8_000_000, 10_000_000):
        for name, face in (
            (f"BUY {quantity:,}", split_continuously(book, quantity)),
            ("  in lots of 1,000", split_in_lots(book, quantity, 1_000)),
        ):
            amounts = (f"{amount:,.2f}" for amount in face)
            print(row.format(name, *amounts, f"{book.std_dev(face):.10f}"))


if __name__ == "__main__":
    main()
