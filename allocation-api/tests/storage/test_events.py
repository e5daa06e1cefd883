"""Events on each database: each once, however many store at once; and PostgreSQL's notifications."""

from __future__ import annotations

import json
import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app.core.clock import utc_now
from app.core.config.events import EventTables, ListenSettings
from app.models import EventAssetRow, EventListenerRow, EventRow, MonitorChangeRow, RecalculationRow
from app.services.audit.trail import AuditService
from app.services.events import listeners, notify, store
from app.services.events.inbox import EventInbox
from app.services.events.listeners import Listeners
from app.services.events.notify import NotifyDoor
from app.services.events.processor import EventProcessor
from app.services.events.recalculations import Recalculations
from app.services.events.types import Timing
from app.services.jobs.jobs import JobService
from app.services.market_history.service import MarketHistory
from tests.support.monitored import Portfolios
from tests.support.waiting import until

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "events.md"
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
PRICES = "public.market_data"
TABLES = EventTables(PRICES, None, None)


def inbox(database, now=NOON):
    return EventInbox(database, lambda: now, TABLES)


def processor(database, portfolios, now):
    """What another process has over the same database."""

    def clock():
        return now

    audit, timing = AuditService(database, clock), Timing(timedelta(seconds=30), 24)
    jobs = JobService(database, clock)
    recalculations = Recalculations(database, audit, clock, jobs, portfolios, timing)
    history = MarketHistory(database, audit, clock, demo=False)
    zone = ZoneInfo("America/New_York")
    return EventProcessor(database, clock, history, portfolios, recalculations, timing, zone)


def rows(database, model, *order):
    with database.read() as session:
        return list(session.scalars(select(model).order_by(*order)))


def test_a_delivery_that_comes_by_several_processes_at_once_is_stored_once(database):
    deliveries = [f"d{number}" for number in range(12)] * 2
    random.Random(1).shuffle(deliveries)
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda each: inbox(database).market_data(("A",), NOON, each), deliveries))
    stored = rows(database, EventRow, EventRow.sequence)
    assert len({row.event_key for row in stored}) == len(stored) == 12
    assert {each.event_id for each in receipts} == {row.id for row in stored}
    assert [row.sequence for row in stored] == list(range(1, 13))
    changes = rows(database, MonitorChangeRow, MonitorChangeRow.sequence)
    assert [each.event_id for each in changes] == [row.id for row in stored]


def test_processes_that_process_at_once_ask_for_each_recalculation_once(database):
    portfolios = Portfolios(p=["A"], q=["A", "B"])
    for number in range(6):
        inbox(database).market_data(("A", "B")[number % 2 :], NOON, f"d{number}")
    for later in (0, 60):
        now = NOON + timedelta(seconds=later)
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _, now=now: processor(database, portfolios, now).run(), range(3)))
    asked = rows(database, RecalculationRow, RecalculationRow.portfolio_id)
    assert [(row.portfolio_id, row.state, row.event_count) for row in asked] == [
        ("p", "QUEUED", 3),
        ("q", "QUEUED", 6),
    ]
    assert len({row.job_id for row in asked}) == 2
    assert all(row.processed_at is not None for row in rows(database, EventRow, EventRow.id))


def test_what_is_old_is_forgotten_and_numbers_go_on(database):
    inbox(database).market_data(("A",), NOON, "old")
    processor(database, Portfolios(), NOON).run()
    later = NOON + timedelta(days=40)
    database.retried(lambda session: store.forget(session, later - timedelta(days=30)))
    assert (rows(database, EventRow, EventRow.id), rows(database, EventAssetRow, EventAssetRow.symbol)) == (
        [],
        [],
    )
    inbox(database, later).market_data(("A",), NOON, "new")
    (event,) = rows(database, EventRow, EventRow.id)
    assert event.sequence == 2


# --- notifications ------------------------------------------------------------------------------------------


@pytest.fixture
def source(database_url, monkeypatch):
    """A table of prices in the same PostgreSQL, with a trigger that notifies of its rows."""
    monkeypatch.setattr(listeners, "FIRST_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(notify, "LOOK_SECONDS", 0.05)
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE market_data (id bigserial PRIMARY KEY, symbol text, close numeric)")
        yield connection


def insert(connection, symbol):
    query = "INSERT INTO market_data (symbol, close) VALUES (%s, 1.5) RETURNING to_jsonb(market_data)"
    (row,) = connection.execute(query, (symbol,)).fetchone()
    return row


def tell(connection, row):
    told = {"type": "INSERT", "schema": "public", "table": "market_data", "record": row, "old_record": None}
    payload = json.dumps({**told, "timestamp": "2026-06-30T12:00:00Z"})
    connection.execute("SELECT pg_notify('market_data', %s)", (payload,))


def symbols(database):
    with database.read() as session:
        query = select(EventAssetRow.symbol).join(EventRow, EventRow.id == EventAssetRow.event_id)
        return list(session.scalars(query.order_by(EventRow.sequence)))


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_notifications_are_events_and_what_came_in_a_gap_is_read_once(database, database_url, source):
    door = NotifyDoor(ListenSettings(database_url, "market_data"), TABLES)
    heard = Listeners([door], database, EventInbox(database, utc_now, TABLES), utc_now)
    insert(source, "OLD")
    heard.keep()
    try:
        until(lambda: _state(database) == "CONNECTED", "connection")
        tell(source, insert(source, "A"))
        source.execute("SELECT pg_notify('market_data', 'no event')")
        source.execute("SELECT pg_notify('market_data', repeat('[', 7000))")
        payload = json.dumps({"assets": ["B", "C"], "timestamp": "2026-06-30T12:00:00Z"})
        source.execute("SELECT pg_notify('market_data', %s)", (payload,))
        until(lambda: len(symbols(database)) == 3, "three events")
        row = insert(source, "MISSED")
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        source.execute(ended)
        until(lambda: len(symbols(database)) == 4, "what was missed")
        until(lambda: _state(database) == "CONNECTED", "connection")
        tell(source, row)
        tell(source, insert(source, "LAST"))
        until(lambda: len(symbols(database)) == 5, "the last event")
    finally:
        heard.end()
        heard.join(10)
    assert [symbols(database)[0], *sorted(symbols(database)[1:3])] == ["A", "B", "C"]
    assert symbols(database)[3:] == ["MISSED", "LAST"]


def documented(word):
    """The SQL of the guide that has this word."""
    blocks = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (found,) = [each for each in blocks if word in each]
    return found


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_change_in_a_gap_is_read_where_a_trigger_keeps_it_as_a_row(database, database_url, source):
    source.execute(documented("market_data_changes"))
    tables = EventTables("public.market_data_changes", None, None)
    row = insert(source, "OLD")
    for change in (False, True):
        if change:
            source.execute("UPDATE market_data SET close = 2 WHERE id = %s", (row["id"],))
            insert(source, "NEW")
        door = NotifyDoor(ListenSettings(database_url, "market_data"), tables)
        heard = Listeners([door], database, EventInbox(database, utc_now, tables), utc_now)
        began = utc_now()
        heard.keep()
        try:
            until(lambda began=began: _connected_since(database, began), "connection")
        finally:
            heard.end()
            heard.join(10)
    assert symbols(database) == ["OLD", "NEW"]


def _connected_since(database, moment):
    with database.read() as session:
        row = session.get(EventListenerRow, "NOTIFY")
        return row is not None and row.state == "CONNECTED" and row.changed_at >= moment


def _state(database):
    with database.read() as session:
        row = session.get(EventListenerRow, "NOTIFY")
        return None if row is None else row.state
