"""Use of the screens: noted in batches, summed up by the desk's days, forgotten in time, and of no user."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.models import UsageEventRow
from app.services.requests.queued_rows import MAX_QUEUED_ROWS
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.shown import told
from tests.support.users import set_user

PAGES = [
    "login",
    "workbench",
    "compare",
    "orders",
    "blotters",
    "history",
    "accounts",
    "drift",
    "optimise",
    "market-data",
    "backtest",
    "risk",
    "monitor",
    "alerts",
    "fairness",
    "audit",
    "approvals",
    "admin",
    "jobs",
    "system",
]
STEPS = ["order-entry", "allocation-method", "preview", "commit"]


class Clock:
    def __init__(self):
        self.now = datetime(2026, 7, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(tmp_path, clock):
    return Desk(tmp_path, scenario=GOLDEN_BOOK, clock=clock)


def note(desk, *events, status=200):
    return desk.post("usage", {"events": list(events)}, status=status)


def page(name):
    return {"kind": "PAGE", "name": name}


def step(name, milliseconds=None):
    return {"kind": "STEP", "name": name, "milliseconds": milliseconds}


def order(milliseconds):
    return {"kind": "ORDER_TO_COMMIT", "name": "commit", "milliseconds": milliseconds}


def shown(desk, **days):
    desk.services.periodic.do("usage")
    return desk.get("usage", **days)


def as_supervisor(desk):
    desk.token = desk.login("demo_supervisor")["access_token"]


def stored(desk):
    with desk.services.database.read() as session:
        return session.scalar(select(func.count()).select_from(UsageEventRow))


def test_pages_and_steps_are_counted_and_timed(desk):
    assert note(desk, page("orders"), page("orders"), page("workbench")) == {"kept": 3}
    note(desk, step("preview", 1_000), step("preview", 4_000), step("preview", 9_000), step("preview"))
    note(desk, step("order-entry", 12_340), *(order(1_000 * seconds) for seconds in range(1, 21)))
    as_supervisor(desk)
    note(desk, page("orders"))
    found = shown(desk)
    seen = {"orders": (3, 2), "workbench": (1, 1)}
    assert [(p["name"], p["count"], p["users"]) for p in found["pages"]] == [
        (name, *seen.get(name, (0, 0))) for name in PAGES
    ]
    done = {"preview": (4, 4), "order-entry": (1, 12.3)}
    assert [(s["name"], s["count"], s["median_seconds"]) for s in found["steps"]] == [
        (name, *done.get(name, (0, None))) for name in STEPS
    ]
    assert found["order_to_commit"] == {"count": 20, "median_seconds": 10, "p90_seconds": 18}


def test_without_any_use_there_is_no_time(desk):
    found = shown(desk)
    assert found["order_to_commit"] == {"count": 0, "median_seconds": None, "p90_seconds": None}
    assert {p["count"] for p in found["pages"]} == {s["count"] for s in found["steps"]} == {0}


@pytest.mark.parametrize(
    ("times", "median", "p90"),
    [([50], 0.1, 0.1), ([49], 0, 0), ([1_000, 2_000], 1, 2), ([0, 100, 100, 86_400_000], 0.1, 86_400)],
)
def test_times_are_by_nearest_rank_to_a_tenth_of_a_second(desk, times, median, p90):
    note(desk, *map(order, times))
    found = shown(desk)["order_to_commit"]
    assert found == {"count": len(times), "median_seconds": median, "p90_seconds": p90}


def test_days_are_those_of_the_desk(desk, clock):
    """Midnight in New York is 04:00 UTC in summer."""
    for name, moment in (
        ("login", datetime(2026, 7, 1, 3, 59, 59, 999999, tzinfo=UTC)),
        ("orders", datetime(2026, 7, 1, 4, tzinfo=UTC)),
        ("history", datetime(2026, 7, 2, 3, 59, 59, 999999, tzinfo=UTC)),
        ("audit", datetime(2026, 7, 2, 4, tzinfo=UTC)),
    ):
        clock.now = moment
        desk.token = desk.login()["access_token"]
        note(desk, page(name))
    found = shown(desk, date_from="2026-07-01", date_to="2026-07-01")
    assert [p["name"] for p in found["pages"] if p["count"]] == ["orders", "history"]
    assert len([p for p in shown(desk)["pages"] if p["count"]]) == 4
    wrong = desk.get("usage", status=422, date_from="2026-07-02", date_to="2026-07-01")
    assert told(wrong) == {"date_to": "The date lies before date_from."}


def test_nothing_says_who_it_was_or_what_was_on_the_screen(desk):
    note(desk, page("orders"), order(5_000))
    text = json.dumps(shown(desk))
    assert "demo_user" not in text
    with desk.services.database.read() as session:
        (row, _) = session.scalars(select(UsageEventRow).order_by(UsageEventRow.kind.desc()))
    kept = {column.name for column in UsageEventRow.__table__.columns}
    assert kept == {"id", "at", "user_id", "kind", "name", "milliseconds"}
    assert (row.kind, row.name, row.milliseconds) == ("PAGE", "orders", None)


@pytest.mark.parametrize(
    ("event", "field", "message"),
    [
        (page("order-entry"), "name", f"For PAGE one of these is expected: {', '.join(PAGES)}."),
        (page("orders/9001"), "name", None),
        (step("orders"), "name", f"For STEP one of these is expected: {', '.join(STEPS)}."),
        ({"kind": "ORDER_TO_COMMIT", "name": "preview", "milliseconds": 1}, "name", None),
        (order(None), "milliseconds", "The time from order entry to commit is expected."),
        (order(-1), "milliseconds", "A whole number from 0 to 86,400,000 is expected."),
        (order(86_400_001), "milliseconds", "A whole number from 0 to 86,400,000 is expected."),
        ({"kind": "CLICK", "name": "orders"}, "kind", None),
        ({**page("orders"), "order_id": "9001"}, "order_id", "This field is not known here."),
    ],
)
def test_what_is_of_no_closed_list_is_refused(desk, event, field, message):
    refused = told(note(desk, page("audit"), event, status=422))
    assert list(refused) == [f"events.1.{field}"]
    assert message in {None, refused[f"events.1.{field}"]}
    desk.services.periodic.do("usage")
    assert stored(desk) == 0


def test_1_to_100_events_are_taken(desk):
    assert note(desk, *[page("audit")] * 100) == {"kept": 100}
    for events in ([], [page("audit")] * 101):
        assert told(note(desk, *events, status=422)) == {"events": "Between 1 and 100 events are expected."}


def test_a_full_queue_keeps_no_more(desk):
    usage = desk.services.requests.usage
    for _ in range(MAX_QUEUED_ROWS // 100):
        note(desk, *[page("audit")] * 100)
    assert note(desk, page("audit")) == {"kept": 0}
    usage.write()
    assert (stored(desk), note(desk, page("audit"))) == (10_000, {"kept": 1})


def test_what_is_older_than_the_activity_is_kept_is_forgotten(desk, clock):
    note(desk, page("orders"))
    desk.services.periodic.do("usage")
    clock.now += timedelta(days=90)
    desk.services.periodic.do("old-usage")
    assert stored(desk) == 1
    clock.now += timedelta(microseconds=1)
    desk.services.periodic.do("old-usage")
    assert stored(desk) == 0


def test_it_is_shown_to_who_reads_the_audit_trail_alone(desk):
    desk.log_in_without("audit:read")
    assert note(desk, page("orders")) == {"kept": 1}
    assert desk.get("usage", status=403)["permission"] == "audit:read"
    answer = desk.client.post("/v1/usage", json={"events": [page("orders")]})
    assert answer.status_code == 401


def test_who_sees_some_groups_sees_the_own_use(desk):
    note(desk, page("orders"))
    set_user(desk.services.database, "demo_supervisor", permissions=["audit:read"], groups=("GOLDEN",))
    as_supervisor(desk)
    note(desk, page("audit"), page("audit"))
    assert [(p["name"], p["count"]) for p in shown(desk)["pages"] if p["count"]] == [("audit", 2)]
