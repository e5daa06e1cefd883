"""A restored copy of the database: what was committed after the copy was made is not sent a second time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.backup import back_up, database_file, restore
from tests.support import saga
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.saga import POST, commit, lock, preview

BY_NAV = {"name": "by NAV", "allocation_method": "PRO_RATA"}


@pytest.fixture
def desk(tmp_path):
    return saga.desks(tmp_path, count=1)[0]


def restored(desk, folder, copy):
    """The desk on a copy of its database, with the vendor as it is by now."""
    target = folder / "restored.db"
    restore(copy, target, desk.clock())
    made = Desk(
        folder,
        scenario=GOLDEN_BOOK,
        transport=desk.wire,
        clock=desk.clock,
        DATABASE_URL=f"sqlite:///{target}",
    )
    made.wire = desk.wire
    return made


def copied(desk, folder):
    copy = folder / "copy.db"
    back_up(database_file(desk.settings.database_url), copy)
    return copy


def test_a_preview_that_was_committed_after_the_copy_is_not_sent_again(desk, tmp_path):
    """R10.7"""
    allocation_id = preview(desk)
    copy = copied(desk, tmp_path)
    commit(desk, allocation_id)
    late = restored(desk, tmp_path, copy)
    assert commit(late, allocation_id, status=503)["code"] == "DESK_BUSY"
    for _ in range(5):
        late.clock.ahead += timedelta(minutes=2)
        for job in ("take-over", "settle"):
            late.services.periodic.do(job)
    assert commit(late, allocation_id, status=503)["code"] == "DESK_BUSY"
    late.clock.ahead += timedelta(minutes=5)
    assert commit(late, allocation_id, status=409)["code"] == "PREVIEW_EXPIRED"
    commit(late, preview(late, 38_000))
    assert desk.wire.count(POST) == 2
    assert late.get("audit/verify")["whole"] is True


def test_a_variant_that_was_chosen_and_committed_after_the_copy_is_not_sent_again(desk, tmp_path):
    compared = desk.compare(saga.BOND, 38_000, BY_NAV, groups=["GOLDEN"])["comparison_id"]
    copy = copied(desk, tmp_path)
    path = f"allocations/compare/{compared}/choose"
    commit(desk, desk.post(path, {"variant": "by NAV"})["allocation_id"])
    late = restored(desk, tmp_path, copy)
    chosen = late.post(path, {"variant": "by NAV"})["allocation_id"]
    assert commit(late, chosen, status=503)["code"] == "DESK_BUSY"
    assert desk.wire.count(POST) == 1


def test_a_copy_whose_previews_are_over_opens_at_once(desk, tmp_path):
    preview(desk)
    copy = copied(desk, tmp_path)
    desk.clock.ahead += timedelta(minutes=16)
    late = restored(desk, tmp_path, copy)
    assert lock(late).token is None
    commit(late, preview(late, 38_000))
