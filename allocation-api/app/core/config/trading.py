"""Settings of trading."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class TradingSettings:
    """Emergency stop, price band, and the times of the commit saga.

    `price_band_percent` bounds the move of the market price between preview and commit (R10.4).
    `lease_seconds` is the length of the desk's lease. An order that Aladdin does not show `settle_seconds`
    after it was sent does not exist there; the rest of the lease is for the steps before sending. The
    recovery job runs every `recovery_seconds`. A commit of a greater notional than `approval_above_notional`,
    in the bond's currency, needs another user's approval (R10.12), None for never; with
    `approval_for_warnings` also one of a preview with warnings.
    """

    halted: bool
    price_band_percent: Decimal
    lease_seconds: int
    settle_seconds: int
    recovery_seconds: int
    approval_above_notional: Decimal | None
    approval_for_warnings: bool


def trading_settings(read: Reader, aladdin: AladdinSettings) -> TradingSettings:
    """Read the section; the timeout of a call to Aladdin bounds the times from below."""
    # A call may take up to its timeout at the vendor, and its order shows there a little later.
    settle = read.integer("ORDER_SETTLE_SECONDS", aladdin.timeout_seconds + 10, 1, 3_600)
    lease = read.integer("ORDER_LEASE_SECONDS", settle + 2 * aladdin.timeout_seconds, 1, 7_200)
    # With a shorter lease, recovery could look for an order that is still being sent, and send it again.
    min_lease = settle + aladdin.timeout_seconds
    if lease < min_lease:
        read.fail(
            "ORDER_LEASE_SECONDS must be at least ORDER_SETTLE_SECONDS + ALADDIN_TIMEOUT_SECONDS "
            f"({min_lease}), not {lease}"
        )
    return TradingSettings(
        halted=read.flag("TRADING_HALTED", default=False),
        price_band_percent=read.percent("PRICE_BAND_PERCENT", "1"),
        lease_seconds=lease,
        settle_seconds=settle,
        recovery_seconds=read.integer("RECOVERY_SECONDS", 15, 1, 3_600),
        approval_above_notional=read.amount("APPROVAL_ABOVE_NOTIONAL"),
        approval_for_warnings=read.flag("APPROVAL_FOR_WARNINGS", default=False),
    )
