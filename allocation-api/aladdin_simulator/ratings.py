"""Rating scales: one in the notation of S&P and Fitch, one in Moody's own."""

from __future__ import annotations

from collections.abc import Mapping

SCALE = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
    *("BB+", "BB", "BB-", "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C", "D"),
)
"""S&P and Fitch, best first."""

_MOODYS = (
    *("Aaa", "Aa1", "Aa2", "Aa3", "A1", "A2", "A3", "Baa1", "Baa2", "Baa3"),
    *("Ba1", "Ba2", "Ba3", "B1", "B2", "B3", "Caa1", "Caa2", "Caa3", "Ca", "C", "C"),
)

MOODYS_SCALE = tuple(dict.fromkeys(_MOODYS))
"""Moody's, best first."""

NOT_RATED = "NR"
INVESTMENT_GRADE = frozenset(SCALE[: SCALE.index("BBB-") + 1])
_MOODYS_BY_RATING = dict(zip(SCALE, _MOODYS, strict=True))

MOODYS, STANDARD_AND_POORS, FITCH = 1, 2, 3
"""The vendor's ids of the agencies."""


def agency_ratings(rating: str) -> Mapping[int, str]:
    """Return the same rating by every agency; none for an unrated bond."""
    if rating not in _MOODYS_BY_RATING:
        return {}
    return {MOODYS: _MOODYS_BY_RATING[rating], STANDARD_AND_POORS: rating, FITCH: rating}


def composite(ratings: Mapping[int, str]) -> str:
    """Return the middle of three ratings, the lower of two, or the only one."""
    notches = sorted(
        (_MOODYS if agency == MOODYS else SCALE).index(value) for agency, value in ratings.items()
    )
    return SCALE[notches[len(notches) // 2]] if notches else NOT_RATED
