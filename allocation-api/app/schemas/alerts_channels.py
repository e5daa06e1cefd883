"""Channels that tell of alerts, and the messages to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from marshmallow import fields, post_load
from marshmallow.validate import Length

from app.schemas.alerts import MAX_VERSION, RULE
from app.schemas.kit.base import RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, Flag, Identifier, Pattern, Text, UtcTime, WholeNumber
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.alerts.channel_rows import ChannelTerms
from app.services.alerts.quiet import Times
from app.services.alerts.types import (
    Body,
    ChannelKind,
    DeliveryError,
    DeliveryState,
    Digest,
    RuleName,
    Severity,
)

MAX_RECIPIENTS = 50
RECIPIENT = (
    r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?=.{0,189}[A-Za-z])[A-Za-z0-9.-]{1,190}|\+[0-9]{6,15}"
)
"""`=?` begins an encoded word of a header, which is not what it looks like."""

TIME_OF_DAY = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class TimeOfDay(fields.String):
    """A time of the desk's day, written HH:MM."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=Pattern(TIME_OF_DAY, "A time like 22:00 is expected."), **more)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else f"{value:%H:%M}"


class ChannelTermsSchema(RequestSchema):
    """A channel: where it tells of alerts, of which, and when."""

    makes = ChannelTerms

    name = Text(least=1, most=64, required=True, metadata=added("Its name.", example="Desk by mail"))
    kind = Code(
        ChannelKind, required=True, metadata=added("EMAIL through the desk's mail server, or WEBHOOK.")
    )
    url = Text(
        least=1,
        most=500,
        load_default=None,
        allow_none=True,
        metadata=added(
            "Address of a webhook: https, on a host that ALERT_WEBHOOK_HOSTS names. `{secret}` in it stands "
            "for the secret, for services whose address is one.",
            example="https://hooks.example.com/alerts",
        ),
    )
    body = Code(
        Body,
        load_default=Body.JSON,
        metadata=added(
            "What a webhook is sent: JSON for programs, CHAT in Slack's format, SMS for a provider of these."
        ),
    )
    recipients = fields.List(
        fields.String(validate=Pattern(RECIPIENT, "An address like desk@example.com or +15550100200.")),
        load_default=list,
        validate=Length(max=MAX_RECIPIENTS),
        metadata=added("Addresses of mails, or phone numbers of SMS.", example=["desk@example.com"]),
    )
    secret = fields.String(
        load_default=None,
        allow_none=True,
        validate=Pattern(r"[A-Z][A-Z0-9_]{0,39}", "Capitals, digits and _ are expected, up to 40."),
        metadata=added(
            "Name of the secret that signs what a webhook is sent: the end of a setting "
            "ALERT_WEBHOOK_SECRET_<name>. Nothing shows the secret.",
            example="DESK",
        ),
    )
    severity = Code(
        Severity, load_default=Severity.WARNING, metadata=added("The least severity that it tells of.")
    )
    rules = fields.List(
        Code(RuleName), load_default=list, metadata=added(f"Rules that it tells of; none is all. {RULE}")
    )
    groups = fields.List(
        Identifier("portfolio-group-id"),
        load_default=list,
        validate=Length(max=200),
        metadata=added(
            "Portfolio groups whose alerts it tells; none is all. Those of the whole desk it tells besides."
        ),
    )
    quiet_from = TimeOfDay(
        load_default=None,
        allow_none=True,
        metadata=added("Begin of its quiet hours in the desk's time zone.", example="22:00"),
    )
    quiet_to = TimeOfDay(
        load_default=None,
        allow_none=True,
        metadata=added("Their end, when it tells what came meanwhile, in one message.", example="07:00"),
    )
    digest = Code(
        Digest,
        load_default=Digest.NONE,
        metadata=added("NONE: at once. HOURLY, DAILY (08:00 of the desk): in one message."),
    )
    enabled = Flag(load_default=True, metadata=added("Whether it tells of alerts.", example=True))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Put its times together."""
        first, last = data.pop("quiet_from"), data.pop("quiet_to")
        times = Times(data.pop("digest"), _time(first), _time(last))
        lists = {name: tuple(data[name]) for name in ("recipients", "rules", "groups")}
        return ChannelTerms(**{**data, **lists}, times=times)


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class PutChannel:
    """Terms in the place of a version."""

    terms: ChannelTerms
    version: int


class PutChannelSchema(ChannelTermsSchema):
    """A channel in the place of a version of it."""

    version = WholeNumber(
        1,
        MAX_VERSION,
        required=True,
        metadata=added("The version that this replaces: refused with a 409 where another one is stored."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> PutChannel:
        """Put the version beside the terms."""
        version = data.pop("version")
        return PutChannel(super().make(data), version)


class ChannelSchema(ResponseSchema):
    """A channel."""

    channel_id = fields.String(metadata=doc("Its id.", format="alert-channel-id"))
    name = fields.String(attribute="terms.name", metadata=doc("Its name.", example="Desk by mail"))
    kind = Code(ChannelKind, attribute="terms.kind", metadata=doc("How it tells."))
    url = fields.String(
        attribute="terms.url", allow_none=True, metadata=doc("Address of a webhook, without its secret.")
    )
    body = Code(Body, attribute="terms.body", metadata=doc("What a webhook is sent."))
    recipients = fields.List(
        fields.String(), attribute="terms.recipients", metadata=doc("Addresses or phone numbers.")
    )
    secret = fields.String(attribute="terms.secret", allow_none=True, metadata=doc("Name of its secret."))
    severity = Code(Severity, attribute="terms.severity", metadata=doc("The least that it tells of."))
    rules = fields.List(Code(RuleName), attribute="terms.rules", metadata=doc("Its rules; none is all."))
    groups = fields.List(
        fields.String(), attribute="terms.groups", metadata=doc("Its portfolio groups; none is all.")
    )
    quiet_from = TimeOfDay(
        attribute="terms.times.quiet_from", allow_none=True, metadata=doc("Begin of its quiet hours.")
    )
    quiet_to = TimeOfDay(
        attribute="terms.times.quiet_to", allow_none=True, metadata=doc("End of its quiet hours.")
    )
    digest = Code(Digest, attribute="terms.times.digest", metadata=doc("Whether it collects."))
    enabled = fields.Boolean(attribute="terms.enabled", metadata=doc("Whether it tells of alerts."))
    version = fields.Integer(metadata=doc("Counts its changes.", example=1))
    created_at = UtcTime(metadata=doc("When it was added, in UTC."))
    updated_at = UtcTime(metadata=doc("When it was last changed, in UTC."))
    updated_by = fields.String(metadata=doc("Who changed it last.", example="demo_admin"))


class ChannelsSchema(ResponseSchema):
    """All channels."""

    channels = fields.List(fields.Nested(ChannelSchema), metadata=doc("The channels, by name."))


class DeletedChannelSchema(ResponseSchema):
    """What was deleted."""

    channel_id = fields.String(metadata=doc("Id of the channel."))


class ChannelTestSchema(ResponseSchema):
    """What came of a test."""

    message_id = fields.String(metadata=doc("Id of the message that was sent."))
    delivered = fields.Boolean(metadata=doc("Whether the receiver took it."))
    error_code = Code(DeliveryError, allow_none=True, metadata=doc("Why it was not delivered."))
    error_reason = fields.String(allow_none=True, metadata=doc("The same in words."))
    seconds = fields.Float(metadata=doc("How long it took.", example=0.2))


class DeliverySchema(ResponseSchema):
    """A message to a channel."""

    delivery_id = fields.String(
        metadata=doc("Its id, the same over all attempts: in mails as Message-ID, of webhooks webhook-id.")
    )
    channel_id = fields.String(metadata=doc("Id of the channel."))
    channel_name = fields.String(metadata=doc("Name of the channel then.", example="Desk by mail"))
    is_digest = fields.Boolean(metadata=doc("Whether it was collected by a digest or in quiet hours."))
    state = Code(
        DeliveryState,
        metadata=doc(
            "PENDING until due_at, SENDING, SENT; DEAD was given up and can be sent again; CANCELLED has no "
            "channel any more."
        ),
    )
    created_at = UtcTime(metadata=doc("When it was entered, in UTC."))
    due_at = UtcTime(metadata=doc("When it is sent, or tried again, in UTC."))
    attempts = fields.Integer(metadata=doc("Attempts until now.", example=1))
    sent_at = UtcTime(allow_none=True, metadata=doc("When the receiver took it, in UTC."))
    error_code = Code(
        DeliveryError,
        allow_none=True,
        metadata=doc(
            "Why the last attempt failed. UNREACHABLE: no answer, or not in time. REFUSED: the receiver says "
            "no. RECEIVER_FAILED: it failed or is busy. NOT_CONFIGURED: the settings do not allow it. "
            "INTERRUPTED: our process ended meanwhile."
        ),
    )
    error_reason = fields.String(allow_none=True, metadata=doc("The same in words."))
    alert_ids = fields.List(fields.String(), metadata=doc("Ids of the alerts that it tells of."))


class DeliveryPageSchema(NextCursorSchema):
    """A page of messages, newest first."""

    deliveries = fields.List(fields.Nested(DeliverySchema), attribute="items", metadata=doc("The messages."))


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """Filters and page of messages."""

    state: DeliveryState | None
    channel_id: str | None
    cursor: str | None
    limit: int


class DeliveryQuerySchema(PagingSchema):
    """Which messages; all filters that are given hold together."""

    makes = DeliveryQuery

    state = Code(DeliveryState, load_default=None, metadata=added("Messages in this state.", example="DEAD"))
    channel_id = Identifier(load_default=None, metadata=added("Messages to this channel."))
