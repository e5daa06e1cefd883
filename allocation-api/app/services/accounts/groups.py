"""Portfolio groups and their accounts: names from our reference data, numbers from the vendor."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from app.core.database import Database
from app.core.errors import NotFound
from app.services.accounts import reference
from app.services.accounts.positions import read_account
from app.services.accounts.reference import AccountReference, GroupReference
from app.services.aladdin.cached_book import BookReader
from app.services.domain import exposures
from app.services.domain.book import AsOf, Benchmark
from app.services.domain.identifiers import is_identifier
from app.services.domain.positions import AccountPositions
from app.services.visibility.visibility import Visibility
from app.utils.parallel import side_by_side


@dataclass(frozen=True, slots=True)
class AccountName:
    """Id and name of an account, for lists."""

    account_id: str
    account_name: str


@dataclass(frozen=True, slots=True)
class PortfolioGroup:
    """A portfolio group with all accounts under it, those of nested groups included.

    `total_nav` is None when the NAV of an account is not known, or accounts are in different currencies.
    """

    group_id: str
    group_name: str
    description: str
    strategy: str
    manager: str
    created_date: date | None
    benchmark: Benchmark
    account_count: int
    accounts: tuple[AccountName, ...]
    total_nav: Decimal | None


@dataclass(frozen=True, slots=True)
class GroupAccount:
    """An account of a group: money in its currency, durations in years, OAS in basis points.

    `strategy` is that of the group that lists the account directly. `cash_reserve` is what reference data
    keeps back of purchases (R4.9), None where that needs an unknown NAV.
    """

    account_id: str
    account_name: str
    strategy: str
    currency: str | None
    restrictions: tuple[str, ...]
    restrictions_stated: bool
    nav: Decimal | None
    cash: Decimal | None
    market_value: Decimal
    position_count: int
    duration: float | None
    oas: float | None
    spread_duration: float | None
    benchmark_spread_duration: float | None
    active_spread_duration: float | None
    benchmark: Benchmark
    cash_reserve: Decimal | None


@dataclass(frozen=True, slots=True)
class GroupName:
    """Id and name of a portfolio group, for lists."""

    group_id: str
    group_name: str


@dataclass(frozen=True, slots=True)
class Account(GroupAccount):
    """An account, with the visible portfolio groups that it is under."""

    portfolio_groups: tuple[GroupName, ...]


class PortfolioService:
    """Reads portfolio groups: the list is the desk's reference data, their accounts come from the vendor."""

    def __init__(self, database: Database, book: BookReader, pool: ThreadPoolExecutor) -> None:
        self._database = database
        self._book = book
        self._pool = pool

    def list(self, visible: Visibility) -> tuple[PortfolioGroup, ...]:
        """Return the visible portfolio groups, by id."""
        with self._database.read() as session:
            known = reference.groups(session)
        return self._with_accounts(tuple(group for group in known if visible.group(group.group_id)))

    def get(self, group_id: str, visible: Visibility) -> PortfolioGroup:
        """Return one portfolio group.

        Raises
        ------
        NotFound
            When there is no such group, or it is not visible.
        """
        return self._with_accounts((self._require(group_id, visible),))[0]

    def accounts(self, group_id: str, visible: Visibility) -> tuple[GroupAccount, ...]:
        """Return the accounts of a group with NAV, cash and durations, live orders included, by id.

        Raises
        ------
        NotFound
            When there is no such group, or it is not visible.
        """
        self._require(group_id, visible)
        with side_by_side(self._pool) as begin:
            members = begin(self._book.group_members, [group_id])
            by_account = {p.account_id: p for p in self._book.positions([group_id], AsOf.TRADES_AND_ORDERS)}
            account_ids = sorted({*members.result()[0].account_ids, *by_account})
        with self._database.read() as session:
            known = reference.accounts(session, account_ids)
            strategies = {g.group_id: g.strategy for g in reference.groups(session)}
        return tuple(
            _group_account(
                known.get(account_id), by_account.get(account_id) or AccountPositions(account_id), strategies
            )
            for account_id in account_ids
        )

    def account(self, account_id: str, visible: Visibility) -> Account:
        """Return one account as its groups list it, with these groups.

        Raises
        ------
        NotFound
            When there is no such account, or it is not visible.
        """
        with self._database.read() as session:
            groups = [g for g in reference.groups(session) if visible.group(g.group_id)]
            known = reference.accounts(session, [account_id]).get(account_id)
            strategies = {g.group_id: g.strategy for g in reference.groups(session)}
        # A limited user asks Aladdin for visible accounts alone, so that the time of a refusal tells nothing.
        if not (is_identifier(account_id) and visible.account(account_id)):
            raise _no_account(account_id)
        with side_by_side(self._pool) as begin:
            members_read = begin(self._book.group_members, [g.group_id for g in groups])
            positions = read_account(self._book, account_id, AsOf.TRADES_AND_ORDERS)
            members = {m.group_id for m in members_read.result() if account_id in m.account_ids}
        if positions is None and not members:
            raise _no_account(account_id)
        row = _group_account(known, positions or AccountPositions(account_id), strategies)
        under = tuple(GroupName(g.group_id, g.group_name) for g in groups if g.group_id in members)
        return Account(**{f.name: getattr(row, f.name) for f in fields(row)}, portfolio_groups=under)

    def _require(self, group_id: str, visible: Visibility) -> GroupReference:
        with self._database.read() as session:
            found = next((g for g in reference.groups(session) if g.group_id == group_id), None)
        if found is None or not visible.group(group_id):
            raise NotFound(f"There is no portfolio group {group_id!r}")
        return found

    def _with_accounts(self, groups: tuple[GroupReference, ...]) -> tuple[PortfolioGroup, ...]:
        group_ids = [g.group_id for g in groups]
        with side_by_side(self._pool) as begin:
            members_read = begin(self._book.group_members, group_ids)
            positions = (
                {p.account_id: p for p in self._book.positions(group_ids, AsOf.SOD)} if group_ids else {}
            )
            members = members_read.result()
        ids = {account_id for m in members for account_id in m.account_ids}
        with self._database.read() as session:
            known = reference.accounts(session, ids)
        names = {i: known[i].account_name if i in known else i for i in ids}
        return tuple(
            PortfolioGroup(
                group_id=group.group_id,
                group_name=group.group_name,
                description=group.description,
                strategy=group.strategy,
                manager=group.manager,
                created_date=group.created_date,
                benchmark=group.benchmark,
                account_count=len(found.account_ids),
                accounts=tuple(AccountName(i, names[i]) for i in found.account_ids),
                total_nav=_total_nav([positions.get(i) for i in found.account_ids]),
            )
            for group, found in zip(groups, members, strict=True)
        )


def _no_account(account_id: str) -> NotFound:
    return NotFound(f"There is no account {account_id!r}")


def _total_nav(accounts: Sequence[AccountPositions | None]) -> Decimal | None:
    """Return the sum of the NAVs where it has a meaning: all are known, and in one currency."""
    known = [(a.nav, a.currency) for a in accounts if a is not None and a.nav is not None]
    if len(known) < len(accounts) or len({currency for _, currency in known}) > 1:
        return None
    return sum((nav for nav, _ in known), Decimal(0))


def _group_account(
    known: AccountReference | None,
    positions: AccountPositions,
    strategies: dict[str, str],
) -> GroupAccount:
    benchmark = known.benchmark if known else Benchmark()
    return GroupAccount(
        account_id=positions.account_id,
        account_name=known.account_name if known else positions.account_id,
        strategy=strategies.get(known.home_group_id or "", "") if known else "",
        currency=positions.currency,
        restrictions=(known.restrictions or ()) if known else (),
        restrictions_stated=known is not None and known.restrictions is not None,
        nav=positions.nav,
        cash=positions.cash,
        market_value=positions.market_value,
        position_count=len(positions.holdings),
        duration=positions.duration,
        oas=positions.oas,
        spread_duration=positions.spread_duration,
        benchmark_spread_duration=benchmark.spread_duration,
        active_spread_duration=exposures.active(positions.spread_duration, benchmark),
        benchmark=benchmark,
        cash_reserve=known.cash_reserve.money(positions.nav) if known else Decimal(0),
    )
