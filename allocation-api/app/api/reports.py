"""Reports over allocations."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace

from app.api.context import services
from app.api.csv_answers import CSV, csv_answer
from app.api.operation import Endpoint, operation
from app.core.security import Permission
from app.schemas.reports import (
    AccountFairnessSchema,
    FairnessQuery,
    FairnessQuerySchema,
    FairnessSchema,
    HistoryLinePageSchema,
    HistoryLineSchema,
    LineHistory,
    LineHistorySchema,
)
from app.services.reports.views import FairnessReport, HistoryLine
from app.utils.paging import Page

reports = Namespace("reports", "What was allocated to whom, and how fairly", path="/reports")


@reports.route("/allocation-history")
class AllocationHistoryEndpoint(Endpoint):
    """Lines of allocations."""

    @operation(
        "reportAllocationHistory",
        Permission.REPORTS_READ,
        query=LineHistorySchema,
        returns=HistoryLinePageSchema,
        also=(CSV,),
        addition=True,
    )
    def get(self, query: LineHistory) -> Page[HistoryLine] | Response:
        """List what each account was allocated and filled, newest first.

        As CSV it holds all lines that the filters let pass; `cursor` and `limit` are for JSON.
        """
        history = services().reports.history
        if query.format == "csv":
            return csv_answer(HistoryLineSchema(), history.all(query.filters), "allocation-history")
        return history.page(query.filters, cursor=query.cursor, limit=query.limit)


@reports.route("/fairness")
class FairnessEndpoint(Endpoint):
    """Fairness."""

    @operation(
        "reportFairness",
        Permission.REPORTS_READ,
        query=FairnessQuerySchema,
        returns=FairnessSchema,
        also=(CSV,),
        addition=True,
    )
    def get(self, query: FairnessQuery) -> FairnessReport | Response:
        """Show what each account got in a period beside its pro-rata share, and how it fared.

        Over the allocations whose order was sent in the period and not refused. As CSV it holds the accounts.
        """
        report = services().reports.fairness.report(query.period)
        if query.format == "csv":
            name = f"fairness-{query.period.date_from}-{query.period.date_to}"
            return csv_answer(AccountFairnessSchema(), report.accounts, name)
        return report
