"""The joint split by hand: the worked numbers of the rules, wishes, debts, and solvers that fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.services.domain.side import Side
from app.services.kernels.allocation import KernelReason, MinDispersion, ProofStatus, Weighting
from app.services.kernels.allocation.feasible import MinimumOutOfReach
from app.services.kernels.joint import JointProblem, Ledger, Limit, SolverName, solvers, split_jointly
from app.services.kernels.joint.rounding import Rounding
from app.services.kernels.joint.solvers import Point
from tests.unit.kernels.books import golden
from tests.unit.kernels.joint_books import CENT, blotter, broken, line, units

MILLION = 1_000_000
NAV = (100e6, 100e6)
METRIC = (4.0, 6.0)


def order(face=10 * MILLION, cap=(10 * MILLION, 10 * MILLION), *, years=10.0, price=100.0, **more):
    return line(NAV, METRIC, face=face, cap=cap, price=price, years=years, **more)


def cash(*rooms, use, unit=CENT):
    return Limit("cash", tuple(use), tuple(None if room is None else room * unit for room in rooms))


def joint(*lines, limits=(), prices=None, priority=None, **more) -> JointProblem:
    prices = prices or [100.0] * len(lines)
    return JointProblem(
        lines=lines,
        limits=tuple(limits),
        value=tuple(units(price) for price in prices),
        priority=tuple(priority or (0,) * len(lines)),
        **more,
    )


def short_and_long(*, cap_of_long=(10 * MILLION, 10 * MILLION)) -> JointProblem:
    """10 million of a bond of 1 year, then of one of 10 years; cash for 10 million each."""
    use = (units(100), units(100))
    return joint(
        order(years=1.0),
        order(cap=cap_of_long, years=10.0),
        limits=[cash(10 * MILLION, 10 * MILLION, use=use)],
    )


# --- the rules ----------------------------------------------------------------------------------------------


def test_what_one_line_spends_is_gone_for_the_other():
    # R17.1
    lines = (order(600_000, (MILLION, 0)), order(2 * MILLION, (2 * MILLION, 0), price=50.0))
    limits = [cash(MILLION, 0, use=(units(100), units(50)))]
    answer = split_jointly(joint(*lines, limits=limits, prices=[100.0, 50.0], priority=(0, 1)))
    assert answer.split.faces.tolist() == [[600_000, 0], [800_000, 0]]
    assert answer.split.unallocated == (0, 1_200_000)
    assert answer.reason == ((None, KernelReason.NO_CAPACITY), (None, KernelReason.NO_CAPACITY))


@pytest.mark.parametrize(("use", "bought"), [(-100_000, 300_000), (0, 0)])
def test_a_sale_funds_a_purchase_where_it_may(use, bought):
    # R17.1
    sale = order(300_000, (300_000, 0), side=Side.SELL)
    limits = [cash(0, 0, use=(use, units(100)))]
    answer = split_jointly(joint(sale, order(MILLION, (MILLION, 0)), limits=limits))
    assert answer.split.faces.tolist() == [[300_000, 0], [bought, 0]]


def test_an_account_past_its_limit_uses_nothing_whatever_it_sells():
    # R17.1
    sale = order(300_000, (300_000, 0), side=Side.SELL)
    limits = [cash(-1, 0, use=(-units(100), units(100)))]
    answer = split_jointly(joint(sale, order(MILLION, (MILLION, 0)), limits=limits))
    assert answer.split.faces.tolist() == [[300_000, 0], [0, 0]]


def test_the_last_cent_may_be_spent_and_no_other():
    for spare, bought in ((0, 507_000), (-1, 506_000)):
        room = 507_000 * 98_765 + spare
        limits = [Limit("cash", (98_765,), (room, 0))]
        answer = split_jointly(joint(order(MILLION, (MILLION, 0), price=98.765), limits=limits))
        assert answer.split.faces.tolist() == [[bought, 0]]


def test_prices_of_any_number_of_decimals_are_exact():
    use, face = 10**21 + 1, 507_000
    for room, bought in ((use * face, face), (use * face - 1, face - 1_000)):
        limits = [Limit("cash", (use,), (room, 0))]
        answer = split_jointly(joint(order(MILLION, (MILLION, 0)), limits=limits))
        assert answer.split.faces.tolist() == [[bought, 0]]


def test_both_lines_together_are_closer_than_one_after_another():
    # R17.2, R17.5: 4 + 1.0 and 6 + 0.1 years are 0.55 from their mean; 4 + 0.1 and 6 + 1.0 are 1.45.
    answer = split_jointly(short_and_long())
    assert answer.split.faces.tolist() == [[0, 10 * MILLION], [10 * MILLION, 0]]
    assert answer.pre_std_dev == pytest.approx(1.0, rel=1e-12)
    assert answer.split.std_dev == pytest.approx(0.55, rel=1e-12)
    assert answer.sequential.faces.tolist() == [[10 * MILLION, 0], [0, 10 * MILLION]]
    assert answer.sequential.std_dev == pytest.approx(1.45, rel=1e-12)
    assert answer.saved_std_dev == pytest.approx(0.90, rel=1e-12)
    assert answer.saved_value == 0
    assert answer.proof.status is ProofStatus.OPTIMAL


def test_both_lines_together_place_what_one_after_another_does_not():
    # R17.3: only the first account may buy the long bond, and the short one has taken its cash.
    answer = split_jointly(short_and_long(cap_of_long=(10 * MILLION, 0)))
    assert answer.split.faces.tolist() == [[0, 10 * MILLION], [10 * MILLION, 0]]
    assert answer.split.unallocated == (0, 0)
    assert answer.sequential.unallocated == (0, 10 * MILLION)
    assert answer.saved_value == 10 * MILLION * units(100)
    assert answer.largest_value == pytest.approx(20 * MILLION * units(100), rel=1e-9)


def test_a_line_of_a_smaller_priority_is_placed_first():
    # R17.3
    lines = (order(MILLION, (MILLION, 0), price=90.0), order(MILLION, (MILLION, 0)))
    limits = [cash(900_000, 0, use=(units(90), units(100)))]
    for priority, faces in (((0, 1), [MILLION, 0]), ((1, 0), [0, 900_000])):
        answer = split_jointly(joint(*lines, limits=limits, prices=[90.0, 100.0], priority=priority))
        assert answer.split.faces[:, 0].tolist() == faces


def test_gap_and_bound_fit_together():
    # R17.4
    answer = split_jointly(blotter(3, lines=4, accounts=8))
    proof = answer.proof
    assert proof.status is ProofStatus.WITHIN_GAP
    assert 0 < proof.lower_bound < proof.std_dev == answer.split.objective_std_dev
    assert proof.gap == pytest.approx(1 - proof.lower_bound / proof.std_dev, rel=1e-12)
    assert [attempt.solver for attempt in proof.attempts] == [SolverName.PIQP]


def test_the_bound_is_that_of_what_was_placed():
    """Pieces of 3 and caps of 4 place 4 lots of 5, in one account; each lot moves a metric by 1/4.

    In lots 7, 6 and 4: variance 14/9. Without them 4 lots are 6.5, 6.5 and 4: 25/18; 5 would be 49/32.
    """
    # R17.4
    nav, metric = (100.0, 100.0, 100.0), (6.0, 6.0, 4.0)
    only = line(nav, metric, face=5, cap=(4, 4, 0), price=100, years=25.0, piece=3, increment=1)
    answer = split_jointly(joint(only))
    assert sorted(answer.split.faces[0].tolist()) == [0, 0, 4]
    assert answer.split.unallocated == (1,)
    assert answer.split.std_dev == pytest.approx((14 / 9) ** 0.5, rel=1e-12)
    assert answer.proof.lower_bound == pytest.approx((25 / 18) ** 0.5, rel=1e-8)
    assert answer.proof.status is ProofStatus.WITHIN_GAP


@pytest.mark.parametrize("face", [8 * MILLION, 10 * MILLION])
def test_one_line_alone_is_minimum_dispersion(face):
    alone = golden(face)
    answer = split_jointly(joint(alone))
    assert answer.split.faces[0].tolist() == MinDispersion().allocate(alone).faces.tolist()


# --- targets, debts, wishes ---------------------------------------------------------------------------------


def test_a_target_is_come_near_to_even_where_the_mean_would_do_with_less():
    """A target of 6.5 years: 10 million of 10 years move the first account to 5, the second would be at 7."""
    problem = joint(order(), target=np.array([6.5, 6.5]))
    answer = split_jointly(problem)
    # (4 + x - 6.5)^2 + (6 + 1 - x - 6.5)^2 is least at x = 1.5, beyond the order: all to the first account.
    assert answer.split.faces.tolist() == [[10 * MILLION, 0]]
    assert answer.split.std_dev == pytest.approx(((1.5**2 + 0.5**2) / 2) ** 0.5, rel=1e-12)
    apart = replace(problem, target=np.array([4.0, 7.0]))
    assert split_jointly(apart).split.faces.tolist() == [[0, 10 * MILLION]]


def test_weights_by_nav_count_in_mean_and_distance():
    # Metrics 4 and 6, NAV 300 and 100: mean 4.5, variance 0.75 x 0.25 + 0.25 x 2.25 = 0.75.
    nav = (300e6, 100e6)
    only = line(nav, METRIC, face=30 * MILLION, cap=(30 * MILLION, 0), price=100.0, years=10.0)
    answer = split_jointly(joint(only, weighting=Weighting.NAV))
    assert answer.pre_std_dev == pytest.approx(0.75**0.5, rel=1e-12)
    # The first goes to 5: mean 5.25, variance 0.75 x 0.0625 + 0.25 x 0.5625 = 0.1875.
    assert answer.split.std_dev == pytest.approx(0.1875**0.5, rel=1e-12)


def test_debts_are_part_of_what_is_minimised():
    """The numbers of R8.9 on each of two lines: eight lots of 1/4, owed 2 and 6, against metrics 5 and 6."""
    lots = line((100.0, 100.0), (5.0, 6.0), face=8, cap=(8, 8), price=100, years=25.0, piece=1, increment=1)
    owed = np.array([[2.0, 6.0]])
    plain, ledger = (
        split_jointly(joint(lots, ledger=Ledger(owed, np.full((1, 2), weight)))) for weight in (0.0, 1.0)
    )
    assert plain.split.faces.tolist() == [[6, 2]]
    assert ledger.split.faces.tolist() == [[4, 4]]
    # Metrics 6 and 7: variance 1/4; debts of two lots each, 1/2 x (2/4)^2 x 2 = 1/4.
    assert ledger.split.std_dev == pytest.approx(0.5, rel=1e-12)
    assert ledger.split.objective_std_dev == pytest.approx(0.5**0.5, rel=1e-12)
    assert ledger.proof.lower_bound == pytest.approx(0.5**0.5, rel=1e-6)


def test_minima_whole_positions_and_rests_are_kept_as_of_single_orders():
    sale = order(
        700_000,
        (450_500, 400_000),
        side=Side.SELL,
        whole=(450_500, 0),
        low=(0, 200_000),
        part=(350_000, 400_000),
    )
    buy = order(MILLION, (MILLION, MILLION), low=(300_000, 0), piece=100_000)
    limits = [cash(0, 600_000, use=(-units(100), units(100)))]
    problem = joint(sale, buy, limits=limits)
    answer = split_jointly(problem)
    assert broken(problem, answer.split.faces) == []
    assert answer.split.faces[0, 1] >= 200_000
    assert answer.split.faces[1, 0] >= 300_000


def test_a_minimum_that_nobody_can_pay_is_refused():
    lines = (order(MILLION, (MILLION, 0), low=(600_000, 0)), order(MILLION, (MILLION, 0), low=(600_000, 0)))
    with pytest.raises(MinimumOutOfReach, match=r"^low: "):
        split_jointly(joint(*lines, limits=[cash(MILLION, 0, use=(units(100), units(100)))]))


def test_without_accounts_that_can_trade_nothing_is_placed():
    answer = split_jointly(joint(order(cap=(0, 0))))
    assert answer.split.unallocated == (10 * MILLION,)
    assert (answer.largest_value, answer.proof.status) == (0.0, ProofStatus.OPTIMAL)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lines": ()}, "lines: there must be one"),
        ({"lines": (order(), line((1e6, 1e6), METRIC, face=0, cap=(0, 0)))}, "lines: 1 has not the accounts"),
        ({"value": (1,)}, "value: there must be one for each line"),
        ({"value": (1, 0)}, "value: must be positive"),
        ({"priority": (1,)}, "priority: there must be one for each line"),
        ({"limits": (Limit("cash", (1,), (1, 1)),)}, "limits: cash must have one use for each line"),
        ({"limits": (Limit("cash", (1, 1), (1,)),)}, "limits: cash must have one room for each account"),
        ({"target": np.zeros(3)}, "target: must have shape"),
        ({"target": np.array([np.nan, 1.0])}, "target: must be finite"),
        ({"ledger": Ledger(np.zeros((1, 2)), np.zeros((2, 2)))}, "ledger: must have shape"),
        ({"ledger": Ledger(np.zeros((2, 2)), np.full((2, 2), -1.0))}, "ledger: weight must be between"),
        ({"ledger": Ledger(np.full((2, 2), np.nan), np.zeros((2, 2)))}, "ledger: owed must be between"),
    ],
)
def test_what_makes_no_problem_is_refused_by_field(change, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        replace(short_and_long(), **change)


# --- solvers that fail --------------------------------------------------------------------------------------


def failing(_model, _aim):
    raise RuntimeError("no memory")


def far_off(model, _aim):
    limits = np.zeros(model.limits.side.size)
    return Point(model.low, np.zeros(len(model.problem.lines)), limits, "SOLVED", 1)


@pytest.fixture
def after_piqp(monkeypatch):
    """Let the first solvers fail, each in its way."""
    monkeypatch.setitem(solvers.SOLVERS, SolverName.PIQP, failing)
    monkeypatch.setitem(solvers.SOLVERS, SolverName.PIQP_CAUTIOUS, far_off)


@pytest.mark.usefixtures("after_piqp")
def test_who_comes_next_takes_over_and_every_try_is_recorded():
    # R17.4
    problem = blotter(3, lines=4, accounts=8)
    answer = split_jointly(problem)
    said = [(attempt.solver.value, attempt.said, attempt.accepted) for attempt in answer.proof.attempts]
    assert said[:2] == [("PIQP", "no memory", False), ("PIQP_CAUTIOUS", "SOLVED", False)]
    assert answer.proof.attempts[2].solver is SolverName.CONDITIONAL_GRADIENT
    assert answer.proof.status in {ProofStatus.FALLBACK, ProofStatus.WITHIN_GAP}
    assert broken(problem, answer.split.faces) == []
    assert answer.proof.lower_bound <= answer.split.objective_std_dev


def test_where_every_solver_fails_the_answer_stands_with_a_weak_bound(monkeypatch):
    # R17.4
    problem = blotter(3, lines=4, accounts=8)
    bound = split_jointly(problem).proof.lower_bound
    for name in SolverName:
        monkeypatch.setitem(solvers.SOLVERS, name, failing)
    answer = split_jointly(problem)
    assert answer.proof.status is ProofStatus.FALLBACK
    assert 0.0 <= answer.proof.lower_bound < bound
    assert 0.0 < answer.proof.gap <= 1.0
    assert len(answer.proof.attempts) == 3
    assert broken(problem, answer.split.faces) == []
    assert answer.saved_value > 0


@pytest.mark.parametrize("faces", [[[11 * MILLION, 0], [0, 0]], [[10 * MILLION, 0], [1_000, 0]]])
def test_a_split_that_breaks_something_is_never_shown(monkeypatch, faces):
    monkeypatch.setattr(Rounding, "descend", lambda *_: np.array(faces))
    monkeypatch.setattr(Rounding, "value", lambda *_: 0.0)
    monkeypatch.setattr(Rounding, "placed", lambda *_: (0,))
    monkeypatch.setattr(Rounding, "in_order", lambda *_: np.zeros((2, 2), dtype=np.int64))
    with pytest.raises(RuntimeError, match="past an order or a limit"):
        split_jointly(short_and_long())


# --- what it is made of -------------------------------------------------------------------------------------


def test_an_account_whose_metric_is_unknown_takes_no_part():
    third = line((100e6, 100e6, np.nan), (4.0, 6.0, np.nan), face=10 * MILLION, cap=(10 * MILLION, 0, 0))
    for target in (None, np.array([5.0, 5.0, np.nan])):
        answer = split_jointly(joint(third, third, target=target))
        assert answer.split.faces.tolist() == [[10 * MILLION, 0, 0]] * 2
        assert answer.pre_std_dev == pytest.approx(1.0, rel=1e-12)


def test_a_search_that_ends_sooner_still_proves_its_bound():
    random = np.random.default_rng(5)
    nav = random.lognormal(15.0, 0.7, 30)
    pieces = line(
        nav,
        random.normal(5.0, 0.3, 30),
        face=60_000,
        cap=random.integers(5, 20, 30) * 1_000,
        years=60.0,
        piece=5_000,
    )
    short, full = (MinDispersion(max_nodes=nodes).allocate(pieces).optimality for nodes in (1, None))
    assert short.lower_bound_std_dev <= full.objective_std_dev <= short.objective_std_dev
    with pytest.raises(ValueError, match=r"^max_nodes: must be at least 1"):
        MinDispersion(max_nodes=0)
