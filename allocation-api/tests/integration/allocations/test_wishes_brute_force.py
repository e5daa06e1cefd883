"""Random wishes on small books through the whole service, against every split that the rules allow."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from tests.support.desk import Desk
from tests.support.wishes import book_of, hundredths, random_case

METHODS = (
    ("PRO_RATA", "EQUAL"),
    ("CUSTOM_WEIGHTS", "EQUAL"),
    ("MIN_DISPERSION", "EQUAL"),
    ("MIN_DISPERSION", "NAV"),
)


def check_refused(case, status, answer):
    assert (status, answer["code"]) == (422, "INVALID_REQUEST"), (case, answer)
    fields = [error["field"] for error in answer["errors"]]
    assert fields, case
    assert all(f.startswith(("constraints.account_limits", "constraints.round_to")) for f in fields), fields


def check_split(case, splits, method, weighting, answer):
    faces = np.array([[hundredths(a["allocated_quantity"]) for a in answer["allocations"]]])
    assert (splits == faces).all(axis=1).any(), (case, method, faces)
    totals = splits.sum(axis=1)
    may_be_placed = totals > totals.max() - case.step
    assert faces.sum() > totals.max() - case.step, (case, method, faces, totals.max())
    if method == "MIN_DISPERSION":
        std = case.dispersion(faces, weighting)[0]
        least = case.dispersion(splits[may_be_placed], weighting).min()
        assert std <= least * (1 + 1e-9) + 1e-12, (case, faces, std, least)
        told = answer["summary"]
        assert told["dispersion_metrics"]["post_trade_std_dev"] == pytest.approx(std, rel=1e-9, abs=1e-12)
        assert told["optimality"]["status"] == "OPTIMAL", case


def check(desk, case):
    """Return whether the wishes of a case could be met."""
    splits = case.splits()
    possible = len(splits) > 0 and not case.misses_the_grid
    for method, weighting in METHODS:
        status, answer = desk.ask("allocations/preview", case.body(method, weighting))
        if possible:
            assert status == 200, (case, answer)
            check_split(case, splits, method, weighting, answer)
        else:
            check_refused(case, status, answer)
    return possible


@pytest.mark.parametrize(
    ("first", "count"),
    [(0, 30), *(pytest.param(first, 45, marks=pytest.mark.slow) for first in range(30, 300, 45))],
)
def test_every_wish_is_met_or_refused_as_brute_force_says(tmp_path, first, count):
    # R3.7, R4.7, R4.8, R4.9, R4.10
    cases = [random_case(random.Random(serial), serial) for serial in range(first, first + count)]
    path = tmp_path / "wishes.json"
    path.write_text(json.dumps(book_of(cases)))
    desk = Desk(tmp_path, scenario=path)
    met = [check(desk, case) for case in cases]
    assert 0.2 < np.mean(met) < 0.95
