"""The tables of reference data as sheets, and the changes of rows that other sheets come down to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.core.database import Base, insert_many
from app.models import AccountRow, LimitRow, PortfolioGroupRow, SecurityRow
from app.services.accounts.reference import BENCHMARK_COLUMNS, SecurityReference, search_text
from app.services.accounts.reference_files import ACCOUNT, FORMATS, GROUP, Key, Row, Sheet
from app.services.accounts.reference_restrictions import FROM_BEFORE, UNSTATED, column_of

Sheets = dict[str, Sheet]
"""Sheets by the name of their file, and `FROM_BEFORE`."""

Columns = dict[str, Any]
Rows = dict[Key, Columns]
Tables = dict[type[Base], Rows]

TABLES: Mapping[str, type[Base]] = {
    "groups": PortfolioGroupRow,
    "accounts": AccountRow,
    "securities": SecurityRow,
    "limits": LimitRow,
}
"""Files that are a table; restrictions and benchmarks are columns of accounts and groups."""

_BENCHMARK = tuple(f"benchmark_{name}" for name in BENCHMARK_COLUMNS)
ROWS_PER_STATEMENT = 500


def stored_sheets(session: Session) -> Sheets:
    """Return what is stored as sheets."""
    sheets: Sheets = {}
    for name, model in TABLES.items():
        table, found = model.__table__, FORMATS[name]
        query = select(*(table.columns[column] for column in found.header))
        rows = (tuple(row) for row in session.execute(query))
        sheets[name] = {found.key(row): row for row in rows}
    columns = session.execute(select(AccountRow.account_id, AccountRow.restrictions)).all()
    sheets["restrictions"] = {
        (account_id, code): (account_id, code)
        for account_id, codes in columns
        for code in codes.splitlines()
        if code != UNSTATED
    }
    sheets["benchmarks"] = dict(_benchmarks(session))
    sheets[FROM_BEFORE] = {(account_id,): (account_id,) for account_id, codes in columns if not codes}
    return {name: sheets[name] for name in (*FORMATS, FROM_BEFORE)}


def _benchmarks(session: Session) -> Iterator[tuple[Key, Row]]:
    for scope, model, key in ((GROUP, PortfolioGroupRow, "group_id"), (ACCOUNT, AccountRow, "account_id")):
        table = model.__table__
        for item, *values in session.execute(
            select(table.columns[key], *(table.columns[name] for name in _BENCHMARK))
        ):
            if any(value is not None for value in values):
                yield (scope, item), (scope, item, *values)


def rows_of(sheets: Sheets) -> Tables:
    """Return the rows of the tables that sheets describe, without what is computed of a row."""
    tables: Tables = {
        model: {key: dict(zip(FORMATS[name].header, row, strict=True)) for key, row in sheets[name].items()}
        for name, model in TABLES.items()
    }
    for scope, model in ((GROUP, PortfolioGroupRow), (ACCOUNT, AccountRow)):
        for key, columns in tables[model].items():
            _, _, *values = sheets["benchmarks"].get((scope, *key), (None,) * (2 + len(_BENCHMARK)))
            columns |= dict(zip(_BENCHMARK, values, strict=True))
    codes: dict[Key, list[str]] = {}
    for account_id, code in sheets["restrictions"]:
        codes.setdefault((account_id,), []).append(str(code))
    for key, columns in tables[AccountRow].items():
        is_from_before = key in sheets.get(FROM_BEFORE, {})
        columns["restrictions"] = column_of(codes.get(key, ()), is_from_before=is_from_before)
    return tables


@dataclass(frozen=True, slots=True)
class Writes:
    """Rows of one table to insert, to change by key, and keys of those to delete."""

    model: type[Base]
    new: Sequence[Columns]
    changed: Sequence[Columns]
    removed: Sequence[Key]


def writes(before: Sheets, after: Sheets) -> Iterator[Writes]:
    """Yield what makes the tables of some sheets those of others."""
    old, new = rows_of(before), rows_of(after)
    for model in TABLES.values():
        was, will_be = old[model], new[model]
        yield Writes(
            model,
            [_computed(model, row) for key, row in will_be.items() if key not in was],
            [_computed(model, row) for key, row in will_be.items() if key in was and was[key] != row],
            [key for key in was if key not in will_be],
        )


def _computed(model: type[Base], row: Columns) -> Columns:
    if model is not SecurityRow:
        return row
    return row | {"search_text": search_text(SecurityReference(**row))}


def write(session: Session, done: Writes) -> None:
    """Carry out the writes of one table."""
    table = cast("Table", done.model.__table__)
    keys = [column.name for column in table.primary_key.columns]
    for start in range(0, len(done.removed), ROWS_PER_STATEMENT):
        part = [
            dict(zip((f"key_{name}" for name in keys), key, strict=True))
            for key in done.removed[start : start + ROWS_PER_STATEMENT]
        ]
        session.connection().execute(delete(table).where(*_is_key(table, keys)), part)
    insert_many(session, done.model, done.new)
    if done.changed:
        names = [name for name in done.changed[0] if name not in keys]
        change = update(table).where(*_is_key(table, keys)).values({n: bindparam(f"new_{n}") for n in names})
        session.connection().execute(
            change,
            [
                {f"key_{name}": row[name] for name in keys} | {f"new_{name}": row[name] for name in names}
                for row in done.changed
            ],
        )


def _is_key(table: Table, keys: Sequence[str]) -> list[Any]:
    return [table.columns[name] == bindparam(f"key_{name}") for name in keys]
