"""Brute force: every split of an order over a few accounts, from what each of them may get.

Nothing of the application is used; what an account may get is for the caller to say, from the rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence


def fullest_splits(choices: Sequence[Sequence[int]], order: int, step: int = 1) -> list[tuple[int, ...]]:
    """Return every split that places more than the largest total within the order, less a step (R3.5).

    Parameters
    ----------
    choices
        For each account all amounts that it may get.
    order, step
        In the unit of the amounts. With a step of one unit only the largest total counts.

    Returns
    -------
    list of tuple
        One amount for each account; empty where no split is within the order.
    """
    within = [split for split in itertools.product(*choices) if sum(split) <= order]
    largest = max(map(sum, within), default=0)
    return [split for split in within if sum(split) > largest - step]
