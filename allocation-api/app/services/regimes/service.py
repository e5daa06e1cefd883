"""The regime of today and those of the past, classified anew from the bars that were known at a moment."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from app.core.clock import Clock
from app.core.errors import FieldError, InvalidRequest
from app.services.kernels.regimes.classifier import classify, reasons, transitions
from app.services.kernels.regimes.types import Classification, Reason, Regime, Thresholds
from app.services.kernels.regimes.volatility import annualised
from app.services.market_history.service import MarketHistory
from app.services.regimes.market import MarketRead, read
from app.services.regimes.record import record_of
from app.services.regimes.types import (
    DEFAULT_DAYS,
    MAX_DAYS,
    RegimeChange,
    RegimeFeatures,
    RegimeHistory,
    RegimeHistoryRequest,
    RegimeRecord,
    RegimeRecordRequest,
    RegimeStatus,
    RegimeStatusRequest,
    ShownReason,
    ShownThresholds,
)
from app.services.regimes.words import NAMES, words


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Bars and their classification; bar i of both is of day i."""

    read: MarketRead
    classified: Classification

    def shown_reasons(self, bar: int) -> list[ShownReason]:
        return [_shown(reason) for reason in reasons(self.classified, bar)]


class RegimeService:
    """Tells regimes. Nothing is stored: the same bars and thresholds have the same regimes."""

    def __init__(
        self, history: MarketHistory, thresholds: Thresholds, bars_per_year: int, clock: Clock
    ) -> None:
        self._history = history
        self._thresholds = thresholds
        self._bars_per_year = bars_per_year
        self._clock = clock

    def status(self, asked: RegimeStatusRequest) -> RegimeStatus:
        """Return the regime at the close of the last bar that was known.

        Raises
        ------
        UnknownAsset, TooFewPrices, UnusableBars
            When the bars do not serve.
        """
        found = self._classified(asked.known_at)
        told, dates = found.classified.regimes, found.read.dates
        last = len(dates) - 1
        first = last
        while first and told[first - 1] is told[last]:
            first -= 1
        return RegimeStatus(
            dates[last],
            ((asked.known_at or self._clock()).date() - dates[last]).days,
            told[last],
            NAMES[told[last]],
            float(found.classified.confidence[last]),
            dates[first],
            last - first + 1,
            found.classified.raw[last],
            found.shown_reasons(last),
            self._features(found.classified, last),
            self._shown_thresholds(),
            found.read.data,
        )

    def history(self, asked: RegimeHistoryRequest) -> RegimeHistory:
        """Return the regimes of days; each is known at the close of its day, and trades the next one.

        Raises
        ------
        InvalidRequest
            For more than MAX_DAYS days.
        UnknownAsset, TooFewPrices, UnusableBars
            When the bars do not serve.
        """
        found = self._classified(asked.known_at)
        dates, told = found.read.dates, found.classified.regimes
        end = asked.end_date or dates[-1]
        # No day is before the first one that there is: date.min has none a year earlier.
        start = asked.start_date or max(end, dates[0]) - timedelta(DEFAULT_DAYS - 1)
        places = [at for at, day in enumerate(dates) if start <= day <= end]
        if len(places) > MAX_DAYS:
            text = f"There are {len(places):,} days from here to {end}: at most {MAX_DAYS:,} are answered."
            raise InvalidRequest.of(FieldError("start_date", text))
        shown = [told[at] for at in places]
        counts = transitions(shown).tolist()
        return RegimeHistory(
            [dates[at] for at in places],
            [float(found.read.bars.total.closes[at]) for at in places],
            [regime.value for regime in shown],
            [told[at - 1].value if at else None for at in places],
            [float(found.classified.confidence[at]) for at in places],
            [[each.text for each in found.shown_reasons(at)] for at in places],
            [
                RegimeChange(
                    dates[at],
                    told[before],
                    told[at],
                    float(found.classified.confidence[at]),
                    found.shown_reasons(at),
                )
                for before, at in pairwise(places)
                if told[before] is not told[at]
            ],
            {
                before.value: dict(zip((each.value for each in Regime), row, strict=True))
                for before, row in zip(Regime, counts, strict=True)
            },
            {each.value: shown.count(each) / len(shown) if shown else 0.0 for each in Regime},
            self._shown_thresholds(),
            found.read.data,
        )

    def record(self, asked: RegimeRecordRequest) -> RegimeRecord:
        """Return what holding by regimes has made of money on days, against what needs no regime.

        Raises
        ------
        UnknownAsset, TooFewPrices, UnusableBars, NotMeasurable
            When the bars do not serve, or there are too few days.
        """
        found = self._classified(asked.known_at)
        return record_of(found.read, found.classified.regimes, asked, self._bars_per_year)

    def _classified(self, known_at: datetime | None) -> _Found:
        market = read(self._history, known_at)
        return _Found(market, classify(market.bars, self._thresholds))

    def _features(self, classified: Classification, bar: int) -> RegimeFeatures:
        at = classified.features.at(bar)
        volatility = float(annualised(at.pop("volatility") ** 2, self._bars_per_year))
        return RegimeFeatures(*(each if math.isfinite(each) else None for each in (volatility, *at.values())))

    def _shown_thresholds(self) -> ShownThresholds:
        return ShownThresholds(**asdict(self._thresholds))


def _shown(reason: Reason) -> ShownReason:
    value = reason.value if math.isfinite(reason.value) else None
    return ShownReason(reason.kind, value, reason.threshold, reason.bars, words(reason))
