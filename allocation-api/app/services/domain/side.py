"""Side of an order."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Side of a block order."""

    BUY = "BUY"
    SELL = "SELL"
