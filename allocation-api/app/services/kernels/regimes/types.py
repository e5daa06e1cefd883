"""The five market regimes of a crypto portfolio."""

from __future__ import annotations

from enum import StrEnum


class Regime(StrEnum):
    """A market regime: the state of the market that decides which bounds weights of a portfolio keep to."""

    RISK_OFF = "RISK_OFF"
    """The market declines: flight to stablecoins."""
    BTC_SEASON = "BTC_SEASON"
    """Bitcoin rallies and gains dominance."""
    ALT_ETH_SEASON = "ALT_ETH_SEASON"
    """Altcoins and ether rally ahead of bitcoin ("Altcoin Season + ETH Season")."""
    RISK_ON = "RISK_ON"
    """The whole market rallies."""
    HODL = "HODL"
    """The market is undecided: hold."""
