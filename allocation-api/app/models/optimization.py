"""Optimised portfolios: what was asked for, and what came out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import JsonDocument, UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class OptimizationRow(Base):
    """One optimised portfolio, never changed.

    `request`, `summary`, `versions` and `outcome` are canonical JSON; the request has the moment as of which
    prices were known. The fingerprints are of the returns and of the outcome.
    """

    __tablename__ = "optimizations"
    __table_args__ = (Index("ix_optimizations_created", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    request: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    versions: Mapped[str] = mapped_column(Text)
    returns_sha256: Mapped[str] = mapped_column(String(64))
    outcome_sha256: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(JsonDocument, deferred=True)
