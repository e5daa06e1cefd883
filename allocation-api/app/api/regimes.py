"""Market regimes: the one of today, and those of the past."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.core.security import Permission
from app.schemas.regimes import (
    RegimeHistoryQuerySchema,
    RegimeHistorySchema,
    RegimeRecordQuerySchema,
    RegimeRecordSchema,
    RegimeStatusQuerySchema,
    RegimeStatusSchema,
)
from app.services.market_history.errors import NotMeasurable, TooFewPrices, UnknownAsset
from app.services.regimes.errors import UnusableBars
from app.services.regimes.types import (
    RegimeHistory,
    RegimeHistoryRequest,
    RegimeRecord,
    RegimeRecordRequest,
    RegimeStatus,
    RegimeStatusRequest,
)

FAILURES = (UnknownAsset, TooFewPrices, UnusableBars)

regimes = Namespace("regime", "Market regimes of crypto assets")


@regimes.route("/status")
class RegimeStatusEndpoint(Endpoint):
    """The regime of today."""

    @operation(
        "getRegimeStatus",
        Permission.MARKET_HISTORY_READ,
        query=RegimeStatusQuerySchema,
        returns=RegimeStatusSchema,
        fails=FAILURES,
        addition=True,
        cost=2,
    )
    def get(self, query: RegimeStatusRequest) -> RegimeStatus:
        """Tell the market regime at the close of the last bar, with its confidence and reasons.

        Bars are those of TOTALES (with open, high and low), BTC, ETH, ALT, BTC.D, ETH.D and STABLE.D in
        market history, on the days that all of them have. The regime of a bar trades the next one.
        """
        return services().regimes.status(query)


@regimes.route("/history")
class RegimeHistoryEndpoint(Endpoint):
    """The regimes of the past."""

    @operation(
        "getRegimeHistory",
        Permission.MARKET_HISTORY_READ,
        query=RegimeHistoryQuerySchema,
        returns=RegimeHistorySchema,
        fails=FAILURES,
        addition=True,
        cost=5,
    )
    def get(self, query: RegimeHistoryRequest) -> RegimeHistory:
        """Show the regime of each day, with confidence and reasons, and how often one followed another.

        The regime of a day is of that day and earlier ones alone: a later day changes none of them.
        """
        return services().regimes.history(query)


@regimes.route("/record")
class RegimeRecordEndpoint(Endpoint):
    """How regimes have fared."""

    @operation(
        "getRegimeRecord",
        Permission.MARKET_HISTORY_READ,
        query=RegimeRecordQuerySchema,
        returns=RegimeRecordSchema,
        fails=(*FAILURES, NotMeasurable),
        addition=True,
        calculates=True,
        cost=20,
    )
    def get(self, query: RegimeRecordRequest) -> RegimeRecord:
        """Measure what holding by regimes has made of money, against equal weights and buy-and-hold.

        By regimes the midpoints of the regime's bounds are held (risk profile balanced): nothing is fitted,
        so that all days are out of sample. Each decision is made at a close and traded the day after, at the
        open where there is one. It says whether regimes were ahead, and how sure that is.
        """
        return services().regimes.record(query)
