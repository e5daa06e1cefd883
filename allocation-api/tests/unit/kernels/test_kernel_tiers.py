"""Tiers: the first is served before the next, each stage held against every split of it (R6.8)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.services.kernels.allocation import (
    CustomWeights,
    KernelReason,
    Method,
    MinDispersion,
    Options,
    ProofStatus,
    ProRata,
    Solver,
    Tiers,
    Weighting,
    strategy,
)
from tests.support.splits import fullest_splits
from tests.unit.kernels.books import amounts, book, std_dev
from tests.unit.kernels.wished_books import VANISHING, Wishes

CASES = 150


def places(*accounts: int) -> np.ndarray:
    return np.array(accounts, dtype=np.int64)


def drawn_tiers(size: int, seed: int) -> tuple[np.ndarray, ...]:
    """Up to three tiers; who is in none comes last."""
    random = np.random.default_rng(seed)
    tier = random.integers(0, 3, size)
    return tuple(np.flatnonzero(tier == number) for number in range(int(random.integers(1, 4))))


def stages(problem, tiers):
    """For each tier, given the faces of those before it, all splits of it that the order leaves room for."""
    rest = sorted({*range(problem.size)} - {int(place) for tier in tiers for place in tier})
    members = [tier.tolist() for tier in (*tiers, np.array(rest, dtype=np.int64)) if len(tier)]
    least = [min(amounts(problem, account), default=0) for account in range(problem.size)]

    def of(number, faces):
        later = sum(least[account] for tier in members[number + 1 :] for account in tier)
        before = [account for tier in members[:number] for account in tier]
        done = np.zeros(problem.size, dtype=np.int64)
        done[before] = faces[before]
        left = problem.face - later - done.sum()
        choices = [amounts(problem, account) for account in members[number]]
        splits = []
        for split in fullest_splits(choices, int(left), problem.increment):
            whole = done.copy()
            whole[members[number]] = split
            splits.append(whole)
        return done, members[number], splits

    return len(members), of


def cases():
    for seed in range(CASES):
        case = Wishes.of(seed)
        if case.splits.size:
            yield case.problem, drawn_tiers(case.problem.size, seed)


def test_each_tier_places_the_most_that_those_before_it_leave():
    for problem, tiers in cases():
        allocation = Tiers(ProRata(problem.nav), tiers).allocate(problem)
        assert allocation.faces.sum() + allocation.unallocated == problem.face
        count, of = stages(problem, tiers)
        for number in range(count):
            done, members, splits = of(number, allocation.faces)
            done[members] = allocation.faces[members]
            assert any((split == done).all() for split in splits)


@pytest.mark.parametrize("weighting", Weighting)
def test_each_tier_has_the_least_dispersion_given_those_before_it(weighting):
    for problem, tiers in cases():
        allocation = Tiers(MinDispersion(weighting), tiers).allocate(problem)
        count, of = stages(problem, tiers)
        reached = best = 0.0
        for number in range(count):
            done, members, splits = of(number, allocation.faces)
            done[members] = allocation.faces[members]
            best = min(std_dev(problem, weighting, split) for split in splits)
            reached = std_dev(problem, weighting, done)
            assert reached <= best * (1 + 1e-9) + 1e-12
        assert allocation.optimality.lower_bound_std_dev <= best * (1 + 1e-9) + 1e-12
        if best > VANISHING * np.abs(problem.metric).max():
            assert allocation.optimality.lower_bound_std_dev == pytest.approx(reached, rel=1e-9)


def test_the_second_tier_gets_what_the_first_leaves():
    problem = book([300_000, 500_000, 500_000, 500_000], face=1_000_000)
    tiers = (places(0, 1), places(2))
    allocation = Tiers(ProRata(np.array([1.0, 1.0, 1.0, 1.0])), tiers).allocate(problem)
    assert allocation.faces.tolist() == [300_000, 500_000, 200_000, 0]
    assert allocation.reason == (None, None, None, KernelReason.NO_REMAINDER)


def test_a_minimum_of_a_later_tier_is_put_aside_first():
    problem = book([900_000, 900_000], face=1_000_000, low=[0, 400_000])
    allocation = Tiers(ProRata(np.ones(2)), (places(0),)).allocate(problem)
    assert allocation.faces.tolist() == [600_000, 400_000]


def test_the_status_is_that_of_the_worst_stage():
    """SLSQP takes 300 accounts at most: the first tier falls back, and that is what is said of the whole."""
    size = 310
    nav = np.random.default_rng(1).lognormal(18.0, 0.5, size)
    problem = book([40_000] * size, face=6_000_000, nav=nav, metric=nav / 1e8, slope=4.0 / nav)
    method = MinDispersion(solver=Solver.SLSQP)
    allocation = Tiers(method, (np.arange(305), np.arange(305, size))).allocate(problem)
    assert allocation.optimality.status is ProofStatus.FALLBACK
    assert "SLSQP" in allocation.optimality.reason


def test_all_accounts_in_one_tier_are_no_tiers_at_all():
    case = Wishes.of(3)
    for method in (
        ProRata(case.problem.nav),
        MinDispersion(),
        CustomWeights(case.weights, redistribute=True),
    ):
        alone, tiered = (m.allocate(case.problem) for m in (method, Tiers(method, (places(),))))
        assert tiered.faces.tolist() == alone.faces.tolist()
        assert tiered.target.tolist() == alone.target.tolist()
        assert tiered.optimality == alone.optimality


def test_options_lead_to_tiers():
    problem = book([900_000] * 2, face=1_000_000)
    options = Options(base=np.ones(2), tiers=(places(1),))
    assert strategy(Method.PRO_RATA, options).allocate(problem).faces.tolist() == [100_000, 900_000]


@pytest.mark.parametrize("tiers", [(places(0), places(0, 1)), (places(-1),), (places(2),)])
def test_wrong_places_are_refused_by_name(tiers):
    problem = book([1_000, 1_000], face=1_000)
    with pytest.raises(ValueError, match=r"^tiers: "):
        Tiers(ProRata(np.ones(2)), tiers).allocate(problem)


def test_stated_parts_have_no_tiers():
    with pytest.raises(ValueError, match=r"^tiers: stated parts"):
        Tiers(CustomWeights(np.array([0.5, 0.5])), (places(0),))


def test_accounts_of_other_tiers_stay_in_the_population():
    """The first tier evens out what it can against an account that trades nothing in its stage."""
    problem = book(
        [5_000, 5_000, 0], face=6_000, nav=[1e6] * 3, slope=[1e-3] * 3, metric=[1.0, 2.0, 9.0], piece=1_000
    )
    alone = replace(problem, metric=np.array([1.0, 2.0, np.nan]))
    tiered = Tiers(MinDispersion(), (places(0, 1),)).allocate(problem)
    # 4,000 and 2,000 make 5, 4 and 9: a variance of 14/3; 3,000 each make 4, 5 and 9, and the same.
    assert tiered.optimality.lower_bound_std_dev == pytest.approx(np.std([5.0, 4.0, 9.0]), rel=1e-12)
    assert MinDispersion().allocate(alone).optimality.lower_bound_std_dev == pytest.approx(0.5, rel=1e-12)
