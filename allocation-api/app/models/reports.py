"""What reports keep: the FIX messages that left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base
from app.models.append_only import append_only


@append_only
class FixMessageRow(Base):
    """One FIX message of an allocation as it left, under its AllocID (70).

    `sequence` counts the messages of an allocation from 1, and `alloc_id` has it at its end. `replaces` is
    RefAllocID (72), the message that this one replaces or cancels. `message` is the encoded text, printable
    ASCII between the separators SOH, and `sha256` the hash of its bytes.
    """

    __tablename__ = "fix_messages"

    allocation_id: Mapped[str] = mapped_column(ForeignKey("allocations.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    alloc_id: Mapped[str] = mapped_column(String(64))
    trans_type: Mapped[str] = mapped_column(String(8))
    alloc_type: Mapped[str] = mapped_column(String(16))
    replaces: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[str] = mapped_column(String(128))
    message: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
