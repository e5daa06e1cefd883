"""Sums and orders of large arrays, bit for bit those of `math.fsum` and `numpy.lexsort` but quicker."""

from __future__ import annotations

from collections.abc import Callable
from math import frexp, fsum, isfinite, ldexp

import numpy as np

from app.services.kernels.allocation.problem import FloatArray, IntArray

_SHORT = 200
_LAYERS = 3
_MAX_EXPONENT = 1_000


def exact_sum(values: FloatArray) -> float:
    """Return the exactly rounded sum by error-free extraction (Rump, Ogita, Oishi 2008): `math.fsum`'s.

    Each layer takes the leading bits of all values on one common grid, so coarse that their sum needs no
    rounding; what the layers leave is summed one by one.
    """
    largest = 0.0 if values.size < _SHORT else largest_size(values)
    if not isfinite(largest) or frexp(largest)[1] > _MAX_EXPONENT - values.size.bit_length():
        return fsum(values.tolist())
    layers: list[float] = []
    rest, leading = values, np.empty_like(values)
    while largest and len(layers) < _LAYERS:
        grid = ldexp(1.0, frexp(largest)[1] + values.size.bit_length() + 1)
        np.add(rest, grid, out=leading)
        leading -= grid
        rest = np.subtract(rest, leading, out=rest if layers else None)
        layers.append(float(np.add.reduce(leading)))
        largest = largest_size(rest)
    if layers:
        rest = rest[rest != 0.0]
    return fsum([*layers, *rest.tolist()])


def largest_size(values: FloatArray) -> float:
    """Return the largest absolute value, which takes no further array."""
    return max(float(np.maximum.reduce(values)), -float(np.minimum.reduce(values)))


def lexical_order(primary: FloatArray, *others: FloatArray | IntArray) -> IntArray:
    """Return the indices that sort by `primary`, ties by each of `others` in turn, at last by index.

    Equal to `numpy.lexsort`, which sorts by every key. Here the leading bits of `primary` are sorted, each
    with its index in the bits behind, and the rest is read only where these tie; nan comes last.
    """
    places = np.int64((1 << primary.size.bit_length()) - 1)
    leading = np.where(np.isnan(primary), np.nan, primary + 0.0).view(np.int64)  # one nan and one zero
    leading ^= (leading >> 63) & np.int64(2**63 - 1)  # integers in the order of the floats
    leading &= ~places
    leading |= np.arange(primary.size)
    leading.sort()
    order: IntArray = leading & places
    leading |= places
    same = leading[1:] == leading[:-1]
    if not same.any():
        return order
    tied = np.zeros(order.size, dtype=np.bool_)
    tied[1:] = same
    tied[:-1] |= same
    group = order[tied]
    keys = (group, *(key[group] for key in reversed(others)), primary[group])
    order[tied] = group[np.lexsort(keys)]
    return order


def last_that(holds: Callable[[int], bool], most: int) -> int:
    """Return the largest count in [0, most] for which a monotone `holds` is true; it is true at 0."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
