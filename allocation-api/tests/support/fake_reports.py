"""Reports that answer from samples and keep what they were asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.errors import NotFound
from app.services.reports.views import FairnessReport, HistoryLine, LineFilter, Period
from app.utils.paging import Page
from tests.support.samples import FAIRNESS, LINES


@dataclass
class FakeHistory:
    """Two lines, one with text that a spreadsheet would take for a formula."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def page(self, filters: LineFilter, *, cursor: str | None, limit: int) -> Page[HistoryLine]:
        self.asked.append((filters, cursor, limit))
        return Page(LINES, "bmV4dA==")

    def all(self, filters: LineFilter) -> Iterator[HistoryLine]:
        self.asked.append((filters,))
        yield from LINES


@dataclass
class FakeFairness:
    """One account."""

    asked: list[Period] = field(default_factory=list)

    def report(self, period: Period) -> FairnessReport:
        self.asked.append(period)
        return replace(FAIRNESS, period=period)


@dataclass
class FakeFix:
    """One message."""

    def message(self, allocation_id: str) -> bytes:
        if allocation_id != "alloc-1":
            raise NotFound(f"There is no allocation {allocation_id}")
        return b"8=FIX.4.4\x019=5\x0135=J\x0110=001\x01"
