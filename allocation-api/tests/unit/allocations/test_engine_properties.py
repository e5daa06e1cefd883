"""Promises that hold for every book and every order, each over many random ones per method."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from app.services.allocations.engine import compute
from app.services.allocations.request import (
    BaseMetric,
    Constraints,
    Parameters,
    TargetMetric,
)
from app.services.domain.book import Benchmark
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import Solver, Weighting
from app.services.kernels.allocation.registry import Method
from tests.support.builders import account, inputs, security
from tests.support.profiles import examples

MANY = examples(2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BETTER = 1e-9
"""Relative slack of a comparison of two standard deviations: float64 rounding of the sums."""

RESTRICTIONS = ("INVESTMENT_GRADE_ONLY", "NO_EMERGING_MARKETS", "NO_TOBACCO", "UNHEARD_OF")


def money(low, high):
    return st.decimals(low, high, places=2, allow_nan=False, allow_infinity=False)


def years(low, high):
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 6))


@st.composite
def accounts(draw):
    found = []
    for i in range(draw(st.integers(1, 12))):
        face = Decimal(draw(st.one_of(st.just(0), st.integers(0, 30_000_000))))
        settled = face if draw(st.booleans()) else face // 2
        nav = draw(st.one_of(money(1_000_000, 900_000_000), st.sampled_from([None, Decimal(0)])))
        found.append(
            account(
                f"A{i:02}",
                nav=nav,
                cash=draw(st.one_of(money(-1_000_000, 30_000_000), st.none())),
                spread_duration=draw(st.one_of(years(-3, 15), st.none())),
                benchmark=Benchmark(draw(years(-3, 12)), 4.0, 80.0),
                held_face=face,
                settled_face=settled,
                held_market_value=face * Decimal("0.985"),
                issuer_market_value=face * Decimal("0.985"),
                restrictions=tuple(draw(st.lists(st.sampled_from(RESTRICTIONS), max_size=1))),
            )
        )
    return found


@st.composite
def books(draw, method):
    found = draw(accounts())
    ids = [a.account_id for a in found]
    shares = [draw(st.integers(0, 5)) for _ in ids]
    shares[0] += 1
    parameters = Parameters(
        base_metric=draw(st.sampled_from([BaseMetric.NAV, BaseMetric.MARKET_VALUE, BaseMetric.POSITION])),
        weights={i: Decimal(s) / sum(shares) for i, s in zip(ids, shares, strict=True)},
        redistribute=draw(st.booleans()),
        target_metric=TargetMetric.ACTIVE_SPREAD_DURATION,
        weighting=draw(st.sampled_from(Weighting)),
        solver=Solver.EXACT,
    )
    increment = draw(st.sampled_from([1, 1000, 5000]))
    bond = security(
        min_piece=draw(st.sampled_from([1, 1000, 2000, 200_000])),
        increment=increment,
        sector=draw(st.sampled_from(["GOVT", "INDUSTRIAL", "TOBACCO"])),
        amount_issued=Decimal(draw(st.sampled_from([40_000_000_000, 50_000_000]))),
    )
    return inputs(
        found,
        quantity=draw(st.one_of(st.integers(1, 60_000_000), st.integers(1, 6_000).map(lambda k: 10_000 * k))),
        side=draw(st.sampled_from(Side)),
        method=method,
        parameters=parameters,
        constraints=Constraints(
            respect_cash=draw(st.booleans()),
            min_allocation=draw(st.sampled_from([0, 1500])),
            round_to_denomination=draw(st.booleans()),
        ),
        bond=bond,
        price=str(draw(st.sampled_from(["98.5", "101.25", "3.125"]))),
        accrued=str(draw(st.sampled_from(["0", "1.234567"]))),
    )


def check_promises(given_inputs, result):
    order, constraints, bond = (
        given_inputs.request.order,
        given_inputs.request.constraints,
        given_inputs.security,
    )
    grid = bond.increment if constraints.round_to_denomination else 1
    piece = max(bond.min_piece, constraints.min_allocation)
    total = 0
    for before, row in zip(given_inputs.accounts, result.allocations, strict=True):
        face = row.allocated_quantity
        total += face
        if face == 0:
            assert row.reason is not None
            continue
        assert row.reason is None
        assert before.nav is not None
        assert before.nav > 0
        whole = order.side is Side.SELL and face == before.settled_face == before.held_face
        assert whole or (face >= piece and face % grid == 0)
        assert "UNHEARD_OF" not in before.restrictions
        if order.side is Side.SELL:
            assert face <= before.settled_face
        else:
            if constraints.respect_cash:
                assert row.settlement_amount <= before.cash
                assert row.post_trade_cash >= 0
            assert not (bond.sector == "TOBACCO" and "NO_TOBACCO" in before.restrictions)
            if bond.sector != "GOVT":
                assert before.held_market_value + row.settlement_amount <= before.nav / 10 + Decimal("0.01")
    if order.side is Side.BUY:
        held = sum(a.held_face for a in given_inputs.accounts)
        assert total == 0 or held + total <= bond.amount_issued / 4
    assert total == result.summary.total_allocated
    assert total + result.summary.unallocated == order.quantity
    assert sum(a.allocated_notional for a in result.allocations) == result.summary.total_notional


def renamed(given_inputs):
    """The same book with the accounts' names turned round, so that they are computed in another order."""
    names = [a.account_id for a in given_inputs.accounts]
    twin = dict(zip(names, reversed(names), strict=True))
    accounts = sorted(
        (replace(a, account_id=twin[a.account_id]) for a in given_inputs.accounts),
        key=lambda a: a.account_id,
    )
    parameters = given_inputs.request.parameters
    weights = {twin[a]: w for a, w in parameters.weights.items()}
    request = replace(given_inputs.request, parameters=replace(parameters, weights=weights))
    return replace(given_inputs, accounts=tuple(accounts), request=request), twin


def check_permuted(given_inputs, result, turned, twin):
    """Names decide nothing but ties: the totals never move, and without ties no account's face does."""
    assert turned.summary.total_allocated == result.summary.total_allocated
    if given_inputs.request.method is Method.MIN_DISPERSION:
        ours, theirs = (r.summary.dispersion_metrics.post_trade_std_dev for r in (result, turned))
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)
        return
    faces = {a.account_id: a.allocated_quantity for a in result.allocations}
    others = {a.account_id: a.allocated_quantity for a in turned.allocations}
    if not has_ties(given_inputs):
        assert {twin[a]: face for a, face in faces.items()} == others


def has_ties(given_inputs):
    parameters = given_inputs.request.parameters
    if given_inputs.request.method is Method.CUSTOM_WEIGHTS:
        values = list(parameters.weights.values())
    elif parameters.base_metric is BaseMetric.NAV:
        values = [a.nav for a in given_inputs.accounts]
    elif parameters.base_metric is BaseMetric.POSITION:
        values = [a.held_face for a in given_inputs.accounts]
    else:
        values = [a.market_value for a in given_inputs.accounts]
    return len(set(values)) < len(values)


@pytest.mark.parametrize("method", list(Method))
def test_every_split_keeps_its_promises(method):
    # R3.3, R3.6
    @MANY
    @given(books(method))
    def promises(given_inputs):
        result = compute(given_inputs)
        check_promises(given_inputs, result)
        turned, twin = renamed(given_inputs)
        check_permuted(given_inputs, result, compute(turned), twin)

    promises()


@MANY
@given(books(Method.MIN_DISPERSION))
def test_minimum_dispersion_is_never_worse_than_pro_rata(given_inputs):
    # R8.3
    parameters = replace(given_inputs.request.parameters, base_metric=BaseMetric.NAV)
    shared = replace(given_inputs.request, method=Method.PRO_RATA, parameters=parameters)
    ours, theirs = compute(given_inputs), compute(replace(given_inputs, request=shared))
    if ours.summary.total_allocated == theirs.summary.total_allocated:
        best = ours.summary.dispersion_metrics.post_trade_std_dev
        other = theirs.summary.dispersion_metrics.post_trade_std_dev
        assert best <= other * (1 + BETTER) + 1e-12
