"""Sharing in proportion with int64 fixed-point weights: a filter in front of exact arithmetic.

Weights are integers that sum to less than 2^61. Where they are in the exact proportions (amounts in cents),
every answer is exact. Otherwise they are rounded, the bound on what rounding can do to each decision is
checked, and where it could change one the answer is `InDoubtError`: exact integers have to decide (`shares`).

A product of two int64 does not fit, a remainder does: float64 gives the quotient to within one, and
product - quotient x divisor is right modulo 2^64, so it is right (Hensel's remainder).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp, gcd, inf

import numpy as np

from app.services.allocation.feasible import total_of
from app.services.allocation.problem import BoolArray, FloatArray, IntArray
from app.services.allocation.shares import decimal_integers

_BITS = 61
_MAX_SUM = 2**_BITS
_CLOSE = 1e-13
"""More than float64 can err, relatively, in a level and in the ratio it is compared with."""
_DECIMAL = 2.0**-51
"""More than a float64 is off its own decimal form, relatively, where it is not subnormal; room for sums."""
_TINY = 2.0**-900


class InDoubtError(ArithmeticError):
    """Rounding of the weights could change a decision."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedPointShares:
    """Shares of a total: a bound where `fixed`, else weight x pool / divisor (see `shares.Shares`).

    `level` is pool / divisor in units of the base amounts, to within `_CLOSE`.
    """

    weights: FixedPoint
    fixed: BoolArray
    bound: IntArray
    pool: int
    divisor: int
    level: float

    def reaches(self, account: int, face: int) -> bool:
        """Say whether the share of `account` is at least `face`, a positive face not above its bound."""
        if self.fixed[account]:
            return True
        share = float(self.weights.base[account]) * self.level
        if abs(share - face) > _CLOSE * face:
            return share > face
        self.weights.must_be_exact()
        return int(self.weights.parts[account]) * self.pool >= face * self.divisor

    def in_lots(self, increment: int) -> IntArray:
        """Round to the grid by largest remainder, ties to the earlier account; bounds must be on the grid."""
        face = np.where(self.fixed, self.bound, 0)
        free = np.flatnonzero(~self.fixed)
        if not free.size:
            return face
        common = gcd(self.pool, increment)
        pool, step = self.pool // common, self.divisor * (increment // common)
        if step >= _MAX_SUM:
            raise InDoubtError
        parts = self.weights.parts[free]
        lots, remainder = _divmod(parts, pool, step)
        slack = self.weights.slack(parts, pool, self.divisor)
        if slack is not None and (
            np.any((remainder < slack) & (lots > 0)) or np.any(remainder + slack >= step)
        ):
            raise InDoubtError
        extra = pool * self.divisor // step - int(lots.sum())
        if extra:
            lots += _largest(remainder, extra, slack)
        face[free] = lots * increment
        return face


@dataclass(frozen=True, slots=True, eq=False)
class FixedPoint:
    """Weights as integers in the proportions of base amounts.

    Parameters
    ----------
    base : float64[n]
        Positive; scaled by a power of two where the weights are rounded.
    parts : int64[n]
        Sum below 2^61.
    exact : bool
        Whether `parts` are in the exact proportions of the shortest decimal forms of `base`.
    """

    base: FloatArray
    parts: IntArray
    exact: bool

    @classmethod
    def of(cls, base: FloatArray) -> FixedPoint:
        """Convert base amounts (float64[n], positive).

        Raises
        ------
        InDoubtError
            If they lie too far apart, or too low, for float64.
        """
        parts = decimal_integers(base)
        if parts is not None and float(parts.sum(dtype=np.float64)) < _MAX_SUM / 2:
            return cls(base, parts, exact=True)
        largest = float(np.maximum.reduce(base))
        scaled = np.ldexp(base, _BITS - 1 - base.size.bit_length() - frexp(largest)[1])
        least = min(float(np.minimum.reduce(base)), float(np.minimum.reduce(scaled)))
        if least < _TINY:
            raise InDoubtError
        return cls(scaled, np.rint(scaled).astype(np.int64), exact=False)

    def must_be_exact(self) -> None:
        """Raise `InDoubtError` if the weights are rounded."""
        if not self.exact:
            raise InDoubtError

    def slack(self, parts: IntArray, pool: int, divisor: int) -> FloatArray | None:
        """Return how far rounding may have moved each remainder of parts x pool, None where it cannot.

        A weight is off by half a unit and its decimal form, the divisor by the sum of that.
        """
        if self.exact:
            return None
        relative = 0.5 * parts.size / divisor + _DECIMAL if divisor else 1.0
        if relative > 1e-3:
            raise InDoubtError
        slack = parts.astype(np.float64)
        slack *= relative + _DECIMAL
        slack += 0.5
        slack *= 1.01 * pool
        return slack

    def fill(self, upper: IntArray, total: int) -> FixedPointShares:
        """Share `total` within [0, upper] by water-filling, exactly (Bitran and Hax 1981).

        Without lower bounds the level only rises, so whoever is past its bound stays there. Only those whose
        bound float64 cannot tell from their share are compared in exact integers.

        Parameters
        ----------
        upper : int64[n]
        total : int
            Positive, at most sum(upper).
        """
        free = np.flatnonzero(upper)
        base, most = self.base[free], upper[free]
        pool, level = total, 0.0
        capacity = total_of(most)
        if total < capacity:
            full = most / base  # the level at which an account meets its bound
            while True:
                level = pool / float(np.add.reduce(base))
                rest = np.flatnonzero(full > level * (1.0 - _CLOSE))
                if rest.size == free.size:
                    rest = self._under(free, most, full <= level * (1.0 + _CLOSE), pool)
                    if rest.size == free.size:
                        break
                free, base, most, full = free[rest], base[rest], most[rest], full[rest]
                left = total_of(most)
                pool, capacity = pool - (capacity - left), left
        else:
            free, pool = free[:0], 0
        fixed = np.ones(upper.size, dtype=np.bool_)
        fixed[free] = False
        divisor = int(self.parts[free].sum()) or 1
        return FixedPointShares(self, fixed, upper, pool, divisor, level)

    def _under(self, free: IntArray, most: IntArray, close: BoolArray, pool: int) -> IntArray:
        """Return the places of those under their bound, compared exactly where it is `close`."""
        if close.any():
            self.must_be_exact()
            parts = self.parts[free]
            share = parts[close].astype(object) * pool
            close[close] = share >= most[close].astype(object) * int(parts.sum())
        return np.flatnonzero(~close)


def _divmod(parts: IntArray, pool: int, step: int) -> tuple[IntArray, IntArray]:
    """Return quotients and remainders of parts x pool by `step` < 2^61, quotients below 2^50."""
    quotient = np.floor(parts * (pool / step)).astype(np.int64)
    remainder = parts * np.int64(pool)
    remainder -= quotient * np.int64(step)
    low = remainder < 0
    quotient -= low
    remainder += low * np.int64(step)
    high = remainder >= step
    quotient += high
    remainder -= high * np.int64(step)
    return quotient, remainder


def _largest(remainder: IntArray, count: int, slack: FloatArray | None) -> BoolArray:
    """Return a mask of the `count` (positive) largest remainders, ties to the earlier account."""
    cut = np.partition(remainder, remainder.size - count)[remainder.size - count]
    first: BoolArray = remainder > cut
    tied = np.flatnonzero(remainder == cut)[: count - int(np.count_nonzero(first))]
    first[tied] = True
    if slack is not None:
        least = float(np.where(first, remainder - slack, inf).min())
        if least <= float(np.where(first, -inf, remainder + slack).max()):
            raise InDoubtError
    return first
