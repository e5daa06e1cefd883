"""Classes of bonds in each dimension, from the security master, analytics and reference data (R19.10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

from app.core.database import Database
from app.services.accounts import reference
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.mapping.securities import IdType
from app.services.domain.book import Analytics, Security
from app.services.drift.target_types import TargetDimension, bucket_of
from app.utils.parallel import side_by_side

OF_THE_MASTER = frozenset({TargetDimension.SECTOR, TargetDimension.RATING, TargetDimension.COUNTRY})
"""Dimensions whose classes the security master has."""

BONDS = "bonds"
ASSET_CLASSES: Mapping[str, str] = {
    "BND": BONDS,
    "EQUITY": "stocks",
    "FUND": "etfs",
    "FUTURE": "futures",
}
"""Asset class of the vendor's security groups; any other group is a class of its own name."""


@dataclass(frozen=True, slots=True)
class BondFacts:
    """What classes of a bond follow from; `duration` in years, None where positions say it or nobody does."""

    sector: str | None = None
    country: str | None = None
    rating: str | None = None
    duration: float | None = None


NOTHING_KNOWN = BondFacts()


class BondClasses:
    """Reads what classes follow from, for many bonds at once and through the cache."""

    def __init__(self, database: Database, book: BookReader, pool: ThreadPoolExecutor) -> None:
        self._database = database
        self._book = book
        self._pool = pool

    def read(
        self,
        dimensions: Collection[TargetDimension],
        security_ids: Collection[str],
        undated: Collection[str] = (),
    ) -> Mapping[str, BondFacts]:
        """Return the facts of bonds by id that classes of these dimensions need.

        `undated` are bonds whose duration is not known yet: the analytics are asked for it.
        """
        of_master = sorted(security_ids) if OF_THE_MASTER.intersection(dimensions) else []
        of_analytics = sorted(undated) if TargetDimension.DURATION_BUCKET in dimensions else []
        with side_by_side(self._pool) as begin:
            risk = begin(self._book.analytics, of_analytics) if of_analytics else None
            terms = self._book.securities(of_master, IdType.ALADDIN) if of_master else {}
            analytics = risk.result() if risk else {}
        with self._database.read() as session:
            known = reference.securities(session, of_master)
        return {
            name: _facts(terms.get(name), known.get(name), analytics.get(name))
            for name in {*of_master, *of_analytics}
        }


def class_of(
    dimension: TargetDimension,
    edges: Sequence[Decimal],
    facts: BondFacts,
    *,
    security_id: str,
    sec_group: str | None,
    duration: float | None,
) -> str | None:
    """Return the class of a holding or a bond; None where what it follows from is missing.

    `sec_group` and `duration` are those of the position, None of a bond that is not held.
    """
    if dimension is TargetDimension.SECURITY:
        return security_id
    if dimension is TargetDimension.ASSET_CLASS:
        return BONDS if not sec_group else ASSET_CLASSES.get(sec_group, sec_group.lower())
    if dimension is TargetDimension.DURATION_BUCKET:
        years = facts.duration if duration is None else duration
        return None if years is None else bucket_of(years, edges)
    if dimension is TargetDimension.RATING:
        return None if facts.rating is None else facts.rating.rstrip("+-") or None
    return (facts.sector if dimension is TargetDimension.SECTOR else facts.country) or None


def _facts(terms: object, known: reference.SecurityReference | None, analytics: object) -> BondFacts:
    """Put together what is known, each value from where an order has it, too (as `SecurityLookup.terms`)."""
    bond = terms if isinstance(terms, Security) else None
    return BondFacts(
        sector=(known.sector if known else None) or (bond.sector if bond else None),
        country=(bond.country if bond else None) or (known.country if known else None),
        rating=(bond.rating if bond else None) or (known.rating if known else None),
        duration=analytics.duration if isinstance(analytics, Analytics) else None,
    )
