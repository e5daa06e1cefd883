"""The side of an order, in a module of its own because most rooms need nothing else of the kernels."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Which way the block order trades."""

    BUY = "BUY"
    SELL = "SELL"
