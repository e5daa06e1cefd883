"""Visibility as SQL conditions, made here for every statement that reads allocations and orders for a user.

Each returns a tuple of conditions for `where`, which is empty where everything is visible. An allocation is
visible where it was asked for visible groups only: in part it would tell of the accounts of other groups. A
row without groups is not visible to a limited user.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.models import (
    AllocationGroupRow,
    AllocationRow,
    BlotterGroupRow,
    BlotterRow,
    ComparisonGroupRow,
    ComparisonRow,
    DriftLineRow,
    MonitorChangeRow,
    OptimizationRow,
    OrderRow,
    ProposalGroupRow,
    ProposalRow,
    TargetSetRow,
)
from app.services.visibility.visibility import Visibility

Conditions = tuple[ColumnElement[bool], ...]


def allocations(visible: Visibility) -> Conditions:
    """Return the conditions that an `AllocationRow` is visible."""
    if visible.groups is None:
        return ()
    group, of = AllocationGroupRow, AllocationGroupRow.allocation_id == AllocationRow.id
    return exists().where(of), ~exists().where(of, group.group_id.not_in(sorted(visible.groups)))


def orders(visible: Visibility) -> Conditions:
    """Return the conditions that an `OrderRow` is visible: its allocation is."""
    if visible.groups is None:
        return ()
    allocation = select(AllocationRow.id).where(*allocations(visible))
    return (OrderRow.allocation_id.in_(allocation),)


def comparisons(visible: Visibility) -> Conditions:
    """Return the conditions that a `ComparisonRow` is visible."""
    if visible.groups is None:
        return ()
    group, of = ComparisonGroupRow, ComparisonGroupRow.comparison_id == ComparisonRow.id
    return exists().where(of), ~exists().where(of, group.group_id.not_in(sorted(visible.groups)))


def blotters(visible: Visibility) -> Conditions:
    """Return the conditions that a `BlotterRow` is visible."""
    if visible.groups is None:
        return ()
    group, of = BlotterGroupRow, BlotterGroupRow.blotter_id == BlotterRow.id
    return exists().where(of), ~exists().where(of, group.group_id.not_in(sorted(visible.groups)))


def target_sets(visible: Visibility) -> Conditions:
    """Return the conditions that a `TargetSetRow` is visible: its account or group is."""
    return _scoped(TargetSetRow, visible)


def proposals(visible: Visibility) -> Conditions:
    """Return the conditions that a `ProposalRow` is visible: its account or group is, and all its groups."""
    if visible.groups is None:
        return ()
    group, of = ProposalGroupRow, ProposalGroupRow.proposal_id == ProposalRow.id
    hidden = exists().where(of, group.group_id.not_in(sorted(visible.groups)))
    return (*_scoped(ProposalRow, visible), exists().where(of), ~hidden)


def optimizations(visible: Visibility) -> Conditions:
    """Return the conditions that an `OptimizationRow` is visible: it is the user's own."""
    return () if visible.groups is None else (OptimizationRow.user_id == visible.user_id,)


def monitor_changes(visible: Visibility) -> Conditions:
    """Return the conditions that a `MonitorChangeRow` is visible: of no portfolio, or of a visible one."""
    if visible.groups is None:
        return ()
    own = select(OptimizationRow.id).where(*optimizations(visible))
    return (or_(MonitorChangeRow.portfolio_id.is_(None), MonitorChangeRow.portfolio_id.in_(own)),)


def drift_lines(visible: Visibility) -> Conditions:
    """Return the conditions that a `DriftLineRow` is visible: its account or group is."""
    return _scoped(DriftLineRow, visible)


def _scoped(row: type[TargetSetRow | ProposalRow | DriftLineRow], visible: Visibility) -> Conditions:
    if visible.groups is None or visible.accounts is None:
        return ()
    of_group = and_(row.scope == "GROUP", row.scope_id.in_(sorted(visible.groups)))
    of_account = and_(row.scope == "ACCOUNT", row.scope_id.in_(sorted(visible.accounts)))
    return (or_(of_group, of_account),)
