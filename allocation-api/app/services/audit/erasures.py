"""Records of erasures, held to the rule: only what nobody committed, and only once its time was over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.services.audit.actions import Action
from app.services.audit.chain import ChainedRecord
from app.services.audit.evidence import Value
from app.utils.words import counted

ERASURES = frozenset({Action.PREVIEW_ERASED, Action.COMPARISON_ERASED})

COMMITS = frozenset({Action.COMMIT, Action.COMMIT_RECOVERED})
"""Actions after which an allocation is kept for good."""

UNCOMMITTED = frozenset({"PREVIEWED", "EXPIRED"})


def fault_of(
    record: ChainedRecord, after: Mapping[str, Any], known: Mapping[str, Value], *, is_committed: bool
) -> str | None:
    """Return why an erasure was wrong, None where it was right.

    Parameters
    ----------
    record, after
        The record of the erasure and its decoded `after`.
    known
        The row as the records before it have it; an older preview's have neither status nor expiry.
    is_committed
        Whether one of those records is of a commit.
    """
    status = known.get("status")
    if is_committed or (status is not None and status not in UNCOMMITTED):
        return "its documents were erased although it was committed"
    expires_at, days = known.get("expires_at"), after.get("retention_days")
    if not isinstance(days, int) or days < 1:
        return "its documents were erased and the record does not say after how many days"
    if expires_at is not None and datetime.fromisoformat(record.at) < _due(expires_at, days):
        return f"its documents were erased before {counted(days, 'day')} after its expiry had passed"
    return None


def _due(expires_at: str, days: int) -> datetime:
    return datetime.fromisoformat(expires_at) + timedelta(days=days)
