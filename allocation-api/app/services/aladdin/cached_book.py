"""TTL cache over the vendor's book, for all reads but those that an order is checked against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

from app.services.aladdin.answer_cache import AnswerCache, AnswerKind, Caches
from app.services.aladdin.errors import VendorNotFound
from app.services.aladdin.mapping.faults import UNKNOWN
from app.services.aladdin.mapping.securities import IdType
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

P = ParamSpec("P")
T = TypeVar("T")

MAX_POSITION_ROWS = 150_000
"""Holdings and accounts in the cache: three groups of the largest size that the vendor publishes."""

MAX_REFERENCE_ANSWERS = 10_000
"""Answers in the cache, for each kind of reference data."""


class AccountReader(Protocol):
    """Port through which services read accounts of the vendor's book."""

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        """Return the accounts under each group."""
        ...

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return all accounts of groups, or single accounts, with their holdings."""
        ...


class BookReader(AccountReader, Protocol):
    """Port through which services read the vendor's book; `VendorBook` documents each answer."""

    def node(self, ticker: str) -> GroupNode:
        """Return what the vendor lists of one portfolio or group."""
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
    positions are cached by the set of tickers, since one call answers for all of them. That the vendor does
    not know an id is cached, too (negative cache), so that nobody spends the desk's quota on ids that do not
    exist. Neither other errors nor other faults of single ids are cached, because the next call may be
    without them.

    Parameters
    ----------
    book : BookReader
        Where answers come from.
    positions_seconds, reference_seconds : float
        Time to live of positions, and of everything else; 0 switches the cache off.
    unknown_seconds : float
        Time for which an unknown id is remembered as unknown; 0 for not at all.
    caches : Caches
        Where answers are kept: in this process, or over all of them.
    """

    def __init__(
        self,
        book: BookReader,
        caches: Caches,
        *,
        positions_seconds: float,
        reference_seconds: float,
        unknown_seconds: float,
    ) -> None:
        self._book = book

        def positions_last(answer: object) -> float:
            return unknown_seconds if isinstance(answer, VendorNotFound) else positions_seconds

        def reference_lasts(answer: object) -> float:
            if isinstance(answer, AssetFault):
                return unknown_seconds if answer.code in UNKNOWN else 0.0
            return unknown_seconds if isinstance(answer, VendorNotFound) else reference_seconds

        def reference(name: str, of: type) -> AnswerKind[Any]:
            return AnswerKind(name, of, reference_seconds, reference_lasts, MAX_REFERENCE_ANSWERS)

        self._positions: AnswerCache[
            tuple[tuple[str, ...], AsOf], tuple[AccountPositions, ...] | VendorNotFound
        ] = caches.make(
            AnswerKind(
                "positions",
                tuple[AccountPositions, ...],
                positions_seconds,
                positions_last,
                MAX_POSITION_ROWS,
                weigh=_rows,
                changes=True,
            )
        )
        self._nodes: AnswerCache[str, GroupNode | VendorNotFound] = caches.make(reference("nodes", GroupNode))
        self._members: AnswerCache[str, GroupMembers | VendorNotFound] = caches.make(
            reference("members", GroupMembers)
        )
        self._securities: AnswerCache[tuple[IdType, str], Security | AssetFault] = caches.make(
            reference("securities", Security)
        )
        self._analytics: AnswerCache[str, Analytics | AssetFault] = caches.make(
            reference("analytics", Analytics)
        )
        self._ratings: AnswerCache[str, Ratings | AssetFault] = caches.make(reference("ratings", Ratings))

    def forget_positions(self) -> None:
        """Invalidate all positions, reads under way included, because an order has changed them."""
        self._positions.forget()

    def node(self, ticker: str) -> GroupNode:
        """Return what the vendor lists of one portfolio or group."""
        return _known(self._nodes.get([ticker], lambda _: {ticker: _found(self._book.node, ticker)})[ticker])

    def group_members(self, group_ids: Sequence[str]) -> tuple[GroupMembers, ...]:
        """Return the accounts under each group."""

        def read(missing: Sequence[str]) -> dict[str, GroupMembers | VendorNotFound]:
            found = _found(self._book.group_members, missing)
            if not isinstance(found, VendorNotFound):
                return {members.group_id: members for members in found}
            if len(missing) > 1:  # it does not say which of them is unknown
                raise found
            return {missing[0]: found}

        return tuple(map(_known, self._members.get(group_ids, read).values()))

    def positions(self, groups_or_accounts: Sequence[str], as_of: AsOf) -> tuple[AccountPositions, ...]:
        """Return all accounts of groups, or single accounts, with their holdings."""
        tickers = tuple(sorted(set(groups_or_accounts)))
        key = (tickers, as_of)
        return _known(
            self._positions.get([key], lambda _: {key: _found(self._book.positions, tickers, as_of)})[key]
        )

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


def _found(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | VendorNotFound:
    """Read, with "not found" as an answer, so that it can be cached like one."""
    try:
        return read(*args, **kwargs)
    except VendorNotFound as error:
        return error.with_traceback(None)  # the frames of the request need not live as long


def _known(answer: T | VendorNotFound) -> T:
    """Return an answer, or raise anew that there is none: threads share the cached error."""
    if isinstance(answer, VendorNotFound):
        raise VendorNotFound(answer.detail, errors=answer.errors, extra=answer.extra)
    return answer


def _rows(positions: tuple[AccountPositions, ...] | VendorNotFound) -> int:
    if isinstance(positions, VendorNotFound):
        return 1
    return 1 + sum(1 + len(account.holdings) for account in positions)
