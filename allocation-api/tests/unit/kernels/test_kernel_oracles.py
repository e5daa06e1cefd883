"""Minimum dispersion against solvers that know nothing of its structure, and against trying everything."""

from __future__ import annotations

import numpy as np
import pyscipopt
import pytest

from app.services.domain.side import Side
from app.services.kernels.allocation import MinDispersion, ProofStatus, Weighting
from app.services.kernels.allocation.continuous import solve
from app.services.kernels.allocation.objective import objective
from benchmarks.min_dispersion_books import Book
from benchmarks.min_dispersion_solvers import clarabel_cones, outcome, piqp_sparse
from tests.unit.kernels.books import book, std_dev

INSTANCES = 1_000
AGREED = 1e-8  # relative, between standard deviations of different solvers
FEASIBLE = 1e-8  # SCIP's tolerance on a constraint, the definition of the variance among them
TIGHT = 1e-11  # what the interior-point solvers are asked for

# Metric before the trade (middle, spread) and what the bond adds to it per NAV of market value.
METRICS = {
    "ACTIVE_SPREAD_DURATION": (0.3, 0.4, 3.8),
    "DURATION": (6.0, 0.5, 7.2),
    "OAS": (120.0, 40.0, 95.0),
    "OAS of a bond that yields less than its curve": (120.0, 40.0, -15.0),
    "DTS": (500.0, 150.0, 361.0),
}


def random_continuous(seed: int, weighting: Weighting, kind: str = "ACTIVE_SPREAD_DURATION") -> Book:
    """A book of up to 60 accounts, bought or sold, some blocked, any part of the capacity."""
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 61))
    middle, spread, adds = METRICS[kind]
    nav = random.lognormal(18.0, random.choice([0.2, 1.0, 2.0]), size)
    cap = nav * random.uniform(0.0, random.choice([0.01, 0.05, 0.5]), size) * (random.random(size) > 0.15)
    cap[0] = 0.05 * nav[0]
    return Book(
        weight=np.full(size, 1 / size) if weighting is Weighting.EQUAL else nav / nav.sum(),
        metric=random.normal(middle, spread, size),
        slope=random.choice([-1.0, 1.0]) * 0.985 * adds / nav,
        cap=cap,
        order=float(cap.sum() * random.uniform(0.02, 0.98)),
    )


def exact_std_dev(case: Book) -> float:
    able = case.cap > 0
    function, _ = objective(case.weight, case.metric, np.where(able, case.slope, 0.0), case.cap)
    upper = case.cap[able]
    solution = solve(function, np.zeros_like(upper), upper, case.order)
    assert solution.kkt_residual <= 1e-10
    face = np.zeros_like(case.cap)
    face[able] = solution.lots
    assert case.violation(face) <= 1e-12
    return case.std_dev(face)


def best_general_std_dev(case: Book) -> float:
    found = [
        outcome(case, lambda arrow, run=run: run(arrow, TIGHT)).face for run in (piqp_sparse, clarabel_cones)
    ]
    sound = [case.std_dev(face) for face in found if case.violation(face) <= 1e-9]
    assert sound
    return min(sound)


def assert_as_good(case: Book) -> None:
    ours, theirs = exact_std_dev(case), best_general_std_dev(case)
    before = case.std_dev(np.zeros_like(case.cap))
    assert ours <= theirs * (1 + 1e-9) + 1e-12 * before
    if theirs > 1e-4 * before:
        assert ours == pytest.approx(theirs, rel=AGREED)
    else:  # all can be made equal, and a variance of 1e-11 is nothing to a general solver
        assert ours <= 1e-4 * before


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("block", range(10))
def test_as_good_as_the_best_general_solver(block, weighting):
    for seed in range(block * INSTANCES // 10, (block + 1) * INSTANCES // 10):
        case = random_continuous(seed, weighting)
        assert_as_good(case)


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("kind", METRICS)
def test_the_same_solver_serves_every_metric(kind, weighting):
    for seed in range(40):
        assert_as_good(random_continuous(seed, weighting, kind))


# --- lots and pieces ----------------------------------------------------------------------------------------


def small_lots(seed: int, kind: str = "ACTIVE_SPREAD_DURATION"):
    """At most five accounts of at most twelve lots each, with a minimum piece of up to four lots."""
    random = np.random.default_rng(seed)
    size = int(random.integers(1, 6))
    middle, spread, adds = METRICS[kind]
    side = Side(random.choice(list(Side)))
    nav = random.lognormal(13.0, 1.0, size)
    lots = random.integers(0, 13, size)
    lots[0] = max(1, lots[0])
    sign = 1.0 if side is Side.BUY else -1.0
    return book(
        lots * 1_000,
        face=int(random.integers(1, int(lots.sum()) + 2)) * 1_000,
        nav=nav,
        metric=random.normal(middle, spread, size),
        slope=sign * random.choice([0.3, 1.0, 5.0]) * adds / nav,
        side=side,
        piece=int(random.choice([1, 1, 2, 3, 4])) * 1_000,
    )


def every_split(problem) -> np.ndarray:
    """All feasible splits of the largest total, in lots, one per row."""
    most = (np.minimum(problem.cap, problem.face) // 1_000).tolist()
    splits = np.indices([lots + 1 for lots in most]).reshape(problem.size, -1).T
    splits = splits[((splits == 0) | (splits >= problem.piece // 1_000)).all(axis=1)]
    totals = splits.sum(axis=1)
    within = totals <= problem.face // 1_000
    return splits[totals == totals[within].max()]


def least_std_dev(problem, weighting: Weighting) -> float:
    splits = every_split(problem)
    weight = problem.nav / problem.nav.sum() if weighting is Weighting.NAV else np.ones(problem.size)
    weight = weight / weight.sum()
    metric = problem.metric + problem.slope * 1_000 * splits
    deviation = metric - (metric @ weight)[:, np.newaxis]
    return float(np.sqrt((deviation * deviation) @ weight).min())


@pytest.mark.parametrize("block", range(10))
def test_lots_and_pieces_equal_trying_everything(block):
    # R8.2
    for seed in range(block * 60, block * 60 + 60):
        problem = small_lots(seed, list(METRICS)[seed % len(METRICS)])
        for weighting in Weighting:
            allocation = MinDispersion(weighting).allocate(problem)
            best = least_std_dev(problem, weighting)
            size = float(np.abs(problem.metric).max())
            assert allocation.optimality.status is ProofStatus.OPTIMAL
            assert std_dev(problem, weighting, allocation.faces) == pytest.approx(
                best, rel=1e-9, abs=1e-13 * size
            )


def solve_with_scip(problem, weighting: Weighting) -> tuple[np.ndarray, float]:
    """The best split that SCIP finds within so many nodes, and the bound on the variance that it proves."""
    model = pyscipopt.Model()
    model.hideOutput()
    model.setParam("limits/nodes", 3_000)
    model.setParam("limits/gap", 1e-6)
    model.setParam("numerics/feastol", FEASIBLE)
    weight = problem.nav if weighting is Weighting.NAV else np.ones(problem.size)
    weight = (weight / weight.sum()).tolist()
    middle = float(problem.metric.mean())
    least = problem.piece // 1_000
    columns = (problem.cap, problem.low, np.minimum(problem.part, problem.cap), problem.whole)
    rows = list(zip(*((column // 1_000).tolist() for column in columns), strict=True))
    lots = [model.addVar(vtype="I", lb=low, ub=cap) for cap, low, _, _ in rows]
    for amount, (_, _, part, whole) in zip(lots, rows, strict=True):
        takes, sells_whole = model.addVar(vtype="B"), model.addVar(vtype="B", ub=min(whole, 1))
        model.addCons(takes + sells_whole <= 1)
        model.addCons(amount >= least * takes + whole * sells_whole)
        model.addCons(amount <= part * takes + whole * sells_whole)
    deviations = [model.addVar(lb=None) for _ in lots]
    mean = model.addVar(lb=None)
    starts, steps = (problem.metric - middle).tolist(), (problem.slope * 1_000).tolist()
    for deviation, amount, start, step in zip(deviations, lots, starts, steps, strict=True):
        model.addCons(deviation == start + step * amount - mean)
    model.addCons(pyscipopt.quicksum(lots) == problem.face // 1_000)
    # The mean is left free: it is the minimiser.
    value = model.addVar(lb=0)
    model.addCons(pyscipopt.quicksum(w * d * d for w, d in zip(weight, deviations, strict=True)) <= value)
    model.setObjective(value)
    model.optimize()
    best = model.getBestSol()
    return np.array([round(best[amount]) for amount in lots]) * 1_000, model.getDualbound()


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize(("size", "piece"), [(8, 1), (8, 4), (15, 1), (15, 3), (30, 1), (30, 5)])
def test_lots_and_pieces_agree_with_scip(size, piece, weighting):
    random = np.random.default_rng(size + piece)
    nav = random.lognormal(15.0, 0.7, size)
    cap = random.integers(piece, 20, size)
    problem = book(
        cap * 1_000,
        face=int(cap.sum()) // 3 * 1_000,
        nav=nav,
        metric=random.normal(5.0, 0.3, size),
        slope=20.0 * 0.985 * 3.8 / nav,
        piece=piece * 1_000,
    )
    allocation = MinDispersion(weighting).allocate(problem)
    found, proved = solve_with_scip(problem, weighting)
    ours = std_dev(problem, weighting, allocation.faces)
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    assert ours <= std_dev(problem, weighting, found) * (1 + 1e-12)
    assert ours**2 >= proved - FEASIBLE


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize(("size", "piece", "sold"), [(8, 3, 0.4), (15, 3, 0.7), (15, 5, 0.3), (30, 4, 0.9)])
def test_tradable_rests_and_minima_agree_with_scip(size, piece, sold, weighting):
    # R3.3
    random = np.random.default_rng(size + piece)
    nav = random.lognormal(15.0, 0.7, size)
    held = random.integers(piece, 25, size) * 1_000
    low = np.where(random.random(size) < 0.2, held // 3_000 * 1_000, 0)
    problem = book(
        held,
        face=int(held.sum() * sold) // 1_000 * 1_000,
        nav=nav,
        metric=random.normal(5.0, 0.3, size),
        slope=-20.0 * 0.985 * 3.8 / nav,
        side=Side.SELL,
        piece=piece * 1_000,
        whole=held,
        part=np.maximum(held - piece * 1_000, 0),
        low=low,
    )
    allocation = MinDispersion(weighting).allocate(problem)
    found, proved = solve_with_scip(problem, weighting)
    ours = std_dev(problem, weighting, allocation.faces)
    assert allocation.faces.sum() == problem.face
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    assert ours <= std_dev(problem, weighting, found) * (1 + 1e-12)
    assert ours**2 >= proved - FEASIBLE
