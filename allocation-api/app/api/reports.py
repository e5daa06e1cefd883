"""Reports over allocations, and an allocation as FIX."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace

from app.api.allocations import allocations
from app.api.kit.context import services
from app.api.kit.csv import CSV, csv_answer
from app.api.kit.operation import Endpoint, operation
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.core.errors import Conflict, DataMissing
from app.core.security import Permission
from app.schemas.reports import (
    AccountFairnessSchema,
    FairnessQuery,
    FairnessQuerySchema,
    FairnessSchema,
    FixQuery,
    FixQuerySchema,
    HistoryLinePageSchema,
    HistoryLineSchema,
    LineFilterSchema,
    LineHistory,
    LineHistorySchema,
    PeriodSchema,
)
from app.services.reports.fix import readable
from app.services.reports.of_record import AllocationDifferent
from app.services.reports.views import FairnessReport, HistoryLine, LineFilter, Period
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
        addition=True,
    )
    def get(self, query: LineHistory) -> Page[HistoryLine] | Response:
        """List what each account was allocated and filled, newest first."""
        if query.format == "csv":
            return _history_as_csv(query.filters)
        history = services().reports.history
        return history.page(query.filters, cursor=query.cursor, limit=query.limit)


@reports.route("/allocation-history.csv")
class AllocationHistoryCsvEndpoint(Endpoint):
    """Lines of allocations, as CSV."""

    @operation(
        "reportAllocationHistoryCsv",
        Permission.REPORTS_READ,
        query=LineFilterSchema,
        addition=True,
        media_type=CSV,
    )
    def get(self, query: LineFilter) -> Response:
        """Give what each account was allocated and filled as CSV, newest first.

        All lines that the filters let pass, as RFC 4180 with the names of the JSON fields as header. Text
        that begins like a spreadsheet's formula has an apostrophe put before it.
        """
        return _history_as_csv(query)


@reports.route("/fairness")
class FairnessEndpoint(Endpoint):
    """Fairness."""

    @operation(
        "reportFairness",
        Permission.REPORTS_READ,
        query=FairnessQuerySchema,
        returns=FairnessSchema,
        addition=True,
    )
    def get(self, query: FairnessQuery) -> FairnessReport | Response:
        """Show what each account got in a period beside its pro-rata share, and how it fared.

        Over the allocations whose order was sent in the period and not refused.
        """
        if query.format == "csv":
            return _fairness_as_csv(query.period)
        return services().reports.fairness.report(query.period)


@reports.route("/fairness.csv")
class FairnessCsvEndpoint(Endpoint):
    """Fairness, as CSV."""

    @operation(
        "reportFairnessCsv",
        Permission.REPORTS_READ,
        query=PeriodSchema,
        addition=True,
        media_type=CSV,
    )
    def get(self, query: Period) -> Response:
        """Give what each account got in a period beside its pro-rata share as CSV, by account id.

        As RFC 4180 with the names of the JSON fields of `accounts` as header. Text that begins like a
        spreadsheet's formula has an apostrophe put before it.
        """
        return _fairness_as_csv(query)


@allocations.route("/<allocation:allocation_id>/fix")
class FixEndpoint(Endpoint):
    """FIX."""

    @operation(
        "getAllocationFix",
        Permission.REPORTS_READ,
        query=FixQuerySchema,
        fails=(*VENDOR_ERRORS, Conflict, AllocationDifferent, DataMissing),
        addition=True,
        media_type="text/plain",
    )
    def get(self, allocation_id: str, query: FixQuery) -> Response:
        """Give a committed allocation as a FIX 4.4 AllocationInstruction (35=J), by Aladdin's present word.

        AllocType (626) is 1, calculated, of what was filled once the order is filled or over, and 2,
        preliminary, of what was ordered and without money before. AllocID (70) is the allocation's id, with
        `-P` after it in a preliminary one. Fields end with SOH; the message's number is 1.
        """
        message = services().reports.fix.message(allocation_id)
        name = f"allocation-{allocation_id}.fix"
        kind = "text/plain; charset=us-ascii"
        if query.readable:
            return Response(readable(message), content_type=kind)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(message, content_type=kind, headers=headers)


def _history_as_csv(filters: LineFilter) -> Response:
    return csv_answer(HistoryLineSchema(), services().reports.history.all(filters), "allocation-history")


def _fairness_as_csv(period: Period) -> Response:
    report = services().reports.fairness.report(period)
    name = f"fairness-{period.date_from}-{period.date_to}"
    return csv_answer(AccountFairnessSchema(), report.accounts, name)
