"""The prices that a backtest runs on: one row a trading day, one column an asset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.risk.errors import Fault, FaultKind, RiskError
from app.services.kernels.risk.inputs import listed

MAX_ROWS = 20_000
"""Trading days of a market: eighty years."""

MAX_PRICE = 1e15
"""Price or volume up to which amounts of money stay far from the limits of float64."""

MIN_PRICE = 1e-15
MIN_PERIOD_ROWS = 3
"""Rows from `start` on: one to decide, one to trade, one to have a return."""

Days = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Prices on the days that all assets have; `of` makes it from what is not checked yet.

    Parameters
    ----------
    assets : tuple of str
        The n names.
    days : int32[T]
        Days since 1970-01-01, each later than the one before.
    closes : float64[T, n]
    opens : float64[T, n]
        NaN where there is none.
    volumes : float64[T, n]
        Units traded; NaN where that is not known.
    start : int
        First row of the backtest; earlier ones are what a strategy may have seen at its beginning.
    """

    assets: tuple[str, ...]
    days: Days
    closes: FloatArray
    opens: FloatArray
    volumes: FloatArray
    start: int = 0

    @classmethod
    def of(
        cls,
        assets: tuple[str, ...],
        days: Days,
        closes: FloatArray,
        opens: FloatArray | None = None,
        volumes: FloatArray | None = None,
        start: int = 0,
    ) -> Market:
        """Return the market of these prices, which are copied and cannot be written to.

        Raises
        ------
        RiskError
            SHAPE, TOO_FEW_ROWS, TOO_MANY_ROWS, NOT_FINITE or OUT_OF_RANGE, all that apply.
        """
        shape = (len(days), len(assets))
        nothing = np.full(shape, np.nan)
        given = {
            "closes": np.array(closes, np.float64),
            "opens": nothing.copy() if opens is None else np.array(opens, np.float64),
            "volumes": nothing.copy() if volumes is None else np.array(volumes, np.float64),
        }
        kept = np.array(days, np.int32)
        faults = [*_faults_of_rows(kept, assets, start)]
        for field, values in given.items():
            faults += _faults_of_values(field, values, shape, assets)
        if faults:
            raise RiskError(*faults)
        for each in (kept, *given.values()):
            each.flags.writeable = False
        return cls(assets, kept, given["closes"], given["opens"], given["volumes"], start)

    @property
    def size(self) -> int:
        """Number of assets."""
        return len(self.assets)

    def execution_prices(self, row: int) -> FloatArray:
        """Return the opens of a row, and the closes of assets that have none."""
        opens = self.opens[row]
        prices: FloatArray = np.where(np.isnan(opens), self.closes[row], opens)
        return prices


def _faults_of_rows(days: Days, assets: tuple[str, ...], start: int) -> Iterator[Fault]:
    if not assets or len(set(assets)) < len(assets):
        yield Fault(FaultKind.SHAPE, "assets", "There must be one, and each is named once.")
    if len(days) > MAX_ROWS:
        yield Fault(FaultKind.TOO_MANY_ROWS, "days", f"{len(days)} are more than {MAX_ROWS}.")
    if len(days) - start < MIN_PERIOD_ROWS or start < 0:
        text = f"There are {max(len(days) - start, 0)} days; {MIN_PERIOD_ROWS} are needed at least."
        yield Fault(FaultKind.TOO_FEW_ROWS, "days", text)
    if (np.diff(days) <= 0).any():
        yield Fault(FaultKind.SHAPE, "days", "Each must be later than the one before.")


def _faults_of_values(
    field: str, values: FloatArray, shape: tuple[int, int], assets: tuple[str, ...]
) -> Iterator[Fault]:
    if values.shape != shape:
        yield Fault(FaultKind.SHAPE, field, f"They must have the shape {shape}, not {values.shape}.")
        return
    missing = np.isnan(values)
    if field == "closes" and (named := _columns(missing, assets)):
        yield Fault(FaultKind.NOT_FINITE, field, f"Prices are missing: {listed(named)}.", named)
    low = 0.0 if field == "volumes" else MIN_PRICE
    if named := _columns(~missing & ~((values >= low) & (values <= MAX_PRICE)), assets):
        text = f"They must be from {low:g} to {MAX_PRICE:g}: {listed(named)}."
        yield Fault(FaultKind.OUT_OF_RANGE, field, text, named)


def _columns(wrong: NDArray[np.bool_], assets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(assets[at] for at in np.flatnonzero(wrong.any(axis=0)))
