"""History of drift: checks are drawn, one is asked for, and what moved the drift between two of them is told.

ACC001 has a NAV of 100 million: 60 of GOVT, 36 of INDUSTRIALS, 4 of cash. The targets are 50, 45 and 5. From
one check to the next GOVT rises by a tenth, and then a sixth of it is sold.
"""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from playwright.sync_api import expect

import app.core.config.server
from app.core.clock import utc_now
from app.core.security import Permission
from app.server.http import HttpServer
from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.conftest import BUILT
from tests.support.drift_desk import GOVERNMENT, PASSWORD, DriftDesk

FRIDAY, MONDAY = "2026-06-26", "2026-06-29"
AFTER_CLOSE = datetime(2026, 6, 26, 21, 31, tzinfo=UTC)
"""Friday, 17:31 in New York."""

WAIT_SECONDS = 20
THREADS = 8


def _moved(row):
    if row["portfolioName"] == "ACC001" and row["assetId"] == GOVERNMENT:
        row.update(mktValue=55_000_000, posQuantity=row["posQuantity"] * 5 / 6)


class Server:
    """A desk whose clock is moved by hand, served from this process; jobs are done by hand, too."""

    def __init__(self, folder):
        self.desk = DriftDesk(folder, ALADDIN_POSITIONS_CACHE_SECONDS="0", JOB_WORKERS="0")
        self.desk.state()
        self._check(0)
        self.desk.edit = _moved
        self._check(3)
        # Tokens of browsers hold by real time.
        self.desk.clock.ahead = timedelta()
        listener = socket.create_server(("127.0.0.1", 0))
        self.root = f"http://127.0.0.1:{listener.getsockname()[1]}"
        limits = self.desk.settings.server.connections
        self._http = HttpServer(self.desk.app, listener, limits, THREADS)
        self._thread = threading.Thread(target=self._http.serve)
        self._thread.start()

    def _check(self, days):
        self.desk.clock.ahead = AFTER_CLOSE + timedelta(days=days) - utc_now()
        self.desk.services.periodic.do("check-drift")

    def do(self, job_id):
        """Do a job, as a worker would."""
        self.desk.services.jobs.executor.run(job_id, Event(), on_lost=lambda: None)

    def stop(self):
        self._http.stop()
        self._thread.join(WAIT_SECONDS)
        self._http.task_dispatcher.shutdown()
        for channel in self._http.channels():
            channel.handle_close()
        self._http.close()


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        # Applications within the process of the tests are otherwise without the workbench.
        patch.setattr(app.core.config.server, "WORKBENCH_BUILD", BUILT.parent)
        running = Server(tmp_path_factory.mktemp("drift"))
    yield running
    running.stop()


def _open(open_desk, path, username="anna", **options):
    return open_desk(username, path=path, password=PASSWORD, **options).page


def _ask(page, server):
    """Ask for a check, see its progress, and have it done."""
    with page.expect_response("**/drift/checks") as answered:
        page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("group", name="Check drift")).to_contain_text("Waits")
    assert violations(page) == []
    server.do(answered.value.json()["job_id"])
    expect(page.get_by_role("status").filter(has_text="Checked at ")).to_be_visible()


def _type_date(page, name, day):
    field = page.get_by_role("combobox", name=name, exact=True)
    field.fill(day)
    field.press("Enter")


def _rows(page, table):
    return [
        row.get_by_role("cell").all_inner_texts()
        for row in page.get_by_role("table", name=table, exact=True).locator("tbody tr, tfoot tr").all()
    ]


def test_what_moved_the_drift_between_two_checks(open_desk):
    """R19.17, R19.18: the market makes 6 million, 11 million are sold; the NAV stays, so 6 flow out."""
    page = _open(open_desk, "/drift/accounts/ACC001?tab=moved")
    expect(page.get_by_role("combobox", name="From", exact=True)).to_have_value(FRIDAY)
    expect(page.get_by_role("combobox", name="To", exact=True)).to_have_value(MONDAY)
    words = (
        "GOVT moved most: from +10.00 to +5.00 points off its target. "
        "The largest part is trades, -11.00 points."
    )
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
    bars = "Change of drift by class in points: GOVT -5.00 (market +2.40, trades -11.00, flows +3.60); "
    expect(page.get_by_role("img", name=bars)).to_be_visible()
    # Before, market, trades, flows, reclassified, rest, targets, change, after.
    assert _rows(page, "Drift by class, in points") == [
        ["+10.00", "+2.40", "-11.00", "+3.60", "0.00", "0.00", "0.00", "-5.00", "+5.00"],
        ["-9.00", "-2.16", "0.00", "+2.16", "0.00", "0.00", "0.00", "0.00", "-9.00"],
        ["-1.00", "-0.24", "+11.00", "-10.76", "0.00", "0.00", "0.00", "0.00", "-1.00"],
        ["0.00", "0.00", "0.00", "-5.00", "0.00", "0.00", "0.00", "-5.00", "-5.00"],
    ]
    money = _rows(page, "Value by class")
    assert money[0][:4] == ["60,000,000.00", "+6,000,000.00", "-11,000,000.00", "0.00"]
    assert money[-1] == [
        "100,000,000.00",
        "+6,000,000.00",
        "0.00",
        "-11,000,000.00",
        "0.00",
        "0.00",
        "-5,000,000.00",
        "95,000,000.00",
    ]
    assert _rows(page, "Contribution to return by class") == [
        ["60,000,000.00", "+6,000,000.00", "+6.00", "+10.00"],
        ["36,000,000.00", "0.00", "0.00", "0.00"],
        ["4,000,000.00", "0.00", "0.00", "0.00"],
        ["100,000,000.00", "+6,000,000.00", "+6.00", ""],
    ]
    assert violations(page) == []


def test_a_date_without_a_check_is_mended_with_a_click(open_desk):
    page = _open(open_desk, "/drift/accounts/ACC001?tab=moved", width=390)
    _type_date(page, "From", "2026-06-31")
    expect(page.get_by_text("Type a day as YYYY-MM-DD.")).to_be_visible()
    _type_date(page, "From", "2026-06-27")
    _type_date(page, "To", "2026-07-05")
    refused = page.get_by_role("alert").filter(has_text="These dates cannot be compared")
    expect(refused).to_contain_text("There is no snapshot of ACC001 of 2026-06-27.")
    expect(refused).to_contain_text("There is no snapshot of ACC001 of 2026-07-05.")
    assert violations(page) == []
    page.get_by_role("button", name=f"From {FRIDAY}").click()
    page.get_by_role("button", name=f"To {MONDAY}").click()
    expect(page.get_by_text("GOVT moved most")).to_be_visible()
    page.get_by_role("combobox", name="From", exact=True).click()
    page.get_by_role("option", name=MONDAY).click()
    expect(refused).to_contain_text("The date does not lie after date_from.")


def test_the_course_of_each_class_is_drawn_and_a_check_asked_for(open_desk, server):
    page = _open(open_desk, "/drift/accounts/ACC001?tab=history")
    course = (
        "GOVT: 2 checks from 2026-06-26 to 2026-06-29, from 55.00 to 60.00 %. Last 55.00 % against a target "
        "of 50.00 % with a band of 5.00 points. Out of band at 1 of 2 checks."
    )
    expect(page.get_by_role("img", name=course)).to_be_visible()
    expect(page.get_by_role("img", name="Industrials: 2 checks")).to_be_visible()
    grid = page.get_by_role("grid", name="History of drift in numbers")
    expect(grid.get_by_role("gridcell", name="▲ Too much")).to_have_count(1)
    assert violations(page) == []
    _ask(page, server)
    expect(page.get_by_role("img", name="GOVT: 3 checks from 2026-06-26 to 2026-06-30")).to_be_visible()
    expect(grid.get_by_role("gridcell", name="On request", exact=True)).to_have_count(3)
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    text = saved.value.path().read_text()
    assert text.count(",ACC001,") == 9
    assert text.count(",REQUESTED,") == 3
    page.get_by_role("combobox", name="Dates", exact=True).click()
    page.get_by_role("option", name="Dates of my own").click()
    page.get_by_role("textbox", name="Last day").fill(FRIDAY)
    page.get_by_role("textbox", name="Last day").press("Enter")
    expect(page.get_by_text(f"There is one date so far, {FRIDAY}.")).to_be_visible()
    page.goto("/drift/groups/EAST?tab=history")
    # 80 million of 150, then 75.
    course = "GOVT: 3 checks from 2026-06-26 to 2026-06-30, from 50.00 to 53.33 %."
    group = page.get_by_role("img", name=course)
    expect(group).to_be_visible()
    assert violations(page) == []


def test_what_was_never_checked_is_checked_at_once_by_who_may(open_desk, server):
    server.desk.again("anna")
    server.desk.state("ACCOUNT", "ACC003", "ASSET_CLASS")
    server.desk.become("rita", permissions=[Permission.PORTFOLIOS_READ])
    reader = _open(open_desk, "/drift/accounts/ACC003?tab=history", "rita")
    expect(reader.get_by_text("Drift of ACC003 has not been checked yet")).to_be_visible()
    expect(reader.get_by_role("button", name="Check now")).to_have_count(0)
    page = _open(open_desk, "/drift/accounts/ACC003?tab=moved")
    expect(page.get_by_text("Drift of ACC003 has not been checked yet")).to_be_visible()
    _ask(page, server)
    expect(page.get_by_text("ACC003 was checked on one date so far, 2026-06-30")).to_be_visible()
    assert violations(page) == []
