"""FIX messages of an allocation as an append-only log: each replaces or cancels the one before it (R14.2).

A message leaves when it is asked for and says something else than the last one; else the last one is handed
out again, to the byte. One lock serialises the decision, so two processes never send two messages of one
state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.config import ReportsSettings
from app.core.database import Database
from app.core.errors import Conflict, NotFound
from app.models import FIX_LOCK, AllocationRow, FixMessageRow, OrderRow
from app.models.lock import serialise
from app.services.allocations.store import check_visible, load, stored_inputs
from app.services.audit.errors import EvidenceBroken
from app.services.audit.trail import Action, AuditService, Changed, EntityType
from app.services.domain.caller import Caller
from app.services.reports.fix import (
    AllocationInstruction,
    AllocTransType,
    AllocType,
    Header,
    Transaction,
    body,
    encoded,
)
from app.services.reports.instructions import allocation_instruction, nothing_to_export
from app.services.visibility import rows
from app.services.visibility.visibility import EVERYTHING, Visibility
from app.utils.paging import Page, page

NOT_SENT = "Not sent: a look at what would be sent now"
"""Text (58) of a message that only shows what would leave."""

TIME_STEP = timedelta(microseconds=1)
"""Least difference of the times of two messages of an allocation, so that they are listed in their order."""


@dataclass(frozen=True, slots=True)
class FixMessage:
    """A FIX message: its place in the story of its allocation, and its bytes.

    `sequence`, `sent_at` and `sent_by` are None in a look at what would leave.
    """

    alloc_id: str
    sequence: int | None
    trans_type: AllocTransType
    alloc_type: AllocType
    replaces: str | None
    sent_at: datetime | None
    sent_by: str | None
    sha256: str
    message: bytes

    @property
    def is_sent(self) -> bool:
        """Whether it left, and is stored."""
        return self.sequence is not None


@dataclass(frozen=True, slots=True)
class _Draft:
    """A message that says something else than the last one."""

    instruction: AllocationInstruction
    transaction: Transaction


class FixMessages:
    """Sends allocations as FIX messages, after a sync of the order with the vendor, and keeps what left."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        clock: Clock,
        settings: ReportsSettings,
        *,
        sync: Callable[[str], None],
    ) -> None:
        """`sync` records the present state at the vendor of the order of an allocation, by allocation id."""
        self._database = database
        self._audit = audit
        self._clock = clock
        self._settings = settings
        self._sync = sync

    def send(self, allocation_id: str, caller: Caller, visible: Visibility) -> FixMessage:
        """Return the message of an allocation's present state; it is stored and audited when it is new.

        Raises
        ------
        NotFound
            When there is no such allocation, or it is not visible.
        Conflict
            When it has no order, it ended before any fill and nothing was sent, or its records do not add up;
            see `allocation_instruction`.
        EvidenceBroken
            When the allocation or its order is not stored as the audit trail has it.
        DataMissing
            When the bond has neither an ISIN nor a CUSIP, or an id cannot be written in FIX.
        VendorError
            When Aladdin does not answer: a message from stored data might report too little.
        """
        self._visible(allocation_id, visible)
        self._sync(allocation_id)

        def work(session: Session) -> FixMessage:
            serialise(session, FIX_LOCK)
            last = _last(session, allocation_id)
            present = self._present(session, allocation_id, last)
            if isinstance(present, FixMessage):
                return present
            row = self._row(allocation_id, present, last, caller)
            session.add(row)
            session.flush()
            self._audit.record_for(
                session,
                Action.FIX_SENT,
                caller,
                EntityType.ALLOCATION,
                allocation_id,
                after=_audited(row),
                rows=(Changed(FixMessageRow, where={"sequence": row.sequence}),),
            )
            return _sent(row)

        return self._database.retried(work)

    def look(self, allocation_id: str, visible: Visibility) -> FixMessage:
        """Return what `send` would return, with the same errors, and store nothing.

        A message that has not left says so in its Text (58).
        """
        self._visible(allocation_id, visible)
        self._sync(allocation_id)
        with self._database.read() as session:
            present = self._present(session, allocation_id, _last(session, allocation_id))
        if isinstance(present, FixMessage):
            return present
        message = encoded(present.instruction, present.transaction, self._header(self._clock()), NOT_SENT)
        return FixMessage(
            alloc_id=present.transaction.alloc_id,
            sequence=None,
            trans_type=present.transaction.type,
            alloc_type=present.instruction.type,
            replaces=present.transaction.replaces,
            sent_at=None,
            sent_by=None,
            sha256=sha256(message).hexdigest(),
            message=message,
        )

    def list(
        self, allocation_id: str, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[FixMessage]:
        """Return a page of the messages that left, newest first.

        Raises
        ------
        NotFound
            When there is no such allocation, or it is not visible.
        InvalidRequest
            Naming `cursor`, when it is not the `next_cursor` of an earlier page.
        """
        query = select(FixMessageRow).where(FixMessageRow.allocation_id == allocation_id)
        with self._database.read() as session:
            check_visible(session, allocation_id, visible)
            if session.get(AllocationRow, allocation_id) is None:
                raise NotFound(f"There is no allocation {allocation_id}")
            return page(session, query, (FixMessageRow.sent_at, FixMessageRow.alloc_id), cursor, limit, _sent)

    def get(self, allocation_id: str, alloc_id: str, visible: Visibility) -> FixMessage:
        """Return a message as it left.

        Raises
        ------
        NotFound
            When no such message of this allocation left, or it is not visible.
        EvidenceBroken
            When it is not stored as it left.
        """
        query = select(FixMessageRow).where(
            FixMessageRow.allocation_id == allocation_id, FixMessageRow.alloc_id == alloc_id
        )
        with self._database.read() as session:
            row = session.scalar(query.where(*_of_visible(visible)))
            if row is None:
                raise NotFound(f"There is no FIX message {alloc_id} of the allocation {allocation_id}")
            found = self._audit.row_breaks(session, EntityType.ALLOCATION, allocation_id)
        place = str(row.sequence)
        breaks = [b for b in found if b.table == row.__tablename__ and (b.key or {}).get("sequence") == place]
        EvidenceBroken.check("The message", breaks)
        return _sent(row)

    def _visible(self, allocation_id: str, visible: Visibility) -> None:
        with self._database.read() as session:
            check_visible(session, allocation_id, visible)

    def _present(
        self, session: Session, allocation_id: str, last: FixMessageRow | None
    ) -> FixMessage | _Draft:
        """Return the message of the present state: the last one where that says the same, else a draft."""
        inputs = stored_inputs(load(session, allocation_id, EVERYTHING))
        breaks = self._audit.allocation_breaks(session, allocation_id)
        EvidenceBroken.check("What the message says", breaks)
        order = session.scalar(select(OrderRow).where(OrderRow.allocation_id == allocation_id))
        if order is None:
            raise Conflict(f"The allocation {allocation_id} has no order at Aladdin")
        now = allocation_instruction(session, order, inputs)
        if not now.shares:
            if last is None:
                raise nothing_to_export(order)
            if last.trans_type == AllocTransType.CANCEL:
                return _sent(last)
            now = replace(now, type=AllocType(last.alloc_type), quantity=now.order_quantity)
        elif last is not None and self._says(last, now):
            return _sent(last)
        return _Draft(now, _next(allocation_id, last, now))

    def _says(self, sent: FixMessageRow, now: AllocationInstruction) -> bool:
        """Whether a message that left says this; who sent it when to whom is no part of it."""
        transaction = Transaction(sent.alloc_id, AllocTransType(sent.trans_type), sent.replaces)
        again = encoded(now, transaction, self._header(sent.sent_at))
        return body(again) == body(sent.message.encode("ascii"))

    def _row(
        self, allocation_id: str, draft: _Draft, last: FixMessageRow | None, caller: Caller
    ) -> FixMessageRow:
        at = self._clock() if last is None else max(self._clock(), last.sent_at + TIME_STEP)
        message = encoded(draft.instruction, draft.transaction, self._header(at))
        return FixMessageRow(
            allocation_id=allocation_id,
            sequence=_next_sequence(last),
            alloc_id=draft.transaction.alloc_id,
            trans_type=draft.transaction.type,
            alloc_type=draft.instruction.type,
            replaces=draft.transaction.replaces,
            sent_at=at,
            sent_by=caller.username,
            message=message.decode("ascii"),
            sha256=sha256(message).hexdigest(),
        )

    def _header(self, at: datetime) -> Header:
        return Header(self._settings.sender_comp_id, self._settings.target_comp_id, at)


def _of_visible(visible: Visibility) -> rows.Conditions:
    if not visible.limited:
        return ()
    found = select(AllocationRow.id).where(*rows.allocations(visible))
    return (FixMessageRow.allocation_id.in_(found),)


def _last(session: Session, allocation_id: str) -> FixMessageRow | None:
    query = select(FixMessageRow).where(FixMessageRow.allocation_id == allocation_id)
    return session.scalar(query.order_by(FixMessageRow.sequence.desc()).limit(1))


def _next_sequence(last: FixMessageRow | None) -> int:
    return 1 if last is None else last.sequence + 1


def _next(allocation_id: str, last: FixMessageRow | None, now: AllocationInstruction) -> Transaction:
    """Return what the next message does: replace or cancel the one that stands, else be new."""
    alloc_id = f"{allocation_id}-{_next_sequence(last)}"
    if last is None or last.trans_type == AllocTransType.CANCEL:
        return Transaction(alloc_id, AllocTransType.NEW)
    kind = AllocTransType.REPLACE if now.shares else AllocTransType.CANCEL
    return Transaction(alloc_id, kind, last.alloc_id)


def _sent(row: FixMessageRow) -> FixMessage:
    return FixMessage(
        alloc_id=row.alloc_id,
        sequence=row.sequence,
        trans_type=AllocTransType(row.trans_type),
        alloc_type=AllocType(row.alloc_type),
        replaces=row.replaces,
        sent_at=row.sent_at,
        sent_by=row.sent_by,
        sha256=row.sha256,
        message=row.message.encode("ascii"),
    )


def _audited(row: FixMessageRow) -> dict[str, object]:
    return {
        "alloc_id": row.alloc_id,
        "sequence": row.sequence,
        "trans_type": row.trans_type,
        "alloc_type": row.alloc_type,
        "replaces": row.replaces,
        "sent_at": row.sent_at.isoformat(),
        "sha256": row.sha256,
    }
