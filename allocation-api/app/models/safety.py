"""The emergency stop, as the desk's people have set it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class EmergencyStopRow(Base):
    """One change of the emergency stop, counted from 1; the newest is in force, none is OPEN.

    `state` is STOPPED or OPEN. A change replaces the newest version by compare-and-set under `STOP_LOCK`.
    """

    __tablename__ = "emergency_stops"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
