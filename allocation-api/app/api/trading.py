"""Commits of previews, and the block orders that they sent to Aladdin."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.allocations import SKIPS_COMPLIANCE, allocations
from app.api.kit.context import services
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import Conflict, DataMissing, Forbidden
from app.core.security import Permission
from app.schemas.allocations.answers import AllocationSchema, CommitResultSchema
from app.schemas.allocations.decisions import Approve, ApproveSchema, Reason, RejectSchema, SettleSchema
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
from app.services.allocations.errors import PreviewErased, PreviewExpired
from app.services.allocations.store import CommitResult, StoredAllocation
from app.services.audit.errors import EvidenceBroken
from app.services.requests.gate import Errand
from app.services.safety.errors import OrderTooLarge, TradingHalted
from app.services.trading.commit.settlement import Word
from app.services.trading.errors import (
    AccountsUnsettled,
    AlreadyCommitted,
    ApprovalNeeded,
    BookChanged,
    DeskBusy,
    FourEyes,
    NotPendingApproval,
    NotUnknown,
    NotYours,
    PriceMoved,
    RequesterBarred,
    SettlementContradicted,
    SettlementDiffers,
    SettlementTooEarly,
    WarningsNotOverridden,
)
from app.services.trading.orders.answers import Order, OrderFills
from app.services.trading.orders.change import OrderOutcome
from app.utils.paging import Page

orders = Namespace("orders", "Block orders at Aladdin", path="/orders")

SENDING_ERRORS = (
    *VENDOR_ERRORS,
    OrderOutcomeUnknown,
    DeskBusy,
    Conflict,
    PreviewErased,
    PreviewExpired,
    AlreadyCommitted,
    WarningsNotOverridden,
    EvidenceBroken,
    BookChanged,
    PriceMoved,
    AccountsUnsettled,
    TradingHalted,
    OrderTooLarge,
    DataMissing,
    Forbidden,
)
"""Errors of what sends the order of a preview."""

SETTLING_ERRORS = (
    DeskBusy,
    Conflict,
    OrderOutcomeUnknown,
    NotUnknown,
    SettlementTooEarly,
    FourEyes,
    SettlementDiffers,
    SettlementContradicted,
)
"""Errors of settling an unknown outcome by people."""


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
        """List the orders that were sent, newest first, with Aladdin's present word on them.

        A screen that asks again every few seconds takes `slices=false` and sends the ETag that it has as
        `If-None-Match`; with `recorded=true` it does not ask Aladdin either.
        """
        return services().trading.orders.list(
            query.filters,
            visible(),
            slices=query.slices,
            recorded=query.recorded,
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
            OrderTooLarge,
            ApprovalNeeded,
        ),
        idempotent=True,
        errand=Errand.ORDER,
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
        cost=0,
        errand=Errand.CANCEL,
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
        fails=SENDING_ERRORS,
        may_need={
            **SKIPS_COMPLIANCE,
            Permission.WARNINGS_OVERRIDE: "where `override_warnings` stands for warnings not acknowledged",
        },
        idempotent=True,
        errand=Errand.ORDER,
        examples={"accept warnings": {"comment": "As discussed", "override_warnings": True}},
    )
    def post(self, allocation_id: str, body: Commit) -> CommitResult:
        """Commit a preview: send it to Aladdin as one block order with a slice for each account.

        Refused when the preview has expired, was committed already, or has warnings that are neither
        acknowledged one by one nor overridden. Where the desk's settings ask for another user's approval,
        nothing is sent yet and the status is PENDING_APPROVAL.
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
            acknowledge=body.acknowledge,
        )


@allocations.route("/<allocation:allocation_id>/approve")
class ApproveEndpoint(Endpoint):
    """Approvals."""

    @operation(
        "approveAllocation",
        Permission.ALLOCATIONS_APPROVE,
        body=ApproveSchema,
        body_required=False,
        returns=CommitResultSchema,
        fails=(*SENDING_ERRORS, NotPendingApproval, FourEyes, RequesterBarred, ApprovalNeeded),
        addition=True,
        idempotent=True,
        errand=Errand.ORDER,
        examples={"checked": {"comment": "Checked with the client's mandate"}},
    )
    def post(self, allocation_id: str, body: Approve) -> CommitResult:
        """Approve a commit that waits for another user, and send its order.

        Never by the user who asked for the commit or made the preview. Everything is checked again as in a
        commit; where that refuses, nothing is sent and the commit waits as before, until the preview expires.
        A commit that needs an approval for its warnings needs each of them acknowledged here, too.
        """
        return services().trading.approvals.approve(
            allocation_id,
            comment=body.comment,
            acknowledge=body.acknowledge,
            caller=caller(),
            visible=visible(),
            resumed=is_resumed(),
        )


@allocations.route("/<allocation:allocation_id>/reject")
class RejectEndpoint(Endpoint):
    """Rejections."""

    @operation(
        "rejectAllocation",
        Permission.ALLOCATIONS_APPROVE,
        body=RejectSchema,
        returns=AllocationSchema,
        fails=(NotPendingApproval, PreviewExpired, FourEyes),
        addition=True,
        idempotent=True,
        examples={"too large": {"reason": "Too large for today"}},
    )
    def post(self, allocation_id: str, body: Reason) -> StoredAllocation:
        """Reject a commit that waits for another user.

        It is final: whoever still wants the order makes a new preview. Never by the user who asked for the
        commit or made the preview.
        """
        services().trading.approvals.reject(
            allocation_id, reason=body.reason, caller=caller(), visible=visible(), resumed=is_resumed()
        )
        return services().allocations.previews.get(allocation_id, visible())


@allocations.route("/<allocation:allocation_id>/withdraw")
class WithdrawEndpoint(Endpoint):
    """Withdrawals."""

    @operation(
        "withdrawAllocation",
        Permission.ALLOCATIONS_COMMIT,
        returns=AllocationSchema,
        fails=(NotPendingApproval, PreviewExpired, NotYours),
        addition=True,
        idempotent=True,
    )
    def post(self, allocation_id: str) -> StoredAllocation:
        """Take back your commit that waits for another user: the allocation is an ordinary preview again."""
        services().trading.approvals.withdraw(
            allocation_id, caller=caller(), visible=visible(), resumed=is_resumed()
        )
        return services().allocations.previews.get(allocation_id, visible())


@allocations.route("/<allocation:allocation_id>/settle")
class SettleEndpoint(Endpoint):
    """Settlements of unknown outcomes."""

    @operation(
        "settleAllocation",
        Permission.ALLOCATIONS_SETTLE,
        body=SettleSchema,
        returns=AllocationSchema,
        fails=(*VENDOR_ERRORS, *SETTLING_ERRORS),
        addition=True,
        idempotent=True,
        errand=Errand.ORDER,
        whole_desk=True,
        examples={
            "never sent": {"outcome": "NOT_SENT", "reason": "Aladdin's desk found no such order"},
            "sent": {"outcome": "SENT", "order_id": "9001", "reason": "Found by its basket"},
        },
    )
    def post(self, allocation_id: str, body: Word) -> StoredAllocation:
        """Say what became of the order of an allocation that stays UNKNOWN.

        The first user proposes; another one confirms by the same outcome and order id, and only then is the
        allocation SUBMITTED or FAILED. Aladdin is asked both times: an order must be of this bond and side,
        and NOT_SENT is refused where Aladdin shows the order or does not answer.
        """
        services().trading.settlements.settle(allocation_id, body, caller(), visible(), resumed=is_resumed())
        return services().allocations.previews.get(allocation_id, visible())


@allocations.route("/<allocation:allocation_id>/settle/reject")
class RejectSettlementEndpoint(Endpoint):
    """Rejections of proposals."""

    @operation(
        "rejectSettlement",
        Permission.ALLOCATIONS_SETTLE,
        body=RejectSchema,
        returns=AllocationSchema,
        fails=(NotUnknown, SettlementDiffers),
        addition=True,
        idempotent=True,
        whole_desk=True,
        examples={"mistaken": {"reason": "The order is of another day"}},
    )
    def post(self, allocation_id: str, body: Reason) -> StoredAllocation:
        """Drop what a user has proposed for an UNKNOWN allocation, so that something else can be proposed."""
        services().trading.settlements.reject(
            allocation_id, reason=body.reason, caller=caller(), visible=visible(), resumed=is_resumed()
        )
        return services().allocations.previews.get(allocation_id, visible())
