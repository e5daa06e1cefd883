"""Errors of target sets and of the drift of own books."""

from __future__ import annotations

from app.core.errors import Conflict


class TargetsChanged(Conflict):
    """Optimistic lock: the set has another newest version than the one that was to be replaced."""

    code, title = "TARGETS_CHANGED", "The targets have another version by now"


class TargetsPending(Conflict):
    """A version waits for its approval, and is decided on before there is another one."""

    code, title = "TARGETS_PENDING", "A version of these targets waits for its approval"


class TargetsNotPending(Conflict):
    """The version does not wait for an approval, or not any more."""

    code, title = "TARGETS_NOT_PENDING", "The version does not wait for an approval"


class NoTargets(Conflict):
    """Neither the account nor a group that it is in has targets, so that there is no drift from them."""

    code, title = "NO_TARGETS", "There are no targets"
