"""Limits on requests: the rate limit of each user, places at the vendor, and of calculations.

Headers are those of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` is the limit, `RateLimit` what
is left of it. A unit is one ordinary request.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from math import ceil

from flask import Flask, Response, g

from app.api.kit.context import services
from app.services.domain.caller import User
from app.services.requests.gate import Errand
from app.services.requests.rate_limits import WINDOW_SECONDS, Allowance

POLICY_HEADER, LEFT_HEADER = "RateLimit-Policy", "RateLimit"
ACCOUNTS_PER_UNIT = 100
"""Accounts of a preview that cost as much as one ordinary request."""


def configure_limits(app: Flask) -> None:
    """Put what is left of the rate limit on every answer to a user."""
    app.after_request(_state_allowance)


def charge(cost: int) -> None:
    """Count a request of the logged-in user; a cost of 0 is not counted.

    Raises
    ------
    TooManyRequests
        When the user has used up what one may ask for in a minute.
    """
    if cost:
        user: User = g.user
        spent: int = g.get("spent", 0)
        g.allowance = services().requests.rates.charge(user.id, cost, spent=spent)
        g.spent = spent + cost


def charge_accounts(accounts: int) -> None:
    """Count what a request costs more because of its accounts, as soon as they are known.

    Raises
    ------
    TooManyRequests
        As for `charge`.
    """
    charge(accounts // ACCOUNTS_PER_UNIT)


def place_at_vendor(errand: Errand | None) -> AbstractContextManager[None]:
    """Hold one of the places at the vendor while a request is answered; None needs none.

    Raises
    ------
    ServiceBusy
        When there is none.
    """
    return nullcontext() if errand is None else services().requests.gate.passing(errand)


def place_to_calculate(*, calculates: bool) -> AbstractContextManager[None]:
    """Hold one of the places of calculations while a request is answered, where it needs one.

    Raises
    ------
    CalculationsBusy
        When there is none.
    """
    return services().requests.calculations.calculating() if calculates else nullcontext()


def _state_allowance(response: Response) -> Response:
    user: User | None = g.get("user")
    if user is None:
        return response
    counted: Allowance | None = g.get("allowance")
    allowance = counted or services().requests.rates.allowance(user.id)
    if allowance is not None:
        response.headers[POLICY_HEADER] = f'"default";q={allowance.limit};w={WINDOW_SECONDS}'
        left, reset = max(allowance.left, 0), ceil(allowance.reset_seconds)
        response.headers[LEFT_HEADER] = f'"default";r={left};t={reset}'
    return response
