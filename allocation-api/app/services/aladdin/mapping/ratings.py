"""A composite rating in S&P's notation, since the vendor gives agencies' ratings but no composite.

Our rule: with ratings by three agencies the middle one, with two the lower, with one that one; the primary
long-term ratings of Moody's, S&P and Fitch count, each agency's newest. A rating that is withdrawn, or that
this table does not know, does not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.services.aladdin.wire import Rating

MOODYS, STANDARD_AND_POORS, FITCH = 1, 2, 3

SCALE = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
    *("BB+", "BB", "BB-", "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C", "D"),
)
"""Best first; BBB- is the last that is investment grade."""

_MOODYS_SCALE = (
    *("Aaa", "Aa1", "Aa2", "Aa3", "A1", "A2", "A3", "Baa1", "Baa2", "Baa3"),
    *("Ba1", "Ba2", "Ba3", "B1", "B2", "B3", "Caa1", "Caa2", "Caa3", "Ca", "C"),
)
_LETTERS = {letter: position for position, letter in enumerate(SCALE)} | {
    "SD": SCALE.index("D"),
    "RD": SCALE.index("D"),
}
_POSITION = {
    MOODYS: {letter: position for position, letter in enumerate(_MOODYS_SCALE)},
    STANDARD_AND_POORS: _LETTERS,
    FITCH: _LETTERS,
}
_MARKS = re.compile(r"\((?:P|sf|EXP|prelim)\)|\*[+-]?|\s", re.IGNORECASE)
"""Provisional, structured-finance and watch marks around a rating, none of which changes its notch."""


def composite(ratings: Sequence[Rating]) -> str | None:
    """Return the composite of an asset's ratings in S&P's notation, None when no rating counts."""
    newest: dict[int, Rating] = {}
    for rating in ratings:
        held = newest.get(rating.agency_id)
        if held is None or rating.date >= held.date:
            newest[rating.agency_id] = rating
    positions = sorted(
        position
        for agency, scale in _POSITION.items()
        if agency in newest and (position := scale.get(_MARKS.sub("", newest[agency].value))) is not None
    )
    return SCALE[positions[len(positions) // 2]] if positions else None
