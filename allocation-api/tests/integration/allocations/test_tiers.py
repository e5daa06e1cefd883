"""Tiers of accounts, through the whole service.

Golden faces are worked out by hand from the book: NAV 100, 150, 80 and 50 million, clean 98.5, no accrued;
cash of 8,000,000 buys ACC002 8,121,000 in lots, 1,000,000 buys ACC004 1,015,000.
"""

from __future__ import annotations

import pytest

from app.services.allocations import snapshot
from app.services.allocations.types import PreviewInputs
from tests.support import saga
from tests.support.shown import faces, reasons, told

BOND = "912828YW4"


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def preview(desk, face, tiers, *, method="PRO_RATA", status=200, constraints=None, side="BUY", **parameters):
    return desk.preview(
        BOND,
        face,
        groups=["GOLDEN"],
        method=method,
        order={"side": side},
        parameters={"tiers": tiers, **parameters},
        constraints=constraints or {},
        status=status,
    )


def refused(desk, tiers, **more):
    return told(preview(desk, 1_000_000, tiers, status=422, **more))


@pytest.mark.parametrize(
    ("face", "tiers", "expected"),
    [
        (3_000_000, [["ACC004"], ["ACC001"]], [1_985_000, 0, 0, 1_015_000]),
        # 879,000 are left for 100 : 80 : 50, and lots go by largest remainder.
        (9_000_000, [["ACC002"]], [382_000, 8_121_000, 306_000, 191_000]),
        (2_300_000, [["ACC001", "ACC003", "ACC004"], ["ACC002"]], [1_000_000, 0, 800_000, 500_000]),
    ],
)
def test_tiers_are_served_in_turn(desk, face, tiers, expected):
    # R6.8
    shown = preview(desk, face, tiers)
    assert faces(shown) == expected
    assert [code for code in reasons(shown) if code] == ["ORDER_EXHAUSTED"] * expected.count(0)
    assert shown["parameters"]["tiers"] == [sorted(tier) for tier in tiers]
    assert desk.post(f"allocations/{shown['allocation_id']}/replay")["identical"] is True


def test_the_order_within_a_tier_is_no_part_of_what_was_asked(desk):
    # R2.1, R6.8
    def asked(tiers):
        shown = preview(desk, 9_000_000, tiers)
        request = snapshot.decode(saga.row(desk, shown["allocation_id"]).snapshot, PreviewInputs).request
        return request, shown["allocations"]

    assert asked([["ACC002", "ACC001"], ["ACC004"]]) == asked([["ACC001", "ACC002"], ["ACC004"]])


def test_the_least_dispersion_comes_tier_by_tier(desk):
    # R6.8: of the first tier the lower metric is that of ACC001, 5.2; all of the 2,000,000 bring it to
    # 5.2 + 2 x 0.03743 = 5.27486, still under the 5.5 of ACC003.
    shown = preview(desk, 2_000_000, [["ACC003", "ACC001"]], method="MIN_DISPERSION")
    assert faces(shown) == [2_000_000, 0, 0, 0]
    assert shown["summary"]["optimality"]["status"] == "OPTIMAL"
    codes = dict(zip(("ACC001", "ACC002", "ACC003", "ACC004"), reasons(shown), strict=True))
    assert codes == {
        "ACC001": None,
        "ACC002": "ORDER_EXHAUSTED",
        "ACC003": "NOT_OPTIMAL",
        "ACC004": "ORDER_EXHAUSTED",
    }


def test_a_sale_and_own_orders_go_tier_by_tier_as_well(desk):
    # R6.7, R6.8: positions are 1,000,000, 2,000,000 and 500,000.
    sold = preview(desk, 2_250_000, [["ACC002"]], side="SELL", base_metric="POSITION")
    # 250,000 are left for 2 : 1, which is 166,667 : 83,333.
    assert faces(sold) == [167_000, 2_000_000, 83_000, 0]
    own = {"ACC001": 700_000, "ACC002": 400_000, "ACC003": 600_000}
    bought = preview(desk, 1_000_000, [["ACC003"]], base_metric="ORDER_SIZE", base_amounts=own)
    # 400,000 are left for 7 : 4, which is 254,545 : 145,455.
    assert faces(bought) == [255_000, 145_000, 600_000, 0]


def test_a_minimum_of_a_later_tier_is_put_aside(desk):
    # R4.8, R6.8
    least = {"account_limits": {"ACC003": {"min": 250_000}}}
    shown = preview(desk, 1_000_000, [["ACC001"]], constraints=least)
    assert faces(shown) == [750_000, 0, 250_000, 0]


def test_what_tiers_may_name_is_told_all_at_once(desk):
    # R6.8
    out = {"exclude_accounts": [{"account_id": "ACC002", "reason": "asked to wait"}]}
    assert refused(desk, [["ACC001"], ["ACC003", "ACC001"], ["ACC003"]]) == {
        "parameters.tiers.1.1": "The account is in the tiers twice.",
        "parameters.tiers.2.0": "The account is in the tiers twice.",
    }
    assert refused(desk, [["NONE", "ACC001"], ["OTHER"]]) == {
        "parameters.tiers.0.0": "The account is not in the requested portfolio groups.",
        "parameters.tiers.1.0": "The account is not in the requested portfolio groups.",
    }
    assert refused(desk, [["ACC001", "ACC002"]], constraints=out) == {
        "parameters.tiers.0.1": "The account is excluded, so it cannot be served."
    }
    assert list(refused(desk, [["ACC001"], []])) == ["parameters.tiers.1"]
    weights = {"ACC001": 0.5, "ACC002": 0.5}
    assert refused(desk, [["ACC001"]], method="CUSTOM_WEIGHTS", weights=weights) == {
        "parameters.tiers": "CUSTOM_WEIGHTS does not use tiers."
    }
