"""Allocation of record: whose word it is that says what an order's accounts got.

While an order works, fills are split here; once it is over, what Aladdin has booked for each account counts.
"""

from __future__ import annotations

from enum import StrEnum


class FillKind(StrEnum):
    """Source of a recorded fill's split.

    CALCULATED: split here (R12.1). BOOKED: taken over from Aladdin's booking of each account (R12.6).
    """

    CALCULATED = "CALCULATED"
    BOOKED = "BOOKED"


class AllocationState(StrEnum):
    """Standing of what is recorded of an order's accounts.

    PROVISIONAL: the order works, or Aladdin has not been seen since it ended. OF_RECORD: it is over, and what
    is recorded is what Aladdin has booked for each account. DIFFERENT: it is over, and Aladdin's booking is
    incomplete, not told by account, or does not add up to what is filled.
    """

    PROVISIONAL = "PROVISIONAL"
    OF_RECORD = "OF_RECORD"
    DIFFERENT = "DIFFERENT"
