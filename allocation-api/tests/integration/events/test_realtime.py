"""Supabase Realtime against a stand-in (R26.1): rows as they come, gaps, refusals, silence, and the end."""

from __future__ import annotations

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.core.clock import utc_now
from app.core.config.events import EventTables, RealtimeSettings
from app.models import EventAssetRow, EventListenerRow, EventRow
from app.services.events import listeners, realtime, store
from app.services.events.inbox import EventInbox
from app.services.events.listeners import Listeners, backoff
from app.services.events.realtime import HEARTBEAT_SECONDS, RealtimeDoor
from tests.support.databases import migrated
from tests.support.desk import TestClock
from tests.support.realtime_server import KEY, RealtimeServer
from tests.support.waiting import until

PRICES, DEPOSITS = "public.market_data", "public.deposits"
TABLES = EventTables(PRICES, DEPOSITS, None)


@pytest.fixture
def server():
    found = RealtimeServer(PRICES, DEPOSITS)
    yield found
    found.stop()


@pytest.fixture
def database(tmp_path):
    found = migrated(f"sqlite:///{tmp_path / 'allocator.db'}")
    yield found
    found.close()


@pytest.fixture
def ticks():
    """Seconds that pass for the door, moved by hand."""
    return SimpleNamespace(ahead=0.0)


@pytest.fixture
def hear(server, database, monkeypatch, ticks):
    """Start listeners on the database, as another process would each time; all end with the test."""
    monkeypatch.setattr(listeners, "FIRST_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(realtime, "LOOK_SECONDS", 0.02)
    begun = []

    def start(key=KEY):
        clock = TestClock()
        door = RealtimeDoor(
            RealtimeSettings(server.url, key), TABLES, monotonic=lambda: time.monotonic() + ticks.ahead
        )
        found = Listeners([door], database, EventInbox(database, clock, TABLES), clock)
        begun.append(found)
        found.keep()
        return found

    yield start
    for each in begun:
        each.end()
        each.join(5)


def events(database):
    with database.read() as session:
        symbols = dict(session.execute(select(EventAssetRow.event_id, EventAssetRow.symbol)).all())
        rows = session.scalars(select(EventRow).order_by(EventRow.sequence))
        return [(row.kind, symbols.get(row.id) or row.portfolio_id) for row in rows]


def state(database):
    with database.read() as session:
        row = session.get(EventListenerRow, "REALTIME")
        return None if row is None else (row.state, row.reason)


def connected(database):
    until(lambda: (state(database) or [""])[0] == "CONNECTED", "connection")


def test_rows_are_events_as_they_are_committed_and_what_was_there_before_is_none(server, database, hear):
    server.insert(PRICES, symbol="OLD", close=1)
    hear()
    connected(database)
    assert server.joins == [[PRICES, DEPOSITS]]
    server.insert(PRICES, symbol="A", close="101.5")
    server.update(PRICES, 2, close="102")
    server.insert(DEPOSITS, portfolio_id="p")
    until(lambda: len(events(database)) == 3, "three events")
    assert events(database) == [("MARKET_DATA", "A"), ("MARKET_DATA", "A"), ("DEPOSIT", "p")]


def test_what_came_while_the_connection_was_gone_is_read_once(server, database, hear, monkeypatch):
    monkeypatch.setattr(realtime, "PAGE_ROWS", 5)
    server.insert(PRICES, symbol="OLD", close=1)
    hear()
    connected(database)
    server.insert(PRICES, symbol="A", close=1)
    until(lambda: len(events(database)) == 1, "first event")
    for number in range(12):  # more than two pages
        server.insert(PRICES, told=False, symbol=f"MISSED-{number}", close=1)
    server.insert(DEPOSITS, told=False, portfolio_id="p")
    server.cut()
    until(lambda: len(events(database)) == 14, "what was missed")
    connected(database)
    server.insert(PRICES, symbol="B", close=1)
    until(lambda: len(events(database)) == 15, "the next event")
    assert len(set(events(database))) == 15
    assert events(database)[-1] == ("MARKET_DATA", "B")


def test_another_process_goes_on_where_the_last_one_was(server, database, hear):
    first = hear()
    connected(database)
    server.insert(PRICES, symbol="A", close=1)
    until(lambda: len(events(database)) == 1, "first event")
    first.end()
    first.join(5)
    until(lambda: server.joined == 0, "end of the first")
    server.insert(PRICES, symbol="B", close=1)
    hear()
    until(lambda: len(events(database)) == 2, "what came between")
    assert events(database) == [("MARKET_DATA", "A"), ("MARKET_DATA", "B")]


def test_two_processes_that_hear_store_each_row_once(server, database, hear):
    hear()
    hear()
    until(lambda: server.joined == 2, "both")
    for number in range(5):
        server.insert(PRICES, symbol=f"A{number}", close=1)
    until(lambda: len(events(database)) == 5, "five events")
    server.insert(PRICES, symbol="LAST", close=1)
    until(lambda: len(events(database)) == 6, "the last event")
    assert len(set(events(database))) == 6


def test_a_row_with_a_lower_id_that_is_committed_later_is_not_missed(server, database, hear):
    hear()
    connected(database)
    server.insert(PRICES, told=False, symbol="LATE", close=1)
    server.insert(PRICES, symbol="SOON", close=1)
    until(lambda: len(events(database)) == 1, "first event")
    server.cut()
    until(lambda: len(events(database)) == 2, "the one before")
    assert sorted(events(database)) == [("MARKET_DATA", "LATE"), ("MARKET_DATA", "SOON")]


def test_rows_whose_events_are_forgotten_are_not_read_again_after_a_gap(server, database, hear):
    hear()
    connected(database)
    for symbol in ("A", "B"):
        server.insert(PRICES, symbol=symbol, close=1)
    server.insert(DEPOSITS, portfolio_id="p")
    until(lambda: len(events(database)) == 3, "three events")
    server.update(PRICES, 2, close=2)
    until(lambda: len(events(database)) == 4, "a change")
    with database.write() as session:
        forgotten = list(session.scalars(select(EventRow.id).order_by(EventRow.sequence)))[1:]
        store.close(session, forgotten, utc_now())
        store.forget(session, utc_now() + timedelta(days=1))
    server.insert(PRICES, told=False, symbol="MISSED", close=1)
    server.cut()
    until(lambda: len(events(database)) >= 2, "what was missed")
    connected(database)
    server.insert(DEPOSITS, portfolio_id="q")
    until(lambda: ("DEPOSIT", "q") in events(database), "the next deposit")
    assert events(database) == [("MARKET_DATA", "A"), ("MARKET_DATA", "MISSED"), ("DEPOSIT", "q")]


def test_a_row_that_is_too_large_to_be_told_is_read(server, database, hear):
    hear()
    connected(database)
    row = server.insert(PRICES, told=False, symbol="A", close=1)
    server.tell(PRICES, "INSERT", {"id": row["id"]}, {}, errors=["Error 413: Payload Too Large"])
    until(lambda: events(database) == [("MARKET_DATA", "A")], "event")


def test_what_is_no_event_is_left_out_and_the_next_one_is_heard(server, database, hear):
    hear()
    connected(database)
    server.insert(PRICES, close=1)
    server.insert(PRICES, symbol="A", close=1)
    until(lambda: events(database) == [("MARKET_DATA", "A")], "event")
    assert state(database) == ("CONNECTED", None)


def test_a_change_that_is_nested_too_deeply_is_left_out_and_the_next_one_is_heard(server, database, hear):
    hear()
    connected(database)
    server.write('{"topic": "%s", "event": "postgres_changes", "payload": {"data": ' + "[" * 2_000)
    server.insert(PRICES, symbol="A", close=1)
    until(lambda: events(database) == [("MARKET_DATA", "A")], "event")
    assert len(server.joins) == 1


def test_a_wrong_key_or_a_refused_channel_is_told_without_the_key(server, database, hear):
    hear("secret-of-somebody-else")
    until(lambda: state(database) is not None, "state")
    lost, reason = state(database)
    assert lost == "LOST"
    assert reason == "Supabase Realtime does not answer, or refused (InvalidStatus)."


def test_a_refused_channel_is_asked_for_again(server, database, hear):
    server.refuse_join = True
    hear()
    until(lambda: state(database) == ("LOST", "Supabase Realtime ended the channel (phx_reply)."), "refusal")
    server.refuse_join = False
    connected(database)


def test_a_server_that_answers_no_heartbeat_is_left(server, database, hear, ticks):
    hear()
    connected(database)
    for beat in (1, 2):
        ticks.ahead += HEARTBEAT_SECONDS
        until(lambda beat=beat: server.heartbeats == beat, "heartbeat")
        server.insert(PRICES, symbol="A", close=1)
        until(lambda beat=beat: len(events(database)) == beat, "what was sent after the answer")
    assert state(database) == ("CONNECTED", None)
    server.is_mute.set()
    ticks.ahead += HEARTBEAT_SECONDS
    until(lambda: server.heartbeats == 3, "heartbeat without an answer")
    ticks.ahead += HEARTBEAT_SECONDS
    until(lambda: state(database) == ("LOST", "A heartbeat was not answered."), "loss")
    server.is_mute.clear()
    connected(database)


def test_nothing_is_heard_where_the_leader_looks_no_more(server, database, hear, monkeypatch):
    monkeypatch.setattr(listeners, "KEEP_SECONDS", 0.5)
    found = hear()
    connected(database)
    until(lambda: server.joined == 0, "end")
    server.insert(PRICES, symbol="A", close=1)
    found.keep()
    until(lambda: events(database) == [("MARKET_DATA", "A")], "event")


def test_the_wait_for_the_next_connection_doubles_up_to_a_minute():
    for failures, longest in ((0, 1), (1, 2), (3, 8), (5, 32), (6, 60), (10_000, 60)):
        waits = [backoff(failures) for _ in range(50)]
        assert longest / 2 <= min(waits) <= max(waits) <= longest
        assert len(set(waits)) > 1
