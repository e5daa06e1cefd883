"""Settings of execution at brokers: encryption of credentials, SnapTrade, and limits on orders."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from app.core.config.reader import Reader

KEY_BYTES = 32
MAX_NOTIONAL = 1_000_000_000_000
MAKE_ONE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
"""Command that makes a key."""


@dataclass(frozen=True, slots=True)
class SnapTradeSettings:
    """SnapTrade's API, this service as its client, and the longest wait for an answer."""

    url: str
    client_id: str
    consumer_key: str = field(repr=False)
    seconds: int


@dataclass(frozen=True, slots=True)
class ExecutionSettings:
    """Keys that encrypt credentials, the first the one in use; SnapTrade, None for none; and limits.

    Notional and turnover of a day (UTC) are of an account, in its currency; slippage is in basis points of
    the middle of the quote. An order that no broker shows `settle_seconds` after it was sent is not there.
    """

    credential_keys: tuple[str, ...] = field(repr=False)
    snaptrade: SnapTradeSettings | None
    max_order_notional: int
    max_daily_turnover: int
    max_slippage_bps: int
    settle_seconds: int


def execution_settings(read: Reader) -> ExecutionSettings:
    """Read the section."""
    return ExecutionSettings(
        credential_keys=_keys(read, "BROKER_CREDENTIAL_KEYS"),
        snaptrade=_snaptrade(read),
        max_order_notional=read.integer("BROKER_MAX_ORDER_NOTIONAL", 100_000, 1, MAX_NOTIONAL),
        max_daily_turnover=read.integer("BROKER_MAX_DAILY_TURNOVER", 500_000, 1, MAX_NOTIONAL),
        max_slippage_bps=read.integer("BROKER_MAX_SLIPPAGE_BPS", 100, 0, 10_000),
        settle_seconds=read.integer("BROKER_SETTLE_SECONDS", 120, 60, 3_600),
    )


def _snaptrade(read: Reader) -> SnapTradeSettings | None:
    client_id, key = read.optional("SNAPTRADE_CLIENT_ID"), read.optional("SNAPTRADE_CONSUMER_KEY")
    url = read.secure_url("SNAPTRADE_URL", "https://api.snaptrade.com")
    seconds = read.integer("SNAPTRADE_SECONDS", 20, 1, 30)
    if (client_id is None) != (key is None):
        read.fail("SNAPTRADE_CLIENT_ID and SNAPTRADE_CONSUMER_KEY are set together or not at all")
    if client_id is None or key is None:
        return None
    return SnapTradeSettings(url, client_id, key, seconds)


def _keys(read: Reader, name: str) -> tuple[str, ...]:
    """Return Fernet keys, separated by commas or blanks; what is wrong with one does not show it."""
    keys = tuple(key for key in re.split(r"[\s,]+", read.text(name, "")) if key)
    for place, key in enumerate(keys, 1):
        if not _is_key(key):
            read.fail(f"{name} (key {place}) must be a Fernet key; make one with {MAKE_ONE}")
    if len(set(keys)) != len(keys):
        read.fail(f"{name} must not hold a key twice")
    return keys


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
