"""`orders:filter` and `orderIds:filter`: search for orders by exactly one criterion, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from msgspec import Meta

from aladdin_simulator.wire.messages import ENCODER, Message, WireFaultError, bad_request
from aladdin_simulator.wire.order_desk import OrderDesk, has_key
from aladdin_simulator.wire.order_messages import ExternalKey, Order
from aladdin_simulator.wire.order_rules import LIVE_STATUSES
from aladdin_simulator.wire.order_store import Clock
from aladdin_simulator.wire.paging import page_of
from aladdin_simulator.wire.portfolios import Portfolios

_MAX_PAGE_ORDERS = 4000
_MAX_PAGE_IDS = 20_000
_MAX_AGE = timedelta(days=7)
Test = Callable[[Order], bool]


class OrderIds(Message, frozen=True, forbid_unknown_fields=True):
    """Orders by the vendor's ids."""

    ids: Annotated[list[str], Meta(min_length=1, max_length=30_000)]


class PortStatusOption(Message, frozen=True, forbid_unknown_fields=True):
    """Orders of some portfolios, by code, in some live statuses."""

    portfolio_ids: Annotated[list[str], Meta(min_length=1, max_length=20)]
    order_statuses: list[str] | None = None


class BasketIds(Message, frozen=True, forbid_unknown_fields=True):
    """Orders of some baskets: of one order date, or of some portfolios."""

    basket_ids: Annotated[list[str], Meta(min_length=1)]
    order_date: date | None = None
    port_status_option: PortStatusOption | None = None
    show_trader_orders: bool = False


class PortfolioGroup(Message, frozen=True, forbid_unknown_fields=True):
    """Live orders of a portfolio or group."""

    portfolio_group_ticker: str
    order_statuses: list[str] | None = None
    asset_ids: list[str] | None = None
    show_trader_orders: bool = False


class MinuteOfDay(Message, frozen=True, forbid_unknown_fields=True):
    """A minute, in the server's time zone: the simulator's is UTC."""

    filter_date: date
    hour: Annotated[int, Meta(ge=0, le=23)] = 0
    minute: Annotated[int, Meta(ge=0, le=59)] = 0

    def start(self) -> datetime:
        """Return the start of the minute, in UTC."""
        return datetime.combine(self.filter_date, time(self.hour, self.minute), tzinfo=UTC)


class ModifiedTimeRange(Message, frozen=True, forbid_unknown_fields=True):
    """Range of minutes; without an end, up to now."""

    start_time_range: MinuteOfDay
    end_time_range: MinuteOfDay | None = None


class PortfolioModifiedTime(Message, frozen=True, forbid_unknown_fields=True):
    """Orders of a portfolio or group that were changed within a range of time."""

    modified_time_range: ModifiedTimeRange
    portfolio_group_ticker: str | None = None
    portfolio_id: str | None = None
    show_trader_orders: bool = False


class OrderQuery(Message, frozen=True, forbid_unknown_fields=True):
    """Exactly one criterion."""

    order_id_criterion: OrderIds | None = None
    external_id_criterion: ExternalKey | None = None
    basket_id_criterion: BasketIds | None = None
    portfolio_group_criterion: PortfolioGroup | None = None
    portfolio_modified_time_criterion: PortfolioModifiedTime | None = None


class FilterRequest(Message, frozen=True, forbid_unknown_fields=True):
    """The body of `orders:filter`."""

    query: OrderQuery
    page_size: int = 0
    page_token: str | None = None


class FilterAnswer(Message, frozen=True):
    """One page of orders; `status` is a text with the number of orders not found."""

    orders: list[Order]
    status: str
    next_page_token: str | None = None


class OrderIdQuery(Message, frozen=True, forbid_unknown_fields=True):
    """Exactly one of the two criteria for ids."""

    basket_id_criterion: BasketIds | None = None
    portfolio_group_criterion: PortfolioGroup | None = None


class IdFilterRequest(Message, frozen=True, forbid_unknown_fields=True):
    """The body of `orderIds:filter`."""

    query: OrderIdQuery
    page_size: int = 0
    page_token: str | None = None


class IdFilterAnswer(Message, frozen=True):
    """One page of order ids."""

    order_ids: list[str]
    status: str
    next_page_token: str | None = None


Criterion = OrderIds | ExternalKey | BasketIds | PortfolioGroup | PortfolioModifiedTime


class OrderQueries:
    """Answers `orders:filter` and `orderIds:filter`."""

    def __init__(self, desk: OrderDesk, portfolios: Portfolios, *, clock: Clock) -> None:
        self._desk = desk
        self._portfolios = portfolios
        self._clock = clock

    def answer(self, request: FilterRequest) -> bytes:
        """Return one page of the matching orders, oldest first.

        Raises
        ------
        WireFaultError
            400 for no criterion or several, an invalid range or an invalid page token; 404 for an unknown
            portfolio.
        """
        query = request.query
        criteria = (
            query.order_id_criterion,
            query.external_id_criterion,
            query.basket_id_criterion,
            query.portfolio_group_criterion,
            query.portfolio_modified_time_criterion,
        )
        found = self._find(criteria)
        page, token = page_of(found, request.page_size, request.page_token, _MAX_PAGE_ORDERS)
        return ENCODER.encode(
            FilterAnswer(orders=page, status=_status(_missing(query, found)), next_page_token=token)
        )

    def ids(self, request: IdFilterRequest) -> bytes:
        """Return one page of the ids of the matching orders, oldest first.

        Raises
        ------
        WireFaultError
            As `answer`.
        """
        query = request.query
        found = self._find((query.basket_id_criterion, query.portfolio_group_criterion))
        ids = [order.id or "" for order in found]
        page, token = page_of(ids, request.page_size, request.page_token, _MAX_PAGE_IDS)
        return ENCODER.encode(IdFilterAnswer(order_ids=page, status=_status(0), next_page_token=token))

    def _find(self, criteria: Sequence[Criterion | None]) -> list[Order]:
        named = [criterion for criterion in criteria if criterion is not None]
        if len(named) != 1:
            raise _invalid("query: exactly one criterion is needed")
        now = self._clock()
        matches = self._test(named[0], now)
        return [order for order in self._desk.orders(now) if matches(order)]

    def _test(self, criterion: Criterion, now: datetime) -> Test:
        """Return a criterion as a predicate of orders."""
        match criterion:
            case OrderIds(ids=ids):
                wanted = frozenset(ids)
                return lambda order: order.id in wanted
            case ExternalKey() as key:
                return lambda order: has_key(order, key)
            case BasketIds() as basket:
                return self._basket_test(basket)
            case PortfolioGroup() as group:
                return self._group_test(group)
            case PortfolioModifiedTime() as modified:
                return self._modified_test(modified, now)

    def _basket_test(self, basket: BasketIds) -> Test:
        option = basket.port_status_option
        if (basket.order_date is None) == (option is None):
            raise _invalid("basketIdCriterion: either orderDate or portStatusOption is needed, not both")
        baskets = frozenset(basket.basket_ids)
        if option is None:
            return lambda order: order.basket_id in baskets and order.order_date == basket.order_date
        statuses, codes = _statuses(option.order_statuses), frozenset(option.portfolio_ids)
        return lambda order: (
            order.basket_id in baskets
            and order.order_status in statuses
            and any(detail.portfolio_reference.portfolio_id in codes for detail in order.order_details)
        )

    def _group_test(self, group: PortfolioGroup) -> Test:
        tickers = self._tickers(group.portfolio_group_ticker)
        statuses = _statuses(group.order_statuses)
        assets = frozenset(asset for asset in group.asset_ids or () if asset.strip())
        return lambda order: (
            order.order_status in statuses
            and (not assets or order.asset_id in assets)
            and _touches(order, tickers)
        )

    def _modified_test(self, modified: PortfolioModifiedTime, now: datetime) -> Test:
        ticker = modified.portfolio_group_ticker
        if ticker is None and modified.portfolio_id is not None:
            ticker = self._portfolios.ticker(modified.portfolio_id) or modified.portfolio_id
        if ticker is None:
            raise _invalid("portfolioModifiedTimeCriterion: portfolioGroupTicker or portfolioId is needed")
        tickers = self._tickers(ticker)
        start = modified.modified_time_range.start_time_range.start()
        until = modified.modified_time_range.end_time_range
        end = now if until is None else min(until.start(), now)
        if not now - _MAX_AGE <= start <= end:
            raise _invalid("modifiedTimeRange: the start is over 7 days back, or after the end")
        return lambda order: start <= order.modify_time <= end and _touches(order, tickers)

    def _tickers(self, ticker: str) -> frozenset[str]:
        return frozenset(account.account_id for account in self._portfolios.accounts_under(ticker))


def _touches(order: Order, tickers: frozenset[str]) -> bool:
    return any(detail.portfolio_reference.portfolio_ticker in tickers for detail in order.order_details)


def _statuses(wanted: Iterable[str] | None) -> frozenset[str]:
    """Return the requested live statuses, all if none is named.

    Raises
    ------
    WireFaultError
        400 for a status that is not live: the vendor searches live orders only.
    """
    statuses = frozenset(wanted or LIVE_STATUSES)
    if not statuses <= LIVE_STATUSES:
        raise _invalid(f"orderStatuses: only {', '.join(sorted(LIVE_STATUSES))} can be asked for")
    return statuses


def _status(missing: int) -> str:
    return f"{missing} not found, 0 hidden by permissions"


def _missing(query: OrderQuery, found: list[Order]) -> int:
    """Return the number of requested ids without an order."""
    if query.order_id_criterion is not None:
        return len(set(query.order_id_criterion.ids) - {order.id for order in found})
    return int(query.external_id_criterion is not None and not found)


def _invalid(message: str) -> WireFaultError:
    return bad_request("INVALID_ARGUMENT", message)
