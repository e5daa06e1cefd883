"""Composite ratings in S&P's notation, since the vendor has agencies' ratings but no composite.

Of the newest primary long-term ratings of Moody's, S&P and Fitch the composite is the median of three, the
lower of two, or the only one. Withdrawn ratings, and ratings that are not on the scales here, do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from app.services.aladdin.mapping.faults import FaultCode, asset_fault, not_answered, vendor_fault
from app.services.aladdin.wire import Rating, RatingHistory, RatingsAnswer
from app.services.domain.book import AgencyRating, AssetFault, ById, Ratings

MOODYS, STANDARD_AND_POORS, FITCH = 1, 2, 3

SCALE = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
    *("BB+", "BB", "BB-", "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C", "D"),
)
"""Best first; BBB- is the lowest investment-grade rating."""

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
"""Provisional, structured-finance and watch marks of a rating, which do not change its notch."""


_HISTORY = msgspec.json.Decoder(RatingHistory)


def composite(ratings: Sequence[Rating]) -> str | None:
    """Return the composite of an asset's ratings in S&P's notation; None when no rating counts."""
    newest = _newest(ratings)
    positions = sorted(
        position
        for agency, scale in _POSITION.items()
        if agency in newest and (position := scale.get(_MARKS.sub("", newest[agency].value))) is not None
    )
    return SCALE[positions[len(positions) // 2]] if positions else None


def ratings_of(asked: Sequence[str], answer: RatingsAnswer) -> ById[Ratings]:
    """Map one answer with rating histories: for each requested id its ratings or one fault."""
    found: dict[str, Ratings | AssetFault] = {}
    for asset_id in asked:
        raw = answer.ratings_by_asset_id.get(asset_id)
        if asset_id in answer.errors:
            found[asset_id] = vendor_fault(asset_id, answer.errors[asset_id])
        elif raw is None:
            found[asset_id] = not_answered(asset_id)
        else:
            found[asset_id] = _ratings(asset_id, raw)
    return found


def _ratings(asset_id: str, raw: msgspec.Raw) -> Ratings | AssetFault:
    try:
        histories = _HISTORY.decode(raw).ratings_by_agency_id.values()
        ratings = [
            Rating(agency_id=h.agency_id, value=change.credit_rating, date=change.effective_date)
            for h in histories
            for change in h.rating
        ]
        newest = sorted(_newest(ratings).values(), key=lambda rating: rating.agency_id)
        agencies = tuple(AgencyRating(r.agency_id, r.value, date.fromisoformat(r.date)) for r in newest)
    except (msgspec.ValidationError, ValueError) as error:
        return asset_fault(asset_id, FaultCode.UNREADABLE, str(error))
    return Ratings(asset_id, composite(ratings), agencies)


def _newest(ratings: Sequence[Rating]) -> dict[int, Rating]:
    """Return the newest rating of each agency; ISO dates sort as strings."""
    newest: dict[int, Rating] = {}
    for rating in ratings:
        held = newest.get(rating.agency_id)
        if held is None or rating.date >= held.date:
            newest[rating.agency_id] = rating
    return newest
