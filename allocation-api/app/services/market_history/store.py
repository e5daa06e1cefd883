"""Stored market history: the bars of symbols as they were known at a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.core.database import insert_many, new_id
from app.models import MARKET_LOCK, MarketBlockRow, MarketImportRow
from app.models.lock import serialise
from app.services.market_history.bars import Bars, date_of, decode, encode, superseded
from app.services.market_history.types import Asset


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a symbol: bars, their sources, and when the last of them arrived."""

    bars: Bars
    sources: tuple[str, ...]
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class NewImport:
    """What an import brings: bars by symbol, and what is told of it."""

    source: str
    username: str
    row_count: int
    new_count: int
    corrected_count: int
    bars: Mapping[str, Bars]


@dataclass(frozen=True, slots=True)
class Arrival:
    """The id of an import, and when it arrived."""

    import_id: str
    at: datetime


def known(session: Session, symbols: Collection[str], known_at: datetime | None) -> dict[str, Known]:
    """Return what was known of symbols at a moment, by default now; a symbol without bars is left out."""
    query = (
        select(
            MarketBlockRow.symbol,
            MarketBlockRow.source,
            MarketBlockRow.arrived_at,
            MarketBlockRow.day_count,
            MarketBlockRow.columns,
        )
        .where(MarketBlockRow.symbol.in_(symbols))
        .order_by(MarketBlockRow.symbol, MarketBlockRow.arrived_at)
    )
    if known_at is not None:
        query = query.where(MarketBlockRow.arrived_at <= known_at)
    blocks: dict[str, list[tuple[Bars, str, datetime]]] = {}
    for symbol, source, arrived_at, count, columns in session.execute(query):
        blocks.setdefault(symbol, []).append((decode(columns, count), source, arrived_at))
    return {
        symbol: Known(
            superseded([bars for bars, _, _ in found]),
            tuple(sorted({source for _, source, _ in found})),
            found[-1][2],
        )
        for symbol, found in blocks.items()
    }


def sources_of(found: Iterable[Known]) -> list[str]:
    """Return the sources of all, in order."""
    return sorted({source for each in found for source in each.sources})


def last_arrival(found: Iterable[Known]) -> datetime:
    """Return when the last bar of all arrived."""
    return max(each.arrived_at for each in found)


def symbols(session: Session) -> tuple[str, ...]:
    """Return all symbols, in order."""
    return tuple(session.scalars(select(MarketBlockRow.symbol).distinct().order_by(MarketBlockRow.symbol)))


def assets(session: Session) -> list[Asset]:
    """Return all symbols with the days of their bars, in order."""
    query = select(
        MarketBlockRow.symbol,
        func.min(MarketBlockRow.first_date),
        func.max(MarketBlockRow.last_date),
        func.max(MarketBlockRow.arrived_at),
    )
    found = session.execute(query.group_by(MarketBlockRow.symbol).order_by(MarketBlockRow.symbol))
    return [Asset(*row) for row in found]


def last_date(session: Session, symbol: str, source: str) -> date | None:
    """Return the last day that a source has brought of a symbol."""
    of_both = (MarketBlockRow.symbol == symbol, MarketBlockRow.source == source)
    return session.scalar(select(func.max(MarketBlockRow.last_date)).where(*of_both))


def is_empty(session: Session) -> bool:
    """Return whether nothing was ever imported."""
    return not session.scalar(select(exists().select_from(MarketImportRow)))


def last_import_at(session: Session) -> datetime | None:
    """Return when the last import arrived; None without any. What is not committed yet arrives later."""
    return session.scalar(select(func.max(MarketImportRow.arrived_at)))


def lock(session: Session) -> None:
    """Let no other import arrive until the transaction of this session ends."""
    serialise(session, MARKET_LOCK)


def add(session: Session, new: NewImport, now: datetime) -> Arrival:
    """Store an import under the lock; it arrives after every earlier one, whatever the clock says."""
    last = last_import_at(session)
    at = now if last is None else max(now, last + timedelta(microseconds=1))
    import_id = new_id()
    session.add(
        MarketImportRow(
            id=import_id,
            source=new.source,
            arrived_at=at,
            username=new.username,
            row_count=new.row_count,
            new_count=new.new_count,
            corrected_count=new.corrected_count,
        )
    )
    session.flush()
    insert_many(
        session,
        MarketBlockRow,
        [
            {
                "import_id": import_id,
                "symbol": symbol,
                "source": new.source,
                "arrived_at": at,
                "first_date": date_of(bars.days[0]),
                "last_date": date_of(bars.days[-1]),
                "day_count": len(bars.days),
                "columns": encode(bars),
            }
            for symbol, bars in new.bars.items()
        ],
    )
    return Arrival(import_id, at)
