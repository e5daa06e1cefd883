"""The golden numbers: from section 7 of the allocation rules, calculated independently of this code."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from app.services.kernels.allocation import MinDispersion, ProofStatus, Solver, Weighting, dispersion_change
from app.services.kernels.allocation.continuous import solve
from app.services.kernels.allocation.objective import objective
from app.services.kernels.allocation.slsqp import solve_slsqp
from tests.unit.kernels.books import FACE, STD, best_std_dev, golden, std_dev

REFERENCE = Path(__file__).resolve().parents[4] / "min-dispersion-algorithm.py"

GOLDEN = [
    (
        8_000_000,
        (0.0, 6_984_771.57, 0.0, 1_015_228.43),
        0.1972953441,
        (0, 6_985_000, 0, 1_015_000),
        0.1972962214,
    ),
    (
        10_000_000,
        (862_944.16, 8_121_827.41, 0.0, 1_015_228.43),
        0.1906106421,
        (864_000, 8_121_000, 0, 1_015_000),
        0.1906204359,
    ),
]


@pytest.fixture(scope="module")
def reference():
    """The readable page at the root of the repository, loaded by its path: its name is no module name."""
    spec = importlib.util.spec_from_file_location("min_dispersion_algorithm", REFERENCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("solver", Solver)
@pytest.mark.parametrize(("order", "continuous", "least", "lots", "in_lots"), GOLDEN)
def test_golden_numbers(order, continuous, least, lots, in_lots, solver):
    # R8.2
    problem = golden(order)
    allocation = MinDispersion(solver=solver).allocate(problem)
    # Golden are caps of cash / 0.985; the kernel's caps are whole units of face, up to one unit less.
    assert allocation.target == pytest.approx(continuous, abs=1.0)
    assert std_dev(problem, Weighting.EQUAL, allocation.target) == pytest.approx(least, abs=2e-8)
    assert allocation.faces.tolist() == list(lots)
    change = dispersion_change(problem, allocation.faces, Weighting.EQUAL)
    assert change.pre.std_dev == pytest.approx(0.2586020108, abs=STD)
    assert change.post.std_dev == pytest.approx(in_lots, abs=STD)
    assert allocation.optimality.status is ProofStatus.OPTIMAL
    assert allocation.optimality.gap == 0.0
    assert allocation.optimality.solver is solver


@pytest.mark.parametrize("solver", Solver)
@pytest.mark.parametrize(("order", "continuous", "least", "lots", "in_lots"), GOLDEN)
def test_golden_continuous_optimum(order, continuous, least, lots, in_lots, solver):
    problem = golden(order)
    cap = np.array([5e6, 8e6, 3e6, 1e6]) / 0.985
    function, scale = objective(np.full(4, 0.25), problem.metric, problem.slope, cap)
    none = np.zeros(4)
    if solver is Solver.EXACT:
        solution = solve(function, none, cap, order)
    else:
        solution = solve_slsqp(function, none, cap, order, max_iterations=1_000).solution
    assert solution.lots == pytest.approx(continuous, abs=FACE)
    assert np.sqrt(solution.variance) * scale == pytest.approx(least, abs=STD)
    assert np.sqrt(solution.lower_bound) * scale == pytest.approx(least, abs=STD)
    assert solution.kkt_residual <= 1e-10


@pytest.mark.parametrize(("order", "continuous", "least", "lots", "in_lots"), GOLDEN)
def test_the_reference_page_gives_the_golden_numbers(reference, order, continuous, least, lots, in_lots):
    book = reference.example_book()
    split = reference.split_continuously(book, order)
    assert split == pytest.approx(continuous, abs=FACE)
    assert book.std_dev(split) == pytest.approx(least, abs=STD)
    in_whole_lots = reference.split_in_lots(book, order, 1_000)
    assert in_whole_lots.tolist() == list(lots)
    assert book.std_dev(in_whole_lots) == pytest.approx(in_lots, abs=STD)


def test_the_reference_page_prints_its_example(reference, capsys):
    reference.main()
    printed = capsys.readouterr().out
    for number in ("0.2586020108", "6,984,771.57", "0.1972962214", "862,944.16", "0.1906204359"):
        assert number in printed


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("seed", range(20))
def test_exact_solver_agrees_with_the_reference_page(reference, seed, weighting):
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 25))
    nav = random.lognormal(18.0, 0.8, size)
    weight = nav / nav.sum() if weighting is Weighting.NAV else np.full(size, 1 / size)
    cap = np.floor(nav * random.uniform(0.0, 0.05, size))
    problem = golden(0)
    order = int(cap.sum() * random.uniform(0.05, 0.95))
    problem = type(problem)(
        account_ids=tuple(f"A{index:02d}" for index in range(size)),
        side=problem.side,
        face=order,
        nav=nav,
        metric=random.normal(5.0, 0.3, size),
        slope=0.985 * 3.8 / nav,
        cap=cap.astype(np.int64),
        piece=1,
        increment=1,
        whole=np.zeros(size, dtype=np.int64),
    )
    book = reference.Book(problem.metric, problem.slope, cap, weight)
    oracle = book.std_dev(reference.split_continuously(book, order))
    allocation = MinDispersion(weighting).allocate(problem)
    ours = book.std_dev(allocation.target)
    assert ours == pytest.approx(oracle, rel=1e-8)
    assert ours <= oracle * (1 + 1e-10)
    assert book.std_dev(allocation.faces) == pytest.approx(ours, rel=1e-8)


def test_the_golden_lots_are_the_best_there_are():
    problem = golden(40_000)  # small enough to try everything
    allocation = MinDispersion().allocate(problem)
    achieved = std_dev(problem, Weighting.EQUAL, allocation.faces)
    assert achieved == pytest.approx(best_std_dev(problem, Weighting.EQUAL), rel=1e-12)
