"""Orders at the vendor: sent, changed, cancelled and found again, one by one and in batches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, tzinfo

import msgspec

from app.core.errors import Conflict
from app.services.aladdin import operations, order_wire, transport, wire
from app.services.aladdin.calls import CallPool
from app.services.aladdin.errors import VendorNotFound, VendorUnexpected
from app.services.aladdin.long_running import LongRunning
from app.services.aladdin.mapping import order_queries
from app.services.aladdin.mapping.batches import BatchOutcome, cancelled_items, check_batch, posted_items
from app.services.aladdin.mapping.orders import (
    OrderDefaults,
    RawFields,
    changed_order,
    comments,
    new_order,
    posted_order,
    vendor_check,
)
from app.services.aladdin.names import check_names
from app.services.aladdin.transport import Wire
from app.services.domain.block_order import BlockOrder, PostedOrder, Slice, VendorCheck

log = logging.getLogger(__name__)

ORDERS_PER_PAGE = 4000
MOST_PAGES = 100
"""Pages that a search may have: far more orders than a desk has, and an end to a search without one."""
IDS_PER_SEARCH = 30_000
ORDERS_PER_BATCH = 1000
CANCELS_PER_BATCH = 500

_POSTED = msgspec.json.Decoder(order_wire.PostAnswer)
_CANCELLED = msgspec.json.Decoder(order_wire.CancelAnswer)
_FILTERED = msgspec.json.Decoder(order_wire.FilterAnswer)
_ORDER = msgspec.json.Decoder(order_wire.OrderAnswer)
_ORDER_FIELDS = msgspec.json.Decoder(RawFields)


class VendorOrders:
    """Sends orders and finds them; holds no state, so threads may share it.

    What writes is sent once. Every method raises a `VendorError` for anything but the answer that was asked
    for; after a write, `OrderOutcomeUnknown` alone leaves open whether it was done.

    Parameters
    ----------
    wire : Wire
        The way to the vendor.
    account_code : str
        The vendor's code of our system: half of the key under which our orders are found again.
    defaults : OrderDefaults
        What the tenant prescribes for orders.
    calls : CallPool
        Where reads run side by side.
    long_running : LongRunning
        How the end of a batch is waited for.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        account_code: str,
        defaults: OrderDefaults | None = None,
        calls: CallPool | None = None,
        long_running: LongRunning | None = None,
    ) -> None:
        self._wire = wire
        self._account_code = account_code
        self._defaults = defaults or OrderDefaults()
        self._calls = calls or CallPool()
        self._long_running = long_running or LongRunning(wire)

    # --- one order ------------------------------------------------------------------------------------------

    def post_order(self, order: BlockOrder) -> PostedOrder:
        """Send a new block order, once.

        Raises
        ------
        OrderOutcomeUnknown
            When it may be live although no usable answer came: look for it by `order_by_external_id`.
        VendorError
            Any other: nothing was placed.
        """
        body = order_wire.PostBody(
            order=new_order(order, self._account_code, self._defaults),
            post_order_config=self._post_config(what_if=False),
        )
        return self._post(body)

    def check(self, order: BlockOrder) -> VendorCheck:
        """Ask what compliance says of an order, without placing it (the vendor's what-if mode)."""
        body = order_wire.PostBody(
            order=new_order(order, self._account_code, self._defaults),
            post_order_config=self._post_config(what_if=True),
        )
        return vendor_check(self._post_output(body))

    def modify_order(
        self, order_id: str, *, slices: Sequence[Slice], touch_count: int | None, comment: str = ""
    ) -> PostedOrder:
        """Replace the slices of an order, and so its face: read, compare, write the full set back.

        The vendor has no lock: a change by someone else between our read and our write is not seen.

        Parameters
        ----------
        slices : sequence of Slice
            All slices from now on; accounts that are left out go to 0.
        touch_count : int or None
            The order's `touch_count` as last seen by the caller; None skips the comparison.

        Raises
        ------
        VendorNotFound
            When the order does not exist.
        Conflict
            When the order has been touched since, or an account has several details in it.
        OrderOutcomeUnknown
            When the change may have been made although no usable answer came.
        """
        fields = _ORDER_FIELDS.decode(self._untouched(order_id, touch_count))
        body = order_wire.ChangeBody(
            order=changed_order(fields, tuple(slices), comment, self._defaults),
            post_order_config=self._post_config(what_if=False),
        )
        return self._post(body)

    def _untouched(self, order_id: str, touch_count: int | None) -> msgspec.Raw:
        """Read an order as it is now, undecoded, unless somebody touched it; None skips the comparison."""
        found = list(self._find(order_queries.by_ids([order_id])))
        orders = [_decode_order(raw) for raw in found]
        if not orders:
            raise VendorNotFound(f"order {order_id} is not known", extra={"order_id": order_id})
        if [str(order.id) for order in orders] != [order_id]:
            raise VendorUnexpected(
                f"FilterOrders: asked for order {order_id}, it gives others", extra={"order_id": order_id}
            )
        now = orders[0].touch_count
        if touch_count is not None and now != touch_count:
            raise Conflict(
                f"order {order_id} has changed: touch count {now}, expected {touch_count}",
                extra={"order_id": order_id, "touch_count": now},
            )
        return found[0]

    def cancel_order(self, order_id: str, reason: str, *, touch_count: int | None = None) -> PostedOrder:
        """Cancel an order; the reason goes into a comment. The answer may say little beyond the status.

        `touch_count` is that of the order as the caller saw it, which is compared just before; None skips
        the comparison.

        Raises
        ------
        VendorNotFound
            When the order that is to be compared does not exist.
        Conflict
            When the order has been touched since.
        OrderOutcomeUnknown
            When it may have been cancelled although no usable answer came.
        VendorError
            Any other: nothing was changed.
        """
        if touch_count is not None:
            self._untouched(order_id, touch_count)
        body = order_wire.CancelBody(order_id=order_id, order_comments=comments(reason, self._defaults))
        results = self._wire.call(operations.CANCEL_ORDER, _CANCELLED, body=wire.encode(body)).results
        order = results[0].output if len(results) == 1 else None
        if len(results) == 1 and order is None and results[0].error is not None:
            raise transport.item_error(operations.CANCEL_ORDER, results[0].error)
        if order is None or str(order.id) != order_id or results[0].error is not None:
            raise transport.outcome_unknown(operations.CANCEL_ORDER, "the answer is not about the order", {})
        return posted_order(order, self._defaults)

    def _post(self, body: order_wire.PostBody | order_wire.ChangeBody) -> PostedOrder:
        output = self._post_output(body)
        if output.order is None or output.order.id is None:
            raise transport.outcome_unknown(operations.POST_ORDER, "the answer has no order", {})
        return posted_order(output.order, self._defaults, output.compliance_violations)

    def _post_output(self, body: order_wire.PostBody | order_wire.ChangeBody) -> order_wire.PostOutput:
        results = self._wire.call(operations.POST_ORDER, _POSTED, body=wire.encode(body)).results
        output = results[0].output if len(results) == 1 else None
        if len(results) == 1 and output is None and results[0].error is not None:
            raise transport.item_error(operations.POST_ORDER, results[0].error)
        if output is None or results[0].error is not None:
            raise transport.outcome_unknown(operations.POST_ORDER, "the answer is not one order", {})
        return output

    def _post_config(self, *, what_if: bool) -> order_wire.PostConfigBody:
        return order_wire.PostConfigBody(
            what_if=what_if,
            run_compliance=True,
            compliance_timeout=f"{self._defaults.compliance_timeout_seconds}s",
        )

    # --- batches --------------------------------------------------------------------------------------------

    def post_batch(self, orders: Sequence[BlockOrder]) -> tuple[BatchOutcome, ...]:
        """Send several new orders in one call, once, and wait until the vendor is done with them.

        Parameters
        ----------
        orders : sequence of BlockOrder
            1 to 1,000 orders, each under an external id of its own.

        Returns
        -------
        tuple of BatchOutcome
            One for each order, in the order in which they were given.

        Raises
        ------
        InvalidRequest
            Naming `orders`: none, too many, or an external id twice; nothing was sent.
        OrderOutcomeUnknown
            When any of them may be live although no usable answer came; its `extra` has the `operation_id`
            if the vendor gave one.
        VendorError
            Any other: nothing was placed.
        """
        ids = [order.external_id for order in orders]
        check_batch("orders", ids, ORDERS_PER_BATCH)
        body = order_wire.BatchPostBody(
            orders=tuple(new_order(order, self._account_code, self._defaults) for order in orders),
            post_order_config=self._post_config(what_if=False),
        )
        ended = self._long_running.run(operations.BATCH_POST_ORDERS, wire.encode(body), _POSTED)
        return posted_items(ids, ended.response.results, ended.operation_id, self._defaults)

    def cancel_batch(self, order_ids: Sequence[str], reason: str) -> tuple[BatchOutcome, ...]:
        """Cancel several orders in one call and wait until the vendor is done; the reason is a comment.

        Parameters
        ----------
        order_ids : sequence of str
            1 to 500 of the vendor's ids, each once.

        Returns
        -------
        tuple of BatchOutcome
            One for each id, in the order in which they were given.

        Raises
        ------
        InvalidRequest
            Naming `order_ids`: none, too many, or an id twice; nothing was sent.
        OrderOutcomeUnknown
            When any of them may be cancelled although no usable answer came; its `extra` has the
            `operation_id` if the vendor gave one.
        VendorError
            Any other: nothing was changed.
        """
        check_batch("order_ids", order_ids, CANCELS_PER_BATCH)
        said = comments(reason, self._defaults)
        requests = tuple(order_wire.CancelBody(order_id=i, order_comments=said) for i in order_ids)
        body = order_wire.BatchCancelBody(requests=requests)
        ended = self._long_running.run(operations.BATCH_CANCEL_ORDERS, wire.encode(body), _CANCELLED)
        return cancelled_items(order_ids, ended.response.results, ended.operation_id, self._defaults)

    # --- orders back ----------------------------------------------------------------------------------------

    def orders(self, ids: Sequence[str]) -> tuple[PostedOrder, ...]:
        """Return orders by id; ids that the vendor does not show us are absent."""
        return self._orders(order_queries.by_ids(ids)) if ids else ()

    def order_by_external_id(self, external_id: str) -> PostedOrder | None:
        """Return the order that was sent under one of our ids, None when the vendor shows none.

        Raises
        ------
        VendorUnexpected
            When there are several or another one (its `extra` names them), or some are hidden from us.
        """
        orders = self._orders(order_queries.by_external_id(self._account_code, external_id), hidden=False)
        if len(orders) > 1:
            ids = sorted(order.order_id for order in orders)
            raise VendorUnexpected(
                f"several orders have the external id {external_id}: {', '.join(ids)}",
                extra={"external_id": external_id, "order_ids": ids},
            )
        if orders and orders[0].external_id != external_id:
            found = orders[0].order_id
            raise VendorUnexpected(
                f"asked for the order with the external id {external_id}, Aladdin gives the order {found}",
                extra={"external_id": external_id, "order_ids": [found]},
            )
        return orders[0] if orders else None

    def orders_of_groups(
        self,
        groups_or_accounts: Sequence[str],
        *,
        statuses: Sequence[str] = (),
        security_ids: Sequence[str] = (),
    ) -> tuple[PostedOrder, ...]:
        """Return the live orders of groups or accounts, each once: one search for each ticker.

        Parameters
        ----------
        statuses, security_ids : sequences of str
            Narrow the search where they are not empty; only live statuses can be searched for.
        """
        return self._searched(
            groups_or_accounts, lambda ticker: order_queries.of_group(ticker, statuses, security_ids)
        )

    def orders_modified(
        self,
        groups_or_accounts: Sequence[str],
        *,
        since: datetime,
        until: datetime | None = None,
        zone: tzinfo,
    ) -> tuple[PostedOrder, ...]:
        """Return the orders of groups or accounts that were changed within a range of time, each once.

        The vendor counts in whole minutes of its server's own clock: `since` is moved back and `until`
        forward to a full minute. In the hour that a change of clocks repeats, the vendor cannot be told which
        of the two is meant: ask from before it.

        Parameters
        ----------
        since, until : datetime
            With a time zone; the vendor goes back at most 7 days. Without `until`, up to now.
        zone : tzinfo
            The time zone of the vendor's server, which the tenant has to tell.

        Raises
        ------
        InvalidRequest
            Naming `since` or `until`: without a time zone, or not one before the other.
        """
        wanted = order_queries.modified_range(since, until, zone)
        return self._searched(
            groups_or_accounts, lambda ticker: order_queries.modified_in_group(ticker, wanted)
        )

    def orders_of_baskets(self, basket_ids: Sequence[str], order_date: date) -> tuple[PostedOrder, ...]:
        """Return the orders of baskets that were opened on one day: all that one allocation has led to.

        Parameters
        ----------
        basket_ids : sequence of str
            The orders' `basket_id`; each counts once.
        order_date : date
            The orders' `trade_date`, which is sent as their date.
        """
        if not basket_ids:
            return ()
        return self._orders(order_queries.of_baskets(basket_ids, order_date))

    def _searched(
        self, tickers: Sequence[str], query: Callable[[str], order_wire.OrderQuery]
    ) -> tuple[PostedOrder, ...]:
        """Search under several tickers side by side; an order that is found twice comes once."""
        check_names("groups_or_accounts", tickers)
        answers = self._calls.run(lambda ticker: self._orders(query(ticker)), list(dict.fromkeys(tickers)))
        return tuple({order.order_id: order for found in answers for order in found}.values())

    def _orders(self, query: order_wire.OrderQuery, *, hidden: bool = True) -> tuple[PostedOrder, ...]:
        found = self._find(query, hidden=hidden)
        return tuple(posted_order(_decode_order(raw), self._defaults) for raw in found)

    def _find(self, query: order_wire.OrderQuery, *, hidden: bool = True) -> Iterator[msgspec.Raw]:
        """Yield the undecoded orders of a search, page after page; some may be `hidden` from us or none."""
        token: str | None = None
        seen = {token}
        for _ in range(MOST_PAGES):
            body = order_wire.FilterBody(query=query, page_size=ORDERS_PER_PAGE, page_token=token)
            page = self._wire.call(operations.FILTER_ORDERS, _FILTERED, body=wire.encode(body))
            if page.status:
                # The only trace of orders that our permissions hide from us.
                log.info("aladdin FilterOrders: %s", page.status)
            if not hidden and order_queries.hides_some(page.status or ""):
                raise VendorUnexpected(f"FilterOrders: an order may be there, but: {page.status}")
            yield from page.orders
            if not page.next_page_token:
                return
            token = page.next_page_token
            if token in seen:
                raise VendorUnexpected("FilterOrders: the next page is the same page again")
            seen.add(token)
        raise VendorUnexpected(f"FilterOrders: there is no end after {MOST_PAGES} pages")


def _decode_order(raw: msgspec.Raw) -> order_wire.OrderAnswer:
    try:
        return _ORDER.decode(raw)
    except msgspec.ValidationError as error:
        raise VendorUnexpected(f"FilterOrders: {error}") from error
