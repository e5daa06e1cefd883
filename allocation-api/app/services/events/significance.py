"""Significance of a change: prices, volatilities and correlations now against those of a moment (R26.3).

It measures against the data of the last recalculation, not of the last event, so that small changes add up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from app.services.events.types import MonitorConfig, PriceChange, RecalculationReason
from app.services.kernels.risk import Panel
from app.services.kernels.risk.covariance import correlation
from app.services.kernels.risk.inputs import LARGEST
from app.services.market_history import measures
from app.services.market_history.bars import Bars
from app.services.market_history.series import common, returns_of
from app.services.market_history.types import MarketPeriod

WINDOW = 60
"""Daily returns that volatility and correlation are of."""

MIN_RETURNS = 20
"""Returns without which neither is measured."""


def reason_of(
    config: MonitorConfig,
    named: Collection[str],
    stated: Iterable[tuple[str, PriceChange]],
    then: Mapping[str, Bars],
    now: Mapping[str, Bars],
) -> RecalculationReason | None:
    """Return why events are significant, None where they are not.

    Parameters
    ----------
    named : collection of str
        Assets of the portfolio that the events name.
    stated : iterable
        Price changes that the events state, of these assets.
    then, now : mapping
        Bars of all assets of the portfolio at its last recalculation and now; those without any are left out.
    """
    thresholds = config.significance_thresholds
    moved: dict[str, float] = {}
    for asset, each in stated:
        moved[asset] = max(abs(each.after / each.before - 1), moved.get(asset, 0.0))
    unknown = [asset for asset in named if asset not in moved and (asset not in then or asset not in now)]
    for asset in set(then) & set(now) & set(named):
        change = abs(float(now[asset].closes[-1]) / float(then[asset].closes[-1]) - 1)
        moved[asset] = max(change, moved.get(asset, 0.0))
    if any(change >= thresholds.price_of(config.asset_classes.get(asset)) for asset, change in moved.items()):
        return RecalculationReason.PRICE
    both = {asset: (then[asset], now[asset]) for asset in sorted(set(then) & set(now))}
    unknown += [asset for asset in named if asset in both and not all(map(_is_measurable, both[asset]))]
    if any(
        _volatility_change(*pair) >= thresholds.volatility for asset, pair in both.items() if asset in named
    ):
        return RecalculationReason.VOLATILITY
    if _correlation_change(both) >= thresholds.correlation:
        return RecalculationReason.CORRELATION
    return RecalculationReason.NOT_MEASURABLE if unknown else None


def _is_measurable(bars: Bars) -> bool:
    """Say whether returns are numbers that can be squared: with prices near 0 they may be beyond that."""
    return bool((np.abs(_recent(bars)) <= LARGEST).all())


def _recent(bars: Bars) -> measures.Array:
    return returns_of(bars.closes[-WINDOW - 1 :])


def _volatility_change(then: Bars, now: Bars) -> float:
    """Return the relative change of the standard deviation of returns; 0 where it cannot be measured."""
    before, after = _recent(then), _recent(now)
    if min(len(before), len(after)) < MIN_RETURNS or not (_is_measurable(then) and _is_measurable(now)):
        return 0.0
    was, is_now = float(np.std(before, ddof=1)), float(np.std(after, ddof=1))
    if was < measures.CONSTANT:
        return 0.0 if is_now < measures.CONSTANT else float("inf")
    return abs(is_now / was - 1)


def _correlation_change(both: Mapping[str, tuple[Bars, Bars]]) -> float:
    """Return the largest move of a coefficient; 0 where it cannot be measured.

    Assets whose returns did not vary at one of the two moments, or are beyond measure, are left out: they
    have no correlation.
    """
    panels = [_panel({asset: pair[at] for asset, pair in both.items()}) for at in (0, 1)]
    if any(len(panel) < MIN_RETURNS for panel in panels):
        return 0.0
    constant = {place for panel in panels for place in measures.constant_columns(panel)}
    varying = [place for place in range(len(both)) if place not in constant]
    if len(varying) < 2:
        return 0.0
    names = tuple(str(place) for place in varying)
    was, is_now = (correlation(Panel.of(panel[:, varying], names)) for panel in panels)
    return float(np.abs(is_now - was).max())


def _panel(bars: Mapping[str, Bars]) -> measures.Array:
    prices = common(bars, MarketPeriod.MAX).prices[-WINDOW - 1 :] if bars else np.empty((0, 0))
    if len(prices) < 2:
        return np.empty((0, len(bars)))
    returns = returns_of(prices)
    # Beyond measure is as good as constant: neither has a correlation.
    returns[:, ~(np.abs(returns) <= LARGEST).all(axis=0)] = 0.0
    return returns
