"""Time-weighted returns: Modified Dietz between two snapshots, linked over all of them.

Where there is a snapshot at each flow the linked return is the exact time-weighted one; a flow between two
snapshots counts by the part of their time for which it was there. Source: CFA Institute, "Global Investment
Performance Standards (GIPS) for firms" (2020), section 2; Dietz, "Pension funds: measuring investment
performance" (1966).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk import Fault, FaultKind, RiskError
from app.services.kernels.risk.errors import refuse
from app.services.kernels.risk.inputs import numbers, series

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshots:
    """Values of what is measured at moments of one clock; `of` makes it from what is not checked yet.

    Parameters
    ----------
    times : ndarray of shape (n,)
        Seconds since 1970-01-01 UTC, whatever the local clock does; each later than the one before.
    values : ndarray of shape (n,)
        Money, at least 0; what flowed in or out at that very moment is in it.
    """

    times: FloatArray
    values: FloatArray

    @classmethod
    def of(cls, times: ArrayLike, values: ArrayLike) -> Snapshots:
        """Return the snapshots.

        Raises
        ------
        RiskError
            SHAPE, TOO_FEW_ROWS, NOT_FINITE or OVERFLOW; OUT_OF_RANGE for times that do not ascend and for
            values below 0.
        """
        moments, found = series(times, "times"), series(values, "values")
        if len(moments) != len(found):
            text = f"There are {len(found)}, and {len(moments)} times."
            raise refuse(FaultKind.SHAPE, "values", text)
        faults = []
        if (np.diff(moments) <= 0).any():
            text = "Each must be later than the one before."
            faults.append(Fault(FaultKind.OUT_OF_RANGE, "times", text))
        if (found < 0).any():
            faults.append(Fault(FaultKind.OUT_OF_RANGE, "values", "A value below 0 has no return."))
        if faults:
            raise RiskError(*faults)
        return cls(moments, found)


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """What was paid in (above 0) or out (below 0) from outside, in any order.

    Fees, interest and dividends that stay are returns and no flows.

    Parameters
    ----------
    times : ndarray of shape (m,)
        Seconds since 1970-01-01 UTC.
    amounts : ndarray of shape (m,)
        Money.
    """

    times: FloatArray
    amounts: FloatArray

    @classmethod
    def of(cls, times: ArrayLike, amounts: ArrayLike) -> Flows:
        """Return the flows; there may be none.

        Raises
        ------
        RiskError
            SHAPE, NOT_FINITE or OVERFLOW.
        """
        moments, found = numbers(times, "flow times"), numbers(amounts, "flows")
        if not moments.size and not found.size:
            return NO_FLOWS
        moments, found = series(moments, "flow times", 1), series(found, "flows", 1)
        if len(moments) != len(found):
            text = f"There are {len(found)}, and {len(moments)} times."
            raise refuse(FaultKind.SHAPE, "flows", text)
        return cls(moments, found)


NO_FLOWS = Flows(np.empty(0), np.empty(0))


def time_weighted(snapshots: Snapshots, flows: Flows = NO_FLOWS) -> FloatArray:
    """Return (V' - V - F) / (V + sum(w f)) from each snapshot to the next, of shape (n - 1,).

    V and V' are the values, F the sum of the flows f after the first and until the second of both, w the part
    of the time between them that was left after the flow.

    Raises
    ------
    RiskError
        OUT_OF_RANGE for a flow that is not after the first snapshot and until the last one, UNDEFINED where
        nothing was invested between two of them.
    """
    times, values = snapshots.times, snapshots.values
    if ((flows.times <= times[0]) | (flows.times > times[-1])).any():
        text = "Each must be after the first snapshot, and not after the last one."
        raise refuse(FaultKind.OUT_OF_RANGE, "flow times", text)
    ends = np.searchsorted(times, flows.times, side="left")
    left = (times[ends] - flows.times) / (times[ends] - times[ends - 1])
    count = len(times)
    flowed = np.bincount(ends, flows.amounts, count)[1:]
    invested = values[:-1] + np.bincount(ends, flows.amounts * left, count)[1:]
    if (invested <= 0).any():
        first = int(np.argmax(invested <= 0))
        text = f"Nothing was invested between the snapshots {first} and {first + 1}."
        raise refuse(FaultKind.UNDEFINED, "values", text)
    with np.errstate(over="ignore"):
        found: FloatArray = (np.diff(values) - flowed) / invested
    return found


def period_returns(returns: FloatArray, periods: IntArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Link returns between snapshots into those of periods, and say which of these are a single period long.

    Parameters
    ----------
    returns : ndarray of shape (n - 1,)
        From each snapshot to the next.
    periods : ndarray of shape (n,)
        Number of the period of each snapshot by the clock of whoever measures, such as the days of a time
        zone; consecutive periods have consecutive numbers. The last snapshot of a period is its end.

    Returns
    -------
    ndarray of shape (k,), ndarray of shape (k,)
        The return from the end of each period to that of the next one that has a snapshot, and whether no
        period lies between them.

    Raises
    ------
    RiskError
        SHAPE, or OUT_OF_RANGE where a number is below the one before.
    """
    if periods.shape != (len(returns) + 1,):
        raise refuse(FaultKind.SHAPE, "periods", "One for each snapshot is needed.")
    if (np.diff(periods) < 0).any():
        raise refuse(FaultKind.OUT_OF_RANGE, "periods", "None may be below the one before.")
    ends = np.append(np.flatnonzero(np.diff(periods)), len(periods) - 1)
    if len(ends) < 2:
        return np.empty(0), np.empty(0, bool)
    return np.multiply.reduceat(1 + returns, ends[:-1]) - 1, np.diff(periods[ends]) == 1
