"""Rules over drift: what is out of its band, and accounts that need rebalancing (R19, R21.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.services.alerts.types import Finding, NotKnown, RuleName, Severity
from app.services.domain.book import AsOf, GroupMembers
from app.services.drift.book_types import BookDrift, SetDrift
from app.services.drift.target_types import TargetScope
from app.services.visibility.visibility import EVERYTHING, Visibility

Found = Sequence[Finding | NotKnown]

CRITICAL_BANDS = 2
"""Distance from the target, in widths of the band, from which drift is CRITICAL."""


class Books(Protocol):
    """What measures the desk's accounts against their targets."""

    def books(self, as_of: AsOf, visible: Visibility) -> Sequence[BookDrift]:
        """Return the accounts that have targets."""


@dataclass(frozen=True, slots=True)
class Out:
    """What of an account is out of its band: shares in percent of NAV, metrics in years.

    `target_group` is the group whose targets say so, None for the account's own.
    """

    dimension: str
    name: str
    current: Decimal
    target: Decimal
    difference: Decimal
    band: Decimal
    unit: str
    target_group: str | None

    @property
    def direction(self) -> str:
        """`over` or `under`."""
        return "over" if self.difference > 0 else "under"


class AccountsOutOfBand:
    """One reading of all accounts, for the rules of one look.

    Parameters
    ----------
    members : callable
        Returns the accounts under each portfolio group.
    """

    def __init__(self, books: Books, members: Callable[[], Sequence[GroupMembers]]) -> None:
        self._read = books.books(AsOf.TRADES_AND_ORDERS, EVERYTHING)
        self._groups = _groups_by_account(members()) if self._read else {}

    def findings(self, of: Callable[[BookDrift, list[Out], frozenset[str]], Iterator[Finding]]) -> Found:
        """Return what a rule makes of each account; nothing can be said of one without a usable NAV."""
        found: list[Finding | NotKnown] = []
        for book in self._read:
            account_id = book.account_id or ""
            if not book.drifts:
                found.append(NotKnown(account_id))
                continue
            if not all(metric.difference is not None for drift in book.drifts for metric in drift.metrics):
                found.append(NotKnown(account_id))
            found += of(
                book, [out for drift in book.drifts for out in _out(drift)], self._groups_of(account_id)
            )
        return found

    def _groups_of(self, account_id: str) -> frozenset[str]:
        return self._groups.get(account_id, frozenset())


class Drift:
    """A class or metric of an account is out of its band: a finding for each, and its direction."""

    name = RuleName.DRIFT

    def __init__(self, accounts: AccountsOutOfBand) -> None:
        self._accounts = accounts

    def findings(self) -> Found:
        """Return what is out of band."""
        return self._accounts.findings(_drifts)


class NeedsRebalancing:
    """An account has something out of band: a finding for each account."""

    name = RuleName.NEEDS_REBALANCING

    def __init__(self, accounts: AccountsOutOfBand) -> None:
        self._accounts = accounts

    def findings(self) -> Found:
        """Return the accounts that need rebalancing."""
        return self._accounts.findings(_needs)


def _drifts(book: BookDrift, out: list[Out], groups: frozenset[str]) -> Iterator[Finding]:
    for each in out:
        is_critical = abs(each.difference) >= CRITICAL_BANDS * each.band
        by = "" if each.target_group is None else f":{each.target_group}"
        yield Finding(
            f"DRIFT:{book.account_id}:{each.dimension}:{each.name}:{each.direction}{by}",
            book.account_id or "",
            Severity.CRITICAL if is_critical else Severity.WARNING,
            f"{book.account_name}, {each.name}: "
            f"{abs(each.difference):.2f}{each.unit} {each.direction} target "
            f"(current: {each.current:.2f}{each.unit}, target: {each.target:.2f}{each.unit}).",
            f"/drift/accounts/{book.account_id}",
            groups,
            account_id=book.account_id,
            target_groups=_target_groups([each]),
        )


def _needs(book: BookDrift, out: list[Out], groups: frozenset[str]) -> Iterator[Finding]:
    if out:
        yield Finding(
            f"NEEDS_REBALANCING:{book.account_id}",
            book.account_id or "",
            Severity.INFO,
            f"{book.account_name} needs rebalancing: out of band are {', '.join(each.name for each in out)}.",
            f"/drift/accounts/{book.account_id}",
            groups,
            account_id=book.account_id,
            target_groups=_target_groups(out),
        )


def _target_groups(out: Sequence[Out]) -> frozenset[str]:
    return frozenset(each.target_group for each in out if each.target_group is not None)


def _out(drift: SetDrift) -> Iterator[Out]:
    dimension = drift.held.dimension
    group = drift.held.scope_id if drift.held.scope is TargetScope.GROUP else None
    for banded in drift.classes:
        found = banded.drift
        if found.is_out:
            shares = (found.current_percent, found.target_percent, found.difference_percent)
            yield Out(dimension, found.asset_class, *shares, banded.band, "%", group)
    for metric in drift.metrics:
        if metric.is_out and metric.current is not None and metric.difference is not None:
            target = metric.target
            against = "" if target.relative_to is None else f" against {target.relative_to}"
            aim = metric.current - metric.difference
            yield Out(
                dimension,
                f"{target.metric}{against}",
                metric.current,
                aim,
                metric.difference,
                target.band_absolute,
                " years",
                group,
            )


def _groups_by_account(members: Sequence[GroupMembers]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in members:
        for account_id in group.account_ids:
            found.setdefault(account_id, set()).update((group.group_id,))
    return {account_id: frozenset(groups) for account_id, groups in found.items()}
