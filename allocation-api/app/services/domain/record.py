"""Allocation of record: whose word it is that says what an order's accounts got.

While an order works, fills are split here; once it is over, what Aladdin has booked for each account counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from app.core.numbers import number_text
from app.services.domain.block_order import OrderStatus


class FillKind(StrEnum):
    """Source of a recorded fill's split.

    CALCULATED: split here (R12.1). BOOKED: taken over from Aladdin's booking of each account (R12.6).
    """

    CALCULATED = "CALCULATED"
    BOOKED = "BOOKED"


class AllocationState(StrEnum):
    """Standing of what is recorded of an order's accounts.

    PROVISIONAL: the order works, or Aladdin has not been seen since it ended. OF_RECORD: it is over, and what
    is recorded is what Aladdin has booked for each account. DIFFERENT: it is over, and Aladdin's booking is
    incomplete, not told by account, or does not add up to what is filled.
    """

    PROVISIONAL = "PROVISIONAL"
    OF_RECORD = "OF_RECORD"
    DIFFERENT = "DIFFERENT"


def is_over(status: str | None, face: Decimal, filled: Decimal) -> bool:
    """Say whether an order is over: final by the vendor's word, or filled in full."""
    return OrderStatus.of(status).is_final or 0 < face <= filled


def booking_text(faces: Mapping[str, Decimal]) -> str:
    """Return booked faces by account as the JSON text that is stored: equal faces give an equal text."""
    plain = {a: number_text(face) for a, face in faces.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def booking_of(text: str | None) -> dict[str, Decimal] | None:
    """Return the faces by account of a stored text; None for None."""
    return None if text is None else {a: Decimal(face) for a, face in json.loads(text).items()}
