"""Market history: daily prices by symbol, what is measured of them, and their import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.csv import CSV
from app.api.kit.limits import charge
from app.api.kit.operation import Endpoint, operation
from app.api.kit.reading import field_errors
from app.api.kit.tokens import caller
from app.core.errors import AllocatorError, FieldError, InvalidRequest
from app.core.security import Permission
from app.schemas.blotters_csv import line_count
from app.schemas.market_history import (
    CorrelationQuerySchema,
    LatestQuerySchema,
    MarketAssetsSchema,
    MarketCorrelationSchema,
    MarketLatestAnswerSchema,
    MarketMetricsAnswerSchema,
    MarketSeriesAnswerSchema,
    MetricsQuerySchema,
    SeriesQuerySchema,
)
from app.schemas.market_history_batch import (
    FAILURES,
    Batch,
    BatchItem,
    MarketBatchAnswerSchema,
    MarketBatchSchema,
)
from app.schemas.market_history_fields import EXAMPLE_ASSETS
from app.schemas.market_history_import import (
    ImportBody,
    ImportQuery,
    ImportQuerySchema,
    MarketImportReportSchema,
    MarketImportSchema,
)
from app.schemas.market_history_refresh import AskedRefreshSchema, MarketRefreshesSchema
from app.schemas.market_history_rows import rows_of_csv
from app.services.market_history.errors import ExchangeOff, UnknownAsset
from app.services.market_history.import_types import ImportReport, ImportRequest
from app.services.market_history.refresh_types import AskedRefresh, Refreshes
from app.services.market_history.types import (
    CorrelationAnswer,
    CorrelationRequest,
    LatestAnswer,
    LatestRequest,
    MarketItemType,
    MetricsAnswer,
    MetricsRequest,
    SeriesAnswer,
    SeriesRequest,
)

ROWS_PER_UNIT = 5_000
"""Rows of an import that cost as much as one ordinary request."""

TWO_ROWS = {
    "rows": [
        {"date": "2026-06-29", "symbol": "ACME", "close": 100, "volume": 1200000},
        {"date": "2026-06-30", "symbol": "ACME", "close": 101.5, "volume": 900000},
    ]
}
TWO_LINES = "date,symbol,close,volume\r\n2026-06-29,ACME,100,1200000\r\n2026-06-30,ACME,101.5,900000\r\n"
TWO_QUESTIONS = {
    "requests": [
        {"type": "latest", "assets": list(EXAMPLE_ASSETS)},
        {"type": "metrics", "assets": list(EXAMPLE_ASSETS), "period": "5y", "benchmark": EXAMPLE_ASSETS[0]},
    ]
}

market_history = Namespace(
    "market-history", "Daily prices, and what is measured of them", path="/data/market"
)


def _rows(body: Any) -> int:
    """Return how many rows a body has that is not checked yet."""
    rows = body.get("rows") if isinstance(body, Mapping) else None
    return len(rows) if isinstance(rows, list) else 0


@market_history.route("")
class MarketDataEndpoint(Endpoint):
    """Series."""

    @operation(
        "getMarketData",
        Permission.MARKET_HISTORY_READ,
        query=SeriesQuerySchema,
        returns=MarketSeriesAnswerSchema,
        fails=(UnknownAsset,),
        addition=True,
        cost=2,
    )
    def get(self, query: SeriesRequest) -> SeriesAnswer:
        """Show prices, returns and volumes of assets.

        Each asset has its own days: nothing is filled unless `fill` says so.
        """
        return services().market_history.history.series(query)


@market_history.route("/assets")
class AssetsEndpoint(Endpoint):
    """Assets."""

    @operation("listMarketAssets", Permission.MARKET_HISTORY_READ, returns=MarketAssetsSchema, addition=True)
    def get(self) -> Mapping[str, object]:
        """List the assets that have prices, and the days that these are of."""
        return {"assets": services().market_history.history.assets()}


@market_history.route("/latest")
class LatestEndpoint(Endpoint):
    """Last days."""

    @operation(
        "getLatestMarketData",
        Permission.MARKET_HISTORY_READ,
        query=LatestQuerySchema,
        returns=MarketLatestAnswerSchema,
        fails=(UnknownAsset,),
        addition=True,
    )
    def get(self, query: LatestRequest) -> LatestAnswer:
        """Show the last price of each asset, with its day."""
        return services().market_history.history.latest(query)


@market_history.route("/metrics")
class MetricsEndpoint(Endpoint):
    """Measures."""

    @operation(
        "getMarketMetrics",
        Permission.MARKET_HISTORY_READ,
        query=MetricsQuerySchema,
        returns=MarketMetricsAnswerSchema,
        fails=FAILURES,
        addition=True,
        cost=2,
    )
    def get(self, query: MetricsRequest) -> MetricsAnswer:
        """Show volatility, Sharpe ratio, beta, VaR and drawdown of assets, by daily simple returns.

        Days count on which all of the assets and the benchmark have a price; `metadata` says how many do not.
        """
        return services().market_history.history.metrics(query)


@market_history.route("/correlation")
class CorrelationEndpoint(Endpoint):
    """Correlations."""

    @operation(
        "getMarketCorrelation",
        Permission.MARKET_HISTORY_READ,
        query=CorrelationQuerySchema,
        returns=MarketCorrelationSchema,
        fails=FAILURES,
        addition=True,
        cost=2,
    )
    def get(self, query: CorrelationRequest) -> CorrelationAnswer:
        """Show how the daily simple returns of assets move together."""
        return services().market_history.history.correlation(query)


@market_history.route("/batch")
class BatchEndpoint(Endpoint):
    """Several questions."""

    @operation(
        "batchMarketData",
        Permission.MARKET_HISTORY_READ,
        body=MarketBatchSchema,
        returns=MarketBatchAnswerSchema,
        addition=True,
        cost=5,
        examples={"two questions": TWO_QUESTIONS},
    )
    def post(self, body: Batch) -> Mapping[str, object]:
        """Answer several questions.

        An item that is wrong has an error in its place, and the others have their answers.
        """
        return {"results": [_result(item) for item in body.requests]}


@market_history.route("/import")
class ImportEndpoint(Endpoint):
    """Imports."""

    @operation(
        "importMarketData",
        Permission.MARKET_HISTORY_WRITE,
        query=ImportQuerySchema,
        body=MarketImportSchema,
        takes=(CSV,),
        returns=MarketImportReportSchema,
        addition=True,
        idempotent=True,
        whole_desk=True,
        weight=lambda body: _rows(body) // ROWS_PER_UNIT,
        examples={"two rows": TWO_ROWS},
        file_examples={"two rows": TWO_LINES},
    )
    def post(self, query: ImportQuery, body: ImportBody | bytes) -> ImportReport:
        """Import daily prices, as rows of JSON or a CSV file with the same columns.

        A row of a day that is stored supersedes the stored one, which stays for whoever asks with an earlier
        known_at. Duplicates, prices that are not above 0 and days in the future are refused, and then nothing
        is stored. Gaps, jumps of more than 40 %, rows out of order and prices outside low and high are
        reported, and stored as they are.
        """
        if isinstance(body, bytes):
            charge(line_count(body) // ROWS_PER_UNIT)
            rows = rows_of_csv(body)
        else:
            rows = body.rows
        asked = ImportRequest(rows, query.source, query.dry_run)
        return services().market_history.imports.load(asked, caller())


@market_history.route("/refresh")
class RefreshEndpoint(Endpoint):
    """Refreshes from an exchange."""

    @operation(
        "getMarketRefresh", Permission.MARKET_HISTORY_READ, returns=MarketRefreshesSchema, addition=True
    )
    def get(self) -> Refreshes:
        """Show what became of the last refresh of each symbol from the exchange."""
        return services().market_history.refreshes.last()

    @operation(
        "refreshMarketData",
        Permission.MARKET_HISTORY_WRITE,
        returns=AskedRefreshSchema,
        fails=(ExchangeOff,),
        addition=True,
        accepted=True,
        idempotent=True,
        whole_desk=True,
        cost=20,
    )
    def post(self) -> AskedRefresh:
        """Fetch the daily bars of all symbols of the exchange, in a job that can be followed and cancelled.

        Days that are over are stored as an import of the exchange's name: new ones, and those that it has
        corrected. Days without a bar are reported and not filled. While a refresh has not ended, the answer
        names its job.
        """
        return services().market_history.refreshes.ask(caller())


def _result(item: BatchItem) -> Mapping[str, object]:
    empty: dict[str, object] = {"type": item.type, **dict.fromkeys((*MarketItemType, "error"))}
    history = services().market_history.history
    try:
        match item.asked:
            case SeriesRequest():
                return {**empty, MarketItemType.HISTORICAL: history.series(item.asked)}
            case LatestRequest():
                return {**empty, MarketItemType.LATEST: history.latest(item.asked)}
            case MetricsRequest():
                return {**empty, MarketItemType.METRICS: history.metrics(item.asked)}
            case None:
                return {**empty, "error": _error(InvalidRequest.of(*_wrong(item)))}
    except FAILURES as error:
        return {**empty, "error": _error(error)}


def _wrong(item: BatchItem) -> list[FieldError]:
    return list(field_errors(item.messages))


def _error(error: AllocatorError) -> Mapping[str, object]:
    return {
        "status": error.status,
        "code": error.code,
        "title": error.title,
        "detail": error.detail,
        "errors": error.errors,
    }
