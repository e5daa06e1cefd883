"""Checks of drift, their history, and what moved it."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tables import TABLES, Table, made, table_answer
from app.api.kit.tokens import caller
from app.api.kit.visibility import visible
from app.core.errors import DataMissing, NotFound
from app.core.security import Permission
from app.schemas.drift.history import (
    AskedCheckSchema,
    AttributionOfAccountSchema,
    AttributionSchema,
    DriftHistorySchema,
    DriftLinePageSchema,
    DriftLineQuery,
    DriftLineSchema,
)
from app.schemas.kit.tables import TableFormat
from app.services.drift.history_types import (
    AccountAttribution,
    AskedCheck,
    AttributionQuery,
    DriftFilter,
    DriftLine,
)
from app.utils.paging import Page

drift_history = Namespace("drift-history", "What drift was, and what moved it", path="/drift")


@drift_history.route("/checks")
class DriftChecksEndpoint(Endpoint):
    """Checks of drift."""

    @operation(
        "checkDrift",
        Permission.ALLOCATIONS_PREVIEW,
        returns=AskedCheckSchema,
        addition=True,
        accepted=True,
        idempotent=True,
        cost=20,
    )
    def post(self) -> AskedCheck:
        """Ask for a check of drift now: a snapshot of each account and group with targets that you may see.

        It is kept beside those of the scheduled checks, as REQUESTED.
        """
        return services().drift.checks.ask(caller(), visible())


@drift_history.route("/history")
class DriftHistoryEndpoint(Endpoint):
    """The history of drift."""

    @operation(
        "listDriftHistory",
        Permission.PORTFOLIOS_READ,
        query=DriftHistorySchema,
        returns=DriftLinePageSchema,
        addition=True,
        tables=TABLES,
    )
    def get(self, query: DriftLineQuery) -> Page[DriftLine] | Response:
        """List what checks kept of accounts and groups, a line for each class or metric, newest first.

        As csv or xlsx all lines that the filters let pass, with the names of the JSON fields as header.
        """
        if query.table.format is not TableFormat.JSON:
            return table_answer(_table(query.filters), query.table)
        history = services().drift.history
        return history.page(query.filters, visible(), cursor=query.cursor, limit=query.limit)


@drift_history.route("/attribution")
class DriftAttributionEndpoint(Endpoint):
    """What moved drift."""

    @operation(
        "getDriftAttribution",
        Permission.PORTFOLIOS_READ,
        query=AttributionOfAccountSchema,
        returns=AttributionSchema,
        fails=(NotFound, DataMissing),
        addition=True,
        cost=5,
    )
    def get(self, query: AttributionQuery) -> AccountAttribution:
        """Show what moved the drift of an account between the snapshots of two business dates, by class.

        Causes are prices with accrued interest, trades, flows, classes of bonds and targets; they add up to
        the change. Contributions of classes add up to the return that prices made.
        """
        return services().drift.history.attribution(query, visible())


def _table(filters: DriftFilter) -> Table:
    return Table(
        "drift-history",
        "Drift history",
        DriftLineSchema(),
        services().drift.history.lines(filters, visible()),
        {
            "Report": "History of drift, newest first",
            "Scope": filters.scope,
            "Account or group": filters.scope_id,
            "First business date": filters.date_from,
            "Last business date": filters.date_to,
            "Dimension": filters.dimension,
            "Class": filters.class_key,
            "Kind of check": filters.kind,
            "Check": filters.check_id,
            **made(),
        },
    )
