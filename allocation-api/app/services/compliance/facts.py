"""What the rules know of ratings, countries and sectors."""

from __future__ import annotations

INVESTMENT_GRADE = frozenset(
    ("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
)
HIGH_YIELD = frozenset(
    ("BB+", "BB", "BB-", "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C", "D"),
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
    {"WEAPONS", "DEFENSE", "AEROSPACE_DEFENSE", "COAL", "THERMAL_COAL", "GAMBLING", "GAMING", "ADULT"}
)
