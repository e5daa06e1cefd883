"""Targets of allocation drift: what accounts and groups aim at, in versions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class TargetSetRow(Base):
    """The targets of one scope (an account or a group) in one dimension.

    There is one of each scope and dimension, which holds under `TARGETS_LOCK`.
    """

    __tablename__ = "target_sets"
    __table_args__ = (
        Index("ix_target_sets_created", "created_at", "id"),
        Index("ix_target_sets_scope", "scope", "scope_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))
    scope_id: Mapped[str] = mapped_column(String(128))
    dimension: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@append_only
class TargetVersionRow(Base):
    """One version of a target set, counted from 1.

    `document` is the canonical JSON of its targets, text on every database because the trail has its hash.
    With `ends` the set has no targets from `effective_from` on. One that `needs_approval` does not hold
    before another user has approved it.
    """

    __tablename__ = "target_versions"

    target_set_id: Mapped[str] = mapped_column(ForeignKey("target_sets.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    effective_from: Mapped[date] = mapped_column(Date)
    ends: Mapped[bool] = mapped_column(Boolean)
    needs_approval: Mapped[bool] = mapped_column(Boolean)
    document: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))


@append_only
class TargetDecisionRow(Base):
    """What became of a version that needed an approval, once: APPROVED, REJECTED or WITHDRAWN.

    `business_date` is the desk's at that moment: an approved version does not hold before it.
    """

    __tablename__ = "target_decisions"

    target_set_id: Mapped[str] = mapped_column(ForeignKey("target_sets.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    decision: Mapped[str] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(String(500))
    business_date: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
