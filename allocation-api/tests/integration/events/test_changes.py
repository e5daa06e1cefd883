"""Server-sent events: every change once, in order, after the last one that was seen."""

from __future__ import annotations

import json
from itertools import count

import pytest

from app.services.events.changes import FOLLOW_SECONDS, MonitorChanges
from app.services.visibility.visibility import EVERYTHING
from tests.support.monitored import Portfolios, look, monitoring_desk, tell


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield monitoring_desk(tmp_path_factory.mktemp("changes"), Portfolios(p=["A"]), patch, THREADS="4")


def streamed(desk, last=None, *, status=200):
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    answer = desk.client.get("/v1/monitor/events", headers={**desk.headers, **headers})
    assert answer.status_code == status
    return answer


def read(answer):
    """The events of a stream as number and data."""
    found = []
    for block in answer.get_data(as_text=True).split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if "data" in fields:
            assert fields["event"] == "change"
            found.append((int(fields["id"]), json.loads(fields["data"])))
    return found


def test_a_client_gets_each_change_once_after_the_last_one_it_saw(desk):
    tell(desk, "1", "A")
    look(desk)
    desk.post("monitor/portfolio/p/recalculate", status=202)
    look(desk)
    found = read(streamed(desk, 0))
    assert [(number, data["kind"]) for number, data in found] == [
        (1, "EVENT_RECEIVED"),
        (2, "RECALCULATION_PENDING"),
        (3, "RECALCULATION_QUEUED"),
        (4, "RECALCULATION_DONE"),
    ]
    assert [data["portfolio_id"] for _, data in found] == [None, "p", "p", "p"]
    assert read(streamed(desk, 2)) == found[2:]
    assert read(streamed(desk)) == found[-1:]
    assert read(streamed(desk, 4)) == []


def test_a_number_that_is_still_to_come_is_of_a_database_that_was_restored(desk):
    tell(desk, "before", "A")
    (number, change), *_ = read(streamed(desk))
    assert read(streamed(desk, number + 500)) == [(number, change)]


def test_what_is_no_number_is_refused(desk):
    assert streamed(desk, "x", status=422).get_json()["errors"][0]["field"] == "Last-Event-ID"


def follower(desk, threads, sleep=lambda _: None):
    ticks = count()
    return MonitorChanges(desk.services.database, threads, monotonic=lambda: float(next(ticks)), sleep=sleep)


def test_changes_are_told_as_they_happen_until_the_answer_ends(desk):
    numbers = iter(range(100))
    last = [each.sequence for each in follower(desk, 1).follow(None, EVERYTHING)][-1]
    found = list(
        follower(desk, 8, lambda _: tell(desk, f"live-{next(numbers)}", "B")).follow(last, EVERYTHING)
    )
    assert [each.sequence for each in found] == list(range(last + 1, last + 1 + len(found)))
    assert 3 < len(found) <= FOLLOW_SECONDS


def test_a_part_of_the_threads_may_follow_and_others_get_what_there_is(desk):
    """Of eight threads one may follow: while it does, another client's answer ends at once."""
    others = []

    def look_beside(_):
        others.append([each.sequence for each in changes.follow(0, EVERYTHING)])

    changes = follower(desk, 8, look_beside)
    known = [each.sequence for each in changes.follow(0, EVERYTHING)]
    assert others
    assert all(other == known for other in others)
    assert [each.sequence for each in changes.follow(0, EVERYTHING)] == known
