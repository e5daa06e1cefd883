"""Alerts with their history, the channels that tell of them, and the outbox of what is to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import UtcDateTime
from app.core.database import Base


class AlertRow(Base):
    """One alert; of one key there is one at most that is not RESOLVED.

    New ones are stored under the lock `alerts`; `state` and `severity` move by compare-and-set on `version`.
    `count` is how often the finding began. `notified_at` is when channels were last told, from which the
    cooldown counts. An alert that is still OPEN at `escalates_at` becomes more severe; NULL is never.
    `found_severity` is the worst that was found, without that.
    `parts` is a JSON list of what was found one by one since it opened, where its rule tells that.
    `user_id` is the user whose own matter it is, `account_id` the one account that it is about.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_key", "alert_key", "opened_at"),
        Index("ix_alerts_opened", "opened_at", "id"),
        Index("ix_alerts_state", "state", "rule"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    alert_key: Mapped[str] = mapped_column(String(255))
    rule: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str] = mapped_column(String(1000))
    link: Mapped[str | None] = mapped_column(String(255))
    severity: Mapped[str] = mapped_column(String(16))
    found_severity: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(BigInteger)
    notified_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalates_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(128))
    note: Mapped[str | None] = mapped_column(String(500))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[str | None] = mapped_column(String(36))
    account_id: Mapped[str | None] = mapped_column(String(64))
    parts: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(BigInteger)


class AlertGroupRow(Base):
    """A portfolio group that an alert is about; one without any is of the whole desk.

    One that `has_targets` is a group whose targets the alert tells: it is for those alone who see the group.
    """

    __tablename__ = "alert_groups"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    has_targets: Mapped[bool] = mapped_column(Boolean)


class AlertEventRow(Base):
    """One event in the life of an alert, with what it said then."""

    __tablename__ = "alert_events"
    __table_args__ = (Index("ix_alert_events_alert", "alert_id", "at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(1000))
    username: Mapped[str | None] = mapped_column(String(128))
    note: Mapped[str | None] = mapped_column(String(500))


class AlertReadRow(Base):
    """Until when a user has read the alerts."""

    __tablename__ = "alert_reads"

    user_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AlertChannelRow(Base):
    """A channel that tells of alerts.

    `recipients`, `rules` and `group_ids` are JSON lists. `secret` is the name of a secret in the settings,
    never the secret. Quiet hours are times of the desk's day, like 22:00.
    """

    __tablename__ = "alert_channels"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str | None] = mapped_column(String(500))
    body: Mapped[str | None] = mapped_column(String(16))
    recipients: Mapped[str] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(16))
    rules: Mapped[str] = mapped_column(Text)
    group_ids: Mapped[str] = mapped_column(Text)
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    digest: Mapped[str] = mapped_column(String(16))
    enabled: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(128))


class AlertDeliveryRow(Base):
    """One message to one channel (transactional outbox), under one id over all attempts.

    It is stored in one transaction with the events that it tells of. An urgent one tells of an EMERGENCY, and
    is sent before all others. A process holds a SENDING one until
    `lease_until`; `fence` counts the claims, so that a process whose lease ran out changes nothing any more,
    and what is added to a digest, so that nobody sends it without that. `told` is a JSON list of the
    recipients of the channel that have the mail, or that another message is for.
    """

    __tablename__ = "alert_deliveries"
    __table_args__ = (
        Index("ix_alert_deliveries_due", "state", "due_at"),
        Index("ix_alert_deliveries_created", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    channel_id: Mapped[str] = mapped_column(String(36))
    channel_name: Mapped[str] = mapped_column(String(64))
    is_digest: Mapped[bool] = mapped_column(Boolean)
    is_urgent: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(BigInteger)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str | None] = mapped_column(String(32))
    error_reason: Mapped[str | None] = mapped_column(String(500))
    told: Mapped[str | None] = mapped_column(Text)


class AlertDeliveryEventRow(Base):
    """An event that a delivery tells of."""

    __tablename__ = "alert_delivery_events"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("alert_deliveries.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("alert_events.id"), primary_key=True)
