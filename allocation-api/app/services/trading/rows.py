"""Table rows of an order's slices, shared by the commit and the order ledger."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.services.domain.face import Face


def slice_rows(order_id: str, slices: Mapping[str, Decimal] | Mapping[str, Face]) -> list[dict[str, object]]:
    """Return the rows of an order's slices (face by account id), for one bulk insert."""
    return [
        {"order_id": order_id, "account_id": account, "quantity": Decimal(face)}
        for account, face in slices.items()
    ]
