"""Several questions to market history at once: an item that is wrong has its own error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length

from app.core.errors import InvalidRequest
from app.schemas.kit.base import RequestSchema, ResponseSchema, added, closed
from app.schemas.kit.fields import Code
from app.schemas.kit.problem import FieldErrorSchema
from app.schemas.market_history import (
    LatestItemSchema,
    MarketLatestAnswerSchema,
    MarketMetricsAnswerSchema,
    MarketSeriesAnswerSchema,
    MetricsItemSchema,
    SeriesItemSchema,
    SpanSchema,
)
from app.services.market_history.errors import ConstantPrice, NotMeasurable, TooFewPrices, UnknownAsset
from app.services.market_history.types import LatestRequest, MarketItemType, MetricsRequest, SeriesRequest

MAX_ITEMS = 20

FAILURES = (UnknownAsset, TooFewPrices, ConstantPrice, NotMeasurable)
"""Errors that an item may have beside that of its fields."""

CODES = [error.code for error in (InvalidRequest, *FAILURES)]

Asked = SeriesRequest | LatestRequest | MetricsRequest

_SCHEMAS: Mapping[str, RequestSchema] = {
    MarketItemType.HISTORICAL: SeriesItemSchema(),
    MarketItemType.LATEST: LatestItemSchema(),
    MarketItemType.METRICS: MetricsItemSchema(),
}


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One question, or what is wrong with it: messages by field."""

    type: str | None
    asked: Asked | None
    messages: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions."""

    requests: list[BatchItem]


class MarketBatchItemSchema(MetricsItemSchema, SpanSchema):
    """One question: its type, and what `getMarketData`, `getLatestMarketData` or `getMarketMetrics` takes."""

    type = Code(MarketItemType, required=True, metadata=added("What is asked for.", example="latest"))
    fields_ = fields.List(
        fields.String(),
        data_key="fields",
        metadata=added("Columns of historical, or values of latest.", example=["price", "return"]),
    )


class ItemField(fields.Nested):
    """An item, read by the schema of its type; what is wrong with it does not concern the others."""

    def _deserialize(self, value: Any, attr: Any, data: Any, *_: Any, **__: Any) -> BatchItem:  # noqa: ARG002
        if not isinstance(value, dict):
            raise ValidationError("A JSON object is expected.")
        kind = value.get("type")
        schema = _SCHEMAS.get(kind) if isinstance(kind, str) else None
        if schema is None:
            return BatchItem(None, None, {"type": [f"One of {', '.join(MarketItemType)} is expected."]})
        try:
            asked = schema.load({key: each for key, each in value.items() if key != "type"})
        except ValidationError as error:
            return BatchItem(kind, None, error.messages_dict)
        return BatchItem(kind, asked, {})


class MarketBatchSchema(RequestSchema):
    """Several questions."""

    makes = Batch

    requests = fields.List(
        ItemField(MarketBatchItemSchema),
        required=True,
        validate=Length(1, MAX_ITEMS, error=f"Between 1 and {MAX_ITEMS} requests are expected."),
        metadata=added("Questions, answered in this order."),
    )


class MarketBatchErrorSchema(ResponseSchema):
    """Why an item has no answer."""

    status = fields.Integer(metadata=added("HTTP status that it would have alone.", example=422))
    code = fields.String(
        metadata=added(
            "Kind of problem.",
            example=UnknownAsset.code,
            **closed("MarketItemCode", "Why an item of a batch has no answer.", CODES),
        )
    )
    title = fields.String(metadata=added("The same in words.", example="There are no prices of this asset"))
    detail = fields.String(metadata=added("What is wrong.", example="There are no prices of GOLD."))
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata=added("Fields at fault."))


class MarketBatchResultSchema(ResponseSchema):
    """The answer to one item, under the name of its type, or its error; the others are null."""

    type = Code(
        MarketItemType,
        allow_none=True,
        metadata=added("Type of the item; null where it is none of these.", example="latest"),
    )
    historical = fields.Nested(
        MarketSeriesAnswerSchema, allow_none=True, metadata=added("As getMarketData answers.")
    )
    latest = fields.Nested(
        MarketLatestAnswerSchema, allow_none=True, metadata=added("As getLatestMarketData answers.")
    )
    metrics = fields.Nested(
        MarketMetricsAnswerSchema, allow_none=True, metadata=added("As getMarketMetrics answers.")
    )
    error = fields.Nested(MarketBatchErrorSchema, allow_none=True, metadata=added("Why there is no answer."))


class MarketBatchAnswerSchema(ResponseSchema):
    """Answers in the order of the requests."""

    results = fields.List(fields.Nested(MarketBatchResultSchema), metadata=added("One for each request."))
