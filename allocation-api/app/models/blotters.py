"""Blotters: many orders at once, each a line that becomes a preview."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import JsonDocument, UtcDateTime
from app.core.database import Base


class BlotterRow(Base):
    """One blotter: who asked for it, by which policy, and the jobs that preview and commit its lines.

    `caller` and `commit_order` (who asked for the commit, and with which words) are canonical JSON.
    `commit_job_id` is the last commit's job, NULL before there was one, and moves by compare-and-set.
    """

    __tablename__ = "blotters"
    __table_args__ = (Index("ix_blotters_created", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    line_count: Mapped[int] = mapped_column(BigInteger)
    policy: Mapped[str] = mapped_column(Text)
    caller: Mapped[str] = mapped_column(Text)
    preview_job_id: Mapped[str] = mapped_column(String(36))
    commit_job_id: Mapped[str | None] = mapped_column(String(36))
    commit_order: Mapped[str | None] = mapped_column(Text)


class BlotterGroupRow(Base):
    """A portfolio group that a line of a blotter asks for."""

    __tablename__ = "blotter_groups"

    blotter_id: Mapped[str] = mapped_column(ForeignKey("blotters.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class BlotterJointRow(Base):
    """How the lines of a blotter were split at once: kept before the first line is previewed, never changed.

    `problem` is what was solved, `solution` what each line gets, or why none; `outcome` is what users see,
    NULL where no line could be split. All are canonical JSON, `sha256` is of the three together, and the
    snapshot of each line's preview names it.
    """

    __tablename__ = "blotter_joint_splits"

    blotter_id: Mapped[str] = mapped_column(ForeignKey("blotters.id"), primary_key=True)
    problem: Mapped[str | None] = mapped_column(JsonDocument, deferred=True)
    solution: Mapped[str] = mapped_column(JsonDocument, deferred=True)
    outcome: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class BlotterLineRow(Base):
    """One line of a blotter: the preview request that it is, and what became of it.

    `place` is where it comes, from 0, by priority and then by line. `request` is canonical JSON, the
    blotter's defaults filled in. `allocation_id` is the preview that it became; its status is the line's.
    `problem` is why it became none, or why its last commit was refused, canonical JSON.
    """

    __tablename__ = "blotter_lines"

    blotter_id: Mapped[str] = mapped_column(ForeignKey("blotters.id"), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(BigInteger)
    priority: Mapped[int | None] = mapped_column(BigInteger)
    request: Mapped[str] = mapped_column(JsonDocument, deferred=True)
    allocation_id: Mapped[str | None] = mapped_column(String(36), index=True)
    problem: Mapped[str | None] = mapped_column(Text)
