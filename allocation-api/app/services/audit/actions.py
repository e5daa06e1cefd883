"""What is audited: actions, and the kinds of things that they are done to."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """Audited actions.

    X_INTENDED is written before X is sent to Aladdin, X_REFUSED where X was not allowed. COMMIT_RELEASED: an
    intended commit was not sent after all. ORDER_CHANGED: Aladdin has other slices; ORDER_UPDATED: another
    state.
    """

    LOGIN = "LOGIN"
    LOGIN_REFUSED = "LOGIN_REFUSED"
    LOGOUT = "LOGOUT"
    SESSIONS_ENDED = "SESSIONS_ENDED"
    REFRESH_TOKEN_REUSED = "REFRESH_TOKEN_REUSED"  # noqa: S105 - an action, not a secret
    PREVIEW = "PREVIEW"
    COMPARE = "COMPARE"
    COMPLIANCE_BYPASS = "COMPLIANCE_BYPASS"
    COMPLIANCE_BYPASS_REFUSED = "COMPLIANCE_BYPASS_REFUSED"
    COMMIT_INTENDED = "COMMIT_INTENDED"
    COMMIT_RELEASED = "COMMIT_RELEASED"
    COMMIT = "COMMIT"
    COMMIT_REFUSED = "COMMIT_REFUSED"
    COMMIT_RECOVERED = "COMMIT_RECOVERED"
    MODIFY_INTENDED = "MODIFY_INTENDED"
    MODIFY = "MODIFY"
    MODIFY_REFUSED = "MODIFY_REFUSED"
    CANCEL_INTENDED = "CANCEL_INTENDED"
    CANCEL = "CANCEL"
    CANCEL_REFUSED = "CANCEL_REFUSED"
    ALLOCATION_CANCELLED = "ALLOCATION_CANCELLED"
    ORDER_RECORDED = "ORDER_RECORDED"
    ORDER_CHANGED = "ORDER_CHANGED"
    ORDER_UPDATED = "ORDER_UPDATED"
    FILL_RECORDED = "FILL_RECORDED"
    FILL_UNALLOCATED = "FILL_UNALLOCATED"
    ALLOCATION_TAKEN_OVER = "ALLOCATION_TAKEN_OVER"
    ALLOCATION_DIFFERENT = "ALLOCATION_DIFFERENT"
    FIX_SENT = "FIX_SENT"
    FIRST_DAY_PRICE = "FIRST_DAY_PRICE"
    LIMITS_RECORDED = "LIMITS_RECORDED"
    FAIRNESS_POLICY_SET = "FAIRNESS_POLICY_SET"


class EntityType(StrEnum):
    """Kinds of things that are audited."""

    ALLOCATION = "allocation"
    COMPARISON = "comparison"
    ORDER = "order"
    SECURITY = "security"
    USER = "user"
    LIMITS = "limits"
    FAIRNESS_POLICY = "fairness_policy"
