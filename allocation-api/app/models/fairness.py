"""Fairness over time: the desk's policies, and the ledger of entitlements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact, UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class FairnessPolicyRow(Base):
    """One version of the fairness policy, counted from 1; the newest is in force.

    `document` is the canonical JSON of the policy, text on every database because the trail has its hash.
    """

    __tablename__ = "fairness_policies"

    policy_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(128))


@append_only
class FairnessEntryRow(Base):
    """One entry of the ledger of a scope and side, in face; it belongs to the order that wrote it.

    `sequence` counts the order's settlements from 1. CREDIT and CORRECTION are what the order adds, and
    `amount` is `entitled` less `received`; a CARRY brings a balance to another date and has neither.
    """

    __tablename__ = "fairness_entries"
    __table_args__ = (Index("ix_fairness_entries_ledger", "scope_id", "side", "business_date"),)

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scope_id: Mapped[str] = mapped_column(String(255))
    side: Mapped[str] = mapped_column(String(4))
    allocation_id: Mapped[str] = mapped_column(ForeignKey("allocations.id"))
    policy_id: Mapped[str] = mapped_column(String(36))
    entitled: Mapped[Decimal] = mapped_column(Exact(24, 4))
    received: Mapped[Decimal] = mapped_column(Exact(24, 4))
    amount: Mapped[Decimal] = mapped_column(Exact(24, 4))
    business_date: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FairnessBalanceRow(Base):
    """What an account is owed in the ledger of a scope and side: the sum of its entries, in face.

    `as_of` is the business date to which it was carried; the latest of a ledger is the ledger's.
    """

    __tablename__ = "fairness_balances"

    scope_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    side: Mapped[str] = mapped_column(String(4), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    balance: Mapped[Decimal] = mapped_column(Exact(24, 4))
    as_of: Mapped[date] = mapped_column(Date)
