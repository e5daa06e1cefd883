"""Jobs of one blotter on each database: a commit and previews that are asked for at once never both begin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import select

from app.core.database import WriteConflictError
from app.models import BlotterRow, JobRow
from app.services.allocations import snapshot
from app.services.blotters import store
from app.services.blotters.errors import BlotterNotReady
from app.services.blotters.types import CommitOrder, Submitted
from app.services.domain.caller import Caller
from app.services.visibility.visibility import EVERYTHING
from tests.storage.conftest import database_of
from tests.support import saga
from tests.support.blotters import ask, line
from tests.support.databases import migrated


@pytest.fixture
def pair(tmp_path, database_url):
    """Two processes on one database and one vendor."""
    migrated(database_url).close()
    found = saga.desks(tmp_path, DATABASE_URL=database_url)
    yield found
    for desk in found:
        database_of(desk).close()


def half_previewed(desk):
    """A blotter of two lines whose job was cancelled after the first one."""
    asked = ask(desk, line("BUY", 1_000_000), line("BUY", 2_000_000))
    previews = desk.services.blotters.previews
    desk.call("DELETE", f"jobs/{asked['job_id']}")
    previews.run_line(previews.begin(asked["blotter_id"], 0), 0, database_of(desk).retried)
    return asked["blotter_id"]


def stored(desk, blotter_id):
    with database_of(desk).read() as session:
        return session.get(BlotterRow, blotter_id)


BEGIN = {
    "commit": lambda session, row: store.begin_commit(session, row, "c", "{}"),
    "previews": lambda session, row: store.begin_previews(session, row, "p"),
}


@pytest.mark.parametrize("second", BEGIN)
@pytest.mark.parametrize("first", BEGIN)
def test_what_was_read_before_another_job_began_begins_none(pair, first, second):
    mine, theirs = pair
    blotter_id = half_previewed(mine)
    read = stored(mine, blotter_id)
    database_of(mine).retried(lambda session: BEGIN[first](session, read))
    with pytest.raises(WriteConflictError), database_of(theirs).write() as session:
        BEGIN[second](session, read)
    found = stored(mine, blotter_id)
    jobs = {"commit": (read.preview_job_id, "c"), "previews": ("p", None)}
    assert (found.preview_job_id, found.commit_job_id) == jobs[first]


def test_of_a_commit_and_previews_at_once_one_begins_and_the_other_is_refused(pair, monkeypatch):
    """Both have read the blotter before either writes, where the database lets two write at once."""
    mine, theirs = pair
    blotter_id = half_previewed(mine)
    both = Barrier(2)

    def together(begin):
        def begun(*given):
            with suppress(BrokenBarrierError):
                both.wait(timeout=1)
            begin(*given)

        return begun

    monkeypatch.setattr(store, "begin_commit", together(store.begin_commit))
    monkeypatch.setattr(store, "begin_previews", together(store.begin_previews))
    caller = snapshot.decode(stored(mine, blotter_id).caller, Caller)
    order = CommitOrder(caller, "", override_warnings=True)
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(mine.services.blotters.service.commit, blotter_id, order, EVERYTHING),
            pool.submit(theirs.services.blotters.service.preview, blotter_id, caller, EVERYTHING),
        ]
        ends = [each.exception() or each.result() for each in asked]
    assert {type(end) for end in ends} == {Submitted, BlotterNotReady}
    with database_of(mine).read() as session:
        states = sorted(session.scalars(select(JobRow.state)))
    assert states == ["ABORTED", "PENDING"]
