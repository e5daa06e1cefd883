"""Validation of a book file beyond the types of `format`: dates, identifiers and references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from aladdin_simulator.files.format import AccountEntry, BookEntry, GroupEntry, SecurityEntry
from aladdin_simulator.files.json_places import Step
from aladdin_simulator.files.json_source import JsonSource
from aladdin_simulator.identifiers import cusip_fault
from aladdin_simulator.ratings import NOT_RATED, SCALE

_MIN_DAY, _MAX_DAY = date(1970, 1, 1), date(2100, 12, 31)
_MAX_MATURITY = date(2199, 12, 31)


def check_book(source: JsonSource, book: BookEntry) -> None:
    """Validate a book.

    Raises
    ------
    BookError
        On the first invalid date, CUSIP, rating or currency, duplicate, or unknown security or member, and on
        groups that contain themselves.
    """
    if not _MIN_DAY <= book.as_of <= _MAX_DAY:
        raise source.error(["as_of"], f"{book.as_of} is not between {_MIN_DAY} and {_MAX_DAY}")
    for number, security in enumerate(book.securities):
        _check_security(source, number, security, book.as_of)
    _check_unique(
        source,
        [("securities", n, "cusip") for n in range(len(book.securities))],
        [s.cusip for s in book.securities],
    )
    # Accounts and groups share one namespace at the vendor.
    places: list[Sequence[Step]] = [("accounts", n, "account_id") for n in range(len(book.accounts))]
    places += [("groups", n, "group_id") for n in range(len(book.groups))]
    tickers = [account.account_id for account in book.accounts] + [group.group_id for group in book.groups]
    _check_unique(source, places, tickers)
    currencies = {security.cusip: security.currency for security in book.securities}
    for number, account in enumerate(book.accounts):
        _check_positions(source, number, account, currencies)
    for number, group in enumerate(book.groups):
        _check_members(source, number, group, frozenset(tickers))
    _check_no_cycle(source, book.groups)


def _check_security(source: JsonSource, number: int, security: SecurityEntry, as_of: date) -> None:
    place: tuple[Step, ...] = ("securities", number)
    if fault := cusip_fault(security.cusip):
        raise source.error((*place, "cusip"), f"{security.cusip!r} is not valid: {fault}")
    if security.rating not in (*SCALE, NOT_RATED):
        allowed = ", ".join((*SCALE, NOT_RATED))
        raise source.error((*place, "rating"), f"{security.rating!r} is not one of {allowed}")
    if not as_of < security.maturity <= _MAX_MATURITY:
        allowed = f"after as_of {as_of} and by {_MAX_MATURITY}"
        raise source.error((*place, "maturity"), f"{security.maturity} is not {allowed}")


def _check_positions(
    source: JsonSource, number: int, account: AccountEntry, currencies: Mapping[str, str]
) -> None:
    places = [("accounts", number, "positions", n, "cusip") for n in range(len(account.positions))]
    for place, position in zip(places, account.positions, strict=True):
        currency = currencies.get(position.cusip)
        if currency is None:
            raise source.error(place, f"{position.cusip!r} is not among the securities")
        if currency != account.currency:
            raise source.error(
                place,
                f"{position.cusip} is in {currency}, the account in {account.currency}: "
                "the book has no exchange rates",
            )
    _check_unique(source, places, [position.cusip for position in account.positions])


def _check_members(source: JsonSource, number: int, group: GroupEntry, known: frozenset[str]) -> None:
    places = [("groups", number, "accounts", n) for n in range(len(group.accounts))]
    for place, member in zip(places, group.accounts, strict=True):
        if member not in known:
            raise source.error(place, f"{member!r} is neither an account nor a group of this book")
    _check_unique(source, places, group.accounts)


def _check_unique(source: JsonSource, places: Sequence[Sequence[Step]], values: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, value in zip(places, values, strict=True):
        if value in seen:
            raise source.error(place, f"{value!r} occurs twice")
        seen.add(value)


def _check_no_cycle(source: JsonSource, groups: Sequence[GroupEntry]) -> None:
    members = {group.group_id: group.accounts for group in groups}
    cleared: set[str] = set()
    for number, group in enumerate(groups):
        if chain := _cycle(group.group_id, members, cleared):
            raise source.error(
                ("groups", number, "accounts"), f"the groups form a cycle: {' > '.join(chain)}"
            )


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
