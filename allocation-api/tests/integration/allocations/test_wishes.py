"""Wishes of one order, through the whole service: limits of accounts, cash reserve, tradable rest, rounding.

Golden shares are worked out by hand from the book: NAV 100, 150, 80 and 50 million, cash of 5, 8, 3 and 1
million, positions of 1,000,000, 2,000,000, 500,000 and 0, clean 98.5, no accrued, pieces and lots of 1,000.
"""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import update

from aladdin_simulator import load_book
from app.core.config import SettingsError
from app.models import AccountRow
from app.services.accounts import reference
from app.wiring.aladdin import reference_of
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.shown import faces, warned

BOND = "912828YW4"
MORE = "face is more than the account can"


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def preview(desk, face, *, side="BUY", method="PRO_RATA", status=200, parameters=None, **wishes):
    return desk.preview(
        BOND,
        face,
        groups=["GOLDEN"],
        method=method,
        status=status,
        order={"side": side},
        parameters=parameters or {},
        constraints=wishes,
    )


def refused(desk, face, **wishes):
    errors = preview(desk, face, status=422, **wishes)["errors"]
    return [(error["field"], error["message"]) for error in errors]


def row(shown, account):
    return next(a for a in shown["allocations"] if a["account_id"] == account)


@pytest.fixture
def pieces_desk(tmp_path):
    """A desk that holds 906,000, 1,000,000, 150,000 and 0 of a bond with pieces of 100,000."""
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0] |= {"min_piece": 100_000}
    for account, face in zip(book["accounts"], (906_000, 1_000_000, 150_000, 0), strict=True):
        account["positions"] = [{"cusip": BOND, "face": face}] if face else []
    path = tmp_path / "pieces.json"
    path.write_text(json.dumps(book))
    return Desk(tmp_path, scenario=path)


# --- limits of accounts -------------------------------------------------------------------------------------


def test_limits_are_bounds_of_the_split(desk):
    # R4.8: 8,000,000 less the fixed 500,000 is 100 : 150 : 50 of 7,500,000, where ACC002 stops at 3,000,000
    # and ACC004 at 1,015,000, all that it can pay; ACC001 takes the rest.
    limits = {"ACC002": {"max": 3_000_000}, "ACC003": {"fixed": 500_000}}
    shown = preview(desk, 8_000_000, account_limits=limits)
    assert faces(shown) == [3_485_000, 3_000_000, 500_000, 1_015_000]
    assert row(shown, "ACC002")["max_quantity"] == 3_000_000
    assert desk.post(f"allocations/{shown['allocation_id']}/replay")["identical"] is True


def test_a_minimum_brings_an_account_in(desk):
    # R4.8: its weight of 50 in 380 is 131,578; the others share 700,000 as 100 : 150 : 80.
    shown = preview(desk, 1_000_000, account_limits={"ACC004": {"min": 300_000}})
    assert faces(shown) == [212_000, 318_000, 170_000, 300_000]


def test_a_maximum_of_nothing_is_named_and_no_warning(desk):
    # R4.8
    shown = preview(desk, 1_000_000, account_limits={"ACC001": {"max": 0}, "ACC002": {"fixed": 0}})
    for account in ("ACC001", "ACC002"):
        assert row(shown, account)["reason"] == {
            "code": "LIMITED_BY_REQUEST",
            "message": "Limited by the request to 0 face",
        }
    assert shown["warnings"] == []


def test_where_minima_are_the_whole_order_those_who_get_nothing_are_no_warning(pieces_desk):
    # R4.8: ACC003 can sell 50,000 in part, less than a piece, or all its 150,000, more than the order
    shown = preview(pieces_desk, 100_000, side="SELL", account_limits={"ACC001": {"fixed": 100_000}})
    assert faces(shown) == [100_000, 0, 0, 0]
    codes = [row(shown, f"ACC00{n}")["reason"]["code"] for n in (2, 3, 4)]
    assert codes == ["ORDER_EXHAUSTED", "MIN_LOT_SIZE", "INSUFFICIENT_POSITION"]
    assert shown["warnings"] == []


def test_limits_that_leave_a_part_of_the_order_are_its_warning(desk):
    # R4.8, R9.4
    limits = {f"ACC00{n}": {"max": 100_500} for n in (1, 2, 3, 4)}
    (warning,) = preview(desk, 1_000_000, account_limits=limits)["warnings"]
    assert (warning["type"], warning["details"]["unallocated"]) == ("LIMITED_BY_REQUEST", 600_000)
    assert warning["details"]["accounts_bound_by_limited_by_request"] == 4


def test_what_no_account_can_take_is_refused_with_every_number(desk):
    # R4.8
    limits = {
        "ACC001": {"min": 150_500},
        "ACC002": {"fixed": 500},
        "ACC003": {"min": 3_100_000},
        "ACC004": {"fixed": 9_000_000},
    }
    at = "constraints.account_limits"
    assert refused(desk, 8_000_000, account_limits=limits) == [
        (f"{at}.ACC001.min", "150,500 face is not on the grid: multiples of 1,000 are expected."),
        (f"{at}.ACC002.fixed", "500 face is under the minimum piece of 1,000."),
        (
            f"{at}.ACC003.min",
            f"3,100,000 {MORE} take: Cash of 3,000,000.00 buys at most 3,045,685 face.",
        ),
        (
            f"{at}.ACC004.fixed",
            f"9,000,000 {MORE} take: Cash of 1,000,000.00 buys at most 1,015,228 face.",
        ),
    ]
    excluded = [{"account_id": "ACC001", "reason": "asked to wait"}]
    limits = {"ACC001": {"min": 1_000}}
    assert refused(desk, 8_000_000, account_limits=limits, exclude_accounts=excluded) == [
        (
            f"{at}.ACC001.min",
            f"1,000 {MORE} take: Excluded by the request: asked to wait.",
        )
    ]
    assert refused(desk, 8_000_000, account_limits={"NONE": {"max": 1}}) == [
        (f"{at}.NONE", "The account is not in the requested portfolio groups.")
    ]
    limits = {"ACC001": {"min": 5_000_000}, "ACC002": {"fixed": 3_001_000}}
    assert refused(desk, 8_000_000, account_limits=limits) == [
        (at, "The minimum and fixed amounts add up to 8,001,000 face, more than the order of 8,000,000.")
    ]
    limits = {"ACC002": {"min": 8_001_000}}
    assert refused(desk, 8_000_000, account_limits=limits) == [
        (f"{at}.ACC002.min", "8,001,000 face is more than the order of 8,000,000.")
    ]


def test_a_minimum_within_a_gap_is_the_whole_position(pieces_desk):
    # R4.8, R4.10: from 850,000 on ACC001 can sell nothing but all 906,000.
    limits = {"ACC001": {"min": 850_000}}
    shown = preview(pieces_desk, 1_000_000, side="SELL", account_limits=limits)
    assert faces(shown)[0] == 906_000
    assert refused(pieces_desk, 905_000, side="SELL", account_limits=limits) == [
        (
            "constraints.account_limits.ACC001.min",
            (
                f"850,000 {MORE} give: At most 806,000 of the position of 906,000 face can be sold in part, "
                "so that what stays is not under the bond's minimum piece of 100,000."
            ),
        )
    ]


# --- reserve of cash ----------------------------------------------------------------------------------------


def test_a_reserve_stays_in_each_account(desk):
    # R4.9: 1,000,000 less 0.5 % of 50,000,000 is 750,000, which buys 761,421 face.
    shown = preview(desk, 12_000_000, cash_reserve={"percent_of_nav": 0.005})
    assert row(shown, "ACC004")["max_quantity"] == 761_421
    for account, least in zip(shown["allocations"], (500_000, 750_000, 400_000, 250_000), strict=True):
        assert account["post_trade_cash"] >= least
    (warning,) = [w for w in shown["warnings"] if w["account_id"] == "ACC004"]
    assert (
        warning["message"] == "Cash of 1,000,000.00 less the reserve of 250,000.00 buys at most 761,421 face"
    )
    assert warning["details"]["cash_reserve"] == 250_000


def test_a_reserve_above_the_cash_lets_an_account_buy_nothing(desk):
    # R4.9
    shown = preview(desk, 1_000_000, cash_reserve={"amount": 1_000_000.01})
    assert row(shown, "ACC004")["reason"] == {
        "code": "INSUFFICIENT_CASH",
        "message": "Cash of 1,000,000.00 less the reserve of 1,000,000.01 buys at most 0 face",
    }


def test_a_sale_needs_no_reserve(desk):
    # R4.9
    shown = preview(desk, 3_500_000, side="SELL", cash_reserve={"amount": 100_000_000})
    assert faces(shown) == [1_000_000, 2_000_000, 500_000, 0]


@pytest.fixture
def reserving_desk(tmp_path):
    """The golden desk; ACC004 keeps 0.5 % of its NAV in cash by reference data."""
    book = json.loads(GOLDEN_BOOK.read_text())
    book["accounts"][3] |= {"cash_reserve_percent": 0.005}
    path = tmp_path / "reserving.json"
    path.write_text(json.dumps(book))
    return Desk(tmp_path, scenario=path)


def test_the_larger_of_both_reserves_holds(reserving_desk):
    # R4.9: 250,000 by reference data; 750,000 buy 761,421 face, 700,000 buy 710,659.
    shown = preview(reserving_desk, 12_000_000)
    assert [row(shown, a)["max_quantity"] for a in ("ACC003", "ACC004")] == [3_045_685, 761_421]
    for amount, most in ((100_000, 761_421), (300_000, 710_659)):
        shown = preview(reserving_desk, 12_000_000, cash_reserve={"amount": amount})
        assert row(shown, "ACC004")["max_quantity"] == most
    shown = preview(reserving_desk, 12_000_000, respect_cash=False)
    assert row(shown, "ACC004")["max_quantity"] == 12_000_000
    accounts = reserving_desk.get("portfolio-groups/GOLDEN/accounts")["accounts"]
    assert [a["cash_reserve"] for a in accounts] == [0, 0, 0, 250_000]


def test_an_amount_in_reference_data_holds_too(golden_desk):
    # R4.9: 400,000 leave 600,000, which buy 609,137 face.
    database = golden_desk.services.database
    stated = update(AccountRow).where(AccountRow.account_id == "ACC004")
    database.retried(lambda session: session.execute(stated.values(cash_reserve_amount=Decimal(400_000))))
    shown = preview(golden_desk, 12_000_000, cash_reserve={"percent_of_nav": 0.005})
    assert row(shown, "ACC004")["max_quantity"] == 609_137


def test_a_reserve_that_was_stated_by_hand_is_never_replaced_by_a_simulated_book(golden_desk):
    # R4.9
    database, book = golden_desk.services.database, reference_of(load_book(str(GOLDEN_BOOK)).reference())
    database.retried(lambda session: reference.load_mock(session, book))
    stated = update(AccountRow).where(AccountRow.account_id == "ACC004")
    database.retried(lambda session: session.execute(stated.values(cash_reserve_percent=Decimal("0.02"))))
    with pytest.raises(SettingsError, match="changed by hand"):
        database.retried(lambda session: reference.load_mock(session, book))


def test_a_commit_keeps_the_reserve_as_it_is_then(golden_desk):
    # R4.9, R10.3: 1,015,000 cost 999,775; with a reserve of 100,000 the account can take 913,000.
    shown = preview(golden_desk, 8_000_000)
    assert row(shown, "ACC004")["allocated_quantity"] == 1_015_000
    stated = update(AccountRow).where(AccountRow.account_id == "ACC004")
    golden_desk.services.database.retried(
        lambda session: session.execute(stated.values(cash_reserve_amount=Decimal(100_000)))
    )
    path = f"allocations/{shown['allocation_id']}/commit"
    problem = golden_desk.post(path, {"override_warnings": True}, status=409)
    (found,) = problem["accounts"]
    assert (found["account_id"], found["feasible"], found["max_quantity"]) == ("ACC004", False, 913_000)


# --- a tradable rest ----------------------------------------------------------------------------------------


def test_a_sale_leaves_nothing_or_a_piece(pieces_desk):
    # R4.10: of 899,000 alone, 806,000 can be sold in part.
    only = [{"account_id": a, "reason": "none of it"} for a in ("ACC002", "ACC003", "ACC004")]
    shown = preview(pieces_desk, 899_000, side="SELL", exclude_accounts=only)
    assert faces(shown) == [806_000, 0, 0, 0]
    assert warned(shown)[0] == ("MIN_LOT_SIZE", None)
    shown = preview(pieces_desk, 906_000, side="SELL", exclude_accounts=only)
    assert (faces(shown), shown["warnings"]) == ([906_000, 0, 0, 0], [])


def test_a_position_under_two_pieces_is_sold_whole_or_not(pieces_desk):
    # R4.10
    only = [{"account_id": a, "reason": "none of it"} for a in ("ACC001", "ACC002", "ACC004")]
    shown = preview(pieces_desk, 140_000, side="SELL", exclude_accounts=only)
    assert row(shown, "ACC003")["reason"]["code"] == "MIN_LOT_SIZE"
    assert faces(preview(pieces_desk, 150_000, side="SELL", exclude_accounts=only)) == [0, 0, 150_000, 0]


def test_a_rest_that_cannot_be_traded_is_warned_of_where_it_is_let(pieces_desk):
    # R4.10
    only = [{"account_id": a, "reason": "none of it"} for a in ("ACC002", "ACC003", "ACC004")]
    shown = preview(pieces_desk, 899_000, side="SELL", exclude_accounts=only, leave_tradable=False)
    assert faces(shown) == [899_000, 0, 0, 0]
    (warning,) = shown["warnings"]
    assert (warning["type"], warning["account_id"]) == ("MIN_LOT_SIZE", "ACC001")
    assert warning["details"]["remaining_quantity"] == 7_000
    assert warning["message"].startswith("The sale leaves 7,000 face, less than the bond's minimum piece")


# --- rounding -----------------------------------------------------------------------------------------------


def test_all_amounts_are_rounded(desk):
    # R3.7: 100 : 150 : 80 : 50 of 7,600,000 are 2,000,000, 3,000,000, 1,600,000 and 1,000,000.
    shown = preview(desk, 7_650_000, round_to=100_000)
    assert faces(shown) == [2_000_000, 3_000_000, 1_600_000, 1_000_000]
    (warning,) = shown["warnings"]
    assert "50,000 is less than one increment of 100,000" in warning["message"]


def test_a_step_off_the_grid_is_refused(desk):
    # R3.7
    assert refused(desk, 8_000_000, round_to=1_500) == [
        ("constraints.round_to", "1,500 is not a multiple of the bond's increment of 1,000.")
    ]
    fine = preview(desk, 8_000_500, round_to=1_500, round_to_denomination=False)
    assert all(face % 1_500 == 0 for face in faces(fine))


def test_amounts_up_to_the_step_stay_fine_where_it_holds_above_only(desk):
    # R3.7: 50,000 is left of whole steps, and only an amount up to 100,000 can have it.
    for method in ("PRO_RATA", "MIN_DISPERSION"):
        shown = preview(desk, 5_050_000, method=method, round_to=100_000, round_to_above_only=True)
        assert sum(faces(shown)) == 5_050_000
        assert all(face <= 100_000 or face % 100_000 == 0 for face in faces(shown))


def test_a_step_above_the_order_rounds_nothing(book_desk):
    # R3.4, R3.7: the largest step there may be, beside a position with as many decimals as one may have.
    book = json.loads(GOLDEN_BOOK.read_text())
    book["accounts"][0]["positions"][0]["face"] = 1_000.0007
    wish = {"round_to": 1_000_000_000_000, "round_to_above_only": True}
    shown = preview(book_desk(book), 3_000, side="SELL", **wish)
    # Only all of it could be sold there, more than its share; NAV 150 : 80 share 3,000 as 1,957 and 1,043.
    assert faces(shown) == [0, 2_000, 1_000, 0]


def test_above_only_is_the_same_where_no_amount_is_below(pieces_desk):
    # R3.7: ACC003 sells all of its 150,000, less than its share of 1,160,000; by NAV 100 : 150 the others
    # share 1,010,000 as 404,000 and 606,000. Selling the 906,000 whole would place 6,000 more.
    wish = {"round_to": 100_000, "side": "SELL"}
    assert faces(preview(pieces_desk, 1_160_000, **wish)) == [400_000, 600_000, 150_000, 0]
    above = preview(pieces_desk, 1_160_000, **wish, round_to_above_only=True)
    assert faces(above) == [400_000, 600_000, 150_000, 0]
