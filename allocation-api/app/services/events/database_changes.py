"""Changes of rows of other systems' tables, as Supabase and triggers tell them, as events (R26.1)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec
import structlog

from app.core.config.events import EventTables
from app.core.errors import FieldError, InvalidRequest
from app.services.domain.identifiers import is_identifier
from app.services.events.types import EventKind, EventSource, NewEvent, PriceChange

SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/^=+-]{0,31}")
SYMBOL_COLUMNS = ("symbol", "asset")
PRICE_COLUMNS = ("close", "price")
MAX_ROW_ID = 2**63 - 1

Row = Mapping[str, Any]

log = structlog.get_logger(__name__)


class RowChangeType(StrEnum):
    """What became of a row."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class RowChange:
    """A change of one row, with the rows before and after it."""

    type: RowChangeType
    schema: str
    table: str
    record: Row | None
    old_record: Row | None

    @property
    def name(self) -> str:
        """The table with its schema."""
        return f"{self.schema}.{self.table}"

    @property
    def row_id(self) -> int | None:
        """The id of the row, where it has a whole number as one."""
        found = (self.record or self.old_record or {}).get("id")
        is_id = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= MAX_ROW_ID
        return found if is_id else None


def digest(value: object) -> str:
    """Return the SHA-256 of a value as canonical JSON."""
    return sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def new_row_key(table: str, row_id: int) -> str:
    """Return the key of the event that a new row is, by whichever door it comes."""
    return f"{RowChangeType.INSERT}:{table}:{row_id}"


def new_row_of(key: str) -> tuple[str, int] | None:
    """Return the table and the id of the new row that an event with this key is; None if it is none."""
    match key.split(":"):
        case [RowChangeType.INSERT, table, row_id]:
            return table, int(row_id)
    return None


def event_of(
    change: RowChange, tables: EventTables, source: EventSource, occurred_at: datetime | None, delivery: str
) -> NewEvent:
    """Return the event that a change of a row is.

    A new row with an id is one event by whichever door it comes; any other change one for each `delivery`.

    Raises
    ------
    InvalidRequest
        Naming each field that is missing or wrong, or the table that no setting names.
    """
    kind = _kind(change, tables)
    errors: list[FieldError] = []
    row = change.record if change.record is not None else change.old_record
    if row is None:
        raise InvalidRequest.of(FieldError("record", "A JSON object is expected."))
    where = "record" if change.record is not None else "old_record"
    assets: tuple[str, ...] = ()
    portfolio_id = None
    if kind is EventKind.MARKET_DATA:
        assets = tuple(filter(None, [_symbol(row, where, errors)]))
    else:
        portfolio_id = _portfolio(row, where, errors)
    if errors:
        raise InvalidRequest.of(*errors)
    key = f"{source}:{delivery}"
    if change.type is RowChangeType.INSERT and change.row_id is not None:
        key = new_row_key(change.name, change.row_id)
    return NewEvent(
        key=key,
        source=source,
        kind=kind,
        occurred_at=occurred_at,
        assets=assets,
        portfolio_id=portfolio_id,
        changes=dict(_price_change(change, assets)),
        row_id=change.row_id,
    )


def rows_as_events(
    rows: Sequence[Row], table: str, tables: EventTables, source: EventSource
) -> Iterator[NewEvent]:
    """Yield rows of a table, read after a gap, as the events of new rows; those that are none are logged."""
    schema, _, name = table.partition(".")
    for row in rows:
        change = RowChange(RowChangeType.INSERT, schema, name, row, None)
        try:
            yield event_of(change, tables, source, None, f"{table}:{row.get('id')}")
        except InvalidRequest as error:
            log.warning("a row is no event", table=table, row_id=row.get("id"), problem=error.detail)


def table_of(event: NewEvent, tables: EventTables) -> str | None:
    """Return the table whose row an event tells of; None where it tells of no row with an id."""
    if event.row_id is None:
        return None
    match event.kind:
        case EventKind.MARKET_DATA:
            return tables.prices
        case EventKind.DEPOSIT:
            return tables.deposits
        case EventKind.WITHDRAWAL:
            return tables.withdrawals


def zoned(moment: datetime) -> datetime:
    """Return a moment with its zone: one without is in UTC, as Supabase's timestamps are."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _kind(change: RowChange, tables: EventTables) -> EventKind:
    kinds = {
        tables.prices: EventKind.MARKET_DATA,
        tables.deposits: EventKind.DEPOSIT,
        tables.withdrawals: EventKind.WITHDRAWAL,
    }
    kind = kinds.get(change.name)
    if kind is None:
        message = f"{change.name} is none of the tables whose changes are events: see EVENT_PRICE_TABLE."
        raise InvalidRequest.of(FieldError("table", message))
    return kind


def _symbol(row: Row, where: str, errors: list[FieldError]) -> str | None:
    column = next((each for each in SYMBOL_COLUMNS if each in row), SYMBOL_COLUMNS[0])
    found = row.get(column)
    if isinstance(found, str) and SYMBOL.fullmatch(found):
        return found
    errors.append(FieldError(f"{where}.{column}", "The symbol of an asset is expected."))
    return None


def _portfolio(row: Row, where: str, errors: list[FieldError]) -> str | None:
    found = row.get("portfolio_id")
    if isinstance(found, str) and is_identifier(found):
        return found
    errors.append(FieldError(f"{where}.portfolio_id", "The id of a portfolio is expected."))
    return None


def _price_change(change: RowChange, assets: tuple[str, ...]) -> list[tuple[str, PriceChange]]:
    """Return the price before and after, where both are stated as prices."""
    before, after = (_price(row or {}) for row in (change.old_record, change.record))
    if before is None or after is None:
        return []
    return [(asset, PriceChange(before, after)) for asset in assets]


def _price(row: Row) -> float | None:
    """Return the price of a row; numbers of PostgreSQL's type numeric may come as texts."""
    found = next((row[each] for each in PRICE_COLUMNS if row.get(each) is not None), None)
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal | str):
        return None
    try:
        price = float(found)
    except (ValueError, OverflowError):
        return None
    return price if math.isfinite(price) and price > 0 else None
