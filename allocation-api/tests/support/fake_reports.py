"""Reports that answer from samples and keep what they were asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from app.core.errors import NotFound
from app.services.domain.caller import Caller
from app.services.reports.fairness_replay import Rule
from app.services.reports.fix import AllocTransType, AllocType
from app.services.reports.fix_messages import FixMessage
from app.services.reports.ledger_views import LedgerPeriod, LedgerReplay, LedgerReport
from app.services.reports.views import FairnessReport, HistoryLine, LineFilter, Period
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page
from tests.support.ledger_samples import LEDGER_REPLAY, LEDGER_REPORT
from tests.support.samples import FAIRNESS, LINES

SENT_AT = datetime(2026, 7, 1, 15, tzinfo=UTC)
FIX_MESSAGE = FixMessage(
    alloc_id="alloc-1-1",
    sequence=None,
    trans_type=AllocTransType.NEW,
    alloc_type=AllocType.PRELIMINARY,
    replaces=None,
    sent_at=None,
    sent_by=None,
    sha256="0" * 64,
    message=b"8=FIX.4.4\x019=5\x0135=J\x0110=001\x01",
)


@dataclass
class FakeHistory:
    """Two lines, one with text that a spreadsheet would take for a formula."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def page(
        self, filters: LineFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[HistoryLine]:
        self.asked.append((filters, cursor, limit))
        return Page(LINES, "bmV4dA==")

    def all(self, filters: LineFilter, visible: Visibility) -> Iterator[HistoryLine]:
        self.asked.append((filters,))
        yield from LINES


@dataclass
class FakeFairness:
    """One account."""

    asked: list[Period] = field(default_factory=list)

    def report(self, period: Period, visible: Visibility) -> FairnessReport:
        self.asked.append(period)
        return replace(FAIRNESS, period=period)


class FakeFix:
    """One message, which leaves when it is asked for."""

    def send(self, allocation_id: str, caller: Caller, visible: Visibility) -> FixMessage:
        return replace(
            self.look(allocation_id, visible), sequence=1, sent_at=SENT_AT, sent_by=caller.username
        )

    def look(self, allocation_id: str, visible: Visibility) -> FixMessage:
        if allocation_id != "alloc-1":
            raise NotFound(f"There is no allocation {allocation_id}")
        return FIX_MESSAGE

    def list(
        self, allocation_id: str, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[FixMessage]:
        return Page((self.get(allocation_id, "alloc-1-1", visible),), None)

    def get(self, allocation_id: str, alloc_id: str, visible: Visibility) -> FixMessage:
        if alloc_id != "alloc-1-1":
            raise NotFound(f"There is no FIX message {alloc_id}")
        return replace(self.look(allocation_id, visible), sequence=1, sent_at=SENT_AT, sent_by="anna")


@dataclass
class FakeLedger:
    """One account in one ledger, with every kind of order that left it out, and no orders to split again."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def report(self, period: LedgerPeriod, visible: Visibility) -> LedgerReport:
        self.asked.append((period,))
        return replace(LEDGER_REPORT, period=period)

    def replay(self, period: LedgerPeriod, rule: Rule, visible: Visibility) -> LedgerReplay:
        self.asked.append((period, rule))
        return replace(LEDGER_REPLAY, period=period, rule=rule.mode, fairness_weight=rule.fairness_weight)
