"""The order API's JSON as typed structs, by the conventions of `wire`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Raw

from app.services.aladdin.wire import Answer, Body, Fault, WireId

# --- answers ------------------------------------------------------------------------------------------------


class PortfolioAnswer(Answer):
    """A portfolio: both ids come back on reads."""

    portfolio_id: WireId | None = None
    portfolio_ticker: str | None = None


class DetailAnswer(Answer):
    """One account's part of an order."""

    order_detail_id: int | None = None
    portfolio_reference: PortfolioAnswer | None = None
    quantity: Decimal | None = None
    quantity_booked: Decimal | None = None


class ReferenceAnswer(Answer):
    """Our own id of an order."""

    external_id1: str | None = None


class OrderAnswer(Answer):
    """An order. Dates and times stay strings, so that an unreadable one does not hide a live order."""

    id: WireId | None = None
    order_status: str | None = None
    asset_id: str | None = None
    transaction_type: str | None = None
    face: Decimal | None = None
    fill_amount: Decimal | None = None
    average_price: Decimal | None = None
    settle_date: str | None = None
    basket_id: str | None = None
    external_order_reference: ReferenceAnswer | None = None
    touch_count: int | None = None
    entry_time: str | None = None
    modify_time: str | None = None
    order_details: tuple[DetailAnswer, ...] | None = None


class ContributionAnswer(Answer):
    """The part of an order that contributes to a violation."""

    allocation_id: int | None = None
    portfolio_id: WireId | None = None


class ViolationAnswer(Answer):
    """A compliance violation."""

    id: WireId | None = None
    rule_id: str | None = None
    compliance_severity: str | None = None
    action_status: str | None = None
    violation_description: str | None = None
    portfolio_id: WireId | None = None
    violation_contributions: tuple[ContributionAnswer, ...] | None = None


class PostOutput(Answer):
    """A posted order and its compliance violations; a what-if order may come without an id."""

    order: OrderAnswer | None = None
    compliance_violations: tuple[ViolationAnswer, ...] | None = None


class PostResult(Answer):
    """Result for one order: either `output` or `error`, both within an HTTP 200."""

    output: PostOutput | None = None
    error: Fault | None = None


class PostAnswer(Answer):
    """Results of one post: a list, even for one order."""

    results: tuple[PostResult, ...]


class CancelResult(Answer):
    """As `PostResult`, but the output is the order itself."""

    output: OrderAnswer | None = None
    error: Fault | None = None


class CancelAnswer(Answer):
    """Results of one cancellation."""

    results: tuple[CancelResult, ...]


class LongRunningAnswer(Answer):
    """A long-running operation; when it is done it has either an error or a response."""

    id: str | None = None
    done: bool = False
    error: Fault | None = None
    response: Raw = Raw()


class FilterAnswer(Answer):
    """A page of orders, undecoded, because a change must send back every field, unused ones included."""

    orders: tuple[Raw, ...] = ()
    status: str | None = None
    next_page_token: str | None = None


# --- bodies -------------------------------------------------------------------------------------------------


class PortfolioBody(Body):
    """A portfolio by ticker."""

    portfolio_ticker: str


class DetailBody(Body):
    """One account's part of a new order."""

    portfolio_reference: PortfolioBody
    quantity: Decimal


class ReferenceBody(Body):
    """Our own id of an order, under our account code."""

    account_code: str
    external_id1: str


class CommentBody(Body):
    """A comment; the tenant defines the keys."""

    order_comment_key: str
    order_comment_value: str


class OrderBody(Body):
    """A new order."""

    asset_id: str
    transaction_type: str
    face: Decimal
    order_type: str
    settle_date: date
    basket_id: str
    external_order_reference: ReferenceBody
    order_details: tuple[DetailBody, ...]
    trading_limit_type: str | None = None
    trading_limit_value: Decimal | None = None
    order_date: date | None = None
    trade_date: date | None = None
    settle_currency_code: str | None = None
    pm_initials: str | None = None
    order_comments: tuple[CommentBody, ...] = ()


class PostConfigBody(Body):
    """Options of a post; without `compliance_timeout` the vendor waits for compliance without limit."""

    what_if: bool
    run_compliance: bool
    compliance_timeout: str


class PostBody(Body):
    """One order to create."""

    order: OrderBody
    post_order_config: PostConfigBody


class ChangeBody(Body):
    """One order to change: all its writable fields, the unchanged ones as they were read."""

    order: dict[str, object]
    post_order_config: PostConfigBody


class CancelBody(Body):
    """One order to cancel; the vendor has no field for a reason, so it goes into a comment."""

    order_id: str
    order_comments: tuple[CommentBody, ...] = ()


class BatchPostBody(Body):
    """Several orders to create."""

    orders: tuple[OrderBody, ...]
    post_order_config: PostConfigBody


class BatchCancelBody(Body):
    """Several orders to cancel."""

    requests: tuple[CancelBody, ...]


class IdsCriterion(Body):
    """Orders by the vendor's id."""

    ids: tuple[str, ...]


class GroupCriterion(Body):
    """Live orders of a portfolio or group."""

    portfolio_group_ticker: str
    order_statuses: tuple[str, ...] = ()
    asset_ids: tuple[str, ...] = ()


class BasketCriterion(Body):
    """Orders of baskets that were opened on one day."""

    basket_ids: tuple[str, ...]
    order_date: date


class MinuteBody(Body):
    """A minute in the time zone of the vendor's server."""

    filter_date: date
    hour: int
    minute: int


class ModifiedRange(Body):
    """Range of minutes; without an end, up to now."""

    start_time_range: MinuteBody
    end_time_range: MinuteBody | None = None


class ModifiedCriterion(Body):
    """Orders of a portfolio or group that were changed within a range of time."""

    portfolio_group_ticker: str
    modified_time_range: ModifiedRange


class OrderQuery(Body):
    """Search for orders by exactly one of the criteria."""

    order_id_criterion: IdsCriterion | None = None
    external_id_criterion: ReferenceBody | None = None
    portfolio_group_criterion: GroupCriterion | None = None
    basket_id_criterion: BasketCriterion | None = None
    portfolio_modified_time_criterion: ModifiedCriterion | None = None


class FilterBody(Body):
    """Request for one page of a search; only the token differs between its pages."""

    query: OrderQuery
    page_size: int
    page_token: str | None = None
