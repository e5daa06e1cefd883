"""Fairness over time in the engine: shares by what is owed, debts beside the dispersion, what is shown."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.services.allocations import snapshot
from app.services.allocations.engine import compute
from app.services.allocations.fairness_types import FairnessEffect, FairnessSource, WeightSource
from app.services.allocations.frontier import frontier
from app.services.allocations.request import BaseMetric, Constraints, Exclusion, Parameters
from app.services.allocations.types import PreviewInputs, ReasonCode
from app.services.domain.book import Benchmark
from app.services.domain.fairness import (
    DEFAULT_POLICY,
    EntitlementWeights,
    FairnessInputs,
    FairnessMode,
    LedgerState,
)
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import Weighting
from app.services.kernels.allocation.registry import Method
from tests.support.builders import TREASURY, account, faces, inputs, security
from tests.support.profiles import examples
from tests.support.splits import fullest_splits

LEDGER = Parameters(fairness=FairnessMode.LEDGER)
LOT = 100_000
BIG = security(min_piece=LOT, increment=LOT)
"""A bond in lots so large that few splits can be told apart by hand, and tried out all."""


def owing(made, *, policy=None, **balances):
    """The inputs of a preview with these balances in its ledger."""
    state = LedgerState("DEMO", made.request.order.side, None, tuple(sorted(balances.items())))
    return replace(made, fairness=FairnessInputs(replace(DEFAULT_POLICY, **(policy or {})), state))


def accounts_of(*nav, **other):
    return [account(name, nav=Decimal(value), **other) for name, value in zip("ABCDE", nav, strict=False)]


def owed(result):
    return [(row.owed_before, row.owed_after) for row in result.allocations]


def test_shares_follow_what_is_owed_by_hand():
    # R16.2: NAV 100:300 of 1,000,000 is 250,000 and 750,000; A is owed 200,000 from before, B had them.
    made = inputs(accounts_of(100_000_000, 300_000_000), parameters=LEDGER)
    result = compute(owing(made, A=Decimal(200_000), B=Decimal(-200_000)))
    assert faces(result) == [450_000, 550_000]
    assert owed(result) == [(450_000, 0), (550_000, 0)]
    found = result.summary.fairness
    assert (found.effect, found.source) == (FairnessEffect.STEERED, FairnessSource.REQUEST)
    assert (found.greatest_before.account_id, found.greatest_before.quantity) == ("A", 200_000)
    assert (found.greatest_after.quantity, found.greatest_after.pieces) == (0, 0.0)
    assert found.greatest_before.pieces == 200.0  # of 1,000
    assert (found.fairness_weight, found.weight_source, found.dispersion_cost) == (None, None, None)


def test_an_account_that_the_piece_shuts_out_is_served_by_a_later_order():
    # R16.2: NAV 1:9 of 500,000 is 50,000, under the piece of 100,000; after two orders it is owed one.
    made = inputs(accounts_of(10_000_000, 90_000_000), quantity=500_000, bond=BIG, parameters=LEDGER)
    first = compute(owing(made))
    assert (faces(first), owed(first)) == ([0, 500_000], [(50_000, 50_000), (450_000, -50_000)])
    assert first.allocations[0].reason.code is ReasonCode.MIN_LOT_SIZE
    second = compute(owing(made, A=Decimal(50_000), B=Decimal(-50_000)))
    assert (faces(second), owed(second)) == ([100_000, 400_000], [(100_000, 0), (400_000, 0)])
    by_itself = compute(
        owing(replace_mode(made, FairnessMode.PER_ORDER), A=Decimal(50_000), B=Decimal(-50_000))
    )
    assert (faces(by_itself), owed(by_itself)) == ([0, 500_000], [(100_000, 100_000), (400_000, -100_000)])


def replace_mode(made, mode, **other):
    parameters = replace(made.request.parameters, fairness=mode, **other)
    return replace(made, request=replace(made.request, parameters=parameters))


def test_an_account_that_had_too_much_gets_nothing_and_says_so():
    # R16.2: B's part is 750,000 and it has had 800,000 more than its parts.
    made = inputs(accounts_of(100_000_000, 300_000_000), parameters=LEDGER)
    result = compute(owing(made, A=Decimal(800_000), B=Decimal(-800_000)))
    assert faces(result) == [1_000_000, 0]
    assert owed(result) == [(1_050_000, 50_000), (-50_000, -50_000)]
    reason = result.allocations[1].reason
    assert (reason.code, "50,000 face more" in reason.message) == (ReasonCode.NOTHING_OWED, True)
    assert result.warnings == ()


def test_who_is_owed_nothing_takes_what_the_others_have_no_room_for():
    # R16.2, R3.5: A has cash for 300,000 / 0.985 = 304,568 -> 304,000; the order comes before the debt.
    poor, rich = accounts_of(100_000_000, 300_000_000)
    poor = replace(poor, cash=Decimal(300_000))
    result = compute(owing(inputs([poor, rich], parameters=LEDGER), A=Decimal(800_000), B=Decimal(-800_000)))
    assert faces(result) == [304_000, 696_000]
    assert result.summary.unallocated == 0


def test_where_nobody_is_owed_anything_plain_weights_hold():
    # R16.2: what A and B had too much, accounts are owed that can take nothing now.
    made = inputs(accounts_of(100_000_000, 300_000_000), parameters=LEDGER)
    result = compute(owing(made, A=Decimal(-400_000), B=Decimal(-900_000)))
    assert faces(result) == [250_000, 750_000]
    assert result.summary.fairness.effect is FairnessEffect.NOTHING_OWED


def test_a_balance_stays_with_an_account_that_cannot_take_part():
    # R15.1, R16.5
    made = inputs(
        accounts_of(100_000_000, 300_000_000, 100_000_000),
        parameters=LEDGER,
        constraints=Constraints(exclude_accounts=(Exclusion("C", "asked to wait"),)),
    )
    result = compute(owing(made, A=Decimal(100_000), C=Decimal(-100_000)))
    # 350,000 and 750,000 are owed of 1,000,000 that there are: 318,181.8 and 681,818.2.
    assert faces(result) == [318_000, 682_000, 0]
    assert owed(result) == [(350_000, 32_000), (750_000, 68_000), (-100_000, -100_000)]
    assert result.allocations[2].reason.code is ReasonCode.EXCLUDED_BY_REQUEST


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"weights": EntitlementWeights.EQUAL}, [500_000, 500_000]),
        (
            {"weights": EntitlementWeights.STATED, "stated_weights": {"A": Decimal(4), "B": Decimal(1)}},
            [800_000, 200_000],
        ),
        ({"weights": EntitlementWeights.STATED, "stated_weights": {"A": Decimal(1)}}, [1_000_000, 0]),
    ],
)
def test_weights_are_those_of_the_policy(weights, expected):
    # R15.1, R16.2
    made = inputs(accounts_of(100_000_000, 300_000_000), parameters=LEDGER)
    assert faces(compute(owing(made, policy=weights))) == expected


@pytest.mark.parametrize(
    ("asked", "policy", "mode", "source"),
    [
        (None, FairnessMode.LEDGER, FairnessMode.LEDGER, FairnessSource.POLICY),
        (None, FairnessMode.PER_ORDER, FairnessMode.PER_ORDER, FairnessSource.POLICY),
        (FairnessMode.PER_ORDER, FairnessMode.LEDGER, FairnessMode.PER_ORDER, FairnessSource.REQUEST),
        (FairnessMode.LEDGER, FairnessMode.PER_ORDER, FairnessMode.LEDGER, FairnessSource.REQUEST),
    ],
)
def test_the_request_comes_before_the_policy(asked, policy, mode, source):
    # R16.1
    made = inputs(accounts_of(100_000_000, 300_000_000), parameters=Parameters(fairness=asked))
    result = compute(owing(made, policy={"mode": policy}, A=Decimal(200_000), B=Decimal(-200_000)))
    assert (result.summary.fairness.mode, result.summary.fairness.source) == (mode, source)
    assert faces(result)[0] == (450_000 if mode is FairnessMode.LEDGER else 250_000)


@pytest.mark.parametrize(
    "parameters",
    [
        {"weights": {"A": Decimal("0.25"), "B": Decimal("0.75")}},
        {"base_metric": BaseMetric.CUSTOM, "base_amounts": {"A": Decimal(1), "B": Decimal(3)}},
    ],
)
def test_stated_shares_are_kept_and_recorded(parameters):
    # R16.1: the split is what was stated, and the ledger shows what it does.
    method = Method.CUSTOM_WEIGHTS if "weights" in parameters else Method.PRO_RATA
    made = inputs(accounts_of(100_000_000, 300_000_000), method=method, parameters=Parameters(**parameters))
    result = compute(
        owing(made, policy={"mode": FairnessMode.LEDGER}, A=Decimal(200_000), B=Decimal(-200_000))
    )
    assert faces(result) == [250_000, 750_000]
    assert owed(result) == [(450_000, 200_000), (550_000, -200_000)]
    assert result.summary.fairness.effect is FairnessEffect.RECORDED


# --- minimum dispersion -------------------------------------------------------------------------------------


def objective(made, split, weighting, fairness_weight, debts):
    """Variance after the trade plus lambda x weighted squares of the debts, from their definitions."""
    nav = [float(a.nav) for a in made.accounts]
    w = [n / sum(nav) if weighting is Weighting.NAV else 1 / len(nav) for n in nav]
    sign = 1 if made.request.order.side is Side.BUY else -1
    c = [sign * 0.985 * 3.8 / n for n in nav]
    y = [
        a.spread_duration - a.benchmark.spread_duration + c_i * x
        for a, c_i, x in zip(made.accounts, c, split, strict=True)
    ]
    mean = math.fsum(w_i * y_i for w_i, y_i in zip(w, y, strict=True))
    spread = math.fsum(w_i * (y_i - mean) ** 2 for w_i, y_i in zip(w, y, strict=True))
    debt = math.fsum(w_i * (c_i * (x - f)) ** 2 for w_i, c_i, x, f in zip(w, c, split, debts, strict=True))
    return spread + fairness_weight * debt


LOTS = 8


@st.composite
def books(draw):
    """Up to five accounts with debts that sum to zero, up to eight lots of 100,000, pieces of up to three."""
    size = draw(st.integers(2, 5))
    side = draw(st.sampled_from(Side))
    piece = draw(st.integers(1, 3)) * LOT
    made = []
    for name in "ABCDE"[:size]:
        room = draw(st.integers(0, LOTS)) * LOT
        made.append(
            account(
                name,
                nav=Decimal(draw(st.integers(20, 400)) * 1_000_000),
                cash=Decimal(room),
                held_face=Decimal(room),
                settled_face=Decimal(room),
                held_market_value=Decimal(room) * Decimal("0.985"),
                spread_duration=draw(st.integers(400, 600)) / 100,
                benchmark=Benchmark(0.0, 0.0, 0.0),
            )
        )
    first = [Decimal(draw(st.integers(-30, 30)) * 10_000) for _ in range(size - 1)]
    balances = dict(zip("ABCDE", [*first, -sum(first)], strict=False))
    weighting = draw(st.sampled_from(Weighting))
    weight = draw(st.sampled_from((0.0, 0.01, 0.3, 1.0, 20.0, 1e4)))
    parameters = Parameters(fairness=FairnessMode.LEDGER, weighting=weighting, fairness_weight=weight)
    whole = inputs(
        made,
        quantity=draw(st.integers(1, LOTS)) * LOT,
        side=side,
        method=Method.MIN_DISPERSION,
        bond=security(min_piece=piece, increment=LOT),
        parameters=parameters,
    )
    return owing(whole, **balances), piece, balances


def every_split(made, piece):
    """Every split of the largest total there is, account by account within cash or position."""
    price = Decimal("0.985")
    choices = []
    for each in made.accounts:
        room = each.cash / price if made.request.order.side is Side.BUY else each.settled_face
        most = int(min(room, made.request.order.quantity)) // LOT * LOT
        choices.append([0, *range(piece, most + 1, LOT)])
    return fullest_splits(choices, int(made.request.order.quantity)), choices


@examples(150, deadline=None)
@given(books())
def test_debts_and_dispersion_together_are_the_least_of_all_splits(book):
    # R16.3; oracle: every split, by the definition of what is minimised.
    made, piece, balances = book
    if made.request.order.side is Side.SELL:
        # Odd positions are sold whole: another set.
        assume(not any(0 < a.settled_face < piece for a in made.accounts))
    result = compute(made)
    splits, choices = every_split(made, piece)
    parameters = made.request.parameters
    able = [a for a, choice in zip(made.accounts, choices, strict=True) if len(choice) > 1]
    nav = sum(a.nav for a in able)
    total = sum(splits[0])
    debts = [float(balances[a.account_id] + (total * a.nav / nav if a in able else 0)) for a in made.accounts]
    value = [
        objective(made, split, parameters.weighting, parameters.fairness_weight, debts) for split in splits
    ]
    reached = objective(made, faces(result), parameters.weighting, parameters.fairness_weight, debts)
    assert sum(faces(result)) == total
    assert reached <= min(value) * (1 + 1e-7) + 1e-12


def test_a_weight_of_zero_is_the_least_dispersion():
    # R16.3
    golden = inputs(accounts_of(100_000_000, 150_000_000, 80_000_000), method=Method.MIN_DISPERSION)
    balances = {"A": Decimal(300_000), "B": Decimal(-300_000)}
    asked = replace_mode(golden, FairnessMode.LEDGER, fairness_weight=0.0)
    by_ledger, by_itself = compute(owing(asked, **balances)), compute(owing(golden, **balances))
    assert faces(by_ledger) == faces(by_itself)
    assert by_ledger.summary.dispersion_metrics == by_itself.summary.dispersion_metrics
    assert by_ledger.summary.optimality == by_itself.summary.optimality
    said = by_ledger.summary.fairness
    assert (said.fairness_weight, said.weight_source, said.dispersion_cost) == (
        0.0,
        WeightSource.REQUEST,
        0.0,
    )
    assert by_itself.summary.fairness.fairness_weight is None


def test_the_weight_is_the_request_s_before_the_policy_s():
    # R16.3
    low, high = accounts_of(100_000_000, 150_000_000)
    apart = [low, replace(high, spread_duration=5.5)]
    made = inputs(apart, method=Method.MIN_DISPERSION, parameters=LEDGER)
    policy = {"fairness_weight": 3.0}
    by_policy = compute(owing(made, policy=policy)).summary
    found = by_policy.fairness
    assert (found.fairness_weight, found.weight_source) == (3.0, WeightSource.POLICY)
    least = compute(made).summary.dispersion_metrics.post_trade_std_dev
    assert found.least_std_dev == least
    reached = by_policy.dispersion_metrics.post_trade_std_dev
    assert found.dispersion_cost == pytest.approx(reached / least - 1, abs=1e-12)
    asked = replace_mode(made, FairnessMode.LEDGER, fairness_weight=5.0)
    found = compute(owing(asked, policy=policy)).summary.fairness
    assert (found.fairness_weight, found.weight_source) == (5.0, WeightSource.REQUEST)


# --- snapshots ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [Method.PRO_RATA, Method.MIN_DISPERSION])
def test_a_snapshot_replays_with_its_ledger(method):
    made = inputs(accounts_of(100_000_000, 300_000_000), method=method, parameters=LEDGER)
    made = owing(made, policy={"fairness_weight": 2.0}, A=Decimal("1234.5678"), B=Decimal("-1234.5678"))
    again = snapshot.decode(snapshot.encode(made), PreviewInputs)
    assert again == made
    assert snapshot.encode(compute(again)) == snapshot.encode(compute(made))


def test_a_snapshot_from_before_the_ledger_shows_none():
    result = compute(inputs([account(bond) for bond in ("A", "B")], bond=TREASURY))
    assert result.summary.fairness is None
    assert owed(result) == [(None, None), (None, None)]
    assert "fairness" in snapshot.encode(result)


@examples(60, deadline=None)
@given(books(), st.permutations("VWXYZ"))
def test_names_of_accounts_change_nothing_but_ties(book, names):
    made, _, balances = book
    assume_distinct = len({(a.nav, a.spread_duration) for a in made.accounts}) == len(made.accounts)
    if not assume_distinct:
        return
    given_names = dict(zip(balances, names, strict=False))
    renamed = replace(
        made,
        accounts=tuple(
            sorted(
                (replace(a, account_id=given_names[a.account_id]) for a in made.accounts),
                key=lambda a: a.account_id,
            )
        ),
    )
    again = compute(owing(renamed, **{given_names[a]: b for a, b in balances.items()}))
    before = compute(made)
    assert again.summary.total_allocated == before.summary.total_allocated
    assert again.summary.optimality.objective_std_dev == pytest.approx(
        before.summary.optimality.objective_std_dev, rel=1e-9
    )


def test_a_preview_from_before_the_ledger_has_a_frontier_without_balances():
    # R16.6: by NAV 1:3 the parts of 1,000,000 are 250,000 and 750,000; the least dispersion gives all to A.
    low, high = accounts_of(100_000_000, 300_000_000)
    made = inputs([low, replace(high, spread_duration=6.5)], method=Method.MIN_DISPERSION)
    result = compute(made)
    assert faces(result) == [1_000_000, 0]
    found = frontier("a", made, result)
    first, last = found.points[0], found.points[-1]
    assert (first.greatest_after.account_id, first.greatest_after.quantity) == ("A", -750_000)
    assert first.post_trade_std_dev == result.summary.dispersion_metrics.post_trade_std_dev
    assert first.dispersion_cost == 0.0
    assert (last.greatest_after.quantity, last.dispersion_cost > 0) == (0, True)
    assert found.preview == replace(first, fairness_weight=None)
