"""The leader's work on events: what follows from them, and the recalculations that are due (R26.3 to R26.5).

Each step is one transaction under the lock of events, and may be repeated or taken over by another process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import JobRow, MarketBlockRow, MarketImportRow, MonitorRow, RecalculationRow
from app.services.events import planning, recalculation_rows, significance, store
from app.services.events.portfolios import Portfolios
from app.services.events.recalculations import Recalculations
from app.services.events.store import WaitingEvent
from app.services.events.types import (
    MAX_EVENT_ASSETS,
    ChangeKind,
    EventKind,
    EventSource,
    MonitorConfig,
    NewEvent,
    RecalculationReason,
    RecalculationState,
    Timing,
)
from app.services.jobs.states import ENDED, JobState
from app.services.market_history.bars import Bars
from app.services.market_history.service import MarketHistory
from app.utils.chunks import chunks

MAX_EVENTS = 500
"""Events that one step processes; the next look goes on."""

MAX_IMPORTS = 20
"""Imports that one step turns into events."""

_FLOWS = {
    EventKind.DEPOSIT: RecalculationReason.DEPOSIT,
    EventKind.WITHDRAWAL: RecalculationReason.WITHDRAWAL,
}


class _Superseded(Exception):
    """Another process has processed some of these events meanwhile: nothing of this step is stored."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What follows from events for one portfolio."""

    portfolio_id: str
    reason: RecalculationReason
    received: Sequence[datetime]
    passes_interval: bool


class EventProcessor:
    """Processes events; `zone` is the desk's, of scheduled times."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        history: MarketHistory,
        portfolios: Portfolios,
        recalculations: Recalculations,
        timing: Timing,
        zone: ZoneInfo,
    ) -> None:
        self._database = database
        self._clock = clock
        self._history = history
        self._portfolios = portfolios
        self._recalculations = recalculations
        self._timing = timing
        self._zone = zone

    def run(self) -> None:
        """Do what is due: imports become events, events and times recalculations, and these jobs."""
        while self.take_imports():
            pass
        while self.process():
            pass
        self.schedule()
        self.end_failed()
        self.queue_due()

    def take_imports(self) -> bool:
        """Make events of imports that have arrived; False where there are no more."""
        with self._database.read() as session:
            row = store.cursor(session, EventSource.IMPORT)
            query = select(MarketImportRow.id, MarketImportRow.arrived_at)
            if row is not None and row.last_at is not None:
                query = query.where(MarketImportRow.arrived_at > row.last_at)
            found = session.execute(query.order_by(MarketImportRow.arrived_at).limit(MAX_IMPORTS)).all()
            events = [event for import_id, at in found for event in _of_import(session, import_id, at)]
        if not found:
            return False

        def work(session: Session) -> None:
            store.lock(session)
            store.add(session, events, self._clock())
            store.move_cursor(session, EventSource.IMPORT, last_at=found[-1].arrived_at)

        self._database.retried(work)
        return True

    def process(self) -> bool:
        """Process the events that wait, in their order; False where none did."""
        with self._database.read() as session:
            events = store.waiting(session, MAX_EVENTS)
            if not events:
                return False
            assets = self._portfolios.assets(session)
            configs = _configs(session)
            known = {each: recalculation_rows.last_known_at(session, each) for each in assets}
        verdicts = [
            verdict
            for portfolio_id, its_assets in assets.items()
            if configs.get(portfolio_id, recalculation_rows.DEFAULT).automatic_recalculation
            for verdict in self._verdicts(
                portfolio_id,
                its_assets,
                events,
                configs.get(portfolio_id, recalculation_rows.DEFAULT),
                known[portfolio_id],
            )
        ]
        with suppress(_Superseded):
            self._database.retried(lambda session: self._conclude(session, events, verdicts))
        return True

    def schedule(self) -> None:
        """Ask for the recalculations of scheduled times that have come; one that was missed is caught up."""
        now = self._clock()
        due = select(MonitorRow).where(MonitorRow.next_scheduled_at <= now)
        with self._database.read() as session:
            if session.scalar(due.limit(1)) is None:
                return

        def work(session: Session) -> None:
            store.lock(session)
            active = self._portfolios.assets(session)
            for row in session.scalars(due):
                config, at = recalculation_rows.config_of(row), row.next_scheduled_at
                row.next_scheduled_at = planning.next_scheduled(
                    now, config.scheduled_recalculations, self._zone
                )
                if row.portfolio_id in active and config.automatic_recalculation and at is not None:
                    reason = RecalculationReason.SCHEDULE
                    recalculation_rows.want(session, row.portfolio_id, reason, [at], now)

        self._database.retried(work)

    def end_failed(self) -> None:
        """End the recalculations whose jobs have ended without a result."""
        gone = [state for state in ENDED if state is not JobState.SUCCEEDED]
        query = (
            select(RecalculationRow)
            .outerjoin(JobRow, JobRow.id == RecalculationRow.job_id)
            .where(RecalculationRow.state == RecalculationState.QUEUED)
            .where(JobRow.id.is_(None) | JobRow.state.in_(gone))
        )
        with self._database.read() as session:
            rows = list(session.scalars(query))

        def work(session: Session) -> None:
            store.lock(session)
            now = self._clock()
            for row in rows:
                failed = ChangeKind.RECALCULATION_FAILED
                recalculation_rows.move(session, row, RecalculationState.FAILED, failed, now, ended_at=now)

        if rows:
            self._database.retried(work)

    def queue_due(self) -> None:
        """Ask for a job for each recalculation that is due and whose portfolio has none."""
        now = self._clock()
        with self._database.read() as session:
            query = select(RecalculationRow).where(RecalculationRow.state == RecalculationState.PENDING)
            pending = list(session.scalars(query.order_by(RecalculationRow.first_event_at)))
            busy = set(
                session.scalars(
                    select(RecalculationRow.portfolio_id).where(
                        RecalculationRow.state == RecalculationState.QUEUED
                    )
                )
            )
            due = [row for row in pending if row.portfolio_id not in busy and self._is_due(session, row, now)]
        for row in due:
            self._recalculations.queue(row)

    def _is_due(self, session: Session, row: RecalculationRow, now: datetime) -> bool:
        due_at = self._recalculations.due_at(session, row)
        return due_at is not None and due_at <= now

    def _verdicts(
        self,
        portfolio_id: str,
        assets: Sequence[str],
        events: Sequence[WaitingEvent],
        config: MonitorConfig,
        known_at: datetime | None,
    ) -> list[_Verdict]:
        """Return what follows for one portfolio: from deposits and withdrawals, and from market data."""
        held = frozenset(assets)
        flows = [each for each in events if each.kind in _FLOWS and each.portfolio_id == portfolio_id]
        data = [
            each for each in events if each.kind is EventKind.MARKET_DATA and held.intersection(each.assets)
        ]
        found = []
        if flows:
            received = [each.received_at for each in flows]
            found.append(_Verdict(portfolio_id, _FLOWS[flows[0].kind], received, passes_interval=True))
        reason = self._reason(assets, data, config, known_at) if data else None
        if reason is not None:
            received = [each.received_at for each in data]
            found.append(_Verdict(portfolio_id, reason, received, passes_interval=False))
        return found

    def _reason(
        self,
        assets: Sequence[str],
        data: Sequence[WaitingEvent],
        config: MonitorConfig,
        known_at: datetime | None,
    ) -> RecalculationReason | None:
        if known_at is None:
            return RecalculationReason.FIRST
        named = frozenset(assets).intersection(asset for each in data for asset in each.assets)
        stated = [pair for each in data for pair in each.changes.items() if pair[0] in named]
        then, now = (self._bars(assets, moment) for moment in (known_at, None))
        return significance.reason_of(config, named, stated, then, now)

    def _bars(self, assets: Sequence[str], known_at: datetime | None) -> Mapping[str, Bars]:
        return {asset: known.bars for asset, known in self._history.found(assets, known_at).items()}

    def _conclude(
        self, session: Session, events: Sequence[WaitingEvent], verdicts: Sequence[_Verdict]
    ) -> None:
        store.lock(session)
        now = self._clock()
        if not store.close(session, [event.event_id for event in events], now):
            raise _Superseded
        for each in verdicts:
            recalculation_rows.want(
                session,
                each.portfolio_id,
                each.reason,
                each.received,
                now,
                passes_interval=each.passes_interval,
            )


def _configs(session: Session) -> dict[str, MonitorConfig]:
    return {
        row.portfolio_id: recalculation_rows.config_of(row) for row in session.scalars(select(MonitorRow))
    }


def _of_import(session: Session, import_id: str, arrived_at: datetime) -> list[NewEvent]:
    """Return the events of an import, each of as many assets as one may have; none where nothing was new."""
    query = select(MarketBlockRow.symbol).where(MarketBlockRow.import_id == import_id)
    symbols = list(session.scalars(query.order_by(MarketBlockRow.symbol)))
    return [
        NewEvent(
            key=f"{EventSource.IMPORT}:{import_id}:{number}",
            source=EventSource.IMPORT,
            kind=EventKind.MARKET_DATA,
            occurred_at=arrived_at,
            assets=tuple(some),
        )
        for number, some in enumerate(chunks(symbols, MAX_EVENT_ASSETS))
    ]
