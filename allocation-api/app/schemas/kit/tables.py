"""In which format a table is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.schemas.kit.base import RequestSchema, added
from app.schemas.kit.fields import Code, QueryFlag


class TableFormat(StrEnum):
    """Formats of a table. CSV and XLSX have all of its rows, JSON a page where there are pages."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class TableQuery:
    """The format of a table, and whether CSV begins with a byte order mark."""

    format: TableFormat
    bom: bool


class CsvSchema(RequestSchema):
    """How CSV is wanted."""

    bom = QueryFlag(
        load_default=False,
        metadata=added(
            "true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8.", example=False
        ),
    )


class TableSchema(CsvSchema):
    """In which format a table is wanted, beside what else is asked."""

    format = Code(
        TableFormat,
        load_default=TableFormat.JSON,
        metadata=added("json, or the whole table as csv or xlsx.", example="json"),
    )


class TableQuerySchema(TableSchema):
    """In which format a table is wanted."""

    makes = TableQuery


@dataclass(frozen=True, slots=True)
class CsvQuery:
    """Whether CSV begins with a byte order mark."""

    bom: bool


class CsvQuerySchema(CsvSchema):
    """How CSV is wanted."""

    makes = CsvQuery
