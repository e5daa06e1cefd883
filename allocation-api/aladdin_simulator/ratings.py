"""Rating scales: one in the notation of S&P and Fitch, one in Moody's own."""

from __future__ import annotations

SCALE = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
    *("BB+", "BB", "BB-", "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C", "D"),
)
"""S&P and Fitch, best first."""

_MOODYS = (
    *("Aaa", "Aa1", "Aa2", "Aa3", "A1", "A2", "A3", "Baa1", "Baa2", "Baa3"),
    *("Ba1", "Ba2", "Ba3", "B1", "B2", "B3", "Caa1", "Caa2", "Caa3", "Ca", "C", "C"),
)

NOT_RATED = "NR"
INVESTMENT_GRADE = frozenset(SCALE[: SCALE.index("BBB-") + 1])
MOODYS_BY_RATING = dict(zip(SCALE, _MOODYS, strict=True))
