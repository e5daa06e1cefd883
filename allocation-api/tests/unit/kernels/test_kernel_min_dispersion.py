"""Minimum dispersion: against brute force, in its corner cases, and what its certificate says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    KernelReason,
    MinDispersion,
    ProofStatus,
    ProRata,
    Solver,
    Weighting,
    branch_and_bound,
    lots,
    slsqp,
)
from tests.support.profiles import examples
from tests.unit.kernels.books import PROOF, best_std_dev, book, golden, may_be_placed, problems, std_dev


@examples(700, deadline=None)
@given(problems(size=4), st.sampled_from(Weighting))
def test_equal_to_brute_force_over_lots_pieces_and_whole_positions(case, weighting):
    problem = case.problem
    allocation = MinDispersion(weighting).allocate(problem)
    best = best_std_dev(problem, weighting)
    assert std_dev(problem, weighting, allocation.faces) == pytest.approx(best, rel=PROOF, abs=1e-12)
    assert allocation.optimality.lower_bound_std_dev <= best * (1 + PROOF) + 1e-12


@examples(200, deadline=None)
@given(problems(size=5), st.sampled_from(Weighting))
def test_slsqp_ends_in_the_same_lots_or_says_that_it_failed(case, weighting):
    problem = case.problem
    exact = MinDispersion(weighting).allocate(problem)
    allocation = MinDispersion(weighting, Solver.SLSQP).allocate(problem)
    ours = std_dev(problem, weighting, exact.faces)
    theirs = std_dev(problem, weighting, allocation.faces)
    assert may_be_placed(problem, int(allocation.faces.sum()))
    assert ours <= theirs * (1 + PROOF) + 1e-12
    if allocation.optimality.status is ProofStatus.FALLBACK:
        assert allocation.optimality.reason.startswith("SLSQP")
    else:
        assert theirs == pytest.approx(ours, rel=PROOF, abs=1e-12)


# --- corner cases -------------------------------------------------------------------------------------------


def test_an_order_of_nothing():
    allocation = MinDispersion().allocate(golden(0))
    assert allocation.faces.tolist() == [0, 0, 0, 0]
    assert allocation.unallocated == 0
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    assert allocation.optimality.lower_bound_std_dev == pytest.approx(0.2586020108, abs=5e-11)


def test_an_order_under_the_minimum_piece_stays_unallocated():
    allocation = MinDispersion().allocate(replace(golden(900), cap=np.full(4, 900)))
    assert allocation.unallocated == 900
    assert set(allocation.reason) == {KernelReason.BELOW_MIN_PIECE}


@pytest.mark.parametrize("order", [17_256_000, 30_000_000])
def test_an_order_of_the_capacity_and_above_fills_every_account(order):
    full = [5_076_000, 8_121_000, 3_045_000, 1_015_000]
    allocation = MinDispersion().allocate(replace(golden(order), cap=golden(30_000_000).cap))
    assert int(allocation.faces.sum()) == min(order, sum(full))
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    if order > sum(full):
        assert allocation.faces.tolist() == full
        assert allocation.unallocated == order - sum(full)


def test_all_caps_zero():
    allocation = MinDispersion().allocate(book([0, 0], face=5_000, metric=[1.0, 2.0]))
    assert allocation.unallocated == 5_000
    assert allocation.reason == (KernelReason.NO_CAPACITY, KernelReason.NO_CAPACITY)
    assert allocation.optimality.lower_bound_std_dev == 0.5


def test_an_empty_book():
    allocation = MinDispersion().allocate(book([], face=5_000))
    assert allocation.unallocated == 5_000
    assert allocation.optimality.gap == 0.0


def test_one_account_takes_what_it_can():
    allocation = MinDispersion().allocate(book([7_500], face=9_000))
    assert allocation.faces.tolist() == [7_000]
    assert allocation.unallocated == 2_000
    assert allocation.optimality.lower_bound_std_dev == 0.0


def test_equal_accounts_share_equally_and_the_odd_lot_goes_to_the_first():
    allocation = MinDispersion().allocate(book([9_000] * 3, face=10_000))
    assert allocation.faces.tolist() == [4_000, 3_000, 3_000]


def test_a_bond_without_spread_duration_is_split_pro_rata():
    problem = replace(golden(8_000_000), slope=np.zeros(4))
    allocation = MinDispersion().allocate(problem)
    assert allocation.faces.tolist() == ProRata(problem.nav).allocate(problem).faces.tolist()
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    assert "pro-rata" in allocation.optimality.reason


def test_a_change_too_small_for_the_metric_counts_as_none():
    problem = replace(golden(8_000_000), slope=np.full(4, 1e-30))
    assert MinDispersion().allocate(problem).optimality.status is ProofStatus.OPTIMAL


def test_accounts_without_a_metric_are_outside_the_population():
    nothing = np.nan
    problem = book([0, 50_000, 50_000], face=50_000, metric=[nothing, 4.0, 6.0], nav=[nothing, 1e6, 1e6])
    allocation = MinDispersion().allocate(problem)
    # One lot moves a metric by 0.004 years: all 50 lots to the lower account bring 4.0 to 4.2.
    assert allocation.faces.tolist() == [0, 50_000, 0]
    assert allocation.optimality.lower_bound_std_dev == pytest.approx(0.9, rel=1e-12)
    assert allocation.reason == (KernelReason.NO_CAPACITY, None, KernelReason.NOT_OPTIMAL)


def test_accounts_that_cannot_trade_pull_the_mean():
    # Account 3 cannot trade and sits at 10: lifting the others towards it is right, the higher one no less.
    problem = book([10_000, 10_000, 0], face=10_000, metric=[5.0, 5.0, 10.0], nav=[1e4, 1e5, 1e6])
    allocation = MinDispersion().allocate(problem)
    assert std_dev(problem, Weighting.EQUAL, allocation.faces) == pytest.approx(
        best_std_dev(problem, Weighting.EQUAL), rel=PROOF
    )


@pytest.mark.parametrize("weighting", Weighting)
def test_metrics_over_many_magnitudes(weighting):
    problem = book([6_000] * 4, face=12_000, metric=[1e-9, 1.0, 1e6, -1e9], nav=[1e3, 1e6, 1e9, 1e12])
    allocation = MinDispersion(weighting).allocate(problem)
    achieved = std_dev(problem, weighting, allocation.faces)
    assert achieved == pytest.approx(best_std_dev(problem, weighting), rel=1e-12)


def test_a_sale_lowers_the_highest_metrics():
    problem = book([40_000, 40_000], face=40_000, side=Side.SELL, metric=[5.0, 5.4], nav=[1e6, 1e6])
    # Equal slopes of 0.004 a lot: both end level at 5.12 when the higher sells 55 lots more than it can.
    assert MinDispersion().allocate(problem).faces.tolist() == [0, 40_000]


def test_a_whole_position_off_the_grid_is_sold_whole_or_on_the_grid():
    problem = book(
        [7_500, 20_000], face=12_500, side=Side.SELL, metric=[6.0, 5.0], nav=[1e6, 1e6], whole=[7_500, 0]
    )
    allocation = MinDispersion().allocate(problem)
    assert allocation.faces.tolist() == [7_500, 5_000]
    assert allocation.unallocated == 0


@pytest.mark.parametrize("side", Side)
def test_one_unit_of_face_as_increment(side):
    nav = np.array([1.1e8, 0.7e8, 2.3e8])
    problem = book(
        [10**9] * 3, face=123_456_789, side=side, metric=[5.0, 5.2, 5.1], nav=nav, piece=1, increment=1
    )
    allocation = MinDispersion().allocate(problem)
    assert int(allocation.faces.sum()) == 123_456_789
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    assert allocation.target == pytest.approx(allocation.faces, abs=2.0)


# --- the certificate ----------------------------------------------------------------------------------------


def binding_pieces(size: int, seed: int):
    random = np.random.default_rng(seed)
    cap = random.integers(0, 400, size) * 1_000
    return book(
        cap,
        face=int(cap.sum()) // 3_000 * 1_000,
        nav=random.lognormal(18.5, 1.0, size),
        metric=random.normal(5.0, 0.3, size),
        piece=100_000,
    )


def test_a_search_cut_short_reports_an_honest_gap(monkeypatch):
    # R8.4
    problem = binding_pieces(60, seed=5)
    proved = MinDispersion().allocate(problem)
    monkeypatch.setattr(branch_and_bound, "_NODE_RANGE", (1, 1))
    cut = MinDispersion().allocate(problem)
    achieved = std_dev(problem, Weighting.EQUAL, cut.faces)
    best = std_dev(problem, Weighting.EQUAL, proved.faces)
    assert proved.optimality.status is ProofStatus.OPTIMAL
    assert cut.optimality.status is ProofStatus.WITHIN_GAP
    assert cut.optimality.lower_bound_std_dev <= best * (1 + 1e-12) <= achieved * (1 + 2e-12)
    expected = (achieved - cut.optimality.lower_bound_std_dev) / achieved
    assert cut.optimality.gap == pytest.approx(expected, rel=1e-6)


def test_a_lot_search_cut_short_reports_an_honest_gap(monkeypatch):
    problem = golden(10_000_000)
    monkeypatch.setattr(lots, "_MAX_EVALUATIONS", 3)
    cut = MinDispersion().allocate(problem)
    achieved = std_dev(problem, Weighting.EQUAL, cut.faces)
    assert achieved <= 0.1906204359 * (1 + 1e-6)
    assert cut.optimality.lower_bound_std_dev <= 0.1906204360
    assert cut.optimality.status in {ProofStatus.OPTIMAL, ProofStatus.WITHIN_GAP}
    assert (cut.optimality.gap == 0) == (cut.optimality.status is ProofStatus.OPTIMAL)


def test_a_success_of_slsqp_that_is_none_is_not_the_reason_of_its_fallback(monkeypatch):
    # R8.5
    def stopped_at_once(_value, start, **_more):
        said = "Optimization terminated successfully"
        return optimize.OptimizeResult(x=start, success=True, message=said, nit=1)

    monkeypatch.setattr(optimize, "minimize", stopped_at_once)
    allocation = MinDispersion(solver=Solver.SLSQP).allocate(binding_pieces(20, seed=1))
    assert allocation.optimality.status is ProofStatus.FALLBACK
    assert allocation.optimality.reason == "SLSQP: it stopped short of the optimum"


def test_slsqp_out_of_iterations_is_a_flagged_fallback():
    # R8.5
    problem = binding_pieces(20, seed=1)
    allocation = MinDispersion(solver=Solver.SLSQP, max_iterations=2).allocate(problem)
    pro_rata = ProRata(problem.nav).allocate(problem)
    assert allocation.optimality.status is ProofStatus.FALLBACK
    assert allocation.optimality.reason == "SLSQP: Iteration limit reached"
    assert allocation.faces.tolist() == pro_rata.faces.tolist()
    best = MinDispersion().allocate(problem)
    assert allocation.optimality.lower_bound_std_dev <= std_dev(problem, Weighting.EQUAL, best.faces)
    assert 0 < allocation.optimality.gap < 1


def test_slsqp_is_not_let_loose_on_a_thousand_accounts():
    # R8.5
    problem = book(np.full(slsqp.MAX_ACCOUNTS + 1, 5_000), face=50_000)
    allocation = MinDispersion(solver=Solver.SLSQP).allocate(problem)
    assert allocation.optimality.status is ProofStatus.FALLBACK
    assert "301 accounts" in allocation.optimality.reason


@pytest.mark.parametrize("weighting", Weighting)
def test_a_thousand_accounts_are_proved(weighting):
    random = np.random.default_rng(11)
    nav = random.lognormal(18.5, 1.0, 1_000)
    cap = (nav * random.uniform(0.0, 0.05, 1_000)).astype(np.int64)
    problem = book(
        cap // 1_000 * 1_000,
        face=int(cap.sum()) // 3_000 * 1_000,
        nav=nav,
        metric=random.normal(5.0, 0.3, 1_000),
    )
    allocation = MinDispersion(weighting).allocate(problem)
    assert allocation.unallocated == 0
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    assert allocation.optimality.kkt_residual <= 1e-10
    continuous = std_dev(problem, weighting, allocation.target)
    assert std_dev(problem, weighting, allocation.faces) == pytest.approx(continuous, rel=1e-6)


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slope", [[np.nan, 1e-8], [1e-8, -1e-8], [1e-8, 0.0]], ids=["unknown", "two signs", "partly zero"]
)
def test_a_slope_that_cannot_be_is_refused(slope):
    with pytest.raises(ValueError, match=r"^slope: "):
        MinDispersion().allocate(book([5_000, 5_000], face=5_000, slope=slope))


def test_max_iterations_must_be_positive():
    with pytest.raises(ValueError, match=r"^max_iterations: "):
        MinDispersion(solver=Solver.SLSQP, max_iterations=0)
