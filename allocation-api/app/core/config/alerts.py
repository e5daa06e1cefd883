"""Settings of alerts: cooldown, escalation, and what their channels may use."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.core.config.reader import API_DIR, Environment, Reader, is_loopback
from app.core.webhook_signature import secret_fault

SECRET_PREFIX = "ALERT_WEBHOOK_SECRET_"  # noqa: S105 - the beginning of names of settings
MAX_MINUTES = 10_080


class MailSecurity(StrEnum):
    """STARTTLS after a plain greeting, TLS from the start, or nothing, on loopback alone."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server, who logs in there, and the sender's address."""

    host: str
    port: int
    security: MailSecurity
    user: str | None
    password: str | None = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True)
class AlertsSettings:
    """When alerts open again and escalate, and what their channels may use.

    `webhook_hosts` are `host` or `host:port`; with `loopback` also this host's addresses, without TLS.
    `authorities` are certificates in PEM that are trusted besides those of this host. `escalation_of` has
    rules by their names. `link_base` is the address of the workbench; None is no links.
    """

    cooldown: timedelta
    escalation: timedelta
    escalation_of: Mapping[str, timedelta]
    event_lifetime: timedelta
    look_seconds: int
    drift_minutes: int
    ledger_bound: int | None
    send_seconds: int
    send_attempts: int
    lifetime: timedelta
    link_base: str | None
    mail: MailSettings | None
    webhook_hosts: frozenset[str]
    loopback: bool
    authorities: str | None = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)


def alerts_settings(read: Reader, kind: Environment) -> AlertsSettings:
    """Read the section."""
    return AlertsSettings(
        cooldown=timedelta(minutes=read.integer("ALERT_COOLDOWN_MINUTES", 60, 0, MAX_MINUTES)),
        escalation=timedelta(minutes=read.integer("ALERT_ESCALATION_MINUTES", 30, 0, MAX_MINUTES)),
        escalation_of=_by_rule(read, "ALERT_ESCALATION_BY_RULE"),
        event_lifetime=timedelta(hours=read.integer("ALERT_EVENT_HOURS", 24, 1, 720)),
        look_seconds=read.integer("ALERT_LOOK_SECONDS", 15, 1, 3_600),
        drift_minutes=read.integer("ALERT_DRIFT_MINUTES", 15, 1, 1_440),
        ledger_bound=read.optional_integer("ALERT_LEDGER_BOUND", 1, 1_000_000_000_000),
        send_seconds=read.integer("ALERT_SEND_SECONDS", 10, 1, 60),
        send_attempts=read.integer("ALERT_SEND_ATTEMPTS", 8, 1, 20),
        lifetime=timedelta(days=read.integer("ALERT_DAYS", 365, 1, 3_660)),
        link_base=read.optional_url("ALERT_LINK_URL"),
        mail=_mail(read),
        webhook_hosts=_hosts(read),
        loopback=kind is Environment.DEVELOPMENT,
        authorities=_authorities(read),
        secrets=_secrets(read),
    )


def _by_rule(read: Reader, name: str) -> dict[str, timedelta]:
    """Return the minutes of each rule, written `RULE=minutes, RULE=minutes`."""
    found: dict[str, timedelta] = {}
    for entry in (entry.strip() for entry in read.text(name, "").split(",")):
        if not entry:
            continue
        parts = re.fullmatch(r"([A-Z_]+) *= *([0-9]{1,5})", entry)
        if parts is None or int(parts[2]) > MAX_MINUTES:
            read.fail(f"{name} must be like ORDER_UNKNOWN=10, DRIFT=0, with minutes; not {entry!r}")
        else:
            found[parts[1]] = timedelta(minutes=int(parts[2]))
    return found


def _mail(read: Reader) -> MailSettings | None:
    host, sender = read.optional("ALERT_SMTP_HOST"), read.optional("ALERT_MAIL_FROM")
    security = MailSecurity(read.choice("ALERT_SMTP_SECURITY", tuple(MailSecurity), MailSecurity.STARTTLS))
    port = read.integer("ALERT_SMTP_PORT", 587, 1, 65_535)
    user, password = read.optional("ALERT_SMTP_USER"), read.optional("ALERT_SMTP_PASSWORD")
    if host is None:
        return None
    if sender is None or not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", sender):
        read.fail("ALERT_MAIL_FROM must be an address like alerts@example.com where ALERT_SMTP_HOST is set")
    if (user is None) != (password is None):
        read.fail("ALERT_SMTP_USER and ALERT_SMTP_PASSWORD are set together or not at all")
    if security is MailSecurity.NONE and not is_loopback(host):
        read.fail("ALERT_SMTP_SECURITY none is for a mail server on this host's loopback addresses alone")
    return MailSettings(host, port, security, user, password, sender or "")


def _hosts(read: Reader) -> frozenset[str]:
    hosts = {host.strip().lower() for host in read.text("ALERT_WEBHOOK_HOSTS", "").split(",")} - {""}
    for host in sorted(hosts):
        if not re.fullmatch(r"[a-z0-9.-]+(:[0-9]{1,5})?", host):
            read.fail(f"ALERT_WEBHOOK_HOSTS must be hosts like hooks.example.com or host:8443, not {host!r}")
    return frozenset(hosts)


def _authorities(read: Reader) -> str | None:
    name = read.optional("ALERT_CA_FILE")
    if name is None:
        return None
    try:
        found = (API_DIR.parent / name).read_text(encoding="ascii")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
    except (OSError, ValueError) as error:
        read.fail(f"ALERT_CA_FILE must be a readable file of certificates in PEM ({type(error).__name__})")
        return None
    return found


def _secrets(read: Reader) -> dict[str, str]:
    found = read.named(SECRET_PREFIX)
    for name, secret in found.items():
        fault = secret_fault(secret)
        if fault is not None:
            read.fail(f"{SECRET_PREFIX}{name} {fault}")
    return found
