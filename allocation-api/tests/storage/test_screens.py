"""What screens keep, on each database: preferences of users, and how pages and steps are used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.core.errors import InvalidRequest
from app.models import PreferenceRow, UsageEventRow
from app.services.domain.caller import Caller
from app.services.preferences.errors import PreferenceChanged
from app.services.preferences.preferences import MAX_NAMES, PreferenceService
from app.services.requests.usage import UsageEvent, UsageKind, UsageName, UsageService
from app.services.visibility.visibility import EVERYTHING
from tests.storage.rows import MOMENT

ANN, BEN = (Caller(name, name, frozenset(), "r") for name in ("ann", "ben"))


class Clock:
    def __init__(self):
        self.now = MOMENT

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def stored(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_preference_comes_back_as_it_was_put(database, clock):
    preferences = PreferenceService(database, clock)
    value = {"é\u0000": ["'", '"', "\\", 0.1, 10**20, None, True], "long": "x" * 19_000}
    preferences.put("grid", value, None, ANN)
    clock.now += timedelta(microseconds=1)
    again = preferences.put("grid", value, 1, ANN)
    preferences.put("grid", {}, 0, BEN)
    assert preferences.list(ANN) == (again,)
    assert (again.value, again.version, again.updated_at) == (value, 2, clock.now)
    preferences.delete("grid", ANN)
    assert (preferences.list(ANN), len(preferences.list(BEN))) == ((), 1)


def test_two_processes_that_put_a_new_name_at_once_store_one(database, another, clock):
    """Snowflake enforces no unique key."""
    services = [PreferenceService(each, clock) for each in (database, another)]

    def put(number):
        try:
            services[number % 2].put("grid", {"by": number}, 0, ANN)
        except PreferenceChanged:
            return 0
        return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(put, range(4))) == 1
    assert stored(database, PreferenceRow) == 1


def test_two_processes_do_not_store_a_name_too_many(database, another, clock):
    services = [PreferenceService(each, clock) for each in (database, another)]
    for number in range(MAX_NAMES - 1):
        services[0].put(f"n{number}", {}, 0, ANN)

    def put(number):
        try:
            services[number].put(f"more{number}", {}, 0, ANN)
        except InvalidRequest:
            return 0
        return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(put, range(2))) == 1
    assert stored(database, PreferenceRow) == 100


def test_use_is_summed_up_by_days_and_forgotten(database, clock):
    usage = UsageService(database, clock, timedelta(days=90), ZoneInfo("UTC"))
    page = UsageEvent(UsageKind.PAGE, UsageName.ORDERS, None)
    usage.note([page] * 600, ANN)
    usage.note([page, UsageEvent(UsageKind.STEP, UsageName.PREVIEW, None)], BEN)
    times = (1_000, 1_040, 3_000, 60_000)
    usage.note([UsageEvent(UsageKind.ORDER_TO_COMMIT, UsageName.COMMIT, each) for each in times], BEN)
    usage.write()
    found = usage.show(MOMENT.date(), MOMENT.date(), EVERYTHING)
    assert [(p.name, p.count, p.users) for p in found.pages if p.count] == [("orders", 601, 2)]
    assert [(s.name, s.count, s.median_seconds) for s in found.steps if s.count] == [("preview", 1, None)]
    orders = found.order_to_commit
    assert (orders.count, orders.median_seconds, orders.p90_seconds) == (4, 1.0, 60.0)
    later = usage.show(MOMENT.date() + timedelta(days=1), date(2999, 1, 1), EVERYTHING)
    assert (later.pages[0].count, later.order_to_commit.count) == (0, 0)
    clock.now += timedelta(days=90, microseconds=1)
    usage.forget()
    assert stored(database, UsageEventRow) == 0
