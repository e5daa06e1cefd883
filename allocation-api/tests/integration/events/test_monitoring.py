"""Monitoring (R26.4, R26.5): what has a portfolio recalculated, when, and what users see and ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, text

from app.core.errors import DatabaseUnavailable, InvalidRequest
from app.core.security import Permission
from app.models import EventAssetRow, EventRow, MonitorRow, RecalculationRow
from app.services.visibility.visibility import EVERYTHING
from tests.support.monitored import Portfolios, look, monitoring_desk, results, send, tell
from tests.support.users import hold_only, set_user

TABLES = (EventAssetRow, EventRow, RecalculationRow, MonitorRow)


@pytest.fixture(scope="module")
def monitored():
    return Portfolios()


@pytest.fixture(scope="module")
def shared(tmp_path_factory, monitored):
    with pytest.MonkeyPatch.context() as patch:
        yield monitoring_desk(tmp_path_factory.mktemp("monitoring"), monitored, patch)


@pytest.fixture
def portfolios(monitored):
    monitored.held = {"p": ("A", "B"), "q": ("B",)}
    monitored.faults = []
    return monitored


@pytest.fixture
def desk(shared, portfolios):
    """The desk of the module, without what other tests have left."""
    with shared.services.database.write() as session:
        for table in TABLES:
            session.execute(delete(table))
        session.execute(text("DELETE FROM recalculated"))
    set_user(shared.services.database, permissions=list(Permission))
    shared.token = shared.login()["access_token"]
    return shared


def wait(desk, **time):
    desk.clock.ahead += timedelta(**time)
    desk.token = desk.login()["access_token"]
    look(desk)
    look(desk)


def prices(desk, day, **closes):
    rows = [{"date": f"2026-01-{day:02}", "symbol": name, "close": close} for name, close in closes.items()]
    return desk.post("data/market/import", {"rows": rows})


def status(desk, portfolio_id="p"):
    return desk.get(f"monitor/portfolio/{portfolio_id}/status")


def last(desk, portfolio_id="p"):
    return status(desk, portfolio_id)["recalculations"][0]


def configure(desk, portfolio_id="p", *, status=200, **config):
    path = f"monitor/portfolio/{portfolio_id}/config"
    return desk.call("PUT", path, json=config, status=status)


def flow(desk, message_id, table="deposits", portfolio_id="p"):
    body = {"type": "INSERT", "schema": "public", "table": table, "record": {"portfolio_id": portfolio_id}}
    send(desk, "database", {**body, "old_record": None}, message_id)


def done(desk):
    return results(desk.services.database)


def test_an_import_is_an_event_and_only_a_significant_one_is_followed_after_the_interval(desk, monitored):
    monitored.held = {"p": ("X", "Y"), "q": ("Y",)}
    prices(desk, 5, X=100, Y=100)
    look(desk)
    assert (last(desk)["state"], last(desk)["reason"], done(desk)) == ("PENDING", "FIRST", [])
    wait(desk, seconds=31)
    assert (last(desk)["state"], done(desk)) == ("DONE", ["p", "q"])
    assert last(desk)["result"] == "/v1/portfolio/p"
    prices(desk, 6, X=100.9)
    wait(desk, hours=2)
    assert done(desk) == ["p", "q"]
    prices(desk, 7, X=101.1)
    look(desk)
    pending = last(desk)
    assert (pending["state"], pending["reason"]) == ("PENDING", "PRICE")
    wait(desk, seconds=31)
    assert done(desk) == ["p", "p", "q"]
    prices(desk, 8, X=110)
    wait(desk, minutes=58)
    assert (last(desk)["state"], len(done(desk))) == ("PENDING", 3)
    wait(desk, minutes=3)
    assert (last(desk)["state"], len(done(desk))) == ("DONE", 4)


def test_an_import_that_brings_nothing_new_is_no_event(desk):
    prices(desk, 5, Z=100)
    look(desk)
    before = desk.get("monitor/status")["last_etl_update"]
    prices(desk, 5, Z=100)
    look(desk)
    assert desk.get("monitor/status")["last_etl_update"] == before


def test_an_import_that_is_committed_while_a_recalculation_reads_is_not_taken_for_known(
    desk, portfolios, monkeypatch
):
    """It arrived before the job began, since it took a while to be stored; the job did not see it."""
    portfolios.held = {"p": ("V",)}
    prices(desk, 5, V=100)
    look(desk)
    calculate = portfolios.recalculate

    def beside(portfolio_id, known_at):
        desk.clock.ahead -= timedelta(milliseconds=500)
        prices(desk, 6, V=110)
        desk.clock.ahead += timedelta(milliseconds=500)
        monkeypatch.setattr(portfolios, "recalculate", calculate)
        return calculate(portfolio_id, known_at)

    desk.clock.ahead += timedelta(seconds=1)
    monkeypatch.setattr(portfolios, "recalculate", beside)
    desk.post("monitor/portfolio/p/recalculate", status=202)
    look(desk)
    assert last(desk)["state"] == "DONE"
    look(desk)
    assert (last(desk)["state"], last(desk)["reason"]) == ("PENDING", "PRICE")


def test_prices_that_arrived_before_the_clock_was_set_back_count(desk, portfolios):
    portfolios.held = {"p": ("W",)}
    prices(desk, 5, W=100)
    arrived = prices(desk, 6, W=101)["arrived_at"]
    look(desk)
    desk.clock.ahead -= timedelta(minutes=5)
    desk.post("monitor/portfolio/p/recalculate", status=202)
    look(desk)
    desk.clock.ahead += timedelta(minutes=5)
    assert (last(desk)["state"], last(desk)["known_at"]) == ("DONE", arrived)


def test_deposits_and_withdrawals_of_a_portfolio_pass_the_interval(desk):
    tell(desk, "1", "A", "B")
    wait(desk, seconds=31)
    assert done(desk) == ["p", "q"]
    for number, table in enumerate(("deposits", "withdrawals")):
        flow(desk, f"f{number}", table)
        flow(desk, f"none{number}", table, portfolio_id="unknown")
        wait(desk, seconds=31)
        assert (last(desk)["state"], last(desk)["reason"]) == ("DONE", table[:-1].upper())
    assert done(desk) == ["p", "p", "p", "q"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("100", "100.9", None),
        ("100", "101.1", "PRICE"),
        (None, "101", "NOT_MEASURABLE"),
        (0, 1, "NOT_MEASURABLE"),
    ],
)
def test_a_row_that_states_its_price_before_and_after_is_measured_by_that(desk, before, after, reason):
    asset = f"ROW-{before}-{after}"
    desk.services.events.processor.process()
    tell(desk, f"first-{asset}", "A")
    wait(desk, seconds=31)
    assert done(desk) == ["p"]
    desk.clock.ahead += timedelta(hours=2)
    old, new = ({"symbol": "A", "close": close} for close in (before, after))
    body = {"type": "UPDATE", "schema": "public", "table": "market_data", "record": new, "old_record": old}
    send(desk, "database", body, asset)
    desk.services.events.processor.process()
    desk.token = desk.login()["access_token"]
    shown = last(desk)
    assert (shown["reason"] if shown["state"] == "PENDING" else None) == reason


def test_events_are_collected_and_put_a_recalculation_off_for_a_time_only(desk):
    for number in range(20):
        tell(desk, f"{number}", "A")
        wait(desk, seconds=20)
        if done(desk):
            break
    assert (done(desk), number) == (["p"], 14)  # 15 x 20 s are the ten debounces of 30 s
    assert last(desk)["event_count"] == 15


def test_no_more_recalculations_than_a_day_may_have(tmp_path, monkeypatch, portfolios):
    desk = monitoring_desk(tmp_path, portfolios, monkeypatch, EVENT_MAX_RECALCULATIONS="3")
    for number in range(5):
        flow(desk, f"{number}")
        wait(desk, minutes=10)
    assert (done(desk), last(desk)["state"]) == (["p"] * 3, "PENDING")
    assert (status(desk)["recalculations_of_day"], status(desk)["max_per_day"]) == (3, 3)
    refused = desk.post("monitor/portfolio/p/recalculate", status=409)
    assert refused["code"] == "RECALCULATION_LIMIT"
    wait(desk, hours=23)
    assert done(desk) == ["p"] * 3
    wait(desk, hours=1)
    assert done(desk) == ["p"] * 4


def test_scheduled_times_recalculate_and_one_that_was_missed_is_caught_up_once(desk):
    shown = configure(desk, scheduled_recalculations=["16:00", "09:30", "16:00"])
    assert shown["config"]["scheduled_recalculations"] == ["09:30", "16:00"]
    due = shown["next_scheduled_at"]
    wait(desk, hours=49)
    assert (done(desk), last(desk)["reason"], last(desk)["event_count"]) == (["p"], "SCHEDULE", 1)
    assert last(desk)["first_event_at"] == due < status(desk)["next_scheduled_at"]
    configure(desk, automatic_recalculation=False, scheduled_recalculations=["09:30"])
    wait(desk, hours=49)
    assert done(desk) == ["p"]


def test_a_portfolio_without_automatic_recalculation_is_recalculated_by_request_alone(desk):
    configure(desk, automatic_recalculation=False)
    tell(desk, "1", "A")
    flow(desk, "2")
    wait(desk, hours=2)
    assert done(desk) == []
    assert desk.get("monitor/status")["active_portfolios"] == 1
    asked = desk.post("monitor/portfolio/p/recalculate", status=202)
    assert (asked["status"], asked["estimated_completion"]) == ("recalculation_queued", None)
    assert desk.get(f"jobs/{asked['job_id']}")["kind"] == "events.recalculate"
    look(desk)
    assert (done(desk), desk.get(f"jobs/{asked['job_id']}")["result"]) == (["p"], "/v1/portfolio/p")
    asked = desk.post("monitor/portfolio/p/recalculate", status=202)
    assert asked["estimated_completion"] >= asked["request_time"]


def test_what_waits_when_automatic_recalculation_is_switched_off_waits_until_it_is_on_again(desk):
    configure(desk)
    flow(desk, "1")
    look(desk)
    assert last(desk)["due_at"] is not None
    configure(desk, automatic_recalculation=False)
    wait(desk, hours=2)
    assert (last(desk)["state"], last(desk)["due_at"], done(desk)) == ("PENDING", None, [])
    configure(desk)
    look(desk)
    assert (last(desk)["state"], done(desk)) == ("DONE", ["p"])


def test_a_request_takes_the_pending_one_and_none_follows_while_a_job_is_open(desk):
    tell(desk, "1", "A", "B")
    look(desk)
    pending = last(desk)["recalculation_id"]
    asked = desk.post("monitor/portfolio/p/recalculate", status=202)
    assert asked["recalculation_id"] == pending
    refused = desk.post("monitor/portfolio/p/recalculate", status=409)
    assert (refused["code"], refused["job_id"]) == ("RECALCULATION_RUNNING", asked["job_id"])
    tell(desk, "2", "A")
    desk.services.events.processor.run()
    assert [each["state"] for each in status(desk)["recalculations"]] == ["PENDING", "QUEUED"]
    look(desk)
    states = [each["state"] for each in status(desk)["recalculations"]]
    assert (states, done(desk)) == (["COVERED", "DONE"], ["p"])


def test_one_recalculation_of_a_portfolio_follows_the_other(desk, portfolios):
    flow(desk, "1")
    desk.clock.ahead += timedelta(seconds=31)
    desk.services.events.processor.run()
    desk.services.events.processor.run()
    assert last(desk)["state"] == "QUEUED"
    flow(desk, "2")
    desk.clock.ahead += timedelta(seconds=31)
    desk.services.events.processor.run()
    desk.services.events.processor.run()
    assert [each["state"] for each in status(desk)["recalculations"]] == ["PENDING", "QUEUED"]


def test_a_job_that_fails_ends_its_recalculation_and_the_next_event_asks_again(desk, portfolios):
    portfolios.faults = [InvalidRequest("The limits cannot hold together")]
    tell(desk, "1", "A")
    wait(desk, seconds=31)
    assert (last(desk)["state"], last(desk)["known_at"], done(desk)) == ("FAILED", None, [])
    tell(desk, "2", "A")
    wait(desk, hours=2)
    assert (last(desk)["state"], last(desk)["reason"], done(desk)) == ("DONE", "FIRST", ["p"])


def test_a_job_that_fails_on_our_side_is_tried_again(desk, portfolios):
    portfolios.faults = [DatabaseUnavailable("away")]
    tell(desk, "1", "A")
    wait(desk, seconds=31)
    assert (last(desk)["state"], done(desk)) == ("QUEUED", [])
    wait(desk, seconds=10)
    assert (last(desk)["state"], done(desk)) == ("DONE", ["p"])


def test_a_configuration_is_replaced_as_a_whole_under_its_version(desk):
    assert (status(desk)["version"], status(desk)["config"]["minimum_interval"]) == (0, 3600)
    thresholds = {"price": 0.02, "crypto": 0.5}
    stored = configure(
        desk,
        version=0,
        minimum_interval=60,
        significance_thresholds=thresholds,
        asset_classes={"A": "crypto"},
    )
    assert (stored["version"], stored["config"]["asset_classes"]) == (1, {"A": "crypto"})
    shown = stored["config"]["significance_thresholds"]
    assert (shown["price"], shown["crypto"], shown["bonds"]) == (0.02, 0.5, 0.005)
    assert configure(desk, version=0, status=409)["code"] == "MONITOR_CHANGED"
    assert configure(desk)["config"]["minimum_interval"] == 3600
    assert status(desk)["version"] == 2
    records = desk.get("audit", entity_id="p", entity_type="monitor")["audit_records"]
    assert [each["action"] for each in records[:2]] == ["MONITOR_SET", "MONITOR_SET"]
    assert [records[0][when]["version"] for when in ("before", "after")] == [1, 2]


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"significance_thresholds": {"price": 0, "bonds": -1, "other": 1}}, 3),
        ({"minimum_interval": -1}, 1),
        ({"minimum_interval": 604_801}, 1),
        ({"minimum_interval": "1"}, 1),
        ({"scheduled_recalculations": ["9:30", "24:00", "16:00"]}, 2),
        ({"scheduled_recalculations": [f"{hour:02}:00" for hour in range(24)] + ["00:30"]}, 1),
        ({"asset_classes": {"A": "gold", "B": "stocks"}}, 1),
        ({"asset_classes": {"C": "stocks", "D": "bonds"}}, 2),
        ({"automatic_recalculation": "yes"}, 1),
    ],
)
def test_what_is_wrong_in_a_configuration_is_named(desk, config, named):
    problem = configure(desk, status=422, **config)
    assert len(problem["errors"]) == named
    assert {each["field"].partition(".")[0] for each in problem["errors"]} == set(config)


def test_an_unknown_portfolio_is_a_404(desk):
    assert desk.get("monitor/portfolio/none/status", status=404)["code"] == "NOT_FOUND"
    assert configure(desk, "none", status=404)["code"] == "NOT_FOUND"
    assert desk.post("monitor/portfolio/none/recalculate", status=404)["code"] == "NOT_FOUND"


def test_who_may_not_is_refused(desk):
    hold_only(desk.services.database, [Permission.MARKET_HISTORY_READ])
    desk.get("monitor/status")
    assert configure(desk, status=403)["permission"] == "monitoring:write"
    assert desk.post("monitor/portfolio/p/recalculate", status=403)["permission"] == "monitoring:write"


def test_events_that_wait_for_long_are_told(desk):
    tell(desk, "1", "A")
    assert desk.get("monitor/status")["status"] == "active"
    desk.clock.ahead += timedelta(minutes=3)
    shown = desk.get("monitor/status")
    assert (shown["status"], shown["waiting_events"]) == ("degraded", 1)
    assert {each["state"] for each in shown["listeners"]} == {"OFF"}


def test_what_is_over_is_forgotten_and_what_later_work_builds_on_is_not(desk):
    tell(desk, "1", "A")
    wait(desk, seconds=31)
    first = last(desk)["recalculation_id"]
    desk.clock.ahead += timedelta(days=31)
    desk.token = desk.login()["access_token"]
    desk.services.periodic.do("old-events")
    assert [each["recalculation_id"] for each in status(desk)["recalculations"]] == [first]
    assert tell(desk, "1", "A")["status"] == "accepted"
    changes = list(desk.services.events.changes.follow(0, EVERYTHING))
    assert len(changes) == 2
