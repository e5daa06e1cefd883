"""Metrics over several server processes: any of them answers for all, also after one was killed."""

from __future__ import annotations

import os
import signal

import httpx
import pytest

from tests.e2e.many_processes import WORKERS, ManyProcesses
from tests.support.waiting import until

pytestmark = pytest.mark.slow

TOKEN = "scrape-me-0123456789"
SERVED = 'allocator_http_requests_total{method="GET",route="/health/live",status="200"}'


@pytest.fixture
def desk(tmp_path):
    made = ManyProcesses(tmp_path, METRICS_TOKEN=TOKEN)
    yield made
    made.close()


def scraped(desk):
    root = desk.server.root
    answer = httpx.get(f"{root}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_every_process_counts_and_what_a_killed_one_counted_stays(desk):
    before = scraped(desk).get(SERVED, 0)
    for _ in range(60):  # each on a connection of its own, so that the processes share them
        assert httpx.get(f"{desk.server.root}/health/live").status_code == 200
    assert {scraped(desk)[SERVED] for _ in range(9)} == {before + 60}
    killed = desk.workers()[0]
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(set(desk.workers()) - {killed}) == WORKERS, "another process")
    after = scraped(desk)
    assert after[SERVED] == before + 60
    assert after["allocator_requests_waiting"] == 0
    assert after["allocator_database_up"] == 1
