"""Runs over blotters: what is waited for, what is one line's fault, and readings while others commit."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from app.core.security import Permission
from app.services.aladdin.errors import VendorQuotaSpent, VendorTimedOut
from app.services.aladdin.operations import POSITIONS
from app.services.aladdin.quotas import Priority
from app.services.blotters.previews import RIGHTS_SECONDS, line_allocation
from tests.support.blotters import allocations, ask, blotter, codes, line, statuses, work
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.users import hold_only

POST = "/order:post"
SALE = line("SELL", 700_000, base="POSITION", priority=1)
FIRST, SECOND = line("BUY", 8_000_000), line("BUY", 3_000_000)
FUNDED = {"policy": {"sales_fund_buys": True}}


@pytest.fixture
def wire():
    return FaultyWire.over(GOLDEN_BOOK)


@pytest.fixture
def desk(tmp_path, wire):
    return Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)


@pytest.fixture
def previews(desk):
    return desk.services.blotters.previews


def show(desk, job_id):
    job = desk.get(f"jobs/{job_id}")
    return job["state"], job["done"], job["attempts"]


def failing(monkeypatch, previews, *errors):
    """Let the first loads of a line fail with these errors; None is none."""
    load, left = previews._load, list(errors)

    def fails(run, request, number):
        error = left.pop(0) if left else None
        if error is not None:
            raise error
        return load(run, request, number)

    monkeypatch.setattr(previews, "_load", fails)


def spent(seconds=2.0):
    return VendorQuotaSpent("FilterOrders: our quota is used up", retry_after=seconds)


# --- waiting ------------------------------------------------------------------------------------------------


def test_a_spent_quota_is_waited_for_and_costs_no_attempt(desk, previews, monkeypatch):
    waits = []
    monkeypatch.setattr(previews._time, "sleep", waits.append)
    failing(monkeypatch, previews, *[spent()] * 5)
    asked = ask(desk, FIRST, SECOND)
    work(desk, asked["job_id"])
    assert show(desk, asked["job_id"]) == ("SUCCEEDED", 2, 1)
    assert (sum(waits), max(waits)) == (10.0, 0.5)


def test_who_cancels_a_job_that_waits_does_not_wait_for_it(desk, previews, monkeypatch):
    asked = ask(desk, FIRST, SECOND)
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        desk.call("DELETE", f"jobs/{asked['job_id']}")

    monkeypatch.setattr(previews._time, "sleep", sleep)
    failing(monkeypatch, previews, spent(60.0))
    work(desk, asked["job_id"])
    assert (show(desk, asked["job_id"])[0], waits) == ("ABORTED", [0.5])


@pytest.mark.parametrize("urgent", [True, False])
def test_a_job_that_waits_for_the_vendor_leaves_its_worker_to_a_commit(desk, previews, monkeypatch, urgent):
    shown = blotter(desk, line("BUY", 1_000_000))
    asked = ask(desk, FIRST, SECOND)
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 3 and urgent:
            desk.post(f"blotters/{shown['blotter_id']}/commit", status=202)

    monkeypatch.setattr(previews._time, "sleep", sleep)
    failing(monkeypatch, previews, spent(60.0))
    work(desk, asked["job_id"])
    if urgent:
        assert (show(desk, asked["job_id"]), len(waits)) == (("PENDING", 0, 0), 3)
    else:
        assert (show(desk, asked["job_id"]), len(waits)) == (("SUCCEEDED", 2, 1), 120)


def test_what_nobody_can_say_the_end_of_is_an_attempt_and_so_is_a_wait_that_is_too_long(
    desk, previews, monkeypatch
):
    asked = ask(desk, FIRST, SECOND)
    failing(monkeypatch, previews, VendorTimedOut("no answer"))
    work(desk, asked["job_id"])
    assert show(desk, asked["job_id"]) == ("PENDING", 0, 1)
    failing(monkeypatch, previews, spent(901.0))
    again = ask(desk, FIRST)
    work(desk, again["job_id"])
    assert show(desk, again["job_id"]) == ("PENDING", 0, 1)


def used_up(desk):
    """Use up what ordinary reads have of the vendor's quota."""
    while not desk.services.aladdin.quotas.spend(POSITIONS, Priority.ORDINARY):
        pass


def test_a_commit_waits_for_the_quota_with_the_desk_free_and_leaves_the_reserve(tmp_path, wire, monkeypatch):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, ALADDIN_QUOTA_SECONDS="60")
    shown = blotter(desk, line("BUY", 1_000_000))
    asked = desk.post(f"blotters/{shown['blotter_id']}/commit", status=202)
    quotas, seen = desk.services.aladdin.quotas, []
    used_up(desk)

    def sleep(_seconds):
        seen.append((wire.count(POST), desk.desk_lock().holder()))
        if len(seen) == 1:
            left = quotas.left()["getPositions"]
            assert (left.ordinary, left.order) == (0, 100)  # a fifth of 500
            quotas._own._calls.clear()  # the next window

    monkeypatch.setattr(desk.services.blotters.commits._time, "sleep", sleep)
    work(desk, asked["job_id"])
    assert show(desk, asked["job_id"]) == ("SUCCEEDED", 1, 1)
    assert set(seen) == {(0, None)}
    assert 110 < len(seen) <= 120  # a minute, in short steps
    assert wire.count(POST) == 1


# --- faults -------------------------------------------------------------------------------------------------


def test_a_mistake_of_ours_in_one_line_stops_no_other(desk, previews, monkeypatch):
    failing(monkeypatch, previews, ZeroDivisionError("x"))
    shown = blotter(desk, FIRST, SECOND)
    assert (statuses(shown), codes(shown)) == (["FAILED", "PREVIEWED"], [["INTERNAL_ERROR"], []])
    assert "the reference" in shown["lines"][0]["errors"][0]["message"]
    assert "x" not in shown["lines"][0]["errors"][0]["message"].split()


def test_what_cannot_be_stored_of_one_line_stops_no_other(desk, previews, monkeypatch):
    storing, left = previews._previews.storing, [ZeroDivisionError]

    def broken(*args):
        keep = storing(*args)

        def effect(session):
            if left:
                raise left.pop()
            keep(session)

        return effect

    monkeypatch.setattr(previews._previews, "storing", broken)
    shown = blotter(desk, FIRST, SECOND)
    assert (statuses(shown), codes(shown)) == (["FAILED", "PREVIEWED"], [["INTERNAL_ERROR"], []])


def test_a_database_that_is_away_is_no_line_s_fault(desk, previews, monkeypatch):
    away = OperationalError("SELECT", {}, Exception("gone"))
    away.connection_invalidated = True
    failing(monkeypatch, previews, away)
    asked = ask(desk, FIRST, SECOND)
    work(desk, asked["job_id"])
    assert show(desk, asked["job_id"]) == ("PENDING", 0, 1)
    assert statuses(desk.get(f"blotters/{asked['blotter_id']}")) == ["PENDING", "PENDING"]


def test_a_mistake_of_ours_in_one_commit_stops_no_other(desk, monkeypatch):
    shown = blotter(desk, line("BUY", 1_000_000), line("BUY", 1_000_000))
    commits = desk.services.blotters.commits._commits
    commit, left = commits.commit, [ZeroDivisionError]

    def broken(*args, **more):
        if left:
            raise left.pop()
        return commit(*args, **more)

    monkeypatch.setattr(commits, "commit", broken)
    work(desk, desk.post(f"blotters/{shown['blotter_id']}/commit", status=202)["job_id"])
    done = desk.get(f"blotters/{shown['blotter_id']}")
    assert (statuses(done), codes(done)) == (["PREVIEWED", "SUBMITTED"], [["INTERNAL_ERROR"], []])


# --- rights -------------------------------------------------------------------------------------------------


def test_who_may_not_preview_any_more_previews_nothing_more(desk, previews, monkeypatch):
    asked = ask(desk, FIRST, SECOND)
    seconds = [0.0]
    monkeypatch.setattr(previews._time, "monotonic", lambda: seconds[0])
    run_line = previews.run_line

    def lost_meanwhile(run, place, advance):
        run_line(run, place, advance)
        hold_only(desk.services.database, [Permission.ALLOCATIONS_READ])
        seconds[0] += RIGHTS_SECONDS + 1

    monkeypatch.setattr(previews, "run_line", lost_meanwhile)
    work(desk, asked["job_id"])
    job = desk.get(f"jobs/{asked['job_id']}")
    assert (job["state"], job["done"], job["error"]["code"]) == ("FAILED", 1, "JOB_REFUSED")
    assert job["error"]["reason"] == "This needs the permission allocations:preview"


# --- readings -----------------------------------------------------------------------------------------------


def started(desk, previews, *lines, **more):
    """A run over a blotter whose first line is previewed."""
    blotter_id = ask(desk, *lines, **more)["blotter_id"]
    run = previews.begin(blotter_id, 0)
    previews.run_line(run, 0, desk.services.database.retried)
    return run


def committed(desk, run):
    """Commit the preview of the first line by itself."""
    allocation_id = line_allocation(run.blotter_id, 0)
    warnings = desk.get(f"allocations/{allocation_id}")["warnings"]
    seen = {"acknowledge": [warning["warning_id"] for warning in warnings]}
    return desk.post(f"allocations/{allocation_id}/commit", seen)


def read_again(previews, run):
    previews._earlier.settle(run, lambda: None)


def cash(desk, previews, run, place=1):
    """What each account can pay in the next line."""
    previews.run_line(run, place, desk.services.database.retried)
    shown = desk.get(f"allocations/{line_allocation(run.blotter_id, place)}")
    return [row["available_cash"] for row in shown["allocations"]]


def while_positions_are_read(run, monkeypatch, happens):
    """Let something happen after the statuses were read and before the positions are."""
    vendor, left = run.book._book, [happens]

    class Vendor:
        group_members = vendor.group_members

        def positions(self, *args):
            if left:
                left.pop()()
            return vendor.positions(*args)

    monkeypatch.setattr(run.book, "_book", Vendor())


AFTER_FIRST = [2_705_935, 5_706_920, 706_920, 225]
"""5,000,000 / 8,000,000 / 3,000,000 / 1,000,000 less 2,294,065 / 2,293,080 / 2,293,080 / 999,775."""

UNTOUCHED = [5_000_000, 8_000_000, 3_000_000, 1_000_000]
WITH_SALE = [5_197_000, 8_394_000, 3_098_500, 1_000_000]
"""Proceeds of 197,000 / 394,000 / 98,500."""


@pytest.mark.parametrize("again", [False, True])
def test_a_purchase_counts_once_whether_it_is_committed_or_not(desk, previews, again):
    run = started(desk, previews, FIRST, SECOND)
    if again:
        committed(desk, run)
    read_again(previews, run)
    assert cash(desk, previews, run) == AFTER_FIRST


def test_a_purchase_that_failed_counts_no_more(desk, previews, wire):
    run = started(desk, previews, FIRST, SECOND)
    wire.faults[POST] = "refused"
    assert committed(desk, run)["status"] == "FAILED"
    read_again(previews, run)
    assert cash(desk, previews, run) == UNTOUCHED


def test_a_purchase_that_expired_counts_no_more(desk, previews):
    run = started(desk, previews, FIRST, SECOND)
    desk.clock.ahead += desk.settings.allocations.preview_lifetime
    read_again(previews, run)
    assert cash(desk, previews, run) == UNTOUCHED


def test_a_purchase_that_is_sent_before_the_positions_are_read_takes_its_cash_twice(
    desk, previews, monkeypatch
):
    run = started(desk, previews, FIRST, SECOND)
    while_positions_are_read(run, monkeypatch, lambda: committed(desk, run))
    read_again(previews, run)
    assert cash(desk, previews, run)[0] == 5_000_000 - 2 * 2_294_065


def test_proceeds_of_a_sale_that_is_sent_before_the_positions_are_read_count_once(
    desk, previews, monkeypatch
):
    run = started(desk, previews, SALE, FIRST, **FUNDED)
    while_positions_are_read(run, monkeypatch, lambda: committed(desk, run))
    read_again(previews, run)
    assert cash(desk, previews, run) == WITH_SALE


@pytest.mark.parametrize("sent", [False, True])
def test_another_worker_counts_the_proceeds_once(desk, previews, sent):
    run = started(desk, previews, SALE, FIRST, **FUNDED)
    if sent:
        committed(desk, run)
    assert cash(desk, previews, previews.begin(run.blotter_id, 1)) == WITH_SALE


def test_a_new_reading_loads_no_preview_that_is_still_open(desk, previews, monkeypatch):
    run = started(desk, previews, FIRST, SECOND)
    monkeypatch.setattr(previews._earlier, "_trades", None)
    read_again(previews, run)
    assert cash(desk, previews, run) == AFTER_FIRST


def test_a_book_that_is_old_at_each_line_is_read_once_for_each_line(desk, previews, monkeypatch):
    """Each line takes longer than half of a preview's lifetime, and the blotter is done all the same."""
    reads = []
    settle, run_line = previews._earlier.settle, previews.run_line

    def counted(run, check):
        reads.append("read")
        settle(run, check)

    def slow(run, place, advance):
        run_line(run, place, advance)
        reads.append("line")
        desk.clock.ahead += desk.settings.allocations.preview_lifetime * 0.6

    monkeypatch.setattr(previews._earlier, "settle", counted)
    monkeypatch.setattr(previews, "run_line", slow)
    asked = ask(desk, *[line("BUY", 1_000_000)] * 4)
    work(desk, asked["job_id"])
    assert show(desk, asked["job_id"])[:2] == ("SUCCEEDED", 4)
    assert reads == ["read", "line"] * 4


def test_an_order_is_looked_up_once_for_each_reading(desk, previews, wire):
    """Lines of one reading share the look-up of orders that were filled in part."""
    run = started(desk, previews, FIRST, SECOND, SECOND)
    committed(desk, run)
    read_again(previews, run)
    before = wire.count("/orders:filter")
    cash(desk, previews, run, 1)
    once = wire.count("/orders:filter") - before
    cash(desk, previews, run, 2)
    assert wire.count("/orders:filter") - before == once
    assert allocations(desk, {"lines": [{"allocation_id": line_allocation(run.blotter_id, 2)}]})
