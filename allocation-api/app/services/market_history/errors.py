"""Errors of market history: the request is well formed, and the stored prices do not serve it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.core.errors import MAX_ERRORS, Conflict, DataMissing, FieldError, field_detail
from app.services.kernels.risk import RiskError


class UnknownAsset(DataMissing):
    """There are no prices of an asset."""

    code, title = "UNKNOWN_ASSET", "There are no prices of this asset"


class TooFewPrices(DataMissing):
    """There are too few days on which all assets have a price."""

    code, title = "TOO_FEW_PRICES", "There are too few prices"


class ConstantPrice(DataMissing):
    """An asset's returns are all the same: it has no correlation, no beta and no Sharpe ratio."""

    code, title = "CONSTANT_PRICE", "The returns of an asset do not vary"


class NotMeasurable(DataMissing):
    """Returns are too large for what is measured of them."""

    code, title = "NOT_MEASURABLE", "The prices cannot be measured"


class ExchangeOff(Conflict):
    """No exchange is set from which prices could be fetched."""

    code, title = "EXCHANGE_OFF", "No exchange is set"


class RefreshFailed(DataMissing):
    """Symbols could not be refreshed; those that could are stored."""

    code, title = "REFRESH_FAILED", "Prices could not be refreshed"


def field_errors(error: RiskError, field_of: Callable[[str | None], str]) -> list[FieldError]:
    """Return what the kernels refuse by field: that of each asset at fault, or of None."""
    return [
        FieldError(field_of(asset), fault.message)
        for fault in error.faults
        for asset in fault.assets or (None,)
    ]


@contextmanager
def measurable(field_of: Callable[[str | None], str]) -> Iterator[None]:
    """Turn what the kernels of risk refuse into NotMeasurable."""
    try:
        yield
    except RiskError as error:
        errors = field_errors(error, field_of)
        raise NotMeasurable(field_detail(errors), errors=errors[:MAX_ERRORS]) from error
