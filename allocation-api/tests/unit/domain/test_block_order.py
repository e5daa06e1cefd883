"""A block order that contradicts itself cannot be made."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.services.domain.block_order import BlockOrder, Slice, total_face
from app.services.domain.side import Side

ORDER = BlockOrder(
    security_id="999999AA3",
    side=Side.BUY,
    face=Decimal(5000),
    settlement_date=date(2025, 6, 6),
    external_id="ALLOC-1",
    basket_id="ALLOC",
    slices=(Slice("A", Decimal(3000)), Slice("B", Decimal(2000))),
)


def test_slices_add_up() -> None:
    assert total_face(ORDER.slices) == Decimal(5000)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"face": Decimal(5001)}, "slices add up to 5000, face is 5001"),
        ({"slices": ()}, "slices must not be empty"),
        ({"slices": (Slice("A", Decimal(0)),)}, "face of A must be positive"),
        ({"slices": (Slice("A", Decimal(-1)),)}, "face of A must be positive"),
        ({"slices": (Slice("A", Decimal("NaN")),)}, "face of A must be positive"),
        ({"slices": (Slice("A", Decimal(2500)), Slice("A", Decimal(2500)))}, "an account occurs twice"),
        ({"external_id": ""}, "external_id must have 1 to 64 characters, not 0"),
        ({"basket_id": "x" * 65}, "basket_id must have 1 to 64 characters, not 65"),
        ({"limit_price": Decimal(0)}, "limit_price must be positive"),
        ({"limit_price": Decimal("Infinity")}, "limit_price must be positive"),
    ],
)
def test_what_cannot_be_is_refused_by_name(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ORDER, **fields)
