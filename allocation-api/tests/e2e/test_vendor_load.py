"""Many previews at once, by the real server, of a vendor in another process who counts what he is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest

from aladdin_simulator import load_book
from aladdin_simulator.calendar import last_close
from aladdin_simulator.wire import operations as names
from app.core import migrate
from app.core.database import Database
from app.models import ReferenceSourceRow, ScheduleRow
from app.services.accounts import reference
from app.wiring import aladdin as wiring
from app.wiring.alerts import VENDOR_SECONDS
from tests.e2e.simulator_process import MAX_WAIT_SECONDS, SimulatorProcess
from tests.e2e.vendor_client import LOGIN_OPTIONS, settings_of

pytestmark = pytest.mark.slow

DESKS = 50
GROUPS = ("PUBLICPRE", "BIG6", "DP-LB-USD", "OPNIC")
ACCOUNTS = 31
DAY = "2026-06-30"


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    """The vendor of a desk with 31 accounts."""
    folder = tmp_path_factory.mktemp("simulator")
    running = SimulatorProcess(folder, *LOGIN_OPTIONS, "--scenario", "default", "--business-date", DAY)
    yield running
    running.kill()


@pytest.fixture(scope="module")
def book():
    return load_book("default", as_of=last_close(date.fromisoformat(DAY)))


@pytest.fixture
def bond(book):
    """A bond that an account of the first group holds, so that the vendor has a price for it."""
    members = next(group.member_ids for group in book.groups if group.group_id == GROUPS[0])
    return min(p.cusip for a in book.accounts if a.account_id == members[0] for p in a.positions)


@pytest.fixture
def database_url(tmp_path, book):
    """A database with the desk's own reference data, as real mode wants it, and the vendor just looked at."""
    url = f"sqlite:///{tmp_path / 'real.db'}"
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as session:
        reference.load_mock(session, wiring.reference_of(book.reference()))
        session.delete(session.get(ReferenceSourceRow, reference.MOCK))
        next_look = datetime.now(UTC) + timedelta(seconds=VENDOR_SECONDS)
        session.add(ScheduleRow(name="alerts-of-vendor", next_due_at=next_look))
    return url


@pytest.fixture
def client(make_server, log_in, simulator, database_url, book):
    """A logged-in client of a server in real mode that has asked the vendor nothing yet."""
    settings = settings_of(
        simulator,
        MOCK_ALADDIN_DATA="false",
        ALADDIN_GROUPS=",".join(GROUPS),
        ALADDIN_POSITIONS_CACHE_SECONDS="3600",
        ALADDIN_REFERENCE_CACHE_SECONDS="3600",
        BUSINESS_DATE=DAY,
        DATABASE_URL=database_url,
        THREADS=str(DESKS + 3),
    )
    made = log_in(make_server(**settings).start(alive="/health/live"))
    assert simulator.received() == {}
    return made


def preview(client, bond, groups=GROUPS):
    order = {"security_id": bond, "side": "BUY", "quantity": 3_100_000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": list(groups)}
    answer = client.post("allocations/preview", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def previews_at_once(client, bond, groups=GROUPS):
    """What as many desks are shown who ask in the same moment."""
    barrier = Barrier(DESKS)

    def ask(_):
        barrier.wait(MAX_WAIT_SECONDS)
        return preview(client, bond, groups)

    with ThreadPoolExecutor(DESKS) as pool:
        return list(pool.map(ask, range(DESKS)))


def expected(groups=GROUPS):
    """One fetch of each thing."""
    return {
        names.TOKEN: 1,
        names.GET_POSITIONS: 1,
        names.GET_MEMBERS: len(groups),
        names.GET_MASTER: 1,
        names.GET_ANALYTICS: 1,
    }


def test_fifty_cold_previews_fetch_each_thing_once(simulator, client, bond):
    # So slow a vendor is still busy with the first of them when the last one asks.
    simulator.put(*({"operation": each, "kind": "latency", "seconds": 1} for each in ("*", names.TOKEN)))
    shown = previews_at_once(client, bond)
    assert simulator.received() == expected()
    assert len({each["allocation_id"] for each in shown}) == DESKS
    assert {len(each["allocations"]) for each in shown} == {ACCOUNTS}
    assert all(each["allocations"] == shown[0]["allocations"] for each in shown)
    assert shown[0]["summary"]["total_allocated"] > 0
    preview(client, bond)
    previews_at_once(client, bond)
    assert simulator.received() == expected()


def test_what_fails_under_load_is_repeated_once_for_all(simulator, client, bond):
    simulator.put(
        {"operation": names.GET_POSITIONS, "kind": "latency", "seconds": 1},
        {"operation": names.GET_POSITIONS, "kind": "cut_body", "times": 1},
        {"operation": names.GET_ANALYTICS, "kind": "status", "status": 503, "times": 1},
        {"operation": names.TOKEN, "kind": "latency", "seconds": 1},
    )
    previews_at_once(client, bond)
    again = {names.GET_POSITIONS: 2, names.GET_ANALYTICS: 2}
    assert simulator.received() == expected() | again


def test_a_token_that_ends_under_load_is_fetched_anew_once(simulator, client, bond):
    preview(client, bond, GROUPS[:1])
    simulator.client.delete("/simulator/requests")
    # One of the first requests finds its token revoked; the others may have come in before.
    simulator.put(
        {"operation": names.GET_MEMBERS, "kind": "expired_token", "times": 1},
        *({"operation": each, "kind": "latency", "seconds": 0.5} for each in ("*", names.TOKEN)),
    )
    previews_at_once(client, bond, GROUPS[1:])
    received = simulator.received()
    assert received[names.TOKEN] == 1
    answered = [each for each in simulator.report()["last"] if each["status"] == 200]
    assert len([each for each in answered if each["operation"] == names.GET_MEMBERS]) == len(GROUPS[1:])
    assert len([each for each in answered if each["operation"] == names.GET_POSITIONS]) == 1


def test_a_vendor_who_stays_away_is_asked_no_more_by_fifty_than_by_one(simulator, client, bond):
    """All who ask at once share the attempts and their error; nobody is kept waiting behind them."""
    simulator.put(
        {"operation": names.GET_POSITIONS, "kind": "latency", "seconds": 1},
        {"operation": names.GET_POSITIONS, "kind": "status", "status": 503},
    )
    order = {"security_id": bond, "side": "BUY", "quantity": 3_100_000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": list(GROUPS)}
    barrier = Barrier(DESKS)

    def ask(_):
        barrier.wait(MAX_WAIT_SECONDS)
        return client.post("allocations/preview", json=body)

    with ThreadPoolExecutor(DESKS) as pool:
        answers = list(pool.map(ask, range(DESKS)))
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["code"] for answer in answers} <= {"VENDOR_FAILED", "VENDOR_SUSPENDED"}
    # Five failures in a row, and the vendor is left alone.
    assert 3 <= simulator.received()[names.GET_POSITIONS] <= 5
