"""The one client of the vendor's wire: domain types in, domain types out."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from app.core.errors import Conflict, FieldError, InvalidRequest, VendorNotFound, VendorUnexpected
from app.services.aladdin import operations, order_wire, transport, wire
from app.services.aladdin.groups import walk
from app.services.aladdin.mapping.orders import (
    OrderDefaults,
    RawFields,
    changed_order,
    comments,
    new_order,
    posted_order,
    vendor_check,
)
from app.services.aladdin.mapping.positions import account_positions
from app.services.aladdin.mapping.securities import IdType, MasterRules, analytics_of, securities_of
from app.services.block_order import BlockOrder, PostedOrder, Slice, VendorCheck
from app.services.book import AccountPositions, Analytics, AsOf, AssetFault, GroupMembers, Security

log = logging.getLogger(__name__)

IDS_PER_CALL = 200
"""Ids in one URL: 200 ISINs make some 3 kB, well under the 8 kB that servers commonly take."""

ORDERS_PER_PAGE = 4000

_NODES = msgspec.json.Decoder(wire.GroupNodes)
_ROWS = msgspec.json.Decoder(list[wire.PositionRow])
_MASTER = msgspec.json.Decoder(wire.MasterAnswer)
_ANALYTICS = msgspec.json.Decoder(wire.AnalyticsAnswer)
_POSTED = msgspec.json.Decoder(order_wire.PostAnswer)
_CANCELLED = msgspec.json.Decoder(order_wire.CancelAnswer)
_FILTERED = msgspec.json.Decoder(order_wire.FilterAnswer)
_ORDER = msgspec.json.Decoder(order_wire.OrderAnswer)
_ORDER_FIELDS = msgspec.json.Decoder(RawFields)

_NO_CURRENCIES: Mapping[str, str] = MappingProxyType({})


class AladdinClient:
    """Reads books and sends orders; holds no state, so threads may share it.

    Every method raises a `VendorError` for anything but the answer that was asked for; the class says what
    failed, its `retryable` whether a read may be tried again.

    Parameters
    ----------
    wire : transport.Wire
        Makes the calls.
    account_code : str
        The vendor's code of our system: half of the key under which our orders are found again.
    defaults : OrderDefaults
        What the tenant prescribes for orders.
    rules : MasterRules
        What the tenant decides about the security master.
    """

    def __init__(
        self,
        wire: transport.Wire,
        *,
        account_code: str,
        defaults: OrderDefaults | None = None,
        rules: MasterRules | None = None,
    ) -> None:
        self._wire = wire
        self._account_code = account_code
        self._defaults = defaults or OrderDefaults()
        self._rules = rules or MasterRules()

    # --- the book -------------------------------------------------------------------------------------------

    def group_members(self, group_id: str) -> GroupMembers:
        """Return the accounts under a group, nested groups walked.

        Raises
        ------
        VendorNotFound
            For a ticker that the vendor does not know.
        """
        _check_names("group_id", [group_id])

        def nodes(ticker: str) -> Sequence[wire.GroupNode]:
            return self._wire.call(operations.GROUP_MEMBERS, _NODES, item=ticker).nodes

        return walk(group_id, nodes)

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return all accounts of groups, or single accounts, with their holdings, in one call.

        An account without any row, not even a cash row, is absent: the vendor has no number for it here.

        Parameters
        ----------
        groups_or_accounts : sequence of str
            Tickers; groups and accounts share one namespace.
        as_of : AsOf
            Which trades and orders count.
        """
        _check_names("groups_or_accounts", groups_or_accounts)
        if not groups_or_accounts:
            return ()
        params = {"portGroup": ",".join(groups_or_accounts), "posType": as_of.value}
        rows = self._wire.call(operations.POSITIONS, _ROWS, params=params)
        return account_positions(rows)

    def securities(
        self, ids: Sequence[str], id_type: IdType = IdType.CUSIP
    ) -> tuple[tuple[Security, ...], tuple[AssetFault, ...]]:
        """Return the terms of securities, and a fault for every id without usable ones.

        Parameters
        ----------
        ids : sequence of str
            Ids of one type; each counts once.
        id_type : IdType
            Their type.
        """
        found: list[Security] = []
        faults: list[AssetFault] = []
        for asked in _batches("ids", ids):
            params = {"assetId": ",".join(asked), "assetIdType": id_type.value}
            answer = self._wire.call(operations.SECURITY_MASTER, _MASTER, params=params)
            securities, failed = securities_of(asked, id_type, answer, self._rules)
            found += securities
            faults += failed
        return tuple(found), tuple(faults)

    def analytics(
        self, ids: Sequence[str], currencies: Mapping[str, str] = _NO_CURRENCIES
    ) -> tuple[tuple[Analytics, ...], tuple[AssetFault, ...]]:
        """Return the risk numbers of securities, and a fault for every id without them.

        Parameters
        ----------
        ids : sequence of str
            The vendor's asset ids; each counts once.
        currencies : mapping
            Security currency by asset id, where it is known: it picks among risk in several currencies.
        """
        found: list[Analytics] = []
        faults: list[AssetFault] = []
        for asked in _batches("ids", ids):
            params = {"assetId": ",".join(asked)}
            answer = self._wire.call(operations.ANALYTICS, _ANALYTICS, params=params)
            analytics, failed = analytics_of(asked, currencies, answer)
            found += analytics
            faults += failed
        return tuple(found), tuple(faults)

    # --- orders out -----------------------------------------------------------------------------------------

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
        found = list(self._find(_by_ids([order_id])))
        if not found:
            raise VendorNotFound(f"order {order_id} is not known", extra={"order_id": order_id})
        current = _decode_order(found[0])
        if touch_count is not None and current.touch_count != touch_count:
            raise Conflict(
                f"order {order_id} has changed: touch count {current.touch_count}, expected {touch_count}",
                extra={"order_id": order_id, "touch_count": current.touch_count},
            )
        fields = _ORDER_FIELDS.decode(found[0])
        body = order_wire.ChangeBody(
            order=changed_order(fields, tuple(slices), comment, self._defaults),
            post_order_config=self._post_config(what_if=False),
        )
        return self._post(body)

    def cancel_order(self, order_id: str, reason: str) -> PostedOrder:
        """Cancel an order; the reason goes into a comment. The answer may say little beyond the status.

        Raises
        ------
        OrderOutcomeUnknown
            When it may have been cancelled although no usable answer came.
        VendorError
            Any other: nothing was changed.
        """
        body = order_wire.CancelBody(order_id=order_id, order_comments=comments(reason, self._defaults))
        results = self._wire.call(operations.CANCEL_ORDER, _CANCELLED, body=wire.encode(body)).results
        order = results[0].output if len(results) == 1 else None
        if len(results) == 1 and results[0].error is not None:
            raise transport.item_error(operations.CANCEL_ORDER, results[0].error)
        if order is None or order.id is None:
            raise transport.outcome_unknown(operations.CANCEL_ORDER, "the answer has no order", {})
        return posted_order(order, self._defaults)

    def _post(self, body: order_wire.PostBody | order_wire.ChangeBody) -> PostedOrder:
        output = self._post_output(body)
        if output.order is None or output.order.id is None:
            raise transport.outcome_unknown(operations.POST_ORDER, "the answer has no order", {})
        return posted_order(output.order, self._defaults, output.compliance_violations)

    def _post_output(self, body: order_wire.PostBody | order_wire.ChangeBody) -> order_wire.PostOutput:
        results = self._wire.call(operations.POST_ORDER, _POSTED, body=wire.encode(body)).results
        if len(results) == 1 and results[0].error is not None:
            raise transport.item_error(operations.POST_ORDER, results[0].error)
        if len(results) != 1 or results[0].output is None:
            raise transport.outcome_unknown(operations.POST_ORDER, "the answer has no order", {})
        return results[0].output

    def _post_config(self, *, what_if: bool) -> order_wire.PostConfigBody:
        return order_wire.PostConfigBody(
            what_if=what_if,
            run_compliance=True,
            compliance_timeout=f"{self._defaults.compliance_timeout_seconds}s",
        )

    # --- orders back ----------------------------------------------------------------------------------------

    def orders(self, ids: Sequence[str]) -> tuple[PostedOrder, ...]:
        """Return orders by id; ids that the vendor does not show us are absent."""
        if not ids:
            return ()
        return self._orders(_by_ids(list(dict.fromkeys(ids))))

    def order_by_external_id(self, external_id: str) -> PostedOrder | None:
        """Return the order that was sent under one of our ids, None when the vendor shows none.

        Raises
        ------
        VendorUnexpected
            When there are several, which must never be: its `extra` names them.
        """
        key = order_wire.ReferenceBody(account_code=self._account_code, external_id1=external_id)
        orders = self._orders(order_wire.OrderQuery(external_id_criterion=key))
        if len(orders) > 1:
            ids = sorted(order.order_id for order in orders)
            raise VendorUnexpected(
                f"several orders have the external id {external_id}: {', '.join(ids)}",
                extra={"external_id": external_id, "order_ids": ids},
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
        _check_names("groups_or_accounts", groups_or_accounts)
        orders: dict[str, PostedOrder] = {}
        for ticker in dict.fromkeys(groups_or_accounts):
            criterion = order_wire.GroupCriterion(
                portfolio_group_ticker=ticker, order_statuses=tuple(statuses), asset_ids=tuple(security_ids)
            )
            found = self._orders(order_wire.OrderQuery(portfolio_group_criterion=criterion))
            orders |= {order.order_id: order for order in found}
        return tuple(orders.values())

    def _orders(self, query: order_wire.OrderQuery) -> tuple[PostedOrder, ...]:
        return tuple(posted_order(_decode_order(raw), self._defaults) for raw in self._find(query))

    def _find(self, query: order_wire.OrderQuery) -> Iterator[msgspec.Raw]:
        """Yield the undecoded orders of a search, page after page."""
        token: str | None = None
        while True:
            body = order_wire.FilterBody(query=query, page_size=ORDERS_PER_PAGE, page_token=token)
            page = self._wire.call(operations.FILTER_ORDERS, _FILTERED, body=wire.encode(body))
            if page.status:
                # The only trace of orders that our permissions hide from us.
                log.info("aladdin FilterOrders: %s", page.status)
            yield from page.orders
            if not page.next_page_token:
                return
            if page.next_page_token == token:
                raise VendorUnexpected("FilterOrders: the next page is the same page again")
            token = page.next_page_token


def _decode_order(raw: msgspec.Raw) -> order_wire.OrderAnswer:
    try:
        return _ORDER.decode(raw)
    except msgspec.ValidationError as error:
        raise VendorUnexpected(f"FilterOrders: {error}") from error


def _by_ids(ids: Sequence[str]) -> order_wire.OrderQuery:
    return order_wire.OrderQuery(order_id_criterion=order_wire.IdsCriterion(ids=tuple(ids)))


def _batches(field: str, ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the distinct ids in calls of at most `IDS_PER_CALL`."""
    _check_names(field, ids)
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), IDS_PER_CALL):
        yield distinct[start : start + IDS_PER_CALL]


def _check_names(field: str, names: Sequence[str]) -> None:
    """Refuse what would change the meaning of a comma-separated list (a leading minus excludes a group)."""
    for name in names:
        if not name.strip() or "," in name or name.startswith("-"):
            message = f"{name!r} is not an id: it must not be blank, hold a comma or start with a minus"
            raise InvalidRequest(message, errors=[FieldError(field, message)])
