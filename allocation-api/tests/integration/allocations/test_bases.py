"""What pro-rata shares may be proportional to, and weights of any sum, through the whole service.

Golden faces are worked out by hand from the book: NAV 100, 150, 80 and 50 million, cash 5, 8, 3 and 1
million, positions of 1,000,000, 2,000,000, 500,000 and none, active spread durations 5.2, 4.8, 5.5 and 5.0,
clean 98.5.
"""

from __future__ import annotations

import json

import pytest

from tests.support.desk import GOLDEN_BOOK
from tests.support.shown import faces, reasons, told

BOND = "912828YW4"


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def preview(desk, face, *, side="BUY", method="PRO_RATA", constraints=None, status=200, **parameters):
    return desk.preview(
        BOND,
        face,
        groups=["GOLDEN"],
        method=method,
        order={"side": side},
        parameters=parameters,
        constraints=constraints or {},
        status=status,
    )


def words(shown):
    return [a["reason"] and a["reason"]["message"] for a in shown["allocations"]]


def refused(desk, **more):
    return told(preview(desk, 1_000_000, status=422, **more))


def replays(desk, shown):
    return desk.post(f"allocations/{shown['allocation_id']}/replay")["identical"]


@pytest.mark.parametrize(
    ("base", "side", "face", "expected"),
    [
        ("EQUAL", "BUY", 4_000_000, [1_000_000, 1_000_000, 1_000_000, 1_000_000]),
        ("EQUAL", "SELL", 1_500_000, [500_000, 500_000, 500_000, 0]),
        ("CASH", "BUY", 8_500_000, [2_500_000, 4_000_000, 1_500_000, 500_000]),
        ("CASH", "SELL", 1_600_000, [500_000, 800_000, 300_000, 0]),
        # Gaps of a sale are as ASD x NAV: 5.2 x 100, 4.8 x 150 and 5.5 x 80 are 520, 720 and 440.
        ("GAP", "SELL", 840_000, [260_000, 360_000, 220_000, 0]),
    ],
)
def test_shares_by_hand(desk, base, side, face, expected):
    # R6.1, R6.6
    shown = preview(desk, face, side=side, base_metric=base)
    assert faces(shown) == expected
    assert replays(desk, shown)


def test_an_account_without_cash_has_no_share_by_it(book_desk):
    # R6.1
    book = json.loads(GOLDEN_BOOK.read_text())
    book["accounts"][1]["cash"] = -1000
    desk = book_desk(book)
    free = {"respect_cash": False}
    shown = preview(desk, 900_000, base_metric="CASH", constraints=free)
    assert faces(shown) == [500_000, 0, 300_000, 100_000]  # 5 : 3 : 1
    assert words(shown)[1] == "It has no cash to share by"
    assert reasons(shown)[1] == "ZERO_WEIGHT"


@pytest.fixture
def gap_desk(book_desk):
    """ACC001 is 0.3 years short of its benchmark, ACC002 0.1; ACC003 is past it, ACC004 has none.

    The accounts' spread durations are 0.03743, 0.0499066..., 0.02339375 and 0.
    """
    book = json.loads(GOLDEN_BOOK.read_text())
    one, two, _, four = book["accounts"]
    one["benchmark"] = {"spread_duration": 0.33743}
    two["benchmark"] = {"spread_duration": 0.1 + 1_970_000 * 3.8 / 150_000_000}
    del four["benchmark"]
    return book_desk(book)


def test_a_gap_closes_from_one_side(gap_desk):
    # R6.6: 0.3 x 100 and 0.1 x 150 are 2 : 1.
    shown = preview(gap_desk, 3_000_000, base_metric="GAP")
    assert faces(shown) == [2_000_000, 1_000_000, 0, 0]
    assert reasons(shown) == [None, None, "ZERO_WEIGHT", "MISSING_DATA"]
    assert words(shown)[2] == (
        "This trade moves its ACTIVE_SPREAD_DURATION away from its benchmark, or it is there already"
    )
    assert "benchmark: none for ACTIVE_SPREAD_DURATION" in words(shown)[3]
    assert replays(gap_desk, shown)


def test_a_purchase_of_the_gap_closes_it(gap_desk):
    # R6.6: 0.3 x 100,000,000 / (0.985 x 3.8) and half of that, down to thousands, cash aside.
    free = {"respect_cash": False}
    shown = preview(gap_desk, 12_022_000, base_metric="GAP", constraints=free)
    assert faces(shown)[:2] == [8_015_000, 4_007_000]
    after = [a["post_trade_metrics"]["active_spread_duration"] for a in shown["allocations"]]
    assert after[:2] == pytest.approx([0, 0], abs=5e-5)


def test_a_gap_that_does_not_exist_is_refused(book_desk):
    # R6.6
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0]["oas"] = 0
    for account in book["accounts"]:
        account["benchmark"]["oas"] = 50
    desk = book_desk(book)
    assert refused(desk, base_metric="GAP", target_metric="DTS") == {
        "parameters.base_metric": "No account has a benchmark of DTS, so there is no GAP; choose another "
        "target_metric."
    }
    assert refused(desk, base_metric="GAP", target_metric="OAS") == {
        "parameters.base_metric": "The bond's own number for OAS is 0, so no trade of it closes a gap."
    }


OWN = {"ACC001": 2_000_000, "ACC002": 1_000_000, "ACC003": 500_000}


@pytest.mark.parametrize(
    ("face", "expected"),
    [
        (1_750_000, [1_000_000, 500_000, 250_000, 0]),
        (3_500_000, [2_000_000, 1_000_000, 500_000, 0]),
        (5_000_000, [2_000_000, 1_000_000, 500_000, 0]),
    ],
)
def test_own_orders_share_and_are_never_exceeded(desk, face, expected):
    # R6.7
    shown = preview(desk, face, base_metric="ORDER_SIZE", base_amounts=OWN)
    assert faces(shown) == expected
    assert reasons(shown) == [None, None, None, "ZERO_WEIGHT"]
    assert words(shown)[3] == "It has no order of its own"
    left = face - sum(expected)
    assert shown["summary"]["unallocated"] == left
    assert [(w["type"], w["account_id"]) for w in shown["warnings"]] == (
        [("LIMITED_BY_REQUEST", None)] if left else []
    )
    assert replays(desk, shown)


def test_a_full_account_leaves_its_part_to_the_own_orders_of_others(desk):
    # R6.7: ACC004 can pay 1,015,000 of its own 3,000,000; ACC001 has the rest of the order, within its own.
    shown = preview(
        desk, 3_000_000, base_metric="ORDER_SIZE", base_amounts={"ACC001": 3_000_000, "ACC004": 3_000_000}
    )
    assert faces(shown) == [1_985_000, 0, 0, 1_015_000]
    (row,) = [a for a in shown["allocations"] if a["account_id"] == "ACC001"]
    assert row["max_quantity"] == 3_000_000


def test_an_own_order_under_the_piece_gets_nothing_and_says_why(desk):
    # R6.7
    shown = preview(
        desk, 1_000_000, base_metric="ORDER_SIZE", base_amounts={"ACC001": 2_000_000, "ACC002": 999.5}
    )
    assert faces(shown) == [1_000_000, 0, 0, 0]
    assert reasons(shown)[1] == "LIMITED_BY_REQUEST"
    said = "Its own order is 999.5 face; the minimum piece is 1,000"
    assert words(shown)[1] == said
    assert [w["message"] for w in shown["warnings"]] == [said]


def test_own_orders_belong_to_pro_rata_and_to_accounts_of_the_groups(desk):
    # R6.7
    assert refused(desk, base_metric="ORDER_SIZE") == {
        "parameters.base_amounts": "base_metric ORDER_SIZE needs an amount above 0 for at least one account."
    }
    assert list(refused(desk, base_metric="EQUAL", base_amounts=OWN)) == ["parameters.base_amounts"]
    assert list(refused(desk, base_metric="ORDER_SIZE", base_amounts={"NONE": 1})) == [
        "parameters.base_amounts.NONE"
    ]
    dispersion = refused(desk, method="MIN_DISPERSION", base_metric="ORDER_SIZE", base_amounts=OWN)
    assert list(dispersion) == ["parameters.base_amounts"]


@pytest.mark.parametrize(
    ("weights", "face", "expected"),
    [
        ({"ACC001": 60, "ACC002": 40}, 1_000_000, [600_000, 400_000, 0, 0]),
        ({"ACC001": 1, "ACC002": 1, "ACC003": 1}, 3_000_000, [1_000_000, 1_000_000, 1_000_000, 0]),
        (
            {"ACC001": 0.333333, "ACC002": 0.333333, "ACC003": 0.333333},
            3_000_000,
            [1_000_000, 1_000_000, 1_000_000, 0],
        ),
        ({"ACC001": 0.1, "ACC002": 0.2}, 300_000, [100_000, 200_000, 0, 0]),
    ],
)
def test_weights_of_any_sum_are_scaled(desk, weights, face, expected):
    # R7.5
    shown = preview(desk, face, method="CUSTOM_WEIGHTS", weights=weights, normalize=True)
    assert faces(shown) == expected
    assert shown["warnings"] == []
    assert shown["parameters"]["weights"] == weights
    assert replays(desk, shown)


def test_weights_of_another_sum_are_refused_unless_that_is_asked_for(desk):
    # R7.1, R7.5
    custom = {"method": "CUSTOM_WEIGHTS"}
    told = refused(desk, **custom, weights={"ACC001": 60, "ACC002": 0.4})
    assert told == {
        "parameters.weights.ACC001": "A weight of at most 1 is expected, unless normalize is true."
    }
    (message,) = refused(desk, **custom, weights={"ACC001": 0.6, "ACC002": 0.3}).values()
    assert message.endswith("these sum to 0.9. With normalize they are scaled to 1.")
    assert refused(desk, **custom, weights={"ACC001": 0}, normalize=True) == {
        "parameters.weights": "At least one weight above 0 is expected."
    }
    assert refused(desk, normalize=True) == {"parameters.normalize": "PRO_RATA does not use weights."}
    stated = [{"account_id": "ACC001", "type": "PERCENTAGE", "value": 0.5}]
    assert refused(desk, **custom, allocations=stated, normalize=True) == {
        "parameters.normalize": "With allocations there are no weights to scale."
    }
