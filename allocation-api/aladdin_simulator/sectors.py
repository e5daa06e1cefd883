"""Sectors that decide something here; a book file may name any other."""

from __future__ import annotations

AGENCY = "AGENCY"
GOVERNMENT = "GOVT"
SOVEREIGN = "SOVEREIGN"
TOBACCO = "TOBACCO"

ESG_EXCLUDED = frozenset({TOBACCO, "WEAPONS", "THERMAL_COAL"})
