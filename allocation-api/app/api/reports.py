"""Reports over allocations, and allocations as FIX messages."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request
from flask_restx import Namespace

from app.api.allocations import allocations
from app.api.kit.context import services
from app.api.kit.cors import FIX_MESSAGE_SENT
from app.api.kit.csv import CSV
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tables import TABLES, Table, made, table_answer
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import Conflict, DataMissing
from app.core.security import Permission
from app.schemas.kit.tables import TableFormat
from app.schemas.reports.fairness import (
    AccountFairnessSchema,
    FairnessCsvSchema,
    FairnessQuery,
    FairnessQuerySchema,
    FairnessSchema,
)
from app.schemas.reports.fairness_ledger import (
    AccountLedgerSchema,
    AccountReplaySchema,
    LedgerQuery,
    LedgerQuerySchema,
    LedgerReplaySchema,
    LedgerReportSchema,
    ReplayQuery,
    ReplayQuerySchema,
)
from app.schemas.reports.fix import FixMessagesSchema, FixPage, FixPageSchema, FixQuery, FixQuerySchema
from app.schemas.reports.history import (
    HistoryLinePageSchema,
    HistoryLineSchema,
    LineCsvSchema,
    LineHistory,
    LineHistorySchema,
    LineTable,
)
from app.services.audit.errors import EvidenceBroken
from app.services.reports.fix import readable
from app.services.reports.fix_messages import FixMessage
from app.services.reports.ledger_views import LedgerPeriod, LedgerReplay, LedgerReport
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
        tables=TABLES,
    )
    def get(self, query: LineHistory) -> Page[HistoryLine] | Response:
        """List what each account was allocated, has ordered and got, newest first.

        As JSON a page of lines; as csv or xlsx all lines that the filters let pass, without pages. CSV is RFC
        4180 with the names of the JSON fields as header; text that begins like a spreadsheet's formula has an
        apostrophe put before it. XLSX has a sheet of lines and one of the parameters.
        """
        if query.table.format is not TableFormat.JSON:
            return table_answer(_history_table(query.filters), query.table)
        history = services().reports.history
        return history.page(query.filters, visible(), cursor=query.cursor, limit=query.limit)


@reports.route("/allocation-history.csv")
class AllocationHistoryCsvEndpoint(Endpoint):
    """Lines of allocations, as CSV."""

    @operation(
        "reportAllocationHistoryCsv",
        Permission.REPORTS_READ,
        query=LineCsvSchema,
        addition=True,
        cost=5,
        media_type=CSV,
    )
    def get(self, query: LineTable) -> Response:
        """Give what GET reports/allocation-history gives with format=csv."""
        return table_answer(_history_table(query.filters), query.table)


@reports.route("/fairness")
class FairnessEndpoint(Endpoint):
    """Fairness."""

    @operation(
        "reportFairness",
        Permission.REPORTS_READ,
        query=FairnessQuerySchema,
        returns=FairnessSchema,
        addition=True,
        cost=5,
        tables=TABLES,
    )
    def get(self, query: FairnessQuery) -> FairnessReport | Response:
        """Show what was filled for each account in a period beside what it was entitled to.

        Over the allocations whose order was sent in the period and filled, if only in part. As csv and xlsx a
        line for each account, with the names of the JSON fields of `accounts` as header.
        """
        if query.table.format is not TableFormat.JSON:
            return table_answer(_fairness_table(query.period), query.table)
        return services().reports.fairness.report(query.period, visible())


@reports.route("/fairness.csv")
class FairnessCsvEndpoint(Endpoint):
    """Fairness, as CSV."""

    @operation(
        "reportFairnessCsv",
        Permission.REPORTS_READ,
        query=FairnessCsvSchema,
        addition=True,
        cost=5,
        media_type=CSV,
    )
    def get(self, query: FairnessQuery) -> Response:
        """Give what GET reports/fairness gives with format=csv."""
        return table_answer(_fairness_table(query.period), query.table)


@reports.route("/fairness-ledger")
class FairnessLedgerEndpoint(Endpoint):
    """The fairness ledger."""

    @operation(
        "reportFairnessLedger",
        Permission.REPORTS_READ,
        query=LedgerQuerySchema,
        returns=LedgerReportSchema,
        addition=True,
        cost=5,
        tables=TABLES,
    )
    def get(self, query: LedgerQuery) -> LedgerReport | Response:
        """Show what each account was entitled to and received over a period, and what it is owed.

        By the fairness ledger: each order counts on its business date with what came of it in the end, by the
        policy that its preview names. Balances are of one ledger, that is of one set of groups and side. As
        csv and xlsx a line for each account, with the names of the JSON fields of `accounts` as header.
        """
        report = services().reports.ledger.report(query.period, visible())
        if query.table.format is TableFormat.JSON:
            return report
        return table_answer(_ledger_table(report), query.table)


@reports.route("/fairness-ledger/replay")
class FairnessReplayEndpoint(Endpoint):
    """The orders of a period by another rule."""

    @operation(
        "reportFairnessReplay",
        Permission.REPORTS_READ,
        query=ReplayQuerySchema,
        returns=LedgerReplaySchema,
        addition=True,
        cost=10,
        tables=TABLES,
    )
    def get(self, query: ReplayQuery) -> LedgerReplay | Response:
        """Split the orders of a period again by another rule, and show what accounts would have received.

        Each order is computed from its stored snapshot, with balances that run along from those at the
        beginning of the period. What it gave in all, and the entitlements to it, are as recorded. Stored
        weights, and bases other than NAV, are instructions and keep their split.
        """
        replay = services().reports.ledger.replay(query.period, query.rule, visible())
        if query.table.format is TableFormat.JSON:
            return replay
        return table_answer(_replay_table(replay), query.table)


@allocations.route("/<allocation:allocation_id>/fix")
class FixEndpoint(Endpoint):
    """FIX."""

    @operation(
        "getAllocationFix",
        Permission.REPORTS_READ,
        query=FixQuerySchema,
        fails=(*VENDOR_ERRORS, Conflict, AllocationDifferent, EvidenceBroken, DataMissing),
        addition=True,
        media_type="text/plain",
    )
    def get(self, allocation_id: str, query: FixQuery) -> Response:
        """Give a committed allocation as a FIX 4.4 AllocationInstruction (35=J), by Aladdin's present word.

        AllocType (626) is 1, calculated, of what was filled once the order is filled or over, and 2,
        preliminary, of what was ordered and without money before. The message leaves: it is kept, audited
        and listed in `fix/messages`. While nothing has changed, the same message is given again, to the
        byte; after a change, one with an AllocID (70) of its own, which replaces (71=1) the one in
        RefAllocID (72), or cancels it (71=2) when the order ended before any fill.

        With `readable=true` it is a look, which keeps nothing: a message that has not left says so in Text
        (58). The header `Fix-Message-Sent` says true or false. Fields end with SOH; the message's number
        is 1.
        """
        fix = services().reports.fix
        if query.readable or request.method == "HEAD":
            return _fix_answer(fix.look(allocation_id, visible()), query)
        return _fix_answer(
            fix.send(allocation_id, caller(), visible()), query, f"allocation-{allocation_id}.fix"
        )


@allocations.route("/<allocation:allocation_id>/fix/messages")
class FixMessagesEndpoint(Endpoint):
    """FIX messages that left."""

    @operation(
        "listAllocationFixMessages",
        Permission.REPORTS_READ,
        query=FixPageSchema,
        returns=FixMessagesSchema,
        addition=True,
    )
    def get(self, allocation_id: str, query: FixPage) -> Page[FixMessage]:
        """List the FIX messages of an allocation that left, newest first."""
        return services().reports.fix.list(allocation_id, visible(), cursor=query.cursor, limit=query.limit)


@allocations.route("/<allocation:allocation_id>/fix/messages/<message_id>")
class FixMessageEndpoint(Endpoint):
    """One FIX message that left."""

    @operation(
        "getAllocationFixMessage",
        Permission.REPORTS_READ,
        query=FixQuerySchema,
        fails=(EvidenceBroken,),
        addition=True,
        media_type="text/plain",
    )
    def get(self, allocation_id: str, message_id: str, query: FixQuery) -> Response:
        """Give a FIX message as it left, by its AllocID (70)."""
        message = services().reports.fix.get(allocation_id, message_id, visible())
        return _fix_answer(message, query, f"allocation-{message_id}.fix")


def _fix_answer(found: FixMessage, query: FixQuery, name: str | None = None) -> Response:
    headers = {FIX_MESSAGE_SENT: "true" if found.is_sent else "false"}
    if query.readable:
        text = readable(found.message)
        return Response(text, headers=headers, content_type="text/plain; charset=us-ascii")
    if name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(found.message, headers=headers, content_type="text/plain; charset=us-ascii")


def _history_table(filters: LineFilter) -> Table:
    """Return the allocation history by account."""
    return Table(
        "allocation-history",
        "Allocation history",
        HistoryLineSchema(),
        services().reports.history.all(filters, visible()),
        {
            "Report": "Allocation history by account, newest first",
            "Account": filters.account_id,
            "Allocation": filters.allocation_id,
            "First business date": filters.date_from,
            "Last business date": filters.date_to,
            "Security": filters.security_id,
            "Status": filters.status,
            **made(),
        },
    )


def _fairness_table(period: Period) -> Table:
    """Return a fairness report, a line for each account."""
    report = services().reports.fairness.report(period, visible())
    return Table(
        f"fairness-{period.date_from}-{period.date_to}",
        "Fairness",
        AccountFairnessSchema(),
        report.accounts,
        {
            "Report": "What was filled for each account beside what it was entitled to",
            "First business date": period.date_from,
            "Last business date": period.date_to,
            "Portfolio group": period.group_id,
            "Side": period.side,
            "Method": period.method,
            "Weight": "Of accounts that could have taken something: by the policy, before the ledger NAV",
            **_counts(report),
            **made(),
        },
    )


def _ledger_table(report: LedgerReport) -> Table:
    """Return a report on the fairness ledger, a line for each account."""
    greatest = report.greatest_pieces
    return Table(
        f"fairness-ledger-{report.period.date_from}-{report.period.date_to}",
        "Fairness ledger",
        AccountLedgerSchema(),
        report.accounts,
        {
            "Report": "What each account was entitled to and received, and what it is owed",
            **_ledger_period(report.period),
            "Policies": "; ".join(f"{p.policy_id} (version {p.version})" for p in report.policies),
            "Orders": report.orders,
            "Of these provisional": report.provisional,
            "Left out, nothing filled": report.not_filled,
            "Left out, older than the ledger": report.before_ledger,
            "Greatest balance in face": report.greatest_quantity.quantity,
            "Greatest balance in minimum pieces": greatest.pieces,
            "Sum of balances": report.balance_sum,
            "Balances that are not the sums of their entries": len(report.breaks),
            **made(),
        },
    )


def _replay_table(replay: LedgerReplay) -> Table:
    """Return the orders of a period by another rule, a line for each account."""
    return Table(
        f"fairness-replay-{replay.period.date_from}-{replay.period.date_to}",
        "Fairness replay",
        AccountReplaySchema(),
        replay.accounts,
        {
            "Report": replay.message,
            **_ledger_period(replay.period),
            "Rule": replay.rule,
            "Fairness weight": replay.fairness_weight,
            "Orders": replay.orders,
            "Of these split again": replay.recomputed,
            "Of these kept as instructed": replay.kept,
            "Of these that the rule cannot split": len(replay.not_recomputed),
            "Left out, older than the ledger": replay.before_ledger,
            **made(),
        },
    )


def _ledger_period(period: LedgerPeriod) -> Mapping[str, object]:
    return {
        "First business date": period.date_from,
        "Last business date": period.date_to,
        "Portfolio group": period.group_id,
        "Side": period.side,
    }


def _counts(report: FairnessReport) -> Mapping[str, object]:
    return {
        "Allocations": report.allocations,
        "Of these provisional": report.provisional,
        "Of these not comparable": report.not_comparable,
        "Left out, nothing filled": report.not_filled,
        "Left out, fills not known": report.not_known,
        "Asked quantity": report.asked_quantity,
        "Filled quantity": report.filled_quantity,
        "Allocations with a first-day gain": report.gains.gained,
        "Allocations with a first-day price": report.gains.known,
    }
