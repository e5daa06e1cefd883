"""The classifier on drawn series: each regime, each transition, hysteresis, confidence, reasons."""

from dataclasses import fields, replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.regimes.classifier import (
    classify,
    confirmed,
    margins,
    reasons,
    rules,
    transitions,
)
from app.services.kernels.regimes.features import percentile_rank
from app.services.kernels.regimes.types import Features, MarketBars, ReasonKind, Regime, Thresholds
from app.services.kernels.regimes.volatility import Candles
from app.services.kernels.risk import FaultKind, RiskError
from tests.support.profiles import examples
from tests.support.regime_markets import Leg, draw, raw_by_hand, volatilities_by_hand, walk

RISK_OFF, BTC, ALT_ETH, RISK_ON, HODL = Regime
LIMITS = Thresholds()
SMALL = Thresholds(volatility_window=5, trend_window=6, rank_window=20, min_bars=8)

GAINS = {"btc_dominance": 0.0625}
"""1.875 points in 30 bars."""
YIELDS = {"btc_dominance": -0.0625}
ETH_GAINS = {**YIELDS, "eth_dominance": 0.03125}
TRENDS = {BTC: GAINS, ALT_ETH: ETH_GAINS, RISK_ON: {}}
FLIGHT = {"stable_dominance": 0.03125}
UP = 0.01
"""With a wick of 0.01 the variance of a bar is (1 - k) 2 w (w + g) = 3.44e-4: 2.96 standard deviations."""

SERIES = {
    "nothing moves": ([Leg(150)], [HODL]),
    "the whole market rallies": ([Leg(150, UP)], [HODL, RISK_ON]),
    "bitcoin gains dominance": ([Leg(150, UP, **GAINS)], [HODL, BTC]),
    "ether gains what bitcoin yields": ([Leg(150, UP, **ETH_GAINS)], [HODL, ALT_ETH]),
    "ether and altcoins run ahead": ([Leg(150, UP, **YIELDS, eth=0.012, alt=0.015)], [HODL, ALT_ETH]),
    "altcoins alone run ahead": ([Leg(150, UP, **YIELDS, alt=0.015)], [HODL, RISK_ON]),
    "the market declines": ([Leg(150, -UP)], [HODL, RISK_OFF]),
    "fear in a flat market": ([Leg(100), Leg(50, swing=0.02, **FLIGHT)], [HODL, RISK_OFF]),
    "a nervous flat market without flight": ([Leg(100), Leg(50, swing=0.02)], [HODL]),
    "flight from a calm flat market": ([Leg(150, **FLIGHT)], [HODL]),
    "a rally that turns": ([Leg(150, UP), Leg(60, -UP)], [HODL, RISK_ON, HODL, RISK_OFF]),
    "a whole cycle": (
        [Leg(120, UP, **GAINS), Leg(60, UP, **ETH_GAINS), Leg(40, -UP), Leg(60)],
        [HODL, BTC, RISK_ON, ALT_ETH, HODL, RISK_OFF, HODL],
    ),
}

JUMPS = {
    (BTC, ALT_ETH): {"btc_dominance": -6, "eth_dominance": 2},
    (BTC, RISK_ON): {"btc_dominance": -1.875},
    (ALT_ETH, BTC): {"btc_dominance": 6},
    (ALT_ETH, RISK_ON): {"eth_dominance": -1},
    (RISK_ON, BTC): {"btc_dominance": 4},
    (RISK_ON, ALT_ETH): {"btc_dominance": -4, "eth_dominance": 2},
}


def turn(before, after):
    """Legs on which one regime follows another with none between them."""
    if (before, after) in JUMPS:
        jump = Leg(1, UP, **JUMPS[before, after])
        return [Leg(120, UP, **TRENDS[before]), jump, Leg(25, UP, **TRENDS[after])]
    pull = {RISK_OFF: -UP, HODL: 0.0}
    shape = TRENDS.get(before) or TRENDS.get(after) or {}
    gap = [Leg(1, {RISK_OFF: -0.8}.get(after, 0.9), **shape)] if HODL not in {before, after} else []
    return [
        Leg(120, pull.get(before, UP), **shape),
        *gap,
        Leg(25 if gap else 60, pull.get(after, UP), **shape),
    ]


def told(found):
    """The regimes one after another."""
    return [found.regimes[0], *(after for before, after in pairwise(found.regimes) if after is not before)]


@pytest.mark.parametrize(("legs", "expected"), SERIES.values(), ids=SERIES)
def test_drawn_series_have_the_regimes_that_they_show(legs, expected):
    """R27.3, R27.5"""
    assert told(classify(draw(*legs).bars, LIMITS)) == expected


@pytest.mark.parametrize(("before", "after"), [*permutations(Regime, 2)])
def test_each_regime_turns_into_each_other(before, after):
    path = [HODL, before, after] if before is not HODL else [HODL, after]
    assert told(classify(draw(*turn(before, after)).bars, LIMITS)) == path


def test_before_90_bars_there_is_no_regime():
    drawn = draw(Leg(91, -UP))
    found = classify(drawn.first(89).bars, LIMITS)
    assert set(found.regimes) == {HODL}
    assert not found.confidence.any()
    [reason] = reasons(found, 88)
    assert (reason.kind, reason.value, reason.threshold) == (ReasonKind.TOO_FEW_BARS, 89, 90)
    found = classify(drawn.bars, LIMITS)
    assert found.regimes[88:] == (HODL, RISK_OFF, RISK_OFF)
    assert found.confidence[89] > 0


def test_another_regime_takes_two_bars_in_a_row():
    # The dominance of BTC rises by 1/16 point a bar: 16 bars make the 1.0 that counts.
    found = classify(draw(Leg(120, UP), Leg(30, UP, **GAINS)).bars, LIMITS)
    assert found.raw.index(BTC) == 120 + 15
    assert found.regimes.index(BTC) == 120 + 16
    assert found.confidence[120 + 15] == 0
    held = reasons(found, 120 + 15)[-1]
    assert (held.kind, held.value, held.threshold) == (ReasonKind.HELD, 1, 2)
    assert reasons(found, 120 + 16)[-1].kind is ReasonKind.BTC_DOMINANCE


def test_risk_off_is_told_at_once_and_left_after_two_bars():
    found = classify(draw(Leg(120, UP), Leg(1, -0.8), Leg(1, 1.5), Leg(30, UP)).bars, LIMITS)
    assert found.regimes[119:124] == (RISK_ON, RISK_OFF, RISK_OFF, RISK_ON, RISK_ON)
    assert found.raw[119:124] == (RISK_ON, RISK_OFF, RISK_ON, RISK_ON, RISK_ON)


def test_a_single_bar_turns_nothing():
    jump = Leg(1, UP, btc_dominance=4), Leg(1, UP, btc_dominance=-4)
    found = classify(draw(Leg(120, UP), *jump, Leg(28, UP)).bars, LIMITS)
    assert found.raw[120] is BTC
    assert told(found) == [HODL, RISK_ON]


@pytest.mark.parametrize("bars", [1, 2, 3, 5])
def test_confirmation_takes_as_many_bars_as_are_set(bars):
    found = classify(draw(Leg(120, UP), Leg(40, UP, **GAINS)).bars, replace(LIMITS, confirmation_bars=bars))
    assert found.regimes.index(BTC) == found.raw.index(BTC) + bars - 1


@given(raw=st.lists(st.sampled_from(Regime), min_size=1, max_size=40), bars=st.integers(1, 4))
@examples(300)
def test_what_is_told_was_said_by_enough_bars(raw, bars):
    regimes, streaks = confirmed(raw, bars)
    assert len(regimes) == len(raw) == len(streaks)
    for at in range(1, len(raw)):
        last = raw[max(at - bars + 1, 0) : at + 1]
        if regimes[at] is not regimes[at - 1]:
            assert regimes[at] is raw[at]
            assert raw[at] is RISK_OFF or set(last) == {raw[at]}
        elif raw[at] is RISK_OFF or (len(last) == bars and len(set(last)) == 1):
            assert regimes[at] is raw[at]


@given(seed=st.integers(0, 10_000))
@examples(40)
def test_each_bar_says_what_the_rules_say_in_the_standard_library(seed):
    drawn = walk(seed, 60)
    found = classify(drawn.bars, SMALL)
    volatilities = volatilities_by_hand(drawn, SMALL.volatility_window)
    assert list(found.raw) == [raw_by_hand(drawn, bar, SMALL, volatilities) for bar in range(60)]


def test_the_rules_by_hand_hold_with_the_windows_of_the_default_and_see_each_regime():
    drawn = walk(7, 900)
    found = classify(drawn.bars, LIMITS)
    assert set(found.raw) == set(Regime)
    volatilities = volatilities_by_hand(drawn, LIMITS.volatility_window)
    for bar in (88, 89, 90, 300, 455, 899):
        assert found.raw[bar] is raw_by_hand(drawn, bar, LIMITS, volatilities)


@given(seed=st.integers(0, 10_000), bars=st.integers(1, 119))
@examples(60)
def test_a_bar_knows_nothing_of_later_ones(seed, bars):
    drawn = walk(seed, 120)
    whole, part = classify(drawn.bars, SMALL), classify(drawn.first(bars).bars, SMALL)
    assert part.regimes == whole.regimes[:bars]
    assert part.raw == whole.raw[:bars]
    np.testing.assert_array_equal(part.confidence, whole.confidence[:bars])
    assert reasons(part, bars - 1) == reasons(whole, bars - 1)


def units(found, limits):
    """By how much each feature has to move for a margin to change by 1; the volatility stays."""
    lead = found.volatility * np.sqrt(limits.trend_window) * limits.direction
    return {
        "rank": 100 - limits.high_rank,
        "direction": limits.direction,
        "btc_change": limits.btc_band,
        "eth_change": limits.eth_band,
        "stable_change": limits.stable_band,
        "eth_lead": lead,
        "alt_lead": lead,
    }


@given(seed=st.integers(0, 10_000), share=st.floats(0.0, 0.99))
@examples(200)
def test_a_regime_stays_while_features_move_by_less_than_the_confidence(seed, share):
    generator = np.random.default_rng(seed)
    scale = {"volatility": 0.0, "rank": 0.0}
    rows = 200
    drawn = {
        each.name: generator.standard_normal(rows) * scale.get(each.name, 1.2) for each in fields(Features)
    }
    drawn["volatility"] += 0.02
    drawn["rank"] += generator.random(rows) * 100
    drawn["eth_lead"] *= 0.1
    drawn["alt_lead"] *= 0.1
    before = Features(**drawn)
    said = rules(before, LIMITS)
    degree = margins(before, LIMITS)[[list(Regime).index(each) for each in said], np.arange(rows)]
    assert (degree >= 0).all()
    for name, unit in units(before, LIMITS).items():
        drawn[name] = drawn[name] + share * degree * unit * generator.choice([-1.0, 1.0], rows)
    assert rules(Features(**drawn), LIMITS) == said


def test_confidence_is_the_margin_to_the_nearest_threshold():
    """R27.4"""
    # Up by 2.96 standard deviations, full; 1.5 points of dominance are half a band beyond the band.
    found = classify(draw(Leg(150, UP, btc_dominance=0.05)).bars, LIMITS)
    assert found.confidence[-1] == pytest.approx(0.5)
    found = classify(draw(Leg(150, UP, **GAINS)).bars, LIMITS)
    assert found.confidence[-1] == pytest.approx(0.875)
    # Nothing moves: the margins of HODL are those of a score of 0, and of a rank of 50.
    found = classify(draw(Leg(150)).bars, LIMITS)
    assert found.confidence[-1] == 1
    assert found.features.rank[-1] == 50


@given(seed=st.integers(0, 1_000))
@examples(30)
def test_confidence_is_from_0_to_1_and_0_while_a_bar_says_otherwise(seed):
    found = classify(walk(seed, 150).bars, SMALL)
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()
    differs = [one is not other for one, other in zip(found.raw, found.regimes, strict=True)]
    assert not found.confidence[differs].any()


def test_reasons_are_what_the_rule_looked_at():
    kinds = {
        name: [
            reason.kind
            for reason in reasons(classify(draw(*legs).bars, LIMITS), -1 + sum(leg.bars for leg in legs))
        ]
        for name, (legs, _) in SERIES.items()
    }
    normal, stable = ReasonKind.VOLATILITY_NORMAL, ReasonKind.STABLE_DOMINANCE
    assert kinds["nothing moves"] == [ReasonKind.DIRECTION_FLAT, normal, stable]
    assert kinds["the market declines"] == [ReasonKind.DIRECTION_DOWN, normal]
    assert kinds["fear in a flat market"] == [ReasonKind.DIRECTION_FLAT, ReasonKind.VOLATILITY_HIGH, stable]
    assert kinds["bitcoin gains dominance"] == [ReasonKind.DIRECTION_UP, normal, ReasonKind.BTC_DOMINANCE]
    assert kinds["ether gains what bitcoin yields"][2:] == [
        ReasonKind.BTC_DOMINANCE,
        ReasonKind.ETH_DOMINANCE,
        ReasonKind.ETH_LEAD,
        ReasonKind.ALT_LEAD,
    ]


def test_reasons_carry_what_was_measured():
    found = classify(draw(Leg(150, UP, **GAINS)).bars, LIMITS)
    dominance = reasons(found, 149)[-1]
    assert dominance.value == pytest.approx(1.875)
    assert (dominance.threshold, dominance.bars) == (1.0, 30)
    # A body of 0.01 and wicks of 0.01: RS = 2 w (w + g) = 4e-4, of which the weight is 1 - k.
    score = 0.3 / np.sqrt((1 - 0.34 / (1.34 + 31 / 29)) * 4e-4 * 30)
    assert reasons(found, 149)[0].value == pytest.approx(score)


def test_a_market_that_never_moves_is_flat_and_one_that_only_gaps_goes_up():
    flat = [100.0] * 100
    still = dict.fromkeys(("btc", "eth", "alt"), flat) | {
        name: [10.0] * 100 for name in ("btc_dominance", "eth_dominance", "stable_dominance")
    }
    found = classify(MarketBars.of(Candles.of(flat, flat, flat, flat), **still), LIMITS)
    assert set(found.regimes) == {HODL}
    assert found.features.direction[-1] == 0
    gaps = [float(2**at) for at in range(100)]
    found = classify(MarketBars.of(Candles.of(gaps, gaps, gaps, gaps), **still), LIMITS)
    assert found.regimes[-1] is RISK_ON


def test_rank_is_the_share_that_is_less_and_half_of_the_same():
    found = percentile_rank(np.array([np.nan, 1.0, 3.0, 2.0, 2.0, 5.0]), 4)
    # 1 of (1) is half of it. 3 of (1, 3): 1.5. 2 of (1, 3, 2): 1.5. 2 of (1, 3, 2, 2): 2. 5: 3.5.
    np.testing.assert_allclose(found, [np.nan, 50, 75, 50, 50, 87.5])


def test_transitions_are_counted_from_row_to_column():
    counts = transitions([HODL, HODL, BTC, HODL, BTC])
    order = list(Regime)
    assert counts.sum() == 4
    assert counts[order.index(HODL), order.index(BTC)] == 2
    assert counts[order.index(BTC), order.index(HODL)] == 1
    assert counts[order.index(HODL), order.index(HODL)] == 1
    assert transitions([HODL]).sum() == transitions([]).sum() == 0


@pytest.mark.parametrize(
    ("column", "change", "kind"),
    [
        ("btc_dominance", 101.0, FaultKind.OUT_OF_RANGE),
        ("stable_dominance", -0.5, FaultKind.OUT_OF_RANGE),
        ("eth_dominance", float("nan"), FaultKind.OUT_OF_RANGE),
        ("eth", 0.0, FaultKind.OUT_OF_RANGE),
        ("alt", float("nan"), FaultKind.NOT_FINITE),
    ],
)
def test_series_that_cannot_be_are_refused_by_name(column, change, kind):
    drawn = draw(Leg(100))
    getattr(drawn, column)[50] = change
    with pytest.raises(RiskError) as raised:
        _ = drawn.bars
    assert [(fault.kind, fault.field) for fault in raised.value.faults] == [(kind, column)]


def test_series_of_another_length_are_refused_by_name():
    drawn = draw(Leg(100))
    drawn.btc.pop()
    drawn.eth_dominance.pop()
    with pytest.raises(RiskError) as raised:
        _ = drawn.bars
    assert [fault.field for fault in raised.value.faults] == ["btc", "eth_dominance"]


def test_thresholds_out_of_range_are_refused_all_at_once():
    with pytest.raises(RiskError) as raised:
        Thresholds(volatility_window=1, tight_rank=70, btc_band=0, min_bars=20, confirmation_bars=0)
    names = {fault.field for fault in raised.value.faults}
    expected = {"volatility_window", "tight_rank", "high_rank", "btc_band", "min_bars", "confirmation_bars"}
    assert names == expected
