"""Refreshes of market history from an exchange: the job, and what became of each symbol."""

from __future__ import annotations

from marshmallow import fields

from app.core.config.market_history import ExchangeName
from app.schemas.kit.base import ResponseSchema, added
from app.schemas.kit.fields import Code, IsoDate, UtcTime
from app.services.market_history.exchange import ExchangeFault


class AskedRefreshSchema(ResponseSchema):
    """A refresh that was asked for; the job says how far it is."""

    job_id = fields.String(metadata=added("Id of the job.", format="job-id"))


class MissingDaysSchema(ResponseSchema):
    """Days in a row of which the exchange has no bar. Nothing is filled."""

    first_date = IsoDate(metadata=added("First day.", example="2026-06-27"))
    last_date = IsoDate(metadata=added("Last day.", example="2026-06-28"))
    day_count = fields.Integer(metadata=added("Days.", example=2))


def _count(text: str, example: int = 0) -> fields.Integer:
    return fields.Integer(metadata=added(text, example=example))


class SymbolRefreshSchema(ResponseSchema):
    """What became of the last refresh of a symbol; days and counts are of the last one that went well."""

    symbol = fields.String(metadata=added("Symbol under which it is stored.", example="BTC"))
    market = fields.String(metadata=added("Market of the exchange.", example="BTC/USD"))
    job_id = fields.String(
        allow_none=True, metadata=added("Job of the last refresh; null before the first.", format="job-id")
    )
    tried_at = UtcTime(allow_none=True, metadata=added("When it was refreshed last; null is never."))
    fault = Code(
        ExchangeFault,
        allow_none=True,
        metadata=added("Why the last refresh failed; null where it did not.", example="UNREACHABLE"),
    )
    message = fields.String(
        allow_none=True,
        metadata=added("The same in words.", example="It gave no answer in 4 attempts (RequestTimeout)."),
    )
    failures_in_row = _count("Refreshes that failed since the last one that did not.")
    succeeded_at = UtcTime(allow_none=True, metadata=added("When a refresh went well last; null is never."))
    import_id = fields.String(
        allow_none=True, metadata=added("Its import; null where nothing was new.", example="0b9f2f3c-5a1e")
    )
    first_date = IsoDate(allow_none=True, metadata=added("First day that was fetched.", example="2024-07-11"))
    last_date = IsoDate(allow_none=True, metadata=added("Last day that was fetched.", example="2026-06-30"))
    row_count = _count("Days that were fetched.", 720)
    new_count = _count("Days that were not stored.", 720)
    corrected_count = _count("Days whose bar supersedes a stored one.")
    gaps = fields.List(
        fields.Nested(MissingDaysSchema), metadata=added("Days that were asked for, and have no bar.")
    )
    findings = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata=added("Findings of the import by kind.", example={"JUMP": 1}),
    )


class MarketRefreshesSchema(ResponseSchema):
    """The exchange, and the last refresh of each of its symbols."""

    exchange = Code(
        ExchangeName, allow_none=True, metadata=added("The exchange; null is none.", example="kraken")
    )
    interval_hours = fields.Integer(
        allow_none=True,
        metadata=added("Hours between two refreshes; null: only those that are asked for.", example=4),
    )
    symbols = fields.List(fields.Nested(SymbolRefreshSchema), metadata=added("By symbol, as configured."))
