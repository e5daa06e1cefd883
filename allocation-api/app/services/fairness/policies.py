"""The desk's fairness policy: versions that are written once, the newest in force (R15.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, new_id
from app.core.errors import NotFound
from app.models import FAIRNESS_LOCK, FairnessPolicyRow
from app.models.lock import serialise
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.caller import Caller
from app.services.domain.fairness import DEFAULT_POLICY, FairnessPolicy
from app.services.fairness.errors import PolicyChanged
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, page

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(FairnessPolicy)


class FairnessPolicies:
    """Stores the versions of the policy under an optimistic lock, each with its audit record."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def in_force(self, session: Session) -> FairnessPolicy:
        """Return the newest version, in one statement; the built-in policy before there is any."""
        newest = select(FairnessPolicyRow).order_by(FairnessPolicyRow.version.desc()).limit(1)
        row = session.scalar(newest)
        return DEFAULT_POLICY if row is None else _policy(row)

    def named(self, session: Session, policy_id: str) -> FairnessPolicy | None:
        """Return the version with this id; None where there is none."""
        if policy_id == DEFAULT_POLICY.policy_id:
            return DEFAULT_POLICY
        row = session.get(FairnessPolicyRow, policy_id)
        return None if row is None else _policy(row)

    def get(
        self, visible: Visibility, *, policy_id: str | None = None, version: int | None = None
    ) -> FairnessPolicy:
        """Return the version with this id or of this number; without either the one in force.

        Raises
        ------
        NotFound
            When there is none.
        """
        with self._database.read() as session:
            if policy_id is not None:
                found = self.named(session, policy_id)
            elif version is not None:
                found = _numbered(session, version)
            else:
                found = self.in_force(session)
        if found is None or version not in {None, found.version}:
            given = {"id": policy_id, "version": version}
            words = " and ".join(f"{name} {value}" for name, value in given.items() if value is not None)
            raise NotFound(f"There is no fairness policy of {words}")
        return _shown(found, visible)

    def history(self, visible: Visibility, *, cursor: str | None, limit: int) -> Page[FairnessPolicy]:
        """Return a page of the versions that the desk has stated, newest first."""
        order = (FairnessPolicyRow.created_at, FairnessPolicyRow.policy_id)
        with self._database.read() as session:
            query = select(FairnessPolicyRow)
            return page(session, query, order, cursor, limit, lambda row: _shown(_policy(row), visible))

    def put(self, wanted: FairnessPolicy, replaced: int, caller: Caller) -> FairnessPolicy:
        """Put a new version in force in the place of version `replaced`, and audit both.

        Id, version, time and user of `wanted` are set here.

        Raises
        ------
        PolicyChanged
            When another version is in force; its number and id are in the error.
        """

        def store(session: Session) -> FairnessPolicy:
            serialise(session, FAIRNESS_LOCK)
            before = self.in_force(session)
            if before.version != replaced:
                raise PolicyChanged(
                    f"Version {before.version} of the fairness policy is in force, not {replaced}. "
                    "Read it, and state yours again",
                    extra={"version": before.version, "policy_id": before.policy_id},
                )
            policy = replace(
                wanted,
                policy_id=new_id(),
                version=before.version + 1,
                created_at=self._clock(),
                created_by=caller.username,
            )
            session.add(_row(policy, caller))
            session.flush()
            self._audit.record_for(
                session,
                Action.FAIRNESS_POLICY_SET,
                caller,
                EntityType.FAIRNESS_POLICY,
                policy.policy_id,
                before=_state(before),
                after=_state(policy),
                rows=everything(EntityType.FAIRNESS_POLICY),
            )
            return policy

        return self._database.retried(store)


def _shown(policy: FairnessPolicy, visible: Visibility) -> FairnessPolicy:
    """Return a policy as a user may see it: with the stated weights of visible accounts."""
    weights = {a: weight for a, weight in policy.stated_weights.items() if visible.account(a)}
    return replace(policy, stated_weights=weights)


def _numbered(session: Session, version: int) -> FairnessPolicy | None:
    if version == DEFAULT_POLICY.version:
        return DEFAULT_POLICY
    row = session.scalar(select(FairnessPolicyRow).where(FairnessPolicyRow.version == version))
    return None if row is None else _policy(row)


def _policy(row: FairnessPolicyRow) -> FairnessPolicy:
    return _DECODER.decode(row.document)


def _row(policy: FairnessPolicy, caller: Caller) -> FairnessPolicyRow:
    return FairnessPolicyRow(
        policy_id=policy.policy_id,
        version=policy.version,
        document=_ENCODER.encode(policy).decode(),
        created_at=policy.created_at,
        created_by=caller.username,
    )


def _state(policy: FairnessPolicy) -> Mapping[str, Any]:
    """Return the policy as JSON for the trail."""
    return {name: value for name, value in msgspec.to_builtins(policy).items() if name != "created_by"}
