"""Words that a client of the vendor rules by, as a book may have them: restrictions, sectors, limits."""

from __future__ import annotations

import re
from enum import StrEnum

from aladdin_simulator.universe.mandates import RESTRICTIONS

__all__ = ["RESTRICTIONS", "SECTORS", "LimitCode", "LimitScope", "plain_sector"]


class LimitCode(StrEnum):
    """Limits, each a fraction."""

    ISSUER_CONCENTRATION = "ISSUER_CONCENTRATION"
    SECURITY_CONCENTRATION = "SECURITY_CONCENTRATION"
    ISSUE_OWNERSHIP = "ISSUE_OWNERSHIP"
    PRICE_DEVIATION = "PRICE_DEVIATION"


class LimitScope(StrEnum):
    """Scope of a limit; the narrowest applies: account, then sector, then default."""

    DEFAULT = "DEFAULT"
    SECTOR = "SECTOR"
    ACCOUNT = "ACCOUNT"


SECTORS = (
    *("GOVT", "TREASURY", "AGENCY", "SOVEREIGN", "SUPRANATIONAL", "MUNICIPAL", "BANKING", "FINANCIAL"),
    *("FINANCIALS", "BROKERAGE", "INSURANCE", "REAL_ESTATE", "REIT", "UTILITY", "UTILITIES", "ELECTRIC"),
    *(
        "NATURAL_GAS",
        "ENERGY",
        "MIDSTREAM",
        "MATERIALS",
        "CHEMICALS",
        "METALS",
        "METALS_MINING",
        "INDUSTRIAL",
    ),
    *("INDUSTRIALS", "CAPITAL_GOODS", "TRANSPORTATION", "AIRLINES", "AUTOMOTIVE", "CONSUMER"),
    *("CONSUMER_DISCRETIONARY", "CONSUMER_STAPLES", "CONSUMER_CYCLICAL", "FOOD_BEVERAGE", "RETAIL"),
    *("HEALTHCARE", "HEALTH_CARE", "PHARMACEUTICALS", "TECHNOLOGY", "COMMUNICATIONS", "TELECOM", "MEDIA"),
    *("LEISURE", "TOBACCO", "WEAPONS", "THERMAL_COAL", "GAMBLING", "ADULT_ENTERTAINMENT"),
)
"""Sectors that restrictions know; any other counts as excluded where a restriction is on sectors."""


def plain_sector(sector: str) -> str:
    """Return a sector in the spelling of the list: THERMAL_COAL for `Thermal coal`."""
    return re.sub(r"[^A-Z0-9]+", "_", sector.upper()).strip("_")
