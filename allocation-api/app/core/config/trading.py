"""How orders leave."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import Reader, SettingsError


@dataclass(frozen=True, slots=True)
class TradingSettings:
    """How orders leave. `price_band_percent` is how far the market may move between preview and commit.

    Whoever sends orders has the desk to itself for `lease_seconds` at most. `settle_seconds` after an order
    was sent, one that Aladdin does not show is surely not there; the rest of the lease is for what comes
    before the sending. What was left unsettled is looked at every `recovery_seconds`.
    """

    halted: bool
    price_band_percent: Decimal
    lease_seconds: int
    settle_seconds: int
    recovery_seconds: int


def trading_settings(read: Reader, aladdin: AladdinSettings) -> TradingSettings:
    """Read the section; how long a call to Aladdin may take bounds the times from below."""
    # A call may take this long at the vendor, and what it did shows there a little later.
    settle = read.integer("ORDER_SETTLE_SECONDS", aladdin.timeout_seconds + 10, 1, 3_600)
    lease = read.integer("ORDER_LEASE_SECONDS", settle + 2 * aladdin.timeout_seconds, 1, 7_200)
    # Shorter, and others would look for an order that is still on its way, and send it again.
    least = settle + aladdin.timeout_seconds
    if lease < least:
        raise SettingsError(
            "ORDER_LEASE_SECONDS must be at least ORDER_SETTLE_SECONDS + ALADDIN_TIMEOUT_SECONDS "
            f"({least}), not {lease}"
        )
    return TradingSettings(
        halted=read.flag("TRADING_HALTED", default=False),
        price_band_percent=read.percent("PRICE_BAND_PERCENT", "1"),
        lease_seconds=lease,
        settle_seconds=settle,
        recovery_seconds=read.integer("RECOVERY_SECONDS", 15, 1, 3_600),
    )
