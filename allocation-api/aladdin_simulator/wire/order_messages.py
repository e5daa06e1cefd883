"""The messages of the order API.

A request may have every writable field of the vendor's order except reservations; read-only and unknown
fields are refused. Fields without meaning for the simulator are stored and returned. Quantities are face.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from aladdin_simulator.wire.messages import Message

BUY, SELL = "BUY", "SELL"
"""The transaction types that the simulator trades."""

Seconds = Annotated[str, Meta(pattern=r"^-?\d+(\.\d{1,9})?s$")]
"""A duration as the vendor writes it, for example `10s`."""

OwnerType = Literal["OWNER_TYPE_UNSPECIFIED", "OWNER_TYPE_TRADER", "OWNER_TYPE_PM", "OWNER_TYPE_HYBRID"]
FinancingType = Literal["FINANCING_TYPE_UNSPECIFIED", "FINANCING_TYPE_PHYSICAL", "FINANCING_TYPE_SYNTHETIC"]
RequestStatus = Literal[
    "ASSIGNED_TO_STATUS_UNSPECIFIED",
    "ASSIGNED_TO_STATUS_REQUEST_CLOSE",
    "ASSIGNED_TO_STATUS_REQUEST_RETURN",
    "ASSIGNED_TO_STATUS_REQUEST_HOLD",
    "ASSIGNED_TO_STATUS_REQUEST_REMOVE_HOLD",
    "ASSIGNED_TO_STATUS_RETURNED",
    "ASSIGNED_TO_STATUS_REASSIGNED",
    "ASSIGNED_TO_STATUS_REQUEST_REJECT",
    "ASSIGNED_TO_STATUS_REQUEST_LIMIT_CHANGE",
    "ASSIGNED_TO_STATUS_ACCEPTED",
    "ASSIGNED_TO_STATUS_HOLD",
    "ASSIGNED_TO_STATUS_DNT",
    "ASSIGNED_TO_STATUS_REJECT",
]


class PortfolioReference(Message, frozen=True, forbid_unknown_fields=True):
    """A portfolio by code or ticker; the code takes precedence. Answers have both."""

    portfolio_id: str | None = None
    portfolio_ticker: str | None = None


class AssetReference(Message, frozen=True, forbid_unknown_fields=True):
    """A bond by a public identifier; no bond of a simulated book has one of the latter three."""

    isin: str | None = None
    snp_cusip: str | None = None
    sedol: str | None = None
    cins: str | None = None
    ric: str | None = None


class ExternalReference(Message, frozen=True, forbid_unknown_fields=True):
    """The client's own ids of an order; not unique, so no protection against duplicate orders."""

    account_code: str | None = None
    external_id1: str | None = None
    external_id2: str | None = None


class Comment(Message, frozen=True, forbid_unknown_fields=True):
    """A comment on an order."""

    order_comment_key: str | None = None
    order_comment_value: str | None = None


class Flag(Message, frozen=True, forbid_unknown_fields=True):
    """A flag of an order."""

    flag_key: str | None = None
    flag_value: str | None = None


class CustomField(Message, frozen=True, forbid_unknown_fields=True):
    """A custom field of the tenant."""

    custom_field_label: str | None = None
    custom_field_value: Annotated[str, Meta(max_length=64)] | None = None


class DetailFields(Message, frozen=True):
    """Writable fields of one account's slice besides account and quantity."""

    external_portfolio_id: str | None = None
    reference_face: float | None = None
    request_status: RequestStatus | None = None
    strategy_id: int | None = None
    strategy_name: str | None = None


class DetailInput(DetailFields, frozen=True, forbid_unknown_fields=True):
    """One account's slice of an order as a client sends it; an id refers to an existing slice."""

    order_detail_id: int | None = None
    portfolio_reference: PortfolioReference | None = None
    quantity: float | None = None


class OrderFields(Message, frozen=True):
    """Writable fields of an order besides its slices."""

    id: str | None = None
    asset_id: str | None = None
    transaction_type: str | None = None
    face: float | None = None
    order_type: str | None = None
    order_date: date | None = None
    trade_date: date | None = None
    settle_date: date | None = None
    settle_date_offset: int | None = None
    settle_currency_code: str | None = None
    market_price: float | None = None
    trading_limit_type: str | None = None
    trading_limit_value: float | None = None
    trading_stop_type: str | None = None
    trading_stop_value: float | None = None
    trading_benchmark: str | None = None
    trading_benchmark_date: date | None = None
    trading_benchmark_price: float | None = None
    expiration_type: str | None = None
    expiration_date: date | None = None
    execution_instruction: str | None = None
    dealing_capacity: str | None = None
    deal_id: str | None = None
    deal_type: str | None = None
    financing_type: FinancingType | None = None
    owner_type: OwnerType | None = None
    assigned_to: str | None = None
    assigned_to_status: RequestStatus | None = None
    pm_initials: str | None = None
    pm_instruction: str | None = None
    raiser: str | None = None
    trader_initials: str | None = None
    trader_folder: str | None = None
    trade_purpose: str | None = None
    unit_type: str | None = None
    urgency: str | None = None
    counterparty_id: str | None = None
    external_counterparty_id: str | None = None
    directed_counterparty: str | None = None
    directed_broker_account: str | None = None
    reference_asset_id: str | None = None
    reference_haircut: float | None = None
    reference_price: float | None = None
    convexity: float | None = None
    duration: float | None = None
    basket_id: str | None = None
    external_order_reference: ExternalReference | None = None
    flags: tuple[Flag, ...] | None = None
    order_comments: tuple[Comment, ...] | None = None
    order_custom_fields: Annotated[tuple[CustomField, ...], Meta(max_length=20)] | None = None


class OrderInput(OrderFields, frozen=True, forbid_unknown_fields=True):
    """An order as a client sends it: a new one without an id, a change of an existing one with an id."""

    asset_reference: AssetReference | None = None
    order_details: tuple[DetailInput, ...] | None = None


class Detail(DetailFields, frozen=True, kw_only=True):
    """One account's slice of an order at the vendor."""

    order_detail_id: int
    portfolio_reference: PortfolioReference
    quantity: float
    quantity_booked: float
    version: int
    modify_time: datetime


class Order(OrderFields, frozen=True, kw_only=True):
    """An order at the vendor. Immutable: every change makes a new instance."""

    order_status: str
    version: int
    touch_count: int
    fill_amount: float
    average_price: float
    factor: float
    principal: float
    interest: float
    market_yield: float
    entry_time: datetime
    modify_time: datetime
    order_details: tuple[Detail, ...]
    active_time: datetime | None = None


class PostConfig(Message, frozen=True, forbid_unknown_fields=True):
    """Options of a post; `what_if` is required in it."""

    what_if: bool
    run_compliance: bool = True
    compliance_timeout: Seconds | None = None
    account_code: str | None = None
    external_entity_type: str | None = None


class PostRequest(Message, frozen=True, forbid_unknown_fields=True):
    """The body of `order:post`."""

    order: OrderInput
    post_order_config: PostConfig | None = None


class RpcStatus(Message, frozen=True):
    """Error of one item inside an HTTP 200; `code` is a google.rpc code."""

    code: int
    message: str


class ViolationContribution(Message, frozen=True):
    """A slice that contributed to a violation; `allocation_id` is its `orderDetailId`, a sale is negative."""

    allocation_id: int
    allocation_quantity: float
    asset_id: str
    portfolio_id: str
    compliance_position_source: str
    transaction_date: date | None = None


class Violation(Message, frozen=True):
    """Violation of a compliance rule by one portfolio's part of an order."""

    action_status: str
    compliance_severity: str
    portfolio_id: str
    rule_id: str
    offender: str
    violation_date: date
    violation_description: str
    violation_contributions: list[ViolationContribution]


class PostOutput(Message, frozen=True):
    """A posted order and its compliance violations."""

    order: Order
    compliance_violations: list[Violation] | None = None


class PostResult(Message, frozen=True):
    """Result of one posted order: either the output or the error."""

    output: PostOutput | None = None
    error: RpcStatus | None = None


class PostAnswer(Message, frozen=True):
    """The answer to `order:post`: a list with the result of the one order."""

    results: list[PostResult]


class ExternalKey(Message, frozen=True, forbid_unknown_fields=True):
    """The client's id of an order, as a search key."""

    external_id1: str
    account_code: str


class CancelRequest(Message, frozen=True, forbid_unknown_fields=True):
    """The body of `order:cancel`: the order by the vendor's id or the client's."""

    order_id: str | None = None
    external_reference: ExternalKey | None = None
    order_comments: tuple[Comment, ...] | None = None


class CancelResult(Message, frozen=True):
    """Result of one cancellation; unlike that of a post, the output is the order itself."""

    output: Order | None = None
    error: RpcStatus | None = None


class CancelAnswer(Message, frozen=True):
    """The answer to `order:cancel`."""

    results: list[CancelResult]
