"""Stated amounts beside other wishes and parameters, and what is refused of them, through the whole service.

The book is that of `test_stated_amounts.py`, where the golden faces come from.
"""

from __future__ import annotations

import pytest

from tests.support.shown import column, faces, told, warned
from tests.support.stated import dollars, percent, quantity

BOND = "912828YW4"


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def refused(desk, method="CUSTOM_WEIGHTS", constraints=None, face=8_000_000, **parameters):
    body = {"parameters": parameters, "constraints": constraints or {}}
    answer = desk.preview(BOND, face, status=422, groups=["GOLDEN"], method=method, **body)
    return {field.removeprefix("parameters."): message for field, message in told(answer).items()}


# --- what is refused ----------------------------------------------------------------------------------------


def test_values_that_contradict_are_all_named_at_once(desk):
    # R7.6
    asked = [
        percent("ACC001", 25),
        percent("ACC002", 0.2, min_value=0.3, max_value=0.1),
        quantity("ACC003", 0),
        {"account_id": "ACC004", "type": "SHARES", "value": 1},
    ]
    found = refused(desk, allocations=asked)
    assert found["allocations.0.value"] == (
        "A fraction of the order is expected, at most 1: 0.25 is 25 %, not 25."
    )
    assert found["allocations.1.min_value"] == "At most the value, 0.2, is expected."
    assert found["allocations.1.max_value"] == "At least the value, 0.2, is expected."
    assert found.keys() == {
        "allocations.0.value",
        "allocations.1.min_value",
        "allocations.1.max_value",
        "allocations.2.value",
        "allocations.3.type",
    }


def test_one_of_weights_and_allocations_is_expected(desk):
    # R7.6
    stated = [percent("ACC001", 0.5)]
    both = refused(desk, allocations=stated, weights={"ACC001": 1})
    assert both == {"weights": "Either weights or allocations are expected, not both."}
    assert refused(desk).keys() == {"weights"}
    assert refused(desk, "PRO_RATA", allocations=stated) == {
        "allocations": "PRO_RATA does not use stated amounts."
    }
    unused = refused(desk, weights={"ACC001": 1}, allow_partial=True, remainder_handling="EQUAL")
    assert unused.keys() == {"allow_partial", "remainder_handling"}
    assert refused(desk, allocations=stated, redistribute=True).keys() == {"redistribute"}


def test_accounts_are_of_the_groups_named_once_and_not_excluded(desk):
    # R7.6
    assert refused(desk, allocations=[percent("ACC001", 0.1), percent("ACC001", 0.2)]) == {
        "allocations.1.account_id": "The account is named twice."
    }
    strangers = refused(desk, allocations=[percent("ACC001", 0.1), percent("OTHER", 0.2)])
    assert strangers == {"allocations.1.account_id": "The account is not in the requested portfolio groups."}
    excluded = {"exclude_accounts": [{"account_id": "ACC001", "reason": "asked to wait"}]}
    assert refused(desk, allocations=[percent("ACC001", 0.1)], constraints=excluded) == {
        "allocations.0.account_id": "The account is excluded, so it cannot have a share."
    }


def test_more_than_the_order_is_refused_with_the_sums(desk):
    # R7.7
    asked = [
        quantity("ACC001", 5_000_000, priority=1),
        quantity("ACC002", 4_000_000, priority=2),
        percent("ACC003", 0.125),
    ]
    assert refused(desk, allocations=asked) == {
        "allocations": "10,000,000 face are asked for in all, and the order is 8,000,000 (priority 1: "
        "5,000,000; priority 2: 4,000,000; without a priority: 1,000,000). With allow_partial they are "
        "served by priority, and what is too much is cut in proportion."
    }


# --- beside other wishes ------------------------------------------------------------------------------------


def test_wishes_for_accounts_hold_as_caps(desk):
    # R4.8, R4.9, R7.8: 500,000 kept of 1,000,000 leave 500,000 / 0.985 = 507,614 face.
    body = {
        "parameters": {
            "allocations": [quantity("ACC001", 900_000), dollars("ACC004", 1_000_000)],
            "allow_partial": True,
        },
        "constraints": {"account_limits": {"ACC001": {"max": 800_000}}, "cash_reserve": {"amount": 500_000}},
    }
    shown = desk.preview(BOND, 8_000_000, groups=["GOLDEN"], method="CUSTOM_WEIGHTS", **body)
    assert faces(shown) == [800_000, 0, 0, 507_000]
    assert warned(shown)[1:] == [("LIMITED_BY_REQUEST", "ACC001"), ("INSUFFICIENT_CASH", "ACC004")]


def test_amounts_are_rounded_as_the_request_rounds(desk):
    # R3.7, R7.6: 2,030,456 and 2,000,000, and the remainder of 6,000,000 in hundred thousands
    asked = [dollars("ACC001", 2_000_000), percent("ACC003", 0.255)]
    shown = desk.preview(
        BOND,
        8_000_000,
        groups=["GOLDEN"],
        method="CUSTOM_WEIGHTS",
        parameters={"allocations": asked, "remainder_handling": "EQUAL"},
        constraints={"round_to": 100_000},
    )
    # ACC004 can pay 1,000,000 of its half of 4,000,000; the rest is ACC002's.
    assert faces(shown) == [2_000_000, 3_000_000, 2_000_000, 1_000_000]


def test_a_sale_leaves_a_tradable_rest(desk):
    # R4.10, R7.8: of 500,000 with a piece of 1,000 all or at most 499,000 go; the price makes it 499,500.
    asked = [quantity("ACC003", 499_500)]
    body = {"order": {"side": "SELL"}, "constraints": {"round_to_denomination": False}}
    none = desk.preview(
        BOND,
        2_000_000,
        groups=["GOLDEN"],
        method="CUSTOM_WEIGHTS",
        parameters={"allocations": asked},
        **body,
    )
    assert faces(none)[2] == 0
    part = desk.preview(
        BOND,
        2_000_000,
        groups=["GOLDEN"],
        method="CUSTOM_WEIGHTS",
        parameters={"allocations": asked, "allow_partial": True},
        **body,
    )
    assert faces(part)[2] == 499_000


def test_no_limit_forces_an_account_in(desk):
    # R7.8
    limits = {"account_limits": {"ACC002": {"min": 1_000}, "ACC003": {"max": 1_000}}}
    found = refused(desk, allocations=[percent("ACC001", 0.1)], constraints=limits)
    assert found.keys() == {"constraints.account_limits.ACC002.min"}


def test_it_can_be_compared_and_one_variant_may_ask_too_much(desk):
    # R7.7
    stated = {"name": "stated", "allocation_method": "CUSTOM_WEIGHTS"}
    stated["parameters"] = {"allocations": [quantity("ACC001", 5_000_000)], "remainder_handling": "EQUAL"}
    over = {"name": "over", "allocation_method": "CUSTOM_WEIGHTS"}
    over["parameters"] = {"allocations": [quantity("ACC001", 9_000_000)]}
    shown = desk.compare(BOND, 8_000_000, stated, over, groups=["GOLDEN"])
    assert [row["variants"][0]["allocated_quantity"] for row in shown["allocations"]] == [
        5_000_000,
        1_000_000,
        1_000_000,
        1_000_000,
    ]
    assert shown["variants"][0]["problem"] is None
    (error,) = shown["variants"][1]["problem"]["errors"]
    assert error["field"].endswith("parameters.allocations")
    assert error["message"].startswith("9,000,000 face are asked for in all, and the order is 8,000,000")


def test_an_edit_takes_the_place_of_an_amount(desk):
    # R7.8, R7.9: a million less for the first leaves 4,000,000 for the others.
    asked = {"allocations": [quantity("ACC001", 5_000_000)], "remainder_handling": "PRO_RATA"}
    before = desk.preview(BOND, 8_000_000, groups=["GOLDEN"], method="CUSTOM_WEIGHTS", parameters=asked)
    after = desk.post(f"allocations/{before['allocation_id']}/adjust", {"ACC001": 4_000_000})
    # 4,000,000 at 150 : 80 : 50 are 2,142,857, 1,142,857 and 714,286.
    assert faces(after) == [4_000_000, 2_143_000, 1_143_000, 714_000]
    assert column(after, "requested_quantity") == [4_000_000, None, None, None]
    assert desk.post(f"allocations/{after['allocation_id']}/replay")["identical"] is True


def test_quantities_with_decimals_are_summed_as_they_are(desk):
    # R7.6, R7.7
    found = refused(desk, allocations=[quantity("ACC001", 7_999_999.5), quantity("ACC002", 2)])
    assert found["allocations"].startswith("8,000,001.5 face are asked for in all")
    found = refused(desk, allocations=[quantity("ACC001", 0.00001)])
    assert found == {"allocations.0.value": "A face with at most four decimals is expected."}
