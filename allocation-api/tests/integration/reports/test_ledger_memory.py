"""How much memory reports on the ledger take for the orders that came before their period."""

from __future__ import annotations

import tracemalloc
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.services.reports.ledger_reports import LedgerReports
from app.services.reports.ledger_views import LedgerPeriod
from app.services.visibility.visibility import EVERYTHING
from tests.support.builders import account, inputs, security
from tests.support.databases import migrated
from tests.support.fairness import LedgerDesk

ACCOUNTS = {f"{number:03}": Decimal(1_000) for number in range(60)}


def peak_of_report(desk):
    """The most memory in bytes that a report takes, in which all orders come before the period."""
    reports = LedgerReports(desk.database, desk.policies, ZoneInfo("America/New_York"))
    tracemalloc.start()
    try:
        report = reports.report(LedgerPeriod(date(2026, 4, 1), date(2026, 12, 31)), EVERYTHING)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (report.orders, len(report.accounts)) == (0, len(ACCOUNTS))
    return peak


def test_years_of_orders_take_the_memory_of_a_few(tmp_path):
    """R15.7"""
    database = migrated(f"sqlite:///{tmp_path / 'ledger.db'}")
    desk = LedgerDesk(database)
    weights = {account: Decimal(1 + number) for number, account in enumerate(ACCOUNTS)}
    made_of = inputs([account("000")], bond=security())
    orders = 0
    peaks = []
    for many in (60, 240):
        while orders < many:
            desk.commit(f"o{orders}", ACCOUNTS, weights, made_of=made_of)
            orders += 1
        peak_of_report(desk)  # caches
        peaks.append(peak_of_report(desk))
    database.close()
    assert peaks[1] < 2 * peaks[0]
