"""Search, terms and analytics of bonds: our search index, and the vendor's data."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.database import Database
from app.core.errors import Conflict, DataMissing, FieldError, InvalidRequest
from app.services.accounts import reference
from app.services.accounts import search as index
from app.services.accounts.reference import SecurityReference
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.mapping.securities import IdType
from app.services.domain import exposures
from app.services.domain.book import Analytics, AsOf, AssetFault, Price, Security
from app.services.domain.positions import latest_price
from app.services.domain.security_ids import as_written_by_agency, is_cusip, is_isin
from app.services.securities.holders import Holders, holders_of
from app.services.securities.lookup import SecurityLookup
from app.services.visibility.visibility import Visibility
from app.utils.parallel import side_by_side


@dataclass(frozen=True, slots=True)
class SecurityHit:
    """A bond found by a search; durations in years, OAS in basis points, denominations in face."""

    cusip: str
    isin: str | None
    ticker: str | None
    description: str
    issuer: str | None
    sector: str | None
    rating: str | None
    country: str | None
    currency: str
    coupon: Decimal | None
    maturity: date | None
    duration: float | None
    spread_duration: float | None
    oas: float | None
    min_denomination: int
    increment: int


@dataclass(frozen=True, slots=True)
class SecurityDetail:
    """All terms of a bond with its price; `price` is clean, per 100 of face."""

    hit: SecurityHit
    day_count: str | None
    coupon_frequency: int | None
    issue_date: date | None
    amount_issued: Decimal | None
    settle_days: int
    factor: Decimal
    price: Decimal | None
    price_date: date | None


@dataclass(frozen=True, slots=True)
class SecurityAnalytics:
    """Risk numbers of a bond. Yield in per cent, OAS in bp, durations in years, DV01 per 100 of face."""

    cusip: str
    risk_date: date | None
    price: Decimal | None
    accrued: Decimal | None
    yield_to_maturity: float | None
    duration: float | None
    spread_duration: float | None
    convexity: float | None
    oas: float | None
    dts: float | None
    dv01: float | None


BASIS_POINT = 0.0001


class SecurityService:
    """Searches the index of bonds, and reads terms, prices and analytics from the vendor."""

    def __init__(
        self, database: Database, book: BookReader, lookup: SecurityLookup, pool: ThreadPoolExecutor
    ) -> None:
        self._database = database
        self._book = book
        self._lookup = lookup
        self._pool = pool

    def search(self, query: str, limit: int) -> tuple[SecurityHit, ...]:
        """Return bonds by words, best match first; one that only the vendor knows by its CUSIP or ISIN."""
        with self._database.read() as session:
            known = {f.security_id: f for f in index.search(session, query, limit)}
        ids = list(known) or self._ids_at_vendor(query)
        if not ids:
            return ()
        with side_by_side(self._pool) as begin:
            analytics_read = begin(self._book.analytics, ids)
            terms, analytics = self._book.securities(ids, IdType.ALADDIN), analytics_read.result()
        return tuple(
            _hit(bond, known.get(security_id), analytics[security_id])
            for security_id in ids
            if isinstance(bond := terms[security_id], Security)
        )

    def _ids_at_vendor(self, query: str) -> list[str]:
        pasted = as_written_by_agency(query)
        if not (is_cusip(pasted) or is_isin(pasted)):
            return []
        try:
            found = self._lookup.find(pasted)
        except (Conflict, DataMissing):  # a search shows what can be traded
            return []
        return [] if found is None else [found]

    def get(self, security_id: str, visible: Visibility) -> SecurityDetail:
        """Return the terms of a bond by CUSIP or ISIN, with the newest price of visible positions (R2.2).

        Raises
        ------
        NotFound
            When the bond is neither in the search index nor at the vendor.
        """
        found = self._lookup.require(security_id)
        with side_by_side(self._pool) as begin:
            price_read = begin(self._price, found, visible)
            analytics_read = begin(self._book.analytics, [found])
            terms = self._lookup.terms(found)
            price, analytics = price_read.result(), analytics_read.result()[found]
        return SecurityDetail(
            hit=_hit(terms, None, analytics),
            day_count=terms.day_count,
            coupon_frequency=terms.coupon_frequency,
            issue_date=terms.issue_date,
            amount_issued=terms.amount_issued,
            settle_days=terms.settle_days,
            factor=terms.factor,
            price=price.clean if price else None,
            price_date=price.price_date if price else None,
        )

    def analytics(self, security_id: str, visible: Visibility) -> SecurityAnalytics:
        """Return the risk numbers of a bond by CUSIP or ISIN.

        DV01 per 100 of face is duration x (clean price + accrued) x 0.0001.

        Raises
        ------
        NotFound
            When the bond is neither in the search index nor at the vendor.
        DataMissing
            When the vendor has no analytics for it.
        """
        found = self._lookup.require(security_id)
        with side_by_side(self._pool) as begin:
            price_read = begin(self._price, found, visible)
            known = self._lookup.analytics(found)
            price = price_read.result()
        dv01 = None
        if price is not None and known.accrued is not None and known.duration is not None:
            dv01 = known.duration * float(price.clean + known.accrued) * BASIS_POINT
        return SecurityAnalytics(
            cusip=found,
            risk_date=known.risk_date,
            price=price.clean if price else None,
            accrued=known.accrued,
            yield_to_maturity=known.yield_to_maturity,
            duration=known.duration,
            spread_duration=known.spread_duration,
            convexity=known.convexity,
            oas=known.oas,
            dts=exposures.dts(known),
            dv01=dv01,
        )

    def holders(self, security_id: str, group_ids: Sequence[str] | None, visible: Visibility) -> Holders:
        """Return the visible accounts that hold a bond, of these groups or of all, by CUSIP or ISIN.

        Raises
        ------
        NotFound
            When the bond is neither in the search index nor at the vendor.
        InvalidRequest
            Naming each group that does not exist, or is not visible.
        """
        known = self._visible_groups(visible)
        errors = [
            FieldError("group_id", f"There is no portfolio group {group_id!r}.")
            for group_id in group_ids or ()
            if group_id not in known
        ]
        if errors:
            raise InvalidRequest.of(*errors)
        with side_by_side(self._pool) as begin:
            # As a preview of these groups reads them, so that the cache has one answer for both.
            read = begin(self._book.positions, group_ids or known, AsOf.TRADES_AND_ORDERS)
            found = self._lookup.require(security_id)
            positions = read.result()
        with self._database.read() as session:
            accounts = reference.accounts(session, [p.account_id for p in positions if p.of_security(found)])
        names = {account_id: account.account_name for account_id, account in accounts.items()}
        return holders_of(found, positions, names, AsOf.TRADES_AND_ORDERS)

    def _visible_groups(self, visible: Visibility) -> tuple[str, ...]:
        with self._database.read() as session:
            return visible.visible_groups(g.group_id for g in reference.groups(session))

    def _price(self, security_id: str, visible: Visibility) -> Price | None:
        """Return the newest price of visible positions: any other would tell that somebody holds the bond."""
        groups = self._visible_groups(visible)
        return latest_price(self._book.positions(groups, AsOf.SOD), security_id)


def _hit(terms: Security, known: SecurityReference | None, analytics: Analytics | AssetFault) -> SecurityHit:
    risk = analytics if isinstance(analytics, Analytics) else None
    return SecurityHit(
        cusip=terms.security_id,
        isin=terms.isin,
        ticker=terms.ticker,
        description=known.description if known else terms.description,
        issuer=(known.issuer if known else None) or terms.issuer,
        sector=(known.sector if known else None) or terms.sector,
        rating=terms.rating,
        country=terms.country,
        currency=terms.currency,
        coupon=terms.coupon,
        maturity=terms.maturity,
        duration=risk.duration if risk else None,
        spread_duration=risk.spread_duration if risk else None,
        oas=risk.oas if risk else None,
        min_denomination=terms.min_piece,
        increment=terms.increment,
    )
