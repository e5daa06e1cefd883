"""Proposals against trying everything: own enumeration, by the rules alone."""

from __future__ import annotations

import pytest

from app.services.kernels.proposals import ProposalMode, ProposalStatus, propose
from tests.unit.kernels.proposal_books import best, outcome, signed, small

FEW = range(1_000, 1_024)
MANY = range(200)
AGREED = 1e-6


def against_everything(seed):
    problem = small(seed)
    levels, orders, trades, turnover = best(problem)
    answer = propose(problem, seconds=60)
    stages = {stage.name: stage for stage in answer.stages}
    for at, (each, least) in enumerate(zip(answer.accounts, levels, strict=True)):
        found = outcome(problem, at, signed(problem, each.faces))
        assert found is not None, f"seed {seed}: account {at} breaks a limit"
        assert found[0] == each.after.levels
        assert [float(x) for x in found[0]] == pytest.approx([float(x) for x in least], abs=AGREED), seed
        assert (each.obstacle is None) == each.after.is_back
    is_back = all(not (least[0] or least[1]) for least in levels)
    reached = tuple(stages[name].reached for name in ("block_orders", "allocations"))
    assert reached == (orders, trades), f"seed {seed}"
    assert stages["turnover"].reached == pytest.approx(float(turnover), rel=AGREED), f"seed {seed}"
    assert [stage.gap for stage in answer.stages] == pytest.approx([0.0] * 7, abs=AGREED), f"seed {seed}"
    assert answer.status is (ProposalStatus.OPTIMAL if is_back else ProposalStatus.INFEASIBLE)
    if problem.mode is ProposalMode.BUY_ONLY:
        assert all(face >= 0 for each in answer.accounts for face in signed(problem, each.faces))


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_nothing_is_better_than_what_is_proposed(seed):
    # R20.4
    against_everything(seed)


@pytest.mark.parametrize("seed", FEW)
def test_nothing_is_better_than_what_is_proposed_on_a_few(seed):
    # R20.4
    against_everything(seed)
