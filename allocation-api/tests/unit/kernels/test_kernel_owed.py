"""Minimum dispersion with debts: against general solvers, against trying everything, and at its two ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.allocation import (
    MAX_FAIRNESS_WEIGHT,
    AllocationProblem,
    MinDispersion,
    Options,
    ProofStatus,
    ProRata,
    Solver,
    Weighting,
    owed_base,
    strategy,
)
from app.services.kernels.allocation.continuous import Continuous, solve
from app.services.kernels.allocation.objective import objective
from app.services.kernels.allocation.owed import Debts, Population
from app.services.kernels.allocation.registry import Method
from benchmarks.min_dispersion_books import Book
from benchmarks.min_dispersion_solvers import Arrow, clarabel_cones, piqp_sparse
from tests.support.profiles import examples
from tests.unit.kernels.books import PROOF, book, golden, problems, splits_within, std_dev
from tests.unit.kernels.test_kernel_oracles import TIGHT, random_continuous
from tests.unit.kernels.wished_books import BLOCKS, cases

INSTANCES = 1_000
ABOVE = 1e-8  # relative, by which our value may be above the best of the general solvers


# --- the continuous problem, 1,000 for each weighting -------------------------------------------------------


@dataclass(frozen=True)
class Owing:
    """A random book with what its accounts are owed, and how much that counts."""

    book: Book
    owed: np.ndarray
    weight: np.ndarray

    def value(self, face: np.ndarray) -> float:
        """Return the square root of what is to be minimised, written out over the accounts that can trade."""
        able = self.book.cap > 0
        debt = self.weight * self.book.weight * (self.book.slope * (face - self.owed)) ** 2
        return math.sqrt(self.book.std_dev(face) ** 2 + math.fsum(debt[able]))

    def arrow(self) -> Arrow:
        """Return the quadratic programme in the split and the mean, squares expanded, debts added."""
        plain = Arrow.of(self.book)
        able = self.book.cap > 0
        weight = self.weight[able]
        linear = plain.linear.copy()
        linear[:-1] -= weight * plain.diagonal * (self.owed[able] / plain.unit)
        return replace(plain, diagonal=plain.diagonal * (1 + weight), linear=linear)


def owing(seed: int, weighting: Weighting) -> Owing:
    """Debts about the shares by NAV, some far from them; one lambda for all accounts, or one for each."""
    case = random_continuous(seed, weighting)
    random = np.random.default_rng(seed)
    size = case.cap.size
    share = case.order * (1 / np.abs(case.slope)) / (1 / np.abs(case.slope)).sum()
    spread = random.choice([0.1, 1.0, 5.0])
    weight = 10.0 ** random.uniform(-3.0, 4.0, size if seed % 2 else 1)
    return Owing(case, share * (1 + spread * random.normal(size=size)), np.broadcast_to(weight, size).copy())


def solved(case: Owing) -> tuple[np.ndarray, float, Continuous]:
    """Return our split, our bound on the square root of the value, and the certificate."""
    able = case.book.cap > 0
    problem = book(np.ceil(case.book.cap), face=0, nav=1 / np.abs(case.book.slope), metric=case.book.metric)
    debts = Debts.of(case.owed, case.weight, problem)
    step = np.where(able, case.book.slope, 0.0)
    order = np.arange(able.size)
    all_of_them = debts.joining(Population(case.book.weight, case.book.metric, step, case.book.cap), order, 1)
    function, scale = objective(all_of_them.weight, all_of_them.metric, all_of_them.step, all_of_them.upper)
    upper = case.book.cap[able]
    found = solve(function, np.zeros_like(upper), upper, case.book.order)
    face = np.zeros_like(case.book.cap)
    face[able] = found.lots
    return face, math.sqrt(found.lower_bound) * scale * all_of_them.unit, found


def best_general_value(case: Owing) -> float:
    arrow, values = case.arrow(), []
    for run in (piqp_sparse, clarabel_cones):
        solver, solution = run(arrow, TIGHT)
        solver()
        face = np.zeros_like(case.book.cap)
        face[case.book.cap > 0] = solution()[: arrow.size] * arrow.unit
        if case.book.violation(face) <= 1e-9:
            values.append(case.value(face))
    assert values
    return min(values)


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("block", range(10))
def test_never_above_a_general_solver_and_never_bounded_above_it(block, weighting):
    # R8.9
    for seed in range(block * INSTANCES // 10, (block + 1) * INSTANCES // 10):
        case = owing(seed, weighting)
        face, bound, certificate = solved(case)
        theirs = best_general_value(case)
        assert case.book.violation(face) <= 1e-12
        assert certificate.kkt_residual <= 1e-10
        assert case.value(face) <= theirs * (1 + ABOVE)
        assert bound <= theirs * (1 + 1e-9)
        assert bound >= case.value(face) * (1 - ABOVE)


# --- lots, pieces and whole positions -----------------------------------------------------------------------


def combined(problem: AllocationProblem, method: MinDispersion, faces) -> float:
    """The square root of what is minimised, written out from its definition."""
    known = np.isfinite(problem.metric)
    raw = np.where(known, problem.nav if method.weighting is Weighting.NAV else 1.0, 0.0)
    cap = np.minimum(problem.cap, problem.face)
    takes = cap >= max(problem.piece, problem.increment)
    takes |= (problem.whole > 0) & (problem.whole <= cap)
    lam = np.broadcast_to(method.fairness_weight, (problem.size,))
    debts = lam * raw / math.fsum(raw) * (problem.slope * (faces - method.owed)) ** 2
    return math.hypot(std_dev(problem, method.weighting, faces), math.sqrt(math.fsum(debts[takes])))


def random_method(
    problem: AllocationProblem, weighting: Weighting, seed: int, solver: Solver = Solver.EXACT
) -> MinDispersion:
    random = np.random.default_rng(seed)
    share = problem.face * problem.nav / problem.nav.sum()
    owed = share + random.normal(size=problem.size) * random.choice([0.1, 1.0, 3.0]) * (share.mean() + 1.0)
    weight = 10.0 ** random.uniform(-2.0, 8.0, problem.size)
    return MinDispersion(
        weighting, solver, owed=owed, fairness_weight=weight if seed % 2 else float(weight[0])
    )


@examples(700, deadline=None)
@given(problems(size=5), st.sampled_from(Weighting), st.integers(0, 2**32 - 1))
def test_equal_to_brute_force_over_lots_pieces_and_whole_positions(case, weighting, seed):
    # R8.9
    problem = case.problem
    method = random_method(problem, weighting, seed)
    allocation = method.allocate(problem)
    proof = allocation.optimality
    reached = combined(problem, method, allocation.faces)
    best = min(combined(problem, method, np.array(split)) for split in splits_within(problem))
    if allocation.faces.any():
        assert proof.objective_std_dev == pytest.approx(reached, rel=1e-12)
    assert proof.status is ProofStatus.OPTIMAL
    assert reached == pytest.approx(best, rel=PROOF, abs=1e-12)
    assert proof.lower_bound_std_dev <= best * (1 + PROOF) + 1e-12


@examples(100, deadline=None)
@given(problems(size=4), st.sampled_from(Weighting), st.integers(0, 2**32 - 1))
def test_slsqp_ends_in_the_same_lots_or_says_that_it_failed(case, weighting, seed):
    exact = random_method(case.problem, weighting, seed)
    theirs = random_method(case.problem, weighting, seed, Solver.SLSQP)
    ours = combined(case.problem, exact, exact.allocate(case.problem).faces)
    allocation = theirs.allocate(case.problem)
    reached = combined(case.problem, theirs, allocation.faces)
    assert ours <= reached * (1 + PROOF) + 1e-12
    if allocation.optimality.status is not ProofStatus.FALLBACK:
        assert reached == pytest.approx(ours, rel=PROOF, abs=1e-12)


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("block", range(BLOCKS))
def test_wishes_and_debts_together_equal_trying_everything(block, coarse):
    # R3.3, R8.9
    for seed, case in enumerate(cases(block, coarse=coarse)):
        problem = case.problem
        by_debt = random_method(problem, Weighting.NAV, seed)
        case.assert_placed(ProRata(owed_base(by_debt.owed, problem.nav), owed=by_debt.owed).allocate(problem))
        for weighting in Weighting:
            method = replace(by_debt, weighting=weighting)
            allocation = method.allocate(problem)
            case.assert_placed(allocation)
            best = min(combined(problem, method, split) for split in case.placed)
            assert combined(problem, method, allocation.faces) <= best * (1 + PROOF) + 1e-12


def lots_of_many(seed: int, size: int, piece: int = 1_000) -> AllocationProblem:
    random = np.random.default_rng(seed)
    nav = random.lognormal(18.5, 1.0, size)
    cap = (nav * random.uniform(0.0, 0.05, size)).astype(np.int64) // 1_000 * 1_000
    return book(
        cap,
        face=int(cap.sum()) // 3_000 * 1_000,
        nav=nav,
        metric=random.normal(5.0, 0.3, size),
        slope=0.985 * 3.8 / nav,
        piece=piece,
    )


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("size", [31, 1_000, 6_000])  # plain floats, arrays, and what is set aside first
def test_many_accounts_are_proved(size, weighting):
    problem = lots_of_many(3, size)
    method = random_method(problem, weighting, 5)
    allocation = method.allocate(problem)
    proof = allocation.optimality
    assert allocation.unallocated == 0
    assert proof.status is ProofStatus.OPTIMAL
    assert proof.kkt_residual <= 1e-10
    assert proof.objective_std_dev == pytest.approx(combined(problem, method, allocation.faces), rel=1e-12)
    # Lots cost something; without them nothing is better than the target.
    able = problem.cap >= problem.piece
    smooth = replace(method, owed=np.where(able, method.owed, 0.0))
    assert combined(problem, smooth, allocation.target) <= proof.objective_std_dev * (1 + 1e-12)


@pytest.mark.parametrize("weighting", Weighting)
def test_never_behind_a_split_by_what_is_owed(weighting):
    # R8.3
    for seed in range(20):
        problem = lots_of_many(seed, 31, piece=100_000)
        method = random_method(problem, weighting, seed)
        by_debt = ProRata(owed_base(method.owed, problem.nav)).allocate(problem).faces
        allocation = method.allocate(problem)
        assert allocation.faces.sum() == by_debt.sum()
        assert allocation.optimality.objective_std_dev <= combined(problem, method, by_debt) * (1 + 1e-12)


# --- the two ends -------------------------------------------------------------------------------------------


@examples(200, deadline=None)
@given(problems(size=6), st.sampled_from(Weighting), st.sampled_from(Solver))
def test_a_weight_of_nothing_is_the_answer_without_debts_to_the_bit(case, weighting, solver):
    # R8.9
    plain = MinDispersion(weighting, solver).allocate(case.problem)
    owed = np.linspace(-1e6, 1e6, case.problem.size)
    debts = MinDispersion(weighting, solver, owed=owed).allocate(case.problem)
    assert debts.faces.tolist() == plain.faces.tolist()
    assert debts.target.tolist() == plain.target.tolist()
    assert debts.reason == plain.reason
    assert debts.optimality == plain.optimality


def test_without_debts_the_objective_is_the_dispersion():
    allocation = MinDispersion().allocate(golden(8_000_000))
    assert allocation.optimality.objective_std_dev == pytest.approx(0.1972962214, abs=5e-11)


@pytest.mark.parametrize("weighting", Weighting)
def test_a_weight_without_end_pays_what_is_owed(weighting):
    owed = np.array([2_000_000.0, 3_500_000.0, 1_500_000.0, 1_000_000.0])
    method = MinDispersion(weighting, owed=owed, fairness_weight=MAX_FAIRNESS_WEIGHT)
    assert method.allocate(golden(8_000_000)).faces.tolist() == owed.astype(int).tolist()


def test_two_accounts_by_hand():
    # A lot moves a metric by a quarter. With u lots more for the first of two whose eight lots are fixed, the
    # metrics differ by 1 - u / 4 and the variance is (4 - u)^2 / 64: without debts u is 4. Owed two and six
    # lots, each is (u + 4) / 2 lots off and the debts are (u + 4)^2 / 64: then u is 0 and the sum 1 / 2.
    problem = book(
        [8_000, 8_000], face=8_000, metric=[5.0, 6.0], nav=[1e6, 1e6], slope=[1 / 4_000, 1 / 4_000]
    )
    owed = np.array([2_000.0, 6_000.0])
    assert MinDispersion().allocate(problem).faces.tolist() == [6_000, 2_000]
    allocation = MinDispersion(owed=owed, fairness_weight=1.0).allocate(problem)
    assert allocation.faces.tolist() == [4_000, 4_000]
    assert allocation.optimality.objective_std_dev == pytest.approx(math.sqrt(0.5), rel=1e-12)


# --- what must not show -------------------------------------------------------------------------------------


@examples(200, deadline=None)
@given(problems(size=6), st.sampled_from(Weighting), st.integers(0, 2**32 - 1))
def test_the_order_of_the_accounts_does_not_show(case, weighting, seed):
    method = random_method(case.problem, weighting, seed)
    lam = np.broadcast_to(method.fairness_weight, (case.problem.size,))
    plain = method.allocate(case.problem)
    other = replace(method, owed=method.owed[case.order], fairness_weight=lam[case.order])
    permuted = other.allocate(case.permuted())
    assert permuted.faces.tolist() == plain.faces[case.order].tolist()
    assert permuted.optimality == plain.optimality


@examples(200, deadline=None)
@given(problems(size=5), st.sampled_from(Weighting), st.integers(0, 2**32 - 1))
def test_the_unit_of_face_does_not_show(case, weighting, seed):
    problem = case.problem
    method = random_method(problem, weighting, seed)
    larger = replace(
        problem,
        face=problem.face * 1_024,
        slope=problem.slope / 1_024,
        cap=problem.cap * 1_024,
        piece=problem.piece * 1_024,
        increment=problem.increment * 1_024,
        whole=problem.whole * 1_024,
    )
    plain = method.allocate(problem)
    scaled = replace(method, owed=method.owed * 1_024).allocate(larger)
    assert scaled.faces.tolist() == (plain.faces * 1_024).tolist()
    assert scaled.optimality.objective_std_dev == plain.optimality.objective_std_dev


# --- what cannot be taken as it is --------------------------------------------------------------------------


def test_a_bond_that_moves_no_metric_is_split_by_what_is_owed():
    problem = replace(golden(8_000_000), slope=np.zeros(4))
    owed = np.array([1_000_000.0, -5.0, 3_000_000.0, 4_000_000.0])
    allocation = MinDispersion(owed=owed, fairness_weight=1.0).allocate(problem)
    # Accounts 3 and 4 are full at 3,045,000 and 1,015,000, account 1 takes the rest, 2 is owed nothing.
    assert allocation.faces.tolist() == [3_940_000, 0, 3_045_000, 1_015_000]


def test_who_is_owed_nothing_takes_what_the_others_have_no_room_for():
    problem = golden(17_000_000)
    base = owed_base(np.array([1e6, -1e6, 0.0, 1e6]), problem.nav)
    allocation = ProRata(base).allocate(problem)
    # Accounts 1 and 4 are full at 5,076,000 and 1,015,000; 2 and 3 share 10,909,000 by their NAV of 150 : 80,
    # 7,115,000 and 3,794,000, of which account 3 has room for 3,045,000.
    assert allocation.faces.tolist() == [5_076_000, 7_864_000, 3_045_000, 1_015_000]


def test_debts_of_accounts_that_can_take_nothing_are_not_read():
    problem = book([0, 9_000, 9_000], face=9_000, metric=[np.nan, 5.0, 5.2], nav=[np.nan, 1e6, 2e6])
    owed = np.array([np.nan, 6_000.0, 3_000.0])
    method = MinDispersion(owed=owed, fairness_weight=MAX_FAIRNESS_WEIGHT)
    assert method.allocate(problem).faces.tolist() == [0, 6_000, 3_000]


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf, 2e9, np.array([1.0, -1.0, 0.0, 0.0])])
def test_a_weight_out_of_range_is_refused(weight):
    with pytest.raises(ValueError, match=r"^fairness_weight: "):
        MinDispersion(owed=np.zeros(4), fairness_weight=weight)


def test_a_weight_needs_debts():
    with pytest.raises(ValueError, match=r"^owed: "):
        strategy(Method.MIN_DISPERSION, Options(fairness_weight=1.0))


@pytest.mark.parametrize("owed", [np.zeros(3), np.array([np.nan, 0, 0, 0]), np.array([2e15, 0, 0, 0])])
def test_debts_that_cannot_be_are_refused(owed):
    options = Options(owed=owed, fairness_weight=1.0)
    with pytest.raises(ValueError, match=r"^owed: "):
        strategy(Method.MIN_DISPERSION, options).allocate(golden(8_000_000))


def test_a_weight_for_each_account_has_the_shape_of_the_accounts():
    method = MinDispersion(owed=np.zeros(4), fairness_weight=np.ones(3))
    with pytest.raises(ValueError, match=r"^fairness_weight: "):
        method.allocate(golden(8_000_000))
