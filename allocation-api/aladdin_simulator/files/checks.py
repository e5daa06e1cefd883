"""Validation of a book beyond the types of `format`: dates, ids, references, and what is seldom meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from aladdin_simulator.book import exact
from aladdin_simulator.files.findings import Problem, Warned
from aladdin_simulator.files.format import AccountEntry, GroupEntry, LimitEntry, RatingsEntry, SecurityEntry
from aladdin_simulator.files.json_places import Step
from aladdin_simulator.identifiers import cusip_fault
from aladdin_simulator.ratings import MOODYS_SCALE, NOT_RATED, SCALE
from aladdin_simulator.words import RESTRICTIONS, SECTORS, LimitScope, plain_sector

_MIN_DAY, _MAX_DAY = date(1970, 1, 1), date(2100, 12, 31)
_MAX_MATURITY = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a book that have the right shape, by their number, and the ids of all."""

    as_of: date | None
    groups: Mapping[int, GroupEntry]
    accounts: Mapping[int, AccountEntry]
    securities: Mapping[int, SecurityEntry]
    limits: Mapping[int, LimitEntry]
    account_ids: Sequence[tuple[int, str]]
    group_ids: Sequence[tuple[int, str]]
    cusips: Sequence[tuple[int, str]]


def problems_of(book: Entries) -> Iterator[Problem]:
    """Yield what is wrong with the entries of a book, and what is possible but seldom meant."""
    if book.as_of is not None and not _MIN_DAY <= book.as_of <= _MAX_DAY:
        yield Problem(("as_of",), f"{book.as_of} is not between {_MIN_DAY} and {_MAX_DAY}")
    for number, security in book.securities.items():
        yield from _of_security(("securities", number), security, book.as_of)
    yield from _without_spread_duration(book.securities)
    yield from _held_beyond_issue(book)
    yield from _twice([(("securities", n, "cusip"), cusip) for n, cusip in book.cusips])
    # Accounts and groups share one namespace at the vendor.
    names = [(("accounts", n, "account_id"), each) for n, each in book.account_ids]
    names += [(("groups", n, "group_id"), each) for n, each in book.group_ids]
    yield from _twice(names)
    yield from _of_accounts(book)
    yield from _of_groups(book)
    yield from _of_limits(book)


def _of_security(place: tuple[Step, ...], security: SecurityEntry, as_of: date | None) -> Iterator[Problem]:
    if fault := cusip_fault(security.cusip):
        yield Problem((*place, "cusip"), f"{security.cusip!r} is not valid: {fault}")
    yield from _of_ratings(place, security)
    if as_of is not None and not as_of < security.maturity <= _MAX_MATURITY:
        allowed = f"after as_of {as_of} and by {_MAX_MATURITY}"
        yield Problem((*place, "maturity"), f"{security.maturity} is not {allowed}")
    if security.issue_date is not None and security.issue_date >= security.maturity:
        message = f"{security.issue_date} is not before the maturity {security.maturity}"
        yield Problem((*place, "issue_date"), message)
    for key, day in (("first_coupon", security.first_coupon), ("last_coupon", security.last_coupon)):
        if day is not None and not (security.issue_date or date.min) < day <= security.maturity:
            allowed = f"after the issue date and by the maturity {security.maturity}"
            yield Problem((*place, key), f"{day} is not {allowed}")
    first, last = security.first_coupon, security.last_coupon
    if first is not None and last is not None and last < first:
        yield Problem((*place, "last_coupon"), f"{last} is before the first coupon {first}")
    if security.min_piece < security.increment:
        message = f"{security.min_piece} is below the increment {security.increment}, so pieces start there"
        yield Problem((*place, "min_piece"), message, Warned.MIN_PIECE_BELOW_INCREMENT)
    if plain_sector(security.sector) not in SECTORS:
        message = f"restrictions on sectors bar {security.sector!r}; they know {', '.join(SECTORS)}"
        yield Problem((*place, "sector"), message, Warned.UNKNOWN_SECTOR)


def _without_spread_duration(securities: Mapping[int, SecurityEntry]) -> Iterator[Problem]:
    """Yield one warning of all bonds, which in a file without the column are many."""
    bare = [number for number, security in securities.items() if security.spread_duration is None]
    if bare:
        message = f"without it a preview needs another target_metric than the usual one; bonds: {len(bare)}"
        yield Problem(("securities", bare[0], "spread_duration"), message, Warned.NO_SPREAD_DURATION)


def _held_beyond_issue(book: Entries) -> Iterator[Problem]:
    """Yield the bonds of which the accounts hold more than was issued: one of the numbers is a slip."""
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    for account in book.accounts.values():
        for position in account.positions:
            held[position.cusip] += exact(position.face)
    for number, security in book.securities.items():
        if held[security.cusip] > (issued := exact(security.amount_issued)):
            message = f"{held[security.cusip]:,} are held in this book, {issued:,} were issued"
            place = ("securities", number, "amount_issued")
            yield Problem(place, message, Warned.HOLDINGS_EXCEED_ISSUE)


def _of_ratings(place: tuple[Step, ...], security: SecurityEntry) -> Iterator[Problem]:
    if security.ratings is None:
        if security.rating is None:
            yield Problem((*place, "rating"), "the value is missing")
        elif security.rating not in (*SCALE, NOT_RATED):
            yield Problem(
                (*place, "rating"), f"{security.rating!r} is not one of {', '.join((*SCALE, NOT_RATED))}"
            )
        return
    if security.rating is not None:
        yield Problem((*place, "rating"), "give either `rating` or `ratings`, not both")
    for agency in RatingsEntry.__struct_fields__:
        value = getattr(security.ratings, agency)
        scale = MOODYS_SCALE if agency == "moodys" else SCALE
        if value is not None and value not in scale:
            yield Problem((*place, "ratings", agency), f"{value!r} is not one of {', '.join(scale)}")


def _of_accounts(book: Entries) -> Iterator[Problem]:
    known = {cusip for _, cusip in book.cusips}
    currencies = {security.cusip: security.currency for security in book.securities.values()}
    members = {member for group in book.groups.values() for member in group.accounts}
    for number, account in book.accounts.items():
        place: tuple[Step, ...] = ("accounts", number)
        for n, position in enumerate(account.positions):
            currency = currencies.get(position.cusip, account.currency)
            if position.cusip not in known:
                yield Problem(
                    (*place, "positions", n, "cusip"), f"{position.cusip!r} is not among the securities"
                )
            elif currency != account.currency:
                yield Problem(
                    (*place, "positions", n, "cusip"),
                    f"{position.cusip} is in {currency}, the account in {account.currency}: "
                    "the book has no exchange rates",
                )
        held = [((*place, "positions", n, "cusip"), each.cusip) for n, each in enumerate(account.positions)]
        yield from _twice(held)
        for n, code in enumerate(account.restrictions):
            if code not in RESTRICTIONS:
                message = f"{code!r} bars the account from trading; known are {', '.join(RESTRICTIONS)}"
                yield Problem((*place, "restrictions", n), message, Warned.UNKNOWN_RESTRICTION)
        if account.account_id not in members and len(book.groups) == len(book.group_ids):
            yield Problem(place, f"{account.account_id} is in no group", Warned.ACCOUNT_IN_NO_GROUP)


def _of_groups(book: Entries) -> Iterator[Problem]:
    known = {name for _, name in (*book.account_ids, *book.group_ids)}
    for number, group in book.groups.items():
        places = [("groups", number, "accounts", n) for n in range(len(group.accounts))]
        for place, member in zip(places, group.accounts, strict=True):
            if member not in known:
                yield Problem(place, f"{member!r} is neither an account nor a group of this book")
        yield from _twice(list(zip(places, group.accounts, strict=True)))
        if not group.accounts:
            message = f"{group.group_id} has no accounts, so Aladdin shows it as an account"
            yield Problem(("groups", number, "accounts"), message, Warned.EMPTY_GROUP)
    members = {group.group_id: group.accounts for group in book.groups.values()}
    cleared: set[str] = set()
    for number, group in book.groups.items():
        if chain := _cycle(group.group_id, members, cleared):
            yield Problem(("groups", number, "accounts"), f"the groups form a cycle: {' > '.join(chain)}")
            return


def _of_limits(book: Entries) -> Iterator[Problem]:
    accounts = {account_id for _, account_id in book.account_ids}
    for number, limit in book.limits.items():
        place = ("limits", number, "scope_id")
        if limit.scope is LimitScope.DEFAULT and limit.scope_id != "*":
            yield Problem(place, f"{limit.scope_id!r} is not '*', which the scope DEFAULT has")
        if limit.scope is LimitScope.ACCOUNT and limit.scope_id not in accounts:
            yield Problem(place, f"{limit.scope_id!r} is no account of this book")
        if limit.scope is LimitScope.SECTOR and limit.scope_id not in SECTORS:
            yield Problem(place, f"{limit.scope_id!r} is not one of {', '.join(SECTORS)}")
    keys = [(n, f"{x.code} {x.scope} {x.scope_id}") for n, x in book.limits.items()]
    yield from _twice([(("limits", n), key) for n, key in keys])


def _twice(values: Sequence[tuple[Sequence[Step], Any]]) -> Iterator[Problem]:
    seen: set[Any] = set()
    for place, value in values:
        if value in seen:
            yield Problem(place, f"{value!r} occurs twice")
        seen.add(value)


def _cycle(top: str, members: Mapping[str, Sequence[str]], cleared: set[str]) -> list[str] | None:
    """Return the first cycle of groups that depth-first search finds from `top`, None if there is none.

    Groups without a cycle under them are added to `cleared` and are not searched again. The search is
    iterative, since a book may nest groups deeper than the recursion limit.
    """
    if top in cleared:
        return None
    chain = {top: iter(members[top])}
    while chain:
        group, waiting = next(reversed(chain.items()))
        member = next((each for each in waiting if each in members and each not in cleared), None)
        if member is None:
            cleared.add(group)
            del chain[group]
        elif member in chain:
            return [*chain, member]
        else:
            chain[member] = iter(members[member])
    return None
