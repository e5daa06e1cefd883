"""Loader of books: a desk's own accounts as JSON or CSV files, validated strictly and all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import msgspec

from aladdin_simulator.book import Bond, BookError, SimulatorBook
from aladdin_simulator.files.book_source import BookFiles, BookSource
from aladdin_simulator.files.build import account_of, bond_of, group_of, holdings_value, limit_of
from aladdin_simulator.files.checks import Entries, problems_of
from aladdin_simulator.files.findings import Finding, Problem, Warned, errors_of, in_order
from aladdin_simulator.files.format import AccountEntry, BookEntry, GroupEntry, LimitEntry, SecurityEntry
from aladdin_simulator.files.json_places import Step
from aladdin_simulator.files.shapes import misfits
from aladdin_simulator.pricing import Market, PricingError

T = TypeVar("T")

MAX_HOLDINGS_TO_NAV = 3
"""Holdings of more than this many times NAV are warned of."""

_AS_OF = ("as_of",)


@dataclass(frozen=True, slots=True)
class Examined:
    """Everything that was found in a book, by file and line; without errors the book, too."""

    findings: Sequence[Finding]
    book: SimulatorBook | None


def load_book_files(files: BookFiles, as_of: date) -> SimulatorBook:
    """Read a book.

    Raises
    ------
    BookError
        If a file cannot be read or the book has errors: all of them, one a line, each with the file, the
        line, and the path of the value.
    """
    examined = examine(files, as_of)
    if examined.book is None:
        raise BookError("\n".join(str(error) for error in errors_of(examined.findings)))
    return examined.book


def examine(files: BookFiles, as_of: date) -> Examined:
    """Read a book and find everything that is wrong with it at once.

    Parameters
    ----------
    as_of : date
        The date of a book of CSV files alone, if its accounts have none.

    Raises
    ------
    BookError
        If a file cannot be read, or is not JSON.
    """
    source = BookSource.read(files, as_of)
    problems = list(misfits(source.raw, BookEntry))
    entries = _entries(source.raw, problems)
    problems += problems_of(entries)
    if isinstance(source.raw, dict) and source.raw.get("accounts") == []:
        problems.append(Problem(("accounts",), "the book has no accounts", Warned.NO_ACCOUNTS))
    bonds: dict[str, Bond] = {}
    if entries.as_of is not None and not any(problem.path == _AS_OF for problem in problems):
        faulty = {tuple(each.path[:2]) for each in problems if each.warned is None}
        sound = {n: entry for n, entry in entries.securities.items() if ("securities", n) not in faulty}
        problems += _priced(sound, Market(entries.as_of), bonds)
        problems += _unlikely(entries, bonds)
    findings = [Finding(source.place(each.path), each.message, each.warned) for each in problems]
    findings = in_order([*source.findings, *findings])
    if entries.as_of is None or errors_of(findings):
        return Examined(findings, None)
    return Examined(
        findings,
        SimulatorBook(
            as_of=entries.as_of,
            groups=tuple(group_of(group) for group in entries.groups.values()),
            accounts=tuple(account_of(account, bonds) for account in entries.accounts.values()),
            securities=tuple(bonds.values()),
            limits=tuple(limit_of(limit) for limit in entries.limits.values()),
            warnings=tuple(str(found) for found in findings),
        ),
    )


def _entries(raw: Any, problems: Sequence[Problem]) -> Entries:
    """Return the entries without misfits; an id counts wherever it is, so that nothing else misses it."""
    spoilt = {tuple(problem.path[:2]) for problem in problems}
    raw = raw if isinstance(raw, dict) else {}

    def valid(key: str, kind: type[T]) -> dict[int, T]:
        listed = raw.get(key)
        numbered = enumerate(listed) if isinstance(listed, list) else ()
        return {n: msgspec.convert(each, kind) for n, each in numbered if (key, n) not in spoilt}

    def ids(key: str, name: str) -> list[tuple[int, str]]:
        listed = raw.get(key)
        numbered = enumerate(listed) if isinstance(listed, list) else ()
        found = [(n, each.get(name)) for n, each in numbered if isinstance(each, dict)]
        return [(n, each) for n, each in found if isinstance(each, str)]

    return Entries(
        as_of=msgspec.convert(raw["as_of"], date) if "as_of" in raw and _AS_OF not in spoilt else None,
        groups=valid("groups", GroupEntry),
        accounts=valid("accounts", AccountEntry),
        securities=valid("securities", SecurityEntry),
        limits=valid("limits", LimitEntry),
        account_ids=ids("accounts", "account_id"),
        group_ids=ids("groups", "group_id"),
        cusips=ids("securities", "cusip"),
    )


def _priced(
    entries: Mapping[int, SecurityEntry], market: Market, bonds: dict[str, Bond]
) -> Iterator[Problem]:
    """Add the bonds to `bonds`; yield those whose numbers cannot be computed."""
    for number, entry in entries.items():
        try:
            bonds[entry.cusip] = bond_of(entry, market)
        except PricingError as error:
            left_out = "accrued, yield, duration or convexity is left out and cannot be computed"
            yield Problem(("securities", number), f"{left_out}: {error}")


def _unlikely(entries: Entries, bonds: Mapping[str, Bond]) -> Iterator[Problem]:
    """Yield the accounts whose NAV does not fit their holdings, where all of them are known."""
    for number, entry in entries.accounts.items():
        if any(position.cusip not in bonds for position in entry.positions):
            continue
        nav, value = account_of(entry, bonds).nav, holdings_value(entry, bonds)
        place: tuple[Step, ...] = ("accounts", number) if entry.nav is None else ("accounts", number, "nav")
        if nav <= 0:
            kind = Warned.NEGATIVE_NAV if nav else Warned.ZERO_NAV
            yield Problem(place, f"the account has a NAV of {nav:,.2f}, so it gets nothing", kind)
        elif value > MAX_HOLDINGS_TO_NAV * nav:
            message = f"holdings of {value:,.2f} are {value / nav:,.1f} times the NAV of {nav:,.2f}"
            yield Problem(place, message, Warned.HOLDINGS_EXCEED_NAV)
