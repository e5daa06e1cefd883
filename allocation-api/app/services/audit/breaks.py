"""What a verification finds: damaged places of the chain, and rows that are not as the chain has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Damage(StrEnum):
    """Kinds of damage.

    CHANGED, REMOVED, INSERTED and REORDERED are about records. A head is the stored end of a day:
    HEAD_MISSING and HEAD_CHANGED are about it. ANCHOR_MISSING: the record of the anchor is not there. ROW_X
    are about rows of the tables that are evidence.
    """

    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    INSERTED = "INSERTED"
    REORDERED = "REORDERED"
    HEAD_MISSING = "HEAD_MISSING"
    HEAD_CHANGED = "HEAD_CHANGED"
    ANCHOR_MISSING = "ANCHOR_MISSING"
    ROW_CHANGED = "ROW_CHANGED"
    ROW_REMOVED = "ROW_REMOVED"
    ROW_INSERTED = "ROW_INSERTED"


@dataclass(frozen=True, slots=True)
class Break:
    """A damaged place of the chain or a row; what does not apply is None.

    `day`, `sequence` and `audit_id` are the record: of a row, the last one that has it. `recorded` and
    `found` are the values of `column` there and in the row of `table` with this `key`, as texts.
    """

    damage: Damage
    day: str | None
    sequence: int | None
    audit_id: str | None
    message: str
    table: str | None = None
    key: Mapping[str, str] | None = None
    column: str | None = None
    recorded: str | None = None
    found: str | None = None
