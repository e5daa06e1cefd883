"""Warnings that are acknowledged one by one, by ids that stay the same whenever a preview is read."""

from __future__ import annotations

import pytest

from app.core.security import Permission
from tests.support.deciding import hold
from tests.support.saga import records

BOND = "912828YW4"
WARNED = {"constraints": {"respect_cash": False}}
"""38,000,000 takes more than each of the four accounts has."""


@pytest.fixture
def found(golden_desk):
    return golden_desk.preview(BOND, 38_000_000, groups=["GOLDEN"], **WARNED)


def commit(desk, found, status=200, **body):
    return desk.post(f"allocations/{found['allocation_id']}/commit", body, status=status)


def ids(found):
    return [w["warning_id"] for w in found["warnings"]]


def test_every_warning_has_an_id_that_stays(golden_desk, found):
    # R9.6
    assert len(set(ids(found))) == 4
    again = golden_desk.get(f"allocations/{found['allocation_id']}")
    assert ids(again) == ids(found)
    # A hash of the content: another preview with the same warning has the same id.
    twin = golden_desk.preview(BOND, 38_000_000, groups=["GOLDEN"], **WARNED)
    assert ids(twin) == ids(found)
    other = golden_desk.preview(BOND, 37_000_000, groups=["GOLDEN"], **WARNED)
    assert set(ids(other)).isdisjoint(ids(found))


def test_a_commit_names_the_warnings_that_are_open(golden_desk, found):
    # R9.6
    refused = commit(golden_desk, found, 409, acknowledge=ids(found)[:3])
    assert refused["code"] == "WARNINGS_NOT_OVERRIDDEN"
    last = found["warnings"][3]
    assert refused["warnings"] == [
        {"warning_id": last["warning_id"], "type": "INSUFFICIENT_CASH", "account_id": "ACC004"}
    ]
    assert [error["message"] for error in refused["errors"]] == [f"ACC004: {last['message']}"]
    assert refused["detail"].startswith("The preview carries 1 warning of 4 that nobody has acknowledged")


def test_all_acknowledged_needs_no_permission_to_override(golden_desk, found):
    # R9.6
    golden_desk.log_in_without(Permission.WARNINGS_OVERRIDE)
    done = commit(golden_desk, found, acknowledge=ids(found))
    assert done["status"] == "SUCCESS"
    expected = [
        {
            "warning_id": w["warning_id"],
            "type": "INSUFFICIENT_CASH",
            "account_id": w["account_id"],
            "acknowledged_by": "demo_user",
        }
        for w in found["warnings"]
    ]
    assert done["acknowledged_warnings"] == expected
    shown = golden_desk.get(f"allocations/{found['allocation_id']}")
    assert shown["commit"]["acknowledged_warnings"] == expected
    (record,) = records(golden_desk, found["allocation_id"], "COMMIT")
    assert record["after"]["acknowledged_warnings"] == expected
    assert record["after"]["override_warnings"] is False


def test_an_override_of_what_is_open_still_needs_its_permission(golden_desk, found):
    # R9.2
    hold(golden_desk, "demo_user", *(p for p in Permission if p is not Permission.WARNINGS_OVERRIDE))
    body = {"override_warnings": True, "acknowledge": ids(found)[:3]}
    assert commit(golden_desk, found, 403, **body)["permission"] == "allocations:override-warnings"


def test_an_id_that_the_preview_does_not_carry_is_named(golden_desk, found):
    # R9.6
    problem = commit(golden_desk, found, 422, acknowledge=[ids(found)[0], "000000000000"])
    assert [error["field"] for error in problem["errors"]] == ["acknowledge.1"]
    assert "000000000000" in problem["errors"][0]["message"]
