"""Commits of previews, and the block orders that they sent to Aladdin."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.allocations import allocations
from app.api.kit.context import services
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import Conflict, DataMissing, Forbidden
from app.core.security import Permission
from app.schemas.allocations.answers import (
    CommitResultSchema,
)
from app.schemas.trading import (
    CancelOrder,
    CancelOrderSchema,
    CancelResultSchema,
    Commit,
    CommitSchema,
    ModifyOrder,
    ModifyOrderSchema,
    ModifyResultSchema,
    OrderDetailSchema,
    OrderFillsSchema,
    OrderPageSchema,
    OrderQuery,
    OrderQuerySchema,
)
from app.services.aladdin.errors import OrderOutcomeUnknown
from app.services.allocations.errors import PreviewExpired
from app.services.allocations.store import CommitResult
from app.services.audit.errors import EvidenceBroken
from app.services.trading.errors import (
    AccountsUnsettled,
    AlreadyCommitted,
    BookChanged,
    DeskBusy,
    PriceMoved,
    TradingHalted,
    WarningsNotOverridden,
)
from app.services.trading.orders.answers import Order, OrderFills
from app.services.trading.orders.change import OrderOutcome
from app.utils.paging import Page

orders = Namespace("orders", "Block orders at Aladdin", path="/orders")


@orders.route("")
class OrdersEndpoint(Endpoint):
    """All orders."""

    @operation(
        "listOrders",
        Permission.ORDERS_READ,
        query=OrderQuerySchema,
        returns=OrderPageSchema,
        fails=VENDOR_ERRORS,
        addition=True,
    )
    def get(self, query: OrderQuery) -> Page[Order]:
        """List the orders that were sent, newest first, with Aladdin's present word on them."""
        return services().trading.orders.list(
            visible(),
            status=query.status,
            security_id=query.security_id,
            allocation_id=query.allocation_id,
            allocation_state=query.allocation_state,
            cursor=query.cursor,
            limit=query.limit,
        )


@orders.route("/<order_id>")
class OrderEndpoint(Endpoint):
    """One order."""

    @operation(
        "getOrder", Permission.ORDERS_READ, returns=OrderDetailSchema, fails=VENDOR_ERRORS, addition=True
    )
    def get(self, order_id: str) -> Order:
        """Show one order with Aladdin's present word on it."""
        return services().trading.orders.get(order_id, visible())

    @operation(
        "modifyOrder",
        Permission.ORDERS_WRITE,
        body=ModifyOrderSchema,
        returns=ModifyResultSchema,
        fails=(
            *VENDOR_ERRORS,
            OrderOutcomeUnknown,
            DeskBusy,
            Conflict,
            EvidenceBroken,
            BookChanged,
            AccountsUnsettled,
            TradingHalted,
        ),
        idempotent=True,
        examples={"half": {"quantity": 4000000, "comment": "Half the size"}},
    )
    def put(self, order_id: str, body: ModifyOrder) -> OrderOutcome:
        """Change the face of an order that is still open."""
        return services().trading.orders.modify(
            order_id,
            face=body.quantity,
            comment=body.comment,
            touch_count=body.touch_count,
            caller=caller(),
            visible=visible(),
            resumed=is_resumed(),
        )

    @operation(
        "cancelOrder",
        Permission.ORDERS_WRITE,
        body=CancelOrderSchema,
        returns=CancelResultSchema,
        fails=(*VENDOR_ERRORS, OrderOutcomeUnknown, Conflict),
        idempotent=True,
        examples={"market": {"reason": "Market moved"}},
    )
    def delete(self, order_id: str, body: CancelOrder) -> OrderOutcome:
        """Cancel an order that is still open."""
        return services().trading.orders.cancel(
            order_id,
            reason=body.reason,
            touch_count=body.touch_count,
            caller=caller(),
            visible=visible(),
            resumed=is_resumed(),
        )


@orders.route("/<order_id>/fills")
class OrderFillsEndpoint(Endpoint):
    """What was filled of one order."""

    @operation(
        "getOrderFills",
        Permission.ORDERS_READ,
        returns=OrderFillsSchema,
        fails=VENDOR_ERRORS,
        addition=True,
    )
    def get(self, order_id: str) -> OrderFills:
        """Show what was filled of an order, step by step, and for which account.

        Fills are allocated pro rata to the slices, to the lot, at the order's average price.
        """
        return services().trading.orders.fills(order_id, visible())


@allocations.route("/<allocation:allocation_id>/commit")
class CommitEndpoint(Endpoint):
    """Commits."""

    @operation(
        "commitAllocation",
        Permission.ALLOCATIONS_COMMIT,
        body=CommitSchema,
        body_required=False,
        returns=CommitResultSchema,
        fails=(
            *VENDOR_ERRORS,
            OrderOutcomeUnknown,
            DeskBusy,
            Conflict,
            PreviewExpired,
            AlreadyCommitted,
            WarningsNotOverridden,
            EvidenceBroken,
            BookChanged,
            PriceMoved,
            AccountsUnsettled,
            TradingHalted,
            DataMissing,
            Forbidden,
        ),
        idempotent=True,
        examples={"accept warnings": {"comment": "As discussed", "override_warnings": True}},
    )
    def post(self, allocation_id: str, body: Commit) -> CommitResult:
        """Commit a preview: send it to Aladdin as one block order with a slice for each account.

        Refused when the preview has expired, was committed already, or has warnings that are not overridden.
        The book is read once more: where the accounts can no longer take their parts (BOOK_CHANGED), the
        market price has moved too far (PRICE_MOVED), or other orders for the same accounts are not settled
        (ACCOUNTS_UNSETTLED), nothing is sent, and `accounts` says what differs for each. A preview that is
        not stored as the audit trail has it is not sent either (EVIDENCE_BROKEN).
        """
        held = reservation()
        return services().trading.commits.commit(
            allocation_id,
            comment=body.comment,
            override_warnings=body.override_warnings,
            caller=caller(),
            visible=visible(),
            idempotency_key=held.key_id if held else None,
        )
