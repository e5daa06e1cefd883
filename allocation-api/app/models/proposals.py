"""Rebalancing proposals: what was asked for, and what came out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import JsonDocument, UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class ProposalRow(Base):
    """One proposal, never changed, of a business date of the desk.

    `request`, `summary` and `outcome` are canonical JSON.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_created", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    business_date: Mapped[date] = mapped_column(Date)
    scope: Mapped[str] = mapped_column(String(16))
    scope_id: Mapped[str] = mapped_column(String(64))
    request: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(JsonDocument, deferred=True)


@append_only
class ProposalGroupRow(Base):
    """A portfolio group that a proposal tells of: its orders are split over it, or its targets were used."""

    __tablename__ = "proposal_groups"

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(String(64), primary_key=True)
