"""What the vendor's compliance said, as part of the inputs and as warnings of the result."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.services.allocations import snapshot
from app.services.allocations.block_order import block_order
from app.services.allocations.engine import compute, split, with_vendor_check
from app.services.allocations.types import PreviewInputs, WarningType
from app.services.domain.block_order import CheckState, ComplianceViolation, VendorCheck
from tests.support.builders import account, inputs


def violation(*accounts, rule="MAX_ISSUER", **other):
    base = ComplianceViolation("555", rule, "WARNING", "Action Required", "issuer weight", tuple(accounts))
    return replace(base, **other)


def checked(*violations, state=CheckState.FINISHED, reason=None):
    given = inputs([account("A"), account("B", nav=None), account("C")])
    return replace(given, vendor_check=VendorCheck(state, violations, reason))


def vendor_s(result):
    return [w for w in result.warnings if w.details.get("source") == "ALADDIN"]


def test_a_violation_is_a_compliance_warning_of_each_account_with_the_vendor_s_words():
    first, second = vendor_s(compute(checked(violation("A", "C"))))
    assert (first.type, first.account_id, second.account_id) == (WarningType.COMPLIANCE, "A", "C")
    assert first.message == "Aladdin's compliance: issuer weight (MAX_ISSUER, WARNING)"
    assert first.details == {
        "source": "ALADDIN",
        "rule_id": "MAX_ISSUER",
        "severity": "WARNING",
        "description": "issuer weight",
        "action_status": "Action Required",
    }


@pytest.mark.parametrize("accounts", [(), ("ELSEWHERE",)])
def test_a_violation_of_no_account_of_ours_is_a_warning_for_the_order(accounts):
    (found,) = vendor_s(compute(checked(violation(*accounts))))
    assert (found.account_id, found.details["rule_id"]) == (None, "MAX_ISSUER")


def test_one_rule_is_one_warning_for_an_account_however_often_it_is_broken():
    # R5.8
    found = vendor_s(
        compute(
            checked(
                violation("A"),
                violation("A", violation_id="556", severity="RESTRICTION", description="group weight"),
                violation("A", rule="MAX_SECTOR"),
            )
        )
    )
    assert [(w.account_id, w.details["rule_id"]) for w in found] == [("A", "MAX_ISSUER"), ("A", "MAX_SECTOR")]
    assert found[0].details["severity"] == "WARNING; RESTRICTION"
    assert found[0].details["description"] == "issuer weight; group weight"


def test_violations_without_a_rule_s_name_stay_apart():
    nameless = violation("A", rule=None, severity=None, description=None, action_status=None)
    found = vendor_s(compute(checked(nameless, nameless)))
    assert [w.account_id for w in found] == ["A", "A"]
    assert found[0].message == "Aladdin's compliance: a rule is broken (rule not named, severity not given)"


def test_the_order_of_warnings_stays_the_whole_order_s_first_then_by_account():
    old = replace(checked().analytics, risk_date=date(2026, 6, 1))
    given = replace(checked(violation("C"), violation("B"), violation("A"), violation()), analytics=old)
    assert [(w.type, w.account_id, w.details.get("source")) for w in compute(given).warnings] == [
        (WarningType.STALE_DATA, None, None),
        (WarningType.COMPLIANCE, None, "ALADDIN"),
        (WarningType.COMPLIANCE, "A", "ALADDIN"),
        (WarningType.MISSING_DATA, "B", None),
        (WarningType.COMPLIANCE, "B", "ALADDIN"),
        (WarningType.COMPLIANCE, "C", "ALADDIN"),
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CheckState.PENDING, "has not finished"),
        (CheckState.REFUSED, "would not take"),
        (CheckState.NOT_ASKED, "could not be asked"),
    ],
)
def test_a_check_that_came_to_no_end_is_a_warning_beside_what_it_found(state, words):
    first, second = vendor_s(compute(checked(violation("A"), state=state, reason="because")))
    assert (first.type, first.account_id) == (WarningType.COMPLIANCE, None)
    assert words in first.message
    assert "because" in first.message
    assert first.details == {"source": "ALADDIN", "state": state.value, "reason": "because"}
    assert second.account_id == "A"


def test_a_check_without_violations_changes_nothing():
    given = checked()
    assert compute(given) == compute(replace(given, vendor_check=None)) == split(given)


def test_asking_after_the_split_and_replaying_give_the_same_bytes():
    given = inputs([account("A"), account("B")])
    check = VendorCheck(CheckState.PENDING, (violation("B"), violation()), "too slow")
    shown = with_vendor_check(split(given), check)
    text = snapshot.encode(replace(given, vendor_check=check))
    again = snapshot.decode(text, PreviewInputs)
    assert snapshot.encode(again) == text
    assert snapshot.encode(compute(again)) == snapshot.encode(shown)


def test_a_snapshot_from_before_there_was_a_check_still_replays():
    given = inputs([account("A"), account("B")])
    fields = json.loads(snapshot.encode(given))
    assert fields.pop("vendor_check") is None
    again = snapshot.decode(json.dumps(fields), PreviewInputs)
    assert again == given
    assert snapshot.encode(compute(again)) == snapshot.encode(compute(given))


def test_the_vendor_is_asked_about_the_order_that_a_commit_sends():
    given = inputs([account("A"), account("B", nav=None)])
    asked = block_order("id-1", given, split(given))
    sent = block_order("id-1", given, compute(given), comment="agreed")
    assert replace(sent, comment="") == asked
    assert [(s.account_id, s.face) for s in asked.slices] == [("A", Decimal(1_000_000))]
    assert (asked.external_id, asked.basket_id, asked.limit_price) == ("id-1", "id-1", None)
