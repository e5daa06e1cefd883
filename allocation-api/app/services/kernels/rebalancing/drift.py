"""Allocation drift: the current share of each asset class of a portfolio less its target share.

Source: the usual definition of drift in portfolio rebalancing, in percentage points; total drift is the sum
of absolute values, twice the one-way turnover to the targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

PERCENT = 100


@dataclass(frozen=True, slots=True)
class Sleeve:
    """One asset class of a portfolio.

    Parameters
    ----------
    asset_class : str
        Its name.
    value : Decimal
        Current value, in money; below zero for short positions.
    target_percent : Decimal
        Target share of the portfolio's value, in percent.
    band : Decimal
        Drift in percentage points up to which the class is left alone.
    """

    asset_class: str
    value: Decimal
    target_percent: Decimal
    band: Decimal


@dataclass(frozen=True, slots=True)
class ClassDrift:
    """Drift of one class: `difference` in money and `difference_percent` in points, negative when too little.

    `is_out` says that the drift is more than the band; at the edge it is not.
    """

    asset_class: str
    current_value: Decimal
    current_percent: Decimal
    target_percent: Decimal
    target_value: Decimal
    difference: Decimal
    difference_percent: Decimal
    is_out: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """Drift of a portfolio; `total_drift` is the sum of absolute drifts, in points, and not halved."""

    classes: tuple[ClassDrift, ...]
    total_drift: Decimal

    @property
    def needs_rebalancing(self) -> bool:
        """Whether any class is out of its band."""
        return any(each.is_out for each in self.classes)

    @property
    def turnover_to_target(self) -> Decimal:
        """Half of the total drift, in points: what one side of the trades to all targets would be."""
        return self.total_drift / 2


def measure(sleeves: Sequence[Sleeve], portfolio_value: Decimal) -> Drift:
    """Return the drift of a portfolio.

    Parameters
    ----------
    sleeves : sequence of Sleeve
        Its classes; the order is kept.
    portfolio_value : Decimal
        Money that the percentages are of, above zero.

    Raises
    ------
    ValueError
        When the portfolio's value is not above zero.
    """
    if portfolio_value <= 0:
        raise ValueError("the portfolio's value is above zero")
    whole = Fraction(portfolio_value)
    classes = tuple(_drift(each, whole) for each in sleeves)
    total = sum((abs(points(each, whole)) for each in sleeves), Fraction(0))
    return Drift(classes, decimal(total))


def points(sleeve: Sleeve, whole: Fraction) -> Fraction:
    """Return the exact drift of a class in percentage points."""
    return Fraction(sleeve.value) * PERCENT / whole - Fraction(sleeve.target_percent)


def target_value(sleeve: Sleeve, whole: Fraction) -> Fraction:
    """Return the exact money that the target share is."""
    return whole * Fraction(sleeve.target_percent) / PERCENT


def decimal(number: Fraction) -> Decimal:
    """Return a number with the digits that decimal arithmetic keeps."""
    return Decimal(number.numerator) / Decimal(number.denominator)


def _drift(sleeve: Sleeve, whole: Fraction) -> ClassDrift:
    target = target_value(sleeve, whole)
    drift = points(sleeve, whole)
    return ClassDrift(
        asset_class=sleeve.asset_class,
        current_value=sleeve.value,
        current_percent=decimal(Fraction(sleeve.value) * PERCENT / whole),
        target_percent=sleeve.target_percent,
        target_value=decimal(target),
        difference=decimal(Fraction(sleeve.value) - target),
        difference_percent=decimal(drift),
        is_out=abs(drift) > Fraction(sleeve.band),
    )
