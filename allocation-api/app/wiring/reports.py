"""Reports on committed allocations, and the job that stores first-day prices for them."""

from __future__ import annotations

from app.core.jobs.embedded import Job, Where
from app.services.ops.health import DataMode
from app.services.reports.account_ledger import AccountLedgers
from app.services.reports.committed import FairnessService
from app.services.reports.first_day import FirstDayPrices
from app.services.reports.fix_messages import FixMessages
from app.services.reports.history import HistoryReport
from app.services.reports.ledger_reports import LedgerReports
from app.services.reports.sheet import AllocationSheets
from app.wiring.container import Reports, Room, Services

PRICE_SECONDS = 900
"""Period of the job that stores first-day prices."""


def build(house: Services) -> Room[Reports]:
    """Build the reports and their job."""
    aladdin = house.aladdin
    first_day = FirstDayPrices(
        house.database,
        house.audit,
        aladdin.book.positions,
        aladdin.business_date,
        least_days=1 if aladdin.mode is DataMode.MOCK else 0,
    )
    return Room(
        Reports(
            history=HistoryReport(house.database, house.clock, house.settings.zone),
            fairness=FairnessService(house.database, house.settings.zone),
            ledger=LedgerReports(house.database, house.fairness.policies, house.settings.zone),
            accounts=AccountLedgers(
                house.database, house.fairness.policies, house.fairness.ledger, aladdin.business_date
            ),
            sheets=AllocationSheets(house.database, house.clock),
            fix=FixMessages(
                house.database,
                house.audit,
                house.clock,
                house.settings.reports,
                sync=house.trading.orders.sync,
            ),
        ),
        jobs=(Job("first-day-prices", PRICE_SECONDS, first_day.store, Where.SCHEDULE),),
    )
