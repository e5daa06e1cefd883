"""Loads the inputs of a preview: our reference data, and the vendor's data in parallel reads.

Positions are those after today's trades and live orders, so that two orders do not spend the same cash or
sell the same bonds; what the fills recorded here take beyond that is reserved (R4.6). An account in another
currency than the bond is excluded: there is no exchange rate in the snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from app.core.database import Database
from app.core.errors import DataMissing, FieldError, InvalidRequest
from app.services.accounts import reference
from app.services.accounts.reference import AccountReference
from app.services.accounts.visibility import unknown_group
from app.services.aladdin.cached_book import AccountReader
from app.services.allocations.engine_changes import ENGINE_VERSION
from app.services.allocations.errors import MarketPriceMissing
from app.services.allocations.request import OrderRequest, PreviewRequest
from app.services.allocations.sizing import sized
from app.services.allocations.types import PreviewInputs
from app.services.domain.account import AccountInput, Limit, Reservation
from app.services.domain.accrual import accrued_interest
from app.services.domain.book import Analytics, AsOf, Benchmark, Price, Security
from app.services.domain.calendar import add_business_days, is_business_day, trade_date
from app.services.domain.face import MAX_FACE_DECIMALS, face_decimals, face_text, floored_face
from app.services.domain.fairness import FairnessInputs
from app.services.domain.fix_fields import fix_gaps
from app.services.domain.positions import AccountPositions, latest_price, market_value
from app.services.domain.side import Side
from app.services.fairness.ledger import FairnessLedger
from app.services.securities.lookup import SecurityLookup
from app.services.visibility.visibility import Visibility
from app.utils.parallel import side_by_side
from bonds.terms import InterestUnknownError

Reserved: TypeAlias = Callable[[str, Side, Collection[str], date], Mapping[str, tuple[Reservation, ...]]]

After: TypeAlias = Callable[[AccountPositions, date], AccountPositions]

REQUESTED_PRICE = "REQUEST"
MAX_NAMED = 10
"""Positions that a refusal names."""

UNKNOWN_ACCOUNT = "reference data: name, restrictions and benchmark are unknown"
"""Said of an account that is in none of our tables; without positions at Aladdin, that alone is said."""

UNSTATED_RESTRICTIONS = "restrictions: neither stated in reference data, nor that it has NONE"
"""Said of an account of which nobody has said what it may buy."""


class InputsLoader:
    """Loads the complete input of the engine for a request.

    `business_date` returns the desk's business date; in mock mode the simulated vendor's. `reservations`
    returns what orders reserve of accounts (R4.6), by bond, side, account ids and business date; `fairness`
    is the ledger of entitlements.
    """

    def __init__(
        self,
        database: Database,
        book: AccountReader,
        lookup: SecurityLookup,
        pool: ThreadPoolExecutor,
        business_date: Callable[[], date],
        reservations: Reserved,
        fairness: FairnessLedger,
        after: After = lambda positions, _: positions,
    ) -> None:
        self._database = database
        self._book = book
        self._lookup = lookup
        self._pool = pool
        self._business_date = business_date
        self._reservations = reservations
        self._fairness = fairness
        self._after = after

    def over(self, book: AccountReader, after: After, reservations: Reserved) -> InputsLoader:
        """Return a loader that reads accounts and reservations elsewhere, and all else as this one does.

        `after` returns an account's positions as an order sees them that settles on a date.
        """
        return InputsLoader(
            self._database,
            book,
            self._lookup,
            self._pool,
            self._business_date,
            reservations,
            self._fairness,
            after,
        )

    def load(self, request: PreviewRequest, visible: Visibility) -> PreviewInputs:
        """Return the inputs of a preview of this request from the present book (R2.1).

        Groups that are not visible are unknown ones, and give no price either. What checks an order that a
        user has sent sees everything: the check is the desk's.

        Raises
        ------
        InvalidRequest
            Naming the field: an unknown security or group, an impossible date, a size that cannot be traded.
        DataMissing
            When price, analytics or accrued interest of the bond is missing, or a NAV that sizes the order.
        VendorError
            When Aladdin does not answer.
        """
        known_groups, limits = self._reference(request.portfolio_groups, visible)
        groups = request.portfolio_groups
        with side_by_side(self._pool) as begin:
            positions_read = begin(self._book.positions, groups, AsOf.TRADES_AND_ORDERS)
            members_read = begin(self._book.group_members, groups)
            # Only an id that we do not know ourselves is asked for here, and terms and analytics wait for it.
            security_id = self._lookup.resolve(request.order.security_id, "order.security_id")
            analytics_read = begin(self._lookup.analytics, security_id)
            security = self._lookup.terms(security_id)
            analytics, positions = analytics_read.result(), positions_read.result()
            account_ids = {a for m in members_read.result() for a in m.account_ids}
        account_ids |= {p.account_id for p in positions}
        _check_accounts(request, account_ids)
        today = trade_date(self._business_date())
        reserved = self._reservations(security_id, request.order.side, account_ids, today)
        settlement = _settlement_date(request.order, security, today)
        market = self._market_price(security_id, positions, known_groups)
        price = _price(request.order, market)
        accrued = _accrued(security, analytics, settlement, today)
        _check_settles(price, accrued)
        seen = [self._after(found, settlement) for found in positions]
        accounts = self._accounts(sorted(account_ids), seen, security, reserved)
        _check_face(request.order, accounts)
        read = PreviewInputs(
            request=_ordered(request, security_id),
            business_date=today,
            settlement_date=settlement,
            security=security,
            analytics=analytics,
            price=price,
            market_price=market,
            accrued=accrued,
            accounts=accounts,
            limits=limits,
            engine_version=ENGINE_VERSION,
            fix_gaps=fix_gaps(security, account_ids),
            fairness=self._ledger(request, security, today),
        )
        return sized(read)

    def _ledger(self, request: PreviewRequest, security: Security, today: date) -> FairnessInputs:
        groups, side = request.portfolio_groups, request.order.side
        with self._database.read() as session:
            return self._fairness.inputs(session, groups, security.sector, side, today)

    def _reference(
        self, wanted: Sequence[str], visible: Visibility
    ) -> tuple[tuple[str, ...], tuple[Limit, ...]]:
        with self._database.read() as session:
            known = visible.visible_groups(g.group_id for g in reference.groups(session))
            limits = reference.limits(session)
        errors = [unknown_group(i, group_id) for i, group_id in enumerate(wanted) if group_id not in known]
        if errors:
            raise InvalidRequest.of(*errors)
        return known, limits

    def _accounts(
        self,
        account_ids: Sequence[str],
        positions: Sequence[AccountPositions],
        security: Security,
        reserved: Mapping[str, tuple[Reservation, ...]],
    ) -> tuple[AccountInput, ...]:
        with self._database.read() as session:
            known = reference.accounts(session, account_ids)
        by_account = {p.account_id: p for p in positions}
        return tuple(
            account_input(
                account_id,
                known.get(account_id),
                by_account.get(account_id),
                security,
                reserved.get(account_id, ()),
            )
            for account_id in account_ids
        )

    def _market_price(
        self, security_id: str, positions: Sequence[AccountPositions], known_groups: Sequence[str]
    ) -> Price | None:
        return latest_price(positions, security_id) or latest_price(
            self._book.positions(known_groups, AsOf.SOD), security_id
        )


def with_request(inputs: PreviewInputs, request: PreviewRequest) -> PreviewInputs:
    """Return the same book with another request for the order that it was read for.

    Raises
    ------
    InvalidRequest
        Naming an account that is not in the portfolio groups, or all of them where none is left.
    """
    _check_accounts(request, {account.account_id for account in inputs.accounts})
    common = inputs.request
    asked = replace(request, order=common.order, portfolio_groups=common.portfolio_groups)
    return replace(inputs, request=_ordered(asked, common.order.security_id), joint=None)


def _price(order: OrderRequest, market: Price | None) -> Price:
    # R2.2
    if order.price is not None:
        return Price(order.price, None, REQUESTED_PRICE)
    if market is None:
        message = "No account holds this bond, so Aladdin has no price for it: give one."
        raise MarketPriceMissing(message, errors=[FieldError("order.price", message)])
    return market


def _ordered(request: PreviewRequest, security_id: str) -> PreviewRequest:
    """Return a request with the bond's own id, and by id what it may name in any order (R2.1)."""
    excluded = sorted(request.constraints.exclude_accounts, key=lambda exclusion: exclusion.account_id)
    tiers = tuple(tuple(sorted(tier)) for tier in request.parameters.tiers)
    stated = sorted(request.parameters.allocations, key=lambda amount: amount.account_id)
    return replace(
        request,
        portfolio_groups=tuple(sorted(request.portfolio_groups)),
        order=replace(request.order, security_id=security_id),
        parameters=replace(request.parameters, tiers=tiers, allocations=tuple(stated)),
        constraints=replace(request.constraints, exclude_accounts=tuple(excluded)),
    )


def _check_accounts(request: PreviewRequest, account_ids: AbstractSet[str]) -> None:
    """Check that a request names only accounts of its groups, and leaves at least one of them in."""
    parameters, excluded = request.parameters, request.constraints.exclude_accounts
    tiered = ((f"{i}.{j}", a) for i, tier in enumerate(parameters.tiers) for j, a in enumerate(tier))
    named = [
        *((f"parameters.weights.{a}", a) for a in parameters.weights),
        *((f"parameters.base_amounts.{a}", a) for a in parameters.base_amounts),
        *(
            (f"parameters.allocations.{i}.account_id", a.account_id)
            for i, a in enumerate(parameters.allocations)
        ),
        *((f"parameters.tiers.{place}", a) for place, a in tiered),
        *((f"constraints.exclude_accounts.{i}.account_id", e.account_id) for i, e in enumerate(excluded)),
        *((f"constraints.account_limits.{a}", a) for a in request.constraints.account_limits),
    ]
    errors = [
        FieldError(field, "The account is not in the requested portfolio groups.")
        for field, account in named
        if account not in account_ids
    ]
    if excluded and account_ids <= request.constraints.excluded.keys():
        errors.append(
            FieldError(
                "constraints.exclude_accounts", "All accounts of the groups are excluded: none is left."
            )
        )
    if errors:
        raise InvalidRequest.of(*errors)


def account_input(
    account_id: str,
    known: AccountReference | None,
    positions: AccountPositions | None,
    security: Security,
    reserved: tuple[Reservation, ...] = (),
) -> AccountInput:
    """Reduce one account's positions to the sums that the split needs, with a list of what is missing."""
    missing = tuple(_missing(positions, security))
    missing_reference = _missing_reference(known) if positions is not None else ()
    positions = positions or AccountPositions(account_id)
    held = positions.of_security(security.security_id)
    return AccountInput(
        account_id=account_id,
        account_name=known.account_name if known else account_id,
        currency=positions.currency,
        restrictions=(known.restrictions or ()) if known else (),
        benchmark=known.benchmark if known else Benchmark(),
        nav=positions.nav,
        cash=positions.cash,
        market_value=positions.market_value,
        spread_duration=positions.spread_duration,
        duration=positions.duration,
        oas=positions.oas,
        dts=positions.dts,
        held_face=sum((h.face for h in held), Decimal(0)),
        held_market_value=market_value(held),
        settled_face=sum((h.settled_face for h in held), Decimal(0)),
        issuer_market_value=market_value(positions.of_issuer(security.issuer_id)),
        reference_date=positions.reference_date,
        missing=missing,
        missing_reference=missing_reference,
        reserved=reserved,
        cash_reserve=known.cash_reserve if known else None,
    )


def _missing_reference(known: AccountReference | None) -> tuple[str, ...]:
    if known is None:
        return (UNKNOWN_ACCOUNT,)
    return (UNSTATED_RESTRICTIONS,) if known.restrictions is None else ()


def _missing(positions: AccountPositions | None, security: Security) -> list[str]:
    if positions is None:
        return ["positions: Aladdin did not answer for this account"]
    words = []
    if positions.currency != security.currency:
        words.append(f"currency: {positions.currency or 'unknown'} account, {security.currency} bond")
    return words + [f"market value: not reported for {security_id}" for security_id in positions.unvalued]


def _check_settles(price: Price, accrued: Decimal) -> None:
    if price.clean <= 0 or price.clean + accrued <= 0:
        raise DataMissing(
            f"Price {price.clean} plus accrued {accrued} is not positive: nothing can be settled"
        )


def _check_face(order: OrderRequest, accounts: Sequence[AccountInput]) -> None:
    """Check that an order with decimals takes positions with such cents of face whole (R1.1)."""
    if not face_decimals(order.quantity):
        return
    unit = 10**MAX_FACE_DECIMALS
    cents = [floored_face(a.sellable_face) for a in accounts if a.sellable_face == a.held_face]
    cents = [face for face in cents if face_decimals(face)]
    # One bit for each fraction that some of them have together.
    reached, every = 1, (1 << unit) - 1
    for face in (face for face in cents if face <= order.quantity):
        turn = int(face * unit) % unit
        reached |= (reached << turn | reached >> (unit - turn)) & every
    if not reached >> int(order.quantity * unit) % unit & 1:
        held = ", ".join(face_text(face) for face in sorted(set(cents))[:MAX_NAMED]) or "none"
        raise InvalidRequest.of(
            FieldError(
                "order.quantity",
                "A whole number is expected, unless the order takes positions with cents of face whole; "
                f"those held are {held}.",
            )
        )


def _settlement_date(order: OrderRequest, security: Security, today: date) -> date:
    # R2.5
    settlement = order.settlement_date or add_business_days(today, security.settle_days)
    message = None
    if settlement < today:
        message = f"The settlement date lies before the business date {today}."
    elif (settlement - today).days > 366:
        message = f"The settlement date lies more than a year after the business date {today}."
    elif not is_business_day(settlement):
        following = trade_date(settlement)
        message = f"{settlement} is not a business day; the next one is {following}."
    elif security.maturity is not None and settlement >= security.maturity:
        message = f"The settlement date must lie before the bond's maturity {security.maturity}."
    if message:
        raise InvalidRequest.of(FieldError("order.settlement_date", message))
    return settlement


def _accrued(security: Security, analytics: Analytics, settlement: date, today: date) -> Decimal:
    """Return accrued interest per 100 of face: the vendor's for standard settlement, else from the terms."""
    # R2.6
    standard = add_business_days(today, security.settle_days)
    if settlement == standard and analytics.accrued is not None:
        return analytics.accrued
    is_ex_dividend = analytics.accrued is not None and analytics.accrued < 0
    try:
        return accrued_interest(
            security, settlement, today=today, ex_dividend_since=standard if is_ex_dividend else None
        )
    except InterestUnknownError as error:
        message = f"The accrued interest of {security.security_id} at {settlement} is unknown: {error}."
        raise DataMissing(message, errors=[FieldError("order.settlement_date", message)]) from error
