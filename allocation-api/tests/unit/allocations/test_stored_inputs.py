"""What is unknown of an account is told apart by field, and snapshots of before that are upgraded on read."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.models import AllocationRow
from app.services.allocations import snapshot
from app.services.allocations.engine import compute
from app.services.allocations.request import Constraints
from app.services.allocations.store import stored_inputs
from app.services.allocations.types import ReasonCode
from app.services.domain.side import Side
from tests.support.builders import account, inputs, security

UNKNOWN = "reference data: name, restrictions and benchmark are unknown"
CURRENCY = "currency: EUR account, USD bond"


def reasons(given):
    return {a.account_id: a.reason for a in compute(given).allocations}


def older(given):
    """A snapshot as it was stored when one list held all words: those on reference data came first."""
    fields = json.loads(snapshot.encode(given))
    for stored in fields["accounts"]:
        stored["missing"] = [*stored.pop("missing_reference"), *stored["missing"]]
    return AllocationRow(snapshot=json.dumps(fields))


@pytest.mark.parametrize("compliance", [True, False])
def test_unknown_reference_data_bars_an_account_only_where_compliance_is_checked(compliance):
    # R4.4
    given = inputs(
        [account("A"), account("B", missing_reference=(UNKNOWN,))],
        constraints=Constraints(compliance_check=compliance),
    )
    reason = reasons(given)["B"]
    if not compliance:
        assert reason is None
        return
    assert (reason.code, reason.message) == (ReasonCode.MISSING_DATA, f"Data is missing ({UNKNOWN})")


def test_what_else_is_missing_bars_an_account_however_it_is_worded():
    words = "reference data of another kind: unknown"
    given = inputs(
        [account("A"), account("B", missing=(words,))], constraints=Constraints(compliance_check=False)
    )
    assert reasons(given)["B"].message == f"Data is missing ({words})"


@pytest.mark.parametrize("compliance", [True, False])
def test_an_older_snapshot_is_read_and_replayed_as_it_was(compliance):
    barred = account("C", missing=(CURRENCY,), missing_reference=(UNKNOWN,))
    given = inputs(
        [account("A"), account("B", missing_reference=(UNKNOWN,)), barred],
        constraints=Constraints(compliance_check=compliance),
    )
    words = f"{UNKNOWN}; {CURRENCY}" if compliance else CURRENCY
    again = stored_inputs(older(given))
    assert again == given
    assert compute(again) == compute(given)
    assert reasons(again)["C"].message == f"Data is missing ({words})"


def test_an_older_sale_is_replayed_without_a_tradable_rest():
    # R4.10: of 3,000 with a piece of 2,000, the sale of 2,000 leaves 1,000.
    bond = security(min_piece=2000)
    held = account("A", held_face=Decimal(3000), settled_face=Decimal(3000))
    given = inputs([held], quantity=2000, side=Side.SELL, bond=bond)
    fields = json.loads(snapshot.encode(given))
    wishes = {"account_limits", "cash_reserve", "leave_tradable", "round_to", "round_to_above_only"}
    for name in wishes:
        del fields["request"]["constraints"][name]
    again = stored_inputs(AllocationRow(snapshot=json.dumps(fields)))
    assert [a.allocated_quantity for a in compute(again).allocations] == [2000]
    kept = replace(given.request.constraints, leave_tradable=True)
    today = replace(given, request=replace(given.request, constraints=kept))
    assert [a.allocated_quantity for a in compute(today).allocations] == [0]


def test_a_snapshot_of_today_is_read_as_it_was_written():
    given = inputs([account("A"), account("B", missing_reference=(UNKNOWN,))])
    assert stored_inputs(AllocationRow(snapshot=snapshot.encode(given))) == given
    plain = replace(given, accounts=(account("A"),))
    assert stored_inputs(AllocationRow(snapshot=snapshot.encode(plain))) == plain
