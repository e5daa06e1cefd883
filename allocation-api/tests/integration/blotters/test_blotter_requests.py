"""Requests about blotters: pages, second starts, repeated keys, unknown groups, and how long all is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.security import Permission
from app.models import BlotterGroupRow, BlotterLineRow, BlotterRow
from app.services.aladdin.errors import VendorTimedOut
from app.utils.paging import encode_cursor
from tests.support.blotters import ask, blotter, commit, line, statuses, work
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.users import add_user, set_user

FIRST, SECOND = line("BUY", 8_000_000), line("BUY", 3_000_000)
CSV = {"Content-Type": "text/csv"}
ROWS = (
    "security_id,side,quantity,allocation_method,portfolio_groups,base_metric\r\n"
    "912828YW4,BUY,1000000,PRO_RATA,GOLDEN,EQUAL\r\n"
    "912828YW4,BUY,2000000,PRO_RATA,GOLDEN,EQUAL\r\n"
)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, scenario=GOLDEN_BOOK)


def upload(desk, rows=ROWS, *, status=202, key=None, **query):
    headers = CSV if key is None else {**CSV, "Idempotency-Key": key}
    return desk.call("POST", "blotters/file", status=status, data=rows, headers=headers, query_string=query)


def count(desk, table=BlotterRow):
    with desk.services.database.read() as session:
        return session.query(table).count()


# --- pages --------------------------------------------------------------------------------------------------


def test_lines_come_in_pages_by_number_and_counts_are_of_all(desk):
    wrong = line("BUY", 1_000, security_id="000000000", priority=1)
    shown = blotter(desk, *[line("BUY", 1_000)] * 3, wrong, line("BUY", 1_000))
    path = f"blotters/{shown['blotter_id']}"
    assert ([one["line"] for one in shown["lines"]], shown["next_cursor"]) == ([1, 2, 3, 4, 5], None)
    first = desk.get(path, limit=2)
    second = desk.get(path, limit=2, cursor=first["next_cursor"])
    third = desk.get(path, limit=2, cursor=second["next_cursor"])
    pages = [[one["line"] for one in page["lines"]] for page in (first, second, third)]
    assert (pages, third["next_cursor"]) == ([[1, 2], [3, 4], [5]], None)
    counts = [{"status": "PREVIEWED", "count": 4}, {"status": "FAILED", "count": 1}]
    assert [page["lines_by_status"] for page in (first, second, third)] == [counts] * 3
    assert (first["line_count"], first["status"]) == (5, "READY")


def test_a_page_has_at_most_200_lines_and_50_unless_asked(desk):
    asked = ask(desk, *[{}] * 201, defaults=line("BUY", 1_000))
    path = f"blotters/{asked['blotter_id']}"
    assert len(desk.get(path)["lines"]) == 50
    assert len(desk.get(path, limit=200)["lines"]) == 200
    assert desk.get(path, status=422, limit=201)["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("key", ["x", "-1", "1" * 11, "", "1.5"])
def test_a_cursor_of_another_list_is_refused(desk, key):
    asked = ask(desk, FIRST)
    answer = desk.get(f"blotters/{asked['blotter_id']}", status=422, cursor=encode_cursor(desk.clock(), key))
    assert [error["field"] for error in answer["errors"]] == ["cursor"]


# --- previews again -----------------------------------------------------------------------------------------


def failed_after_one(desk, monkeypatch):
    """A blotter of three lines whose job failed for good at the second one, while Aladdin was away."""
    asked = ask(desk, FIRST, line("BUY", 1_000, security_id="000000000", priority=1), SECOND)
    previews = desk.services.blotters.previews
    load, away = previews._load, [True]

    def fails(run, request, number):
        if number == 3 and away[0]:
            raise VendorTimedOut("no answer")
        return load(run, request, number)

    monkeypatch.setattr(previews, "_load", fails)
    for _ in range(3):
        work(desk, asked["job_id"])
        desk.clock.ahead += timedelta(seconds=10)
    assert desk.get(f"jobs/{asked['job_id']}")["state"] == "FAILED"
    away[0] = False
    return asked


def test_previews_that_failed_are_asked_for_again_and_what_is_done_stays(desk, monkeypatch):
    asked = failed_after_one(desk, monkeypatch)
    path = f"blotters/{asked['blotter_id']}"
    before = desk.get(path)
    assert (before["status"], statuses(before)) == ("FAILED", ["PREVIEWED", "FAILED", "PENDING"])
    again = desk.post(f"{path}/preview", status=202)
    assert again["job_id"] != asked["job_id"]
    assert desk.get(path)["status"] == "PENDING"
    assert desk.post(f"{path}/preview", status=202) == again
    work(desk, again["job_id"])
    after = desk.get(path)
    assert (after["status"], statuses(after)) == ("READY", ["PREVIEWED", "FAILED", "PREVIEWED"])
    assert after["lines"][:2] == before["lines"][:2]
    assert after["preview_job_id"] == again["job_id"]
    job = desk.get(f"jobs/{again['job_id']}")
    assert (job["state"], job["done"]) == ("SUCCEEDED", 3)
    assert desk.post(f"{path}/preview", status=409)["code"] == "BLOTTER_NOT_READY"


def test_only_who_asked_for_a_blotter_has_it_previewed_again(desk, monkeypatch):
    asked = failed_after_one(desk, monkeypatch)
    own = desk.token
    add_user(desk.services, "other", "demo_password", permissions=[Permission.ALLOCATIONS_PREVIEW])
    desk.token = desk.login("other")["access_token"]
    path = f"blotters/{asked['blotter_id']}/preview"
    assert desk.post(path, status=403)["code"] == "NOT_YOURS"
    desk.token = own
    desk.post(path, status=202)


# --- keys ---------------------------------------------------------------------------------------------------


def test_a_file_that_is_sent_again_under_its_key_is_one_blotter(desk):
    first = upload(desk, key="k")
    assert upload(desk, key="k") == first
    assert upload(desk, ROWS + ROWS.splitlines()[1], status=422, key="k")["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert upload(desk, status=422, key="k", dry_run="true")["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert count(desk) == 1
    upload(desk)
    assert count(desk) == 2


@pytest.mark.parametrize("send", ["file", "json"])
def test_a_key_whose_first_try_died_after_its_blotter_was_stored_makes_no_second_one(desk, monkeypatch, send):
    keys = desk.services.requests.idempotency

    def ask_once():
        if send == "file":
            return upload(desk, key="k")
        headers = {"Idempotency-Key": "k"}
        return desk.call("POST", "blotters", status=202, json={"lines": [FIRST]}, headers=headers)

    with monkeypatch.context() as patched:
        patched.setattr(keys, "keep", lambda *_: None)  # the process ends before the answer is kept
        first = ask_once()
    desk.clock.ahead += timedelta(minutes=10)
    assert ask_once() == first
    assert count(desk) == 1


def test_a_key_that_was_forgotten_makes_a_blotter_of_its_own(desk):
    first = upload(desk, key="k")
    desk.clock.ahead += timedelta(days=30)
    desk.services.requests.idempotency.forget_old()
    desk.token = desk.login()["access_token"]
    assert upload(desk, key="k")["blotter_id"] != first["blotter_id"]


@pytest.mark.parametrize("send", ["file", "json"])
def test_an_answer_is_not_given_again_to_who_may_not_see_the_blotter_any_more(desk, send):
    def ask_again(status=202):
        if send == "file":
            return upload(desk, status=status, key="k")
        headers = {"Idempotency-Key": "k"}
        return desk.call("POST", "blotters", status=status, json={"lines": [FIRST]}, headers=headers)

    ask_again()
    may = [Permission.ALLOCATIONS_PREVIEW]
    set_user(desk.services.database, permissions=may, groups=["GOLDEN"])
    ask_again()
    set_user(desk.services.database, permissions=may, groups=["LEFT"])
    assert ask_again(404)["code"] == "NOT_FOUND"


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_a_group_that_does_not_exist_is_named_by_row_and_column(desk, dry_run):
    rows = ROWS.replace("2000000,PRO_RATA,GOLDEN", "2000000,PRO_RATA,GOLDEN;NOWHERE")
    answer = upload(desk, rows, status=422, dry_run=dry_run)
    assert answer["errors"] == [
        {"field": "file.3.portfolio_groups", "message": "There is no portfolio group 'NOWHERE'."}
    ]
    answer = ask(desk, FIRST, line("BUY", 1, portfolio_groups=["GOLDEN", "NOWHERE"]), status=422)
    assert [error["field"] for error in answer["errors"]] == ["lines.1.portfolio_groups.1"]
    assert count(desk) == 0


def test_a_hidden_group_is_named_like_one_that_does_not_exist(desk):
    set_user(desk.services.database, permissions=[Permission.ALLOCATIONS_PREVIEW], groups=["LEFT"])
    answer = upload(desk, status=422)
    assert [error["field"] for error in answer["errors"]] == [
        "file.2.portfolio_groups",
        "file.3.portfolio_groups",
    ]
    assert answer["errors"][0]["message"] == "There is no portfolio group 'GOLDEN'."


@pytest.mark.parametrize("send", ["\n", "\r", "\r\n", "json"])
def test_what_is_too_much_for_the_limit_is_refused_before_it_is_checked(tmp_path, send):
    """Of 5 units a minute, 200 lines take all, wrong as they are, and one is spent."""
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, RATE_LIMIT_PER_MINUTE="5")
    desk.get("auth/me")
    if send != "json":
        answer = upload(desk, f"security_id{send}" + f"X{send}" * 200, status=429)
    else:
        answer = desk.post("blotters", {"lines": [{"wrong": 1}] * 200}, status=429)
    assert answer["code"] == "TOO_MANY_REQUESTS"


# --- retention ----------------------------------------------------------------------------------------------


def forget(desk):
    for job in ("erase-previews", "forget-blotters"):
        desk.services.periodic.do(job)


def test_a_blotter_is_forgotten_with_its_previews_and_stays_where_one_was_committed(desk):
    kept = blotter(desk, line("BUY", 1_000_000))
    commit(desk, kept["blotter_id"])
    old, never = blotter(desk, FIRST, SECOND), ask(desk, FIRST)
    desk.call("DELETE", f"jobs/{never['job_id']}")
    at_work = ask(desk, FIRST)
    desk.clock.ahead += desk.settings.allocations.preview_retention
    forget(desk)
    assert count(desk) == 3  # without that which had none: previews are erased so long after they expired
    desk.clock.ahead += desk.settings.allocations.preview_lifetime + timedelta(minutes=1)
    desk.token = desk.login()["access_token"]
    young = ask(desk, SECOND)
    forget(desk)
    left = {one["blotter_id"] for one in desk.get("blotters")["blotters"]}
    assert left == {kept["blotter_id"], at_work["blotter_id"], young["blotter_id"]}
    assert desk.get(f"blotters/{old['blotter_id']}", status=404)["code"] == "NOT_FOUND"
    assert (count(desk, BlotterLineRow), count(desk, BlotterGroupRow)) == (3, 3)
