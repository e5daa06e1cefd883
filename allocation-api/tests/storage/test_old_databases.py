"""Databases of earlier schemas come up to date, and what they hold reads and replays as it did.

`databases/NNNN.sql` is an SQL dump of an SQLite database at revision NNNN, made through the API of the code
of that time over the four-account book of the allocation rules (`databases/make.py`): 0003 by the first code
of that revision, which kept neither slices nor fills yet and did not have the lock of a start, 0004 by the
code before the rooms were cut, all others by the last code before the next revision. 0007 to 0010, 0012,
0013, 0015 to 0020, 0022, 0024, 0026, 0028, 0029, 0031, 0032, 0034 to 0036 and 0038 were never the newest of
a version. Each has previews by every method; one with a price 7.6 % from the market; two in which ACC003 was
in none of our tables, with and without compliance; an order that was filled, and one that was made smaller
and cancelled. From 0004 on there is also an order that Aladdin refused and one whose compliance was
pending, and from 0011 on the FIX message of the filled order, from 0014 on the fairness ledger of its
orders, from 0023 on a layout that a user keeps and the use of a page and a step, from 0025 on a blotter of
two lines, one with a preview, from 0030 on targets, a proposal and the alerts of drift, from 0033 on
snapshots of drift and closes of an asset, from 0037 on an optimised portfolio, a backtest and a
reallocation, from 0039 on an order at the paper broker. The users are those of the public demo.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.core import migrate
from app.core.config import SettingsError
from app.core.database import Database
from app.services.audit.verification import verify
from tests.support.desk import GOLDEN_BOOK, Desk, TestClock
from tests.support.fix_reader import read

DUMPS = Path(__file__).parent / "databases"
REVISIONS = sorted(each.stem for each in DUMPS.glob("*.sql"))
UNKNOWN = "Data is missing (reference data: name, restrictions and benchmark are unknown)"
OF_MACHINE = ("summary.optimality.iterations", "summary.optimality.kkt_residual")
"""SLSQP multiplies by BLAS, whose last bit depends on the processor; the split does not."""

STAYS = "12,743,000 of 30,000,000 face stay unallocated; the accounts could take"
MOVED = [
    "warnings[0].details.total_capacity: stored 17258882, recomputed 17257000",
    f"warnings[0].message: stored '{STAYS} 17,258,882 together', recomputed '{STAYS} 17,257,000 together'",
]
"""Of the order of 30,000,000: version 4 names what the cash buys in lots, not the sum of the caps.

In lots of 1,000 that are 5,076,000, 8,121,000, 3,045,000 and 1,015,000.
"""

MADE = {"date_from": "2026-11-29", "date_to": "2026-11-30"}


EQUAL_SALE = {"ACC001": 14_000, "ACC002": 13_000, "ACC003": 13_000, "ACC004": 0}
"""40 lots in equal parts over the three accounts that hold the bond; the odd lot goes to the first by id."""


def restored(folder, revision):
    """A file with the database of a dump."""
    path = folder / f"{revision}.db"
    connection = sqlite3.connect(path)
    connection.executescript((DUMPS / f"{revision}.sql").read_text())
    connection.close()
    return path


def head_of(path):
    """The end of the audit chain as it was stored, or None from before there was one."""
    connection = sqlite3.connect(path)
    try:
        found = connection.execute("SELECT day, sequence, hash FROM audit_heads ORDER BY day DESC").fetchone()
        return ":".join(str(part) for part in found)
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()


@pytest.fixture(scope="module", params=REVISIONS)
def old(request, tmp_path_factory):
    """A desk on an old database after all migrations, with the revision and the head that it had."""
    folder = tmp_path_factory.mktemp("old")
    path = restored(folder, request.param)
    head = head_of(path)
    url = f"sqlite:///{path}"
    database = Database(url)
    migrate.upgrade(database)
    database.close()
    clock = TestClock()
    clock.ahead = timedelta(hours=1)  # no preview lives that long, whenever this runs
    return Desk(folder, scenario=GOLDEN_BOOK, clock=clock, DATABASE_URL=url), request.param, head


def allocations(desk):
    return desk.get("allocations", limit=100)["allocations"]


def order_of(desk, status):
    (found,) = [o for o in desk.get("orders")["orders"] if o["status"] == status]
    return found


def test_every_allocation_replays_identically_but_for_what_an_engine_change_explains(old):
    desk, revision, _ = old
    found = allocations(desk)
    assert len(found) == (9 if revision < "0004" else 13 if revision < "0025" else 14)
    for allocation in found:
        allocation_id = allocation["allocation_id"]
        again = desk.post(f"allocations/{allocation_id}/replay")
        solver = desk.get(f"allocations/{allocation_id}")["parameters"].get("solver")
        of_machine = OF_MACHINE if solver == "SLSQP" else ()
        differences = [d for d in again["differences"] if d.partition(":")[0] not in of_machine]
        moved = allocation["quantity"] == 30_000_000 and revision < "0011"
        expected = MOVED if moved else []
        assert (differences, again["engine_version"]) == (expected, "6")
        assert again["identical"] == (again["differences"] == [])
        if expected:
            assert "4" in {change["version"] for change in again["engine_changes"]}


def test_the_history_shows_what_became_of_each(old):
    desk, revision, _ = old
    found = allocations(desk)
    more = {"FAILED": 1, "SUBMITTED": 2, "EXPIRED": 9} if revision >= "0004" else {"EXPIRED": 7}
    if revision >= "0025":
        more["EXPIRED"] += 1  # the line of a blotter
    expected = {"SUBMITTED": 1, "CANCELLED": 1} | more
    assert Counter(a["status"] for a in found) == expected
    assert {tuple(a["portfolio_groups"]) for a in found} == {("GOLDEN",)}
    methods = {"MIN_DISPERSION", "PRO_RATA", "CUSTOM_WEIGHTS"}
    assert {a["allocation_method"] for a in found} == methods
    lines = desk.get("reports/allocation-history", **MADE, limit=200)["lines"]
    assert len(lines) == 4 * len(found)


def test_a_preview_shows_its_first_numbers(old):
    """The lots and the deviation are those of the allocation rules, section 7."""
    desk, _, _ = old
    ids = [a["allocation_id"] for a in allocations(desk) if a["quantity"] == 8_000_000]
    for allocation_id in ids:
        shown = desk.get(f"allocations/{allocation_id}")
        faces = {a["account_id"]: a["allocated_quantity"] for a in shown["allocations"]}
        assert faces == {"ACC001": 0, "ACC002": 6_985_000, "ACC003": 0, "ACC004": 1_015_000}
        metrics = shown["summary"]["dispersion_metrics"]
        assert metrics["post_trade_std_dev"] == pytest.approx(0.1972962214, abs=1e-10)
    assert ids


def test_an_account_that_was_unknown_is_still_barred_only_by_compliance(old):
    desk, _, _ = old
    reasons = []
    for allocation in allocations(desk):
        shown = desk.get(f"allocations/{allocation['allocation_id']}")
        (unknown,) = [a for a in shown["allocations"] if a["account_id"] == "ACC003"]
        if unknown["account_name"] == "ACC003":
            reason = unknown["reason"] and unknown["reason"]["message"]
            reasons.append((shown["constraints"]["compliance_check"], reason))
    assert sorted(reasons) == [(False, None), (True, UNKNOWN)]


def test_the_audit_trail_is_whole_and_has_not_been_rewritten(old):
    desk, revision, head = old
    assert (head is None) == (revision == "0001")
    found = desk.get("audit/verify", **({} if head is None else {"anchor": head}))
    assert (found["whole"], found["breaks"]) == (True, [])
    for record in desk.get("audit", limit=200)["audit_records"]:
        assert desk.get(f"audit/{record['audit_id']}") == record


def test_orders_are_shown_as_they_were_seen_last(old):
    desk, revision, _ = old
    booked, cancelled = order_of(desk, "Booked"), order_of(desk, "Canceled")
    assert (booked["quantity"], cancelled["quantity"]) == (3_800_000, 500_000)
    assert len(booked["slices"]) == (0 if revision == "0003" else 4)
    fairness = desk.get("reports/fairness", **MADE)
    counted = fairness["allocations"] + fairness["not_filled"] + fairness["not_known"]
    assert counted == (3 if revision >= "0004" else 2)
    # Orders count by their recorded fills, which were not kept before 0004.
    assert fairness["allocations"] == (1 if revision >= "0004" else 0)


def test_fills_and_fix_message_of_what_was_filled(old):
    """Pro rata by NAV, 100 : 150 : 80 : 50; before fills were kept there is nothing to tell."""
    desk, revision, _ = old
    order = order_of(desk, "Booked")
    fills = desk.get(f"orders/{order['order_id']}/fills")["fills"]
    path = f"/v1/allocations/{order['allocation_id']}/fix"
    message = desk.client.get(path, headers=desk.headers)
    if revision < "0004":
        assert (fills, message.status_code) == ([], 409)
        return
    (fill,) = fills
    expected = {"ACC001": 1_000_000, "ACC002": 1_500_000, "ACC003": 800_000, "ACC004": 500_000}
    assert {a["account_id"]: a["filled_quantity"] for a in fill["allocations"]} == expected
    assert message.status_code == 200
    told = {part["79"]: int(part["80"]) for part in read(message.data).allocs}
    assert told == expected


def test_a_fix_message_that_left_is_handed_out_again_to_the_byte(old):
    """Before 0011 none was kept; what the others are asked for now is new, and their first one."""
    desk, revision, _ = old
    if revision < "0004":
        return  # no fills to tell
    path = f"allocations/{order_of(desk, 'Booked')['allocation_id']}/fix"
    handed_out = desk.client.get(f"/v1/{path}", headers=desk.headers).data
    (kept,) = desk.get(f"{path}/messages")["messages"]
    assert (kept["sequence"], kept["trans_type"], kept["replaces"]) == (1, "NEW", None)
    dump = (DUMPS / f"{revision}.sql").read_text()
    assert (handed_out.decode() in dump) == (revision >= "0011")


def test_the_order_whose_compliance_was_pending_is_not_shown_by_aladdin_any_more(old):
    desk, revision, _ = old
    unreported = [o for o in desk.get("orders")["orders"] if o["status"] == "UNREPORTED"]
    assert [o["quantity"] for o in unreported] == ([380_000] if revision >= "0004" else [])


def test_the_rows_are_as_far_as_the_records_say_as_they_were(old):
    """Records of that time have the inputs' hash and the face of fills; what they do not say is counted."""
    desk, revision, _ = old
    found = desk.get("audit/verify")
    assert found["breaks"] == []
    assert (found["rows_unrecorded"] > 0) == (revision < "0011")
    database = desk.services.database
    for change, column in (
        ("UPDATE allocations SET total_allocated = total_allocated + 1", "total_allocated"),
        ("UPDATE allocations SET snapshot = replace(snapshot, 'A', 'B')", "snapshot"),
        ("UPDATE order_fill_lines SET filled_quantity = '1.0000'", "filled_quantity"),
        ("UPDATE allocation_groups SET group_id = 'OTHER'", None),
    ):
        with database.engine.connect() as connection:
            changed = connection.exec_driver_sql(change).rowcount
            with Session(connection) as session:
                breaks = verify(session).breaks
            connection.rollback()
        columns = {b.column for b in breaks}
        assert columns == ({column} if changed else set()), (change, breaks)
        assert bool(breaks) == bool(changed)
        assert changed or (column, revision < "0004") == ("filled_quantity", True)  # no lines before that


def test_an_allocation_without_any_record_is_no_older_one(old):
    desk, _, _ = old
    with desk.services.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("UPDATE allocations SET id = '0' || substr(id, 2)")
        with Session(connection) as session:
            found = {(b.damage, b.table) for b in verify(session).breaks}
        connection.rollback()
    assert {("ROW_INSERTED", "allocations"), ("ROW_REMOVED", "allocations")} <= found


def test_what_screens_keep_is_there(old):
    desk, revision, _ = old
    kept = [(p["name"], p["value"], p["version"]) for p in desk.get("preferences")["preferences"]]
    used = desk.get("usage", **MADE)
    counted = {one["name"]: one["count"] for one in (*used["pages"], *used["steps"]) if one["count"]}
    if revision < "0023":
        assert (kept, counted) == ([], {})
        return
    assert kept == [("orders.columns", {"columns": ["account_id", "quantity"]}, 1)]
    assert counted == {"orders": 1, "preview": 1}
    assert [s["median_seconds"] for s in used["steps"]] == [None, None, 4.2, None]


def test_a_blotter_shows_its_lines_and_its_job(old):
    desk, revision, _ = old
    shown = desk.get("blotters")["blotters"]
    jobs = [job for job in desk.get("jobs")["jobs"] if job["kind"] == "blotters.preview"]
    if revision < "0025":
        assert (shown, jobs) == ([], [])
        return
    (shown,), (job,) = shown, jobs
    assert (job["kind"], job["state"], job["done"], job["total"]) == ("blotters.preview", "SUCCEEDED", 2, 2)
    first, second = desk.get(f"blotters/{shown['blotter_id']}")["lines"]
    assert (first["status"], second["status"]) == ("EXPIRED", "FAILED")
    allocation = desk.get(f"allocations/{first['allocation_id']}")
    assert {a["account_id"]: a["allocated_quantity"] for a in allocation["allocations"]} == EQUAL_SALE
    assert [error["field"] for error in second["errors"]] == ["order.security_id"]


def test_targets_a_proposal_and_alerts_are_there(old):
    desk, revision, _ = old
    sets, proposals = desk.get("drift/target-sets")["target_sets"], desk.get("drift/proposals")["proposals"]
    alerts = desk.get("alerts")["alerts"]
    if revision < "0030":
        assert (sets, proposals, alerts) == ([], [], [])
        return
    assert [(s["scope_id"], s["dimension"], s["version"]) for s in sets] == [("GOLDEN", "ASSET_CLASS", 1)]
    (proposal,) = proposals
    asked = proposal["request"]
    assert (asked["scope_id"], asked["mode"], proposal["account_count"]) == ("GOLDEN", "to_band", 4)
    assert {a["rule"] for a in alerts} == {"DRIFT", "NEEDS_REBALANCING"}


def test_snapshots_of_drift_and_a_market_history_are_there(old):
    desk, revision, _ = old
    if revision < "0033":
        return
    (line,) = desk.get("drift/history", scope="ACCOUNT", scope_id="ACC001", class_key="bonds")["lines"]
    assert (line["scope_id"], line["target"], line["nav"]) == ("ACC001", 97, 100_000_000)
    days = {"start_date": "2026-06-29", "end_date": "2026-06-30"}
    prices = desk.get("data/market", assets="OLD", **days)["data"]["OLD"]
    assert (prices["dates"], prices["prices"]) == (["2026-06-29", "2026-06-30"], [100.5, 101.25])


def test_a_portfolio_a_backtest_and_a_plan_are_there(old):
    desk, revision, _ = old
    found = desk.get("portfolio")["portfolios"]
    if revision < "0037":
        assert found == []
        return
    (portfolio,) = found
    path = f"portfolio/{portfolio['portfolio_id']}"
    assert desk.post(f"{path}/replay")["reproduced"]
    monitored = desk.get(f"monitor/{path}/status")
    assert monitored["config"]["scheduled_recalculations"] == ["16:00"]
    (backtest,) = desk.get("backtest")["backtests"]
    assert backtest["status"] == "SUCCEEDED"
    (plan,) = desk.get("reallocation")["reallocations"]
    assert plan["status"] == "MATCHED"


def test_an_account_at_a_broker_is_there(old):
    desk, revision, _ = old
    found = desk.get("brokers/accounts")["accounts"]
    if revision < "0039":
        assert found == []
        return
    (account,) = found
    assert (account["broker"], account["is_paper"], account["state"]) == ("PAPER", True, "CONNECTED")
    (order,) = desk.get(f"brokers/accounts/{account['account_id']}/orders")["orders"]
    assert (order["symbol"], order["quantity"], order["status"]) == ("OLD", 2, "OPEN")


# --- revisions that were changed after they had landed ------------------------------------------------------


def changed(folder, *statements):
    """A database at revision 0001, as the first forms of that revision made it."""
    path = restored(folder, "0001")
    connection = sqlite3.connect(path)
    connection.executescript(";".join(statements))
    connection.close()
    return f"sqlite:///{path}"


def columns_of_the_source(url):
    database = Database(url)
    migrate.upgrade(database)
    try:
        return {c["name"] for c in inspect(database.engine).get_columns("reference_source")}
    finally:
        database.close()


def test_a_database_from_before_the_source_of_reference_data_was_kept(tmp_path):
    """Nothing says that its reference data is a simulated book's: it stays, and the start says so."""
    url = changed(tmp_path, "DROP TABLE reference_source")
    assert columns_of_the_source(url) == {"source", "digest"}
    with pytest.raises(SettingsError, match="Use another database for mock data"):
        Desk(tmp_path, scenario=GOLDEN_BOOK, DATABASE_URL=url)


def test_a_database_from_before_the_digest_of_reference_data_was_kept(tmp_path):
    """Its reference data is a simulated book's, which that version replaced at every start."""
    url = changed(tmp_path, "ALTER TABLE reference_source DROP COLUMN digest")
    assert columns_of_the_source(url) == {"source", "digest"}
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, DATABASE_URL=url)
    assert len(allocations(desk)) == 9
    assert desk.get("audit/verify")["whole"]
