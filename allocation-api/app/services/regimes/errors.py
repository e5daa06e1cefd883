"""Errors of market regimes: the stored bars do not serve."""

from __future__ import annotations

from app.core.errors import DataMissing


class UnusableBars(DataMissing):
    """Bars of market history that no market can have had, or without open, high or low."""

    code, title = "UNUSABLE_BARS", "The stored bars cannot be used"
