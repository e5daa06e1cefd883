"""The feasible set, exact shares, the dispersion, the problem's own checks, and the registry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.side import Side
from app.services.kernels.allocation import (
    MAX_FACE,
    CustomWeights,
    Method,
    MinDispersion,
    Options,
    ProRata,
    Solver,
    Weighting,
    dispersion,
    dispersion_change,
    strategy,
)
from app.services.kernels.allocation.feasible import FeasibleSet, grid_total, total_of
from app.services.kernels.allocation.shares import exact, water_fill
from tests.support.profiles import examples
from tests.unit.kernels.books import amounts, book, golden

# --- the feasible set ---------------------------------------------------------------------------------------


def test_grid_totals_have_gaps():
    # R3.5
    caps = np.array([5, 5])
    # Piece 4: 4 and 5 by one account, 8, 9 and 10 by two.
    assert [grid_total(caps, 4, limit) for limit in range(12)] == [0, 0, 0, 0, 4, 5, 5, 5, 8, 9, 10, 10]


def test_sums_beyond_an_int64_are_exact():
    assert total_of(np.full(10_000, MAX_FACE)) == 10_000 * MAX_FACE


def test_a_whole_position_counts_only_within_cap_and_order():
    problem = book([1_500, 900, 700], face=1_200, side=Side.SELL, whole=[1_500, 950, 700])
    assert FeasibleSet.of(problem).whole.tolist() == [0, 0, 700]
    assert [amounts(problem, account) for account in range(3)] == [[0, 1_000], [0], [0, 700]]


# --- exact shares -------------------------------------------------------------------------------------------


def test_decimals_become_exact_integers():
    assert exact(np.array([0.3, 0.25])).tolist() == [30, 25]
    assert exact(np.array([0.1234567, 1e-9])).tolist() == [123_456_700, 1]
    assert exact(np.array([1e300, 1.0])).tolist() == [10**301, 10]


def test_water_filling_within_two_bounds():
    # Level L: clip(L, 2, 9) + clip(2 L, 2, 9) + clip(7 L, 2, 9) = 15 at L = 2.
    shares = water_fill(exact(np.array([1.0, 2.0, 7.0])), np.full(3, 2), np.full(3, 9), 15)
    assert (shares.scaled() / shares.divisor).tolist() == [2, 4, 9]


@examples(300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7),
    st.data(),
)
def test_water_filling_has_one_level(rows, data):
    weight = np.array([row[0] for row in rows], dtype=np.float64)
    lower = np.array([min(row[1:]) for row in rows])
    upper = np.array([max(row[1:]) for row in rows])
    total = data.draw(st.integers(int(lower.sum()), int(upper.sum())))
    shares = water_fill(exact(weight), lower, upper, total)
    face = (shares.scaled() / shares.divisor).astype(np.float64)
    assert face.sum() == pytest.approx(total, rel=1e-12)
    assert np.all((face >= lower - 1e-12) & (face <= upper + 1e-12))
    level = face / weight
    rising, falling = face < upper - 1e-9, face > lower + 1e-9
    if rising.any() and falling.any():
        assert level[rising].min() >= level[falling].max() - 1e-9


# --- dispersion ---------------------------------------------------------------------------------------------


def test_dispersion_of_known_values():
    # R8.1
    # 1, 2, 6 about 3: deviations 2, 1, 3, squares 14, the unknown one does not count.
    stats = dispersion(np.array([1.0, 2.0, 6.0, np.nan]), Weighting.EQUAL, np.ones(4))
    assert stats.mean == pytest.approx(3.0)
    assert stats.std_dev == pytest.approx(np.sqrt(14 / 3))
    assert (stats.max_deviation, stats.min_deviation) == (pytest.approx(3.0), pytest.approx(1.0))


def test_dispersion_weighted_by_nav():
    # R8.1
    # Weights 3/4 and 1/4 on 0 and 4: mean 1, variance 0.75 x 1 + 0.25 x 9 = 3.
    stats = dispersion(np.array([0.0, 4.0, 9.0]), Weighting.NAV, np.array([30.0, 10.0, -5.0]))
    assert (stats.mean, stats.std_dev) == (pytest.approx(1.0), pytest.approx(np.sqrt(3.0)))


def test_no_dispersion_of_equal_values_or_none():
    # R8.6
    assert dispersion(np.full(7, 0.1), Weighting.NAV, np.arange(1.0, 8.0)).std_dev == 0.0
    assert dispersion(np.array([np.nan]), Weighting.EQUAL, np.ones(1)).std_dev == 0.0
    problem = book([5_000], face=0)
    assert dispersion_change(problem, np.zeros(1, dtype=np.int64), Weighting.EQUAL).improvement == 0.0


def test_improvement_of_the_golden_lots():
    # R8.6
    change = dispersion_change(
        golden(10_000_000), np.array([864_000, 8_121_000, 0, 1_015_000]), Weighting.EQUAL
    )
    assert change.improvement == pytest.approx((0.2586020108 - 0.1906204359) / 0.2586020108, abs=1e-9)


def test_an_unknown_slope_matters_only_where_face_is_traded():
    problem = book([0, 5_000], face=5_000, slope=[np.nan, 1e-4], metric=[1.0, 2.0])
    change = dispersion_change(problem, np.array([0, 5_000]), Weighting.EQUAL)
    assert change.post.std_dev == pytest.approx(0.75)


# --- the problem --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_ids", ("B", "A", "C", "D")),
        ("account_ids", ("A", "A", "C", "D")),
        ("side", "HOLD"),
        ("face", -1),
        ("face", 1.5),
        ("face", True),
        ("face", MAX_FACE + 1),
        ("piece", -1_000),
        ("piece", 1_500),
        ("increment", 0),
        ("nav", np.ones(3)),
        ("nav", np.array([1.0, 1.0, 1.0, 0.0])),
        ("nav", np.array([1.0, 1.0, np.inf, 1.0])),
        ("nav", [1.0, 1.0, 1.0, 1.0]),
        ("metric", np.array([1.0, np.nan, 1.0, 1.0])),
        ("metric", np.array([1.0, np.inf, 1.0, 1.0])),
        ("metric", np.ones(4, dtype=np.float32)),
        ("slope", np.array([1.0, 1.0, -np.inf, 1.0])),
        ("cap", np.full(4, 5_000.0)),
        ("cap", np.array([1, 1, -1, 1])),
        ("whole", np.array([0, 0, 0, 7])),
        ("whole", np.zeros((4, 1), dtype=np.int64)),
    ],
)
def test_a_wrong_field_is_named(field, value):
    with pytest.raises(ValueError, match=f"^{field}: "):
        replace(golden(8_000_000), **{field: value})


# --- the registry -------------------------------------------------------------------------------------------


def test_methods_by_name():
    base = np.ones(4)
    assert isinstance(strategy(Method.PRO_RATA, Options(base=base)), ProRata)
    custom = strategy(Method.CUSTOM_WEIGHTS, Options(weights=base / 4, redistribute=True))
    assert isinstance(custom, CustomWeights)
    assert custom.redistribute
    least = strategy(Method.MIN_DISPERSION, Options(weighting=Weighting.NAV, solver=Solver.SLSQP))
    assert isinstance(least, MinDispersion)
    assert (least.weighting, least.solver) == (Weighting.NAV, Solver.SLSQP)


@pytest.mark.parametrize(("method", "field"), [(Method.PRO_RATA, "base"), (Method.CUSTOM_WEIGHTS, "weights")])
def test_a_missing_option_is_named(method, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        strategy(method, Options())
