"""The history of drift, and what moved it, from snapshots that were kept (R19.16 to R19.18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.core.database import Database
from app.core.errors import DataMissing, FieldError, InvalidRequest, NotFound
from app.models import DriftLineRow, DriftSnapshotRow
from app.services.drift.history_types import (
    AccountAttribution,
    AttributionQuery,
    CheckKind,
    DimensionAttribution,
    DriftFilter,
    DriftLine,
    KeptBook,
    KeptSnapshot,
)
from app.services.drift.kept import kept_snapshot, shown_line
from app.services.drift.target_types import TargetDimension, TargetScope
from app.services.kernels.rebalancing import Book, Position, attribute
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, every, page

LINES_PER_READ = 1_000
"""Lines that one statement of a whole table reads."""


class DriftHistory:
    """Reads snapshots; no vendor is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, wanted: DriftFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[DriftLine]:
        """Return a page of lines of snapshots, newest first.

        Raises
        ------
        InvalidRequest
            Naming `cursor`, when it is not the `next_cursor` of an earlier page.
        """
        row = DriftLineRow
        equal = {
            row.scope: wanted.scope,
            row.scope_id: wanted.scope_id,
            row.dimension: wanted.dimension,
            row.class_key: wanted.class_key,
            row.kind: wanted.kind,
            row.check_id: wanted.check_id,
        }
        query = select(row).where(
            *rows.drift_lines(visible),
            *(column == value for column, value in equal.items() if value is not None),
            *(() if wanted.date_from is None else (row.business_date >= wanted.date_from,)),
            *(() if wanted.date_to is None else (row.business_date <= wanted.date_to,)),
        )
        with self._database.read() as session:
            return page(session, query, (row.taken_at, row.id), cursor, limit, shown_line)

    def lines(self, wanted: DriftFilter, visible: Visibility) -> Iterator[DriftLine]:
        """Yield all lines that the filters let pass, newest first."""
        return every(lambda cursor: self.page(wanted, visible, cursor=cursor, limit=LINES_PER_READ))

    def attribution(self, query: AttributionQuery, visible: Visibility) -> AccountAttribution:
        """Return what moved the drift of an account between its snapshots of two business dates.

        Raises
        ------
        NotFound
            When there is no snapshot of such an account, or it is not visible.
        InvalidRequest
            Naming the dates without a snapshot, or the dimension that one of them does not have.
        DataMissing
            When the snapshots are in different currencies.
        """
        with self._database.read() as session:
            if not (visible.account(query.account_id) and _has_snapshots(session, query.account_id)):
                raise NotFound(f"There is no snapshot of the account {query.account_id!r}")
            found = [_snapshot(session, query.account_id, day) for day in (query.date_from, query.date_to)]
            errors = [
                FieldError(field, _no_snapshot(session, query.account_id, day))
                for field, day, each in zip(
                    ("date_from", "date_to"), (query.date_from, query.date_to), found, strict=True
                )
                if each is None
            ]
        first, last = found
        if first is None or last is None:
            raise InvalidRequest.of(*errors)
        if first.book.currency != last.book.currency:
            raise DataMissing("The snapshots are in different currencies, which nothing converts")
        common = [t.dimension for t in first.book.targets if _place(last.book, t.dimension) is not None]
        dimensions = [each for each in common if query.dimension in {None, each}]
        if not dimensions:
            raise InvalidRequest.of(
                FieldError("dimension", "The snapshots of both dates do not have targets in this dimension.")
            )
        attributions = tuple(_attribution(first.book, last.book, each) for each in dimensions)
        return AccountAttribution(query.account_id, first, last, attributions)


def _attribution(first: KeptBook, last: KeptBook, dimension: TargetDimension) -> DimensionAttribution:
    found = attribute(_book(first, dimension), _book(last, dimension))
    return DimensionAttribution(dimension, found.market, found.flows, found.account_return, found.classes)


def _has_snapshots(session: Session, account_id: str) -> bool:
    return session.scalar(select(DriftSnapshotRow.id).where(*_of(account_id)).limit(1)) is not None


def _snapshot(session: Session, account_id: str, day: date) -> KeptSnapshot | None:
    """Return the snapshot of a day: the scheduled one, else the last one that was asked for."""
    row = DriftSnapshotRow
    query = select(row).where(*_of(account_id), row.business_date == day).options(undefer(row.book))
    requested = row.kind == CheckKind.REQUESTED
    found = session.scalars(query.order_by(requested, row.taken_at.desc(), row.id).limit(1)).first()
    return None if found is None else kept_snapshot(found)


def _no_snapshot(session: Session, account_id: str, day: date) -> str:
    row = DriftSnapshotRow
    days = select(row.business_date).where(*_of(account_id))
    before = days.where(row.business_date < day).order_by(row.business_date.desc()).limit(1)
    after = days.where(row.business_date > day).order_by(row.business_date).limit(1)
    near = [f"{found}" for query in (before, after) if (found := session.scalar(query)) is not None]
    nearest = f" The nearest are of {' and '.join(near)}." if near else ""
    return f"There is no snapshot of {account_id} of {day}.{nearest}"


def _of(account_id: str) -> rows.Conditions:
    return DriftSnapshotRow.scope == TargetScope.ACCOUNT, DriftSnapshotRow.scope_id == account_id


def _place(book: KeptBook, dimension: TargetDimension) -> int | None:
    return next((n for n, each in enumerate(book.targets) if each.dimension is dimension), None)


def _book(kept: KeptBook, dimension: TargetDimension) -> Book:
    place = _place(kept, dimension) or 0
    targets = kept.targets[place]
    return Book(
        nav=kept.nav,
        cash=kept.cash,
        cash_class=targets.cash_class,
        positions=[
            Position(each.security_id, each.classes[place], each.face, each.value) for each in kept.holdings
        ],
        targets=targets.percents,
    )
