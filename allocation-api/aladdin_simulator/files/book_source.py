"""The files of a book, JSON and CSV, as one JSON value in which each part keeps its place in its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import fields

from aladdin_simulator.files.csv_source import CsvSource, Row, numbers_of, object_of, value_of
from aladdin_simulator.files.findings import Finding, Place
from aladdin_simulator.files.format import AccountEntry, BenchmarkEntry, PositionEntry, SecurityEntry
from aladdin_simulator.files.json_places import Step, format_path
from aladdin_simulator.files.json_source import JsonSource

DESK = "DESK"
"""The group of accounts that neither their file nor a book puts into one."""

_BENCHMARK = "benchmark_"
_BENCHMARKS = [f.encode_name for f in fields(BenchmarkEntry)]
_ACCOUNT = [f.encode_name for f in fields(AccountEntry) if f.name not in {"positions", "benchmark"}]
_ACCOUNT_COLUMNS = [*_ACCOUNT, *(_BENCHMARK + name for name in _BENCHMARKS), "group_id", "as_of"]
_POSITION = [f.encode_name for f in fields(PositionEntry)]
_SECURITY = [f.encode_name for f in fields(SecurityEntry) if f.name != "ratings"]
_HOLDING_COLUMNS = ["account_id", *_POSITION, *(name for name in _SECURITY if name not in _POSITION)]

_ACCOUNT_NUMBERS = numbers_of(AccountEntry) | {_BENCHMARK + name for name in _BENCHMARKS}
_HOLDING_NUMBERS = numbers_of(PositionEntry) | numbers_of(SecurityEntry)


@dataclass(frozen=True, slots=True)
class BookFiles:
    """The files of a book; at least one is given."""

    book: Path | None = None
    accounts: Path | None = None
    holdings: Path | None = None

    def __str__(self) -> str:
        return ", ".join(str(file) for file in (self.book, self.accounts, self.holdings) if file is not None)


@dataclass(slots=True)
class BookSource:
    """One JSON value of several files, and the place of each value in them."""

    raw: Any
    findings: list[Finding]
    name: str
    _json: JsonSource | None
    _rows: dict[tuple[Step, ...], Callable[[str], Place]] = field(default_factory=dict)

    @classmethod
    def read(cls, files: BookFiles, as_of: date) -> BookSource:
        """Read the files.

        Parameters
        ----------
        as_of : date
            The date of a book without a JSON file, if its accounts have none.

        Raises
        ------
        BookError
            If a file cannot be read, or is not what it should be.
        """
        json_source = JsonSource.read(files.book) if files.book else None
        name = str(files.book or files.accounts or files.holdings)
        empty = {"as_of": as_of.isoformat(), "groups": [], "accounts": [], "securities": []}
        raw, findings = json_source.parse() if json_source else (empty, [])
        source = cls(raw, findings, name, json_source)
        if isinstance(raw, dict):
            if files.accounts:
                source._add_accounts(CsvSource.read(files.accounts), stated=json_source is None)
            if files.holdings:
                source._add_holdings(CsvSource.read(files.holdings))
        return source

    def place(self, path: Sequence[Step]) -> Place:
        """Return the place of the value at `path`, which may be a cell of a CSV file."""
        for length in range(len(path), 0, -1):
            if (place := self._rows.get(tuple(path[:length]))) is not None:
                return place(format_path(path[length:]))
        if self._json is None:
            return Place(self.name, 1, format_path(path))
        return self._json.place(path)

    def _add_accounts(self, source: CsvSource, *, stated: bool) -> None:
        needed = [f.encode_name for f in fields(AccountEntry) if f.required]
        self.findings += source.check_columns(needed, _ACCOUNT_COLUMNS)
        self.findings += source.check_rows(_ACCOUNT_NUMBERS)
        accounts, members = _list_of(self.raw, "accounts"), dict[str, list[str]]()
        lines: dict[str, int] = {}
        for row in source.rows:
            entry = object_of(row, AccountEntry, [name for name in _ACCOUNT if name != "restrictions"])
            if "restrictions" in row.cells:
                codes = row.cells["restrictions"].replace(";", " ").replace("|", " ").replace(",", " ")
                entry["restrictions"] = codes.split()
            if benchmark := _benchmark(row):
                entry["benchmark"] = benchmark
            self._rows["accounts", len(accounts)] = _place(source, row, _BENCHMARK)
            accounts.append(entry)
            if account_id := row.cells.get("account_id"):
                group_id = row.cells.get("group_id", "")
                members.setdefault(group_id, []).append(account_id)
                lines.setdefault(group_id, row.line)
        if stated:
            self.findings += self._take_date(source)
        self._add_members(source, members, lines)

    def _take_date(self, source: CsvSource) -> Iterator[Finding]:
        """Take the date of the accounts for the book's; all rows must agree."""
        dated = [row for row in source.rows if "as_of" in row.cells]
        for row in dated:
            if row.cells["as_of"] != dated[0].cells["as_of"]:
                message = f"{row.cells['as_of']} is not the {dated[0].cells['as_of']} of line {dated[0].line}"
                yield Finding(source.place(row.line, "as_of"), message)
        if dated:
            self.raw["as_of"] = dated[0].cells["as_of"]
            self._rows[("as_of",)] = _at(source.place(dated[0].line, "as_of"))

    def _add_members(self, source: CsvSource, members: dict[str, list[str]], lines: dict[str, int]) -> None:
        """Put accounts into the groups that a file names, first in `lines`; a group of no book is made."""
        groups = _list_of(self.raw, "groups")
        known = {group_id: groups[n] for group_id, n in _numbers(groups, "group_id").items()}
        listed = [each for group in known.values() for each in _list_of(group, "accounts")]
        if rest := [account_id for account_id in members.pop("", ()) if account_id not in listed]:
            members.setdefault(DESK, []).extend(rest)
        for group_id, account_ids in members.items():
            if group_id not in known:
                made = {"group_id": group_id, "group_name": group_id, "created_date": self.raw.get("as_of")}
                known[group_id] = made | {"accounts": []}
                line = lines.get(group_id, source.header_line)
                self._rows["groups", len(groups)] = _at(source.place(line, "group_id"))
                groups.append(known[group_id])
            others = _list_of(known[group_id], "accounts")
            others.extend(account_id for account_id in account_ids if account_id not in others)

    def _add_holdings(self, source: CsvSource) -> None:
        self.findings += source.check_columns(["account_id", *_POSITION], _HOLDING_COLUMNS)
        self.findings += source.check_rows(_HOLDING_NUMBERS)
        listed = _list_of(self.raw, "accounts")
        numbers = _numbers(listed, "account_id")
        for row in source.rows:
            number = numbers.get(row.cells.get("account_id", ""))
            if number is None:
                message = f"{row.cells.get('account_id', '')!r} is no account of this book"
                self.findings.append(Finding(source.place(row.line, "account_id"), message))
                continue
            positions = _list_of(listed[number], "positions")
            self._rows["accounts", number, "positions", len(positions)] = _place(source, row)
            positions.append(object_of(row, PositionEntry, _POSITION))
        self._add_securities(source)

    def _add_securities(self, source: CsvSource) -> None:
        """Take the bonds that no book has from the columns of the holdings; rows of one bond must agree."""
        securities = _list_of(self.raw, "securities")
        known = _numbers(securities, "cusip")
        first: dict[str, Row] = {}
        columns = [name for name in _SECURITY if name in source.columns]
        if not set(columns) - {"cusip"}:
            return
        for row in source.rows:
            cusip = row.cells.get("cusip")
            if cusip is None or cusip in known:
                continue
            if cusip not in first:
                first[cusip] = row
                self._rows["securities", len(securities)] = _place(source, row)
                securities.append(object_of(row, SecurityEntry, columns))
                continue
            for column in columns:
                mine, theirs = row.cells.get(column), first[cusip].cells.get(column)
                if mine != theirs:
                    message = f"{mine!r} is not the {theirs!r} of line {first[cusip].line} for the same bond"
                    self.findings.append(Finding(source.place(row.line, column), message))


def _list_of(holder: dict[str, Any], key: str) -> list[Any]:
    """Return a list in an object, made where it is missing; in place of what is no list, one of nobody."""
    found = holder.setdefault(key, [])
    return found if isinstance(found, list) else []


def _numbers(listed: Sequence[Any], name: str) -> dict[str, int]:
    """Return the number of each object by its id, where it has one."""
    found = [(each.get(name), n) for n, each in enumerate(listed) if isinstance(each, dict)]
    return {text: n for text, n in found if isinstance(text, str)}


def _place(source: CsvSource, row: Row, nested: str = "") -> Callable[[str], Place]:
    """Return the places of a row's values by their path; `benchmark.oas` has the column `benchmark_oas`."""
    prefix = nested.replace("_", ".")
    return lambda path: source.place(row.line, path.replace(prefix, nested) if nested else path)


def _at(place: Place) -> Callable[[str], Place]:
    return lambda _: place


def _benchmark(row: Row) -> dict[str, object]:
    types = {f.encode_name: f.type for f in fields(BenchmarkEntry)}
    stated = {name: row.cells.get(_BENCHMARK + name) for name in _BENCHMARKS}
    return {name: value_of(text, types[name]) for name, text in stated.items() if text is not None}
