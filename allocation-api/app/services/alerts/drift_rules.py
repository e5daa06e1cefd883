"""Rules over drift: classes out of their band, and portfolios that need rebalancing (R19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.services.alerts.types import Finding, RuleName, Severity

CRITICAL_BANDS = 2
"""Distance from the target, in widths of the band, from which drift is CRITICAL."""


@dataclass(frozen=True, slots=True)
class ClassOutOfBand:
    """A class whose share is further from its target than its band; all in percent of the portfolio."""

    name: str
    current: Decimal
    target: Decimal
    band: Decimal

    @property
    def drift(self) -> Decimal:
        """Current share less target, in percentage points."""
        return self.current - self.target


@dataclass(frozen=True, slots=True)
class PortfolioOutOfBand:
    """A portfolio with classes out of band; `groups` are the portfolio groups that it belongs to."""

    portfolio_id: str
    classes: tuple[ClassOutOfBand, ...]
    groups: frozenset[str]
    link: str | None = None


class DriftSource(Protocol):
    """What knows how far portfolios are from their targets."""

    def out_of_band(self) -> Sequence[PortfolioOutOfBand] | None:
        """Return the portfolios with classes out of band; None where that cannot be said now."""


class Drift:
    """A class of a portfolio is out of its band: a finding for each portfolio, class and direction."""

    name = RuleName.DRIFT

    def __init__(self, source: DriftSource) -> None:
        self._source = source

    def findings(self) -> Sequence[Finding] | None:
        """Return the classes that are out of band."""
        found = self._source.out_of_band()
        if found is None:
            return None
        return [_drift(portfolio, each) for portfolio in found for each in portfolio.classes]


class NeedsRebalancing:
    """A portfolio has classes out of band: a finding for each portfolio."""

    name = RuleName.NEEDS_REBALANCING

    def __init__(self, source: DriftSource) -> None:
        self._source = source

    def findings(self) -> Sequence[Finding] | None:
        """Return the portfolios that need rebalancing."""
        found = self._source.out_of_band()
        if found is None:
            return None
        return [
            Finding(
                f"NEEDS_REBALANCING:{portfolio.portfolio_id}",
                portfolio.portfolio_id,
                Severity.INFO,
                f"{portfolio.portfolio_id} needs rebalancing: out of band are "
                f"{', '.join(each.name for each in portfolio.classes)}.",
                portfolio.link,
                portfolio.groups,
            )
            for portfolio in found
            if portfolio.classes
        ]


def _drift(portfolio: PortfolioOutOfBand, found: ClassOutOfBand) -> Finding:
    direction = "under" if found.drift < 0 else "over"
    is_critical = abs(found.drift) >= CRITICAL_BANDS * found.band
    return Finding(
        f"DRIFT:{portfolio.portfolio_id}:{found.name}:{direction}",
        portfolio.portfolio_id,
        Severity.CRITICAL if is_critical else Severity.WARNING,
        f"{portfolio.portfolio_id}, {found.name}: {direction}-allocated by {abs(found.drift):.2f}% "
        f"(current: {found.current:.2f}%, target: {found.target:.2f}%)",
        portfolio.link,
        portfolio.groups,
    )
