"""Subset sums by meeting in the middle (Horowitz and Sahni 1974): exact, at a cost that no amount enters.

Two halves of the accounts have few enough subsets to list, and the best pair is found by sorting. This is for
positions so large, or with cents so fine, that a bit for each sum would take too long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.kernels.allocation.problem import BoolArray, IntArray

MAX_ACCOUNTS = 36
"""Accounts whose halves have 262,144 subsets each, which takes some hundredths of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class BestSubset:
    """The accounts (bool[n]) that add up to `total`, the largest sum within the limit; -1 where none is."""

    total: int
    chosen: BoolArray


def best_subset(amounts: IntArray, natural: BoolArray, limit: int) -> BestSubset:
    """Return the subset with the largest sum of at most `limit`.

    Parameters
    ----------
    amounts : int64[n]
        Not negative; at most `MAX_ACCOUNTS` of them, whose sum fits an int64.
    natural : bool[n]
        Who is chosen where nothing speaks against it. Of subsets with that sum the one is taken whose last
        departure from it comes first.
    limit : int
        May be negative; then there is no subset.
    """
    if limit < 0:
        return BestSubset(-1, natural.copy())
    half = amounts.size // 2
    low, low_mask = _sums(amounts[:half], natural[:half])
    high, high_mask = _sums(amounts[half:], natural[half:])
    match = np.searchsorted(low, limit - high, side="right") - 1
    total = np.where(match >= 0, high + low[match], -1)
    best = int(total.max())
    at = np.flatnonzero(total == best)
    at = at[np.argmin(high_mask[at])]
    departs = int(high_mask[at]) << half | int(low_mask[match[at]])
    bits = departs >> np.arange(amounts.size, dtype=np.int64) & 1
    return BestSubset(best, natural ^ bits.astype(np.bool_))


def _sums(amounts: IntArray, natural: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the distinct sums, ascending, and for each the least mask of departures that makes it."""
    sums = np.array([amounts[natural].sum()], dtype=np.int64)
    for change in np.where(natural, -amounts, amounts).tolist():
        sums = np.concatenate((sums, sums + change))
    distinct, mask = np.unique(sums, return_index=True)
    return distinct, mask.astype(np.int64)
