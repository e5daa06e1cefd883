"""What Aladdin itself can tell of reference data, to begin the files with: people state the rest.

Aladdin knows the accounts of groups, their currency and the bonds that they hold. It publishes no names,
strategies, restrictions, benchmarks, cash reserves and limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.services.accounts.reference_columns import CellError, Value, cell_of
from app.services.accounts.reference_files import FORMATS, NONE, Row, Sheet, named
from app.services.accounts.reference_restrictions import FROM_BEFORE
from app.services.accounts.reference_tables import Sheets
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.mapping.securities import IdType
from app.services.compliance.rules import DEFAULT_LIMITS
from app.services.domain.book import AsOf, AssetFault, GroupMembers, Security
from app.services.domain.positions import AccountPositions
from app.utils.cells import unguarded
from app.utils.words import counted


@dataclass(slots=True)
class Fetched:
    """Sheets with what Aladdin knows, and what of it could not be taken, in words by number of rows."""

    sheets: Sheets
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def notes(self) -> list[str]:
        """What could not be taken, and what of restrictions is not stated yet, a sentence each."""
        left_out = [f"{what} ({counted(rows, 'row')})" for what, rows in sorted(self.left_out.items())]
        return left_out + self._unstated()

    def _unstated(self) -> list[str]:
        """Return a warning of accounts without a stated restriction, which Aladdin never tells."""
        stated = {key[0] for key in self.sheets["restrictions"]}
        before = self.sheets.get(FROM_BEFORE, {})
        open_ones = [key for key in self.sheets["accounts"] if key[0] not in stated]
        trading = sum(key in before for key in open_ones)
        notes = []
        if len(open_ones) > trading:
            accounts = counted(len(open_ones) - trading, "account")
            notes.append(
                f"restrictions: Aladdin tells none. State all of them, or {NONE}: {accounts} without either "
                "will get nothing"
            )
        if trading:
            notes.append(
                f"restrictions: {counted(trading, 'account')} stored before they had to be stated, without "
                f"any, may buy any bond. State them, or {NONE}"
            )
        return notes


def fetched(book: BookReader, group_ids: Sequence[str], stored: Sheets) -> Fetched:
    """Return what is stored, completed by what Aladdin knows of these groups; nothing stored is changed.

    Raises
    ------
    VendorError
        When Aladdin does not answer, or does not know a group.
    """
    members = book.group_members(group_ids)
    positions = {p.account_id: p for p in book.positions(group_ids, AsOf.SOD)}
    held = sorted({h.security_id for account in positions.values() for h in account.holdings})
    done = Fetched({name: dict(sheet) for name, sheet in stored.items()})
    _complete(done, "groups", ((g.group_id, g.group_id, "", "", "", None) for g in members))
    _complete(done, "accounts", _accounts(members, positions))
    _complete(done, "securities", _securities(done, book, held))
    if not stored["limits"]:  # a new database gets these at its first start
        _complete(done, "limits", ((x.code, x.scope, x.scope_id, x.value) for x in DEFAULT_LIMITS))
    return done


def _accounts(members: Sequence[GroupMembers], positions: Mapping[str, AccountPositions]) -> Iterable[Row]:
    """Yield accounts; the home of one that several groups list is the smallest of these."""
    homes: dict[str, str] = {}
    for group in sorted(members, key=lambda g: (len(g.account_ids), g.group_id)):
        for account_id in group.account_ids:
            homes.setdefault(account_id, group.group_id)
    for account_id, home in sorted(homes.items()):
        found = positions.get(account_id)
        yield account_id, account_id, home, found.currency if found else None, None, None


def _securities(done: Fetched, book: BookReader, held: Sequence[str]) -> Iterable[Row]:
    for security_id, found in book.securities(held, IdType.ALADDIN).items():
        if isinstance(found, AssetFault):
            done.left_out[f"securities: Aladdin has no terms of {security_id}: {found.message}"] += 1
        else:
            yield _security(found)


def _security(found: Security) -> Row:
    return (
        found.security_id,
        found.isin,
        found.ticker,
        found.description or found.security_id,
        found.issuer,
        found.issuer_id,
        found.sector,
        found.country,
        found.rating,
        found.coupon,
        found.maturity,
        found.currency,
    )


def _complete(done: Fetched, name: str, rows: Iterable[Row]) -> None:
    """Add rows, and fill what is empty in rows that are there."""
    sheet: Sheet = done.sheets[name]
    for found in rows:
        row = _readable(done, name, found)
        if row is None:
            continue
        key = FORMATS[name].key(row)
        there = sheet.get(key)
        sheet[key] = (
            row
            if there is None
            else tuple(new if old is None else old for old, new in zip(there, row, strict=True))
        )


def _readable(done: Fetched, name: str, row: Row) -> Row | None:
    """Return a row as its file would be read: what no cell may hold is left out, and noted."""
    values: list[Value] = []
    for place, (column, value) in enumerate(zip(FORMATS[name].columns, row, strict=True)):
        try:
            values.append(column.value(unguarded(cell_of(value))))
        except CellError as error:
            if place < FORMATS[name].key_size or column.is_required:
                done.left_out[f"{name}: {named(row[:1])} is left out. {column.name}: {error}"] += 1
                return None
            done.left_out[f"{name}, {column.name}: {cell_of(value)} is left out. {error}"] += 1
            values.append(column.empty)
    return tuple(values)
