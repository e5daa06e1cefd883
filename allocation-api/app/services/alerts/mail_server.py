"""Submits mails to the desk's mail server, within a deadline (R21.7)."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from app.core.config.alerts import MailSecurity, MailSettings
from app.services.alerts.deadline import Deadline
from app.services.alerts.failures import MAIL_SERVER, PERMANENT, SendFailed, not_taken, unreachable
from app.services.alerts.types import DeliveryError

TEMPORARY = 400
"""From this code on a server says no."""

UNAVAILABLE = 421
"""What a server says that hangs up before it was asked for the last recipient."""


class _Watched(smtplib.SMTP):
    """A connection that a deadline sees from its begin."""

    def __init__(self, deadline: Deadline, host: str, port: int, **more: Any) -> None:
        self._deadline = deadline
        super().__init__(host, port, **more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        found: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(found)
        return found


class _WatchedTls(smtplib.SMTP_SSL, _Watched):
    """The same with TLS from the start."""

    def __init__(self, deadline: Deadline, host: str, port: int, **more: Any) -> None:
        self._deadline = deadline
        smtplib.SMTP_SSL.__init__(self, host, port, **more)


def submit(
    settings: MailSettings, written: EmailMessage, to: Sequence[str], seconds: float, trust: ssl.SSLContext
) -> None:
    """Submit a mail; `trust` says whose certificates are trusted.

    Raises
    ------
    SendFailed
        When a recipient or all have not got it, or when it is not known whether they have.
    """
    with Deadline(seconds) as deadline:
        try:
            refused = _submit(settings, written, to, seconds, trust, deadline)
        except (smtplib.SMTPException, OSError) as error:
            if deadline.is_over:
                raise unreachable(MAIL_SERVER, error, seconds, is_over=True) from None
            raise _failed(error, to, seconds) from None
    if refused:
        raise not_taken(refused)


def _submit(
    settings: MailSettings,
    written: EmailMessage,
    to: Sequence[str],
    seconds: float,
    trust: ssl.SSLContext,
    deadline: Deadline,
) -> Mapping[str, int]:
    """Submit a mail and return the recipients that the server refused, each with its code."""
    where: dict[str, Any] = {"host": settings.host, "port": settings.port, "timeout": seconds}
    if settings.security is MailSecurity.TLS:
        smtp: smtplib.SMTP = _WatchedTls(deadline, context=trust, **where)
    else:
        smtp = _Watched(deadline, **where)
    try:
        if settings.security is MailSecurity.STARTTLS:
            smtp.starttls(context=trust)
        if settings.user is not None and settings.password is not None:
            smtp.login(settings.user, settings.password)
        refused = smtp.send_message(written, settings.sender, list(to))
        with suppress(smtplib.SMTPException, OSError):  # it has the mail, whatever it says at the end
            smtp.quit()
    finally:
        smtp.close()
    return {recipient: code for recipient, (code, _) in refused.items()}


def _failed(error: Exception, to: Sequence[str], seconds: float) -> SendFailed:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            codes = {each: recipients.get(each, (UNAVAILABLE, b""))[0] for each in to}
            return not_taken(codes)
        case smtplib.SMTPNotSupportedError():
            words = f"{MAIL_SERVER} does not offer what the settings ask for: STARTTLS, or a login."
            return SendFailed(DeliveryError.NOT_CONFIGURED, words)
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            kind = DeliveryError.NOT_CONFIGURED if code >= PERMANENT else DeliveryError.RECEIVER_FAILED
            return SendFailed(kind, f"{MAIL_SERVER} refused the login of ALERT_SMTP_USER with {code}.")
        case smtplib.SMTPResponseException(smtp_code=code) if code >= TEMPORARY:
            kind = DeliveryError.REFUSED if code >= PERMANENT else DeliveryError.RECEIVER_FAILED
            return SendFailed(kind, f"{MAIL_SERVER} answered with {code}.")
    return unreachable(MAIL_SERVER, error, seconds, is_over=False)
