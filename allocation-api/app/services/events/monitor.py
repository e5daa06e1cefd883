"""Monitoring as users see it: its state, and how each portfolio is monitored."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import FieldError, InvalidRequest
from app.models import EventListenerRow, EventRow, MonitorRow, RecalculationRow
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller
from app.services.events import planning, recalculation_rows, store
from app.services.events.errors import MonitorChanged
from app.services.events.portfolios import Portfolios
from app.services.events.recalculations import Recalculations
from app.services.events.store import NewChange
from app.services.events.types import (
    ChangeKind,
    EventKind,
    Listener,
    ListenerName,
    ListenerState,
    MonitorConfig,
    MonitorState,
    MonitorStatus,
    PortfolioStatus,
    Recalculation,
    RecalculationReason,
    RecalculationState,
    Timing,
)
from app.services.visibility.visibility import Visibility

MAX_SHOWN = 10
"""Recalculations that are shown of a portfolio, the last ones."""

MAX_WAIT = timedelta(minutes=2)
"""Wait of an event, and silence of a listener's process, from which on monitoring is degraded."""


class Monitor:
    """Shows the state of monitoring, and changes configurations.

    `listening` are the listeners that the settings ask for.
    """

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        clock: Clock,
        portfolios: Portfolios,
        recalculations: Recalculations,
        timing: Timing,
        zone: ZoneInfo,
        listening: frozenset[ListenerName],
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._portfolios = portfolios
        self._recalculations = recalculations
        self._timing = timing
        self._zone = zone
        self._listening = listening

    def status(self) -> MonitorStatus:
        """Return the state of monitoring."""
        now = self._clock()
        with self._database.read() as session:
            portfolios = self._portfolios.assets(session)
            configs = {row.portfolio_id: row for row in session.scalars(select(MonitorRow))}
            active = {
                portfolio_id: assets
                for portfolio_id, assets in portfolios.items()
                if recalculation_rows.config_of(configs.get(portfolio_id)).automatic_recalculation
            }
            waits = EventRow.processed_at.is_(None)
            count, oldest = session.execute(
                select(func.count(), func.min(EventRow.received_at)).where(waits)
            ).one()
            listeners = self._listeners(session, now)
            late = oldest is not None and oldest < now - MAX_WAIT
            lost = any(each.state is ListenerState.LOST for each in listeners)
            return MonitorStatus(
                status=MonitorState.DEGRADED if late or lost else MonitorState.ACTIVE,
                last_etl_update=session.scalar(
                    select(func.max(EventRow.received_at)).where(EventRow.kind == EventKind.MARKET_DATA)
                ),
                last_recalculation=session.scalar(
                    select(func.max(RecalculationRow.ended_at)).where(
                        RecalculationRow.state == RecalculationState.DONE
                    )
                ),
                monitored_assets=len({asset for assets in active.values() for asset in assets}),
                active_portfolios=len(active),
                pending_recalculations=session.scalar(
                    select(func.count()).where(
                        RecalculationRow.state.in_((RecalculationState.PENDING, RecalculationState.QUEUED))
                    )
                )
                or 0,
                waiting_events=count,
                listeners=listeners,
            )

    def portfolio(self, portfolio_id: str, visible: Visibility) -> PortfolioStatus:
        """Return how a portfolio is monitored.

        Raises
        ------
        NotFound
            When there is no such portfolio, or it is not visible.
        """
        with self._database.read() as session:
            assets = self._portfolios.find(session, portfolio_id, visible)
            return self._portfolio(session, portfolio_id, assets)

    def configure(
        self,
        portfolio_id: str,
        config: MonitorConfig,
        caller: Caller,
        visible: Visibility,
        *,
        version: int | None,
    ) -> PortfolioStatus:
        """Replace the configuration of a portfolio; from then on events recalculate it.

        Raises
        ------
        NotFound
            When there is no such portfolio, or it is not visible.
        InvalidRequest
            Naming each asset with a class that the portfolio does not have.
        MonitorChanged
            When another version than `version` is stored; None replaces any.
        """

        def work(session: Session) -> PortfolioStatus:
            assets = self._portfolios.find(session, portfolio_id, visible)
            unknown = [asset for asset in config.asset_classes if asset not in assets]
            if unknown:
                message = "The portfolio does not have this asset."
                raise InvalidRequest.of(*(FieldError(f"asset_classes.{each}", message) for each in unknown))
            store.lock(session)
            self._store(session, portfolio_id, config, caller, version)
            session.flush()
            return self._portfolio(session, portfolio_id, assets)

        return self._database.retried(work)

    def _store(
        self,
        session: Session,
        portfolio_id: str,
        config: MonitorConfig,
        caller: Caller,
        version: int | None,
    ) -> None:
        now = self._clock()
        row = session.get(MonitorRow, portfolio_id)
        before = 0 if row is None else row.version
        if version is not None and version != before:
            raise MonitorChanged(
                f"Version {before} of the configuration is stored, not {version}. Read it first",
                extra={"version": before},
            )
        was = None if row is None else {"version": before, "config": row.config}
        if row is None:
            row = MonitorRow(portfolio_id=portfolio_id)
            session.add(row)
        row.config = recalculation_rows.config_text(config)
        row.version = before + 1
        row.next_scheduled_at = planning.next_scheduled(now, config.scheduled_recalculations, self._zone)
        row.updated_at, row.updated_by = now, caller.username
        store.tell(session, [NewChange(ChangeKind.MONITOR_SET, portfolio_id)], now)
        after = {"version": row.version, "config": row.config}
        self._audit.record_for(
            session, Action.MONITOR_SET, caller, EntityType.MONITOR, portfolio_id, before=was, after=after
        )

    def _portfolio(self, session: Session, portfolio_id: str, assets: tuple[str, ...]) -> PortfolioStatus:
        now, row = self._clock(), session.get(MonitorRow, portfolio_id)
        queued = recalculation_rows.queued_times(session, portfolio_id, now, self._timing.max_per_day)
        query = (
            select(RecalculationRow)
            .where(RecalculationRow.portfolio_id == portfolio_id)
            .order_by(RecalculationRow.first_event_at.desc(), RecalculationRow.id)
        )
        rows = list(session.scalars(query.limit(MAX_SHOWN)))
        return PortfolioStatus(
            portfolio_id=portfolio_id,
            assets=assets,
            config=recalculation_rows.config_of(row),
            version=0 if row is None else row.version,
            last_recalculation=session.scalar(
                select(func.max(RecalculationRow.ended_at)).where(
                    RecalculationRow.portfolio_id == portfolio_id,
                    RecalculationRow.state == RecalculationState.DONE,
                )
            ),
            next_scheduled_at=None if row is None else row.next_scheduled_at,
            recalculations_of_day=recalculation_rows.queued_in_day(queued, now),
            max_per_day=self._timing.max_per_day,
            recalculations=tuple(self._shown(session, each) for each in rows),
        )

    def _shown(self, session: Session, row: RecalculationRow) -> Recalculation:
        is_pending = row.state == RecalculationState.PENDING
        return Recalculation(
            recalculation_id=row.id,
            state=RecalculationState(row.state),
            reason=RecalculationReason(row.reason),
            requested_by=row.requested_by,
            first_event_at=row.first_event_at,
            last_event_at=row.last_event_at,
            event_count=row.event_count,
            due_at=self._recalculations.due_at(session, row) if is_pending else None,
            job_id=row.job_id,
            queued_at=row.queued_at,
            known_at=row.known_at,
            ended_at=row.ended_at,
            result=row.result,
        )

    def _listeners(self, session: Session, now: datetime) -> tuple[Listener, ...]:
        rows = {row.name: row for row in session.scalars(select(EventListenerRow))}
        return tuple(self._listener(name, rows.get(name), now) for name in ListenerName)

    def _listener(self, name: ListenerName, row: EventListenerRow | None, now: datetime) -> Listener:
        if name not in self._listening:
            return Listener(name, ListenerState.OFF, None, None)
        if row is None:
            return Listener(name, ListenerState.LOST, None, "It has not been started.")
        if row.beat_at < now - MAX_WAIT:
            return Listener(name, ListenerState.LOST, row.beat_at, "Its process tells nothing any more.")
        return Listener(name, ListenerState(row.state), row.changed_at, row.reason)
