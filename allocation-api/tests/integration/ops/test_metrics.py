"""Metrics: who may read them, and that they count what happened."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.keyed import BOND

TOKEN = "scrape-me-0123456789"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, scenario=GOLDEN_BOOK, METRICS_TOKEN=TOKEN)


def scrape(desk, status=200, **headers):
    answer = desk.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers})
    assert answer.status_code == status
    return answer


def values(desk):
    """Every sample by its name with labels, as the exposition format has it."""
    lines = scrape(desk).text.splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if line and not line.startswith("#"))
    }


def test_they_need_the_token_of_the_settings_and_no_user_s(desk):
    assert scrape(desk).content_type.startswith("text/plain; version=")
    for wrong in ("", "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é", f"Bearer {desk.token}"):
        refused = scrape(desk, 401, Authorization=wrong)
        assert refused.get_json()["code"] == "UNAUTHENTICATED"
    assert scrape(desk, Authorization=f"bearer  {TOKEN}")


def test_without_a_token_in_the_settings_they_do_not_exist(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    assert scrape(desk, 404).get_json()["code"] == "NOT_FOUND"


def test_a_request_a_preview_a_commit_and_a_refusal_are_counted(desk):
    before = values(desk)
    preview = desk.preview(BOND, 1_000_000, groups=["GOLDEN"])
    for status in (200, 409):
        path = f"allocations/{preview['allocation_id']}/commit"
        desk.post(path, {"override_warnings": True}, status=status)
    after = values(desk)

    def moved(name):
        return after.get(name, 0) - before.get(name, 0)

    route = 'method="POST",route="/v1/allocations/preview"'
    assert moved(f'allocator_http_requests_total{{{route},status="200"}}') == 1
    assert moved(f"allocator_http_request_seconds_count{{{route}}}") == 1
    for phase in ("read", "split", "store"):
        assert moved(f'allocator_preview_phase_seconds_count{{phase="{phase}"}}') == 1
    assert sum(moved(name) for name in after if name.startswith("allocator_splits_total{")) == 1
    assert moved('allocator_commits_total{outcome="SUBMITTED"}') == 1
    assert moved('allocator_commits_total{outcome="ALREADY_COMMITTED"}') == 1
    assert moved('allocator_vendor_calls_total{operation="PostOrder",outcome="OK"}') == 1


def test_ids_of_a_path_are_no_labels(desk):
    desk.client.get("/v1/allocations/11111111-1111-4111-8111-111111111111/nothing")
    desk.client.get("/v1/orders/SECRET-ORDER")
    text_ = scrape(desk).text
    assert "SECRET-ORDER" not in text_
    assert "11111111" not in text_
    assert 'route="unknown",status="404"' in text_


def test_the_state_of_the_desk_is_read_from_the_database(desk):
    found = values(desk)
    assert found["allocator_database_up"] == 1
    assert found['allocator_allocations_open{status="UNKNOWN"}'] == 0
    preview = desk.preview(BOND, 1_000_000, groups=["GOLDEN"])
    with desk.services.database.write() as session:
        session.execute(
            text("UPDATE allocations SET status = 'UNKNOWN' WHERE id = :id"), {"id": preview["allocation_id"]}
        )
    assert values(desk)['allocator_allocations_open{status="UNKNOWN"}'] == 1


def test_a_database_that_fails_is_a_number_and_the_others_stay(desk):
    with desk.services.database.write() as session:
        session.execute(text("ALTER TABLE locks RENAME TO gone"))
    found = values(desk)
    assert found["allocator_database_up"] == 0
    assert "allocator_orders_different" not in found
    assert any(name.startswith("allocator_http_requests_total") for name in found)


def test_they_are_there_where_the_docs_are_closed(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, METRICS_TOKEN=TOKEN, DOCS="false")
    assert "allocator_http_requests_total" in scrape(desk).text
