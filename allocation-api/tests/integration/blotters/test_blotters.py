"""Blotters: lines that see each other, each stored once, each an ordinary preview (R18.1, R18.3)."""

from __future__ import annotations

import pytest

from app.models import AllocationRow
from app.services.aladdin.errors import VendorUnexpected
from app.services.blotters.previews import line_allocation
from tests.support.blotters import allocations, ask, blotter, codes, faces, line, statuses, work
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.users import set_user


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, scenario=GOLDEN_BOOK)


SALE = line("SELL", 700_000, base="POSITION", priority=1)
FIRST, SECOND = line("BUY", 8_000_000), line("BUY", 3_000_000)


def test_three_lines_by_hand(desk):
    """A sale and two purchases at 98.5 without accrued interest, in lots of 1,000, proceeds counting.

    Cash 5,000,000 / 8,000,000 / 3,000,000 / 1,000,000, held 1,000,000 / 2,000,000 / 500,000 / 0.

    The sale has priority, although it is written last. By position 700,000 are 200,000 / 400,000 / 100,000,
    for 197,000 / 394,000 / 98,500.

    8,000,000 in equal parts are 2,000,000 each. The fourth account can pay 1,000,000 / 0.985 = 1,015,228, so
    1,015,000; the other 6,985,000 are 2,328,333 each, and the odd lot goes to the first: 2,329,000 /
    2,328,000 / 2,328,000. They pay 2,294,065 / 2,293,080 / 2,293,080 / 999,775.

    Cash is then 2,902,935 / 6,100,920 / 805,420 / 225. Of 3,000,000 the third can pay 805,420 / 0.985 =
    817,685, so 817,000, and the fourth none; the other 2,183,000 are 1,092,000 / 1,091,000.
    """
    shown = blotter(desk, FIRST, SECOND, SALE, policy={"sales_fund_buys": True})
    assert (shown["status"], shown["line_count"]) == ("READY", 3)
    assert faces(desk, shown) == [
        {"ACC001": 2_329_000, "ACC002": 2_328_000, "ACC003": 2_328_000, "ACC004": 1_015_000},
        {"ACC001": 1_092_000, "ACC002": 1_091_000, "ACC003": 817_000, "ACC004": 0},
        {"ACC001": 200_000, "ACC002": 400_000, "ACC003": 100_000, "ACC004": 0},
    ]
    cash = [row["available_cash"] for row in allocations(desk, shown)[1]["allocations"]]
    assert cash == [2_902_935, 6_100_920, 805_420, 225]


def test_without_the_policy_a_sale_funds_nothing(desk):
    """The third account has 3,000,000 - 2,293,080 = 706,920 left, which buys 717,685: 717,000."""
    shown = blotter(desk, FIRST, SECOND, SALE)
    assert faces(desk, shown)[1] == {
        "ACC001": 1_142_000,
        "ACC002": 1_141_000,
        "ACC003": 717_000,
        "ACC004": 0,
    }


def test_a_line_is_an_ordinary_preview_that_says_where_its_book_comes_from(desk):
    shown = blotter(desk, FIRST, SECOND)
    first, second = allocations(desk, shown)
    place = {"blotter_id": shown["blotter_id"], "line": 2, "earlier": 1, "previous": first["allocation_id"]}
    assert second["blotter"] == place
    assert first["blotter"] == {**place, "line": 1, "earlier": 0, "previous": None}
    assert desk.post(f"allocations/{second['allocation_id']}/replay")["identical"] is True
    assert desk.preview("912828YW4", 1_000, groups=["GOLDEN"])["blotter"] is None


def test_a_line_that_cannot_be_previewed_keeps_its_problem_and_takes_nothing(desk):
    wrong = line("BUY", 1_000_000, security_id="000000000")
    weekend = line("BUY", 1_000_000, order={"settlement_date": "2026-07-04"})
    shown = blotter(desk, wrong, weekend, SECOND)
    assert statuses(shown) == ["FAILED", "FAILED", "PREVIEWED"]
    assert codes(shown) == [["INVALID_REQUEST"], ["INVALID_REQUEST"], []]
    assert [one["errors"][0]["field"] for one in shown["lines"][:2]] == [
        "order.security_id",
        "order.settlement_date",
    ]
    assert shown["status"] == "READY"
    assert shown["lines_by_status"] == [
        {"status": "PREVIEWED", "count": 1},
        {"status": "FAILED", "count": 2},
    ]
    alone = desk.preview("912828YW4", 3_000_000, groups=["GOLDEN"], parameters={"base_metric": "EQUAL"})
    assert faces(desk, {"lines": shown["lines"][2:]}) == faces(desk, {"lines": [alone]})


def test_a_line_of_whose_accounts_aladdin_contradicts_itself_stops_no_other(desk, monkeypatch):
    previews = desk.services.blotters.previews
    load = previews._load

    def contradictory(run, request, number):
        if number == 1:
            raise VendorUnexpected("The cash of ACC001 differs between its rows")
        return load(run, request, number)

    monkeypatch.setattr(previews, "_load", contradictory)
    shown = blotter(desk, FIRST, SECOND)
    assert (statuses(shown), codes(shown)) == (["FAILED", "PREVIEWED"], [["VENDOR_UNEXPECTED"], []])


def test_a_blotter_without_a_preview_has_failed(desk):
    shown = blotter(desk, line("BUY", 1_000_000, security_id="000000000"))
    assert shown["status"] == "FAILED"


class Killed(BaseException):
    """The worker is gone."""


@pytest.mark.parametrize("lines_done", [0, 1, 2])
@pytest.mark.parametrize("stored", [False, True])
def test_a_worker_that_dies_leaves_lines_that_another_goes_on_from(desk, lines_done, stored):
    whole = faces(desk, blotter(desk, FIRST, SECOND, SALE, policy={"sales_fund_buys": True}))
    asked = ask(desk, FIRST, SECOND, SALE, policy={"sales_fund_buys": True})
    previews, blotter_id = desk.services.blotters.previews, asked["blotter_id"]
    database = desk.services.database

    def dying(effect):
        if stored:
            database.retried(effect)
        raise Killed

    run = previews.begin(blotter_id, 0)
    for place in range(lines_done):
        previews.run_line(run, place, database.retried)
    with pytest.raises(Killed):
        previews.run_line(run, lines_done, dying)

    done = lines_done + stored
    run = previews.begin(blotter_id, done)
    assert run.earlier == done
    for place in range(done, 3):
        previews.run_line(run, place, database.retried)
    assert faces(desk, desk.get(f"blotters/{blotter_id}")) == whole
    with database.read() as session:
        ids = [line_allocation(blotter_id, place) for place in range(3)]
        assert all(session.get(AllocationRow, each) for each in ids)


def test_what_was_sold_and_committed_since_funds_nothing_twice(desk):
    """The proceeds of 98,500 are in the book that is read again; on top of it they would count twice."""
    asked = ask(desk, FIRST, SALE, policy={"sales_fund_buys": True})
    previews, blotter_id = desk.services.blotters.previews, asked["blotter_id"]
    previews.run_line(previews.begin(blotter_id, 0), 0, desk.services.database.retried)
    desk.post(f"allocations/{line_allocation(blotter_id, 0)}/commit", {})
    run = previews.begin(blotter_id, 1)
    previews.run_line(run, 1, desk.services.database.retried)
    first, second = desk.get(f"blotters/{blotter_id}")["lines"]
    assert second["status"] == "SUBMITTED"
    cash = [row["available_cash"] for row in allocations(desk, {"lines": [first]})[0]["allocations"]]
    assert cash == [5_197_000, 8_394_000, 3_098_500, 1_000_000]


def test_a_cancelled_blotter_keeps_what_is_done_and_has_failed(desk):
    asked = ask(desk, FIRST, SECOND)
    desk.call("DELETE", f"jobs/{asked['job_id']}")
    shown = desk.get(f"blotters/{asked['blotter_id']}")
    assert (shown["status"], statuses(shown)) == ("FAILED", ["PENDING", "PENDING"])


def test_before_a_worker_begins_a_blotter_is_pending(desk):
    asked = ask(desk, FIRST)
    assert desk.get(f"blotters/{asked['blotter_id']}")["status"] == "PENDING"
    work(desk, asked["job_id"])
    assert [one["status"] for one in desk.get("blotters")["blotters"]] == ["READY"]


def test_previews_expire_by_the_age_of_the_book(desk):
    made = allocations(desk, blotter(desk, FIRST, SECOND))
    assert made[0]["expires_at"] == made[1]["expires_at"]


def test_a_dry_run_stores_nothing(desk):
    body = {"lines": [FIRST, SECOND]}
    answer = desk.call("POST", "blotters", status=202, json=body, query_string={"dry_run": "true"})
    assert answer == {"blotter_id": None, "job_id": None, "line_count": 2}
    assert desk.get("blotters")["blotters"] == []


def test_defaults_fill_what_lines_leave_out(desk):
    defaults = {
        "order": {"security_id": "912828YW4", "side": "BUY"},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["GOLDEN"],
        "parameters": {"base_metric": "EQUAL"},
    }
    own = {"order": {"side": "SELL", "quantity": 700_000}, "parameters": {"base_metric": "POSITION"}}
    shown = blotter(desk, {"order": {"quantity": 8_000_000}}, own, defaults=defaults)
    assert [one["side"] for one in shown["lines"]] == ["BUY", "SELL"]
    assert [sum(line.values()) for line in faces(desk, shown)] == [8_000_000, 700_000]


def test_defaults_that_many_lines_would_repeat_are_refused(desk):
    defaults = {"parameters": {"weights": {f"A{i}": 0.01 for i in range(100)}}}
    answer = ask(desk, *[{} for _ in range(5_001)], defaults=defaults, status=422)
    assert [error["field"] for error in answer["errors"]] == ["defaults"]
    assert "100 values in each of 5,001 lines" in answer["errors"][0]["message"]


def test_every_error_is_named_where_it_was_written(desk):
    defaults = {"allocation_method": "PRO_RATA", "portfolio_groups": ["GOLDEN"], "constraints": {"nope": 1}}
    good = {"order": {"security_id": "912828YW4", "side": "BUY", "quantity": 1_000}}
    bad = {"order": {"security_id": "912828YW4", "side": "HOLD", "quantity": -1}, "priority": 0}
    answer = ask(desk, good, bad, {}, defaults=defaults, status=422)
    assert {error["field"] for error in answer["errors"]} == {
        "defaults.constraints.nope",
        "lines.1.order.side",
        "lines.1.order.quantity",
        "lines.1.priority",
        "lines.2.order",
    }


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(("query", "media_type"), [("csv&bom=true", "text/csv"), ("xlsx", XLSX)])
def test_the_template_comes_back_as_a_blotter(tmp_path, query, media_type):
    desk = Desk(tmp_path)
    template = desk.client.get(f"/v1/blotters/template?format={query}", headers=desk.headers)
    headers = {"Content-Type": media_type}
    asked = desk.call("POST", "blotters/file", status=202, data=template.get_data(), headers=headers)
    work(desk, asked["job_id"])
    (only,) = desk.get(f"blotters/{asked['blotter_id']}")["lines"]
    assert (only["security_id"], only["quantity"], only["priority"]) == ("91282CKF7", 8_000_000, 1)
    assert only["status"] == "PREVIEWED"


def test_a_file_with_errors_is_refused_by_row_and_column(desk):
    rows = "security_id,side,quantity,allocation_method,portfolio_groups\nX,BUY,many,PRO_RATA,GOLDEN\n"
    headers = {"Content-Type": "text/csv"}
    answer = desk.call("POST", "blotters/file", status=422, data=rows, headers=headers)
    assert [error["field"] for error in answer["errors"]] == ["file.2.quantity"]
    assert desk.get("blotters")["blotters"] == []


def test_a_group_that_is_out_of_sight_is_named_by_row_and_column(desk):
    rows = "security_id,side,quantity,allocation_method,portfolio_groups\n\n"
    rows += "912828YW4,BUY,1,PRO_RATA,GOLDEN;NOPE\n"
    set_user(desk.services.database, permissions=["allocations:preview"], groups=["GOLDEN"])
    headers = {"Content-Type": "text/csv"}
    answer = desk.call("POST", "blotters/file", status=422, data=rows, headers=headers)
    assert [error["field"] for error in answer["errors"]] == ["file.3.portfolio_groups"]


@pytest.mark.parametrize(
    ("body", "media_type"), [(b"PK\x03\x04", "text/csv"), (b"a,b", XLSX), (b"a", "text/plain")]
)
def test_a_file_must_be_of_the_type_that_it_says(desk, body, media_type):
    headers = {"Content-Type": media_type}
    answer = desk.call("POST", "blotters/file", status=415, data=body, headers=headers)
    assert answer["code"] == "BODY_NOT_CSV"
