"""Previews the lines of a blotter one after another, each on the book that the lines before it leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import AllocatorError
from app.services.aladdin.cached_book import AccountReader
from app.services.aladdin.errors import VendorUnavailable
from app.services.allocations import snapshot
from app.services.allocations.compared import Problem
from app.services.allocations.errors import SolverError
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.origins import BlotterPlace
from app.services.allocations.request import PreviewRequest
from app.services.allocations.service import AllocationService
from app.services.allocations.sizing import check_size
from app.services.allocations.store import AllocationStatus, stored_inputs
from app.services.allocations.store import load as load_allocation
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.blotters import store
from app.services.blotters.book import TradedBook
from app.services.blotters.joint import JointSplits
from app.services.blotters.joint_record import JointLines
from app.services.blotters.types import BlotterWork, Policy
from app.services.domain.caller import Caller, User
from app.services.jobs.progress import Progress
from app.services.safety.order_limits import OrderLimits
from app.services.trading.errors import BookChanged
from app.services.visibility.visibility import EVERYTHING, Visibility

Advance = Callable[[Callable[[Session], object]], None]
"""Stores the effect of one line together with the progress of the job."""


@dataclass(slots=True)
class Run:
    """The previews of one blotter by one worker: the book as it is now, and what its trades are of."""

    blotter_id: str
    caller: Caller
    visible: Visibility
    book: TradedBook
    policy: Policy
    joint: JointLines | None = None
    earlier: int = 0
    previous: str | None = None

    def add(
        self,
        allocation_id: str,
        inputs: PreviewInputs,
        result: PreviewResult,
        *,
        counts_proceeds: bool = True,
    ) -> None:
        """Put the trades of a line's preview on the book."""
        self.book.add(inputs, result, counts_proceeds=counts_proceeds)
        self.earlier, self.previous = self.earlier + 1, allocation_id


class BlotterPreviews:
    """Work of the jobs that preview a blotter.

    `book` is read once for a blotter, and again where a worker goes on with it or half of a preview's
    `lifetime` is over: previews expire by the age of the book that they were computed on.
    """

    def __init__(
        self,
        database: Database,
        book: AccountReader,
        inputs: InputsLoader,
        previews: AllocationService,
        limits: OrderLimits,
        users: Callable[[str], User],
        visibility: Callable[[User], Visibility],
        clock: Clock,
        lifetime: timedelta,
    ) -> None:
        self._database = database
        self._joint = JointSplits(database)
        self._book = book
        self._inputs = inputs
        self._previews = previews
        self._limits = limits
        self._users = users
        self._visibility = visibility
        self._clock = clock
        self._lifetime = lifetime

    def work(self, progress: Progress, asked: BlotterWork) -> str:
        """Preview the lines that are left, and return the path of the blotter."""
        with self._database.read() as session:
            count = store.load(session, asked.blotter_id, EVERYTHING).line_count
        progress.describe(total=count)
        run = self.begin(asked.blotter_id, progress.done)
        if run.policy.joint and run.joint is None:
            run.joint = self._joint.split(asked.blotter_id, run.policy, progress, partial(self._load, run))
        progress.describe(phase="preview")
        while progress.done < count:
            if self._clock() - run.book.read_at > self._lifetime / 2:
                run = self.begin(asked.blotter_id, progress.done)
            self.run_line(run, progress.done, progress.advance)
        return f"/v1/blotters/{asked.blotter_id}"

    def begin(self, blotter_id: str, place: int) -> Run:
        """Return what the lines from this place on are previewed with: a new reading, and earlier trades.

        Of a sale that is no open preview any more, the proceeds do not count: the book may have them already.

        Raises
        ------
        Unauthenticated
            When who asked for the blotter is no user any more.
        """
        read_at = self._clock()
        with self._database.read() as session:
            row = store.load(session, blotter_id, EVERYTHING)
            earlier = store.earlier_allocations(session, blotter_id, place)
        caller, policy = snapshot.decode(row.caller, Caller), snapshot.decode(row.policy, Policy)
        user = self._users(caller.user_id)
        book = TradedBook(self._book, read_at, sales_fund_buys=policy.sales_fund_buys)
        joint = self._joint.kept(blotter_id) if policy.joint else None
        run = Run(blotter_id, present(caller, user), self._visibility(user), book, policy, joint)
        for allocation_id in earlier:
            with self._database.read() as session:
                made = load_allocation(session, allocation_id, EVERYTHING)
            run.add(
                allocation_id,
                stored_inputs(made),
                snapshot.decode(made.result, PreviewResult),
                counts_proceeds=made.status == AllocationStatus.PREVIEWED,
            )
        return run

    def run_line(self, run: Run, place: int, advance: Advance) -> None:
        """Preview one line, and store it with the progress in one transaction.

        A line that cannot be previewed keeps its problem, and the next one goes on without it.

        Raises
        ------
        VendorUnavailable
            When Aladdin does not answer: the line is as before.
        """
        blotter_id = run.blotter_id
        with self._database.read() as session:
            line = store.line_at(session, blotter_id, place)
        allocation_id = line_allocation(blotter_id, place)
        problem = None if run.joint is None else run.joint.problems.get(line.line)
        try:
            if problem is None:
                inputs = self._load(run, snapshot.decode(line.request, PreviewRequest), line.line)
                result = self._split(inputs)
        except AllocatorError as error:
            if isinstance(error, VendorUnavailable):
                raise
            problem = Problem.of(error)
        if problem is not None:
            advance(lambda session: store.settle_line(session, blotter_id, place, problem, None))
            return
        expires_at = run.book.read_at + self._lifetime
        keep = self._previews.storing(allocation_id, inputs, result, run.caller, expires_at)

        def effect(session: Session) -> None:
            store.settle_line(session, blotter_id, place, None, allocation_id)
            keep(session)  # with its audit record, which comes last

        advance(effect)
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
        inputs = self._inputs.over(run.book, run.book.after).load(request, run.visible)
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
