"""Orders to brokers."""

from __future__ import annotations

from app.api.execution import ACCESS_ERRORS, READ_ERRORS, brokers
from app.api.kit.context import services
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.core.errors import NotFound
from app.core.security import Permission
from app.schemas.execution_orders import (
    BrokerOrderPageQuery,
    BrokerOrderPageQuerySchema,
    BrokerOrderPageSchema,
    BrokerOrderPreviewSchema,
    BrokerOrderSchema,
    BrokerOrderWishSchema,
)
from app.services.execution.errors import (
    BrokerAccountUnsettled,
    BrokerLimitExceeded,
    BrokerOrderEnded,
    BrokerOutcomeUnknown,
    BrokerSlippageTooLarge,
)
from app.services.execution.order_values import OrderWish, ShownPreview, StoredOrder
from app.services.safety.errors import TradingHalted
from app.utils.paging import Page

MARKET = {"symbol": "EQ-US-LARGE", "side": "BUY", "type": "MARKET", "quantity": 2}
LIMIT = {**MARKET, "type": "LIMIT", "quantity": 1, "limit_price": 1}
LIMIT_ERRORS = (BrokerLimitExceeded, BrokerSlippageTooLarge)
EXAMPLES = {"at the market": MARKET, "far below it": LIMIT}


@brokers.route("/accounts/<broker_account_id>/preview")
class BrokerPreviewEndpoint(Endpoint):
    """What an order would cost."""

    @operation(
        "previewBrokerOrder",
        Permission.BROKERS_READ,
        body=BrokerOrderWishSchema,
        returns=BrokerOrderPreviewSchema,
        fails=(NotFound, *READ_ERRORS, *ACCESS_ERRORS, *LIMIT_ERRORS),
        addition=True,
        cost=2,
        examples=EXAMPLES,
    )
    def post(self, broker_account_id: str, body: OrderWish) -> ShownPreview:
        """Find out what an order is expected to cost; nothing is placed.

        It is refused where the order would be: above the limits on one order, or by the broker.
        """
        return services().execution.gateway.preview(broker_account_id, body, caller())


@brokers.route("/accounts/<broker_account_id>/orders")
class BrokerOrdersEndpoint(Endpoint):
    """Orders of an account."""

    @operation(
        "listBrokerOrders",
        Permission.BROKERS_READ,
        query=BrokerOrderPageQuerySchema,
        returns=BrokerOrderPageSchema,
        fails=(NotFound,),
        addition=True,
    )
    def get(self, broker_account_id: str, query: BrokerOrderPageQuery) -> Page[StoredOrder]:
        """List the orders of one of your accounts, newest first."""
        account = services().execution.accounts.load(broker_account_id, caller())
        return services().execution.orders.page_of(account.id, cursor=query.cursor, limit=query.limit)

    @operation(
        "placeBrokerOrder",
        Permission.BROKERS_TRADE,
        body=BrokerOrderWishSchema,
        returns=BrokerOrderSchema,
        fails=(
            NotFound,
            *READ_ERRORS,
            *ACCESS_ERRORS,
            *LIMIT_ERRORS,
            BrokerOutcomeUnknown,
            BrokerAccountUnsettled,
            TradingHalted,
        ),
        addition=True,
        idempotent=True,
        cost=5,
        examples=EXAMPLES,
    )
    def post(self, broker_account_id: str, body: OrderWish) -> StoredOrder:
        """Place an order at a broker, once.

        The emergency stop, the limits on one order and on the day, and that no earlier order of the account
        has an unknown outcome are checked right before it is sent. Where the outcome is unknown, the order is
        looked for in the broker's list; asked again under its key, the same order is the answer.
        """
        key = reservation()
        return services().execution.gateway.place(
            broker_account_id, body, caller(), key=key.key_id if key else None, resumed=is_resumed()
        )


@brokers.route("/orders/<broker_order_id>")
class BrokerOrderEndpoint(Endpoint):
    """One order."""

    @operation(
        "getBrokerOrder",
        Permission.BROKERS_READ,
        returns=BrokerOrderSchema,
        fails=(NotFound,),
        addition=True,
        cost=2,
    )
    def get(self, broker_order_id: str) -> StoredOrder:
        """Show one of your orders, as its broker has it now where the broker can be asked."""
        return services().execution.gateway.get(broker_order_id, caller())


@brokers.route("/orders/<broker_order_id>/cancel")
class BrokerOrderCancelEndpoint(Endpoint):
    """The cancellation of an order."""

    @operation(
        "cancelBrokerOrder",
        Permission.BROKERS_TRADE,
        returns=BrokerOrderSchema,
        fails=(NotFound, *READ_ERRORS, *ACCESS_ERRORS, BrokerOutcomeUnknown, BrokerOrderEnded),
        addition=True,
        idempotent=True,
        cost=0,
    )
    def post(self, broker_order_id: str) -> StoredOrder:
        """Cancel what of an order is not filled; the emergency stop does not keep it."""
        return services().execution.gateway.cancel(broker_order_id, caller())
