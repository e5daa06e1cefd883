"""What a check keeps: the holdings of an account with their classes, and rows of what was measured."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from app.models import DriftLineRow, DriftSnapshotRow
from app.services.domain.book import AsOf
from app.services.domain.positions import AccountPositions
from app.services.drift.bond_classes import BondFacts
from app.services.drift.book_types import BookDrift, Measured, SetDrift
from app.services.drift.history_types import (
    Check,
    CheckKind,
    DriftLine,
    KeptBook,
    KeptHolding,
    KeptSnapshot,
    KeptTargets,
)
from app.services.drift.measured import cash_class, classified
from app.services.drift.target_types import HeldTargets, TargetDimension, TargetScope

DECIMALS = 9
"""Decimals of points and years that are kept."""

_CENTS = 2
_IDS = uuid.UUID("5f0b9d1e-93a4-4c1f-8a2c-6d1f0a7f2f31")
_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(KeptBook)


def kept_book(
    account: AccountPositions, held: Sequence[HeldTargets], facts: Mapping[str, BondFacts]
) -> KeptBook | None:
    """Return an account's holdings with their class in each dimension of shares; None without a NAV."""
    if account.nav is None:
        return None
    of_shares = [each for each in held if each.dimension is not TargetDimension.METRIC]
    by_set = [[key for _, _, key in classified(each, account.holdings, facts)] for each in of_shares]
    return KeptBook(
        nav=account.nav,
        cash=Decimal(0) if account.cash is None else account.cash,
        currency=account.currency,
        targets=tuple(
            KeptTargets(
                each.dimension, cash_class(each), {t.key: t.target_percent for t in each.content.targets}
            )
            for each in of_shares
        ),
        holdings=tuple(
            KeptHolding(
                holding.security_id,
                holding.face,
                holding.price.clean if holding.price else None,
                holding.market_value,
                tuple(keys[place] for keys in by_set),
            )
            for place, holding in enumerate(account.holdings)
        ),
    )


def snapshot_id(check: Check, scope: TargetScope, scope_id: str) -> str:
    """Return the id of a snapshot, the same whoever takes it."""
    return str(uuid.uuid5(_IDS, f"{check.check_id}/{scope}/{scope_id}"))


def rows_of(
    measured: Measured, check: Check, as_of: AsOf, now: datetime
) -> tuple[DriftSnapshotRow, tuple[DriftLineRow, ...]]:
    """Return the rows of a snapshot."""
    row = DriftSnapshotRow(
        id=snapshot_id(check, measured.scope, measured.scope_id),
        check_id=check.check_id,
        kind=check.kind,
        business_date=check.business_date,
        taken_at=now,
        as_of=as_of,
        scope=measured.scope,
        scope_id=measured.scope_id,
        reference_date=measured.book.data.reference_date,
        book=None if measured.kept is None else _ENCODER.encode(measured.kept).decode(),
    )
    numbers = [line for drift in measured.book.drifts for line in _numbers(drift)]
    return row, tuple(
        _line(row, measured.book, drift, place, values)
        # Lists are newest first, by time and then by id: numbers that fall keep the order of the targets.
        for place, (drift, values) in zip(range(len(numbers), 0, -1), numbers, strict=True)
    )


def _numbers(drift: SetDrift) -> Iterable[tuple[SetDrift, dict[str, object]]]:
    for banded in drift.classes:
        found = banded.drift
        yield (
            drift,
            {
                "class_key": found.asset_class,
                "level": _rounded(found.current_percent),
                "target": _rounded(found.target_percent),
                "band": _rounded(banded.band),
                "difference": _rounded(found.difference_percent),
                "is_out": found.is_out,
                "value": round(found.current_value, _CENTS),
            },
        )
    for metric in drift.metrics:
        yield (
            drift,
            {
                "class_key": metric.target.metric,
                "level": _rounded(metric.current),
                "benchmark": _rounded(metric.benchmark),
                "target": _rounded(metric.target.target),
                "band": _rounded(metric.target.band_absolute),
                "difference": _rounded(metric.difference),
                "is_out": metric.is_out,
            },
        )


def _line(
    row: DriftSnapshotRow, book: BookDrift, drift: SetDrift, place: int, values: dict[str, object]
) -> DriftLineRow:
    return DriftLineRow(
        id=f"{row.id}-{place:05}",
        snapshot_id=row.id,
        check_id=row.check_id,
        kind=row.kind,
        business_date=row.business_date,
        taken_at=row.taken_at,
        reference_date=row.reference_date,
        scope=row.scope,
        scope_id=row.scope_id,
        target_set_id=drift.held.target_set_id,
        target_set_version=drift.held.version,
        dimension=drift.held.dimension,
        nav=round(book.nav or Decimal(0), _CENTS),
        currency=book.currency,
        **values,
    )


def shown_line(row: DriftLineRow) -> DriftLine:
    """Return a line as a list shows it."""
    return DriftLine(
        check_id=row.check_id,
        kind=CheckKind(row.kind),
        business_date=row.business_date,
        taken_at=row.taken_at,
        reference_date=row.reference_date,
        scope=TargetScope(row.scope),
        scope_id=row.scope_id,
        dimension=TargetDimension(row.dimension),
        class_key=row.class_key,
        current=row.level,
        benchmark=row.benchmark,
        target=row.target,
        band=row.band,
        difference=row.difference,
        is_out=row.is_out,
        value=row.value,
        nav=row.nav,
        currency=row.currency,
        target_set_id=row.target_set_id,
        target_set_version=row.target_set_version,
    )


def kept_snapshot(row: DriftSnapshotRow) -> KeptSnapshot | None:
    """Return a snapshot with its book; None of a group, which has none."""
    if row.book is None:
        return None
    check = Check(row.check_id, CheckKind(row.kind), row.business_date)
    return KeptSnapshot(check, row.taken_at, row.reference_date, _DECODER.decode(row.book))


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, DECIMALS)
