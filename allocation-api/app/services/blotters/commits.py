"""Commits the lines of a blotter one after another, each through the saga that commits one preview."""

from __future__ import annotations

from collections.abc import Callable

from app.core.database import Database
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorUnavailable
from app.services.allocations import snapshot
from app.services.allocations.compared import Problem
from app.services.allocations.store import CommitStatus
from app.services.blotters import store
from app.services.blotters.errors import CommitStopped
from app.services.blotters.faults import VENDOR_WAIT_SECONDS, Patience, Time, problem_of
from app.services.blotters.previews import Advance, present
from app.services.blotters.types import ORDER_REFUSED, BlotterWork, CommitOrder
from app.services.domain.caller import User
from app.services.jobs.progress import Progress
from app.services.requests.errors import IdempotencyKeyInUse
from app.services.safety.errors import TradingHalted
from app.services.trading.commit.commit import CommitService
from app.services.trading.errors import AccountsUnsettled, AlreadyCommitted, DeskBusy
from app.services.visibility.errors import VisibilityUnknown
from app.services.visibility.visibility import EVERYTHING, Visibility

MAX_WAIT_SECONDS = 120.0
"""Time for which a line waits for the desk, and for orders of the same accounts that are not settled."""

WAIT_SECONDS = 1.0

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
        time: Time | None = None,
    ) -> None:
        self._database = database
        self._commits = commits
        self._users = users
        self._visibility = visibility
        self._time = time or Time()

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

        A line that the order does not cover is left as it is.
        `check` is called between attempts, and raises where the work is not to go on.

        Raises
        ------
        CommitStopped
            When neither this line nor a later one can be sent; this one can be committed again.
        VendorUnavailable, DeskBusy
            When nothing was sent because of Aladdin, or of other orders that are being sent.
        """
        with self._database.read() as session:
            line = store.line_at(session, blotter_id, place)
        allocation_id, problem, stop = line.allocation_id, None, None
        if allocation_id is None or not order.covers(line.line):
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
            at = f"The commit stopped at line {line.line}: lines without an order number were not sent."
            raise CommitStopped(f"{at} {stop.detail}") from stop

    def _committed(
        self,
        blotter_id: str,
        allocation_id: str,
        line: int,
        order: CommitOrder,
        check: Callable[[], None],
    ) -> Problem | None:
        """Commit a line's preview, and return why it was refused; None where its status says all."""
        desk = Patience(MAX_WAIT_SECONDS, check, self._time)
        vendor = Patience(VENDOR_WAIT_SECONDS, check, self._time)
        while True:
            user = self._users(order.caller.user_id)
            try:
                done = self._commits.commit(
                    allocation_id,
                    comment=order.comment,
                    override_warnings=order.override_warnings,
                    caller=present(order.caller, user),
                    visible=self._visibility(user),
                    idempotency_key=f"blotter:{blotter_id}:{line}",
                    acknowledge=order.seen(line),
                )
            except AlreadyCommitted:
                return None
            except PASSING as error:
                desk.wait(error, error.retry_after or WAIT_SECONDS)
            except OrderOutcomeUnknown as error:
                return Problem.of(error)
            except (VendorUnavailable, VisibilityUnknown) as error:
                # Nothing was sent, and nothing is held while the line waits, the desk's lease least of all.
                vendor.wait(error, error.retry_after)
            except TradingHalted:
                raise
            except Exception as error:  # noqa: BLE001 - what is not of the line is raised again
                return problem_of(error)
            else:
                refused = done.status is CommitStatus.FAILED
                return Problem(ORDER_REFUSED, "Aladdin has no order", done.message, ()) if refused else None
