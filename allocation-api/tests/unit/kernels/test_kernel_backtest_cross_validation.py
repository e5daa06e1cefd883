"""Combinatorial purged cross-validation, against one that goes through splits and days one by one."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.backtest import Folds, cross_validation
from app.services.kernels.risk import FaultKind, RiskError
from tests.support.profiles import examples


def drawn(seed, rows, trials):
    return np.random.default_rng(seed).normal(0.0, 0.01, (rows, trials))


def fold_of(row, rows, count):
    return min(row // (rows // count), count - 1)


def trains(row, tested, rows, folds):
    """Whether a row trains, from the distances to each row that is tested."""
    for other in range(rows):
        if fold_of(other, rows, folds.count) in tested:
            after = row - other
            if -folds.purged <= after <= folds.purged + folds.embargo:
                return False
    return True


def ratio(values):
    return values.mean() / values.std(ddof=1)


def by_enumeration(returns, folds):
    """Choices of the splits, and the ratio of each path, by lists and numpy's own mean and deviation."""
    rows, chosen = len(returns), []
    tested_by = {each: [] for each in range(folds.count)}
    for place, tested in enumerate(combinations(range(folds.count), folds.tested)):
        kept = [row for row in range(rows) if trains(row, tested, rows, folds)]
        chosen.append(int(np.argmax([ratio(column) for column in returns[kept].T])))
        for each in tested:
            tested_by[each].append(place)
    ratios = []
    for path in range(len(tested_by[0])):
        followed = [
            returns[row, chosen[tested_by[fold_of(row, rows, folds.count)][path]]] for row in range(rows)
        ]
        ratios.append(ratio(np.array(followed)))
    return chosen, ratios


@given(
    seed=st.integers(0, 10_000),
    trials=st.integers(2, 5),
    cut=st.sampled_from(((3, 1), (3, 2), (4, 2), (5, 2), (6, 2), (6, 3))),
    purged=st.integers(0, 2),
    embargo=st.integers(0, 2),
    rest=st.integers(0, 5),
)
@examples(40)
def test_choices_and_paths_are_those_of_an_enumeration(seed, trials, cut, purged, embargo, rest):
    folds = Folds(*cut, purged, embargo)
    returns = drawn(seed, 9 * folds.count + rest % folds.count, trials)
    found = cross_validation(returns, folds)
    chosen, ratios = by_enumeration(returns, folds)
    assert found.chosen.tolist() == chosen
    np.testing.assert_allclose(found.ratios, ratios, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("count", "tested", "splits", "paths"), [(6, 2, 15, 5), (10, 2, 45, 9), (12, 6, 924, 462)]
)
def test_as_many_splits_and_paths_as_the_source_says(count, tested, splits, paths):
    """R24.10: six folds of which two are tested are 15 splits and 5 paths (Lopez de Prado 2018, 12.3)."""
    folds = Folds(count, tested)
    found = cross_validation(drawn(3, 20 * count, 3), folds)
    assert (len(found.chosen), folds.split_count) == (splits, splits)
    assert (len(found.ratios), folds.path_count) == (paths, paths)
    assert math.isclose(tested / count * splits, paths)


def test_one_trial_that_is_best_everywhere_is_every_path():
    returns = drawn(4, 500, 6)
    returns[:, 4] += 0.01
    found = cross_validation(returns, Folds(embargo=5), 0.001)
    assert set(found.chosen.tolist()) == {4}
    np.testing.assert_allclose(found.ratios, ratio(returns[:, 4] - 0.001), rtol=1e-12)


def test_what_is_chosen_for_its_past_alone_disappoints():
    """Each of ten trials earns in a fold of its own and loses in all others, so that every choice loses."""
    noise = drawn(5, 500, 10).reshape(10, 50, 10)
    returns = (noise - noise.mean(axis=1, keepdims=True) - 0.002).reshape(500, 10)
    for each in range(10):
        returns[each * 50 : each * 50 + 50, each] += 0.05
    assert min(ratio(column) for column in returns.T) > 0.1
    assert cross_validation(returns, Folds(purged=0)).ratios.max() < -0.1


def test_days_of_a_trial_about_a_test_do_not_choose_it():
    """The days after a tested fold are all that speaks for trial 2: under embargo they do not count."""
    returns = drawn(6, 120, 2)
    returns[40:45, 1] += 1.0
    assert cross_validation(returns, Folds(3, 1, 0, 0)).chosen[0] == 1
    free, barred = (cross_validation(returns, Folds(3, 1, 0, embargo)) for embargo in (0, 5))
    assert free.chosen[0] == 1
    assert barred.chosen[0] == int(np.argmax([ratio(column) for column in returns[45:].T]))


@pytest.mark.parametrize(
    ("returns", "folds", "kind"),
    [
        (drawn(1, 100, 3), Folds(2, 1), FaultKind.OUT_OF_RANGE),
        (drawn(1, 100, 3), Folds(13, 2), FaultKind.OUT_OF_RANGE),
        (drawn(1, 100, 3), Folds(5, 5), FaultKind.OUT_OF_RANGE),
        (drawn(1, 100, 3), Folds(5, 0), FaultKind.OUT_OF_RANGE),
        (drawn(1, 100, 3), Folds(5, 2, -1), FaultKind.OUT_OF_RANGE),
        (drawn(1, 100, 1), Folds(), FaultKind.SHAPE),
        (drawn(1, 100, 3), Folds(10, 2, 4, 1), FaultKind.TOO_FEW_ROWS),
        (np.full((100, 2), np.nan), Folds(), FaultKind.NOT_FINITE),
        (np.hstack((drawn(1, 100, 1), np.full((100, 1), 0.001))), Folds(), FaultKind.ZERO_VARIANCE),
        (
            np.hstack((drawn(1, 100, 1) - 1, np.repeat((0.1, 0.2), 50)[:, None])),
            Folds(4, 2),
            FaultKind.ZERO_VARIANCE,
        ),
    ],
)
def test_trials_without_an_answer_are_refused(returns, folds, kind):
    with pytest.raises(RiskError) as refused:
        cross_validation(returns, folds)
    assert refused.value.kinds == (kind,)
