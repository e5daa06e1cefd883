"""Commits the lines of a blotter one after another, each through the saga that commits one preview."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.core.database import Database
from app.core.errors import AllocatorError
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorError, VendorUnavailable
from app.services.allocations import snapshot
from app.services.allocations.compared import Problem
from app.services.allocations.store import CommitStatus
from app.services.blotters import store
from app.services.blotters.errors import CommitStopped
from app.services.blotters.previews import Advance, present
from app.services.blotters.types import ORDER_REFUSED, BlotterWork, CommitOrder
from app.services.domain.caller import User
from app.services.jobs.executor import FIRST_OWN_FAULT
from app.services.jobs.progress import Progress
from app.services.requests.errors import IdempotencyKeyInUse
from app.services.safety.errors import TradingHalted
from app.services.trading.commit.commit import CommitService
from app.services.trading.errors import AccountsUnsettled, AlreadyCommitted, DeskBusy
from app.services.visibility.visibility import EVERYTHING, Visibility

MAX_WAIT_SECONDS = 120.0
"""Time for which a line waits for the desk, and for orders of the same accounts that are not settled."""

WAIT_SECONDS = 1.0

LOOK_SECONDS = 0.5
"""Between two looks, while a line waits, whether the work is to go on."""

PASSING = (AccountsUnsettled, DeskBusy, IdempotencyKeyInUse)
"""Refusals that pass: another process sends, or recovery settles what a stopped one left behind."""


class BlotterCommits:
    """Work of the jobs that commit a blotter."""

    def __init__(
        self,
        database: Database,
        commits: CommitService,
        users: Callable[[str], User],
        visibility: Callable[[User], Visibility],
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._commits = commits
        self._users = users
        self._visibility = visibility
        self._sleep = sleep
        self._monotonic = monotonic

    def work(self, progress: Progress, asked: BlotterWork) -> str:
        """Commit the lines that are left, and return the path of the blotter.

        Raises
        ------
        CommitStopped
            When no line can be sent any more: trading is halted, or others are not settled for long.
        """
        with self._database.read() as session:
            row = store.load(session, asked.blotter_id, EVERYTHING)
        order = snapshot.decode(row.commit_order or "", CommitOrder)
        progress.describe(total=row.line_count, phase="commit")
        while progress.done < row.line_count:
            progress.check()
            self.commit_line(asked.blotter_id, progress.done, order, progress.advance, progress.check)
        return f"/v1/blotters/{asked.blotter_id}"

    def commit_line(
        self,
        blotter_id: str,
        place: int,
        order: CommitOrder,
        advance: Advance,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """Commit one line at most once, and store with the progress why it was refused, if it was.

        `check` is called between attempts, and raises where the work is not to go on.

        Raises
        ------
        CommitStopped
            When neither this line nor a later one can be sent; this one can be committed again.
        VendorError, DeskBusy
            When nothing was sent because of Aladdin, or of other orders that are being sent.
        """
        with self._database.read() as session:
            line = store.line_at(session, blotter_id, place)
        allocation_id, problem, stop = line.allocation_id, None, None
        if allocation_id is None:
            advance(lambda _: None)
            return
        try:
            problem = self._committed(blotter_id, allocation_id, line.line, order, check)
        except (TradingHalted, *PASSING) as error:
            if isinstance(error, DeskBusy):
                raise
            problem, stop = Problem.of(error), error
        advance(lambda session: store.settle_line(session, blotter_id, place, problem, allocation_id))
        if stop is not None:
            raise CommitStopped(f"No line from {line.line} on was sent. {stop.detail}") from stop

    def _committed(
        self,
        blotter_id: str,
        allocation_id: str,
        line: int,
        order: CommitOrder,
        check: Callable[[], None],
    ) -> Problem | None:
        """Commit a line's preview, and return why it was refused; None where its status says all."""
        user = self._users(order.caller.user_id)
        caller, visible = present(order.caller, user), self._visibility(user)
        end = self._monotonic() + MAX_WAIT_SECONDS
        while True:
            try:
                done = self._commits.commit(
                    allocation_id,
                    comment=order.comment,
                    override_warnings=order.override_warnings,
                    caller=caller,
                    visible=visible,
                    idempotency_key=f"blotter:{blotter_id}:{line}",
                    acknowledge=order.seen(line),
                )
            except AlreadyCommitted:
                return None
            except PASSING as error:
                wait = error.retry_after or WAIT_SECONDS
                if self._monotonic() + wait > end:
                    raise
                self._wait(wait, check)
            except AllocatorError as error:
                if isinstance(error, TradingHalted) or not _is_of_the_line(error):
                    raise
                return Problem.of(error)
            else:
                refused = done.status is CommitStatus.FAILED
                return Problem(ORDER_REFUSED, "Aladdin has no order", done.message, ()) if refused else None

    def _wait(self, seconds: float, check: Callable[[], None]) -> None:
        while seconds > 0:
            check()
            self._sleep(min(seconds, LOOK_SECONDS))
            seconds -= LOOK_SECONDS


def _is_of_the_line(error: AllocatorError) -> bool:
    """Say whether an error is of one line, so that others can be sent; the rest is Aladdin's or ours."""
    if isinstance(error, VendorError):
        return isinstance(error, OrderOutcomeUnknown) or not isinstance(error, VendorUnavailable)
    return error.status < FIRST_OWN_FAULT
