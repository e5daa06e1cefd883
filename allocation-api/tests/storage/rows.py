"""Rows to store in tests: whatever a test does not say has a plain value."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from app.core.database import new_id

MOMENT = datetime(2026, 6, 30, 23, 59, 59, 999999, tzinfo=UTC)


def allocation(**other):
    values = {
        "id": new_id(),
        "status": "PREVIEWED",
        "created_at": MOMENT,
        "expires_at": MOMENT,
        "user_id": "u",
        "username": "ann",
        "request_id": "r",
        "security_id": "S",
        "side": "BUY",
        "method": "PRO_RATA",
        "quantity": 1,
        "total_allocated": 1,
        "warning_count": 0,
        "engine_version": "1",
        "snapshot_sha256": "0" * 64,
        "snapshot": "{}",
        "result": "{}",
    }
    return values | other


def order(allocation_id, **other):
    values = {
        "order_id": new_id(),
        "allocation_id": allocation_id,
        "external_id": "x",
        "security_id": "S",
        "side": "BUY",
        "quantity": Decimal(1),
        "status": "NEW",
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "created_by": "ann",
    }
    return values | other
