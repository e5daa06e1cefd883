"""Errors of users and logins."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from app.core.errors import AllocatorError, Conflict, FieldError


class LoginBlocked(AllocatorError):
    """Too many logins failed; further ones are refused without a look at the password."""

    status, code, title = 429, "LOGIN_BLOCKED", "Too many failed logins"

    @classmethod
    def until(cls, remaining: timedelta) -> Self:
        """Return the error for a lock that ends in `remaining`."""
        seconds = max(1, round(remaining.total_seconds()))
        minutes = -(-seconds // 60)
        error = cls(
            f"Too many logins failed. Try again in {minutes} minute{'s' * (minutes != 1)}, or ask an "
            "administrator to unlock the user"
        )
        error.retry_after = float(seconds)
        return error


class UserExists(AllocatorError):
    """Another user has the name."""

    status, code, title = 409, "USER_EXISTS", "The user name is taken"

    @classmethod
    def of(cls, username: str) -> Self:
        """Return the error for a user name."""
        message = f"There is a user {username} already."
        return cls(message, errors=[FieldError("username", message)])


class UserChanged(AllocatorError):
    """The user was changed since the version that the request names."""

    status, code, title = 409, "USER_CHANGED", "The user was changed meanwhile"


class OwnUser(AllocatorError):
    """Administrators do not change their own user: another one has to."""

    status, code, title = 409, "OWN_USER", "Not possible for your own user"


class LastAdministrator(AllocatorError):
    """Without this user nobody could manage users any more."""

    status, code, title = 409, "LAST_ADMINISTRATOR", "The last administrator stays"


class DemoUserNotAllowed(Conflict):
    """Demo users exist beside simulated data alone."""

    code, title = "DEMO_USER", "Demo users are not allowed here"


class SignOnFailed(AllocatorError):
    """What came back from the identity provider does not hold, or is not what this browser asked for."""

    status, code, title = 401, "SIGN_ON_FAILED", "Single sign-on failed"


class SignOnRefused(AllocatorError):
    """The identity provider knows the user, who may not log in here."""

    status, code, title = 403, "SIGN_ON_REFUSED", "Single sign-on is not allowed for this user"


class SignOnUnavailable(AllocatorError):
    """The identity provider does not answer, or not as the standard says."""

    status, code, title = 503, "SIGN_ON_UNAVAILABLE", "The identity provider is not available"
    retry_after = 10.0
