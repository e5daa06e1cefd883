"""What is imported into market history, and the report on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

MAX_ROWS = 500_000
"""Rows of one import."""

MAX_PRICE = 1e15
"""Of a row: the value of a whole market is a price, too."""

MAX_VOLUME = 1e15

MAX_FINDINGS = 1_000
"""Findings that a report lists; it counts all."""


class ImportFindingKind(StrEnum):
    """What a report on an import tells of a row, or of the days of a symbol."""

    DUPLICATE = "DUPLICATE"
    NOT_POSITIVE = "NOT_POSITIVE"
    FUTURE_DATE = "FUTURE_DATE"
    UNSORTED = "UNSORTED"
    JUMP = "JUMP"
    GAP = "GAP"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    CORRECTION = "CORRECTION"


REFUSED = frozenset(
    {ImportFindingKind.DUPLICATE, ImportFindingKind.NOT_POSITIVE, ImportFindingKind.FUTURE_DATE}
)
"""Findings for which an import is refused; the others are reported, and the rows are stored as they are."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as they were sent, by column.

    `paths` say where each stands, such as `rows.17` or `file.18`; `days` count from 1970-01-01; `values` has
    open, high, low, close and volume of each row, NaN where one is not stated.
    """

    paths: Sequence[str]
    symbols: Sequence[str]
    days: Sequence[int]
    values: Sequence[tuple[float, float, float, float, float]]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """Rows of one source; a dry run stores nothing."""

    rows: Rows
    source: str
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `field` is where the row stands, None for a gap; `message` says what there is."""

    kind: ImportFindingKind
    field: str | None
    symbol: str
    date: date
    message: str

    @property
    def is_refused(self) -> bool:
        """Whether nothing is imported because of it."""
        return self.kind in REFUSED


@dataclass(frozen=True, slots=True)
class ImportedAsset:
    """What an import has of one symbol."""

    symbol: str
    first_date: date
    last_date: date
    row_count: int
    new_count: int
    corrected_count: int
    unchanged_count: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do; `import_id` and `arrived_at` are None where nothing was stored."""

    import_id: str | None
    arrived_at: datetime | None
    source: str
    dry_run: bool
    row_count: int
    new_count: int
    corrected_count: int
    unchanged_count: int
    refused_count: int
    assets: list[ImportedAsset]
    counts: Mapping[str, int]
    findings: list[Finding]
    findings_left_out: int
