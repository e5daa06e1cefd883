"""How long a desk is shut after a process was killed in a commit: the time until the next one goes through.

The settings are those of a new installation: no clock is moved, and no lease is shortened where a time is
asserted. `pytest -s` prints the times.
"""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from tests.e2e.crashing_server import ANSWER
from tests.e2e.server_process import Server, free_port
from tests.e2e.trading_desk import (
    GONE,
    Books,
    Client,
    describe_accounts,
    environment_of,
    roomy_book,
    vendor_of,
)
from tests.support.signing import SIGNING_KEY

pytestmark = pytest.mark.slow

MAX_SECONDS = 30
KILLS = 10
"""Steps of a commit, evenly spread, at which the process is killed."""
POLL_SECONDS = 0.2
RECORD = {"X-Record-Steps": "1"}


class Desk:
    """A server whose process dies at a step and is replaced at once, with the clock of the machine."""

    def __init__(self, folder, **environment):
        (folder / "jump").write_text("0")
        command = ("-m", "tests.e2e.crashing_server", str(folder))
        self._server = Server(folder, command=command, **environment).start(alive="/health/live")
        self.client = Client(self._server.root)

    def steps(self):
        """The steps of a commit that nothing comes between."""
        answer = self.client.commit(self.client.preview(), **RECORD)
        assert answer.json()["status"] == "SUCCESS", answer.text
        return [step for step, _ in self.client.http.get("/steps").json()["steps"]]

    def seconds_to_the_next_commit(self, step):
        """Kill the process at a step of a commit; return when the next went through, and what was left."""
        left, following = self.client.preview(), self.client.preview()
        with pytest.raises(GONE):
            self.client.commit(left, **{"X-Kill-At": step})
        killed = time.monotonic()
        refusals = set()
        while True:
            try:
                answer = self.client.commit(following)
            except GONE:
                answer = None
            if answer is not None and answer.status_code == 200:
                break
            if answer is not None:
                refusals.add(answer.json()["code"])
            time.sleep(POLL_SECONDS)
        seconds = time.monotonic() - killed
        print(f"{seconds:5.1f} s until the next commit, killed at {step}; refused with {sorted(refusals)}")  # noqa: T201
        return seconds, self.client.settled(left), refusals

    def close(self):
        self.client.close()
        self._server.stop()


@pytest.fixture
def opened():
    with ExitStack() as stack:
        yield stack


def test_with_the_simulator_inside_the_desk_opens_as_soon_as_the_next_process_serves(tmp_path, opened):
    desk = Desk(
        tmp_path,
        MOCK_DATA_SCENARIO=str(roomy_book(tmp_path)),
        MOCK_JOURNAL="",
        DATABASE_URL=f"sqlite:///{tmp_path / 'allocator.db'}",
        JWT_SECRET_KEY=SIGNING_KEY,
        PORT=str(free_port()),
    )
    opened.callback(desk.close)
    steps = desk.steps()
    chosen = [*steps[:: len(steps) // KILLS], ANSWER]
    times = []
    for step in chosen:
        seconds, outcome, _ = desk.seconds_to_the_next_commit(step)
        times.append(seconds)
        # Before the claim is stored the preview is as it was.
        assert outcome in {"PREVIEWED", "SUBMITTED"}, step
    print(f"longest of {len(times)}: {max(times):.1f} s")  # noqa: T201
    assert max(times) < MAX_SECONDS


def shared(folder, opened, **settings):
    """A desk whose vendor is a process of its own, so that an order may be under way when the desk dies."""
    book = roomy_book(folder)
    simulator = vendor_of(folder, book)
    opened.callback(simulator.kill)
    url = f"sqlite:///{folder / 'allocator.db'}"
    describe_accounts(url, book)
    desk = Desk(folder, **environment_of(simulator, DATABASE_URL=url, **settings))
    opened.callback(desk.close)
    books = Books(simulator, url)
    opened.callback(books.close)
    return desk, books


def at_vendor(steps):
    """The steps of the call that sends the order: before it is under way, and after its answer."""
    return [step for step in steps if "/vendor_orders.py:" in step]


def test_with_a_shared_vendor_it_opens_when_the_order_is_found_or_cannot_have_left(tmp_path, opened):
    desk, books = shared(tmp_path, opened)
    steps = desk.steps()
    recheck = next(step for step in steps if "/commit/recheck.py:" in step)
    for step in (recheck, at_vendor(steps)[-1], ANSWER):
        seconds, outcome, _ = desk.seconds_to_the_next_commit(step)
        assert outcome == "SUBMITTED"
        assert seconds < MAX_SECONDS, step
    books.agree()


def test_with_a_shared_vendor_an_order_that_may_be_under_way_keeps_the_desk_for_its_lease(tmp_path, opened):
    """The process may only stand still between its lease and the wire: nobody can tell it from a dead one."""
    desk, books = shared(
        tmp_path, opened, ALADDIN_TIMEOUT_SECONDS="4", ORDER_SETTLE_SECONDS="14", RECOVERY_SECONDS="1"
    )
    seconds, outcome, refusals = desk.seconds_to_the_next_commit(at_vendor(desk.steps())[0])
    assert outcome == "SUBMITTED"
    assert 18 < seconds < MAX_SECONDS
    assert "DESK_BUSY" in refusals
    books.agree()
