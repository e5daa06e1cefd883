"""What is stored of results holds the values of closed lists and no others."""

from __future__ import annotations

import json

import msgspec
import pytest

from app.services.allocations import snapshot
from app.services.allocations.engine import compute
from app.services.allocations.store import CommitLine, CommitLineStatus, CommitResult, CommitStatus
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.kernels.allocation.registry import Method
from tests.support.builders import account, inputs

DONE = CommitResult(
    allocation_id="a",
    status=CommitStatus.PENDING_COMPLIANCE,
    aladdin_order_ids=("1",),
    allocations=(CommitLine("A", 1_000, "1", CommitLineStatus.PENDING_COMPLIANCE, "m"),),
    audit_id="b",
    message="m",
)


def test_a_stored_commit_is_read_as_it_was_written():
    text = snapshot.encode(DONE)
    assert '"status":"PENDING_COMPLIANCE"' in text
    assert snapshot.decode(text, CommitResult) == DONE


@pytest.mark.parametrize("place", [(), ("allocations", 0)])
def test_a_commit_with_another_status_is_refused(place):
    fields = json.loads(snapshot.encode(DONE))
    part = fields
    for step in place:
        part = part[step]
    part["status"] = "DONE"
    with pytest.raises(msgspec.ValidationError, match="DONE"):
        snapshot.decode(json.dumps(fields), CommitResult)


def test_a_result_with_another_proof_is_refused():
    result = compute(inputs([account("A"), account("B")], method=Method.MIN_DISPERSION))
    fields = json.loads(snapshot.encode(result))
    assert snapshot.decode(json.dumps(fields), PreviewResult) == result
    fields["summary"]["optimality"]["status"] = "GOOD"
    with pytest.raises(msgspec.ValidationError, match="GOOD"):
        snapshot.decode(json.dumps(fields), PreviewResult)


def test_a_snapshot_with_another_scope_of_a_limit_is_refused():
    fields = json.loads(snapshot.encode(inputs([account("A")])))
    assert {limit["scope"] for limit in fields["limits"]} == {"DEFAULT", "SECTOR"}
    fields["limits"][0]["scope"] = "FUND"
    with pytest.raises(msgspec.ValidationError, match="FUND"):
        snapshot.decode(json.dumps(fields), PreviewInputs)
