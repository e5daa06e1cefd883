"""The vendor's book as domain types, read over the wire with every call (`CachedBook` caches it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec

from app.services.aladdin import operations, wire
from app.services.aladdin.calls import CallPool
from app.services.aladdin.errors import VendorUnexpected
from app.services.aladdin.groups import Listing, walk
from app.services.aladdin.mapping.positions import account_positions
from app.services.aladdin.mapping.ratings import ratings_of
from app.services.aladdin.mapping.securities import IdType, MasterRules, analytics_of, securities_of
from app.services.aladdin.names import check_names
from app.services.aladdin.transport import Wire
from app.services.domain.book import (
    Analytics,
    AsOf,
    AssetFault,
    ById,
    GroupMembers,
    GroupNode,
    Ratings,
    Security,
    T,
)
from app.services.domain.identifiers import is_list_item
from app.services.domain.positions import AccountPositions
from app.utils.chunks import chunks

MAX_IDS_PER_CALL = 200
"""Ids in one URL: 200 ISINs make some 3 kB, well under the 8 kB that servers commonly accept."""

_NODE = msgspec.json.Decoder(wire.GroupNode)
_NODES = msgspec.json.Decoder(wire.GroupNodes)
_ROWS = msgspec.json.Decoder(list[wire.PositionRow])
_MASTER = msgspec.json.Decoder(wire.MasterAnswer)
_RATINGS = msgspec.json.Decoder(wire.RatingsAnswer)
_ANALYTICS = msgspec.json.Decoder(wire.AnalyticsAnswer)

_NO_CURRENCIES: Mapping[str, str] = MappingProxyType({})


class VendorBook:
    """Client of the vendor's read APIs. Stateless, safe to share between threads.

    A method that needs several calls makes them concurrently. Every method raises a `VendorError` for
    anything but the requested answer; its class says what failed, its `retryable` whether a retry may help.

    Parameters
    ----------
    wire : Wire
        Makes the calls.
    calls : CallPool
        Runs concurrent calls.
    rules : MasterRules
        The tenant's conventions in the security master.
    """

    def __init__(
        self, wire: Wire, *, calls: CallPool | None = None, rules: MasterRules | None = None
    ) -> None:
        self._wire = wire
        self._calls = calls or CallPool()
        self._rules = rules or MasterRules()

    def node(self, ticker: str) -> GroupNode:
        """Return the vendor's entry for one portfolio or group: its cheapest read, also used for readiness.

        Raises
        ------
        VendorNotFound
            For a ticker that the vendor does not know.
        """
        check_names("ticker", [ticker])
        return _node(self._wire.call(operations.GROUP_NODE, _NODE, item=ticker))

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        """Return the accounts under each group, those of nested groups included.

        Raises
        ------
        VendorNotFound
            For a ticker that the vendor does not know.
        """
        check_names("group_ids", group_ids)

        def list_nodes(tickers: Sequence[str]) -> Listing:
            return dict(zip(tickers, self._calls.run(self._members, tickers), strict=True))

        return walk(list(dict.fromkeys(group_ids)), list_nodes)

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return all accounts of groups, or single accounts, with their holdings, in one call.

        An account without any row, not even a cash row, is absent from the result.

        Parameters
        ----------
        groups_or_accounts : sequence of str
            Tickers; groups and accounts share one namespace.
        as_of : AsOf
            Trades and orders to include.
        """
        check_names("groups_or_accounts", groups_or_accounts)
        if not groups_or_accounts:
            return ()
        params = {"portGroup": ",".join(groups_or_accounts), "posType": as_of.value}
        rows = self._wire.call(operations.POSITIONS, _ROWS, params=params)
        return account_positions(rows)

    def securities(self, ids: Sequence[str], id_type: IdType = IdType.CUSIP) -> ById[Security]:
        """Return the terms of securities, or a fault where there are no usable ones, by the ids as asked.

        Parameters
        ----------
        ids : sequence of str
            Ids of one type; each counts once.
        id_type : IdType
            Their type.
        """

        def ask(asked: Sequence[str]) -> ById[Security]:
            params = {"assetId": ",".join(asked), "assetIdType": id_type.value}
            answer = self._wire.call(operations.SECURITY_MASTER, _MASTER, params=params)
            return securities_of(asked, id_type, answer, self._rules)

        return _joined(self._calls.run(ask, _batches("ids", ids)))

    def analytics(
        self, ids: Sequence[str], currencies: Mapping[str, str] = _NO_CURRENCIES
    ) -> ById[Analytics]:
        """Return the risk numbers of securities, or a fault where there are none, by id.

        Parameters
        ----------
        ids : sequence of str
            The vendor's asset ids; each counts once.
        currencies : mapping
            Security currency by asset id, where known; selects among risk numbers in several currencies.
        """

        def ask(asked: Sequence[str]) -> ById[Analytics]:
            params = {"assetId": ",".join(asked)}
            answer = self._wire.call(operations.ANALYTICS, _ANALYTICS, params=params)
            return analytics_of(asked, currencies, answer)

        return _joined(self._calls.run(ask, _batches("ids", ids)))

    def ratings(self, ids: Sequence[str]) -> ById[Ratings]:
        """Return the newest ratings of securities or issuers, or a fault where there are none, by id.

        Parameters
        ----------
        ids : sequence of str
            The vendor's asset or issuer ids; each counts once.
        """

        def ask(asked: Sequence[str]) -> ById[Ratings]:
            params = {"assetId": ",".join(asked)}
            return ratings_of(asked, self._wire.call(operations.RATINGS, _RATINGS, params=params))

        return _joined(self._calls.run(ask, _batches("ids", ids)))

    def _members(self, ticker: str) -> Sequence[GroupNode]:
        answer = self._wire.call(operations.GROUP_MEMBERS, _NODES, item=ticker)
        return [_node(node) for node in answer.nodes]


def _node(node: wire.GroupNode) -> GroupNode:
    if not is_list_item(node.portfolio_ticker):
        raise VendorUnexpected(f"portfolio groups: {node.portfolio_ticker!r} cannot be a ticker")
    return GroupNode(
        ticker=node.portfolio_ticker,
        portfolio_id=None if node.portfolio_id is None else str(node.portfolio_id),
        child_ids=tuple(str(child) for child in node.child_portfolio_ids or ()),
    )


def _batches(field: str, ids: Sequence[str]) -> Sequence[Sequence[str]]:
    """Return the distinct ids in calls of at most `MAX_IDS_PER_CALL`."""
    check_names(field, ids)
    distinct = list(dict.fromkeys(ids))
    return list(chunks(distinct, MAX_IDS_PER_CALL))


def _joined(answers: Sequence[ById[T]]) -> ById[T]:
    joined: dict[str, T | AssetFault] = {}
    for answer in answers:
        joined |= answer
    return joined
