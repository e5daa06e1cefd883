"""Previews that ask the vendor's compliance about their split, on the simulator's wire."""

from __future__ import annotations

import json

import pytest

from tests.integration.trading.test_trading_safety import grant
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

POST = "/order:post"
QUANTITY = 3_800_000


@pytest.fixture
def desk(tmp_path):
    """A desk that asks, and whose vendor can be told what to answer."""
    wire = FaultyWire.over(GOLDEN_BOOK)
    made = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, ALADDIN_WHAT_IF="true")
    made.wire = wire
    return made


def preview(desk, quantity=QUANTITY, **more):
    bond = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
    return desk.preview(bond, quantity, groups=["GOLDEN"], **more)


def sent(desk):
    """The bodies of all orders that went over the wire, asked about or posted."""
    return [json.loads(body) for name, body in desk.wire.calls if name == POST]


def violating(rules):
    """Add violations to the answer: tickers by rule, of which the vendor names only its own codes."""

    def edit(answer):
        output = answer["results"][0]["output"]
        details = {d["portfolioReference"]["portfolioTicker"]: d for d in output["order"]["orderDetails"]}
        output["complianceViolations"] = [
            {
                "id": "555",
                "ruleId": rule,
                "complianceSeverity": "COMPLIANCE_SEVERITY_RESTRICTION",
                "violationDescription": f"{rule} is broken",
                "violationContributions": [
                    {"portfolioId": details[ticker]["portfolioReference"]["portfolioId"]}
                    for ticker in tickers[:1]
                ]
                + [{"allocationId": details[ticker]["orderDetailId"]} for ticker in tickers[1:]],
            }
            for rule, tickers in rules.items()
        ]

    return edit


def with_status(status):
    def edit(answer):
        answer["results"][0]["output"]["order"]["orderStatus"] = status

    return edit


def asked_in_vain(found):
    """The one warning of a preview whose vendor had no full answer."""
    (warning,) = found["warnings"]
    assert (warning["type"], warning["account_id"]) == ("COMPLIANCE", None)
    assert warning["details"]["source"] == "ALADDIN"
    return warning


def test_a_preview_asks_about_the_very_order_that_its_commit_sends(desk):
    found = preview(desk)
    assert found["warnings"] == []
    (asked,) = sent(desk)
    assert asked["postOrderConfig"] == {"whatIf": True, "runCompliance": True, "complianceTimeout": "20s"}
    slices = {
        d["portfolioReference"]["portfolioTicker"]: d["quantity"] for d in asked["order"]["orderDetails"]
    }
    assert slices == {
        a["account_id"]: a["allocated_quantity"] for a in found["allocations"] if a["allocated_quantity"]
    }
    desk.post(f"allocations/{found['allocation_id']}/commit")
    _, posted = sent(desk)
    # Under another id, so that a what-if order that a tenant keeps is never taken for this one.
    other = {"externalOrderReference", "basketId"}
    assert {k: v for k, v in posted["order"].items() if k not in other} == {
        k: v for k, v in asked["order"].items() if k not in other
    }
    assert not {str(posted["order"][k]) for k in other} & {str(asked["order"][k]) for k in other}
    assert posted["postOrderConfig"] == asked["postOrderConfig"] | {"whatIf": False}


def test_asking_places_nothing(desk):
    found = preview(desk)
    assert desk.get("orders")["orders"] == []
    desk.wire.calls.clear()
    # Cash and positions after live orders are as before, so the same preview comes out again.
    assert preview(desk)["allocations"] == found["allocations"]
    assert desk.get(f"allocations/{found['allocation_id']}")["status"] == "PREVIEWED"


def test_violations_are_warnings_of_their_accounts_and_need_an_override(desk):
    desk.wire.edits[POST] = violating({"MAX_ISSUER": ["ACC002", "ACC001"], "NO_TRADING": []})
    found = preview(desk)
    assert [(w["type"], w["account_id"], w["details"]["rule_id"]) for w in found["warnings"]] == [
        ("COMPLIANCE", None, "NO_TRADING"),
        ("COMPLIANCE", "ACC001", "MAX_ISSUER"),
        ("COMPLIANCE", "ACC002", "MAX_ISSUER"),
    ]
    assert found["warnings"][1]["details"] == {
        "source": "ALADDIN",
        "rule_id": "MAX_ISSUER",
        "severity": "RESTRICTION",
        "description": "MAX_ISSUER is broken",
        "action_status": None,
    }
    path = f"allocations/{found['allocation_id']}"
    assert desk.get(path)["warnings"] == found["warnings"]
    assert desk.post(f"{path}/commit", status=409)["code"] == "WARNINGS_NOT_OVERRIDDEN"
    assert desk.wire.count(POST) == 1
    done = desk.post(f"{path}/commit", {"override_warnings": True})
    assert done["status"] == "SUCCESS"
    # The commit does not ask again: the post itself runs compliance, and its answer is passed on.
    assert desk.wire.count(POST) == 2
    assert "MAX_ISSUER (RESTRICTION): MAX_ISSUER is broken [ACC001, ACC002]" in done["message"]


def test_a_replay_asks_nobody_and_gives_the_same_warnings(desk):
    desk.wire.edits[POST] = violating({"MAX_ISSUER": ["ACC001"]})
    found = preview(desk)
    assert len(found["warnings"]) == 1
    desk.wire.calls.clear()
    replayed = desk.post(f"allocations/{found['allocation_id']}/replay")
    assert (replayed["identical"], replayed["differences"]) == (True, [])
    assert desk.wire.calls == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("unreached", "ConnectError"), ("away", "ReadTimeout"), ("refused", "market closed")],
)
def test_a_vendor_who_cannot_be_asked_costs_a_warning_not_the_preview(desk, fault, reason):
    # R5.8
    desk.wire.faults[POST] = fault
    found = preview(desk)
    assert found["summary"]["total_allocated"] == QUANTITY
    warning = asked_in_vain(found)
    assert "could not be asked" in warning["message"]
    assert warning["details"]["state"] == "NOT_ASKED"
    assert reason in warning["details"]["reason"]
    assert desk.wire.count(POST) == 1
    path = f"allocations/{found['allocation_id']}"
    assert desk.post(f"{path}/replay")["identical"] is True
    assert desk.post(f"{path}/commit", status=409)["code"] == "WARNINGS_NOT_OVERRIDDEN"


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        ("Compl Pending", "PENDING", "has not finished"),
        (None, "PENDING", "does not say"),
        ("Rejected", "REFUSED", "would be Rejected"),
    ],
)
def test_a_check_that_came_to_no_end_is_a_warning(desk, status, state, words):
    desk.wire.edits[POST] = with_status(status)
    warning = asked_in_vain(preview(desk))
    assert warning["details"]["state"] == state
    assert words in warning["message"]


def test_nothing_is_asked_when_nothing_is_allocated(desk):
    found = preview(desk, 500)
    assert found["summary"]["total_allocated"] == 0
    assert desk.wire.count(POST) == 0


def test_nothing_is_asked_when_compliance_is_not_to_be_checked(desk):
    grant(desk)
    found = preview(desk, constraints={"compliance_check": False})
    assert desk.wire.count(POST) == 0
    assert {w["details"].get("source") for w in found["warnings"]} == {None}


def test_nothing_is_asked_unless_the_settings_say_so(tmp_path):
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    preview(desk)
    assert wire.count(POST) == 0
