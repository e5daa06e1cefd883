"""Alerts for users: listed, counted, acknowledged, and what each user has read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.core.errors import NotFound
from app.core.security import Permission
from app.models import ALERTS_LOCK, AlertEventRow, AlertGroupRow, AlertReadRow, AlertRow
from app.models.lock import serialise
from app.services.alerts import visible as conditions
from app.services.alerts.errors import AlertChanged, AlertNotOpen
from app.services.alerts.types import (
    ACTIVE,
    Alert,
    AlertState,
    Event,
    EventKind,
    RuleName,
    Severity,
)
from app.services.alerts.views import AlertCounts, AlertFilter, AlertWithHistory
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller, require
from app.services.visibility.visibility import Visibility
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks
from app.utils.paging import Page, page


class AlertService:
    """Shows users the alerts that they may see, and takes what they say to them."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def list(
        self, filters: AlertFilter, caller: Caller, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[Alert]:
        """Return a page of visible alerts, the last opened first."""
        wanted = {
            AlertRow.state: filters.state,
            AlertRow.severity: filters.severity,
            AlertRow.rule: filters.rule,
            AlertRow.subject: filters.subject,
        }
        query = select(AlertRow).where(
            *(column == value for column, value in wanted.items() if value is not None),
            *conditions.alerts(caller, visible),
        )
        with self._database.read() as session:
            found = page(session, query, (AlertRow.opened_at, AlertRow.id), cursor, limit, lambda row: row)
            return Page(_shown(session, found.items, caller, visible), found.next_cursor)

    def get(self, alert_id: str, caller: Caller, visible: Visibility) -> AlertWithHistory:
        """Return an alert with its history.

        Raises
        ------
        NotFound
            When there is no visible one of that id.
        """
        with self._database.read() as session:
            row = _row(session, alert_id, caller, visible)
            events = session.scalars(
                select(AlertEventRow)
                .where(AlertEventRow.alert_id == alert_id)
                .order_by(AlertEventRow.at, AlertEventRow.id)
            )
            return AlertWithHistory(
                _shown(session, [row], caller, visible)[0], tuple(_event(event) for event in events)
            )

    def check_visible(self, alert_id: str, visible: Visibility) -> None:
        """Check that groups let a user see an alert, whatever the user's permissions.

        Raises
        ------
        NotFound
            When there is no visible one of that id.
        """
        query = select(AlertRow.id).where(AlertRow.id == alert_id, *conditions.in_sight(visible))
        with self._database.read() as session:
            if session.scalar(query) is None:
                raise NotFound(f"There is no alert {alert_id!r}")

    def acknowledge(
        self, alert_id: str, version: int, note: str, caller: Caller, visible: Visibility
    ) -> AlertWithHistory:
        """Acknowledge a version of an open alert, so that it does not escalate; that is audited.

        Raises
        ------
        Forbidden
            Without the permission.
        NotFound
            When there is no visible one of that id.
        AlertNotOpen
            When it is acknowledged or resolved.
        AlertChanged
            When another version is stored.
        """
        require(caller, Permission.ALERTS_ACKNOWLEDGE)

        def work(session: Session) -> None:
            row = _row(session, alert_id, caller, visible)
            _check_open(row, version)
            now = self._clock()
            values = {
                "state": AlertState.ACKNOWLEDGED,
                "acknowledged_at": now,
                "acknowledged_by": caller.username,
                "note": note,
                "escalates_at": None,
                "version": row.version + 1,
            }
            unmoved = update(AlertRow).where(AlertRow.id == row.id, AlertRow.version == row.version)
            if not rows_changed(session, unmoved.values(values)):
                raise WriteConflictError("the alert moved")
            event = _acknowledged(row, note, caller, now)
            session.add(event)
            session.flush()
            self._audit.record_for(
                session,
                Action.ALERT_ACKNOWLEDGED,
                caller,
                EntityType.ALERT,
                row.id,
                before={"state": AlertState.OPEN, "severity": row.severity, "rule": row.rule},
                after={"state": AlertState.ACKNOWLEDGED, "note": note, "text": row.text},
            )

        self._database.retried(work)
        return self.get(alert_id, caller, visible)

    def counts(self, caller: Caller, visible: Visibility) -> AlertCounts:
        """Return how many visible alerts are not resolved, and how many of them the user has not read."""
        with self._database.read() as session:
            active = (AlertRow.state.in_(ACTIVE), *conditions.alerts(caller, visible))
            by = select(AlertRow.severity, AlertRow.state, func.count()).where(*active)
            found = session.execute(by.group_by(AlertRow.severity, AlertRow.state)).all()
            read_at = _read_at(session, caller)
            new = () if read_at is None else (AlertRow.notified_at > read_at,)
            last = select(func.count(), func.max(AlertRow.notified_at))  # one statement: of the same alerts
            unread, told_until = session.execute(last.where(*active, *new)).one()
        severities, states = Counter[str](), Counter[str]()
        for severity, state, count in found:
            severities[severity] += count
            states[state] += count
        return AlertCounts(
            info=severities[Severity.INFO],
            warning=severities[Severity.WARNING],
            critical=severities[Severity.CRITICAL],
            emergency=severities[Severity.EMERGENCY],
            open=states[AlertState.OPEN],
            acknowledged=states[AlertState.ACKNOWLEDGED],
            unread=unread,
            told_until=told_until,
            as_of=self._clock(),
        )

    def read(self, told_until: datetime, caller: Caller, visible: Visibility) -> AlertCounts:
        """Note that the user has read all alerts that were told until a moment; it never moves back.

        What counts is when the last of them was told, not the moment itself: an alert is told when its look
        begins, and it may be stored after the user has read the others.
        """
        known = (AlertRow.notified_at <= told_until, *conditions.alerts(caller, visible))

        def work(session: Session) -> None:
            last = session.scalar(select(func.max(AlertRow.notified_at)).where(*known))
            if last is None:
                return
            own = update(AlertReadRow).where(AlertReadRow.user_id == caller.user_id)
            if rows_changed(session, own.where(AlertReadRow.read_at < last).values(read_at=last)):
                return
            serialise(session, ALERTS_LOCK)
            if session.get(AlertReadRow, caller.user_id) is None:
                session.add(AlertReadRow(user_id=caller.user_id, read_at=last))

        self._database.retried(work)
        return self.counts(caller, visible)


def _row(session: Session, alert_id: str, caller: Caller, visible: Visibility) -> AlertRow:
    query = select(AlertRow).where(AlertRow.id == alert_id, *conditions.alerts(caller, visible))
    row = session.scalar(query)
    if row is None:
        raise NotFound(f"There is no alert {alert_id!r}")
    return row


def _read_at(session: Session, caller: Caller) -> datetime | None:
    return session.scalar(select(AlertReadRow.read_at).where(AlertReadRow.user_id == caller.user_id))


def _check_open(row: AlertRow, version: int) -> None:
    if row.state != AlertState.OPEN:
        raise AlertNotOpen(_why_not_open(row))
    if row.version != version:
        raise AlertChanged(
            f"Version {row.version} of the alert is stored, not {version}. Read it, and acknowledge "
            "what it says now"
        )


def _why_not_open(row: AlertRow) -> str:
    if row.state == AlertState.RESOLVED:
        return "The alert is resolved: what it was about is gone"
    return f"{row.acknowledged_by} acknowledged the alert already"


def _acknowledged(row: AlertRow, note: str, caller: Caller, now: datetime) -> AlertEventRow:
    return AlertEventRow(
        id=new_id(),
        alert_id=row.id,
        at=now,
        kind=EventKind.ACKNOWLEDGED,
        severity=row.severity,
        text=row.text,
        username=caller.username,
        note=note,
    )


def _shown(
    session: Session, rows: Sequence[AlertRow], caller: Caller, visible: Visibility
) -> tuple[Alert, ...]:
    read_at = _read_at(session, caller)
    groups: dict[str, list[str]] = {row.id: [] for row in rows}
    for some in chunks(list(groups), MAX_IDS_PER_QUERY):
        query = select(AlertGroupRow).where(AlertGroupRow.alert_id.in_(some))
        for group in session.scalars(query.order_by(AlertGroupRow.group_id)):
            groups[group.alert_id].append(group.group_id)
    return tuple(_alert(row, visible.visible_groups(groups[row.id]), read_at) for row in rows)


def _alert(row: AlertRow, groups: tuple[str, ...], read_at: datetime | None) -> Alert:
    is_new = read_at is None or row.notified_at > read_at
    return Alert(
        alert_id=row.id,
        rule=RuleName(row.rule),
        subject=row.subject,
        text=row.text,
        link=row.link,
        groups=groups,
        severity=Severity(row.severity),
        state=AlertState(row.state),
        opened_at=row.opened_at,
        last_seen_at=row.last_seen_at,
        count=row.count,
        escalates_at=row.escalates_at if row.state == AlertState.OPEN else None,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        note=row.note,
        resolved_at=row.resolved_at,
        version=row.version,
        unread=row.state != AlertState.RESOLVED and is_new,
    )


def _event(row: AlertEventRow) -> Event:
    return Event(
        event_id=row.id,
        at=row.at,
        kind=EventKind(row.kind),
        severity=Severity(row.severity),
        text=row.text,
        username=row.username,
        note=row.note,
    )
