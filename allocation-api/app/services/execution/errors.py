"""Errors of brokers; for a write, each says whether it was carried out."""

from __future__ import annotations

from app.core.errors import AllocatorError


class BrokerError(AllocatorError):
    """Base of all errors of brokers. A write that fails with any but the unknown outcome was not done."""

    status, code, title = 502, "BROKER_ERROR", "The broker could not answer"


class BrokerUnexpected(BrokerError):
    """The answer of a read cannot be read, or is not of the published shape."""

    code, title = "BROKER_UNEXPECTED", "The broker's answer is not as published"


class BrokerUnavailable(BrokerError):
    """The broker was not reached or failed, and nothing was done."""

    status, code, title = 503, "BROKER_UNAVAILABLE", "The broker is not reachable"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class BrokerRateLimited(BrokerUnavailable):
    """The broker refused because of its rate limit; `retry_after` is what it says, if anything."""

    code, title = "BROKER_RATE_LIMITED", "The broker's rate limit is exceeded"


class BrokerOutcomeUnknown(BrokerError):
    """An order was sent and no usable answer came: it may be live, so look for it before sending another."""

    status, code, title = 503, "BROKER_OUTCOME_UNKNOWN", "It is not known whether the broker took the order"


class BrokerRefused(BrokerError):
    """The broker read the request and refused it."""

    status, code, title = 422, "BROKER_REFUSED", "The broker refused the request"


class BrokerNotFound(BrokerRefused):
    """The broker has no such account, asset or order."""

    status, code, title = 404, "BROKER_NOT_FOUND", "Not found at the broker"


class BrokerCredentialsExpired(BrokerError):
    """The broker does not accept the user's credentials any more: the account has to be connected again."""

    status, code, title = 409, "BROKER_CREDENTIALS_EXPIRED", "The broker does not accept the credentials"
