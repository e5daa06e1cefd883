"""Reasons in words: what was measured, in what window, and the threshold where that was missed."""

from __future__ import annotations

import math
from collections.abc import Callable

from app.services.kernels.regimes.types import Reason, ReasonKind, Regime
from app.utils.words import counted

NAMES = {
    Regime.RISK_OFF: "Risk off",
    Regime.BTC_SEASON: "BTC season",
    Regime.ALT_ETH_SEASON: "Altcoin season + ETH season",
    Regime.RISK_ON: "Risk on",
    Regime.HODL: "HODL",
}


def words(reason: Reason) -> str:
    """Return the sentence of a reason, such as "BTC dominance rose 1.8 points in 30 bars"."""
    return _WORDS[reason.kind](reason)


def _direction(of: str) -> Callable[[Reason], str]:
    def tell(reason: Reason) -> str:
        if not math.isfinite(reason.value):
            return f"Market {of} in {counted(reason.bars, 'bar')}, without volatility"
        return f"Market {of}: {reason.value:+.2f} standard deviations in {counted(reason.bars, 'bar')}"

    return tell


def _volatility(of: str) -> Callable[[Reason], str]:
    return lambda reason: f"Volatility {of}: rank {reason.value:.0f} of 100 in {counted(reason.bars, 'bar')}"


def _dominance(of: str) -> Callable[[Reason], str]:
    def tell(reason: Reason) -> str:
        moved = f"{'rose' if reason.value > 0 else 'fell'} {abs(reason.value):.1f} points"
        if not reason.value:
            moved = "stayed the same"
        within = "" if abs(reason.value) >= reason.threshold else f", within {reason.threshold:g}"
        return f"{of} dominance {moved} in {counted(reason.bars, 'bar')}{within}"

    return tell


def _lead(of: str) -> Callable[[Reason], str]:
    def tell(reason: Reason) -> str:
        side = "ahead of" if reason.value > 0 else "behind"
        share = abs(math.expm1(reason.value)) * 100
        return f"{of} {share:.1f} % {side} BTC in {counted(reason.bars, 'bar')}"

    return tell


_WORDS: dict[ReasonKind, Callable[[Reason], str]] = {
    ReasonKind.TOO_FEW_BARS: lambda reason: (
        f"Too few bars: {reason.value:.0f} of the {reason.threshold:.0f} that are needed"
    ),
    ReasonKind.DIRECTION_UP: _direction("up"),
    ReasonKind.DIRECTION_FLAT: _direction("flat"),
    ReasonKind.DIRECTION_DOWN: _direction("down"),
    ReasonKind.VOLATILITY_TIGHT: _volatility("tight"),
    ReasonKind.VOLATILITY_NORMAL: _volatility("normal"),
    ReasonKind.VOLATILITY_HIGH: _volatility("high"),
    ReasonKind.BTC_DOMINANCE: _dominance("BTC"),
    ReasonKind.ETH_DOMINANCE: _dominance("ETH"),
    ReasonKind.STABLE_DOMINANCE: _dominance("Stablecoin"),
    ReasonKind.ETH_LEAD: _lead("ETH"),
    ReasonKind.ALT_LEAD: _lead("ALT"),
    ReasonKind.HELD: lambda reason: (
        f"Another regime was said by {counted(int(reason.value), 'bar')} in a row, and takes "
        f"{reason.threshold:.0f}"
    ),
}
