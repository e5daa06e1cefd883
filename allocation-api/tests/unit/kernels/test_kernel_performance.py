"""Performance from snapshots: published examples, exact fractions, and what flows must not change."""

from __future__ import annotations

import math
import statistics
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.backtest import Figure
from app.services.kernels.backtest.performance import SEED
from app.services.kernels.performance import Flows, Snapshots, period_returns, time_weighted, track
from app.services.kernels.risk import FaultKind, RiskError
from app.services.kernels.risk.uncertainty import sharpe_interval
from tests.support.profiles import examples

DAY = 86_400.0
YEAR = 365 * DAY


def days(count):
    return np.arange(count, dtype=np.int64)


def snapshots(*values, step=DAY):
    return Snapshots.of(np.arange(len(values)) * step, values)


def kinds(work):
    with pytest.raises(RiskError) as caught:
        work()
    return caught.value.kinds


def test_the_example_of_the_cfa_curriculum_of_shares_bought_in_two_years():
    # A share for 200, another a year later for 225, both sold after two years for 235 each; each share pays 5
    # a year, which is taken out. By hand: (225 + 5) / 200 = 1.15 and (470 + 10) / 450 = 16 / 15.
    held = snapshots(200, 450, 470, step=YEAR)
    found = time_weighted(held, Flows.of([YEAR, YEAR, 2 * YEAR], [225, -5, -10]))
    assert found == pytest.approx([0.15, 1 / 15], abs=1e-15)
    shown = track(held, days(3), Flows.of([YEAR, YEAR, 2 * YEAR], [225, -5, -10]), periods_per_year=1)
    assert shown.figures[Figure.ANNUALIZED_RETURN] == pytest.approx(math.sqrt(1.15 * 16 / 15) - 1, abs=1e-14)


def test_the_common_example_of_modified_dietz():
    # 100 at the start, 50 paid in halfway, 300 at the end: 150 gained on 125.
    found = time_weighted(snapshots(100, 300, step=2 * YEAR), Flows.of([YEAR], [50]))
    assert found == pytest.approx([1.2], abs=1e-15)


def test_flows_of_a_period_count_by_the_seconds_that_were_left():
    # Over ten days 1,000 become 1,200: 240 in after 3 days, 100 out after 8; exact fractions.
    gained = Fraction(1_200 - 1_000 - 240 + 100)
    invested = 1_000 + 240 * Fraction(7, 10) - 100 * Fraction(2, 10)
    flows = Flows.of([8 * DAY, 3 * DAY], [-100, 240])
    found = time_weighted(snapshots(1_000, 1_200, step=10 * DAY), flows)
    assert found == pytest.approx([float(gained / invested)], abs=1e-15)


def test_a_flow_at_the_moment_of_a_snapshot_is_in_it_and_one_a_second_later_is_not():
    held = snapshots(100, 150, 150)
    assert time_weighted(held, Flows.of([DAY], [50])) == pytest.approx([0, 0], abs=1e-15)
    first, second = time_weighted(held, Flows.of([DAY + 1], [50]))
    assert first == pytest.approx(0.5)
    assert second == pytest.approx(-50 / (150 + 50 * (DAY - 1) / DAY))


def test_the_day_on_which_clocks_go_forward_has_23_hours():
    zone = ZoneInfo("America/New_York")
    moments = [datetime(2026, 3, 7, 17, tzinfo=zone), datetime(2026, 3, 8, 17, tzinfo=zone)]
    times = [each.astimezone(UTC).timestamp() for each in moments]
    assert times[1] - times[0] == 23 * 3_600
    flowed = datetime(2026, 3, 8, 5, 30, tzinfo=zone).timestamp()
    found = time_weighted(Snapshots.of(times, [100, 220]), Flows.of([flowed], [100]))
    assert found == pytest.approx([20 / (100 + 100 * 11.5 / 23)], abs=1e-15)


@examples(300)
@given(
    st.lists(st.tuples(st.floats(-0.5, 0.8), st.floats(0, 1), st.floats(-0.8, 3.0)), min_size=2, max_size=20)
)
def test_flows_at_snapshots_change_no_return(drawn):
    values, amounts = [1_000.0], []
    for earned, _, flowed in drawn:
        grown = values[-1] * (1 + earned)
        amounts.append(grown * flowed)
        values.append(grown + amounts[-1])
    times = np.cumsum([0.0, *(1 + gap for _, gap, _ in drawn)])
    found = time_weighted(Snapshots.of(times, values), Flows.of(times[1:], amounts))
    assert found == pytest.approx([earned for earned, _, _ in drawn], rel=1e-9, abs=1e-9)


@examples(200)
@given(st.lists(st.floats(-0.4, 0.4), min_size=4, max_size=24), st.data())
def test_linking_by_periods_loses_nothing(returns, data):
    steps = data.draw(st.lists(st.integers(0, 2), min_size=len(returns), max_size=len(returns)))
    periods = np.cumsum([0, *steps])
    linked, is_single = period_returns(np.array(returns), periods)
    begin = int(np.flatnonzero(periods == 0)[-1])
    assert np.prod(1 + linked) == pytest.approx(np.prod(1 + np.array(returns[begin:])))
    seen = sorted(set(periods.tolist()))
    assert is_single.tolist() == [after - before == 1 for before, after in pairwise(seen)]


def test_figures_are_those_of_an_independent_calculation():
    levels = [100, 110, 99, 108.9, 108.9, 120, 114]
    market = [50, 52, 51, 53, 52, 54, 55]
    shown = track(
        snapshots(*levels),
        days(7),
        benchmark=np.array(market, float),
        periods_per_year=365,
        risk_free_rate=0.0365,
    )
    ours = [after / before - 1 for before, after in pairwise(levels)]
    theirs = [after / before - 1 for before, after in pairwise(market)]
    slope = statistics.covariance(ours, theirs) / statistics.variance(theirs)
    active = [our - their for our, their in zip(ours, theirs, strict=True)]
    year = math.sqrt(365)
    expected = {
        Figure.TOTAL_RETURN: 0.14,
        Figure.VOLATILITY: statistics.stdev(ours) * year,
        Figure.SHARPE_RATIO: (statistics.mean(ours) - 0.0001) / statistics.stdev(ours) * year,
        Figure.MAX_DRAWDOWN: 0.1,
        Figure.WIN_RATE: 3 / 6,
        Figure.BETA: slope,
        Figure.ALPHA: (statistics.mean(ours) - 0.0001 - slope * (statistics.mean(theirs) - 0.0001)) * 365,
        Figure.TRACKING_ERROR: statistics.stdev(active) * year,
        Figure.INFORMATION_RATIO: statistics.mean(active) / statistics.stdev(active) * year,
    }
    assert {figure: shown.figures[figure] for figure in expected} == pytest.approx(expected, rel=1e-12)
    assert shown.benchmark_return == pytest.approx(0.1)
    assert shown.wealth == pytest.approx(np.array(levels) / 100)
    assert shown.undefined == {Figure.ANNUALIZED_RETURN: FaultKind.UNDEFINED}
    assert (shown.period_count, shown.left_out) == (6, 0)


def test_the_interval_of_the_sharpe_ratio_is_that_of_its_kernel():
    levels = 100 * np.cumprod(1 + np.random.default_rng(7).normal(0.001, 0.02, 60))
    shown = track(snapshots(*levels), days(60), periods_per_year=365)
    expected = sharpe_interval(levels[1:] / levels[:-1] - 1, 365, seed=SEED)
    assert shown.interval is not None
    assert (shown.interval.low, shown.interval.high) == pytest.approx((expected.low, expected.high))


def test_money_that_comes_and_goes_is_neither_return_nor_drawdown():
    levels = [100, 110, 99, 108.9, 108.9, 120, 114]
    plain = track(snapshots(*levels), days(7), periods_per_year=365)
    units = [1, 1, 0.1, 7, 7, 3, 3]
    held = [level * unit for level, unit in zip(levels, units, strict=True)]
    amounts = [(units[n] - units[n - 1]) * levels[n] for n in range(1, 7)]
    flowed = track(snapshots(*held), days(7), Flows.of(np.arange(1, 7) * DAY, amounts), periods_per_year=365)
    shown = {figure: value for figure, value in plain.figures.items() if value is not None}
    assert {figure: flowed.figures[figure] for figure in shown} == pytest.approx(shown, rel=1e-12)
    assert flowed.undefined == plain.undefined


def test_a_day_without_a_snapshot_is_left_out_of_ratios_and_not_of_the_total():
    held = Snapshots.of(np.array([0, 0.5, 1, 2, 5, 6, 7]) * DAY, [100, 80, 102, 104, 150, 153, 151])
    shown = track(held, np.array([0, 0, 1, 2, 5, 6, 7]), periods_per_year=365)
    single = [102 / 80 - 1, 104 / 102 - 1, 153 / 150 - 1, 151 / 153 - 1]
    assert shown.figures[Figure.VOLATILITY] == pytest.approx(statistics.stdev(single) * math.sqrt(365))
    assert shown.figures[Figure.WIN_RATE] == 0.75
    assert (shown.period_count, shown.left_out) == (4, 1)
    assert shown.figures[Figure.TOTAL_RETURN] == pytest.approx(0.51)
    assert shown.figures[Figure.MAX_DRAWDOWN] == pytest.approx(0.2)


def test_a_year_of_the_clock_is_annualised_whatever_the_number_of_snapshots():
    # Three snapshots in 730 days: 1.44 over two years is 1.2 a year.
    held = Snapshots.of([0, 100 * DAY, 2 * YEAR], [100, 90, 144])
    shown = track(held, np.array([0, 100, 730]), periods_per_year=365)
    assert shown.figures[Figure.ANNUALIZED_RETURN] == pytest.approx(0.2, abs=1e-14)
    assert shown.undefined[Figure.VOLATILITY] is FaultKind.TOO_FEW_ROWS
    assert (shown.period_count, shown.left_out) == (0, 2)


def test_two_snapshots_have_a_total_return_alone():
    shown = track(snapshots(100, 90), days(2), periods_per_year=365)
    assert shown.figures[Figure.TOTAL_RETURN] == pytest.approx(-0.1)
    assert shown.figures[Figure.MAX_DRAWDOWN] == pytest.approx(0.1)
    assert shown.wealth == pytest.approx([1, 0.9])
    assert shown.interval is None
    assert shown.undefined[Figure.SHARPE_RATIO] is FaultKind.TOO_FEW_ROWS


def test_a_benchmark_compared_with_itself():
    levels = np.array([100, 110, 99, 108.9, 120])
    shown = track(snapshots(*levels), days(5), benchmark=levels, periods_per_year=252)
    assert shown.figures[Figure.BETA] == pytest.approx(1)
    assert shown.figures[Figure.ALPHA] == pytest.approx(0, abs=1e-12)
    assert shown.figures[Figure.TRACKING_ERROR] == 0
    assert shown.undefined[Figure.INFORMATION_RATIO] is FaultKind.UNDEFINED
    without = track(snapshots(*levels), days(5), periods_per_year=252)
    assert without.benchmark_return is None
    assert without.undefined[Figure.BETA] is FaultKind.REQUIRED


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (lambda: Snapshots.of([0], [1]), FaultKind.TOO_FEW_ROWS),
        (lambda: Snapshots.of([0, 1], [1, math.nan]), FaultKind.NOT_FINITE),
        (lambda: Snapshots.of([0, 1], [1, 2, 3]), FaultKind.SHAPE),
        (lambda: Flows.of([0, 1], [1]), FaultKind.SHAPE),
        (lambda: Flows.of([0], []), FaultKind.TOO_FEW_ROWS),
        (lambda: Flows.of([0], [math.inf]), FaultKind.NOT_FINITE),
        (lambda: time_weighted(snapshots(1, 2), Flows.of([0], [1])), FaultKind.OUT_OF_RANGE),
        (lambda: time_weighted(snapshots(1, 2), Flows.of([DAY + 1], [1])), FaultKind.OUT_OF_RANGE),
        (lambda: time_weighted(snapshots(1, 0, 2)), FaultKind.UNDEFINED),
        (lambda: time_weighted(snapshots(1, 2), Flows.of([1], [-2])), FaultKind.UNDEFINED),
        (lambda: period_returns(np.zeros(2), np.array([0, 1])), FaultKind.SHAPE),
        (lambda: period_returns(np.zeros(2), np.array([0, 1, 0])), FaultKind.OUT_OF_RANGE),
        (
            lambda: track(snapshots(1, 2), days(2), benchmark=np.ones(3), periods_per_year=1),
            FaultKind.SHAPE,
        ),
        (
            lambda: track(snapshots(1, 2), days(2), benchmark=np.array([1, 0]), periods_per_year=1),
            FaultKind.OUT_OF_RANGE,
        ),
        (
            lambda: track(snapshots(100, 10), days(2), Flows.of([DAY], [50]), periods_per_year=1),
            FaultKind.TOTAL_LOSS,
        ),
    ],
)
def test_what_has_no_answer_is_refused(work, kind):
    assert kinds(work) == (kind,)


def test_all_faults_of_snapshots_are_told_at_once():
    assert kinds(lambda: Snapshots.of([1, 1], [1, -1])) == (FaultKind.OUT_OF_RANGE, FaultKind.OUT_OF_RANGE)


def test_everything_may_be_lost_and_a_zero_that_nothing_follows_has_a_return():
    shown = track(snapshots(100, 50, 0), days(3), periods_per_year=365)
    assert shown.figures[Figure.TOTAL_RETURN] == -1
    assert shown.figures[Figure.MAX_DRAWDOWN] == 1
