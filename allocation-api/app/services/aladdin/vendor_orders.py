"""Client of the vendor's order API: post, modify, cancel and search, one by one and in batches."""

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
from app.utils.chunks import chunks

log = logging.getLogger(__name__)

MAX_ORDERS_PER_PAGE = 4000
MAX_PAGES = 100
"""Pages of one search: far more orders than a desk has; ends a search whose paging would not end."""
MAX_IDS_PER_SEARCH = 30_000
MAX_ORDERS_PER_BATCH = 1000
MAX_CANCELS_PER_BATCH = 500

_POSTED = msgspec.json.Decoder(order_wire.PostAnswer)
_CANCELLED = msgspec.json.Decoder(order_wire.CancelAnswer)
_FILTERED = msgspec.json.Decoder(order_wire.FilterAnswer)
_ORDER = msgspec.json.Decoder(order_wire.OrderAnswer)
_ORDER_FIELDS = msgspec.json.Decoder(RawFields)


class VendorOrders:
    """Client of the vendor's order API. Stateless, safe to share between threads.

    Writes are sent at most once. Every method raises a `VendorError` for anything but the requested answer;
    after a write, only `OrderOutcomeUnknown` leaves open whether it was done.

    Parameters
    ----------
    wire : Wire
        Makes the calls.
    account_code : str
        The vendor's code for our system; with our external id, the key by which an order is looked up.
    defaults : OrderDefaults
        The tenant's conventions for orders.
    calls : CallPool
        Runs concurrent reads.
    long_running : LongRunning
        Polls batches until they end.
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
            When it may be live although no usable answer came: look it up by `order_by_external_id`.
        VendorError
            Any other: nothing was placed.
        """
        body = order_wire.PostBody(
            order=new_order(order, self._account_code, self._defaults),
            post_order_config=self._post_config(what_if=False),
        )
        return self._post(body)

    def check(self, order: BlockOrder) -> VendorCheck:
        """Run the vendor's compliance on an order without placing it (its what-if mode)."""
        body = order_wire.PostBody(
            order=new_order(order, self._account_code, self._defaults),
            post_order_config=self._post_config(what_if=True),
        )
        return vendor_check(self._post_output(body))

    def modify_order(
        self, order_id: str, *, slices: Sequence[Slice], touch_count: int | None, comment: str = ""
    ) -> PostedOrder:
        """Replace the slices of an order, and so its face: read, compare the version, write it back whole.

        The vendor offers no atomic compare-and-set: a concurrent change between the read and the write goes
        unnoticed.

        Parameters
        ----------
        slices : sequence of Slice
            All slices of the changed order; accounts that are left out go to 0.
        touch_count : int or None
            Version of the order that the change is based on; None skips the comparison.

        Raises
        ------
        VendorNotFound
            When the order does not exist.
        Conflict
            When the order has changed since that version, or an account has several details in it.
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
        """Read an order, undecoded, and compare its version with `touch_count`; None skips the comparison."""
        found = list(self._find(order_queries.by_ids([order_id])))
        orders = [_decode_order(raw) for raw in found]
        if not orders:
            raise VendorNotFound(f"order {order_id} is not known", extra={"order_id": order_id})
        if [str(order.id) for order in orders] != [order_id]:
            message = f"FilterOrders: the search for order {order_id} returned other orders"
            raise VendorUnexpected(message, extra={"order_id": order_id})
        now = orders[0].touch_count
        if touch_count is not None and now != touch_count:
            raise Conflict(
                f"Order {order_id} has changed: touch count {now}, expected {touch_count}. Read it again.",
                extra={"order_id": order_id, "touch_count": now},
            )
        return found[0]

    def cancel_order(self, order_id: str, reason: str, *, touch_count: int | None = None) -> PostedOrder:
        """Cancel an order; the reason goes into a comment. The answer may have little but the status.

        `touch_count` is the version of the order that the caller has read; it is compared just before. None
        skips the comparison.

        Raises
        ------
        VendorNotFound
            When the order does not exist (only found out by the comparison).
        Conflict
            When the order has changed since that version.
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
        seconds = f"{self._defaults.compliance_timeout_seconds}s"
        return order_wire.PostConfigBody(what_if=what_if, run_compliance=True, compliance_timeout=seconds)

    # --- batches --------------------------------------------------------------------------------------------

    def post_batch(self, orders: Sequence[BlockOrder]) -> tuple[BatchOutcome, ...]:
        """Send several new orders in one call, once, and wait until the batch has ended.

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
        check_batch("orders", ids, MAX_ORDERS_PER_BATCH)
        body = order_wire.BatchPostBody(
            orders=tuple(new_order(order, self._account_code, self._defaults) for order in orders),
            post_order_config=self._post_config(what_if=False),
        )
        ended = self._long_running.run(operations.BATCH_POST_ORDERS, wire.encode(body), _POSTED)
        return posted_items(ids, ended.response.results, ended.operation_id, self._defaults)

    def cancel_batch(self, order_ids: Sequence[str], reason: str) -> tuple[BatchOutcome, ...]:
        """Cancel several orders in one call and wait until the batch has ended; the reason is a comment.

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
        check_batch("order_ids", order_ids, MAX_CANCELS_PER_BATCH)
        notes = comments(reason, self._defaults)
        requests = tuple(order_wire.CancelBody(order_id=i, order_comments=notes) for i in order_ids)
        body = order_wire.BatchCancelBody(requests=requests)
        ended = self._long_running.run(operations.BATCH_CANCEL_ORDERS, wire.encode(body), _CANCELLED)
        return cancelled_items(order_ids, ended.response.results, ended.operation_id, self._defaults)

    # --- searches -------------------------------------------------------------------------------------------

    def orders(self, ids: Sequence[str]) -> tuple[PostedOrder, ...]:
        """Return orders by id, in searches of at most `MAX_IDS_PER_SEARCH`; unknown ids are absent."""
        searches = chunks(ids, MAX_IDS_PER_SEARCH)
        return tuple(order for some in searches for order in self._orders(order_queries.by_ids(some)))

    def order_by_external_id(self, external_id: str) -> PostedOrder | None:
        """Return the order that was sent under one of our ids, None when the vendor has none.

        Raises
        ------
        VendorUnexpected
            When there are several or another one (its `extra` names them), or permissions hide some.
        """
        orders = self._orders(order_queries.by_external_id(self._account_code, external_id), hidden=False)
        if len(orders) > 1:
            ids = sorted(order.order_id for order in orders)
            raise VendorUnexpected(
                f"Aladdin has several orders with the external id {external_id}: {', '.join(ids)}",
                extra={"external_id": external_id, "order_ids": ids},
            )
        if orders and orders[0].external_id != external_id:
            found = orders[0].order_id
            raise VendorUnexpected(
                f"the search for external id {external_id} returned order {found}, which has another one",
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
        """Return the live orders of groups or accounts, each once; makes one search for each ticker.

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

        The vendor takes whole minutes in its server's time zone: `since` is rounded down and `until` up to a
        full minute. The hour that is repeated when daylight saving time ends is ambiguous there, so a range
        that concerns it should begin before it.

        Parameters
        ----------
        since, until : datetime
            With a time zone; the vendor goes back at most 7 days. Without `until`, up to now.
        zone : tzinfo
            Time zone of the vendor's server, by the tenant's configuration.

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
        """Return the orders of baskets that were opened on one day.

        Parameters
        ----------
        basket_ids : sequence of str
            The orders' `basket_id`; each counts once.
        order_date : date
            The orders' `trade_date`, which is posted as their order date.
        """
        if not basket_ids:
            return ()
        return self._orders(order_queries.of_baskets(basket_ids, order_date))

    def _searched(
        self, tickers: Sequence[str], query: Callable[[str], order_wire.OrderQuery]
    ) -> tuple[PostedOrder, ...]:
        """Search under several tickers concurrently, and return each order once."""
        check_names("groups_or_accounts", tickers)
        answers = self._calls.run(lambda ticker: self._orders(query(ticker)), list(dict.fromkeys(tickers)))
        return tuple({order.order_id: order for found in answers for order in found}.values())

    def _orders(self, query: order_wire.OrderQuery, *, hidden: bool = True) -> tuple[PostedOrder, ...]:
        found = self._find(query, hidden=hidden)
        return tuple(posted_order(_decode_order(raw), self._defaults) for raw in found)

    def _find(self, query: order_wire.OrderQuery, *, hidden: bool = True) -> Iterator[msgspec.Raw]:
        """Yield the undecoded orders of a search, page by page; fail unless some may be `hidden` from us."""
        token: str | None = None
        seen = {token}
        for _ in range(MAX_PAGES):
            body = order_wire.FilterBody(query=query, page_size=MAX_ORDERS_PER_PAGE, page_token=token)
            page = self._wire.call(operations.FILTER_ORDERS, _FILTERED, body=wire.encode(body))
            if page.status:
                # The only sign of orders that the vendor's permissions hide from us.
                log.info("aladdin FilterOrders: %s", page.status)
            if not hidden and order_queries.hides_some(page.status or ""):
                raise VendorUnexpected(f"FilterOrders: permissions may hide the order from us: {page.status}")
            yield from page.orders
            if not page.next_page_token:
                return
            token = page.next_page_token
            if token in seen:
                raise VendorUnexpected("FilterOrders: the next page is the same page as before")
            seen.add(token)
        raise VendorUnexpected(f"FilterOrders: the search has more than {MAX_PAGES} pages")


def _decode_order(raw: msgspec.Raw) -> order_wire.OrderAnswer:
    try:
        return _ORDER.decode(raw)
    except msgspec.ValidationError as error:
        raise VendorUnexpected(f"FilterOrders: {error}") from error
