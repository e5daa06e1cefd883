"""Reference lists of the compliance rules: ratings, countries and sectors."""

from __future__ import annotations

import re

INVESTMENT_GRADE = frozenset(
    ("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
)
_EUROPE = (
    *("AD", "AT", "BE", "CH", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GG", "GI", "GR", "IE", "IM", "IS"),
    *("IT", "JE", "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "PT", "SE", "SI", "SK", "SM"),
)
_ELSEWHERE = ("AU", "BM", "CA", "CY", "HK", "IL", "JP", "KY", "NZ", "SG", "US")

DEVELOPED_MARKETS = frozenset(_EUROPE + _ELSEWHERE)
"""Countries of risk that are not emerging markets: advanced economies and the offshore centres through which
developed issuers borrow. A country that is not listed counts as emerging."""

SOVEREIGN_SECTORS = frozenset({"GOVT", "TREASURY", "AGENCY"})
TOBACCO_SECTORS = frozenset({"TOBACCO"})
ESG_EXCLUDED_SECTORS = TOBACCO_SECTORS | frozenset(
    {"WEAPONS", "THERMAL_COAL", "GAMBLING", "ADULT_ENTERTAINMENT"}
)
CLEAN_SECTORS = SOVEREIGN_SECTORS | frozenset(
    (
        *("SOVEREIGN", "SUPRANATIONAL", "MUNICIPAL", "BANKING", "FINANCIAL", "FINANCIALS", "BROKERAGE"),
        *("INSURANCE", "REAL_ESTATE", "REIT", "UTILITY", "UTILITIES", "ELECTRIC", "NATURAL_GAS", "ENERGY"),
        *("MIDSTREAM", "MATERIALS", "CHEMICALS", "METALS", "METALS_MINING", "INDUSTRIAL", "INDUSTRIALS"),
        *("CAPITAL_GOODS", "TRANSPORTATION", "AIRLINES", "AUTOMOTIVE", "CONSUMER", "CONSUMER_DISCRETIONARY"),
        *("CONSUMER_STAPLES", "CONSUMER_CYCLICAL", "FOOD_BEVERAGE", "RETAIL", "HEALTHCARE", "HEALTH_CARE"),
        *("PHARMACEUTICALS", "TECHNOLOGY", "COMMUNICATIONS", "TELECOM", "MEDIA", "LEISURE"),
    )
)
"""Sectors that no restriction excludes. A sector in no list is unknown, which excludes the bond (R5.3)."""

KNOWN_SECTORS = CLEAN_SECTORS | ESG_EXCLUDED_SECTORS


def sector_name(sector: str | None) -> str:
    """Return a sector name in the spelling of the lists: THERMAL_COAL for `Thermal coal`."""
    return re.sub(r"[^A-Z0-9]+", "_", (sector or "").upper()).strip("_")
