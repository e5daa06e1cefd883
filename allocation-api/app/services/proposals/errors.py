"""Errors of proposals."""

from __future__ import annotations

from app.core.errors import Conflict


class NothingProposed(Conflict):
    """The proposal has no trades, so that there is no blotter to be made of it."""

    code, title = "NOTHING_PROPOSED", "The proposal has no trades"


class ProposalStale(Conflict):
    """The proposal is of another business date, or of targets that are not in force any more."""

    code, title = "PROPOSAL_STALE", "The proposal is not of today and its targets"


class BlotterMade(Conflict):
    """Another proposal of the same scope and business date has become a blotter."""

    code, title = "BLOTTER_MADE", "Another blotter was made for this scope today"


class NoCandidates(Conflict):
    """No bond can be traded: nothing is held, or each one was left out."""

    code, title = "NO_CANDIDATES", "There is no bond that can be traded"
