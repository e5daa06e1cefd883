"""Blotters as users see them: asked for, listed, shown, committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, id_of, new_id
from app.core.errors import MAX_ERRORS, Conflict, FieldError, InvalidRequest, field_detail
from app.models import BlotterRow
from app.models.lock import serialise
from app.services.accounts import reference
from app.services.allocations import snapshot
from app.services.allocations.service import AllocationService
from app.services.blotters import store
from app.services.blotters.errors import BlotterChanged, BlotterNotReady
from app.services.blotters.joint_replay import JointReplay, replayed
from app.services.blotters.types import (
    COMMIT,
    PREVIEW,
    Blotter,
    BlotterRequest,
    BlotterStatus,
    BlotterSummary,
    BlotterWork,
    CommitOrder,
    LineStatus,
    Policy,
    Submitted,
)
from app.services.domain.caller import Caller
from app.services.jobs.jobs import JobService
from app.services.trading.errors import NotYours
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, page
from app.utils.words import counted

MAX_SHOWN = 10
"""Lines that an error names in words."""


class _MadeAlready(Exception):
    """The blotter is there already."""

    def __init__(self, submitted: Submitted) -> None:
        super().__init__(submitted.blotter_id)
        self.submitted = submitted


class BlotterService:
    """Takes blotters, whose lines are previewed and committed by jobs, and shows them."""

    def __init__(
        self, database: Database, previews: AllocationService, jobs: JobService, clock: Clock
    ) -> None:
        self._database = database
        self._previews = previews
        self._jobs = jobs
        self._clock = clock

    def create(
        self,
        request: BlotterRequest,
        caller: Caller,
        visible: Visibility,
        *,
        key: str | None = None,
        resumed: bool = False,
    ) -> Submitted:
        """Store a blotter, and ask for the previews of its lines.

        Parameters
        ----------
        key
            Id of the idempotency key of the request; an earlier attempt at it that is `resumed` here may have
            stored the blotter.

        Raises
        ------
        InvalidRequest
            Naming each group that does not exist, or is not visible.
        Forbidden
            When a line skips compliance and the caller lacks the permission (R5.7).
        """
        self.check(request, caller, visible)
        blotter_id, now = new_id() if key is None else blotter_of(key), self._clock()
        with self._database.read() as session:
            earlier = session.get(BlotterRow, blotter_id)
        if earlier is not None and resumed:
            return _submitted(earlier)
        if earlier is not None:  # of a request whose key was forgotten since
            blotter_id = new_id()

        def alongside(session: Session, job_id: str) -> None:
            store.add(session, blotter_id, request, caller, now, job_id)

        work, total = BlotterWork(blotter_id), len(request.lines)
        job_id = self._jobs.submit(PREVIEW, work, caller, total=total, alongside=alongside)
        return Submitted(blotter_id, job_id, total)

    def create_once(
        self,
        request: BlotterRequest,
        caller: Caller,
        visible: Visibility,
        *,
        key: str,
        lock: str,
        first: Callable[[Session, str], None],
    ) -> Submitted:
        """Store the one blotter of the thing with this key, under a lock; asked again, that one is returned.

        `first` is called with its id in the same transaction before it is stored, and may refuse.

        Raises
        ------
        InvalidRequest, Forbidden
            As `create`.
        """
        self.check(request, caller, visible)
        blotter_id, now = blotter_of(key), self._clock()

        def alongside(session: Session, job_id: str) -> None:
            serialise(session, lock)
            made = session.get(BlotterRow, blotter_id)
            if made is not None:
                raise _MadeAlready(_submitted(made))
            first(session, blotter_id)
            store.add(session, blotter_id, request, caller, now, job_id)

        work, total = BlotterWork(blotter_id), len(request.lines)
        try:
            job_id = self._jobs.submit(PREVIEW, work, caller, total=total, alongside=alongside)
        except _MadeAlready as made:
            return made.submitted
        return Submitted(blotter_id, job_id, total)

    def check(self, request: BlotterRequest, caller: Caller, visible: Visibility) -> Submitted:
        """Check what `create` refuses, and store nothing of the blotter."""
        with self._database.read() as session:
            known = set(visible.visible_groups(found.group_id for found in reference.groups(session)))
        unknown = tuple(islice(request.unknown_groups(known), MAX_ERRORS))
        if unknown:
            raise InvalidRequest.of(*unknown)
        for line in request.lines:
            self._previews.may_skip_compliance(line.request, caller)
        return Submitted(None, None, len(request.lines))

    def preview(self, blotter_id: str, caller: Caller, visible: Visibility) -> Submitted:
        """Ask for the previews of the lines that have none yet, where their job has ended without them.

        While it is under way that job is returned.

        Raises
        ------
        NotFound
            When there is no visible blotter with this id.
        NotYours
            When another user asked for the blotter: its previews are that user's.
        BlotterNotReady
            When its lines are being committed, or every one has been previewed.
        """

        def restartable(session: Session) -> BlotterRow | None:
            row = store.load(session, blotter_id, visible)
            (summary,) = self._summaries(session, [row])
            if summary.status in {BlotterStatus.PENDING, BlotterStatus.RUNNING}:
                return None
            _check_pending(summary)
            if row.user_id != caller.user_id:
                raise NotYours(
                    f"{row.username} asked for this blotter, and can have its lines previewed again"
                )
            return row

        def alongside(session: Session, job_id: str) -> None:
            row = restartable(session)
            if row is None:
                raise BlotterNotReady("Another request has its lines previewed already: wait for it")
            store.begin_previews(session, row, job_id)

        with self._database.read() as session:
            row = restartable(session)
            if row is None:
                return _submitted(store.load(session, blotter_id, visible))
        work, total = BlotterWork(blotter_id), row.line_count
        job_id = self._jobs.submit(PREVIEW, work, caller, total=total, alongside=alongside)
        return Submitted(blotter_id, job_id, total)

    def check_visible(self, blotter_id: str, visible: Visibility) -> None:
        """Check that a user may still see a blotter, before an answer about it is given again.

        Raises
        ------
        NotFound
            When it is not visible.
        """
        with self._database.read() as session:
            store.load(session, blotter_id, visible)

    def get(self, blotter_id: str, visible: Visibility, *, cursor: str | None, limit: int) -> Blotter:
        """Return a blotter with a page of its lines, by number; how many have which status is of all.

        Raises
        ------
        NotFound
            When there is no visible blotter with this id.
        InvalidRequest
            Naming `cursor`, when it is not the `next_cursor` of an earlier page.
        """
        with self._database.read() as session:
            row = store.load(session, blotter_id, visible)
            (summary,) = self._summaries(session, [row])
            lines = store.shown_lines(session, row, self._clock(), cursor=cursor, limit=limit)
            joint = store.joint_outcome(session, blotter_id)
        shown = {f.name: getattr(summary, f.name) for f in fields(summary)}
        return Blotter(**shown, lines=lines.items, next_cursor=lines.next_cursor, joint=joint)

    def replay(self, blotter_id: str, visible: Visibility) -> JointReplay:
        """Check the joint split of a blotter, and compute anew what it comes to and what is proved of it.

        Raises
        ------
        NotFound
            When there is no visible blotter with this id.
        Conflict
            When its lines are not split at once, or not yet.
        """
        with self._database.read() as session:
            store.load(session, blotter_id, visible)
            record = store.load_joint(session, blotter_id)
            if record is None:
                raise Conflict(f"There is no joint split of the blotter {blotter_id}, or not yet")
            shares = store.joint_shares(session, blotter_id)
        return replayed(blotter_id, record, shares)

    def list(self, visible: Visibility, *, cursor: str | None, limit: int) -> Page[BlotterSummary]:
        """Return one page of visible blotters, newest first."""
        query, order = select(BlotterRow), (BlotterRow.created_at, BlotterRow.id)
        with self._database.read() as session:
            query = query.where(*rows.blotters(visible))
            found: Page[BlotterRow] = page(session, query, order, cursor, limit, lambda row: row)
            return Page(tuple(self._summaries(session, found.items)), found.next_cursor)

    def commit(self, blotter_id: str, order: CommitOrder, visible: Visibility) -> Submitted:
        """Ask for the commit of the lines that the order names, or else of all that have an open preview now.

        Raises
        ------
        NotFound
            When there is no visible blotter with this id.
        InvalidRequest
            Naming a line that is to be committed, or has its warnings acknowledged, and is not there.
        BlotterNotReady
            When its lines are being previewed or committed, or none has an open preview.
        BlotterChanged
            When another line than those that the order names has an open preview.
        """
        work = BlotterWork(blotter_id)

        def alongside(session: Session, job_id: str) -> None:
            row = store.load(session, blotter_id, visible)
            (summary,) = self._summaries(session, [row])
            _check_open(summary)
            _check_lines(summary, order)
            agreed = _agreed(order, store.open_lines(session, blotter_id, self._clock()))
            store.begin_commit(session, row, job_id, snapshot.encode(agreed))

        with self._database.read() as session:
            total = store.load(session, blotter_id, visible).line_count
        job_id = self._jobs.submit(COMMIT, work, order.caller, total=total, alongside=alongside)
        return Submitted(blotter_id, job_id, total)

    def _summaries(self, session: Session, found: Sequence[BlotterRow]) -> Sequence[BlotterSummary]:
        counts = store.lines_by_status(session, [row.id for row in found], self._clock())
        states = store.job_states(session, found)
        return [
            BlotterSummary(
                blotter_id=row.id,
                status=store.status_of(row, states, counts[row.id]),
                created_at=row.created_at,
                created_by=row.username,
                line_count=row.line_count,
                lines_by_status=counts[row.id],
                policy=snapshot.decode(row.policy, Policy),
                preview_job_id=row.preview_job_id,
                commit_job_id=row.commit_job_id,
            )
            for row in found
        ]


def _check_open(summary: BlotterSummary) -> None:
    is_busy = summary.status in {BlotterStatus.PENDING, BlotterStatus.RUNNING, BlotterStatus.COMMITTING}
    if is_busy or not summary.lines_by_status.get(LineStatus.PREVIEWED):
        why = "wait for it" if is_busy else "no line has an open preview"
        raise BlotterNotReady(f"The blotter is {summary.status}: {why}")


def _check_pending(summary: BlotterSummary) -> None:
    if summary.status is BlotterStatus.COMMITTING:
        raise BlotterNotReady("The lines of the blotter are being committed: wait for it")
    if not summary.lines_by_status.get(LineStatus.PENDING):
        raise BlotterNotReady("Every line of the blotter has been previewed, or has its problem")


def _submitted(row: BlotterRow) -> Submitted:
    return Submitted(row.id, row.preview_job_id, row.line_count)


def _check_lines(summary: BlotterSummary, order: CommitOrder) -> None:
    named = [(f"lines.{place}", line) for place, line in enumerate(order.lines or ())]
    named += [(f"acknowledge.{place}.line", seen.line) for place, seen in enumerate(order.acknowledged)]
    errors = [
        FieldError(field, f"The blotter has no line {line}.")
        for field, line in named
        if not 1 <= line <= summary.line_count
    ]
    if errors:
        raise InvalidRequest(field_detail(errors), errors=errors[:MAX_ERRORS])


def _agreed(order: CommitOrder, opened: tuple[int, ...]) -> CommitOrder:
    """Return the order with the lines that it is about, of those that are open now."""
    if order.lines is None:
        return replace(order, lines=opened)
    new = sorted(set(opened).difference(order.lines))
    if new:
        shown = ", ".join(map(str, new[:MAX_SHOWN])) + (", ..." if len(new) > MAX_SHOWN else "")
        raise BlotterChanged(
            f"{counted(len(new), 'line')} with an open preview {'is' if len(new) == 1 else 'are'} not among "
            f"lines: {shown}. Look at the blotter again, and commit it as it is now",
            extra={"lines": new},
        )
    return order


def blotter_of(key: str) -> str:
    """Return the id of the blotter that is made under an idempotency key."""
    return id_of("blotter", key)
