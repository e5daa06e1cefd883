"""Deadlines of the optimiser: an answer that is proved, the same as without one, or none."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from app.services.kernels.optimization import (
    Few,
    Measure,
    Objective,
    OutOfTime,
    Problem,
    frontier,
    optimise,
    optimise_few,
)

RETURNS = np.random.default_rng(5).normal(0.0005, 0.01, (1_000, 20))
PROBLEM = Problem(tuple(f"A{at}" for at in range(20)), returns=RETURNS)
AN_HOUR = 3_600


@pytest.mark.parametrize("objective", Objective)
@pytest.mark.parametrize("measure", [Measure.MV, Measure.CVAR, Measure.UCI])
def test_no_solver_begins_after_the_deadline(objective, measure):
    late = replace(PROBLEM, objective=objective, measure=measure, deadline=monotonic())
    for solve in (optimise, frontier, lambda problem: optimise_few(problem, Few(3))):
        with pytest.raises(OutOfTime):
            solve(late)


@pytest.mark.parametrize("measure", [Measure.EVAR, Measure.CVAR, Measure.UCI])
def test_a_solver_is_stopped_at_the_deadline_and_what_it_had_is_not_given(measure):
    # HiGHS and Clarabel take tens of milliseconds for a thousand periods: a solver that knew no limit would
    # return the optimum, which is proved and taken.
    with pytest.raises(OutOfTime):
        optimise(replace(PROBLEM, measure=measure, deadline=monotonic() + 5e-3))


@pytest.mark.parametrize("measure", [Measure.MV, Measure.CVAR, Measure.EVAR])
def test_a_deadline_that_is_far_changes_no_bit(measure):
    problem = replace(PROBLEM, returns=RETURNS[:200], measure=measure)
    one, other = optimise(problem), optimise(replace(problem, deadline=monotonic() + AN_HOUR))
    assert one.weights.tobytes() == other.weights.tobytes()
    assert one.optimality == other.optimality
