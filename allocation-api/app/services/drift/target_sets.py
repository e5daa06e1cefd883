"""Target sets in versions that are written once, by optimistic lock, each with its audit record (R19.7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import FieldError, InvalidRequest, NotFound
from app.models import TARGETS_LOCK, TargetDecisionRow, TargetSetRow, TargetVersionRow
from app.models.lock import serialise
from app.services.accounts import reference
from app.services.aladdin.cached_book import BookReader
from app.services.audit.trail import Action, AuditService, Changed, EntityType, everything
from app.services.domain.calendar import trade_date
from app.services.domain.caller import Caller
from app.services.drift.errors import TargetsChanged, TargetsNotPending, TargetsPending
from app.services.drift.target_rows import encode, in_force, is_in_force, sets_of
from app.services.drift.target_securities import resolved
from app.services.drift.target_types import (
    Content,
    Decision,
    HeldTargets,
    StatedTargets,
    TargetFilter,
    TargetScope,
    TargetSet,
    TargetVersion,
)
from app.services.securities.lookup import SecurityLookup
from app.services.trading.errors import FourEyes, NotYours
from app.services.visibility import rows
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, page

_DECIDED = {
    Decision.APPROVED: Action.TARGETS_APPROVED,
    Decision.REJECTED: Action.TARGETS_REJECTED,
    Decision.WITHDRAWN: Action.TARGETS_WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class _New:
    """A version to be stored; without content it ends the set."""

    content: Content | None
    effective_from: date
    comment: str


class TargetSets:
    """Stores and reads target sets.

    `business_date` returns the desk's business date. With `four_eyes` a version waits for the approval of
    another user than its author.
    """

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        book: BookReader,
        lookup: SecurityLookup,
        clock: Clock,
        business_date: Callable[[], date],
        *,
        four_eyes: bool,
    ) -> None:
        self._database = database
        self._audit = audit
        self._book = book
        self._lookup = lookup
        self._clock = clock
        self._business_date = business_date
        self._four_eyes = four_eyes

    def state(self, stated: StatedTargets, caller: Caller, visible: Visibility) -> TargetSet:
        """Store a new version of the targets of a scope and dimension, the first one too.

        Raises
        ------
        InvalidRequest
            Naming the scope, when there is no such account or group, securities that there are not, or a date
            before the business date.
        TargetsChanged
            When the set has another newest version than the one that was read.
        TargetsPending
            When a version waits for its approval.
        VendorError
            When Aladdin does not answer.
        """
        unknown = self._unknown_scope(stated, visible)
        stated, no_securities = resolved(stated, self._lookup)
        begins = self._checked_date(stated.effective_from, [*unknown, *no_securities])

        def store(session: Session) -> TargetSet:
            serialise(session, TARGETS_LOCK)
            found = session.scalar(
                select(TargetSetRow).where(
                    TargetSetRow.scope == stated.scope,
                    TargetSetRow.scope_id == stated.scope_id,
                    TargetSetRow.dimension == stated.dimension,
                )
            )
            before = None if found is None else self._of(session, found)
            _check_version(before, stated.version)
            row = found or self._new_set(session, stated)
            return self._add(session, row, before, _New(stated.content, begins, stated.comment), caller)

        return self._database.retried(store)

    def end(
        self,
        target_set_id: str,
        *,
        version: int,
        effective_from: date | None,
        comment: str,
        caller: Caller,
        visible: Visibility,
    ) -> TargetSet:
        """Store a version that ends a set: from its day on there are no targets.

        Raises
        ------
        NotFound
            When there is no such set, or it is not visible.
        InvalidRequest, TargetsChanged, TargetsPending
            As `state`.
        """
        begins = self._checked_date(effective_from, [])

        def store(session: Session) -> TargetSet:
            serialise(session, TARGETS_LOCK)
            row = _require(session, target_set_id, visible)
            before = self._of(session, row)
            _check_version(before, version)
            return self._add(session, row, before, _New(None, begins, comment), caller)

        return self._database.retried(store)

    def decide(
        self,
        target_set_id: str,
        decision: Decision,
        *,
        version: int,
        comment: str,
        caller: Caller,
        visible: Visibility,
    ) -> TargetSet:
        """Approve or reject a version that another user stated, or withdraw the caller's own (R19.8).

        Raises
        ------
        NotFound
            When there is no such set, or it is not visible.
        TargetsNotPending
            When this version does not wait for an approval.
        FourEyes
            When the caller stated it, and approves or rejects.
        NotYours
            When another user stated it, and the caller withdraws.
        """

        def store(session: Session) -> TargetSet:
            serialise(session, TARGETS_LOCK)
            row = _require(session, target_set_id, visible)
            pending = _pending(self._of(session, row), version)
            _check_person(pending, decision, caller)
            session.add(
                TargetDecisionRow(
                    target_set_id=row.id,
                    version=version,
                    decision=decision,
                    comment=comment,
                    business_date=self._today(),
                    at=self._clock(),
                    user_id=caller.user_id,
                    username=caller.username,
                )
            )
            session.flush()
            after = self._of(session, row)
            decided = next(v for v in after.versions if v.version == version)
            written = (Changed(TargetDecisionRow, where={"version": version}),)
            self._record(session, _DECIDED[decision], caller, after, (pending, decided), written)
            return after

        return self._database.retried(store)

    def get(self, target_set_id: str, visible: Visibility) -> TargetSet:
        """Return one target set with all its versions.

        Raises
        ------
        NotFound
            When there is none, or it is not visible.
        """
        with self._database.read() as session:
            return self._of(session, _require(session, target_set_id, visible))

    def check_visible(self, target_set_id: str, visible: Visibility) -> None:
        """Check that a target set is there and visible.

        Raises
        ------
        NotFound
            When it is not.
        """
        with self._database.read() as session:
            _require(session, target_set_id, visible)

    def list(
        self, wanted: TargetFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[TargetSet]:
        """Return a page of the visible target sets, newest first."""
        columns = {
            TargetSetRow.scope: wanted.scope,
            TargetSetRow.scope_id: wanted.scope_id,
            TargetSetRow.dimension: wanted.dimension,
        }
        query = select(TargetSetRow).where(
            *rows.target_sets(visible),
            *(column == value for column, value in columns.items() if value is not None),
            *(() if wanted.on is None else (is_in_force(wanted.on),)),
        )
        order = (TargetSetRow.created_at, TargetSetRow.id)
        with self._database.read() as session:
            found = page(session, query, order, cursor, limit, lambda row: row)
            sets = sets_of(session, found.items, wanted.on or self._today())
        return Page(sets, found.next_cursor)

    def in_force(self, visible: Visibility) -> tuple[HeldTargets, ...]:
        """Return all visible targets that are in force on the business date."""
        with self._database.read() as session:
            return in_force(session, self._today(), visible)

    def _today(self) -> date:
        return trade_date(self._business_date())

    def _of(self, session: Session, row: TargetSetRow) -> TargetSet:
        return sets_of(session, [row], self._today())[0]

    def _checked_date(self, asked: date | None, errors: Sequence[FieldError]) -> date:
        today = self._today()
        if asked is not None and asked < today:
            message = f"The date lies before the business date {today}."
            errors = [*errors, FieldError("effective_from", message)]
        if errors:
            raise InvalidRequest.of(*errors)
        return asked or today

    def _unknown_scope(self, stated: StatedTargets, visible: Visibility) -> Sequence[FieldError]:
        scope, name = stated.scope, stated.scope_id
        with self._database.read() as session:
            groups = visible.visible_groups(g.group_id for g in reference.groups(session))
        if scope is TargetScope.GROUP:
            known = name in groups
        else:
            known = visible.account(name) and any(
                name in members.account_ids for members in self._book.group_members(groups)
            )
        what = "portfolio group" if scope is TargetScope.GROUP else "account in a portfolio group"
        return [] if known else [FieldError("scope_id", f"There is no {what} {name!r}.")]

    def _new_set(self, session: Session, stated: StatedTargets) -> TargetSetRow:
        row = TargetSetRow(
            id=new_id(),
            scope=stated.scope,
            scope_id=stated.scope_id,
            dimension=stated.dimension,
            created_at=self._clock(),
        )
        session.add(row)
        session.flush()
        return row

    def _add(
        self, session: Session, row: TargetSetRow, before: TargetSet | None, new: _New, caller: Caller
    ) -> TargetSet:
        number = 1 if before is None else before.version + 1
        session.add(
            TargetVersionRow(
                target_set_id=row.id,
                version=number,
                effective_from=new.effective_from,
                ends=new.content is None,
                needs_approval=self._four_eyes,
                document=encode(new.content or Content()),
                comment=new.comment,
                created_at=self._clock(),
                user_id=caller.user_id,
                username=caller.username,
            )
        )
        session.flush()
        after = self._of(session, row)
        action = Action.TARGETS_ENDED if new.content is None else Action.TARGETS_STATED
        added = (Changed(TargetVersionRow, where={"version": number}),)
        written = everything(EntityType.TARGET_SET) if before is None else added
        versions = (before.versions[0] if before else None, after.versions[0])
        self._record(session, action, caller, after, versions, written)
        return after

    def _record(
        self,
        session: Session,
        action: Action,
        caller: Caller,
        of: TargetSet,
        versions: tuple[TargetVersion | None, TargetVersion],
        written: tuple[Changed, ...],
    ) -> None:
        before, after = versions
        self._audit.record_for(
            session,
            action,
            caller,
            EntityType.TARGET_SET,
            of.target_set_id,
            before=None if before is None else _state(of, before),
            after=_state(of, after),
            rows=written,
        )


def _require(session: Session, target_set_id: str, visible: Visibility) -> TargetSetRow:
    row = session.scalar(
        select(TargetSetRow).where(TargetSetRow.id == target_set_id, *rows.target_sets(visible))
    )
    if row is None:
        raise NotFound(f"There is no target set {target_set_id!r}")
    return row


def _check_version(before: TargetSet | None, read: int) -> None:
    newest = 0 if before is None else before.version
    if newest != read:
        words = f"Version {newest} of these targets" if newest else "No version of these targets"
        raise TargetsChanged(
            f"{words} is the newest, not {read}. Read them, and state yours again",
            extra={"version": newest, "target_set_id": before.target_set_id if before else None},
        )
    if before is not None and before.pending is not None:
        raise TargetsPending(
            f"Version {before.pending.version} of these targets waits for its approval. Have it approved or "
            "rejected, or withdraw it, before you state another one",
            extra={"version": newest, "target_set_id": before.target_set_id},
        )


def _pending(found: TargetSet, version: int) -> TargetVersion:
    pending = found.pending
    if pending is None or pending.version != version:
        raise TargetsNotPending(
            f"Version {version} does not wait for an approval. Read the targets",
            extra={"pending_version": pending.version if pending else None},
        )
    return pending


def _check_person(pending: TargetVersion, decision: Decision, caller: Caller) -> None:
    own = pending.created_by_id == caller.user_id
    if decision is Decision.WITHDRAWN and not own:
        raise NotYours(f"Only {pending.created_by}, who stated these targets, can withdraw them")
    if decision is not Decision.WITHDRAWN and own:
        raise FourEyes("You have stated these targets, so another user has to decide on them")


def _state(of: TargetSet, version: TargetVersion) -> dict[str, Any]:
    """Return a version as JSON for the trail."""
    said: dict[str, Any] = msgspec.to_builtins(version)
    return {"scope": of.scope, "scope_id": of.scope_id, "dimension": of.dimension, **said}
