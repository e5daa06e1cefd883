"""Events: doors, the leader's work on what came through them, and monitoring."""

from __future__ import annotations

from app.core.config.events import EventsSettings
from app.core.jobs.embedded import Job, Where
from app.services.events import store
from app.services.events.changes import MonitorChanges
from app.services.events.inbox import EventInbox
from app.services.events.listeners import Door, Listeners
from app.services.events.monitor import Monitor
from app.services.events.notify import NotifyDoor
from app.services.events.portfolios import OptimizedPortfolios, Portfolios
from app.services.events.processor import EventProcessor
from app.services.events.realtime import RealtimeDoor
from app.services.events.recalculations import RECALCULATE, Recalculations
from app.services.events.signatures import WebhookSignatures
from app.services.events.types import Timing
from app.services.jobs.kinds import Handler
from app.wiring.container import Events, Room, Services

PROCESS_SECONDS = 2
"""Period of the look for events and recalculations that are due."""

LISTEN_SECONDS = 3
"""Period of the look that keeps listeners connected."""

CLEARING_SECONDS = 3_600
"""Period of the job that deletes what is over."""


def build(house: Services, portfolios: Portfolios | None = None) -> Room[Events]:
    """Build the services; `portfolios` are those that can be recalculated, the optimised ones by default.

    Processing and listeners are the leader's looks: they find nothing most of the time, and must not wait for
    a worker that is busy with a backtest. Recalculations are jobs.
    """
    database, clock, settings = house.database, house.clock, house.settings.events
    known = portfolios or OptimizedPortfolios(house.optimization)
    timing = Timing(settings.debounce, settings.max_per_day)
    inbox = EventInbox(database, clock, settings.tables)
    recalculations = Recalculations(database, house.audit, clock, house.jobs.service, known, timing)
    processor = EventProcessor(
        database, clock, house.market_history.history, known, recalculations, timing, house.settings.zone
    )
    doors = _doors(settings)
    listeners = Listeners(doors, database, inbox, clock)
    monitor = Monitor(
        database,
        house.audit,
        clock,
        known,
        recalculations,
        timing,
        house.settings.zone,
        frozenset(door.name for door in doors),
    )
    return Room(
        Events(
            signatures=WebhookSignatures(settings.webhook_secret, settings.window, clock),
            inbox=inbox,
            monitor=monitor,
            changes=MonitorChanges(database, house.settings.server.threads),
            recalculations=recalculations,
            processor=processor,
            listeners=listeners,
        ),
        jobs=(
            Job("process-events", PROCESS_SECONDS, processor.run, Where.LEADER),
            *((Job("hear-events", LISTEN_SECONDS, listeners.keep, Where.LEADER),) if doors else ()),
            Job(
                "old-events",
                CLEARING_SECONDS,
                lambda: database.retried(lambda session: store.forget(session, clock() - settings.lifetime)),
                Where.SCHEDULE,
            ),
        ),
        handlers=(Handler(RECALCULATE, recalculations.work),),
    )


def _doors(settings: EventsSettings) -> list[Door]:
    doors: list[Door] = []
    if settings.listen is not None:
        doors.append(NotifyDoor(settings.listen, settings.tables))
    if settings.realtime is not None:
        doors.append(RealtimeDoor(settings.realtime, settings.tables))
    return doors
