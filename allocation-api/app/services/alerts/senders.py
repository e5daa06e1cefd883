"""Sends one message to one channel, within a deadline: by mail, or by a request to a web service (R21.7).

A webhook is signed as Standard Webhooks has it: `webhook-signature` is `v1,` and the base64 of HMAC-SHA256
over `<webhook-id>.<webhook-timestamp>.<body>`. A receiver computes the same, compares in constant time,
refuses a timestamp that is more than five minutes old, and an id that it has seen.
"""

from __future__ import annotations

import base64
import hmac
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import httpx
from opentelemetry.instrumentation.utils import suppress_http_instrumentation

from app.core.clock import Clock
from app.core.config.alerts import ENCODED_SECRET, AlertsSettings, MailSecurity, MailSettings
from app.core.config.reader import is_loopback, url_fault
from app.services.alerts.channel_rows import ChannelTerms
from app.services.alerts.messages import Message, chat_body, json_body, mail, sms_body
from app.services.alerts.types import Body, ChannelKind, DeliveryError

SECRET = "{secret}"  # noqa: S105 - where the secret stands in a URL
BUSY = frozenset({408, 425, 429})
"""Statuses below 500 after which another attempt may succeed."""

RECHECK_SECONDS = 0.5
"""After the deadline a connection is cut, and any further one as soon."""

Find = Callable[[], socket.socket | None]


class SendFailed(Exception):
    """A message was not delivered; another attempt helps unless the receiver has REFUSED it."""

    def __init__(self, code: DeliveryError, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


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
        try:
            status = _status(url, headers, body, self._settings.send_seconds)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            # Not the error's words: they may hold the address, and with it a secret.
            reason = f"No answer within {self._settings.send_seconds} s ({type(error).__name__})."
            raise SendFailed(DeliveryError.UNREACHABLE, reason) from None
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

    # --- mail -----------------------------------------------------------------------------------------------

    def _mail(self, terms: ChannelTerms, message: Message) -> None:
        settings = self._settings.mail
        if settings is None:
            raise SendFailed(DeliveryError.NOT_CONFIGURED, "There is no mail server in the settings.")
        written = mail(message, settings.sender, terms.recipients)
        try:
            refused = _submit(settings, written, terms.recipients, self._settings.send_seconds)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(max(code for code, _ in error.recipients.values())) from None
        except smtplib.SMTPAuthenticationError as error:
            words = f"The mail server refused the login with {error.smtp_code}."
            raise SendFailed(DeliveryError.RECEIVER_FAILED, words) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            reason = f"No answer of the mail server within {self._settings.send_seconds} s"
            raise SendFailed(DeliveryError.UNREACHABLE, f"{reason} ({type(error).__name__}).") from None
        if refused:
            # The others have it: to send it again would tell them twice.
            words = f"The mail server took it, but not for {', '.join(sorted(refused))}."
            raise SendFailed(DeliveryError.REFUSED, words)


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """Return the signature of a webhook; a secret `whsec_...` is the base64 of the key."""
    key = secret.encode()
    if secret.startswith(ENCODED_SECRET):
        key = base64.b64decode(secret.removeprefix(ENCODED_SECRET))
    digest = hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _body(terms: ChannelTerms, message: Message) -> bytes:
    if terms.body is Body.CHAT:
        return chat_body(message)
    if terms.body is Body.SMS:
        return sms_body(message, terms.recipients)
    return json_body(message)


def _status(url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
    """Post a body and return the status; the answer's own body is not read, redirects are not followed."""
    sockets: list[socket.socket] = []

    def trace(event: str, info: dict[str, Any]) -> None:
        stream = info.get("return_value")
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")) and stream is not None:
            sockets.append(stream.get_extra_info("socket"))

    with (
        suppress_http_instrumentation(),  # a span has the address, and with it a secret
        _deadline(seconds, lambda: sockets[-1] if sockets else None),
        httpx.Client(timeout=seconds, trust_env=False, follow_redirects=False) as http,
        http.stream("POST", url, content=body, headers=headers, extensions={"trace": trace}) as response,
    ):
        return response.status_code


class _Watched(smtplib.SMTP):
    """A connection that the deadline sees while its greeting is still to come."""

    def __init__(self, opened: list[smtplib.SMTP], host: str, port: int, **more: Any) -> None:
        opened.append(self)
        super().__init__(host, port, **more)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


def _submit(settings: MailSettings, written: EmailMessage, to: tuple[str, ...], seconds: float) -> list[str]:
    """Submit a mail and return the recipients that the server refused."""
    opened: list[smtplib.SMTP] = []
    context = ssl.create_default_context()
    where: dict[str, Any] = {"host": settings.host, "port": settings.port, "timeout": seconds}
    with _deadline(seconds, lambda: opened[0].sock if opened else None):
        if settings.security is MailSecurity.TLS:
            smtp: smtplib.SMTP = _WatchedTls(opened, context=context, **where)
        else:
            smtp = _Watched(opened, **where)
        try:
            if settings.security is MailSecurity.STARTTLS:
                smtp.starttls(context=context)
            if settings.user is not None and settings.password is not None:
                smtp.login(settings.user, settings.password)
            refused = list(smtp.send_message(written, settings.sender, list(to)))
            with suppress(smtplib.SMTPException, OSError):  # it has the mail, whatever it says at the end
                smtp.quit()
        finally:
            smtp.close()
    return refused


def _refused(code: int) -> SendFailed:
    if code < 400:  # no reply that can be read: the connection was cut in the middle of one
        return SendFailed(DeliveryError.UNREACHABLE, "The mail server gave no whole answer in time.")
    kind = DeliveryError.REFUSED if code >= 500 else DeliveryError.RECEIVER_FAILED
    return SendFailed(kind, f"The mail server answered with {code}.")


@contextmanager
def _deadline(seconds: float, find: Find) -> Iterator[None]:
    """Cut the connection after so many seconds: timeouts are of each step, and steps can be many."""
    over = Event()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            wait = RECHECK_SECONDS
            found = find()
            if found is not None:
                with suppress(OSError):  # it is closed already
                    found.shutdown(socket.SHUT_RDWR)

    Thread(target=watch, name="alert-deadline", daemon=True).start()
    try:
        yield
    finally:
        over.set()
