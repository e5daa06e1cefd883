"""Accounts that a request excludes, through the whole service.

Golden shares are worked out by hand from the book: NAV 100, 150, 80 and 50 million, clean 98.5, no accrued;
cash of 1,000,000 buys ACC004 1,015,000 in lots. Least dispersions come from all splits on the grid.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.shown import by_account

BOND = "912828YW4"
NAV = (100e6, 150e6, 80e6, 50e6)
BEFORE = (5.2, 4.8, 5.5, 5.0)
LEFT_OUT = "EXCLUDED_BY_REQUEST"


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def without(*accounts, **more):
    excluded = [{"account_id": a, "reason": f"{a} asked to wait"} for a in accounts]
    return {"constraints": {"exclude_accounts": excluded}, **more}


def preview(desk, face, **more):
    return desk.preview(BOND, face, groups=["GOLDEN"], **more)


def reasons(shown):
    return {a["account_id"]: a["reason"] and a["reason"]["code"] for a in shown["allocations"]}


def refused(desk, body):
    order = {"security_id": BOND, "side": "BUY", "quantity": 8_000_000}
    request = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": ["GOLDEN"], **body}
    answer = desk.client.post("/v1/allocations/preview", headers=desk.headers, json=request)
    assert answer.status_code == 422
    return [(e["field"], e["message"]) for e in answer.get_json()["errors"]]


def test_the_others_share_what_an_excluded_account_would_have_got(desk):
    # R4.7
    shown = preview(desk, 8_000_000, **without("ACC003"))
    # 1,015,000 is all that ACC004 can pay; 6,985,000 are shared 100 : 150.
    assert by_account(shown) == {
        "ACC001": 2_794_000,
        "ACC002": 4_191_000,
        "ACC003": 0,
        "ACC004": 1_015_000,
    }
    assert reasons(shown)["ACC003"] == LEFT_OUT
    (row,) = [a for a in shown["allocations"] if a["account_id"] == "ACC003"]
    assert row["reason"]["message"] == "Excluded by the request: ACC003 asked to wait"
    assert "ACC003" not in {w["account_id"] for w in shown["warnings"]}
    assert shown["constraints"]["exclude_accounts"] == [
        {"account_id": "ACC003", "reason": "ACC003 asked to wait"}
    ]


def least_std(total, caps):
    """Return the least population standard deviation of all splits in thousands; ACC002 gets nothing."""
    per_lot = [1_000 * 0.985 * 3.8 / nav for nav in NAV]
    one, four = np.meshgrid(np.arange(caps[0] + 1), np.arange(caps[3] + 1), indexing="ij")
    three = total - one - four
    values = [
        BEFORE[0] + per_lot[0] * one,
        np.full(one.shape, BEFORE[1]),
        BEFORE[2] + per_lot[2] * three,
        BEFORE[3] + per_lot[3] * four,
    ]
    spread = np.std(np.stack(values), axis=0)
    return float(spread[(three >= 0) & (three <= caps[2])].min())


def test_the_least_dispersion_is_that_of_all_splits_without_it(desk):
    # R4.7
    shown = preview(desk, 5_000_000, **without("ACC002", method="MIN_DISPERSION"))
    assert by_account(shown)["ACC002"] == 0
    found = shown["summary"]["dispersion_metrics"]
    assert found["post_trade_std_dev"] == pytest.approx(least_std(5_000, (5_076, 0, 3_045, 1_015)), abs=1e-12)
    assert shown["summary"]["optimality"]["status"] == "OPTIMAL"


def test_an_excluded_account_sells_nothing(desk):
    # R4.7; positions are 1,000,000, 2,000,000, 500,000 and 0
    shown = preview(desk, 2_000_000, order={"side": "SELL"}, **without("ACC001"))
    assert by_account(shown)["ACC001"] == 0
    assert sum(by_account(shown).values()) == 2_000_000


def test_the_order_of_exclusions_changes_nothing(desk):
    one = preview(desk, 8_000_000, **without("ACC003", "ACC001"))
    other = preview(desk, 8_000_000, **without("ACC001", "ACC003"))
    assert (one["allocations"], one["constraints"]) == (other["allocations"], other["constraints"])


def test_an_exclusion_is_audited_replayed_and_not_sent(desk):
    # R4.7
    shown = preview(desk, 8_000_000, **without("ACC003"))
    key = shown["allocation_id"]
    assert desk.post(f"allocations/{key}/replay")["identical"] is True
    (record,) = desk.get("audit", entity_id=key, action="PREVIEW")["audit_records"]
    assert record["after"]["exclude_accounts"] == {"ACC003": "ACC003 asked to wait"}
    done = desk.post(f"allocations/{key}/commit", {"override_warnings": True})
    assert {a["account_id"] for a in done["allocations"]} == {"ACC001", "ACC002", "ACC004"}


def test_what_cannot_be_excluded_is_named_all_at_once(desk):
    # R4.7
    twice = without("ACC001", "ACC001")["constraints"]
    assert refused(desk, {"constraints": twice}) == [
        ("constraints.exclude_accounts.1.account_id", "The account is excluded twice.")
    ]
    unknown = without("NONE", "ACC001", "OTHER")
    assert [field for field, _ in refused(desk, unknown)] == [
        "constraints.exclude_accounts.0.account_id",
        "constraints.exclude_accounts.2.account_id",
    ]
    everyone = without("ACC001", "ACC002", "ACC003", "ACC004")
    assert refused(desk, everyone) == [
        ("constraints.exclude_accounts", "All accounts of the groups are excluded: none is left.")
    ]
    blank = {"constraints": {"exclude_accounts": [{"account_id": "ACC001", "reason": ""}]}}
    assert [field for field, _ in refused(desk, blank)] == ["constraints.exclude_accounts.0.reason"]


def test_an_excluded_account_cannot_have_a_share(desk):
    # R4.7
    weights = {
        "parameters": {"weights": {"ACC001": 0.6, "ACC002": 0.4}},
        "allocation_method": "CUSTOM_WEIGHTS",
    }
    assert refused(desk, without("ACC002", **weights)) == [
        ("parameters.weights.ACC002", "The account is excluded, so it cannot have a share.")
    ]
    amounts = {"parameters": {"base_metric": "CUSTOM", "base_amounts": {"ACC001": 2, "ACC002": 0}}}
    shown = preview(desk, 1_000_000, **without("ACC002", **amounts))
    assert by_account(shown)["ACC001"] == 1_000_000
