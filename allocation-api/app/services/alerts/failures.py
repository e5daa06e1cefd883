"""Why a message was not delivered, told by types of errors: their words may hold an address, or a secret."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping

from app.services.alerts.types import DeliveryError

MAIL_SERVER = "The mail server"
PERMANENT = 500
"""From this code on a mail server says no for good."""

NO_ANSWER = "did not answer within {seconds:g} s"
CERTIFICATE_FAULTS = {10: "has expired", 62: "is of another host", 64: "is of another address"}
"""Numbers of OpenSSL that say what is wrong with a certificate."""


FAULTS = (
    (ssl.SSLError, "could not be spoken to by TLS"),
    (socket.gaierror, "was not found: its name has no address"),
    (ConnectionRefusedError, "refused the connection: nothing listens at its port"),
    (TimeoutError, NO_ANSWER),
    ((ConnectionError, smtplib.SMTPServerDisconnected), "cut the connection before it answered"),
)
"""What errors of the network say, the first that fits."""


class SendFailed(Exception):
    """A message was not delivered; another attempt helps unless the receiver has REFUSED it.

    `refusals` are the recipients that a mail server did not take, each with its code: the others have the
    mail. Without any, nobody has it.
    """

    def __init__(self, code: DeliveryError, reason: str, refusals: Mapping[str, int] | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.refusals = refusals or {}


def not_taken(codes: Mapping[str, int]) -> SendFailed:
    """Return that a mail server has not taken a mail for some recipients, each with its code."""
    is_permanent = min(codes.values()) >= PERMANENT
    kind = DeliveryError.REFUSED if is_permanent else DeliveryError.RECEIVER_FAILED
    told = ", ".join(f"{each} ({code})" for each, code in sorted(codes.items()))
    return SendFailed(kind, f"{MAIL_SERVER} did not take it for {told}.", codes)


def unreachable(who: str, error: Exception, seconds: float, *, is_over: bool) -> SendFailed:
    """Return that somebody, like `The receiver`, gave no answer, and why.

    `is_over` is whether the connection was cut since the time was over, which comes as any error.
    """
    why = NO_ANSWER.format(seconds=seconds) if is_over else _why(error, seconds)
    return SendFailed(DeliveryError.UNREACHABLE, f"{who} {why}.")


def _why(error: Exception, seconds: float) -> str:
    for each in _causes(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            fault = CERTIFICATE_FAULTS.get(each.verify_code, "is signed by no authority that is trusted")
            return f"was not trusted: its certificate {fault}"
        for kind, words in FAULTS:
            if isinstance(each, kind):
                return words.format(seconds=seconds)
    return f"could not be reached, or cut the connection ({type(error).__name__})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it comes from, the first cause first."""
    if error is not None:
        yield from _causes(error.__cause__ or error.__context__)
        yield error
