"""Errors of blotters."""

from __future__ import annotations

from app.core.errors import Conflict


class BlotterNotReady(Conflict):
    """The lines of the blotter are being previewed or committed, or none of them can be committed."""

    code, title = "BLOTTER_NOT_READY", "The blotter cannot be committed now"
    retry_after = 2.0


class BlotterChanged(Conflict):
    """Lines have an open preview by now that the commit does not name; nothing was sent."""

    code, title = "BLOTTER_CHANGED", "The blotter has other lines to commit"


class CommitStopped(Conflict):
    """No further line of the blotter is sent; those that are left can be committed again."""

    code, title = "COMMIT_STOPPED", "The commit of the blotter stopped"
