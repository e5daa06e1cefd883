"""What channels say: one message of one or several events, as mail, JSON, chat or SMS (R21.7)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.services.alerts.types import EventKind, RuleName, Severity
from app.utils.words import counted

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates" / "alerts"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Templates of mails; whatever stands in one of HTML is escaped."""

MAX_SUBJECT = 150
MAX_SMS = 480
MAX_LISTED = 200
"""Events that one message lists; further ones are counted."""


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """An event as a message tells it; `link` is an address on the web, None without one."""

    alert_id: str
    kind: EventKind
    severity: Severity
    rule: RuleName
    subject: str
    text: str
    at: datetime
    link: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message; its id stays the same over all attempts, so that a receiver can tell a repetition."""

    message_id: str
    created_at: datetime
    events: Sequence[MessageEvent]
    is_test: bool = False

    @property
    def title(self) -> str:
        """What it is about, in one line without control characters."""
        if self.is_test:
            return "[TEST] Allocator: a test of this channel"
        worst = max((event.severity for event in self.events), key=lambda severity: severity.rank)
        if len(self.events) == 1:
            return one_line(f"[{worst}] {self.events[0].text}", MAX_SUBJECT)
        return f"[{worst}] Allocator: {counted(len(self.events), 'alert')}"

    @property
    def listed(self) -> Sequence[MessageEvent]:
        """The events that are told one by one."""
        return self.events[:MAX_LISTED]

    @property
    def unlisted(self) -> int:
        """How many further events there are."""
        return len(self.events) - len(self.listed)


def one_line(text: str, most: int) -> str:
    """Return a text in one line of printable characters: a line break in a header would begin another."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def mail(message: Message, sender: str, recipients: Sequence[str]) -> EmailMessage:
    """Return a mail in text and HTML."""
    found = EmailMessage(policy=SMTP)
    found["Subject"] = one_line(message.title, MAX_SUBJECT)
    found["From"] = sender
    found["To"] = ", ".join(recipients)
    found["Date"] = format_datetime(message.created_at)
    found["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(TEMPLATES.get_template("mail.txt").render(message=message))
    found.add_alternative(TEMPLATES.get_template("mail.html").render(message=message), subtype="html")
    return found


def json_body(message: Message) -> bytes:
    """Return the message for programs."""
    return _json(
        {
            "message_id": message.message_id,
            "created_at": _utc(message.created_at),
            "test": message.is_test,
            "title": message.title,
            "events": [
                {
                    "alert_id": event.alert_id,
                    "event": event.kind,
                    "severity": event.severity,
                    "rule": event.rule,
                    "subject": event.subject,
                    "text": event.text,
                    "at": _utc(event.at),
                    "link": event.link,
                }
                for event in message.listed
            ],
            "further_events": message.unlisted,
        }
    )


def chat_body(message: Message) -> bytes:
    """Return the message for a chat, in Slack's format: `&`, `<` and `>` would be markup."""
    lines = [message.title, *(_line(event) for event in message.listed if len(message.events) > 1)]
    if message.unlisted:
        lines.append(f"And {message.unlisted} more.")
    text = "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    links = [event.link for event in message.events if event.link]
    if len(message.events) == 1 and links:
        text += f"\n{links[0]}"
    return _json({"text": text})


def sms_body(message: Message, recipients: Sequence[str]) -> bytes:
    """Return the message for a provider of SMS."""
    return _json({"to": list(recipients), "text": one_line(message.title, MAX_SMS), "id": message.message_id})


def _line(event: MessageEvent) -> str:
    return one_line(f"[{event.severity}] {event.text}", 1_000)


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
