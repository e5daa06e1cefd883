"""Compliance limits of the desk."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact
from app.core.database import Base


class LimitRow(Base):
    """A compliance limit as a fraction; its scope is the default, one sector or one account (R5.6)."""

    __tablename__ = "compliance_limits"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    scope_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Decimal] = mapped_column(Exact(18, 8))
