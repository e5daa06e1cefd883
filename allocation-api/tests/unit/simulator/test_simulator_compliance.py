from __future__ import annotations

import json
from decimal import Decimal

import pytest

from aladdin_simulator import load_book
from tests.unit.simulator.vendor import COMPANY, FILL_SECONDS, TREASURY, Vendor, book_entry, seen_at, slice_of

WARNING, RESTRICTION = "COMPLIANCE_SEVERITY_WARNING", "COMPLIANCE_SEVERITY_RESTRICTION"
# ACC003 has a NAV of 80 million and holds 250,000 of the company at 101.5: 253,750. Its limit of 8 % is 6.4
# million, so 6,146,250 more may come: 6,055,418 of face cost 6,146,249.27.
ROOM = 6_055_418


def vendor_of(tmp_path, **changes) -> Vendor:
    """A simulator of the small book in which ACC004 is restricted, and the company's bond is changed."""
    entry = book_entry()
    entry["securities"][1] |= changes.pop("bond", {})
    entry["accounts"][3] |= changes.pop("account", {})
    file = tmp_path / "book.json"
    file.write_text(json.dumps(entry))
    return Vendor(load_book(str(file)), **changes)


def findings(vendor: Vendor, *details, config=None, **fields):
    """Return severity, rule, portfolio and slices of what compliance has against an order of the company."""
    result = vendor.order(config=config, assetId=COMPANY, face=None, orderDetails=list(details), **fields)[
        "output"
    ]
    return [
        (
            found["complianceSeverity"],
            found["ruleId"],
            found["portfolioId"],
            [part["allocationId"] for part in found["violationContributions"]],
        )
        for found in result.get("complianceViolations", [])
    ]


def test_too_much_of_one_issuer_is_a_warning(vendor):
    assert findings(vendor, slice_of("ACC003", ROOM), config={"whatIf": True}) == []
    order = vendor.order(
        assetId=COMPANY,
        face=None,
        tradeDate="2026-06-30",
        orderDetails=[slice_of("ACC001", 1000), slice_of("ACC003", ROOM + 1)],
    )["output"]
    assert order["complianceViolations"] == [
        {
            "actionStatus": "Action Required",
            "complianceSeverity": WARNING,
            "portfolioId": "10003",
            "ruleId": "MAX_ISSUER_WEIGHT",
            "offender": "037833",
            "violationDate": "2026-06-30",
            "violationDescription": "Acme would be 6400000.28 in ACC003, 8.00 % of NAV; the limit is 8 %",
            "violationContributions": [
                {
                    "allocationId": 2,
                    "allocationQuantity": ROOM + 1,
                    "assetId": COMPANY,
                    "portfolioId": "10003",
                    "compliancePositionSource": "COMPLIANCE_POSITION_SOURCE_ORDER",
                    "transactionDate": "2026-06-30",
                }
            ],
        }
    ]
    assert order["order"]["orderStatus"] == "Open"


def test_a_restriction_reports_and_does_not_block(tmp_path):
    vendor = vendor_of(tmp_path, bond={"rating": "BB+"}, account={"restrictions": ["NO_HIGH_YIELD"]})
    details = [slice_of("ACC001", 1000), slice_of("ACC004", 2000)]
    assert findings(vendor, *details) == [(RESTRICTION, "NO_HIGH_YIELD", "10004", [2])]
    assert vendor.state()["orderStatus"] == "Open"


@pytest.mark.parametrize(
    ("restriction", "bond", "barred"),
    [
        ("INVESTMENT_GRADE_ONLY", {"rating": "BBB-"}, False),
        ("INVESTMENT_GRADE_ONLY", {"rating": "BB+"}, True),
        ("INVESTMENT_GRADE_ONLY", {"rating": "NR"}, True),
        ("NO_HIGH_YIELD", {"rating": "NR"}, True),
        ("NO_EMERGING_MARKETS", {"country": "DE"}, False),
        ("NO_EMERGING_MARKETS", {"country": "BR"}, True),
        ("NO_EMERGING_MARKETS", {"country": "IN"}, True),
        ("NO_TOBACCO", {"sector": "Tobacco"}, True),
        ("NO_TOBACCO", {"sector": "WEAPONS"}, False),
        ("ESG_COMPLIANT", {"sector": "THERMAL_COAL"}, True),
        ("ESG_COMPLIANT", {"sector": "TECHNOLOGY"}, False),
        ("ONLY_ON_SUNDAYS", {}, True),
    ],
)
def test_each_restriction_has_its_rule_and_an_unknown_one_is_reported(tmp_path, restriction, bond, barred):
    vendor = vendor_of(tmp_path, bond=bond, account={"restrictions": [restriction]})
    wanted = [(RESTRICTION, restriction, "10004", [1])] if barred else []
    assert findings(vendor, slice_of("ACC004", 2000)) == wanted
    assert findings(vendor, slice_of("ACC004", 2000), transactionType="SELL") == []


def test_a_what_if_reports_and_keeps_nothing(vendor):
    details = [slice_of("ACC002", 1000), slice_of("ACC003", ROOM), slice_of("ACC003", 1000)]
    before = vendor.rows("TOP", "SOD+Trades+Orders")
    for _ in range(2):
        found = findings(vendor, *details, config={"whatIf": True})
        assert found == [(WARNING, "MAX_ISSUER_WEIGHT", "10003", [2, 3])]
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="TOP") == []
    assert vendor.rows("TOP", "SOD+Trades+Orders") == before


@pytest.mark.parametrize("what_if", [True, False])
def test_compliance_runs_unless_told_otherwise(vendor, what_if):
    detail = slice_of("ACC003", ROOM + 1)
    assert findings(vendor, detail, config={"whatIf": what_if, "runCompliance": False}) == []
    assert len(findings(vendor, detail, config={"whatIf": True})) == 1


def test_governments_are_free_of_the_issuer_limit(vendor):
    order = vendor.order(assetId=TREASURY, face=None, orderDetails=[slice_of("ACC003", 70_000_000)])
    assert "complianceViolations" not in order["output"]


def test_open_and_booked_orders_count_and_canceled_ones_do_not(tmp_path):
    desk = vendor_of(tmp_path, fill_seconds=FILL_SECONDS)
    half, rest = slice_of("ACC003", ROOM - 1_000_000), slice_of("ACC003", 1_000_001)
    what_if = {"whatIf": True}
    assert findings(desk, half) == []
    assert len(findings(desk, rest, config=what_if)) == 1
    seen_at(desk, FILL_SECONDS)
    assert len(findings(desk, rest, config=what_if)) == 1
    assert findings(desk, slice_of("ACC001", 1_000_001), config=what_if) == []
    assert findings(desk, slice_of("ACC003", 900_000)) == []
    desk.post("order:cancel", {"orderId": "90002"})
    assert findings(desk, slice_of("ACC003", 900_000), config=what_if) == []


def test_a_change_is_judged_by_its_new_size_alone(vendor):
    assert findings(vendor, slice_of("ACC003", ROOM)) == []
    same = {"orderDetailId": 1, "quantity": ROOM}
    assert findings(vendor, same, id="90001") == []
    assert len(findings(vendor, same | {"quantity": ROOM + 1}, id="90001")) == 1


def test_a_slice_of_nothing_is_not_judged(tmp_path):
    vendor = vendor_of(tmp_path, bond={"rating": "BB"}, account={"restrictions": ["NO_HIGH_YIELD"]})
    details = [slice_of("ACC001", 1000), slice_of("ACC004", 2000)]
    assert len(findings(vendor, *details)) == 1
    changed = [{"orderDetailId": 1, "quantity": 1000}, {"orderDetailId": 2, "quantity": 0}]
    assert findings(vendor, *changed, id="90001") == []


def test_an_account_without_value_may_hold_nothing(tmp_path):
    vendor = vendor_of(tmp_path, account={"nav": 0})
    assert findings(vendor, slice_of("ACC004", 2000)) == [(WARNING, "MAX_ISSUER_WEIGHT", "10004", [1])]


def test_what_generated_accounts_hold_is_quiet(any_book):
    """Buying a little more of what an account holds breaks no rule, in no scenario."""
    vendor = Vendor(any_book)
    for account in any_book.accounts[:31]:
        largest = max(account.positions, key=lambda held: (held.face, held.cusip))
        bond = any_book.bond_by_cusip[largest.cusip]
        face = float(account.nav / 100 // bond.increment * bond.increment)
        order = vendor.order(
            config={"whatIf": True},
            assetId=largest.cusip,
            face=None,
            orderDetails=[slice_of(account.account_id, face)],
        )
        assert "complianceViolations" not in order["output"]
        assert order["output"]["order"]["face"] == Decimal(face)
