"""Keys of classes: which ones a dimension has, and when two names are of the same class (R19.7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from app.services.drift.target_types import CASH, RATING_CLASSES, TargetDimension, bucket_names
from app.services.drift.targets import UNCLASSIFIED

FREE_NAMES = frozenset({TargetDimension.ASSET_CLASS, TargetDimension.SECTOR})
"""Dimensions whose classes the desk names itself."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_OTHER = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def normal(dimension: TargetDimension, key: str) -> str:
    """Return what is the same for two names of one class: case and punctuation of free names do not count."""
    return _OTHER.sub("_", key.casefold()).strip("_") if dimension in FREE_NAMES else key


def key_fault(dimension: TargetDimension, key: str, edges: Sequence[Decimal]) -> str | None:
    """Return why a dimension has no class of this key, with the keys that it has; None where it may.

    Which securities there are is looked up when targets are stated (`target_securities`).
    """
    if normal(dimension, key) == UNCLASSIFIED:
        return f"{UNCLASSIFIED} is the class of what has no target."
    if key == CASH or dimension in FREE_NAMES or dimension is TargetDimension.SECURITY:
        return None
    if dimension is TargetDimension.COUNTRY:
        return None if _COUNTRY.fullmatch(key) else f"A country code like US, or {CASH}, is expected."
    known = RATING_CLASSES if dimension is TargetDimension.RATING else bucket_names(edges)
    return None if key in known else f"One of {', '.join(known)} or {CASH} is expected."
