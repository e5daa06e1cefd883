"""What-if edits of previews, through the whole service.

Golden shares are worked out by hand from the book: NAV 100, 150, 80 and 50 million, clean 98.5, no accrued;
cash of 1,000,000 buys ACC004 1,015,000 in lots. Least dispersions come from all splits on the grid.
"""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random

import msgspec
import numpy as np
import pytest

from app.core.security import Permission
from app.models import AllocationRow
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.shown import by_account, told
from tests.support.splits import fullest_splits
from tests.support.tampering import replace_in

BOND = "912828YW4"
NAV = (100e6, 150e6, 80e6, 50e6)
BEFORE = (5.2, 4.8, 5.5, 5.0)
CASH = (5_000_000, 8_000_000, 3_000_000, 1_000_000)
ACCOUNTS = ("ACC001", "ACC002", "ACC003", "ACC004")
LEAST_SHARES = {"ACC001": 0, "ACC002": 6_985_000, "ACC003": 0, "ACC004": 1_015_000}
LOT = 1_000_000


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def preview(desk, face=8_000_000, method="MIN_DISPERSION", **more):
    return desk.preview(BOND, face, groups=["GOLDEN"], method=method, **more)


def adjust(desk, shown, edits, status=200):
    return desk.post(f"allocations/{shown['allocation_id']}/adjust", edits, status=status)


def refused(desk, shown, edits):
    return told(adjust(desk, shown, edits, status=422))


def std_of(split):
    """Population standard deviation of the active spread durations after a split, in years."""
    after = [y + q * 0.985 * 3.8 / nav for y, q, nav in zip(BEFORE, split.values(), NAV, strict=True)]
    return float(np.std(after))


def test_an_account_is_fixed_and_the_rest_split_again(desk):
    # R10.10, R10.11
    first = preview(desk)
    edited = adjust(desk, first, {"ACC001": 1_000_000})
    # ACC003 stays out, and ACC004 at what its cash buys, so ACC002 gets what is left.
    assert by_account(edited) == {
        "ACC001": 1_000_000,
        "ACC002": 5_985_000,
        "ACC003": 0,
        "ACC004": 1_015_000,
    }
    change = edited["adjustment"]
    assert change["adjusted_from"] == change["unedited_id"] == first["allocation_id"]
    assert change["fixed"] == {"ACC001": 1_000_000}
    assert change["moved"] == [
        {"account_id": "ACC001", "before": 0, "after": 1_000_000, "difference": 1_000_000},
        {"account_id": "ACC002", "before": 6_985_000, "after": 5_985_000, "difference": -1_000_000},
    ]
    cost, best, with_edit = change["cost"], std_of(LEAST_SHARES), std_of(by_account(edited))
    assert cost["unedited_std_dev"] == cost["least_std_dev"] == pytest.approx(best, rel=1e-12)
    assert cost["post_trade_std_dev"] == pytest.approx(with_edit, rel=1e-12)
    assert cost["absolute"] == pytest.approx(with_edit - best, rel=1e-9)
    assert cost["relative"] == pytest.approx((with_edit - best) / best, rel=1e-9)
    assert (cost["status"], cost["lower_bound_std_dev"]) == ("OPTIMAL", pytest.approx(best, rel=1e-9))
    assert cost["total_difference"] == 0
    assert edited["constraints"]["account_limits"]["ACC001"]["fixed"] == 1_000_000


def test_a_hundred_thousand_are_moved_from_one_account_to_another(desk):
    first = preview(desk, method="PRO_RATA")
    before = by_account(first)
    moved = {"ACC001": before["ACC001"] - 100_000, "ACC002": before["ACC002"] + 100_000}
    edited = adjust(desk, first, moved)
    assert by_account(edited) == before | moved
    assert [m["difference"] for m in edited["adjustment"]["moved"]] == [-100_000, 100_000]
    cost = edited["adjustment"]["cost"]
    assert cost["unedited_std_dev"] == pytest.approx(std_of(before), rel=1e-12)
    # Pro-rata proves nothing, so the cost is against the least dispersion of the same order.
    assert (cost["least_std_dev"], cost["status"]) == (
        pytest.approx(std_of(LEAST_SHARES), rel=1e-9),
        "OPTIMAL",
    )
    assert cost["absolute"] == pytest.approx(std_of(before | moved) - std_of(LEAST_SHARES), rel=1e-9)


def test_the_least_is_of_one_order_whatever_is_owed_and_served_first(desk):
    # R10.11; tiers and the ledger move the split, not the least that it is compared with.
    tiers = {"tiers": [["ACC001"]], "fairness": "LEDGER", "fairness_weight": 1}
    first = preview(desk, parameters=tiers)
    assert by_account(first)["ACC001"] > 1_000_000
    cost = adjust(desk, first, {"ACC001": 0})["adjustment"]["cost"]
    assert cost["least_std_dev"] == pytest.approx(std_of(LEAST_SHARES), rel=1e-9)
    assert cost["unedited_std_dev"] == pytest.approx(std_of(by_account(first)), rel=1e-9)
    assert cost["absolute"] >= 0


def test_edits_add_up_and_the_newest_of_an_account_holds(desk):
    first = preview(desk)
    second = adjust(desk, first, {"ACC001": 1_000_000, "ACC003": 700_000})
    third = adjust(desk, second, {"ACC003": 500_000})
    assert by_account(third) == {
        "ACC001": 1_000_000,
        "ACC002": 5_485_000,
        "ACC003": 500_000,
        "ACC004": 1_015_000,
    }
    change = third["adjustment"]
    assert change["fixed"] == {"ACC001": 1_000_000, "ACC003": 500_000}
    assert (change["adjusted_from"], change["unedited_id"]) == (
        second["allocation_id"],
        first["allocation_id"],
    )
    assert {m["account_id"]: m["difference"] for m in change["moved"]} == {
        "ACC002": 200_000,
        "ACC003": -200_000,
    }
    assert change["cost"]["absolute"] == pytest.approx(
        std_of(by_account(third)) - std_of(LEAST_SHARES), rel=1e-9
    )
    # An edit does not touch what it was made of.
    assert by_account(desk.get(f"allocations/{second['allocation_id']}")) == by_account(second)


def test_the_others_share_the_rest_by_nav(desk):
    edited = adjust(desk, preview(desk, method="PRO_RATA"), {"ACC002": 2_000_000})
    # 1,015,000 for ACC004; 4,985,000 in 100 : 80, the odd lot by largest remainder.
    assert by_account(edited) == {
        "ACC001": 2_769_000,
        "ACC002": 2_000_000,
        "ACC003": 2_216_000,
        "ACC004": 1_015_000,
    }


@pytest.mark.parametrize(
    ("redistribute", "others"),
    [(False, (1_000_000, 1_000_000, 1_000_000)), (True, (1_243_000, 1_242_000, 1_015_000))],
)
def test_the_others_keep_their_stated_parts(desk, redistribute, others):
    quarters = {"weights": dict.fromkeys(ACCOUNTS, 0.25), "redistribute": redistribute}
    first = preview(desk, 4_000_000, "CUSTOM_WEIGHTS", parameters=quarters)
    edited = adjust(desk, first, {"ACC001": 500_000})
    assert tuple(by_account(edited).values()) == (500_000, *others)
    assert edited["adjustment"]["cost"]["total_difference"] == sum(others) + 500_000 - 4_000_000


PIECE = 2
POSITIONS = (5, 8, 3, 2)
"""Of the book that is sold from, in lots."""


def allowed(side):
    """The lots that each account can take or give: nothing or a piece, by cash; when sold, a piece stays."""
    if side == "BUY":
        return [{0, *range(PIECE, int(cash / 0.985) // LOT + 1)} for cash in CASH]
    return [{0, held, *range(PIECE, held - PIECE + 1)} for held in POSITIONS]


def least(side, total, fixed):
    """Total and least standard deviation of all splits with these lots fixed; None where none is."""
    choices = [
        lots & {fixed[a]} if a in fixed else lots for a, lots in zip(ACCOUNTS, allowed(side), strict=True)
    ]
    splits = fullest_splits(choices, total)
    if not splits:
        return None
    placed, sign = sum(splits[0]), 1 if side == "BUY" else -1
    # A lot that is held on top of the golden position of 1, 2, 0.5 and 0 lots counts before a sale.
    more = (0, 0, 0, 0) if side == "BUY" else np.subtract(POSITIONS, (1, 2, 0.5, 0))
    best = min(
        std_of(dict(zip(ACCOUNTS, (sign * np.array(split) + more) * LOT, strict=True))) for split in splits
    )
    return placed * LOT, best


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_any_chain_of_edits_is_the_best_of_all_splits_or_refused(book_desk, side):
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0] |= {"min_piece": PIECE * LOT, "increment": LOT}
    if side == "SELL":
        for account, held in zip(book["accounts"], POSITIONS, strict=True):
            account["positions"] = [{"cusip": BOND, "face": held * LOT}]
    desk, random = book_desk(book), Random(12)
    counts = {200: 0, 422: 0}
    for _ in range(6):
        order = random.randint(4, 11)
        shown, fixed = preview(desk, order * LOT, order={"side": side}), {}
        unedited = least(side, order, {})[1]
        for _ in range(6):
            edits = {
                a: random.choice((0, 0, 1, 2, 2, 3, 5)) for a in random.sample(ACCOUNTS, random.randint(1, 2))
            }
            expected = least(side, order, fixed | edits)
            status = 422 if expected is None else 200
            counts[status] += 1
            answer = adjust(desk, shown, {a: lots * LOT for a, lots in edits.items()}, status=status)
            if expected is None:
                assert answer["errors"]
                continue
            shown, fixed = answer, fixed | edits
            total, best = expected
            assert shown["adjustment"]["fixed"] == {a: lots * LOT for a, lots in fixed.items()}
            assert {a: by_account(shown)[a] for a in fixed} == shown["adjustment"]["fixed"]
            assert sum(by_account(shown).values()) == total
            cost = shown["adjustment"]["cost"]
            assert cost["post_trade_std_dev"] == pytest.approx(best, rel=1e-9)
            assert cost["absolute"] == pytest.approx(best - unedited, abs=1e-9)
            if cost["total_difference"] == 0:
                assert cost["absolute"] >= -1e-12
    assert min(counts.values()) >= 5, counts


def test_what_cannot_be_is_named_with_its_number(desk):
    first = preview(desk)
    assert refused(desk, first, {"ACC004": 1_016_000, "ACC001": 500}) == {
        "ACC001": "500 face is under the minimum piece of 1,000.",
        "ACC004": (
            "1,016,000 face is more than the account can take: "
            "Cash of 1,000,000.00 buys at most 1,015,228 face."
        ),
    }
    assert set(refused(desk, first, {"ACC009": 1_000})) == {"ACC009"}
    (too_much,) = refused(desk, first, {"ACC001": 5_000_000, "ACC002": 4_000_000}).items()
    assert too_much == (
        "body",
        "The minimum and fixed amounts add up to 9,000,000 face, more than the order of 8,000,000.",
    )
    assert set(refused(desk, first, {})) == {"body"}
    assert set(refused(desk, first, {"ACC001": -1, "ACC002": "1000", "a/b": 1})) == {
        "ACC001",
        "ACC002",
        "a/b",
    }


def test_edits_stay_within_the_limits_of_the_request(desk):
    # R10.10: what the request allows an account is no edit's to bend, after other edits too.
    own = {"ACC001": {"max": 500_000}, "ACC002": {"min": 2_000_000}, "ACC003": {"fixed": 300_000}}
    first = preview(desk, constraints={"account_limits": own})
    outside = {"ACC001": 501_000, "ACC002": 0, "ACC003": 299_000}
    said = {
        "ACC001": "501,000 face is more than the request's maximum of 500,000.",
        "ACC002": "0 face is less than the request's minimum of 2,000,000.",
        "ACC003": "299,000 face is less than the request's minimum of 300,000.",
    }
    assert refused(desk, first, outside) == said
    edited = adjust(desk, first, {"ACC001": 400_000, "ACC002": 2_000_000, "ACC003": 300_000})
    assert list(by_account(edited).values()) == [400_000, 2_000_000, 300_000, 1_015_000]
    assert refused(desk, edited, outside) == said
    assert by_account(adjust(desk, edited, {"ACC001": 500_000}))["ACC001"] == 500_000


def test_the_same_book_is_used_and_the_vendor_is_not_asked_for_it(tmp_path):
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    first = preview(desk)
    before = len(wire.calls)
    edited = adjust(desk, first, {"ACC001": 1_000_000})
    assert len(wire.calls) == before
    assert edited["order"] == first["order"]
    assert edited["expires_at"] == first["expires_at"]


def test_it_is_stored_replayed_listed_and_committed_as_any_preview(desk):
    edited = adjust(desk, preview(desk), {"ACC001": 1_000_000})
    path = f"allocations/{edited['allocation_id']}"
    assert desk.get(path) == edited
    assert desk.post(f"{path}/replay")["identical"] is True
    assert desk.get("allocations")["allocations"][0]["allocation_id"] == edited["allocation_id"]
    assert desk.post(f"{path}/commit", {"override_warnings": True})["status"] == "SUCCESS"
    (order,) = desk.get("orders")["orders"]
    assert order["quantity"] == 8_000_000
    assert desk.get("audit/verify")["breaks"] == []


def test_the_chain_of_edits_is_in_snapshots_and_trail(desk):
    first = preview(desk)
    second = adjust(desk, first, {"ACC001": 1_000_000})
    third = adjust(desk, second, {"ACC003": 500_000})
    with desk.services.database.read() as session:
        kept = msgspec.json.decode(
            session.get(AllocationRow, third["allocation_id"], populate_existing=True).snapshot
        )
    assert kept["edit"]["adjusted_from"] == second["allocation_id"]
    (record,) = desk.get("audit", entity_id=third["allocation_id"])["audit_records"]
    assert record["action"] == "PREVIEW"
    assert record["after"]["adjusted_from"] == second["allocation_id"]
    assert record["after"]["fixed"] == {"ACC001": 1_000_000, "ACC003": 500_000}


def test_a_chosen_variant_can_be_adjusted(desk):
    compared = desk.compare(BOND, 8_000_000, {"allocation_method": "MIN_DISPERSION"}, groups=["GOLDEN"])
    chosen = desk.post(f"allocations/compare/{compared['comparison_id']}/choose", {"variant": "1"})
    edited = adjust(desk, chosen, {"ACC001": 1_000_000})
    assert edited["adjustment"]["unedited_id"] == chosen["allocation_id"]
    assert edited["comparison"] is None
    assert edited["expires_at"] == compared["expires_at"]


def test_only_an_open_preview_is_adjusted(desk):
    first, other = preview(desk), preview(desk)
    desk.post(f"allocations/{other['allocation_id']}/commit", {"override_warnings": True})
    assert adjust(desk, other, {"ACC001": 0}, status=409)["code"] == "CONFLICT"
    desk.clock.ahead += desk.settings.allocations.preview_lifetime
    assert adjust(desk, first, {"ACC001": 0}, status=409)["code"] == "PREVIEW_EXPIRED"
    assert desk.post("allocations/none/adjust", {"ACC001": 0}, status=404)["code"] == "NOT_FOUND"


def test_nothing_is_made_of_a_preview_that_was_tampered_with(desk):
    first = preview(desk)
    replace_in(desk.services.database, AllocationRow.snapshot, "8000000", "9000000")
    assert adjust(desk, first, {"ACC001": 0}, status=409)["code"] == "EVIDENCE_BROKEN"


def test_a_key_adjusts_once(desk):
    path = f"allocations/{preview(desk)['allocation_id']}/adjust"
    once = [desk.call("POST", path, json={"ACC001": 0}, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert once[0] == once[1]


def test_it_needs_the_permissions_of_a_preview(desk):
    # R5.7
    desk.log_in_without()
    first = preview(desk, constraints={"compliance_check": False})
    desk.log_in_without(Permission.COMPLIANCE_BYPASS)
    assert adjust(desk, first, {"ACC001": 0}, status=403)["permission"] == "compliance:bypass"
    desk.log_in_without(Permission.ALLOCATIONS_PREVIEW)
    assert adjust(desk, first, {"ACC001": 0}, status=403)["permission"] == "allocations:preview"


def test_the_vendor_is_asked_about_the_edit_anew(tmp_path):
    # R5.8
    wire = FaultyWire.over(GOLDEN_BOOK)
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, ALADDIN_WHAT_IF="true")
    first = preview(desk)
    wire.faults["/order:post"] = "unreached"
    edited = adjust(desk, first, {"ACC001": 1_000_000})
    assert wire.count("/order:post") == 2
    assert [w["details"]["state"] for w in edited["warnings"] if w["type"] == "COMPLIANCE"] == ["NOT_ASKED"]
    assert desk.post(f"allocations/{edited['allocation_id']}/replay")["identical"] is True


def test_cents_of_face_can_be_fixed_in_a_sale(book_desk):
    book = json.loads(GOLDEN_BOOK.read_text())
    book["accounts"][0]["positions"][0]["face"] = 491.76
    desk = book_desk(book)
    whole = Decimal("491.76")
    first = preview(desk, 1_000_491.76, "PRO_RATA", order={"side": "SELL"})
    edited = adjust(desk, first, {"ACC001": float(whole), "ACC002": 1_000_000})
    assert {a: f for a, f in by_account(edited).items() if f} == {"ACC001": 491.76, "ACC002": 1_000_000}
    assert edited["adjustment"]["fixed"] == {"ACC001": 491.76, "ACC002": 1_000_000}


def test_cents_that_binary_fractions_miss_are_shown_as_the_contract_says(book_desk):
    book = json.loads(GOLDEN_BOOK.read_text())
    book["accounts"][0]["positions"][0]["face"] = 3.01
    book["accounts"][1]["positions"][0]["face"] = 6_000.0007
    desk = book_desk(book)
    limits = {"account_limits": {"ACC001": {"fixed": 3.01}}}
    first = preview(desk, 6_003.0107, "PRO_RATA", order={"side": "SELL"}, constraints=limits)
    edited = adjust(desk, first, {"ACC002": 6_000.0007})
    assert edited["constraints"]["account_limits"]["ACC001"]["fixed"] == 3.01
    assert edited["constraints"]["account_limits"]["ACC002"]["fixed"] == 6_000.0007
