"""Sends one message to one channel, within a deadline: by mail, or by a request to a web service (R21.7).

A webhook is signed as Standard Webhooks has it: `webhook-signature` is `v1,` and the base64 of HMAC-SHA256
over `<webhook-id>.<webhook-timestamp>.<body>`. A receiver computes the same, compares in constant time,
refuses a timestamp that is more than five minutes old, and an id that it has seen.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlsplit

import httpx
from opentelemetry.instrumentation.utils import suppress_http_instrumentation

from app.core.clock import Clock
from app.core.config.alerts import AlertsSettings
from app.core.config.reader import is_loopback, url_fault
from app.core.webhook_signature import signature
from app.services.alerts.channel_rows import ChannelTerms
from app.services.alerts.deadline import Deadline
from app.services.alerts.failures import SendFailed, unreachable
from app.services.alerts.mail_server import submit
from app.services.alerts.messages import Message, chat_body, json_body, mail, sms_body
from app.services.alerts.types import Body, ChannelKind, DeliveryError

SECRET = "{secret}"  # noqa: S105 - where the secret stands in a URL
BUSY = frozenset({408, 425, 429})
"""Statuses below 500 after which another attempt may succeed."""


class Sender:
    """Sends messages to channels as the settings allow it."""

    def __init__(self, settings: AlertsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def faults(self, terms: ChannelTerms) -> Iterator[tuple[str, str]]:
        """Yield the fields of a channel that the settings do not allow, each with why."""
        if terms.kind is ChannelKind.EMAIL:
            if self._settings.mail is None:
                yield "kind", "There is no mail server: ALERT_SMTP_HOST and ALERT_MAIL_FROM are not set."
            return
        if terms.secret is not None and terms.secret not in self._settings.secrets:
            yield "secret", f"There is no setting ALERT_WEBHOOK_SECRET_{terms.secret}."
        url = terms.url or ""
        fault = url_fault(url.replace(SECRET, "secret")) or self._host_fault(url)
        if fault is not None:
            yield "url", f"The address cannot be used: {fault}."
        if SECRET in url and terms.secret is None:
            yield "secret", f"The address has {SECRET}, so a secret must be named."

    def send(self, terms: ChannelTerms, message: Message) -> None:
        """Send a message.

        Raises
        ------
        SendFailed
            When it was not delivered, or when it is not known whether it was.
        """
        for _, fault in self.faults(terms):
            raise SendFailed(DeliveryError.NOT_CONFIGURED, fault)
        try:
            if terms.kind is ChannelKind.EMAIL:
                self._mail(terms, message)
            else:
                self._post(terms, message)
        except ValueError as error:
            # Not the error's words: they may hold a secret.
            words = "A secret, a password or an address cannot be written as it must be sent"
            raise SendFailed(DeliveryError.NOT_CONFIGURED, f"{words} ({type(error).__name__}).") from None

    def _host_fault(self, url: str) -> str | None:
        parts = urlsplit(url.replace(SECRET, "secret"))
        host = (parts.hostname or "").lower()
        if is_loopback(host) and self._settings.loopback:
            return None
        if parts.scheme != "https":
            return "it must begin with https://"
        port = parts.port or 443
        allowed = {host, f"{host}:{port}"} if port == 443 else {f"{host}:{port}"}
        if not allowed & self._settings.webhook_hosts:
            return "its host is not among ALERT_WEBHOOK_HOSTS"
        return None

    # --- webhooks -------------------------------------------------------------------------------------------

    def _post(self, terms: ChannelTerms, message: Message) -> None:
        body = _body(terms, message)
        secret = self._settings.secrets.get(terms.secret or "")
        url = (terms.url or "").replace(SECRET, secret or "")
        headers = self._headers(message, body, secret)
        status = self._status(url, headers, body)
        if 200 <= status < 300:
            return
        refused = 300 <= status < 500 and status not in BUSY
        code = DeliveryError.REFUSED if refused else DeliveryError.RECEIVER_FAILED
        raise SendFailed(code, f"The receiver answered with status {status}.")

    def _headers(self, message: Message, body: bytes, secret: str | None) -> dict[str, str]:
        stamp = str(int(self._clock().timestamp()))
        headers = {
            "content-type": "application/json",
            "user-agent": "allocator-alerts",
            "webhook-id": message.message_id,
            "webhook-timestamp": stamp,
        }
        if secret is not None:
            headers["webhook-signature"] = signature(secret, message.message_id, stamp, body)
        return headers

    def _status(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Post a body and return the status; the answer's own body is not read, no redirect is followed."""
        seconds = self._settings.send_seconds
        client = httpx.Client(timeout=seconds, trust_env=False, verify=self._trust)
        with Deadline(seconds) as deadline, suppress_http_instrumentation(), client as http:
            # A span would have the address, and with it a secret.
            extensions = {"trace": partial(_watch, deadline)}
            try:
                with http.stream("POST", url, content=body, headers=headers, extensions=extensions) as answer:
                    return answer.status_code
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                raise unreachable("The receiver", error, seconds, is_over=deadline.is_over) from None

    # --- mail -----------------------------------------------------------------------------------------------

    def _mail(self, terms: ChannelTerms, message: Message) -> None:
        settings = self._settings.mail
        if settings is None:
            raise SendFailed(DeliveryError.NOT_CONFIGURED, "There is no mail server in the settings.")
        written = mail(message, settings.sender, terms.recipients)
        submit(settings, written, terms.recipients, self._settings.send_seconds, self._trust)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The authorities of this host, and those of ALERT_CA_FILE; nothing switches it off."""
        context = ssl.create_default_context()
        if self._settings.authorities is not None:
            context.load_verify_locations(cadata=self._settings.authorities)
        return context


def _body(terms: ChannelTerms, message: Message) -> bytes:
    if terms.body is Body.CHAT:
        return chat_body(message)
    if terms.body is Body.SMS:
        return sms_body(message, terms.recipients)
    return json_body(message)


def _watch(deadline: Deadline, event: str, info: Mapping[str, Any]) -> None:
    """Let a deadline see the connection of a request as soon as there is one."""
    if event.endswith(".connect_tcp.complete"):
        deadline.watch(info["return_value"].get_extra_info("socket"))
