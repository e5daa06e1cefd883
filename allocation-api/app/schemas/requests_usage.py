"""Use of the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import IntervalSchema, RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, IsoDate, Number, WholeNumber
from app.services.requests.usage import (
    MAX_MILLISECONDS,
    PAGES,
    STEPS,
    UsageEvent,
    UsageKind,
    UsageName,
)

MAX_EVENTS = 100


class UsageEventSchema(RequestSchema):
    """One use of a screen, without anything of what was on it."""

    makes = UsageEvent

    kind = Code(UsageKind, required=True, metadata=added("What happened.", example="STEP"))
    name = Code(
        UsageName,
        required=True,
        metadata=added(
            f"PAGE: {', '.join(PAGES)}. STEP: {', '.join(STEPS)}. ORDER_TO_COMMIT: commit.", example="preview"
        ),
    )
    milliseconds = WholeNumber(
        0,
        MAX_MILLISECONDS,
        load_default=None,
        allow_none=True,
        metadata=added("How long it took, if that was measured; ORDER_TO_COMMIT needs it.", example=4200),
    )

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a name of another kind, and a commit without its time."""
        kind = data["kind"]
        of_kind = {UsageKind.PAGE: PAGES, UsageKind.STEP: STEPS}.get(kind, (UsageName.COMMIT,))
        if data["name"] not in of_kind:
            raise ValidationError(f"For {kind} one of these is expected: {', '.join(of_kind)}.", "name")
        if kind is UsageKind.ORDER_TO_COMMIT and data["milliseconds"] is None:
            raise ValidationError("The time from order entry to commit is expected.", "milliseconds")


@dataclass(frozen=True, slots=True)
class UsageEvents:
    """Uses of screens."""

    events: list[UsageEvent]


class UsageEventsSchema(RequestSchema):
    """Uses of screens, collected for a while."""

    makes = UsageEvents

    events = fields.List(
        fields.Nested(UsageEventSchema),
        required=True,
        validate=Length(1, MAX_EVENTS, error=f"Between 1 and {MAX_EVENTS} events are expected."),
        metadata=added("The events."),
    )


class UsageNotedSchema(ResponseSchema):
    """How many events are kept."""

    kept = fields.Integer(
        metadata=doc(
            "Events that are kept; fewer than were sent where too many wait to be written.", example=2
        )
    )


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """Days of the desk's time zone, both included; None is open."""

    date_from: date | None
    date_to: date | None


class UsageQuerySchema(IntervalSchema):
    """Which days."""

    makes = UsageQuery

    date_from = IsoDate(load_default=None, metadata=added("On this day of the desk's time zone or later."))
    date_to = IsoDate(load_default=None, metadata=added("On this day of the desk's time zone or earlier."))


class PageUseSchema(ResponseSchema):
    """How often a page was shown."""

    name = Code(UsageName, metadata=doc("The page.", example="orders"))
    count = fields.Integer(metadata=doc("How often it was shown.", example=120))
    users = fields.Integer(metadata=doc("To how many users.", example=4))


class StepUseSchema(ResponseSchema):
    """How often a step of an order was done."""

    name = Code(UsageName, metadata=doc("The step.", example="preview"))
    count = fields.Integer(metadata=doc("How often it was done.", example=30))
    median_seconds = Number(
        allow_none=True,
        metadata=doc("Half of the measured ones took no longer; null where none was measured.", example=4.2),
    )


class OrderTimesSchema(ResponseSchema):
    """Time of orders from entry to commit."""

    count = fields.Integer(metadata=doc("Orders that were committed.", example=12))
    median_seconds = Number(
        allow_none=True, metadata=doc("Half of them took no longer; null where there is none.", example=55.3)
    )
    p90_seconds = Number(
        allow_none=True,
        metadata=doc("Nine of ten took no longer; null where there is none.", example=140.8),
    )


class UsageSchema(ResponseSchema):
    """Use of the screens in some days: sums, of no user."""

    pages = fields.List(fields.Nested(PageUseSchema), metadata=doc("All pages."))
    steps = fields.List(fields.Nested(StepUseSchema), metadata=doc("All steps of an order, in sequence."))
    order_to_commit = fields.Nested(OrderTimesSchema, metadata=doc("Orders from entry to commit."))
