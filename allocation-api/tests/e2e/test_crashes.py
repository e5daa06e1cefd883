"""The serving process is killed at every step of a commit, and of its recovery; the next one settles it.

What must hold afterwards is told by two that were not killed: the vendor's process, which keeps every order
that ever arrived, and the database.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.crashing_server import ANSWER, CARRIERS
from tests.e2e.trading_desk import GONE, LEASE, PREVIEW_LIFE, CrashingDesk
from tests.support.profiles import some
from tests.support.waiting import until

pytestmark = pytest.mark.slow

DESKS = 2
MIN_KILLS = 200
"""In `ci` a commit is killed at so many steps, evenly chosen; in `full` at each."""
ONE_IN = 5
"""In `dev`, the process is killed at one step in so many."""
ONE_IN_CI = 6
"""In `ci`, at one in so many of recovery's and of an approval's."""
WIRE_KILLS = 10
SHARED = 8
"""Of the lines that recovery shares with a commit it is killed at one in so many."""
RECORD = {"X-Record-Steps": "1"}


def place_of(step):
    """The file and line of a step."""
    return step.rpartition(":")[0]


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    with ExitStack() as open_desks:
        made = []
        for _ in range(DESKS):
            made.append(CrashingDesk(tmp_path_factory.mktemp("desk")))
            open_desks.callback(made[-1].close)
        yield made


@pytest.fixture(autouse=True)
def _no_faults(desks):
    yield
    for desk in desks:
        desk.simulator.put()


@pytest.fixture(scope="module")
def commit_steps(desks):
    """The steps of a commit that nothing comes between."""
    desk = desks[0]
    answer = desk.client.commit(desk.client.preview(), **RECORD)
    assert answer.json()["status"] == "SUCCESS", answer.text
    return desk.steps()


def once_each(steps):
    """One step for each line: of lines that are reached several times, now an early and now a late one."""
    times = defaultdict(list)
    for step, _ in steps:
        times[place_of(step)].append(step)
    return [reached[number % len(reached)] for number, reached in enumerate(times.values())]


def around_units_of_work(steps):
    """Every step at which a unit of work is about to begin, to be kept, or over."""
    return [
        step for step, function in steps if step.startswith("app/core/database.py:") and function == "write"
    ]


def in_parallel(desks, work, items):
    """Do the work for each item at one of the desks, and return what came of each."""

    def at(number):
        return [work(desks[number], item) for item in items[number :: len(desks)]]

    with ThreadPoolExecutor(len(desks)) as pool:
        return [each for part in pool.map(at, range(len(desks))) for each in part]


def kill_in_commit(desk, step):
    """Commit a new preview, die at the step, and see what the next process makes of it."""
    allocation_id = desk.client.preview()
    killed = desk.commit_killed_at(step, allocation_id)
    return step, killed, desk.client.settled(allocation_id)


def test_every_file_that_carries_an_order_out_has_steps(commit_steps):
    """A beginning that names no file any more would kill fewer steps without a word."""
    lines = {place_of(step) for step, _ in commit_steps}
    reached = {carrier: sum(line.startswith(carrier) for line in lines) for carrier in CARRIERS}
    assert {carrier: n for carrier, n in reached.items() if n < CARRIERS[carrier]} == {}


def test_a_commit_that_is_killed_between_any_two_lines(desks, commit_steps):
    steps = list(dict.fromkeys([*once_each(commit_steps), *around_units_of_work(commit_steps)]))
    assert len(steps) >= MIN_KILLS
    chosen = some(steps, ONE_IN, one_in_ci=len(steps) // MIN_KILLS)
    done = in_parallel(desks, kill_in_commit, [*chosen, ANSWER])
    assert [step for step, killed, _ in done if not killed] == []
    # Whoever has claimed the preview has bound the desk to it.
    assert {status for _, _, status in done} == {"PREVIEWED", "SUBMITTED"}
    for desk in desks:
        desk.books.agree()


@pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
def test_a_commit_that_is_killed_while_it_looks_for_a_lost_answer(desks, commit_steps, kind):
    """After the vendor took the order and the answer was lost, and after a request that never arrived."""

    desks[0].simulator.put({"operation": names.POST_ORDER, "kind": kind, "times": 1})
    allocation_id = desks[0].client.preview()
    desks[0].client.commit(allocation_id, **RECORD)
    recorded = desks[0].steps()
    # A process whose clock is not ahead would leave it alone for a while.
    desks[0].die()
    assert desks[0].client.settled(allocation_id) == "SUBMITTED"
    usual = {place_of(step) for step, _ in commit_steps}
    steps = [step for step in once_each(recorded) if place_of(step) not in usual]
    assert steps

    def kill(desk, step):
        desk.simulator.put({"operation": names.POST_ORDER, "kind": kind, "times": 1})
        return kill_in_commit(desk, step)

    done = in_parallel(desks, kill, some(steps, ONE_IN))
    assert [step for step, killed, _ in done if not killed] == []
    assert {status for _, _, status in done} == {"SUBMITTED"}
    for desk in desks:
        until(desk.books.at_rest, "everything settled")
        desk.books.agree()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"kind": "latency", "seconds": 1.0}, id="before the vendor takes the order"),
        pytest.param({"kind": "slow_body", "seconds": 1.0, "pieces": 2}, id="while the answer comes in"),
    ],
)
def test_a_process_that_is_killed_within_the_call_to_the_vendor(desks, fault):
    """The order arrives although nobody is left to hear of it."""

    def kill(desk, _):
        desk.simulator.reset()
        desk.simulator.put({"operation": names.POST_ORDER, "times": 1, **fault})
        allocation_id = desk.client.preview()
        with ThreadPoolExecutor(1) as pool:
            committed = pool.submit(desk.client.commit, allocation_id)
            until(lambda: names.POST_ORDER in desk.simulator.received(), "the order under way")
            desk.kill_and_hold()
            taken = desk.simulator.settled(names.POST_ORDER)["orders_taken"]
            desk.go_on()
            assert isinstance(committed.exception(), GONE)
        return taken, desk.client.settled(allocation_id), desk.simulator.received()[names.POST_ORDER]

    done = in_parallel(desks, kill, range(WIRE_KILLS))
    # A request of which only the head had left takes nothing, and is sent once more.
    assert set(done) <= {(1, "SUBMITTED", 1), (0, "SUBMITTED", 2)}
    assert (1, "SUBMITTED", 1) in done
    for desk in desks:
        desk.books.agree()


def test_an_approval_that_is_killed_between_any_two_lines(tmp_path):
    """Of the request for it, what is its own; of the approval, that and every unit of work."""
    with ExitStack() as open_desk:
        desk = CrashingDesk(tmp_path, APPROVAL_ABOVE_NOTIONAL="1000")
        open_desk.callback(desk.close)
        client = desk.client

        def waiting():
            allocation_id = client.preview()
            assert client.commit(allocation_id).json()["status"] == "PENDING_APPROVAL"
            return allocation_id

        asked = client.commit(client.preview(), **RECORD).json()
        assert asked["status"] == "PENDING_APPROVAL", asked
        own = [step for step in once_each(desk.steps()) if "/trading/commit/" in step]
        outcomes = set()
        for step in some([ANSWER, *own], ONE_IN, one_in_ci=ONE_IN_CI):
            allocation_id = client.preview()
            assert desk.killed_at(step, client.commit, allocation_id), step
            outcomes.add(client.settled(allocation_id))
        assert outcomes == {"PREVIEWED", "PENDING_APPROVAL"}
        approved = client.approve(waiting(), **RECORD).json()
        assert approved["status"] == "SUCCESS", approved
        recorded = desk.steps()
        own = [s for s in once_each(recorded) if "/approv" in s or "/claims.py" in s or "/saga.py" in s]
        outcomes = set()
        steps = list(dict.fromkeys([ANSWER, *around_units_of_work(recorded), *own]))
        for step in some(steps, ONE_IN, one_in_ci=ONE_IN_CI):
            allocation_id = waiting()
            assert desk.killed_at(step, client.approve, allocation_id), step
            outcomes.add(client.settled(allocation_id))
        assert outcomes == {"PENDING_APPROVAL", "SUBMITTED"}
        desk.books.agree()


def left_at(commit_steps, way):
    """The step of a commit at which its process dies, so that recovery goes this way."""
    at_vendor = [step for step, _ in commit_steps if "/vendor_orders.py:" in step]
    return at_vendor[-1] if way == "adopt" else at_vendor[0]


WAYS = [("adopt", "SUBMITTED"), ("send", "SUBMITTED"), ("give up", "FAILED")]
"""What recovery finds: the order is at the vendor, or surely not there, or not there and the preview over."""


def test_a_recovery_that_is_killed_is_finished_by_the_next(desks, commit_steps):
    """At each of its own lines, and at many of those that it shares with a commit."""

    def crash(desk, kill_at=None):
        allocation_id = desk.client.preview()
        before = desk.lives()
        desk.watch_settling(**({"kill_at": kill_at} if kill_at else {}))
        assert desk.commit_killed_at(left, allocation_id)
        # The outcome may be seen before the process that stored it dies.
        until(lambda: desk.lives() == before + (2 if kill_at else 1), f"killed in recovery at {kill_at}")
        return desk.client.settled(allocation_id)

    seen = set()
    for way, outcome in WAYS:
        left = left_at(commit_steps, way)
        for desk in desks:
            desk.jump(PREVIEW_LIFE if way == "give up" else LEASE)
        assert crash(desks[0]) == outcome
        # Who opens a day of the audit trail, recovery or what runs beside it, is another matter each time.
        steps = [(step, function) for step, function in desks[0].steps() if function != "_move"]
        new = [step for step in once_each(steps) if place_of(step) not in seen]
        seen |= {place_of(step) for step in new}
        own = [step for step in new if "/recovery.py:" in step]
        shared = [step for step in new if step not in own][::SHARED]
        assert set(in_parallel(desks, crash, some(own + shared, ONE_IN, one_in_ci=ONE_IN_CI))) == {outcome}
        for desk in desks:
            desk.books.agree()
