"""TTL cache over the vendor's book, for all reads but those that an order is checked against."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from app.services.aladdin.mapping.securities import IdType
from app.services.aladdin.single_flight import SingleFlightCache
from app.services.domain.book import (
    AccountPositions,
    Analytics,
    AsOf,
    AssetFault,
    ById,
    GroupMembers,
    GroupNode,
    Ratings,
    Security,
)

MAX_POSITION_ROWS = 150_000
"""Holdings and accounts in the cache: three groups of the largest size that the vendor publishes."""

MAX_REFERENCE_ANSWERS = 10_000
"""Answers in the cache, for each kind of reference data."""


class BookReader(Protocol):
    """Port through which services read the vendor's book; `VendorBook` documents each answer."""

    def node(self, ticker: str) -> GroupNode:
        """Return what the vendor lists of one portfolio or group."""
        ...

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        """Return the accounts under each group."""
        ...

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return all accounts of groups, or single accounts, with their holdings."""
        ...

    def securities(self, ids: Sequence[str], id_type: IdType = IdType.CUSIP) -> ById[Security]:
        """Return the terms of securities by the ids as asked."""
        ...

    def analytics(self, ids: Sequence[str]) -> ById[Analytics]:
        """Return the risk numbers of securities by id."""
        ...

    def ratings(self, ids: Sequence[str]) -> ById[Ratings]:
        """Return the newest ratings of securities or issuers by id."""
        ...


class CachedBook:
    """TTL cache with single flight: concurrent requests for the same answer cause one read.

    Members, terms, analytics and ratings are cached id by id, so that requests that overlap share them;
    positions are cached by the set of tickers, since one call answers for all of them. Neither errors nor
    faults of single ids are cached, because the next call may be without them.

    Parameters
    ----------
    book : BookReader
        Where answers come from.
    positions_seconds, reference_seconds : float
        Time to live of positions, and of everything else; 0 switches the cache off.
    timer : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        book: BookReader,
        *,
        positions_seconds: float,
        reference_seconds: float,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._book = book
        seconds, size = reference_seconds, MAX_REFERENCE_ANSWERS
        self._positions: SingleFlightCache[tuple[tuple[str, ...], AsOf], tuple[AccountPositions, ...]] = (
            SingleFlightCache(seconds=positions_seconds, size=MAX_POSITION_ROWS, timer=timer, weigh=_rows)
        )
        self._nodes: SingleFlightCache[str, GroupNode] = SingleFlightCache(
            seconds=seconds, size=size, timer=timer
        )
        self._members: SingleFlightCache[str, GroupMembers] = SingleFlightCache(
            seconds=seconds, size=size, timer=timer
        )
        self._securities: SingleFlightCache[tuple[IdType, str], Security | AssetFault] = SingleFlightCache(
            seconds=seconds, size=size, timer=timer, keep=_is_found
        )
        self._analytics: SingleFlightCache[str, Analytics | AssetFault] = SingleFlightCache(
            seconds=seconds, size=size, timer=timer, keep=_is_found
        )
        self._ratings: SingleFlightCache[str, Ratings | AssetFault] = SingleFlightCache(
            seconds=seconds, size=size, timer=timer, keep=_is_found
        )

    def forget_positions(self) -> None:
        """Invalidate all positions, reads under way included, because an order has changed them."""
        self._positions.forget()

    def node(self, ticker: str) -> GroupNode:
        """Return what the vendor lists of one portfolio or group."""
        return self._nodes.get([ticker], lambda _: {ticker: self._book.node(ticker)})[ticker]

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        """Return the accounts under each group."""

        def read(missing: Sequence[str]) -> dict[str, GroupMembers]:
            return {members.group_id: members for members in self._book.group_members(missing)}

        return tuple(self._members.get(group_ids, read).values())

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return all accounts of groups, or single accounts, with their holdings."""
        tickers = tuple(sorted(set(groups_or_accounts)))
        key = (tickers, as_of)
        return self._positions.get([key], lambda _: {key: self._book.positions(tickers, as_of)})[key]

    def securities(self, ids: Sequence[str], id_type: IdType = IdType.CUSIP) -> ById[Security]:
        """Return the terms of securities by the ids as asked."""

        def read(missing: Sequence[tuple[IdType, str]]) -> dict[tuple[IdType, str], Security | AssetFault]:
            found = self._book.securities([name for _, name in missing], id_type)
            return {(id_type, name): answer for name, answer in found.items()}

        answers = self._securities.get([(id_type, name) for name in ids], read)
        return {name: answer for (_, name), answer in answers.items()}

    def analytics(self, ids: Sequence[str]) -> ById[Analytics]:
        """Return the risk numbers of securities by id."""
        return self._analytics.get(ids, self._book.analytics)

    def ratings(self, ids: Sequence[str]) -> ById[Ratings]:
        """Return the newest ratings of securities or issuers by id."""
        return self._ratings.get(ids, self._book.ratings)


def _rows(positions: tuple[AccountPositions, ...]) -> int:
    return 1 + sum(1 + len(account.holdings) for account in positions)


def _is_found(answer: object) -> bool:
    return not isinstance(answer, AssetFault)
