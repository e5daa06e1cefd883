"""Commits of blotters: line by line through the saga, resumable, each order sent once (R18.4)."""

from __future__ import annotations

import pytest

from app.models import BlotterRow
from app.services.allocations import snapshot
from app.services.blotters.commits import BlotterCommits
from app.services.blotters.faults import Time
from app.services.blotters.types import CommitOrder, SeenWarnings
from app.services.domain.caller import Caller
from tests.support.blotters import ask, blotter, codes, commit, line, statuses, work
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.saga import LEASE, Killed, desks

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


def all_seen(shown, desk):
    """Acknowledge every warning of every line."""
    seen = []
    for one in shown["lines"]:
        warnings = desk.get(f"allocations/{one['allocation_id']}")["warnings"]
        seen.append({"line": one["line"], "warnings": [w["warning_id"] for w in warnings]})
    return {"acknowledge": seen}


def stopped(desk):
    desk.post("system/emergency-stop", {"reason": "a test"})


def test_every_line_is_sent_once_on_the_book_that_the_ones_before_it_leave(desk, wire):
    shown = blotter(desk, FIRST, SECOND, SALE, **FUNDED)
    done = commit(desk, shown["blotter_id"], comment="Agreed", **all_seen(shown, desk))
    assert codes(done) == [[], [], []]
    assert (done["status"], statuses(done)) == ("COMMITTED", ["SUBMITTED"] * 3)
    assert wire.count(POST) == 3
    orders = [one["order_id"] for one in done["lines"]]
    assert len(set(orders)) == 3
    assert [desk.get(f"orders/{order}")["quantity"] for order in orders] == [8_000_000, 3_000_000, 700_000]


def test_a_commit_that_is_done_sends_nothing_more(desk, wire):
    shown = blotter(desk, line("BUY", 1_000_000))
    first = commit(desk, shown["blotter_id"], **all_seen(shown, desk))
    again = desk.post(f"blotters/{shown['blotter_id']}/commit", status=409)
    assert again["code"] == "BLOTTER_NOT_READY"
    assert wire.count(POST) == 1
    assert first["status"] == "COMMITTED"


def test_a_line_with_warnings_waits_for_somebody_who_has_seen_them(desk):
    shown = blotter(desk, FIRST, line("BUY", 9_000_000))
    assert shown["lines"][1]["warning_count"] > 0
    done = commit(desk, shown["blotter_id"], acknowledge=all_seen(shown, desk)["acknowledge"][:1])
    assert statuses(done) == ["SUBMITTED", "PREVIEWED"]
    assert codes(done)[1][0] == "WARNINGS_NOT_OVERRIDDEN"
    assert done["status"] == "PARTIAL"
    done = commit(desk, shown["blotter_id"], **all_seen(shown, desk))
    assert (done["status"], codes(done)) == ("COMMITTED", [[], []])


def test_what_a_sale_was_to_fund_is_refused_where_the_sale_is_not_sent(desk, wire):
    """The fourth line needs 98,500 of proceeds of the third account."""
    rest = line("BUY", 3_098_000, order={"price": 98.5}, **_only("ACC003"))
    shown = blotter(desk, rest, SALE, **FUNDED)
    assert statuses(shown) == ["PREVIEWED", "PREVIEWED"]
    wire.faults[POST] = "refused"
    done = commit(desk, shown["blotter_id"], **all_seen(shown, desk))
    assert statuses(done) == ["PREVIEWED", "FAILED"]
    assert codes(done) == [["BOOK_CHANGED"], ["ORDER_REFUSED"]]
    assert done["status"] == "READY"


def _only(account):
    """A wish that leaves one account in."""
    others = [a for a in ("ACC001", "ACC002", "ACC003", "ACC004") if a != account]
    excluded = [{"account_id": a, "reason": "a test"} for a in others]
    return {"constraints": {"exclude_accounts": excluded}}


def test_a_failed_line_leaves_the_others_their_cash(desk, wire):
    shown = blotter(desk, FIRST, SECOND)
    answers = iter(["refused", None])

    def fault_of(name):
        return next(answers, None)

    class Once(dict):
        def get(self, name, default=None):
            return fault_of(name) if name == POST else default

    wire.faults = Once()
    done = commit(desk, shown["blotter_id"], **all_seen(shown, desk))
    assert statuses(done) == ["FAILED", "SUBMITTED"]
    assert done["status"] == "PARTIAL"


def test_the_emergency_stop_ends_the_commit_and_what_is_left_can_be_sent_later(desk, wire):
    shown = blotter(desk, FIRST, SECOND)
    seen = all_seen(shown, desk)
    asked = desk.post(f"blotters/{shown['blotter_id']}/commit", seen, status=202)
    stopped(desk)
    work(desk, asked["job_id"])
    job = desk.get(f"jobs/{asked['job_id']}")
    assert (job["state"], job["done"]) == ("FAILED", 1)
    assert job["error"]["reason"].startswith(
        "The commit stopped at line 1: lines without an order number were not sent. Trading is halted"
    )
    halted = desk.get(f"blotters/{shown['blotter_id']}")
    assert (halted["status"], statuses(halted)) == ("READY", ["PREVIEWED", "PREVIEWED"])
    assert codes(halted) == [["TRADING_HALTED"], []]
    assert wire.count(POST) == 0
    desk.reset_stop()
    done = commit(desk, shown["blotter_id"], **seen)
    assert (done["status"], codes(done)) == ("COMMITTED", [[], []])


def test_a_line_above_the_threshold_waits_for_another_user(tmp_path, wire):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, APPROVAL_ABOVE_NOTIONAL="5000000")
    shown = blotter(desk, FIRST, SECOND)
    done = commit(desk, shown["blotter_id"], **all_seen(shown, desk))
    assert (done["status"], statuses(done)) == ("PARTIAL", ["PENDING_APPROVAL", "SUBMITTED"])
    desk.token = desk.login("demo_supervisor")["access_token"]
    allocation = desk.get(f"allocations/{done['lines'][0]['allocation_id']}")
    seen = [w["warning_id"] for w in allocation["warnings"]]
    desk.post(f"allocations/{allocation['allocation_id']}/approve", {"acknowledge": seen})
    assert desk.get(f"blotters/{shown['blotter_id']}")["status"] == "COMMITTED"


def order_of(desk, blotter_id):
    """Who commits, and with which words, as a job has it."""
    with desk.services.database.read() as session:
        caller = snapshot.decode(session.get(BlotterRow, blotter_id).caller, Caller)
    return CommitOrder(caller, "", override_warnings=True)


@pytest.mark.parametrize("sent", [False, True])
def test_a_worker_that_dies_in_the_middle_sends_nothing_twice(desk, wire, sent):
    shown = blotter(desk, line("BUY", 1_000_000), line("BUY", 1_000_000))
    commits, database = desk.services.blotters.commits, desk.services.database
    blotter_id, order = shown["blotter_id"], order_of(desk, shown["blotter_id"])

    def dying(effect):
        raise Killed

    if sent:
        with pytest.raises(Killed):
            commits.commit_line(blotter_id, 0, order, dying)
        assert wire.count(POST) == 1
    for place in range(2):
        commits.commit_line(blotter_id, place, order, database.retried)
    assert wire.count(POST) == 2
    assert statuses(desk.get(f"blotters/{blotter_id}")) == ["SUBMITTED", "SUBMITTED"]


def test_a_line_that_a_dead_worker_left_is_waited_for_and_sent_once(tmp_path):
    """The order left, its answer never came, and recovery adopts what Aladdin has while the line waits."""
    (desk,) = desks(tmp_path, 1)
    shown = blotter(desk, line("BUY", 1_000_000), line("BUY", 1_000_000))
    blotter_id, order = shown["blotter_id"], order_of(desk, shown["blotter_id"])
    store = desk.services.database.retried

    def killed(name):
        if name == POST:
            raise Killed

    desk.wire.after = killed
    with pytest.raises(Killed):
        desk.services.blotters.commits.commit_line(blotter_id, 0, order, store)
    desk.wire.after = lambda _: None
    assert statuses(desk.get(f"blotters/{blotter_id}"))[0] == "COMMITTING"
    waits = []

    def recovered(seconds):
        if not waits:
            desk.clock.ahead += LEASE
            desk.services.periodic.do("settle")
        waits.append(seconds)

    services = desk.services
    commits = BlotterCommits(
        services.database,
        services.trading.commits,
        services.access.users.user,
        services.accounts.visibility.of,
        time=Time(sleep=recovered),
    )
    for place in range(2):
        commits.commit_line(blotter_id, place, order, store)
    assert (sum(waits), max(waits)) == (2.0, 0.5)  # Retry-After of a key that is in use, in short steps
    assert statuses(desk.get(f"blotters/{blotter_id}")) == ["SUBMITTED", "SUBMITTED"]
    assert desk.wire.count(POST) == 2


def test_an_unknown_outcome_does_not_stop_lines_of_other_accounts(desk, wire):
    one = line("BUY", 500_000, **_only("ACC001"))
    other = line("BUY", 500_000, **_only("ACC002"))
    shown = blotter(desk, one, other)
    wire.faults = {POST: "away", "/orders:filter": "away"}
    commits, order = desk.services.blotters.commits, order_of(desk, shown["blotter_id"])
    commits.commit_line(shown["blotter_id"], 0, order, desk.services.database.retried)
    wire.faults = {}
    commits.commit_line(shown["blotter_id"], 1, order, desk.services.database.retried)
    done = desk.get(f"blotters/{shown['blotter_id']}")
    assert statuses(done) == ["UNKNOWN", "SUBMITTED"]
    assert (codes(done)[0], done["status"]) == (["ORDER_OUTCOME_UNKNOWN"], "PARTIAL")


def test_a_commit_needs_a_blotter_that_is_ready(desk):
    asked = ask(desk, FIRST)
    answer = desk.post(f"blotters/{asked['blotter_id']}/commit", status=409)
    assert answer["code"] == "BLOTTER_NOT_READY"
    work(desk, asked["job_id"])
    wrong = {"acknowledge": [{"line": 7, "warnings": []}]}
    answer = desk.post(f"blotters/{asked['blotter_id']}/commit", wrong, status=422)
    assert [error["field"] for error in answer["errors"]] == ["acknowledge.0.line"]


# --- what was agreed to -------------------------------------------------------------------------------------


def half_previewed(desk, *lines):
    """A blotter whose job was cancelled after its first line."""
    asked = ask(desk, *lines)
    previews = desk.services.blotters.previews
    desk.call("DELETE", f"jobs/{asked['job_id']}")
    run = previews.begin(asked["blotter_id"], 0)
    previews.run_line(run, 0, desk.services.database.retried)
    return desk.get(f"blotters/{asked['blotter_id']}")


def preview_the_rest(desk, blotter_id):
    work(desk, desk.post(f"blotters/{blotter_id}/preview", status=202)["job_id"])


def test_a_line_that_came_after_is_named_and_nothing_is_sent(desk, wire):
    shown = half_previewed(desk, *[line("BUY", 1_000_000)] * 3)
    path = f"blotters/{shown['blotter_id']}/commit"
    preview_the_rest(desk, shown["blotter_id"])
    answer = desk.post(path, {"lines": [1], "override_warnings": True}, status=409)
    assert (answer["code"], answer["lines"]) == ("BLOTTER_CHANGED", [2, 3])
    assert answer["detail"].startswith("2 lines with an open preview are not among lines: 2, 3. ")
    assert desk.get(f"blotters/{shown['blotter_id']}")["commit_job_id"] is None
    done = commit(desk, shown["blotter_id"], lines=[3, 1, 2], override_warnings=True)
    assert (done["status"], wire.count(POST)) == ("COMMITTED", 3)


@pytest.mark.parametrize("body", [{"lines": [1]}, {}])
def test_a_line_that_is_open_only_after_the_commit_was_asked_for_is_not_sent(desk, wire, body):
    """Another user rejects its approval, and it can be committed again, in between."""
    shown = half_previewed(desk, line("BUY", 1_000_000), line("BUY", 1_000_000))
    path = f"blotters/{shown['blotter_id']}"
    asked = desk.post(f"{path}/commit", {**body, "override_warnings": True}, status=202)
    previews = desk.services.blotters.previews
    previews.run_line(previews.begin(shown["blotter_id"], 1), 1, desk.services.database.retried)
    work(desk, asked["job_id"])
    assert statuses(desk.get(path)) == ["SUBMITTED", "PREVIEWED"]
    assert wire.count(POST) == 1


def test_a_line_that_was_agreed_to_and_is_not_open_any_more_is_no_reason_to_refuse(desk, wire):
    shown = blotter(desk, line("BUY", 1_000_000), line("BUY", 1_000_000))
    body = {"lines": [1, 2], "override_warnings": True}
    desk.post(f"allocations/{shown['lines'][0]['allocation_id']}/commit", {"override_warnings": True})
    done = commit(desk, shown["blotter_id"], **body)
    assert (done["status"], wire.count(POST)) == ("COMMITTED", 2)


def test_lines_that_are_not_there_or_twice_or_acknowledged_only_are_named_together(desk):
    shown = blotter(desk, line("BUY", 1_000_000))
    path = f"blotters/{shown['blotter_id']}/commit"

    def wrong(**body):
        return [error["field"] for error in desk.post(path, body, status=422)["errors"]]

    assert wrong(lines=[1, 7]) == ["lines.1"]
    assert wrong(lines=[1, 1], acknowledge=[{"line": 2, "warnings": []}]) == ["lines.1", "acknowledge.0.line"]
    assert wrong(lines=[]) == ["lines"]


def test_after_a_commit_the_rest_can_be_previewed_and_committed(desk, wire):
    shown = half_previewed(desk, line("BUY", 1_000_000), line("BUY", 1_000_000))
    done = commit(desk, shown["blotter_id"], lines=[1], override_warnings=True)
    assert (done["status"], statuses(done)) == ("PARTIAL", ["SUBMITTED", "PENDING"])
    preview_the_rest(desk, shown["blotter_id"])
    done = commit(desk, shown["blotter_id"], lines=[2], override_warnings=True)
    assert (done["status"], wire.count(POST)) == ("COMMITTED", 2)


def test_an_order_to_commit_from_before_lines_were_named_is_of_all():
    caller = Caller("u", "demo_user", frozenset(), "r", "::1", frozenset())
    older = snapshot.encode(CommitOrder(caller, "", override_warnings=False)).replace(',"lines":null', "")
    assert '"lines"' not in older
    order = snapshot.decode(older, CommitOrder)
    assert (order.covers(1), order.covers(9_999)) == (True, True)


def test_who_may_not_commit_any_more_commits_nothing(desk, wire):
    shown = blotter(desk, line("BUY", 1_000_000))
    asked = desk.post(f"blotters/{shown['blotter_id']}/commit", all_seen(shown, desk), status=202)
    desk.log_in_without("allocations:commit")
    work(desk, asked["job_id"])
    done = desk.get(f"blotters/{shown['blotter_id']}")
    assert (statuses(done), codes(done)) == (["PREVIEWED"], [["FORBIDDEN"]])
    assert wire.count(POST) == 0


def test_an_order_to_commit_survives_its_storage():
    caller = Caller("u", "demo_user", frozenset({"allocations:commit"}), "r", "::1", frozenset({"G"}))
    order = CommitOrder(
        caller,
        "Agreed",
        override_warnings=False,
        acknowledged=(SeenWarnings(3, ("abc", "def")),),
        lines=(3, 5),
    )
    assert snapshot.decode(snapshot.encode(order), CommitOrder) == order
