"""Targets of asset classes, in percent of a portfolio's value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

DEFAULT_TARGETS: Mapping[str, Decimal] = MappingProxyType(
    {
        "stocks": Decimal(50),
        "etfs": Decimal(15),
        "commodities": Decimal(15),
        "crypto": Decimal(10),
        "futures": Decimal(5),
        "cash": Decimal(5),
    }
)
"""What a portfolio aims at that states no targets of its own; also the order in which classes are shown."""

UNCLASSIFIED = "unclassified"
"""Class of holdings whose own class has no target; its target is zero."""

DEFAULT_THRESHOLD = Decimal(5)
"""Drift in percentage points that is left alone where nothing else is said."""
