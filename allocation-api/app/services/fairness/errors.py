"""Errors of the fairness policy and its ledger."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import Conflict


class PolicyChanged(Conflict):
    """Optimistic lock: another version of the policy is in force than the one that was to be replaced."""

    code, title = "POLICY_CHANGED", "Another policy is in force by now"


class PolicyGoneError(SQLAlchemyError):
    """The policy of an order is not stored any more, so nothing can be entered for it.

    An order may be at Aladdin already, so this is a failure of the database, not a refusal.
    """
