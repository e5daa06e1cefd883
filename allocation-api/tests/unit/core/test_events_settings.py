"""Settings of events: what is not configured is off, and what cannot work is refused at the start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.config import SettingsError, load_settings
from app.core.config.events import EventTables, ListenSettings, RealtimeSettings

POSTGRESQL = "postgresql+psycopg://user:pass@db.example.com/desk"


def events(**given):
    return load_settings({"FLASK_ENV": "development", **given}).events


def test_nothing_is_heard_unless_it_is_set():
    found = events()
    assert (found.webhook_secret, found.listen, found.realtime) == (None, None, None)
    assert (found.tables, found.tables.named) == (EventTables(None, None, None), ())
    assert (found.debounce, found.max_per_day, found.window) == (
        timedelta(seconds=30),
        24,
        timedelta(minutes=5),
    )


def test_what_is_set_is_read():
    found = events(
        DATABASE_URL=POSTGRESQL,
        EVENT_LISTEN_CHANNEL="prices",
        EVENT_DEPOSIT_TABLE="public.deposits",
        SUPABASE_URL="https://abc.supabase.co/",
        SUPABASE_KEY="key",
    )
    assert found.listen == ListenSettings(POSTGRESQL, "prices")
    assert found.realtime == RealtimeSettings("https://abc.supabase.co", "key")
    assert found.tables.named == ("public.deposits",)
    direct = POSTGRESQL.replace("db", "direct")
    assert events(EVENT_LISTEN_CHANNEL="prices", EVENT_LISTEN_URL=direct).listen.url == direct
    assert "pass" not in repr(found)
    assert "key" not in repr(found.realtime)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"EVENT_LISTEN_CHANNEL": "prices"}, "EVENT_LISTEN_CHANNEL needs PostgreSQL"),
        ({"EVENT_LISTEN_URL": POSTGRESQL}, "EVENT_LISTEN_URL needs EVENT_LISTEN_CHANNEL"),
        (
            {"DATABASE_URL": POSTGRESQL, "EVENT_LISTEN_CHANNEL": 'a"; drop'},
            "EVENT_LISTEN_CHANNEL must be a name",
        ),
        ({"EVENT_PRICE_TABLE": "market_data"}, "EVENT_PRICE_TABLE must be a table with its schema"),
        ({"EVENT_PRICE_TABLE": "public.Market"}, "EVENT_PRICE_TABLE must be a table with its schema"),
        ({"SUPABASE_URL": "https://abc.supabase.co"}, "SUPABASE_URL and SUPABASE_KEY are set together"),
        ({"SUPABASE_KEY": "key"}, "SUPABASE_URL and SUPABASE_KEY are set together"),
        (
            {"SUPABASE_URL": "http://abc.supabase.co", "SUPABASE_KEY": "key"},
            "http is for this host",
        ),
        ({"EVENT_WEBHOOK_SECRET": "short"}, "EVENT_WEBHOOK_SECRET must have at least 24"),
        ({"EVENT_WEBHOOK_SECRET": "whsec_" + "?" * 24}, "the rest of it must be base64"),
        ({"EVENT_MAX_RECALCULATIONS": "0"}, "EVENT_MAX_RECALCULATIONS must be between 1 and 1000"),
    ],
)
def test_what_cannot_work_is_refused(given, problem):
    with pytest.raises(SettingsError, match=problem):
        events(**given)
