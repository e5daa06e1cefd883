"""What records from before rows were recorded say of rows: less, but not nothing.

Those of previews have the snapshot's hash and the order, those of fills the face of each account, those of
commits the ids of the orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from app.services.audit.actions import Action
from app.services.audit.chain import ChainedRecord
from app.services.audit.evidence import Row, Value, recorded_number

Said = Iterator[tuple[str, Row]]

_PREVIEW_COLUMNS = {
    "security_id": "security_id",
    "side": "side",
    "method": "method",
    "quantity": "quantity",
    "total_allocated": "total_allocated",
    "warnings": "warning_count",
    "snapshot_sha256": "snapshot_sha256",
}
"""Members of a PREVIEW record's `after`, and the columns of `allocations` that they state."""


@dataclass(frozen=True, slots=True)
class OlderRecord:
    """A record without rows, with its `after` decoded."""

    record: ChainedRecord
    after: Mapping[str, Any]


def rows_said(older: OlderRecord) -> Said:
    """Yield table and columns of the rows that an older record speaks of."""
    says = _SAYS.get(older.record.action)
    return says(older) if says is not None else iter(())


def _preview(older: OlderRecord) -> Said:
    record, after = older.record, older.after
    row: Row = {column: _text(after[name]) for name, column in _PREVIEW_COLUMNS.items() if name in after}
    row |= {"user_id": record.user_id, "username": record.username, "request_id": record.request_id}
    if "snapshot_sha256" in after:
        row["snapshot"] = f"sha256:{after['snapshot_sha256']}"
    yield "allocations", row
    for group_id in after.get("portfolio_groups", ()):
        yield "allocation_groups", {"group_id": group_id}


def _fill(older: OlderRecord) -> Said:
    after = older.after
    sequence = after.get("sequence")
    if not isinstance(sequence, int):
        return
    of_fill = {"sequence": str(sequence)}
    yield "order_fills", {**of_fill, "filled_quantity": _text(after.get("filled_quantity"))}
    for account_id, face in after.get("allocations", {}).items():
        yield "order_fill_lines", {**of_fill, "account_id": account_id, "filled_quantity": _text(face)}


def _text(value: object) -> Value:
    """Return a member as rows carry it: numbers as rows do, texts as they are."""
    return value if value is None or isinstance(value, str) else recorded_number(cast("float", value))


_SAYS: dict[str, Callable[[OlderRecord], Said]] = {
    Action.PREVIEW: _preview,
    Action.FILL_RECORDED: _fill,
    Action.ALLOCATION_TAKEN_OVER: _fill,
}
