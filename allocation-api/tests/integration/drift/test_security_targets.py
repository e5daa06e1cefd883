"""Targets of single securities through the API, on numbers that can be computed by hand (see `DriftDesk`).

ACC001 has a NAV of 100 million: 60 of one bond, 36 of another, 4 of cash. NEW is a bond that nobody holds.
"""

from __future__ import annotations

import pytest
from stdnum import cusip, isin

from tests.support.drift_desk import GOVERNMENT, INDUSTRIAL, DriftDesk
from tests.support.proposal_desk import INDUSTRIALS, ProposalDesk

NEW = "91282800" + cusip.calc_check_digit("91282800")


def target(key, percent, **more):
    return {"key": key, "target_percent": percent, "band_absolute": 2, **more}


HALVES = [target(GOVERNMENT, 57), target(INDUSTRIAL, 39.5), target("cash", 3.5)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Each test has a scope or a dimension of its own."""
    return DriftDesk(tmp_path_factory.mktemp("security-targets"))


def stated(desk, targets, scope_id="ACC001", status=200, **more):
    return desk.state("ACCOUNT", scope_id, "SECURITY", targets=targets, status=status, **more)


def errors(answer):
    return {each["field"]: each["message"] for each in answer["errors"]}


def test_each_security_is_a_class(desk):
    """R19.7, R19.11: 60, 36 and 4 percent against 57, 39.5 and 3.5, with bands of 2."""
    stated(desk, HALVES)
    (drift,) = desk.get("drift/accounts/ACC001")["account"]["drifts"]
    found = [(each["key"], each["difference_percent"], each["is_out"]) for each in drift["classes"]]
    assert found == [(GOVERNMENT, 3, True), (INDUSTRIAL, -3.5, True), ("cash", 0.5, False)]
    assert (drift["dimension"], drift["total_drift"], drift["warnings"]) == ("SECURITY", 7, [])
    (row,) = desk.get("drift/out-of-band", dimension="SECURITY")["accounts"]
    assert (row["account_id"], row["worst"]["key"]) == ("ACC001", INDUSTRIAL)


def test_a_holding_without_a_target_is_unclassified(desk):
    """R19.12: ACC002 has 20, 20 and 10 of 50 million."""
    stated(desk, [target(INDUSTRIAL, 80), target("cash", 20)], "ACC002")
    (drift,) = desk.get("drift/accounts/ACC002")["account"]["drifts"]
    found = {each["key"]: each["difference_percent"] for each in drift["classes"]}
    assert found == {INDUSTRIAL: -40, "cash": 0, "unclassified": 40}
    (warning,) = drift["warnings"]
    assert (warning["type"], warning["symbols"]) == ("UNKNOWN_CLASS", [GOVERNMENT])
    assert warning["message"] == "1 holding without a target: shown as unclassified, target 0."


def test_a_security_is_kept_by_the_id_that_positions_have(desk):
    """R19.7: whoever writes its ISIN, or small letters, means the same."""
    written = [target(isin.from_natid("US", GOVERNMENT), 60), target(INDUSTRIAL.lower(), 40)]
    made = stated(desk, written, "ACC003")
    assert [each["key"] for each in made["in_force"]["targets"]] == [GOVERNMENT, INDUSTRIAL]


def test_what_is_no_security_is_refused_with_all_other_errors(desk):
    """R19.7: symbols of a market history are none; nothing is stored."""
    written = [
        target("EQ-US-LARGE", 20),
        target("A/B", 20),
        target(GOVERNMENT[:-1] + "5", 20),
        target(GOVERNMENT, 20),
        target(isin.from_natid("US", GOVERNMENT), 20),
    ]
    refused = stated(desk, written, "NONE", status=422, effective_from="2026-06-29")
    assert errors(refused) == {
        "scope_id": "There is no account in a portfolio group 'NONE'.",
        "targets.0.key": "There is no security 'EQ-US-LARGE'.",
        "targets.1.key": "There is no security 'A/B'.",
        "targets.2.key": f"There is no security '{GOVERNMENT[:-1]}5': its check digit is wrong.",
        "targets.4.key": f"This security is there twice: it is {GOVERNMENT}.",
        "effective_from": "The date lies before the business date 2026-06-30.",
    }
    assert desk.get("drift/target-sets", scope_id="NONE")["target_sets"] == []


def test_nothing_is_stated_while_aladdin_does_not_answer_for_a_security(tmp_path):
    """A bond that the search index lacks is asked for."""
    desk = DriftDesk(tmp_path)
    desk.wire.faults[None] = "unreached"
    refused = desk.state(dimension="SECURITY", targets=[target(NEW, 100)], status=503)
    assert refused["code"] == "VENDOR_LOGIN_FAILED"
    assert desk.get("drift/target-sets")["target_sets"] == []


def desk_where_east_aims(tmp_path, aims, *, of_west):
    """The bands are 0.1 points, West holds `of_west` face of NEW, and the other eight industrials stay."""

    def add(book):
        book["securities"].append({**book["securities"][-1], "cusip": NEW, "issuer_id": "NEW"})
        if of_west:
            book["accounts"][1]["positions"].append({"cusip": NEW, "face": of_west})

    desk = ProposalDesk(tmp_path, change=add)
    (held,) = desk.get("drift/target-sets")["target_sets"]
    path = f"drift/target-sets/{held['target_set_id']}/retire"
    desk.post(path, {"version": 1, "comment": "Securities instead"})
    all_aims = {**dict.fromkeys(INDUSTRIALS[1:], 3.94), **aims}
    targets = [{"key": key, "target_percent": part, "band_absolute": 0.1} for key, part in all_aims.items()]
    body = {"scope": "ACCOUNT", "scope_id": "ACC001", "dimension": "SECURITY", "version": 0, "comment": "x"}
    desk.post("drift/target-sets", {**body, "targets": targets})
    return desk


def orders(found):
    return {each["security_id"]: (each["side"], each["quantity"]) for each in found["outcome"]["orders"]}


def test_a_bond_that_is_not_held_is_bought_because_it_has_a_target(tmp_path):
    """R20.1: East has 59.1 and 3.94 of 100 million in the first two; a band is 100,000, prices are 98.5."""
    aims = {GOVERNMENT: 50, INDUSTRIALS[0]: 0, NEW: 8, "cash": 10.48}
    desk = desk_where_east_aims(tmp_path, aims, of_west=1_000_000)
    found = desk.propose(scope="GROUP", scope_id="ALL", mode="full", time_limit_seconds=20)
    assert (found["status"], found["accounts_back"]) == ("OPTIMAL", 1)
    made, band = orders(found), 0.1 * 1_000_000 / 0.985
    assert made == {
        INDUSTRIALS[0]: ("SELL", pytest.approx(4_000_000, abs=band)),
        GOVERNMENT: ("SELL", pytest.approx(9_100_000 / 0.985, abs=band)),
        NEW: ("BUY", pytest.approx(8_000_000 / 0.985, abs=band)),
    }
    listed = {"candidates": "buy_list", "security_ids": [INDUSTRIALS[1]], "time_limit_seconds": 1}
    assert NEW not in orders(desk.propose(scope="GROUP", scope_id="ALL", **listed))


def test_a_bond_that_nobody_holds_is_left_out_with_why(tmp_path):
    """R20.9: nothing says what it costs. Without it East is within its bands."""
    aims = {GOVERNMENT: 59.1, INDUSTRIALS[0]: 3.94, NEW: 0.05, "cash": 5.39}
    desk = desk_where_east_aims(tmp_path, aims, of_west=0)
    found = desk.propose(time_limit_seconds=20)
    assert (found["status"], found["order_count"]) == ("OPTIMAL", 0)
    assert [(each["id"], each["code"]) for each in found["outcome"]["left_out"]] == [(NEW, "DATA_MISSING")]
