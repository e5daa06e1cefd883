"""One `Idempotency-Key` at several serving processes at once."""

from __future__ import annotations

import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.many_processes import ManyProcesses, at_once

pytestmark = pytest.mark.slow

COMMITTERS = 50


@pytest.fixture
def many(tmp_path):
    made = ManyProcesses(tmp_path)
    yield made
    made.close()


def test_of_many_who_commit_with_one_key_at_once_all_get_the_same_answer_or_are_told_to_wait(many):
    allocation_id = many.client.preview()
    many.simulator.reset()
    key = {"Idempotency-Key": "the-one-and-only"}
    answers = at_once(*[lambda: many.client.commit(allocation_id, **key)] * COMMITTERS)
    done = [answer for answer in answers if answer.status_code == 200]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert done
    assert len(done) + len(waiting) == COMMITTERS
    assert all("Retry-After" in answer.headers for answer in waiting)
    later = many.client.commit(allocation_id, **key)
    assert {answer.text for answer in done} == {later.text}
    assert many.simulator.received()[names.POST_ORDER] == 1
    many.books.agree()
