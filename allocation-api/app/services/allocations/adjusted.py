"""What an edit of a preview changed and what it costs, reckoned from what is stored of it."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.allocations.origins import Adjustment, Edit, EditCost, Move
from app.services.allocations.types import PreviewResult
from app.services.domain.face import exact_face


def adjustment(edit: Edit, result: PreviewResult) -> Adjustment:
    """Return what became of an edit: the accounts that it moved, and its cost in dispersion."""
    return Adjustment(
        adjusted_from=edit.adjusted_from,
        unedited_id=edit.unedited.allocation_id,
        fixed=edit.fixed,
        cost=_cost(edit, result),
        moved=tuple(_moves(edit, result)),
    )


def _cost(edit: Edit, result: PreviewResult) -> EditCost:
    # R10.11
    best, summary = edit.unedited.best, result.summary
    after = summary.dispersion_metrics.post_trade_std_dev
    more = after - best.post_trade_std_dev
    return EditCost(
        unedited_std_dev=edit.unedited.post_trade_std_dev,
        least_std_dev=best.post_trade_std_dev,
        lower_bound_std_dev=best.lower_bound_std_dev,
        status=best.status,
        post_trade_std_dev=after,
        absolute=more,
        relative=more / best.post_trade_std_dev if best.post_trade_std_dev else None,
        total_difference=exact_face(summary.total_allocated - best.total_allocated),
    )


def _moves(edit: Edit, result: PreviewResult) -> Iterator[Move]:
    for row in result.allocations:
        before, after = edit.before.get(row.account_id, 0), row.allocated_quantity
        if before != after:
            yield Move(row.account_id, before, after, exact_face(after - before))
