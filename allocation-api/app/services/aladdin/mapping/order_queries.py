"""Criteria of the vendor's order search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from app.core.errors import FieldError, InvalidRequest
from app.services.aladdin.order_wire import (
    BasketCriterion,
    GroupCriterion,
    IdsCriterion,
    MinuteBody,
    ModifiedCriterion,
    ModifiedRange,
    OrderQuery,
    ReferenceBody,
)


def by_ids(ids: Sequence[str]) -> OrderQuery:
    """Return the criterion for orders by the vendor's ids."""
    return OrderQuery(order_id_criterion=IdsCriterion(ids=tuple(dict.fromkeys(ids))))


def by_external_id(account_code: str, external_id: str) -> OrderQuery:
    """Return the criterion for the order that was sent under one of our ids."""
    key = ReferenceBody(account_code=account_code, external_id1=external_id)
    return OrderQuery(external_id_criterion=key)


def of_baskets(basket_ids: Sequence[str], order_date: date) -> OrderQuery:
    """Return the criterion for the orders of baskets that were opened on one day."""
    criterion = BasketCriterion(basket_ids=tuple(dict.fromkeys(basket_ids)), order_date=order_date)
    return OrderQuery(basket_id_criterion=criterion)


def of_group(ticker: str, statuses: Sequence[str], security_ids: Sequence[str]) -> OrderQuery:
    """Return the criterion for the live orders of a portfolio or group."""
    criterion = GroupCriterion(
        portfolio_group_ticker=ticker, order_statuses=tuple(statuses), asset_ids=tuple(security_ids)
    )
    return OrderQuery(portfolio_group_criterion=criterion)


def modified_in_group(ticker: str, wanted: ModifiedRange) -> OrderQuery:
    """Return the criterion for the orders of a portfolio or group that were changed within a time range."""
    criterion = ModifiedCriterion(portfolio_group_ticker=ticker, modified_time_range=wanted)
    return OrderQuery(portfolio_modified_time_criterion=criterion)


def modified_range(since: datetime, until: datetime | None, zone: tzinfo) -> ModifiedRange:
    """Return a range in whole minutes of the server's time zone, rounded outwards.

    Raises
    ------
    InvalidRequest
        Naming `since` or `until`: without a time zone, or not one before the other.
    """
    for name, instant in (("since", since), ("until", until)):
        if instant is not None and instant.utcoffset() is None:
            raise InvalidRequest.of(FieldError(name, "A time zone is needed."))
    if until is not None and until <= since:
        raise InvalidRequest.of(FieldError("until", f"This must be later than since, {since.isoformat()}."))
    return ModifiedRange(
        start_time_range=_minute(since.astimezone(zone)),
        end_time_range=None if until is None else _minute(_rounded_up(until).astimezone(zone)),
    )


def _rounded_up(instant: datetime) -> datetime:
    """Return the instant rounded up to a full minute."""
    minute = instant.replace(second=0, microsecond=0)
    return minute if minute == instant else minute + timedelta(minutes=1)


def _minute(local: datetime) -> MinuteBody:
    return MinuteBody(filter_date=local.date(), hour=local.hour, minute=local.minute)


def hides_some(status: str) -> bool:
    """Return whether the status of a search, such as `0 not found, 1 hidden by permissions`, counts any."""
    return re.search(r"\b0*[1-9][0-9,]* hidden\b", status) is not None
