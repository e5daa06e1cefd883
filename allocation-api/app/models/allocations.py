"""Allocations: previews, their groups and lines, their commits, and comparisons of several splits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact, JsonDocument, UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


class AllocationRow(Base):
    """One allocation, from preview to the outcome of its commit.

    `result` is the computed preview and `snapshot` its complete input, both canonical JSON; `snapshot_sha256`
    is of the snapshot's bytes. Both documents are NULL once they are erased, which happens only to a preview
    that nobody committed: `app.services.allocations.store.load` refuses it. `status` moves by compare-and-set
    only. `commit_intent` has caller, comment and override, stored before the order is sent. `settle_after` is
    the version of the claim on an unsettled allocation: recovery takes it over after that time, when an order
    that was sent shows at the vendor. `approval` is the commit's approval by another user, `settlement` how
    people settled an unknown outcome, both canonical JSON and NULL where there is none. `fairness_scope_id`
    and `fairness_policy_id` name the ledger in which its order is entered, and the policy by which; NULL in
    allocations from before the ledger.
    """

    __tablename__ = "allocations"
    __table_args__ = (Index("ix_allocations_created", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    request_id: Mapped[str] = mapped_column(String(64))
    security_id: Mapped[str] = mapped_column(String(32), index=True)
    side: Mapped[str] = mapped_column(String(4))
    method: Mapped[str] = mapped_column(String(32))
    quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    total_allocated: Mapped[Decimal] = mapped_column(Exact(24, 4))
    warning_count: Mapped[int] = mapped_column(BigInteger)
    engine_version: Mapped[str] = mapped_column(String(32))
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    snapshot: Mapped[str] = mapped_column(JsonDocument, deferred=True, nullable=True)
    result: Mapped[str] = mapped_column(JsonDocument, deferred=True, nullable=True)
    commit_result: Mapped[str | None] = mapped_column(JsonDocument, deferred=True)
    aladdin_order_id: Mapped[str | None] = mapped_column(String(64))
    commit_intent: Mapped[str | None] = mapped_column(Text, deferred=True)
    settle_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approval: Mapped[str | None] = mapped_column(Text, deferred=True)
    settlement: Mapped[str | None] = mapped_column(Text, deferred=True)
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fairness_scope_id: Mapped[str | None] = mapped_column(String(255))
    fairness_policy_id: Mapped[str | None] = mapped_column(String(36))


class AllocationGroupRow(Base):
    """A portfolio group that an allocation was requested for."""

    __tablename__ = "allocation_groups"

    allocation_id: Mapped[str] = mapped_column(ForeignKey("allocations.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class AllocationLineRow(Base):
    """One account's part of an allocation, zero included; quantities are face, money in its currency.

    `nav` and `max_quantity` (the largest face that the account could take) serve the fairness report; None in
    allocations from before these columns. `entitlement_weight` is also None of an account that was not
    eligible (R15.1).
    """

    __tablename__ = "allocation_lines"

    allocation_id: Mapped[str] = mapped_column(ForeignKey("allocations.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    allocated_quantity: Mapped[Decimal] = mapped_column(Exact(24, 4))
    allocated_notional: Mapped[Decimal] = mapped_column(Exact(24, 2))
    settlement_amount: Mapped[Decimal] = mapped_column(Exact(24, 2))
    reason_code: Mapped[str | None] = mapped_column(String(32))
    nav: Mapped[Decimal | None] = mapped_column(Exact(24, 2))
    max_quantity: Mapped[Decimal | None] = mapped_column(Exact(24, 4))
    entitlement_weight: Mapped[Decimal | None] = mapped_column(Exact(30, 8))


@append_only
class ComparisonRow(Base):
    """One comparison: several splits of one order, computed from one reading of the book.

    `snapshot` is the complete input of all variants and `results` what came of each, both canonical JSON;
    `snapshot_sha256` is of the snapshot's bytes. Both are NULL once they are erased.
    """

    __tablename__ = "comparisons"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    request_id: Mapped[str] = mapped_column(String(64))
    security_id: Mapped[str] = mapped_column(String(32))
    side: Mapped[str] = mapped_column(String(4))
    engine_version: Mapped[str] = mapped_column(String(32))
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    snapshot: Mapped[str] = mapped_column(JsonDocument, nullable=True)
    results: Mapped[str] = mapped_column(JsonDocument, nullable=True)


@append_only
class ComparisonGroupRow(Base):
    """A portfolio group that a comparison was asked for; none of comparisons from before this table."""

    __tablename__ = "comparison_groups"

    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(String(64), primary_key=True)
