"""Previews the lines of a blotter one after another, each on the book that the lines before it leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.security import Permission
from app.services.aladdin.cached_book import AccountReader
from app.services.aladdin.errors import VendorUnavailable
from app.services.allocations import snapshot
from app.services.allocations.errors import SolverError
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.origins import BlotterPlace
from app.services.allocations.request import PreviewRequest
from app.services.allocations.service import AllocationService
from app.services.allocations.sizing import check_size
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.blotters import store
from app.services.blotters.book import TradedBook
from app.services.blotters.faults import VENDOR_WAIT_SECONDS, Patience, Time, problem_of
from app.services.blotters.joint import JointSplits
from app.services.blotters.run import EarlierTrades, Run
from app.services.blotters.types import BlotterWork, Policy
from app.services.domain.caller import Caller, User, require
from app.services.jobs.progress import Progress
from app.services.safety.order_limits import OrderLimits
from app.services.trading.errors import BookChanged
from app.services.visibility.errors import VisibilityUnknown
from app.services.visibility.visibility import EVERYTHING, Visibility

Advance = Callable[[Callable[[Session], object]], None]
"""Stores the effect of one line together with the progress of the job."""


RIGHTS_SECONDS = 5.0
"""Age of what is known of the user's permissions and groups, after which a line reads them again."""


class BlotterPreviews:
    """Work of the jobs that preview a blotter.

    Its book is read once for a blotter, and again where a worker goes on with it or half of a preview's
    `lifetime` is over: previews expire by the age of the book that they were computed on. `over` returns what
    loads the inputs of a line from a book.
    """

    def __init__(
        self,
        database: Database,
        book: AccountReader,
        over: Callable[[TradedBook], InputsLoader],
        previews: AllocationService,
        limits: OrderLimits,
        users: Callable[[str], User],
        visibility: Callable[[User], Visibility],
        clock: Clock,
        lifetime: timedelta,
        time: Time | None = None,
    ) -> None:
        self._database = database
        self._joint = JointSplits(database)
        self._book = book
        self._over = over
        self._previews = previews
        self._limits = limits
        self._users = users
        self._visibility = visibility
        self._clock = clock
        self._lifetime = lifetime
        self._earlier = EarlierTrades(database, clock)
        self._time = time or Time()

    def work(self, progress: Progress, asked: BlotterWork) -> str:
        """Preview the lines that are left, and return the path of the blotter.

        What Aladdin cannot answer now, but in so many seconds, is waited for.
        """
        with self._database.read() as session:
            count = store.load(session, asked.blotter_id, EVERYTHING).line_count
            settled = store.settled_lines(session, asked.blotter_id)
        progress.describe(total=count)
        if settled > progress.done:  # by an earlier job
            progress.advance(lines=settled - progress.done)
        run: Run | None = None
        patience = Patience(VENDOR_WAIT_SECONDS, progress.check_waiting, self._time)
        while progress.done < count:
            place = progress.done
            try:
                run = self._present(run, asked.blotter_id, progress)
                self._prepare(run, progress)
                self.run_line(run, progress.done, progress.advance)
            except (VendorUnavailable, VisibilityUnknown) as error:
                patience.wait(error, error.retry_after)
            if progress.done != place:
                patience.renew()
        return f"/v1/blotters/{asked.blotter_id}"

    def _present(self, run: Run | None, blotter_id: str, progress: Progress) -> Run:
        """Return a run whose book is young enough; a line is previewed after each reading of it."""
        if run is None:
            return self.begin(blotter_id, progress.done, progress.check)
        if self._clock() - run.book.read_at > self._lifetime / 2:
            self._earlier.settle(run, progress.check)
        return run

    def _prepare(self, run: Run, progress: Progress) -> None:
        """Before the first line, split all at once where that is asked for and was not done yet."""
        if run.is_ready:
            return
        if run.policy.joint and run.joint is None:
            run.joint = self._joint.split(run.blotter_id, run.policy, progress, partial(self._load, run))
        progress.describe(phase="preview")
        run.is_ready = True

    def begin(self, blotter_id: str, place: int, check: Callable[[], None] = lambda: None) -> Run:
        """Return what the lines from this place on are previewed with: a new reading, and earlier trades.

        `check` is called before each earlier trade, and raises where the work is not to go on.

        Raises
        ------
        Unauthenticated, Forbidden
            When who asked for the blotter is no user any more, or may not preview any more.
        """
        with self._database.read() as session:
            row = store.load(session, blotter_id, EVERYTHING)
        caller, policy = snapshot.decode(row.caller, Caller), snapshot.decode(row.policy, Policy)
        book = TradedBook(self._book, self._clock(), sales_fund_buys=policy.sales_fund_buys)
        joint = self._joint.kept(blotter_id) if policy.joint else None
        run = Run(blotter_id, caller, EVERYTHING, book, self._over(book), caller, policy, joint)
        self._renew_rights(run)
        self._earlier.load(run, place, check)
        return run

    def _renew_rights(self, run: Run) -> None:
        user = self._users(run.asked_by.user_id)
        run.caller, run.visible = present(run.asked_by, user), self._visibility(user)
        run.rights_at = self._time.monotonic()
        require(run.caller, Permission.ALLOCATIONS_PREVIEW)

    def run_line(self, run: Run, place: int, advance: Advance) -> None:
        """Preview one line, and store it with the progress in one transaction.

        A line that cannot be previewed keeps its problem, and the next one goes on without it.

        Raises
        ------
        VendorUnavailable
            When Aladdin does not answer: the line is as before.
        Unauthenticated, Forbidden
            When who asked for the blotter may not preview any more.
        """
        if self._time.monotonic() - run.rights_at > RIGHTS_SECONDS:
            self._renew_rights(run)
        blotter_id = run.blotter_id
        with self._database.read() as session:
            line = store.line_at(session, blotter_id, place)
        allocation_id = line_allocation(blotter_id, place)
        given = None if run.joint is None else run.joint.problems.get(line.line)
        if given is not None:
            advance(lambda session: store.settle_line(session, blotter_id, place, given, None))
            return
        try:
            inputs = self._load(run, snapshot.decode(line.request, PreviewRequest), line.line)
            result = self._split(inputs)
            expires_at = run.book.read_at + self._lifetime
            keep = self._previews.storing(allocation_id, inputs, result, run.caller, expires_at)

            def effect(session: Session) -> None:
                store.settle_line(session, blotter_id, place, None, allocation_id)
                keep(session)  # with its audit record, which comes last

            advance(effect)
        except Exception as error:  # noqa: BLE001 - what is not of the line is raised again
            problem = problem_of(error)
            advance(lambda session: store.settle_line(session, blotter_id, place, problem, None))
        else:
            run.add(allocation_id, inputs, result)

    def _split(self, inputs: PreviewInputs) -> PreviewResult:
        try:
            return self._previews.split(inputs)
        except SolverError as error:
            if inputs.joint is None:
                raise
            raise BookChanged(
                f"The accounts have changed since the lines were split at once: {error.detail}. Ask for the "
                "blotter again"
            ) from error

    def _load(self, run: Run, request: PreviewRequest, line: int) -> PreviewInputs:
        self._previews.may_skip_compliance(request, run.caller)
        inputs = run.inputs.load(request, run.visible)
        check_size(inputs, self._limits)
        place = BlotterPlace(run.blotter_id, line, run.earlier, run.previous)
        joint = None if run.joint is None else run.joint.shares[line]
        return replace(inputs, blotter=place, joint=joint)


def line_allocation(blotter_id: str, place: int) -> str:
    """Return the id of the preview that the line at this place becomes, whoever previews it."""
    return str(uuid5(UUID(blotter_id), str(place)))


def present(caller: Caller, user: User) -> Caller:
    """Return who asked, without the permissions and groups that were lost since."""
    held = caller.permissions.intersection(user.permissions)
    return replace(caller, permissions=held, groups=user.groups)
