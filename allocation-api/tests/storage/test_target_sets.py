"""Target sets stated and decided on by two processes at once, on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.core.security import Permission
from app.services.visibility.visibility import EVERYTHING
from tests.storage.conftest import database_of
from tests.support import saga
from tests.support.databases import migrated
from tests.support.drift_desk import CLASSES, PASSWORD
from tests.support.users import add_user
from tests.support.waiting import answered

ANNA, BERT, CARL = "anna", "bert", "carl"


def pair_of(tmp_path, database_url, **settings):
    migrated(database_url).close()
    found = saga.desks(tmp_path, DATABASE_URL=database_url, **settings)
    for name in (ANNA, BERT, CARL):
        add_user(found[0].services, name, PASSWORD, permissions=Permission)
    return found


@pytest.fixture
def pair(tmp_path, database_url):
    """Two processes on one database."""
    found = pair_of(tmp_path, database_url)
    yield found
    for desk in found:
        database_of(desk).close()


@pytest.fixture
def careful(tmp_path, database_url):
    """Two processes on one database, whose desk works with four eyes."""
    found = pair_of(tmp_path, database_url, DRIFT_FOUR_EYES="true")
    yield found
    for desk in found:
        database_of(desk).close()


def body(version=0, **more):
    return {
        "scope": "GROUP",
        "scope_id": "GOLDEN",
        "dimension": "ASSET_CLASS",
        "version": version,
        "comment": "x",
        "targets": CLASSES,
        **more,
    }


def at_once(requests):
    """Send requests at the same time, each with its desk, user, path and body; return the answers."""
    tokens = [desk.login(name, PASSWORD)["access_token"] for desk, name, _, _ in requests]
    barrier = Barrier(len(requests))

    def send(request, token):
        desk, _, path, sent = request
        client = desk.app.test_client()
        barrier.wait()
        headers = {"Authorization": f"Bearer {token}"}
        return answered(lambda: client.post(f"/v1/{path}", json=sent, headers=headers))

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests, tokens))


def codes(answers):
    return sorted(a.get_json().get("code", "") for a in answers)


def test_of_two_first_versions_one_holds_and_of_two_second_ones_too(pair):
    """R19.7"""
    first, second = pair
    asked = [(first, ANNA), (second, BERT), (second, CARL)]
    answers = at_once([(desk, name, "drift/target-sets", body()) for desk, name in asked])
    assert codes(answers) == ["", "TARGETS_CHANGED", "TARGETS_CHANGED"]
    answers = at_once([(desk, name, "drift/target-sets", body(1)) for desk, name in asked])
    assert codes(answers) == ["", "TARGETS_CHANGED", "TARGETS_CHANGED"]
    (found,) = first.get("drift/target-sets", on="2026-06-30")["target_sets"]
    assert (found["version"], found["in_force"]["version"]) == (2, 2)
    assert first.get("audit/verify")["whole"] is True


def test_of_many_who_decide_at_once_one_holds(careful):
    """R19.8"""
    first, second = careful
    (made,) = at_once([(first, ANNA, "drift/target-sets", body())])
    path, decision = f"drift/target-sets/{made.get_json()['target_set_id']}", {"version": 1, "comment": "x"}
    assert first.get("drift/target-sets", on="2026-06-30")["target_sets"] == []
    answers = at_once(
        [
            (first, BERT, f"{path}/approve", decision),
            (second, CARL, f"{path}/approve", decision),
            (second, CARL, f"{path}/reject", decision),
            (first, ANNA, f"{path}/withdraw", decision),
        ]
    )
    assert codes(answers) == ["", "TARGETS_NOT_PENDING", "TARGETS_NOT_PENDING", "TARGETS_NOT_PENDING"]
    holds = next(a.get_json() for a in answers if a.status_code == 200)
    (version,) = holds["versions"]
    assert version["state"] in {"APPROVED", "REJECTED", "WITHDRAWN"}
    listed = second.get("drift/target-sets", on="2026-06-30")["target_sets"]
    assert len(listed) == (version["state"] == "APPROVED")
    assert second.get("audit/verify")["whole"] is True


def test_the_newest_approved_version_that_has_begun_holds(careful):
    """R19.8"""
    first, second = careful

    def done(name, path, sent):
        (answer,) = at_once([(first, name, path, sent)])
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    path = f"drift/target-sets/{done(ANNA, 'drift/target-sets', body())['target_set_id']}"
    done(BERT, f"{path}/approve", {"version": 1})
    done(ANNA, "drift/target-sets", body(1, effective_from="2026-07-01"))
    done(BERT, f"{path}/approve", {"version": 2})
    done(ANNA, "drift/target-sets", body(2))
    held = [
        second.get("drift/target-sets", on=day)["target_sets"][0]["in_force"]["version"]
        for day in ("2026-06-30", "2026-07-01")
    ]
    assert held == [1, 2]  # the third one waits
    done(BERT, f"{path}/reject", {"version": 3})
    done(ANNA, f"{path}/retire", {"version": 3, "comment": "x", "effective_from": "2026-07-02"})
    done(CARL, f"{path}/approve", {"version": 4})
    assert len(second.get("drift/target-sets", on="2026-07-01")["target_sets"]) == 1
    assert second.get("drift/target-sets", on="2026-07-02")["target_sets"] == []
    services = second.services.drift.target_sets
    assert [held.version for held in services.in_force(EVERYTHING)] == [1]
