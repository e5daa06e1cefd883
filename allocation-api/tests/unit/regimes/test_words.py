"""Reasons in words, and the settings that are the thresholds."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from app.core.config import SettingsError, load_settings
from app.services.kernels.regimes.types import Reason, ReasonKind, Regime, Thresholds
from app.services.regimes.words import NAMES, words


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            Reason(ReasonKind.BTC_DOMINANCE, 1.8, 1.0, 30),
            "BTC dominance rose 1.8 points in 30 bars",
        ),
        (
            Reason(ReasonKind.ETH_DOMINANCE, -0.74, 0.5, 30),
            "ETH dominance fell 0.7 points in 30 bars",
        ),
        (
            Reason(ReasonKind.STABLE_DOMINANCE, 0.4, 0.5, 1),
            "Stablecoin dominance rose 0.4 points in 1 bar, within 0.5",
        ),
        (
            Reason(ReasonKind.BTC_DOMINANCE, 0.0, 1.0, 30),
            "BTC dominance stayed the same in 30 bars, within 1",
        ),
        (
            Reason(ReasonKind.DIRECTION_UP, 0.914, 0.5, 30),
            "Market up: +0.91 standard deviations in 30 bars",
        ),
        (
            Reason(ReasonKind.DIRECTION_FLAT, -0.2, 0.5, 30),
            "Market flat: -0.20 standard deviations in 30 bars",
        ),
        (
            Reason(ReasonKind.DIRECTION_DOWN, float("-inf"), -0.5, 30),
            "Market down in 30 bars, without volatility",
        ),
        (
            Reason(ReasonKind.VOLATILITY_HIGH, 71.4, 67.0, 365),
            "Volatility high: rank 71 of 100 in 365 bars",
        ),
        (Reason(ReasonKind.VOLATILITY_TIGHT, 4.0, 33.0, 365), "Volatility tight: rank 4 of 100 in 365 bars"),
        (
            Reason(ReasonKind.VOLATILITY_NORMAL, 50.0, 67.0, 365),
            "Volatility normal: rank 50 of 100 in 365 bars",
        ),
        # exp(0.0953) is 1.1, and exp(-0.1054) is 0.9.
        (Reason(ReasonKind.ETH_LEAD, 0.09531, 0.0, 30), "ETH 10.0 % ahead of BTC in 30 bars"),
        (Reason(ReasonKind.ALT_LEAD, -0.10536, 0.0, 30), "ALT 10.0 % behind BTC in 30 bars"),
        (Reason(ReasonKind.TOO_FEW_BARS, 12, 90, 12), "Too few bars: 12 of the 90 that are needed"),
        (
            Reason(ReasonKind.HELD, 1, 2, 1),
            "Another regime was said by 1 bar in a row, and takes 2",
        ),
    ],
    ids=lambda each: each.kind if isinstance(each, Reason) else "",
)
def test_a_reason_in_words(reason, expected):
    assert words(reason) == expected


def test_every_kind_of_reason_and_every_regime_has_words():
    for kind in ReasonKind:
        assert words(Reason(kind, 1.0, 2.0, 3))
    assert set(NAMES) == set(Regime)
    assert NAMES[Regime.ALT_ETH_SEASON] == "Altcoin season + ETH season"


def test_the_defaults_of_the_settings_are_those_of_the_classifier():
    found = asdict(load_settings({}).regimes)
    assert found.pop("bars_per_year") == 365
    assert found == asdict(Thresholds())


def test_settings_are_read_as_they_are_set():
    found = load_settings({"REGIME_DIRECTION": "0.75", "REGIME_BTC_BAND": "1.5", "REGIME_MIN_BARS": "120"})
    assert (found.regimes.direction, found.regimes.btc_band, found.regimes.min_bars) == (0.75, 1.5, 120)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"REGIME_DIRECTION": "0"}, "REGIME_DIRECTION must be above 0 and at most 100, not 0"),
        ({"REGIME_DIRECTION": "much"}, "REGIME_DIRECTION must be a number, not 'much'"),
        ({"REGIME_BTC_BAND": "101"}, "REGIME_BTC_BAND must be above 0"),
        ({"REGIME_VOLATILITY_BARS": "1"}, "REGIME_VOLATILITY_BARS must be between 2"),
        ({"REGIME_TIGHT_RANK": "70"}, "REGIME_TIGHT_RANK must not be above REGIME_HIGH_RANK"),
        ({"REGIME_MIN_BARS": "30"}, "REGIME_MIN_BARS must be above"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(given, named):
    with pytest.raises(SettingsError, match=named):
        load_settings(given)
