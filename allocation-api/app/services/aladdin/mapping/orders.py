"""Block orders to the vendor's bodies, and the vendor's orders to ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from app.core.errors import Conflict
from app.core.numbers import FACE_UNIT, PRICE_UNIT
from app.services.aladdin.errors import VendorUnexpected
from app.services.aladdin.mapping.numbers import is_usable
from app.services.aladdin.order_wire import (
    CommentBody,
    DetailAnswer,
    DetailBody,
    OrderAnswer,
    OrderBody,
    PortfolioBody,
    PostOutput,
    ReferenceBody,
    ViolationAnswer,
)
from app.services.domain.block_order import (
    MAX_STATUS_CHARACTERS,
    BlockOrder,
    CheckState,
    ComplianceViolation,
    OrderStatus,
    PostedOrder,
    PostedSlice,
    Slice,
    VendorCheck,
    total_face,
)
from app.services.domain.side import Side

WRITABLE_ORDER_FIELDS = frozenset(
    (
        *("assetId", "assetReference", "assignedTo", "assignedToStatus", "basketId", "convexity"),
        *("counterpartyId", "dealId", "dealType", "dealingCapacity", "directedBrokerAccount"),
        *("directedCounterparty", "duration", "executionInstruction", "expirationDate", "expirationType"),
        *("externalCounterpartyId", "externalOrderReference", "face", "financingType", "flags", "id"),
        *("marketPrice", "orderComments", "orderCustomFields", "orderDate", "orderDetails", "orderType"),
        *("ownerType", "pmInitials", "pmInstruction", "raiser", "referenceAssetId", "referenceHaircut"),
        *("referencePrice", "settleCurrencyCode", "settleDate", "settleDateOffset", "tradeDate"),
        *("tradePurpose", "traderFolder", "traderInitials", "tradingBenchmark", "tradingBenchmarkDate"),
        *("tradingBenchmarkPrice", "tradingLimitType", "tradingLimitValue", "tradingStopType"),
        *("tradingStopValue", "transactionType", "unitType", "urgency"),
    )
)
"""The vendor's writable fields of an order; a change must not send back any other field of a read."""

WRITABLE_DETAIL_FIELDS = frozenset(
    {
        "externalPortfolioId",
        "orderDetailId",
        "portfolioReference",
        "quantity",
        "referenceFace",
        "requestStatus",
        "strategyId",
        "strategyName",
    }
)
"""The same for one account's part. Reservations are absent, because a read returns them only on request."""

_CUSTOM_FIELDS = frozenset({"customFieldLabel", "customFieldValue"})

RawFields = dict[str, msgspec.Raw]

_RAW_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_RAW_FIELDS_LIST = msgspec.json.Decoder(list[RawFields])
_DETAILS = msgspec.json.Decoder(list[DetailAnswer])


@dataclass(frozen=True, slots=True)
class OrderDefaults:
    """Values of the tenant's decode tables for orders, and the timeout of compliance in seconds."""

    buy: str = "BUY"
    sell: str = "SELL"
    market_order: str = "Market"
    limit_order: str = "Limit"
    price_limit: str = "Price"
    comment_key: str = "General"
    pm_initials: str | None = None
    compliance_timeout_seconds: int = 20


def new_order(order: BlockOrder, account_code: str, defaults: OrderDefaults) -> OrderBody:
    """Return the body of a new block order: one order with one detail for each account."""
    limited = order.limit_price is not None
    return OrderBody(
        asset_id=order.security_id,
        transaction_type=defaults.buy if order.side is Side.BUY else defaults.sell,
        face=order.face,
        order_type=defaults.limit_order if limited else defaults.market_order,
        trading_limit_type=defaults.price_limit if limited else None,
        trading_limit_value=order.limit_price,
        order_date=order.trade_date,
        trade_date=order.trade_date,
        settle_date=order.settlement_date,
        settle_currency_code=order.currency,
        pm_initials=defaults.pm_initials,
        basket_id=order.basket_id,
        external_order_reference=ReferenceBody(account_code=account_code, external_id1=order.external_id),
        order_comments=comments(order.comment, defaults),
        order_details=tuple(_detail(part) for part in order.slices),
    )


def comments(text: str, defaults: OrderDefaults) -> tuple[CommentBody, ...]:
    """Return a comment as the vendor's list, empty without text."""
    if not text:
        return ()
    return (CommentBody(order_comment_key=defaults.comment_key, order_comment_value=text),)


def changed_order(
    current: RawFields, slices: tuple[Slice, ...], comment: str, defaults: OrderDefaults
) -> dict[str, object]:
    """Return the full writable set of an order with new slices.

    Whether an update keeps or clears fields that it omits is not published, so none are omitted: unknown
    fields go back byte for byte, accounts that lose their slice go back with 0, and earlier comments precede
    the new one.

    Raises
    ------
    Conflict
        When an account has several details, such as one per strategy, so that its slice is not one number.
    ValueError
        For impossible slices, see `total_face`.
    """
    body: dict[str, object] = {
        name: value
        for name, value in current.items()
        if name in WRITABLE_ORDER_FIELDS and bytes(value) != b"null"
    }
    body["face"] = total_face(slices)
    body["orderDetails"] = _changed_details(current.get("orderDetails"), slices)
    if "orderCustomFields" in body:
        custom = _RAW_FIELDS_LIST.decode(current["orderCustomFields"])
        body["orderCustomFields"] = [_only(fields, _CUSTOM_FIELDS) for fields in custom]
    if comment:
        earlier = _RAW_LIST.decode(current["orderComments"]) if "orderComments" in body else []
        body["orderComments"] = [*earlier, *comments(comment, defaults)]
    return body


def _changed_details(current: msgspec.Raw | None, slices: Sequence[Slice]) -> list[object]:
    wanted = {part.account_id: part for part in slices}
    seen: set[str | None] = set()
    details: list[object] = []
    known = _DETAILS.decode(current) if current else []
    fields = _RAW_FIELDS_LIST.decode(current) if current else []
    for detail, raw in zip(known, fields, strict=True):
        account_id = detail.portfolio_reference.portfolio_ticker if detail.portfolio_reference else None
        if account_id is None or account_id in seen:
            raise Conflict(
                f"The order cannot be changed here, because account {account_id} does not have exactly one"
                " part (orderDetails) in it. Change it in Aladdin."
            )
        seen.add(account_id)
        part = wanted.pop(account_id, None)
        face = Decimal(0) if part is None else part.face
        details.append({**_only(raw, WRITABLE_DETAIL_FIELDS), "quantity": face})
    return [*details, *(_detail(part) for part in wanted.values())]


def _only(fields: RawFields, names: frozenset[str]) -> RawFields:
    return {name: value for name, value in fields.items() if name in names}


def _detail(part: Slice) -> DetailBody:
    return DetailBody(portfolio_reference=PortfolioBody(portfolio_ticker=part.account_id), quantity=part.face)


def posted_order(
    order: OrderAnswer, defaults: OrderDefaults, violations: Sequence[ViolationAnswer] | None = None
) -> PostedOrder:
    """Map an order of the vendor's to ours; an unreadable number or date becomes None.

    Faces and prices, which the vendor sends as doubles, are rounded to the precision of their columns, and a
    status is truncated to the length of its column, so that an order read now equals the same order stored.

    Raises
    ------
    VendorUnexpected
        For an order without an id.
    """
    if order.id is None:
        raise VendorUnexpected("orders: an order has no id", extra={"field": "id"})
    details = order.order_details or ()
    reference = order.external_order_reference
    filled = _amount(order.fill_amount, FACE_UNIT)
    return PostedOrder(
        order_id=str(order.id),
        status=order.order_status and order.order_status[:MAX_STATUS_CHARACTERS],
        security_id=order.asset_id,
        side={defaults.buy: Side.BUY, defaults.sell: Side.SELL}.get(order.transaction_type or ""),
        face=_amount(order.face, FACE_UNIT),
        filled_face=filled,
        average_price=_amount(order.average_price, PRICE_UNIT) if filled else None,
        settlement_date=_day(order.settle_date),
        external_id=reference.external_id1 if reference else None,
        basket_id=order.basket_id,
        touch_count=order.touch_count,
        entered_at=_instant(order.entry_time),
        modified_at=_instant(order.modify_time),
        slices=tuple(_slice(detail) for detail in details),
        violations=posted_violations(violations, details),
    )


def vendor_check(output: PostOutput) -> VendorCheck:
    """Map the answer to an order in what-if mode.

    Only the order's status shows whether compliance has finished, so an answer without one counts as pending.
    """
    order = output.order
    word = order.order_status if order else None
    status = OrderStatus.of(word)
    violations = posted_violations(output.compliance_violations, order.order_details if order else None)
    if status is OrderStatus.PENDING_COMPLIANCE:
        return VendorCheck(CheckState.PENDING, violations, f"the order would be {word}")
    if status is OrderStatus.UNREPORTED:
        return VendorCheck(CheckState.PENDING, violations, "the answer does not say whether it has")
    if status.is_refused:
        return VendorCheck(CheckState.REFUSED, violations, f"the order would be {word}")
    return VendorCheck(CheckState.FINISHED, violations)


def posted_violations(
    violations: Sequence[ViolationAnswer] | None, details: Sequence[DetailAnswer] | None
) -> tuple[ComplianceViolation, ...]:
    """Map violations; their portfolio codes and detail ids become account ids by the order's own details."""
    by_code: dict[str, str] = {}
    by_detail: dict[int, str] = {}
    for detail in details or ():
        portfolio = detail.portfolio_reference
        if portfolio is None or portfolio.portfolio_ticker is None:
            continue
        if portfolio.portfolio_id is not None:
            by_code[str(portfolio.portfolio_id)] = portfolio.portfolio_ticker
        if detail.order_detail_id is not None:
            by_detail[detail.order_detail_id] = portfolio.portfolio_ticker
    return tuple(_violation(violation, by_code, by_detail) for violation in violations or ())


def _violation(
    violation: ViolationAnswer, by_code: Mapping[str, str], by_detail: Mapping[int, str]
) -> ComplianceViolation:
    contributions = violation.violation_contributions or ()
    codes = [violation.portfolio_id, *(part.portfolio_id for part in contributions)]
    accounts = {by_code.get(str(code)) for code in codes if code is not None}
    accounts |= {
        by_detail.get(part.allocation_id) for part in contributions if part.allocation_id is not None
    }
    return ComplianceViolation(
        violation_id=None if violation.id is None else str(violation.id),
        rule_id=violation.rule_id,
        severity=(violation.compliance_severity or "").removeprefix("COMPLIANCE_SEVERITY_") or None,
        action_status=violation.action_status,
        description=violation.violation_description,
        account_ids=tuple(sorted(account for account in accounts if account is not None)),
    )


def _slice(detail: DetailAnswer) -> PostedSlice:
    portfolio = detail.portfolio_reference
    code = portfolio.portfolio_id if portfolio else None
    return PostedSlice(
        account_id=portfolio.portfolio_ticker if portfolio else None,
        portfolio_id=None if code is None else str(code),
        order_detail_id=detail.order_detail_id,
        face=_amount(detail.quantity, FACE_UNIT),
        booked_face=_amount(detail.quantity_booked, FACE_UNIT),
    )


def _amount(number: Decimal | None, unit: Decimal) -> Decimal | None:
    """Return a number rounded to the unit; None if it is not usable, such as the string NaN."""
    if number is None or not is_usable(number):
        return None
    rounded = number.quantize(unit)
    whole = rounded.to_integral_value()
    return whole if whole == rounded else rounded


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _instant(text: str | None) -> datetime | None:
    """Return a time in UTC; None without an offset, since its time zone is unknown."""
    try:
        instant = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant and instant.tzinfo else None
