"""Columns of blotters as files: what each is of a line, and how its cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from marshmallow import Schema, fields

from app.schemas.kit.base import RequestSchema, ResponseSchema, doc
from app.schemas.kit.fields import QueryFlag

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


class CellKind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "TEXT"
    NAMES = "NAMES"
    NUMBER = "NUMBER"
    DATE = "DATE"
    FLAG = "FLAG"


def _number(cell: str) -> object:
    """Return the number that a cell is; what is none stays a text, which its field refuses."""
    return Decimal(cell) if _NUMBER.fullmatch(cell) else cell


def _flag(cell: str) -> object:
    return {"true": True, "false": False}.get(cell.lower(), cell)


def _names(cell: str) -> object:
    return [name.strip() for name in cell.split(";")]


READ: Mapping[CellKind, Callable[[str], object]] = {
    CellKind.TEXT: str,
    CellKind.NAMES: _names,
    CellKind.NUMBER: _number,
    CellKind.DATE: str,
    CellKind.FLAG: _flag,
}
"""What the text of a cell is in the JSON of a line."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column: the field of a line that it is, what its cells hold, and an example of one."""

    path: tuple[str, ...]
    kind: CellKind
    meaning: str
    example: str = ""

    @property
    def name(self) -> str:
        """Name in the header."""
        return self.path[-1]


_ORDER, _PARAMETERS, _CONSTRAINTS = "order", "parameters", "constraints"
_TEXT, _NUMERIC = CellKind.TEXT, CellKind.NUMBER

COLUMNS = (
    FileColumn((_ORDER, "security_id"), _TEXT, "CUSIP or ISIN of the bond", "91282CKF7"),
    FileColumn((_ORDER, "side"), _TEXT, "BUY or SELL", "BUY"),
    FileColumn((_ORDER, "quantity"), _NUMERIC, "Face to split, or a size of the two next columns", "8000000"),
    FileColumn((_ORDER, "notional"), _NUMERIC, "Principal to trade instead"),
    FileColumn((_ORDER, "percent_of_nav"), _NUMERIC, "Principal as a fraction of NAV instead"),
    FileColumn((_ORDER, "price"), _NUMERIC, "Clean price per 100 instead of the market's"),
    FileColumn((_ORDER, "settlement_date"), CellKind.DATE, "As 2026-07-01; standard settlement where empty"),
    FileColumn(("allocation_method",), _TEXT, "PRO_RATA or MIN_DISPERSION", "PRO_RATA"),
    FileColumn(("portfolio_groups",), CellKind.NAMES, "Groups, separated by semicolons", "PUBLICPRE"),
    FileColumn(("priority",), _NUMERIC, "A smaller one comes first, lines without one last", "1"),
    FileColumn((_PARAMETERS, "base_metric"), _TEXT, "What a pro-rata share is proportional to", "NAV"),
    FileColumn((_PARAMETERS, "target_metric"), _TEXT, "The metric whose dispersion is minimised"),
    FileColumn((_CONSTRAINTS, "respect_cash"), CellKind.FLAG, "true or false; true where empty"),
    FileColumn((_CONSTRAINTS, "min_allocation"), _NUMERIC, "Least face of an account that gets any"),
    FileColumn((_CONSTRAINTS, "compliance_check"), CellKind.FLAG, "true or false; true where empty"),
)
"""Columns of a file; those that have nothing to say may be left out."""

BY_NAME = {column.name: column for column in COLUMNS}
"""The columns by their names in the header."""

REQUIRED = ("security_id", "side", "allocation_method", "portfolio_groups")
"""Columns that a file must have, unless something else says what its lines have there."""


@dataclass(frozen=True, slots=True)
class FileQuery:
    """Whether a file is only checked, what its lines may count on, and whether they are split at once."""

    dry_run: bool
    sales_fund_buys: bool
    joint: bool


class FileQuerySchema(RequestSchema):
    """Whether a file is only checked, what its lines may count on, and whether they are split at once."""

    makes = FileQuery

    dry_run = QueryFlag(
        load_default=False,
        metadata=doc("true: say what is wrong, by row and column, and change nothing.", example=False),
    )
    sales_fund_buys = QueryFlag(
        load_default=False,
        metadata=doc("Proceeds of earlier sales are cash of purchases that settle no earlier.", example=True),
    )
    joint = QueryFlag(
        load_default=False,
        metadata=doc(
            "Split all lines at once: every row is MIN_DISPERSION with the same target_metric.",
            example=False,
        ),
    )


class FileColumnSchema(ResponseSchema):
    """A column of a file."""

    name = fields.String(metadata=doc("Name in the header.", example="quantity"))
    meaning = fields.String(metadata=doc("What its cells say."))
    example = fields.String(metadata=doc("A cell; empty where that is possible.", example="8000000"))


class TemplateSchema(ResponseSchema):
    """The columns of a file, of which the first row is an example."""

    columns = fields.List(fields.Nested(FileColumnSchema), metadata=doc("The columns, in their order."))


def template_columns() -> Schema:
    """Return the columns of the template as a table."""
    return Schema.from_dict({column.name: fields.String() for column in COLUMNS})()


TEMPLATE_ROW = {
    column.name: (READ[column.kind](column.example) if column.kind is CellKind.NUMBER else column.example)
    or None
    for column in COLUMNS
}
