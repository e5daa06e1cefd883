"""When a strategy is asked: on the first trading day of each period."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from app.services.kernels.allocation.problem import IntArray
from app.services.kernels.backtest.market import Days

_WEEK_OFFSET = 3  # 1970-01-01 was a Thursday: so many days after a Monday
_MONTHS_OF_QUARTER = 3


class RebalancingFrequency(StrEnum):
    """Periods at whose first trading day a strategy decides; a week begins on Monday."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


def period_starts(days: Days, frequency: RebalancingFrequency) -> IntArray:
    """Return the rows that are the first of their period, row 0 among them."""
    if frequency is RebalancingFrequency.DAILY:
        return np.arange(len(days))
    if frequency is RebalancingFrequency.WEEKLY:
        period = (days.astype(np.int64) + _WEEK_OFFSET) // 7
    else:
        period = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        if frequency is RebalancingFrequency.QUARTERLY:
            period //= _MONTHS_OF_QUARTER
    return np.append(0, np.flatnonzero(period[1:] != period[:-1]) + 1)
