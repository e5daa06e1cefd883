"""Gauges of what the database holds, read when Prometheus asks: they are the same for all processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StateGauge:
    """Gauge of what the database holds; `read` returns its values by label, that of "" without a label."""

    name: str
    help: str
    read: Callable[[Session], Mapping[str, float]]
    label: str | None = None


class StateCollector(Collector):
    """Reads the gauges of the database when Prometheus asks, in one session.

    A database that fails is a gauge of 0 and never an error: the other metrics are still read.
    """

    def __init__(self, database: Database, gauges: Sequence[StateGauge]) -> None:
        self._database = database
        self._gauges = tuple(gauges)

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        found: list[Metric] = []
        is_up = True
        try:
            with self._database.read() as session:
                found = [_family(gauge, gauge.read(session)) for gauge in self._gauges]
        except SQLAlchemyError as error:
            log.warning("the state of the desk was not read", exc_info=error)
            is_up = False
        yield GaugeMetricFamily("allocator_database_up", "1 while the database answers.", value=float(is_up))
        yield from found


def _family(gauge: StateGauge, values: Mapping[str, float]) -> Metric:
    if gauge.label is None:
        return GaugeMetricFamily(gauge.name, gauge.help, value=values[""])
    family = GaugeMetricFamily(gauge.name, gauge.help, labels=[gauge.label])
    for value, amount in values.items():
        family.add_metric([value], amount)
    return family
