"""Tiers against brute force: each tier alone takes the most, then splits it best, before the next begins."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pytest

from app.services.allocations.engine import compute
from app.services.allocations.request import Constraints, Parameters
from app.services.allocations.types import ReasonCode
from app.services.domain.book import Benchmark
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import ProofStatus, Weighting
from app.services.kernels.allocation.registry import Method
from tests.support.builders import account, inputs, security
from tests.support.profiles import some
from tests.support.splits import fullest_splits

LOT = 1_000
PER_LOT = LOT * 0.985 * 3.8
"""Dollar years of spread duration in a lot of the bond."""


class Book:
    """Up to five accounts with few lots, a piece, and tiers, drawn by seed."""

    def __init__(self, seed):
        draw = random.Random(seed)
        size = draw.randint(2, 5)
        self.side = draw.choice(list(Side))
        self.piece = draw.choice((1, 1, 2, 3))
        self.caps = [draw.randint(0, 4) for _ in range(size)]
        self.nav = [draw.randint(60, 300) * 10_000 for _ in range(size)]
        self.metric = [draw.uniform(-0.02, 0.02) for _ in range(size)]
        self.lots = draw.randint(1, 12)
        self.names = [f"A{i}" for i in range(size)]
        places = draw.sample(range(size), draw.randint(1, size))
        cut = draw.randint(1, len(places))
        self.tiers = [tier for tier in (places[:cut], places[cut:]) if tier]

    @property
    def stages(self):
        in_one = {i for tier in self.tiers for i in tier}
        rest = [i for i in range(len(self.caps)) if i not in in_one]
        return [*self.tiers, rest] if rest else self.tiers

    def accounts(self, only=None):
        return [
            account(
                name,
                nav=Decimal(self.nav[i]),
                cash=Decimal(self.caps[i] * LOT) * Decimal("0.985"),
                spread_duration=4.0 + self.metric[i],
                benchmark=Benchmark(spread_duration=4.0),
                held_face=Decimal(self.caps[i] * LOT),
                settled_face=Decimal(self.caps[i] * LOT),
            )
            for i, name in enumerate(self.names)
            if only is None or i in only
        ]

    def compute(self, method, *, only=None, lots=None, **more):
        bond = security(min_piece=self.piece * LOT)
        tiers = () if only else tuple(tuple(self.names[i] for i in tier) for tier in self.tiers)
        return compute(
            inputs(
                self.accounts(only),
                quantity=(self.lots if lots is None else lots) * LOT,
                side=self.side,
                method=method,
                bond=bond,
                parameters=Parameters(tiers=tiers, **more),
                constraints=Constraints(compliance_check=False),
            )
        )

    def choices(self, i):
        # A position under the piece is sold whole or not at all.
        whole = [self.caps[i]] if self.side is Side.SELL and 0 < self.caps[i] < self.piece else []
        return [0, *range(self.piece, self.caps[i] + 1), *whole]

    def splits(self, tier, left):
        """All splits of the most that a tier can take of what is left."""
        return fullest_splits([self.choices(i) for i in tier], left)

    def std(self, lots, weighting):
        sign = 1 if self.side is Side.BUY else -1
        nav = np.array(self.nav, dtype=float)
        after = np.array(self.metric) + sign * PER_LOT * np.array(lots) / nav
        weight = nav / nav.sum() if weighting is Weighting.NAV else np.full(nav.size, 1 / nav.size)
        mean = float(weight @ after)
        return float(np.sqrt(weight @ (after - mean) ** 2))


def lots_of(result):
    return [int(row.allocated_quantity) // LOT for row in result.allocations]


@pytest.mark.parametrize("seed", some(range(300), 6))
@pytest.mark.parametrize("weighting", Weighting)
def test_each_tier_takes_the_most_and_splits_it_best_given_those_before(seed, weighting):
    # R6.8
    book = Book(seed)
    result = book.compute(Method.MIN_DISPERSION, weighting=weighting)
    got, left = lots_of(result), book.lots
    done = [0] * len(got)
    for tier in book.stages:
        best = []
        for split in book.splits(tier, left):
            trial = list(done)
            for i, lots in zip(tier, split, strict=True):
                trial[i] = lots
            best.append(book.std(trial, weighting))
        for i in tier:
            done[i] = got[i]
        assert sum(got[i] for i in tier) == sum(book.splits(tier, left)[0])
        assert book.std(done, weighting) == pytest.approx(min(best), rel=1e-9, abs=1e-12)
        left -= sum(got[i] for i in tier)
    assert result.summary.optimality.status is ProofStatus.OPTIMAL


@pytest.mark.parametrize("seed", some(range(300), 6))
def test_each_tier_shares_as_if_it_were_alone_with_what_is_left(seed):
    # R6.8
    book = Book(seed)
    got, left = lots_of(book.compute(Method.PRO_RATA)), book.lots
    for tier in book.stages:
        assert sum(got[i] for i in tier) == sum(book.splits(tier, left)[0])
        if left:
            alone = lots_of(book.compute(Method.PRO_RATA, only=sorted(tier), lots=left))
            assert [got[i] for i in sorted(tier)] == alone
        left -= sum(got[i] for i in tier)


def test_the_order_within_a_tier_changes_nothing():
    # R2.1: what tiers name is put into order when the inputs are read; the kernel asks for places alone.
    book = Book(7)
    book.tiers = [[1, 0]]
    one = book.compute(Method.PRO_RATA)
    book.tiers = [[0, 1]]
    assert one == book.compute(Method.PRO_RATA)


def test_who_comes_after_the_order_is_gone_is_told_so():
    # R6.8, R9.1
    three = [account("A"), account("B"), account("C")]
    result = compute(inputs(three, parameters=Parameters(tiers=(("B",),))))
    assert [row.allocated_quantity for row in result.allocations] == [0, 1_000_000, 0]
    assert {row.reason.code for row in result.allocations if row.reason} == {ReasonCode.ORDER_EXHAUSTED}


def test_what_a_tier_leaves_may_be_under_the_piece_of_the_next():
    # R6.8: 950,000 of cash are a cap of 964,467; 36,000 are left, and the pieces are of 100,000.
    two = [account("A", cash=Decimal(950_000)), account("B")]
    result = compute(inputs(two, bond=security(min_piece=100_000), parameters=Parameters(tiers=(("A",),))))
    assert [row.allocated_quantity for row in result.allocations] == [964_000, 0]
    (warning,) = [w for w in result.warnings if w.account_id is None]
    assert warning.message.endswith("could take 1,000,000 together, though not tier by tier")
