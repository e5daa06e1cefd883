"""One worker's run over a blotter: the book that the next line sees, and the previews that are on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.clock import Clock
from app.core.database import Database
from app.services.allocations import snapshot
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.store import load as load_allocation
from app.services.allocations.store import stored_inputs
from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.blotters import store
from app.services.blotters.book import TradedBook
from app.services.blotters.joint_record import JointLines
from app.services.blotters.types import UNDER_WAY, LineStatus, Policy
from app.services.domain.caller import Caller
from app.services.visibility.visibility import EVERYTHING, Visibility


@dataclass(slots=True)
class Run:
    """The previews of one blotter by one worker.

    `earlier` counts the previews of the lines before, `previous` is the last of them; those that are in the
    vendor's book or ended when it was read are not on the book here. `caller` and `visible` are who asked,
    as of `rights_at` in monotonic seconds; `asked_by` is who that was then.
    `joint` is what the lines were given where they are split at once, None before that; `is_ready` says that
    lines can be previewed.
    """

    blotter_id: str
    caller: Caller
    visible: Visibility
    book: TradedBook
    inputs: InputsLoader
    asked_by: Caller
    policy: Policy
    joint: JointLines | None = None
    is_ready: bool = False
    rights_at: float = 0.0
    earlier: int = 0
    previous: str | None = None
    without_proceeds: set[str] = field(default_factory=set)
    taken_back: set[str] = field(default_factory=set)

    def add(self, allocation_id: str, inputs: PreviewInputs, result: PreviewResult) -> None:
        """Put the trades of a line's preview on the book."""
        self.book.add(inputs, result)
        self.earlier, self.previous = self.earlier + 1, allocation_id


class EarlierTrades:
    """Keeps the trades of earlier lines on a run's book in step with what became of their previews.

    Whether a preview is in Aladdin's book is read before the positions, so that an order that is sent in
    between takes cash and face twice rather than never; the proceeds of sales count only while the preview is
    still open after the positions were read, so that they are never there twice.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def load(self, run: Run, before: int, check: Callable[[], None]) -> None:
        """Put the trades of the lines before a place on a new book."""
        with self._database.read() as session:
            found = store.earlier_previews(session, run.blotter_id, before, self._clock())
        for allocation_id, status in found:
            run.earlier, run.previous = run.earlier + 1, allocation_id
            if status is not LineStatus.PREVIEWED and status not in UNDER_WAY:
                run.taken_back.add(allocation_id)
                continue
            check()
            run.book.add(*self._trades(allocation_id))
        self.settle(run, check)
        run.book.on_reading.append(lambda: self._without_proceeds(run))

    def settle(self, run: Run, check: Callable[[], None]) -> None:
        """Take back what ended or is in Aladdin's book by now, and have the book read again after that."""
        for allocation_id, status in self._moved(run):
            check()
            if status in UNDER_WAY:
                self._take_proceeds(run, allocation_id)
                continue
            counted = allocation_id not in run.without_proceeds
            run.book.take_back(*self._trades(allocation_id), counted_proceeds=counted)
            run.taken_back.add(allocation_id)
        run.book.read_again(self._clock())

    def _without_proceeds(self, run: Run) -> None:
        if run.book.sales_fund_buys:
            for allocation_id, _ in self._moved(run):
                self._take_proceeds(run, allocation_id)

    def _take_proceeds(self, run: Run, allocation_id: str) -> None:
        if allocation_id not in run.without_proceeds:
            run.book.take_back_proceeds(*self._trades(allocation_id))
            run.without_proceeds.add(allocation_id)

    def _moved(self, run: Run) -> list[tuple[str, LineStatus]]:
        """Return the previews on the book that are not open any more."""
        with self._database.read() as session:
            moved = store.moved_previews(session, run.blotter_id, self._clock())
        return [(each, status) for each, status in moved if each not in run.taken_back]

    def _trades(self, allocation_id: str) -> tuple[PreviewInputs, PreviewResult]:
        with self._database.read() as session:
            made = load_allocation(session, allocation_id, EVERYTHING)
        return stored_inputs(made), snapshot.decode(made.result, PreviewResult)
