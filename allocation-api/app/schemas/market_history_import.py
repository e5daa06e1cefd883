"""Imports of daily prices: what is sent, and the report."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.kit.base import RequestSchema, ResponseSchema, StrictSchema, added
from app.schemas.kit.fields import Code, IsoDate, Number, QueryFlag, Text, UtcTime
from app.schemas.market_history_fields import Symbol
from app.schemas.market_history_rows import RowsField
from app.services.market_history.import_types import ImportFindingKind, Rows


@dataclass(frozen=True, slots=True)
class ImportQuery:
    """Where rows come from, and whether they are stored."""

    source: str
    dry_run: bool


class ImportQuerySchema(RequestSchema):
    """Where rows come from, and whether they are stored."""

    makes = ImportQuery

    source = Text(
        least=1, most=64, load_default="upload", metadata=added("Where the rows come from.", example="upload")
    )
    dry_run = QueryFlag(
        load_default=False, metadata=added("true: only report, and store nothing.", example=False)
    )


class MarketRowSchema(StrictSchema):
    """The prices of one symbol on one day."""

    date = IsoDate(required=True, metadata=added("Day.", example="2026-06-30"))
    symbol = Symbol(required=True, metadata=added("Symbol.", example="ACME"))
    close = Number("0", "1000000000000000", required=True, metadata=added("Closing price.", example=101.5))
    open = Number("0", "1000000000000000", allow_none=True, metadata=added("Opening price.", example=100.2))
    high = Number("0", "1000000000000000", allow_none=True, metadata=added("Highest price.", example=101.9))
    low = Number("0", "1000000000000000", allow_none=True, metadata=added("Lowest price.", example=100))
    volume = Number("0", "1000000000000000", allow_none=True, metadata=added("Volume.", example=900000))


@dataclass(frozen=True, slots=True)
class ImportBody:
    """Rows."""

    rows: Rows


class MarketImportSchema(RequestSchema):
    """Rows of daily prices, of one symbol or of many."""

    makes = ImportBody

    rows = RowsField(
        fields.Nested(MarketRowSchema), required=True, metadata=added("Rows, in any order.", minItems=1)
    )


def _count(text: str, example: int = 0) -> fields.Integer:
    return fields.Integer(metadata=added(text, example=example))


class MarketImportAssetSchema(ResponseSchema):
    """What an import has of one symbol."""

    symbol = fields.String(metadata=added("Symbol.", example="ACME"))
    first_date = IsoDate(metadata=added("First day.", example="2026-06-29"))
    last_date = IsoDate(metadata=added("Last day.", example="2026-06-30"))
    row_count = _count("Rows.", 2)
    new_count = _count("Rows of days that were not stored.", 2)
    corrected_count = _count("Rows that supersede a stored one.")
    unchanged_count = _count("Rows that are stored already, as they are.")


class MarketFindingSchema(ResponseSchema):
    """What there is to say of a row, or of the days of a symbol."""

    kind = Code(ImportFindingKind, metadata=added("Kind of finding.", example="GAP"))
    field = fields.String(
        allow_none=True, metadata=added("Where the row stands; null for a gap.", example="rows.17")
    )
    symbol = fields.String(metadata=added("Symbol.", example="ACME"))
    date = IsoDate(metadata=added("Day, the first one of a gap.", example="2026-06-30"))
    message = fields.String(
        metadata=added("What there is.", example="Other symbols have a row on 2026-06-30, and ACME has none.")
    )
    is_refused = fields.Boolean(metadata=added("Whether nothing is imported because of it.", example=False))


class MarketImportReportSchema(ResponseSchema):
    """What an import did, or would do."""

    import_id = fields.String(
        allow_none=True,
        metadata=added("Id of the import; null where nothing is stored.", example="0b9f2f3c-5a1e"),
    )
    arrived_at = UtcTime(
        allow_none=True,
        metadata=added("From when on the rows are known; null where nothing is stored."),
    )
    source = fields.String(metadata=added("Where the rows come from.", example="upload"))
    dry_run = fields.Boolean(metadata=added("Whether it is a report alone.", example=False))
    row_count = _count("Rows.", 2)
    new_count = _count("Rows of days that were not stored.", 2)
    corrected_count = _count("Rows that supersede a stored one.")
    unchanged_count = _count("Rows that are stored already, as they are.")
    refused_count = _count("Findings because of which nothing is imported.")
    assets = fields.List(fields.Nested(MarketImportAssetSchema), metadata=added("By symbol."))
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata=added("Findings by kind.", example={"GAP": 1})
    )
    findings = fields.List(
        fields.Nested(MarketFindingSchema), metadata=added("Findings, those that are refused first.")
    )
    findings_left_out = _count("Findings that are counted and not listed.")
