"""Checks of drift and their history, and what moved it, through the API.

ACC001 has a NAV of 100 million: 60 of GOVT, 36 of INDUSTRIALS, 4 of cash. The targets are 50, 45 and 5.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import func, select

from app.core.clock import utc_now
from app.core.security import Permission
from app.models import DriftLineRow, DriftSnapshotRow
from tests.support.drift_desk import GOVERNMENT, INDUSTRIAL, DriftDesk

MONDAY, TUESDAY = "2030-06-24", "2030-06-25"
AFTER_CLOSE = datetime(2030, 6, 24, 21, 31, tzinfo=UTC)
"""Monday, 17:31 in New York."""


@pytest.fixture
def desk(tmp_path):
    found = DriftDesk(tmp_path, ALADDIN_POSITIONS_CACHE_SECONDS="0", JOB_WORKERS="0")
    found.state()
    return found


def at(desk, moment):
    """Move the clock, and log in again."""
    desk.clock.ahead = moment - utc_now()
    desk.again("anna")


def check(desk, moment):
    at(desk, moment)
    desk.services.periodic.do("check-drift")


def asked(desk):
    """Ask for a check and have it done."""
    job_id = desk.post("drift/checks", status=202)["job_id"]
    desk.services.jobs.executor.run(job_id, Event(), on_lost=lambda: None)
    return desk.get(f"jobs/{job_id}")


def lines(desk, **query):
    return desk.get("drift/history", **query)["lines"]


def count(desk, table=DriftSnapshotRow):
    with desk.services.database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_check_keeps_each_account_and_group_with_targets(desk):
    """R19.15."""
    check(desk, AFTER_CLOSE)
    found = lines(desk, scope="ACCOUNT", scope_id="ACC001")
    assert [
        (each["class_key"], each["current"], each["target"], each["band"], each["difference"], each["is_out"])
        for each in found
    ] == [
        ("GOVT", 60, 50, 5, 10, True),
        ("Industrials", 36, 45, 4.5, -9, True),
        ("cash", 4, 5, 5, -1, False),
    ]
    assert {(each["check_id"], each["kind"], each["business_date"]) for each in found} == {
        (MONDAY, "DAILY", MONDAY)
    }
    assert [(each["value"], each["nav"], each["currency"]) for each in found] == [
        (60_000_000, 100_000_000, "USD"),
        (36_000_000, 100_000_000, "USD"),
        (4_000_000, 100_000_000, "USD"),
    ]
    assert {each["target_set_version"] for each in found} == {1}
    assert {(each["scope"], each["scope_id"]) for each in lines(desk)} == {
        ("ACCOUNT", "ACC001"),
        ("ACCOUNT", "ACC002"),
        ("GROUP", "EAST"),
    }
    whole = lines(desk, scope="GROUP", class_key="GOVT")
    assert [(each["current"], each["difference"]) for each in whole] == [(53.333333333, 3.333333333)]


def test_a_second_run_of_a_day_changes_nothing(desk):
    """R19.15: the first one stays."""
    check(desk, AFTER_CLOSE)
    desk.edit = lambda row: row.update(mktValue=1)
    before = lines(desk)
    check(desk, AFTER_CLOSE + timedelta(hours=1))
    assert lines(desk) == before


def test_a_check_that_was_missed_is_done_by_the_start_of_the_day_after_it(desk):
    """R19.14: by the positions that its day ended with."""
    check(desk, AFTER_CLOSE + timedelta(hours=12))
    with desk.services.database.read() as session:
        found = session.execute(select(DriftSnapshotRow.as_of, DriftSnapshotRow.check_id).distinct()).all()
    assert found == [("SOD", MONDAY)]


def test_the_check_of_the_weekly_day_is_kept_longer(desk):
    """R19.15: Thursday's for 400 days, Friday's for 1,830."""
    for days in (3, 4):
        check(desk, AFTER_CLOSE + timedelta(days=days))
    assert [each["kind"] for each in lines(desk, class_key="cash", scope="GROUP")] == ["WEEKLY", "DAILY"]
    kept = []
    for days in (402, 405, 1_833, 1_835):
        desk.clock.ahead = AFTER_CLOSE + timedelta(days=days) - utc_now()
        desk.services.periodic.do("old-drift")
        kept.append((count(desk), count(desk, DriftLineRow)))
    assert kept == [(6, 18), (3, 9), (3, 9), (0, 0)]


def test_what_has_no_targets_or_no_nav_is_not_kept(desk):
    desk.edit = lambda row: None
    (target_set,) = desk.get("drift/target-sets")["target_sets"]
    desk.post(f"drift/target-sets/{target_set['target_set_id']}/retire", {"version": 1, "comment": "Over"})
    check(desk, AFTER_CLOSE)
    assert lines(desk) == []


def test_a_check_that_is_asked_for_is_kept_beside_the_scheduled_one(desk):
    """R19.15."""
    check(desk, AFTER_CLOSE)
    job = asked(desk)
    assert (job["state"], job["result"]) == ("SUCCEEDED", f"/v1/drift/history?check_id={job['job_id']}")
    found = lines(desk, check_id=job["job_id"], scope_id="ACC001")
    assert [(each["kind"], each["class_key"]) for each in found] == [
        ("REQUESTED", "GOVT"),
        ("REQUESTED", "Industrials"),
        ("REQUESTED", "cash"),
    ]
    assert count(desk) == 6
    desk.services.jobs.executor.run(job["job_id"], Event(), on_lost=lambda: None)
    assert count(desk) == 6


def test_a_limited_user_checks_and_sees_the_own_groups_alone(desk):
    desk.state("ACCOUNT", "ACC003", "ASSET_CLASS")
    check(desk, AFTER_CLOSE)
    desk.become("walter", groups=["WEST"])
    assert {each["scope_id"] for each in lines(desk)} == {"ACC003"}
    assert "ACC001" not in desk.client.get("/v1/drift/history?format=csv", headers=desk.headers).text
    job = asked(desk)
    assert {each["scope_id"] for each in lines(desk, check_id=job["job_id"])} == {"ACC003"}
    query = {"account_id": "ACC001", "date_from": MONDAY, "date_to": TUESDAY}
    assert desk.get("drift/attribution", status=404, **query)["code"] == "NOT_FOUND"
    desk.again("anna")
    assert {each["scope_id"] for each in lines(desk, check_id=job["job_id"])} == {"ACC003"}


def test_of_a_day_the_scheduled_snapshot_is_compared(desk):
    """R19.16: where there is none, the last one that was asked for, which is of the date of the book."""

    def compared():
        found = desk.get("drift/attribution", account_id="ACC001", date_from="2026-06-30", date_to=MONDAY)
        return [found[end]["check_id"] for end in ("first", "last")]

    check(desk, AFTER_CLOSE)
    last = [asked(desk)["job_id"] for _ in range(2)][-1]
    assert compared() == [last, MONDAY]
    check(desk, datetime(2026, 6, 30, 21, 31, tzinfo=UTC))
    assert compared() == ["2026-06-30", MONDAY]


def test_asking_for_a_check_needs_a_permission(desk):
    desk.become("rita", permissions=[Permission.PORTFOLIOS_READ])
    assert desk.post("drift/checks", status=403)["code"] == "FORBIDDEN"


def test_pages_and_csv_have_all_lines(desk):
    for days in (0, 1):
        check(desk, AFTER_CLOSE + timedelta(days=days))
    found, cursor = [], None
    while True:
        got = desk.get("drift/history", limit=4, **({"cursor": cursor} if cursor else {}))
        found += got["lines"]
        cursor = got["next_cursor"]
        if cursor is None:
            break
    assert (len(found), found) == (18, lines(desk))
    text = desk.client.get("/v1/drift/history?format=csv", headers=desk.headers).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["class_key"] for row in rows] == [each["class_key"] for each in found]
    assert rows[0].keys() == found[0].keys()
    assert {each["business_date"] for each in lines(desk, date_from=TUESDAY)} == {TUESDAY}
    assert {each["business_date"] for each in lines(desk, date_to=MONDAY)} == {MONDAY}


# --- attribution --------------------------------------------------------------------------------------------


def moved(row):
    """GOVT rises by a tenth, and then a sixth of it is sold, INDUSTRIALS stay as they are."""
    if row["portfolioName"] == "ACC001" and row["assetId"] == GOVERNMENT:
        row.update(mktValue=55_000_000, posQuantity=row["posQuantity"] * 5 / 6)


def test_golden_attribution(desk):
    """R19.17, R19.18: the market makes 6 million, 11 million are sold; the NAV stays, so 6 flow out."""
    check(desk, AFTER_CLOSE)
    desk.edit = moved
    check(desk, AFTER_CLOSE + timedelta(days=1))
    found = desk.get("drift/attribution", account_id="ACC001", date_from=MONDAY, date_to=TUESDAY)
    assert [found[end]["nav"] for end in ("first", "last")] == [100_000_000, 100_000_000]
    (sector,) = found["dimensions"]
    assert (sector["dimension"], sector["market"], sector["flows"]) == ("SECTOR", 6_000_000, -6_000_000)
    assert sector["account_return"] == pytest.approx(6)
    money = {each["key"]: each["money"] for each in sector["classes"]}
    assert (money["GOVT"]["market"], money["GOVT"]["trades"]) == (6_000_000, -11_000_000)
    assert (money["cash"]["trades"], money["cash"]["flows"]) == (11_000_000, -11_000_000)
    assert set(money["Industrials"].values()) == {0}
    points = {each["key"]: each["points"] for each in sector["classes"]}
    # (6 - 0.6 x 6), -11, and -0.6 x -6 of 100.
    assert [points["GOVT"][cause] for cause in ("market", "trades", "flows")] == pytest.approx(
        [2.4, -11, 3.6]
    )
    changes = [
        (each["drift_after"] - each["drift_before"], sum(each["points"].values()) + each["targets"])
        for each in sector["classes"]
    ]
    assert changes == [pytest.approx(pair) for pair in [(-5, -5), (0, 0), (0, 0)]]


def test_what_moved_a_security_is_what_moved_the_sector_that_has_it_alone(desk):
    """R19.17: each sector is one bond here, and both dimensions have the same targets."""
    targets = [(GOVERNMENT, 50), (INDUSTRIAL, 45), ("cash", 5)]
    stated = [{"key": key, "target_percent": part} for key, part in targets]
    desk.state("ACCOUNT", "ACC001", "SECURITY", targets=stated)
    check(desk, AFTER_CLOSE)
    desk.edit = moved
    check(desk, AFTER_CLOSE + timedelta(days=1))
    found = desk.get("drift/attribution", account_id="ACC001", date_from=MONDAY, date_to=TUESDAY)
    by_sector, by_security = found["dimensions"]
    assert [each["key"] for each in by_security["classes"]] == [key for key, _ in targets]
    for name in ("money", "points", "drift_before", "drift_after"):
        assert [c[name] for c in by_security["classes"]] == [c[name] for c in by_sector["classes"]]
    found = lines(desk, class_key=GOVERNMENT, date_to=MONDAY)
    assert [(each["dimension"], each["current"], each["target"]) for each in found] == [("SECURITY", 60, 50)]


def test_new_targets_are_a_cause(desk):
    """R19.17: the target of INDUSTRIALS falls from 45 to 35 points, which is a drift of 10 more."""
    check(desk, AFTER_CLOSE)
    at(desk, AFTER_CLOSE + timedelta(hours=1))
    targets = [("GOVT", 60), ("Industrials", 35), ("cash", 5)]
    desk.state(version=1, targets=[{"key": key, "target_percent": part} for key, part in targets])
    check(desk, AFTER_CLOSE + timedelta(days=1))
    found = desk.get("drift/attribution", account_id="ACC001", date_from=MONDAY, date_to=TUESDAY)
    classes = found["dimensions"][0]["classes"]
    assert [(each["key"], each["targets"]) for each in classes] == [
        ("GOVT", -10),
        ("Industrials", 10),
        ("cash", 0),
    ]
    assert {part for each in classes for part in each["points"].values()} == {0}


def test_what_is_wrong_about_dates_and_dimension_is_named(desk):
    """R19.16."""
    for days in (0, 1):
        check(desk, AFTER_CLOSE + timedelta(days=days))

    def errors(**query):
        asked = {"account_id": "ACC001", "date_from": MONDAY, "date_to": TUESDAY, **query}
        found = desk.get("drift/attribution", status=422, **asked)["errors"]
        return {each["field"]: each["message"] for each in found}

    assert errors(date_from="2030-06-20", date_to="2030-06-28") == {
        "date_from": f"There is no snapshot of ACC001 of 2030-06-20. The nearest are of {MONDAY}.",
        "date_to": f"There is no snapshot of ACC001 of 2030-06-28. The nearest are of {TUESDAY}.",
    }
    assert set(errors(dimension="RATING")) == {"dimension"}
    assert set(errors(dimension="METRIC")) == {"dimension"}
    assert set(errors(date_to=MONDAY)) == {"date_to"}
    query = {"account_id": "NONE", "date_from": MONDAY, "date_to": TUESDAY}
    assert desk.get("drift/attribution", status=404, **query)["code"] == "NOT_FOUND"
