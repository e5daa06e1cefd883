"""Pro-rata and custom weights by example, every number worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from app.services.domain.side import Side
from app.services.kernels.allocation import CustomWeights, KernelReason, ProRata
from tests.unit.kernels.books import book

PLENTY = 1_000_000


def pro_rata(base, caps=None, **order):
    caps = [PLENTY] * len(base) if caps is None else caps
    return ProRata(np.array(base, dtype=np.float64)).allocate(book(caps, **order))


def custom(weights, caps=None, *, redistribute=False, normalize=False, **order):
    caps = [PLENTY] * len(weights) if caps is None else caps
    method = CustomWeights(np.array(weights, dtype=float), redistribute=redistribute, normalize=normalize)
    return method.allocate(book(caps, **order))


# --- pro-rata -----------------------------------------------------------------------------------------------


def test_shares_follow_the_base():
    allocation = pro_rata([1, 2, 3], face=600_000)
    assert allocation.faces.tolist() == [100_000, 200_000, 300_000]
    assert allocation.reason == (None, None, None)


def test_what_is_over_a_cap_goes_to_the_others_in_proportion():
    # R6.2
    # 600 of 1:2:3 would be 100, 200, 300; the third takes 150, and 450 are shared 1:2.
    allocation = pro_rata([1, 2, 3], [PLENTY, PLENTY, 150_000], face=600_000)
    assert allocation.faces.tolist() == [150_000, 300_000, 150_000]
    assert allocation.shortfall.tolist() == [0.0, 0.0, 150_000.0]


def test_lots_go_by_largest_remainder():
    # R6.3
    # 10 lots over 15:26:59 are 1.5, 2.6, 5.9: two lots are left for .9 and .6.
    assert pro_rata([15, 26, 59], face=10_000).faces.tolist() == [1_000, 3_000, 6_000]


def test_a_tie_goes_to_the_earlier_account():
    # R6.3
    assert pro_rata([1, 1, 1], face=10_000).faces.tolist() == [4_000, 3_000, 3_000]
    assert pro_rata([1, 1], face=5_000).faces.tolist() == [3_000, 2_000]


def test_decimal_bases_mean_what_they_say():
    # 0.1 : 0.2 : 0.7 are no float64 numbers; exactly 1, 2 and 7 lots leave nothing to round.
    assert pro_rata([0.1, 0.2, 0.7], face=10_000).faces.tolist() == [1_000, 2_000, 7_000]


@pytest.mark.parametrize("unit", [1e-300, 1e-6, 0.1, 1.0, 1e9, 1e290])
def test_the_unit_of_the_base_does_not_matter(unit):
    assert pro_rata(np.array([1, 2, 4]) * unit, face=7_000).faces.tolist() == [1_000, 2_000, 4_000]


def test_the_smallest_share_under_the_piece_drops_out_one_at_a_time():
    # R6.4
    # Shares 1,750, 1,500 and 6,750 under a piece of 2,000: only the second leaves, 35/170 of 10,000 are
    # 2,059.
    allocation = pro_rata([35, 30, 135], face=10_000, piece=2_000)
    assert allocation.faces.tolist() == [2_000, 0, 8_000]
    assert allocation.reason == (None, KernelReason.BELOW_MIN_PIECE, None)
    assert allocation.target.tolist() == [1_750.0, 1_500.0, 6_750.0]


def test_of_equal_shares_under_the_piece_the_later_drops_out_first():
    # R6.4
    assert pro_rata([1, 1], face=3_000, piece=2_000).faces.tolist() == [3_000, 0]


def test_an_account_that_the_total_needs_stays_at_its_piece():
    # R6.5
    # By share A gets 100 and, with B full at 9,000, the last 1,000: under its piece of 2,000, yet without A
    # the order cannot be placed.
    allocation = pro_rata([1, 99], [10_000, 9_000], face=10_000, piece=2_000)
    assert allocation.faces.tolist() == [2_000, 8_000]


def test_where_the_smallest_is_needed_the_next_smallest_drops_out():
    # R6.5
    # 25 lots over A (cap 15, tiny base), B and C (cap 10 each), piece 10: three pieces are too many, and B
    # with C reach 20 only. So A stays and of B and C, equal in everything, the later leaves.
    allocation = pro_rata([1, 50, 50], [15_000, 10_000, 10_000], face=25_000, piece=10_000)
    assert allocation.faces.tolist() == [15_000, 10_000, 0]


def test_a_thousand_shares_under_the_piece():
    # Equal bases and an order of 100 pieces: 900 leave, the hundred first stay with one piece each.
    allocation = pro_rata([1.0] * 1_000, face=100_000)
    assert allocation.faces.tolist() == [1_000] * 100 + [0] * 900


def test_an_account_without_base_gets_nothing():
    # R6.1
    allocation = pro_rata([0, 1], [PLENTY, 4_000], face=10_000)
    assert allocation.faces.tolist() == [0, 4_000]
    assert allocation.unallocated == 6_000
    assert allocation.reason == (KernelReason.ZERO_SHARE, None)


def test_without_any_base_nothing_is_placed():
    allocation = pro_rata([0, 0], face=10_000)
    assert allocation.unallocated == 10_000
    assert allocation.target.tolist() == [0.0, 0.0]


def test_reasons_of_those_without_face():
    # R3.3
    allocation = pro_rata([1, 1, 1], [0, 1_500, PLENTY], face=9_000, piece=2_000)
    assert allocation.faces.tolist() == [0, 0, 9_000]
    assert allocation.reason == (KernelReason.NO_CAPACITY, KernelReason.BELOW_MIN_PIECE, None)
    assert pro_rata([1], face=0).reason == (KernelReason.NO_REMAINDER,)


def test_an_order_off_the_grid_leaves_its_odd_part():
    # R3.1
    allocation = pro_rata([1, 1], face=10_500)
    assert allocation.faces.tolist() == [5_000, 5_000]
    assert allocation.unallocated == 500


def sale(positions, base=None, piece=1_000, **order):
    positions = np.array(positions)
    whole = np.where((positions % 1_000 != 0) | (positions < piece), positions, 0)
    base = positions if base is None else base
    return pro_rata(base, positions, side=Side.SELL, piece=piece, whole=whole, **order)


def test_a_sale_of_everything_sells_odd_positions_whole():
    # R3.4
    allocation = sale([1_500, 20_250, 300], face=22_050)
    assert allocation.faces.tolist() == [1_500, 20_250, 300]
    assert allocation.unallocated == 0


def test_a_partial_sale_stays_on_the_grid():
    # R3.4
    # Half of 1,500 is under the piece, half of 20,250 is not.
    allocation = sale([1_500, 20_250], face=10_000)
    assert allocation.faces.tolist() == [0, 10_000]


def test_an_odd_order_is_filled_as_far_as_positions_allow():
    # R3.5: with the odd position 1,500 + 9,000 can be sold, the 10,000 on the grid are less than 1,000 below
    # it, and a share of 724 does not cover 1,500.
    allocation = sale([1_500, 20_250], face=10_875)
    assert allocation.faces.tolist() == [0, 10_000]
    assert allocation.unallocated == 875


def test_a_whole_position_completes_an_odd_order_where_its_share_covers_it():
    # R3.5: 11,500 = 1,500 + 10,000 is the only way to sell it all. By position the share of the first is 793,
    # and 11,000 come within a lot of it; by equal parts it is more than all of the first.
    assert sale([1_500, 20_250], face=11_500).faces.tolist() == [0, 11_000]
    assert sale([1_500, 20_250], base=[1, 1], face=11_500).faces.tolist() == [1_500, 10_000]
    exactly = ProRata(np.array([1_500.0, 20_250.0]), exactly=True)
    problem = book([1_500, 20_250], face=11_500, side=Side.SELL, whole=[1_500, 20_250])
    assert exactly.allocate(problem).faces.tolist() == [1_500, 10_000]


def test_a_position_under_the_piece_is_sold_whole_when_its_share_covers_it():
    # Shares by base are half and half: 400 of the first is all it has, the odd order 5,400 needs it.
    allocation = sale([400, 20_000], base=[1, 1], face=5_400)
    assert allocation.faces.tolist() == [400, 5_000]


@pytest.mark.parametrize("base", [[1.0], [1.0, -1.0], [1.0, np.nan], [np.inf, 1.0]])
def test_a_base_that_cannot_be_is_refused(base):
    with pytest.raises(ValueError, match=r"^base: "):
        ProRata(np.array(base)).allocate(book([5_000, 5_000], face=5_000))


def test_the_base_of_an_account_without_capacity_does_not_matter():
    assert pro_rata([np.nan, 1], [0, PLENTY], face=5_000).faces.tolist() == [0, 5_000]


# --- custom weights -----------------------------------------------------------------------------------------


def test_each_gets_its_stated_part():
    allocation = custom([0.3, 0.3, 0.4], face=1_000_000)
    assert allocation.faces.tolist() == [300_000, 300_000, 400_000]
    assert allocation.unallocated == 0


def test_a_cap_leaves_the_rest_unallocated():
    # R7.2
    # The other parts are exact decimals: 300,000 each, though 0.3 x 1,000,000 is less in binary.
    allocation = custom([0.3, 0.3, 0.4], [PLENTY, PLENTY, 350_000], face=1_000_000)
    assert allocation.faces.tolist() == [300_000, 300_000, 350_000]
    assert allocation.unallocated == 50_000
    assert allocation.shortfall == pytest.approx([0, 0, 50_000], abs=1e-6)


def test_redistribution_shares_the_rest_by_weight():
    # R7.3
    allocation = custom([0.3, 0.3, 0.4], [PLENTY, PLENTY, 350_000], face=1_000_000, redistribute=True)
    assert allocation.faces.tolist() == [325_000, 325_000, 350_000]
    assert allocation.excess == pytest.approx([25_000, 25_000, 0], abs=1e-6)


def test_redistribution_never_gives_to_those_without_a_weight():
    allocation = custom([1.0, 0.0], [5_000, PLENTY], face=9_000, redistribute=True)
    assert allocation.faces.tolist() == [5_000, 0]
    assert allocation.reason == (None, KernelReason.ZERO_SHARE)


def test_rounding_past_the_stated_part_is_reported():
    # R7.4
    # Parts of 2,500 each: two get 3,000, two get 2,000.
    allocation = custom([0.25] * 4, face=10_000)
    assert allocation.faces.tolist() == [3_000, 3_000, 2_000, 2_000]
    assert allocation.excess.tolist() == [500.0, 500.0, 0.0, 0.0]


def test_a_part_under_the_piece_is_not_placed():
    # R7.2
    allocation = custom([0.1, 0.9], face=10_000, piece=2_000)
    assert allocation.faces.tolist() == [0, 9_000]
    assert allocation.unallocated == 1_000
    assert allocation.reason == (KernelReason.BELOW_MIN_PIECE, None)
    assert custom([0.1, 0.9], face=10_000, piece=2_000, redistribute=True).faces.tolist() == [
        0,
        10_000,
    ]


def test_weights_within_the_tolerance_place_the_whole_order():
    # R7.1: the sums are off by 1e-7, and as decimals by exactly 1e-6; in float64 0.999999 is off by more.
    assert custom([0.3333333] * 3, face=3_000_000).faces.tolist() == [PLENTY] * 3
    assert custom([0.333333] * 3, face=3_000_000).faces.tolist() == [PLENTY] * 3
    over = custom([0.333334, 0.333334, 0.333333], face=1_000_001, piece=1, increment=1)
    assert over.faces.tolist() == [333_334, 333_334, 333_333]


def test_weights_of_any_sum_are_exact_parts_of_it():
    # R7.5: a third of each is exact, where a third as a decimal is not.
    assert custom([7, 7, 7], face=3_000_000, normalize=True).faces.tolist() == [PLENTY] * 3
    parts = custom([0.6, 0.3], face=9_000, piece=1, increment=1, normalize=True)
    assert parts.faces.tolist() == [6_000, 3_000]
    assert parts.excess.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], [np.nan, 1], [np.inf, 1]])
def test_weights_without_a_proportion_are_refused(weights):
    # R7.5
    with pytest.raises(ValueError, match=r"^weights: "):
        custom(weights, face=9_000, normalize=True)


def test_a_stated_part_that_covers_an_odd_position_sells_it_whole():
    allocation = custom([0.5, 0.5], [1_500, 20_000], face=4_000, side=Side.SELL, whole=[1_500, 0])
    assert allocation.faces.tolist() == [1_500, 2_000]
    assert allocation.unallocated == 500


@pytest.mark.parametrize("weights", [[0.5, 0.4], [1.5, -0.5], [np.nan, 1.0], [0.5, 0.500002]])
def test_weights_that_cannot_be_are_refused(weights):
    # R7.1
    with pytest.raises(ValueError, match=r"^weights: "):
        CustomWeights(np.array(weights))


def test_weights_of_the_wrong_length_are_refused():
    with pytest.raises(ValueError, match=r"^weights: "):
        CustomWeights(np.array([1.0])).allocate(book([5_000, 5_000], face=5_000))


def test_of_two_shares_that_end_at_the_same_cap_the_smaller_base_leaves_whatever_the_names():
    """9 does not go round in pieces of 4 among three; two are capped at 4, so both have that share."""
    base, caps = np.array([63.6, 2.7, 20.6]), np.array([4, 6, 4])
    for order in itertools.permutations(range(3)):
        names = list(order)
        problem = book(caps[names], face=9, nav=base[names], piece=4, increment=1)
        allocation = ProRata(base[names]).allocate(problem)
        np.testing.assert_array_equal(allocation.faces, np.array([4, 5, 0])[names])
