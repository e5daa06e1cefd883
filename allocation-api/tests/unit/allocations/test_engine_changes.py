"""A replay with other numbers names the changes of the engine since the recorded version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.engine import compute
from app.services.allocations.engine_changes import ENGINE_CHANGES, ENGINE_VERSION
from app.services.allocations.replay import replayed
from app.services.kernels.allocation.registry import Method
from tests.support.builders import account, inputs


def stored(version: str, method: Method = Method.PRO_RATA, *, moved: bool = True) -> AllocationRow:
    """A preview that the engine of this version computed, with another number than today's if it moved."""
    given = inputs([account("A"), account("B")])
    given = replace(given, engine_version=version, request=replace(given.request, method=method))
    result = compute(given)
    if moved:
        result = replace(result, summary=replace(result.summary, total_allocated=1))
    taken = snapshot.encode(given)
    return AllocationRow(
        id="a", snapshot=taken, snapshot_sha256=snapshot.digest(taken), result=snapshot.encode(result)
    )


def versions_named(row: AllocationRow) -> list[str]:
    return [change.version for change in replayed(row).engine_changes]


def test_versions_are_counted_up_and_the_last_one_computes():
    versions = [change.version for change in ENGINE_CHANGES]
    assert versions == [str(n) for n in range(1, len(versions) + 1)]
    assert versions[-1] == ENGINE_VERSION


def test_every_version_after_the_first_names_its_rules_and_methods():
    assert all(change.rules and change.methods and change.change for change in ENGINE_CHANGES[1:])


@pytest.mark.parametrize(("method", "first"), [(Method.PRO_RATA, ["3"]), (Method.MIN_DISPERSION, ["2", "3"])])
def test_other_numbers_name_the_changes_that_can_have_moved_them(method, first):
    found = replayed(stored("1", method))
    assert not found.identical
    assert (found.recorded_engine_version, found.engine_version) == ("1", ENGINE_VERSION)
    assert [change.version for change in found.engine_changes][: len(first)] == first


def test_equal_numbers_name_no_change():
    found = replayed(stored("1", moved=False))
    assert found.identical
    assert (found.recorded_engine_version, found.engine_changes) == ("1", ())


def test_other_numbers_of_the_same_engine_are_no_change_of_the_engine():
    assert versions_named(stored(ENGINE_VERSION)) == []


@pytest.mark.parametrize("unknown", ["", "99"])
def test_a_version_that_is_not_listed_names_no_change(unknown):
    assert versions_named(stored(unknown)) == []
