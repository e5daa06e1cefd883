"""Blotters: many orders at once, previewed and committed by jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_restx import Namespace

from app.api.allocations import SKIPS_COMPLIANCE
from app.api.kit.context import services
from app.api.kit.csv import CSV
from app.api.kit.examples import BLOTTERS
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.limits import charge
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tables import TABLES, Table, table_answer
from app.api.kit.tokens import caller
from app.api.kit.visibility import visible
from app.api.kit.xlsx import XLSX
from app.core.errors import Conflict, NotFound
from app.core.security import Permission
from app.schemas.blotters import (
    BlotterPageQuery,
    BlotterPageQuerySchema,
    BlotterPageSchema,
    BlotterQuery,
    BlotterQuerySchema,
    BlotterRequestSchema,
    BlotterSchema,
    SubmittedBlotterSchema,
)
from app.schemas.blotters_columns import (
    COLUMNS,
    TEMPLATE_ROW,
    FileQuery,
    FileQuerySchema,
    TemplateSchema,
    template_columns,
)
from app.schemas.blotters_commit import BlotterCommit, BlotterCommitSchema
from app.schemas.blotters_csv import line_count
from app.schemas.blotters_file import is_workbook, read_blotter
from app.schemas.blotters_joint import JointReplaySchema
from app.schemas.kit.tables import TableFormat, TableQuery, TableQuerySchema
from app.services.blotters.errors import BlotterChanged, BlotterNotReady
from app.services.blotters.joint_replay import JointReplay
from app.services.blotters.types import (
    Blotter,
    BlotterRequest,
    BlotterSummary,
    CommitOrder,
    Policy,
    Submitted,
)
from app.services.trading.errors import NotYours
from app.utils.paging import Page

LINES_PER_UNIT = 20
"""Lines of a blotter that cost as much as one ordinary request: their work is not done by the request."""

ONE_LINE = (
    "security_id,side,quantity,allocation_method,portfolio_groups\r\n"
    "91282CKF7,BUY,8000000,PRO_RATA,PUBLICPRE\r\n"
)


def _lines(body: Any) -> int:
    """Return how many lines a body has that is not checked yet."""
    lines = body.get("lines") if isinstance(body, Mapping) else None
    return len(lines) if isinstance(lines, list) else 0


def _submitted(asked: BlotterRequest, *, dry_run: bool) -> Submitted:
    """Check a blotter, and store it unless that was all."""
    found, held = services().blotters.service, reservation()
    if dry_run:
        return found.check(asked, caller(), visible())
    key = held.key_id if held else None
    return found.create(asked, caller(), visible(), key=key, resumed=is_resumed())


blotters = Namespace("blotters", "Many orders at once", path="/blotters")


@blotters.route("")
class BlottersEndpoint(Endpoint):
    """All blotters."""

    @operation(
        "listBlotters",
        Permission.ALLOCATIONS_READ,
        query=BlotterPageQuerySchema,
        returns=BlotterPageSchema,
        addition=True,
    )
    def get(self, query: BlotterPageQuery) -> Page[BlotterSummary]:
        """List blotters, newest first, without their lines."""
        return services().blotters.service.list(visible(), cursor=query.cursor, limit=query.limit)

    @operation(
        "createBlotter",
        Permission.ALLOCATIONS_PREVIEW,
        query=BlotterQuerySchema,
        body=BlotterRequestSchema,
        returns=SubmittedBlotterSchema,
        addition=True,
        accepted=True,
        fails=(NotFound,),
        may_need=SKIPS_COMPLIANCE,
        idempotent=True,
        weight=lambda body: _lines(body) // LINES_PER_UNIT,
        examples=BLOTTERS,
    )
    def post(self, body: BlotterRequest, query: BlotterQuery) -> Submitted:
        """Preview many orders, each on the book that the ones before it leave.

        Cash and positions that an earlier line takes are gone for a later one, and limits hold over the sum.
        Each line becomes an ordinary preview, in a job; one that cannot be previewed does not spoil the
        others. With `joint` all lines are split at once for the least dispersion.
        """
        return _submitted(body, dry_run=query.dry_run)


@blotters.route("/file")
class BlotterFileEndpoint(Endpoint):
    """Blotters as files."""

    @operation(
        "uploadBlotter",
        Permission.ALLOCATIONS_PREVIEW,
        query=FileQuerySchema,
        takes=(CSV, XLSX),
        returns=SubmittedBlotterSchema,
        addition=True,
        accepted=True,
        fails=(NotFound,),
        may_need=SKIPS_COMPLIANCE,
        idempotent=True,
        examples={"one line": ONE_LINE},
    )
    def post(self, query: FileQuery, body: bytes) -> Submitted:
        """Preview the orders of a file, CSV or XLSX, as `createBlotter` does those of a JSON body.

        Every error is listed by row and column, and then nothing is stored. The template has the columns. Of
        a workbook the sheet named Blotter is read, else the first one that is not hidden.
        """
        # Before it is checked, which takes as long where all is wrong; of a workbook nobody knows how many.
        charge(0 if is_workbook(body) else line_count(body) // LINES_PER_UNIT)
        asked = read_blotter(body, Policy(query.sales_fund_buys, query.joint))
        charge(len(asked.lines) // LINES_PER_UNIT if is_workbook(body) else 0)
        return _submitted(asked, dry_run=query.dry_run)


@blotters.route("/template")
class BlotterTemplateEndpoint(Endpoint):
    """The form of a file."""

    @operation(
        "getBlotterTemplate",
        Permission.ALLOCATIONS_READ,
        query=TableQuerySchema,
        returns=TemplateSchema,
        addition=True,
        tables=TABLES,
    )
    def get(self, query: TableQuery) -> Mapping[str, object] | Response:
        """Show the columns of a blotter as a file.

        As csv or xlsx a file with one line, to be filled in and sent back. Sent with `joint=true` its lines
        are split at once, each by MIN_DISPERSION with one target_metric.
        """
        if query.format is TableFormat.JSON:
            return {"columns": COLUMNS}
        return table_answer(Table("blotter", "Blotter", template_columns(), [TEMPLATE_ROW]), query)


@blotters.route("/<blotter:blotter_id>")
class BlotterEndpoint(Endpoint):
    """One blotter."""

    @operation(
        "getBlotter",
        Permission.ALLOCATIONS_READ,
        query=BlotterPageQuerySchema,
        returns=BlotterSchema,
        addition=True,
    )
    def get(self, blotter_id: str, query: BlotterPageQuery) -> Blotter:
        """Show a blotter with a page of its lines, and what became of each; counts are of all lines."""
        found = services().blotters.service
        return found.get(blotter_id, visible(), cursor=query.cursor, limit=query.limit)


@blotters.route("/<blotter:blotter_id>/preview")
class BlotterPreviewEndpoint(Endpoint):
    """Previews."""

    @operation(
        "previewBlotter",
        Permission.ALLOCATIONS_PREVIEW,
        returns=SubmittedBlotterSchema,
        fails=(BlotterNotReady, NotYours),
        addition=True,
        accepted=True,
        idempotent=True,
    )
    def post(self, blotter_id: str) -> Submitted:
        """Preview the lines that have no preview yet, after their job failed or was cancelled.

        What is previewed stays, and so does what a line was refused for. While the job is under way, it is
        the answer. Only for the user who asked for the blotter.
        """
        return services().blotters.service.preview(blotter_id, caller(), visible())


@blotters.route("/<blotter:blotter_id>/replay")
class BlotterReplayEndpoint(Endpoint):
    """Recomputation."""

    @operation(
        "replayBlotter",
        Permission.ALLOCATIONS_READ,
        returns=JointReplaySchema,
        fails=(Conflict,),
        addition=True,
        cost=5,
    )
    def post(self, blotter_id: str) -> JointReplay:
        """Check a stored joint split, and compute anew what it comes to and what is proved of it.

        The faces stay: another processor may find other lots that are as good. Numbers of single lines are
        recomputed by `replayAllocation`.
        """
        return services().blotters.service.replay(blotter_id, visible())


@blotters.route("/<blotter:blotter_id>/commit")
class BlotterCommitEndpoint(Endpoint):
    """Commits."""

    @operation(
        "commitBlotter",
        Permission.ALLOCATIONS_COMMIT,
        body=BlotterCommitSchema,
        body_required=False,
        returns=SubmittedBlotterSchema,
        fails=(BlotterChanged, BlotterNotReady),
        addition=True,
        accepted=True,
        may_need={
            **SKIPS_COMPLIANCE,
            Permission.WARNINGS_OVERRIDE: "where warnings are overridden",
        },
        idempotent=True,
        examples={"two lines": {"comment": "Agreed", "lines": [1, 2]}, "all lines": {"comment": "Agreed"}},
    )
    def post(self, blotter_id: str, body: BlotterCommit) -> Submitted:
        """Commit the lines that have an open preview, in a job; each is sent at most once.

        `lines` names those that you have seen: a line that came after is not sent. One that is refused does
        not stop the others; the emergency stop does. What is left can be committed by asking again.
        """
        order = CommitOrder(caller(), body.comment, body.override_warnings, body.acknowledge, body.lines)
        return services().blotters.service.commit(blotter_id, order, visible())
