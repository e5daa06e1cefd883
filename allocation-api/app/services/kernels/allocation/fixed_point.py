"""Sharing in proportion with int64 fixed-point weights: a filter in front of exact arithmetic.

Weights are integers that sum to less than 2^61. Where they are in the exact proportions (amounts in cents),
every answer is exact. Otherwise they are rounded, the bound on what rounding can do to each decision is
checked, and where it could change one the answer is `InDoubtError`: exact integers have to decide (`shares`).

A product of two int64 does not fit, a remainder does: float64 gives the quotient to within one, and
product - quotient x divisor is right modulo 2^64, and so it is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, frexp, gcd, inf

import numpy as np

from app.services.kernels.allocation.feasible import total_of
from app.services.kernels.allocation.problem import BoolArray, FloatArray, IntArray
from app.services.kernels.allocation.shares import decimal_integers

_BITS = 61
_MAX_SUM = 2**_BITS
_CLOSE = 1e-13
"""More than float64 can err, relatively, in a level and in the ratio it is compared with."""
_DECIMAL = 2.0**-51
"""More than a float64 is off its own decimal form, relatively, where it is not subnormal; room for sums."""
_TINY = 2.0**-900
_MAX_OFF = 1e-9
"""Largest relative error of a divisor whose square is nothing beside a float64's rounding."""


class InDoubtError(ArithmeticError):
    """Rounding of the weights could change a decision."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedPointShares:
    """Shares of a total: weight x pool / divisor of the accounts `free`, of the others their bound.

    `level` is pool / divisor in units of the base amounts, to within `_CLOSE`.
    """

    weights: FixedPoint
    free: IntArray
    bound: IntArray
    pool: int
    divisor: int
    level: float

    def reaches(self, account: int, face: int) -> bool:
        """Say whether the share of `account` is at least `face`, a positive face not above its bound."""
        at = int(np.searchsorted(self.free, account))
        if at == self.free.size or self.free[at] != account:
            return True
        share = float(self.weights.base[account]) * self.level
        if abs(share - face) > _CLOSE * face:
            return share > face
        self.weights.must_be_exact()
        return int(self.weights.parts[account]) * self.pool >= face * self.divisor

    def in_lots(self, increment: int) -> IntArray:
        """Round to the grid by largest remainder, ties to the earlier account; bounds must be on the grid."""
        faces = self.bound.copy()
        if not self.free.size:
            return faces
        common = gcd(self.pool, increment)
        pool, step = self.pool // common, self.divisor * (increment // common)
        if step >= _MAX_SUM:
            raise InDoubtError
        parts = self.weights.parts[self.free]
        slack = pool * self.weights.error(self.free, parts, self.divisor)
        lots, remainder = _divmod(parts, pool, step)
        if slack and (np.any(lots[remainder < slack]) or int(np.maximum.reduce(remainder)) + slack >= step):
            raise InDoubtError
        extra = pool * self.divisor // step - int(np.add.reduce(lots))
        if extra:
            lots += _largest(remainder, extra, slack)
        lots *= increment
        faces[self.free] = lots
        return faces


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

    def error(self, free: IntArray, parts: IntArray, divisor: int) -> int:
        """Return by how many units of weight the share of one of the `free` accounts may be off.

        `parts` are their weights and `divisor` the sum of these. A weight is off by half a unit and by its
        decimal form, the divisor by what the rounding of its weights adds up to.
        """
        if self.exact:
            return 0
        off = abs(float(np.add.reduce(self.base[free] - parts))) / divisor + _DECIMAL
        if off > _MAX_OFF:
            raise InDoubtError
        return ceil(1.0 + float(np.maximum.reduce(parts)) * (off + _DECIMAL))

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
        free = np.flatnonzero(upper > 0)
        base, most = (self.base, upper) if free.size == upper.size else (self.base[free], upper[free])
        pool, level, capacity = total, 0.0, total_of(most)
        if total == capacity:
            return FixedPointShares(self, free[:0], upper, pool=0, divisor=1, level=inf)
        full = most / base  # the level at which an account meets its bound
        while True:
            level = pool / float(np.add.reduce(base))
            first = float(np.minimum.reduce(full))
            if first > level * (1.0 + _CLOSE):
                break
            if first <= level * (1.0 - _CLOSE):
                rest = np.flatnonzero(full > level * (1.0 - _CLOSE))
            else:
                rest = self._under(free, most, full <= level * (1.0 + _CLOSE), pool)
                if rest.size == free.size:
                    break
            free, base, most, full = free[rest], base[rest], most[rest], full[rest]
            left = total_of(most)
            pool, capacity = pool - (capacity - left), left
        divisor = int(np.add.reduce(self.parts[free]))
        if not divisor:
            raise InDoubtError
        return FixedPointShares(self, free, upper, pool, divisor, level)

    def _under(self, free: IntArray, most: IntArray, close: BoolArray, pool: int) -> IntArray:
        """Return the places of those under their bound, compared exactly where it is `close`."""
        self.must_be_exact()
        parts = self.parts[free]
        share = parts[close].astype(object) * pool
        close[close] = share >= most[close].astype(object) * int(parts.sum())
        return np.flatnonzero(~close)


def _divmod(parts: IntArray, pool: int, step: int) -> tuple[IntArray, IntArray]:
    """Return quotients and remainders of parts x pool by `step` < 2^61, quotients below 2^50."""
    quotient = (parts * (pool / step)).astype(np.int64)
    remainder = parts * np.int64(pool)
    remainder -= quotient * np.int64(step)
    for wrong, by in ((remainder < 0, -1), (remainder >= step, 1)):
        if wrong.any():
            quotient[wrong] += by
            remainder[wrong] -= by * step
    return quotient, remainder


def _largest(remainder: IntArray, count: int, slack: int) -> BoolArray:
    """Return a mask of the `count` largest remainders, ties to the earlier account; some stay outside."""
    place = remainder.size - count
    ranked = np.partition(remainder, place)
    cut = ranked[place]
    if slack and int(cut) - int(np.maximum.reduce(ranked[:place])) <= 2 * slack:
        raise InDoubtError
    first: BoolArray = remainder > cut
    missing = count - int(np.count_nonzero(first))
    first[np.flatnonzero(remainder == cut)[:missing]] = True
    return first
