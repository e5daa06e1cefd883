"""The list of accounts against their targets, the worst first, in pages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from app.services.drift.book_types import BookDrift, Standing
from app.services.drift.measured import severity
from app.services.drift.target_types import HeldTargets, TargetDimension
from app.utils.paging import Page, wrong_cursor

Place: TypeAlias = tuple[bool, bool, Decimal, str, int]

_ORDER = list(TargetDimension)
_PARTS = 5


@dataclass(frozen=True, slots=True)
class StandingFilter:
    """Which accounts are listed; None is all. `only_out` leaves out those that are within their bands."""

    group_id: str | None = None
    dimension: TargetDimension | None = None
    only_out: bool = True


def standings_of(
    book: BookDrift, held: Iterable[HeldTargets], portfolio_groups: tuple[str, ...]
) -> Iterable[Standing]:
    """Yield an account against each of its target sets, also where it could not be measured."""
    measured = {drift.held.dimension: drift for drift in book.drifts}
    for each in held:
        drift = measured.get(each.dimension)
        warnings = (*book.warnings, *(drift.warnings if drift else ()))
        yield Standing(
            account_id=book.account_id or "",
            account_name=book.account_name or "",
            portfolio_groups=portfolio_groups,
            nav=book.nav,
            held=each,
            data=book.data,
            drift=drift,
            warnings=tuple(dict.fromkeys(warning.type for warning in warnings)),
        )


def place(row: Standing) -> Place:
    """Return what rows are sorted by: the worst first, what could not be measured last (R19.13)."""
    banded, size = severity(row.worst) if row.worst else (False, Decimal(0))
    return row.worst is None, banded, size, row.account_id, _ORDER.index(row.held.dimension)


def page_of(rows: Sequence[Standing], cursor: str | None, limit: int) -> Page[Standing]:
    """Return a page of sorted rows: those behind the last one of the page before, wherever it is now.

    Raises
    ------
    InvalidRequest
        Naming `cursor`, when it is not the `next_cursor` of an earlier page.
    """
    last = None if cursor is None else _decoded(cursor)
    left = [row for row in rows if last is None or place(row) > last]
    more = len(left) > limit
    return Page(tuple(left[:limit]), _encoded(place(left[limit - 1])) if more else None)


def _encoded(of: Place) -> str:
    missing, banded, size, account_id, dimension = of
    text = f"{missing:d}|{banded:d}|{size}|{dimension}|{account_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _decoded(cursor: str) -> Place:
    wrong = wrong_cursor()
    try:
        parts = base64.urlsafe_b64decode(cursor.encode()).decode().split("|", _PARTS - 1)
        missing, banded, size, dimension, account_id = parts
        found = (bool(int(missing)), bool(int(banded)), Decimal(size), account_id, int(dimension))
    except (ValueError, InvalidOperation, binascii.Error):
        raise wrong from None
    if not found[2].is_finite():
        raise wrong
    return found
