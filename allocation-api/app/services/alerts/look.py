"""The periodic look: what rules find, compared with the alerts that are stored (R21.1 to R21.4).

Any process may look, at any time, also two at once: alerts open under one lock, move by compare-and-set, and
all that decides is in the database, so a restart changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Select, delete, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.core.clock import Clock
from app.core.database import Database, WriteConflictError, new_id, rows_changed
from app.models import ALERTS_LOCK, AlertEventRow, AlertGroupRow, AlertRow
from app.models.lock import serialise
from app.services.alerts.outbox import Outbox, Told
from app.services.alerts.types import (
    ACTIVE,
    MAX_KEY,
    MAX_LINK,
    MAX_TEXT,
    TOLD,
    AlertState,
    EventKind,
    Finding,
    NotKnown,
    Rule,
    RuleName,
    Severity,
)
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks

SEEN_SECONDS = 60
"""Age from which the time of the last look is stored again: each is a write."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Cooldown of a key from when it was last told, and time after which rules' WARNINGs become CRITICAL.

    A rule that has no time of its own has the common one; 0 is never.
    """

    cooldown: timedelta
    escalation: timedelta
    escalation_of: Mapping[RuleName, timedelta]

    def escalates_at(self, rule: RuleName, severity: Severity, now: datetime) -> datetime | None:
        """Return when an alert that opens now escalates; None is never."""
        after = self.escalation_of.get(rule, self.escalation)
        return now + after if after and severity is Severity.WARNING else None


class AlertLook:
    """Opens, raises, escalates and resolves alerts, each with its event, and what channels are to be told."""

    def __init__(self, database: Database, clock: Clock, outbox: Outbox, timing: Timing) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._timing = timing

    def run(self, rules: Iterable[Rule]) -> None:
        """Look once: what each rule finds, then what was left unacknowledged.

        A rule that fails, or cannot say, or whose alerts cannot be stored, leaves its alerts as they are; the
        others are not affected.
        """
        for rule in rules:
            try:
                found = rule.findings()
                if found is not None:
                    self.compare(rule.name, found)
            except Exception:
                log.exception("a rule of alerts failed", rule=rule.name)
        self._escalate()

    def compare(self, rule: RuleName, found: Sequence[Finding | NotKnown]) -> None:
        """Make the stored alerts of a rule agree with what is found now."""
        findings: dict[str, Finding] = {}
        for each in sorted(
            (each for each in found if isinstance(each, Finding)), key=lambda each: each.severity.rank
        ):
            findings[each.key[:MAX_KEY]] = each  # of one key the worst
        unknown = {each.subject[:MAX_KEY] for each in found if isinstance(each, NotKnown)}
        with self._database.read() as session:
            known = [row for row in self._active(session, rule) if row.subject not in unknown]
            if self._agrees(known, findings):
                return
        self._database.retried(partial(self._store, rule=rule, findings=findings, unknown=unknown))

    def _agrees(self, rows: Sequence[AlertRow], findings: Mapping[str, Finding]) -> bool:
        late = self._clock() - timedelta(seconds=SEEN_SECONDS)
        return {row.alert_key for row in rows} == set(findings) and not any(
            row.last_seen_at <= late or _is_worse(findings[row.alert_key], row) for row in rows
        )

    def _active(self, session: Session, rule: RuleName) -> Sequence[AlertRow]:
        return session.scalars(
            select(AlertRow).where(AlertRow.rule == rule, AlertRow.state.in_(ACTIVE))
        ).all()

    def _store(
        self,
        session: Session,
        rule: RuleName,
        findings: Mapping[str, Finding],
        unknown: Collection[str] = (),
    ) -> None:
        serialise(session, ALERTS_LOCK)
        now = self._clock()
        kept = or_(AlertRow.state.in_(ACTIVE), AlertRow.notified_at > now - self._timing.cooldown)
        query = select(AlertRow).where(AlertRow.rule == rule, kept).order_by(AlertRow.opened_at)
        rows = {row.alert_key: row for row in session.scalars(query)}  # the newest of a key
        groups = _groups(session, [row.id for row in rows.values()])
        told: list[Told | None] = []
        unchanged: list[str] = []
        for key, finding in findings.items():
            row = rows.get(key)
            if row is None:
                told.append(self._open(session, rule, key, finding, now))
            elif _is_unchanged(finding, row) and groups[row.id] == _groups_of(finding):
                unchanged.append(row.id)
            else:
                if groups[row.id] != _groups_of(finding):
                    rows_changed(session, delete(AlertGroupRow).where(AlertGroupRow.alert_id == row.id))
                    _add_groups(session, row, finding)
                told.append(self._seen(session, row, finding, now))
        for some in chunks(unchanged, MAX_IDS_PER_QUERY):
            rows_changed(session, update(AlertRow).where(AlertRow.id.in_(some)).values(last_seen_at=now))
        for key, row in rows.items():
            if key not in findings and row.subject not in unknown and row.state != AlertState.RESOLVED:
                self._resolve(session, row, now)
        self._tell(session, [each for each in told if each is not None], now)

    # --- moves ----------------------------------------------------------------------------------------------

    def _open(self, session: Session, rule: RuleName, key: str, finding: Finding, now: datetime) -> Told:
        row = AlertRow(
            id=new_id(),
            alert_key=key,
            rule=rule,
            subject=finding.subject[:MAX_KEY],
            text=finding.text[:MAX_TEXT],
            link=_link(finding),
            severity=finding.severity,
            found_severity=finding.severity,
            state=AlertState.OPEN,
            opened_at=now,
            last_seen_at=now,
            count=1,
            notified_at=now,
            escalates_at=self._timing.escalates_at(rule, finding.severity, now),
            user_id=finding.user_id,
            account_id=finding.account_id,
            parts=_parts(finding),
            version=1,
        )
        session.add(row)
        session.flush()
        _add_groups(session, row, finding)
        return Told(row, _event(session, row, EventKind.OPENED, now), finding.groups)

    def _seen(self, session: Session, row: AlertRow, finding: Finding, now: datetime) -> Told | None:
        """Store that the finding is there; return what is to be told: that it is worse than before."""
        is_back = row.state == AlertState.RESOLVED
        is_worse = _is_worse(finding, row)
        values: dict[str, object] = {"last_seen_at": now, "text": finding.text[:MAX_TEXT]}
        values |= {"subject": finding.subject[:MAX_KEY], "account_id": finding.account_id}
        values |= {"link": _link(finding)}
        if is_back:
            was_acknowledged = row.acknowledged_at is not None
            state = AlertState.ACKNOWLEDGED if was_acknowledged else AlertState.OPEN
            values |= {"state": state, "resolved_at": None, "count": row.count + 1}
            if not was_acknowledged:
                escalates_at = self._timing.escalates_at(RuleName(row.rule), Severity(row.severity), now)
                values["escalates_at"] = escalates_at
        if is_worse:
            escalates_at = self._timing.escalates_at(RuleName(row.rule), finding.severity, now)
            values |= {
                "state": AlertState.OPEN,
                "severity": _worst(finding.severity, row.severity),
                "found_severity": _worst(finding.severity, row.found_severity),
                "parts": _parts(finding, row),
                "notified_at": now,
                "escalates_at": escalates_at,
                "acknowledged_at": None,
                "acknowledged_by": None,
                "note": None,
            }
        _move(session, row, values)
        if is_worse:
            return Told(row, _event(session, row, EventKind.RAISED, now), finding.groups)
        if is_back:
            _event(session, row, EventKind.RETURNED, now)
        return None

    def _resolve(self, session: Session, row: AlertRow, now: datetime) -> None:
        _move(session, row, {"state": AlertState.RESOLVED, "resolved_at": now})
        _event(session, row, EventKind.RESOLVED, now)

    def _escalate(self) -> None:
        """Make what was left unacknowledged for too long CRITICAL, and tell it again."""
        with self._database.read() as session:
            if session.scalar(self._late().limit(1)) is None:
                return
        self._database.retried(self._store_escalated)

    def _store_escalated(self, session: Session) -> None:
        serialise(session, ALERTS_LOCK)
        now, told = self._clock(), []
        for row in session.scalars(self._late()).all():
            values = {"severity": Severity.CRITICAL, "escalates_at": None, "notified_at": now}
            _move(session, row, values)
            groups = session.scalars(
                select(AlertGroupRow.group_id).where(AlertGroupRow.alert_id == row.id)
            ).all()
            told.append(Told(row, _event(session, row, EventKind.ESCALATED, now), groups))
        self._tell(session, told, now)

    def _late(self) -> Select[AlertRow]:
        return select(AlertRow).where(
            AlertRow.state == AlertState.OPEN, AlertRow.escalates_at <= self._clock()
        )

    def _tell(self, session: Session, told: Sequence[Told], now: datetime) -> None:
        self._outbox.add(session, [each for each in told if each.event.kind in TOLD], now)


def _is_unchanged(finding: Finding, row: AlertRow) -> bool:
    return (
        row.state != AlertState.RESOLVED
        and not _is_worse(finding, row)
        and row.text == finding.text[:MAX_TEXT]
        and (row.subject, row.account_id) == (finding.subject[:MAX_KEY], finding.account_id)
    )


def _groups_of(finding: Finding) -> dict[str, bool]:
    """Return the groups of a finding, each with whether the finding tells its targets."""
    groups = finding.groups | finding.target_groups
    return {group: group in finding.target_groups for group in sorted(groups)}


def _groups(session: Session, alert_ids: Sequence[str]) -> dict[str, dict[str, bool]]:
    """Return the stored groups of alerts in the same form, by alert."""
    found: dict[str, dict[str, bool]] = {alert_id: {} for alert_id in alert_ids}
    for some in chunks(alert_ids, MAX_IDS_PER_QUERY):
        for row in session.scalars(select(AlertGroupRow).where(AlertGroupRow.alert_id.in_(some))):
            found[row.alert_id][row.group_id] = row.has_targets
    return found


def _add_groups(session: Session, row: AlertRow, finding: Finding) -> None:
    """Store the groups of a finding, after those of before were deleted."""
    groups = [
        {"alert_id": row.id, "group_id": group, "has_targets": has_targets}
        for group, has_targets in _groups_of(finding).items()
    ]
    if groups:
        session.execute(insert(AlertGroupRow), groups)


def _is_worse(finding: Finding, row: AlertRow) -> bool:
    """Return whether it is more severe than it was found before, or has a part that was not found before."""
    is_severer = finding.severity.rank > Severity(row.found_severity).rank
    return is_severer or not finding.parts.issubset(json.loads(row.parts or "[]"))


def _worst(severity: Severity, stored: str) -> Severity:
    return max(severity, Severity(stored), key=lambda each: each.rank)


def _parts(finding: Finding, row: AlertRow | None = None) -> str | None:
    """Return the parts of a finding with those that an alert has, as they are stored."""
    before = json.loads(row.parts or "[]") if row else ()
    return json.dumps(sorted(finding.parts.union(before))) if finding.parts else None


def _link(finding: Finding) -> str | None:
    """Return the link, or None where it does not fit: half of one leads nowhere."""
    return finding.link if finding.link and len(finding.link) <= MAX_LINK else None


def _event(session: Session, row: AlertRow, kind: EventKind, now: datetime) -> AlertEventRow:
    event = AlertEventRow(
        id=new_id(), alert_id=row.id, at=now, kind=kind, severity=row.severity, text=row.text
    )
    session.add(event)
    return event


def _move(session: Session, row: AlertRow, values: Mapping[str, object]) -> None:
    """Move an alert by compare-and-set, and the loaded row with it."""
    version = row.version
    moved = {**values, "version": version + 1}
    unmoved = update(AlertRow).where(AlertRow.id == row.id, AlertRow.version == version)
    if not rows_changed(session, unmoved.values(moved)):
        raise WriteConflictError("the alert moved")
    for name, value in moved.items():
        set_committed_value(row, name, value)
