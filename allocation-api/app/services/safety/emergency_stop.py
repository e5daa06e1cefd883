"""Emergency stop: an append-only row that every order reads in the transaction that lets it leave (R10.6).

The newest row is in force. Setting it and reading it before a send run under one lock of the database, so the
two are in one order for all processes: once a stop is stored, no order is let out after it. What cannot be
read stops as well, because an order that leaves by mistake is real money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import AllocatorError
from app.core.security import Permission
from app.models import STOP_LOCK, EmergencyStopRow
from app.models.lock import serialise
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.caller import Caller, require
from app.services.safety.errors import StoppedBySameUser, TradingHalted, TradingNotStopped

MAX_REASON_CHARACTERS = 500
"""Length of the longest reason."""

DESK = "desk"
"""Entity id of the emergency stop in records of what did not change it."""


class TradingState(StrEnum):
    """State of trading: OPEN, STOPPED by a user of the desk, or HALTED by the settings, whoever resets."""

    OPEN = "OPEN"
    STOPPED = "STOPPED"
    HALTED = "HALTED"


@dataclass(frozen=True, slots=True)
class StopStatus:
    """The emergency stop now, with its last change; `version` 0 and None before there was any.

    `halted` is the setting TRADING_HALTED. `user_id` is for the four-eyes check alone.
    """

    stopped: bool
    halted: bool
    version: int
    reason: str | None
    changed_at: datetime | None
    changed_by: str | None
    user_id: str | None

    @property
    def state(self) -> TradingState:
        """State of trading; the setting outranks the desk's own stop."""
        if self.halted:
            return TradingState.HALTED
        return TradingState.STOPPED if self.stopped else TradingState.OPEN

    @property
    def words(self) -> str | None:
        """Why no order is sent, as a sentence without its full stop; None while trading is open."""
        if self.halted:
            return "Trading is halted: no order is sent or changed while TRADING_HALTED is on"
        if self.stopped:
            return (
                f"Trading is halted: {self.changed_by} stopped it at {self.changed_at:%Y-%m-%dT%H:%M:%SZ}. "
                f"Reason: {self.reason}"
            )
        return None


class EmergencyStop:
    """Stops and opens trading for all processes on a database; `halted` is the setting TRADING_HALTED."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock, *, halted: bool) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._halted = halted

    def status(self) -> StopStatus:
        """Return the present state."""
        with self._database.read() as session:
            return self.read(session)

    def read(self, session: Session) -> StopStatus:
        """Return the state as this session sees it, in one statement."""
        newest = select(EmergencyStopRow).order_by(EmergencyStopRow.version.desc()).limit(1)
        row = session.scalar(newest)
        if row is None:
            return StopStatus(
                stopped=False,
                halted=self._halted,
                version=0,
                reason=None,
                changed_at=None,
                changed_by=None,
                user_id=None,
            )
        return StopStatus(
            stopped=row.state != TradingState.OPEN,  # a state that nobody knows is no permission to send
            halted=self._halted,
            version=row.version,
            reason=row.reason,
            changed_at=row.at,
            changed_by=row.username,
            user_id=row.user_id,
        )

    def check(self, session: Session) -> None:
        """Let an order out, in the transaction that is its last step before it is sent.

        Raises
        ------
        TradingHalted
            While trading is halted. Errors of the database are passed on: nothing may be sent then.
        """
        if not self._halted:
            serialise(session, STOP_LOCK)
        found = self.read(session)
        if found.words is not None:
            raise TradingHalted(found.words)

    def stop(self, reason: str, caller: Caller) -> StopStatus:
        """Stop trading. Where it is stopped already the first stop stands; the trail has the second.

        Raises
        ------
        Forbidden
            Without the permission.
        """
        require(caller, Permission.TRADING_STOP)

        def store(session: Session) -> StopStatus:
            serialise(session, STOP_LOCK)
            before = self.read(session)
            if before.stopped:
                after = {"state": TradingState.STOPPED, "reason": reason}
                self._record(session, Action.EMERGENCY_STOP, caller, before, after)
                return before
            return self._change(session, Action.EMERGENCY_STOP, before, TradingState.STOPPED, reason, caller)

        return self._database.retried(store)

    def reset(self, reason: str, caller: Caller) -> StopStatus:
        """Open trading again, by another user than the one who stopped it.

        Raises
        ------
        Forbidden
            Without the permission.
        TradingNotStopped
            When it is not stopped.
        StoppedBySameUser
            When the caller stopped it; that is audited.
        """
        require(caller, Permission.TRADING_RESUME)

        def store(session: Session) -> StopStatus | AllocatorError:
            serialise(session, STOP_LOCK)
            before = self.read(session)
            if not before.stopped:
                return TradingNotStopped("Trading is not stopped, so there is nothing to reset")
            if caller.user_id == before.user_id:
                refusal = StoppedBySameUser(
                    "You stopped trading yourself. Another user with the permission trading:resume must "
                    "reset it"
                )
                after = {"code": refusal.code, "reason": reason}
                self._record(session, Action.EMERGENCY_STOP_RESET_REFUSED, caller, before, after)
                return refusal
            return self._change(
                session, Action.EMERGENCY_STOP_RESET, before, TradingState.OPEN, reason, caller
            )

        done = self._database.retried(store)
        if isinstance(done, AllocatorError):
            raise done
        return done

    def _change(
        self,
        session: Session,
        action: Action,
        before: StopStatus,
        state: TradingState,
        reason: str,
        caller: Caller,
    ) -> StopStatus:
        row = EmergencyStopRow(
            id=new_id(),
            version=before.version + 1,
            state=state,
            reason=reason,
            at=self._clock(),
            user_id=caller.user_id,
            username=caller.username,
        )
        session.add(row)
        session.flush()
        self._audit.record_for(
            session,
            action,
            caller,
            EntityType.EMERGENCY_STOP,
            row.id,
            before=_audited(before),
            after={"state": state, "version": row.version, "reason": reason},
            rows=everything(EntityType.EMERGENCY_STOP),
        )
        return self.read(session)

    def _record(
        self,
        session: Session,
        action: Action,
        caller: Caller,
        before: StopStatus,
        after: Mapping[str, object],
    ) -> None:
        """Record what changed nothing."""
        self._audit.record_for(
            session,
            action,
            caller,
            EntityType.EMERGENCY_STOP,
            DESK,
            before=_audited(before),
            after=after,
        )


def _audited(status: StopStatus) -> Mapping[str, object]:
    state = TradingState.STOPPED if status.stopped else TradingState.OPEN
    return {"state": state, "version": status.version, "reason": status.reason}
