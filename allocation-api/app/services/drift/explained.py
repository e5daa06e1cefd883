"""Why a class of assets is bought, sold or left alone, in one sentence."""

from __future__ import annotations

from decimal import Decimal

from app.services.kernels.rebalancing import ClassDrift, Mode, Trade


def explanation(drift: ClassDrift, trade: Trade, mode: Mode, threshold: Decimal) -> str:
    """Return the reason for a trade, or for none, with the drift before and after it."""
    return f"{_now(drift, threshold)}; {_why(drift, trade, mode)}."


def _now(drift: ClassDrift, threshold: Decimal) -> str:
    size = abs(drift.difference_percent)
    if not size:
        return "On target"
    side = "over" if drift.difference > 0 else "under"
    edge = "more than" if drift.is_out else "within"
    return f"{size:.2f} points {side} target, {edge} the threshold of {threshold.normalize():f}"


def _why(drift: ClassDrift, trade: Trade, mode: Mode) -> str:
    after = (
        f"{abs(trade.drift_after):.2f} points {'over' if trade.drift_after > 0 else 'under'} target remain"
    )
    if not trade.amount:
        if not trade.is_out_after:
            return "nothing to do"
        if mode is Mode.BUY_ONLY and drift.difference > 0:
            return f"nothing is sold in this mode, so {after}"
        return f"no trade is possible by the rules for trades, so {after}"
    amount = f"{abs(trade.amount):,.2f}"
    verb = "buy" if trade.amount > 0 else "sell"
    if mode is Mode.FULL and round(trade.drift_after, 2) == 0:
        return f"{verb} {amount} to reach the target"
    if drift.is_out:
        return f"{verb} {amount} to come back, {after}"
    source = (
        "the money that is left goes where most is missing"
        if trade.amount > 0
        else "purchases need the money"
    )
    return f"{verb} {amount}, for {source}, {after}"
