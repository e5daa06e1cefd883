"""Errors of proposals."""

from __future__ import annotations

from app.core.errors import Conflict


class NothingProposed(Conflict):
    """The proposal has no trades, so that there is no blotter to be made of it."""

    code, title = "NOTHING_PROPOSED", "The proposal has no trades"


class NoCandidates(Conflict):
    """No bond can be traded: nothing is held, or each one was left out."""

    code, title = "NO_CANDIDATES", "There is no bond that can be traded"
