"""Reads of market history: series, the last day, measures and correlations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import MappingProxyType

import numpy as np
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import FieldError
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.kernels.risk import Panel, drawdown, losses, relative
from app.services.market_history import crypto_universe, measures, store, universe
from app.services.market_history.bars import CLOSE, HIGH, LOW, OPEN, VOLUME, Bars, Days
from app.services.market_history.errors import ConstantPrice, TooFewPrices, UnknownAsset, measurable
from app.services.market_history.series import (
    Common,
    common,
    dates_of,
    filled_forward,
    in_periods,
    listed,
    returns_of,
)
from app.services.market_history.store import Known
from app.services.market_history.types import (
    Asset,
    CorrelationAnswer,
    CorrelationMethod,
    CorrelationRequest,
    FillMethod,
    Latest,
    LatestAnswer,
    LatestField,
    LatestRequest,
    MarketMetric,
    MarketMetrics,
    MarketPeriod,
    Matrix,
    Metrics,
    MetricsAnswer,
    MetricsRequest,
    SampleMetadata,
    Series,
    SeriesAnswer,
    SeriesField,
    SeriesMetadata,
    SeriesRequest,
)
from app.utils.words import counted, nearest

MIN_RETURNS = 2
"""Returns without which there is no sample standard deviation."""

_COLUMNS = {
    SeriesField.PRICES: CLOSE,
    SeriesField.VOLUMES: VOLUME,
    SeriesField.OPENS: OPEN,
    SeriesField.HIGHS: HIGH,
    SeriesField.LOWS: LOW,
}


class MarketHistory:
    """Reads market history. With `demo` an empty one has the demo universe once it is first read."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock, *, demo: bool) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._demo = demo

    def assets(self) -> list[Asset]:
        """Return the assets that have prices."""
        self._fill_empty()
        with self._database.read() as session:
            return store.assets(session)

    def last_import_at(self) -> datetime | None:
        """Return when the last import arrived, up to which all is known; None without any."""
        self._fill_empty()
        with self._database.read() as session:
            return store.last_import_at(session)

    def series(self, asked: SeriesRequest) -> SeriesAnswer:
        """Return series of assets.

        Raises
        ------
        UnknownAsset
            Naming each asset of which nothing was known.
        """
        found = self.known(asked.assets, asked.known_at)
        calendar = np.unique(np.concatenate([each.bars.days for each in found.values()]))
        data = {symbol: _series(each.bars, asked, calendar) for symbol, each in found.items()}
        dates = [day for each in data.values() for day in (each.dates[:1] + each.dates[-1:])]
        metadata = SeriesMetadata(
            asked.frequency,
            store.sources_of(found.values()),
            store.last_arrival(found.values()),
            sum(len(each.dates) for each in data.values()),
            (max(dates) - min(dates)).days + 1 if dates else 0,
        )
        return SeriesAnswer(data, metadata)

    def latest(self, asked: LatestRequest) -> LatestAnswer:
        """Return the last day of assets; the return is the simple one from the day before that has a price.

        Raises
        ------
        UnknownAsset
            Naming each asset of which nothing was known.
        """
        found = self.known(asked.assets, asked.known_at)
        return LatestAnswer({symbol: _latest(each.bars, asked.fields) for symbol, each in found.items()})

    def metrics(self, asked: MetricsRequest) -> MetricsAnswer:
        """Return measures of assets, on the days on which all of them and the benchmark have a price.

        Raises
        ------
        UnknownAsset, TooFewPrices, ConstantPrice, NotMeasurable
            Naming the assets.
        """
        named = dict.fromkeys((*asked.assets, *([asked.benchmark] if asked.benchmark else ())))
        found, sample, panel = self._sample(tuple(named), asked.period, asked.known_at)
        with measurable(lambda _: "assets"):
            return _metrics(asked, found, sample, panel)

    def correlation(self, asked: CorrelationRequest) -> CorrelationAnswer:
        """Return the correlations of assets, on the days on which all of them have a price.

        Raises
        ------
        UnknownAsset, TooFewPrices, ConstantPrice, NotMeasurable
            Naming the assets.
        """
        found, sample, panel = self._sample(asked.assets, asked.period, asked.known_at)
        with measurable(lambda _: "assets"):
            matrix = _matrix(panel, asked.method)
        return CorrelationAnswer(matrix, asked.method, _metadata(found, sample))

    def known(
        self,
        assets: tuple[str, ...],
        known_at: datetime | None,
        fields: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, Known]:
        """Return the bars of assets as they were known at a moment, by default now.

        `fields` are where assets stand in the request, those that do not stand in `assets`.

        Raises
        ------
        UnknownAsset
            Naming each asset of which nothing was known.
        """
        found = self.found(assets, known_at)
        if len(found) < len(assets):
            with self._database.read() as session:
                every = store.symbols(session)
            missing = [asset for asset in assets if asset not in found]
            errors = [
                FieldError(fields.get(asset, "assets"), _unknown(asset, every, known_at)) for asset in missing
            ]
            raise UnknownAsset(" ".join(each.message for each in errors), errors=errors)
        return {asset: found[asset] for asset in assets}

    def found(self, assets: Collection[str], known_at: datetime | None) -> dict[str, Known]:
        """Return the same; assets of which nothing was known are left out."""
        self._fill_empty()
        with self._database.read() as session:
            return store.known(session, assets, known_at)

    def _sample(
        self, assets: tuple[str, ...], period: MarketPeriod, known_at: datetime | None
    ) -> tuple[dict[str, Known], Common, Panel]:
        found = self.known(assets, known_at)
        sample = common({symbol: each.bars for symbol, each in found.items()}, period)
        if len(sample.days) <= MIN_RETURNS:
            days = counted(len(sample.days), "day")
            raise TooFewPrices(
                f"All of {', '.join(assets)} have a price on {days} of this period. At least "
                f"{MIN_RETURNS + 1} are needed. Ask for a longer period, or leave out an asset with few days."
            )
        with measurable(lambda _: "assets"):
            panel = Panel.of(returns_of(sample.prices), assets)
        constant = measures.constant_columns(panel.returns)
        if constant:
            names = [assets[at] for at in constant]
            errors = [FieldError("assets", f"The returns of {name} do not vary.") for name in names]
            raise ConstantPrice(
                f"The returns of {', '.join(names)} do not vary in this period.", errors=errors
            )
        return found, sample, panel

    def _fill_empty(self) -> None:
        if not self._demo:
            return
        with self._database.read() as session:
            empty = store.is_empty(session)
        if empty:
            self._database.retried(self._load_demo)
        self._demo = False

    def _load_demo(self, session: Session) -> None:
        store.lock(session)
        if not store.is_empty(session):
            return
        now = self._clock()
        bars = universe.generate(now.date()) | crypto_universe.generate(now.date())
        count = sum(len(each.days) for each in bars.values())
        arrival = store.add(session, store.NewImport(universe.SOURCE, "system", count, count, 0, bars), now)
        self._audit.record_system(
            session,
            Action.MARKET_DATA_IMPORTED,
            EntityType.MARKET_DATA,
            arrival.import_id,
            after={"source": universe.SOURCE, "symbols": list(bars), "row_count": count},
        )


def _series(bars: Bars, asked: SeriesRequest, calendar: Days) -> Series:
    filled: Days = np.empty(0, np.int32)
    if asked.fill is FillMethod.FORWARD:
        bars, filled = filled_forward(bars, calendar)
    window = bars.between(asked.start_date, asked.end_date)
    shown = in_periods(window, asked.frequency)
    columns = {
        field: listed(shown.values[column]) for field, column in _COLUMNS.items() if field in asked.fields
    }
    if SeriesField.RETURNS in asked.fields:
        changes = listed(returns_of(shown.closes, asked.return_type))
        columns[SeriesField.RETURNS] = [None, *changes] if len(shown.days) else []
    inside = filled[np.isin(filled, window.days)]
    named = {field.value: columns.get(field) for field in SeriesField}
    return Series(dates=dates_of(shown.days), filled=dates_of(inside), **named)


def _latest(bars: Bars, fields: tuple[LatestField, ...]) -> Latest:
    values: dict[LatestField, float | None] = {LatestField.PRICE: float(bars.closes[-1])}
    values[LatestField.VOLUME] = listed(bars.values[VOLUME, -1:])[0]
    if len(bars.days) > 1:
        values[LatestField.RETURN] = listed(returns_of(bars.closes[-2:]))[0]
    shown = (values.get(field) if field in fields else None for field in LatestField)
    return Latest(dates_of(bars.days[-1:])[0], *shown)


def _metrics(
    asked: MetricsRequest, found: Mapping[str, Known], sample: Common, panel: Panel
) -> MetricsAnswer:
    count, periods, rate = len(asked.assets), asked.periods_per_year, asked.risk_free_rate
    own = Panel(panel.returns[:, :count], asked.assets)
    market = own.returns.mean(axis=1)
    if asked.benchmark is not None:
        market = panel.returns[:, panel.assets.index(asked.benchmark)]
    if measures.constant_columns(market[:, np.newaxis]):
        raise ConstantPrice("The returns of the market do not vary in this period, so that there is no beta.")
    of: Mapping[MarketMetric, Callable[[measures.Array], float]] = {
        MarketMetric.VOLATILITY: lambda returns: losses.volatility(returns, periods),
        MarketMetric.SHARPE_RATIO: lambda returns: relative.sharpe(returns, periods, rate / periods),
        MarketMetric.BETA: lambda returns: relative.beta(returns, market),
        MarketMetric.VAR_95: losses.historical_var,
        MarketMetric.MAX_DRAWDOWN: lambda returns: drawdown.maximum(returns).depth,
    }
    data = {
        symbol: Metrics(*(of[each](returns) if each in asked.metrics else None for each in MarketMetric))
        for symbol, returns in zip(asked.assets, own.returns.T, strict=True)
    }
    together = MarketMetrics(
        _matrix(own, CorrelationMethod.PEARSON), losses.volatility(market, periods), rate
    )
    return MetricsAnswer(data, together, _metadata(found, sample))


def _matrix(panel: Panel, method: CorrelationMethod) -> Matrix:
    assets, rows = panel.assets, measures.correlation(panel, method).tolist()
    return {symbol: dict(zip(assets, row, strict=True)) for symbol, row in zip(assets, rows, strict=True)}


def _metadata(found: Mapping[str, Known], sample: Common) -> SampleMetadata:
    first, last = dates_of(sample.days[[0, -1]])
    return SampleMetadata(
        first,
        last,
        len(sample.days) - 1,
        sample.left_out,
        store.sources_of(found.values()),
        store.last_arrival(found.values()),
    )


def _unknown(asset: str, every: tuple[str, ...], known_at: datetime | None) -> str:
    if asset in every:
        return f"Nothing was known of {asset} at {known_at}."
    close = nearest(asset, every)
    hint = f" Did you mean {close}?" if close else " Import its prices first."
    return f"There are no prices of {asset}.{hint}"
