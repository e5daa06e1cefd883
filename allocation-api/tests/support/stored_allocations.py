"""Writes committed allocations, orders and fills straight into the tables, for tests of reports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from app.models import (
    AllocationGroupRow,
    AllocationLineRow,
    AllocationRow,
    OrderFillLineRow,
    OrderFillRow,
    OrderRow,
    OrderSliceRow,
)
from app.services.domain.record import is_over

AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
BOND = "91282CKF7"
UTC_ZONE = ZoneInfo("UTC")


def line(allocated, *, nav="1000", most=10_000_000, filled=0, principal=0, reason=None, weight=None):
    """One account's part: face, NAV, what it could take, and what was filled for it."""
    return {
        "allocated": allocated,
        "nav": None if nav is None else Decimal(nav),
        "most": most,
        "filled": Decimal(filled),
        "principal": Decimal(principal),
        "reason": reason,
        "weight": None if weight is None else Decimal(weight),
    }


def full(face, **more):
    """One account whose slice is filled."""
    return line(face, filled=face, principal=face, **more)


def add_allocation(session, name, lines, *, at=AT, order=True, groups=("G",), **other):
    """Store an allocation `name` with its lines, its order `O-name`, and one fill for all that is filled."""
    total = sum(part["allocated"] for part in lines.values())
    made = {
        "id": name,
        "status": "SUBMITTED",
        "created_at": at,
        "expires_at": at,
        "user_id": "u",
        "username": "anna",
        "request_id": "r",
        "security_id": BOND,
        "side": "BUY",
        "method": "PRO_RATA",
        "quantity": total,
        "total_allocated": total,
        "warning_count": 0,
        "engine_version": "1",
        "snapshot_sha256": "0",
        "snapshot": "{}",
        "result": "{}",
        "fairness_scope_id": None,
        "fairness_policy_id": None,
    }
    session.execute(insert(AllocationRow), [made | {k: v for k, v in other.items() if k in made}])
    session.execute(insert(AllocationGroupRow), [{"allocation_id": name, "group_id": g} for g in groups])
    session.execute(
        insert(AllocationLineRow),
        [
            {
                "allocation_id": name,
                "account_id": account,
                "allocated_quantity": part["allocated"],
                "allocated_notional": Decimal(part["allocated"]),
                "settlement_amount": Decimal(part["allocated"]),
                "reason_code": part["reason"],
                "nav": part["nav"],
                "max_quantity": part["most"],
                "entitlement_weight": part["weight"],
            }
            for account, part in lines.items()
        ],
    )
    if order:
        _add_order(session, name, lines, at, total, other)


def _add_order(session, name, lines, at, total, other):
    filled = {account: part for account, part in lines.items() if part["filled"]}
    done = sum((part["filled"] for part in filled.values()), Decimal(0))
    price = Decimal(other.get("price", "99"))
    order_id = f"O-{name}"
    status = other.get("order_status", "Active")
    state = "OF_RECORD" if is_over(status, Decimal(total), done) else "PROVISIONAL"
    session.execute(
        insert(OrderRow),
        [
            {
                "order_id": order_id,
                "allocation_id": name,
                "external_id": name,
                "security_id": other.get("security_id", BOND),
                "side": other.get("side", "BUY"),
                "quantity": Decimal(total),
                "status": status,
                "settlement_date": date(2026, 7, 2),
                "created_at": at,
                "updated_at": at,
                "created_by": "anna",
                "trade_date": other.get("trade_date", date(2026, 7, 1)),
                "filled_quantity": other.get("order_filled", done),
                "average_price": price if filled else None,
                "fill_count": 0,
                "first_day_price": other.get("first_day_price"),
                "allocation_state": other.get("allocation_state", state),
                "booked": other.get("booked"),
            }
        ],
    )
    slices = [
        {"order_id": order_id, "account_id": account, "quantity": Decimal(part["allocated"])}
        for account, part in lines.items()
        if part["allocated"]
    ]
    if slices:
        session.execute(insert(OrderSliceRow), slices)
    if filled:
        add_fill(session, order_id, 1, price, filled, at=at)
        session.get_one(OrderRow, order_id).filled_quantity = other.get("order_filled", done)


def add_fill(session, order_id, sequence, price, lines, *, at=AT):
    """Store one step of an order's filling, with what each account that is named has after it."""
    done = sum((part["filled"] for part in lines.values()), Decimal(0))
    step = {"order_id": order_id, "sequence": sequence}
    session.execute(
        insert(OrderFillRow),
        [step | {"at": at, "quantity": done, "filled_quantity": done, "average_price": price}],
    )
    session.execute(
        insert(OrderFillLineRow),
        [
            step
            | {
                "account_id": account,
                "quantity": part["filled"],
                "filled_quantity": part["filled"],
                "principal": part["principal"],
            }
            for account, part in lines.items()
        ],
    )
    order = session.get_one(OrderRow, order_id)
    order.fill_count, order.filled_quantity, order.average_price = sequence, done, price
