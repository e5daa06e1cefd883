"""Errors of brokers; for a write, each says whether it was carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.errors import AllocatorError, Conflict


class BrokerError(AllocatorError):
    """Base of all errors of brokers. A write that fails with any but the unknown outcome was not done."""

    status, code, title = 502, "BROKER_ERROR", "The broker could not answer"


class BrokerUnexpected(BrokerError):
    """The answer of a read cannot be read, or is not of the published shape."""

    code, title = "BROKER_UNEXPECTED", "The broker's answer is not as published"


class BrokerUnavailable(BrokerError):
    """The broker was not reached or failed, and nothing was done."""

    status, code, title = 503, "BROKER_UNAVAILABLE", "The broker is not reachable"

    def __init__(
        self, detail: str, *, retry_after: float | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail, extra=extra)
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


# --- ours, before anything is sent --------------------------------------------------------------------------


class BrokerNotConfigured(Conflict):
    """The settings have no access to this broker."""

    code, title = "BROKER_NOT_CONFIGURED", "This broker is not configured"


class CredentialKeyMissing(Conflict):
    """There is no key to encrypt credentials with."""

    code, title = "BROKER_KEY_MISSING", "There is no key for credentials"


class CredentialsUnreadable(Conflict):
    """No key of the settings opens the stored credentials."""

    code, title = "BROKER_CREDENTIALS_UNREADABLE", "The stored credentials cannot be read"


class BrokerAccountTaken(Conflict):
    """The account at the broker is connected already: two connections would not know each other's orders."""

    code, title = "BROKER_ACCOUNT_TAKEN", "The account is connected already"


class BrokerAccountLimit(Conflict):
    """The user has connected as many accounts as one may have."""

    code, title = "BROKER_ACCOUNT_LIMIT", "Too many accounts are connected"


class BrokerAccountDisconnected(Conflict):
    """The account was disconnected, and nothing can be done with it any more."""

    code, title = "BROKER_ACCOUNT_DISCONNECTED", "The account is disconnected"


class BrokerAccountUnsettled(Conflict):
    """An earlier order of the account has an unknown outcome, and is looked for before the next is sent."""

    code, title = "BROKER_ACCOUNT_UNSETTLED", "The outcome of an earlier order is not known yet"


class BrokerLimitExceeded(Conflict):
    """The order, or the orders of the day, are worth more than the settings allow."""

    code, title = "BROKER_LIMIT_EXCEEDED", "The order exceeds a limit"


class BrokerSlippageTooLarge(Conflict):
    """The order may trade further from the middle of the quote than the settings allow."""

    code, title = "BROKER_SLIPPAGE_TOO_LARGE", "The order may trade too far from the quote"


class BrokerOrderEnded(Conflict):
    """Nothing of the order is open at its broker."""

    code, title = "BROKER_ORDER_ENDED", "The order is not open"
