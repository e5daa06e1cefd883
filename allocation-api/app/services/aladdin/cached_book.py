"""The vendor's book, kept for a while: what ordinary readers read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from app.services.aladdin.mapping.securities import IdType
from app.services.aladdin.single_flight import SharedReads
from app.services.domain.book import (
    Analytics,
    AsOf,
    AssetFault,
    ById,
    GroupMembers,
    GroupNode,
    Ratings,
    Security,
)
from app.services.domain.positions import AccountPositions

POSITIONS_KEPT = 150_000
"""Holdings and accounts in memory: three groups of the largest size that the vendor publishes."""

REFERENCES_KEPT = 10_000
"""Answers of each kind of reference data in memory."""


class BookReader(Protocol):
    """What services read of the vendor's book; `VendorBook` says what each answer is."""

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
    """A book whose answers are kept, and read once however many threads ask for them.

    Members, terms, analytics and ratings are kept one by one, so that questions that overlap share them;
    positions are kept by the set of tickers, since one call answers for all of them. Errors are not kept,
    neither are faults of single ids: they may be gone with the next call.

    Parameters
    ----------
    book : BookReader
        Where answers come from.
    positions_seconds, reference_seconds : float
        For how long positions, and everything else, are kept; 0 for not at all.
    timer : callable
        Seconds that only grow.
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
        life, size = reference_seconds, REFERENCES_KEPT
        self._positions: SharedReads[tuple[tuple[str, ...], AsOf], tuple[AccountPositions, ...]] = (
            SharedReads(seconds=positions_seconds, size=POSITIONS_KEPT, timer=timer, weigh=_rows)
        )
        self._nodes: SharedReads[str, GroupNode] = SharedReads(seconds=life, size=size, timer=timer)
        self._members: SharedReads[str, GroupMembers] = SharedReads(seconds=life, size=size, timer=timer)
        self._securities: SharedReads[tuple[IdType, str], Security | AssetFault] = SharedReads(
            seconds=life, size=size, timer=timer, keep=_is_found
        )
        self._analytics: SharedReads[str, Analytics | AssetFault] = SharedReads(
            seconds=life, size=size, timer=timer, keep=_is_found
        )
        self._ratings: SharedReads[str, Ratings | AssetFault] = SharedReads(
            seconds=life, size=size, timer=timer, keep=_is_found
        )

    def forget_positions(self) -> None:
        """Read positions anew from now on, also those that are just being read: an order has changed them."""
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
