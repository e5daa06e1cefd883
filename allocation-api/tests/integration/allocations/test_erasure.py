"""Retention: what nobody committed loses its documents after its time, and nothing else does."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from app.models import AllocationRow, ComparisonRow
from app.models.append_only import AppendOnlyError
from app.services.audit.trail import Action, Changed, EntityType
from tests.support.orders import BOND, OrderDesk

DAY = 86_400
PREVIEW_MINUTES = 15
JUST_DUE = 30 * DAY + PREVIEW_MINUTES * 60
BY_NAV = {"name": "by NAV", "allocation_method": "PRO_RATA"}


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


def preview(desk):
    return desk.preview(BOND, 1_000_000, groups=["GOLDEN"])["allocation_id"]


def compared(desk):
    return desk.compare(BOND, 1_000_000, BY_NAV, groups=["GOLDEN"])["comparison_id"]


def chosen(desk, comparison_id):
    path = f"allocations/compare/{comparison_id}/choose"
    return desk.post(path, {"variant": "by NAV"})["allocation_id"]


def pass_by(desk, seconds):
    """Let time pass, in which the session ends."""
    desk.clock.pass_by(seconds)
    desk.token = desk.login()["access_token"]


def erase_after(desk, seconds):
    pass_by(desk, seconds)
    desk.services.periodic.do("erase-previews")


def commit(desk, allocation_id):
    return desk.post(f"allocations/{allocation_id}/commit", {"override_warnings": True})


def row(desk, kind, key):
    with desk.services.database.read() as session:
        return session.get(kind, key)


def documents(desk, allocation_id):
    with desk.services.database.engine.connect() as connection:
        query = "SELECT snapshot, result FROM allocations WHERE id = ?"
        return tuple(connection.exec_driver_sql(query, (allocation_id,)).one())


def tamper(desk, allocation_id, **values):
    with desk.services.database.engine.begin() as connection:
        changed = update(AllocationRow).where(AllocationRow.id == allocation_id).values(values)
        assert connection.execute(changed).rowcount == 1


def breaks(desk):
    return [(b["damage"], b["table"], b["column"]) for b in desk.get("audit/verify")["breaks"]]


def test_a_preview_is_kept_to_the_second_and_not_longer(desk):
    key = preview(desk)
    erase_after(desk, JUST_DUE - 1)
    assert desk.get(f"allocations/{key}")["status"] == "EXPIRED"
    assert desk.post(f"allocations/{key}/replay")["identical"] is True
    erase_after(desk, 1)
    assert documents(desk, key) == (None, None)


def test_everything_says_that_an_erased_preview_is_erased(desk):
    key = preview(desk)
    sha256 = row(desk, AllocationRow, key).snapshot_sha256
    erase_after(desk, JUST_DUE)
    for method, path, body in (
        ("GET", f"allocations/{key}", None),
        ("POST", f"allocations/{key}/replay", {}),
        ("GET", f"allocations/{key}/frontier", None),
        ("POST", f"allocations/{key}/commit", {}),
        ("POST", f"allocations/{key}/adjust", {"ACC001": 0}),
        ("GET", f"allocations/{key}?format=csv", None),
    ):
        problem = desk.call(method, path, status=404, **({"json": body} if body is not None else {}))
        assert (path, problem["code"]) == (path, "PREVIEW_ERASED")
        assert sha256 in problem["detail"]
    (shown,) = desk.get("allocations")["allocations"]
    assert (shown["allocation_id"], shown["status"], shown["quantity"]) == (key, "EXPIRED", 1_000_000)


def test_the_trail_keeps_the_hash_and_says_when_the_documents_went(desk):
    key = preview(desk)
    sha256 = row(desk, AllocationRow, key).snapshot_sha256
    erase_after(desk, JUST_DUE)
    erased, made = desk.get("audit", entity_id=key)["audit_records"]
    assert (erased["action"], erased["username"]) == ("PREVIEW_ERASED", "system")
    assert erased["after"]["retention_days"] == 30
    assert erased["after"]["rows"]["allocations"]["values"] == [["EXPIRED", None, None]]
    assert made["after"]["snapshot_sha256"] == sha256
    assert desk.get("audit/verify")["whole"] is True


def test_what_was_committed_is_never_erased(desk):
    key = preview(desk)
    order_id = commit(desk, key)["aladdin_order_ids"][0]
    erase_after(desk, 3_660 * DAY)
    assert desk.get(f"allocations/{key}")["status"] == "SUBMITTED"
    assert desk.post(f"allocations/{key}/replay")["identical"] is True
    desk.order_shown(order_id)
    assert breaks(desk) == []


@pytest.mark.parametrize("fault", ["refused", "away", "lost"])
def test_whatever_became_of_a_commit_that_was_sent_is_kept(desk, fault):
    desk.wire.faults["/order:post"] = fault
    key = preview(desk)
    desk.ask(f"allocations/{key}/commit", {"override_warnings": True})
    before = documents(desk, key)
    erase_after(desk, 3_660 * DAY)
    assert documents(desk, key) == before


def test_a_comparison_is_erased_with_what_was_chosen_of_it(desk):
    comparison_id = compared(desk)
    allocation_id = chosen(desk, comparison_id)
    erase_after(desk, JUST_DUE)
    for path in (f"allocations/compare/{comparison_id}", f"allocations/{allocation_id}"):
        assert desk.get(path, status=404)["code"] == "PREVIEW_ERASED"
    refused = desk.post(f"allocations/compare/{comparison_id}/choose", {"variant": "by NAV"}, status=404)
    assert refused["code"] == "PREVIEW_ERASED"
    assert desk.get("audit/verify")["whole"] is True


def test_a_comparison_whose_choice_was_committed_is_kept(desk):
    kept, erased = compared(desk), compared(desk)
    commit(desk, chosen(desk, kept))
    erase_after(desk, 3_660 * DAY)
    assert desk.get(f"allocations/compare/{kept}")["variants"][0]["name"] == "by NAV"
    assert desk.get(f"allocations/compare/{erased}", status=404)["code"] == "PREVIEW_ERASED"


def test_a_second_run_does_nothing(desk):
    preview(desk)
    compared(desk)
    erase_after(desk, JUST_DUE)
    before = desk.get("audit/verify")["records"]
    desk.clock.pass_by(1)
    desk.services.periodic.do("erase-previews")
    assert desk.get("audit/verify")["records"] == before


def test_only_the_erasure_changes_a_comparison(desk):
    comparison_id = compared(desk)
    with desk.services.database.write() as session:
        emptied = update(ComparisonRow).where(ComparisonRow.id == comparison_id).values(results=None)
        with pytest.raises(AppendOnlyError):
            session.execute(emptied)
        with pytest.raises(AppendOnlyError):
            session.execute(delete(ComparisonRow).execution_options(erases=True))


# --- verification -------------------------------------------------------------------------------------------


def test_documents_that_somebody_else_erases_are_missed(desk):
    key = preview(desk)
    tamper(desk, key, snapshot=None, result=None)
    assert breaks(desk) == [
        ("ROW_CHANGED", "allocations", "snapshot"),
        ("ROW_CHANGED", "allocations", "result"),
    ]


def test_documents_that_come_back_after_their_erasure_are_found(desk):
    key = preview(desk)
    erase_after(desk, JUST_DUE)
    tamper(desk, key, snapshot="{}")
    assert breaks(desk) == [("ROW_CHANGED", "allocations", "snapshot")]


def test_what_was_tampered_with_is_not_erased_because_it_is_the_proof(desk):
    key = preview(desk)
    tamper(desk, key, result="{}")
    erase_after(desk, JUST_DUE)
    assert documents(desk, key)[1] == "{}"
    assert breaks(desk) == [("ROW_CHANGED", "allocations", "result")]


def record_erasure(desk, key, **after):
    """Erase as the job does, by its own record, what it would not erase."""
    with desk.services.database.write() as session:
        found = session.get(AllocationRow, key)
        found.snapshot = found.result = None
        session.flush()
        changed = [Changed(AllocationRow, {"status", "snapshot", "result"})]
        desk.services.audit.record_system(
            session, Action.PREVIEW_ERASED, EntityType.ALLOCATION, key, after=after, rows=changed
        )


def messages(desk):
    return [b["message"] for b in desk.get("audit/verify")["breaks"]]


def test_the_erasure_of_a_committed_allocation_is_a_break_though_it_is_recorded(desk):
    key = preview(desk)
    commit(desk, key)
    pass_by(desk, 60 * DAY)
    record_erasure(desk, key, retention_days=30)
    assert messages(desk) == ["its documents were erased although it was committed"]


@pytest.mark.parametrize(("days", "words", "after"), [(30, "30 days", JUST_DUE - 1), (1, "1 day", DAY - 1)])
def test_an_erasure_before_its_time_is_a_break_though_it_is_recorded(desk, days, words, after):
    key = preview(desk)
    pass_by(desk, after)
    record_erasure(desk, key, retention_days=days)
    assert messages(desk) == [f"its documents were erased before {words} after its expiry had passed"]


@pytest.mark.parametrize("after", [{}, {"retention_days": 0}, {"retention_days": "30"}])
def test_an_erasure_that_does_not_say_after_how_many_days_is_a_break(desk, after):
    key = preview(desk)
    pass_by(desk, JUST_DUE)
    record_erasure(desk, key, **after)
    assert messages(desk) == ["its documents were erased and the record does not say after how many days"]
