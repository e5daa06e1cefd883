"""Utilisation: the current value of each asset over its target value, and whether any leaves a band about 1.

Source: the product's definition of reallocation (R25.1). A mean or a median over assets hides what offsets
each other, so that the worst asset decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Holding:
    """Current and target value of an asset, in whole cents, neither below 0."""

    asset: str
    current: int
    target: int


@dataclass(frozen=True, slots=True)
class Utilization:
    """How much of its target an asset has.

    Parameters
    ----------
    asset : str
    ratio : Fraction or None
        Current over target; 0 where both are 0, None where the target is 0 and something is held: it is to be
        sold.
    difference : Fraction
        |current - target| over the larger of both, from 0 to 1; 0 where both are 0.
    is_out : bool
        Whether the ratio is outside of [1 - threshold, 1 + threshold]; at the edge it is not. What is to be
        sold always is, and an asset of which nothing is held or wanted never.
    """

    asset: str
    ratio: Fraction | None
    difference: Fraction
    is_out: bool

    @property
    def is_to_be_sold(self) -> bool:
        """Whether there is no target, and something is held."""
        return self.ratio is None


@dataclass(frozen=True, slots=True)
class UtilizationReport:
    """Utilisation of a portfolio.

    Parameters
    ----------
    assets : tuple of Utilization
        In the order of the holdings.
    overall : Fraction or None
        Mean of the ratios, weighted by target value; None without any target.
    worst : Fraction or None
        Largest |ratio - 1| of the assets with a target; None without any.
    """

    assets: tuple[Utilization, ...]
    overall: Fraction | None
    worst: Fraction | None

    @property
    def is_needed(self) -> bool:
        """Whether any asset is out of the band."""
        return any(each.is_out for each in self.assets)


def measure(holdings: Sequence[Holding], threshold: Fraction) -> UtilizationReport:
    """Return the utilisation of each asset and of all.

    Raises
    ------
    ValueError
        For a value or a threshold below 0.
    """
    if threshold < 0 or any(min(each.current, each.target) < 0 for each in holdings):
        raise ValueError("values and the threshold are not below 0")
    aimed = [each for each in holdings if each.target]
    total = sum(each.target for each in aimed)
    deviations = [abs(Fraction(each.current, each.target) - 1) for each in aimed]
    return UtilizationReport(
        tuple(_of(each, threshold) for each in holdings),
        Fraction(sum(each.current for each in aimed), total) if total else None,
        max(deviations, default=None),
    )


def _of(holding: Holding, threshold: Fraction) -> Utilization:
    current, target = holding.current, holding.target
    larger = max(current, target)
    difference = Fraction(abs(current - target), larger) if larger else Fraction(0)
    if target:
        ratio = Fraction(current, target)
        return Utilization(holding.asset, ratio, difference, is_out=abs(ratio - 1) > threshold)
    ratio_without = None if current else Fraction(0)
    return Utilization(holding.asset, ratio_without, difference, is_out=current > 0)
