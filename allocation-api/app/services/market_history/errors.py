"""Errors of market history: the request is well formed, and the stored prices do not serve it."""

from __future__ import annotations

from app.core.errors import DataMissing


class UnknownAsset(DataMissing):
    """There are no prices of an asset."""

    code, title = "UNKNOWN_ASSET", "There are no prices of this asset"


class TooFewPrices(DataMissing):
    """There are too few days on which all assets have a price."""

    code, title = "TOO_FEW_PRICES", "There are too few prices"


class ConstantPrice(DataMissing):
    """An asset's returns are all the same: it has no correlation, no beta and no Sharpe ratio."""

    code, title = "CONSTANT_PRICE", "The returns of an asset do not vary"
